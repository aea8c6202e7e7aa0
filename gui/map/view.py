"""The live map: a web view over one static Leaflet page, told what to show and telling what the hand did.

Everything is kept here as well, so that the page can be filled before it is ready and again should it crash.
"""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, Qt, QUrl, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtWebChannel import QWebChannel
from PyQt6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PyQt6.QtWebEngineWidgets import QWebEngineView
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.map.looks import JSON, LayerStyle
from gui.map.scheme import PAGE_URL
from planner.geo.points import LatLon

_NO = False
_log = logging.getLogger(__name__)


class _Bridge(QObject):
    """The object that both sides know."""

    command = pyqtSignal(str)
    heard = pyqtSignal(str)

    @pyqtSlot(str)
    def told(self, message: str) -> None:
        """Called by the page."""
        self.heard.emit(message)


class _Page(QWebEnginePage):
    """A page that logs instead of printing, and goes nowhere else."""

    def __init__(self, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self.errors: list[str] = []

    @override
    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str | None, line: int, source: str | None
    ) -> None:
        """Log what the page says."""
        if level is QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            self.errors.append(f"{source}:{line} {message}")
            _log.error("map page, %s line %d: %s", source, line, message)

    @override
    def acceptNavigationRequest(self, url: QUrl, kind: QWebEnginePage.NavigationType, is_main_frame: bool) -> bool:
        """Only the map itself."""
        return url.toString() == PAGE_URL


