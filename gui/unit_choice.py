"""The choice of units: remembered with the window's settings, offered in its menu of settings."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from PyQt6.QtCore import QObject, QSettings
from PyQt6.QtGui import QAction, QActionGroup

from gui import units, widgets

WORDS: tuple[tuple[str, type[StrEnum], dict[StrEnum, str]], ...] = (
    ("height", units.Height, {units.Height.METRES: "Heights in metres", units.Height.FEET: "Heights in feet"}),
    (
        "distance",
        units.Distance,
        {units.Distance.KILOMETRES: "Ways in kilometres", units.Distance.MILES: "Ways in nautical miles"},
    ),
    ("speed", units.Speed, {units.Speed.METRES: "Speeds in m/s", units.Speed.KNOTS: "Speeds in knots"}),
)


def restore_units(settings: QSettings) -> None:
    """Tell everything in the units that were chosen last; unknown ones are passed over."""
    given: dict[str, Any] = {}
    for name, kind, _ in WORDS:
        kept = settings.value(f"window/{name}_unit")
        if kept in set(kind):
            given[name] = kind(kept)
    units.use(units.Units(**given))


def unit_actions(parent: QObject, settings: QSettings, changed: Callable[[], None]) -> list[QAction]:
    """One action for each unit, those of a kind exclusive; `changed` is called when another was chosen."""
    made = []
    for name, _, words in WORDS:
        group = QActionGroup(parent)
        for unit, text in words.items():
            act = widgets.action(parent, text, partial(_choose, name, unit, settings, changed))
            act.setCheckable(True)
            act.setChecked(getattr(units.current(), name) is unit)
            group.addAction(act)
            made.append(act)
    return made


def _choose(name: str, unit: StrEnum, settings: QSettings, changed: Callable[[], None]) -> None:
    settings.setValue(f"window/{name}_unit", unit.value)
    restore_units(settings)
    changed()
