"""COMMAND_LONG, COMMAND_INT, SET_MODE and positions to fly to: who is meant, what is done, what is answered."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from planner.geo.points import LatLon
from sitl.autopilot.arming import problems
from sitl.autopilot.gimbal import angles_deg
from sitl.autopilot.guided import Guided
from sitl.autopilot.injection import Injection
from sitl.autopilot.messages import Mode, Received, Result, Severity
from sitl.autopilot.pilot import FORCE, Pilot
from sitl.autopilot.reports import IDS
from sitl.autopilot.situation import Situation
from sitl.autopilot.telemetry import Telemetry
from sitl.missions import LOCATED, Item

_SET_MODE = 11


@dataclass(frozen=True, slots=True)
class Order:
    """A command with its parameters, whichever message brought it. Places are degrees times 1e7 in an INT form."""

    event: Received
    command: int
    p1: float
    p2: float
    p3: float
    p4: float
    x: float
    y: float
    z: float
    frame: int
    is_int: bool

    def place(self) -> LatLon | None:
        """The place of an INT form; None for none on earth."""
        try:
            return LatLon(self.x / 1e7, self.y / 1e7)
        except ValueError:
            return None


class Commands:
    """Does commands and acknowledges each."""

    def __init__(self, now: Situation, pilot: Pilot, telemetry: Telemetry, injection: Injection) -> None:
        self._now = now
        self._pilot = pilot
        self._telemetry = telemetry
        self._guided = Guided(now, pilot)
        self._table: dict[int, Callable[[Order], Result]] = {
            16: lambda _: Result.UNSUPPORTED,
            17: lambda _: pilot.set_mode(Mode.LOITER),
            20: lambda _: pilot.set_mode(Mode.RTL),
            21: lambda _: pilot.set_mode(Mode.LAND),
            22: lambda order: pilot.take_off(order.z),
            115: lambda order: self._guided.turn(order.p1, order.p3, relative=order.p4),
            176: self._set_mode,
            185: self._terminate,
            192: self._reposition,
            193: self._pause,
            224: self._set_current,
            300: lambda order: pilot.start_mission(order.p1, order.p2),
            400: self._arm,
            401: self._run_checks,
            410: self._get_home,
            420: lambda order: injection.inject(order.p1, order.p2),
            510: self._get_interval,
            511: lambda order: telemetry.every(order.event.client, _id(order.p1), order.p2),
            512: lambda order: self._request(order, _id(order.p1)),
            520: lambda order: self._request(order, 148),
            521: lambda order: self._request(order, 259),
            1000: self._look,
            1001: self._claim_gimbal,
        }

    def on_message(self, event: Received) -> bool:
        """Takes a command; False if it is none."""
        match event.message.name:
            case "COMMAND_LONG" | "COMMAND_INT":
                order = _order(event)
                self._acknowledge(event, order.command, self._do(order))
            case "SET_MODE":
                custom = event.message.whole("base_mode") & 1
                number = event.message.whole("custom_mode")
                result = self._change_mode(number) if custom else Result.FAILED
                self._acknowledge(event, _SET_MODE, result)
            case "SET_POSITION_TARGET_GLOBAL_INT" | "SET_POSITION_TARGET_LOCAL_NED":
                self._guided.take(event.message)
            case "FOLLOW_TARGET" | "GLOBAL_POSITION_INT":
                self._pilot.lead.take(event, self._now)
            case "GIMBAL_MANAGER_SET_PITCHYAW" | "GIMBAL_MANAGER_SET_ATTITUDE":
                self._look_silently(event)
            case _:
                return False
        return True

    def _do(self, order: Order) -> Result:
        do = self._table.get(order.command)
        if do is not None:
            return do(order)
        numbers = (order.p1, order.p2, order.p3, order.p4, order.x, order.y, order.z)
        if not math.isfinite(order.x) or not math.isfinite(order.y):
            if order.command in LOCATED:
                return Result.DENIED
            numbers = (*numbers[:4], 0.0, 0.0, order.z)  # MAVSDK fills with NaN what a command does not use
        scale = 1e7 if order.command in LOCATED and not order.is_int else 1.0
        x, y = (max(-(2**31), min(2**31 - 1, round(v * scale))) for v in numbers[4:6])
        frame = {5: 0, 6: 3, 11: 10}.get(order.frame, order.frame)
        return self._pilot.actions.perform(Item(order.command, frame, *numbers[:4], x, y, order.z))

    def _arm(self, order: Order) -> Result:
        force = order.p2 == FORCE
        if order.p1 == 1:
            return self._pilot.arm(force=force)
        if order.p1 == 0:
            return self._pilot.disarm(force=force)
        return Result.UNSUPPORTED

    def _set_mode(self, order: Order) -> Result:
        if not math.isfinite(order.p1) or not math.isfinite(order.p2) or not int(order.p1) & 1:
            return Result.FAILED
        return self._change_mode(int(order.p2))

    def _change_mode(self, custom: int) -> Result:
        return self._pilot.set_mode(custom)

    def _look(self, order: Order) -> Result:
        flags = int(order.x) if math.isfinite(order.x) and 0 <= order.x < 2**32 else 0
        return self._pilot.gimbal.order(
            order.event, pitch_deg=order.p1, yaw_deg=order.p2, pitch_deg_s=order.p3, yaw_deg_s=order.p4, flags=flags,
            device=order.z,
        )  # fmt: skip

    def _look_silently(self, event: Received) -> None:
        """GIMBAL_MANAGER_SET_PITCHYAW and GIMBAL_MANAGER_SET_ATTITUDE: no answer is due."""
        message = event.message
        if message.name == "GIMBAL_MANAGER_SET_ATTITUDE":
            q = message.fields.get("q")
            pitch_deg, yaw_deg = angles_deg([float(c) for c in q] if isinstance(q, list) else [])
            rates = ("angular_velocity_y", "angular_velocity_z")
        else:
            pitch_deg, yaw_deg = math.degrees(message.number("pitch")), math.degrees(message.number("yaw"))
            rates = ("pitch_rate", "yaw_rate")
        pitch_deg_s, yaw_deg_s = (math.degrees(message.number(name)) for name in rates)
        self._pilot.gimbal.order(
            event, pitch_deg=pitch_deg, yaw_deg=yaw_deg, pitch_deg_s=pitch_deg_s, yaw_deg_s=yaw_deg_s,
            flags=message.whole("flags"), device=message.whole("gimbal_device_id"),
        )  # fmt: skip

    def _claim_gimbal(self, order: Order) -> Result:
        result, changed = self._pilot.gimbal.configure(order.event, order.p1, order.p2, order.z)
        if changed:
            self._telemetry.send("GIMBAL_MANAGER_STATUS", client=None)
        return result

    def _terminate(self, order: Order) -> Result:
        if order.p1 < 0.5:
            return Result.FAILED
        self._now.say(Severity.CRITICAL, "Terminating due to GCS request")
        return self._pilot.disarm(force=True)

    def _reposition(self, order: Order) -> Result:
        if not order.is_int:
            return Result.UNSUPPORTED
        at = order.place()
        if order.frame not in {0, 3, 5, 6, 10, 11} or at is None or not math.isfinite(order.z):
            return Result.DENIED
        if self._now.mode is not Mode.GUIDED:
            if not (math.isfinite(order.p2) and int(order.p2) & 1):
                return Result.DENIED
            if self._pilot.set_mode(Mode.GUIDED) is not Result.ACCEPTED:
                return Result.FAILED
        if math.isfinite(order.p1) and order.p1 > 0:
            self._pilot.actions.speeds.ground_m_s = min(order.p1, 35.0)
        return self._pilot.go_to(at, height_m=order.z, frame=0 if order.frame in {0, 5} else 3)

    def _pause(self, order: Order) -> Result:
        if order.p1 == 0:
            return self._pilot.pause()
        return self._pilot.resume() if order.p1 == 1 else Result.DENIED

    def _set_current(self, order: Order) -> Result:
        done = math.isfinite(order.p1) and self.jump_to(int(order.p1))
        return Result.ACCEPTED if done else Result.DENIED

    def jump_to(self, sequence: int) -> bool:
        """Makes `sequence` the mission's current item; says so to all, if there is such an item."""
        if not self._pilot.runner.jump_to(sequence, running=self._pilot.is_running_mission):
            return False
        self._telemetry.send("MISSION_CURRENT", client=None)
        return True

    def _run_checks(self, order: Order) -> Result:  # noqa: ARG002 -- a command's signature
        if self._now.armed:
            return Result.TEMPORARILY_REJECTED
        for problem in problems(self._now, self._pilot.fences):
            self._now.say(Severity.CRITICAL, f"PreArm: {problem}")
        return Result.ACCEPTED

    def _get_home(self, order: Order) -> Result:
        if self._now.home is None:
            return Result.FAILED
        self._telemetry.send("HOME_POSITION", client=order.event.client)
        return Result.ACCEPTED

    def _get_interval(self, order: Order) -> Result:
        number = _id(order.p1)
        interval = self._telemetry.interval_us(order.event.client, number)
        self._now.send("MESSAGE_INTERVAL", client=order.event.client, message_id=number & 0xFFFF, interval_us=interval)
        return Result.ACCEPTED

    def _request(self, order: Order, message_id: int) -> Result:
        name = IDS.get(message_id)
        if name is None or not self._telemetry.send(name, client=order.event.client):
            return Result.FAILED
        return Result.ACCEPTED

    def _acknowledge(self, event: Received, command: int, result: Result) -> None:
        self._now.send(
            "COMMAND_ACK",
            client=event.client,
            command=command,
            result=int(result),
            progress=0,
            result_param2=0,
            target_system=event.system,
            target_component=event.component,
        )


def _order(event: Received) -> Order:
    m = event.message
    is_int = m.name == "COMMAND_INT"
    x, y, z = ("x", "y", "z") if is_int else ("param5", "param6", "param7")
    return Order(
        event=event,
        command=m.whole("command"),
        p1=m.number("param1"),
        p2=m.number("param2"),
        p3=m.number("param3"),
        p4=m.number("param4"),
        x=m.number(x),
        y=m.number(y),
        z=m.number(z),
        frame=m.whole("frame") if is_int else 3,
        is_int=is_int,
    )


def _id(value: float) -> int:
    return int(value) if math.isfinite(value) else -1
