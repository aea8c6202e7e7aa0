"""Curves that a copter flies between the items, as places close enough together to be judged as legs.

Circles are drawn around their true circle, never inside it. Splines are ArduCopter's (libraries/AP_Math/SplineCurve):
a cubic through both ends, with a speed vector at each that looks at the item before and the item after.
"""

import math
from collections.abc import Sequence

import numpy as np

from planner.geo.points import Floats, LatLon, LocalFrame, bearing_deg, destination, distance_m

CIRCLE_LEGS = 36
SPLINE_LEGS = 24
DEFAULT_RADIUS_M = 10.0
"""ArduCopter's CIRCLE_RADIUS, flown where an item gives no radius."""
_NEAR_M = 0.5


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
