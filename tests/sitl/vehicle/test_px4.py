"""The drone with PX4's manners, as its sources and MAVSDK know them."""

import math
import struct
import zlib
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from planner.geo.points import LatLon, destination
from planner.link.events import Flown, NotFlown
from planner.link.station import Station as Ground
from planner.link.verdict import Stored
from planner.model.mission import Command, Mission
from planner.model.mission import item as plan_item
from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Message, MissionResult, Mode, Result
from sitl.server import SimulatedVehicle
from sitl.wire import Wire
from tests.sitl.vehicle.script import HOME, Station, config, item, last, north

LAND = item(21, frame=6, lat=HOME.lat_deg, lon=HOME.lon_deg)
CLIMB = item(22, frame=6, lat=HOME.lat_deg, lon=HOME.lon_deg, z=20.0, param4=math.nan)
SQUARE = (CLIMB, north(40, frame=6), LAND)


def px4(**changes: Any) -> Station:
    return Station(Autopilot(config(autopilot="px4", **changes)))


def upload(station: Station, *items: dict[str, Any], kind: int = 0) -> Message:
    answers = station.send("MISSION_COUNT", count=len(items), mission_type=kind)
    while (ack := last(answers, "MISSION_ACK")) is None:
        request = last(answers, "MISSION_REQUEST_INT")
        assert request is not None
        n = request.whole("seq")
        answers = station.send("MISSION_ITEM_INT", seq=n, mission_type=kind, **items[n])
    return ack


def heartbeat(station: Station) -> Message:
    station.wait(1.1)
    return station.all("HEARTBEAT")[-1]


def mode(station: Station) -> tuple[int, int]:
    custom = heartbeat(station).whole("custom_mode")
    return custom >> 16 & 0xFF, custom >> 24


def test_it_says_that_it_is_a_px4_in_hold() -> None:
    station = px4().ready()
    assert heartbeat(station).whole("autopilot") == 12
    assert mode(station) == (4, 3)


def test_item_0_is_the_first_real_item_and_reads_back_whole() -> None:
    station = px4().ready()
    assert upload(station, *SQUARE).whole("type") == 0
    count = last(station.send("MISSION_REQUEST_LIST", mission_type=0), "MISSION_COUNT")
    assert count is not None
    assert count.whole("count") == 3
    first = station.send("MISSION_REQUEST_INT", seq=0, mission_type=0)[-1]
    assert (first.whole("command"), first.whole("frame"), first.number("z")) == (22, 6, 20.0)
    assert math.isnan(first.number("param4"))


def test_it_asks_again_after_250_ms_and_gives_up_after_5_s() -> None:
    station = px4().ready()
    station.send("MISSION_COUNT", count=2, mission_type=0)
    heard = station.wait(6.0)
    assert len([m for m in heard if m.name == "MISSION_REQUEST_INT"]) in {18, 19}
    assert "Operation timeout" in station.texts()
    assert station.all("MISSION_ACK") == []


def test_a_repeated_last_item_is_acknowledged_again() -> None:
    station = px4().ready()
    upload(station, *SQUARE)
    again = station.send("MISSION_ITEM_INT", seq=2, mission_type=0, **LAND)
    assert [m.whole("type") for m in again if m.name == "MISSION_ACK"] == [0]


def test_an_upload_that_fails_leaves_the_old_mission_whole() -> None:
    station = px4().ready()
    before = upload(station, *SQUARE).whole("opaque_id")
    assert upload(station, CLIMB, item(9999, frame=2)).whole("type") == MissionResult.UNSUPPORTED
    count = last(station.send("MISSION_REQUEST_LIST", mission_type=0), "MISSION_COUNT")
    assert count is not None
    assert (count.whole("count"), count.whole("opaque_id")) == (3, before)


def test_ids_are_of_the_content_and_zero_for_nothing() -> None:
    station = px4().ready()
    one, two, same = (upload(station, *m).whole("opaque_id") for m in (SQUARE, SQUARE[:2], SQUARE))
    assert (one == same, one != two, one != 0) == (True, True, True)
    assert station.send("MISSION_CLEAR_ALL", mission_type=255)[-1].whole("opaque_id") == 0


