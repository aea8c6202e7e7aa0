"""The exams of a trainee, and the debrief of one of them."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PyQt6.QtWebEngineWidgets import QWebEngineView
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui import theme, widgets
from gui.map.scheme import lend
from gui.train.values import Past

PAGE = "debrief.html"


class PastPanel(QWidget):
    """The list of exams, with what can be done with the chosen one."""

    chosen = pyqtSignal(object)
    score_wanted = pyqtSignal(object)
    folder_wanted = pyqtSignal(object)
    print_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.heading = widgets.label("Exams", "figureSmall")
        self.list = QListWidget()
        self.list.setAccessibleName("Exams of the trainee")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda _: self._choose())
        self.list.itemActivated.connect(lambda _: self._choose())
        self.empty = widgets.label("No exams yet. Choose a scenario under Levels and start it.", "empty")
        self.print_button = widgets.button("Print to a PDF", self.print_wanted.emit, icon="printer-outline")
        self.score_button = widgets.button("Score again", lambda: self._ask(self.score_wanted), icon="refresh")
        self.folder_button = widgets.button(
            "Open the folder", lambda: self._ask(self.folder_wanted), icon="folder-outline"
        )
        self._exams: tuple[Past, ...] = ()
        buttons = widgets.column(self.print_button, self.score_button, self.folder_button)
        box = widgets.column(self.heading, self.empty, self.list, buttons, margin=widgets.PANEL_MARGIN, gap=12)
        box.setStretch(2, 1)
        self.setLayout(box)
        self.show_exams((), None)

    @property
    def current(self) -> Path | None:
        """The folder of the chosen exam."""
        row = self.list.currentRow()
        return self._exams[row].folder if 0 <= row < len(self._exams) else None

    def show_exams(self, exams: Sequence[Past], chosen: Path | None) -> None:
        """Shows the list; `chosen` None keeps the choice."""
        keep = chosen or self.current
        self._exams = tuple(exams)
        self.list.clear()
        for exam in self._exams:
            text = f"{exam.title}\n{exam.started_utc:%Y-%m-%d %H:%M} UTC, {exam.result}"
            item = QListWidgetItem(text)
            item.setToolTip(str(exam.folder))
            self.list.addItem(item)
            if exam.folder == keep:
                self.list.setCurrentItem(item)
        self.empty.setVisible(not self._exams)
        self.list.setVisible(bool(self._exams))
        self._allow()

    def _choose(self) -> None:
        self._allow()
        if self.current is not None:
            self.chosen.emit(self.current)

    def _ask(self, signal: object) -> None:
        if self.current is not None:
            signal.emit(self.current)  # type: ignore[attr-defined]  # a bound signal

    def _allow(self) -> None:
        exam = next((e for e in self._exams if e.folder == self.current), None)
        self.score_button.setEnabled(exam is not None)
        self.folder_button.setEnabled(exam is not None)
        self.print_button.setEnabled(exam is not None and exam.debrief is not None)


class DebriefView(QWidget):
    """The debrief of an exam as a page; the web view is made when the first one is shown."""

    print_wanted = pyqtSignal()

    def __init__(self, profile: QWebEngineProfile) -> None:
        super().__init__()
        self._profile = profile
        self.web: QWebEngineView | None = None
        self.hint = widgets.label("Choose an exam on the right to see how it went.", "empty")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.hint.setContentsMargins(24, 24, 24, 24)
        self._box.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignTop)
        self.is_shown = False

    def show_page(self, content: bytes) -> None:
        """Shows a debrief."""
        if self.web is None:
            self.web = QWebEngineView(self)
            page = QWebEnginePage(self._profile, self.web)
            self.web.setPage(page)
            self.web.printRequested.connect(self.print_wanted)
            self.web.loadFinished.connect(self._loaded)
            self._box.addWidget(self.web, 1)
        self.hint.hide()
        self.is_shown = False
        coloured = content.replace(b"<html ", f'<html data-theme="{theme.current().name}" '.encode(), 1)
        self.web.load(QUrl(lend(self._profile, PAGE, coloured)))

    def print_to(self, path: Path) -> None:
        """Writes the debrief that is shown as a PDF."""
        if self.web is not None:
            self.web.printToPdf(str(path))

    def _loaded(self, ok: bool) -> None:  # noqa: FBT001 -- Qt's signal
        self.is_shown = ok
