"""Charts of the user's own under everything on the map: added by hand, remembered, read off the window's thread."""

import json
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QSettings

from gui.map.looks import JSON, LayerStyle, Look
from gui.map.view import PageLayers
from gui.work import Work
from planner.formats.charts import Chart, Ground, read_chart
from planner.geo.points import LatLon

CHART_KINDS = "Charts (*.000 *.gpkg *.geojson *.json *.kml)"
_KEY = "map/charts"
_LOOKS = {
    Ground.WATER: Look.WATER,
    Ground.LAND: Look.LAND,
    Ground.WORKS: Look.QUAY,
    Ground.LANE: Look.ANCHORAGE,
    Ground.OTHER: Look.QUAY,
}
Say = Callable[[str, str], None]


class BaseCharts:
    """The charts that lie under the map."""

    def __init__(self, layers: PageLayers, work: Work, settings: QSettings, say: Say) -> None:
        self._layers = layers
        self._work = work
        self._settings = settings
        self._say = say
        for path in self.paths():
            self._load(path, lambda _: None)

    def paths(self) -> list[Path]:
        """The charts that are remembered."""
        return [Path(name) for name in json.loads(str(self._settings.value(_KEY, "[]")))]

    def add(self, path: Path, shown: Callable[[LatLon, LatLon], None]) -> None:
        """Add a chart and remember it; `shown` is told where it lies."""

        def done(chart: Chart) -> None:
            self._remember([*(p for p in self.paths() if p != path), path])
            west, south, east, north = chart.bounds
            shown(LatLon(south, west), LatLon(north, east))
            self._say(f"{path.name} is drawn under the map, {len(chart.parts):,} parts. Not for navigation.", "info")

        self._load(path.resolve(), done)

    def clear(self) -> None:
        """Take all charts away."""
        for path in self.paths():
            self._layers.remove(_layer(path))
        self._remember([])

    def _load(self, path: Path, done: Callable[[Chart], None]) -> None:
        def drawn(made: tuple[Chart, JSON]) -> None:
            chart, features = made
            self._layers.set(_layer(path), features, LayerStyle(Look.QUAY, interactive=False))
            done(chart)

        def read() -> tuple[Chart, JSON]:
            chart = read_chart(path)
            return chart, chart_features(chart)

        self._work.run(read, drawn, lambda error: self._say(f"{error}.", "amber"))

    def _remember(self, paths: list[Path]) -> None:
        self._settings.setValue(_KEY, json.dumps([str(path.resolve()) for path in paths]))


def chart_features(chart: Chart) -> JSON:
    """The parts of a chart as the map draws them."""
    rows = [
        {
            "type": "Feature",
            "id": f"part-{n}",
            "geometry": part.geometry,
            "properties": {"id": f"part-{n}", "look": _LOOKS[part.ground]},
        }
        for n, part in enumerate(chart.parts)
    ]
    return {"type": "FeatureCollection", "features": rows}


def _layer(path: Path) -> str:
    return f"chart {path.resolve()}"
