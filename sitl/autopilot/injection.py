"""Faults that come over the link: MAV_CMD_INJECT_FAILURE, and ArduPilot's SIM_* parameters; and what each one does.

The parameters follow the faults both ways, so that a ground station reads what is really set.
"""

import math
from collections.abc import Callable

from sitl.autopilot.camera import Camera
from sitl.autopilot.disturbance import Disturbance
from sitl.autopilot.messages import Result
from sitl.autopilot.situation import Situation
from sitl.faults import SPECS, Fault, FaultKind
from sitl.line import Line
from sitl.vehicle import wrap_180

_OK, _OFF, _STUCK, _GARBAGE, _WRONG, _SLOW, _DELAYED, _INTERMITTENT = range(8)
_GPS, _MAG, _BATTERY, _MOTOR, _LINK = 4, 2, 100, 101, 105

INJECTED: dict[tuple[int, int], Fault] = {
    (_GPS, _OFF): Fault.usual(FaultKind.GPS_LOSS),
    (_GPS, _WRONG): Fault.usual(FaultKind.GPS_DRIFT),
    (_MAG, _WRONG): Fault.usual(FaultKind.COMPASS),
    (_BATTERY, _WRONG): Fault.usual(FaultKind.BATTERY_SAG),
    (_MOTOR, _OFF): Fault(FaultKind.MOTOR, 1.0),
    (_MOTOR, _SLOW): Fault.usual(FaultKind.MOTOR),
    (_LINK, _OFF): Fault.usual(FaultKind.LINK_LOSS),
    (_LINK, _DELAYED): Fault.usual(FaultKind.LINK_DELAY),
    (_LINK, _INTERMITTENT): Fault.usual(FaultKind.LINK_DROP),
}
"""FAILURE_UNIT and FAILURE_TYPE of common.xml, and the fault that the practice vehicle makes of them."""
_PARAMETERS = {
    FaultKind.WIND: ("SIM_WIND_SPD", "SIM_WIND_DIR"),
    FaultKind.GUSTS: ("SIM_WIND_TURB",),
    FaultKind.GPS_LOSS: ("SIM_GPS1_ENABLE",),
    FaultKind.MOTOR: ("SIM_ENGINE_FAIL", "SIM_ENGINE_MUL"),
    FaultKind.BATTERY_SAG: ("SIM_BATT_VOLTAGE",),
    FaultKind.LINK_DROP: ("SIM_UART_LOSS",),
}
_OF_PARAMETER = {name: kind for kind, names in _PARAMETERS.items() for name in names}
_FULL_V = 25.2
_STUCK_DEG = 0.5