class MapView(QWebEngineView):
    """The map widget.

    Layers are named "page/what"; `show_group("page", shown=False)` hides all of a page. Features are GeoJSON with
    the properties that `gui.map.features` writes. All signals come on the GUI thread.
    """

    ready = pyqtSignal()
    clicked = pyqtSignal(str, str, LatLon)
    """Layer, feature id, place."""
    double_clicked = pyqtSignal(str, str, LatLon)
    right_clicked = pyqtSignal(str, str, LatLon)
    """Layer and feature id ("" for bare map), place."""
    place_clicked = pyqtSignal(LatLon)
    drawn = pyqtSignal(str, list)
    """Kind ("polygon", "line", "point") and the places."""
    drawing_cancelled = pyqtSignal(str)
    edited = pyqtSignal(str, str, dict)
    """Layer, feature id, new GeoJSON geometry."""
    too_few_points = pyqtSignal(int)
    delete_pressed = pyqtSignal()
    escape_pressed = pyqtSignal()
    view_changed = pyqtSignal(LatLon, float)
    """Middle and zoom, after the hand or the program moved the map."""
    files_dropped = pyqtSignal(list)
    """Paths."""

    def __init__(self, profile: QWebEngineProfile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = _Page(profile, self)
        self._bridge = _Bridge(self)
        self._channel = QWebChannel(self._page)
        self._channel.registerObject("bridge", self._bridge)
        self._page.setWebChannel(self._channel)
        self.setPage(self._page)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(True)
        self.setMinimumSize(240, 160)
        self._is_ready = False
        self._tokens = theme.current().map_tokens()
        self._layers: dict[str, tuple[JSON, LayerStyle]] = {}
        self._hidden: set[str] = set()
        self._place: list[Any] | None = None
        self._answers: dict[int, Callable[[Any], None]] = {}
        self._asked = 0
        self._waiting: list[tuple[object, ...]] = []
        self.centre = LatLon(30.0, 10.0)
        self.zoom = 3.0
        self._bridge.heard.connect(self._hear)
        self._page.renderProcessTerminated.connect(self._on_crash)
        self.set_theme(theme.current())
        self._page.load(QUrl(PAGE_URL))

    # -- what to show

    @property
    def is_ready(self) -> bool:
        """Whether the page has come up."""
        return self._is_ready

    @property
    def errors(self) -> list[str]:
        """Errors that the page's own script ran into."""
        return self._page.errors

    def set_theme(self, colours: theme.Theme) -> None:
        """Change the colours."""
        self._tokens = colours.map_tokens()
        self._page.setBackgroundColor(QColor(colours.sea))
        self._send("theme", self._tokens)

    def set_layer(self, name: str, features: JSON, style: LayerStyle | None = None) -> None:
        """Show a FeatureCollection as the layer `name`, in place of what it held; only what changed is redrawn."""
        style = style or LayerStyle()
        self._layers[name] = (features, style)
        self._send("setLayer", name, features, style.as_json())
        if any(name.startswith(group + "/") for group in self._hidden):
            self._send("showGroup", name, _NO)

    def remove_layer(self, name: str) -> None:
        """Take a layer away; one that is not there is no error."""
        if self._layers.pop(name, None) is not None:
            self._send("removeLayer", name)

    def layer(self, name: str) -> JSON | None:
        """What a layer holds, None if there is none."""
        held = self._layers.get(name)
        return held[0] if held else None

    def show_group(self, group: str, *, shown: bool) -> None:
        """Show or hide all layers "group/..."."""
        (self._hidden.discard if shown else self._hidden.add)(group)
        self._send("showGroup", group + "/", shown)

    # -- where to look

    def fit(self, south_west: LatLon, north_east: LatLon, *, max_zoom: float = 17) -> None:
        """Show the whole of a box."""
        self._place = [
            "fit",
            south_west.lon_deg,
            south_west.lat_deg,
            north_east.lon_deg,
            north_east.lat_deg,
            max_zoom,
        ]
        self._send(*self._place)

    def look_at(self, at: LatLon, zoom: float | None = None) -> None:
        """Put a place in the middle; keep the zoom if none is given."""
        self._place = ["view", at.lon_deg, at.lat_deg, zoom if zoom is not None else self.zoom]
        self._send(*self._place)

    def zoom_by(self, steps: float) -> None:
        """Zoom in (positive) or out."""
        self._send("zoom", steps)

    # -- the hand

    def draw(self, kind: str) -> None:
        """Let the hand draw a "polygon", a "line" or a "point"; `drawn` tells it, Esc gives it up."""
        self._send("draw", kind)

    def stop_drawing(self) -> None:
        """Give up what is being drawn."""
        self._send("draw", None)

    def edit(self, layer: str, feature: str) -> None:
        """Show the points of a feature of an editable layer, to be dragged, added and removed."""
        self._send("edit", layer, feature)

    def stop_editing(self) -> None:
        """Hide the points."""
        self._send("edit", None, None)

    # -- questions

    def when_painted(self, done: Callable[[], None]) -> None:
        """Call `done` once everything told so far has been painted."""
        self._ask("painted", lambda _: done())

    def pixels_of(self, places: list[LatLon], done: Callable[[list[tuple[float, float]]], None]) -> None:
        """Where places lie in the widget; for tests and for what floats above the map."""
        positions = [[p.lon_deg, p.lat_deg] for p in places]
        self._ask("pixelsOf", lambda answer: done([(float(x), float(y)) for x, y in answer]), positions)

    # -- Qt

    @override
    def dragEnterEvent(self, e: QDragEnterEvent | None) -> None:
        """Files may be dropped on the map."""
        if e is not None and _paths(e):
            e.acceptProposedAction()

    @override
    def dragMoveEvent(self, e: QDragMoveEvent | None) -> None:
        """Files may be dropped on the map."""
        if e is not None and _paths(e):
            e.acceptProposedAction()

    @override
    def dropEvent(self, e: QDropEvent | None) -> None:
        """Tell which files were dropped."""
        if e is not None and (paths := _paths(e)):
            e.acceptProposedAction()
            self.files_dropped.emit(paths)

    # -- internal

    def _ask(self, question: str, done: Callable[[Any], None], *rest: object) -> None:
        self._asked += 1
        self._answers[self._asked] = done
        self._send(question, self._asked, *rest)

    def _send(self, *command: object) -> None:
        if self._is_ready:
            self._bridge.command.emit(json.dumps([command], allow_nan=False))
        elif command[0] in {"pixelsOf", "painted"}:
            self._waiting.append(command)

    def _on_ready(self) -> None:
        self._is_ready = True
        self._send("theme", self._tokens)
        if self._place:
            self._send(*self._place)
        for name, (features, style) in self._layers.items():
            self._send("setLayer", name, features, style.as_json())
        for group in self._hidden:
            self._send("showGroup", group + "/", _NO)
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self._send(*command)
        self.ready.emit()

    def _on_crash(self, status: QWebEnginePage.RenderProcessTerminationStatus) -> None:
        if status is QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            return
        _log.error("the map's process ended; starting it again")
        self._is_ready = False
        self._place = ["view", self.centre.lon_deg, self.centre.lat_deg, self.zoom]
        self._page.load(QUrl(PAGE_URL))

    def _hear(self, message: str) -> None:
        what, *rest = json.loads(message)
        hear = getattr(self, f"_on_{what}", None)
        if hear is None:
            _log.warning("the map page said something unknown: %s", message[:200])
            return
        hear(*rest)

    def _on_clicked(self, layer: str, feature: str, lon: float, lat: float) -> None:
        self.clicked.emit(layer, feature, _place(lon, lat))

    def _on_double_clicked(self, layer: str, feature: str, lon: float, lat: float) -> None:
        self.double_clicked.emit(layer, feature, _place(lon, lat))

    def _on_right_clicked(self, layer: str, feature: str, lon: float, lat: float) -> None:
        self.right_clicked.emit(layer, feature, _place(lon, lat))

    def _on_place_clicked(self, lon: float, lat: float) -> None:
        self.place_clicked.emit(_place(lon, lat))

    def _on_drawn(self, kind: str, positions: list[list[float]]) -> None:
        self.drawn.emit(kind, [_place(lon, lat) for lon, lat in positions])

    def _on_edited(self, layer: str, feature: str, geometry: JSON) -> None:
        self.edited.emit(layer, feature, geometry)

    def _on_view_changed(self, lon: float, lat: float, zoom: float) -> None:
        self.centre, self.zoom = _place(lon, lat), float(zoom)
        self.view_changed.emit(self.centre, self.zoom)

    def _on_answer(self, token: int, answer: Any) -> None:  # noqa: ANN401 - parsed JSON
        self._answers.pop(token, lambda _: None)(answer)

    def _on_cancelled(self, kind: str) -> None:
        self.drawing_cancelled.emit(kind)

    def _on_too_few_points(self, least: int) -> None:
        self.too_few_points.emit(least)

    def _on_delete_pressed(self) -> None:
        self.delete_pressed.emit()

    def _on_escape_pressed(self) -> None:
        self.escape_pressed.emit()


class PageLayers:
    """The map as one page sees it: its own group of layers, hidden while another page is shown."""

    def __init__(self, view: MapView, group: str) -> None:
        self.view = view
        self.group = group

    def set(self, name: str, features: JSON, style: LayerStyle | None = None) -> None:
        """Show a layer of this page."""
        self.view.set_layer(f"{self.group}/{name}", features, style)

    def remove(self, name: str) -> None:
        """Take a layer of this page away."""
        self.view.remove_layer(f"{self.group}/{name}")

    def name_of(self, full: str) -> str | None:
        """The page's own name of a layer that a signal named, None if it belongs to another page."""
        group, _, name = full.partition("/")
        return name if group == self.group else None

    def edit(self, name: str, feature: str) -> None:
        """Show the points of a feature of this page."""
        self.view.edit(f"{self.group}/{name}", feature)

    def show(self, *, shown: bool) -> None:
        """Show or hide the group."""
        self.view.show_group(self.group, shown=shown)


def _place(lon: float, lat: float) -> LatLon:
    """A place from the page, whose longitudes run on past 180."""
    wrapped = (float(lon) + 180.0) % 360.0 - 180.0
    return LatLon(max(-90.0, min(90.0, float(lat))), wrapped if not -180 <= float(lon) <= 180 else float(lon))


def _paths(event: QDropEvent) -> list[Path]:
    data = event.mimeData()
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data else []
