"""Where an underwater vehicle goes along a moored hull: lanes on a box about it, and the ways between them.

Metres forward of amidships, to starboard of it, and below the surface. Lanes lie the stand-off away from the box: to
and fro on the sides (along the hull or up and down), then lengthwise under the keel. Lanes end beyond bow and stern, or
above and below, so that turns lie outside the hull; ways between lanes stay on or outside that box.
"""

import math
from dataclasses import dataclass

from shapely.geometry import Polygon, box

from planner.model.patterns import HullLanes, HullSides
from planner.route.inside import Inside
from planner.route.shapes import Point

SHALLOW_M = 0.5
"""Depth of the ways to and from the hull, and of the uppermost lane at least."""
FAR_M = 2000.0
QUAY_M = 50.0
"""So far from a side that lies at a quay no way leads along it."""

Point3 = tuple[float, float, float]
"""Forward of amidships, to starboard of it, depth below the surface; metres."""


@dataclass(frozen=True, slots=True)
class HullBox:
    """The hull as a box with its stand-off: what lanes keep away from."""

    length_m: float
    beam_m: float
    draught_m: float
    stand_off_m: float

    def distance_m(self, point: Point3) -> float:
        """How far a point is from the hull; 0 inside it."""
        ahead = max(0.0, abs(point[0]) - self.length_m / 2)
        aside = max(0.0, abs(point[1]) - self.beam_m / 2)
        below = max(0.0, point[2] - self.draught_m)
        return math.sqrt(ahead**2 + aside**2 + below**2)


@dataclass(frozen=True, slots=True)
class Lane:
    """A straight pass with the camera on the hull: from where to where, heading against the bow, camera pitch."""

    start: Point3
    end: Point3
    face_deg: float
    pitch_deg: float


def hull_lanes(
    hull: HullBox, *, across_m: float, lanes: HullLanes = HullLanes.HORIZONTAL, sides: HullSides = HullSides.ALL
) -> list[Lane]:
    """All passes in order, neighbours `across_m` apart at most: one side, the keel, the other side."""
    whole = _side(hull, across_m, lanes, port=True) if sides is not HullSides.STARBOARD else []
    keel = _keel(hull, across_m)
    if sides is HullSides.PORT:
        return [*whole, *keel]
    other = _side(hull, across_m, lanes, port=False)
    if sides is HullSides.STARBOARD:
        return [*other, *(_mirrored(lane) for lane in keel)]
    return [*whole, *keel, *(Lane(lane.end, lane.start, lane.face_deg, lane.pitch_deg) for lane in reversed(other))]


def _side(hull: HullBox, across_m: float, lanes: HullLanes, *, port: bool) -> list[Lane]:
    """To and fro on one side, from the surface down (horizontal) or from stern to bow (vertical)."""
    aside = (hull.beam_m / 2 + hull.stand_off_m) * (-1 if port else 1)
    face = 90.0 if port else 270.0
    out = hull.length_m / 2 + hull.stand_off_m
    if lanes is HullLanes.HORIZONTAL:
        ends = [((-out, aside, depth), (out, aside, depth)) for depth in _depths(hull, across_m)]
    else:
        top, bottom = min(SHALLOW_M, hull.draught_m), hull.draught_m + hull.stand_off_m
        ends = [((ahead, aside, top), (ahead, aside, bottom)) for ahead in _spread(hull.length_m, across_m)]
    return [Lane(a, b, face, 0.0) if number % 2 == 0 else Lane(b, a, face, 0.0) for number, (a, b) in enumerate(ends)]


def _keel(hull: HullBox, across_m: float) -> list[Lane]:
    """Lengthwise under the bottom, from port to starboard, camera up."""
    depth, out = hull.draught_m + hull.stand_off_m, hull.length_m / 2 + hull.stand_off_m
    found = []
    for number, aside in enumerate(_spread(hull.beam_m, across_m)):
        ends = (-out, aside, depth), (out, aside, depth)
        a, b = ends if number % 2 == 0 else ends[::-1]
        found.append(Lane(a, b, 0.0, 90.0))
    return found


