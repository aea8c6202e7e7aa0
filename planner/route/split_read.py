"""A mission read as stops with what is on between them, so that it can be cut anywhere and resumed exactly.

Jumps are unrolled. What a vehicle keeps between waypoints (speed, camera, gimbal, what it looks at, heading) is State;
everything else that a mission does at a stop is a deed, to be done exactly once. Command numbers are MAVLink's MAV_CMD.
"""

from dataclasses import dataclass, field

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Mission, MissionItem, item

MOST_ITEMS = 20_000
"""Unrolled missions longer than this are refused."""
NAV_COMMANDS_UPTO = 95
"""MAV_CMD_NAV_LAST: commands up to it move the vehicle."""
TAKEOFFS = frozenset({22, 84})
LANDINGS = frozenset({20, 21, 85})
STOPS = frozenset({16, 18, 19, 31})
DELAY = 93
GROUPS = {
    178: "speed",
    115: "heading",
    204: "gimbal",
    205: "gimbal",
    1000: "gimbal",
    195: "aim",
    196: "aim",
    197: "aim",
    201: "aim",
    206: "distance",
    214: "interval",
    2000: "stills",
    2001: "stills",
    2500: "video",
    2501: "video",
}
"""Commands that set something that lasts, by what they set."""
CAMERA = ("distance", "interval", "stills", "video")
OFF = {
    "distance": item(206),
    "interval": item(214),
    "stills": item(2001),
    "video": item(2501),
    "aim": item(197),
}


@dataclass(frozen=True, slots=True)
class State:
    """What lasts from stop to stop: for each kind the item that set it."""

    by_kind: tuple[tuple[str, MissionItem], ...] = ()

    def after(self, done: MissionItem) -> "State":
        """The state once an item is carried out."""
        kind = GROUPS.get(done.command)
        if kind is None:
            return self
        kept = tuple(row for row in self.by_kind if row[0] != kind)
        return State(kept) if _is_off(kind, done) else State((*kept, (kind, done)))

    @property
    def camera_on(self) -> bool:
        """Whether pictures or video are taken."""
        return any(kind in CAMERA for kind, _ in self.by_kind)

    @property
    def speed_m_s(self) -> float | None:
        """The speed that was asked for."""
        for kind, made in self.by_kind:
            if kind == "speed" and made.params[1] is not None and made.params[1] > 0:
                return made.params[1]
        return None

    def restored(self, *, camera: bool) -> tuple[MissionItem, ...]:
        """The items that bring this state about: those of the camera, or all others."""
        return tuple(made for kind, made in self.by_kind if (kind in CAMERA) == camera)

    def switched_off(self) -> tuple[MissionItem, ...]:
        """The items that stop camera and aiming, where they are on."""
        return tuple(OFF[kind] for kind, _ in self.by_kind if kind in OFF)


