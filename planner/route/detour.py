"""Ways from and to the launch place, and between separate areas, led round what is to be kept out of."""

import itertools

import shapely
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LocalFrame
from planner.model.plan import Area, Plan
from planner.route.around import widened
from planner.route.inside import Inside
from planner.route.shapes import Point, Way, polygons_in

KEEP_OFF_M = 35.0
"""Distance that a way round keeps, at least: a little more than the check warns of (30 m by the rules)."""
ROOM_M = 3000.0
"""How far beyond the mission a way round may lead."""


def barred(area: Area, frame: LocalFrame) -> BaseGeometry:
    """What is to be kept out of, in local metres; published outlines that cross themselves are put right."""
    polygon = Polygon(frame.to_metres(area.outline), [frame.to_metres(hole) for hole in area.holes])
    return polygon if polygon.is_valid else shapely.make_valid(polygon)


class Detours:
    """Leads transits of one plan round what it is to be kept out of.

    What the launch place lies in or at (the quay of a harbour whose land is barred) cannot be kept out of and does not
    count; nor does what an end of a way lies at more closely than the distance kept.
    """

    def __init__(self, plan: Plan, frame: LocalFrame, home: Point, ways: tuple[Way, ...]) -> None:
        self._inside: Inside | None = None
        ends = [home, *(point for way in ways for point in (way.points[0], way.points[-1]))]
        transits = [shapely.linestrings([a, b]) for a, b in _transits(home, ways)]
        closed = [barred(area, frame) for area in plan.out_of]
        near = [shape for shape in closed if shape.distance(shapely.Point(home)) > KEEP_OFF_M]
        if not near or not shapely.intersects(shapely.union_all(near), shapely.union_all(transits)):
            return
        around = box(*shapely.MultiPoint(ends).bounds).buffer(ROOM_M, join_style="mitre")
        rooms = polygons_in(
            around.difference(widened(shapely.union_all(near), by_m=KEEP_OFF_M, coarse_m=KEEP_OFF_M / 4))
        )
        room = next((part for part in rooms if part.distance(shapely.Point(home)) < KEEP_OFF_M), None)
        if room is not None:
            self._inside = Inside(room)

    def between(self, a: Point, b: Point) -> list[Point]:
        """The corners of the way from `a` to `b`; none where it is straight, or where there is no way round."""
        if self._inside is None or self._inside.clear(a, b):
            return []
        return self._inside.way(a, b)[1:-1]


def _transits(home: Point, ways: tuple[Way, ...]) -> list[tuple[Point, Point]]:
    """The straight pieces between ways, and from and to the launch place; never without length for shapely's sake."""
    links = [(a.points[-1], b.points[0]) for a, b in itertools.pairwise(ways)]
    return [(home, ways[0].points[0]), *links, (ways[-1].points[-1], home)]
