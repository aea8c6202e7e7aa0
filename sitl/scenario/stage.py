"""A scenario set up: its harbour with weather and traffic, and the vehicle that stands in it."""

import math
from dataclasses import replace

import shapely

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind
from planner.model.zone import Zone, ZoneRule
from sitl.autopilot.situation import VehicleConfig
from sitl.faults import Fault, FaultKind
from sitl.scenario.acts import Doing, Stay, When
from sitl.scenario.happenings import entries, untold
from sitl.scenario.light import look_of
from sitl.scenario.perform import Floating, Performance, Performed, Setting
from sitl.scenario.staying import ANCHOR_ROPE_M, LOITER_M
from sitl.scenario.values import Scenario, Traffic, Weather
from sitl.vehicle import AirframeModel
from sitl.world.choice import harbour_named
from sitl.world.course import Course
from sitl.world.events import Event
from sitl.world.harbour import Harbour
from sitl.world.motion import Anchored, Drift, Round, Still
from sitl.world.vessels import Ais, Motion, Vessel

AFTER_S = 600.0
"""How long after the end of the time what lasts is worked out."""


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
    added, events = _performed(scenario, replace(harbour, vessels=kept))
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
    return replace(harbour, vessels=(*kept, *added), zones=(*harbour.zones, *no_fly), area=area, look=look,
                   events=events)  # fmt: skip


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


def _performed(scenario: Scenario, harbour: Harbour) -> tuple[tuple[Vessel, ...], tuple[Event, ...]]:
    """The traffic with its motions and what it drops, and all that happens."""
    lasting = {t.id: _lasting(scenario, t, n) for n, t in enumerate(scenario.traffic)}
    others = [_vessel(scenario, t, n, motion) for n, t in enumerate(scenario.traffic) if (motion := lasting[t.id])]
    rings = {z.name: shapely.Polygon(harbour.frame.to_metres(z.outline)) for z in harbour.zones}
    setting = Setting(
        f"scenario {scenario.id}",
        scenario.start_utc.timestamp(),
        scenario.time_limit_s + AFTER_S,
        scenario.weather,
        rings,
        {v.vessel_id: v for v in (*harbour.vessels, *others)},
    )
    acting = [t for t in scenario.traffic if lasting[t.id] is None]
    done = Performance(acting, setting).worked_out() if acting else Performed({}, (), ())
    added = [_vessel(scenario, t, n, lasting[t.id] or done.motions[t.id]) for n, t in enumerate(scenario.traffic)]
    added += [_package(scenario, one, n) for n, one in enumerate(done.floating)]
    closed = {z.name: rings[z.name] for z in harbour.zones if z.rule is ZoneRule.RESTRICTED_WATER}
    end_s = setting.start_s + setting.lasts_s
    events = [
        *done.events,
        *entries((*harbour.vessels, *added), closed, (setting.start_s, end_s)),
        *untold(added, setting.start_s),
    ]
    return tuple(added), tuple(sorted(events, key=lambda e: (e.begin_s, e.kind, e.who)))


def _vessel(scenario: Scenario, traffic: Traffic, number: int, motion: Motion) -> Vessel:
    start_s = scenario.start_utc.timestamp()
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


def _package(scenario: Scenario, one: Floating, number: int) -> Vessel:
    start_s = scenario.start_utc.timestamp()
    there = (start_s + one.from_s, math.inf if one.to_s is None else start_s + one.to_s)
    way, look = Course(start_s, one.fixes), scenario.seed * 1000 + 900 + number
    return Vessel(one.item, "package", *one.size_m, way, look=look, lit=False, there_s=there)


def _lasting(scenario: Scenario, traffic: Traffic, number: int) -> Motion | None:
    """How a vessel moves that does one thing from before the start to the end; None for one that acts."""
    start_s, weather = scenario.start_utc.timestamp(), scenario.weather
    east, north, heading = traffic.east_m, traffic.north_m, traffic.heading_deg
    act = traffic.acts[0] if traffic.acts else Stay(Doing.LIE)
    if len(traffic.acts) > 1 or not isinstance(act, Stay) or act.for_s is not None or act.when != When():
        return None
    match act.doing:
        case Doing.ANCHORED:
            scope_m = traffic.length_m / 2 + ANCHOR_ROPE_M
            return Anchored(east, north, scope_m, weather.wind_from_deg, phase_s=73.0 * number)
        case Doing.DRIFT:
            return Drift(start_s, east, north, weather.wind_m_s, weather.wind_from_deg)
        case Doing.LOITER:
            radius_m = act.radius_m or max(LOITER_M, 2.0 * traffic.length_m)
            turns = [math.tau * n / 12 for n in range(12)]
            ring = tuple((east + radius_m * math.sin(a), north + radius_m * math.cos(a)) for a in turns)
            return Round(ring, act.speed_m_s, phase_m=-act.speed_m_s * start_s)
        case _:
            return Still(east, north, heading)


def _timed(ais: Ais, start_s: float) -> Ais:
    """The transponder with its times counted from 1970 in place of the scenario's start."""
    return replace(
        ais,
        silent_s=tuple((start_s + first, start_s + last) for first, last in ais.silent_s),
        shifted_s=tuple((start_s + first, start_s + last) for first, last in ais.shifted_s),
        aliases=tuple(replace(a, from_s=start_s + a.from_s) for a in ais.aliases),
    )
