"""Gimbal protocol v2 and the camera's answers, as ArduPilot and PX4 give them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitl.autopilot.core import Autopilot
from sitl.autopilot.gimbal import YAW_LOCK, angles_deg
from sitl.autopilot.messages import Message, Result
from sitl.vehicle import quaternion
from tests.sitl.vehicle.script import HOME_ITEM, RTL, TAKEOFF, Station, config, item, last, north

NAN = math.nan


def px4() -> Station:
    return Station(Autopilot(config(autopilot="px4"))).ready()


def said(station: Station, number: int, name: str) -> Message:
    assert station.command(512, number) is Result.ACCEPTED
    return station.all(name)[-1]


def look(station: Station, pitch: float, yaw: float, flags: int = 0, device: int = 0) -> Result:
    return station.command(1000, pitch, yaw, NAN, NAN, flags, 0, device)


def control(station: Station) -> tuple[int, int]:
    status = said(station, 281, "GIMBAL_MANAGER_STATUS")
    return status.whole("primary_control_sysid"), status.whole("primary_control_compid")


def test_the_manager_tells_its_device_limits_and_abilities() -> None:
    told = said(Station().ready(), 280, "GIMBAL_MANAGER_INFORMATION")
    assert told.whole("gimbal_device_id") == 1
    assert told.number("pitch_min") == pytest.approx(-math.pi / 2)
    assert told.number("pitch_max") == pytest.approx(math.radians(20))
    assert told.whole("cap_flags") & 1024


def test_a_claim_is_told_to_everybody_and_released_only_by_its_owner() -> None:
    station = Station().ready()
    other = Station(autopilot=station.autopilot, system=254, component=1, client=2)
    assert control(station) == (0, 0)
    answers = station.send("COMMAND_LONG", command=1001, param1=-2.0, param2=-2.0, param3=-1.0, param4=-1.0)
    status = last(answers, "GIMBAL_MANAGER_STATUS")
    assert status is not None
    assert status.whole("primary_control_sysid") == 255
    assert control(other) == (255, 190)
    assert other.command(1001, -3, -3) is Result.ACCEPTED
    assert control(other) == (255, 190)
    assert station.command(1001, -3, -3) is Result.ACCEPTED
    assert control(station) == (0, 0)


@pytest.mark.parametrize("params", [(-4, 0), (256, 0), (NAN, 0), (-2, 300), (-2, -2, 0, 0, 0, 0, 5)])
def test_a_claim_that_makes_no_sense_fails_and_changes_nothing(params: tuple[float, ...]) -> None:
    station = Station().ready()
    assert station.command(1001, *params) is Result.FAILED
    assert control(station) == (0, 0)


def test_ardupilot_obeys_everybody_and_px4_only_whoever_is_in_control() -> None:
    assert look(Station().ready(), -30, 0) is Result.ACCEPTED
    station = px4()
    other = Station(autopilot=station.autopilot, system=254, component=1, client=2)
    assert look(station, -30, 0) is Result.DENIED
    assert station.command(1001, -2, -2) is Result.ACCEPTED
    assert look(station, -30, 0) is Result.ACCEPTED
    assert look(other, -60, 0) is Result.DENIED
    station.wait(3)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-30)


def test_a_mission_points_the_gimbal_without_a_claim() -> None:
    station = px4()
    at = item(1000, frame=2, param1=-45.0, param2=0.0, param3=NAN, param4=NAN)
    takeoff = item(22, frame=0, z=20.0)
    answers = station.send("MISSION_COUNT", count=3)
    for one in (takeoff, at, north(60)):
        request = last(answers, "MISSION_REQUEST_INT")
        assert request is not None
        answers = station.send("MISSION_ITEM_INT", seq=request.whole("seq"), **one)
    assert station.command(300) is Result.ACCEPTED
    station.wait_until(lambda: station.autopilot.truth().mission_item == 3)
    station.wait(3)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-45)


def test_a_locked_heading_stays_while_the_nose_turns_and_a_free_one_turns_with_it() -> None:
    for flags, heading in ((YAW_LOCK, 60.0), (0, 150.0)):
        station = Station().ready().fly(TAKEOFF, north(0.1, east=150), RTL)
        assert look(station, -40, 60, flags) is Result.ACCEPTED
        station.wait_until(lambda station=station: station.autopilot.truth().mission_item == 2)
        station.wait(6)
        assert station.autopilot.truth().attitude.yaw_deg == pytest.approx(90, abs=2)
        assert station.autopilot.truth().camera.yaw_deg == pytest.approx(heading, abs=2)
        assert bool(said(station, 285, "GIMBAL_DEVICE_ATTITUDE_STATUS").whole("flags") & YAW_LOCK) == bool(flags)


def test_rates_turn_it_until_the_next_order_and_stop_at_its_limits() -> None:
    station = Station().ready()
    assert station.command(1000, NAN, NAN, 10, -5) is Result.ACCEPTED
    station.wait(4)
    camera = station.autopilot.truth().camera
    assert (camera.pitch_deg, camera.yaw_deg) == pytest.approx((-50, 340), abs=1)
    assert station.command(1000, NAN, NAN, 0, 0) is Result.ACCEPTED
    station.wait(4)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-50, abs=1)
    assert station.command(1000, NAN, NAN, 40, 0) is Result.ACCEPTED
    station.wait(10)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(20)


def test_neutral_looks_ahead_and_nothing_to_do_is_a_failure() -> None:
    station = Station().ready()
    assert station.command(1000, NAN, NAN, NAN, NAN, 2) is Result.ACCEPTED
    station.wait(3)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(0)
    assert station.command(1000, NAN, NAN, NAN, NAN, 0) is Result.FAILED
    assert look(station, -10, 0, device=4) is Result.FAILED


def test_the_messages_without_an_answer_point_it_too() -> None:
    station = Station().ready()
    station.send("GIMBAL_MANAGER_SET_PITCHYAW", pitch=math.radians(-20), yaw=0.3, pitch_rate=NAN, yaw_rate=NAN)
    station.wait(3)
    camera = station.autopilot.truth().camera
    assert (camera.pitch_deg, camera.yaw_deg) == pytest.approx((-20, math.degrees(0.3)), abs=0.01)
    q = list(quaternion(0.0, -70.0, -30.0))
    station.send("GIMBAL_MANAGER_SET_ATTITUDE", q=q, angular_velocity_y=NAN, angular_velocity_z=NAN)
    station.wait(3)
    camera = station.autopilot.truth().camera
    assert (camera.pitch_deg, camera.yaw_deg) == pytest.approx((-70, 330), abs=0.01)


@given(st.floats(-85, 85), st.floats(-179, 179))
def test_angles_of_a_quaternion_are_those_it_was_made_of(pitch: float, yaw: float) -> None:
    assert angles_deg(list(quaternion(0.0, pitch, yaw))) == pytest.approx((pitch, yaw), abs=1e-6)


@given(st.lists(st.floats(), max_size=5))
def test_no_quaternion_breaks_it(q: list[float]) -> None:
    assert len(angles_deg(q)) == 2


def test_the_cameras_settings_and_captures_can_be_asked_for() -> None:
    station = Station().ready()
    assert said(station, 260, "CAMERA_SETTINGS").whole("mode_id") == 0
    assert station.command(2000, 0, 2.0, 3) is Result.ACCEPTED
    running = said(station, 262, "CAMERA_CAPTURE_STATUS")
    assert (running.whole("image_status"), running.number("image_interval"), running.whole("image_count")) == (2, 2, 1)
    station.wait(6)
    done = said(station, 262, "CAMERA_CAPTURE_STATUS")
    assert (done.whole("image_status"), done.whole("image_count")) == (0, 3)


def test_a_mode_of_the_camera_cannot_be_set_as_on_the_real_one() -> None:
    station = Station().ready()
    assert station.command(530, 0, 1) is Result.UNSUPPORTED
    assert station.upload(HOME_ITEM, TAKEOFF, item(530, frame=2, param2=1.0)) == 3


def test_no_order_breaks_the_gimbal() -> None:
    strange: list[Any] = [NAN, math.inf, -math.inf, 1e30, -1e30, 0.0]
    station = Station().ready()
    for a in strange:
        for b in strange:
            station.command(1000, a, b, b, a, a, b, 0)
            station.command(1001, a, b, a, b, 0, 0, b)
            station.wait(0.1)
    assert math.isfinite(station.autopilot.truth().camera.pitch_deg)


def test_what_a_command_does_not_use_may_be_no_number() -> None:
    station = Station().ready()
    assert station.command(2000, 0, 0, 1, NAN, NAN, NAN, NAN) is Result.ACCEPTED
    assert station.command(195, 0, 0, 0, 0, NAN, NAN, 0) is Result.DENIED


def test_the_camera_looks_at_a_point_on_the_water_and_at_none_above_the_horizon() -> None:
    station = Station().ready()
    look(station, -45.0, 0.0)
    station.wait(10)
    told = said(station, 271, "CAMERA_FOV_STATUS")
    north_m = (told.whole("lat_image") - told.whole("lat_camera")) * 1e-7 * 111_200
    above_m = (told.whole("alt_camera") - told.whole("alt_image")) / 1000
    assert above_m > 0
    away_m = math.hypot(north_m, (told.whole("lon_image") - told.whole("lon_camera")) * 1e-7 * 111_200 * 0.616)
    assert away_m == pytest.approx(above_m, rel=0.05)
    look(station, 10.0, 0.0)
    station.wait(10)
    assert said(station, 271, "CAMERA_FOV_STATUS").whole("lat_image") == 2**31 - 1


def test_a_px4_tells_no_ground_point() -> None:
    station = px4()
    station.command(512, 271)
    assert station.all("CAMERA_FOV_STATUS") == []
