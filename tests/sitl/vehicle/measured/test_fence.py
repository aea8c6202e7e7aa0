"""What was measured on ArduCopter 4.6.3, "Fence": what other tests of the vehicle leave out."""

import pytest

from sitl.autopilot.messages import Mode, Result
from tests.sitl.vehicle.script import HOME, HOME_ITEM, RTL, TAKEOFF, Station, item, north

CIRCLE = item(5003, frame=0, lat=HOME.lat_deg, lon=HOME.lon_deg, param1=75.25)


def ask(station: Station, number: int) -> Result:
    return station.command(512, number)


@pytest.mark.parametrize("frame", [0, 3, 5, 6, 10, 11])
def test_every_global_frame_is_taken_and_reads_back_as_0(frame: int) -> None:
    station = Station().ready()
    assert station.upload(CIRCLE | {"frame": frame, "z": 30.0}, kind=1) == 0
    (back,) = station.download(1)
    assert (back.whole("frame"), back.number("z"), back.number("param1")) == (0, 0.0, 75.25)


def test_a_return_point_is_kept_and_there_is_no_home_item() -> None:
    station = Station().ready()
    assert station.upload(CIRCLE, item(5000, frame=3, lat=51.95, lon=4.05), kind=1) == 0
    assert [m.whole("command") for m in station.download(1)] == [5003, 5000]


def test_an_upload_does_not_enable_it_and_its_status_comes_only_while_enabled() -> None:
    station = Station().ready()
    assert station.upload(CIRCLE, kind=1) == 0
    assert station.autopilot.now.parameters["FENCE_ENABLE"] == 0
    assert ask(station, 162) is Result.FAILED
    assert station.command(207, 1) is Result.ACCEPTED
    assert ask(station, 162) is Result.ACCEPTED
    assert station.command(207, 0) is Result.ACCEPTED
    assert ask(station, 162) is Result.FAILED


def test_enabling_is_accepted_without_a_polygon_and_brings_the_ceiling_of_100_m() -> None:
    station = Station().ready()
    assert station.command(207, 1) is Result.ACCEPTED
    station.fly(TAKEOFF | {"z": 130.0}, RTL)
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.RTL)
    assert "Max Alt fence breached" in station.texts()
    assert 100 < station.autopilot.truth().height_m < 110


def test_with_type_4_only_the_uploaded_shapes_hold() -> None:
    station = Station().ready()
    station.send("PARAM_SET", param_id="FENCE_TYPE", param_value=4.0, param_type=2)
    assert station.upload(CIRCLE | {"param1": 500.0}, kind=1) == 0
    assert station.command(207, 1) is Result.ACCEPTED
    station.fly(TAKEOFF | {"z": 130.0}, north(200, z=130.0), RTL)
    station.wait_until(lambda: not station.armed)
    assert not [t for t in station.texts() if "breached" in t]


def test_a_waypoint_outside_the_fence_is_stored_and_only_the_flight_there_is_stopped() -> None:
    station = Station().ready()
    station.send("PARAM_SET", param_id="FENCE_TYPE", param_value=4.0, param_type=2)
    assert station.upload(CIRCLE, kind=1) == 0
    station.command(207, 1)
    assert station.upload(HOME_ITEM, TAKEOFF, north(500), RTL) == 0
    station.fly(TAKEOFF, north(500), RTL)
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.RTL)
    assert station.autopilot.now.body.north_m < 100


def test_the_reason_of_a_refusal_stands_in_a_text() -> None:
    station = Station().ready()
    assert station.upload(*[item(5001, frame=0, lat=51.9, lon=4.0 + n / 100, param1=70.0) for n in range(70)], kind=1)
    assert "Fence exceeds storage size" in station.texts()
