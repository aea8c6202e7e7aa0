"""Curves that a copter flies between the items, as places close enough together to be judged as legs.

Circles are drawn around their true circle, never inside it. Splines are ArduCopter's (libraries/AP_Math/SplineCurve):
a cubic through both ends, with a speed vector at each that looks at the item before and the item after. Long legs are
straight only in the vehicle's own metres about home, which is told from the geodesic on the map: ArduPilot scales
longitudes by the cosine of the mean latitude (Location::get_vector_xy_from_origin_NE), PX4 projects (MapProjection).
"""

import math
from collections.abc import Sequence

import numpy as np

from planner.geo.points import Floats, LatLon, LocalFrame, bearing_deg, destination, distance_m

CIRCLE_LEGS = 36
SPLINE_LEGS = 24
DEFAULT_RADIUS_M = 10.0
"""ArduCopter's CIRCLE_RADIUS, flown where an item gives no radius."""
PIECE_M = 2_500.0
"""Legs of up to twice this are as good as straight everywhere: they bow by 0.6 m at 52 degrees north."""
SHORT_PIECE_M = 1_000.0
EARTH_M = 6_371_000.0
_NEAR_M = 0.5
_DEG_M = 111_000.0


def circle_places(centre: LatLon, radius_m: float, came_from: LatLon) -> list[LatLon]:
    """Once round a circle, from its point nearest to `came_from` and back there; the corners lie just outside."""
    begins = bearing_deg(centre, came_from) if distance_m(centre, came_from) > _NEAR_M else 0.0
    outside = radius_m / math.cos(math.pi / CIRCLE_LEGS)
    turns = (begins + step * 360 / CIRCLE_LEGS for step in range(CIRCLE_LEGS + 1))
    return [destination(centre, towards_deg=turn % 360, range_m=outside) for turn in turns]


def spline_rows(start: Floats, end: Floats, leaves: Floats, arrives: Floats) -> Floats:
    """Points (east, north, up) of a spline after `start`, the last one `end`.

    `leaves` and `arrives` are the vectors at both ends; together they count at most four times the distance.
    """
    longest = float(np.linalg.norm(leaves) + np.linalg.norm(arrives))
    most = 4 * float(np.linalg.norm(end - start))
    scale = min(1.0, most / longest) if longest > 0 else 0.0
    first, last = leaves * scale, arrives * scale
    t = np.linspace(0, 1, SPLINE_LEGS + 1)[1:, None]
    square = -3 * start - 2 * first + 3 * end - last
    cube = 2 * start + first - 2 * end + last
    return np.asarray(start + first * t + square * t**2 + cube * t**3, dtype=float)


def spline_vectors(
    before: tuple[Floats, Floats] | None, start: Floats, end: Floats, after: Floats | None, *, after_is_spline: bool
) -> tuple[Floats, Floats]:
    """The vectors of a spline at both its ends.

    `before` are the ends of the leg before, None where the vehicle stood still there; `after` is the next item's
    point, None where it stops at `end`.
    """
    none = np.zeros(3)
    leaves = none if before is None else before[1] - before[0]
    if after is None:
        return leaves, none
    return leaves, after - (start if after_is_spline else end)


def in_metres(frame: LocalFrame, places: Sequence[LatLon], heights_m: Sequence[float]) -> Floats:
    """Rows (east, north, up)."""
    return np.column_stack([frame.to_metres(places), np.asarray(heights_m, dtype=float)])


def is_long(start: LatLon, end: LatLon, least_m: float) -> bool:
    """Whether a leg is longer than `least_m`; quick, and right to a few per cent."""
    across = (end.lon_deg - start.lon_deg + 180.0) % 360.0 - 180.0
    east = across * math.cos(math.radians((start.lat_deg + end.lat_deg) / 2))
    return math.hypot(end.lat_deg - start.lat_deg, east) * _DEG_M > least_m


def bow_m(length_m: float, lat_deg: float) -> float:
    """How far a parallel lies from the geodesic between its ends: the most that long straight lines differ by."""
    return length_m**2 * math.tan(math.radians(min(abs(lat_deg), 85.0))) / (8 * EARTH_M)


def long_leg(start: LatLon, end: LatLon, home: LatLon, autopilot: str, piece_m: float) -> list[LatLon]:
    """Places along a long leg, after `start` and before `end`, as the autopilot flies it."""
    pieces = math.ceil(distance_m(start, end) / piece_m)
    shares = np.arange(1, pieces) / pieces
    if autopilot == "px4":
        frame = LocalFrame(home)
        here, there = frame.to_metres([start, end])
        return frame.to_places(here + shares[:, None] * (there - here))
    return [
        _scaled_back(row, home)
        for row in _scaled(start, home) + shares[:, None] * (_scaled(end, home) - _scaled(start, home))
    ]


def _scaled(place: LatLon, home: LatLon) -> Floats:
    """North and east of home in degrees of latitude, as ArduPilot reckons them."""
    across = (place.lon_deg - home.lon_deg + 180.0) % 360.0 - 180.0
    scale = math.cos(math.radians((place.lat_deg + home.lat_deg) / 2))
    return np.array([place.lat_deg - home.lat_deg, across * scale])


def _scaled_back(row: Floats, home: LatLon) -> LatLon:
    lat = float(np.clip(home.lat_deg + row[0], -90.0, 90.0))
    scale = max(math.cos(math.radians((lat + home.lat_deg) / 2)), 0.01)
    lon = home.lon_deg + float(row[1]) / scale
    return LatLon(lat, (lon + 180.0) % 360.0 - 180.0)
