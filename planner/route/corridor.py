"""The corridor pattern: passes along a line, such as a shoreline, at a stand-off from it."""

import math

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind, Plan
from planner.model.planned import PlannedMission
from planner.route.assemble import Drawn, assembled, frame_of, home_in, settings_of
from planner.route.order import near_first
from planner.route.shapes import Point, Strip, Way, WayBuilder

ROUND_STEPS = 4
"""Pieces to a quarter circle where a pass goes round a kink."""
GREATEST_LENGTH_M = 500_000.0


def corridor_mission(plan: Plan) -> PlannedMission:
    """The mission that flies along the plan's lines and outlines.

    Raises:
        BadInput: a line too short or too long, or with no room for a pass at the stand-off.
    """
    flown, frame = settings_of(plan), frame_of(plan)
    lines = [_line(area, frame) for area in plan.areas]
    passes, stand_off = plan.passes, plan.stand_off_m
    ways = []
    for area, line in zip(plan.areas, lines, strict=True):
        try:
            ways.append(corridor_way(line, flown.strip, passes=passes, stand_off_m=stand_off))
        except ValueError as error:
            raise BadInput(area.name, f"{error}; use fewer passes or a smaller stand-off") from None
    goal = shapely.union_all([corridor_shape(e, flown.strip, passes=passes, stand_off_m=stand_off) for e in lines])
    return assembled(plan, flown, Drawn(frame, tuple(near_first(ways, home_in(plan, frame))), goal))


def _line(area: Area, frame: LocalFrame) -> LineString:
    places = [*area.outline]
    if area.kind is AreaKind.POLYGON and places[0] != places[-1]:
        places.append(places[0])
    line = LineString(frame.to_metres(places))
    if not 1.0 <= line.length <= GREATEST_LENGTH_M:
        raise BadInput(area.name, f"is a line of {line.length:,.0f} m; a corridor needs 1 m to 500 km")
    return line


def corridor_way(line: LineString, strip: Strip, *, passes: int, stand_off_m: float) -> Way:
    """Passes beside `line`, to and fro, spaced by the strip and centred `stand_off_m` to its right (left: negative).

    The outside of a kink is flown round; on the inside a pass that would cross itself is cut short. Raises ValueError
    where nothing of a pass is left (a stand-off greater than the line's own curves allow).
    """
    builder = WayBuilder()
    for number in range(passes):
        right_m = stand_off_m + (number - (passes - 1) / 2) * strip.spacing
        points = _beside(line, right_m, strip)
        if not points:
            raise ValueError(f"a pass {abs(right_m):.0f} m from the line has no room inside its bends")
        if number % 2:
            points = points[::-1]
        for i, point in enumerate(points):
            builder.add(point, camera=True, is_line=i > 0)
    return builder.way()


def corridor_shape(line: LineString, strip: Strip, *, passes: int, stand_off_m: float) -> BaseGeometry:
    """The water that the passes are meant to see."""
    half = passes * strip.spacing / 2
    middle = line if stand_off_m == 0 else LineString(_beside(line, stand_off_m, strip) or line.coords)
    return middle.buffer(half, cap_style="flat")


def _beside(line: LineString, right_m: float, strip: Strip) -> list[Point]:
    tolerance = min(0.03 * strip.width, 5.0)
    plain = line.simplify(tolerance)
    if abs(right_m) < 1e-6:
        return [(float(x), float(y)) for x, y, *_ in plain.coords]
    curve = shapely.offset_curve(plain, -right_m, quad_segs=ROUND_STEPS, join_style="round")
    parts = [g for g in getattr(curve, "geoms", [curve]) if isinstance(g, LineString) and g.length > 1.0]
    directed = [_along(part, line) for part in parts]
    directed.sort(key=lambda p: p[0])
    joined: list[Point] = []
    for _, points in directed:
        joined.extend(points)
    if len(joined) < 2:
        return []
    simple = LineString(joined).simplify(tolerance / 2)
    return [(float(x), float(y)) for x, y, *_ in simple.coords]


def _along(part: LineString, line: LineString) -> tuple[float, list[Point]]:
    """A piece in the direction of the line, with where along the line it lies."""
    points = [(float(x), float(y)) for x, y, *_ in part.coords]
    start, end = (line.project(shapely.Point(p)) for p in (points[0], points[-1]))
    if end < start:
        points.reverse()
    return min(start, end) + math.fabs(end - start) / 2, points
