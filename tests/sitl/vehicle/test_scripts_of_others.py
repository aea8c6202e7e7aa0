"""Scripts as people write them for a real ArduCopter with pymavlink's mavutil, unchanged but for the address."""

import math
import os
from collections.abc import Iterator
from typing import Any

import pytest
from pymavlink import mavutil, mavwp

from sitl.autopilot.messages import Mode
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import HOME, config

pytestmark = pytest.mark.peer
PATIENCE_S = 30
MAVLINK: Any = mavutil.mavlink


@pytest.fixture
def vehicle() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(), speedup=20) as running:
        yield running


@pytest.fixture
def master(vehicle: SimulatedVehicle) -> Iterator[Any]:
    os.environ["MAVLINK20"] = "1"
    link: Any = mavutil.mavlink_connection(f"tcp:127.0.0.1:{vehicle.port}")
    assert link.wait_heartbeat(timeout=PATIENCE_S)
    yield link
    link.close()


def arm(master: Any) -> None:
    """Asks until it is ready, as scripts do that do not read the PreArm messages."""
    while not master.motors_armed():
        master.arducopter_arm()
        ack = master.recv_match(type="COMMAND_ACK", blocking=True, timeout=PATIENCE_S)
        assert ack.command == MAVLINK.MAV_CMD_COMPONENT_ARM_DISARM
        master.wait_heartbeat(timeout=PATIENCE_S)
    master.motors_armed_wait()


def change_mode(master: Any, name: str) -> None:
    master.set_mode(name)
    while master.flightmode != name:
        master.wait_heartbeat(timeout=PATIENCE_S)


def take_off(master: Any, height_m: float) -> None:
    change_mode(master, "GUIDED")
    arm(master)
    master.mav.command_long_send(
        master.target_system, master.target_component, MAVLINK.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 0, height_m
    )
    ack = master.recv_match(type="COMMAND_ACK", blocking=True, timeout=PATIENCE_S)
    assert (ack.command, ack.result) == (MAVLINK.MAV_CMD_NAV_TAKEOFF, MAVLINK.MAV_RESULT_ACCEPTED)
    master.mav.request_data_stream_send(
        master.target_system, master.target_component, MAVLINK.MAV_DATA_STREAM_ALL, 4, 1
    )
    at_height = f"GLOBAL_POSITION_INT.relative_alt > {0.95 * height_m * 1000}"
    assert master.recv_match(condition=at_height, type="GLOBAL_POSITION_INT", blocking=True, timeout=PATIENCE_S)


def target_local(master: Any, frame: int, mask: int, **wish: float) -> None:
    order = ("x", "y", "z", "vx", "vy", "vz", "afx", "afy", "afz", "yaw", "yaw_rate")
    master.mav.set_position_target_local_ned_send(
        0, master.target_system, master.target_component, frame, mask, *(wish.get(name, 0.0) for name in order)
    )


def heard(master: Any, what: str, condition: str) -> Any:
    found = master.recv_match(type=what, condition=condition, blocking=True, timeout=PATIENCE_S)
    assert found, f"never {condition}"
    return found


def test_a_guided_flight_by_places_velocities_and_headings(master: Any, vehicle: SimulatedVehicle) -> None:
    take_off(master, 10)
    target_local(master, MAVLINK.MAV_FRAME_LOCAL_NED, 0b110111111000, x=30, y=20, z=-10)
    heard(master, "LOCAL_POSITION_NED", "abs(LOCAL_POSITION_NED.x-30) < 0.5 and abs(LOCAL_POSITION_NED.y-20) < 0.5")
    master.mav.command_long_send(1, 1, MAVLINK.MAV_CMD_CONDITION_YAW, 0, 90, 25, 1, 0, 0, 0, 0)
    heard(master, "ATTITUDE", "abs(ATTITUDE.yaw - 1.5708) < 0.03")
    target_local(master, MAVLINK.MAV_FRAME_BODY_OFFSET_NED, 0b110111000111, vx=4)  # the nose points east
    heard(master, "LOCAL_POSITION_NED", "LOCAL_POSITION_NED.vy > 3.5")
    heard(master, "LOCAL_POSITION_NED", "LOCAL_POSITION_NED.y > 30 and abs(LOCAL_POSITION_NED.x-30) < 2")
    heard(master, "LOCAL_POSITION_NED", "abs(LOCAL_POSITION_NED.vy) < 0.2")  # nobody repeats it: it stops by itself
    master.set_mode("LAND")
    master.motors_disarmed_wait()
    assert vehicle.truth().landed


