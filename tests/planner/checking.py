"""A small mission that nothing is wrong with, and changes to it, for tests of the check."""

from collections.abc import Sequence
from dataclasses import replace

from planner.formats.profiles import drone
from planner.geo.points import LatLon, LocalFrame
from planner.model.mission import Command, Frame, Home, Mission, MissionItem, item
from planner.model.profiles import DroneProfile
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.check import check
from planner.route.check_values import Conditions, Rules, Verdict

FRAME = LocalFrame(LatLon(52.0, 4.0))
QUAD = drone("practice-quad")
PX4 = drone("px4-quad")
SQUARE = ((0.0, 300.0), (300.0, 300.0), (300.0, 0.0))
"""East, north in metres from home."""


def at(east_m: float, north_m: float) -> LatLon:
    return FRAME.to_place(east_m, north_m)


def waypoint(
    east_m: float, north_m: float, height_m: float = 50.0, frame: Frame = Frame.GLOBAL_RELATIVE_ALT
) -> MissionItem:
    return item(Command.NAV_WAYPOINT, at=at(east_m, north_m), height_m=height_m, frame=frame)


def take_off(height_m: float = 50.0) -> MissionItem:
    return item(Command.NAV_TAKEOFF, at=at(0, 0), height_m=height_m)


RETURN = item(Command.NAV_RETURN_TO_LAUNCH)


def mission(*middle: MissionItem, home_msl_m: float = 0.0, ends: Sequence[MissionItem] = (RETURN,)) -> Mission:
    """Take-off, three waypoints or what is given instead of them, return."""
    flown = middle or tuple(waypoint(*place) for place in SQUARE)
    return Mission((take_off(), *flown, *ends), home=Home(at(0, 0), home_msl_m))


def zone(
    rule: ZoneRule,
    west: float,
    south: float,
    east: float,
    north: float,
    *,
    lower_m: float | None = None,
    upper_m: float | None = None,
    datum: Datum = Datum.GROUND,
) -> Zone:
    """A rectangle in metres from home."""
    corners = ((west, south), (east, south), (east, north), (west, north))
    lower, upper = (None if height is None else HeightLimit(height, datum) for height in (lower_m, upper_m))
    return Zone("Z", rule, tuple(at(*corner) for corner in corners), (), lower, upper)


def verdict(
    flown: Mission | None = None,
    *zones: Zone,
    by: DroneProfile = QUAD,
    conditions: Conditions | None = None,
    rules: Rules | None = None,
) -> Verdict:
    return check(mission() if flown is None else flown, by, zones, conditions, rules)


def codes(judged: Verdict) -> set[str]:
    return {problem.code for problem in judged.problems}


def changed(flown: Mission, number: int, **fields: object) -> Mission:
    """The mission with fields of item `number` (from 1) changed."""
    items = list(flown.items)
    items[number - 1] = replace(items[number - 1], **fields)  # type: ignore[arg-type]  # any field of an item
    return replace(flown, items=tuple(items))
