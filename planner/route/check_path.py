"""The way that a mission flies: its items walked as an autopilot does, with heights above the sea and the surface.

Frames of altitude are kept: relative heights count from home, terrain heights from the surface, the others from mean
sea level. The surface is the sea, at 0, unless the conditions say otherwise.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from planner.geo.points import LatLon, destination, distance_m
from planner.model.mission import Command, Frame, Home, Mission, MissionItem
from planner.model.profiles import DroneProfile
from planner.route.check_values import Conditions, Problem, error, warning

INLAND_MSL_M = 200.0
"""A launch place above this is taken as inland: its height is then the surface's, unless the surface is given."""
RETURN_HEIGHT_M = {"ardupilot": 15.0, "px4": 60.0}
"""Least height above home on the way back: ArduCopter's RTL_ALT, PX4's RTL_RETURN_ALT."""
MOST_LEGS = 50_000
CIRCLE_LEGS = 12
TAKEOFFS = frozenset({22, 84})
LANDINGS = frozenset({21, 85})
FLOWN_TO = frozenset({16, 17, 18, 19, 31, 82, 94})
"""Commands that fly to a place, beside take-off and landing."""
NOT_FOLLOWED = {
    32: "follows something",
    34: "flies an orbit",
    92: "hands over to another computer",
    601: "jumps to a tag",
    42702: "runs a script",
    42703: "holds an attitude",
}
"""Commands after which the way is not known beforehand, and why."""
RELATIVE = frozenset({Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT})
TERRAIN = frozenset({Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT})


class Kind(StrEnum):
    """What a leg is."""

    CLIMB = "climb"
    WAY = "way"
    DESCENT = "descent"
    HOME = "home"
    """The way home after the last item."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the air: metres above mean sea level and above the surface."""

    at: LatLon
    msl_m: float
    agl_m: float


@dataclass(frozen=True, slots=True)
class FlownLeg:
    """A straight piece of the flight, for which item it is flown, at which speed over the water, and the wait after."""

    item: int
    start: Spot
    end: Spot
    kind: Kind
    speed_m_s: float
    hold_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FlownPath:
    """All legs in flying order, jumps carried out; `return_msl_m` is the least height of a return."""

    home: Spot
    legs: tuple[FlownLeg, ...]
    return_msl_m: float
    surface_msl_m: float
    rally: tuple[Spot, ...]
    problems: tuple[Problem, ...]


def flown_path(mission: Mission, drone: DroneProfile, conditions: Conditions) -> FlownPath:
    """The way of a mission and what is wrong with it as a way: no end, no home, endless jumps."""
    walk = _Walk(mission, drone, conditions)
    walk.run()
    legs = tuple(walk.legs)
    rally = tuple(walk.spot(r.at, r.height_m, Frame.GLOBAL_RELATIVE_ALT) for r in mission.rally if _finite(r.height_m))
    return FlownPath(walk.home, legs, walk.return_msl_m, walk.surface, rally, tuple(walk.problems))


