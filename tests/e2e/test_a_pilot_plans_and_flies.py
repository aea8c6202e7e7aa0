"""From an area to a flight log, with the commands alone."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import shapely
from pymavlink import mavutil

from planner.formats.missions import read_mission
from planner.link.record import read_flight
from planner.model.mission import Command, Mission
from tests.e2e.support import REMOTE, geojson, practice_vehicle, refusal, run, told

BASIN = [
    [7.0, 54.1],
    [7.003, 54.1],
    [7.003, 54.1012],
    [7.0016, 54.1012],
    [7.0016, 54.1024],
    [7.0, 54.1024],
    [7.0, 54.1],
]
"""An L, 196 m wide and 267 m high."""
SHORE = [[7.0, 54.1], [7.0015, 54.1006], [7.003, 54.1005]]
HOME = "54.1,7.0,3"


@pytest.fixture(scope="module")
def basin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return geojson(tmp_path_factory.mktemp("areas") / "basin.geojson", "Polygon", [BASIN])


@pytest.fixture(scope="module")
def plan(basin: Path) -> Path:
    path = basin.with_name("basin.plan")
    figures = told("plan", "new", basin, "-o", path, "--gsd-m", 0.08, "--home", HOME)
    assert figures["covered"] > 0.99
    return path


def captures_of(log: Path) -> list[Any]:
    """What another reader finds in a telemetry log."""
    reader = mavutil.mavlink_connection(str(log))
    found = list(iter(lambda: reader.recv_match(type="CAMERA_FEEDBACK"), None))
    reader.close()
    return found


def essence(mission: Mission) -> list[tuple[object, ...]]:
    """What a drone flies by: what to do, where and how high (1 cm each)."""
    return [
        (i.command, i.at and (round(i.at.lat_deg, 7), round(i.at.lon_deg, 7), round(i.height_m or 0.0, 2)))
        for i in mission
    ]


def test_a_plan_of_a_concave_basin_stays_inside_it_and_is_a_qgroundcontrol_plan(plan: Path) -> None:
    document = json.loads(plan.read_text())
    assert (document["fileType"], document["version"], document["mission"]["version"]) == ("Plan", 1, 2)
    flown = [i.at for i in read_mission(plan).mission if i.command == Command.NAV_WAYPOINT and i.at is not None]
    legs = shapely.MultiPoint([(p.lon_deg, p.lat_deg) for p in flown])
    assert shapely.Polygon(BASIN).buffer(5 / 111_320).covers(legs)


def test_a_line_is_flown_as_a_corridor(tmp_path: Path) -> None:
    shore = geojson(tmp_path / "shore.geojson", "LineString", SHORE)
    figures = told("plan", "new", shore, "-o", tmp_path / "c.plan", "--pattern", "corridor", "--gsd-m", 0.08)
    assert figures["captures"] > 3
    assert told("plan", "info", tmp_path / "c.plan")["pattern"] == "corridor"


def test_the_map_of_a_plan_needs_no_network(plan: Path, tmp_path: Path) -> None:
    told("plan", "show", plan, "-o", tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text()
    assert "leaflet" in page
    assert REMOTE.findall(page) == []


def test_a_plan_is_stored_read_back_and_flown_and_the_log_tells_it_all(plan: Path, tmp_path: Path) -> None:
    log = tmp_path / "flight.tlog"
    with practice_vehicle("--home", HOME) as address:
        sent = told("link", "upload", plan, "--to", address)
        assert (sent["verdict"], sent["items"]) == ("stored", sent["read_back"])
        told("link", "download", "-o", tmp_path / "back.plan", "--to", address)
        flown = told("link", "fly", plan, "--to", address, "--tlog", log)
    there, back = (read_mission(p).mission for p in (plan, tmp_path / "back.plan"))
    assert essence(there) == essence(back)
    assert (flown["verdict"], flown["outcome"], flown["as_planned"]) == ("stored", "flown", True)
    flight = read_flight(log)
    assert len(flight.captures) == len(captures_of(log)) == flown["captures"] > 3
    assert flight.track.height_m.max() == pytest.approx(flight.captures[0].height_m, abs=3)
    assert flight.track.height_m[-1] < 1
    inside = shapely.Polygon(BASIN).buffer(40 / 111_320 / math.cos(math.radians(54.1)))
    assert all(inside.covers(shapely.Point(c.at.lon_deg, c.at.lat_deg)) for c in flight.captures)


def test_nobody_there_is_exit_code_one_and_a_sentence(plan: Path) -> None:
    ran = run("link", "upload", plan, "--to", "tcp:127.0.0.1:9")
    assert ran.code == 1
    assert "127.0.0.1:9" in ran.out + ran.err
    assert "Traceback" not in ran.err
    result = told("link", "upload", plan, "--to", "tcp:127.0.0.1:9", code=1)
    assert result["verdict"] == "not_stored"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{", "JSON"),
        ("[]", "an object is needed"),
        ('{"fileType": "Plan"}', "'version' is missing"),
        ('{"fileType": "Plan", "version": 1, "mission": {"version": 2, "items": [{"type": "SimpleItem"}]}}', "item 1"),
        ("QGC WPL 110\n0\t1\tx\n", "line 2"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_broken_plan_is_refused_with_a_sentence_before_anything_is_sent(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "broken.plan").write_text(content)
    sentence = refusal("link", "upload", tmp_path / "broken.plan", "--to", "tcp:127.0.0.1:9")
    assert "broken.plan" in sentence
    assert said in sentence


def test_wrong_use_is_exit_code_two_with_a_sentence(plan: Path, basin: Path, tmp_path: Path) -> None:
    assert "write for example" in refusal("link", "upload", plan, "--to", "nowhere")
    assert "--force" in refusal("plan", "new", basin, "-o", plan)
    assert "no-such" in refusal("plan", "new", basin, "-o", tmp_path / "x.plan", "--drone", "no-such")
    assert "none.geojson" in refusal("plan", "new", tmp_path / "none.geojson", "-o", tmp_path / "x.plan")
    assert not (tmp_path / "x.plan").exists()
    for name in ("nowhere/x.plan", "x.doc", plan):
        assert refusal("link", "download", "-o", tmp_path / name, "--to", "tcp:127.0.0.1:9")
