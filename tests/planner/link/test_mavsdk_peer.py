"""Against MAVSDK's own mission server: an autopilot that others wrote."""

import math
import socket
from collections.abc import Iterator

import pytest

from planner.geo.points import LatLon
from planner.link.station import Station
from planner.link.verdict import Stored
from planner.model.mission import Command, Frame, Mission, MissionItem, item

pytestmark = pytest.mark.peer
mavsdk = pytest.importorskip("mavsdk", reason="MAVSDK's Python package (extra 'dev') plays the vehicle")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def patrol() -> Mission:
    legs = [
        item(
            Command.NAV_WAYPOINT, at=LatLon(51.95 + n * 1.23457e-4, -4.05 - n * 1e-7), height_m=30.009, p1=2.7, p4=None
        )
        for n in range(40)
    ]
    return Mission(
        (
            item(Command.NAV_TAKEOFF, at=LatLon(51.95, -4.05), height_m=30.0, p4=None),
            item(Command.DO_CHANGE_SPEED, p1=1.0, p2=7.5, p3=-1.0),
            *legs,
            MissionItem(Command.DO_JUMP, Frame.MISSION, (3.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
            item(Command.NAV_RETURN_TO_LAUNCH),
        )
    )


@pytest.fixture
def server() -> Iterator[tuple[str, list[object]]]:
    from mavsdk import ComponentType, Configuration, Mavsdk
    from mavsdk.plugins.mission_raw_server import MissionRawServer

    port = free_port()
    vehicle = Mavsdk(Configuration.create_with_component_type(ComponentType.AUTOPILOT))
    plans: list[object] = []
    vehicle.add_any_connection(f"udpout://127.0.0.1:{port}")
    plugin = MissionRawServer(vehicle.server_component())
    plugin.subscribe_incoming_mission(lambda _result, plan, _data: plans.append(plan))
    yield f"udpin://127.0.0.1:{port}", plans
    plugin.destroy()
    vehicle.destroy()


def test_mavsdk_takes_the_mission_and_gives_it_back(server: tuple[str, list[object]]) -> None:
    address, plans = server
    mission = patrol()
    with Station.connect(address, timeout_s=20) as station:
        verdict = station.upload(mission)
        assert isinstance(verdict, Stored), verdict.reason
        back = station.download()
    assert len(plans) == 1
    taken = plans[0].mission_items  # type: ignore[attr-defined]  # MAVSDK's generated class
    assert [one.command for one in taken] == [one.command for one in mission]
    assert taken[3].x == round(mission.items[3].params[4] * 1e7)  # type: ignore[operator]  # a place is there
    assert math.isnan(taken[2].param4)
    assert [one.params[0] for one in back][-2] == 3.0
    assert back.items[5].params[4:6] == pytest.approx(mission.items[5].params[4:6], abs=5.1e-8)
