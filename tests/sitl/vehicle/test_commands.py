import math

import pytest

from planner.geo.points import LatLon
from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Mode
from sitl.vehicle import AirframeModel
from tests.sitl.vehicle.script import HOME, HOME_ITEM, RTL, TAKEOFF, Station, config, last, north

ACCEPTED, DENIED, UNSUPPORTED, FAILED = 0, 2, 3, 4


def ready() -> Station:
    return Station().ready()


def test_arming_too_early_fails_and_says_why() -> None:
    station = Station()
    station.wait(3)
    assert station.command(176, 1, 4) == ACCEPTED
    assert station.command(400, 1) == FAILED
    assert "Arm: Need Alt Estimate" not in station.texts()
    assert "Arm: AHRS: waiting for home" in station.texts()
    station.wait(4)
    assert station.command(400, 1) == FAILED
    assert "Arm: Need Position Estimate" in station.texts()
    station.wait(4)
    assert station.command(400, 1) == ACCEPTED


def test_what_forbids_arming_is_told_every_half_minute() -> None:
    station = Station(Autopilot(config(armable_s=70.0)))
    station.wait(61)
    assert station.texts().count("PreArm: Need Position Estimate") == 1
    assert station.texts().count("PreArm: AHRS: waiting for home") == 1


def test_auto_cannot_be_armed() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, RTL)
    assert station.command(176, 1, 3) == ACCEPTED
    assert station.command(400, 1) == FAILED
    assert "Arm: AUTO mode not armable" in station.texts()


def test_start_while_disarmed_is_accepted_and_only_changes_the_mode() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, RTL)
    assert station.command(300) == ACCEPTED
    station.wait(20)
    truth = station.autopilot.truth()
    assert (truth.mode, truth.armed, truth.landed) == (Mode.AUTO, False, True)


def test_start_takes_no_item_numbers() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, RTL)
    assert station.command(300, 1, 0) == DENIED


def test_start_without_a_take_off_item_fails() -> None:
    station = ready()
    station.upload(HOME_ITEM, north(10), RTL)
    station.command(176, 1, 4)
    station.command(400, 1)
    assert station.command(300) == FAILED
    assert "Auto: Missing Takeoff Cmd" in station.texts()


def test_auto_without_a_mission_fails() -> None:
    station = ready()
    assert station.command(176, 1, 3) == FAILED
    assert station.command(300) == FAILED


def test_auto_on_the_ground_waits_and_then_disarms() -> None:
    station = ready()
    station.upload(HOME_ITEM, TAKEOFF, RTL)
    station.command(176, 1, 4)
    station.command(400, 1)
    assert station.command(176, 1, 3) == ACCEPTED
    assert station.wait_until(lambda: not station.armed) == pytest.approx(10, abs=1)
    assert station.autopilot.truth().height_m < 0.1


def test_disarming_in_the_air_needs_force() -> None:
    station = Station().airborne()
    assert station.command(400, 0) == FAILED
    assert station.command(400, 0, 21196) == ACCEPTED
    station.wait(6)
    assert station.autopilot.truth().height_m <= 0.0


def test_unknown_modes_and_commands_are_named() -> None:
    station = ready()
    assert station.command(176, 1, 99) == FAILED
    assert "No such mode 99" in station.texts()
    assert station.command(4711) == UNSUPPORTED
    assert last(station.send("SET_MODE", base_mode=1, custom_mode=5), "COMMAND_ACK") is not None
    assert station.autopilot.truth().mode is Mode.LOITER


def test_a_guided_take_off_climbs_and_holds() -> None:
    station = Station().airborne(12.0)
    station.wait(10)
    assert station.autopilot.truth().height_m == pytest.approx(12.0, abs=0.4)
    assert station.command(22, 0, 0, 0, 0, 0, 0, 20) == FAILED


def test_take_off_needs_guided_and_armed() -> None:
    assert ready().command(22, 0, 0, 0, 0, 0, 0, 20) == FAILED


def test_reposition_works_as_an_int_command_only() -> None:
    station = Station().airborne()
    assert station.command(192, -1, 1, 0, 0, HOME.lat_deg, HOME.lon_deg, 30) == UNSUPPORTED
    goal = LatLon(HOME.lat_deg + 40 / 111_250.0, HOME.lon_deg)
    station.command(176, 1, 5)
    assert station.command_int(192, -1, 1, at=goal, z=30.0) == ACCEPTED
    assert station.autopilot.truth().mode is Mode.GUIDED
    station.wait(25)
    body = station.autopilot.now.body
    assert (body.north_m, body.up_m) == pytest.approx((40, 30), abs=1)


