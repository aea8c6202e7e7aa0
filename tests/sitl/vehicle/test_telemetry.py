import math
from datetime import timedelta

import pytest

from planner.geo.camera import Attitude
from sitl.autopilot.core import STEP_S, Autopilot
from sitl.autopilot.messages import Send
from sitl.autopilot.reports import IDS
from sitl.vehicle import quaternion
from tests.sitl.vehicle.script import HOME, START, TAKEOFF, Station, config, item, last, north

ACCEPTED, DENIED, FAILED = 0, 2, 4


def ready() -> Station:
    return Station().ready()


def test_only_heartbeats_come_unasked() -> None:
    station = Station()
    expected = {"HEARTBEAT", "GPS_GLOBAL_ORIGIN", "HOME_POSITION", "STATUSTEXT", "TIMESYNC"}
    assert {m.name for m in station.wait(20.1)} == expected
    assert len(station.all("HEARTBEAT")) == 20
    assert station.texts() == ["ArduPilot Ready", "EKF3 IMU0 origin set", "EKF3 IMU0 is using GPS"]


def test_the_heartbeat_says_boot_standby_active() -> None:
    station = Station()
    states = [m.whole("system_status") for m in station.wait(5) if m.name == "HEARTBEAT"]
    assert states == [1, 1, 3, 3, 3]
    station.airborne()
    beat = last(station.wait(1.1), "HEARTBEAT")
    assert beat is not None
    fields = [beat.whole(f) for f in ("type", "autopilot", "base_mode", "custom_mode", "system_status")]
    assert fields == [2, 3, 217, 4, 4]


def test_the_version_is_4_6_3_with_its_capabilities() -> None:
    station = ready()
    assert station.command(512, 148) == ACCEPTED
    version = station.all("AUTOPILOT_VERSION")[-1]
    assert (version.whole("capabilities"), version.whole("flight_sw_version")) == (64495, 0x040603FF)
    assert station.command(520, 1) == ACCEPTED


def test_intervals_are_kept_by_client_and_in_simulated_time() -> None:
    station = ready()
    other = Station(autopilot=station.autopilot, client=2)
    assert station.command(511, 33, 200_000) == ACCEPTED
    station.wait(10)
    assert len(station.all("GLOBAL_POSITION_INT")) == pytest.approx(50, abs=1)
    other._collect()
    assert not other.all("GLOBAL_POSITION_INT")
    assert station.command(510, 33) == ACCEPTED
    assert station.all("MESSAGE_INTERVAL")[-1].whole("interval_us") == 200_000
    assert station.command(511, 33, -1) == ACCEPTED
    assert not [m for m in station.wait(2) if m.name == "GLOBAL_POSITION_INT"]


def test_unknown_messages_are_denied_or_failed() -> None:
    station = ready()
    assert station.command(511, 12345, 1e5) == DENIED
    assert station.command(512, 12345) == FAILED
    assert station.command(512, 263) == FAILED


