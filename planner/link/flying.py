"""From a stored mission to the landed vehicle: ready, arm, start, follow; the end is the disarming, not the last item.

A machine `(state, event, now) -> (state, messages and events)`. ArduCopter: GUIDED, arm, MISSION_START(0, 0), because
4.x does not arm in AUTO. PX4 and other ArduPilots: mission mode, then arm. Others: arm, MISSION_START.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeAlias

from planner.link.commands import Check, Command, Done, Rejected, Unanswered
from planner.link.events import (
    Armed,
    Captured,
    FlightEvent,
    Flown,
    ItemReached,
    LinkSilent,
    LostSight,
    ModeChanged,
    Moved,
    NotFlown,
    NotReady,
    Outcome,
    Said,
    Started,
)
from planner.link.held import change
from planner.link.messages import Message, Received
from planner.link.stack import PX4_TAKEOFF, STATE_BOOT, Stack, is_copter, is_sub
from planner.link.state import VehicleState
from planner.link.texts import ARMING
from planner.model.words import counted

DO_SET_MODE, ARM_DISARM, MISSION_START = 176, 400, 300
RETURN_TO_LAUNCH = 20
REASON_WAIT_S = 1.0
ARM_AGAIN_S = 3.0
ASKED_FOR_S = 5.0
IN_FLIGHT = "Another mission may be flown than the one that was planned: watch the vehicle, make it return if in doubt."
MOVED_EVERY_S = 0.5
COMPLETE_PATIENCE_S = 5.0
MISSION_COMPLETE = 5
TOLD_AFTER_S = 1.0
"""After the start: what was told just before it says nothing of the mission."""


@dataclass(frozen=True, slots=True)
class FlyOptions:
    """`ready_s`: how long to wait until the vehicle can be armed; `lost_s`: silence after which following ends;
    `return_when_complete`: bring home a vehicle that hovers after its last item.
    """  # noqa: D205

    ready_s: float = 180.0
    lost_s: float = 300.0
    return_when_complete: bool = True


Out: TypeAlias = tuple[Message | FlightEvent, ...]


class Phase(Enum):
    """Where in the flight we are."""

    READY = auto()
    COMMANDS = auto()
    REASONS = auto()
    FOLLOW = auto()


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    number: int
    params: tuple[float, ...]
    check: Check


@dataclass(frozen=True, slots=True)
class Fly:
    """Flies the mission that is stored in the vehicle."""

    options: FlyOptions = FlyOptions()
    phase: Phase = Phase.READY
    begun_s: float = 0.0
    not_before_s: float = 0.0
    step: int = 0
    command: Command | None = None
    failed: str = ""
    started_s: float = 0.0
    peak_m: float = 0.0
    seen: VehicleState | None = None
    captures_before: int = 0
    reached_before: int = 0
    moved_s: float = 0.0
    complete_s: float | None = None
    silent: bool = False
    left_mission: str = ""
    said_reasons: tuple[str, ...] = ()
    said_change: bool = False
    said_left: bool = False
    outcome: Outcome | None = None

    @property
    def done(self) -> bool:
        """Whether the flight has ended."""
        return self.outcome is not None

    @property
    def deadline_s(self) -> float:
        """When `on_tick` is wanted next: the machine is content with the station's own pace."""
        return self.command.deadline_s if self.command else self.begun_s + 1e9

    def begin(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        """Starts waiting for readiness."""
        before = (len(state.captures), state.reached)
        begun = replace(self, begun_s=now_s, seen=state, captures_before=before[0], reached_before=before[1])
        if state.armed:
            return begun._ended(NotFlown(f"The vehicle is already armed, in {state.mode}; land and disarm it first."))
        return begun.on_tick(state, now_s)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        """Follows the commands' answers and the vehicle's state."""
        if self.done:
            return self, ()
        after, out = self._news(state)
        if after.command is not None:
            command, sent = after.command.on_received(received, state, now_s)
            after, more = replace(after, command=command)._commanded(state, now_s)
            return after, (*out, *sent, *more)
        return after, out

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        """What time alone brings about."""
        if self.done:
            return self, ()
        match self.phase:
            case Phase.READY:
                return self._wait_ready(state, now_s)
            case Phase.COMMANDS:
                if self.command is None:
                    return self, ()
                command, sent = self.command.on_tick(state, now_s)
                after, more = replace(self, command=command)._commanded(state, now_s)
                return after, (*sent, *more)
            case Phase.REASONS:
                return self._explain(state, now_s)
            case Phase.FOLLOW:
                return self._follow(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        """Stops following; what flies goes on flying."""
        if self.phase is Phase.FOLLOW:
            seconds, shots = now_s - self.started_s, self._taken(state)
            return self._ended(LostSight("Following was stopped; the vehicle flies on.", seconds, shots))
        after, ended = self._ended(NotFlown("Cancelled before the start."))
        if self.phase is Phase.READY:
            return after, ended
        # an arming command may be on its way; a vehicle in the air refuses to disarm
        _, safe = Command(state.address, ARM_DISARM, (0.0,)).begin(now_s)
        return after, (*safe, *ended)

    # waiting and starting

    def _wait_ready(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        if now_s < self.not_before_s:
            return self, ()
        missing = missing_for_arming(state, now_s)
        if state.stack is Stack.ARDUPILOT and state.prearm_ok is None and now_s - self.begun_s < ASKED_FOR_S:
            return self, ()  # the streams that tell were only just asked for
        changed = change(state)
        if changed:
            return self._ended(NotFlown(changed))
        if not missing:
            return replace(self, phase=Phase.COMMANDS, step=0, failed="")._next_step(state, now_s)
        if now_s - self.begun_s > self.options.ready_s:
            why = self.failed or "; ".join(missing)
            return self._ended(NotFlown(f"The vehicle was not ready within {self.options.ready_s:.0f} s: {why}."))
        return self._tell(missing)

    def _tell(self, reasons: tuple[str, ...]) -> tuple["Fly", Out]:
        if reasons == self.said_reasons:
            return self, ()
        return replace(self, said_reasons=reasons), (NotReady(reasons),)

    def _next_step(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        steps = _steps(state)
        if self.step >= len(steps):
            started = replace(self, phase=Phase.FOLLOW, command=None, started_s=now_s, seen=state)
            return started, (Started(),)
        step = steps[self.step]
        if step.check(state):
            return replace(self, step=self.step + 1)._next_step(state, now_s)
        command, out = Command(state.address, step.number, step.params, check=step.check).begin(now_s)
        return replace(self, command=command), out

    def _commanded(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        if self.command is None or self.command.end is None:
            return self, ()
        step = _steps(state)[self.step]
        match self.command.end:
            case Done():
                told: Out = (Armed(),) if step.number == ARM_DISARM else ()
                after, out = replace(self, command=None, step=self.step + 1)._next_step(state, now_s)
                return after, (*told, *out)
            case Rejected() | Unanswered() as end:
                failed = f"The vehicle {end.words} ({step.name})"
                return replace(
                    self, command=None, phase=Phase.REASONS, failed=failed, not_before_s=now_s + REASON_WAIT_S
                ), ()

    def _explain(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        if now_s < self.not_before_s:
            return self, ()
        since = self.not_before_s - REASON_WAIT_S - 1.5
        said = tuple(dict.fromkeys(t.text for t in state.texts if t.at_s >= since and t.severity <= 4))
        why = self.failed + (": " + "; ".join(said) if said else "")
        step = _steps(state)[self.step]
        in_time = now_s - self.begun_s < self.options.ready_s
        if step.number == ARM_DISARM and "could not" in self.failed and not state.armed and in_time:
            waiting = replace(self, phase=Phase.READY, not_before_s=now_s + ARM_AGAIN_S, failed=why)
            return waiting._tell(said or (why,))
        safe: Out = ()
        if state.armed and not state.is_flying:
            _, safe = Command(state.address, ARM_DISARM, (0.0,)).begin(now_s)
            why += ". It was told to disarm"
        after, ended = self._ended(NotFlown(f"{why}."))
        return after, (*safe, *ended)

    # following

    def _news(self, state: VehicleState) -> tuple["Fly", Out]:
        before = self.seen
        if before is None or before is state:
            return replace(self, seen=state), ()
        out: list[Message | FlightEvent] = [Captured(c) for c in state.captures[len(before.captures) :]]
        if state.texts and state.texts is not before.texts:
            last = before.texts[-1] if before.texts else None
            out += [Said(t.severity, t.text) for t in state.texts[-1:] if t is not last]
        if state.mode != before.mode and self.phase is Phase.FOLLOW:
            out.append(ModeChanged(state.mode))
        if state.reached != before.reached:
            out.append(ItemReached(state.reached))
        return replace(self, seen=state, peak_m=max(self.peak_m, state.height_m or 0.0)), tuple(out)

    def _follow(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        silent_s = now_s - state.heard_s
        if silent_s > state.lost_after_s:
            return self._unheard(silent_s, state, now_s)
        out: list[Message | FlightEvent] = [LinkSilent(0.0)] if self.silent else []
        after = replace(self, silent=False)
        if not state.armed:
            after, ended = after._landed(state, now_s)
            return after, (*out, *ended)
        modes = state.modes
        if modes and state.custom_mode != modes.mission and not self.left_mission and not _px4_takeoff(state):
            after = replace(after, left_mission=state.mode)
        if not self.said_change and change(state):
            after = replace(after, said_change=True)
            out.append(Said(2, f"{IN_FLIGHT} {change(state)}"))
        after, told = after._when_left(state)
        out += told
        if now_s - self.moved_s >= MOVED_EVERY_S:
            after = replace(after, moved_s=now_s)
            out.append(Moved(state))
        after, more = after._when_complete(state, now_s)
        return after, (*out, *more)

    def _when_left(self, state: VehicleState) -> tuple["Fly", Out]:
        """What the vehicle says of itself beside its mode (MISSION_CURRENT.mission_mode)."""
        told_since = state.lists_told_s is not None and state.lists_told_s > self.started_s + TOLD_AFTER_S
        if not told_since or _px4_takeoff(state) or _is_at_the_end(state):
            return self, ()
        if state.in_mission is not False:
            return (replace(self, said_left=False), ()) if self.said_left and state.in_mission else (self, ())
        if self.said_left:
            return self, ()
        text = f"The vehicle says that it has left its mission (mode {state.mode}). 'link do resume' takes it up again."
        return replace(self, said_left=True, left_mission=self.left_mission or state.mode), (Said(4, text),)

    def _when_complete(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        modes = state.modes
        if is_sub(state.vehicle_type):
            return self._when_dived(state, now_s)
        hovering = (
            state.mission_state == MISSION_COMPLETE
            and state.is_flying
            and (state.speed_m_s or 0.0) < 1.0
            and abs(state.climb_m_s or 0.0) < 0.3
            and modes is not None
            and state.custom_mode == modes.mission
        )
        if not hovering or not self.options.return_when_complete or modes is None:
            return replace(self, complete_s=None) if self.complete_s is not None else self, ()
        if self.complete_s is None:
            return replace(self, complete_s=now_s), ()
        if now_s - self.complete_s < COMPLETE_PATIENCE_S:
            return self, ()
        text = Said(3, "The mission is complete and the vehicle hovers; it is told to return.")
        _, out = Command(state.address, DO_SET_MODE, _mode_params(state, modes.home)).begin(now_s)
        return replace(self, complete_s=now_s), (text, *out)

    def _when_dived(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        """A submersible stays armed after its last item and holds its place: for it that is the end."""
        if state.mission_state != MISSION_COMPLETE:
            return self if self.complete_s is None else replace(self, complete_s=None), ()
        if self.complete_s is None:
            return replace(self, complete_s=now_s), ()
        if now_s - self.complete_s < COMPLETE_PATIENCE_S:
            return self, ()
        seconds, shots = now_s - self.started_s, self._taken(state)
        reason = (
            f"The vehicle dived for {seconds:.0f} s, took {counted(shots, 'picture')} and finished its mission. It is "
            "still armed and holds its place: bring it up and disarm it."
        )
        return self._ended(Flown(reason, round(seconds, 2), shots, as_planned=not self.left_mission))

    def _unheard(self, silent_s: float, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        if silent_s > self.options.lost_s:
            reason = f"Nothing was heard from the vehicle for {silent_s:.0f} s; how the flight ended is not known."
            return self._ended(LostSight(reason, now_s - self.started_s, self._taken(state)))
        return (self, ()) if self.silent else (replace(self, silent=True), (LinkSilent(silent_s),))

    def _landed(self, state: VehicleState, now_s: float) -> tuple["Fly", Out]:
        seconds, shots = now_s - self.started_s, self._taken(state)
        if max(self.peak_m, state.height_m or 0.0) < 1.0 and state.reached == self.reached_before:
            said = [t.text for t in state.texts if t.severity <= 4 and t.at_s >= self.started_s - 1.0]
            why = ": " + "; ".join(said[-3:]) if said else ""
            return self._ended(NotFlown(f"The vehicle disarmed before it took off{why}."))
        left = f" after it left the mission for {self.left_mission}" if self.left_mission else ""
        reason = f"The vehicle flew for {seconds:.0f} s, took {counted(shots, 'picture')}, landed and disarmed{left}."
        return self._ended(Flown(reason, round(seconds, 2), shots, as_planned=not self.left_mission))

    def _taken(self, state: VehicleState) -> int:
        return len(state.captures) - self.captures_before

    def _ended(self, outcome: Outcome) -> tuple["Fly", Out]:
        return replace(self, outcome=outcome, command=None), (outcome,)


def missing_for_arming(state: VehicleState, now_s: float) -> tuple[str, ...]:
    """What keeps the vehicle from being armed, in words; empty if nothing is known to."""
    missing: list[str] = []
    if state.system_status == STATE_BOOT:
        missing.append("the vehicle is still starting")
    if state.gps_fix is not None and state.gps_fix < 3:
        missing.append("no GPS position")
    if state.at is None:
        missing.append("the vehicle does not report a position")
    if state.ekf_ok is False:
        missing.append("the position estimate is not ready")
    if state.remote_id:
        missing.append(f"remote identification: {state.remote_id}")
    if state.prearm_ok is False:
        said = [t.text for t in state.texts if t.text.startswith(ARMING) and now_s - t.at_s < 40]
        missing += list(dict.fromkeys(said)) or ["the vehicle's own pre-arm checks do not pass yet"]
    return tuple(missing)


def mode_command(state: VehicleState, custom_mode: int) -> tuple[tuple[float, ...], Check]:
    """Parameters of DO_SET_MODE for a custom mode, and the check that it is set."""
    return _mode_params(state, custom_mode), lambda s: s.custom_mode == custom_mode


def _mode_params(state: VehicleState, custom_mode: int) -> tuple[float, ...]:
    if state.stack is Stack.PX4:
        return (1.0, float(custom_mode >> 16 & 0xFF), float(custom_mode >> 24 & 0xFF))
    return (1.0, float(custom_mode))


def _is_at_the_end(state: VehicleState) -> bool:
    """Whether its mission is complete or at the last item, such as the return, for which some leave the mission."""
    item, total = state.mission_item, state.mission_total
    return state.mission_state == MISSION_COMPLETE or (item is not None and total is not None and item >= total)


def _px4_takeoff(state: VehicleState) -> bool:
    return state.stack is Stack.PX4 and state.custom_mode == PX4_TAKEOFF


def _steps(state: VehicleState) -> tuple[_Step, ...]:
    arm = _Step("arming", ARM_DISARM, (1.0,), lambda s: s.armed)
    modes = state.modes
    if modes is None:
        return (
            arm,
            _Step("starting the mission", MISSION_START, (0.0, 0.0), lambda s: s.armed and s.mission_state == 3),
        )
    if state.stack is Stack.ARDUPILOT and is_copter(state.vehicle_type) and modes.guided is not None:
        params, check = mode_command(state, modes.guided)
        mission = modes.mission
        return (
            _Step("switching to GUIDED", DO_SET_MODE, params, check),
            arm,
            _Step("starting the mission", MISSION_START, (0.0, 0.0), lambda s: s.custom_mode == mission),
        )
    params, check = mode_command(state, modes.mission)
    return (_Step("switching to the mission", DO_SET_MODE, params, check), arm)
