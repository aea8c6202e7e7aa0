"""Energy of every leg in the wind, the reserve, and the way home from every point: can it be flown and come back?"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.geo.points import Floats
from planner.model.profiles import DroneProfile
from planner.route.check_ground import Ground
from planner.route.check_legs import FlownLeg, Kind
from planner.route.check_values import Conditions, Figure, Problem, Rules, Wind, error, warning
from planner.route.energy import climb_power_w, level_power_w
from planner.route.wind import made_good

TURN_S = 3.0
"""What slowing down for a turn and speeding up again costs; as in planner/route/make.py."""
TURN_DEG = 30.0
GUST_SHARE = 0.5
"""Share of what gusts add to the mean wind by which the wind is taken as stronger for energy and speed."""


@dataclass(frozen=True, eq=False)
class Energy:
    """Time and energy of each leg, and from each leg's end the energy of the straight way home (infinite: none)."""

    seconds: Floats
    leg_wh: Floats
    home_wh: Floats
    impossible: tuple[int, ...]
    """Legs that the wind does not let the drone fly."""
    no_way_back: tuple[int, ...]
    """Legs from whose end the wind does not let it fly home."""


def energy_of(ground: Ground, drone: DroneProfile, wind: Wind) -> Energy:
    """What each leg costs in a wind; gusts are taken into `wind` before (see `wind_with_gusts`)."""
    count = len(ground.starts)
    seconds, leg_wh, home_wh = np.zeros(count), np.zeros(count), np.zeros(count)
    impossible, no_way_back = [], []
    lengths = ground.lengths_m.tolist()
    courses = _courses(ground.starts, ground.ends)
    refuges = ground.frame.to_metres([ground.path.home.at, *(rally.at for rally in ground.path.rally)])
    for n, leg in enumerate(ground.path.legs):
        cost = _leg_cost(leg, lengths[n], courses[n], drone, wind)
        if cost is None:
            impossible.append(n)
        else:
            turn = TURN_S if n and _turns(courses[n - 1], courses[n], lengths[n - 1], lengths[n]) else 0.0
            seconds[n] = cost[0] + turn
            leg_wh[n] = cost[1] + turn * drone.hover_power_w / 3600
    ways = _ways_back(ground, refuges)
    for n, leg in enumerate(ground.path.legs):
        back = 0.0 if leg.kind in {Kind.HOME, Kind.DESCENT} else _return_wh(ground, n, ways[n], drone, wind)
        home_wh[n] = math.inf if back is None else back
        if back is None:
            no_way_back.append(n)
    return Energy(seconds, leg_wh, home_wh, tuple(impossible), tuple(no_way_back))


def wind_with_gusts(wind: Wind | None) -> Wind:
    """The wind by which energy is reckoned: the mean and a share of what the gusts add; still air if not known."""
    if wind is None:
        return Wind()
    extra = 0.0 if wind.gust_m_s is None else GUST_SHARE * (wind.gust_m_s - wind.speed_m_s)
    return Wind(wind.speed_m_s + extra, wind.from_deg)


def energy_problems(
    ground: Ground, energy: Energy, drone: DroneProfile, conditions: Conditions, rules: Rules
) -> Iterator[Problem]:
    """Wind that is too strong, legs against it, a battery that does not last, points of no return."""
    yield from _wind(drone, conditions.wind, rules)
    legs = ground.path.legs
    if energy.impossible:
        first = energy.impossible[0]
        more = f", nor {len(energy.impossible) - 1} more legs" if len(energy.impossible) > 1 else ""
        text = f"The way to item {legs[first].item} cannot be flown against this wind with {drone.name}{more}."
        yield error("wind-impossible", text, legs[first].item, legs[first].start.at)
    if energy.no_way_back:
        first = energy.no_way_back[0]
        text = f"From item {legs[first].item} there is no way home against this wind with {drone.name}."
        yield error("return-impossible", text, legs[first].item, legs[first].end.at)
    usable = usable_wh(drone)
    total = float(energy.leg_wh.sum())
    if total > usable:
        text = (
            f"The flight needs about {total:.0f} Wh; {drone.name} has {usable:.0f} Wh above its reserve of "
            f"{drone.reserve_fraction * 100:.0f} %."
        )
        yield error("energy-short", text)
    point = no_return(energy, usable)
    if point is not None:
        leg, share = point
        text = (
            f"On the way to item {legs[leg].item} the vehicle passes the point of no return: flying straight home "
            f"from there would use the reserve of {drone.reserve_fraction * 100:.0f} %."
        )
        yield error("no-return", text, legs[leg].item, ground.place(leg, share))


