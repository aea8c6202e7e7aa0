"""The corridor pattern: passes along a line, such as a shoreline, at a stand-off from it."""

import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import shapely
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.patterns import CorridorParameters, Side
from planner.model.plan import Area, AreaKind, Plan
from planner.model.planned import PlannedMission
from planner.route.area import polygon_of
from planner.route.around import led_round, widened
from planner.route.assemble import Drawn, assembled, frame_of, home_in, settings_of
from planner.route.beside import beside, wide
from planner.route.detour import barred
from planner.route.order import near_first
from planner.route.shapes import Point, Strip, Way, WayBuilder

GREATEST_LENGTH_M = 500_000.0
MOST_NOTES = 3
THREADS = 2


def corridor_mission(plan: Plan) -> PlannedMission:
    """The mission that flies along the plan's lines and outlines.

    Raises:
        BadInput: a line too short or too long, with no room for a pass at the stand-off, or all in what is to be kept
            out of.
    """
    given = plan.parameters if isinstance(plan.parameters, CorridorParameters) else CorridorParameters()
    flown, frame = settings_of(plan), frame_of(plan)
    lines = [(area.name, line) for area in plan.areas for line in _lines(area, frame)]
    offsets = _offsets(plan, given.side, flown.strip)
    forbidden = _forbidden(plan, frame, [line for _, line in lines], max(map(abs, offsets)))
    passes: list[LineString] = []
    ways: list[Way] = []
    left_out: list[tuple[str, str]] = []
    for name, line in lines:
        drawn, without_room = _passes(line, offsets, flown.strip)
        left_out += [
            (name, f"a pass {abs(right):.0f} m from the line has no room inside its bends") for right in without_room
        ]
        passes += [LineString(points) for points in drawn]
        ways += _ways(drawn, forbidden, hand=1 if given.side is Side.BOTH else 0)
    if not passes:
        name, why = left_out[0]
        raise BadInput(name, f"{why}; use fewer passes or a smaller stand-off")
    if not ways:
        why = "all of the corridor lies in what is to be kept out of; use another --side or --stand-off-m"
        raise BadInput(plan.name, why)
    goal = _strips(passes, flown.strip, forbidden)
    ordered = _joined(near_first(ways, home_in(plan, frame)), forbidden)
    return assembled(plan, flown, Drawn(frame, tuple(ordered), goal, notes=_notes(left_out)))


def _notes(left_out: list[tuple[str, str]]) -> tuple[str, ...]:
    """What is not flown, in sentences: the first few by name."""
    notes = tuple(f"{name}: {why}: left out" for name, why in left_out[:MOST_NOTES])
    more = len(left_out) - MOST_NOTES
    return (*notes, f"{more} more passes without room are left out") if more > 0 else notes


def _joined(ways: list[Way], forbidden: MultiPolygon) -> list[Way]:
    """The ways in their order; where the straight way to the next meets what is kept out of, a link leads round it."""
    if forbidden.is_empty:
        return ways
    joined = ways[:1]
    for way in ways[1:]:
        last, first = joined[-1].points[-1], way.points[0]
        if not _blocked(last, first, forbidden):
            joined.append(way)
            continue
        builder = WayBuilder()
        for point in led_round([last, first], forbidden).way().points:
            builder.add(point, camera=False, is_line=False)
        link = builder.way()
        before = joined.pop()
        joined.append(
            Way(
                before.points + link.points[1:-1] + way.points,
                before.camera + link.camera + way.camera,
                before.is_line + link.is_line + way.is_line,
            )
            if len(link.points) > 1 and (link.points[0], link.points[-1]) == (last, first)
            else before
        )
        if joined[-1] is before:
            joined.append(way)
    return joined