def test_a_data_stream_brings_its_group() -> None:
    station = ready()
    station.send("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=4, start_stop=1)
    names = {m.name for m in station.wait(1)}
    assert {"SYS_STATUS", "GPS_RAW_INT", "GLOBAL_POSITION_INT", "ATTITUDE", "VFR_HUD", "SYSTEM_TIME"} <= names
    assert {"MISSION_CURRENT", "BATTERY_STATUS", "EKF_STATUS_REPORT"} <= names
    station.send("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=0, start_stop=0)
    assert {m.name for m in station.wait(1)} == {"HEARTBEAT"}


def test_a_port_with_rates_in_its_parameters_streams_to_whoever_comes_there() -> None:
    station = Station(autopilot=Autopilot(config(parameters=(("SR1_EXTRA3", 4.0),))))
    other = Station(autopilot=station.autopilot, client=2)
    station.autopilot.greet(station.client, 1)
    station.autopilot.greet(other.client, 0)
    heard = [s for s in _passing(station, 10) if s.message.name == "GIMBAL_DEVICE_ATTITUDE_STATUS"]
    assert len(heard) == pytest.approx(40, abs=1)
    assert {s.client for s in heard} == {station.client}


def _passing(station: Station, seconds: float) -> list[Send]:
    found: list[Send] = []
    for _ in range(round(seconds / STEP_S)):
        station.autopilot.step(0.0)
        found += station.autopilot.drain()
    return found


def test_every_message_can_be_asked_for_in_flight() -> None:
    station = ready()
    station.command(207, 1)
    station.fly(TAKEOFF, north(100))
    station.wait(15)
    for number, name in IDS.items():
        assert station.command(512, number) == ACCEPTED, name
        assert station.all(name)


def test_positions_are_zero_without_satellites_and_right_with_them() -> None:
    station = Station(Autopilot(config(armable_s=40.0)))
    station.wait(5)
    station.command(512, 33)
    assert station.all("GLOBAL_POSITION_INT")[-1].whole("lat") == 0
    station.wait(36)
    station.command(512, 33)
    got = station.all("GLOBAL_POSITION_INT")[-1]
    assert (got.whole("lat"), got.whole("lon"), got.whole("alt")) == (519500000, 40500000, 5000)


def test_utc_is_the_start_plus_simulated_time() -> None:
    station = ready()
    station.command(512, 2)
    expected = (START + timedelta(seconds=station.autopilot.now.now_s)).timestamp()
    assert station.all("SYSTEM_TIME")[-1].whole("time_unix_usec") == pytest.approx(expected * 1e6, abs=1)


def test_the_battery_drains_in_flight() -> None:
    station = Station().airborne()
    before = station.autopilot.truth().battery_share
    station.wait(60)
    station.command(512, 147)
    status = station.all("BATTERY_STATUS")[-1]
    assert station.autopilot.truth().battery_share < before - 0.015
    assert 10_00 < status.whole("current_battery") < 18_00


def test_the_prearm_bit_tells_whether_it_can_be_armed() -> None:
    station = Station()
    station.wait(5)
    station.command(512, 1)
    assert not station.all("SYS_STATUS")[-1].whole("onboard_control_sensors_health") & 0x10000000
    station.wait(6)
    station.command(512, 1)
    assert station.all("SYS_STATUS")[-1].whole("onboard_control_sensors_health") & 0x10000000


def test_quaternions_are_those_of_the_angles() -> None:
    w, x, y, z = quaternion(0.0, 0.0, 90.0)
    assert (w, x, y, z) == pytest.approx((math.sqrt(0.5), 0, 0, math.sqrt(0.5)))


# ---------------------------------------------------------------- parameters


def test_all_parameters_are_listed_with_their_numbers() -> None:
    station = ready()
    station.send("PARAM_REQUEST_LIST")
    station.wait(1)
    values = station.all("PARAM_VALUE")
    assert [m.whole("param_index") for m in values] == list(range(values[0].whole("param_count")))
    assert {"FENCE_ENABLE", "FS_GCS_ENABLE", "WPNAV_SPEED", "BATT_CAPACITY", "SYSID_THISMAV"} <= {
        m.text("param_id") for m in values
    }


def test_any_component_is_answered_and_other_systems_are_not() -> None:
    for system, component, answers in ((1, 0, True), (1, 100, True), (2, 1, False)):
        station = ready()
        station.send("PARAM_REQUEST_LIST", target_system=system, target_component=component)
        station.wait(0.1)
        assert bool(station.all("PARAM_VALUE")) is answers


def test_reading_by_name_and_by_number() -> None:
    station = ready()
    by_name = station.send("PARAM_REQUEST_READ", param_id="WPNAV_SPEED", param_index=-1)[0]
    assert (by_name.number("param_value"), by_name.whole("param_index")) == (1000.0, 65535)
    by_number = station.send("PARAM_REQUEST_READ", param_id="", param_index=0)[0]
    assert by_number.whole("param_index") == 0
    assert station.send("PARAM_REQUEST_READ", param_id="NO_SUCH", param_index=-1) == []


def test_a_set_parameter_is_rounded_as_its_type_asks_and_heeded() -> None:
    station = ready()
    got = station.send("PARAM_SET", param_id="FENCE_TYPE", param_value=4.4, param_type=2)[0]
    assert got.number("param_value") == 4.0
    station.send("PARAM_SET", param_id="WPNAV_SPEED", param_value=500.0, param_type=9)
    station.fly(TAKEOFF, north(300))
    station.wait_until(lambda: station.autopilot.now.body.north_m > 60)
    assert station.autopilot.truth().speed_m_s == pytest.approx(5.0, abs=0.2)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_no_parameter(value: float) -> None:
    got = ready().send("PARAM_SET", param_id="WPNAV_SPEED", param_value=value, param_type=9)[0]
    assert got.number("param_value") == 1000.0


# ---------------------------------------------------------------- camera


def test_pictures_come_by_distance_with_a_report_each() -> None:
    by_distance = item(206, frame=2, param1=15.0, param3=1.0)
    station = ready().fly(TAKEOFF, item(178, frame=2, param1=1.0, param2=8.0), by_distance, north(150))
    station.wait_until(lambda: station.autopilot.now.body.north_m > 140)
    assert [s.index for s in station.shots] == list(range(1, 11))
    gaps = [b.at.lat_deg - a.at.lat_deg for a, b in zip(station.shots, station.shots[1:], strict=False)]
    assert all(15.0 <= gap * 111_250 < 15.4 for gap in gaps)
    reports = station.all("CAMERA_FEEDBACK")
    assert [r.whole("img_idx") for r in reports] == list(range(1, 11))


def test_a_report_has_utc_time_and_the_vehicles_attitude_and_a_shot_the_cameras() -> None:
    station = ready().fly(TAKEOFF, north(300))
    station.wait_until(lambda: station.autopilot.truth().speed_m_s > 5)
    assert station.command(203, 0, 0, 0, 0, 1) == ACCEPTED
    report, shot = station.all("CAMERA_FEEDBACK")[-1], station.shots[-1]
    assert report.whole("time_usec") == round(shot.at_utc.timestamp() * 1e6)
    assert report.number("pitch") == shot.vehicle.pitch_deg
    assert abs(shot.vehicle.pitch_deg) > 1
    assert shot.camera == Attitude(shot.vehicle.yaw_deg, -90.0, 0.0)
    assert (report.whole("completed_captures"), report.whole("cam_idx"), report.whole("target_system")) == (0, 0, 0)
    assert shot.height_m == pytest.approx(shot.height_above_home_m + 5.0)


def test_two_pictures_within_a_tenth_of_a_second_are_one_too_many() -> None:
    station = ready()
    assert station.command(2000, 0, 0, 1) == ACCEPTED
    assert station.command(2000, 0, 0, 1) == FAILED
    station.wait(0.2)
    assert station.command(2000, 0, 0, 1) == ACCEPTED


def test_a_series_by_time_ends_after_its_count_or_by_command() -> None:
    station = ready()
    station.command(2000, 0, 2.0, 3)
    station.wait(20)
    assert len(station.shots) == 3
    station.command(2000, 0, 1.0, 0)
    station.wait(5)
    station.command(2001)
    taken = len(station.shots)
    station.wait(5)
    assert len(station.shots) == taken >= 7


def test_camera_image_captured_is_never_sent() -> None:
    station = ready()
    station.command(203, 0, 0, 0, 0, 1)
    assert station.command(512, 263) == FAILED
    assert not station.all("CAMERA_IMAGE_CAPTURED")


def test_the_shot_is_where_the_vehicle_is() -> None:
    station = ready()
    station.command(203, 0, 0, 0, 0, 1)
    assert station.shots[0].at.lat_deg == pytest.approx(HOME.lat_deg, abs=1e-7)
    assert station.shots[0].height_m == pytest.approx(5.0)


def test_hundreds_of_parameters_are_listed_once_each_with_names_that_fit() -> None:
    station = ready()
    station.send("PARAM_REQUEST_LIST")
    listed = [m for m in station.wait(2) if m.name == "PARAM_VALUE"]
    names = [m.text("param_id") for m in listed]
    assert len(names) == len(set(names)) == listed[0].whole("param_count") > 400
    assert max(map(len, names)) <= 16
    assert sorted(m.whole("param_index") for m in listed) == list(range(len(names)))
    assert {"RC16_OPTION", "SERVO1_FUNCTION", "FLTMODE6", "FS_EKF_ACTION", "SR3_PARAMS", "WPNAV_SPEED"} <= set(names)
