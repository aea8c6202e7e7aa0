"""Each fault is measured by its effect on what the vehicle says of itself, and on where it really goes."""

import math
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Mode, Result
from sitl.faults import SPECS, Fault, FaultKind, Faults
from sitl.world.harbour import practice_harbour
from sitl.world.scene import write_scene
from tests.sitl.vehicle.script import RTL, START, TAKEOFF, Station, config, item, north


def begin(station: Station, text: str, *, for_s: float | None = None) -> FaultKind:
    fault = Fault.parse(text)
    now = station.autopilot.now
    now.faults.begin(fault, now.now_s, for_s=for_s)
    return fault.kind


def said(station: Station, number: int, name: str) -> dict[str, float]:
    assert station.command(512, number) == 0
    fields = station.all(name)[-1].fields
    return {k: v for k, v in fields.items() if isinstance(v, int | float)}


def effect(station: Station, kind: FaultKind) -> tuple[float, bool]:
    measured, _, works = station.autopilot.injection.effect(kind)
    return measured, works


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_has_a_usual_value_that_is_valid(kind: FaultKind) -> None:
    assert Fault.parse(kind) == Fault.usual(kind)


@given(st.sampled_from([k for k in FaultKind if SPECS[k].unit]), st.floats(0, 1), st.integers(0, 359))
def test_a_fault_reads_as_it_is_written(kind: FaultKind, share: float, direction: int) -> None:
    spec = SPECS[kind]
    value = spec.least + share * (spec.most - spec.least)
    text = f"{kind}={value!r}" + (f"@{direction}" if spec.directed else "")
    assert Fault.parse(text) == Fault(kind, value, float(direction) if spec.directed else 0.0)


@pytest.mark.parametrize(
    "text", ["", "storm", "wind=99@270", "wind=8@360", "gusts=nan", "motor=2", "camera=1", "gusts=2@90", "wind=x"]
)
def test_what_is_no_fault_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Fault.parse(text)


def test_wind_pushes_a_drone_that_brakes_and_is_reported() -> None:
    station = Station().airborne()
    kind = begin(station, "wind=12@270")
    station.wait(20)
    wind = said(station, 168, "WIND")
    assert [wind["speed"], wind["direction"]] == pytest.approx([12, 270])
    assert effect(station, kind) == pytest.approx((12, True))
    assert said(station, 30, "ATTITUDE")["roll"] < math.radians(-5)  # leans to the left, into the wind, nose north


def test_gusts_shake_a_hovering_drone() -> None:
    def wander(text: str | None) -> float:
        station = Station().airborne()
        if text:
            begin(station, text)
        rolls = []
        for _ in range(100):
            station.wait(0.2)
            rolls.append(said(station, 30, "ATTITUDE")["roll"])
        return math.degrees(max(rolls) - min(rolls))

    assert wander(None) < 0.2
    assert wander("gusts=4") > 1.0


def test_gusts_have_the_strength_that_was_asked_for() -> None:
    station = Station().ready()
    kind = begin(station, "gusts=3")
    squares = []
    for _ in range(60):
        station.wait(10)
        squares.append(effect(station, kind)[0] ** 2)
    assert math.sqrt(sum(squares) / len(squares)) == pytest.approx(3.0, rel=0.25)


def test_without_satellites_there_is_no_fix_and_no_arming() -> None:
    station = Station().ready()
    kind = begin(station, "gps-loss")
    station.wait(6)
    gps = said(station, 24, "GPS_RAW_INT")
    assert (gps["fix_type"], gps["satellites_visible"]) == (0, 0)
    assert station.command(176, 1, 4) == 0
    assert station.command(400, 1) == Result.FAILED
    assert "Arm: GPS 1: Bad fix" in station.texts()
    assert effect(station, kind) == (0, True)


def test_a_flight_that_loses_its_satellites_lands_where_it_drifted() -> None:
    station = Station().airborne()
    begin(station, "gps-loss")
    station.wait_until(lambda: not station.armed)
    assert "EKF Failsafe: changed to LAND Mode" in station.texts()
    body = station.autopilot.now.body
    assert math.hypot(body.east_m, body.north_m) > 3


