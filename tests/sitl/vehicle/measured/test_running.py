"""What was measured on ArduCopter 4.6.3, "Running a mission": what other tests of the vehicle leave out."""

import math

import pytest

from planner.geo.points import LatLon
from sitl.autopilot.messages import Mode, Result
from tests.sitl.vehicle.script import HOME, HOME_ITEM, RTL, TAKEOFF, Station, item, north

SPEED = item(178, frame=2, param1=1.0, param2=6.0)
PICTURE = item(203, frame=2, lat=1e-7)


def landed(station: Station) -> Station:
    station.wait_until(lambda: not station.armed)
    return station


@pytest.mark.parametrize(("following", "told"), [(SPEED, 2), (PICTURE, 1), (north(30), 1)])
def test_what_follows_a_take_off_decides_under_which_number_it_is_reached(
    following: dict[str, float], told: int
) -> None:
    station = landed(Station().ready().fly(TAKEOFF, following, north(40), RTL))
    assert station.all("MISSION_ITEM_REACHED")[0].whole("seq") == told


def test_a_pictures_report_comes_before_the_text_of_its_item() -> None:
    station = landed(Station().ready().fly(TAKEOFF, PICTURE, north(40), RTL))
    order = [s.message for s in station.heard]
    report = next(n for n, m in enumerate(order) if m.name == "CAMERA_FEEDBACK")
    text = next(n for n, m in enumerate(order) if m.text("text") == "Mission: 2 DigiCamCtrl")
    assert report < text


def test_the_flight_ends_with_the_armed_bit_and_not_with_the_last_item() -> None:
    station = landed(Station().ready().fly(TAKEOFF, north(30), item(21)))
    assert 3 not in [m.whole("seq") for m in station.all("MISSION_ITEM_REACHED")]
    now = station.current()
    assert (now.whole("seq"), now.whole("mission_state")) == (1, 3)
    station = landed(Station().ready().fly(TAKEOFF, north(30), RTL))
    assert station.all("MISSION_ITEM_REACHED")[-1].whole("seq") == 3
    assert (station.current().whole("seq"), station.current().whole("mission_state")) == (0, 5)


def test_each_failed_arming_says_why_in_texts_of_its_own() -> None:
    station = Station()
    station.wait(3.0)
    station.command(176, 1, 4)
    assert station.command(400, 1) is Result.FAILED
    assert len([t for t in station.texts() if t.startswith("Arm: ")]) > 1


def test_a_mission_without_an_end_item_stays_complete_and_in_auto_in_the_air() -> None:
    station = Station().ready().fly(TAKEOFF, north(30))
    station.wait_until(lambda: station.current().whole("mission_state") == 5)
    station.wait(30)
    truth = station.autopilot.truth()
    assert (truth.mode, truth.armed, round(truth.height_m)) == (Mode.AUTO, True, 20)


def test_an_upload_under_way_is_accepted_and_floods_texts_of_severity_2() -> None:
    station = Station().ready().fly(TAKEOFF, north(200), RTL)
    station.wait_until(lambda: station.autopilot.truth().mission_item == 2)
    start = len(station.heard)
    assert station.upload(HOME_ITEM, TAKEOFF, north(150), RTL) == 0
    texts = [s.message for s in station.heard[start:] if s.message.name == "STATUSTEXT"]
    flood = [m for m in texts if m.text("text") == "Auto mission changed, restarted command"]
    assert len(flood) >= 2
    assert {m.whole("severity") for m in flood} == {2}


def test_repositioning_needs_leave_to_change_the_mode() -> None:
    station = Station().ready().fly(TAKEOFF, north(200), RTL)
    station.wait_until(lambda: station.autopilot.truth().mission_item == 2)
    there = LatLon(HOME.lat_deg + 0.0005, HOME.lon_deg)
    assert station.command(192, -1, 1, 0, 0, there.lat_deg, there.lon_deg, 25) is Result.UNSUPPORTED
    assert station.command_int(192, -1, 0, at=there, z=25.0) is Result.DENIED
    assert station.command_int(192, -1, 1, at=there, z=25.0) is Result.ACCEPTED
    assert station.autopilot.truth().mode is Mode.GUIDED


def test_a_return_item_lands_at_a_rally_point_that_is_nearer_than_home() -> None:
    station = Station().ready()
    rally = item(5100, lat=HOME.lat_deg + 60 / 111_250, lon=HOME.lon_deg + 10 / 68_730, z=20.0)
    assert station.upload(rally, kind=2) == 0
    landed(station.fly(TAKEOFF, north(80), RTL))
    body = station.autopilot.now.body
    assert math.hypot(body.north_m - 60, body.east_m - 10) < 1.5
