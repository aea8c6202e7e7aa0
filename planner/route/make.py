"""From a plan to a mission: height, speed and trigger from the camera, the way from the pattern, items and figures."""

import itertools
import math
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame, centroid, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Home
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.route.area import area_way
from planner.route.corridor import corridor_shape, corridor_way
from planner.route.items import Stop, captures_along, fitted_trigger_m, mission_of
from planner.route.shapes import Strip, Way, length_m, polygons_in, seen_by, turns_of

GREATEST_HEIGHT_M = 500.0
LEAST_HEIGHT_M = 3.0
LEAST_SPEED_M_S = 0.5
GREATEST_EXTENT_M = 100_000.0
MOST_SQUARES = 60_000
"""Areas of more squares of the spacing are refused: a day of flying."""
ARDUPILOT_ITEMS = 700
"""About what ArduPilot stores without an SD card (718 on most boards)."""
TURN_S = 3.0
"""What slowing down for a turn and speeding up again costs."""


def make_mission(plan: Plan) -> PlannedMission:
    """The mission that flies `plan`, with legs, figures, and notes for the pilot.

    Raises:
        BadInput: what cannot be flown or photographed; says what to change.
    """
    flown = _settings(plan)
    frame = LocalFrame(centroid(place for area in plan.areas for place in area.outline))
    shapes = _shapes(plan, frame, flown.strip)
    ways = _near_first([_way(plan, shape, flown.strip, frame) for shape in shapes], plan, frame)
    home, notes = _home(plan, frame.to_place(*ways[0].points[0]))
    stops, legs, captures = _stops(ways, frame, flown.trigger_m)
    mission = mission_of(plan, stops, home, height_m=flown.height_m, speed_m_s=flown.speed_m_s)
    legs = (
        Leg(home.at, legs[0].start, camera=False, kind=LegKind.TRANSIT),
        *legs,
        Leg(legs[-1].end, home.at, camera=False, kind=LegKind.TRANSIT),
    )
    figures = _figures(plan, flown, ways, [s.goal for s in shapes], legs, items=len(mission), captures=captures)
    usable_wh = plan.drone.battery_wh * (1 - plan.drone.reserve_fraction)
    if figures.energy_wh > usable_wh:
        beyond = (
            f"needs about {figures.energy_wh:.0f} Wh, but {plan.drone.name} has {usable_wh:.0f} Wh above its reserve: "
            "not to be flown on one battery"
        )
        notes += (beyond,)
    if plan.drone.autopilot == "ardupilot" and len(mission) > ARDUPILOT_ITEMS:
        notes += (f"{len(mission)} items are more than most ArduPilot boards store ({ARDUPILOT_ITEMS})",)
    return PlannedMission(mission, legs, figures, flown.notes + notes)


@dataclass(frozen=True, slots=True)
class _Settings:
    height_m: float
    speed_m_s: float
    trigger_m: float
    strip: Strip
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """An area in local metres: what is flown over, and the water that is to be seen."""

    name: str
    flown: Polygon | LineString
    goal: BaseGeometry


def _settings(plan: Plan) -> _Settings:
    """Height, speed, trigger distance and strip from the camera."""
    height = round(plan.height_m, 2)
    if height > GREATEST_HEIGHT_M:
        raise BadInput(
            plan.name,
            f"{plan.gsd_m:g} m per pixel with {plan.camera.name} needs {height:.0f} m of height, more than "
            f"{GREATEST_HEIGHT_M:.0f} m; ask for a finer ground sampling distance (a smaller --gsd-m)",
        )
    if height < LEAST_HEIGHT_M:
        raise BadInput(
            plan.name,
            f"{plan.gsd_m:g} m per pixel with {plan.camera.name} means flying {height:.1f} m above the water; "
            f"ask for a coarser ground sampling distance (a greater --gsd-m)",
        )
    width = plan.gsd_m * plan.camera.width_px
    ahead = height * plan.camera.sensor_height_mm / plan.camera.focal_mm
    spacing = plan.swath_m or width * (1 - plan.side_overlap)
    notes: tuple[str, ...] = ()
    if spacing > width * 1.0001:
        notes += (f"lines {spacing:.0f} m apart leave water unseen: a picture is {width:.0f} m wide",)
    trigger = ahead * (1 - plan.front_overlap)
    wanted = plan.speed_m_s or plan.drone.cruise_speed_m_s
    speed = min(wanted, trigger / plan.camera.min_interval_s)
    if speed < LEAST_SPEED_M_S:
        raise BadInput(
            plan.name,
            f"a picture every {trigger:.2f} m is too often for {plan.camera.name}, which takes one in "
            f"{plan.camera.min_interval_s:g} s; lower the front overlap or raise the ground sampling distance",
        )
    if speed < wanted:
        slowed = (
            f"speed reduced from {wanted:g} to {speed:.1f} m/s: {plan.camera.name} takes a picture in "
            f"{plan.camera.min_interval_s:g} s at most and one is due every {trigger:.1f} m"
        )
        notes += (slowed,)
    reach = max(0.0, ahead / 2 - max(0.1 * ahead, 3.0))
    strip = Strip(spacing=spacing, width=plan.swath_m or width, reach=reach)
    return _Settings(height, math.floor(speed * 100) / 100, trigger, strip, notes)


