"""The orbit pattern: to a vessel under way or at rest, all round it with the camera on it, and back.

The way round is a ring at the stand-off from the hull, which moves along with the vessel: the drone keeps a speed over
ground, and each point of the ring is met where the vessel will have carried it (planner/route/intercept.py). The camera
is pointed by the autopilot (DO_SET_ROI_LOCATION) at where the vessel will be half way along each piece.
"""

import itertools
import math
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Mission, MissionItem, item
from planner.model.patterns import OrbitParameters
from planner.model.plan import AreaKind, Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.model.profiles import DroneProfile
from planner.route.area import polygon_of
from planner.route.detour import barred
from planner.route.intercept import (
    NotReached,
    Reach,
    flight_s,
    ground_speed_m_s,
    meeting,
    reached,
    velocity,
    wind_to,
)
from planner.route.shapes import Point

LENGTH_TO_BEAM = 5.0
"""A hull's length over its beam, where only the length is known."""
QUARTERS = 3
"""Pieces to a quarter of a turn at least."""
PICTURES = 36
"""Pictures to a turn at least, camera permitting."""
LEAST_HEIGHT_M, GREATEST_HEIGHT_M = 15.0, 120.0
LOOK_DOWN_DEG = 30.0
"""How far below the horizon the vessel is looked at where the camera leaves the choice."""
FASTER = 1.2
"""The drone flies this many times as fast as the vessel at least, else a turn takes too long."""


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel in local metres at second 0, its velocity (east, north), its length, and where its bow points."""

    at: Point
    velocity: Point
    length_m: float
    heading_deg: float = 0.0

    def after(self, seconds: float) -> Point:
        """Where it will be."""
        return self.at[0] + self.velocity[0] * seconds, self.at[1] + self.velocity[1] * seconds

    @property
    def beam_m(self) -> float:
        """Its beam, estimated from its length."""
        return self.length_m / LENGTH_TO_BEAM


@dataclass(frozen=True, slots=True)
class Look:
    """A way round a vessel: points with the second at each, and what the camera looks at from each on."""

    points: tuple[Point, ...]
    at_s: tuple[float, ...]
    aims: tuple[Point, ...]
    speed_m_s: float
    way_speed_m_s: float
    """Speed over ground on the way to the first point."""


def ring(vessel: Vessel, stand_off_m: float, pieces: int) -> list[Point]:
    """Offsets from the vessel's middle, clockwise from ahead: nowhere nearer to the hull than the stand-off."""
    half = vessel.length_m / 2
    radius = (stand_off_m + vessel.beam_m / 2) / math.cos(math.pi / 4 / pieces)
    bow = math.radians(vessel.heading_deg)
    forward, aside = (math.sin(bow), math.cos(bow)), (math.cos(bow), -math.sin(bow))
    offsets = []
    for end in (1.0, -1.0):
        for step in range(2 * pieces + 1):
            angle = math.pi / 2 * (step / pieces - 1)
            x, y = end * (half + radius * math.cos(angle)), end * radius * math.sin(angle)
            offsets.append((x * forward[0] + y * aside[0], x * forward[1] + y * aside[1]))
    turned = offsets[pieces:] + offsets[:pieces]
    return _with_sides_cut(turned, radius)


def _with_sides_cut(offsets: list[Point], longest_m: float) -> list[Point]:
    """The ring with no piece much longer than its radius."""
    cut: list[Point] = []
    for a, b in zip(offsets, offsets[1:] + offsets[:1], strict=True):
        count = max(1, math.ceil(math.dist(a, b) / longest_m - 1e-9))
        if math.dist(a, b) < 1e-6:
            continue
        cut += [(a[0] + (b[0] - a[0]) * i / count, a[1] + (b[1] - a[1]) * i / count) for i in range(count)]
    return cut


