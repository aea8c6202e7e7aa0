"""Runs a mission: one navigation item at a time, with the DO items before it done on the way."""

import math
from collections.abc import Callable

from sitl.autopilot.actions import Actions, spot_of
from sitl.autopilot.messages import MissionState, Severity
from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.stores import Stores
from sitl.autopilot.tasks import Circle, Hold, Land, Leg, Return, Steps, Takeoff, Task, replace_up
from sitl.missions import CONDITIONS, NAMES, Item

_TAKEOFF = (22, 84)
_LAND = (21, 85)
_MOST_JUMPS = 64


class Runner:
    """Where the mission stands. `index` is the item that is flown, 0 before the start."""

    def __init__(self, now: Situation, stores: Stores, actions: Actions, *, return_to: Callable[[], Spot]) -> None:
        self._now = now
        self._stores = stores
        self._actions = actions
        self._return_to = return_to
        self.index = 0
        self.state = MissionState.NOT_STARTED
        self.task: Task | None = None
        self._waiting: list[tuple[int, Item]] = []
        self._wait_since_s = 0.0
        self._jumps: dict[int, int] = {}
        self._yaw_deg: float | None = None

    @property
    def shown_state(self) -> MissionState:
        """What MISSION_CURRENT says."""
        return self.state if len(self._stores.mission) > 1 else MissionState.NO_MISSION

    @property
    def starts_with_takeoff(self) -> bool:
        """Whether the first thing to fly is a take-off."""
        found = self._find_nav(max(self.index, 1), {})
        return found is not None and self._stores.mission[found[0]].command in _TAKEOFF

    def reset(self) -> None:
        """Back to before the first item."""
        self.index, self.state, self.task = 0, MissionState.NOT_STARTED, None
        self._waiting, self._jumps, self._yaw_deg = [], {}, None

    def start(self) -> None:
        """Starts, or goes on where the mission stood."""
        if self.state is MissionState.COMPLETE:
            self.reset()
        self.state = MissionState.ACTIVE
        self._go(max(self.index, 1))

    def jump_to(self, sequence: int, *, running: bool) -> bool:
        """Makes `sequence` the item to fly; False if there is none."""
        if not 0 <= sequence < len(self._stores.mission):
            return False
        self._jumps = {}
        self.index = sequence
        if running:
            self.state = MissionState.ACTIVE
            self._go(max(sequence, 1))
        else:
            self.task = None
            self.state = MissionState.NOT_STARTED
        return True

    def pause(self) -> None:
        """Holds where the vehicle is."""
        if self.state is MissionState.ACTIVE:
            self.state, self.task = MissionState.PAUSED, Hold()

    def resume(self) -> None:
        """Goes on with the item that was interrupted."""
        if self.state is MissionState.PAUSED:
            self.state = MissionState.ACTIVE
            self._restart()

    def changed(self) -> None:
        """The list has changed under way: a waypoint that is being flown starts again."""
        if self.state is MissionState.ACTIVE and isinstance(self.task, Leg):
            self._now.say(Severity.CRITICAL, "Auto mission changed, restarted command")
            self._restart()

    def step(self) -> None:
        """Does what is waiting, and moves on when the present item is done."""
        if self.state is not MissionState.ACTIVE:
            return
        self._do_waiting()
        if self.task is not None and self.task.done and not self.is_landing:
            self._reached()
            self._go(self.index + 1, previous=self.task)

    @property
    def is_landing(self) -> bool:
        """Whether the present item ends on the ground."""
        return isinstance(self.task, Return) or (isinstance(self.task, Steps) and isinstance(self.task.tasks[-1], Land))

    def landed(self) -> None:
        """The vehicle has landed by an item and is disarmed: what ArduCopter then says of the mission."""
        item = self._current()
        self.task = None
        if item is not None and (self._now.is_px4 or item.command == 20):
            self._tell_reached(self.index)
            self.reset()
            self.state = MissionState.COMPLETE
        else:
            self.reset()
            self.index, self.state = 1, MissionState.ACTIVE

    def nose_deg(self) -> float | None:
        """Heading that a CONDITION_YAW asks for until the next waypoint."""
        return self._yaw_deg

    def _current(self) -> Item | None:
        return self._stores.mission[self.index] if 0 < self.index < len(self._stores.mission) else None

    def _restart(self) -> None:
        item = self._current()
        self.task = self._begin(item, self.index, None) if item is not None and item.is_nav else Hold()

    def _reached(self) -> None:
        item = self._current()
        if item is None:
            return
        sequence = self.index
        if item.command in _TAKEOFF:
            following = self._stores.mission[sequence + 1 : sequence + 2]
            if (
                following and following[0].command == 178 and not self._now.is_px4
            ):  # the real one reports the wrong item here
                sequence += 1
        self._tell_reached(sequence)
        if item.command not in _TAKEOFF and not self._now.is_px4:
            self._now.say(Severity.INFO, f"Reached command #{sequence}")

    def _tell_reached(self, index: int) -> None:
        """MISSION_ITEM_REACHED; PX4 counts its items from 0."""
        self._now.send("MISSION_ITEM_REACHED", seq=index - 1 if self._now.is_px4 else index)

    def _tell(self, index: int, item: Item) -> None:
        if not self._now.is_px4:
            self._now.say(Severity.INFO, f"Mission: {index} {NAMES[item.command]}")

    def _go(self, start: int, previous: Task | None = None) -> None:
        found = self._find_nav(start, self._jumps)
        if found is None:
            self._waiting = self._between(start, len(self._stores.mission))
            self._do_waiting()
            self.state, self.task = MissionState.COMPLETE, Hold()
            return
        index, between = found
        self._waiting, self._yaw_deg = between, None
        self._wait_since_s = self._now.now_s
        self._do_waiting()
        self.index = index
        item = self._stores.mission[index]
        self._tell(index, item)
        self.task = self._begin(item, index, previous)

    def _find_nav(self, start: int, jumps: dict[int, int]) -> tuple[int, list[tuple[int, Item]]] | None:
        """The next navigation item from `start`, and the DO items on the way to it; jumps are followed, counted."""
        index, between = start, list[tuple[int, Item]]()
        for _ in range(len(self._stores.mission) * 2 + _MOST_JUMPS):
            if not 0 < index < len(self._stores.mission):
                return None
            item = self._stores.mission[index]
            if item.is_nav:
                return index, between
            goal = self._jump_goal(index, item, jumps)
            if goal is None:
                between.append((index, item))
                index += 1
            else:
                index = goal
        return None

    def _jump_goal(self, index: int, item: Item, jumps: dict[int, int]) -> int | None:
        """Where a jump that is due leads; None for a used-up jump and for any other command."""
        if item.command == 177:
            goal: int | None = int(item.p1)
        elif item.command == 601:
            tags = (n for n, i in enumerate(self._stores.mission) if i.command == 600 and int(i.p1) == int(item.p1))
            goal = next(tags, None)
        else:
            return None
        repeats = int(item.p2)
        done = jumps.get(index, 0)
        if goal is None or (repeats >= 0 and done >= repeats):
            return index + 1
        jumps[index] = done + 1
        return goal

    def _between(self, start: int, end: int) -> list[tuple[int, Item]]:
        items = self._stores.mission[start:end]
        return [(start + n, i) for n, i in enumerate(items) if not i.is_nav and i.command not in {177, 601}]

    def _do_waiting(self) -> None:
        while self._waiting:
            index, item = self._waiting[0]
            if item.command in CONDITIONS and not self._is_met(item):
                return
            self._waiting.pop(0)
            self._wait_since_s = self._now.now_s
            if item.command not in CONDITIONS:
                self._actions.perform(item)
            self._tell(index, item)  # the real one's texts wait in a queue: what a picture reports comes before

    def _is_met(self, item: Item) -> bool:
        if item.command == 112:
            return self._now.now_s - self._wait_since_s >= item.p1
        if item.command == 114:
            if not isinstance(self.task, Leg):
                return False
            here, end = self._now.here, self.task.end
            return math.hypot(end.east_m - here.east_m, end.north_m - here.north_m) <= item.p1
        turn = math.copysign(item.p1, item.p3) if item.p4 == 1 else item.p1
        self._yaw_deg = (self._now.yaw_deg + turn) % 360.0 if item.p4 == 1 else turn % 360.0
        return True

    def _begin(self, item: Item, index: int, previous: Task | None) -> Task:
        now = self._now
        here = now.here
        if item.command in _TAKEOFF:
            return Takeoff(now.up_of(item.z, item.frame))
        if item.command == 20:
            return Return(self._return_to())
        if now.is_px4 and now.landed:  # PX4 takes off by itself where no item does
            up_m = now.up_of(now.parameters["PILOT_TKOFF_ALT"] / 100, 3)
            then = self._travel(item, index, previous)
            return Steps([Takeoff(up_m), *(then.tasks if isinstance(then, Steps) else [then])])
        if not item.has_place and item.command in {92, 93, 94}:  # what a multicopter does not do is over at once
            return Hold(here, for_s=max(item.p1, 0.0) if item.command == 93 else 0.0)
        return self._travel(item, index, previous)

    def _travel(self, item: Item, index: int, previous: Task | None) -> Task:
        """The task for an item with a place to go to."""
        now, here = self._now, self._now.here
        spot = spot_of(now, item, default_up_m=here.up_m) or here
        start = previous.end if isinstance(previous, Leg) and previous.passed_at_corner else here
        speed = self._actions.cruise_m_s()
        nose = now.parameters["WP_YAW_BEHAVIOR"] != 0
        match item.command:
            case 21 | 85:
                over = replace_up(spot, here.up_m)
                return Steps([Leg(here, over, speed, turn_nose=nose), Land(over)])
            case 16 | 82:
                then = self._after(index, spot)
                return Leg(start, spot, speed, then=then, hold_s=max(item.p1, 0.0), turn_nose=nose)
            case 17:
                return Steps([Leg(start, spot, speed, turn_nose=nose), Hold(spot)])
            case 18:
                return Circle(spot, item.p3 or 10.0, max(item.p1, 0.0), speed)
            case 19:
                return Leg(start, spot, speed, hold_s=max(item.p1, 0.0), turn_nose=nose)
            case _:
                return Leg(start, spot, speed, turn_nose=nose)

    def _after(self, index: int, spot: Spot) -> Spot | None:
        """The waypoint that follows at once, towards which the vehicle can turn without stopping."""
        found = self._find_nav(index + 1, dict(self._jumps))
        if found is None or self._stores.mission[found[0]].command not in {16, 17, 19, 82}:
            return None
        return spot_of(self._now, self._stores.mission[found[0]], default_up_m=spot.up_m)
