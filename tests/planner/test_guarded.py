import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.model.errors import BadInput
from planner.model.plan import AreaKind
from planner.zones.guarded import read_guarded
from quaywatch import app
from tests.shared import DATA, needs_shared

CHART = DATA / "charts/US4MD81M/US4MD81M.000"
SQUARE = [[4.05, 51.95], [4.06, 51.95], [4.06, 51.955], [4.05, 51.955], [4.05, 51.95]]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def two_basins(folder: Path) -> Path:
    east = [[lon + 0.02, lat] for lon, lat in SQUARE]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name, ring in (("West", SQUARE), ("East", east))
    ]
    path = folder / "basins.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize("feature", ["east", "2"])
def test_one_feature_is_chosen_by_its_name_or_its_number(tmp_path: Path, feature: str) -> None:
    assert [area.name for area in read_guarded(two_basins(tmp_path), features=[feature]).areas] == ["East"]


def test_a_feature_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no feature 'North'; it holds 'West', 'East'"):
        read_guarded(two_basins(tmp_path), features=["North"])


def test_layers_are_for_charts(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no layers"):
        read_guarded(two_basins(tmp_path), layers=["COALNE"])


def test_a_plan_is_planned_again_from_what_it_was_made_from(tmp_path: Path) -> None:
    first, second = tmp_path / "a.plan", tmp_path / "b.plan"
    done = run("plan", "new", two_basins(tmp_path), "-o", first, "--no-tighten", "--json")
    again = run("plan", "new", first, "-o", second, "--no-tighten", "--json")
    assert (done.exit_code, again.exit_code) == (0, 0)
    assert json.loads(again.stdout)["length_m"] == json.loads(done.stdout)["length_m"]


def test_the_polygon_of_a_survey_item_is_guarded(tmp_path: Path) -> None:
    survey = {"type": "ComplexItem", "polygon": [[51.95, 4.05], [51.95, 4.06], [51.96, 4.06]]}
    path = tmp_path / "survey.plan"
    path.write_text(json.dumps({"fileType": "Plan", "version": 1, "mission": {"items": [survey]}}))
    (area,) = read_guarded(path).areas
    assert area.kind is AreaKind.POLYGON
    assert area.outline[2].lon_deg == pytest.approx(4.06)


@pytest.mark.parametrize("rows", [[[51.95]], [[51.95, "x"]], ["ab"], [[95, 4.05], [51.95, 4.06], [51.96, 4.06]], [1]])
def test_a_survey_item_with_a_bad_corner_gets_a_sentence(tmp_path: Path, rows: list[object]) -> None:
    path = tmp_path / "survey.plan"
    document = {"fileType": "Plan", "version": 1, "mission": {"items": [{"type": "ComplexItem", "polygon": rows}]}}
    path.write_text(json.dumps(document))
    with pytest.raises(BadInput, match="item 1"):
        read_guarded(path)


@needs_shared
def test_of_a_chart_a_layer_must_be_chosen() -> None:
    with pytest.raises(BadInput, match=r"choose what to guard with --layer, one of .*COALNE"):
        read_guarded(CHART)


@needs_shared
def test_a_chart_holds_coastlines_as_lines_and_fairways_as_areas() -> None:
    assert {area.kind for area in read_guarded(CHART, layers=["COALNE"]).areas} == {AreaKind.LINE}
    assert {area.kind for area in read_guarded(CHART, layers=["fairwy"]).areas} == {AreaKind.POLYGON}


@needs_shared
def test_round_a_charted_island_a_corridor_keeps_off_its_land(tmp_path: Path) -> None:
    words = ("--layer", "LNDARE", "--feature", "Poplar Island", "--pattern", "corridor", "--side", "both")
    done = run(
        "plan", "new", CHART, "-o", tmp_path / "a.plan", *words, "--stand-off-m", "100", "--land", CHART, "--json"
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["length_m"] > 10_000
