"""Our plan files in another project's importer: MAVSDK's."""

import math
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.formats.missions import read_mission, write_mission, write_plan
from planner.formats.profiles import camera, drone
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.make import make_mission
from tests.shared import DATA, needs_shared

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


READ_BY_BOTH = [
    "ardupilot/CMAC-grid.txt",
    "ardupilot/Rabi-boat-circuit.txt",
    "mavproxy/cmac-foamy-mission-cw.txt",
    "mavsdk/mission_planner_sample.txt",
    "mavsdk/qgroundcontrol_sample.plan",
    "mavsdk/qgroundcontrol_sample_with_survey.plan",
    "qgroundcontrol/100Waypoints.waypoints.txt",
    "qgroundcontrol/MissionPlanner.waypoints",
]
REFUSED_BY_BOTH = [
    "mavsdk/qgroundcontrol_sample_with_survey_missing_items.plan",
    "mavsdk/qgroundcontrol_sample_with_survey_wrong_version.plan",
]


def theirs(importer: object, path: Path) -> list[tuple[float, ...]]:
    """Command, frame, parameters 1 to 4 (None: -1e9), place in 1e-7 degrees and height of MAVSDK's items."""
    read = importer.import_qgroundcontrol_mission if path.suffix == ".plan" else importer.import_mission_planner_mission  # type: ignore[attr-defined]  # untyped
    return [
        (
            i.command,
            i.frame,
            *(-1e9 if math.isnan(p) else p for p in (i.param1, i.param2, i.param3, i.param4)),
            i.x,
            i.y,
            i.z,
        )
        for i in read(str(path)).mission_items
    ]


@needs_shared
def test_mavsdk_reads_the_same_items_from_every_file_of_others_that_it_reads(importer: object) -> None:
    for name in READ_BY_BOTH:
        path = DATA / "plans" / name
        mission = read_mission(path).mission
        for mine, other in zip(mission, theirs(importer, path)[-len(mission) :], strict=True):
            assert (mine.command, mine.frame) == other[:2], name
            assert [-1e9 if p is None else p for p in mine.params[:4]] == pytest.approx(other[2:6], rel=1e-6), name
            if mine.at is not None:
                place = (round(mine.at.lat_deg * 1e7), round(mine.at.lon_deg * 1e7), mine.height_m)
                assert place == pytest.approx(other[6:], rel=1e-6), name


@needs_shared
@pytest.mark.parametrize("name", REFUSED_BY_BOTH)
def test_surveys_that_mavsdk_refuses_are_refused(name: str, importer: object) -> None:
    with pytest.raises(Exception, match="FAILED_TO_PARSE_QGC_PLAN"):
        theirs(importer, DATA / "plans" / name)
    with pytest.raises(BadInput, match="survey"):
        read_mission(DATA / "plans" / name)
