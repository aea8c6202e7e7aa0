"""The Train page: levels, exams, debriefs, and the instructor's switches. Shows and says; the presenters decide."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, QUrl
from PyQt6.QtGui import QAction, QDesktopServices, QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QButtonGroup, QComboBox, QFrame, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from gui import widgets
from gui.files import FileChooser
from gui.pages import Page, Shell
from gui.train.exams import ExamHall
from gui.train.hall import Hall
from gui.train.instructor import FaultSwitches, TraineePanel
from gui.train.levels import BriefPanel, LevelPath
from gui.train.past import DebriefView, PastPanel
from gui.train.presenter import NOBODY, TrainPresenter
from gui.train.switches import Ask, Confirmed, DroneNow, Switches, ask
from gui.train.values import Brief, Card, Footage, Past, Ready, Ribbon, Role
from sitl.faults import FaultKind

SCENARIO_KINDS = "Scenarios (*.yaml *.yml)"
LEVELS, EXAMS, INSTRUCTOR = "Levels", "Exams", "Instructor"
TICK_MS, LOOK_MS = 500, 1000


class TrainPage(Page):
    """Training: for the trainee a path of exams, for the trainer switches and debriefs."""

    key = "train"
    word = "Train"
    icon = "school-outline"

    def __init__(self, shell: Shell, hall: Hall | None = None, ask_drone: Ask = ask) -> None:
        super().__init__(shell)
        self.files = FileChooser(shell.settings, self.key)
        self.path, self.brief = LevelPath(), BriefPanel()
        self.past = PastPanel()
        profile = shell.map.page()
        if profile is None or (of := profile.profile()) is None:
            raise TypeError("the map has no page yet")
        self.debrief = DebriefView(of)
        self.faults, self.drone = FaultSwitches(), TraineePanel()
        self.who = QComboBox()
        self.notices = widgets.Notices()
        self.tabs: dict[str, QPushButton] = {}
        self._parts, self._sides = QStackedWidget(), QStackedWidget()
        self.side = self._sides
        self.centre = self._build()
        self.presenter = TrainPresenter(self, hall or ExamHall(), shell.work)
        self.presenter.trainee = str(shell.settings.value("train/trainee", NOBODY))
        self.switches = Switches(self, shell.work, ask_drone)
        self._actions = self._make_actions()
        self._timer, self._look = QTimer(self), QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.presenter.tick)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.switches.look)
        self._connect()
        self.show_part(LEVELS)

    # -- Page

    @override
    def title(self) -> str:
        return f"Train {self.presenter.trainee}" if self.presenter.trainee != NOBODY else "Train"

    @override
    def actions(self) -> Sequence[QAction]:
        return self._actions

    @override
    def busy(self) -> str:
        return "An exam is on." if self.presenter.is_on else ""

    @override
    def entered(self) -> None:
        self.presenter.refresh()
        self.show_part(self.part)

    @override
    def left_page(self) -> None:
        self._look.stop()

    @override
    def closing(self) -> None:
        self._timer.stop()
        self._look.stop()
        self.presenter.close()

    # -- TrainView

    def show_cards(self, cards: Sequence[Card], chosen: str | None) -> None:
        """The path."""
        self.path.show_cards(cards, chosen)

    def show_trainees(self, names: Sequence[str], chosen: str) -> None:
        """Who can be chosen."""
        self.who.blockSignals(True)  # noqa: FBT003  Qt's signature
        self.who.clear()
        self.who.addItems(sorted({*names, chosen}))
        self.who.setCurrentText(chosen)
        self.who.blockSignals(False)  # noqa: FBT003
        self.shell.settings.setValue("train/trainee", chosen)
        self.title_changed.emit()

    def show_brief(self, brief: Brief | None, why_not: str | None) -> None:
        """The brief."""
        self.brief.show_brief(brief, why_not)

    def show_past(self, exams: Sequence[Past], chosen: Path | None) -> None:
        """The exams."""
        self.past.show_exams(exams, chosen)

    def show_debrief(self, exam: Past) -> None:
        """How an exam went."""
        path = exam.debrief
        if path is None:
            return
        self.shell.work.run(path.read_bytes, partial(self._show_page, exam), self._no_debrief)

    def show_ribbon(self, ribbon: Ribbon | None) -> None:
        """The line above the pages."""
        if ribbon is None:
            self._timer.stop()
            self.shell.set_ribbon("")
            return
        self._timer.start()
        self.shell.set_ribbon(ribbon.text, ribbon.button, self.presenter.end)

    def show_progress(self, text: str, fraction: float | None) -> None:
        """How far it is."""
        self.brief.show_progress(text, fraction)
        self.shell.set_job(text, fraction, self.presenter.end if text and fraction is not None else None)

    def show_problem(self, text: str) -> None:
        """What went wrong: on this page, and above the map where that is shown."""
        self.notices.show_texts([text] if text else [])
        if text and not self.centre_is_shown:
            self.shell.say(text, "alarm")

    def show_done(self, text: str) -> None:
        """What just happened."""
        self.notices.show_texts([text], "notice")

    def begin_flight(self, ready: Ready) -> None:
        """Plan and Fly get the exam's place and drone."""
        self.faults.address.setText(ready.address)
        self.switches.set_address(ready.address)
        self._timer.start()
        self.shell.intents.practise.emit(ready.place, ready.address)
        self.shell.say(f"The exam has begun. Plan, save and send; its drone waits at {ready.address}.")

    def end_flight(self) -> None:
        """The drone is gone."""
        self.faults.address.clear()
        self.switches.set_address("")
        self.shell.intents.practice_over.emit()
        self.shell.show_page(self.key)

    def begin_review(self, footage: Footage) -> None:
        """Review gets the pictures."""
        self._timer.start()
        self.shell.intents.review_footage.emit(footage.pictures)

    def end_review(self) -> None:
        """Back from the pictures, to the score."""
        self.shell.show_page(self.key)

    def busy_elsewhere(self, role: Role) -> str:
        """Why the other pages cannot be used now."""
        return self.shell.busy("fly" if role is Role.PILOT else "review")

    # -- SwitchView

    def show_faults(self, faults: Sequence[Confirmed]) -> None:
        """The lamps."""
        self.faults.show_faults(faults)

    def show_drone(self, drone: DroneNow | None) -> None:
        """The trainee's drone."""
        self.drone.show_drone(drone)

    def show_instructor_problem(self, text: str) -> None:
        """What went wrong with a switch or a note."""
        self.notices.show_texts([text] if text else [])

    def show_noted(self, text: str) -> None:
        """A note was taken."""
        self.drone.show_noted(text)

    # -- for the window and tests

    @property
    def part(self) -> str:
        """The part of the page that is shown."""
        return next(name for name, tab in self.tabs.items() if tab.isChecked())

    @property
    def centre_is_shown(self) -> bool:
        """Whether this page is the one that is shown."""
        return self._parts.isVisible()

    def show_part(self, part: str) -> None:
        """Shows levels, exams or the instructor's switches."""
        self.tabs[part].setChecked(True)
        number = list(self.tabs).index(part)
        self._parts.setCurrentIndex(number)
        self._sides.setCurrentIndex(number)
        if part == INSTRUCTOR and self._parts.isVisible():
            self.switches.look()
            self._look.start()
        else:
            self._look.stop()

    def open_scenario(self) -> None:
        """Ask for a scenario file of the user's own."""
        self.files.open_files(self._parts, "Open a scenario", SCENARIO_KINDS, self.take_files)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Scenario files were dropped or chosen; the last one is shown."""
        for path in paths:
            self.show_part(LEVELS)
            if path.suffix.lower() in {".yaml", ".yml"}:
                self.presenter.open_file(path)
            else:
                self.show_problem(f"{path.name}: is no scenario; a scenario is a .yaml file.")

    def print_debrief(self) -> None:
        """Ask for a file and write the debrief that is shown as a PDF."""
        folder = self.past.current
        if folder is None or not self.debrief.is_shown:
            self.show_problem("Choose an exam and wait for its debrief, then print it.")
            return
        self.files.save_file(self._parts, "Print the debrief", Path("debrief.pdf"), "PDF (*.pdf)", self._print_to)

    # -- internal

    def _show_page(self, exam: Past, content: bytes) -> None:
        self.show_part(EXAMS)
        self.past.heading.setText(exam.result[:1].upper() + exam.result[1:])
        self.debrief.show_page(content)

    def _no_debrief(self, error: Exception) -> None:
        self.show_problem(f"The debrief cannot be read: {error}. Score the exam again; that writes it anew.")

    def _print_to(self, path: Path) -> None:
        page = None if self.debrief.web is None else self.debrief.web.page()
        if page is None:
            return

        def printed(name: str, ok: bool) -> None:  # noqa: FBT001 -- Qt's signal
            page.pdfPrintingFinished.disconnect(printed)
            if ok:
                self.show_done(f"The debrief is at {name}.")
            else:
                self.show_problem(f"{name}: the debrief cannot be written there; choose another folder.")

        page.pdfPrintingFinished.connect(printed)
        self.debrief.print_to(path)

    def _connect(self) -> None:
        p, s = self.presenter, self.switches
        self.path.chosen.connect(p.choose)
        self.brief.start_wanted.connect(p.start)
        self.brief.options_changed.connect(p.set_options)
        self.past.chosen.connect(p.show_debrief)
        self.past.score_wanted.connect(p.score_again)
        self.past.folder_wanted.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
        self.past.print_wanted.connect(self.print_debrief)
        self.debrief.print_wanted.connect(self.print_debrief)
        self.who.activated.connect(lambda _: p.set_trainee(self.who.currentText()))
        line = self.who.lineEdit()
        if line is not None:
            line.editingFinished.connect(lambda: p.set_trainee(self.who.currentText()))
        self.faults.switched.connect(self._switch)
        self.faults.end_all_wanted.connect(s.end_all)
        self.faults.address_entered.connect(s.set_address)
        self.drone.noted.connect(s.note)

    def _switch(self, kind: FaultKind, on: bool, value: float | None, direction: float | None) -> None:  # noqa: FBT001
        self.switches.switch(kind, on=on, value=value, direction_deg=direction)

    def _build(self) -> QWidget:
        self.who.setEditable(True)
        self.who.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.who.setAccessibleName("Trainee")
        self.who.setToolTip("Choose a trainee, or enter a new name")
        self.who.setFixedWidth(200)
        group = QButtonGroup(self)
        for name in (LEVELS, EXAMS, INSTRUCTOR):
            tab = widgets.button(name, partial(self._tab, name))
            tab.setCheckable(True)
            tab.setProperty("kind", "tab")
            group.addButton(tab)
            self.tabs[name] = tab
        open_button = widgets.button("Open a scenario", self.open_scenario, icon="folder-open-outline")
        trainee = widgets.label("Trainee", wrap=False)
        head = widgets.row(trainee, self.who, *self.tabs.values(), None, open_button)
        head.setContentsMargins(24, 12, 24, 4)
        for part, side in ((self.path, self.brief), (self.debrief, self.past), (self.faults, self.drone)):
            self._parts.addWidget(part)
            self._sides.addWidget(side)
        messages = widgets.column(self.notices)
        messages.setContentsMargins(24, 4, 24, 0)
        box = _DropFrame(self.take_files)
        inside = widgets.column(head, messages, self._parts, gap=4)
        inside.setStretch(2, 1)
        box.setLayout(inside)
        return box

    def _tab(self, name: str) -> None:
        self.show_part(name)

    def _make_actions(self) -> list[QAction]:
        act, p = partial(widgets.action, self.side), self.presenter
        return [
            act("Start the exam", p.start, icon="play", key="Ctrl+Return"),
            act("End the exam, or hand it in", p.end, icon="stop"),
            act("Open a scenario", self.open_scenario, icon="folder-open-outline", key="Ctrl+O"),
            act("Levels", partial(self.show_part, LEVELS), icon="stairs-up"),
            act("Exams and debriefs", partial(self.show_part, EXAMS), icon="clipboard-text-clock-outline"),
            act("Instructor's switches", partial(self.show_part, INSTRUCTOR), icon="toggle-switch-outline"),
            act("End all faults", self.switches.end_all, icon="restore"),
            act("Print the debrief to a PDF", self.print_debrief, icon="printer-outline", key="Ctrl+P"),
        ]


class _DropFrame(QFrame):
    """The middle of the page; scenario files may be dropped on it."""

    def __init__(self, take: Callable[[Sequence[Path]], None]) -> None:
        super().__init__()
        self._take = take
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    @override
    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        data = None if a0 is None else a0.mimeData()
        if a0 is not None and data is not None and data.hasUrls():
            a0.acceptProposedAction()

    @override
    def dropEvent(self, a0: QDropEvent | None) -> None:
        data = None if a0 is None else a0.mimeData()
        if a0 is not None and data is not None:
            a0.acceptProposedAction()
            self._take([Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()])
