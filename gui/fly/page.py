"""The Fly page: connect, send, start, follow, return."""

from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_data_path
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget
from typing_extensions import override

from gui import widgets
from gui.fly.checks import Check
from gui.fly.deck import StationDeck
from gui.fly.filming import Filming
from gui.fly.fleet import Fleet
from gui.fly.panel import FlyPanel
from gui.fly.presenter import FlyPresenter
from gui.fly.seam import Controls, Deck, Instruments, Landed, Order, Progress, Row, Step
from gui.map import features
from gui.map.looks import JSON, LayerStyle, Look
from gui.pages import Page, SentPlan, Shell
from gui.units import speed_text
from planner.geo.points import LatLon
from planner.link.traffic import Traffic
from planner.model.errors import QuaywatchError
from planner.model.mission import Command, Mission
from planner.model.words import counted

TICK_MS = 250
FIGURES = ("Height", "Speed", "Battery", "Link age", "To home", "Item", "Pictures", "Mode")


class FlyPage(Page):
    """Shows one vehicle's flight; Fleet holds all of them, and a FlyPresenter decides for each."""

    key = "fly"
    word = "Fly"
    icon = "quadcopter"

    def __init__(self, shell: Shell, deck: Deck | None = None) -> None:
        super().__init__(shell)
        self.panel = FlyPanel()
        self.side = self.panel
        self.figures = widgets.Figures(FIGURES, columns=len(FIGURES))
        self.alarms = widgets.Notices()
        self.strip = self._make_strip()
        self.deck = deck or StationDeck(user_data_path("quaywatch") / "flights")
        self.fleet = Fleet(self, self.deck, shell.work)
        self.filming = Filming(shell.work, self)
        self._landed: Landed | None = None
        self._traffic: dict[str, Traffic] = {}
        self._name = ""
        self._drone_label = ""
        self._vehicle = ""
        self._actions = self._make_actions()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.fleet.tick)
        self._connect_panel()
        shell.intents.send_to_drone.connect(self.take_plan)
        shell.map.right_clicked.connect(self._on_right_clicked)
        shell.intents.practise.connect(lambda _, address: self.fleet.connect_practice(address))
        shell.intents.practice_over.connect(self.fleet.practice_over)
        self.presenter.refresh()

    @property
    def presenter(self) -> FlyPresenter:
        """Of the vehicle that is shown."""
        return self.fleet.current.presenter

    @override
    def title(self) -> str:
        """The plan that is flown."""
        return f"Fly '{self._name}'" if self._name else "Fly"

    @override
    def actions(self) -> Sequence[QAction]:
        """Everything that can be done here."""
        return self._actions

    @override
    def busy(self) -> str:
        """What must not be disturbed."""
        if self.fleet.busy:
            return "The Fly page is busy with a drone; let it land first."
        return ""

    @override
    def entered(self) -> None:
        """The page is shown: follow the vehicle closely."""
        self._timer.start()
        self.fleet.tick()

    @override
    def left_page(self) -> None:
        """Another page is shown; a flight is still followed, so the clock goes on while one is under way."""
        if not self.fleet.busy:
            self._timer.stop()

    @override
    def closing(self) -> None:
        """The window closes."""
        self._timer.stop()
        self.filming.stop()
        self.fleet.close()

    def take_plan(self, sent: SentPlan) -> None:
        """A plan came from the Plan page."""
        plan = None
        try:
            from planner.formats.missions import read_mission

            plan = read_mission(sent.path).plan
        except QuaywatchError as error:
            self.show_problem(str(error))
        self.presenter.set_plan(sent.name, sent.mission, plan)

    def open_plan(self, path: Path) -> None:
        """Opens a plan file to fly."""
        from planner.formats.missions import read_mission

        try:
            imported = read_mission(path)
            plan = imported.plan
        except QuaywatchError as error:
            self.show_problem(str(error))
            return
        self.presenter.set_plan(path.stem, imported.mission, plan)

    # -- FlyView

    def show_step(self, step: Step, controls: Controls) -> None:
        """The cards of a step."""
        self.panel.show_step(step, controls)

    def show_vehicle(self, name: str) -> None:
        """What is connected."""
        self.panel.show_vehicle(name)
        self._vehicle = name
        self.shell.set_link(name or "none")

    def show_vehicles(self, rows: Sequence[Row], shown: int) -> None:
        """The list of vehicles, and those on the map that are not shown."""
        self.panel.show_vehicles([row.name for row in rows], shown)
        self._drone_label = _brief(rows[shown].name) if len(rows) > 1 else ""
        others = [
            features.point(
                row.at, row.name, Look.DRONE, heading_deg=row.heading_deg or 0.0, label=_brief(row.name), faded=True
            )
            for index, row in enumerate(rows)
            if index != shown and row.at is not None
        ]
        self.layers.set("others", features.collection(others), LayerStyle(look=Look.DRONE, interactive=False))

    def show_plan(self, name: str, mission: Mission | None) -> None:
        """The plan in the panel and on the map."""
        self._name = name
        self.panel.show_plan(name, mission)
        self.title_changed.emit()
        places = _way(mission) if mission is not None else []
        self.layers.set("plan", _plan_features(places), LayerStyle(look=Look.PLANNED, interactive=False))
        bounds = features.bounds_of(places)
        if bounds is not None:
            self.shell.map.fit(*bounds)

    def show_checks(self, checks: Sequence[Check]) -> None:
        """The pre-flight list."""
        self.panel.show_checks(checks)

    def show_progress(self, progress: Progress) -> None:
        """The upload's bar."""
        self.panel.show_progress(progress)

    def show_verdict(self, word: str, reason: str) -> None:
        """How the upload ended."""
        self.panel.show_verdict(word, reason)

    def show_instruments(self, instruments: Instruments) -> None:
        """The strip, and the link's age in the bottom line."""
        shown = instruments
        if self._vehicle:
            told = (f"Last heard {shown.link} ago", f"Mode {shown.mode}", f"Battery {shown.battery}")
            self.shell.set_link(self._vehicle, "\n".join(told))
        values = (
            shown.height,
            shown.speed,
            shown.battery,
            shown.link,
            shown.distance,
            shown.progress,
            shown.pictures,
            shown.mode,
        )
        self.figures.show_values(dict(zip(FIGURES, values, strict=True)))

    def show_drone(self, at: LatLon | None, heading_deg: float | None, flown: Sequence[LatLon]) -> None:
        """The drone and its way."""
        shown = []
        if len(flown) > 1:
            shown.append(features.line(flown, "flown", Look.FLOWN))
        if at is not None:
            named = {"label": self._drone_label} if self._drone_label else {}
            shown.append(features.point(at, "drone", Look.DRONE, heading_deg=heading_deg or 0.0, **named))
        self.layers.set("drone", features.collection(shown), LayerStyle(look=Look.DRONE, interactive=False))

    def show_camera(self, drone: LatLon | None, looks_at: LatLon | None) -> None:
        """A small ring where the camera looks, and a thin line to it; nothing where that is not told."""
        shown = []
        if looks_at is not None:
            if drone is not None:
                shown.append(features.line((drone, looks_at), "camera-line", Look.CAMERA_AT))
            shown.append(features.point(looks_at, "camera-at", Look.CAMERA_AT))
        self.layers.set("camera", features.collection(shown), LayerStyle(look=Look.CAMERA_AT, interactive=False))

    def show_traffic(self, traffic: Sequence[Traffic]) -> None:
        """Ships and aircraft that the drone's receivers hear."""
        self._traffic = {one.id: one for one in traffic}
        shown = [
            features.point(
                one.at, one.id, Look.VESSEL, heading_deg=one.pointing_deg or 0.0, label=one.name, tooltip=_told(one)
            )
            for one in traffic
        ]
        self.layers.set("traffic", features.collection(shown), LayerStyle(look=Look.VESSEL))

    def show_alarms(self, alarms: Sequence[str]) -> None:
        """What needs the pilot now."""
        self.alarms.show_texts(alarms)

    def show_done(self, text: str) -> None:
        """What just happened."""
        self.shell.say(text)

    def show_problem(self, text: str) -> None:
        """What went wrong."""
        self.shell.say(text, "alarm")

    def show_landed(self, landed: Landed) -> None:
        """The end of a flight."""
        self._landed = landed
        self.panel.show_landed(landed)
        self.panel.show_filming(0, int(self.filming.is_busy))
        self.shell.say(f"{landed.text} {counted(landed.captures, 'picture')}.")

    def show_filming(self, done: int, total: int) -> None:
        """How far the video of a flight is."""
        self.panel.show_filming(done, total)

    # -- internal

    def _on_right_clicked(self, _layer: str, feature: str, at: LatLon) -> None:
        if not self._timer.isActive() or not self.side.isVisible():
            return
        menu = QMenu(self.panel)
        ship = self._traffic.get(feature)
        what = "Look at what is here" if ship is None else f"Look at {ship.name}"
        look = menu.addAction(what, lambda: self.presenter.look_at(at, ship))
        why_not = self.presenter.why_not_look()
        if look is not None and why_not is not None:
            look.setEnabled(False)
            look.setText(f"{what} - {why_not[0].lower()}{why_not[1:].rstrip('.')}")
        cursor = self.shell.map.cursor().pos()
        menu.popup(cursor)

    def _connect_panel(self) -> None:
        panel, fleet = self.panel, self.fleet
        panel.connect_wanted.connect(fleet.connect)
        panel.practice_wanted.connect(fleet.practise)
        panel.disconnect_wanted.connect(fleet.disconnect)
        panel.another_wanted.connect(fleet.another)
        panel.vehicle_chosen.connect(fleet.choose)
        panel.plan_wanted.connect(self._choose_plan)
        panel.upload_wanted.connect(fleet.upload)
        panel.cancel_wanted.connect(fleet.cancel_upload)
        panel.restore_wanted.connect(fleet.restore)
        panel.clear_wanted.connect(fleet.clear)
        panel.start_wanted.connect(fleet.start)
        panel.ordered.connect(fleet.order)
        panel.ticked.connect(lambda check_id, on: fleet.tick_check(check_id, ticked=on))
        panel.review_wanted.connect(self._review)
        panel.film_wanted.connect(self._film)
        panel.film_stopped.connect(self.filming.stop)

    def _make_actions(self) -> list[QAction]:
        side = self.side
        return [
            widgets.action(side, "Open a plan to fly", self._choose_plan, icon="folder-open-outline", key="Ctrl+O"),
            widgets.action(side, "Start practice drone", self.fleet.practise, icon="quadcopter"),
            widgets.action(side, "Send to drone", self.fleet.upload, icon="upload", key="Ctrl+U"),
            widgets.action(side, "Return", lambda: self.fleet.order(Order.RETURN), icon="home-import-outline"),
            widgets.action(side, "Pause", lambda: self.fleet.order(Order.PAUSE), icon="pause"),
            widgets.action(side, "Disconnect", self.fleet.disconnect, icon="lan-disconnect"),
        ]

    def _make_strip(self) -> QWidget:
        strip = QWidget()
        strip.setLayout(widgets.column(self.alarms, self.figures, margin=12))
        strip.setMinimumHeight(76)
        strip.setMaximumHeight(200)
        return strip

    def _choose_plan(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.side, "Open a plan", "", "Plans (*.plan *.waypoints *.txt);;All files (*)"
        )
        if name:
            self.open_plan(Path(name))

    def _review(self) -> None:
        if self._landed is not None and self._landed.footage is not None:
            self.shell.intents.review_flight.emit(self._landed.footage, self._landed.tlog)

    def _film(self) -> None:
        """Asks where to, then makes the video of the flight that has landed."""
        landed = self._landed
        if landed is None or landed.footage is None:
            return
        flight = landed.footage.parent
        name, _ = QFileDialog.getSaveFileName(
            self.side,
            "Make a video of this flight",
            str(flight / "flight.mp4"),
            "Video with subtitles (*.mp4);;Transport stream with KLV (*.ts)",
        )
        if name:
            self.filming.begin(flight, Path(name))


def _brief(name: str) -> str:
    """A vehicle's name without kind and link."""
    return name.partition(",")[0]


def _told(one: Traffic) -> str:
    speed = "speed not known" if one.speed_m_s is None else speed_text(one.speed_m_s)
    course = "" if one.course_deg is None else f", course {one.course_deg:03.0f}°"
    length = "" if one.length_m is None else f", {one.length_m:.0f} m long"
    return f"{one.name}: {speed}{course}{length}"


def _way(mission: Mission) -> list[LatLon]:
    """The places that the mission flies through, from home and back if it returns."""
    places = [i.at for i in mission if i.at is not None and i.command != Command.DO_SET_ROI_LOCATION]
    if mission.home is None:
        return places
    returns = any(i.command == Command.NAV_RETURN_TO_LAUNCH for i in mission)
    return [mission.home.at, *places, *([mission.home.at] if returns else [])]


def _plan_features(places: list[LatLon]) -> JSON:
    if len(places) < 2:
        return features.collection([])
    home = features.point(places[0], "home", Look.HOME, tooltip="Launch place")
    return features.collection([features.line(places, "plan", Look.PLANNED), home])