def test_a_place_in_degrees_and_the_way_home(master: Any, vehicle: SimulatedVehicle) -> None:
    take_off(master, 15)
    there = (round((HOME.lat_deg + 0.0003) * 1e7), round((HOME.lon_deg + 0.0004) * 1e7))
    master.mav.set_position_target_global_int_send(
        0, 1, 1, MAVLINK.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT, 0b110111111000, *there, 15, 0, 0, 0, 0, 0, 0, 0, 0
    )
    heard(master, "GLOBAL_POSITION_INT", f"abs(GLOBAL_POSITION_INT.lat-{there[0]}) < 60")
    where = master.location(relative_alt=True)
    assert (where.lat, where.alt) == (pytest.approx(HOME.lat_deg + 0.0003, abs=1e-5), pytest.approx(15, abs=0.5))
    master.set_mode_rtl()
    master.motors_disarmed_wait()
    assert vehicle.truth().at.lat_deg == pytest.approx(HOME.lat_deg, abs=2e-5)


def test_a_mission_by_the_loader_with_floating_point_items_runs_to_its_end(
    master: Any, vehicle: SimulatedVehicle
) -> None:
    loader: Any = mavwp.MAVWPLoader()
    frame = MAVLINK.MAV_FRAME_GLOBAL_RELATIVE_ALT
    for command, north, z in ((16, 0.0, 0.0), (22, 0.0, 12.0), (16, 0.0003, 12.0), (20, 0.0, 0.0)):
        at = (HOME.lat_deg + north, HOME.lon_deg) if command == 16 else (0.0, 0.0)
        seq = loader.count()
        loader.add(
            MAVLINK.MAVLink_mission_item_message(1, 1, seq, frame, command, int(seq == 0), 1, 0, 0, 0, 0, *at, z)
        )
    heard(master, "HEARTBEAT", "HEARTBEAT.system_status==3")
    master.waypoint_clear_all_send()
    master.recv_match(type="MISSION_ACK", blocking=True, timeout=PATIENCE_S)
    master.waypoint_count_send(loader.count())
    for _ in range(loader.count()):
        msg = master.recv_match(type=["MISSION_REQUEST"], blocking=True, timeout=PATIENCE_S)
        master.mav.send(loader.wp(msg.seq))
    ack = master.recv_match(type="MISSION_ACK", blocking=True, timeout=PATIENCE_S)
    assert ack.type == MAVLINK.MAV_MISSION_ACCEPTED
    master.waypoint_request_list_send()
    assert master.recv_match(type="MISSION_COUNT", blocking=True, timeout=PATIENCE_S).count == 4
    change_mode(master, "GUIDED")
    arm(master)
    master.set_mode_auto()
    heard(master, "MISSION_ITEM_REACHED", "MISSION_ITEM_REACHED.seq==2")
    master.motors_disarmed_wait()
    assert vehicle.truth().landed


def test_parameters_are_fetched_set_and_read_back(master: Any) -> None:
    master.param_fetch_all()
    count = 0
    while count == 0 or len(master.params) < count:
        count = master.recv_match(type="PARAM_VALUE", blocking=True, timeout=PATIENCE_S).param_count
    assert count > 300
    master.param_set_send("WPNAV_SPEED", 600)
    heard(master, "PARAM_VALUE", "PARAM_VALUE.param_id=='WPNAV_SPEED' and PARAM_VALUE.param_value==600")
    master.param_fetch_one("RTL_ALT")
    heard(master, "PARAM_VALUE", "PARAM_VALUE.param_id=='RTL_ALT'")
    assert master.params["RTL_ALT"] == 1500


