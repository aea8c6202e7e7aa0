"""The line below the pages: link, case, jobs and the time. A click on each opens its details."""

from collections.abc import Callable
from datetime import UTC, datetime

from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtWidgets import QFrame, QMenu, QProgressBar, QToolButton, QWidget, QWidgetAction

from gui import theme, widgets
from planner.geo.points import LatLon
from planner.geo.sun import daylight

DETAILS_PX = 340


class StatusLine(QFrame):
    """Link, case, jobs and the time. `go` shows a page by its key, `middle` is the map's."""

    def __init__(self, go: Callable[[str], object], middle: Callable[[], LatLon]) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setFixedHeight(30)
        self._go, self._middle = go, middle
        self.link = _Word("link", "none", self._show_link)
        self.case = _Word("case", "none", self._show_case)
        self.job = _Word("", "", self._show_job)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 6)
        self.bar.setRange(0, 1000)
        self.stop = QToolButton()
        self.stop.setIcon(theme.icon("close", theme.current().quiet))
        self.stop.setToolTip("Stop this job")
        self._cancel: Callable[[], None] | None = None
        self.stop.clicked.connect(self._stop)
        self.clock = _Word("UTC", "", self._show_time)
        self.clock.setFont(theme.figures(self.clock.font()))
        line = widgets.row(self.link, self.case, self.job, self.bar, self.stop, None, self.clock, gap=24)
        line.setContentsMargins(16, 0, 16, 0)
        self.setLayout(line)
        self.set_job("", None, None)
        self.details: QMenu | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(1000)
        self._tick()

    def set_job(self, text: str, fraction: float | None, cancel: Callable[[], None] | None) -> None:
        """Show a long job."""
        self.job.show_value(text)
        self.job.setVisible(bool(text))
        self.bar.setVisible(bool(text) and fraction is not None)
        if fraction is not None:
            self.bar.setValue(round(1000 * max(0.0, min(1.0, fraction))))
        self._cancel = cancel
        self.stop.setVisible(bool(text) and cancel is not None)

    # -- details

    def _show_link(self) -> None:
        there = self.link.value != "none"
        said = (self.link.value, *self.link.lines) if there else ("No vehicle is connected.",)
        self._open(self.link, said, {"Go to Fly" if there else "Go to Fly to connect": lambda: self._go("fly")})

    def _show_case(self) -> None:
        there = self.case.value != "none"
        said = (self.case.value, *self.case.lines) if there else ("No case is open.",)
        self._open(
            self.case, said, {"Go to Review" if there else "Go to Review to open one": lambda: self._go("review")}
        )

    def _show_job(self) -> None:
        done = () if self.bar.isHidden() else (f"{self.bar.value() / 10:.0f} % done",)
        self._open(self.job, (self.job.value, *done), {"Stop this job": self._stop} if self._cancel else {})

    def _show_time(self) -> None:
        now, at = datetime.now(UTC), self._middle()
        here = now.astimezone()
        said = [f"{now:%A %d %B %Y, %H:%M} UTC", f"This computer: {here:%A %H:%M} ({here:%Z})"]
        light = daylight(at, now.date())
        if light.sunrise_utc is not None and light.sunset_utc is not None:
            said.append(
                f"Middle of the map: sunrise {light.sunrise_utc:%H:%M}, noon {light.noon_utc:%H:%M}, "
                f"sunset {light.sunset_utc:%H:%M} UTC"
            )
        else:
            said.append(f"Middle of the map: the sun {'does not set' if light.always_up else 'does not rise'} today")
        self._open(self.clock, tuple(said), {})

    def _open(self, word: "_Word", said: tuple[str, ...], does: dict[str, Callable[[], object]]) -> None:
        """A list above a word: what there is to know, then what can be done."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        told = QWidgetAction(menu)
        box = widgets.column(*(widgets.label(text, "quiet" if n else "") for n, text in enumerate(said)), gap=4)
        box.setContentsMargins(12, 8, 12, 8)
        text = QWidget()
        text.setLayout(box)
        text.setFixedWidth(DETAILS_PX)
        told.setDefaultWidget(text)
        menu.addAction(told)
        if does:
            menu.addSeparator()
        for name, run in does.items():
            action = menu.addAction(name)
            if action is not None:
                action.triggered.connect(lambda *_, run=run: run())
        self.details = menu
        menu.destroyed.connect(self._closed)
        corner = word.mapToGlobal(QPoint(0, 0))
        menu.popup(corner - QPoint(0, menu.sizeHint().height() + 4))

    def _closed(self) -> None:
        self.details = None

    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()

    def _tick(self) -> None:
        now = datetime.now(UTC)
        self.clock.show_value(f"{now:%H:%M:%S}", f"{now:%Y-%m-%d %H:%M:%S} UTC, here {now.astimezone():%H:%M}")


class _Word(QToolButton):
    """A name and what it is now, such as "link: none"; a click opens its details."""

    def __init__(self, name: str, value: str, pressed: Callable[[], None]) -> None:
        super().__init__()
        self._name = name
        self.lines: tuple[str, ...] = ()
        """More to know about it."""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(pressed)
        self.show_value(value)

    def show_value(self, value: str, tip: str = "") -> None:
        """Show another value, with more in its tip and its details."""
        self.value = value
        between = {"": "", "UTC": " "}.get(self._name, ": ")
        self.setText(f"{self._name}{between}{value}".replace("&", "&&"))
        self.lines = tuple(line for line in tip.splitlines() if line)
        self.setToolTip(tip)
