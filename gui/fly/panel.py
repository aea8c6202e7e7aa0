"""The side panel of the Fly page: connect, plan, checks, send, start; and the orders in flight."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui import theme, widgets
from gui.fly.checks import Check
from gui.fly.hold_button import HoldButton
from gui.fly.seam import Controls, Landed, Order, Progress, Step
from planner.model.mission import Mission
from planner.model.words import counted

BUSY = {Step.CONNECTING, Step.UPLOADING, Step.STARTING, Step.FLYING}
VERDICT_WORDS = {
    "stored": "Stored",
    "not_stored": "Not stored",
    "unknown": "Unknown",
    "restored": "Put back",
    "not_restored": "Not put back",
    "cleared": "Cleared",
    "not_cleared": "Not cleared",
}
VERDICT_KINDS = {
    "stored": "good",
    "not_stored": "alarm",
    "unknown": "amber",
    "restored": "amber",
    "not_restored": "alarm",
    "cleared": "amber",
    "not_cleared": "alarm",
}


class FlyPanel(QWidget):
    """Shows one flight from connecting to landing; every press is a signal."""

    connect_wanted = pyqtSignal(str)
    practice_wanted = pyqtSignal()
    disconnect_wanted = pyqtSignal()
    another_wanted = pyqtSignal()
    vehicle_chosen = pyqtSignal(int)
    plan_wanted = pyqtSignal()
    upload_wanted = pyqtSignal()
    cancel_wanted = pyqtSignal()
    restore_wanted = pyqtSignal()
    clear_wanted = pyqtSignal()
    start_wanted = pyqtSignal()
    ordered = pyqtSignal(object)
    ticked = pyqtSignal(str, bool)
    review_wanted = pyqtSignal()
    film_wanted = pyqtSignal()
    film_stopped = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.address = QComboBox()
        self.address.setEditable(True)
        self.address.addItems(["tcp:127.0.0.1:5760", "udpin:127.0.0.1:14550"])
        self.address.setAccessibleName("Address of the drone")
        self.address.setToolTip("tcp:HOST:PORT, udpin:HOST:PORT, udpout:HOST:PORT, mcast: or serial:DEVICE:BAUD")
        self.connect_button = widgets.button("Connect", self._connect, icon="lan-connect")
        self.practice_button = widgets.button(
            "Start practice drone", self.practice_wanted.emit, icon="quadcopter", kind="primary"
        )
        self.disconnect_button = widgets.button("Disconnect", self.disconnect_wanted.emit, kind="link")
        self.another_button = widgets.button("Connect another", self.another_wanted.emit, kind="link")
        self.vehicles = _vehicle_list()
        self.vehicles.activated.connect(self.vehicle_chosen)
        self.orders_to = widgets.label("", "quiet")
        self.orders_to.setVisible(False)
        self.vehicle = widgets.label("", "good")
        self.plan_name = widgets.label("No plan yet.", "quiet")
        self.open_button = widgets.button("Open a plan", self.plan_wanted.emit, icon="folder-open-outline")
        self.upload_button = widgets.button("Send to drone", self.upload_wanted.emit, icon="upload", kind="primary")
        self.cancel_button = widgets.button("Stop sending", self.cancel_wanted.emit, kind="link")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar_text = widgets.label("", "quiet")
        self.verdict = widgets.label("", "section")
        self.verdict_reason = widgets.label("", "quiet")
        self.restore_button = widgets.button("Restore what it held before", self.restore_wanted.emit, icon="restore")
        self.restore_what = widgets.label("", "quiet")
        self.clear_button = HoldButton("Hold to clear the drone", "plain")
        self.clear_button.setFixedHeight(32)
        self.clear_button.held.connect(self.clear_wanted)
        self.start_button = HoldButton("Hold to start", "primary")
        self.start_button.held.connect(self.start_wanted)
        self.start_why = widgets.label("", "quiet")
        self.pause_button = widgets.button("Pause", lambda: self._order(Order.PAUSE), icon="pause")
        self.return_button = widgets.button(
            "Return", lambda: self._order(Order.RETURN), icon="home-import-outline", kind="primary"
        )
        self.land_button = HoldButton("Hold to land here", "danger")
        self.land_button.held.connect(lambda: self._order(Order.LAND))
        self._make_after()
        self._checks: dict[str, _CheckRow] = {}
        self._check_box = QVBoxLayout()
        self._check_box.setSpacing(6)
        self._paused = False
        self._lay_out()
        self.show_vehicle("")
        self._show_verdict("", "", "quiet")

    def _make_after(self) -> None:
        self.landed = widgets.label("", "section")
        self.review_button = widgets.button(
            "Review the footage of this flight", self.review_wanted.emit, icon="image-search-outline", kind="primary"
        )
        self.film_button = widgets.button("Make a video of this flight", self.film_wanted.emit, icon="video-outline")
        self.film_bar = QProgressBar()
        self.film_bar.setTextVisible(False)
        self.film_text = widgets.label("", "quiet")
        self.film_stop = widgets.button("Stop the video", self.film_stopped.emit, kind="link")

    def show_step(self, step: Step, controls: Controls) -> None:
        """Shows the cards of a step and what may be pressed."""
        self._paused = controls.paused
        connected = step not in {Step.CONNECT, Step.CONNECTING}
        for widget in (self.address, self.connect_button, self.practice_button):
            widget.setVisible(not connected)
            widget.setEnabled(step is Step.CONNECT)
        self.disconnect_button.setVisible(connected and step not in BUSY)
        self.another_button.setVisible(connected)
        self.open_button.setEnabled(step not in BUSY)
        flying = step in {Step.STARTING, Step.FLYING}
        self._orders.setVisible(flying)
        self._before.setVisible(not flying and step is not Step.LANDED)
        self._after.setVisible(step is Step.LANDED)
        _allow(self.upload_button, controls.why_not_upload)
        _allow(self.start_button, controls.why_not_start)
        self.start_why.setText(controls.why_not_start or "Hold for one second: the drone arms and takes off.")
        for button in (self.pause_button, self.return_button, self.land_button):
            _allow(button, controls.why_not_order)
        self.pause_button.setText("Go on" if self._paused else "Pause")
        self.pause_button.setIcon(theme.icon("play" if self._paused else "pause"))
        self.bar.setVisible(step is Step.UPLOADING)
        self.bar_text.setVisible(step is Step.UPLOADING)
        self.cancel_button.setVisible(step is Step.UPLOADING)
        self.restore_what.setText(f"Then: {controls.restore}.")
        offered = bool(controls.restore) and step is not Step.UPLOADING
        self.restore_button.setVisible(offered)
        self.restore_what.setVisible(offered)
        _allow(self.restore_button, controls.why_not_clear)
        self.clear_button.setVisible(connected and step not in BUSY)
        _allow(self.clear_button, controls.why_not_clear)

    def show_vehicle(self, name: str) -> None:
        """Says what is connected."""
        self.vehicle.setText(f"Connected: {name}" if name else "")
        self.vehicle.setVisible(bool(name))

    def show_vehicles(self, names: Sequence[str], shown: int) -> None:
        """The list of vehicles; hidden while there is one only."""
        if [self.vehicles.itemText(n) for n in range(self.vehicles.count())] != list(names):
            self.vehicles.clear()
            self.vehicles.addItems(list(names))
            for index, name in enumerate(names):
                self.vehicles.setItemData(index, name, Qt.ItemDataRole.ToolTipRole)
        self.vehicles.setCurrentIndex(shown)
        self.vehicles.setToolTip(names[shown])
        self.vehicles.setVisible(len(names) > 1)
        self.orders_to.setText(f"Orders go to {names[shown]}.")
        self.orders_to.setVisible(len(names) > 1)

    def show_plan(self, name: str, mission: Mission | None) -> None:
        """Says what is to be flown; a verdict on another plan is taken away."""
        self.plan_name.setText("No plan yet." if mission is None else f"{name}, {counted(len(mission), 'item')}")
        self._show_verdict("", "", "quiet")

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Shows the pre-flight list."""
        if list(self._checks) != [check.check_id for check in checks]:
            widgets.clear(self._check_box)
            self._checks = {check.check_id: _CheckRow(check, self.ticked) for check in checks}
            for row in self._checks.values():
                self._check_box.addWidget(row)
        for check in checks:
            self._checks[check.check_id].show_check(check)

    def check_box(self, check_id: str) -> QCheckBox | None:
        """The box that a person ticks; None for a line that fills itself or is not there."""
        row = self._checks.get(check_id)
        return None if row is None else row.box

    def show_progress(self, progress: Progress) -> None:
        """Shows the upload's bar."""
        self._show_verdict("", "", "quiet")
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        of = f": {progress.done} of {progress.total} items" if progress.total else ""
        self.bar_text.setText(f"{progress.text}{of}")

    def show_verdict(self, word: str, reason: str) -> None:
        """Shows how the upload ended."""
        self._show_verdict(VERDICT_WORDS[word], reason, VERDICT_KINDS[word])

    def show_landed(self, landed: Landed) -> None:
        """Shows the end of a flight."""
        self.landed.setText(f"{landed.text} {counted(landed.captures, 'picture')}.")
        self.review_button.setEnabled(landed.footage is not None)
        self.review_button.setToolTip(
            "" if landed.footage else "The footage is in the drone's camera: copy it here, then drop it on Review"
        )
        self.film_button.setVisible(landed.footage is not None)
        self.show_filming(0, 0)

    def show_filming(self, done: int, total: int) -> None:
        """Shows how far a video is; (0, 0): none is being made."""
        self.film_button.setEnabled(total == 0)
        for widget in (self.film_bar, self.film_text, self.film_stop):
            widget.setVisible(total > 0)
        self.film_bar.setRange(0, max(1, total))
        self.film_bar.setValue(done)
        self.film_text.setText(f"Video: {done} of {counted(total, 'frame')}" if done else "Video: begins")

    def _connect(self) -> None:
        self.connect_wanted.emit(self.address.currentText())

    def _order(self, order: Order) -> None:
        self.ordered.emit(Order.RESUME if order is Order.PAUSE and self._paused else order)

    def _show_verdict(self, word: str, reason: str, kind: str) -> None:
        self.verdict.setText(word)
        widgets.set_kind(self.verdict, kind)
        self.verdict_reason.setText(reason)
        self.verdict.setVisible(bool(word))
        self.verdict_reason.setVisible(bool(reason))

    def _lay_out(self) -> None:
        drone = widgets.Section(1, "Drone")
        _fill(drone, self.vehicles, self.vehicle, self.address, self.connect_button, self.practice_button)
        _fill(drone, self.clear_button, self.disconnect_button, self.another_button)
        plan = widgets.Section(2, "Plan")
        _fill(plan, self.plan_name, self.open_button)
        send = widgets.Section(3, "Send")
        _fill(send, self.upload_button, self.bar, self.bar_text, self.cancel_button, self.verdict, self.verdict_reason)
        _fill(send, self.restore_button, self.restore_what)
        checks = widgets.Section(4, "Before the start")
        checks.body.addLayout(self._check_box)
        start = widgets.Section(5, "Start")
        _fill(start, self.start_button, self.start_why)
        self._before = QWidget()
        self._before.setLayout(widgets.column(send, widgets.rule(), checks, widgets.rule(), start, gap=14))
        orders = widgets.Section(None, "In flight")
        _fill(orders, self.orders_to, self.pause_button, self.return_button, self.land_button)
        for button in (self.pause_button, self.return_button, self.land_button):
            button.setMinimumHeight(44)
        self._orders = orders
        after = widgets.Section(None, "Landed")
        again = widgets.button("Send and fly again", self.upload_wanted.emit, icon="upload")
        _fill(
            after,
            self.landed,
            self.review_button,
            again,
            self.film_button,
            self.film_bar,
            self.film_text,
            self.film_stop,
        )
        self._after = after
        inner = QWidget()
        column = widgets.column(
            drone,
            widgets.rule(),
            plan,
            widgets.rule(),
            self._before,
            self._orders,
            self._after,
            margin=widgets.PANEL_MARGIN,
            gap=14,
        )
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner.setLayout(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scroll)