def test_it_circles_loiters_and_pauses_when_it_is_told_to(master: Any, vehicle: SimulatedVehicle) -> None:
    take_off(master, 12)
    change_mode(master, "CIRCLE")
    heard(master, "VFR_HUD", "VFR_HUD.groundspeed > 1.5")
    change_mode(master, "LOITER")
    heard(master, "VFR_HUD", "VFR_HUD.groundspeed < 0.2")
    change_mode(master, "GUIDED")
    target_local(master, MAVLINK.MAV_FRAME_LOCAL_NED, 0b110111111000, x=200, z=-12)
    heard(master, "VFR_HUD", "VFR_HUD.groundspeed > 5")
    master.mav.command_long_send(1, 1, MAVLINK.MAV_CMD_DO_PAUSE_CONTINUE, 0, 0, 0, 0, 0, 0, 0, 0)
    heard(master, "VFR_HUD", "VFR_HUD.groundspeed < 0.2")
    assert vehicle.truth().mode is Mode.GUIDED


def test_the_camera_is_triggered_by_the_old_and_the_new_commands(master: Any, vehicle: SimulatedVehicle) -> None:
    while vehicle.truth().simulated_s < 10:
        master.wait_heartbeat(timeout=PATIENCE_S)
    master.mav.command_long_send(1, 1, MAVLINK.MAV_CMD_DO_DIGICAM_CONTROL, 0, 0, 0, 0, 0, 1, 0, 0)
    assert heard(master, "CAMERA_FEEDBACK", "CAMERA_FEEDBACK.img_idx==1")
    master.wait_heartbeat(timeout=PATIENCE_S)  # a shutter that has just been released refuses
    master.mav.command_long_send(1, 1, MAVLINK.MAV_CMD_IMAGE_START_CAPTURE, 0, 0, 1.0, 3, 0, 0, 0, 0)
    assert heard(master, "CAMERA_FEEDBACK", "CAMERA_FEEDBACK.img_idx==4")
    master.mav.command_long_send(1, 1, MAVLINK.MAV_CMD_REQUEST_MESSAGE, 0, 259, 0, 0, 0, 0, 0, 0)
    assert heard(master, "CAMERA_INFORMATION", "True")
    take_off(master, 10)
    before = vehicle.truth().pictures
    master.mav.command_long_send(1, 1, MAVLINK.MAV_CMD_DO_SET_CAM_TRIGG_DIST, 0, 10, 0, 0, 0, 0, 0, 0)
    target_local(master, MAVLINK.MAV_FRAME_LOCAL_NED, 0b110111111000, x=60, z=-10)
    heard(master, "CAMERA_FEEDBACK", f"CAMERA_FEEDBACK.img_idx=={before + 5}")


def test_it_follows_another_that_tells_its_place(master: Any, vehicle: SimulatedVehicle) -> None:
    take_off(master, 10)
    master.set_mode("FOLLOW")
    text = heard(master, "STATUSTEXT", "'FOLL_ENABLE' in STATUSTEXT.text").text
    assert text == "Set FOLL_ENABLE = 1"
    for name, value in (("FOLL_ENABLE", 1), ("FOLL_OFS_X", -10), ("FOLL_OFS_Z", -8), ("FOLL_SYSID", 42)):
        master.param_set_send(name, value)
    change_mode(master, "FOLLOW")
    lead: Any = mavutil.mavlink_connection(f"tcp:127.0.0.1:{vehicle.port}", source_system=42)
    away = math.inf
    for step in range(400):
        north = min(40.0, 0.2 * step)  # four metres a second of the vehicle's time
        at = (round((HOME.lat_deg + north / 111_250) * 1e7), round(HOME.lon_deg * 1e7))
        lead.mav.global_position_int_send(0, *at, 5000 + 2000, 2000, 0, 0, 0, 0)
        vehicle.wait(0.01)
        away = (vehicle.truth().at.lat_deg - HOME.lat_deg) * 111_250
        if north == 40.0 and abs(away - 30) < 1:
            break
    lead.close()
    assert away == pytest.approx(30, abs=1)
    assert vehicle.truth().height_m == pytest.approx(10, abs=1)
