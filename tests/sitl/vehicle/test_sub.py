"""The practice submersible: ArduSub's modes and missions, depth, battery, pressure."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from planner.cli.plan import app as plan_app
from planner.formats.missions import read_mission
from planner.link.station import Station as Ground
from planner.link.verdict import Stored
from planner.model.errors import BadInput
from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Mode, Result
from sitl.autopilot.sub.parameters import submersible
from sitl.cli.sim import app
from sitl.faults import Fault, FaultKind
from sitl.server import SimulatedVehicle
from sitl.submersible import BOTTOM_M, hydrostatic_hpa, step_in_water
from sitl.vehicle import AirframeState, Demand
from tests.sitl.vehicle.script import HOME_ITEM, Station, config, item, north

MODES = {"MANUAL": 19, "STABILIZE": 0, "ALT_HOLD": 2, "POSHOLD": 16, "GUIDED": 4, "SURFACE": 9}


def sub() -> Station:
    return Station(Autopilot(config(vehicle="sub", home_msl_m=0.0))).ready()


def diving(*items: dict[str, object]) -> Station:
    station = sub()
    assert station.upload(HOME_ITEM, *items) == 0
    assert station.command(400, 1) is Result.ACCEPTED
    assert station.command(300) is Result.ACCEPTED
    return station


def depth_m(station: Station) -> float:
    return -station.autopilot.now.body.up_m


def at_depth(metres: float) -> Station:
    station = diving(north(3, z=-metres), north(3, z=-metres, param1=60.0))
    station.wait_until(lambda: abs(depth_m(station) - metres) < 0.1)
    station.wait(10)
    return station


# ---------------------------------------------------------------- how it moves


@given(
    st.floats(-50, 0),
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    st.lists(st.floats(-20, 20), min_size=3, max_size=3),
)
def test_it_stays_between_surface_and_bottom_whatever_is_wanted(up: float, v: list[float], want: list[float]) -> None:
    state = AirframeState(up_m=up, v_east_m_s=v[0], v_north_m_s=v[1], v_up_m_s=v[2])
    for _ in range(50):
        state = step_in_water(state, Demand(want[0], want[1], want[2]), submersible(), 0.02)
        assert -BOTTOM_M <= state.up_m <= 0.0
        assert math.isfinite(state.speed_m_s)


def test_without_thrust_it_comes_to_rest_and_keeps_its_depth() -> None:
    state = AirframeState(up_m=-20.0, v_east_m_s=1.0, v_up_m_s=-0.3)
    for _ in range(6000):
        state = step_in_water(state, Demand(motors=False), submersible(), 0.02)
    assert state.speed_m_s < 0.01
    assert abs(state.v_up_m_s) < 0.001
    assert -22.0 < state.up_m < -20.0


def test_the_bottom_stops_it() -> None:
    state = AirframeState(up_m=-49.0)
    for _ in range(1000):
        state = step_in_water(state, Demand(climb_m_s=-1.0), submersible(), 0.02)
    assert (state.up_m, state.v_up_m_s) == (-50.0, 0.0)


def test_each_metre_of_sea_weighs_a_hundred_hectopascals() -> None:
    assert hydrostatic_hpa(0.0) == 1013.25
    assert hydrostatic_hpa(10.0) - hydrostatic_hpa(0.0) == pytest.approx(1005.2, abs=0.1)
    assert hydrostatic_hpa(-3.0) == 1013.25


# ---------------------------------------------------------------- what it says


def test_it_says_that_it_is_an_ardusub_in_manual() -> None:
    station = sub()
    beat = station.all("HEARTBEAT")[-1]
    assert [beat.whole(f) for f in ("type", "autopilot", "custom_mode", "system_status")] == [12, 3, 19, 3]
    assert station.command(512, 148) is Result.ACCEPTED
    assert station.all("AUTOPILOT_VERSION")[-1].whole("flight_sw_version") == 0x040503FF


def test_depth_is_negative_altitude_and_pressure_in_the_water() -> None:
    station = at_depth(12.0)
    for number in (33, 74, 137):
        assert station.command(512, number) is Result.ACCEPTED
    depth = depth_m(station)
    assert station.all("GLOBAL_POSITION_INT")[-1].whole("relative_alt") == pytest.approx(-1000 * depth, abs=2)
    assert station.all("VFR_HUD")[-1].number("alt") == pytest.approx(-depth, abs=0.01)
    pressure = station.all("SCALED_PRESSURE2")[-1]
    assert pressure.number("press_abs") == pytest.approx(1013.25 + 100.52 * depth, abs=0.2)


def test_thrust_takes_more_of_the_battery_than_rest() -> None:
    def used_mah(station: Station) -> float:
        before = station.autopilot.now.body.used_mah
        station.wait(60)
        return station.autopilot.now.body.used_mah - before

    resting, moving = sub(), diving(north(200, z=-5.0))
    assert 0 < 1.15 * used_mah(resting) < used_mah(moving)


# ---------------------------------------------------------------- modes, arming, missions


@pytest.mark.parametrize(("name", "number"), MODES.items(), ids=MODES)
def test_it_has_ardusubs_modes_and_can_be_armed_in_each(name: str, number: int) -> None:
    station = sub()
    assert station.command(176, 1, number) is Result.ACCEPTED, name
    assert station.command(400, 1) is Result.ACCEPTED
    station.wait(2)
    assert station.armed


@pytest.mark.parametrize("number", [5, 6, 17, 99])
def test_a_copters_modes_are_none_of_its_and_the_other_way_round(number: int) -> None:
    station = sub()
    assert station.command(176, 1, number) is Result.FAILED
    assert f"No such mode {number}" in station.texts()
    copter = Station().ready()
    assert copter.command(176, 1, MODES["MANUAL"]) is Result.FAILED


def test_there_is_no_take_off_and_a_mission_cannot_start_disarmed() -> None:
    station = sub()
    assert station.upload(HOME_ITEM, north(5, z=-3.0)) == 0
    assert station.command(300) is Result.FAILED
    assert station.command(22, 0, 0, 0, 0, 0, 0, 5.0) is Result.UNSUPPORTED
    assert station.autopilot.truth().mode is Mode.MANUAL


def test_manual_floats_and_depth_hold_keeps_its_depth() -> None:
    for mode in (MODES["MANUAL"], MODES["STABILIZE"], MODES["ALT_HOLD"], MODES["POSHOLD"]):
        station = at_depth(8.0)
        assert station.command(176, 1, mode) is Result.ACCEPTED
        station.wait(120)
        assert depth_m(station) == pytest.approx(8.0, abs=0.3)
        assert station.armed


def test_disarming_at_depth_is_allowed_and_arming_there_puts_home_at_the_surface() -> None:
    station = at_depth(8.0)
    assert station.command(400, 0) is Result.ACCEPTED
    station.wait(60)
    assert depth_m(station) == pytest.approx(8.0, abs=0.3)
    assert station.command(176, 1, MODES["ALT_HOLD"]) is Result.ACCEPTED
    assert station.command(400, 1) is Result.ACCEPTED
    assert station.autopilot.truth().height_m == pytest.approx(-8.0, abs=0.3)


def test_surface_rises_and_goes_over_to_depth_hold() -> None:
    station = at_depth(6.0)
    assert station.command(176, 1, MODES["SURFACE"]) is Result.ACCEPTED
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.ALT_HOLD)
    assert depth_m(station) < 0.15
    assert station.armed


def test_a_mission_goes_to_its_depths_and_ends_at_the_surface_armed() -> None:
    station = diving(north(10, z=-3.0), north(20, z=-9.0, param1=2.0), item(21, lat=0.0, z=0.0))
    seen: dict[int, float] = {}
    for _ in range(3000):
        station.wait(0.2)
        for message in station.all("MISSION_ITEM_REACHED"):
            seen.setdefault(message.whole("seq"), depth_m(station))
        if len(seen) == 3:
            break
    assert seen == {1: pytest.approx(3.0, abs=0.3), 2: pytest.approx(9.0, abs=0.3), 3: pytest.approx(0.0, abs=0.2)}
    station.wait(1)
    assert station.current().whole("mission_state") == 5
    assert station.armed


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (north(50, z=5.0), "BAD NAV ALT 500.00"),
        (north(50, z=-5.0, frame=0), "BAD NAV AltFrame 0"),
        (item(22, z=-5.0), "Skipping invalid cmd #22"),
    ],
    ids=["above water", "above the sea", "take-off"],
)
def test_what_it_cannot_dive_to_is_passed_over_with_a_text(bad: dict[str, object], text: str) -> None:
    station = diving(bad, north(4, z=-2.0))
    station.wait_until(lambda: station.current().whole("mission_state") == 5)
    assert text in station.texts()
    assert [m.whole("seq") for m in station.all("MISSION_ITEM_REACHED")] == [2]
    assert station.autopilot.now.body.north_m == pytest.approx(4.0, abs=0.5)


def test_an_item_to_return_goes_home_to_the_surface() -> None:
    station = diving(north(10, z=-4.0), item(20, frame=2))
    station.wait_until(lambda: station.current().whole("mission_state") == 5)
    assert depth_m(station) < 0.2
    assert math.hypot(station.autopilot.now.body.north_m, station.autopilot.now.body.east_m) < 0.6


def test_guided_dives_to_a_place() -> None:
    station = sub()
    assert station.command(176, 1, 4) is Result.ACCEPTED
    assert station.command(400, 1) is Result.ACCEPTED
    assert station.command_int(192, -1, 1, z=-7.0) is Result.ACCEPTED
    station.wait_until(lambda: abs(depth_m(station) - 7.0) < 0.2)
    assert station.command_int(192, -1, 1, z=7.0) is Result.DENIED


def test_a_silent_ground_station_and_an_empty_battery_bring_it_up() -> None:
    station = at_depth(6.0)
    station.send("PARAM_SET", param_id="FS_GCS_ENABLE", param_value=1.0, param_type=2)
    station.send("HEARTBEAT", target_system=0)
    station.wait(6)
    assert station.autopilot.truth().mode is Mode.LAND
    station = at_depth(6.0)
    for name, value in (("BATT_LOW_VOLT", 30.0), ("BATT_FS_LOW_ACT", 2.0)):
        station.send("PARAM_SET", param_id=name, param_value=value, param_type=9)
    station.wait(11)
    assert station.autopilot.truth().mode is Mode.LAND


def test_wind_is_not_felt_under_water_and_not_called_active() -> None:
    station = at_depth(5.0)
    now = station.autopilot.now
    now.faults.begin(Fault.usual(FaultKind.WIND), now.now_s)
    station.wait(20)
    assert station.autopilot.injection.effect(FaultKind.WIND) == (0.0, "m/s of wind under water", False)
    assert depth_m(station) == pytest.approx(5.0, abs=0.2)


# ---------------------------------------------------------------- the whole way


def test_a_hull_scan_is_planned_sent_and_dived_within_30_cm_of_its_depths(tmp_path: Path) -> None:
    path = tmp_path / "hull.plan"
    options = (
        "--pattern hull --at 51.9502,4.0500 --heading-deg 40 --length-m 16 --beam-m 5 --draught-m 2.5 "
        "--stand-off-m 1.5 --swath-m 1.6 --home 51.95,4.05"
    )
    made = CliRunner().invoke(plan_app, ["new", "-o", str(path), *options.split()])
    assert made.exit_code == 0, made.output
    mission = read_mission(path).mission
    with SimulatedVehicle(config(vehicle="sub", home_msl_m=0.0), speedup=20) as vehicle:
        with Ground.connect(f"tcp:127.0.0.1:{vehicle.port}") as ground:
            assert isinstance(ground.upload(mission), Stored)
        stored = list(vehicle._autopilot.pilot.stores.mission)
    station = sub()
    station.autopilot.pilot.stores.replace_mission(stored)
    assert station.command(400, 1) is Result.ACCEPTED
    assert station.command(300) is Result.ACCEPTED
    off: dict[int, float] = {}
    for _ in range(20_000):
        station.wait(0.2)
        told = station.all("MISSION_ITEM_REACHED")
        if told and (seq := told[-1].whole("seq")) not in off:
            off[seq] = abs(depth_m(station) + (stored[seq].z if stored[seq].command == 16 else 0.0))
        if station.autopilot.pilot.runner.shown_state == 5:
            break
    assert sorted(off) == [n for n, i in enumerate(stored) if i.is_nav and n]
    assert max(off.values()) < 0.3
    assert depth_m(station) < 0.2


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--autopilot", "px4"], "PX4 does not dive"),
        (["--wind", "5@90"], "no wind under water"),
        (["--footage", "x"], "no pictures are rendered under water"),
    ],
    ids=["px4", "wind", "footage"],
)
def test_what_a_submersible_cannot_have_is_one_sentence(options: list[str], why: str) -> None:
    result = CliRunner().invoke(app, ["run", "--port", "0", "--vehicle", "sub", *options])
    assert isinstance(result.exception, BadInput)
    assert why in str(result.exception)