def test_the_id_follows_the_other_fields_on_the_wire() -> None:
    packed = Wire(1, 1).write(
        Message("MISSION_ACK", {"target_system": 255, "target_component": 190, "type": 0, "mission_type": 0,
                                "opaque_id": zlib.crc32(b"x")})
    )  # fmt: skip
    message = dialect.MAVLink(None).parse_char(packed)
    assert message.get_type() == "MISSION_ACK"
    assert struct.unpack("<I", packed[10 + 4 : 10 + 8]) == (zlib.crc32(b"x"),)


def test_a_download_out_of_order_is_ended() -> None:
    station = px4().ready()
    upload(station, *SQUARE)
    station.send("MISSION_REQUEST_LIST", mission_type=0)
    answer = station.send("MISSION_REQUEST_INT", seq=2, mission_type=0)
    assert last(answer, "MISSION_ACK").whole("type") == MissionResult.ERROR  # type: ignore[union-attr]
    assert "WPM: REJ. CMD: Req. WP was unexpected" in station.texts()


def test_another_ground_station_is_refused_while_one_uploads() -> None:
    station = px4().ready()
    station.send("MISSION_COUNT", count=2, mission_type=0)
    station.system = 254
    assert station.send("MISSION_COUNT", count=1, mission_type=0)[-1].whole("type") == MissionResult.ERROR


def fence(metres_east: float, size: float = 60.0) -> list[dict[str, Any]]:
    corners = [(-size, -size), (size, -size), (size, size), (-size, size)]
    return [north(n, east=e + metres_east, z=0, frame=0) | {"command": 5001, "param1": 4.0} for n, e in corners]


def test_a_fence_without_home_inside_is_refused_with_the_reason() -> None:
    station = px4().ready()
    assert upload(station, *fence(200), kind=1).whole("type") == MissionResult.ERROR
    assert "Geofence invalid, doesn't contain Home position" in station.texts()
    assert upload(station, *fence(0), kind=1).whole("type") == 0


@pytest.mark.parametrize(("action", "then"), [(2, Mode.BRAKE), (3, Mode.RTL), (5, Mode.LAND), (1, Mode.AUTO)])
def test_a_stored_fence_holds_at_once_and_acts_as_gf_action_says(action: int, then: Mode) -> None:
    station = px4().ready()
    station.send("PARAM_SET", param_id="GF_ACTION", param_value=as_float(action), param_type=6)
    upload(station, *fence(0), kind=1)
    upload(station, CLIMB, north(200, frame=6), LAND)
    assert station.command(300) == 0
    station.wait_until(lambda: "Polygon fence breached" in station.texts())
    assert station.autopilot.truth().mode is then


def as_float(value: int) -> float:
    return float(struct.unpack("<f", struct.pack("<i", value))[0])


def test_whole_parameters_travel_as_bytes_and_act_on_the_vehicle() -> None:
    station = px4().ready()
    shown = station.send("PARAM_SET", param_id="NAV_DLL_ACT", param_value=as_float(2), param_type=6)
    assert shown[-1].number("param_value") == as_float(2)
    assert station.autopilot.now.parameters["FS_GCS_ENABLE"] == 1
    station.send("PARAM_SET", param_id="RTL_RETURN_ALT", param_value=45.5, param_type=9)
    assert station.autopilot.now.parameters["RTL_ALT"] == 4550


def test_a_mission_is_armed_in_mission_mode_flown_and_done() -> None:
    station = px4().ready()
    upload(station, *SQUARE)
    assert station.command(176, 1, 4, 4) == 0
    assert station.command(400, 1) == 0
    assert mode(station) == (4, 4)
    station.wait_until(lambda: not station.armed)
    assert [m.whole("seq") for m in station.all("MISSION_ITEM_REACHED")] == [0, 1, 2]
    assert station.current().whole("mission_state") == 5


