from pathlib import Path

import pytest

from gui.review.intake import Intake, scene_beside, understand


@pytest.fixture
def flight_folder(tmp_path: Path) -> Path:
    (tmp_path / "footage").mkdir()
    for number in range(3):
        (tmp_path / "footage" / f"{number}.JPG").write_bytes(b"x")
    (tmp_path / "flight.tlog").write_bytes(b"x")
    (tmp_path / "received.txt").write_bytes(b"\\s:r,c:1*00\\!AIVDM,1,1,,A,1,0*00\n")
    (tmp_path / "zones.geojson").write_text("{}")
    (tmp_path / "notes.doc").write_text("hello")
    return tmp_path


def test_everything_of_a_flight_is_understood_by_what_it_is(flight_folder: Path) -> None:
    seen = understand(sorted(flight_folder.iterdir()))
    assert [p.name for p in seen.footage] == ["footage"]
    assert seen.stills == 3
    assert (seen.flight, seen.ais) == (flight_folder / "flight.tlog", flight_folder / "received.txt")
    assert [p.name for p in (*seen.zones, *seen.unknown)] == ["zones.geojson", "notes.doc"]


def test_what_was_understood_is_said_before_anything_runs(flight_folder: Path) -> None:
    lines = understand(sorted(flight_folder.iterdir())).lines()
    assert "Footage: 3 stills in footage" in lines
    assert "Not understood: notes.doc" in lines


def test_a_second_drop_adds_to_the_first(flight_folder: Path) -> None:
    first = understand([flight_folder / "footage"])
    both = understand([flight_folder / "flight.tlog", flight_folder / "footage"], first)
    assert both.flight is not None
    assert len(both.footage) == 1


def test_a_case_folder_is_a_case_and_no_footage(tmp_path: Path) -> None:
    (tmp_path / "case.sqlite").write_bytes(b"")
    assert understand([tmp_path]).case == tmp_path


def test_the_case_goes_beside_the_footage(flight_folder: Path) -> None:
    assert understand([flight_folder / "footage"]).default_case() == flight_folder / "footage-case"
    assert Intake().default_case() is None


@pytest.mark.parametrize("head", [b"\xa3\x95\x80\x80", b"FMT, 128, 89, FMT"])
def test_a_log_file_is_a_flight_log_or_ais_by_how_it_begins(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "flown.log").write_bytes(head)
    (tmp_path / "heard.log").write_text("\\c:1748800000*5A\\!AIVDM,1,1,,A,13aG?P0P00PD;88MD5MTDww@2<0L,0*1C\n")
    seen = understand([tmp_path / "flown.log", tmp_path / "heard.log"])
    assert (seen.flight, seen.ais) == (tmp_path / "flown.log", tmp_path / "heard.log")


def test_an_empty_folder_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert understand([tmp_path / "empty"]).unknown == (tmp_path / "empty",)


@pytest.mark.parametrize("place", ["harbour", "footage/harbour"])
def test_a_practice_flight_brings_its_ais_zones_and_quay_height_along(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(parents=True)
    scene = tmp_path / place / "scene.json"
    scene.write_text('{"ais": "ais.nmea", "zones": "zones.geojson", "takeoff_height_m": 3.0}')
    seen = understand(scene_beside(tmp_path / "footage"))
    assert (seen.ais, seen.zones) == (scene.parent / "ais.nmea", (scene.parent / "zones.geojson",))
    assert seen.takeoff_height_m == 3.0


def test_a_scene_file_that_makes_no_sense_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "scene.json").write_text('{"ais": 1}')
    assert understand([tmp_path / "scene.json"]).ais is None
