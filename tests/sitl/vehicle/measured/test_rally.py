"""What was measured on ArduCopter 4.6.3, "Rally": what other tests of the vehicle leave out."""

import pytest

from tests.sitl.vehicle.script import Station, item


@pytest.mark.parametrize(("frame", "back"), [(0, 0), (3, 3), (5, 0), (6, 3), (10, 10), (11, 10)])
def test_every_global_frame_is_taken_and_normalised(frame: int, back: int) -> None:
    station = Station().ready()
    assert station.upload(item(5100, frame=frame, lat=51.95, lon=4.05, z=40.9), kind=2) == 0
    (got,) = station.download(2)
    assert (got.whole("frame"), got.number("z")) == (back, 40.0)


def test_a_point_200_km_away_is_taken_and_the_count_is_a_parameter() -> None:
    station = Station().ready()
    assert station.upload(item(5100, lat=53.75, lon=4.05, z=20.0), kind=2) == 0
    assert station.autopilot.now.parameters["RALLY_TOTAL"] == 1