def test_without_a_mission_its_mode_is_refused() -> None:
    station = px4().ready()
    assert station.command(176, 1, 4, 4) == Result.TEMPORARILY_REJECTED
    assert station.command(300) == Result.TEMPORARILY_REJECTED


def test_jumps_count_from_the_first_real_item() -> None:
    station = px4().ready()
    upload(station, CLIMB, north(15, frame=6), north(0, frame=6), item(177, frame=2, param1=1, param2=1), LAND)
    assert station.command(300) == 0
    station.wait_until(lambda: not station.armed)
    assert [m.whole("seq") for m in station.all("MISSION_ITEM_REACHED")] == [0, 1, 2, 1, 2, 4]


def test_takeoff_is_above_the_sea_and_orbit_goes_round() -> None:
    station = px4().ready()
    assert station.command(400, 1) == 0
    assert station.command(22, 0, 0, 0, math.nan, math.nan, math.nan, 5.0 + 15.0) == 0
    assert mode(station) == (4, 2)
    station.wait_until(lambda: station.autopilot.truth().height_m > 14.5)
    station.wait(3)
    centre = destination(HOME, towards_deg=90.0, range_m=25.0)
    assert station.command_int(34, 25.0, 4.0, at=centre, z=20.0, frame=5) == 0
    station.wait(30)
    assert mode(station) == (3, 1)
    body = station.autopilot.now.body
    assert math.hypot(body.east_m - 25, body.north_m) == pytest.approx(25, abs=2)
    assert body.speed_m_s > 2.5


def test_reposition_is_taken_in_the_long_form_too() -> None:
    station = px4().ready()
    station.command(400, 1)
    station.command(22, 0, 0, 0, 0, 0, 0, math.nan)
    station.wait(10)
    goal = destination(HOME, towards_deg=0.0, range_m=30.0)
    assert station.command(192, -1, 1, 0, math.nan, goal.lat_deg, goal.lon_deg, 25.0) == 0
    station.wait(20)
    assert station.autopilot.now.body.north_m == pytest.approx(30, abs=1)


def test_pictures_are_captures_that_can_be_asked_for_again() -> None:
    station = px4().ready()
    assert station.command(2000, 0, 0, 1) == 0
    first = station.all("CAMERA_IMAGE_CAPTURED")[-1]
    assert (first.whole("image_index"), first.whole("capture_result")) == (1, 1)
    assert station.all("CAMERA_FEEDBACK") == []
    assert station.command(512, 263, 1) == 0
    assert station.all("CAMERA_IMAGE_CAPTURED")[-1] == first
    assert station.command(512, 263, 9) == Result.DENIED


def test_a_new_client_gets_px4s_streams_unasked() -> None:
    station = px4().ready()
    station.autopilot.greet(station.client)
    heard = [m.name for m in station.wait(10)]
    assert heard.count("GLOBAL_POSITION_INT") == pytest.approx(50, abs=2)
    assert heard.count("SYS_STATUS") == pytest.approx(10, abs=1)


def test_our_own_station_uploads_and_flies_it() -> None:
    legs = [destination(HOME, towards_deg=d, range_m=40.0) for d in (0.0, 90.0)]
    waypoints = [plan_item(Command.NAV_WAYPOINT, at=at, height_m=20.0) for at in legs]
    takeoff = plan_item(Command.NAV_TAKEOFF, at=HOME, height_m=20.0)
    mission = Mission((takeoff, *waypoints, plan_item(Command.NAV_RETURN_TO_LAUNCH)))
    with SimulatedVehicle(config(autopilot="px4"), speedup=20) as vehicle:
        with Ground.connect(f"tcp:127.0.0.1:{vehicle.port}") as ground:
            assert isinstance(ground.upload(mission), Stored)
            ends = [e for e in ground.fly(mission) if isinstance(e, Flown | NotFlown)]
        assert [type(e) for e in ends] == [Flown]
        at = vehicle.truth().at
    assert at.lat_deg == pytest.approx(HOME.lat_deg, abs=2e-5)
    assert LatLon(at.lat_deg, at.lon_deg).lon_deg == pytest.approx(HOME.lon_deg, abs=3e-5)


