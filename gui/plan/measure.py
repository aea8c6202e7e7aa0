"""Measuring on the map: a distance with its bearings, or a surface; and copying a position."""

from collections.abc import Callable
from functools import partial

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMenu

from gui.map import features
from gui.map.looks import LayerStyle, Look
from gui.map.view import PageLayers
from planner.formats.written import to_mgrs, written_dm
from planner.geo.measure import area_said, bearing_said, length_said, measured
from planner.geo.points import LatLon, centroid

MEASURED = LayerStyle(Look.UNCERTAINTY, interactive=False)


class MeasureTool:
    """Lets the hand draw, and writes what it measures beside it until Esc or the next measuring."""

    def __init__(self, layers: PageLayers, draw: Callable[[str], None], say: Callable[[str], None]) -> None:
        self._say = say
        self._layers = layers
        self._draw = draw
        self.waits = False
        """Whether what is drawn next is measured."""
        self.said: tuple[str, ...] = ()

    def start(self, kind: str) -> None:
        """Measure a "line" or a "polygon" that is drawn now."""
        self.clear()
        self._draw(kind)
        self.waits = True

    def take(self, kind: str, places: list[LatLon]) -> bool:
        """Measure what was drawn, if it was drawn for that."""
        if not self.waits:
            return False
        self.waits = False
        if len(set(places)) >= 2:
            self._show(kind, places)
        return True

    def clear(self) -> None:
        """Take away what was measured."""
        self.said = ()
        self._layers.remove("measured")

    def _show(self, kind: str, places: list[LatLon]) -> None:
        found = measured(places)
        if kind == "polygon":
            self.said = (f"{area_said(found.area_m2)}, {length_said(found.around_m)} around",)
            made = [
                features.polygon(places, "measured", Look.UNCERTAINTY),
                features.point(centroid(places), "said", Look.WAYPOINT, label=self.said[0]),
            ]
        else:
            legs = zip(found.lengths_m, found.bearings_deg, strict=True)
            self.said = tuple(f"{bearing_said(bearing)}  {length_said(length)}" for length, bearing in legs)
            made = [features.line(places, "measured", Look.UNCERTAINTY)]
            made += [
                features.point(at, f"said-{n}", Look.WAYPOINT, label=text)
                for n, (at, text) in enumerate(zip(places[1:], self.said, strict=True))
            ]
            if len(self.said) > 1:
                self._say(f"Measured: {length_said(found.length_m)} in {len(self.said)} legs.")
        self._layers.set("measured", features.collection(made), MEASURED)


def add_copies(menu: QMenu, at: LatLon) -> None:
    """Entries that copy a position in the usual spellings."""
    spelled = (f"{at.lat_deg:.6f}, {at.lon_deg:.6f}", written_dm(at), to_mgrs(at))
    copies = menu.addMenu("Copy this position")
    if copies is not None:
        for text in spelled:
            copies.addAction(text, partial(_copy, text))


def _copy(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
