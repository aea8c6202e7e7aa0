"""The orbit pattern: to a vessel under way or at rest, all round it with the camera on it, and back.

The way round is a ring at the stand-off from the hull, which moves along with the vessel: the drone keeps a speed over
ground, and each point of the ring is met where the vessel will have carried it (planner/route/intercept.py). The camera
is pointed by the autopilot (DO_SET_ROI_LOCATION) at where the vessel will be half way along each piece.
"""

import itertools
import math
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Mission, item
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
    reached,
    velocity,
    wind_to,
)
from planner.route.look import (
    Look,
    Vessel,
    look_items,
    look_round,
    not_whole,
    shows_whole,
    speed_item,
    trigger_m,
    whole_from,
)
from planner.route.shapes import Point

LEAST_HEIGHT_M, GREATEST_HEIGHT_M = 15.0, 120.0
LOOK_DOWN_DEG = 30.0
"""How far below the horizon the vessel is looked at where the camera leaves the choice."""
FASTER = 1.2
"""The drone flies this many times as fast as the vessel at least, else a turn takes too long."""


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
    approach = _approach(plan, given, frame)
    stand_off, height = view(plan)
    look = approach.look(stand_off, height)
    whole = _whole_from(plan, approach, stand_off)
    if not plan.stand_off_m and whole is not None and whole[0] > stand_off:
        (stand_off, height), look = whole, approach.look(*whole)
    _must_be_possible(plan, given, look, approach.vessel(height), frame, height / plan.drone.climb_m_s)
    return _planned(plan, given, look, frame, _View(approach.vessel(height), stand_off, height, whole))


@dataclass(frozen=True, slots=True)
class _View:
    """Which vessel is looked at and from where; from where on its whole hull is in the picture (None: nowhere near)."""

    vessel: Vessel
    stand_off_m: float
    height_m: float
    whole_from: tuple[float, float] | None

    @property
    def is_whole(self) -> bool:
        """Whether all of the hull is in every picture."""
        return self.whole_from is not None and self.whole_from[0] <= self.stand_off_m


@dataclass(frozen=True, slots=True)
class _Approach:
    """A vessel that was seen at `at` (local metres), and the drone that goes there from the launch place."""

    given: OrbitParameters
    drone: DroneProfile
    at: Point
    airspeed_m_s: float
    speed_m_s: float
    wind: Point

    def vessel(self, height_m: float) -> Vessel:
        """The vessel once the drone has climbed."""
        moving = velocity(self.given.vessel_speed_m_s, self.given.course_deg)
        waited = self.given.elapsed_min * 60 + height_m / self.drone.climb_m_s
        at = self.at[0] + moving[0] * waited, self.at[1] + moving[1] * waited
        return Vessel(at, moving, self.given.length_m, self.given.course_deg)

    def look(self, stand_off_m: float, height_m: float) -> Look:
        """The way round at a stand-off."""
        return look_round(
            (0.0, 0.0),
            self.vessel(height_m),
            stand_off_m=stand_off_m,
            turns=self.given.turns,
            airspeed_m_s=self.airspeed_m_s,
            speed_m_s=self.speed_m_s,
            wind=self.wind,
        )


def _approach(plan: Plan, given: OrbitParameters, frame: LocalFrame) -> _Approach:
    if given.at is None:
        raise BadInput(plan.name, "say where the vessel is: --at LAT,LON")
    east, north = (float(v) for v in frame.to_metres([given.at])[0])
    wind = wind_to(given.wind.speed_m_s, given.wind.direction_deg)
    airspeed = plan.speed_m_s or plan.drone.cruise_speed_m_s
    speed = ring_speed_m_s(plan.drone, airspeed, given.vessel_speed_m_s, math.hypot(*wind))
    return _Approach(given, plan.drone, (east, north), airspeed, speed, wind)


def _whole_from(plan: Plan, approach: _Approach, stand_off_m: float) -> tuple[float, float] | None:
    """The least stand-off from `stand_off_m` on, with its height, at which the whole hull is in every picture."""

    def height_m(away_m: float) -> float:
        return view(replace(plan, stand_off_m=away_m))[1]

    def shows(away_m: float) -> bool:
        height = height_m(away_m)
        return shows_whole(approach.look(away_m, height), approach.vessel(height), plan.camera, height)

    found = whole_from(stand_off_m, shows)
    return None if found is None else (found, height_m(found))


def view(plan: Plan) -> tuple[float, float]:
    """Stand-off from the hull and height, metres: as far away as the ground sampling distance allows."""
    slant = plan.gsd_m * plan.camera.focal_px
    stand_off = abs(plan.stand_off_m) or slant * math.cos(math.radians(LOOK_DOWN_DEG))
    least = stand_off * math.tan(math.radians(LOOK_DOWN_DEG))
    height = max(math.sqrt(max(slant**2 - stand_off**2, 0.0)), least if stand_off > slant else 0.0)
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
            f"{left:.1f} m/s over ground{' in this wind' if wind_m_s else ''}; look at it from one side, or ask for a "
            "faster drone"
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


def _planned(plan: Plan, given: OrbitParameters, look: Look, frame: LocalFrame, seen: _View) -> PlannedMission:
    if plan.home is None:
        raise BadInput(plan.name, "say where the drone starts: --home LAT,LON")
    stand_off, height = seen.stand_off_m, seen.height_m
    drone, wind = plan.drone, wind_to(given.wind.speed_m_s, given.wind.direction_deg)
    airspeed = plan.speed_m_s or drone.cruise_speed_m_s
    places = [_as_sent(place) for place in frame.to_places(look.points)]
    aims = [_as_sent(place) for place in frame.to_places(look.aims)]
    trigger = trigger_m(look, seen.vessel, given.turns, least_s=plan.camera.min_interval_s)
    end = look.points[-1]
    back_speed = ground_speed_m_s((-end[0], -end[1]), airspeed, wind) or airspeed
    back_s = flight_s(end, (0.0, 0.0), airspeed, wind) or 0.0
    yaw = None if drone.autopilot == "px4" else 0.0
    items = (
        item(Command.NAV_TAKEOFF, at=plan.home.at, height_m=height, p4=yaw),
        speed_item(look.way_speed_m_s),
        *look_items(look, places, aims, height_m=height, trigger=trigger, yaw=yaw),
        speed_item(back_speed),
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
        "whole_in_picture": seen.is_whole,
    }
    mission = Mission(items, home=plan.home, cruise_speed_m_s=look.speed_m_s, hover_speed_m_s=look.speed_m_s)
    return PlannedMission(mission, legs, figures, _notes(plan, given, gsd, seen), details)


def _notes(plan: Plan, given: OrbitParameters, gsd: float, seen: _View) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if given.vessel_speed_m_s > 0:
        notes += ("holds if the drone takes off at once and the vessel keeps course and speed",)
    if not seen.is_whole:
        notes += (not_whole(given.length_m, seen.stand_off_m, None if seen.whole_from is None else seen.whole_from[0]),)
    if gsd > plan.gsd_m * 1.01:
        coarser = f"{gsd:.3f} m per pixel on the vessel instead of {plan.gsd_m:g}"
        notes += (
            f"{coarser}: come nearer (--stand-off-m)"
            if plan.stand_off_m
            else f"{coarser}, to have all of it in the picture",
        )
    return notes


def _as_sent(place: LatLon) -> LatLon:
    return LatLon(round(place.lat_deg, 7), round(place.lon_deg, 7))
