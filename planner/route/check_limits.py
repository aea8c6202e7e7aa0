"""Heights, distances, speeds and light against the rules of the operation and the drone."""

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from planner.geo.points import Floats
from planner.geo.sun import CIVIL_DEG, sun_at
from planner.model.profiles import DroneProfile
from planner.route.check_ground import Ground
from planner.route.check_legs import Kind
from planner.route.check_path import LONGEST_LEG_M
from planner.route.check_values import Conditions, Problem, Rules, Severity, error, warning

WIDEST_M = 300_000.0
"""From the middle of the flight; beyond, metres about it mean little."""
ANTENNA_M = 2.0
"""Height of the pilot's antenna above the surface."""
HORIZON_KM = 4.12
"""Radio horizon in km for each root of a metre of antenna height, standard refraction (ITU-R P.310)."""
DAYLIGHT_STEPS = 12
"""Between take-off and landing the sun is looked at so often."""
HEIGHT_SLACK_M = 0.5
"""A limit is broken beyond this: heights are flown and rounded to less."""


def limit_problems(
    ground: Ground, drone: DroneProfile, conditions: Conditions, rules: Rules, end_utc: datetime | None
) -> Iterator[Problem]:
    """Problems with the rules and the drone's limits, each at the first or worst item."""
    if not len(ground.starts):
        return
    yield from _heights(ground, rules)
    yield from length_problems(ground)
    yield from _speeds(ground, drone, rules)
    yield from _distances(ground, conditions, rules)
    yield from _light(ground, conditions, rules, end_utc)


def farthest(ground: Ground, conditions: Conditions) -> tuple[int, float]:
    """The leg whose end lies farthest from the pilot, and how far in metres, over the water."""
    away = _from_pilot(ground, conditions)
    leg = int(away.argmax())
    return leg, float(away[leg])


def _from_pilot(ground: Ground, conditions: Conditions) -> Floats:
    pilot = ground.frame.to_metres([conditions.pilot or ground.path.home.at])[0]
    return np.asarray(np.linalg.norm(ground.ends - pilot, axis=1), dtype=float)


def _heights(ground: Ground, rules: Rules) -> Iterator[Problem]:
    legs, tops = ground.path.legs, ground.agl_m.max(axis=1)
    limit = rules.max_height_m
    if limit is not None:
        over = np.flatnonzero(tops > limit + HEIGHT_SLACK_M)
        if len(over):
            first, worst = int(over[0]), float(tops.max())
            text = (
                f"From item {legs[first].item} on the flight rises to {worst:.0f} m above the surface; "
                f"{limit:.0f} m are allowed ({rules.title}){_if_inland(ground, limit)}."
            )
            yield error("too-high", text, legs[first].item, legs[first].end.at)
        elif ground.path.return_msl_m - ground.path.surface_msl_m > limit + HEIGHT_SLACK_M:
            back = ground.path.return_msl_m - ground.path.surface_msl_m
            text = (
                f"The vehicle returns {back:.0f} m above the surface; {limit:.0f} m are allowed ({rules.title})"
                f"{_if_inland(ground, limit)}."
            )
            yield error("return-too-high", text)
    low = [n for n, leg in enumerate(legs) if leg.kind is Kind.WAY and leg.end.agl_m < rules.least_height_m]
    if low:
        leg = legs[low[0]]
        text = (
            f"Item {leg.item} is flown {leg.end.agl_m:.1f} m above the surface, below the least height of "
            f"{rules.least_height_m:g} m."
        )
        yield error("too-low", text, leg.item, leg.end.at)


def _if_inland(ground: Ground, limit_m: float) -> str:
    """A hint, where the limit would be kept if the ground were as high as the launch place."""
    path = ground.path
    most = max(float(ground.agl_m.max()), path.return_msl_m - path.surface_msl_m)
    if most - (path.ground_msl_m - path.surface_msl_m) > limit_m + HEIGHT_SLACK_M or path.ground_msl_m <= 0:
        return ""
    return (
        f"; heights count from the sea, {path.ground_msl_m:.0f} m below the launch place: if the ground or water flown "
        "over is higher, give its height with --surface"
    )


def length_problems(ground: Ground) -> Iterator[Problem]:
    """A leg that is longer than any that is meant."""
    lengths = ground.lengths_m
    for n in np.flatnonzero(lengths > LONGEST_LEG_M)[:1].tolist():
        leg = ground.path.legs[n]
        text = (
            f"The way to item {leg.item} is {lengths[n] / 1000:,.0f} km long: its place is wrong, or the launch place."
        )
        yield error("leg-too-long", text, leg.item, leg.end.at)
        return
    away = np.linalg.norm(ground.ends, axis=1)
    if not is_in_reach(ground):
        leg = ground.path.legs[int(away.argmax())]
        text = f"Item {leg.item} lies {away.max() / 1000:,.0f} km from the middle of the flight: a place is wrong."
        yield error("leg-too-long", text, leg.item, leg.end.at)


