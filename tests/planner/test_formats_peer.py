"""Our plan files in another project's importer: MAVSDK's."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.formats.missions import read_mission, write_mission, write_plan
from planner.formats.profiles import camera, drone
from planner.geo.points import LatLon
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.make import make_mission

pytestmark = pytest.mark.peer
mavsdk = pytest.importorskip("mavsdk", reason="MAVSDK's Python package (extra 'dev') reads our plans")

CORNERS = tuple(LatLon(lat, lon) for lat, lon in [(51.95, 4.0), (51.95, 4.01), (51.956, 4.01), (51.956, 4.0)])
PLAN = Plan(
    "quay",
    (Area("quay", AreaKind.POLYGON, CORNERS),),
    Pattern.AREA,
    drone("practice-quad"),
    camera("practice-1080p"),
    gsd_m=0.05,
)


@pytest.fixture
def importer() -> Iterator[object]:
    from mavsdk import ComponentType, Configuration, Mavsdk
    from mavsdk.plugins.mission_raw import MissionRaw
    from mavsdk.plugins.mission_raw_server import MissionRawServer

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    vehicle = Mavsdk(Configuration.create_with_component_type(ComponentType.AUTOPILOT))
    vehicle.add_any_connection(f"udpout://127.0.0.1:{port}")
    server = MissionRawServer(vehicle.server_component())
    ground = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    ground.add_any_connection(f"udpin://127.0.0.1:{port}")
    plugin = MissionRaw(ground.first_autopilot(10))
    yield plugin
    plugin.destroy()
    ground.destroy()
    server.destroy()
    vehicle.destroy()


def test_mavsdk_reads_the_same_items_from_our_plan_and_waypoint_files(importer: object, tmp_path: Path) -> None:
    planned = make_mission(PLAN)
    write_plan(planned, PLAN, tmp_path / "p.plan")
    write_mission(planned.mission, tmp_path / "p.waypoints")
    assert read_mission(tmp_path / "p.plan").mission.items == planned.mission.items
    for read in (
        importer.import_qgroundcontrol_mission(str(tmp_path / "p.plan")),  # type: ignore[attr-defined]  # untyped
        importer.import_mission_planner_mission(str(tmp_path / "p.waypoints")),  # type: ignore[attr-defined]  # untyped
    ):
        theirs = read.mission_items[-len(planned.mission) :]  # its waypoint importer keeps home as an item
        assert [(i.command, i.frame) for i in theirs] == [(i.command, i.frame) for i in planned.mission]
        for mine, other in zip(planned.mission, theirs, strict=True):
            if mine.at is not None:
                assert (other.x, other.y) == (round(mine.at.lat_deg * 1e7), round(mine.at.lon_deg * 1e7))