def _is_off(kind: str, done: MissionItem) -> bool:
    first = done.params[0] or 0.0
    match kind:
        case "distance" | "interval":
            return first <= 0
        case "stills":  # a single picture, or some, is a deed; 0 is without end
            return done.command == 2001 or (done.params[2] or 0.0) > 0
        case "video":
            return done.command == 2501
        case "aim":
            return done.command == 197
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the mission leads, what is done there, and what is on from there."""

    made: MissionItem
    at: LatLon
    height_m: float
    """Above the launch place."""
    deeds: tuple[MissionItem, ...] = ()
    after: State = field(default_factory=State)

    @property
    def hold_s(self) -> float:
        """How long the vehicle stays, about."""
        first = self.made.params[0] or 0.0
        waits = sum(deed.params[0] or 0.0 for deed in self.deeds if deed.command == DELAY)
        match self.made.command:
            case 18:
                return waits + max(first, 1.0) * 60.0
            case _:
                return waits + max(first, 0.0)

    @property
    def is_busy(self) -> bool:
        """Whether more happens here than turning and switching what lasts."""
        return self.hold_s > 0 or any(not _lasts(deed) for deed in self.deeds)

    def once(self) -> tuple[MissionItem, ...]:
        """The deeds that are to be done exactly once."""
        return tuple(deed for deed in self.deeds if not _lasts(deed))


def _lasts(deed: MissionItem) -> bool:
    kind = GROUPS.get(deed.command)
    return kind is not None and not (deed.command == 2000 and _is_off("stills", deed))


@dataclass(frozen=True, slots=True)
class Route:
    """A mission from its take-off to its end, as stops."""

    takeoff: MissionItem
    home: LatLon
    stops: tuple[Stop, ...]
    ending: MissionItem
    """How the whole mission ends: return to launch, or a landing."""


def route_of(mission: Mission, name: str) -> Route:
    """The stops of a mission.

    Raises:
        BadInput: no launch place or take-off, a jump without end, or an item that cannot be cut around; names it.
    """
    items = unrolled(mission.items, name)
    starts = [number for number, flown in enumerate(items) if flown.command in TAKEOFFS]
    if not starts:
        raise BadInput(name, "has no take-off; a mission is split into sorties that each begin with one")
    home = mission.home.at if mission.home is not None else items[starts[0]].at
    if home is None:
        raise BadInput(name, "has no launch place; set it before the mission is split")
    home_msl = 0.0 if mission.home is None else mission.home.msl_m
    stops: list[Stop] = []
    state = State()
    for number, flown in enumerate(items, start=1):
        if number - 1 == starts[0]:
            continue
        if flown.command in LANDINGS:
            _must_be_last(items, number, name)
            return _checked(Route(items[starts[0]], home, tuple(stops), flown), name)
        if flown.command <= NAV_COMMANDS_UPTO and flown.command != DELAY:
            stops.append(_stop(flown, number, home_msl, state, name))
            continue
        state = state.after(flown)
        if stops:
            last = stops[-1]
            stops[-1] = Stop(last.made, last.at, last.height_m, (*last.deeds, flown), state)
        elif not _lasts(flown):
            raise BadInput(name, f"item {number} (command {flown.command}) comes before the first waypoint; move it")
    return _checked(Route(items[starts[0]], home, tuple(stops), item(Command.NAV_RETURN_TO_LAUNCH)), name)


def _checked(route: Route, name: str) -> Route:
    if len(route.stops) < 2:
        raise BadInput(name, "has fewer than two waypoints: nothing to split")
    return route


def _must_be_last(items: tuple[MissionItem, ...], number: int, name: str) -> None:
    later = [flown for flown in items[number:] if flown.command not in LANDINGS and flown.command not in GROUPS]
    if later:
        raise BadInput(name, f"goes on after item {number}, which lands or returns; split the parts one by one")


def _stop(flown: MissionItem, number: int, home_msl: float, state: State, name: str) -> Stop:
    if flown.command not in STOPS:
        why = {
            17: "loiters without end",
            22: "takes off once more",
            82: "is a curved (spline) waypoint, whose way depends on its neighbours",
            84: "takes off once more",
        }.get(flown.command, f"is a command ({flown.command}) that a sortie cannot be cut at")
        raise BadInput(name, f"item {number} {why}; make it a plain waypoint before the mission is split")
    if flown.at is None:
        raise BadInput(name, f"item {number} has no place; give it one before the mission is split")
    height = flown.height_m or 0.0
    if flown.frame in {Frame.GLOBAL, Frame.GLOBAL_INT}:
        height -= home_msl
    return Stop(flown, flown.at, height, (), state)


def unrolled(items: tuple[MissionItem, ...], name: str) -> tuple[MissionItem, ...]:
    """The items as they are flown one after another: each DO_JUMP replaced by what it repeats.

    A jump's first parameter is the number of its goal, counted from 1 (home is item 0); its second, how often.

    Raises:
        BadInput: a jump to nowhere, without end, or so often that the mission becomes too long.
    """
    left = {
        number: _repeats(jump, number, len(items), name)
        for number, jump in enumerate(items)
        if jump.command == Command.DO_JUMP
    }
    again = dict(left)
    flown: list[MissionItem] = []
    at = steps = 0
    while at < len(items):
        steps += 1
        if steps > 4 * MOST_ITEMS or len(flown) > MOST_ITEMS:
            raise BadInput(name, f"repeats itself to more than {MOST_ITEMS:,} items; lower the counts of its jumps")
        here = items[at]
        if here.command != Command.DO_JUMP:
            flown.append(here)
            at += 1
        elif left[at] > 0:
            left[at] -= 1
            at = int(here.params[0] or 0) - 1
        else:
            left[at] = again[at]
            at += 1
    return tuple(flown)


def _repeats(jump: MissionItem, number: int, count: int, name: str) -> int:
    goal, repeats = jump.params[0], jump.params[1]
    if goal is None or goal != int(goal) or not 1 <= goal <= count:
        raise BadInput(name, f"item {number + 1} jumps to item {goal}, which is not there; there are {count}")
    if repeats is None or repeats < 0:
        raise BadInput(name, f"item {number + 1} jumps back without end; give it a count before the mission is split")
    return int(repeats)
