"""From a pattern's way over the water to a mission: height, speed and trigger from the camera, items, legs, figures."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame, centroid, distance_m, lengths_m
from planner.model.errors import BadInput
from planner.model.mission import Home, MissionItem
from planner.model.plan import Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.route.detour import Detours
from planner.route.items import Stop, captures_along, fitted_trigger_m, mission_of
from planner.route.shapes import Point, Strip, Way, length_m, outside_m, seen_area, seen_boxes, turns_of

GREATEST_HEIGHT_M = 500.0
LEAST_HEIGHT_M = 3.0
LEAST_SPEED_M_S = 0.5
ARDUPILOT_ITEMS = 700
"""About what ArduPilot stores without an SD card (718 on most boards)."""
FAR_M = 50_000.0
"""A launch place farther than this from the first line is likely a mistake."""
TURN_S = 3.0
"""What slowing down for a turn and speeding up again costs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How high, how fast and how often a picture is taken, and what one pass sees."""

    height_m: float
    speed_m_s: float
    trigger_m: float
    strip: Strip
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pattern drawn in local metres about `frame`.

    `ways` in flying order, with transits between them; `goal` is the water that is to be seen (may be empty), `room`
    what the way is to stay in (None: the pattern has no outside). `actions` are items to do on reaching a point, by
    number of way and point. `notes` and `details` go on to the mission.
    """

    frame: LocalFrame
    ways: tuple[Way, ...]
    goal: BaseGeometry
    room: BaseGeometry | None = None
    actions: Mapping[tuple[int, int], tuple[MissionItem, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


def frame_of(plan: Plan) -> LocalFrame:
    """Local metres about the middle of the plan's areas."""
    return LocalFrame(centroid(place for area in plan.areas for place in area.outline))


def home_in(plan: Plan, frame: LocalFrame) -> Point | None:
    """The launch place in local metres, if it is known."""
    if plan.home is None:
        return None
    east, north = frame.to_metres([plan.home.at])[0]
    return float(east), float(north)


def assembled(plan: Plan, flown: Settings, drawn: Drawn) -> PlannedMission:
    """The mission that flies what was drawn."""
    frame, ways = drawn.frame, drawn.ways
    home, notes = _home(plan, frame.to_place(*ways[0].points[0]))
    east, north = frame.to_metres([home.at])[0]
    launch = (float(east), float(north))
    detours = Detours(plan, frame, launch, ways)
    stops, legs, captures = _stops(drawn, flown.trigger_m, detours)
    out = _round(drawn, detours.between(launch, ways[0].points[0]))
    back = _round(drawn, detours.between(ways[-1].points[-1], launch))
    stops = [*(Stop(at, None) for at in out), *stops, *(Stop(at, None) for at in back)]
    mission = mission_of(plan, stops, home, height_m=flown.height_m, speed_m_s=flown.speed_m_s)
    legs = (
        *_transit(home.at, *out, legs[0].start),
        *legs,
        *_transit(legs[-1].end, *back, home.at),
    )
    figures = _figures(plan, flown, drawn, legs, items=len(mission), captures=captures)
    notes += drawn.notes + _over(frame, detours, legs) + _beyond(plan, figures)
    return PlannedMission(mission, legs, figures, flown.notes + notes, drawn.details)


def _over(frame: LocalFrame, detours: Detours, legs: tuple[Leg, ...]) -> tuple[str, ...]:
    """What the ways from and to a launch place lead over that lies in what is to be kept out of, in a sentence."""
    xy = frame.to_metres([at for leg in legs if leg.kind is LegKind.TRANSIT for at in (leg.start, leg.end)])
    ends = [(float(x), float(y)) for x, y in xy]
    over = detours.needlessly_over_m(list(zip(ends[::2], ends[1::2], strict=True)))
    if over <= 0:
        return ()
    told = (
        f"{over:.0f} m of the ways from and to the launch place lead over what is to be kept out of, in or at which it "
        "lies: launch elsewhere (--home) if that must not be"
    )
    return (told,)


def _beyond(plan: Plan, figures: Figures) -> tuple[str, ...]:
    """What battery and autopilot do not hold, in sentences."""
    notes: tuple[str, ...] = ()
    usable_wh = plan.drone.battery_wh * (1 - plan.drone.reserve_fraction)
    if figures.energy_wh > usable_wh:
        beyond = (
            f"needs about {figures.energy_wh:.0f} Wh, but {plan.drone.name} has {usable_wh:.0f} Wh above its reserve: "
            "not to be flown on one battery"
        )
        notes += (beyond,)
    if plan.drone.autopilot == "ardupilot" and figures.items > ARDUPILOT_ITEMS:
        notes += (f"{figures.items} items are more than most ArduPilot boards store ({ARDUPILOT_ITEMS})",)
    return notes


def settings_of(plan: Plan) -> Settings:
    """Height, speed, trigger distance and strip from the camera.

    Raises:
        BadInput: a height or a rate of pictures that cannot be flown; says what to change.
    """
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
    return Settings(height, math.floor(speed * 100) / 100, trigger, strip, notes)


def _home(plan: Plan, first: LatLon) -> tuple[Home, tuple[str, ...]]:
    if plan.home is not None:
        away_m = distance_m(plan.home.at, first)
        far = f"the launch place is {away_m / 1000:,.0f} km from the first line: is it LAT,LON, in this order?"
        return plan.home, (far,) if away_m > FAR_M else ()
    corners = [place for area in plan.areas for place in area.outline]
    nearest = corners[int(np.argmin(lengths_m(corners, [first] * len(corners))))]
    note = (
        f"no launch place given: launching at the area's corner nearest the first line, "
        f"{nearest.lat_deg:.6f},{nearest.lon_deg:.6f} (set it with --home LAT,LON)"
    )
    return Home(nearest), (note,)


def _round(drawn: Drawn, corners: list[Point]) -> list[LatLon]:
    """The corners of a way round something, as a vehicle stores them."""
    return drawn.frame.to_places(corners, as_sent=True) if corners else []


def _transit(*places: LatLon) -> list[Leg]:
    return [Leg(a, b, camera=False, kind=LegKind.TRANSIT) for a, b in itertools.pairwise(places)]


def _stops(drawn: Drawn, trigger_m: float, detours: Detours) -> tuple[list[Stop], tuple[Leg, ...], int]:
    """Waypoints with their trigger changes, the legs between them, and the number of pictures."""
    stops: list[Stop] = []
    legs: list[Leg] = []
    captures = 0
    for number, way in enumerate(drawn.ways):
        places = drawn.frame.to_places(way.points, as_sent=True)
        if stops:
            before = drawn.ways[number - 1].points[-1]
            corners = _round(drawn, detours.between(before, way.points[0]))
            legs += _transit(stops[-1].at, *corners, places[0])
            stops += [Stop(at, None) for at in corners]
        on = 0.0
        for i, (start, end) in enumerate(itertools.pairwise(places)):
            length = math.dist(way.points[i], way.points[i + 1])
            wanted = _trigger_from(way, i, length, on, trigger_m)
            stops.append(Stop(start, wanted, tuple(drawn.actions.get((number, i), ()))))
            on = on if wanted is None else wanted
            legs.append(Leg(start, end, camera=way.camera[i], kind=LegKind.LINE if way.is_line[i] else LegKind.LINK))
            if on > 0:
                captures += captures_along(length, on, at_start=wanted is not None)
        stops.append(Stop(places[-1], 0.0 if on > 0 else None, tuple(drawn.actions.get((number, len(places) - 1), ()))))
    return stops, tuple(legs), captures


def _trigger_from(way: Way, i: int, length: float, on: float, trigger_m: float) -> float | None:
    """The trigger to set at the start of piece `i`: 0 for off, None to leave it as it is.

    A line sets its own; a photographed link, and a line that goes on where another ends, go on as before.
    """
    if not way.camera[i]:
        return 0.0 if on > 0 else None
    if on > 0 and i > 0 and way.is_line[i - 1]:
        return None
    if way.is_line[i]:
        return fitted_trigger_m(length, trigger_m)
    return None if on > 0 else fitted_trigger_m(length, trigger_m)


def _figures(plan: Plan, flown: Settings, drawn: Drawn, legs: tuple[Leg, ...], *, items: int, captures: int) -> Figures:
    goal, ways = drawn.goal, drawn.ways
    seen_m2 = seen_area(goal, [box for way in ways for box in seen_boxes(way, flown.strip)])
    pattern = sum(length_m(way.points) for way in ways)
    turns = sum(turns_of(way) for way in ways)
    flight = float(lengths_m([leg.start for leg in legs], [leg.end for leg in legs]).sum())
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
        covered=round(seen_m2 / goal.area, 5) if goal.area else 1.0,
        outside_m=0.0 if drawn.room is None else round(outside_m(ways, drawn.room), 1),
        turns=turns,
        energy_wh=round(watt_s / 3600, 1),
    )