def look_round(
    start: Point,
    vessel: Vessel,
    *,
    stand_off_m: float,
    turns: int,
    airspeed_m_s: float,
    speed_m_s: float,
    wind: Point = (0.0, 0.0),
) -> Look:
    """The quickest way to the ring and all round it, either way about; seconds count from `start`.

    `airspeed_m_s` on the way there, `speed_m_s` over ground on the ring.

    Raises:
        NotReached: no point of the ring can be met.
    """
    offsets = ring(vessel, stand_off_m, _pieces(vessel, stand_off_m, speed_m_s))
    met = [
        (found, number)
        for number, (x, y) in enumerate(offsets)
        if (found := meeting(start, airspeed_m_s, (vessel.at[0] + x, vessel.at[1] + y), vessel.velocity, wind))
    ]
    if not met:
        raise NotReached(
            f"the vessel at {math.hypot(*vessel.velocity):.1f} m/s cannot be met: it goes away faster than the drone "
            f"comes at {airspeed_m_s:g} m/s; wait until it comes nearer or use a faster drone"
        )
    found, first = min(met, key=lambda m: (m[0].after_s, m[1]))
    looks = []
    for step in (1, -1):
        order = [offsets[(first + step * i) % len(offsets)] for i in range(turns * len(offsets) + 1)]
        times = _times(order, vessel.velocity, speed_m_s, found.after_s)
        points = [(vessel.after(t)[0] + x, vessel.after(t)[1] + y) for t, (x, y) in zip(times, order, strict=True)]
        middles = [(a + b) / 2 for a, b in itertools.pairwise(times)]
        aims = [vessel.after(t) for t in [*middles, times[-1]]]
        looks.append(Look(tuple(points), tuple(times), tuple(aims), speed_m_s, found.ground_speed_m_s or airspeed_m_s))
    return min(looks, key=lambda look: look.at_s[-1])


def _times(order: list[Point], drift: Point, speed_m_s: float, begins_s: float) -> list[float]:
    """When each offset is reached by a drone of that speed over ground while all of them drift."""
    times = [begins_s]
    for a, b in itertools.pairwise(order):
        found = meeting(a, speed_m_s, b, drift)
        if found is None:
            raise NotReached("the vessel is too fast to be flown round")
        times.append(times[-1] + found.after_s)
    return times


def _pieces(vessel: Vessel, stand_off_m: float, speed_m_s: float) -> int:
    """Pieces to a quarter turn: more where the vessel would move far along one of them."""
    quarter_s = math.pi / 2 * stand_off_m / max(speed_m_s - math.hypot(*vessel.velocity), 0.5)
    moved = math.hypot(*vessel.velocity) * quarter_s
    return min(12, max(QUARTERS, math.ceil(moved / (stand_off_m / 2))))


def orbit_mission(plan: Plan) -> PlannedMission:
    """To the plan's vessel, round it, and back to the launch place. An area that was drawn is a fence.

    Raises:
        BadInput: no vessel or no launch place given.
        NotReached: the vessel is too fast, too far, beyond the fence, or the battery does not last.
    """
    given = plan.parameters if isinstance(plan.parameters, OrbitParameters) else OrbitParameters()
    if given.at is None:
        raise BadInput(plan.name, "say where the vessel is: --at LAT,LON")
    if plan.home is None:
        raise BadInput(plan.name, "say where the drone starts: --home LAT,LON")
    if distance_m(plan.home.at, given.at) > 200_000:
        raise NotReached(f"the vessel is {distance_m(plan.home.at, given.at) / 1000:.0f} km from the launch place")
    frame = LocalFrame(plan.home.at)
    stand_off, height = view(plan)
    climb_s = height / plan.drone.climb_m_s
    moving = velocity(given.vessel_speed_m_s, given.course_deg)
    east, north = (float(v) for v in frame.to_metres([given.at])[0])
    waited = given.elapsed_min * 60 + climb_s
    vessel = Vessel((east + moving[0] * waited, north + moving[1] * waited), moving, given.length_m, given.course_deg)
    wind = wind_to(given.wind.speed_m_s, given.wind.direction_deg)
    airspeed = plan.speed_m_s or plan.drone.cruise_speed_m_s
    speed = ring_speed_m_s(plan.drone, airspeed, given.vessel_speed_m_s, math.hypot(*wind))
    look = look_round(
        (0.0, 0.0),
        vessel,
        stand_off_m=stand_off,
        turns=given.turns,
        airspeed_m_s=airspeed,
        speed_m_s=speed,
        wind=wind,
    )
    _must_be_possible(plan, given, look, vessel, frame, climb_s)
    return _planned(plan, given, look, frame, (stand_off, height))


def view(plan: Plan) -> tuple[float, float]:
    """Stand-off from the hull and height, metres: as far away as the ground sampling distance allows."""
    slant = plan.gsd_m * plan.camera.focal_px
    stand_off = abs(plan.stand_off_m) or slant * math.cos(math.radians(LOOK_DOWN_DEG))
    height = math.sqrt(max(slant**2 - stand_off**2, 0.0))
    wanted = min(height, stand_off * math.tan(math.radians(60.0)))
    return round(stand_off, 2), round(min(max(wanted, LEAST_HEIGHT_M), GREATEST_HEIGHT_M), 2)


