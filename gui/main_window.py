"""The one window: rail, title line, the page's panels around the map, status line."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QSettings, QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup, QCloseEvent
from PyQt6.QtWebEngineCore import QWebEngineProfile
from PyQt6.QtWidgets import QApplication, QFrame, QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme, widgets
from gui.background import Background
from gui.bars import Rail, RibbonLine, TopLine
from gui.closing import ClosePrompt
from gui.files import FileChooser
from gui.map import features
from gui.map.charts import CHART_KINDS, BaseCharts
from gui.map.frame import MapFrame
from gui.map.looks import LayerStyle, Look
from gui.map.view import MapView, PageLayers
from gui.pages import Intents, Page, Shell
from gui.palette import Palette
from gui.search import PlaceSearch
from gui.status import StatusLine
from gui.unit_choice import restore_units, unit_actions
from planner.formats.ports import FoundPlace, find_place
from planner.geo.points import LatLon
from planner.model.errors import QuaywatchError

PageMaker = Callable[[Shell], Page]
SIDE_WIDTH = 340


class MainWindow(QMainWindow):
    """The window; it is the pages' Shell."""

    def __init__(self, profile: QWebEngineProfile, makers: Sequence[PageMaker], settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        restore_units(settings)
        self._work = Background(self)
        self._intents = Intents(self)
        self._map = MapView(profile)
        self._frame = MapFrame(self._map)
        self._pages: dict[str, Page] = {}
        self._page_actions: dict[str, QAction] = {}
        self._current: Page | None = None
        self._closing = False
        self._own_actions = self._make_actions()
        self.files = FileChooser(settings, "map")
        self._build()
        self._palette = Palette(self)
        self._charts = BaseCharts(self.layers("base"), self._work, settings, self.say)
        for make in makers:
            self._add_page(make(self))
        self._restore()
        self._map.view_changed.connect(self._remember_view)
        self._map.escape_pressed.connect(lambda: self.layers("base").remove("found"))
        self._map.setFocus()
        self._intents.send_to_drone.connect(lambda _: self.show_page("fly"))
        self._intents.review_flight.connect(lambda *_: self.show_page("review"))
        self._intents.open_case.connect(lambda _: self.show_page("review"))
        self._intents.open_plan.connect(lambda _: self.show_page("plan"))
        self._intents.practise.connect(lambda *_: self.show_page("plan"))
        self._intents.review_footage.connect(lambda _: self.show_page("review"))

    # -- Shell

    @property
    def map(self) -> MapView:
        """The one map."""
        return self._map

    @property
    def work(self) -> Background:
        """Runs slow work."""
        return self._work

    @property
    def intents(self) -> Intents:
        """What pages ask of each other."""
        return self._intents

    @property
    def settings(self) -> QSettings:
        """What is remembered."""
        return self._settings

    @property
    def search(self) -> PlaceSearch:
        """The search field."""
        return self._top.search

    def layers(self, group: str) -> PageLayers:
        """The map as one page sees it."""
        return PageLayers(self._map, group)

    def page(self, key: str) -> Page:
        """A page by its key."""
        return self._pages[key]

    @property
    def current_page(self) -> Page | None:
        """The page that is shown."""
        return self._current

    def show_page(self, key: str) -> None:
        """Go to a page; the map keeps its place."""
        page = self._pages.get(key)
        if page is None or page is self._current:
            return
        if self._current is not None:
            self._map.stop_drawing()
            self._map.stop_editing()
            self._current.layers.show(shown=False)
            self._current.left_page()
        self._current = page
        self._page_actions[key].setChecked(True)
        self._show_widgets(page)
        page.layers.show(shown=True)
        self._show_title()
        self._settings.setValue("window/page", key)
        page.entered()

    def say(self, text: str, kind: str = "info") -> None:
        """Say a sentence above the map."""
        self._frame.say(text, kind)

    def messages(self) -> list[str]:
        """The sentences shown above the map."""
        return [m.text for m in self._frame.messages()]

    def set_link(self, text: str, tip: str = "") -> None:
        """The word on the link."""
        self._status.link.show_value(text, tip)

    def set_case(self, text: str, tip: str = "") -> None:
        """The word on the case."""
        self._status.case.show_value(text, tip)

    def set_job(self, text: str, fraction: float | None = None, cancel: Callable[[], None] | None = None) -> None:
        """The word on a long job."""
        self._status.set_job(text, fraction, cancel)

    def set_ribbon(self, text: str, button: str = "", press: Callable[[], object] | None = None) -> None:
        """A line above all pages, with a button at its end."""
        self.ribbon.show_text(text, button, press)

    def busy(self, key: str) -> str:
        """What a page is doing that must not be disturbed."""
        page = self._pages.get(key)
        return "" if page is None else page.busy()

    def go_to(self, text: str) -> None:
        """Show the place that was typed, or say why not."""
        try:
            self._go_to_found(find_place(text))
        except QuaywatchError as error:
            self.say(str(error), "amber")

    def open_palette(self) -> None:
        """Show every action by name."""
        own = list(self._current.actions()) if self._current is not None else []
        self._palette.open_with([*own, *self._page_actions.values(), *self._own_actions])

    def discard_changes(self) -> None:
        """Let the window close without asking about what is unsaved."""
        self._closing = True

    # -- Qt

    @override
    def closeEvent(self, a0: QCloseEvent | None) -> None:
        """Close, unless a page would lose something: then ask first."""
        if a0 is None:
            return
        unsaved = [p for p in self._pages.values() if p.unsaved()]
        if unsaved and not self._closing:
            a0.ignore()
            self.show_page(unsaved[0].key)
            self.close_prompt = ClosePrompt(self, unsaved[0], self._close_now)
            self.close_prompt.open()
            return
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.sync()
        for page in self._pages.values():
            page.closing()
        self._work.close()
        super().closeEvent(a0)

    def take_charts_away(self) -> None:
        """Take the charts under the map away and forget them."""
        self._charts.clear()

    def ask_chart(self) -> None:
        """Ask for charts and draw them under the map."""

        def chosen(paths: list[Path]) -> None:
            for path in paths:
                self._charts.add(path, self._map.fit)

        self.files.open_files(self, "Add a chart under the map", CHART_KINDS, chosen)

    # -- internal

    def _go_to_found(self, place: FoundPlace) -> None:
        """Show a place and mark it, until Esc or the next search."""
        least = 12 if place.radius_km > 2 else 14
        self._map.look_at(place.at, max(self._map.zoom, least))
        mark = features.point(place.at, "found", Look.CONTACT, label=place.name, tooltip=place.detail)
        self.layers("base").set("found", features.collection([mark]), LayerStyle(Look.CONTACT, interactive=False))
        self._map.setFocus()

    def _close_now(self) -> None:
        self.discard_changes()
        self.close()

    def _make_actions(self) -> list[QAction]:
        palette = widgets.action(self, "All commands and keys", self.open_palette, icon="help", key="Ctrl+K")
        zoom_in = widgets.action(self, "Zoom in", lambda: self._map.zoom_by(1), icon="plus", key="Ctrl++")
        zoom_out = widgets.action(self, "Zoom out", lambda: self._map.zoom_by(-1), icon="minus", key="Ctrl+-")
        search = widgets.action(self, "Go to a place", self._focus_search, icon="magnify", key="Ctrl+F")
        modes = [
            widgets.action(self, f"Colours: {word}", partial(self.set_mode, mode), icon=icon)
            for mode, word, icon in (
                (theme.Mode.DARK, "dark", "weather-night"),
                (theme.Mode.LIGHT, "light, for sun", "weather-sunny"),
                (theme.Mode.SYSTEM, "as the system", "theme-light-dark"),
            )
        ]
        quit_ = widgets.action(self, "Close Quaywatch", self.close, icon="exit-to-app", key="Ctrl+Q")
        chart = widgets.action(self, "Add a chart under the map", self.ask_chart, icon="map-plus")
        no_chart = widgets.action(self, "Take the charts away", self.take_charts_away, icon="map-minus")
        told = unit_actions(self, self._settings, self._units_changed)
        made = [palette, zoom_in, zoom_out, search, *modes, *told, chart, no_chart, quit_]
        self.addActions(made)
        return made

    def set_mode(self, mode: theme.Mode) -> None:
        """Change the colours; icons change with the next start."""
        self._settings.setValue("window/colours", mode.value)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            colours = theme.theme_for(mode, system_is_dark=theme.system_is_dark(application))
            theme.apply(application, colours)
            self._map.set_theme(colours)

    def _units_changed(self) -> None:
        for page in self._pages.values():
            page.units_changed()

    def _build(self) -> None:
        self.setWindowTitle("Quaywatch")
        self.setMinimumSize(QSize(960, 600))
        self.resize(1360, 860)
        self._rail = Rail()
        self._group = QActionGroup(self)
        self._top = TopLine(self._own_actions[0])
        self._top.search.searched.connect(self.go_to)
        self._top.search.chosen.connect(self._go_to_found)
        self._status = StatusLine(self.show_page, lambda: self._map.centre)
        self._left, self._side, self._strip = (_stack(name) for name in ("leftPanel", "sidePanel", "strip"))
        self._centre = QStackedWidget()
        self._home = QWidget()
        home_box = QVBoxLayout(self._home)
        home_box.setContentsMargins(0, 0, 0, 0)
        home_box.addWidget(self._frame)
        self._centre.addWidget(self._home)
        self._middle = _splitter(Qt.Orientation.Vertical, self._centre, self._strip)
        self._body = _splitter(Qt.Orientation.Horizontal, self._left, self._middle, self._side)
        self._body.setStretchFactor(0, 0)
        self._body.setStretchFactor(1, 1)
        self._body.setStretchFactor(2, 0)
        self._side.setMinimumWidth(300)
        self.ribbon = RibbonLine()
        right = widgets.column(self._top, self.ribbon, self._body, self._status, gap=0)
        right.setStretch(2, 1)
        all_ = widgets.row(self._rail, right, gap=0)
        middle = QWidget()
        middle.setLayout(all_)
        self.setCentralWidget(middle)
        settings = QAction(theme.icon("cog-outline", theme.current().quiet), "Settings", self)
        settings.setToolTip("Settings")
        settings.triggered.connect(self._open_settings)
        self._settings_button = self._rail.add_below(settings, "Settings")

    def _add_page(self, page: Page) -> None:
        number = len(self._pages) + 1
        self._pages[page.key] = page
        go = QAction(theme.icon(page.icon, theme.current().quiet), f"Go to {page.word}", self)
        go.setIconText(page.word)
        go.setCheckable(True)
        go.setShortcut(f"Ctrl+{number}")
        go.setToolTip(f"{page.word} (Ctrl+{number})")
        go.triggered.connect(lambda: self.show_page(page.key))
        self._group.addAction(go)
        self.addAction(go)
        self._page_actions[page.key] = go
        self._rail.add(go, page.word)
        for stack, widget in ((self._side, page.side), (self._strip, page.strip), (self._left, page.left)):
            if widget is not None:
                stack.addWidget(widget)
        if page.centre is not None:
            self._centre.addWidget(page.centre)
        page.side.addActions(list(page.actions()))
        page.layers.show(shown=False)
        page.title_changed.connect(self._show_title)

    def _show_widgets(self, page: Page) -> None:
        self._side.setCurrentWidget(page.side)
        for stack, widget in ((self._strip, page.strip), (self._left, page.left)):
            stack.setVisible(widget is not None)
            if widget is not None:
                stack.setCurrentWidget(widget)
        home = self._home.layout()
        if page.centre is None:
            if home is not None:
                home.addWidget(self._frame)
            self._centre.setCurrentWidget(self._home)
        else:
            if page.map_host is not None:
                page.map_host.addWidget(self._frame)
            self._centre.setCurrentWidget(page.centre)
        self._frame.show()
        self._frame.set_tools(page.tools)

    def _show_title(self) -> None:
        if self._current is None:
            return
        title, unsaved = self._current.title(), self._current.unsaved()
        self._top.show_title(title, unsaved=unsaved)
        self.setWindowTitle(f"{title}{' *' if unsaved else ''} - Quaywatch")

    def _focus_search(self) -> None:
        self._top.search.setFocus()
        self._top.search.selectAll()

    def _open_settings(self) -> None:
        menu = QMenu(self)
        colours, told, charts = self._own_actions[4:7], self._own_actions[7:13], self._own_actions[13:15]
        for some in (colours, told[:2], told[2:4], told[4:], charts):
            menu.addActions(some)
            menu.addSeparator()
        menu.popup(self._settings_button.mapToGlobal(self._settings_button.rect().topRight()))

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        side = int(self._settings.value("window/side_px", SIDE_WIDTH))
        self._body.setSizes([260, max(400, self.width() - side - Rail.WIDTH), side])
        self._middle.setSizes([800, 140])
        self._body.splitterMoved.connect(self._remember_side)
        lat, lon, zoom = (self._settings.value(f"map/{k}") for k in ("lat_deg", "lon_deg", "zoom"))
        if lat is not None and lon is not None and zoom is not None:
            self._map.look_at(LatLon(float(lat), float(lon)), float(zoom))

    def _remember_side(self) -> None:
        if self._side.isVisible():
            self._settings.setValue("window/side_px", self._side.width())

    def _remember_view(self, centre: LatLon, zoom: float) -> None:
        for key, value in (("lat_deg", centre.lat_deg), ("lon_deg", centre.lon_deg), ("zoom", zoom)):
            self._settings.setValue(f"map/{key}", value)

    def open_plan(self, path: Path) -> None:
        """Open a plan in the Plan page."""
        self._intents.open_plan.emit(path)

    def open_case(self, path: Path) -> None:
        """Open a case in the Review page."""
        self._intents.open_case.emit(path)


def _stack(name: str) -> QStackedWidget:
    stack = QStackedWidget()
    stack.setObjectName(name)
    stack.setFrameShape(QFrame.Shape.NoFrame)
    return stack


def _splitter(direction: Qt.Orientation, *parts: QWidget) -> QSplitter:
    splitter = QSplitter(direction)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    return splitter
