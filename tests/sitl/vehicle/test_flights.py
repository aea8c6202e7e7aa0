import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import LatLon, distance_m
from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Mode
from sitl.autopilot.parameters import Parameters
from sitl.vehicle import AirframeModel
from tests.sitl.vehicle.script import HOME, RTL, TAKEOFF, Station, config, item, north, track

ACCEPTED, DENIED, FAILED = 0, 2, 4
SPEED = item(178, frame=2, param1=1.0, param2=8.0, param3=-1.0)


def ready() -> Station:
    return Station().ready()


def reached(station: Station) -> list[int]:
    return [m.whole("seq") for m in station.all("MISSION_ITEM_REACHED")]


def landed(station: Station) -> Station:
    station.wait_until(lambda: not station.armed)
    return station


def test_a_mission_is_flown_to_its_end_and_the_vehicle_disarms_at_home() -> None:
    station = landed(ready().fly(TAKEOFF, north(60), north(60, east=40), RTL))
    assert reached(station) == [1, 2, 3, 4]
    truth = station.autopilot.truth()
    assert truth.home is not None
    assert distance_m(truth.at, truth.home) < 1.0
    assert truth.mode is Mode.AUTO


def test_after_a_return_item_the_mission_is_complete_and_stands_at_0() -> None:
    station = landed(ready().fly(TAKEOFF, north(30), RTL))
    current = station.current()
    assert (current.whole("seq"), current.whole("mission_state")) == (0, 5)


def test_a_land_item_is_never_reached_and_the_mission_stands_active_at_1() -> None:
    station = landed(ready().fly(TAKEOFF, north(30), item(21)))
    assert reached(station) == [1, 2]
    current = station.current()
    assert (current.whole("seq"), current.whole("mission_state")) == (1, 3)
    assert station.autopilot.now.body.north_m == pytest.approx(30, abs=1.5)


def test_a_take_off_followed_by_a_speed_change_reports_the_wrong_item() -> None:
    assert reached(landed(ready().fly(TAKEOFF, SPEED, north(30), RTL))) == [2, 3, 4]


def test_the_texts_name_items_as_the_real_one_does() -> None:
    station = landed(ready().fly(TAKEOFF, SPEED, north(30), RTL))
    expected = ["Mission: 1 Takeoff", "Mission: 2 ChangeSpeed", "Mission: 3 WP", "Reached command #3", "Mission: 4 RTL"]
    assert [t for t in station.texts() if t.startswith(("Mission: ", "Reached"))] == expected


def test_without_an_end_item_it_hovers_complete_in_auto() -> None:
    station = ready().fly(TAKEOFF, north(30))
    station.wait_until(lambda: station.current().whole("mission_state") == 5)
    station.wait(20)
    truth = station.autopilot.truth()
    assert (truth.armed, truth.mode) == (True, Mode.AUTO)
    assert truth.speed_m_s < 0.2


def test_mission_current_counts_without_home_and_knows_no_mission() -> None:
    station = ready()
    assert (station.current().whole("total"), station.current().whole("mission_state")) == (65535, 1)
    station.fly(TAKEOFF, north(30), RTL)
    assert (station.current().whole("total"), station.current().whole("mission_state")) == (3, 3)


def test_pause_holds_and_continue_goes_on() -> None:
    station = ready().fly(TAKEOFF, north(200), RTL)
    station.wait_until(lambda: station.autopilot.now.body.north_m > 50)
    assert station.command(193, 0) == ACCEPTED
    assert station.current().whole("mission_state") == 4
    station.wait(8)
    at = station.autopilot.now.body.north_m
    station.wait(5)
    assert station.autopilot.now.body.north_m == pytest.approx(at, abs=0.5)
    assert station.command(193, 1) == ACCEPTED
    station.wait_until(lambda: 2 in reached(station))


def test_a_jump_repeats_and_its_waypoints_are_reached_again() -> None:
    station = landed(ready().fly(TAKEOFF, north(20), north(40), item(177, frame=2, param1=2.0, param2=2.0), RTL))
    assert reached(station) == [1, 2, 3, 2, 3, 2, 3, 5]


def test_jumps_without_end_between_do_items_end_the_mission_and_not_the_vehicle() -> None:
    station = ready().fly(TAKEOFF, item(177, frame=2, param1=2.0, param2=-1.0))
    station.wait_until(lambda: station.current().whole("mission_state") == 5)
    assert station.armed


def test_a_delay_condition_holds_back_what_follows_it() -> None:
    delay, shoot = item(112, frame=2, param1=5.0), item(206, frame=2, param1=100.0, param3=1.0)
    station = ready().fly(TAKEOFF, delay, shoot, north(200), RTL)
    station.wait_until(lambda: reached(station) == [1])
    station.wait(4.5)
    assert not station.shots
    station.wait(1.0)
    assert len(station.shots) == 1


def test_loiter_items_take_their_time() -> None:
    station = ready().fly(TAKEOFF, item(19, lat=HOME.lat_deg, lon=HOME.lon_deg, z=20.0, param1=10.0), RTL)
    station.wait_until(lambda: 1 in reached(station))
    assert station.wait_until(lambda: 2 in reached(station)) > 9.5


