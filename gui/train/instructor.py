"""The instructor's part of the Train page: a switch, a value and a lamp for each fault; the trainee's drone; notes."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from gui import fields, theme, widgets
from gui.train.switches import WORDS, Confirmed, DroneNow, Lamp
from sitl.faults import SPECS, FaultKind

LAMPS = {Lamp.OFF: "circle-outline", Lamp.BEGUN: "circle-half-full", Lamp.ACTIVE: "circle"}
STATES = ("Mode", "Motors", "Height", "Speed", "Battery", "Item", "Pictures")


class FaultRow:
    """The widgets of one fault, in a line of the grid."""

    def __init__(self, kind: FaultKind, panel: "FaultSwitches") -> None:
        self.kind, self._panel = kind, panel
        spec = SPECS[kind]
        self.switch = QCheckBox(WORDS[kind])
        self.switch.setToolTip(f"{kind.value}: {spec.words}")
        self.value: fields.Number | None = None
        self.direction: fields.Number | None = None
        if spec.unit:
            share = spec.unit == "0 to 1"
            unit = "" if share else f" {spec.unit}"
            self.value = fields.number(unit, spec.least, spec.most, 2, self._changed)
            fields.set_value(self.value, spec.usual)
            self.value.setAccessibleName(f"{WORDS[kind]}: {'share' if share else spec.unit}")
            self.value.setToolTip(f"{spec.least:g} to {spec.most:g}{unit}")
        if spec.directed:
            self.direction = fields.number("°", 0, 359, 0, self._changed)
            fields.set_value(self.direction, 270)
            self.direction.setAccessibleName(f"{WORDS[kind]}: direction")
            self.direction.setToolTip("from" if kind is FaultKind.WIND else "towards")
        self.lamp = QLabel()
        self.words = widgets.label("off", "quiet")
        self.switch.clicked.connect(self._switched)
        self._shown: Lamp | None = None
        self.show(Confirmed(kind, Lamp.OFF))

    def show(self, now: Confirmed) -> None:
        """Lights the lamp as the drone confirms it."""
        self.switch.setChecked(now.lamp is not Lamp.OFF)
        self.words.setText(f"{now.lamp.value}, measured {now.measured}" if now.measured else now.lamp.value)
        if self.value is not None and now.value is not None and not self.value.hasFocus():
            fields.set_value(self.value, now.value)
        if self.direction is not None and now.direction_deg is not None and not self.direction.hasFocus():
            fields.set_value(self.direction, now.direction_deg)
        if now.lamp is not self._shown:
            self._shown = now.lamp
            colours = theme.current()
            colour = {Lamp.OFF: colours.grey, Lamp.BEGUN: colours.amber}.get(now.lamp, colours.good)
            self.lamp.setPixmap(theme.icon(LAMPS[now.lamp], colour).pixmap(QSize(16, 16)))

    def _switched(self, on: bool) -> None:  # noqa: FBT001 -- Qt's signal
        value = None if self.value is None else self.value.value()
        direction = None if self.direction is None else self.direction.value()
        self._panel.switched.emit(self.kind, on, value, direction)

    def _changed(self, _: float) -> None:
        if self.switch.isChecked():
            self._switched(on=True)


class FaultSwitches(QScrollArea):
    """All faults, under the address of the drone that gets them."""

    switched = pyqtSignal(object, bool, object, object)
    """Kind, on or off, value and direction (None: has none)."""
    end_all_wanted = pyqtSignal()
    address_entered = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.address = QLineEdit()
        self.address.setPlaceholderText("tcp:127.0.0.1:5760")
        self.address.setAccessibleName("Address of the trainee's drone")
        self.address.setToolTip("That of the exam in this window, or of another practice drone")
        self.address.editingFinished.connect(lambda: self.address_entered.emit(self.address.text()))
        self.end_all = widgets.button("End all faults", self.end_all_wanted.emit, icon="restore")
        self.rows = {kind: FaultRow(kind, self) for kind in FaultKind}
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        for number, row in enumerate(self.rows.values()):
            grid.addWidget(row.switch, number, 0)
            for column, field in ((1, row.value), (2, row.direction)):
                if field is not None:
                    field.setFixedWidth(128 if column == 1 else 76)
                    grid.addWidget(field, number, column)
            grid.addWidget(row.lamp, number, 3)
            grid.addWidget(row.words, number, 4)
            grid.setRowMinimumHeight(number, 32)
        grid.setColumnStretch(4, 1)
        inner = QWidget()
        head = widgets.row(widgets.label("Drone", wrap=False), self.address, None, self.end_all)
        self.address.setFixedWidth(220)
        text = "A lamp is lit when the drone itself measures the fault, not when it was asked for."
        box = widgets.column(head, widgets.label(text, "quiet"), grid, margin=24, gap=14)
        box.addStretch(1)
        inner.setLayout(box)
        self.setWidget(inner)

    def show_faults(self, faults: Sequence[Confirmed]) -> None:
        """Lights the lamps."""
        for one in faults:
            self.rows[one.kind].show(one)


class TraineePanel(QWidget):
    """The trainee's drone in words, and notes on the exam's time line."""

    noted = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.figures = widgets.Figures(STATES, columns=2, kind="figureSmall")
        self.crew = widgets.label("", "")
        self.none = widgets.label("No drone answers. Start a pilot's exam, or enter an address.", "quiet")
        self.field = QLineEdit()
        self.field.setPlaceholderText("What is to be talked about")
        self.field.setAccessibleName("Note on this moment")
        self.field.setMaxLength(500)
        self.field.returnPressed.connect(self._note)
        self.note_button = widgets.button("Note this moment", self._note, icon="note-plus-outline")
        self.notes = QPlainTextEdit()
        self.notes.setReadOnly(True)
        self.notes.setAccessibleName("Notes so far")
        state = widgets.Section(None, "The trainee's drone")
        for part in (self.none, self.figures, widgets.label("The crew did last", "quiet"), self.crew):
            state.body.addWidget(part)
        notes = widgets.Section(None, "Notes for the debrief")
        for entry in (self.field, self.note_button, self.notes):
            notes.body.addWidget(entry)
        box = widgets.column(state, widgets.rule(), notes, margin=widgets.PANEL_MARGIN, gap=14)
        box.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(box)
        self.show_drone(None)

    def show_drone(self, drone: DroneNow | None) -> None:
        """Shows how the drone is."""
        self.none.setVisible(drone is None)
        if drone is None:
            self.figures.show_values({})
            self.crew.setText(widgets.NOTHING)
            return
        values = (drone.mode, drone.motors, drone.height, drone.speed, drone.battery, drone.item, drone.pictures)
        self.figures.show_values(dict(zip(STATES, values, strict=True)))
        self.crew.setText(drone.crew)

    def show_noted(self, text: str) -> None:
        """A note was taken: it is listed, and the field is free for the next."""
        self.notes.appendPlainText(text)
        if " ".join(self.field.text().split()) == text:
            self.field.clear()

    def _note(self) -> None:
        if self.field.text().strip():
            self.noted.emit(self.field.text())
