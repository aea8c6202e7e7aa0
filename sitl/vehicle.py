"""How the practice drone moves: a small multicopter in still or windy air, with gimbal and battery.

Pure: `step(state, demand, model, dt_s)` gives the next state, nothing else. East, north, up in metres from the
launch place, whose ground is at up = 0. Yaw from true north clockwise, pitch nose up, roll right side down, degrees.

The airframe accelerates by tilting, so that the attitude follows the acceleration; tilt, tilt rate, turn rate and
climb are limited. Drag is linear in the speed through the air.
"""

import math
from dataclasses import dataclass

GRAVITY_M_S2 = 9.80665


@dataclass(frozen=True, slots=True)
class AirframeModel:
    """What the airframe can do, and the air about it: the autopilot knows the wind, not the gusts.

    Figures of a quadcopter of about 3 kg, six cells of 8 Ah; `sag_v` is what a bad battery gives too little.
    """

    max_tilt_deg: float = 30.0
    tilt_lag_s: float = 0.12
    max_tilt_rate_deg_s: float = 150.0
    max_turn_rate_deg_s: float = 60.0
    max_speed_m_s: float = 15.0
    max_climb_m_s: float = 5.0
    max_sink_m_s: float = 5.0
    climb_lag_s: float = 0.25
    max_climb_accel_m_s2: float = 3.0
    drag_per_s: float = 0.15
    wind_east_m_s: float = 0.0
    wind_north_m_s: float = 0.0
    gust_east_m_s: float = 0.0
    gust_north_m_s: float = 0.0
    sag_v: float = 0.0
    spool_up_s: float = 2.0
    gimbal_rate_deg_s: float = 60.0
    battery_mah: float = 8_000.0
    cells: int = 6
    resistance_ohm: float = 0.03
    hover_power_w: float = 320.0
    idle_power_w: float = 8.0