def is_in_reach(ground: Ground) -> bool:
    """Whether all legs, and all of the flight, are short enough to be judged in metres."""
    if float(ground.lengths_m.max()) > LONGEST_LEG_M:
        return False
    return float(np.linalg.norm(ground.ends, axis=1).max()) <= WIDEST_M


def _speeds(ground: Ground, drone: DroneProfile, rules: Rules) -> Iterator[Problem]:
    across = [leg for leg in ground.path.legs if leg.kind in {Kind.WAY, Kind.HOME}]
    if not across:
        return
    most = max(leg.speed_m_s for leg in across)
    first = next(leg for leg in across if leg.speed_m_s == most)
    if most > drone.max_speed_m_s:
        text = f"{most:g} m/s from item {first.item} on is more than {drone.name} flies ({drone.max_speed_m_s:g} m/s)."
        yield error("speed-too-high", text, first.item, first.start.at)
    if rules.max_speed_m_s is not None and most > rules.max_speed_m_s:
        text = f"{most:g} m/s from item {first.item} on is more than {rules.max_speed_m_s:g} m/s ({rules.title})."
        yield error("too-fast", text, first.item, first.start.at)


def _distances(ground: Ground, conditions: Conditions, rules: Rules) -> Iterator[Problem]:
    leg, away = farthest(ground, conditions)
    flown = ground.path.legs[leg]
    who = "the pilot" if conditions.pilot is not None else "the launch place"
    if rules.range_m is not None and away > rules.range_m:
        text = f"Item {flown.item} is {away:.0f} m from {who}; {rules.range_m:.0f} m are allowed ({rules.title})."
        yield error("beyond-range", text, flown.item, flown.end.at)
    if rules.sight_m is not None and away > rules.sight_m:
        text = (
            f"Item {flown.item} is {away:.0f} m from {who}, out of sight beyond {rules.sight_m:.0f} m ({rules.title})."
        )
        yield Problem("beyond-sight", rules.beyond_sight, text, flown.item, flown.end.at)
    yield from _radio(ground, conditions, who)


def _radio(ground: Ground, conditions: Conditions, who: str) -> Iterator[Problem]:
    away = _from_pilot(ground, conditions)
    legs = ground.path.legs
    if conditions.radio_range_m is not None:
        slant = np.hypot(away, np.maximum(ground.agl_m[:, 1], 0.0))
        worst = int(slant.argmax())
        if slant[worst] > conditions.radio_range_m:
            text = (
                f"Item {legs[worst].item} is {slant[worst]:.0f} m from {who}, beyond the radio range of "
                f"{conditions.radio_range_m:.0f} m."
            )
            yield error("beyond-radio", text, legs[worst].item, legs[worst].end.at)
    heights = np.maximum(ground.agl_m[:, 1], 0.0)
    horizon = HORIZON_KM * 1000 * (math.sqrt(ANTENNA_M) + np.sqrt(heights))
    flying = np.array([leg.kind in {Kind.WAY, Kind.HOME} for leg in legs])
    behind = np.flatnonzero(flying & (away > horizon))
    if len(behind):
        n = int(behind[0])
        text = (
            f"Item {legs[n].item}, {away[n] / 1000:.1f} km from {who} at {heights[n]:.0f} m, lies below the radio "
            f"horizon ({horizon[n] / 1000:.1f} km with an antenna {ANTENNA_M:g} m up)."
        )
        yield error("radio-horizon", text, legs[n].item, legs[n].end.at)


def _light(ground: Ground, conditions: Conditions, rules: Rules, end_utc: datetime | None) -> Iterator[Problem]:
    if rules.night is None or conditions.start_utc is None:
        return
    start, end = conditions.start_utc, end_utc or conditions.start_utc
    middle = [start + (end - start) * step / DAYLIGHT_STEPS for step in range(1, DAYLIGHT_STEPS)]
    for moment, what in ((start, "take-off"), (end, "landing"), *((one, "some time of the flight") for one in middle)):
        height = sun_at(ground.path.home.at, moment).elevation_deg
        if height < CIVIL_DEG:
            note = f": {rules.night_note}" if rules.night_note else ""
            text = f"It is night at {what} ({moment:%Y-%m-%d %H:%M} UTC, sun {-height:.0f} degrees down){note}."
            make = error if rules.night is Severity.ERROR else warning
            yield make("night", text, None, ground.path.home.at)
            return