def _mirrored(lane: Lane) -> Lane:
    (a, b, c), (d, e, f) = lane.start, lane.end
    return Lane((a, -b, c), (d, -e, f), lane.face_deg, lane.pitch_deg)


def _depths(hull: HullBox, across_m: float) -> list[float]:
    """Depths of lanes that see all from the surface to the keel, none above SHALLOW_M."""
    count = math.ceil(hull.draught_m / across_m - 1e-9)
    step = hull.draught_m / count
    return sorted({max(SHALLOW_M, (i + 0.5) * step) for i in range(count)})


def _spread(width_m: float, across_m: float) -> list[float]:
    """Places of lanes that see all of a width, about its middle."""
    count = math.ceil(width_m / across_m - 1e-9)
    return [((i + 0.5) / count - 0.5) * width_m for i in range(count)]


def hull_way(
    hull: HullBox, lanes: list[Lane], launch: Point, sides: HullSides = HullSides.ALL
) -> list[tuple[Point3, Lane | None]]:
    """All points in order, each with the lane that ends there (None for ways), from the launch place and back to it.

    No way leads along a side that is not scanned, since it lies at a quay.
    """
    keep = Inside(_water(hull, launch, sides))
    way: list[tuple[Point3, Lane | None]] = [((*launch, SHALLOW_M), None)]
    for number, lane in enumerate(lanes):
        if number == 0:
            way += [((*p, SHALLOW_M), None) for p in keep.way(launch, lane.start[:2])[1:]]
            way += [(lane.start, None)]
        else:
            way += [(point, None) for point in _between(hull, lanes[number - 1].end, lane.start)]
        way.append((lane.end, lane))
    way += [(point, None) for point in _up(hull, lanes[-1].end)]
    at = way[-1][0]
    way += [((*p, SHALLOW_M), None) for p in keep.way(at[:2], launch)[1:]]
    return [step for n, step in enumerate(way) if n == 0 or math.dist(step[0], way[n - 1][0]) > 1e-6]


def _between(hull: HullBox, start: Point3, end: Point3) -> list[Point3]:
    """From lane to lane: along one plane if both lie in it, else beyond bow or stern, and down or up there."""
    deep, out = hull.draught_m + hull.stand_off_m, hull.length_m / 2 + hull.stand_off_m
    if start[1] == end[1] or (start[2] >= deep and end[2] >= deep):
        return [end]
    beyond = out if (start[0] + end[0]) >= 0 else -out
    if abs(start[0]) >= out - 1e-9:
        beyond = start[0]
    first: Point3 = (beyond, start[1], start[2])
    second: Point3 = (beyond, start[1], max(start[2], end[2]))
    third: Point3 = (beyond, end[1], second[2])
    fourth: Point3 = (beyond, end[1], end[2])
    return [first, second, third, fourth, end]


def _up(hull: HullBox, at: Point3) -> list[Point3]:
    """To the shallow depth, beyond bow or stern where the point lies below the keel."""
    if abs(at[1]) >= hull.beam_m / 2 + hull.stand_off_m - 1e-9:
        return [(at[0], at[1], SHALLOW_M)]
    beyond = math.copysign(hull.length_m / 2 + hull.stand_off_m, at[0])
    return [(beyond, at[1], at[2]), (beyond, at[1], SHALLOW_M)]


def _water(hull: HullBox, launch: Point, sides: HullSides) -> Polygon:
    """The water round the hull at its stand-off (a hair less, so that lane ends count as outside it)."""
    x, y = hull.length_m / 2 + 0.99 * hull.stand_off_m, hull.beam_m / 2 + 0.99 * hull.stand_off_m
    far = FAR_M + max(map(abs, launch))
    port = -y - QUAY_M if sides is HullSides.STARBOARD else -y
    starboard = y + QUAY_M if sides is HullSides.PORT else y
    return Polygon(box(-far, -far, far, far).exterior, [box(-x, port, x, starboard).exterior])
