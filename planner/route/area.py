"""The area pattern: lawnmower lines over a polygon with holes, all of it seen, nothing flown outside."""

import math
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.patterns import AreaParameters
from planner.model.plan import Area, AreaKind, Plan
from planner.model.planned import PlannedMission
from planner.route.assemble import Drawn, assembled, frame_of, home_in, settings_of
from planner.route.cells import cells_offered
from planner.route.detour import barred
from planner.route.favour import PLAIN, Favour
from planner.route.inside import Inside
from planner.route.missed import ENOUGH, with_what_was_missed
from planner.route.order import near_first, ordered_way
from planner.route.polish import polished
from planner.route.shapes import (
    MARGIN_M,
    Point,
    Strip,
    Way,
    WayBuilder,
    polygons_in,
    seen_area,
    seen_boxes,
    turns_of,
)
from planner.route.suited import SAME, favour_of, told
from planner.route.sweep import TURN_COST_M

UNSEEN_WEIGHT = 5.0
"""Water that stays unseen costs this many times the flying that its area asks for."""
MOST_TIGHTENED = 60
"""Ways of more corners are left as they were drawn: there the edges weigh little."""
MOST_PARTS_TIGHTENED = 2
"""Of an area in more parts, only the greatest are tightened: each takes seconds."""
MISSED_WEIGHT = 25.0
"""Of the sweeps, the tightening begins with the best; there a missed square metre costs this many times the flying."""
LONG = 1.15
AIM, NEARLY, MOST_TRIES = 1.2, 1.02, 3
"""A way that comes near this length, as a share of the least thinkable, but not to it, is searched for again."""
AT_MOST_LONGER = 1.02
"""A way with fewer turns may be so much longer than the plain one."""
MAY_MISS = 0.0007
ALLOWED = 0.00093
MAY_MISS_AT_MOST = 0.00097
"""Of the area, what a tightened way may leave unseen: as aimed at on cells, when polished, and as taken."""
GREATEST_EXTENT_M = 100_000.0
MOST_LINES = 15_000
"""Areas that more lines fit across are refused: nobody flies them, and autopilots store no more."""


def area_mission(plan: Plan) -> PlannedMission:
    """The mission that sees all of the plan's polygons, what is to be kept out of cut away.

    Raises:
        BadInput: a line, an outline that crosses itself, an area too large or with nothing left of it.
    """
    flown, frame = settings_of(plan), frame_of(plan)
    # seen is what lies abreast of the way, to the edge that waypoints keep their margin from
    strip = replace(flown.strip, reach=1.5 * MARGIN_M)
    flown = replace(flown, strip=strip)
    parts = parts_of(plan, frame, strip)
    given = plan.parameters if isinstance(plan.parameters, AreaParameters) else AreaParameters()
    seed = plan.seed if given.tighten else None
    angle = None if plan.angle_deg is None else math.radians(90.0 - plan.angle_deg)
    home = home_in(plan, frame)
    goal = shapely.union_all(parts)
    favour = favour_of(plan, flown, frame, goal.area)
    drawn = _ways(parts, strip, angle, home, seed, favour)
    notes: tuple[str, ...] = ()
    details: dict[str, object] = {}
    if favour is not PLAIN:
        shortest = _ways(parts, strip, angle, home, seed, PLAIN)
        if sum(_cost_m(way, favour) for way in shortest) <= (1 + SAME) * sum(_cost_m(way, favour) for way in drawn):
            drawn = shortest
        notes, details = told(plan, flown, favour, drawn, shortest)
    ways = near_first(drawn, home)
    return assembled(plan, flown, Drawn(frame, tuple(ways), goal, room=goal, notes=notes, details=details))


def _ways(
    parts: list[Polygon], strip: Strip, angle: float | None, home: Point | None, seed: int | None, favour: Favour
) -> list[Way]:
    """A way over each part; with a seed the greatest of them are tightened."""
    great = sorted(parts, key=lambda p: -p.area)[:MOST_PARTS_TIGHTENED]
    return [area_way(part, strip, angle, home, seed=seed if part in great else None, favour=favour) for part in parts]


def parts_of(plan: Plan, frame: LocalFrame, strip: Strip) -> list[Polygon]:
    """The separate polygons to be seen, in local metres."""
    polygons = [polygon_of(area, frame) for area in plan.areas]
    goal = shapely.union_all(polygons)
    if plan.out_of:
        goal = goal.difference(shapely.union_all([barred(area, frame) for area in plan.out_of]))
    parts = polygons_in(goal) if plan.out_of or len(polygons) > 1 else polygons
    if not parts:
        raise BadInput(plan.name, "nothing is left of the area outside what is to be kept out of")
    for part in parts:
        extent = math.dist(part.bounds[:2], part.bounds[2:])
        if extent > GREATEST_EXTENT_M or extent / strip.spacing > MOST_LINES:
            raise BadInput(
                plan.name,
                f"{part.area / 1e6:,.0f} km2 at lines {strip.spacing:.0f} m apart is too much for one mission; "
                "draw a smaller area or fly higher (a greater --gsd-m)",
            )
    return parts


def polygon_of(area: Area, frame: LocalFrame) -> Polygon:
    """An area in local metres.

    Raises:
        BadInput: a line, or an outline that crosses itself.
    """
    if area.kind is not AreaKind.POLYGON:
        raise BadInput(area.name, "is a line; the area pattern needs a polygon (use --pattern corridor)")
    polygon = Polygon(frame.to_metres(area.outline), [frame.to_metres(hole) for hole in area.holes])
    if not polygon.is_valid:
        why = shapely.is_valid_reason(polygon)
        if "Self-intersection" in why or "Hole" in why or "Ring" in why:
            raise BadInput(area.name, f"its outline crosses itself ({why.split('[')[0].lower().strip()}); redraw it")
        raise BadInput(area.name, f"is no proper polygon ({why.split('[')[0].lower().strip()}); redraw it")
    if polygon.area < 1.0:
        raise BadInput(area.name, f"has an area of {polygon.area:.2f} m2; draw a larger one")
    return polygon