def test_loiter_turns_go_round() -> None:
    station = ready().fly(TAKEOFF, item(18, lat=HOME.lat_deg, lon=HOME.lon_deg, z=20.0, param1=2.0, param3=20.0), RTL)
    station.wait_until(lambda: 1 in reached(station))
    station.wait(15)
    distances = [math.hypot(e, n) for e, n, _ in track(station, 20)]
    assert min(distances) > 18
    assert max(distances) < 22
    station.wait_until(lambda: 2 in reached(station))


def test_legs_are_straight_from_waypoint_to_waypoint() -> None:
    lines = [north(0, east=30), north(200, east=30), north(200, east=60), north(0, east=60)]
    station = ready().fly(TAKEOFF, SPEED, *lines, RTL)
    station.wait_until(
        lambda: 4 in [m.whole("seq") for m in station.all("MISSION_ITEM_REACHED")] or 3 in reached(station)
    )
    east = [e for e, n, _ in track(station, 30) if 16 < n < 190 and e < 40]
    assert east
    assert max(abs(e - 30.0) for e in east) < 0.3


def test_at_corners_the_track_stays_near_the_waypoint() -> None:
    station = ready().fly(TAKEOFF, SPEED, north(100), north(100, east=60), RTL)
    station.wait_until(lambda: 3 in reached(station))
    furthest = max(n for _, n, _ in track(station, 6))
    assert furthest < 102.0


def test_a_fast_leg_keeps_the_speed_that_was_asked_for() -> None:
    station = ready().fly(TAKEOFF, SPEED, north(300), RTL)
    station.wait_until(lambda: station.autopilot.now.body.north_m > 100)
    assert station.autopilot.truth().speed_m_s == pytest.approx(8.0, abs=0.2)


def test_heights_change_along_the_leg() -> None:
    station = ready().fly(TAKEOFF, north(200, z=60.0), RTL)
    station.wait_until(lambda: station.autopilot.now.body.north_m > 100)
    assert station.autopilot.now.body.up_m == pytest.approx(40.0, abs=2.5)


def test_setting_the_current_item_by_command_and_by_message() -> None:
    station = ready()
    station.fly(TAKEOFF, north(100), north(200), RTL)
    station.wait_until(lambda: 1 in reached(station))
    assert station.command(224, 3) == ACCEPTED
    assert station.current().whole("seq") == 3
    assert station.command(224, 99) == DENIED
    assert station.send("MISSION_SET_CURRENT", seq=99) == []
    answers = station.send("MISSION_SET_CURRENT", seq=2)
    assert "MISSION_CURRENT" in [m.name for m in answers]
    assert station.current().whole("seq") == 2


def test_clearing_a_running_mission_is_an_error() -> None:
    station = ready().fly(TAKEOFF, north(100), RTL)
    station.wait(5)
    assert station.send("MISSION_CLEAR_ALL", mission_type=0)[-1].whole("type") == 1
    assert len(station.download()) == 4


def test_a_new_upload_under_way_restarts_the_waypoint() -> None:
    station = ready().fly(TAKEOFF, north(200), RTL)
    station.wait_until(lambda: 1 in reached(station))
    station.wait(3)
    assert station.upload(item(16), TAKEOFF, north(50), RTL) == ACCEPTED
    assert "Auto mission changed, restarted command" in station.texts()
    station.wait_until(lambda: 2 in reached(station))
    assert station.autopilot.now.body.north_m == pytest.approx(50, abs=2.5)


def test_a_return_goes_to_the_nearest_rally_point() -> None:
    station = ready()
    rally = LatLon(HOME.lat_deg + 60 / 111_250.0, HOME.lon_deg)
    assert station.upload(item(5100, lat=rally.lat_deg, lon=rally.lon_deg, z=20.0), kind=2) == ACCEPTED
    landed(station.fly(TAKEOFF, north(100), RTL))
    assert distance_m(station.autopilot.truth().at, rally) < 1.5


def test_a_return_climbs_first_when_it_is_low_and_far() -> None:
    station = ready().fly(item(22, z=5.0), north(150, z=5.0))
    station.wait_until(lambda: station.current().whole("mission_state") == 5)
    assert station.command(20) == ACCEPTED
    heights = [u for _, _, u in track(station, 25)]
    assert max(heights) == pytest.approx(15.0, abs=0.8)
    landed(station)
    assert station.autopilot.truth().mode is Mode.RTL


def test_leaving_the_fence_turns_the_vehicle_back() -> None:
    station = ready()
    assert station.upload(item(5003, frame=0, lat=HOME.lat_deg, lon=HOME.lon_deg, param1=80.0), kind=1) == ACCEPTED
    station.send("PARAM_SET", param_id="FENCE_TYPE", param_value=4.0, param_type=2)
    assert station.command(207, 1) == ACCEPTED
    station.fly(TAKEOFF, north(300), RTL)
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.RTL)
    assert "Polygon fence breached" in station.texts()
    assert station.command(512, 1) == ACCEPTED
    assert not station.all("SYS_STATUS")[-1].whole("onboard_control_sensors_health") & 0x100000
    landed(station)


