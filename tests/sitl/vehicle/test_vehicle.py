import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitl.vehicle import AirframeModel, AirframeState, Demand, charge_left, step, wrap_180

DT_S = 0.02
MODEL = AirframeModel()
AIRBORNE = AirframeState(up_m=50.0, spool=1.0)
NUMBERS = st.floats(-50, 50)


def after(
    seconds: float, demand: Demand, state: AirframeState = AIRBORNE, model: AirframeModel = MODEL
) -> AirframeState:
    for _ in range(round(seconds / DT_S)):
        state = step(state, demand, model, DT_S)
    return state


def test_on_the_ground_without_motors_nothing_moves() -> None:
    state = after(5, Demand(motors=False), AirframeState())
    assert (state.east_m, state.north_m, state.up_m) == (0, 0, 0)


def test_motors_take_their_time_to_spool_up() -> None:
    assert after(1.5, Demand(climb_m_s=2), AirframeState()).up_m == 0
    assert after(4.5, Demand(climb_m_s=2), AirframeState()).up_m == pytest.approx(4.4, abs=0.5)


def test_attitude_follows_acceleration() -> None:
    forward = after(1, Demand(accel_north_m_s2=2.0))
    assert forward.pitch_deg < -10
    assert after(1, Demand(accel_east_m_s2=2.0)).roll_deg > 10
    assert forward.v_north_m_s == pytest.approx(2.0, abs=0.4)


def test_a_turned_nose_tilts_the_other_axis() -> None:
    state = after(1, Demand(accel_east_m_s2=2.0, yaw_deg=90), AirframeState(up_m=50, spool=1.0, yaw_deg=90.0))
    assert state.pitch_deg < -10
    assert abs(state.roll_deg) < 0.5


def test_the_nose_turns_no_faster_than_the_limit_and_the_short_way() -> None:
    state = after(1, Demand(yaw_deg=270), AIRBORNE)
    assert 290 < state.yaw_deg < 330
    assert after(6, Demand(yaw_deg=270), AIRBORNE).yaw_deg == pytest.approx(270, abs=0.5)


def test_an_empty_battery_falls() -> None:
    empty = AirframeState(up_m=50.0, spool=1.0, used_mah=MODEL.battery_mah)
    assert after(8, Demand(), empty).up_m == 0
    assert charge_left(empty, MODEL) == 0


def test_hovering_takes_about_half_an_hour() -> None:
    state = after(60, Demand())
    assert 1700 < 60 / (1 - charge_left(state, MODEL)) < 2700
    assert 20 < state.volts < 25.2


@settings(max_examples=40, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, st.floats(-720, 720), st.booleans(), st.integers(0, 8000))
def test_limits_hold_for_any_demand(
    east: float, north: float, climb: float, yaw: float, motors: bool, mah: int
) -> None:
    demand = Demand(east, north, climb, yaw, motors)
    state = AirframeState(up_m=5.0, spool=1.0, used_mah=float(mah))
    for _ in range(50):
        before, state = state, step(state, demand, MODEL, DT_S)
        tilt = math.degrees(
            math.atan(math.hypot(*(math.tan(math.radians(a)) for a in (state.roll_deg, state.pitch_deg))))
        )
        assert tilt <= MODEL.max_tilt_deg + 1e-6
        assert abs(wrap_180(state.yaw_deg - before.yaw_deg)) <= MODEL.max_turn_rate_deg_s * DT_S + 1e-6
        assert state.up_m >= 0
        assert state.v_up_m_s <= MODEL.max_climb_m_s + 1e-6
        assert state.used_mah >= before.used_mah
        assert all(math.isfinite(getattr(state, name)) for name in state.__slots__)


@given(st.floats(-1e6, 1e6))
def test_angles_wrap(angle: float) -> None:
    assert -180 <= wrap_180(angle) < 180
