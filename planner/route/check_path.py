"""The way that a mission flies: its items walked as an autopilot does, with heights above the sea and the surface.

Frames of altitude are kept: relative heights count from home, terrain heights from the surface, the others from mean
sea level. The surface is the sea, at 0, unless the conditions say otherwise; where they say nothing, the ground may
rise as high as the launch place (a quay, a cliff), and zones are judged for both.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from planner.geo.points import Floats, LatLon, LocalFrame, distance_m
from planner.model.mission import Command, Frame, Home, Mission, MissionItem, Rally
from planner.model.profiles import DroneProfile
from planner.route.check_curves import (
    DEFAULT_RADIUS_M,
    PIECE_M,
    SHORT_PIECE_M,
    circle_places,
    in_metres,
    is_long,
    long_leg,
    spline_rows,
    spline_vectors,
)
from planner.route.check_legs import FlownLeg, FlownPath, Kind, Spot
from planner.route.check_values import Conditions, Problem, error, warning

INLAND_MSL_M = 200.0
"""A launch place above this is taken as inland: its height is then the surface's, unless the surface is given."""
RETURN_HEIGHT_M = {"ardupilot": 15.0, "px4": 60.0}
"""Least height above home on the way back: ArduCopter's RTL_ALT, PX4's RTL_RETURN_ALT."""
MOST_LEGS = 50_000
LEAST_SPEED_M_S = 0.05
HIGHEST_M = 100_000.0
"""ArduPilot refuses an item at 200 km."""
LONGEST_HOLD_S = 1e7
LONGEST_LEG_M = 100_000.0
"""A longer leg is taken as a mistake in a place."""
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


