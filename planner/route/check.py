"""One verdict on a mission: may it be flown, and every reason against it.

Every leg is judged, and every leg that the items do not show: from the launch place to the first item, straight home
from any point of the way, to the nearest rally point, and home after the last item. Pure: time, wind, zones and rules
are arguments. The codes of the problems are stable (check_codes.py); docs/pilot.md lists them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from planner.model.mission import Mission
from planner.model.planned import PlannedMission
from planner.model.profiles import DroneProfile
from planner.model.zone import Zone
from planner.route.check_codes import DANGER
from planner.route.check_energy import energy_figures, energy_of, energy_problems, turns_of, wind_with_gusts
from planner.route.check_fence import fence_problems
from planner.route.check_ground import Ground, laid_out, ways_home
from planner.route.check_items import is_dive, item_problems
from planner.route.check_limits import farthest, is_in_reach, length_problems, limit_problems
from planner.route.check_path import flown_path
from planner.route.check_values import Conditions, Figure, Problem, Rules, Severity, Verdict, Wind
from planner.route.check_zones import ZONES_NEAR_M, zone_problems, zones_near

LANDING_SLACK = timedelta(minutes=15)
"""A zone's window that opens this soon after the landing counts too: flights start late."""


def check(
    mission: Mission | PlannedMission,
    drone: DroneProfile,
    zones: Sequence[Zone] = (),
    conditions: Conditions | None = None,
    rules: Rules | None = None,
) -> Verdict:
    """The verdict on a mission flown by `drone` in `conditions` under `rules`; errors first, in order of danger."""
    flown = mission.mission if isinstance(mission, PlannedMission) else mission
    given, law = conditions or Conditions(), rules or Rules()
    problems = list(item_problems(flown, drone))
    path = flown_path(flown, drone, given)
    problems += path.problems
    figures: dict[str, Figure] = {"items": len(flown), "legs": len(path.legs)}
    if path.legs:
        ground = laid_out(path)
        judge = _of_dive if is_dive(flown) else _of_way
        more, told = judge(ground, flown, drone, zones, given, law)
        problems += more
        figures |= told
    figures |= _conditions(given, law, zones, zones_near(path, zones))
    if is_dive(flown):
        figures |= {"unchecked": "currents and tide, the sea bed, zones"}
    return Verdict(tuple(_sorted(problems)), figures)


def _of_way(
    ground: Ground,
    mission: Mission,
    drone: DroneProfile,
    zones: Sequence[Zone],
    conditions: Conditions,
    rules: Rules,
) -> tuple[list[Problem], dict[str, Figure]]:
    energy = energy_of(ground, drone, wind_with_gusts(conditions.wind))
    figures = energy_figures(ground, energy, drone)
    end = _end(conditions, float(energy.seconds.sum()))
    problems = list(limit_problems(ground, drone, conditions, rules, end))
    problems += energy_problems(ground, energy, drone, conditions, rules)
    if is_in_reach(ground):  # beyond, the places are wrong and metres mean nothing
        returns = ways_home(ground)
        problems += zone_problems(ground, returns, zones, conditions, rules, end)
        problems += fence_problems(ground, returns, mission, drone)
    leg, away = farthest(ground, conditions)
    figures |= {
        "turns": turns_of(ground),
        "farthest_m": round(away, 1),
        "farthest_item": ground.path.legs[leg].item,
        "highest_m": round(float(ground.agl_m.max()), 1),
        "return_msl_m": round(float(ground.path.return_msl_m), 1),
        "surface_msl_m": round(ground.path.surface_msl_m, 1),
    }
    return problems, figures


def _of_dive(
    ground: Ground,
    mission: Mission,
    drone: DroneProfile,
    _zones: Sequence[Zone],
    conditions: Conditions,
    rules: Rules,
) -> tuple[list[Problem], dict[str, Figure]]:
    """A mission under water: what does not depend on the air. It comes back at the surface."""
    surfaced = laid_out(replace(ground.path, return_msl_m=ground.path.home.msl_m))
    energy = energy_of(surfaced, drone, Wind())
    still = replace(conditions, wind=None)
    problems = [*length_problems(surfaced), *energy_problems(surfaced, energy, drone, still, rules)]
    if is_in_reach(surfaced):
        problems += fence_problems(surfaced, (), mission, drone)
    deepest = round(float(surfaced.agl_m.min()), 1)
    return problems, energy_figures(surfaced, energy, drone) | {"turns": turns_of(surfaced), "deepest_m": deepest}


def _end(conditions: Conditions, seconds: float) -> datetime | None:
    if conditions.start_utc is None:
        return None
    try:
        return conditions.start_utc + timedelta(seconds=min(seconds, 30 * 86_400.0)) + LANDING_SLACK
    except OverflowError:
        return conditions.start_utc


def _conditions(conditions: Conditions, rules: Rules, zones: Sequence[Zone], near: int) -> dict[str, Figure]:
    """What was assumed, and what could not be checked."""
    wind = conditions.wind
    unchecked = []
    if wind is None:
        unchecked.append("wind (still air was taken)")
    if conditions.start_utc is None:
        unchecked.append("daylight, and times of zones (all were taken as open)")
    if not zones:
        unchecked.append("zones (none were given)")
    elif not near:
        unchecked.append(f"zones here (none of the {len(zones)} given lies within {ZONES_NEAR_M / 1000:.0f} km)")
    if rules.name == "none":
        unchecked.append("rules of the operation")
    if conditions.radio_range_m is None:
        unchecked.append("radio range")
    return {
        "wind_m_s": None if wind is None else wind.speed_m_s,
        "wind_from_deg": None if wind is None else wind.from_deg,
        "gust_m_s": None if wind is None else wind.gust_m_s,
        "start_utc": None if conditions.start_utc is None else conditions.start_utc.isoformat(),
        "zones": len(zones),
        "zones_near": near,
        "operation": rules.name,
        "unchecked": "; ".join(unchecked) or None,
    }


def _sorted(problems: list[Problem]) -> list[Problem]:
    """Errors first, the most dangerous first, then by item; each told once."""
    kept = dict.fromkeys(problems)
    return sorted(kept, key=lambda p: (p.severity is not Severity.ERROR, DANGER[p.code], p.item is None, p.item or 0))
