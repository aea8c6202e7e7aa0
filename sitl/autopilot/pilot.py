"""The one who flies: modes, arming, and what the vehicle is doing in each mode."""

import math
from dataclasses import replace

from planner.geo.points import LatLon
from sitl.autopilot.actions import Actions
from sitl.autopilot.arming import ARMABLE_MODES, problems
from sitl.autopilot.camera import Camera
from sitl.autopilot.fences import Fences
from sitl.autopilot.follow import Follow, Lead
from sitl.autopilot.gimbal import Gimbal
from sitl.autopilot.messages import COPTER_MODES, MissionState, Mode, Result, Severity
from sitl.autopilot.runner import Runner
from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.stores import Stores
from sitl.autopilot.tasks import Circle, Hold, Idle, Land, Leg, Level, Return, Steps, Takeoff, Task
from sitl.vehicle import Demand

FORCE = 21196
"""The number that makes an arming or disarming command go past the checks (MAV_CMD_COMPONENT_ARM_DISARM)."""
_POSITION_MODES = frozenset(
    {Mode.AUTO, Mode.GUIDED, Mode.LOITER, Mode.RTL, Mode.BRAKE, Mode.CIRCLE, Mode.POSHOLD,
     Mode.FOLLOW}
)  # fmt: skip


class Pilot:
    """Holds mode and task; gives the airframe its demand each step."""

    modes = COPTER_MODES
    runner_type = Runner

    def __init__(self, now: Situation) -> None:
        self._now = now
        if now.is_px4:
            now.mode = Mode.LOITER
        self.camera = Camera(now)
        self.gimbal = Gimbal(now, self.camera)
        self.actions = Actions(now, self.camera)
        self.stores = Stores(now, mission_changed=self._mission_changed)
        self.fences = Fences(now, self.stores)
        self.runner = self.runner_type(now, self.stores, self.actions, return_to=self._return_to)
        self.task: Task = Idle()
        self.lead = Lead()
        self._face_deg: float | None = None
        self._idle_since_s = 0.0
        self._grounded_auto = False

    @property
    def is_running_mission(self) -> bool:
        """Whether the mission flies the vehicle now."""
        return self._now.armed and self._now.mode is Mode.AUTO and not self._grounded_auto

    def set_mode(self, number: int) -> Result:
        """Changes the mode, or says why not."""
        now = self._now
        if number not in self.modes:
            now.say(Severity.WARNING, f"No such mode {number}")
            return Result.FAILED
        mode = Mode(number)
        if now.armed and mode in _POSITION_MODES and not now.has_position:
            now.say(Severity.WARNING, f"Mode change to {mode.name} failed: requires position")
            return Result.FAILED
        if mode is Mode.FOLLOW and now.parameters["FOLL_ENABLE"] < 1:
            now.say(Severity.WARNING, "Set FOLL_ENABLE = 1")
            return Result.FAILED
        if mode is Mode.AUTO and len(self.stores.mission) <= 1:
            now.say(Severity.WARNING, "Mode change to AUTO failed: init failed")
            return Result.FAILED
        self._enter(mode)
        return Result.ACCEPTED

    def fail_safe(self, mode: Mode) -> None:
        """Does by itself what a failsafe or a fence asks for."""
        self.set_mode(mode)

    def arm(self, *, force: bool) -> Result:
        """Arms, sets home to this place; or says why not."""
        now = self._now
        if now.armed:
            return Result.ACCEPTED
        found = [] if force and not now.booting else problems(now, self.fences)
        if now.mode not in ARMABLE_MODES and not (now.is_px4 and now.mode is Mode.AUTO):
            found.append(f"{now.mode.name} mode not armable")
        if found:
            for problem in found:
                now.say(Severity.CRITICAL, f"Arm: {problem}")
            return Result.FAILED
        now.armed, now.landed = True, True
        now.home = now.here
        now.say(Severity.INFO, "Arming motors")
        self._idle_since_s = now.link_s
        self._enter(now.mode)
        return Result.ACCEPTED

    def disarm(self, *, force: bool) -> Result:
        """Stops the motors; in the air only by force."""
        now = self._now
        if not now.armed:
            return Result.ACCEPTED
        if not now.landed and not force:
            return Result.FAILED
        self._stop_motors()
        self.runner.reset()
        return Result.ACCEPTED

    def start_mission(self, first: float, last: float) -> Result:
        """MISSION_START: into AUTO, taking off if the vehicle stands armed on the ground."""
        now = self._now
        if first != 0 or last != 0:
            return Result.DENIED
        lacks_takeoff = not self.runner.starts_with_takeoff and not now.is_px4
        if now.landed and len(self.stores.mission) > 1 and lacks_takeoff:
            now.say(Severity.CRITICAL, "Auto: Missing Takeoff Cmd")
            return Result.FAILED
        if now.mode is not Mode.AUTO and self.set_mode(Mode.AUTO) is not Result.ACCEPTED:
            return Result.FAILED
        if self._now.mode is Mode.AUTO and len(self.stores.mission) <= 1:
            return Result.FAILED
        if now.armed and (now.landed or self.runner.state is not MissionState.ACTIVE):
            self._grounded_auto = False
            self.runner.start()
        return Result.ACCEPTED

    def take_off(self, height_m: float) -> Result:
        """GUIDED take-off to `height_m` above home."""
        now = self._now
        ready = now.mode is Mode.GUIDED and now.armed and now.landed
        if not ready or not 0 < height_m < 10_000:
            return Result.FAILED
        self.task = Takeoff(now.up_of(height_m, 3))
        return Result.ACCEPTED

    def go_to(self, at: LatLon, *, height_m: float, frame: int) -> Result:
        """Flies straight to a place, in GUIDED, in the air."""
        now = self._now
        if now.mode is not Mode.GUIDED or not now.armed or now.landed:
            return Result.FAILED
        self.go_to_spot(now.spot_of(at, now.up_of(height_m, frame)))
        return Result.ACCEPTED

    def go_to_spot(self, goal: Spot) -> None:
        """Flies straight to a place in the vehicle's own metres; the caller has made sure of GUIDED."""
        self._face_deg = None
        self.task = Leg(self._now.here, goal, self.actions.cruise_m_s())

    def face(self, heading_deg: float) -> None:
        """Turns the nose to a heading and keeps it there, in GUIDED, until the next place or mode."""
        self._face_deg = heading_deg % 360.0

    def orbit(self, centre: Spot, *, radius_m: float, speed_m_s: float) -> Result:
        """Flies round a place until told otherwise; clockwise for a positive radius."""
        if not self._now.armed or self._now.landed:
            return Result.FAILED
        self._enter(Mode.CIRCLE)
        self.task = Circle(centre, radius_m, math.inf, speed_m_s)
        return Result.ACCEPTED

    def pause(self) -> Result:
        """Holds where the vehicle is; AUTO and GUIDED only."""
        if not self._now.armed or self._now.landed:
            return Result.FAILED
        if self._now.mode is Mode.AUTO:
            self.runner.pause()
            return Result.ACCEPTED
        if self._now.mode is Mode.GUIDED:
            self.task = Hold()
            return Result.ACCEPTED
        return Result.FAILED

    def resume(self) -> Result:
        """Goes on with a paused mission."""
        if self._now.mode is not Mode.AUTO or not self._now.armed:
            return Result.FAILED
        self.runner.resume()
        return Result.ACCEPTED

    def step(self, dt_s: float) -> Demand:
        """The demand for the next `dt_s`."""
        now = self._now
        pitch, pan = self.camera.goal_deg()
        if not now.armed:
            return Demand(motors=False, camera_pitch_deg=pitch, camera_pan_deg=pan)
        if self.is_running_mission:
            self.runner.step()
            self.task = self.runner.task or self.task
        demand = self.task.step(now, dt_s)
        if now.mode is Mode.AUTO and self.runner.nose_deg() is not None:
            demand = replace(demand, yaw_deg=self.runner.nose_deg())
        if now.mode is Mode.GUIDED and self._face_deg is not None:
            demand = replace(demand, yaw_deg=self._face_deg)
        if now.landed and now.body.up_m > 0.2:
            now.landed = False
        if self.task.done:
            self._done()
        self._disarm_if_idle()
        return replace(demand, camera_pitch_deg=pitch, camera_pan_deg=pan)

    def crash(self) -> None:
        """The airframe has come down without landing (motors stopped in the air)."""
        self._now.landed = True

    def _stop_motors(self) -> None:
        now = self._now
        now.armed = False
        now.fence_breached = False
        self.task = Idle()
        self.actions.speeds.ground_m_s = None
        self._grounded_auto = False
        now.say(Severity.INFO, "Disarming motors")

    def _done(self) -> None:
        in_auto = self._now.mode is Mode.AUTO
        match self.task:
            case Takeoff() | Leg() if self._now.mode is Mode.GUIDED:
                self.task = Hold(self.task.end)
            case Return() | Steps() if in_auto and self.runner.is_landing:  # the mission's own end: an RTL or LAND item
                self.runner.landed()
                self._stop_motors()
            case Land() | Return():
                self.disarm(force=True)
            case _:
                pass

    def _disarm_if_idle(self) -> None:
        """Stops motors that nobody needs, DISARM_DELAY after arming, in the time of the link."""
        now = self._now
        waiting = now.landed and (isinstance(self.task, Idle | Hold) or self._grounded_auto)
        if not waiting:
            self._idle_since_s = now.link_s
        elif now.armed and now.parameters["DISARM_DELAY"] > 0:
            idle_s = min(now.link_s - self._idle_since_s, 1e9)
            if idle_s >= now.parameters["DISARM_DELAY"]:
                self.disarm(force=True)

    def _enter(self, mode: Mode) -> None:
        now = self._now
        was = now.mode
        now.mode = mode
        self._face_deg = None
        if was is Mode.AUTO and mode is not Mode.AUTO and now.armed:
            self.camera.by_distance(self.camera.every_m, at_once=False)
        if not now.armed:
            self.task = Idle()
            return
        if mode is not Mode.AUTO:
            self._grounded_auto = False
        if mode is Mode.AUTO:
            self._grounded_auto = now.landed
            if not now.landed:
                self.runner.start()
        else:
            self.task = self._task_of(mode)

    def _task_of(self, mode: Mode) -> Task:
        """What an armed vehicle does first in a mode that flies no mission."""
        match mode:
            case Mode.RTL:
                return Return(self._return_to())
            case Mode.LAND:
                return Land()
            case _ if self._now.landed or mode is Mode.STABILIZE:
                return Idle()
            case Mode.CIRCLE:
                return self._circle()
            case Mode.ALT_HOLD:
                return Level()
            case Mode.FOLLOW:
                return Follow(self.lead)
            case _:
                return Hold()

    def _circle(self) -> Circle:
        """CIRCLE: round a centre CIRCLE_RADIUS ahead, at CIRCLE_RATE (clockwise if positive)."""
        now = self._now
        radius_m = max(now.parameters["CIRCLE_RADIUS"] / 100, 1.0)
        ahead = math.radians(now.yaw_deg)
        here, rate = now.here, now.parameters["CIRCLE_RATE"]
        centre = Spot(here.east_m + radius_m * math.sin(ahead), here.north_m + radius_m * math.cos(ahead), here.up_m)
        return Circle(centre, math.copysign(radius_m, rate), math.inf, math.radians(abs(rate)) * radius_m)

    def _return_to(self) -> Spot:
        """The nearest of home and the rally points within RALLY_LIMIT_KM; its height is the ground's."""
        now = self._now
        here, home = now.here, now.home_or_launch

        def far_m(spot: Spot) -> float:
            return math.hypot(spot.east_m - here.east_m, spot.north_m - here.north_m)

        limit_m = now.parameters["RALLY_LIMIT_KM"] * 1000
        points = [now.spot_of(LatLon(i.x / 1e7, i.y / 1e7), home.up_m) for i in self.stores.rally]
        near = [p for p in points if limit_m <= 0 or far_m(p) <= limit_m]
        if now.parameters["RALLY_INCL_HOME"] or not near:
            near.append(home)
        return min(near, key=far_m)

    def _mission_changed(self) -> None:
        if self.is_running_mission:
            self.runner.changed()
        elif self.runner.index >= len(self.stores.mission):
            self.runner.reset()
