"""Ways from and to the launch place, and between separate areas, led round what is to be kept out of."""

import itertools
from collections.abc import Sequence

import shapely
import shapely.ops
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LocalFrame
from planner.model.plan import Area, Plan
from planner.route.around import widened
from planner.route.inside import Inside
from planner.route.shapes import Point, Way, polygons_in

KEEP_OFF_M = 35.0
"""Distance that a way round keeps, at least: a little more than the check warns of (30 m by the rules)."""
LEAST_OFF_M = 2.0
"""What the launch place lies at more closely than this is taken for what it stands on."""
MOST_OVER_M = 100.0
"""So far may ways lead over what the launch place lies in before it is told."""
ROOM_M = 3000.0
"""How far beyond the mission a way round may lead."""


def barred(area: Area, frame: LocalFrame) -> BaseGeometry:
    """What is to be kept out of, in local metres; published outlines that cross themselves are put right."""
    polygon = Polygon(frame.to_metres(area.outline), [frame.to_metres(hole) for hole in area.holes])
    return polygon if polygon.is_valid else shapely.make_valid(polygon)


class Detours:
    """Leads transits of one plan round what it is to be kept out of.

    What the launch place lies in or at (the quay of a harbour whose land is barred) cannot be kept out of and does not
    count; of what lies nearer to it than the distance kept, less distance is kept.
    """

    def __init__(self, plan: Plan, frame: LocalFrame, home: Point, ways: tuple[Way, ...]) -> None:
        self._inside: Inside | None = None
        ends = [home, *(point for way in ways for point in (way.points[0], way.points[-1]))]
        transits = [shapely.linestrings([a, b]) for a, b in _transits(home, ways)]
        apart = [(shape, shape.distance(shapely.Point(home))) for shape in (barred(a, frame) for a in plan.out_of)]
        near = [(shape, away) for shape, away in apart if away > LEAST_OFF_M]
        self._closed = shapely.union_all([shape for shape, _ in near])
        stands_on = shapely.union_all([shape for shape, away in apart if away <= LEAST_OFF_M])
        self._stands_on = None if stands_on.is_empty else stands_on
        self._home = shapely.Point(home)
        if not near or not self._closed.intersects(shapely.union_all(transits)):
            return
        around = box(*shapely.MultiPoint(ends).bounds).buffer(ROOM_M, join_style="mitre")
        off = [min(KEEP_OFF_M, 0.7 * away) for _, away in near]
        wide = [widened(shape, by_m=by_m, coarse_m=by_m / 4) for (shape, _), by_m in zip(near, off, strict=True)]
        rooms = polygons_in(around.difference(shapely.union_all(wide)))
        self._room = next((part for part in rooms if part.distance(shapely.Point(home)) < 0.01), None)
        if self._room is not None:
            self._inside = Inside(self._room)

    def between(self, a: Point, b: Point) -> list[Point]:
        """The corners of the way from `a` to `b`; none where it is straight, or where there is no way round."""
        if self._inside is None or not self._closed.intersects(shapely.linestrings([a, b])):
            return []
        start, end = self._in_room(a), self._in_room(b)
        way = self._inside.way(start, end)
        return [point for point in way if point not in (a, b)]

    def needlessly_over_m(self, transits: Sequence[tuple[Point, Point]]) -> float:
        """Metres of transits over what the launch place lies in or at, beyond those to its edge and back; 0 for few."""
        if self._stands_on is None or not transits:
            return 0.0
        over = float(shapely.length(shapely.intersection(shapely.linestrings(transits), self._stands_on)).sum())
        over -= 2 * float(self._stands_on.boundary.distance(self._home))
        return over if over > MOST_OVER_M else 0.0

    def _in_room(self, at: Point) -> Point:
        """The place, or where it is off far enough: the pattern may begin at the very edge of what is barred."""
        if self._room is None or self._room.covers(shapely.Point(at)):
            return at
        inner = self._room.buffer(-0.05)
        nearest = shapely.ops.nearest_points(inner, shapely.Point(at))[0]
        return float(nearest.x), float(nearest.y)


def _transits(home: Point, ways: tuple[Way, ...]) -> list[tuple[Point, Point]]:
    """The straight pieces between ways, and from and to the launch place; never without length for shapely's sake."""
    links = [(a.points[-1], b.points[0]) for a, b in itertools.pairwise(ways)]
    return [(home, ways[0].points[0]), *links, (ways[-1].points[-1], home)]
