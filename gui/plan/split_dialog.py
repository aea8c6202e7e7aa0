"""Asks how a mission is to be split over drones and batteries; nothing waits while it is open."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtWidgets import QCheckBox, QDialog, QWidget

from gui import fields, widgets
from gui.plan.services import Sorties

AskFolder = Callable[[Callable[[Path], None]], None]


class SplitDialog(QDialog):
    """`split` hears what was asked for and the folder, which `ask_folder` asks for at the end."""

    def __init__(self, parent: QWidget, ask_folder: AskFolder, split: Callable[[Sorties, Path], None]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Split over drones and batteries")
        usual = Sorties()
        self.drones = fields.count(1, 50, _nothing)
        self.swap = fields.number(" min", 0, 1440, 1, _nothing)
        self.apart = fields.number(" m", 1, 10_000, 0, _nothing)
        self.above = fields.number(" m", 1, 500, 0, _nothing)
        self.step = fields.number(" m", 1, 200, 0, _nothing)
        self.overwrite = QCheckBox("Overwrite files that are there")
        for box, value in (
            (self.drones, usual.drones),
            (self.swap, usual.swap_min),
            (self.apart, usual.apart_m),
            (self.above, usual.above_m),
            (self.step, usual.height_step_m),
        ):
            fields.set_value(box, value)
        form = fields.form(
            ("Drones at once", self.drones),
            ("To swap a battery", self.swap),
            ("Apart sideways, or", self.apart),
            ("apart in height", self.above),
            ("Height from drone to drone", self.step),
        )
        words = widgets.label("One plan file for each sortie; each camera leg is flown exactly once in all.", "quiet")
        self.go = widgets.button(
            "Choose a folder", lambda: ask_folder(lambda folder: self._done(split, folder)), kind="primary"
        )
        cancel = widgets.button("Cancel", self.reject)
        inside = widgets.column(words, form, self.overwrite, widgets.row(None, cancel, self.go), gap=12)
        inside.setContentsMargins(16, 16, 16, 16)
        self.setLayout(inside)

    def wanted(self) -> Sorties:
        """What is asked for."""
        return Sorties(
            self.drones.value(),
            self.swap.value(),
            self.apart.value(),
            self.above.value(),
            self.step.value(),
            overwrite=self.overwrite.isChecked(),
        )

    def _done(self, split: Callable[[Sorties, Path], None], folder: Path) -> None:
        split(self.wanted(), folder)
        self.accept()


def _nothing(_value: float) -> None:
    """Read when the folder is chosen."""
