"""A form for the fields of a dataclass: one line for each setting, with what fits its kind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from PyQt6.QtCore import QDate, QDateTime, QSignalBlocker, QSize, Qt, QTime, QTimeZone
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui import fields, theme, widgets
from gui.plan.settings import Kind, Setting, said
from planner.geo.points import LatLon
from planner.model.drift import Flow

Changed = Callable[[str, object], None]
Picked = Callable[[str], None]
USUAL = "usual"
"""The choice that stands for None."""


class Field(Protocol):
    """One field: its widget, and how a value is shown in it."""

    @property
    def widget(self) -> QWidget:
        """What stands in the form."""
        ...

    def show(self, value: object) -> None:
        """Show a value without telling that it changed."""
        ...


class Form(QWidget):
    """Fields by the names of their settings. `changed` hears what a person enters, `pick` where the map is asked."""

    def __init__(self, settings: Sequence[Setting], changed: Changed, pick: Picked) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {one.name: _field(one, changed, pick) for one in settings}
        rows = [(one.words.word, self.fields[one.name].widget) for one in settings]
        self.setLayout(widgets.column(fields.form(*rows, wide=True, label_width=LABEL_WIDTH)))
        for one in settings:
            widget = self.fields[one.name].widget
            if not isinstance(widget, QCheckBox):
                widget.setMinimumWidth(LEAST_WIDTH)
            if one.words.tip and not widget.toolTip():
                widget.setToolTip(one.words.tip)

    def show_values(self, values: object) -> None:
        """Show the values of a dataclass that has fields of these names."""
        for name, field in self.fields.items():
            field.show(getattr(values, name))

    def widget(self, name: str) -> QWidget:
        """The widget of a field."""
        return self.fields[name].widget


LABEL_WIDTH = 92
LEAST_WIDTH = 76
"""Fields may be squeezed to this, so that the panel keeps its width."""


class NumberField:
    """A number or a whole number; below its least value stands what None means."""

    def __init__(self, setting: Setting, changed: Changed) -> None:
        words = setting.words
        self._scale, self._none = words.scale, setting.optional
        step = 10.0**-words.decimals
        least = words.least - step if self._none else words.least
        self.widget: fields.Number | fields.Count
        if setting.kind is Kind.WHOLE:
            self.widget = fields.count(round(least), round(words.most), self._tell(setting, changed))
            self.widget.setSuffix(words.unit)
        else:
            tell = self._tell(setting, changed)
            self.widget = fields.number(words.unit, least, words.most, words.decimals, tell)
        if self._none:
            self.widget.setSpecialValueText(words.none or "not set")

    def show(self, value: object) -> None:
        """Show a number, or what None means."""
        if value is None:
            fields.set_value(self.widget, self.widget.minimum())
        elif isinstance(value, int | float):
            fields.set_value(self.widget, value * self._scale)

    def _tell(self, setting: Setting, changed: Changed) -> Callable[[float], None]:
        def told(value: float) -> None:
            if self._none and value <= self.widget.minimum():
                changed(setting.name, None)
            else:
                changed(setting.name, value if setting.kind is Kind.WHOLE else value / self._scale)

        return told


class FlagField:
    """Yes or no."""

    def __init__(self, setting: Setting, changed: Changed) -> None:
        self.widget = QCheckBox()
        self.widget.toggled.connect(partial(changed, setting.name))

    def show(self, value: object) -> None:
        """Show yes or no."""
        with QSignalBlocker(self.widget):
            self.widget.setChecked(bool(value))


class ChoiceField:
    """One of some; `of` makes the value from its text."""

    def __init__(self, setting: Setting, changed: Changed, of: Callable[[str], object]) -> None:
        self.widget = QComboBox()
        self._optional = setting.optional
        self.offer(setting.choices)
        self.widget.activated.connect(lambda _: changed(setting.name, self._value(of)))

    def offer(self, choices: Sequence[str]) -> None:
        """The choices, by their values."""
        offered = [*([""] if self._optional else []), *choices]
        if [self.widget.itemData(i) for i in range(self.widget.count())] == offered:
            return
        with QSignalBlocker(self.widget):
            self.widget.clear()
            for choice in offered:
                self.widget.addItem(said(choice) if choice else USUAL, choice)

    def show(self, value: object) -> None:
        """Show the one chosen; one that is not offered (another file's) is offered from now on."""
        text = "" if value is None else str(value)
        if self.widget.findData(text) < 0:
            self.widget.addItem(said(text), text)
        self.widget.setCurrentIndex(self.widget.findData(text))

    def _value(self, of: Callable[[str], object]) -> object:
        text = str(self.widget.currentData())
        return of(text) if text else None


class FlowField:
    """A wind or a current: speed and direction; with `optional` a speed below 0 is "not known"."""

    def __init__(self, setting: Setting, changed: Changed) -> None:
        self._optional = setting.optional
        self.speed = fields.number(" m/s", -0.1 if self._optional else 0.0, 100, 1, lambda _: self._told())
        self.direction = fields.number("°", 0, 360, 0, lambda _: self._told())
        if self._optional:
            self.speed.setSpecialValueText("not known")
        self.direction.setWrapping(True)
        self.direction.setPrefix("from " if setting.name == "wind" else "to ")
        self.widget = fields.pair(self.speed, self.direction)
        self._name, self._changed = setting.name, changed

    def show(self, value: object) -> None:
        """Show a flow, None for not known."""
        if isinstance(value, Flow):
            fields.set_value(self.speed, value.speed_m_s)
            fields.set_value(self.direction, value.direction_deg % 360)
        else:
            fields.set_value(self.speed, self.speed.minimum())
        self.direction.setEnabled(value is not None)

    def _told(self) -> None:
        speed = self.speed.value()
        known = not (self._optional and speed < 0)
        self._changed(self._name, Flow(speed, self.direction.value()) if known else None)


class PlaceField:
    """A place: a button that lets the hand click it on the map, and a cross where it may be taken away."""

    def __init__(self, setting: Setting, changed: Changed, pick: Picked) -> None:
        self.button = QPushButton()
        self.button.setIcon(theme.icon("map-marker-plus-outline"))
        self.button.setIconSize(QSize(16, 16))
        self.button.setMinimumWidth(LEAST_WIDTH)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.setToolTip(setting.words.tip + ("; " if setting.words.tip else "") + "click it on the map")
        self.button.clicked.connect(lambda _=False: pick(setting.name))
        self.clear = _cross(lambda: changed(setting.name, None))
        self.widget = _line(self.button, self.clear)

    def show(self, value: object) -> None:
        """Show a place, or that there is none."""
        is_set = isinstance(value, LatLon)
        self.button.setText(f"{value.lat_deg:.5f}, {value.lon_deg:.5f}" if isinstance(value, LatLon) else "Set on map")
        self.clear.setVisible(is_set)


class MomentField:
    """A moment in UTC, the present one by a button, none by a cross."""

    def __init__(self, setting: Setting, changed: Changed) -> None:
        self.edit = QDateTimeEdit()
        self.edit.setTimeZone(QTimeZone.utc())
        self.edit.setDisplayFormat("d MMM yy HH:mm")
        self.edit.setMinimumDateTime(QDateTime(QDate(1999, 12, 31), QTime(0, 0), QTimeZone.utc()))
        self.edit.setMaximumDate(QDate(2100, 12, 31))
        self.edit.setSpecialValueText("not set")
        self.edit.setKeyboardTracking(False)
        self.edit.setMinimumWidth(LEAST_WIDTH)
        self.edit.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.edit.dateTimeChanged.connect(self._told)
        self.now = QToolButton()
        self.now.setIcon(theme.icon("clock-outline", theme.current().quiet))
        self.now.setToolTip("Now")
        self.now.clicked.connect(
            lambda _=False: changed(setting.name, datetime.now(UTC).replace(second=0, microsecond=0))
        )
        self.clear = _cross(lambda: changed(setting.name, None))
        self.widget = _line(self.edit, self.now, self.clear)
        self._name, self._changed = setting.name, changed

    def show(self, value: object) -> None:
        """Show a moment, None for not set."""
        with QSignalBlocker(self.edit):
            if isinstance(value, datetime):
                at = value.astimezone(UTC)
                moment = QDateTime.fromSecsSinceEpoch(int(at.timestamp()), QTimeZone.utc())
                self.edit.setDateTime(moment)
            else:
                self.edit.setDateTime(self.edit.minimumDateTime())
        self.clear.setVisible(value is not None)

    def _told(self, moment: QDateTime) -> None:
        is_set = moment > self.edit.minimumDateTime()
        at = datetime.fromtimestamp(moment.toSecsSinceEpoch(), UTC)
        self._changed(self._name, at if is_set else None)


class TextField:
    """A text, or some of them with ; between."""

    def __init__(self, setting: Setting, changed: Changed) -> None:
        self.widget = QLineEdit()
        self.widget.setPlaceholderText("none")
        self._many = setting.kind is Kind.TEXTS
        self._name, self._changed = setting.name, changed
        self.widget.editingFinished.connect(self._told)
        self._shown = ""

    def show(self, value: object) -> None:
        """Show the text."""
        self._shown = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")
        if self.widget.text() != self._shown:
            self.widget.setText(self._shown)
            self.widget.setCursorPosition(0)

    def _told(self) -> None:
        text = self.widget.text().strip()
        if text == self._shown:
            return
        parts = tuple(part.strip() for part in text.split(";") if part.strip())
        self._changed(self._name, parts if self._many else (text or None))


def _field(setting: Setting, changed: Changed, pick: Picked) -> Field:
    makers: Mapping[Kind, Callable[[], Field]] = {
        Kind.NUMBER: lambda: NumberField(setting, changed),
        Kind.WHOLE: lambda: NumberField(setting, changed),
        Kind.FLAG: lambda: FlagField(setting, changed),
        Kind.CHOICE: lambda: ChoiceField(setting, changed, setting.enum or str),
        Kind.FLOW: lambda: FlowField(setting, changed),
        Kind.PLACE: lambda: PlaceField(setting, changed, pick),
        Kind.MOMENT: lambda: MomentField(setting, changed),
        Kind.TEXT: lambda: TextField(setting, changed),
        Kind.TEXTS: lambda: TextField(setting, changed),
    }
    return makers[setting.kind]()


def _line(*parts: QWidget) -> QWidget:
    made = QWidget()
    line = widgets.row(*parts, gap=2)
    line.setStretch(0, 1)
    made.setLayout(line)
    return made


def _cross(run: Callable[[], object]) -> QToolButton:
    made = QToolButton()
    made.setIcon(theme.icon("close", theme.current().quiet))
    made.setIconSize(QSize(14, 14))
    made.setToolTip("Take it away")
    made.clicked.connect(lambda _=False: run())
    return made
