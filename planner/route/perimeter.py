"""The perimeter pattern: round a port or an anchorage at a stand-off, the camera looking inward."""

import itertools
import math

import shapely
from shapely.geometry import LinearRing, LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, MissionItem, item
from planner.model.patterns import PerimeterParameters
from planner.model.plan import Plan
from planner.model.planned import PlannedMission
from planner.route.area import polygon_of
from planner.route.around import led_round, widened
from planner.route.assemble import Drawn, Settings, assembled, frame_of, home_in, settings_of
from planner.route.detour import barred
from planner.route.order import near_first
from planner.route.shapes import Point, Way, WayBuilder, polygons_in

INWARD_DEG = 30.0
"""How far below the horizon the camera looks inward from inside the outline."""
SHORTEST_VIEW_M = 40.0
ROUND_STEPS = 4


def perimeter_mission(plan: Plan) -> PlannedMission:
    """The mission round the plan's polygons; the camera is held on a place inward of each leg.

    Raises:
        BadInput: a line, or no room for the stand-off.
    """
    given = plan.parameters if isinstance(plan.parameters, PerimeterParameters) else PerimeterParameters()
    flown, frame = settings_of(plan), frame_of(plan)
    outlines = polygons_in(shapely.union_all([polygon_of(area, frame) for area in plan.areas]))
    forbidden = widened(shapely.union_all([barred(area, frame) for area in plan.out_of]))
    rings = [ring for outline in outlines for ring in rings_beside(outline, plan.stand_off_m, flown)]
    if not rings:
        raise BadInput(plan.name, f"no way round it {-plan.stand_off_m:.0f} m inside has room; use a smaller stand-off")
    home = home_in(plan, frame)
    view = max(2 * abs(plan.stand_off_m), SHORTEST_VIEW_M)
    ways = [_in_views(led_round(_laps(ring, given.laps, home), forbidden).way(), view) for ring in rings]
    ways = near_first([way for way in ways if len(way.points) > 1], home)
    if not ways:
        raise BadInput(plan.name, "all of the way round lies in what is to be kept out of")
    whole = shapely.union_all(outlines)
    actions = _looks(ways, whole, plan, given, flown, frame)
    drawn = Drawn(frame, tuple(ways), shapely.Polygon(), actions=actions, details=_details(whole, ways, plan, flown))
    return assembled(plan, flown, drawn)


def rings_beside(outline: Polygon, stand_off_m: float, flown: Settings) -> list[LinearRing]:
    """The closed ways `stand_off_m` outside an outline (negative: inside), anticlockwise."""
    coarse = min(0.03 * flown.strip.width, 5.0)
    beside = Polygon(outline.exterior).buffer(stand_off_m, quad_segs=ROUND_STEPS, join_style="round")
    parts = [part for part in polygons_in(beside) if part.exterior.length > SHORTEST_VIEW_M]
    plain = [part for whole in parts for part in polygons_in(whole.simplify(coarse))]
    return [LinearRing(shapely.geometry.polygon.orient(part).exterior.coords) for part in plain]


def _laps(ring: LinearRing, laps: int, home: Point | None) -> list[Point]:
    """Round and round, from the corner nearest `home`."""
    corners = [(float(x), float(y)) for x, y in ring.coords[:-1]]
    first = 0 if home is None else min(range(len(corners)), key=lambda i: math.dist(corners[i], home))
    turned = corners[first:] + corners[:first]
    return turned * laps + [turned[0]]


def _in_views(way: Way, longest_m: float) -> Way:
    """The way with legs no longer than the camera can hold one place in view."""
    builder = WayBuilder()
    if way.points:
        builder.add(way.points[0], camera=True, is_line=True)
    for (a, b), camera, is_line in zip(itertools.pairwise(way.points), way.camera, way.is_line, strict=True):
        count = max(1, math.ceil(math.dist(a, b) / longest_m - 1e-9))
        for step in range(1, count + 1):
            share = step / count
            at = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
            builder.add(at, camera=camera, is_line=is_line)
    return builder.way(straightened=False)


def _looks(
    ways: list[Way], whole: BaseGeometry, plan: Plan, given: PerimeterParameters, flown: Settings, frame: LocalFrame
) -> dict[tuple[int, int], tuple[MissionItem, ...]]:
    """What the camera is held on from each leg's start; let go at the end."""
    actions: dict[tuple[int, int], tuple[MissionItem, ...]] = {}
    for number, way in enumerate(ways):
        for i, (a, b) in enumerate(itertools.pairwise(way.points)):
            east, north = seen_place(a, b, whole, plan.stand_off_m, given.camera_pitch_deg, flown.height_m)
            at = frame.to_place(east, north)
            actions[number, i] = (item(Command.DO_SET_ROI_LOCATION, at=at, height_m=0.0),)
        actions[number, len(way.points) - 1] = (item(Command.DO_SET_ROI_NONE),)
    return actions


def seen_place(
    a: Point, b: Point, whole: BaseGeometry, stand_off_m: float, pitch_deg: float | None, height_m: float
) -> Point:
    """The place on the water inward of the middle of the leg from `a` to `b`."""
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    edge = whole.boundary.interpolate(whole.boundary.project(shapely.Point(middle)))
    dx, dy = edge.x - middle[0], edge.y - middle[1]
    apart = math.hypot(dx, dy)
    if shapely.contains_xy(whole, *middle):  # inside: away from the edge
        dx, dy = -dx, -dy
    if apart < 0.5:  # on the outline: across the leg, to its left (rings run anticlockwise)
        dx, dy = -(b[1] - a[1]), b[0] - a[0]
    if pitch_deg is None:
        away = apart if stand_off_m > 0 and apart >= 0.5 else height_m / math.tan(math.radians(INWARD_DEG))
    else:
        away = height_m / math.tan(math.radians(max(-pitch_deg, 1.0)))
    scale = away / (math.hypot(dx, dy) or 1.0)
    return middle[0] + dx * scale, middle[1] + dy * scale


def _details(whole: BaseGeometry, ways: list[Way], plan: Plan, flown: Settings) -> dict[str, object]:
    """How much of the outline is passed at the stand-off."""
    outline = shapely.union_all([LineString(part.exterior.coords) for part in polygons_in(whole)])
    lines = shapely.union_all([LineString(way.points) for way in ways])
    near = lines.buffer(abs(plan.stand_off_m) * 1.5 + flown.strip.width / 2)
    share = outline.intersection(near).length / outline.length if outline.length else 0.0
    return {"outline_m": round(outline.length, 1), "outline_passed": round(share, 4)}
