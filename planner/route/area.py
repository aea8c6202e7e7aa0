"""The area pattern: lawnmower lines over a polygon with holes, all of it seen, nothing flown outside."""

import math

import shapely
from shapely.geometry import Polygon

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind, Plan
from planner.model.planned import PlannedMission
from planner.route.assemble import Drawn, assembled, frame_of, home_in, settings_of
from planner.route.cells import cells_offered
from planner.route.inside import Inside
from planner.route.missed import ENOUGH, with_what_was_missed
from planner.route.order import near_first, ordered_way
from planner.route.shapes import MARGIN_M, Point, Strip, Way, length_m, polygons_in, turns_of
from planner.route.sweep import TURN_COST_M

UNSEEN_WEIGHT = 5.0
"""Water that stays unseen costs this many times the flying that its area asks for."""
GREATEST_EXTENT_M = 100_000.0
MOST_SQUARES = 60_000
"""Areas of more squares of the spacing are refused: a day of flying."""


def area_mission(plan: Plan) -> PlannedMission:
    """The mission that sees all of the plan's polygons, what is to be kept out of cut away.

    Raises:
        BadInput: a line, an outline that crosses itself, an area too large or with nothing left of it.
    """
    flown, frame = settings_of(plan), frame_of(plan)
    parts = parts_of(plan, frame, flown.strip)
    angle = None if plan.angle_deg is None else math.radians(90.0 - plan.angle_deg)
    home = home_in(plan, frame)
    ways = near_first([area_way(part, flown.strip, angle, home) for part in parts], home)
    goal = shapely.union_all(parts)
    return assembled(plan, flown, Drawn(frame, tuple(ways), goal, room=goal))


def parts_of(plan: Plan, frame: LocalFrame, strip: Strip) -> list[Polygon]:
    """The separate polygons to be seen, in local metres."""
    polygons = [polygon_of(area, frame) for area in plan.areas]
    goal = shapely.union_all(polygons)
    if plan.keep_out:
        goal = goal.difference(shapely.union_all([polygon_of(area, frame) for area in plan.keep_out]))
    parts = polygons_in(goal) if plan.keep_out or len(polygons) > 1 else polygons
    if not parts:
        raise BadInput(plan.name, "nothing is left of the area outside what is to be kept out of")
    for part in parts:
        extent = math.dist(part.bounds[:2], part.bounds[2:])
        if extent > GREATEST_EXTENT_M or (part.area / strip.spacing + extent) / strip.spacing > MOST_SQUARES:
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


def area_way(polygon: Polygon, strip: Strip, angle_rad: float | None, home: Point | None = None) -> Way:
    """One way that sees all of `polygon` and stays inside it, the cheapest of several.

    With `home` known, the ways from and to it count too.
    """
    room = polygons_in(polygon.buffer(-MARGIN_M, join_style="mitre"))
    shape = max(room, key=lambda p: p.area) if room else polygon
    inside = Inside(shape)
    offers = [cells for cells in cells_offered(shape, strip, angle_rad) if any(cell.lines for cell in cells)]
    if not offers:
        middle = shape.representative_point()
        return Way(((middle.x - 0.5, middle.y), (middle.x + 0.5, middle.y)), (True,), (True,))
    plain = [ordered_way(cells, inside, photographed_link_m=2.5 * strip.spacing, home=home) for cells in offers]
    best, least = plain[0], math.inf
    for way in sorted(plain, key=_cost_m):
        if _cost_m(way) >= least:  # what was missed only adds to it
            break
        whole, missed_m2 = with_what_was_missed(polygon, shape, inside, way, strip)
        cost = _cost_m(whole) + UNSEEN_WEIGHT * max(0.0, missed_m2 - (1 - ENOUGH) * polygon.area) / strip.spacing
        if cost < least:
            best, least = whole, cost
    return best


def _cost_m(way: Way) -> float:
    return length_m(way.points) + turns_of(way) * TURN_COST_M
