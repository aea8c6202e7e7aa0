"""Lines that suit the day: by what their angle is chosen, and what that saves, told to the pilot."""

from collections.abc import Sequence

import numpy as np

from planner.geo.glint import Wind as SeaWind
from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.patterns import AngleBy, AreaParameters
from planner.model.plan import Plan
from planner.route.assemble import TURN_S, Settings
from planner.route.check_energy import wind_with_gusts
from planner.route.check_values import conditions_of
from planner.route.energy import level_power_w
from planner.route.favour import (
    GLINT_WEIGHT,
    PLAIN,
    USUAL_SEA_WIND,
    Favour,
    glint_by_angle,
    in_light,
    in_wind,
)
from planner.route.shapes import Way, turns_of

GREATEST_SEA_WIND_M_S = 60.0
SAME = 0.005
"""Savings below this share are none."""
Told = tuple[tuple[str, ...], dict[str, object]]


def favour_of(plan: Plan, flown: Settings, frame: LocalFrame, area_m2: float) -> Favour:
    """What lines over the plan's areas cost by their angle.

    Raises:
        BadInput: the wind or the take-off that the angle is to suit is not given, or the angle is set already.
    """
    by = angle_by(plan)
    if by is AngleBy.LENGTH:
        return PLAIN
    if plan.angle_deg is not None:
        why = f"the lines' bearing is set to {plan.angle_deg:g} degrees and is to be chosen by the {by} as well"
        raise BadInput(plan.name, f"{why}; leave one of them out (--angle-deg, --angle-by)")
    outlook = plan.outlook
    if by is AngleBy.WIND:
        if outlook.wind is None:
            raise BadInput(plan.name, "the lines are to suit the wind, but no wind is given (--wind 8@270)")
        wind = wind_with_gusts(conditions_of(outlook).wind)
        return in_wind(plan.drone, wind, flown.speed_m_s)
    if outlook.start_utc is None:
        why = "the lines are to suit the sun, but no take-off time is given (--take-off 2026-06-01T09:30Z)"
        raise BadInput(plan.name, why)
    blowing = outlook.wind
    sea = USUAL_SEA_WIND
    if blowing is not None:
        sea = SeaWind(min(blowing.speed_m_s, GREATEST_SEA_WIND_M_S), blowing.direction_deg)
    lasting_s = area_m2 / flown.strip.spacing / flown.speed_m_s
    middle = frame.to_place(0.0, 0.0)
    return in_light(glint_by_angle(plan.camera, middle, outlook.start_utc, lasting_s, sea))


def angle_by(plan: Plan) -> AngleBy:
    """By what the plan's angle is chosen."""
    return plan.parameters.angle_by if isinstance(plan.parameters, AreaParameters) else AngleBy.LENGTH


def told(plan: Plan, flown: Settings, favour: Favour, ways: Sequence[Way], shortest: Sequence[Way]) -> Told:
    """Which angle was chosen and what it saves against the shortest way, as notes and as figures."""
    by = angle_by(plan)
    if by is AngleBy.LENGTH:
        return (), {}
    bearing = bearing_deg(ways)
    lines = f"most lines at {bearing:.0f}/{bearing + 180:.0f} degrees"
    more = PLAIN.length_m(ways) / PLAIN.length_m(shortest) - 1
    longer = f", on a way {_percent(more)} longer" if more > SAME else ""
    if by is AngleBy.WIND:
        return _told_of_wind(plan, flown, favour, (ways, shortest), (lines, longer, bearing))
    glint, of_shortest = (_glint(favour, some) for some in (ways, shortest))
    figures: dict[str, object] = {
        "angle_by": by.value,
        "bearing_deg": bearing,
        "glint_share": round(glint, 4),
        "glint_share_shortest": round(of_shortest, 4),
    }
    if of_shortest - glint < SAME:
        worth = "no other angle has so much less glint as to be worth more flying"
        note = f"{lines}: {worth} ({_percent(glint)} of the pictures in glint)"
    else:
        note = f"{lines} for the sun: {_percent(glint)} of the pictures in glint, not {_percent(of_shortest)}{longer}"
    return (note,), figures


def _told_of_wind(
    plan: Plan,
    flown: Settings,
    favour: Favour,
    ways: tuple[Sequence[Way], Sequence[Way]],
    words: tuple[str, str, float],
) -> Told:
    chosen, shortest = (_pattern_wh(plan, flown, favour, some) for some in ways)
    lines, longer, bearing = words
    wind = plan.outlook.wind
    blowing = "" if wind is None else f" of {wind.speed_m_s:g} m/s from {wind.direction_deg:.0f} degrees"
    figures: dict[str, object] = {
        "angle_by": AngleBy.WIND.value,
        "bearing_deg": bearing,
        "pattern_wh": None if chosen is None else round(chosen, 1),
        "pattern_wh_shortest": None if shortest is None else round(shortest, 1),
    }
    if chosen is None:
        note = f"{lines}: whichever way they run, some cannot be flown against the wind{blowing}"
    elif shortest is None:
        note = f"{lines} for the wind{blowing}: the shortest way could not be flown against it{longer}"
    elif shortest - chosen < SAME * shortest:
        note = f"{lines}: in the wind{blowing} no other angle needs less energy than the shortest way's"
    else:
        less = _percent(1 - chosen / shortest)
        saved = f"the pattern needs about {chosen:.0f} Wh, {less} less than the {shortest:.0f} Wh"
        note = f"{lines} for the wind{blowing}: {saved} of the shortest way{longer}"
    return (note,), figures


def _pattern_wh(plan: Plan, flown: Settings, favour: Favour, ways: Sequence[Way]) -> float | None:
    """About what the pattern needs in the wind; None where some of it cannot be flown."""
    if favour.against_the_wind(ways):
        return None
    per_m = level_power_w(plan.drone, flown.speed_m_s) / flown.speed_m_s
    turning = sum(turns_of(way) for way in ways) * TURN_S * plan.drone.hover_power_w
    return (favour.length_m(ways) * per_m + turning) / 3600


def _glint(favour: Favour, ways: Sequence[Way]) -> float:
    """The share of the photographed way's pictures that is in glint."""
    metres = PLAIN.photographed_m(ways)
    return (favour.photographed_m(ways) / metres - 1.0) / GLINT_WEIGHT if metres else 0.0


def bearing_deg(ways: Sequence[Way]) -> float:
    """The bearing, in [0, 180), that most of the photographed way runs at."""
    along = np.concatenate([np.diff(np.asarray(way.points), axis=0)[np.asarray(way.camera)] for way in ways])
    metres = np.hypot(along[:, 0], along[:, 1])
    bearings = np.rint(np.degrees(np.arctan2(along[:, 0], along[:, 1]))).astype(int) % 180
    weights = np.bincount(bearings, metres, minlength=180)
    about = 2 * weights + np.roll(weights, 1) + np.roll(weights, -1)
    return float(np.argmax(about))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