def ring_speed_m_s(drone: DroneProfile, wanted_m_s: float, vessel_speed_m_s: float, wind_m_s: float) -> float:
    """Speed over ground on the ring: cruise, or more for a fast vessel, within what the wind leaves.

    Raises:
        NotReached: the vessel, or the wind, is too fast.
    """
    if wind_m_s > drone.max_wind_m_s:
        raise NotReached(
            f"a wind of {wind_m_s:.1f} m/s is more than {drone.name} may fly in ({drone.max_wind_m_s:g} m/s)"
        )
    left = drone.max_speed_m_s - wind_m_s
    speed = min(max(wanted_m_s, 1.5 * vessel_speed_m_s), left)
    if speed < max(FASTER * vessel_speed_m_s, 1.0):
        raise NotReached(
            f"a vessel at {vessel_speed_m_s:.1f} m/s is too fast to be flown round: {drone.name} makes "
            f"{left:.1f} m/s over ground in this wind; look at it from one side, or ask for a faster drone"
        )
    return math.floor(speed * 100) / 100


def _must_be_possible(
    plan: Plan, given: OrbitParameters, look: Look, vessel: Vessel, frame: LocalFrame, climb_s: float
) -> None:
    """Range, fence, energy and zones for the whole flight; NotReached says what is wrong."""
    drone = plan.drone
    wind = wind_to(given.wind.speed_m_s, given.wind.direction_deg)
    usable_s = drone.battery_wh * (1 - drone.reserve_fraction) * 3600 / max(drone.cruise_power_w, drone.hover_power_w)
    airspeed = plan.speed_m_s or drone.cruise_speed_m_s
    drawn = [a for a in plan.areas if a.kind is AreaKind.POLYGON and a.outline != given.outline()]
    fence = shapely.union_all([polygon_of(area, frame) for area in drawn]) if drawn else None
    descent_s = climb_s * drone.climb_m_s / drone.descent_m_s
    reach = Reach((0.0, 0.0), given.range_m, fence, usable_s - 1.2 * climb_s - descent_s)
    offset = (look.points[0][0] - vessel.after(look.at_s[0])[0], look.points[0][1] - vessel.after(look.at_s[0])[1])
    first = (vessel.at[0] + offset[0], vessel.at[1] + offset[1])
    stay = look.at_s[-1] - look.at_s[0]
    reached((0.0, 0.0), airspeed, first, vessel.velocity, reach=reach, wind=wind, stay_s=stay)
    way = LineString([(0.0, 0.0), *look.points, (0.0, 0.0)])
    far = max(math.hypot(*point) for point in look.points)
    if given.range_m is not None and far > given.range_m:
        raise NotReached(f"the way round the vessel leads {far:.0f} m away, beyond the range of {given.range_m:.0f} m")
    must_stay(way, fence, [(area.name, barred(area, frame)) for area in plan.out_of])


def must_stay(way: LineString, fence: BaseGeometry | None, barred: list[tuple[str, BaseGeometry]]) -> None:
    """NotReached if a way leaves the fence or enters what is barred (by name)."""
    if fence is not None and not fence.covers(way):
        raise NotReached(f"the way round the vessel leaves the fence for {way.difference(fence).length:.0f} m")
    for name, zone in barred:
        if zone.intersects(way):
            raise NotReached(f"the way to the vessel and round it enters {name!r}, which is to be kept out of")


