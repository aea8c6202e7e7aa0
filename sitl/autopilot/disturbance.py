"""How faults reach the vehicle: the air, the lift, the battery, and what its sensors make it believe."""

import math
import random
from dataclasses import replace

from sitl.autopilot.messages import Mode, Severity
from sitl.autopilot.situation import Situation
from sitl.faults import FaultKind
from sitl.vehicle import AirframeModel, Demand

_GUST_STEP_S = 0.1
_GUST_KEEP = 0.967
"""Gusts are correlated over three seconds."""
_BLIND_S = 5.0
"""So long the estimate holds without satellites; then the vehicle has no position."""
_DEAD_RECKONING_M_S = 0.4
_WINDOW = 100
_NEED_POSITION = frozenset(
    {Mode.AUTO, Mode.GUIDED, Mode.LOITER, Mode.RTL, Mode.BRAKE, Mode.CIRCLE, Mode.POSHOLD,
     Mode.FOLLOW}
)  # fmt: skip


class Disturbance:
    """Applies the active faults, each step, before the airframe moves."""

    def __init__(self, now: Situation) -> None:
        self._now = now
        self._whole = now.config.airframe
        self._version = 0
        self._random = random.Random(now.config.seed + 1)  # noqa: S311 -- repeatable gusts, no secret
        self._gust = (0.0, 0.0)
        self._next_gust_s = 0.0
        self._gusts_m_s: list[float] = []
        self._drift_deg: float | None = None

    def step(self, dt_s: float) -> None:
        """Brings air, airframe and beliefs up to date."""
        now = self._now
        now.faults.step(now.now_s)
        if now.faults.version != self._version:
            self._version = now.faults.version
            now.airframe = self._airframe()
        if FaultKind.GUSTS in now.faults:
            self._blow()
        self._mislead(dt_s)

    def distorted(self, demand: Demand) -> Demand:
        """What the airframe does of a demand that a wrong heading turned, with the gimbal where it can be."""
        now = self._now
        if FaultKind.GIMBAL_STUCK in now.faults:
            body = now.body
            demand = replace(demand, camera_pitch_deg=body.camera_pitch_deg, camera_pan_deg=body.camera_pan_deg)
        error = now.heading_error_deg
        if not error:
            return demand
        turn = math.radians(error)
        east, north = demand.accel_east_m_s2, demand.accel_north_m_s2
        return replace(
            demand,
            accel_east_m_s2=east * math.cos(turn) - north * math.sin(turn),
            accel_north_m_s2=north * math.cos(turn) + east * math.sin(turn),
            yaw_deg=None if demand.yaw_deg is None else (demand.yaw_deg - error) % 360.0,
        )

    def gust_rms_m_s(self) -> float:
        """Root mean square of the gusts in the last ten seconds."""
        seen = self._gusts_m_s
        return math.sqrt(sum(g * g for g in seen) / len(seen)) if seen else 0.0

    def _airframe(self) -> AirframeModel:
        faults, whole = self._now.faults, self._whole
        model = whole
        if FaultKind.WIND in faults:
            wind = faults.active[FaultKind.WIND].fault
            towards = math.radians(wind.direction_deg + 180.0)
            model = replace(
                model, wind_east_m_s=wind.value * math.sin(towards), wind_north_m_s=wind.value * math.cos(towards)
            )
        if FaultKind.GUSTS not in faults:
            self._gust, self._gusts_m_s = (0.0, 0.0), []
        lost = faults.value(FaultKind.MOTOR)
        if lost:
            model = replace(
                model,
                max_climb_m_s=whole.max_climb_m_s * (1.0 - 2.0 * lost),
                max_tilt_deg=whole.max_tilt_deg * (1.0 - 0.7 * lost),
                max_turn_rate_deg_s=whole.max_turn_rate_deg_s * (1.0 - lost),
                hover_power_w=whole.hover_power_w * (1.0 + 0.4 * lost),
            )
        return replace(model, sag_v=faults.value(FaultKind.BATTERY_SAG))

    def _blow(self) -> None:
        now = self._now
        if now.now_s < self._next_gust_s:
            return
        self._next_gust_s = now.now_s + _GUST_STEP_S
        kick = now.faults.value(FaultKind.GUSTS) * math.sqrt(1.0 - _GUST_KEEP**2)
        east, north = (_GUST_KEEP * g + self._random.gauss(0.0, kick) for g in self._gust)
        self._gust = (east, north)
        self._gusts_m_s = [*self._gusts_m_s[1 - _WINDOW :], math.hypot(east, north) / math.sqrt(2.0)]
        now.airframe = replace(now.airframe, gust_east_m_s=east, gust_north_m_s=north)

    def _mislead(self, dt_s: float) -> None:
        now, faults = self._now, self._now.faults
        now.heading_error_deg = faults.value(FaultKind.COMPASS) if faults.active else 0.0
        now.gps_lost = FaultKind.GPS_LOSS in faults
        blind_since = faults.active[FaultKind.GPS_LOSS].since_s if now.gps_lost else math.inf
        was_blind = now.blind
        now.blind = now.now_s - blind_since > _BLIND_S
        if now.blind and not was_blind and now.armed and now.mode in _NEED_POSITION and not now.landed:
            now.say(Severity.CRITICAL, f"EKF Failsafe: changed to {'SURFACE' if now.is_sub else 'LAND'} Mode")
            now.must_land = True
        speed, towards = 0.0, 0.0
        if now.gps_lost and now.armed and not now.landed:
            self._drift_deg = self._random.uniform(0.0, 360.0) if self._drift_deg is None else self._drift_deg
            speed, towards = _DEAD_RECKONING_M_S, self._drift_deg
        elif FaultKind.GPS_DRIFT in faults:
            drift = faults.active[FaultKind.GPS_DRIFT].fault
            speed, towards = drift.value, drift.direction_deg
        elif not now.gps_lost:
            self._drift_deg = None
        self._believe(speed, towards, dt_s)

    def _believe(self, speed_m_s: float, towards_deg: float, dt_s: float) -> None:
        """Lets the believed place drift; without drift it goes back to the measured one, 2 m/s."""
        now = self._now
        now.drift_v_east_m_s = speed_m_s * math.sin(math.radians(towards_deg))
        now.drift_v_north_m_s = speed_m_s * math.cos(math.radians(towards_deg))
        if not speed_m_s and (now.drift_east_m or now.drift_north_m):
            off = math.hypot(now.drift_east_m, now.drift_north_m)
            if off <= 2.0 * dt_s:
                now.drift_east_m = now.drift_north_m = 0.0
                return
            now.drift_v_east_m_s, now.drift_v_north_m_s = -2.0 * now.drift_east_m / off, -2.0 * now.drift_north_m / off
        now.drift_east_m += now.drift_v_east_m_s * dt_s
        now.drift_north_m += now.drift_v_north_m_s * dt_s