def _lines(area: Area, frame: LocalFrame) -> list[LineString]:
    """The line of an area; of a polygon its outline (right is outside) and the outlines of its holes."""
    if area.kind is AreaKind.POLYGON:
        polygon = orient(polygon_of(area, frame))  # anticlockwise: right is outside; holes the other way round
        lines = [LineString(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
    else:
        lines = [LineString(frame.to_metres(area.outline))]
    for line in lines:
        if not 1.0 <= line.length <= GREATEST_LENGTH_M * 1.001:
            raise BadInput(area.name, f"is a line of {line.length:,.0f} m; a corridor needs 1 m to 500 km")
    return lines


def _offsets(plan: Plan, side: Side, strip: Strip) -> list[float]:
    """How far to the right of the line each pass lies, in flying order; every second one is flown backwards."""
    stand_off, spread = plan.stand_off_m, [n - (plan.passes - 1) / 2 for n in range(plan.passes)]
    if side is Side.BOTH:
        away = [abs(stand_off) + n * strip.spacing for n in range(plan.passes)]
        return [sign * distance for distance in away for sign in (1, -1)]
    signed = {Side.AS_SIGNED: stand_off, Side.LEFT: -abs(stand_off), Side.RIGHT: abs(stand_off)}[side]
    return [signed + n * strip.spacing for n in spread]


def _passes(line: LineString, offsets: list[float], strip: Strip) -> tuple[list[list[Point]], list[float]]:
    """The passes beside a line in flying order, those of an open line to and fro; and the offsets without room."""
    drawn: list[list[Point]] = []
    without_room: list[float] = []
    with ThreadPoolExecutor(THREADS) as pool:  # shapely works without the interpreter's lock
        ways = list(pool.map(lambda right_m: beside(line, right_m, min(0.03 * strip.width, 5.0)), offsets))
    for right_m, found in zip(offsets, ways, strict=True):
        if not found:
            without_room.append(right_m)
        back = not line.is_ring and len(drawn) % 2 > 0
        drawn += [points[::-1] for points in found] if back else found
    return drawn, without_room


def _ways(drawn: list[list[Point]], forbidden: MultiPolygon, *, hand: int) -> list[Way]:
    """One way through the passes, links between them included; separate ways where a link would be cut off."""
    builder = WayBuilder()
    ways: list[Way] = []
    for points in drawn:
        flown = led_round(points, forbidden, hand=hand).way()
        if len(flown.points) < 2:
            continue
        if builder.last is not None and _blocked(builder.last, flown.points[0], forbidden):
            ways.append(builder.way())
            builder = WayBuilder()
        builder.add(flown.points[0], camera=True, is_line=False)
        for (_, point), camera, is_line in zip(
            itertools.pairwise(flown.points), flown.camera, flown.is_line, strict=True
        ):
            builder.add(point, camera=camera, is_line=is_line)
    if builder.last is not None:
        ways.append(builder.way())
    return [way for way in ways if len(way.points) > 1]


def _blocked(a: Point, b: Point, forbidden: MultiPolygon) -> bool:
    return math.dist(a, b) > 0 and not forbidden.is_empty and bool(forbidden.intersects(LineString([a, b])))


def _forbidden(plan: Plan, frame: LocalFrame, lines: list[LineString], away_m: float) -> MultiPolygon:
    """What is to be kept out of, as far as it is near."""
    if not plan.out_of:
        return MultiPolygon()
    reach = 2 * away_m + 2000.0
    x0, y0, x1, y1 = shapely.total_bounds(lines).tolist()
    near = [
        shapely.clip_by_rect(barred(area, frame), x0 - reach, y0 - reach, x1 + reach, y1 + reach)
        for area in plan.out_of
    ]
    return widened(shapely.union_all(near))


def _strips(passes: list[LineString], strip: Strip, forbidden: MultiPolygon) -> BaseGeometry:
    """The water that the passes are meant to see."""
    seen = shapely.union_all([wide(line, strip.spacing / 2, flat=True) for line in passes])
    return seen if forbidden.is_empty else seen.difference(forbidden)
