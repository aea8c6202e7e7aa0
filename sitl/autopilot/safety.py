"""What the vehicle does by itself: fence, battery, lost ground station, and its PreArm messages."""

from sitl.autopilot.arming import problems
from sitl.autopilot.messages import Mode, Received, Severity
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.situation import Situation
from sitl.vehicle import charge_left

_LOOK_S = 0.2
_PREARM_S = 30.0
_START_UP = ("ArduPilot Ready", "EKF3 IMU0 origin set", "EKF3 IMU0 is using GPS")


class Safety:
    """Looks five times a second (of simulated time), and acts once for each trouble."""

    def __init__(self, now: Situation, pilot: Pilot) -> None:
        self._now = now
        self._pilot = pilot
        self._next_s = 0.0
        self._stage = 0
        self._prearm_s = _PREARM_S
        self._low_since_s: dict[str, float] = {}
        self._battery_told: set[str] = set()
        self._heard_s: float | None = None
        self._link_told = False

    def on_message(self, event: Received) -> None:
        """Notes the heartbeat of the ground station (SYSID_MYGCS)."""
        if event.message.name == "HEARTBEAT" and event.system == int(self._now.parameters["SYSID_MYGCS"]):
            self._heard_s = self._now.link_s
            if self._link_told:
                self._link_told = False
                self._now.failsafe = False
                self._now.say(Severity.WARNING, "GCS Failsafe Cleared")

    def step(self) -> None:
        """Looks, if it is time to."""
        now = self._now
        if now.now_s < self._next_s:
            return
        self._next_s = now.now_s + _LOOK_S
        self._tell_start_up()
        self._tell_prearm()
        self._watch_fence()
        self._watch_battery()
        self._watch_link()

    def _tell_start_up(self) -> None:
        now = self._now
        stages = (not now.booting, now.home is not None, now.has_position)
        while self._stage < len(stages) and stages[self._stage]:
            now.say(Severity.INFO, _START_UP[self._stage])
            self._stage += 1

    def _tell_prearm(self) -> None:
        now = self._now
        if now.armed or now.now_s < self._prearm_s:
            return
        self._prearm_s = now.now_s + _PREARM_S
        for problem in problems(now, self._pilot.fences):
            now.say(Severity.CRITICAL, f"PreArm: {problem}")

    def _watch_fence(self) -> None:
        now = self._now
        if not now.armed or now.parameters["FENCE_ENABLE"] < 1:
            now.fence_breached = False
            return
        found = self._pilot.fences.breaches()
        if found and not now.fence_breached:
            now.say(Severity.WARNING, f"{found[0]} fence breached")
            action = int(now.parameters["FENCE_ACTION"])
            if action >= 1 and not now.landed:
                self._pilot.fail_safe({2: Mode.LAND, 4: Mode.BRAKE}.get(action, Mode.RTL))
        now.fence_breached = bool(found)

    def _watch_battery(self) -> None:
        """BATT_LOW_* and BATT_CRT_*: each is told and acted on once, after BATT_LOW_TIMER."""
        for stage, word in (("LOW", "low"), ("CRT", "critical")):
            self._watch_battery_stage(stage, word)

    def _watch_battery_stage(self, stage: str, word: str) -> None:
        now, p = self._now, self._now.parameters
        left_mah = charge_left(now.body, now.config.airframe) * now.config.airframe.battery_mah
        low = now.body.volts < p[f"BATT_{stage}_VOLT"] or left_mah < p[f"BATT_{stage}_MAH"]
        if not low or not now.armed:
            self._low_since_s.pop(stage, None)
            return
        since_s = self._low_since_s.setdefault(stage, now.now_s)
        if stage in self._battery_told or now.now_s - since_s < p["BATT_LOW_TIMER"]:
            return
        self._battery_told.add(stage)
        now.say(Severity.WARNING, f"Battery 1 is {word} {now.body.volts:.2f}V used {now.body.used_mah:.0f} mAh")
        action = int(p[f"BATT_FS_{stage}_ACT"])
        if action in {1, 2, 3, 4} and not now.landed:
            now.failsafe = True
            self._pilot.fail_safe(Mode.LAND if action == 1 else Mode.RTL)

    def _watch_link(self) -> None:
        """FS_GCS_ENABLE: returns when the ground station is silent, in the time of the link."""
        now, p = self._now, self._now.parameters
        if p["FS_GCS_ENABLE"] < 1 or self._heard_s is None or not now.armed or self._link_told:
            return
        if now.link_s - self._heard_s < p["FS_GCS_TIMEOUT"]:
            return
        self._link_told = True
        now.failsafe = True
        carry_on = int(p["FS_OPTIONS"]) & 2 and now.mode is Mode.AUTO
        now.say(Severity.WARNING, "GCS Failsafe" + (" - Continuing Auto Mode" if carry_on else ""))
        if carry_on or now.landed:
            return
        self._pilot.fail_safe(Mode.LAND if p["FS_GCS_ENABLE"] == 5 else Mode.RTL)
