"""The Plan page: draws, shows and tells; the presenter decides."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFrame, QMenu, QPushButton
from typing_extensions import override

from gui import widgets
from gui.files import FileChooser
from gui.map import features
from gui.map.looks import LayerStyle, Look
from gui.pages import Page, SentPlan, Shell
from gui.plan import picture
from gui.plan.panel import PlanPanel
from gui.plan.presenter import PlanPresenter
from gui.plan.services import Planning, QuaywatchPlanning
from gui.plan.values import Shown
from planner.geo.points import LatLon
from planner.model.mission import Mission
from planner.model.planned import PlannedMission

AREA_KINDS = "Areas (*.geojson *.json *.kml)"
PLAN_KINDS = "Plans (*.plan)"


class PlanPage(Page):
    """Draw or import an area, choose pattern, drone and camera, see the mission, save it, send it."""

    key = "plan"
    word = "Plan"
    icon = "vector-square-edit"

    def __init__(self, shell: Shell, planning: Planning | None = None) -> None:
        super().__init__(shell)
        self._planning = planning or QuaywatchPlanning()
        self.files = FileChooser(shell.settings, self.key)
        self.presenter = PlanPresenter(self, self._planning, shell.work)
        self._actions = self._make_actions()
        self._shown: Shown | None = None
        self._edited: str | None = None
        named = {a.objectName(): a for a in self._actions}
        self.buttons = self._make_buttons()
        tools = [widgets.tool_button(named["import"], size=18)]
        self.panel = PlanPanel(self.presenter, self.buttons, tools)
        self.side = self.panel
        self.tools = self._make_tools(named)
        self._listen()
        self.presenter.refresh()
        shell.work.run(self._planning.sample, self._show_harbour, lambda _: None)

    # -- Page

    @override
    def title(self) -> str:
        return self.presenter.title()

    @override
    def unsaved(self) -> bool:
        return self.presenter.unsaved()

    @override
    def actions(self) -> Sequence[QAction]:
        return self._actions

    @override
    def entered(self) -> None:
        self._edit_selected()

    @override
    def left_page(self) -> None:
        self._edited = None

    @override
    def save(self, then: Callable[[], None]) -> None:
        def written(_path: Path, _planned: PlannedMission) -> None:
            then()

        self.presenter.save(written)

    # -- PlanView

    def show(self, shown: Shown) -> None:
        """Show a picture of the plan in panel and map."""
        before, self._shown = self._shown, shown
        self.panel.show_plan(shown, self._planning.drones(), self._planning.cameras())
        if before is None or before.rows != shown.rows or before.draft.areas != shown.draft.areas:
            self.layers.set("areas", picture.areas(shown), picture.AREAS)
        if before is None or before.planned is not shown.planned or before.fresh != shown.fresh:
            self.layers.set("way", picture.way(shown), picture.STILL)
            self.layers.set("captures", picture.captures(shown), LayerStyle(Look.CAPTURE, interactive=False))
        self.layers.set("home", picture.home(shown), LayerStyle(Look.HOME))
        named = {a.objectName(): a for a in self._actions}
        for name, can in (
            ("undo", shown.can_undo),
            ("redo", shown.can_redo),
            ("save", shown.can_save),
            ("save as", shown.can_save),
            ("send", shown.can_send),
            ("fit", bool(shown.rows)),
        ):
            named[name].setEnabled(can)
        self._edit_selected()
        self.title_changed.emit()

    def show_places(self, places: list[LatLon]) -> None:
        """Move the map to places."""
        bounds = features.bounds_of(places)
        if bounds is not None:
            self.shell.map.fit(*bounds)

    def say(self, text: str, kind: str = "info") -> None:
        """Say a sentence above the map."""
        self.shell.say(text, kind)

    def ask_save_path(self, suggested: Path, chosen: Callable[[Path], None]) -> None:
        """Ask for the file to write."""
        self.files.save_file(self.panel, "Save the plan", suggested, PLAN_KINDS, chosen)

    def send(self, path: Path, name: str, mission: Mission) -> None:
        """Hand a saved plan to the Fly page."""
        self.shell.intents.send_to_drone.emit(SentPlan(path, name, mission))

    # -- intents

    def import_areas(self) -> None:
        """Ask for area files and add them."""
        self.files.open_files(self.panel, "Add areas from files", AREA_KINDS, self.presenter.open_dropped)

    def open_plan(self) -> None:
        """Ask for a plan and open it."""
        self.files.open_files(self.panel, "Open a plan", PLAN_KINDS, lambda paths: self.presenter.open(paths[0]))

    # -- internal

    def _listen(self) -> None:
        view = self.shell.map
        mine = self._when_shown
        view.drawn.connect(mine(self.presenter.add_drawn))
        view.edited.connect(self._on_edited)
        view.clicked.connect(self._on_clicked)
        view.place_clicked.connect(mine(lambda _at: self.presenter.select(None)))
        view.right_clicked.connect(self._on_right_clicked)
        view.delete_pressed.connect(mine(self.presenter.delete_area))
        view.escape_pressed.connect(mine(lambda: self.presenter.select(None)))
        view.too_few_points.connect(mine(self.presenter.too_few_points))
        view.files_dropped.connect(mine(self.presenter.open_dropped))
        self.shell.intents.open_plan.connect(self.presenter.open)

    def _mine(self) -> bool:
        return self.panel.isVisible()

    def _when_shown(self, call: Callable[..., None]) -> Callable[..., None]:
        """`call`, but only while this page is shown: the map belongs to all pages."""

        def told(*given: object) -> None:
            if self._mine():
                call(*given)

        return told

    def _on_edited(self, layer: str, feature: str, geometry: dict[str, object]) -> None:
        if self.layers.name_of(layer) == "areas":
            self.presenter.change_area(feature, features.places_of(geometry))

    def _on_clicked(self, layer: str, feature: str, _at: LatLon) -> None:
        if self.layers.name_of(layer) == "areas":
            self.presenter.select(feature)

    def _on_right_clicked(self, layer: str, feature: str, at: LatLon) -> None:
        if not self._mine():
            return
        menu = QMenu(self.panel)
        menu.addAction("Launch from here", partial(self.presenter.set_home, at))
        if self.presenter.draft.home is not None:
            menu.addAction("Let the planner choose the launch place", partial(self.presenter.set_home, None))
        drawn = self.presenter.draft.area(feature) if self.layers.name_of(layer) == "areas" else None
        if drawn is not None:
            menu.addSeparator()
            menu.addAction(f"Delete {drawn.area.name}", partial(self.presenter.delete_area, feature))
        cursor = self.shell.map.cursor().pos()
        menu.popup(QPoint(cursor.x(), cursor.y()))

    def _edit_selected(self) -> None:
        selected = self.presenter.selected
        if selected == self._edited:
            return
        self._edited = selected
        if selected is None:
            self.shell.map.stop_editing()
        else:
            self.layers.edit("areas", selected)

    def _show_harbour(self, sample: object) -> None:
        from gui.plan.services import Sample

        if isinstance(sample, Sample):
            self.shell.layers("base").set("quays", picture.quays(sample), LayerStyle(Look.QUAY, interactive=False))
            self.layers.set("zones", picture.zones(sample), LayerStyle(Look.RESTRICTED_WATER, names=True))

    def _make_actions(self) -> list[QAction]:
        p, view = self.presenter, self.shell.map
        rows: list[tuple[str, str, Callable[[], object], str, str]] = [
            ("draw area", "Draw an area", partial(view.draw, "polygon"), "vector-polygon", "P"),
            ("draw line", "Draw a line", partial(view.draw, "line"), "vector-polyline", "L"),
            ("launch", "Set the launch place", partial(view.draw, "point"), "home-map-marker", "H"),
            ("fit", "Show the whole plan", p.show_everything, "fit-to-page-outline", "F"),
            ("undo", "Undo", p.undo, "undo", "Ctrl+Z"),
            ("redo", "Redo", p.redo, "redo", "Ctrl+Shift+Z"),
            ("import", "Add areas from a file", self.import_areas, "file-import-outline", "Ctrl+I"),
            ("sample", "Open the sample port", p.open_sample, "ferry", ""),
            ("new", "New plan", p.new, "file-outline", "Ctrl+N"),
            ("open", "Open a plan", self.open_plan, "folder-open-outline", "Ctrl+O"),
            ("save", "Save the plan", p.save, "content-save-outline", "Ctrl+S"),
            ("save as", "Save the plan as another file", p.save_as, "content-save-edit-outline", "Ctrl+Shift+S"),
            ("send", "Send to drone", p.send, "quadcopter", "Ctrl+Return"),
        ]
        made = []
        for name, text, run, icon, key in rows:
            act = widgets.action(self, text, run, icon=icon, key=key)
            act.setObjectName(name)
            made.append(act)
        return made

    def _make_buttons(self) -> dict[str, QPushButton]:
        p = self.presenter
        return {
            "draw": widgets.button("Draw an area", partial(self.shell.map.draw, "polygon"), icon="vector-polygon"),
            "sample": widgets.button("Open the sample port", p.open_sample, icon="ferry"),
            "open": widgets.button("Open", self.open_plan, tip="Open a plan (Ctrl+O)"),
            "save": widgets.button("Save", p.save, tip="Save the plan (Ctrl+S)"),
            "send": widgets.button("Send to drone", p.send, icon="quadcopter", kind="primary"),
        }

    def _make_tools(self, named: dict[str, QAction]) -> QFrame:
        box = QFrame()
        box.setProperty("kind", "floating")
        names = ("draw area", "draw line", "launch", "fit", "undo", "redo")
        line = widgets.row(*(widgets.tool_button(named[name]) for name in names), gap=2)
        line.setContentsMargins(4, 4, 4, 4)
        box.setLayout(line)
        return box