def test_a_position_target_is_flown_to_in_guided() -> None:
    station = Station().airborne()
    x, y = round(HOME.lat_deg * 1e7) + 3000, round(HOME.lon_deg * 1e7)
    target = {"coordinate_frame": 6, "type_mask": 0x0DF8, "lat_int": x, "lon_int": y, "alt": 25.0}
    assert station.send("SET_POSITION_TARGET_GLOBAL_INT", **target) == []
    station.wait(20)
    assert station.autopilot.now.body.north_m == pytest.approx(33.4, abs=1.0)


def test_brake_and_loiter_stop_the_vehicle() -> None:
    for mode in (Mode.BRAKE, Mode.LOITER):
        station = ready().fly(TAKEOFF, north(300))
        station.wait_until(lambda s=station: s.autopilot.now.body.north_m > 60)
        assert station.command(176, 1, int(mode)) == ACCEPTED
        station.wait(8)
        assert station.autopilot.truth().speed_m_s < 0.2


def test_altitude_hold_keeps_the_height_only_and_position_hold_the_place_too() -> None:
    wind = AirframeModel(wind_east_m_s=5.0)
    for mode, moves in ((2, True), (16, False)):
        station = Station(Autopilot(config(airframe=wind))).airborne()
        assert station.command(176, 1, mode) == ACCEPTED
        before = station.autopilot.now.body
        station.wait(30)
        after = station.autopilot.now.body
        assert after.up_m == pytest.approx(before.up_m, abs=0.5)
        assert (after.east_m - before.east_m > 40) is moves
        assert (after.v_east_m_s > 3) is moves


def test_land_mode_lands_here_and_disarms() -> None:
    station = Station().airborne()
    assert station.command(21) == ACCEPTED
    station.wait_until(lambda: not station.armed)
    assert station.autopilot.truth().mode is Mode.LAND


def test_the_speed_can_be_changed_under_way() -> None:
    station = ready().fly(TAKEOFF, north(400))
    assert station.command(178, 1, 4) == ACCEPTED
    station.wait_until(lambda: station.autopilot.now.body.north_m > 60)
    assert station.autopilot.truth().speed_m_s == pytest.approx(4.0, abs=0.2)
    assert station.command(178, 1, -2) == FAILED


def test_the_gimbal_turns_at_its_own_rate_and_within_its_limits() -> None:
    station = ready()
    assert station.command(205, -30) == ACCEPTED
    station.wait(0.5)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-60.0, abs=2)
    station.wait(2)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-30.0)
    assert station.command(1000, -120, 45, math.nan, math.nan) == ACCEPTED
    station.wait(3)
    camera = station.autopilot.truth().camera
    assert (camera.pitch_deg, camera.yaw_deg, camera.roll_deg) == pytest.approx((-90.0, 45.0, 0.0))


def test_a_region_of_interest_is_looked_at() -> None:
    station = Station().airborne(30.0)
    assert station.command(195, 0, 0, 0, 0, HOME.lat_deg + 30 / 111_250.0, HOME.lon_deg, 0) == ACCEPTED
    station.wait(3)
    assert station.autopilot.truth().camera.pitch_deg == pytest.approx(-45, abs=2)


def test_every_answer_names_the_command_and_the_one_who_asked() -> None:
    station = Station(system=42, component=7).ready()
    station.command(400, 0)
    ack = station.all("COMMAND_ACK")[-1]
    fields = [ack.whole(f) for f in ("command", "target_system", "target_component")]
    assert fields == [400, 42, 7]


@pytest.mark.parametrize(
    "command", [16, 176, 192, 178, 179, 195, 203, 205, 206, 207, 224, 300, 400, 510, 511, 512, 1000, 2000]
)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1e30, 1e30])
def test_no_number_breaks_a_command(command: int, value: float) -> None:
    station = Station().ready()
    station.upload(HOME_ITEM, TAKEOFF, RTL)
    station.command(command, *[value] * 7)
    station.command_int(command, *[value] * 4, z=value)
    station.wait(0.1)
    assert not math.isnan(station.autopilot.truth().height_m)
