"""How the practice submersible moves: a small thruster vehicle, neutrally buoyant, in still water 50 m deep.

Pure, as `vehicle.step`, with the same state and demand. Up is negative under water: 0 is the surface at the launch
place, -50 the bottom. Without thrust the vehicle neither rises nor sinks, and drag, which grows with the square of the
speed, brings it to rest.
"""

import math
from dataclasses import dataclass, replace

from sitl.vehicle import AirframeModel, AirframeState, Demand, wrap_180

BOTTOM_M = 50.0
"""Depth of the water."""
WATER_KG_M3 = 1025.0


@dataclass(frozen=True, slots=True)
class Submersible:
    """What hull and thrusters can do: figures of an open-frame vehicle of about 11 kg with six thrusters."""

    max_accel_m_s2: float = 1.0
    drag_per_m: float = 0.45
    drag_per_s: float = 0.1
    thrust_lag_s: float = 0.15
    power_w_per_m_s2: float = 110.0
    hotel_power_w: float = 35.0


HULL = Submersible()


def hydrostatic_hpa(depth_m: float) -> float:
    """Absolute pressure so many metres below the surface of the sea, hectopascals."""
    return 1013.25 + WATER_KG_M3 * 9.80665 * max(depth_m, 0.0) / 100.0


def step_in_water(
    state: AirframeState, demand: Demand, model: AirframeModel, dt_s: float, hull: Submersible = HULL
) -> AirframeState:
    """The state `dt_s` later; of `model` count its climb, turn, gimbal and battery figures."""
    empty = state.used_mah >= model.battery_mah
    motors = demand.motors and not empty
    spool = _toward(state.spool, 1.0 if motors else 0.0, dt_s / 0.2)
    push = _thrust(state, demand, model, hull) if motors else (0.0, 0.0, 0.0)
    speed = math.sqrt(state.v_east_m_s**2 + state.v_north_m_s**2 + state.v_up_m_s**2)
    drag = hull.drag_per_s + hull.drag_per_m * speed
    v_east, v_north, v_up = (
        v + (a - drag * v) * dt_s
        for v, a in zip((state.v_east_m_s, state.v_north_m_s, state.v_up_m_s), push, strict=True)
    )
    up = state.up_m + 0.5 * (state.v_up_m_s + v_up) * dt_s
    if not -BOTTOM_M <= up <= 0.0:
        up, v_up = max(-BOTTOM_M, min(0.0, up)), 0.0
    yaw, yaw_rate = _turned(state, demand, model, dt_s, motors=motors)
    volts, amps, used = _drained(state, model, hull, dt_s, thrust_m_s2=math.hypot(*push))
    most_deg = model.gimbal_rate_deg_s * dt_s
    return replace(
        state,
        east_m=state.east_m + 0.5 * (state.v_east_m_s + v_east) * dt_s,
        north_m=state.north_m + 0.5 * (state.v_north_m_s + v_north) * dt_s,
        up_m=up,
        v_east_m_s=v_east,
        v_north_m_s=v_north,
        v_up_m_s=v_up,
        yaw_deg=yaw,
        yaw_rate_deg_s=yaw_rate,
        camera_pitch_deg=_toward(state.camera_pitch_deg, demand.camera_pitch_deg, most_deg),
        camera_pan_deg=_toward(state.camera_pan_deg, demand.camera_pan_deg, most_deg),
        spool=spool,
        used_mah=used,
        volts=volts,
        amps=amps,
    )


def _toward(value: float, goal: float, most: float) -> float:
    return goal if abs(goal - value) <= most else value + math.copysign(most, goal - value)


def _thrust(
    state: AirframeState, demand: Demand, model: AirframeModel, hull: Submersible
) -> tuple[float, float, float]:
    """Acceleration by the thrusters: what is wanted and what the drag takes, within their limit."""
    speed = math.sqrt(state.v_east_m_s**2 + state.v_north_m_s**2 + state.v_up_m_s**2)
    drag = hull.drag_per_s + hull.drag_per_m * speed
    climb = max(-max(model.max_sink_m_s, 0.0), min(max(model.max_climb_m_s, 0.0), demand.climb_m_s))
    east = demand.accel_east_m_s2 + drag * state.v_east_m_s
    north = demand.accel_north_m_s2 + drag * state.v_north_m_s
    up = (climb - state.v_up_m_s) / (2 * hull.thrust_lag_s) + drag * state.v_up_m_s
    flat, most = math.hypot(east, north), hull.max_accel_m_s2
    if flat > most:
        east, north = east * most / flat, north * most / flat
    return east, north, max(-most, min(most, up))


def _turned(
    state: AirframeState, demand: Demand, model: AirframeModel, dt_s: float, *, motors: bool
) -> tuple[float, float]:
    wanted = 0.0
    if motors and demand.yaw_deg is not None:
        most = model.max_turn_rate_deg_s
        wanted = max(-most, min(most, 1.5 * wrap_180(demand.yaw_deg - state.yaw_deg)))
    rate = _toward(state.yaw_rate_deg_s, wanted, 90.0 * dt_s)
    return (state.yaw_deg + rate * dt_s) % 360.0, rate


def _drained(
    state: AirframeState, model: AirframeModel, hull: Submersible, dt_s: float, *, thrust_m_s2: float
) -> tuple[float, float, float]:
    power = hull.hotel_power_w + hull.power_w_per_m_s2 * thrust_m_s2**1.5
    amps = power / max(state.volts, 1.0)
    used = min(model.battery_mah, state.used_mah + amps * dt_s / 3.6)
    left = 1.0 - used / model.battery_mah
    cell = 3.3 + 0.75 * left + 0.15 * left**8 - 0.3 * (1.0 - left) ** 12
    return max(model.cells * cell - amps * model.resistance_ohm - model.sag_v, 0.0), amps, used