@pytest.mark.parametrize(
    ("required", "items", "result", "text"),
    [
        (0, [north(40, frame=6)], 0, None),
        (1, [north(40, frame=6)], 2, "Mission rejected: takeoff required"),
        (2, [CLIMB, north(40, frame=6)], 2, "Mission rejected: landing required"),
        (2, [north(40, frame=6), LAND], 0, None),
        (3, [CLIMB, north(40, frame=6), item(20, frame=2)], 2, "Mission rejected: landing required"),
        (3, [CLIMB, north(40, frame=6), LAND], 0, None),
        (4, [north(40, frame=6)], 0, None),
        (4, [CLIMB, north(40, frame=6)], 2, "Mission rejected: land start required"),
        (4, [north(40, frame=6), LAND], 2, "Mission rejected: takeoff required"),
    ],
)
def test_what_a_mission_must_have_is_a_parameter(
    required: int, items: list[dict[str, Any]], result: int, text: str | None
) -> None:
    station = px4().ready()
    station.autopilot.shown.keep("MIS_TKO_LAND_REQ", required)
    assert upload(station, *items).whole("type") == 0
    assert station.command(300) == result
    told = [t for t in station.texts() if t.startswith("Mission rejected")]
    assert told == ([] if text is None else [text])


def test_without_a_take_off_item_it_takes_off_by_itself_and_flies_on() -> None:
    station = px4().ready()
    for name, value in (("MIS_TKO_LAND_REQ", 0), ("MIS_TAKEOFF_ALT", 6.0)):
        station.autopilot.shown.keep(name, value)
    assert upload(station, north(40, frame=6), north(80, frame=6), LAND).whole("type") == 0
    assert station.command(300) == 0
    station.wait_until(lambda: station.autopilot.truth().height_m > 5.5)
    assert abs(station.autopilot.now.body.north_m) < 1.0
    track_m = [0.0]

    def has_landed() -> bool:
        track_m.append(station.autopilot.now.body.north_m)
        return not station.armed

    station.wait_until(has_landed)
    assert station.autopilot.truth().landed
    assert max(track_m) > 79


def test_ground_stations_find_their_parameters_each_with_a_name_that_fits() -> None:
    station = px4().ready()
    station.send("PARAM_REQUEST_LIST")
    got = {m.text("param_id"): m for m in station.wait(2) if m.name == "PARAM_VALUE"}
    assert len(got) == len(station.autopilot.shown) > 180
    assert all(0 < len(name) <= 16 for name in got)
    assert {m.whole("param_type") for m in got.values()} == {6, 9}
    read_by_stations = {"COM_FLTMODE6", "BAT_LOW_THR", "RC_MAP_THROTTLE", "GF_MAX_HOR_DIST", "CAL_MAG0_ID", "SYS_HITL"}
    assert read_by_stations <= set(got)


@pytest.mark.parametrize(
    ("name", "metres", "fence"), [("GF_MAX_HOR_DIST", 60.0, "Circle"), ("GF_MAX_VER_DIST", 12.0, "Max Alt")]
)
def test_the_largest_distances_from_home_are_held_and_0_turns_them_off(name: str, metres: float, fence: str) -> None:
    for value, held in ((metres, True), (0.0, False)):
        station = px4().ready()
        station.autopilot.shown.keep(name, value)
        assert station.autopilot.shown[name] == value
        upload(station, CLIMB, north(120, frame=6), LAND)
        assert station.command(300) == 0
        station.wait(30)
        assert (f"{fence} fence breached" in station.texts()) == held


def test_the_critical_share_of_the_battery_is_where_it_acts() -> None:
    station = px4().ready()
    shown = station.autopilot.shown
    assert shown["BAT_CRIT_THR"] == pytest.approx(0.07)
    shown.keep("BAT_CRIT_THR", 0.99)
    shown.keep("COM_LOW_BAT_ACT", 3)
    upload(station, CLIMB, north(400, frame=6), LAND)
    assert station.command(300) == 0
    station.wait_until(lambda: station.autopilot.truth().mode is Mode.RTL, at_most_s=120)
