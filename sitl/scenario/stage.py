"""A scenario set up: its harbour with weather and traffic, and the vehicle that stands in it."""

import math
from dataclasses import replace

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind
from planner.model.zone import Zone, ZoneRule
from sitl.autopilot.situation import VehicleConfig
from sitl.faults import Fault, FaultKind
from sitl.scenario.light import look_of
from sitl.scenario.values import Does, Scenario, Traffic, Weather
from sitl.vehicle import AirframeModel
from sitl.world.choice import harbour_named
from sitl.world.harbour import Harbour
from sitl.world.motion import Anchored, Drift, Round, Still
from sitl.world.vessels import Ais, Motion, Vessel
from sitl.world.voyage import Voyage

ANCHOR_ROPE_M = 15.0
"""From the anchor to the bow, over the ground."""
LOITER_M, LOITER_M_S = 30.0, 1.5
"""Least radius and speed of a vessel that loiters."""


def harbour_of(scenario: Scenario) -> Harbour:
    """The scenario's harbour: place, zones, task area, weather's look, and all vessels.

    Raises:
        BadInput: a harbour or a vessel that does not exist.
    """
    harbour = _place(scenario)
    known = {v.vessel_id for v in harbour.vessels}
    for named in (*scenario.leave_out, *scenario.suspicious):
        if named not in known:
            raise BadInput(
                f"scenario {scenario.id}",
                f"{named!r} is no vessel of {harbour.name}; known: {', '.join(sorted(known))}",
            )
    kept = tuple(v for v in harbour.vessels if v.vessel_id not in scenario.leave_out)
    if twice := {v.vessel_id for v in kept} & {t.id for t in scenario.traffic}:
        raise BadInput(f"scenario {scenario.id}", f"traffic: the harbour has a vessel {sorted(twice)[0]!r} already")
    added = tuple(_vessel(scenario, traffic, number) for number, traffic in enumerate(scenario.traffic))
    found = {v.vessel_id for v in (*kept, *added)}
    if missing := [v for v in scenario.task.look_for if v not in found]:
        raise BadInput(f"scenario {scenario.id}", f"look_for: {missing[0]!r} is no vessel of this scenario")
    no_fly = tuple(
        Zone(f"No-fly {number}", ZoneRule.NO_FLY, tuple(harbour.frame.to_places(ring)))
        for number, ring in enumerate(scenario.task.no_fly, start=1)
    )
    area = harbour.area
    if scenario.task.area:
        area = Area(scenario.title, AreaKind.POLYGON, tuple(harbour.frame.to_places(scenario.task.area)))
    look = look_of(scenario.weather, harbour.look, harbour.origin, scenario.start_utc, thermal=scenario.thermal)
    return replace(harbour, vessels=(*kept, *added), zones=(*harbour.zones, *no_fly), area=area, look=look)


def vehicle_of(scenario: Scenario, harbour: Harbour, *, home: LatLon | None = None) -> VehicleConfig:
    """The vehicle on the harbour's launch place (or at `home`) in the scenario's wind, at its time."""
    towards = math.radians(scenario.weather.wind_from_deg + 180.0)
    wind = scenario.weather.wind_m_s
    return VehicleConfig(
        home=home or harbour.launch,
        home_msl_m=harbour.takeoff_height_m,
        seed=scenario.seed,
        start_utc=scenario.start_utc,
        airframe=AirframeModel(wind_east_m_s=wind * math.sin(towards), wind_north_m_s=wind * math.cos(towards)),
    )


def gusts_of(weather: Weather) -> Fault | None:
    """The gusts of the weather; None without any.

    A gust as it is told is a peak about two and a half standard deviations over the mean wind.
    """
    over = 0.0 if weather.gust_m_s is None else weather.gust_m_s - weather.wind_m_s
    return Fault.usual(FaultKind.GUSTS, min(10.0, over / 2.5)) if over >= 0.25 else None


def _place(scenario: Scenario) -> Harbour:
    try:
        return harbour_named(scenario.harbour, scenario.seed)
    except BadInput as error:
        raise BadInput(f"scenario {scenario.id}", f"{error}") from None


def _vessel(scenario: Scenario, traffic: Traffic, number: int) -> Vessel:
    start_s = scenario.start_utc.timestamp()
    motion = _motion(scenario, traffic, number)
    try:
        return Vessel(
            traffic.id,
            traffic.kind,
            traffic.length_m,
            traffic.beam_m,
            motion,
            None if traffic.ais is None else _timed(traffic.ais, start_s),
            look=scenario.seed * 1000 + 500 + number,
            lit=traffic.lit,
        )
    except ValueError as error:
        raise BadInput(f"scenario {scenario.id}", f"traffic: {error}") from None


def _motion(scenario: Scenario, traffic: Traffic, number: int) -> Motion:
    """How a vessel of the traffic moves."""
    start_s, weather = scenario.start_utc.timestamp(), scenario.weather
    east, north, heading = traffic.east_m, traffic.north_m, traffic.heading_deg
    if traffic.legs:
        return Voyage(start_s, east, north, heading, traffic.legs)
    match traffic.does:
        case Does.LIE:
            return Still(east, north, heading)
        case Does.ANCHORED:
            scope_m = traffic.length_m / 2 + ANCHOR_ROPE_M
            return Anchored(east, north, scope_m, weather.wind_from_deg, phase_s=73.0 * number)
        case Does.DRIFT:
            return Drift(start_s, east, north, weather.wind_m_s, weather.wind_from_deg)
        case Does.LOITER:
            radius_m = max(LOITER_M, 2.0 * traffic.length_m)
            turns = [math.tau * n / 12 for n in range(12)]
            ring = tuple((east + radius_m * math.sin(a), north + radius_m * math.cos(a)) for a in turns)
            return Round(ring, LOITER_M_S, phase_m=-LOITER_M_S * start_s)


def _timed(ais: Ais, start_s: float) -> Ais:
    """The transponder with its silences counted from 1970 in place of the scenario's start."""
    return replace(ais, silent_s=tuple((start_s + first, start_s + last) for first, last in ais.silent_s))