def test_drift_leads_a_hovering_drone_away_while_it_believes_to_stay() -> None:
    station = Station().airborne()
    kind = begin(station, "gps-drift=1@90")
    station.wait(30)
    now = station.autopilot.now
    assert now.body.east_m == pytest.approx(-30, abs=4)
    assert now.here.east_m == pytest.approx(0, abs=2)
    assert effect(station, kind) == pytest.approx((30, True), abs=1)
    now.faults.end(kind, now.now_s)
    station.wait(40)
    assert now.body.east_m == pytest.approx(0, abs=2)


def test_a_compass_error_turns_the_nose_and_bends_the_way() -> None:
    station = Station().airborne()
    kind = begin(station, "compass=30")
    station.wait(10)
    heading = said(station, 33, "GLOBAL_POSITION_INT")["hdg"] / 100
    assert (heading - station.autopilot.now.body.yaw_deg) % 360 == pytest.approx(30, abs=0.1)
    assert said(station, 193, "EKF_STATUS_REPORT")["compass_variance"] > 0.5
    assert effect(station, kind) == pytest.approx((30, True))


def test_a_weak_motor_climbs_slowly_and_a_dead_one_brings_it_down() -> None:
    station = Station().airborne(10)
    begin(station, "motor=0.45")
    assert station.command_int(192, 5, 1, z=60) == 0
    station.wait(10)
    weak_m = station.autopilot.truth().height_m
    assert 11 < weak_m < 18
    begin(station, "motor=1")
    station.wait_until(lambda: station.autopilot.now.body.on_ground, at_most_s=60)


def test_a_sagging_battery_reads_low_and_sets_the_failsafe_off() -> None:
    station = Station(Autopilot(config(parameters=(("BATT_FS_LOW_ACT", 2), ("BATT_LOW_TIMER", 3))))).airborne()
    before = said(station, 1, "SYS_STATUS")["voltage_battery"]
    kind = begin(station, "battery-sag=5")
    station.wait(6)
    assert before - said(station, 1, "SYS_STATUS")["voltage_battery"] == pytest.approx(5000, abs=150)
    assert station.autopilot.truth().mode is Mode.RTL
    assert effect(station, kind)[1]


def test_a_critical_battery_lands_a_drone_that_was_already_on_its_way_home() -> None:
    actions = (("BATT_FS_LOW_ACT", 2), ("BATT_FS_CRT_ACT", 1), ("BATT_LOW_TIMER", 3), ("BATT_CRT_VOLT", 18))
    station = Station(Autopilot(config(parameters=actions))).airborne()
    begin(station, "battery-sag=5")
    station.wait(6)
    assert station.autopilot.truth().mode is Mode.RTL
    begin(station, "battery-sag=9")
    station.wait(5)
    assert station.autopilot.truth().mode is Mode.LAND
    assert any("Battery 1 is critical" in text for text in station.texts())


def test_a_broken_camera_reports_no_picture() -> None:
    station = Station().airborne()
    kind = begin(station, "camera")
    assert effect(station, kind) == (0, False)
    assert station.command(2000, 0, 0, 1) == Result.FAILED
    assert (station.shots, station.all("CAMERA_FEEDBACK")) == ([], [])
    assert effect(station, kind) == (1, True)
    station.autopilot.now.faults.end(kind, station.autopilot.now.now_s)
    assert station.command(2000, 0, 0, 1) == 0
    assert len(station.all("CAMERA_FEEDBACK")) == 1


def test_a_stuck_gimbal_does_not_turn() -> None:
    station = Station().airborne()
    kind = begin(station, "gimbal-stuck")
    station.wait(1)
    assert effect(station, kind) == (0, False)
    assert station.command(1000, -30) == 0
    station.wait(5)
    assert effect(station, kind) == (60, True)
    assert station.autopilot.truth().camera.pitch_deg == -90
    station.autopilot.now.faults.end(FaultKind.GIMBAL_STUCK, 0)
    station.wait(5)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-30)


def test_a_broken_camera_counts_one_refusal_for_each_picture_of_a_series() -> None:
    station = Station().ready().fly(TAKEOFF, item(206, frame=2, param1=20.0), north(200), RTL)
    station.wait_until(lambda: len(station.shots) == 2)
    kind = begin(station, "camera")
    station.wait_until(lambda: station.autopilot.now.body.north_m > 190)
    measured, works = effect(station, kind)
    assert works
    assert 6 <= measured <= 9