def flown_path(mission: Mission, drone: DroneProfile, conditions: Conditions) -> FlownPath:
    """The way of a mission and what is wrong with it as a way: no end, no home, endless jumps."""
    walk = _Walk(mission, drone, conditions)
    walk.run()
    legs = tuple(walk.legs)
    rally = tuple(walk.refuge(r) for r in mission.rally if _finite(r.height_m))
    given = mission.breach_return
    breach = None if given is None or not _finite(given.height_m) else walk.refuge(given)
    return FlownPath(walk.home, legs, walk.return_msl_m, walk.surface, walk.ground, rally, breach, tuple(walk.problems))


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
        self.home_msl = home.msl_m if is_height(home.msl_m) else 0.0
        self.surface = self._surface()
        self.ground = self.surface if self.conditions.surface_msl_m is not None else max(self.surface, self.home_msl)
        self.home = Spot(home.at, self.home_msl, self.home_msl - self.surface)
        self.now = self.home
        least = self.conditions.return_height_m
        self.return_msl_m = self.home_msl + (RETURN_HEIGHT_M[self.drone.autopilot] if least is None else least)
        wanted = self.mission.hover_speed_m_s or self.mission.cruise_speed_m_s
        self.speed = wanted if wanted is not None and is_speed(wanted) else self.drone.cruise_speed_m_s
        self.over = False
        self.visited: set[int] = set()
        self.curved: tuple[MissionItem, Floats] | None = None

    def spot(self, at: LatLon, height_m: float, frame: int) -> Spot:
        """A place at a height in a frame of altitude."""
        height_m = max(-HIGHEST_M, min(height_m, HIGHEST_M))  # beyond, told as no height
        base = self.home_msl if frame in RELATIVE else self.surface if frame in TERRAIN else 0.0
        return Spot(at, base + height_m, base + height_m - self.surface, frame in TERRAIN)

    def refuge(self, rally: Rally) -> Spot:
        """A place to return to, with its height."""
        return self.spot(rally.at, rally.height_m, Frame.GLOBAL_RELATIVE_ALT)

    def run(self) -> None:
        """Walk all items, then see how it ends."""
        for number, item in self._in_order():
            self._take(number, item)
            if self.over:
                break
        else:
            self._ends_in_the_air()
        self._never_flown()

    def _never_flown(self) -> None:
        """Items that the vehicle does not come to: after its landing, or jumped over."""
        left = [n for n in range(1, len(self.mission) + 1) if n not in self.visited]
        if left and len(self.legs) <= MOST_LEGS:
            which = f"Item {left[0]} is" if len(left) == 1 else f"{len(left)} items from item {left[0]} on are"
            text = f"{which} never flown: the vehicle has landed or circles before it comes there; see what is meant."
            self.problems.append(warning("never-flown", text, left[0], self.mission.items[left[0] - 1].at))

    def _home(self) -> Home:
        if self.conditions.home is not None:
            own = self.mission.home.msl_m if self.mission.home else 0.0
            return Home(self.conditions.home, own if self.conditions.home_msl_m is None else self.conditions.home_msl_m)
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
            self.visited.add(at + 1)
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
            self._fly_to(number, item, self.now)
            self._descend(number, self.surface if item.at is not None else self.home.msl_m)
            self.over = not self._takes_off_again(number)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self._return(number, Kind.WAY)
            self.over = True
        elif item.command in FLOWN_TO:
            self._waypoint(number, item)
        else:
            self._do(number, item)

    def _takes_off_again(self, number: int) -> bool:
        """Whether the next item that flies is a take-off; else the autopilot disarms on the ground and stays there."""
        following = (item for item in self.mission.items[number:] if _moves(item))
        return (after := next(following, None)) is not None and after.command in TAKEOFFS

    def _do(self, number: int, item: MissionItem) -> None:
        first, second = item.params[0], item.params[1]
        if (
            item.command == Command.DO_CHANGE_SPEED
            and second is not None
            and is_speed(second)
            and first in {0.0, 1.0, None}
        ):
            self.speed = second
        elif item.command == 93 and self.legs and first is not None and first > 0:
            self.legs[-1] = replace(self.legs[-1], hold_s=min(self.legs[-1].hold_s + first, LONGEST_HOLD_S))
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
        first = item.params[0] or 0.0
        if item.command == Command.NAV_LOITER_TURNS:
            self._circle(number, item, turns=first)
        elif item.command == Command.NAV_SPLINE_WAYPOINT:
            self._spline(number, item)
        else:
            self._fly_to(number, item, self._spot_of(item))
        if item.command in {Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME, Command.NAV_SPLINE_WAYPOINT} and first > 0:
            self.legs[-1] = replace(self.legs[-1], hold_s=min(first, LONGEST_HOLD_S))
        elif item.command == Command.NAV_LOITER_UNLIM:
            text = f"Item {number} circles or hovers without end: the vehicle stays there until the pilot acts."
            self.problems.append(warning("hover-endless", text, number, self.now.at))
            self._return(number, Kind.HOME)
            self.over = True

    def _spot_of(self, item: MissionItem) -> Spot:
        """Where an item leads; without a place where the vehicle is, without a height as high as it is."""
        at = item.at or self.now.at
        return replace(self.now, at=at) if item.height_m is None else self.spot(at, item.height_m, item.frame)

    def _circle(self, number: int, item: MissionItem, *, turns: float) -> None:
        """To the nearest point of the circle and round it; the middle is not flown to."""
        middle = self._spot_of(item)
        if turns <= 0:
            self._fly_to(number, item, middle)
            return
        radius = min(abs(item.params[2] or 0.0) or DEFAULT_RADIUS_M, LONGEST_LEG_M)
        for at in circle_places(middle.at, radius, self.now.at):
            self._leg(number, replace(middle, at=at), Kind.WAY)
        rest = max(0.0, min(turns, MOST_LEGS) - 1) * 2 * math.pi * radius / self.speed
        self.legs[-1] = replace(self.legs[-1], hold_s=min(rest, LONGEST_HOLD_S))

    def _spline(self, number: int, item: MissionItem) -> None:
        """The bow to a spline waypoint, in short legs; heights follow it too."""
        end = self._spot_of(item)
        if distance_m(self.now.at, end.at) > LONGEST_LEG_M:
            self._leg(number, end, Kind.WAY)
            return
        after = None if (item.params[0] or 0.0) > 0 else self._next_waypoint(number)
        frame = LocalFrame(self.now.at)
        spots = [self.now, end] + ([] if after is None else [self._spot_of(after)])
        rows = in_metres(frame, [s.at for s in spots], [s.msl_m for s in spots])
        leaves, arrives = spline_vectors(
            self._before(frame),
            rows[0],
            rows[1],
            None if after is None else rows[2],
            after_is_spline=after is not None and after.command == Command.NAV_SPLINE_WAYPOINT,
        )
        self.curved = (item, arrives)
        for row in spline_rows(rows[0], rows[1], leaves, arrives)[:-1]:
            spot = Spot(frame.to_place(*row[:2]), float(row[2]), float(row[2]) - self.surface, end.over_terrain)
            self._leg(number, spot, Kind.WAY)
        self._leg(number, end, Kind.WAY)

    def _before(self, frame: LocalFrame) -> tuple[Floats, Floats] | None:
        """Both ends of the leg before; None where the vehicle stood still after it."""
        last = self.legs[-1] if self.legs else None
        if last is None or last.kind is not Kind.WAY or last.hold_s > 0:
            return None
        if self.curved is not None and self.mission.items[last.item - 1] is self.curved[0]:
            return np.zeros(3), self.curved[1]
        rows = in_metres(frame, [last.start.at, last.end.at], [last.start.msl_m, last.end.msl_m])
        return rows[0], rows[1]

    def _next_waypoint(self, number: int) -> MissionItem | None:
        """The next item that flies, if it is a waypoint that is flown to without a stop before."""
        following = (item for item in self.mission.items[number:] if _moves(item) or item.command in {20, 93, 177})
        after = next(following, None)
        plain = after is not None and after.command in {16, 82} and after.at is not None
        return after if plain else None

    def _fly_to(self, number: int, item: MissionItem, spot: Spot) -> None:
        self._leg(number, replace(spot, at=item.at or self.now.at), Kind.WAY)

    def _return(self, number: int, kind: Kind) -> None:
        """Up to the height of return, to the nearest of home and the rally points, down."""
        spots = [self.home, *(self.refuge(rally) for rally in self.mission.rally if _finite(rally.height_m))]
        refuge = min(spots, key=lambda spot: distance_m(spot.at, self.now.at)) if len(spots) > 1 else spots[0]
        goal, level = refuge.at, max(self.now.msl_m, self.return_msl_m, refuge.msl_m)
        if level > self.now.msl_m:
            self._leg(number, Spot(self.now.at, level, level - self.surface), Kind.CLIMB)
        self._leg(number, Spot(goal, level, level - self.surface, self.now.over_terrain), kind)
        self._descend(number, self.home.msl_m if goal == self.home.at else self.surface)

    def _descend(self, number: int, msl_m: float) -> None:
        self._leg(number, Spot(self.now.at, msl_m, msl_m - self.surface), Kind.DESCENT)

    def _leg(self, number: int, end: Spot, kind: Kind) -> None:
        for spot in self._pieces(end):
            self.legs.append(FlownLeg(number, self.now, spot, kind, self.speed))
            self.now = spot
        self.legs.append(FlownLeg(number, self.now, end, kind, self.speed))
        self.now = end

    def _pieces(self, end: Spot) -> list[Spot]:
        """Spots along a long leg; none along one that is longer than any that is meant.

        With rally points legs are cut short: the way back may be longest in the middle, between two of them.
        """
        start = self.now
        piece_m = SHORT_PIECE_M if self.mission.rally else PIECE_M
        if not is_long(start.at, end.at, 2 * piece_m) or distance_m(start.at, end.at) > LONGEST_LEG_M:
            return []
        places = long_leg(start.at, end.at, self.home.at, self.drone.autopilot, piece_m)
        rise = (end.msl_m - start.msl_m) / (len(places) + 1)
        heights = [start.msl_m + rise * step for step in range(1, len(places) + 1)]
        return [Spot(at, msl, msl - self.surface, end.over_terrain) for at, msl in zip(places, heights, strict=True)]

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


def is_speed(value: float) -> bool:
    """Whether this is a speed that a vehicle may fly at, m/s."""
    return LEAST_SPEED_M_S <= value < math.inf


def is_height(value: float) -> bool:
    """Whether this is a height that can be meant, m."""
    return abs(value) <= HIGHEST_M


def _moves(item: MissionItem) -> bool:
    return item.command in FLOWN_TO | TAKEOFFS | LANDINGS


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