@dataclass
class _Walk:
    """The state while walking."""

    mission: Mission
    drone: DroneProfile
    conditions: Conditions
    legs: list[FlownLeg] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        home = self._home()
        self.home_msl = home.msl_m if _finite(home.msl_m) else 0.0
        self.surface = self._surface()
        self.home = Spot(home.at, self.home_msl, self.home_msl - self.surface)
        self.now = self.home
        least = self.conditions.return_height_m
        self.return_msl_m = self.home_msl + (RETURN_HEIGHT_M[self.drone.autopilot] if least is None else least)
        wanted = self.mission.hover_speed_m_s or self.mission.cruise_speed_m_s
        self.speed = wanted if wanted is not None and _finite(wanted) and wanted > 0 else self.drone.cruise_speed_m_s
        self.over = False

    def spot(self, at: LatLon, height_m: float, frame: int) -> Spot:
        """A place at a height in a frame of altitude."""
        base = self.home_msl if frame in RELATIVE else self.surface if frame in TERRAIN else 0.0
        return Spot(at, base + height_m, base + height_m - self.surface)

    def run(self) -> None:
        """Walk all items, then see how it ends."""
        for number, item in self._in_order():
            self._take(number, item)
            if self.over:
                return
        self._ends_in_the_air()

    def _home(self) -> Home:
        if self.conditions.home is not None:
            return Home(self.conditions.home, self.mission.home.msl_m if self.mission.home else 0.0)
        if self.mission.home is not None:
            return self.mission.home
        places = [item.at for item in self.mission if item.at is not None and _moves(item)]
        text = "the launch place is not in the file; "
        if places:
            text += "the first place of the mission is taken for it, so the way there is not judged (give --home)"
            self.problems.append(warning("home-missing", _sentence(text), None, places[0]))
            return Home(places[0])
        self.problems.append(error("home-missing", _sentence(text + "nor is any other place")))
        return Home(LatLon(0.0, 0.0))

    def _surface(self) -> float:
        given = self.conditions.surface_msl_m
        if given is not None:
            return given
        if self.home_msl <= INLAND_MSL_M:
            return 0.0
        text = (
            f"The launch place lies {self.home_msl:.0f} m above the sea, so heights above ground are counted from "
            "there; the ground elsewhere is not known (give its height with --surface)."
        )
        self.problems.append(warning("surface-assumed", text))
        return self.home_msl

    def _in_order(self) -> Iterator[tuple[int, MissionItem]]:
        """Items with their numbers, jumps carried out, endless ones once."""
        items = self.mission.items
        left: dict[int, int] = {}
        at = 0
        while at < len(items) and len(self.legs) <= MOST_LEGS:
            item = items[at]
            if item.command != Command.DO_JUMP:
                yield at + 1, item
                at += 1
                continue
            target, times = item.params[0], item.params[1]
            if target is None or not 1 <= target <= len(items) or target != int(target):
                at += 1  # told by the check of the items
                continue
            if at not in left:
                endless = times is None or times < 0
                if endless:
                    text = f"Item {at + 1} jumps back to item {target:.0f} without end; one round was judged."
                    self.problems.append(warning("jump-endless", text, at + 1))
                left[at] = 1 if endless else int(times or 0)
            if left[at] <= 0:
                at += 1
                continue
            left[at] -= 1
            at = int(target) - 1
        if len(self.legs) > MOST_LEGS:
            text = f"With its jumps the mission has more than {MOST_LEGS:,} legs; the rest was not judged."
            self.problems.append(error("jump-endless", text))

    def _take(self, number: int, item: MissionItem) -> None:
        if item.command in TAKEOFFS:
            self._take_off(number, item)
        elif item.command in LANDINGS:
            self._fly_to(number, item, self.now.msl_m)
            self._descend(number, self.surface if item.at is not None else self.home.msl_m)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self._return(number, Kind.WAY)
            self.over = True
        elif item.command in FLOWN_TO:
            self._waypoint(number, item)
        else:
            self._do(number, item)

    def _do(self, number: int, item: MissionItem) -> None:
        first, second = item.params[0], item.params[1]
        if item.command == Command.DO_CHANGE_SPEED and second is not None and second > 0 and first in {0.0, 1.0, None}:
            self.speed = second
        elif item.command == 93 and self.legs and first is not None and first > 0:
            self.legs[-1] = replace(self.legs[-1], hold_s=self.legs[-1].hold_s + first)
        elif item.command == 179:
            text = f"Item {number} moves home; the ways back were judged from the launch place."
            self.problems.append(warning("home-moved", text, number, item.at))
        elif item.command in NOT_FOLLOWED:
            text = f"Item {number} {NOT_FOLLOWED[item.command]}: what is flown then is not known and was not judged."
            self.problems.append(warning("not-judged", text, number, item.at))

    def _take_off(self, number: int, item: MissionItem) -> None:
        height = item.height_m if item.height_m is not None else 0.0
        top = self.spot(self.now.at, height, item.frame)
        self._leg(number, top, Kind.CLIMB)
        if self.drone.autopilot == "px4" and item.at is not None:
            self._leg(number, replace(top, at=item.at), Kind.WAY)

    def _waypoint(self, number: int, item: MissionItem) -> None:
        height = self.now.msl_m if item.height_m is None else self.spot(self.now.at, item.height_m, item.frame).msl_m
        self._fly_to(number, item, height)
        first = item.params[0] or 0.0
        if item.command in {Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME, Command.NAV_SPLINE_WAYPOINT} and first > 0:
            self.legs[-1] = replace(self.legs[-1], hold_s=first)
        elif item.command == Command.NAV_LOITER_TURNS:
            self._circle(number, item.at or self.now.at, abs(item.params[2] or 0.0), turns=first)
        elif item.command == Command.NAV_LOITER_UNLIM:
            text = f"Item {number} circles or hovers without end: the vehicle stays there until the pilot acts."
            self.problems.append(warning("hover-endless", text, number, self.now.at))
            self._return(number, Kind.HOME)
            self.over = True

    def _circle(self, number: int, centre: LatLon, radius_m: float, *, turns: float) -> None:
        if radius_m <= 0 or turns <= 0:
            return
        level = self.now
        for step in range(CIRCLE_LEGS + 1):
            at = destination(centre, towards_deg=step * 360 / CIRCLE_LEGS, range_m=radius_m)
            self._leg(number, replace(level, at=at), Kind.WAY)
        rest = max(0.0, turns - 1) * 2 * math.pi * radius_m / self.speed
        self.legs[-1] = replace(self.legs[-1], hold_s=rest)

    def _fly_to(self, number: int, item: MissionItem, msl_m: float) -> None:
        self._leg(number, Spot(item.at or self.now.at, msl_m, msl_m - self.surface), Kind.WAY)

    def _return(self, number: int, kind: Kind) -> None:
        """Up to the height of return, to the nearest of home and the rally points, down."""
        places = [self.home.at, *(rally.at for rally in self.mission.rally)]
        goal = min(places, key=lambda place: distance_m(place, self.now.at)) if len(places) > 1 else places[0]
        level = max(self.now.msl_m, self.return_msl_m)
        if level > self.now.msl_m:
            self._leg(number, Spot(self.now.at, level, level - self.surface), Kind.CLIMB)
        self._leg(number, Spot(goal, level, level - self.surface), kind)
        self._descend(number, self.home.msl_m if goal == self.home.at else self.surface)

    def _descend(self, number: int, msl_m: float) -> None:
        self._leg(number, Spot(self.now.at, msl_m, msl_m - self.surface), Kind.DESCENT)

    def _leg(self, number: int, end: Spot, kind: Kind) -> None:
        self.legs.append(FlownLeg(number, self.now, end, kind, self.speed))
        self.now = end

    def _ends_in_the_air(self) -> None:
        if not self.legs or self.legs[-1].kind is Kind.DESCENT:
            return
        number = len(self.mission)
        text = (
            f"The mission ends in the air after item {number}: nothing lands the vehicle or brings it back; "
            "its way home was judged all the same."
        )
        self.problems.append(warning("no-landing", text, number, self.now.at))
        self._return(number, Kind.HOME)


def _moves(item: MissionItem) -> bool:
    return item.command in FLOWN_TO | TAKEOFFS | LANDINGS


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
