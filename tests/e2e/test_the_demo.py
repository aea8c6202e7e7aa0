"""`quaywatch demo`: the whole job in one go, held to what was promised of it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from planner.geo.points import LatLon, distance_m
from planner.link.record import read_flight
from tests.e2e.support import REMOTE, run, told

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]
PROMISED = {
    *("upload", "flight", "frames", "vessels", "found", "missed", "false", "median_error_m", "p90_error_m"),
    *("flags", "case", "report", "seconds"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def demo(folder: Path) -> dict[str, Any]:
    """What one run of the demo says; it must say it as one object and nothing else."""
    ran = run("demo", "--headless", "--json", "--out", folder, timeout_s=580)
    assert ran.code == 0, ran
    for stage in ("Plan", "Upload", "Fly", "Camera", "Detect", "Flag", "Report", "Compare"):
        assert f"\n{stage}" in f"\n{ran.err}"
    return ran.json()


def test_it_says_everything_that_was_promised(demo: dict[str, Any]) -> None:
    assert demo.keys() >= PROMISED
    assert (demo["upload"], demo["flight"]) == ("stored", "flown")
    assert demo["frames"] > 20
    assert demo["found"] + demo["missed"] == demo["vessels"] > 10
    assert demo["flags"] > 0
    assert demo["seconds"] > 0


def test_plan_log_frames_case_and_report_are_where_it_says(demo: dict[str, Any], folder: Path) -> None:
    assert told("plan", "info", demo["plan"])["made_by_quaywatch"] is True
    assert (
        len(list(Path(demo["footage"]).glob("*.jpg")))
        == demo["frames"]
        == len(read_flight(Path(demo["tlog"])).captures)
    )
    assert told("case", "verify", demo["case"])["sound"] is True
    assert told("case", "show", demo["case"])["contacts"] >= demo["contacts"] + demo["unconfirmed"]
    assert REMOTE.findall(Path(demo["report"]).read_text("utf-8")) == []
    assert json.loads((folder / "result.json").read_text()) == demo


def test_the_intruder_and_the_meeting_are_flagged_in_the_report(demo: dict[str, Any]) -> None:
    listed = told("case", "list", demo["case"], "--flagged")["contacts"]
    rules = {flag["rule"] for contact in listed for flag in contact["flags"]}
    assert rules >= {"restricted-zone", "alongside", "no-ais"}
    assert "Naval berth" in Path(demo["report"]).read_text("utf-8")


def test_at_least_nine_of_ten_vessels_are_found(demo: dict[str, Any]) -> None:
    assert demo["found"] >= 0.9 * demo["vessels"]


def test_at_most_one_contact_is_false(demo: dict[str, Any]) -> None:
    assert demo["false"] <= 1


def test_positions_are_off_by_less_than_five_metres(demo: dict[str, Any]) -> None:
    assert demo["median_error_m"] < 5.0


def test_the_flight_can_be_filmed_as_it_was_flown(demo: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    film = told("sim", "film", tmp_path / "flown.mp4", "--flight", folder, "--from-s", 40, "--seconds", 0.4)
    assert film["frames"] == 4
    seen = json.loads(Path(film["coco"]).read_text())
    (way,) = [
        read_flight(Path(demo["tlog"])).at(datetime.fromisoformat(i["date_captured"])) for i in seen["images"][:1]
    ]
    camera = seen["images"][0]["camera"]
    assert way is not None
    assert distance_m(way.at, LatLon(camera["lat_deg"], camera["lon_deg"])) < 5.0


def test_a_folder_that_holds_something_is_left_alone(demo: dict[str, Any], folder: Path) -> None:
    again = run("demo", "--headless", "--out", folder)
    assert (again.code, again.out) == (2, "")
    assert "is not empty; name a new folder with --out" in again.err
    assert Path(demo["case"]).is_dir()
