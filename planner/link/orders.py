"""What a pilot can order, each as the commands that the vehicle's stack understands, in order of preference.

https://mavlink.io/en/messages/common.html (MAV_CMD), https://mavlink.io/en/services/gimbal_v2.html.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from planner.geo.points import LatLon
from planner.link.commands import Command, CommandEnd, Done, Rejected, Unanswered
from planner.link.errors import NotDone
from planner.link.fitting import takes_places
from planner.link.flying import ARM_DISARM, DO_SET_MODE, MISSION_START, mode_command
from planner.link.jobs import CommandsJob
from planner.link.messages import GCS_COMPONENT, GCS_SYSTEM, MissionSetCurrent, Received
from planner.link.stack import Stack, is_copter
from planner.link.state import VehicleState

ORBIT, REPOSITION, CHANGE_SPEED, SET_CURRENT, FENCE_ENABLE = 34, 192, 178, 224, 207
DIGICAM, MOUNT, TRIGGER_DISTANCE, PHOTO, VIDEO_START, VIDEO_STOP = 203, 205, 206, 2000, 2500, 2501
GIMBAL_PITCH_YAW, GIMBAL_CONFIGURE = 1000, 1001
ROLL_AND_PITCH_LOCKED = 4 | 8
"""GIMBAL_MANAGER_FLAGS: roll and pitch against the horizon, yaw against the airframe."""
UNCHANGED = -1.0
RELATIVE, GLOBAL = 3, 0

Way = Callable[[VehicleState], Command]
Out = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RowJob:
    """Jobs one after the other; the first that is not done ends the row. Tells one CommandEnd."""

    steps: tuple["CommandsJob | SetCurrentJob", ...]
    at: int = 0
    end: CommandEnd | None = None

    @property
    def done(self) -> bool:
        """Whether it is decided."""
        return self.end is not None

    @property
    def deadline_s(self) -> float:
        """The running step's."""
        return self.steps[self.at].deadline_s

    def begin(self, state: VehicleState, now_s: float) -> tuple["RowJob", Out]:
        """Starts the first."""
        step, out = self.steps[self.at].begin(state, now_s)
        return self._after(step, out, state, now_s)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["RowJob", Out]:
        """Passes it on."""
        step, out = self.steps[self.at].on_received(received, state, now_s)
        return self._after(step, out, state, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["RowJob", Out]:
        """Passes it on."""
        step, out = self.steps[self.at].on_tick(state, now_s)
        return self._after(step, out, state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["RowJob", Out]:
        """Stops waiting."""
        step, out = self.steps[self.at].cancel(state, now_s)
        return self._after(step, out, state, now_s)

    def _after(
        self, step: "CommandsJob | SetCurrentJob", out: Out, state: VehicleState, now_s: float
    ) -> tuple["RowJob", Out]:
        if self.end is not None:
            return self, ()
        steps = (*self.steps[: self.at], step, *self.steps[self.at + 1 :])
        after = replace(self, steps=steps)
        if not step.done:
            return after, out
        sent = tuple(one for one in out if not isinstance(one, Done | Rejected | Unanswered))
        if isinstance(step.end, Done) and self.at + 1 < len(steps):
            following, more = replace(after, at=self.at + 1).begin(state, now_s)
            return following, (*sent, *more)
        return replace(after, end=step.end), out


@dataclass(frozen=True, slots=True)
class SetCurrentJob:
    """Makes an item the current one: DO_SET_MISSION_CURRENT, or the old message where that is not supported."""

    seq: int
    asked: CommandsJob
    told_s: float | None = None
    tries: int = 0
    end: CommandEnd | None = None

    @property
    def done(self) -> bool:
        """Whether it is decided."""
        return self.end is not None

    @property
    def deadline_s(self) -> float:
        """When it is sent again."""
        return self.asked.deadline_s if self.told_s is None else self.told_s + 1.0

    def begin(self, state: VehicleState, now_s: float) -> tuple["SetCurrentJob", Out]:
        """Gives the command."""
        asked, out = self.asked.begin(state, now_s)
        return self._after(asked, out, state, now_s)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["SetCurrentJob", Out]:
        """Passes it on; with the old message, MISSION_CURRENT is the answer."""
        if self.told_s is None:
            asked, out = self.asked.on_received(received, state, now_s)
            return self._after(asked, out, state, now_s)
        if state.mission_item == self.seq + (0 if state.stack.has_home_slot else 1):
            return replace(self, end=Done()), (Done(),)
        return self, ()

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["SetCurrentJob", Out]:
        """Passes it on, or sends the old message again."""
        if self.told_s is None:
            asked, out = self.asked.on_tick(state, now_s)
            return self._after(asked, out, state, now_s)
        return self._tell(state, now_s) if now_s >= self.deadline_s else (self, ())

    def cancel(self, state: VehicleState, now_s: float) -> tuple["SetCurrentJob", Out]:  # noqa: ARG002 - one shape
        """Stops waiting."""
        return replace(self, end=Unanswered("was not waited for")), (Unanswered("was not waited for"),)

    def _after(self, asked: CommandsJob, out: Out, state: VehicleState, now_s: float) -> tuple["SetCurrentJob", Out]:
        if asked.end == Rejected(3):
            return replace(self, asked=asked)._tell(state, now_s)  # noqa: SLF001 - its own successor
        return replace(self, asked=asked, end=asked.end), out

    def _tell(self, state: VehicleState, now_s: float) -> tuple["SetCurrentJob", Out]:
        if self.tries >= 4:
            return replace(self, end=Unanswered("did not confirm it")), (Unanswered("did not confirm it"),)
        one = MissionSetCurrent(state.address.system, state.address.component, self.seq)
        return replace(self, told_s=now_s, tries=self.tries + 1), (one,)


def arm(state: VehicleState) -> RowJob:
    """Motors on. ArduCopter does not arm in AUTO (AUTO_OPTIONS 0), so it goes to GUIDED first."""
    steps: list[CommandsJob | SetCurrentJob] = []
    modes = state.modes
    copter = state.stack is Stack.ARDUPILOT and is_copter(state.vehicle_type)
    if copter and modes is not None and modes.guided is not None and state.custom_mode == modes.mission:
        steps.append(CommandsJob((_mode(modes.guided),)))
    steps.append(CommandsJob((lambda now: Command(now.address, ARM_DISARM, (1.0,), check=_armed),)))
    return RowJob(tuple(steps))


def disarm(state: VehicleState) -> CommandsJob:
    """Motors off, on the ground only.

    Raises:
        NotDone: it flies.
    """
    if state.is_flying:
        raise NotDone("Disarm: the vehicle is in the air and would fall; land it first.")
    return CommandsJob((lambda now: Command(now.address, ARM_DISARM, (0.0,), check=lambda s: not s.armed),))


def start(state: VehicleState) -> CommandsJob:
    """Starts the stored mission of an armed vehicle.

    Raises:
        NotDone: it is not armed: MISSION_START would only switch the mode, and say that it was accepted.
    """
    if not state.armed:
        raise NotDone("Start: the vehicle is not armed; arm it first, or use 'link fly', which does all in order.")
    modes = state.modes
    if modes is None:
        return CommandsJob((lambda now: Command(now.address, MISSION_START, (0.0, 0.0)),))
    mission = modes.mission
    if state.stack is Stack.PX4:
        return CommandsJob((_mode(mission),))

    def begin(now: VehicleState) -> Command:
        return Command(now.address, MISSION_START, (0.0, 0.0), check=lambda s: s.custom_mode == mission)

    return CommandsJob((begin, _mode(mission)))


def skip(state: VehicleState, item: int) -> SetCurrentJob:
    """Makes the plan's item `item` (from 1) the next one.

    Raises:
        NotDone: the mission has no such item.
    """
    if item < 1 or (state.mission_total is not None and item > state.mission_total):
        held = "" if state.mission_total is None else f"; it holds {state.mission_total}"
        raise NotDone(f"Skip: the vehicle's mission has no item {item}{held}.")
    seq = item if state.stack.has_home_slot else item - 1
    return SetCurrentJob(seq, CommandsJob((_plain(SET_CURRENT, float(seq)),)))


def go_to(state: VehicleState, at: LatLon, height_m: float | None = None, speed_m_s: float | None = None) -> RowJob:
    """Flies to a place and waits there; `height_m` above home, None for the present one.

    Raises:
        NotDone: it does not fly, or its height is not known.
    """
    if not state.is_flying:
        raise NotDone("Go to: the vehicle is not in the air.")
    if not takes_places(state):
        raise NotDone("Go to: the vehicle says that it takes no orders with a place (COMMAND_INT); nothing was sent.")
    height = state.height_m if height_m is None else height_m
    if height is None:
        raise NotDone("Go to: the vehicle's height is not known; say one.")
    modes = state.modes
    guided = None if modes is None else modes.hold if state.stack is Stack.PX4 else modes.guided
    speed = UNCHANGED if speed_m_s is None else speed_m_s

    frame, z = _over_sea(state, height) if state.stack is Stack.PX4 else (RELATIVE, height)

    def way(now: VehicleState) -> Command:
        changes = guided is not None and now.custom_mode != guided
        check = (lambda s: s.custom_mode == guided) if changes else None
        params = (speed, 1.0, 0.0, math.nan, 0.0, 0.0, z)
        return Command(now.address, REPOSITION, params, at=at, frame=frame, check=check)

    return RowJob((CommandsJob((way,)),))


def change_height(state: VehicleState, height_m: float) -> RowJob:
    """Climbs or sinks where it is, and waits there; it leaves the mission for that.

    Raises:
        NotDone: it does not fly, or its place is not known.
    """
    if state.at is None:
        raise NotDone("Height: the vehicle's place is not known.")
    return go_to(state, state.at, height_m)


def orbit(state: VehicleState, at: LatLon, radius_m: float, *, turns: float = 1.0) -> CommandsJob:
    """Circles a place at the present height, nose to it; PX4 only.

    Raises:
        NotDone: it does not fly, or is no PX4.
    """
    if not state.is_flying or state.height_m is None:
        raise NotDone("Orbit: the vehicle is not in the air.")
    if not takes_places(state):
        raise NotDone("Orbit: the vehicle says that it takes no orders with a place (COMMAND_INT); nothing was sent.")
    if state.stack is Stack.ARDUPILOT:
        raise NotDone(
            "Orbit: ArduPilot has no command for that; 'link look' flies round a place with a mission, and rejoins."
        )
    frame, z = _over_sea(state, state.height_m)

    def way(now: VehicleState) -> Command:
        return Command(now.address, ORBIT, (radius_m, math.nan, 0.0, turns, 0.0, 0.0, z), at=at, frame=frame)

    return CommandsJob((way,))


def change_speed(state: VehicleState, speed_m_s: float) -> CommandsJob:  # noqa: ARG001 - one shape for all
    """Another speed over ground."""
    return CommandsJob((_plain(CHANGE_SPEED, 1.0, speed_m_s, UNCHANGED),))


def photo(state: VehicleState) -> CommandsJob:  # noqa: ARG001 - one shape for all
    """One picture now."""
    return CommandsJob((_plain(PHOTO, 0.0, 0.0, 1.0), _plain(DIGICAM, 0.0, 0.0, 0.0, 0.0, 1.0)))


def video(state: VehicleState, *, on: bool) -> CommandsJob:  # noqa: ARG001 - one shape for all
    """Video on or off."""
    return CommandsJob((_plain(VIDEO_START) if on else _plain(VIDEO_STOP),))


def trigger(state: VehicleState, every_m: float) -> CommandsJob:  # noqa: ARG001 - one shape for all
    """A picture each `every_m` metres; 0 ends it."""
    return CommandsJob((_plain(TRIGGER_DISTANCE, every_m, 0.0, 0.0),))


def gimbal(state: VehicleState, pitch_deg: float, yaw_deg: float = 0.0) -> RowJob:
    """Turns the camera: pitch -90 straight down, yaw from the nose to the right. Claims control first.

    What the vehicle has told of its gimbal is heeded: the id, who manages it, the limits.

    Raises:
        NotDone: it does not turn so far.
    """
    known = state.gimbal
    why_not = "" if known is None else known.why_not(pitch_deg, yaw_deg)
    if why_not:
        raise NotDone(f"Gimbal: this one {why_not}; nothing was sent.")
    device = 0.0 if known is None else float(known.device)
    manager = state.address if known is None else known.manager
    us = (float(GCS_SYSTEM), float(GCS_COMPONENT), UNCHANGED, UNCHANGED, 0.0, 0.0, device)
    turn = (pitch_deg, yaw_deg, math.nan, math.nan, float(ROLL_AND_PITCH_LOCKED), 0.0, device)
    mount = _plain(MOUNT, pitch_deg, 0.0, yaw_deg, 0.0, 0.0, 0.0, 2.0)

    def to_manager(number: int, params: tuple[float, ...]) -> Way:
        return lambda _: Command(manager, number, params)

    claim = CommandsJob((to_manager(GIMBAL_CONFIGURE, us), mount))
    return RowJob((claim, CommandsJob((to_manager(GIMBAL_PITCH_YAW, turn), mount))))


def fence_on(state: VehicleState, *, on: bool) -> CommandsJob:  # noqa: ARG001 - one shape for all
    """Whether the fence is heeded (ArduPilot; PX4 has GF_ACTION instead)."""
    return CommandsJob((_plain(FENCE_ENABLE, float(on)),))


def _armed(state: VehicleState) -> bool:
    return state.armed


def _over_sea(state: VehicleState, height_m: float) -> tuple[int, float]:
    """PX4 takes the height of these commands above mean sea level."""
    if state.msl_m is None or state.height_m is None:
        raise NotDone("The vehicle does not tell its height above mean sea level, which PX4 needs for this.")
    return GLOBAL, state.msl_m - state.height_m + height_m


def _plain(number: int, *params: float) -> Way:
    return lambda now: Command(now.address, number, params)


def _mode(custom_mode: int) -> Way:
    def way(now: VehicleState) -> Command:
        params, check = mode_command(now, custom_mode)
        return Command(now.address, DO_SET_MODE, params, check=check)

    return way
