"""The one who steers a submersible: ArduSub's modes, arming without take-off, surfacing."""

from typing_extensions import override

from sitl.autopilot.arming import problems
from sitl.autopilot.messages import MissionState, Mode, Result, Severity
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.sub.runner import SubRunner
from sitl.autopilot.sub.tasks import DepthHold, Drift, Surface
from sitl.autopilot.tasks import Circle, Hold, Leg, Task
from sitl.vehicle import Demand

SUB_MODES = frozenset({
    Mode.STABILIZE, Mode.ALT_HOLD, Mode.AUTO, Mode.GUIDED, Mode.CIRCLE, Mode.LAND, Mode.POSHOLD, Mode.MANUAL,
})  # fmt: skip
"""MANUAL 19, STABILIZE 0, ALT_HOLD 2, POSHOLD 16, AUTO 3, GUIDED 4, CIRCLE 7, SURFACE 9 (what a copter calls LAND)."""


class SubPilot(Pilot):
    """Nothing lands or takes off: what is armed is under way, and what is disarmed floats where it is."""

    modes = SUB_MODES
    runner_type = SubRunner

    def __init__(self, now: Situation) -> None:
        super().__init__(now)
        now.mode = Mode.MANUAL

    @override
    def arm(self, *, force: bool) -> Result:
        now = self._now
        if now.armed:
            return Result.ACCEPTED
        found = [] if force and not now.booting else problems(now, self.fences)
        for problem in found:
            now.say(Severity.CRITICAL, f"Arm: {problem}")
        if found:
            return Result.FAILED
        now.armed, now.landed = True, False
        now.home = Spot(
            now.here.east_m, now.here.north_m, 0.0
        )  # always at the surface, also where it is armed at depth
        now.say(Severity.INFO, "Arming motors")
        self._enter(now.mode)
        return Result.ACCEPTED

    @override
    def disarm(self, *, force: bool) -> Result:
        if self._now.armed:
            self._stop_motors()
            self._now.landed = True
            self.runner.reset()
        return Result.ACCEPTED

    @override
    def start_mission(self, first: float, last: float) -> Result:
        """MISSION_START: into AUTO, if armed."""
        now = self._now
        if first != 0 or last != 0:
            return Result.DENIED
        if not now.armed:
            return Result.FAILED
        if now.mode is Mode.AUTO:
            if self.runner.state is not MissionState.ACTIVE:
                self.runner.start()
            return Result.ACCEPTED
        return self.set_mode(Mode.AUTO)

    @override
    def take_off(self, height_m: float) -> Result:
        return Result.UNSUPPORTED

    @override
    def step(self, dt_s: float) -> Demand:
        demand = super().step(dt_s)
        if self._now.armed and isinstance(self.task, Surface) and self.task.done and self._now.mode is Mode.LAND:
            self._enter(Mode.ALT_HOLD)
        return demand

    @override
    def crash(self) -> None:
        self._now.landed = True

    @override
    def fail_safe(self, mode: Mode) -> None:
        """Whatever a copter would do, a submersible surfaces."""
        self.set_mode(Mode.LAND)

    @override
    def _done(self) -> None:
        if self._now.mode is Mode.GUIDED and isinstance(self.task, Leg):
            self.task = Hold(self.task.end)

    @override
    def _disarm_if_idle(self) -> None:
        """A submersible stays armed until it is told otherwise."""

    @override
    def _task_of(self, mode: Mode) -> Task:
        match mode:
            case Mode.MANUAL | Mode.STABILIZE:
                return Drift()
            case Mode.ALT_HOLD:
                return DepthHold()
            case Mode.LAND:
                return Surface()
            case Mode.CIRCLE:
                return self._round()
            case _:
                return Hold()

    def _round(self) -> Circle:
        circle = self._circle()
        circle.speed_m_s = min(circle.speed_m_s, self.actions.cruise_m_s())
        return circle
