"""How a vessel stays: at anchor, adrift, loitering, or just lying there, as fixes after a moment."""

import math

from sitl.scenario.acts import Doing, Stay
from sitl.scenario.alongside import Hull
from sitl.scenario.values import Weather
from sitl.world.course import Fix
from sitl.world.handling import Handling, Stretch, run
from sitl.world.motion import LEEWAY

ANCHOR_ROPE_M = 15.0
"""From the anchor to the bow, over the ground."""
LOITER_M = 30.0
"""Least radius of a vessel that loiters."""
SWING_DEG, SWING_S = 25.0, 420.0
SETTLES_S = 60.0
"""How long a hull takes to lie as wind and anchor want it."""
STEP_S = 5.0


def staying(here: Fix, act: Stay, until_s: float, weather: Weather, handling: Handling, hull: Hull) -> list[Fix]:
    """The fixes after `here` (at rest) up to `until_s`; the caller works out speeds, but for loitering."""
    match act.doing:
        case Doing.ANCHORED:
            return _anchored(here, until_s, weather, hull.length_m / 2 + ANCHOR_ROPE_M)
        case Doing.DRIFT:
            return _drift(here, until_s, weather)
        case Doing.LOITER:
            radius_m = act.radius_m or max(LOITER_M, 2.0 * hull.length_m)
            return _loiter(here, until_s, radius_m, act.speed_m_s, handling)
        case _:
            return [Fix(until_s, here.east_m, here.north_m, here.heading_deg)]


def _moments(here: Fix, until_s: float) -> list[float]:
    count = max(1, math.ceil((until_s - here.at_s) / STEP_S))
    return [here.at_s + (until_s - here.at_s) * k / count for k in range(1, count + 1)]


def _anchored(here: Fix, until_s: float, weather: Weather, scope_m: float) -> list[Fix]:
    """The anchor falls ahead; the vessel comes to lie down wind of it, and swings."""
    ahead = math.radians(here.heading_deg)
    anchor = here.east_m + scope_m * math.sin(ahead), here.north_m + scope_m * math.cos(ahead)
    off = math.remainder(here.heading_deg - weather.wind_from_deg, 360.0)
    found = []
    for at in _moments(here, until_s):
        gone = at - here.at_s
        swing = SWING_DEG * math.sin(math.tau * gone / SWING_S) * (1 - math.exp(-gone / SETTLES_S))
        heading = weather.wind_from_deg + off * math.exp(-gone / SETTLES_S) + swing
        turn = math.radians(heading)
        found.append(Fix(at, anchor[0] - scope_m * math.sin(turn), anchor[1] - scope_m * math.cos(turn), heading))
    return found


def _drift(here: Fix, until_s: float, weather: Weather) -> list[Fix]:
    """Down wind, and round until it lies beam on; both begin slowly."""
    towards = math.radians(weather.wind_from_deg + 180.0)
    speed, off = LEEWAY * weather.wind_m_s, math.remainder(weather.wind_from_deg + 270.0 - here.heading_deg, 360.0)
    found = []
    for at in _moments(here, until_s):
        gone = at - here.at_s
        settled = 1 - math.exp(-gone / SETTLES_S)
        run_m = speed * (gone - SETTLES_S * settled)
        east, north = here.east_m + run_m * math.sin(towards), here.north_m + run_m * math.cos(towards)
        found.append(Fix(at, east, north, here.heading_deg + off * settled))
    return found


def _loiter(here: Fix, until_s: float, radius_m: float, speed_m_s: float, handling: Handling) -> list[Fix]:
    """Out to a circle about where it lay, and round on it as long as there is time; then it lies."""
    legs = 24
    side = 2 * radius_m * math.sin(math.pi / legs)
    count = max(0, int(((until_s - here.at_s) * speed_m_s - radius_m) / side))
    start = math.radians(here.heading_deg)
    while count > 0:
        turns = [start + math.tau * k / legs for k in range(count + 1)]
        ring = [
            Stretch(here.east_m + radius_m * math.sin(a), here.north_m + radius_m * math.cos(a), speed_m_s)
            for a in turns
        ]
        fixes = list(run(here, ring, handling).fixes[1:])
        if fixes[-1].at_s <= until_s:
            last = fixes[-1]
            return [*fixes, Fix(until_s, last.east_m, last.north_m, last.heading_deg)]
        count -= max(1, math.ceil((fixes[-1].at_s - until_s) * speed_m_s / side))
    return [Fix(until_s, here.east_m, here.north_m, here.heading_deg)]
