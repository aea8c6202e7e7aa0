"""`quaywatch plan check` as a person or a script runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.plan import app
from planner.formats.missions import write_mission, write_waypoints
from planner.formats.rules import EASA, read_rules
from planner.model.errors import BadInput
from planner.model.mission import Mission
from tests.planner.checking import at, mission, waypoint
from tests.shared import DATA, needs_shared

RUN = CliRunner()
ZONE = {
    "type": "Feature",
    "properties": {"name": "Refinery"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[p.lon_deg, p.lat_deg] for p in (at(-50, 100), at(50, 100), at(50, 200), at(-50, 200))]],
    },
}


def run(*words: object) -> tuple[int, str]:
    done = RUN.invoke(app, ["check", *map(str, words)], catch_exceptions=True)
    if isinstance(done.exception, BadInput):
        raise done.exception
    return done.exit_code, done.stdout


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.waypoints"
    write_waypoints(mission(), path)
    return path


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps(ZONE))
    return path


def test_a_good_mission_may_be_flown(good: Path) -> None:
    code, said = run(good, "--drone", "practice-quad", "--wind", "5@270", "--at", "2026-06-21T12:00Z")
    assert code == 0
    assert said.startswith("Fly: ")
    assert "zones (none were given)" in said


def test_a_zone_forbids_it_with_exit_code_1_and_one_json_object(good: Path, zones: Path) -> None:
    code, said = run(good, "--drone", "practice-quad", "--zones", zones, "--json")
    judged = json.loads(said)
    assert code == 1
    assert list(judged) == ["flyable", "problems", "figures"]
    assert judged["flyable"] is False
    assert judged["problems"][0]["code"] == "zone-no-fly"
    assert judged["problems"][0]["item"] == 2
    assert len(judged["problems"][0]["where"]) == 2
    assert judged["figures"]["zones"] == 1


def test_the_printed_verdict_stands_first_and_problems_are_grouped(good: Path, zones: Path) -> None:
    _, said = run(good, "--drone", "practice-quad", "--zones", zones)
    lines = said.splitlines()
    assert lines[0].startswith("Do not fly: ")
    assert "Zones, obstacles and people" in lines
    assert any("[zone-no-fly]" in line for line in lines)


def test_many_problems_of_one_kind_are_cut_short_in_print_but_not_in_json(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.geojson"
    rows = [{**ZONE, "properties": {"name": f"Tank {n}"}} for n in range(9)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    _, said = run(good, "--drone", "practice-quad", "--zones", path)
    assert said.count("[zone-no-fly]") == 4
    assert "and 6 more of this kind" in said
    _, told = run(good, "--drone", "practice-quad", "--zones", path, "--json")
    assert sum(p["code"] == "zone-no-fly" for p in json.loads(told)["problems"]) == 9


def test_the_launch_place_may_come_with_its_height(good: Path) -> None:
    base = (good, "--drone", "practice-quad", "--json")
    _, said = run(*base, "--home", "52.0,4.0,30")
    assert json.loads(said)["figures"]["highest_m"] == 80.0
    assert run(*base, "--home", "52.0,4.0,90")[0] == 1, "140 m above the sea"


def test_the_plan_files_own_drone_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "own.plan"
    write_mission(mission(), path)
    with pytest.raises(BadInput, match="--drone"):
        run(path)


def test_operations_of_the_rules_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "far.waypoints"
    write_waypoints(mission(waypoint(0, 800)), path)
    base = (path, "--drone", "practice-quad", "--json")
    assert run(*base)[0] == 0, "beyond sight is a warning in the specific category"
    assert run(*base, "--operation", "open")[0] == 1
    pilot = at(0, 400)
    assert run(*base, "--operation", "open", "--pilot", f"{pilot.lat_deg},{pilot.lon_deg}")[0] == 0


def test_rules_are_a_file_that_can_be_replaced(good: Path, tmp_path: Path) -> None:
    own = {"version": 1, "default": "mine", "operations": {"mine": {"title": "ours", "max_height_m": 40}}}
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(own))
    code, said = run(good, "--drone", "practice-quad", "--rules", path, "--json")
    assert code == 1
    assert json.loads(said)["problems"][0]["code"] == "too-high"


def test_a_misspelt_rule_is_refused_and_not_left_out(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"version": 1, "default": "a", "operations": {"a": {"max_heigth_m": 50}}}))
    with pytest.raises(BadInput, match="is 'max_height_m' meant"):
        run(good, "--drone", "practice-quad", "--rules", path)


@pytest.mark.parametrize("name", ["open", "specific", "sts-01", "sts-02"])
def test_the_rules_that_come_along_name_their_source(name: str) -> None:
    rules = read_rules(EASA, name)
    assert rules.max_height_m == 120
    assert "2019/947" in rules.source


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--wind", "strong"),
        ("--wind", "nan@0"),
        ("--wind", "-3@0"),
        ("--at", "tomorrow"),
        ("--at", "2026-06-21T12:00"),
        ("--at", "9999-12-31T23:59Z"),
        ("--pilot", "52"),
        ("--home", "95,4"),
        ("--drone", "nimbus"),
        ("--rules", "/nowhere/rules.json"),
        ("--operation", "none-such"),
        ("--zones", "/nowhere/zones.json"),
        ("--gust", "9"),
        ("--surface", "nan"),
        ("--radio-range", "-5"),
        ("--home", "52,4,high"),
        ("--home", "52,4,5,6"),
    ],
)
def test_a_bad_option_is_one_sentence(good: Path, option: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        run(good, *(() if option == "--drone" else ("--drone", "practice-quad")), option, value)
    assert "\n" not in str(caught.value)


def test_a_mission_of_nothing_must_not_be_flown(tmp_path: Path) -> None:
    path = tmp_path / "empty.plan"
    write_mission(Mission(()), path)
    code, said = run(path, "--drone", "practice-quad", "--json")
    assert code == 1
    assert next(p["code"] for p in json.loads(said)["problems"] if p["severity"] == "error") == "empty"


@needs_shared
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("mavsdk/qgroundcontrol_sample.plan", 0),
        ("ardupilot/CMAC-copter-navtest.txt", 0),
        ("ardupilot/Rabi-boat-circuit.txt", 1),
        ("qgroundcontrol/MissionPlanner.waypoints", 1),
        ("mavproxy/cmac-foamy-mission-cw.txt", 0),
    ],
)
def test_missions_made_elsewhere_are_judged(name: str, code: int) -> None:
    assert run(DATA / "plans" / name, "--drone", "ardupilot-quad", "--json")[0] == code


def test_zones_of_another_country_are_said_to_check_nothing_here(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "far.geojson"
    ring = [[100, -30], [101, -30], [101, -31], [100, -30]]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    _, said = run(good, "--drone", "practice-quad", "--zones", path, "--json")
    figures = json.loads(said)["figures"]
    assert (figures["zones"], figures["zones_near"]) == (1, 0)
    assert "none of the 1 given" in figures["unchecked"]
