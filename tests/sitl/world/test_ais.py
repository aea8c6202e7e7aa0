import json
import re
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from pyais import IterMessages

from planner.geo.points import LatLon, distance_m
from planner.model.errors import QuaywatchError
from planner.model.zone import ZoneRule, zones_from_geojson
from sitl.world.ais import reporting_interval_s
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.motion import VesselState
from sitl.world.scene import write_scene
from sitl.world.vessels import Ais, AisClass

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
END = START + timedelta(minutes=6)


@pytest.fixture(scope="module")
def harbour() -> Harbour:
    return practice_harbour()


@pytest.fixture(scope="module")
def lines(harbour: Harbour) -> list[str]:
    return harbour.ais_nmea(START, END)


def decoded(lines: list[str]) -> list[tuple[int, dict[str, object]]]:
    """Receive time and fields of each message; parts of one message follow each other."""
    last_parts = [line for line in lines if "AIVDM,1,1," in line or "AIVDM,2,2," in line]
    times = [int(line.split("c:")[1].split("*")[0]) for line in last_parts]
    messages = IterMessages([line.split("\\")[2].encode() for line in lines])
    return [(t, dict(m.decode().asdict())) for t, m in zip(times, messages, strict=True)]


def test_every_line_has_a_tag_block_with_source_time_and_checksum(lines: list[str]) -> None:
    for line in lines:
        found = re.fullmatch(r"\\(s:practice,c:(\d+))\*([0-9A-F]{2})\\(!AIVDM,.*)", line)
        assert found
        assert int(found[3], 16) == reduce(xor, found[1].encode())
        assert START.timestamp() <= int(found[2]) <= END.timestamp()


def test_positions_decode_to_where_the_vessel_is(harbour: Harbour, lines: list[str]) -> None:
    by_mmsi = {v.ais.mmsi: v for v in harbour.vessels if v.ais}
    positions = [(t, m) for t, m in decoded(lines) if m["msg_type"] in {1, 18}]
    assert {m["mmsi"] for _, m in positions} == set(by_mmsi)
    for t, m in positions:
        vessel = by_mmsi[int(str(m["mmsi"]))]
        true = harbour.place_of(vessel, datetime.fromtimestamp(t, UTC))
        assert distance_m(true, LatLon(float(str(m["lat"])), float(str(m["lon"])))) < 0.3
        assert float(str(m["speed"])) * 1852 / 3600 == pytest.approx(
            vessel.state_at(datetime.fromtimestamp(t, UTC)).speed_m_s, abs=0.03
        )


def test_static_reports_give_name_and_dimensions_of_every_transponder(harbour: Harbour, lines: list[str]) -> None:
    messages = [m for _, m in decoded(lines)]
    for vessel in (v for v in harbour.vessels if v.ais):
        assert vessel.ais
        mine = [m for m in messages if m["mmsi"] == vessel.ais.mmsi]
        assert vessel.ais.name in {m.get("shipname") for m in mine}
        sized = next(m for m in mine if m.get("to_bow"))
        assert int(str(sized["to_bow"])) + int(str(sized["to_stern"])) == round(vessel.length_m)


def test_silent_vessels_say_nothing(harbour: Harbour, lines: list[str]) -> None:
    assert {m["mmsi"] for _, m in decoded(lines)} == {v.ais.mmsi for v in harbour.vessels if v.ais}


@pytest.mark.parametrize(
    ("ais_class", "status", "knots", "turn", "seconds"),
    [
        ("A", 5, 0, 0, 180),
        ("A", 0, 8, 0, 10),
        ("A", 0, 8, 0.01, 4),
        ("A", 0, 18, 0, 6),
        ("A", 0, 25, 0, 2),
        ("B", 0, 1, 0, 180),
        ("B", 0, 9, 0, 30),
    ],
)
def test_reporting_intervals_are_those_of_the_standard(
    ais_class: str, status: int, knots: float, turn: float, seconds: int
) -> None:
    ais = Ais(200001001, "X", AisClass(ais_class), 70, nav_status=status)
    state = VesselState(0, 0, 0, knots * 1852 / 3600, 0, turn)
    assert reporting_interval_s(ais, state) == seconds


def test_a_scene_is_written_with_area_zones_ais_and_truth(harbour: Harbour, tmp_path: Path) -> None:
    paths = write_scene(tmp_path / "scene", harbour, START, END)
    assert set(paths) == {"area", "zones", "land", "ais", "vessels", "scene"}
    land = zones_from_geojson(json.loads(paths["land"].read_text()), "land.geojson")
    assert {zone.rule for zone in land} == {ZoneRule.SHORE}
    scene = json.loads(paths["scene"].read_text())
    assert scene["takeoff_height_m"] == 3.0
    vessels = json.loads(paths["vessels"].read_text())["vessels"]
    assert len(vessels) == len(harbour.vessels)
    assert all(len(v["track"]) == (73 if v["under_way"] else 1) for v in vessels)


def test_a_folder_that_cannot_be_written_is_named(harbour: Harbour, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(QuaywatchError, match=r"file: cannot write the scene"):
        write_scene(blocked, harbour, START, START)
