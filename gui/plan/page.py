"""The Plan page: draws, shows and tells; the presenter decides."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QDialog, QFrame, QMenu, QPushButton, QToolButton
from typing_extensions import override

from gui import widgets
from gui.files import FileChooser
from gui.map import features
from gui.map.looks import LayerStyle, Look
from gui.pages import Page, SentPlan, Shell
from gui.plan import picture
from gui.plan.choices import AT
from gui.plan.measure import MeasureTool, add_copies
from gui.plan.panel import Asks, PlanPanel
from gui.plan.planning import QuaywatchPlanning
from gui.plan.presenter import PlanPresenter
from gui.plan.section_area import menu_button, small
from gui.plan.services import Planning, Sample
from gui.plan.split_dialog import SplitDialog
from gui.plan.strip import ProfileStrip
from gui.plan.unsaved import Keeper, Left
from gui.plan.values import ROLES, Finding, Role, Shown
from planner.geo.points import LatLon
from planner.model.mission import Mission
from planner.model.planned import PlannedMission
from planner.route.profile import Moment

AREA_KINDS = "Areas (*.geojson *.json *.kml *.kmz)"
ZONE_KINDS = "Zones (*.json *.geojson *.kml *.kmz *.000)"
PROFILE_KINDS = "Profiles (*.json)"
PLAN_KINDS = "Plans and missions (*.plan *.waypoints *.txt *.kml *.kmz *.geojson *.json *.gpx *.fence *.rally)"
SAVE_KINDS = {
    ".pdf": "Briefings (*.pdf *.html)",
    "": "Plans (*.plan);;Waypoints (*.waypoints);;Exchange (*.kml *.kmz *.geojson *.gpx)",
}
"""By the ending that is suggested."""


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
        self.measure = MeasureTool(self.layers, self.draw, self.say)
        self._actions = self._make_actions()
        self._shown: Shown | None = None
        self._edited: str | None = None
        self.dialog: QDialog | None = None
        self._drawing = False
        self._given_up = 0
        """Drawings whose end is still to be heard of, because another took their place."""
        named = {a.objectName(): a for a in self._actions}
        self.buttons = self._make_buttons()
        asks = Asks(self.ask_profile, self.ask_rules)
        self.panel = PlanPanel(self.presenter, self.buttons, self._make_panel_tools(), asks)
        self.side = self.panel
        self.strip = self.profile = ProfileStrip()
        self.tools = self._make_tools(named)
        self.keeper = Keeper(Path(shell.settings.fileName()).parent / "unsaved", shell.work, self._could_not_keep)
        self._listen()
        self.presenter.refresh()
        shell.work.run(self.keeper.find_left, self._restore, self._could_not_restore)
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
    def units_changed(self) -> None:
        self.profile.repaint_all()
        self.presenter.refresh()

    @override
    def left_page(self) -> None:
        self._edited = None
        self._drawing, self._given_up = False, 0

    @override
    def save(self, then: Callable[[], None]) -> None:
        def written(_path: Path, _planned: PlannedMission) -> None:
            then()

        self.presenter.save(written)

    @override
    def closing(self) -> None:
        self.keeper.close()

    # -- PlanView

    def show(self, shown: Shown) -> None:
        """Show a picture of the plan in panel and map."""
        before, self._shown = self._shown, shown
        self.panel.show_plan(shown, self.presenter.drones, self.presenter.cameras)
        if before is None or before.rows != shown.rows or before.draft.areas != shown.draft.areas:
            self.layers.set("areas", picture.areas(shown), picture.AREAS)
        if before is None or picture.other_zones(before.draft, shown.draft):
            zones = picture.file_zones(shown.draft)
            self.layers.set("zones", zones, picture.zone_style(zones))
        if before is None or before.planned is not shown.planned or before.fresh != shown.fresh:
            self.layers.set("way", picture.way(shown), picture.STILL)
            self.layers.set("captures", picture.captures(shown), LayerStyle(Look.CAPTURE, interactive=False))
        self.layers.set("home", picture.home(shown), LayerStyle(Look.HOME))
        self.layers.set("marks", picture.marks(shown), picture.MARKS)
        pointed = None if shown.pointed is None else shown.pointed.item
        self.profile.show_profile(shown.profile, faded=not shown.fresh, item=pointed)
        self.keeper.keep(shown.draft, self.presenter.path, unsaved=shown.unsaved)
        named = {a.objectName(): a for a in self._actions}
        for name, can in (
            ("undo", shown.can_undo),
            ("redo", shown.can_redo),
            ("save", shown.can_save),
            ("save as", shown.can_save),
            ("brief", shown.can_save),
            ("split", shown.can_save),
            ("send", shown.can_send),
            ("fit", not shown.draft.is_empty),
        ):
            named[name].setEnabled(can)
        self._edit_selected()
        self.title_changed.emit()

    def show_places(self, places: list[LatLon]) -> None:
        """Move the map to places."""
        if len(places) == 1:
            self.shell.map.look_at(places[0])
            return
        bounds = features.bounds_of(places)
        if bounds is not None:
            self.shell.map.fit(*bounds)

    def say(self, text: str, kind: str = "info") -> None:
        """Say a sentence above the map."""
        self.shell.say(text, kind)

    def draw(self, kind: str) -> None:
        """Let the hand draw on the map; what is being drawn already is given up."""
        self._given_up += self._drawing
        self._drawing, self.measure.waits = True, False
        self.shell.map.draw(kind)

    def ask_save_path(self, suggested: Path, chosen: Callable[[Path], None]) -> None:
        """Ask for the file to write."""
        is_brief = suggested.suffix == ".pdf"
        title = "Write the briefing" if is_brief else "Save the plan"
        kinds = SAVE_KINDS.get(suggested.suffix, SAVE_KINDS[""])
        self.files.save_file(self.panel, title, suggested, kinds, chosen)

    def send(self, path: Path, name: str, mission: Mission) -> None:
        """Hand a saved plan to the Fly page."""
        self.shell.intents.send_to_drone.emit(SentPlan(path, name, mission))

    # -- intents

    def import_areas(self) -> None:
        """Ask for area files and add them."""
        self.files.open_files(self.panel, "Add areas from files", AREA_KINDS, self.presenter.open_dropped)

    def import_zones(self) -> None:
        """Ask for files of zones and add them."""
        self._ask("Add zones from files", ZONE_KINDS, self.presenter.import_zones)

    def import_land(self) -> None:
        """Ask for files of land and keep out of it."""
        self._ask("Keep out of land", AREA_KINDS, self.presenter.import_land)

    def import_watches(self) -> None:
        """Ask for files of places to be watched."""
        self._ask("Add places to be watched", AREA_KINDS, self.presenter.import_watches)

    def ask_profile(self, kind: str) -> None:
        """Ask for the profile of a "drone" or a "camera" of the user's own."""
        read = self.presenter.read_drone if kind == "drone" else self.presenter.read_camera
        self._ask(f"A {kind} of your own", PROFILE_KINDS, read)

    def ask_rules(self) -> None:
        """Ask for a file of rules."""
        self._ask("Rules of the operation", PROFILE_KINDS, lambda p: self.presenter.set_outlook("rules_file", str(p)))

    def ask_split(self) -> None:
        """Ask how the mission is to be split."""

        def ask_folder(chosen: Callable[[Path], None]) -> None:
            self.files.open_folder(self.panel, "Folder for the sorties", chosen)

        dialog = SplitDialog(self.panel, ask_folder, self.presenter.split)
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def open_plan(self) -> None:
        """Ask for a plan, or any other file that the page knows, and open it."""
        self.files.open_files(self.panel, "Open a plan", PLAN_KINDS, self.presenter.open_dropped)

    # -- internal

    def _ask(self, title: str, kinds: str, each: Callable[[Path], object]) -> None:
        def chosen(paths: list[Path]) -> None:
            for path in paths:
                each(path)

        self.files.open_files(self.panel, title, kinds, chosen)

    def _listen(self) -> None:
        view = self.shell.map
        mine = self._when_shown
        view.drawn.connect(mine(self._on_drawn))
        view.drawing_cancelled.connect(mine(self._on_cancelled))
        view.edited.connect(self._on_edited)
        view.clicked.connect(self._on_clicked)
        view.place_clicked.connect(mine(lambda _at: self.presenter.select(None)))
        view.right_clicked.connect(self._on_right_clicked)
        view.delete_pressed.connect(mine(self.presenter.delete_area))
        view.escape_pressed.connect(mine(self.measure.clear))
        view.escape_pressed.connect(mine(lambda: self.presenter.select(None)))
        view.too_few_points.connect(mine(self.presenter.too_few_points))
        view.files_dropped.connect(mine(self.presenter.open_dropped))
        self.shell.intents.open_plan.connect(self.presenter.open)
        self.shell.intents.practise.connect(self._practise)
        self.profile.scrubbed.connect(lambda now: self.layers.set("ghost", picture.ghost(now), picture.GHOST))
        self.profile.chosen.connect(self._on_item_chosen)

    def _restore(self, left: Left | None) -> None:
        """Open what was left behind, unless something is open already; then it waits for the next start."""
        if left is not None:
            self.say(left.told(opened=self.presenter.draft.is_empty), "amber")
            if self.presenter.draft.is_empty:
                self.keeper.take_over(left)
                self.presenter.restore(left.draft, left.path)

    def _could_not_restore(self, error: Exception) -> None:
        self.say(f"An unsaved plan was found and could not be read: {error}. The file was put aside.", "alarm")

    def _could_not_keep(self, error: Exception) -> None:
        self.say(f"The unsaved plan is not safe against a crash: {error}. Save it.", "amber")

    def _on_item_chosen(self, now: Moment) -> None:
        self.presenter.point_at(Finding(f"Item {now.item}", is_problem=False, where=now.at, item=now.item))

    def _mine(self) -> bool:
        return self.panel.isVisible()

    def _when_shown(self, call: Callable[..., None]) -> Callable[..., None]:
        """`call`, but only while this page is shown: the map belongs to all pages."""

        def told(*given: object) -> None:
            if self._mine():
                call(*given)

        return told

    def _on_drawn(self, kind: str, places: list[LatLon]) -> None:
        self._drawing = False
        if not self.measure.take(kind, places):
            self.presenter.add_drawn(kind, places)

    def _on_cancelled(self, _kind: str) -> None:
        if self._given_up:
            self._given_up -= 1
            return
        self._drawing, self.measure.waits = False, False
        self.presenter.drawing_cancelled()

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
        if (name := AT.get(self.presenter.draft.pattern)) is not None:
            word = "Last known position" if name == "datum" else "The vessel is"
            menu.addAction(f"{word} here", partial(self.presenter.set_parameter, name, at))
        add_copies(menu, at)
        rows = self._shown.rows if self._shown is not None else ()
        row = next((r for r in rows if r.id == feature and self.layers.name_of(layer) == "areas"), None)
        if row is not None:
            menu.addSeparator()
            for role in ROLES:
                if role is not row.role:
                    menu.addAction(f"{row.name} is: {role}", partial(self.presenter.set_role, feature, role))
            menu.addAction(f"Delete {row.name}", partial(self.presenter.delete_area, feature))
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

    def _practise(self, place: Sample, _address: str) -> None:
        self._show_harbour(place)
        self.presenter.open_place(place)

    def _show_harbour(self, sample: Sample) -> None:
        self.shell.layers("base").set("quays", picture.quays(sample), LayerStyle(Look.QUAY, interactive=False))

    def _make_actions(self) -> list[QAction]:
        p = self.presenter
        rows: list[tuple[str, str, Callable[[], object], str, str]] = [
            ("draw area", "Draw an area", partial(p.draw_as, Role.WATCH), "vector-polygon", "P"),
            ("draw line", "Draw a line", partial(self.draw, "line"), "vector-polyline", "L"),
            ("draw zone", "Draw a no-fly zone", partial(p.draw_as, Role.NO_FLY), "cancel", "N"),
            ("launch", "Set the launch place", p.draw_home, "home-map-marker", "H"),
            ("measure", "Measure a distance", partial(self.measure.start, "line"), "ruler", "M"),
            ("surface", "Measure a surface", partial(self.measure.start, "polygon"), "ruler-square", "Shift+M"),
            ("fit", "Show the whole plan", p.show_everything, "fit-to-page-outline", "F"),
            ("undo", "Undo", p.undo, "undo", "Ctrl+Z"),
            ("redo", "Redo", p.redo, "redo", "Ctrl+Shift+Z"),
            ("import", "Add areas from a file", self.import_areas, "file-import-outline", "Ctrl+I"),
            ("zones", "Add zones from a file", self.import_zones, "airplane-off", ""),
            ("land", "Keep out of land in a file", self.import_land, "terrain", ""),
            ("sample", "Open the sample port", p.open_sample, "ferry", ""),
            ("new", "New plan", p.new, "file-outline", "Ctrl+N"),
            ("open", "Open a plan", self.open_plan, "folder-open-outline", "Ctrl+O"),
            ("save", "Save the plan", p.save, "content-save-outline", "Ctrl+S"),
            ("save as", "Save the plan as another file", p.save_as, "content-save-edit-outline", "Ctrl+Shift+S"),
            ("brief", "Write a briefing (PDF or HTML)", p.brief, "file-document-outline", "Ctrl+B"),
            ("split", "Split over drones and batteries", self.ask_split, "call-split", ""),
            ("another", "Another patrol of the same places", p.another_seed, "dice-5-outline", ""),
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
            "draw": widgets.button("Draw an area", partial(p.draw_as, Role.WATCH), icon="vector-polygon"),
            "sample": widgets.button("Open the sample port", p.open_sample, icon="ferry"),
            "open": _icon_button("folder-open-outline", "Open a plan or a mission (Ctrl+O)", self.open_plan),
            "save": _icon_button("content-save-outline", "Save the plan (Ctrl+S)", p.save),
            "brief": _icon_button("file-document-outline", "Write a briefing, PDF or HTML (Ctrl+B)", p.brief),
            "split": _icon_button("call-split", "Split over several drones and batteries", self.ask_split),
            "send": widgets.button("Send to drone", p.send, icon="quadcopter", kind="primary"),
        }

    def _make_panel_tools(self) -> dict[str, list[QToolButton]]:
        files = menu_button(
            "file-import-outline",
            "Add from files",
            [
                ("Areas from a file (Ctrl+I)", self.import_areas),
                ("Zones from a file", self.import_zones),
                ("Land to keep out of, from a file", self.import_land),
            ],
        )
        zone = small("cancel", "Draw a no-fly zone (N)", partial(self.presenter.draw_as, Role.NO_FLY))
        watches = small("file-import-outline", "Places to be watched, from a file", self.import_watches)
        return {"areas": [zone, files], "watches": [watches]}

    def _make_tools(self, named: dict[str, QAction]) -> QFrame:
        box = QFrame()
        box.setProperty("kind", "floating")
        names = ("draw area", "draw line", "draw zone", "launch", "measure", "fit", "undo", "redo")
        line = widgets.row(*(widgets.tool_button(named[name]) for name in names), gap=2)
        line.setContentsMargins(4, 4, 4, 4)
        box.setLayout(line)
        return box


def _icon_button(icon: str, tip: str, run: Callable[[], object]) -> QPushButton:
    """A push button without a word, for the line of files."""
    made = widgets.button("", run, icon=icon, tip=tip)
    made.setText("")
    made.setAccessibleName(tip)
    made.setFixedWidth(32)
    made.setStyleSheet("padding: 6px 0;")
    return made