def no_return(energy: Energy, usable_wh: float) -> tuple[int, float] | None:
    """The leg, and the share of it, from which home is out of reach above the reserve; None where it never is."""
    margin = margins_wh(energy, usable_wh)
    short = np.flatnonzero(margin < 0)
    if not len(short):
        return None
    leg = int(short[0])
    before = float(margin[leg - 1]) if leg else usable_wh
    after = float(margin[leg])
    share = before / (before - after) if math.isfinite(after) and before > after and before > 0 else 0.0
    return leg, share


def margins_wh(energy: Energy, usable_wh: float) -> Floats:
    """What is left above the reserve after flying home from the end of each leg."""
    return np.asarray(usable_wh - np.cumsum(energy.leg_wh) - energy.home_wh, dtype=float)


def usable_wh(drone: DroneProfile) -> float:
    """Energy above the reserve."""
    return drone.battery_wh * (1 - drone.reserve_fraction)


def energy_figures(ground: Ground, energy: Energy, drone: DroneProfile) -> dict[str, Figure]:
    """Length, time, energy and the point of no return."""
    usable = usable_wh(drone)
    margins = margins_wh(energy, usable)
    point = no_return(energy, usable)
    least = int(margins.argmin()) if len(margins) else None
    place = None if point is None else ground.place(*point)
    worst = None if least is None else float(margins[least])
    return {
        "flight_m": round(float(ground.lengths_m.sum()), 1),
        "duration_s": round(float(energy.seconds.sum()), 1),
        "energy_wh": round(float(energy.leg_wh.sum()), 1),
        "usable_wh": round(usable, 1),
        "battery_share": round(float(energy.leg_wh.sum()) / drone.battery_wh, 3),
        "home_needs_wh": _greatest(energy.home_wh),
        "least_margin_wh": None if worst is None or not math.isfinite(worst) else round(worst, 1),
        "least_margin_item": None if least is None else ground.path.legs[least].item,
        "no_return_item": None if point is None else ground.path.legs[point[0]].item,
        "no_return_lat": None if place is None else round(place.lat_deg, 7),
        "no_return_lon": None if place is None else round(place.lon_deg, 7),
    }


def _greatest(wh: Floats) -> float | None:
    """The greatest of some energies, None where one of them has no end (no way home against the wind)."""
    most = float(wh.max()) if len(wh) else 0.0
    return round(most, 1) if math.isfinite(most) else None


def _wind(drone: DroneProfile, wind: Wind | None, rules: Rules) -> Iterator[Problem]:
    if wind is None:
        return
    most = drone.max_wind_m_s
    guessed = wind.speed_m_s * rules.gust_factor
    if wind.speed_m_s > most:
        yield error(
            "wind-too-strong", f"Wind of {wind.speed_m_s:g} m/s is more than {drone.name} stands ({most:g} m/s)."
        )
    elif wind.gust_m_s is not None and wind.gust_m_s > most:
        text = f"Gusts of {wind.gust_m_s:g} m/s are more than {drone.name} stands ({most:g} m/s)."
        yield error("wind-too-strong", text)
    elif wind.gust_m_s is None and guessed > most:
        text = (
            f"In wind of {wind.speed_m_s:g} m/s gusts of about {guessed:.0f} m/s are to be expected; {drone.name} "
            f"stands {most:g} m/s (give the gusts with --gust)."
        )
        yield warning("gusts-likely", text)