def _shapes(plan: Plan, frame: LocalFrame, strip: Strip) -> list[_Shape]:
    if plan.pattern is Pattern.CORRIDOR:
        return [_corridor_shape(plan, area, frame, strip) for area in plan.areas]
    polygons = [_polygon(area, frame) for area in plan.areas]
    parts = polygons_in(shapely.union_all(polygons)) if len(polygons) > 1 else polygons
    for part in parts:
        extent = math.dist(part.bounds[:2], part.bounds[2:])
        if extent > GREATEST_EXTENT_M or (part.area / strip.spacing + extent) / strip.spacing > MOST_SQUARES:
            raise BadInput(
                plan.name,
                f"{part.area / 1e6:,.0f} km2 at lines {strip.spacing:.0f} m apart is too much for one mission; "
                "draw a smaller area or fly higher (a greater --gsd-m)",
            )
    return [_Shape(plan.areas[min(i, len(plan.areas) - 1)].name, part, part) for i, part in enumerate(parts)]


def _polygon(area: Area, frame: LocalFrame) -> Polygon:
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


def _corridor_shape(plan: Plan, area: Area, frame: LocalFrame, strip: Strip) -> _Shape:
    places = [*area.outline]
    if area.kind is AreaKind.POLYGON and places[0] != places[-1]:
        places.append(places[0])
    line = LineString(frame.to_metres(places))
    if not 1.0 <= line.length <= GREATEST_EXTENT_M * 5:
        raise BadInput(area.name, f"is a line of {line.length:,.0f} m; a corridor needs 1 m to 500 km")
    goal = corridor_shape(line, strip, passes=plan.passes, stand_off_m=plan.stand_off_m)
    return _Shape(area.name, line, goal)


def _way(plan: Plan, shape: _Shape, strip: Strip, frame: LocalFrame) -> Way:
    if isinstance(shape.flown, Polygon):
        angle = None if plan.angle_deg is None else math.radians(90.0 - plan.angle_deg)
        home = None
        if plan.home is not None:
            east, north = frame.to_metres([plan.home.at])[0]
            home = (float(east), float(north))
        return area_way(shape.flown, strip, angle, home)
    try:
        return corridor_way(shape.flown, strip, passes=plan.passes, stand_off_m=plan.stand_off_m)
    except ValueError as error:
        raise BadInput(shape.name, f"{error}; use fewer passes or a smaller stand-off") from None


def _near_first(ways: list[Way], plan: Plan, frame: LocalFrame) -> list[Way]:
    """Separate areas in order, nearest end next, from the launch place if that is known."""
    left = list(ways)
    at = None if plan.home is None else tuple(frame.to_metres([plan.home.at])[0])
    done: list[Way] = []
    while left:
        if at is None:
            chosen, flipped = left[0], False
        elif len(ways) == 1:  # out and back: nearer by the sum does not change, so the shorter way out is flown first
            chosen = left[0]
            flipped = math.dist(at, chosen.points[-1]) < math.dist(at, chosen.points[0])
        else:
            _, index, flipped = min(
                (math.dist(at, end), i, flip)
                for i, way in enumerate(left)
                for flip, end in ((False, way.points[0]), (True, way.points[-1]))
            )
            chosen = left[index]
        left = [w for w in left if w is not chosen]
        done.append(chosen.reversed() if flipped else chosen)
        at = done[-1].points[-1]
    return done


