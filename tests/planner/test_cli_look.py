"""`quaywatch plan light`, `coverage` and `profiles --task`."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.plan import app
from planner.model.errors import BadInput
from tests.shared import DATA, needs_shared

RING = [[4.0, 51.95], [4.01, 51.95], [4.01, 51.954], [4.0, 51.954], [4.0, 51.95]]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "area.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [RING]}))
    run("new", folder / "area.geojson", "-o", folder / "p.plan", "--home", "51.9495,4.001,2.5")
    return folder / "p.plan"


def test_at_noon_in_june_the_legs_look_into_glint_and_an_early_take_off_is_better(plan: Path) -> None:
    found = json.loads(run("light", plan, "--at", "2026-06-21T11:45Z", "--wind", "6@270", "--json").stdout)
    assert found["glint"] > 0.2
    assert found["in_daylight"]
    assert found["best"]["glint"] < 0.03
    assert all(0 <= leg["glint"] <= 1 for leg in found["legs"])
    best = datetime.fromisoformat(found["best"]["take_off_utc"])
    sunrise = datetime.fromisoformat(found["day"]["sunrise_utc"])
    assert timedelta(0) < best - sunrise < timedelta(hours=6)


def test_in_december_the_sun_is_too_low_for_glint_straight_down(plan: Path) -> None:
    result = run("light", plan, "--at", "2026-12-21T12:00+01:00", "--wind", "4@0")
    assert "0 % of the pictures' area is in sun glint" in result.stdout


def test_a_flight_into_the_night_is_said(plan: Path) -> None:
    assert "not all of the flight is in daylight" in run("light", plan, "--at", "2026-12-21T15:32Z").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--at", "noon"], "is not a time"),
        (["--at", "0001-01-01"], "outside 1900"),
        (["--wind", "strong"], "SPEED@FROM"),
        (["--wind", "99@0"], "SPEED@FROM"),
        (["--camera", "brownie"], "is not known"),
    ],
)
def test_wrong_use_of_light_is_one_sentence(plan: Path, words: list[str], says: str) -> None:
    error = run("light", plan, *words).exception
    assert isinstance(error, BadInput)
    assert says in str(error)


def test_a_mission_made_elsewhere_needs_its_camera(plan: Path, tmp_path: Path) -> None:
    run("convert", plan, tmp_path / "m.waypoints")
    error = run("light", tmp_path / "m.waypoints").exception
    assert "--camera" in str(error)
    assert run("light", tmp_path / "m.waypoints", "--camera", "practice-1080p").exit_code == 0


def test_coverage_gives_figures_and_a_map_without_addresses(plan: Path, tmp_path: Path) -> None:
    found = json.loads(run("coverage", plan, "--length-m", "6", "-o", tmp_path / "c.html", "--json").stdout)
    assert found["mean_chance"] > 0.99
    assert found["share_never_in_view"] < 0.001
    page = (tmp_path / "c.html").read_text()
    assert "Chance to 1" in page
    assert "https://" not in page
    assert isinstance(run("coverage", plan, "-o", tmp_path / "c.html").exception, BadInput)


@pytest.mark.parametrize(("show", "word"), [("visits", "1 visit"), ("gap", "Gap to 15 minutes")])
def test_the_map_can_show_visits_and_gaps(plan: Path, tmp_path: Path, show: str, word: str) -> None:
    assert run("coverage", plan, "--show", show, "-o", tmp_path / "c.html", "--cell-m", "10").exit_code == 0
    assert word in (tmp_path / "c.html").read_text()


@needs_shared
def test_coverage_of_a_flown_flight_is_of_its_own_places(plan: Path, tmp_path: Path) -> None:
    log = DATA / "flights/arducopter-4.6.3-harbour.tlog"
    run("convert", plan, tmp_path / "m.waypoints")
    found = json.loads(
        run("coverage", tmp_path / "m.waypoints", "--flight", log, "--camera", "practice-1080p", "--json").stdout
    )
    assert found["pictures"] == 17
    assert found["share_never_in_view"] < 0.1
    assert any("straight down" in note for note in found["notes"])


def test_profiles_say_from_how_high_a_camera_identifies_a_vessel() -> None:
    words = ["profiles", "--task", "identify", "--length-m", "6", "--camera", "practice-1080p"]
    found = json.loads(run(*words, "--json").stdout)
    assert found["heights"][0]["height_m"] == pytest.approx(154, abs=3)
    assert "Johnson" in run(*words).stdout
    assert isinstance(run("profiles", "--task", "detect", "--length-m", "0").exception, BadInput)


def test_profiles_are_listed_as_before() -> None:
    found = json.loads(run("profiles", "--json").stdout)
    assert len(found["drones"]) >= 10
    assert len(found["cameras"]) >= 14


def test_coverage_as_geojson_has_a_square_for_each_cell(plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.geojson"
    told = json.loads(run("coverage", plan, "-o", out, "--cell-m", "20", "--json").stdout)
    document = json.loads(out.read_text())
    assert len(document["features"]) == told["cells"]
    assert document["coverage"]["mean_chance"] == told["mean_chance"]
    chances = [one["properties"]["chance"] for one in document["features"]]
    assert sum(chances) / len(chances) == pytest.approx(told["mean_chance"], abs=1e-3)
    for one in document["features"]:
        (ring,) = one["geometry"]["coordinates"]
        assert len(ring) == 5
        assert ring[0] == ring[-1]
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
        assert area > 0  # RFC 7946: outer rings run counter-clockwise
        assert set(one["properties"]) == {"chance", "visits", "worst_gap_s"}


@needs_shared
@pytest.mark.parametrize("ending", ["tlog", "BIN"])
def test_coverage_of_real_logs_is_of_their_pictures_and_far_plans_are_told(
    ending: str, plan: Path, tmp_path: Path
) -> None:
    log = DATA / f"flights/arducopter-4.6.3-harbour.{ending}"
    ring = [[4.05, 51.95], [4.0509, 51.95], [4.0509, 51.951], [4.05, 51.951], [4.05, 51.95]]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    run("new", tmp_path / "a.geojson", "-o", tmp_path / "near.plan", "--home", "51.95,4.05,2")
    near = json.loads(run("coverage", tmp_path / "near.plan", "--flight", log, "--json").stdout)
    assert near["pictures"] == 17
    assert 0.5 < near["mean_chance"] < 1
    assert near["visits_most"] == 1
    far = json.loads(run("coverage", plan, "--flight", log, "--json").stdout)
    assert far["share_never_in_view"] == 1
    assert any("is it the plan that was flown" in note for note in far["notes"])