class _CheckRow(QWidget):
    """One line: a box to tick, or a lamp that fills itself."""

    def __init__(self, check: Check, ticked: object) -> None:
        super().__init__()
        self.box: QCheckBox | None = None
        self._detail = widgets.label("", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._lamp = QLabel()
        self._lamp.setFixedWidth(20)
        if check.by_hand:
            self.box = QCheckBox()
            self.box.setAccessibleName(check.text)
            check_id = check.check_id
            self.box.toggled.connect(lambda on: ticked.emit(check_id, on))  # type: ignore[attr-defined]  # a bound signal
            row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        else:
            row.addWidget(self._lamp, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(widgets.column(widgets.label(check.text), self._detail, gap=0), 1)

    def show_check(self, check: Check) -> None:
        """Shows how the line stands."""
        self._detail.setText(check.detail)
        self._detail.setVisible(bool(check.detail))
        if self.box is not None:
            self.box.blockSignals(True)  # noqa: FBT003  Qt's signature
            self.box.setChecked(check.ok)
            self.box.blockSignals(False)  # noqa: FBT003
        else:
            colours = theme.current()
            name, colour = ("check-circle", colours.good) if check.ok else ("circle-outline", colours.amber)
            self._lamp.setPixmap(_lamp(name, colour).pixmap(18, 18))


def _fill(section: widgets.Section, *parts: QWidget) -> None:
    for part in parts:
        section.body.addWidget(part)


def _lamp(name: str, colour: str) -> QIcon:
    return theme.icon(name, colour)


def _allow(button: QPushButton, why_not: str | None) -> None:
    button.setEnabled(why_not is None)
    button.setToolTip(why_not or "")


def _vehicle_list() -> QComboBox:
    found = QComboBox()
    found.setAccessibleName("Vehicle that the page shows")
    found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    found.setVisible(False)
    return found