def _home(plan: Plan, first: LatLon) -> tuple[Home, tuple[str, ...]]:
    if plan.home is not None:
        return plan.home, ()
    corners = [place for area in plan.areas for place in area.outline]
    nearest = min(corners, key=lambda place: distance_m(place, first))
    note = (
        f"no launch place given: launching at the area's corner nearest the first line, "
        f"{nearest.lat_deg:.6f},{nearest.lon_deg:.6f} (set it with --home LAT,LON)"
    )
    return Home(nearest), (note,)


def _stops(ways: list[Way], frame: LocalFrame, trigger_m: float) -> tuple[list[Stop], tuple[Leg, ...], int]:
    """Waypoints with their trigger changes, the legs between them, and the number of pictures."""
    stops: list[Stop] = []
    legs: list[Leg] = []
    captures = 0
    for way in ways:
        places = [_as_sent(place) for place in frame.to_places(way.points)]
        if stops:
            legs.append(Leg(stops[-1].at, places[0], camera=False, kind=LegKind.TRANSIT))
        on = 0.0
        for i, (start, end) in enumerate(itertools.pairwise(places)):
            length = math.dist(way.points[i], way.points[i + 1])
            wanted = _trigger_from(way, i, length, on, trigger_m)
            stops.append(Stop(start, wanted))
            on = on if wanted is None else wanted
            legs.append(Leg(start, end, camera=way.camera[i], kind=LegKind.LINE if way.is_line[i] else LegKind.LINK))
            if on > 0:
                captures += captures_along(length, on, at_start=wanted is not None)
        stops.append(Stop(places[-1], 0.0 if on > 0 else None))
    return stops, tuple(legs), captures


def _trigger_from(way: Way, i: int, length: float, on: float, trigger_m: float) -> float | None:
    """The trigger to set at the start of piece `i`: 0 for off, None to leave it as it is.

    Every line sets its own; a photographed link goes on with that of the line before it.
    """
    if not way.camera[i]:
        return 0.0 if on > 0 else None
    if way.is_line[i]:
        return fitted_trigger_m(length, trigger_m)
    return None if on > 0 else fitted_trigger_m(length, trigger_m)


def _as_sent(place: LatLon) -> LatLon:
    """The place as a vehicle stores it: to 1e-7 degrees."""
    return replace(place, lat_deg=round(place.lat_deg, 7), lon_deg=round(place.lon_deg, 7))


def _figures(
    plan: Plan,
    flown: _Settings,
    ways: list[Way],
    goals: list[BaseGeometry],
    legs: tuple[Leg, ...],
    *,
    items: int,
    captures: int,
) -> Figures:
    goal = shapely.union_all(goals)
    seen = shapely.union_all([seen_by(way, flown.strip) for way in ways])
    lines = shapely.union_all([LineString(way.points) for way in ways if len(way.points) > 1])
    pattern = sum(length_m(way.points) for way in ways)
    turns = sum(turns_of(way) for way in ways)
    flight = sum(distance_m(leg.start, leg.end) for leg in legs)
    drone = plan.drone
    cruise_s = flight / flown.speed_m_s
    climb_s, descent_s = flown.height_m / drone.climb_m_s, flown.height_m / drone.descent_m_s
    watt_s = (
        cruise_s * drone.cruise_power_w
        + (turns * TURN_S + descent_s) * drone.hover_power_w
        + climb_s * drone.hover_power_w * 1.2
    )
    return Figures(
        items=items,
        length_m=round(pattern, 1),
        flight_m=round(flight + 2 * flown.height_m, 1),
        duration_s=round(cruise_s + turns * TURN_S + climb_s + descent_s, 1),
        captures=captures,
        gsd_m=plan.gsd_m,
        height_m=flown.height_m,
        spacing_m=round(flown.strip.spacing, 2),
        trigger_m=round(flown.trigger_m, 2),
        speed_m_s=flown.speed_m_s,
        area_m2=round(goal.area, 1),
        covered=round(goal.intersection(seen).area / goal.area, 5) if goal.area else 1.0,
        outside_m=round(lines.difference(goal).length, 1) if plan.pattern is Pattern.AREA else 0.0,
        turns=turns,
        energy_wh=round(watt_s / 3600, 1),
    )
