"""What was measured on ArduCopter 4.6.3, "Camera": what other tests of the vehicle leave out."""

import math

from sitl.autopilot.messages import Result
from tests.sitl.vehicle.script import HOME_ITEM, RTL, TAKEOFF, Station, item, north


def test_the_camera_answers_with_empty_names_and_no_optics() -> None:
    station = Station().ready()
    for ask in ((512, 259), (521, 1)):
        assert station.command(*ask) is Result.ACCEPTED
        said = station.all("CAMERA_INFORMATION")[-1]
        assert said.fields["vendor_name"] == said.fields["model_name"] == [0] * 32
        assert math.isnan(said.number("focal_length"))


def test_every_picture_is_reported_once_and_never_again() -> None:
    station = Station().ready().fly(TAKEOFF, item(206, frame=2, param1=10.0), north(100), RTL)
    station.wait_until(lambda: not station.armed)
    reports = station.all("CAMERA_FEEDBACK")
    assert [r.whole("img_idx") for r in reports] == list(range(1, len(station.shots) + 1))
    assert {(r.whole("cam_idx"), r.whole("completed_captures"), r.number("foc_len")) for r in reports} == {(0, 0, 0.0)}
    assert station.command(512, 263) is Result.FAILED
    assert station.command(512, 180) is Result.FAILED
    assert len(station.all("CAMERA_FEEDBACK")) == len(reports)
    assert not station.all("CAMERA_IMAGE_CAPTURED")


def test_series_by_time_and_trigger_control_are_no_mission_items() -> None:
    station = Station().ready()
    for command in (214, 2003):
        assert station.upload(HOME_ITEM, TAKEOFF, item(command, frame=2, param1=1.0)) == 3
