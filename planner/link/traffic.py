"""Other traffic that the vehicle's receivers tell: ships (AIS_VESSEL) and aircraft (ADSB_VEHICLE). Pure.

https://mavlink.io/en/messages/common.html. Older senders write 0 for what they do not know, newer ones the greatest
value; AIS itself writes 360 degrees of course, 511 of heading and 102.3 knots.
"""

from dataclasses import dataclass

from planner.geo.points import LatLon
from planner.link import messages as m

AIS_KEPT_S = 420.0
"""A ship at anchor reports every three minutes (ITU-R M.1371): gone when two reports are missed."""
ADSB_KEPT_S = 60.0
STALE_S = 60.0
_AIS_COG, _AIS_VELOCITY, _AIS_SIZE = 2, 4, 64
_ADSB_HEADING, _ADSB_VELOCITY, _ADSB_PLACE = 4, 8, 1
_UNKNOWN_PLACE = 2**31 - 1
_UNKNOWN = 65535
_NO_SPEED_CM_S = 5263
"""102.3 knots."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A ship or an aircraft. `pointing_deg` its heading, else its course, from true north; None: not known.

    `last_s`: the monotonic time at which its own transmission was heard, by the receiver's word.
    """

    id: str
    name: str
    is_ship: bool
    at: LatLon
    last_s: float
    pointing_deg: float | None = None
    course_deg: float | None = None
    speed_m_s: float | None = None
    length_m: float | None = None

    def age_s(self, now_s: float) -> float:
        """How old its report is."""
        return max(0.0, now_s - self.last_s)


def traffic_of(message: m.AisVessel | m.AdsbVehicle, now_s: float) -> Traffic | None:
    """What a report tells; None where it has no place."""
    if message.lat == message.lon == 0 or _UNKNOWN_PLACE in {message.lat, message.lon}:
        return None
    try:
        at = LatLon(message.lat / 1e7, message.lon / 1e7)
    except ValueError:
        return None
    last_s = now_s - message.tslc
    if isinstance(message, m.AdsbVehicle):
        if not message.flags & _ADSB_PLACE:
            return None
        course = _degrees(message.heading) if message.flags & _ADSB_HEADING else None
        speed = message.hor_velocity / 100 if message.flags & _ADSB_VELOCITY else None
        name = message.callsign.strip() or f"{message.ICAO_address:06X}"
        return Traffic(f"adsb:{message.ICAO_address}", name, False, at, last_s, course, course, speed)  # noqa: FBT003
    course = _degrees(message.COG) if message.flags & _AIS_COG else None
    known = message.flags & _AIS_VELOCITY and message.velocity < _NO_SPEED_CM_S
    heading = _degrees(message.heading) if message.heading else None  # 0 from old senders: not known
    length = float(message.dimension_bow + message.dimension_stern) if message.flags & _AIS_SIZE else 0.0
    return Traffic(
        id=f"ais:{message.MMSI}",
        name=message.name.strip(" @\x00") or f"MMSI {message.MMSI}",
        is_ship=True,
        at=at,
        last_s=last_s,
        pointing_deg=course if heading is None else heading,
        course_deg=course,
        speed_m_s=message.velocity / 100 if known else None,
        length_m=length if 0 < length < _UNKNOWN else None,
    )


def with_report(known: tuple[Traffic, ...], message: m.AisVessel | m.AdsbVehicle, now_s: float) -> tuple[Traffic, ...]:
    """The traffic after a report: the newest of each, without what was not heard for long."""
    new = traffic_of(message, now_s)
    before = () if new is None else tuple(one for one in known if one.id == new.id)
    if new is not None and before and before[0].last_s > new.last_s:
        new = before[0]
    others = tuple(one for one in known if new is None or one.id != new.id)
    return tuple(one for one in (*others, *((new,) if new else ())) if is_current(one, now_s))


def is_current(one: Traffic, now_s: float) -> bool:
    """Whether it may still be shown."""
    return one.age_s(now_s) <= (AIS_KEPT_S if one.is_ship else ADSB_KEPT_S)


def _degrees(centidegrees: int) -> float | None:
    return centidegrees / 100 if 0 <= centidegrees < 36000 else None
