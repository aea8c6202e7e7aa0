"""What the vessels' AIS transponders say: NMEA 0183 sentences (AIVDM) with a NMEA 4.10 tag block for the receive time.

Messages and reporting intervals are those of ITU-R M.1371-5 (annex 1, tables 1 and 2): position reports 1 (class A) and
18 (class B), static reports 5 and 24.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import xor

from planner.geo.points import LocalFrame
from sitl.world.motion import VesselState
from sitl.world.vessels import Ais, AisClass, Vessel

KNOT_M_S = 1852.0 / 3600.0
STATIC_S = 360
SOURCE = "practice"
Fields = dict[str, str | int | float | bytes | bool]
TURNING_PER_S = 0.0087
"""Half a degree a second and more counts as changing course."""


@dataclass(frozen=True, slots=True)
class _Report:
    """A report that is due."""

    unix_s: int
    vessel: Vessel
    ais: Ais
    static: bool


def reporting_interval_s(ais: Ais, state: VesselState) -> int:
    """Seconds between position reports of a transponder on a vessel in that state."""
    knots = state.speed_m_s / KNOT_M_S
    if ais.ais_class is AisClass.B:
        return 180 if knots <= 2 else 30
    if ais.nav_status in {1, 5} and knots <= 3:
        return 180
    turning = abs(state.turn_per_m) * state.speed_m_s > TURNING_PER_S
    if knots <= 14:
        return 4 if turning else 10
    return 2 if knots > 23 or turning else 6


def ais_nmea(vessels: Sequence[Vessel], frame: LocalFrame, start_utc: datetime, end_utc: datetime) -> list[str]:
    """Every sentence received from `start_utc` to `end_utc`, in order of time; each is one line without line end.

    Each transponder has its own phase within its interval, from its MMSI.
    """
    start, end = start_utc.timestamp(), end_utc.timestamp()
    due = [report for vessel in vessels if vessel.ais for report in _due(vessel, vessel.ais, start, end)]
    due.sort(key=lambda r: (r.unix_s, r.ais.mmsi, r.static))
    lines: list[str] = []
    for number, report in enumerate(due):
        lines += [tagged(sentence, report.unix_s) for sentence in _sentences(report, frame, number)]
    return lines


def tagged(sentence: str, unix_s: int) -> str:
    r"""A sentence with a tag block that says its source and the receive time.

    >>> tagged("!AIVDM,1,1,,A,x,0*00", 1)
    '\\s:practice,c:1*02\\!AIVDM,1,1,,A,x,0*00'
    """
    block = f"s:{SOURCE},c:{unix_s}"
    return f"\\{block}*{reduce(xor, block.encode()):02X}\\{sentence}"


def due_reports(vessels: Sequence[Vessel], begin_s: float, end_s: float) -> list[tuple[int, Vessel]]:
    """The position reports after `begin_s` and up to `end_s` (seconds since 1970): when, and whose."""
    first = int(begin_s // 1) + 1
    due = [r for v in vessels if v.ais for r in _due(v, v.ais, first, end_s) if not r.static]
    return [(r.unix_s, r.vessel) for r in sorted(due, key=lambda r: (r.unix_s, r.ais.mmsi))]


def _due(vessel: Vessel, ais: Ais, start_s: float, end_s: float) -> Iterator[_Report]:
    first = int(-(-start_s // 1))
    for second in range(first, int(end_s) + 1):
        if ais.is_silent(second):
            continue
        if (second + ais.mmsi * 7) % STATIC_S == 0:
            yield _Report(second, vessel, ais.told_at(second), static=True)
        state = vessel.motion.state_at(second)
        if (second + ais.mmsi * 13) % reporting_interval_s(ais, state) == 0:
            yield _Report(second, vessel, ais.told_at(second), static=False)


def _sentences(report: _Report, frame: LocalFrame, number: int) -> list[str]:
    from pyais.encode import encode_dict

    found: list[str] = []
    for fields in _static(report) if report.static else [_position(report, frame)]:
        channel = "AB"[number % 2]
        found += encode_dict(fields, talker_id="AI", sentence_type="VDM", radio_channel=channel, seq_id=number % 10)
    return found


def _position(report: _Report, frame: LocalFrame) -> Fields:
    state = report.vessel.motion.state_at(report.unix_s)
    at = frame.to_place(state.east_m + report.ais.shift_east_m, state.north_m + report.ais.shift_north_m)
    fields: Fields = {
        "mmsi": report.ais.mmsi,
        "lat": at.lat_deg,
        "lon": at.lon_deg,
        "speed": round(state.speed_m_s / KNOT_M_S, 1),
        "course": round(state.course_deg % 360.0, 1) % 360.0,
        "heading": round(state.heading_deg) % 360,
        "second": datetime.fromtimestamp(report.unix_s, UTC).second,
        "accuracy": 1,
    }
    if report.ais.ais_class is AisClass.B:
        return {"type": 18, "cs": 1, "display": 0, "dsc": 1, "band": 1, "msg22": 1, **fields}
    return {"type": 1, "status": report.ais.nav_status, **fields}


def _static(report: _Report) -> list[Fields]:
    vessel, ais = report.vessel, report.ais
    length, beam = round(ais.declared_length_m or vessel.length_m), round(vessel.beam_m)
    size: Fields = {
        "to_bow": length - length // 2,
        "to_stern": length // 2,
        "to_port": beam // 2,
        "to_starboard": beam - beam // 2,
    }
    if ais.ais_class is AisClass.B:
        name: Fields = {"type": 24, "mmsi": ais.mmsi, "partno": 0, "shipname": ais.name}
        rest: Fields = {
            "type": 24,
            "mmsi": ais.mmsi,
            "partno": 1,
            "ship_type": ais.ship_type,
            "callsign": ais.callsign,
            **size,
        }
        return [name, rest]
    whole: Fields = {
        "mmsi": ais.mmsi,
        "callsign": ais.callsign,
        "shipname": ais.name,
        "ship_type": ais.ship_type,
        **size,
    }
    return [{"type": 5, "epfd": 1, "draught": round(0.035 * vessel.length_m, 1), "destination": "PRACTICE", **whole}]