class Injection:
    """Takes faults from the link, keeps parameters and faults the same, and measures what the faults do."""

    def __init__(self, now: Situation, disturbance: Disturbance, camera: Camera) -> None:
        self._now = now
        self._disturbance = disturbance
        self._camera = camera
        self.line = Line(now.faults, now.config.seed)
        self._version = now.faults.version
        self.ais_withheld: Callable[[float, float], int] = lambda _since_s, _until_s: 0
        """How many AIS sentences there were to receive between two simulated seconds: none without a receiver."""

    def inject(self, unit: float, kind: float) -> Result:
        """MAV_CMD_INJECT_FAILURE; DENIED unless SYS_FAILURE_EN is 1."""
        now = self._now
        if now.parameters["SYS_FAILURE_EN"] != 1:
            return Result.DENIED
        if not math.isfinite(unit) or not math.isfinite(kind):
            return Result.DENIED
        if int(kind) == _OK:
            units = {fault.kind for (of, _), fault in INJECTED.items() if of == int(unit)}
            for one in units:
                now.faults.end(one, now.now_s)
            return Result.ACCEPTED if units else Result.UNSUPPORTED
        fault = INJECTED.get((int(unit), int(kind)))
        if fault is None:
            return Result.UNSUPPORTED
        now.faults.begin(fault, now.now_s)
        return Result.ACCEPTED

    def on_parameter(self, name: str) -> None:
        """A SIM_* parameter was set: the fault follows; a value out of the fault's bounds goes to the nearest bound."""
        kind = _OF_PARAMETER.get(name)
        if kind is None:
            return
        wanted = self._wanted(kind)
        now, spec = self._now, SPECS[kind]
        if wanted < spec.least or (kind is FaultKind.WIND and wanted == 0):
            now.faults.end(kind, now.now_s)
            return
        direction = self._now.parameters["SIM_WIND_DIR"] % 360.0 if kind is FaultKind.WIND else 0.0
        now.faults.begin(Fault(kind, min(wanted, spec.most), direction), now.now_s)

    def step(self) -> None:
        """Writes the faults into the parameters, after a change."""
        now = self._now
        if now.faults.version == self._version:
            return
        self._version = now.faults.version
        faults, keep = now.faults, now.parameters.keep
        keep("SIM_WIND_SPD", faults.value(FaultKind.WIND))
        if FaultKind.WIND in faults:
            keep("SIM_WIND_DIR", faults.active[FaultKind.WIND].fault.direction_deg)
        keep("SIM_WIND_TURB", faults.value(FaultKind.GUSTS))
        keep("SIM_GPS1_ENABLE", 0 if FaultKind.GPS_LOSS in faults else 1)
        keep("SIM_UART_LOSS", round(100 * faults.value(FaultKind.LINK_DROP)))
        keep("SIM_BATT_VOLTAGE", _FULL_V - faults.value(FaultKind.BATTERY_SAG))
        if FaultKind.MOTOR in faults:
            keep("SIM_ENGINE_FAIL", max(1.0, now.parameters["SIM_ENGINE_FAIL"]))
            keep("SIM_ENGINE_MUL", 1.0 - faults.value(FaultKind.MOTOR))
        elif now.parameters["SIM_ENGINE_FAIL"] and now.parameters["SIM_ENGINE_MUL"] < 1:
            keep("SIM_ENGINE_FAIL", 0)

    def effect(self, kind: FaultKind) -> tuple[float, str, bool]:
        """What is measured of an active fault (not what was asked for): a figure, its words, and whether it works."""
        if kind in self.line.counts:
            return self.line.counts[kind], "messages hit", self.line.counts[kind] > 0
        if kind in {FaultKind.WIND, FaultKind.GUSTS, FaultKind.MOTOR, FaultKind.BATTERY_SAG}:
            return self._airframe_effect(kind)
        if kind in {FaultKind.GPS_LOSS, FaultKind.GPS_DRIFT, FaultKind.COMPASS}:
            return self._sensor_effect(kind)
        if kind is FaultKind.CAMERA:
            refused = self._camera.refused_since(self._now.faults.active[kind].since_s)
            return refused, "pictures refused", refused > 0
        if kind is FaultKind.GIMBAL_STUCK:
            off_deg = self._camera.off_goal_deg()
            return off_deg, "degrees between the gimbal and where it was told to look", off_deg > _STUCK_DEG
        since_s = self._now.faults.active[kind].since_s
        withheld = self.ais_withheld(since_s, self._now.now_s)
        return withheld, "AIS sentences not received", withheld > 0

    def _airframe_effect(self, kind: FaultKind) -> tuple[float, str, bool]:
        now, air = self._now, self._now.airframe
        if now.is_sub and kind in {FaultKind.WIND, FaultKind.GUSTS}:
            return 0.0, "m/s of wind under water", False
        if kind is FaultKind.WIND:
            wind = math.hypot(air.wind_east_m_s, air.wind_north_m_s)
            return wind, "m/s of wind", abs(wind - now.faults.value(kind)) < 0.01
        if kind is FaultKind.GUSTS:
            gusts = self._disturbance.gust_rms_m_s()
            return gusts, "m/s of gusts, RMS of the last 10 s", gusts > 0
        if kind is FaultKind.MOTOR:
            lost = 1.0 - air.max_climb_m_s / now.config.airframe.max_climb_m_s
            return lost, "of the climb lost", lost > 0
        return now.body.volts, "V at the battery", air.sag_v > 0

    def _sensor_effect(self, kind: FaultKind) -> tuple[float, str, bool]:
        now = self._now
        if kind is FaultKind.GPS_LOSS:
            return float(now.has_gps), "receivers with a fix", not now.has_gps
        if kind is FaultKind.GPS_DRIFT:
            off_m = math.hypot(now.drift_east_m, now.drift_north_m)
            return off_m, "m between the measured and the true place", off_m > 0.05
        off_deg = wrap_180(now.yaw_deg - now.body.yaw_deg)
        return off_deg, "degrees between the measured and the true heading", abs(off_deg) > 0

    def _wanted(self, kind: FaultKind) -> float:
        p = self._now.parameters
        match kind:
            case FaultKind.GPS_LOSS:
                return 0.0 if p["SIM_GPS1_ENABLE"] else 1.0
            case FaultKind.MOTOR:
                return 1.0 - max(0.0, p["SIM_ENGINE_MUL"]) if p["SIM_ENGINE_FAIL"] else 0.0
            case FaultKind.BATTERY_SAG:
                return _FULL_V - p["SIM_BATT_VOLTAGE"]
            case FaultKind.LINK_DROP:
                return p["SIM_UART_LOSS"] / 100
            case _:
                return p[_PARAMETERS[kind][0]]
