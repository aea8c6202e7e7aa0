"""Fields for numbers and choices, and the forms they stand in."""

from collections.abc import Callable

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QGridLayout, QSpinBox, QWidget
from typing_extensions import override

from gui import theme, widgets

FIELD_WIDTH = 116


class Number(QDoubleSpinBox):
    """A number with its unit. The wheel scrolls the panel and leaves the number alone."""

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        """Leave it to the panel."""
        if e is not None:
            e.ignore()


class Count(QSpinBox):
    """A whole number; as `Number`."""

    @override
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        """Leave it to the panel."""
        if e is not None:
            e.ignore()


def number(unit: str, least: float, most: float, decimals: int, changed: Callable[[float], None]) -> Number:
    """A field for a number with `unit` behind it; `changed` hears what a person enters."""
    box = Number()
    box.setDecimals(decimals)
    box.setSuffix(unit)
    box.setRange(least, most)
    _prepare(box)
    box.valueChanged.connect(changed)
    return box


def count(least: int, most: int, changed: Callable[[int], None]) -> Count:
    """A field for a whole number."""
    box = Count()
    box.setRange(least, most)
    _prepare(box)
    box.valueChanged.connect(changed)
    return box


def set_value(box: Number | Count, value: float) -> None:
    """Show a value without telling that it changed."""
    with QSignalBlocker(box):
        if isinstance(box, Count):
            box.setValue(round(value))
        else:
            box.setValue(value)


def set_choices(box: QComboBox, choices: list[tuple[str, str]], chosen: str) -> None:
    """Show names with what is known of each (as tooltip), one of them chosen."""
    known = dict(choices)
    if [box.itemText(i) for i in range(box.count())] != list(known):
        with QSignalBlocker(box):
            box.clear()
            for name, tip in known.items():
                box.addItem(name)
                box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
    box.setCurrentText(chosen)
    box.setToolTip(known.get(chosen, ""))


def form(*rows: tuple[str, QWidget], wide: bool = False, label_width: int = 64) -> QWidget:
    """Names at the left, fields at the right; `wide` fields take what is left of the line beside `label_width`."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for at, (word, widget) in enumerate(rows):
        name = widgets.label(word, wrap=False)
        name.setBuddy(widget)
        grid.addWidget(name, at, 0)
        widget.setAccessibleName(word)
        if wide:
            grid.addWidget(widget, at, 1)
        else:
            widget.setFixedWidth(FIELD_WIDTH)
            grid.addWidget(widget, at, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(1, 1)
    if wide:
        grid.setColumnMinimumWidth(0, label_width)
    return made


def pair(left: Number | Count, right: Number | Count) -> QWidget:
    """Two fields beside each other, to stand in one line of a wide form."""
    made = QWidget()
    for box in (left, right):
        box.setMinimumWidth(80)
    line = widgets.row(left, right, gap=6)
    line.setStretch(0, 1)
    line.setStretch(1, 1)
    made.setLayout(line)
    return made


def _prepare(box: QAbstractSpinBox) -> None:
    box.setKeyboardTracking(False)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setFont(theme.figures(box.font()))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