@pytest.mark.parametrize(("action", "mode"), [(0, Mode.AUTO), (1, Mode.RTL), (2, Mode.LAND), (4, Mode.BRAKE)])
def test_what_is_done_outside_the_fence_is_a_parameter(action: int, mode: Mode) -> None:
    station = ready()
    station.upload(item(5003, frame=0, lat=HOME.lat_deg, lon=HOME.lon_deg, param1=80.0), kind=1)
    for name, value in (("FENCE_TYPE", 4.0), ("FENCE_ACTION", float(action))):
        station.send("PARAM_SET", param_id=name, param_value=value, param_type=2)
    station.command(207, 1)
    station.fly(TAKEOFF, north(300), RTL)
    station.wait_until(lambda: "Polygon fence breached" in station.texts())
    station.wait(1)
    assert station.autopilot.truth().mode is mode


def test_home_outside_the_fence_forbids_arming() -> None:
    station = ready()
    station.upload(item(5004, frame=0, lat=HOME.lat_deg, lon=HOME.lon_deg, param1=80.0), kind=1)
    station.command(207, 1)
    station.command(176, 1, 4)
    assert station.command(400, 1) == FAILED
    assert "Arm: Vehicle breaching Polygon fence" in station.texts()


def test_home_moves_to_the_arming_place() -> None:
    station = landed(ready().fly(TAKEOFF, north(50), item(21)))
    station.command(176, 1, 4)
    station.command(400, 1)
    home = station.autopilot.truth().home
    assert home is not None
    assert distance_m(home, HOME) == pytest.approx(50, abs=1.5)


def test_the_same_mission_can_be_flown_again() -> None:
    station = landed(ready().fly(TAKEOFF, north(30), RTL))
    station.wait(5)
    landed(station.fly(TAKEOFF, north(30), RTL))
    assert reached(station) == [1, 2, 3] * 2


def test_wind_is_held_against() -> None:
    station = (
        Station(Autopilot(config(airframe=AirframeModel(wind_east_m_s=8.0)))).ready().fly(TAKEOFF, SPEED, north(200))
    )
    station.wait_until(lambda: station.autopilot.now.body.north_m > 100)
    body = station.autopilot.now.body
    assert abs(body.east_m) < 1.0
    assert body.roll_deg < -5.0


def test_the_same_seed_flies_the_same_track_and_another_seed_another() -> None:
    def end(seed: int) -> tuple[float, ...]:
        station = Station(Autopilot(config(seed=seed, gps_noise_m=0.3))).ready().fly(TAKEOFF, north(40), RTL)
        return tuple(v for row in track(station, 30) for v in row)

    assert end(1) == end(1)
    assert end(1) != end(2)


def test_a_low_battery_is_told_and_returns_if_asked_to() -> None:
    small = AirframeModel(battery_mah=900.0)
    station = Station(Autopilot(config(airframe=small, parameters=(("BATT_FS_LOW_ACT", 2), ("BATT_LOW_MAH", 500)))))
    station.ready().fly(TAKEOFF, north(2000))
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.RTL)
    assert any(t.startswith("Battery 1 is low") for t in station.texts())


def test_a_silent_ground_station_is_missed_only_if_the_parameter_says_so() -> None:
    for enabled, mode in ((0, Mode.GUIDED), (1, Mode.RTL)):
        station = Station(Autopilot(config(parameters=(("FS_GCS_ENABLE", enabled),))))
        station.airborne()
        station.send("HEARTBEAT", type=6)
        station.wait(7)
        assert station.autopilot.truth().mode is mode


def test_enabling_the_fence_brings_its_circle_and_ceiling_too() -> None:
    station = ready()
    assert station.command(207, 1) == ACCEPTED
    station.fly(TAKEOFF, north(300), RTL)
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.RTL)
    assert "Circle fence breached" in station.texts()
    assert 148 < station.autopilot.now.body.north_m < 156


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Parameters().names), st.floats(width=32)), max_size=8))
def test_no_parameters_break_a_flight(changes: list[tuple[str, float]]) -> None:
    station = ready()
    for name, value in changes:
        station.send("PARAM_SET", param_id=name, param_value=value, param_type=9)
    station.upload(item(16), TAKEOFF, north(30), item(18, lat=HOME.lat_deg, lon=HOME.lon_deg, z=20.0, param1=1.0), RTL)
    station.command(176, 1, 4)
    station.command(400, 1)
    station.command(300)
    station.wait(25)
    station.command(20)
    station.wait(5)
    truth = station.autopilot.truth()
    assert all(math.isfinite(v) for v in (truth.height_m, truth.at.lat_deg, truth.speed_m_s))


def test_a_waypoint_on_the_other_side_of_the_earth_harms_nothing() -> None:
    station = ready().fly(TAKEOFF, item(16, lat=-HOME.lat_deg, lon=HOME.lon_deg - 180.0, z=20.0), RTL)
    station.wait(30)
    assert station.armed