def _planned(
    plan: Plan, given: OrbitParameters, look: Look, frame: LocalFrame, seen_from: tuple[float, float]
) -> PlannedMission:
    if plan.home is None:
        raise BadInput(plan.name, "say where the drone starts: --home LAT,LON")
    stand_off, height = seen_from
    drone, wind = plan.drone, wind_to(given.wind.speed_m_s, given.wind.direction_deg)
    airspeed = plan.speed_m_s or drone.cruise_speed_m_s
    places = [_as_sent(place) for place in frame.to_places(look.points)]
    aims = [_as_sent(place) for place in frame.to_places(look.aims)]
    trigger = trigger_m(look, given.turns, least_s=plan.camera.min_interval_s)
    end = look.points[-1]
    back_speed = ground_speed_m_s((-end[0], -end[1]), airspeed, wind) or airspeed
    back_s = flight_s(end, (0.0, 0.0), airspeed, wind) or 0.0
    yaw = None if drone.autopilot == "px4" else 0.0
    items = (
        item(Command.NAV_TAKEOFF, at=plan.home.at, height_m=height, p4=yaw),
        _speed(look.way_speed_m_s),
        *look_items(look, places, aims, height_m=height, trigger=trigger, yaw=yaw),
        _speed(back_speed),
        item(Command.NAV_RETURN_TO_LAUNCH),
    )
    legs = (
        Leg(plan.home.at, places[0], camera=False, kind=LegKind.TRANSIT),
        *(Leg(a, b, camera=True, kind=LegKind.LINE) for a, b in itertools.pairwise(places)),
        Leg(places[-1], plan.home.at, camera=False, kind=LegKind.TRANSIT),
    )
    ring_m = sum(math.dist(a, b) for a, b in itertools.pairwise(look.points))
    climb_s, descent_s = height / drone.climb_m_s, height / drone.descent_m_s
    power = max(drone.cruise_power_w, drone.hover_power_w)
    energy = (look.at_s[-1] + back_s) * power + (1.2 * climb_s + descent_s) * drone.hover_power_w
    gsd = plan.camera.gsd_at_height_m(math.hypot(stand_off, height))
    figures = Figures(
        items=len(items),
        length_m=round(ring_m, 1),
        flight_m=round(math.hypot(*look.points[0]) + ring_m + math.hypot(*end) + 2 * height, 1),
        duration_s=round(climb_s + look.at_s[-1] + back_s + descent_s, 1),
        captures=1 + math.floor(ring_m / trigger),
        gsd_m=round(gsd, 4),
        height_m=height,
        spacing_m=0.0,
        trigger_m=trigger,
        speed_m_s=look.speed_m_s,
        area_m2=0.0,
        covered=1.0,
        outside_m=0.0,
        turns=len(places) - 2,
        energy_wh=round(energy / 3600, 1),
    )
    met_at = frame.to_place(*look.points[0])
    details: dict[str, object] = {
        "stand_off_m": stand_off,
        "meets_after_s": round(climb_s + look.at_s[0], 1),
        "meets_at": [round(met_at.lat_deg, 7), round(met_at.lon_deg, 7)],
        "looks_for_s": round(look.at_s[-1] - look.at_s[0], 1),
        "vessel_px": round(given.length_m / gsd),
    }
    mission = Mission(items, home=plan.home, cruise_speed_m_s=look.speed_m_s, hover_speed_m_s=look.speed_m_s)
    return PlannedMission(mission, legs, figures, _notes(plan, given, gsd), details)


def look_items(
    look: Look, places: list[LatLon], aims: list[LatLon], *, height_m: float, trigger: float, yaw: float | None
) -> list[MissionItem]:
    """To the ring, round it with the camera on the vessel, and the camera off again."""
    items = [item(Command.DO_SET_ROI_LOCATION, at=aims[0])]
    for number, place in enumerate(places):
        items.append(item(Command.NAV_WAYPOINT, at=place, height_m=height_m, p4=yaw))
        if number == 0:
            items += [_speed(look.speed_m_s), item(Command.DO_SET_CAM_TRIGG_DIST, p1=trigger, p3=1.0)]
        if number < len(places) - 1 and aims[number] != aims[max(number - 1, 0)]:
            items.append(item(Command.DO_SET_ROI_LOCATION, at=aims[number]))
    return [*items, item(Command.DO_SET_CAM_TRIGG_DIST), item(Command.DO_SET_ROI_NONE)]


def trigger_m(look: Look, turns: int, *, least_s: float) -> float:
    """Metres from picture to picture: PICTURES to a turn, or as often as the camera can (`least_s` seconds)."""
    ring_m = sum(math.dist(a, b) for a, b in itertools.pairwise(look.points))
    return round(max(ring_m / turns / PICTURES, look.speed_m_s * least_s, 0.5), 2)


def _speed(speed_m_s: float) -> MissionItem:
    return item(Command.DO_CHANGE_SPEED, p1=1.0, p2=round(speed_m_s, 2), p3=-1.0)


def _notes(plan: Plan, given: OrbitParameters, gsd: float) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if given.vessel_speed_m_s > 0:
        notes += ("holds if the drone takes off at once and the vessel keeps course and speed",)
    if gsd > plan.gsd_m * 1.01:
        coarser = f"{gsd:.3f} m per pixel on the vessel instead of {plan.gsd_m:g}: come nearer (--stand-off-m)"
        notes += (coarser,)
    return notes


def _as_sent(place: LatLon) -> LatLon:
    return LatLon(round(place.lat_deg, 7), round(place.lon_deg, 7))