def area_way(
    polygon: Polygon,
    strip: Strip,
    angle_rad: float | None,
    home: Point | None = None,
    *,
    seed: int | None = None,
    favour: Favour = PLAIN,
) -> Way:
    """One way that sees all of `polygon` and stays inside it, the cheapest of several.

    With `home` known, the ways from and to it count too. With a `seed`, for the chance in that, a way of few corners
    is tightened. `favour` says what metres cost by their course.
    """
    room = polygons_in(polygon.buffer(-MARGIN_M, join_style="mitre"))
    shape = max(room, key=lambda p: p.area) if room else polygon
    inside = Inside(shape)
    to_the_edge = replace(strip, reach=0.0)
    offers = [
        cells for cells in cells_offered(shape, to_the_edge, angle_rad, favour) if any(cell.lines for cell in cells)
    ]
    if not offers:
        middle = shape.representative_point()
        return Way(((middle.x - 0.5, middle.y), (middle.x + 0.5, middle.y)), (True,), (True,))
    plain = [ordered_way(cells, inside, photographed_link_m=2.5 * strip.spacing, home=home) for cells in offers]
    best, least = plain[0], math.inf
    for way in sorted(plain, key=lambda way: _cost_m(way, favour)):
        if _cost_m(way, favour) >= least:  # what was missed only adds to it
            break
        whole, missed_m2 = with_what_was_missed(polygon, shape, inside, way, strip)
        cost = (
            _cost_m(whole, favour) + UNSEEN_WEIGHT * max(0.0, missed_m2 - (1 - ENOUGH) * polygon.area) / strip.spacing
        )
        if cost < least:
            best, least = whole, cost
    if seed is not None and angle_rad is None:
        best = _tightened(plain, best, (polygon, shape), strip, favour, np.random.default_rng(abs(seed)))
    return best


def _tightened(
    starts: list[Way],
    best: Way,
    shapes: tuple[Polygon, Polygon],
    strip: Strip,
    favour: Favour,
    rng: np.random.Generator,
) -> Way:
    """`best`, or a way that costs less and sees as much, found from one of `starts`; shapes: polygon, room."""
    from planner.route.tighten import Tightener  # numba takes half a second to import

    polygon, room = shapes
    start = min(
        starts, key=lambda way: _cost_m(way, favour) + _missed_m2(polygon, way, strip) * MISSED_WEIGHT / strip.spacing
    )
    if len(start.points) > MOST_TIGHTENED:
        return best
    box = shapely.get_coordinates(polygon.minimum_rotated_rectangle)
    narrow = min(math.dist(box[0], box[1]), math.dist(box[1], box[2]))
    most_turns = 2 * math.ceil(narrow / strip.spacing) - 1  # of a sweep along the longer side
    ideal_m = polygon.area / strip.spacing * favour.least
    tightener = Tightener(polygon, room, strip, most_turns=most_turns, may_miss=MAY_MISS, favour=favour)
    if turns_of(best) <= most_turns and favour.length_m([best]) <= LONG * ideal_m:
        points = tightener.refined(list(start.points), rng)
        return _better(_polished(points, shapes, strip, favour), best, shapes, strip, favour)
    for _ in range(MOST_TRIES):
        points = tightener.searched(list(start.points), rng)
        best = _better(_polished(points, shapes, strip, favour), best, shapes, strip, favour)
        good = turns_of(best) <= most_turns and favour.length_m([best]) <= AIM * ideal_m
        if good or favour.length_m([_all_seen(points, strip)]) > NEARLY * AIM * ideal_m:
            break
    return best


def _polished(points: list[Point], shapes: tuple[Polygon, Polygon], strip: Strip, favour: Favour) -> Way:
    """The way through `points`, moved a little; with lines over what was missed where that is too much."""
    polygon, room = shapes
    way = _all_seen(polished(points, polygon, room, strip, may_miss=ALLOWED, favour=favour), strip)
    if _missed_m2(polygon, way, strip) > MAY_MISS_AT_MOST * polygon.area:
        way, _ = with_what_was_missed(polygon, room, Inside(room), way, strip)
    return way


def _better(way: Way, best: Way, shapes: tuple[Polygon, Polygon], strip: Strip, favour: Favour) -> Way:
    """`way` if it sees enough, stays inside and costs less than `best`, hardly longer."""
    polygon, room = shapes
    seen = _missed_m2(polygon, way, strip) <= MAY_MISS_AT_MOST * polygon.area
    inside = len(way.points) > 1 and room.buffer(1e-3).covers(LineString(way.points))
    short = favour.length_m([way]) <= AT_MOST_LONGER * favour.length_m([best])
    return way if seen and inside and short and _cost_m(way, favour) < _cost_m(best, favour) else best


def _missed_m2(polygon: Polygon, way: Way, strip: Strip) -> float:
    return float(polygon.area) - seen_area(polygon, seen_boxes(way, strip))


def _all_seen(points: list[Point], strip: Strip) -> Way:
    """A way photographed all along; pieces no longer than two spacings are links."""
    builder = WayBuilder()
    for point in points:
        apart = math.inf if builder.last is None else math.dist(builder.last, point)
        builder.add(point, camera=True, is_line=apart > 2 * strip.spacing)
    return builder.way()


def _cost_m(way: Way, favour: Favour) -> float:
    return favour.length_m([way]) + turns_of(way) * TURN_COST_M
