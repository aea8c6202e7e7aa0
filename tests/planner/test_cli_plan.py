import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.plan import app
from planner.formats.missions import write_mission
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Mission, item
from tests.shared import DATA, needs_shared

RING = [[4.0, 51.95], [4.02, 51.95], [4.02, 51.953], [4.008, 51.953], [4.008, 51.96], [4.0, 51.96], [4.0, 51.95]]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def area(tmp_path: Path) -> Path:
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [RING]}))
    return path


def test_new_makes_a_plan_and_prints_one_json_object(area: Path, tmp_path: Path) -> None:
    result = run("new", area, "-o", tmp_path / "p.plan", "--gsd-m", "0.05", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    asked = {"plan", "items", "length_m", "duration_s", "turns", "covered", "outside_m", "energy_wh", "captures"}
    assert asked | {"height_m", "gsd_m"} <= set(found)
    assert found["covered"] >= 0.999
    assert found["outside_m"] == 0
    assert "--home" in result.stderr
    assert json.loads((tmp_path / "p.plan").read_text())["quaywatch"]["name"] == "p"


def test_new_takes_the_swath_and_the_launch_place_outright(area: Path, tmp_path: Path) -> None:
    result = run("new", area, "-o", tmp_path / "p.plan", "--swath-m", "80", "--home", "51.9495,4.001,2.5", "--json")
    assert json.loads(result.stdout)["spacing_m"] == 80
    assert "--home" not in result.stderr
    home = json.loads((tmp_path / "p.plan").read_text())["mission"]["plannedHomePosition"]
    assert home == [51.9495, 4.001, 2.5]


def test_a_line_is_flown_as_a_corridor_by_itself(tmp_path: Path) -> None:
    line = tmp_path / "line.geojson"
    line.write_text(json.dumps({"type": "LineString", "coordinates": RING[:3]}))
    result = run("new", line, "-o", tmp_path / "p.plan", "--passes", "2", "--stand-off-m", "-30", "--json")
    assert result.exit_code == 0
    assert json.loads((tmp_path / "p.plan").read_text())["quaywatch"]["pattern"] == "corridor"


def test_an_existing_plan_is_only_overwritten_when_told(area: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.plan"
    out.write_text("precious")
    assert isinstance(run("new", area, "-o", out).exception, BadInput)
    assert out.read_text() == "precious"
    assert run("new", area, "-o", out, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--drone", "practice-qaud"], "did you mean practice-quad"),
        (["--camera", "nikon"], "Known are"),
        (["--home", "here"], "LAT,LON"),
        (["--home", "95,4"], "latitude"),
        (["--gsd-m", "0"], "ground sampling distance"),
        (["--gsd-m", "nan"], "ground sampling distance"),
        (["--side-overlap", "1"], "side overlap"),
        (["--speed-m-s", "99"], "speed must lie"),
        (["--passes", "0"], "passes"),
        (["--swath-m", "-5"], "swath"),
    ],
)
def test_a_bad_option_is_refused_in_a_sentence(area: Path, tmp_path: Path, words: list[str], says: str) -> None:
    result = run("new", area, "-o", tmp_path / "p.plan", *words)
    assert isinstance(result.exception, BadInput)
    assert says in str(result.exception)
    assert not (tmp_path / "p.plan").exists()


def test_show_writes_a_map_without_remote_addresses(area: Path, tmp_path: Path) -> None:
    run("new", area, "-o", tmp_path / "p.plan")
    result = run("show", tmp_path / "p.plan", "-o", tmp_path / "map.html", "--json")
    assert result.exit_code == 0
    assert "://" not in (tmp_path / "map.html").read_text()


def test_convert_there_and_back_keeps_the_items(area: Path, tmp_path: Path) -> None:
    run("new", area, "-o", tmp_path / "p.plan")
    there = run("convert", tmp_path / "p.plan", tmp_path / "p.waypoints", "--json")
    back = run("convert", tmp_path / "p.waypoints", tmp_path / "q.plan", "--json")
    assert json.loads(there.stdout)["items"] == json.loads(back.stdout)["items"]
    assert "left out" in there.stderr


def test_convert_refuses_areas_with_a_hint(area: Path, tmp_path: Path) -> None:
    result = run("convert", area, tmp_path / "p.plan")
    assert "plan new" in str(result.exception)


@needs_shared
def test_info_tells_items_home_bounds_and_notes() -> None:
    result = run("info", DATA / "plans/mavsdk/qgroundcontrol_sample_with_survey.plan", "--json")
    found = json.loads(result.stdout)
    assert found["items"] == 13
    assert found["home"] == [47.39801775617688, 8.545149580000002, 483.4261075265049]
    assert found["bounds"][0] < 47.398 < found["bounds"][2] + 0.001
    assert "survey" in found["notes"][0]


def test_profiles_lists_drones_and_cameras() -> None:
    assert "practice-quad" in run("profiles").stdout
    assert len(json.loads(run("profiles", "--json").stdout)["cameras"]) >= 10


@pytest.mark.parametrize(
    ("lons", "west", "east"),
    [((4.0, 4.1, 4.05), 4.0, 4.1), ((179.9, -179.9, 179.8), 179.8, -179.9), ((4.0,), 4.0, 4.0)],
)
def test_bounds_go_the_short_way_round_the_earth(
    lons: tuple[float, ...], west: float, east: float, tmp_path: Path
) -> None:
    mission = Mission(tuple(item(Command.NAV_WAYPOINT, at=LatLon(10.0, lon), height_m=30.0) for lon in lons))
    write_mission(mission, tmp_path / "m.waypoints")
    found = json.loads(run("info", tmp_path / "m.waypoints", "--json").stdout)
    assert found["bounds"] == pytest.approx([10.0, west, 10.0, east])


def test_the_height_follows_from_a_task_on_a_vessel(area: Path, tmp_path: Path) -> None:
    low = run("new", area, "-o", tmp_path / "a.plan", "--task", "identify", "--vessel-m", "3", "--no-tighten", "--json")
    asked = run("profiles", "--task", "identify", "--length-m", "3", "--camera", "practice-1080p", "--json")
    assert json.loads(low.stdout)["height_m"] == pytest.approx(json.loads(asked.stdout)["heights"][0]["height_m"], 0.01)
    high = run("new", area, "-o", tmp_path / "b.plan", "--task", "detect", "--vessel-m", "60", "--no-tighten", "--json")
    assert json.loads(high.stdout)["height_m"] == pytest.approx(120)
    assert "flown at 120 m" in high.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--task", "detect"), "go together"),
        (("--vessel-m", "8"), "go together"),
        (("--task", "detect", "--vessel-m", "8", "--gsd-m", "0.1"), "both set the height"),
        (("--task", "detect", "--vessel-m", "nan"), "must lie in"),
    ],
)
def test_a_task_that_does_not_say_enough_or_too_much_is_refused(
    words: tuple[str, ...], says: str, area: Path, tmp_path: Path
) -> None:
    result = run("new", area, "-o", tmp_path / "p.plan", *words)
    assert isinstance(result.exception, BadInput)
    assert says in str(result.exception)
    assert not (tmp_path / "p.plan").exists()


def square(west: float, south: float, size: float) -> dict[str, object]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_zones_given_to_plan_new_are_kept_for_the_check_and_drawn_on_the_map(tmp_path: Path) -> None:
    area, zones, plan, page = (tmp_path / name for name in ("a.geojson", "z.geojson", "p.plan", "p.html"))
    area.write_text(json.dumps(square(4.0, 51.9, 0.006)))
    features = [
        {"type": "Feature", "properties": {"name": name, "rule": "no-fly"}, "geometry": square(lon, 51.9, 0.003)}
        for name, lon in (("tank farm", 3.994), ("far away", 9.0))
    ]
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    made = run("new", area, "-o", plan, "--zones", zones, "--home", "51.9015,3.99", "--no-tighten")
    assert "1 zone of 2 near, kept in the plan" in made.stderr
    checked = run("check", plan, "--json")
    codes = {problem["code"] for problem in json.loads(checked.stdout)["problems"]}
    assert (checked.exit_code, "return-no-fly" in codes, "no-fly" in codes) == (1, True, False)
    run("show", plan, "-o", page)
    assert "tank farm" in page.read_text()
    assert "far away" not in plan.read_text()