@dataclass(frozen=True, slots=True)
class AirframeState:
    """Where the airframe is, how it moves and hangs, where its camera looks, and what the battery has given."""

    east_m: float = 0.0
    north_m: float = 0.0
    up_m: float = 0.0
    v_east_m_s: float = 0.0
    v_north_m_s: float = 0.0
    v_up_m_s: float = 0.0
    roll_deg: float = 0.0
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    roll_rate_deg_s: float = 0.0
    pitch_rate_deg_s: float = 0.0
    yaw_rate_deg_s: float = 0.0
    camera_pitch_deg: float = -90.0
    camera_pan_deg: float = 0.0
    spool: float = 0.0
    used_mah: float = 0.0
    volts: float = 25.2
    amps: float = 0.0

    @property
    def speed_m_s(self) -> float:
        """Speed over ground."""
        return math.hypot(self.v_east_m_s, self.v_north_m_s)

    @property
    def on_ground(self) -> bool:
        """Whether the skids touch."""
        return self.up_m <= 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What the autopilot wants: acceleration over ground, climb, heading, and the camera's direction.

    `camera_pan_deg` is against the nose; `yaw_deg` None keeps the heading; motors off lets the airframe fall.
    """

    accel_east_m_s2: float = 0.0
    accel_north_m_s2: float = 0.0
    climb_m_s: float = 0.0
    yaw_deg: float | None = None
    motors: bool = True
    camera_pitch_deg: float = -90.0
    camera_pan_deg: float = 0.0


def wrap_180(angle_deg: float) -> float:
    """`angle_deg` in [-180, 180)."""
    return (angle_deg + 180.0) % 360.0 - 180.0


def charge_left(state: AirframeState, model: AirframeModel) -> float:
    """The share of the battery that is left, 0 to 1."""
    return max(0.0, 1.0 - state.used_mah / model.battery_mah)


def step(state: AirframeState, demand: Demand, model: AirframeModel, dt_s: float) -> AirframeState:
    """The state `dt_s` later."""
    empty = state.used_mah >= model.battery_mah
    motors = demand.motors and not empty
    spool = _toward(state.spool, 1.0 if motors else 0.0, dt_s / model.spool_up_s if motors else 1.0)
    flying = spool >= 1.0
    lifted = flying and (not state.on_ground or demand.climb_m_s > 0.05)
    yaw, yaw_rate = _turned(state, demand, model, dt_s, lifted=lifted)
    if lifted:
        roll, pitch = _tilted(state, demand, model, dt_s)
    else:
        roll, pitch = _toward(state.roll_deg, 0.0, 60 * dt_s), _toward(state.pitch_deg, 0.0, 60 * dt_s)
    east, north, v_east, v_north = _moved(state, model, dt_s, roll=roll, pitch=pitch, yaw=yaw, lifted=lifted)
    up, v_up = _climbed(state, demand, model, dt_s, flying=flying)
    if up <= 0.0 and not lifted:
        v_east = v_north = 0.0
        east, north = state.east_m, state.north_m
    volts, amps, used = _drained(state, model, dt_s, climb_m_s=v_up, flying=lifted, spool=spool)
    return AirframeState(
        east_m=east,
        north_m=north,
        up_m=up,
        v_east_m_s=v_east,
        v_north_m_s=v_north,
        v_up_m_s=v_up,
        roll_deg=roll,
        pitch_deg=pitch,
        yaw_deg=yaw,
        roll_rate_deg_s=(roll - state.roll_deg) / dt_s,
        pitch_rate_deg_s=(pitch - state.pitch_deg) / dt_s,
        yaw_rate_deg_s=yaw_rate,
        camera_pitch_deg=_toward(state.camera_pitch_deg, demand.camera_pitch_deg, model.gimbal_rate_deg_s * dt_s),
        camera_pan_deg=_toward(state.camera_pan_deg, demand.camera_pan_deg, model.gimbal_rate_deg_s * dt_s),
        spool=spool,
        used_mah=used,
        volts=volts,
        amps=amps,
    )


def _toward(value: float, goal: float, most: float) -> float:
    return goal if abs(goal - value) <= most else value + math.copysign(most, goal - value)


def _turned(
    state: AirframeState, demand: Demand, model: AirframeModel, dt_s: float, *, lifted: bool
) -> tuple[float, float]:
    if demand.yaw_deg is None or not lifted:
        return state.yaw_deg, 0.0
    error = wrap_180(demand.yaw_deg - state.yaw_deg)
    wanted = max(-model.max_turn_rate_deg_s, min(model.max_turn_rate_deg_s, 2.5 * error))
    rate = _toward(state.yaw_rate_deg_s, wanted, 180.0 * dt_s)
    return (state.yaw_deg + rate * dt_s) % 360.0, rate


def _tilted(state: AirframeState, demand: Demand, model: AirframeModel, dt_s: float) -> tuple[float, float]:
    """Roll and pitch that give the wanted acceleration against the drag, within limits."""
    east = demand.accel_east_m_s2 + model.drag_per_s * (state.v_east_m_s - model.wind_east_m_s)
    north = demand.accel_north_m_s2 + model.drag_per_s * (state.v_north_m_s - model.wind_north_m_s)
    most = GRAVITY_M_S2 * math.tan(math.radians(model.max_tilt_deg))
    size = math.hypot(east, north)
    if size > most:
        east, north = east * most / size, north * most / size
    yaw = math.radians(state.yaw_deg)
    forward = north * math.cos(yaw) + east * math.sin(yaw)
    right = east * math.cos(yaw) - north * math.sin(yaw)
    pitch_goal = -math.degrees(math.atan2(forward, GRAVITY_M_S2))
    roll_goal = math.degrees(math.atan2(right, GRAVITY_M_S2))
    share = 1.0 - math.exp(-dt_s / model.tilt_lag_s)
    most_deg = model.max_tilt_rate_deg_s * dt_s
    roll_step = max(-most_deg, min(most_deg, share * (roll_goal - state.roll_deg)))
    pitch_step = max(-most_deg, min(most_deg, share * (pitch_goal - state.pitch_deg)))
    return state.roll_deg + roll_step, state.pitch_deg + pitch_step


def _moved(
    state: AirframeState, model: AirframeModel, dt_s: float, *, roll: float, pitch: float, yaw: float, lifted: bool
) -> tuple[float, float, float, float]:
    forward = -GRAVITY_M_S2 * math.tan(math.radians(pitch)) if lifted else 0.0
    right = GRAVITY_M_S2 * math.tan(math.radians(roll)) if lifted else 0.0
    turn = math.radians(yaw)
    drag = model.drag_per_s if lifted or not state.on_ground else 0.0
    wind_east, wind_north = model.wind_east_m_s + model.gust_east_m_s, model.wind_north_m_s + model.gust_north_m_s
    accel_east = forward * math.sin(turn) + right * math.cos(turn) - drag * (state.v_east_m_s - wind_east)
    accel_north = forward * math.cos(turn) - right * math.sin(turn) - drag * (state.v_north_m_s - wind_north)
    v_east = state.v_east_m_s + accel_east * dt_s
    v_north = state.v_north_m_s + accel_north * dt_s
    east = state.east_m + 0.5 * (state.v_east_m_s + v_east) * dt_s
    north = state.north_m + 0.5 * (state.v_north_m_s + v_north) * dt_s
    return east, north, v_east, v_north


def _climbed(
    state: AirframeState, demand: Demand, model: AirframeModel, dt_s: float, *, flying: bool
) -> tuple[float, float]:
    if flying:
        wanted = max(-model.max_sink_m_s, min(model.max_climb_m_s, demand.climb_m_s))
        most = model.max_climb_accel_m_s2
        v_up = state.v_up_m_s + max(-most, min(most, (wanted - state.v_up_m_s) / model.climb_lag_s)) * dt_s
    else:  # falls, with air resistance
        v_up = state.v_up_m_s - (GRAVITY_M_S2 + 0.4 * state.v_up_m_s) * dt_s
    up = state.up_m + 0.5 * (state.v_up_m_s + v_up) * dt_s
    if up <= 0.0 and v_up <= 0.0:
        return 0.0, 0.0
    return up, v_up


def _drained(
    state: AirframeState, model: AirframeModel, dt_s: float, *, climb_m_s: float, flying: bool, spool: float
) -> tuple[float, float, float]:
    if flying:
        air_m_s = math.hypot(state.v_east_m_s - model.wind_east_m_s, state.v_north_m_s - model.wind_north_m_s)
        # moving air lifts at first and drags later: least power near 7 m/s
        power = model.hover_power_w * (1.0 + 0.08 * climb_m_s) - 7.0 * air_m_s + 0.5 * air_m_s**2
    else:
        power = model.idle_power_w + 60.0 * spool
    amps = power / max(state.volts, 1.0)
    used = min(model.battery_mah, state.used_mah + amps * dt_s / 3.6)
    left = 1.0 - used / model.battery_mah
    cell = 3.3 + 0.75 * left + 0.15 * left**8 - 0.3 * (1.0 - left) ** 12
    return max(model.cells * cell - amps * model.resistance_ohm - model.sag_v, 0.0), amps, used


def quaternion(roll_deg: float, pitch_deg: float, yaw_deg: float) -> tuple[float, float, float, float]:
    """Attitude as a quaternion (w, x, y, z), aeronautical angles."""
    r, p, y = (math.radians(a) / 2 for a in (roll_deg, pitch_deg, yaw_deg))
    cr, sr, cp, sp, cy, sy = math.cos(r), math.sin(r), math.cos(p), math.sin(p), math.cos(y), math.sin(y)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )
