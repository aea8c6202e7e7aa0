"""What was measured on ArduCopter 4.6.3, "General": what other tests of the vehicle leave out."""

import pytest

from sitl.autopilot.messages import Result
from tests.sitl.vehicle.script import HOME_ITEM, RTL, TAKEOFF, Station, item, last, north

STREAM = {"req_stream_id": 12, "req_message_rate": 1, "start_stop": 1}


def test_before_it_is_done_booting_every_list_is_refused_for_space_and_none_after() -> None:
    station = Station()
    for kind in (0, 1, 2):
        assert station.send("MISSION_COUNT", count=3, mission_type=kind)[0].whole("type") == 4
    station.wait_until(
        lambda: (beat := last(station.all("HEARTBEAT"), "HEARTBEAT")) and beat.whole("system_status") != 1
    )
    for kind, items in ((0, [HOME_ITEM, TAKEOFF]), (1, [item(5003, frame=0, lat=51.95, lon=4.05, param1=50.0)])):
        assert station.upload(*items, kind=kind) == 0


def test_some_parameters_come_unasked_after_an_upload() -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, TAKEOFF, north(30), RTL) == 0
    told = [m for m in station.wait(1.0) if m.name == "PARAM_VALUE"]
    assert [(m.text("param_id"), m.number("param_value"), m.whole("param_index")) for m in told] == [
        ("MIS_TOTAL", 4.0, 65535)
    ]
    assert not [m for m in station.wait(5.0) if m.name == "PARAM_VALUE"]


def test_terrain_is_asked_for_and_need_not_be_answered() -> None:
    station = Station().ready()
    station.send("REQUEST_DATA_STREAM", **STREAM)
    asked = [m for m in station.wait(3.0) if m.name == "TERRAIN_REQUEST"]
    assert len(asked) in {3, 4}
    assert asked[-1].whole("grid_spacing") == 100
    station.fly(TAKEOFF, north(30), RTL)
    station.wait_until(lambda: not station.armed)


def test_terrain_that_has_come_is_not_asked_for_again() -> None:
    station = Station().ready()
    station.send("REQUEST_DATA_STREAM", **STREAM)
    asked = last(station.wait(1.1), "TERRAIN_REQUEST")
    assert asked is not None
    place = {"lat": asked.whole("lat"), "lon": asked.whole("lon"), "grid_spacing": 100, "data": [0] * 16}
    station.send("TERRAIN_DATA", gridbit=3, **place)
    again = last(station.wait(1.1), "TERRAIN_REQUEST")
    assert again is not None
    assert again.whole("mask") == asked.whole("mask") & ~8
    for bit in range(56):
        station.send("TERRAIN_DATA", gridbit=bit, **place)
    assert not last(station.wait(2.0), "TERRAIN_REQUEST")


@pytest.mark.parametrize("component", [0, 1, 100])
def test_any_component_of_the_vehicle_lists_its_parameters(component: int) -> None:
    station = Station().ready()
    station.send("PARAM_REQUEST_LIST", target_component=component)
    assert len([m for m in station.wait(2.0) if m.name == "PARAM_VALUE"]) == len(station.autopilot.now.parameters)


def test_another_system_is_silent_whatever_it_is_asked() -> None:
    station = Station().ready()
    for name in ("PARAM_REQUEST_LIST", "MISSION_REQUEST_LIST", "MISSION_COUNT", "COMMAND_LONG", "MISSION_CLEAR_ALL"):
        assert station.send(name, target_system=2, count=2, command=400, param1=1.0) == []
    assert not [m for m in station.wait(0.5) if m.name == "PARAM_VALUE"]
    assert not station.armed


def test_reading_by_name_gives_no_number_and_by_number_gives_it() -> None:
    station = Station().ready()
    by_name = station.send("PARAM_REQUEST_READ", param_index=-1, param_id="RTL_ALT")[0]
    assert (by_name.whole("param_index"), by_name.number("param_value")) == (65535, 1500)
    assert station.send("PARAM_REQUEST_READ", param_index=7, param_id="")[0].whole("param_index") == 7
    assert station.command(512, 148) is Result.ACCEPTED