def test_ais_silence_is_active_once_a_sentence_was_missed_and_never_without_a_receiver() -> None:
    station = Station().ready()
    kind = begin(station, "ais-silence")
    station.wait(5)
    assert effect(station, kind) == (0, False)
    harbour = practice_harbour(0)
    station.autopilot.injection.ais_withheld = lambda since_s, until_s: len(
        harbour.ais_nmea(START + timedelta(seconds=since_s), START + timedelta(seconds=until_s))
    )
    station.wait(60)
    measured, works = effect(station, kind)
    assert works
    assert measured > 10


def test_a_silent_receiver_logs_no_ais(tmp_path: Path) -> None:
    harbour = practice_harbour(0)
    end = START + timedelta(minutes=10)
    whole = write_scene(tmp_path / "a", harbour, START, end)["ais"].read_text().splitlines()
    holed = write_scene(tmp_path / "b", harbour, START, end, ais_silent_s=[(60, 300)])["ais"].read_text().splitlines()
    lost = harbour.ais_nmea(START + timedelta(seconds=60), START + timedelta(seconds=300))
    assert len(lost) > 50
    assert len(whole) - len(holed) == pytest.approx(len(lost), abs=5)  # the log's times are whole seconds
    assert set(holed) < set(whole)


def test_a_fault_ends_by_itself_after_its_time() -> None:
    station = Station().ready()
    begin(station, "gps-loss", for_s=4)
    station.wait(3.9)
    before = station.autopilot.now.has_gps
    station.wait(0.2)
    assert (before, station.autopilot.now.has_gps) == (False, True)
    began_s, ended_s = station.autopilot.now.faults.spans_s(FaultKind.GPS_LOSS, 99)[0]
    assert ended_s - began_s == pytest.approx(4)


def test_a_later_fault_of_the_same_kind_replaces_the_earlier() -> None:
    faults = Faults()
    faults.begin(Fault(FaultKind.GUSTS, 2), 0)
    faults.begin(Fault(FaultKind.GUSTS, 5), 10)
    assert faults.value(FaultKind.GUSTS) == 5
    assert faults.spans_s(FaultKind.GUSTS, 12) == [(0, 10), (10, 12)]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("SIM_WIND_SPD", 9, FaultKind.WIND),
        ("SIM_WIND_TURB", 2, FaultKind.GUSTS),
        ("SIM_GPS1_ENABLE", 0, FaultKind.GPS_LOSS),
        ("SIM_BATT_VOLTAGE", 20, FaultKind.BATTERY_SAG),
        ("SIM_UART_LOSS", 40, FaultKind.LINK_DROP),
    ],
)
def test_ardupilots_parameters_make_the_fault_and_end_it(name: str, value: float, kind: FaultKind) -> None:
    station = Station().ready()
    usual = station.autopilot.now.parameters[name]
    station.send("PARAM_SET", param_id=name, param_value=value, param_type=9)
    assert station.autopilot.truth().faults == (kind,)
    station.wait(0.1)
    assert station.autopilot.now.parameters[name] == pytest.approx(value)
    station.send("PARAM_SET", param_id=name, param_value=usual, param_type=9)
    assert station.autopilot.truth().faults == ()


def test_the_parameters_show_a_fault_that_came_another_way() -> None:
    station = Station().ready()
    begin(station, "wind=7@90")
    station.wait(0.1)
    assert (station.autopilot.now.parameters["SIM_WIND_SPD"], station.autopilot.now.parameters["SIM_WIND_DIR"]) == (
        7,
        90,
    )


def test_injected_failures_need_to_be_allowed_and_are_ended_by_ok() -> None:
    station = Station().ready()
    assert station.command(420, 4, 1) == Result.DENIED
    station.send("PARAM_SET", param_id="SYS_FAILURE_EN", param_value=1, param_type=2)
    assert station.command(420, 4, 1) == 0
    assert station.autopilot.truth().faults == (FaultKind.GPS_LOSS,)
    assert station.command(420, 4, 0) == 0
    assert station.autopilot.truth().faults == ()
    assert station.command(420, 7, 1) == Result.UNSUPPORTED
