import json
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWebEngineCore import QWebEngineProfile

from gui.main_window import MainWindow
from gui.map.scheme import Guard
from gui.plan.page import PlanPage
from planner.formats.charts import Ground, read_chart
from planner.geo.points import LatLon, distance_m
from planner.model.errors import BadInput
from tests.gui.hands import wait_for
from tests.gui.planning import Chooser
from tests.shared import DATA, needs_shared

RING = [[7.0, 54.0], [7.1, 54.0], [7.1, 54.1], [7.0, 54.0]]


def written(folder: Path, *geometries: dict[str, object]) -> Path:
    rows = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    path = folder / "port.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


@needs_shared
def test_a_chart_cell_gives_land_depths_and_shore_works() -> None:
    chart = read_chart(DATA / "charts" / "US4MD81M" / "US4MD81M.000")
    grounds = {part.ground for part in chart.parts}
    assert {Ground.WATER, Ground.LAND, Ground.WORKS} <= grounds
    assert chart.parts[0].ground is Ground.WATER  # at the bottom


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "."),
        ("b.geojson", "not json", "cannot be read as a chart"),
        ("c.txt", "x", "is no chart that can be read"),
    ],
)
def test_what_is_no_chart_is_refused(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=says):
        read_chart(tmp_path / name)


def test_a_chart_in_metres_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"type": "LineString", "coordinates": [[500_000, 6_000_000], [500_100, 6_000_000]]})
    with pytest.raises(BadInput, match="not in degrees"):
        read_chart(path)


def test_a_chart_is_drawn_and_comes_again_at_the_next_start_until_it_is_taken_away(
    window: MainWindow, guarded: tuple[QWebEngineProfile, Guard], settings: QSettings, tmp_path: Path
) -> None:
    path = written(tmp_path, {"type": "Polygon", "coordinates": [RING]})
    window.files = Chooser(path)
    window.ask_chart()
    name = f"base/chart {path}"
    wait_for(lambda: window.map.layer(name) is not None)
    wait_for(lambda: distance_m(window.map.centre, LatLon(54.05, 7.05)) < 3000)
    again = MainWindow(guarded[0], [PlanPage], settings)
    wait_for(lambda: again.map.layer(name) is not None)
    again.take_charts_away()
    assert again.map.layer(name) is None
    assert settings.value("map/charts") == "[]"
    again.close()