def _leg_cost(
    leg: FlownLeg, length_m: float, course_deg: float, drone: DroneProfile, wind: Wind
) -> tuple[float, float] | None:
    """Seconds and watt-hours of a leg; None where the wind does not let it be flown."""
    rise = leg.end.msl_m - leg.start.msl_m
    return _cost(length_m, course_deg, rise, leg.speed_m_s, leg.hold_s, drone, wind)


def _cost(
    length_m: float, course_deg: float, rise_m: float, speed_m_s: float, hold_s: float, drone: DroneProfile, wind: Wind
) -> tuple[float, float] | None:
    hover_w = level_power_w(drone, wind.speed_m_s)  # to hold a place is to fly against the wind
    vertical_s = rise_m / drone.climb_m_s if rise_m > 0 else -rise_m / drone.descent_m_s
    climbing_w = climb_power_w(drone) - drone.hover_power_w if rise_m > 0 else 0.0
    if length_m < 0.5:
        watt_s = vertical_s * (max(drone.hover_power_w, hover_w) + climbing_w) + hold_s * hover_w
        return vertical_s + hold_s, watt_s / 3600
    made = made_good(wind, course_deg=course_deg, wanted_m_s=speed_m_s, max_air_m_s=drone.max_speed_m_s)
    if made is None:
        return None
    seconds = max(length_m / made.ground_m_s, vertical_s)
    watt_s = seconds * level_power_w(drone, made.air_m_s) + vertical_s * climbing_w + hold_s * hover_w
    return seconds + hold_s, watt_s / 3600


def _courses(starts: Floats, ends: Floats) -> list[float]:
    along = ends - starts
    courses: list[float] = np.degrees(np.arctan2(along[:, 0], along[:, 1])).tolist()
    return courses


def _turns(before_deg: float, after_deg: float, before_m: float, after_m: float) -> bool:
    if before_m < 0.5 or after_m < 0.5:
        return False
    return abs((after_deg - before_deg + 180.0) % 360.0 - 180.0) > TURN_DEG


def _ways_back(ground: Ground, refuges: Floats) -> list[tuple[float, float]]:
    """Length and course of the straight way from each leg's end to the nearest refuge."""
    away = refuges[None, :, :] - ground.ends[:, None, :]
    lengths = np.linalg.norm(away, axis=2)
    nearest = lengths.argmin(axis=1)
    rows = np.arange(len(nearest))
    east, north = away[rows, nearest].T
    courses = np.degrees(np.arctan2(east, north))
    return list(zip(lengths[rows, nearest].tolist(), courses.tolist(), strict=True))


def _return_wh(ground: Ground, n: int, way: tuple[float, float], drone: DroneProfile, wind: Wind) -> float | None:
    """Energy of climbing to the height of return, flying straight to the nearest refuge, and coming down."""
    leg = ground.path.legs[n]
    level = max(leg.end.msl_m, ground.path.return_msl_m)
    up = _cost(0.0, 0.0, level - leg.end.msl_m, 1.0, 0.0, drone, wind)
    across = _cost(way[0], way[1], 0.0, drone.cruise_speed_m_s, 0.0, drone, wind)
    down = _cost(0.0, 0.0, ground.path.home.msl_m - level, 1.0, 0.0, drone, wind)
    if up is None or across is None or down is None:
        return None
    return sum(part[1] for part in (up, across, down))


def leg_rows(ground: Ground, energy: Energy) -> Iterator[tuple[FlownLeg, float, float]]:
    """Each leg with its seconds and watt-hours, for tables."""
    return zip(ground.path.legs, energy.seconds.tolist(), energy.leg_wh.tolist(), strict=True)


def turns_of(ground: Ground) -> int:
    """How many times the course changes by more than TURN_DEG."""
    courses, lengths = _courses(ground.starts, ground.ends), ground.lengths_m.tolist()
    return sum(
        _turns(*courses_pair, *lengths_pair)
        for courses_pair, lengths_pair in zip(itertools.pairwise(courses), itertools.pairwise(lengths), strict=True)
    )
