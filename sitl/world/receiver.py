"""An AIS receiver on the drone: tells ground stations as AIS_VESSEL what vessels in range report, when they do.

MAVLink common.xml, message 301: one message for each position report, with the static data of the vessel. Intervals,
silences and lies are those of the NMEA log, so that both say the same.
"""

from dataclasses import dataclass

from planner.geo.points import LatLon, distance_m
from sitl.autopilot.messages import Message
from sitl.world.ais import due_reports
from sitl.world.harbour import Harbour
from sitl.world.vessels import Vessel

RANGE_M = 20_000.0
"""Reports from farther off are not heard: a small aerial at low height."""
_ACCURATE, _COG, _SPEED, _SIZE, _CALLSIGN, _NAME = 1, 2, 4, 64, 2048, 4096


@dataclass(frozen=True)
class AisReceiver:
    """What a drone over a harbour hears."""

    harbour: Harbour
    range_m: float = RANGE_M

    def heard(self, begin_unix_s: float, end_unix_s: float, at: LatLon) -> list[Message]:
        """The reports after `begin_unix_s` and up to `end_unix_s` from vessels within range of `at`."""
        found = []
        for unix_s, vessel in due_reports(self.harbour.vessels, begin_unix_s, end_unix_s):
            state = vessel.motion.state_at(unix_s)
            if distance_m(at, self.harbour.frame.to_place(state.east_m, state.north_m)) <= self.range_m:
                found.append(self._message(vessel, unix_s))
        return found

    def _message(self, vessel: Vessel, unix_s: float) -> Message:
        ais = vessel.ais and vessel.ais.told_at(unix_s)
        if ais is None:
            raise ValueError(f"vessel {vessel.vessel_id!r} sends no AIS")
        state = vessel.motion.state_at(unix_s)
        said = self.harbour.frame.to_place(state.east_m + ais.shift_east_m, state.north_m + ais.shift_north_m)
        length, beam = round(ais.declared_length_m or vessel.length_m), round(vessel.beam_m)
        return Message("AIS_VESSEL", {
            "MMSI": ais.mmsi, "lat": round(said.lat_deg * 1e7), "lon": round(said.lon_deg * 1e7),
            "COG": round(state.course_deg * 100) % 36000, "heading": round(state.heading_deg * 100) % 36000,
            "velocity": round(state.speed_m_s * 100), "turn_rate": 0, "navigational_status": ais.nav_status,
            "type": ais.ship_type, "dimension_bow": length - length // 2, "dimension_stern": length // 2,
            "dimension_port": beam // 2, "dimension_starboard": beam - beam // 2, "callsign": ais.callsign[:7],
            "name": ais.name[:20], "tslc": 0,
            "flags": _ACCURATE | _COG | _SPEED | _SIZE | _NAME | (_CALLSIGN if ais.callsign else 0),
        })  # fmt: skip
