"""3 Drone and camera: profiles, and ground sampling distance against height on one slider."""

import math
from collections.abc import Callable

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtWidgets import QComboBox, QSlider

from gui import fields, units, widgets
from gui.plan.presenter import PlanPresenter
from gui.plan.services import TASKS
from gui.plan.settings import said
from gui.plan.values import BOAT_M, Shown
from planner.model.profiles import CameraProfile, DroneProfile

LOWEST_M, HIGHEST_M = 10.0, 300.0
LEAST_M, MOST_M = 3.0, 500.0
"""What can be typed in."""
SLIDER_STEPS = 1000
OWN = "From a file …"
"""The last choice: a profile of the user's own."""


class CameraSection(widgets.Section):
    """Profiles, height, and what a task asks of it. `own` asks for the file of a "drone" or a "camera"."""

    def __init__(self, presenter: PlanPresenter, own: Callable[[str], None]) -> None:
        super().__init__(3, "Drone and camera")
        self.drone, self.camera = QComboBox(), QComboBox()
        self._names = {"drone": "", "camera": ""}
        for box in (self.drone, self.camera):
            box.setMinimumWidth(120)
        self.drone.activated.connect(lambda _: self._chosen("drone", self.drone, presenter.set_drone, own))
        self.camera.activated.connect(lambda _: self._chosen("camera", self.camera, presenter.set_camera, own))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, SLIDER_STEPS)
        self.slider.setPageStep(50)
        self.slider.setToolTip("Low: fine pictures and a long flight. High: coarse pictures and a short flight.")
        self.slider.valueChanged.connect(lambda v: presenter.set_height_m(round(_height(v), 1)))
        self.gsd = fields.number(" cm/px", 0.1, 500, 1, lambda v: presenter.set_gsd_m(v / 100))
        self.height_box = fields.number(
            " m", LEAST_M, MOST_M, 1, lambda v: presenter.set_height_m(v * units.height_unit_m())
        )
        self.scale = widgets.label("", "quiet", wrap=False)
        self.height_box.setToolTip("Height above the water")
        self.gsd.setToolTip("Ground sampling distance: how much water one pixel covers")
        both = fields.pair(self.height_box, self.gsd)
        self.body.addWidget(fields.form(("Drone", self.drone), ("Camera", self.camera), ("Height", both), wide=True))
        self.body.addWidget(self.slider)
        self.body.addWidget(self.scale)
        self._add_task(presenter)

    def _add_task(self, presenter: PlanPresenter) -> None:
        """What the pictures are for, and the height that it allows."""
        self.task = QComboBox()
        for task in TASKS:
            self.task.addItem(said(task), task)
        self.task.setToolTip("What an observer is to tell from the picture (Johnson's criteria)")
        self.task.activated.connect(lambda _: presenter.set_task(task=self.task.currentData()))
        self.length = fields.number(" m", 0.5, 500, 1, lambda v: presenter.set_task(length_m=v))
        self.length.setToolTip("Length of the vessel")
        self.chance = fields.number(" % sure", 1, 99, 0, lambda v: presenter.set_task(chance=v / 100))
        fields.set_value(self.length, BOAT_M)
        fields.set_value(self.chance, 90)
        vessel = fields.pair(self.length, self.chance)
        self.body.addWidget(fields.form(("To", self.task), ("a vessel of", vessel), wide=True))
        self.use = widgets.button("Set height", presenter.use_task_height, kind="link")
        self.limit = widgets.label("", "quiet")
        line = widgets.row(self.limit, self.use)
        line.setStretch(0, 1)
        self.body.addLayout(line)

    def show_plan(self, shown: Shown, drones: tuple[DroneProfile, ...], cameras: tuple[CameraProfile, ...]) -> None:
        """Show profiles and height."""
        draft = shown.draft
        self._names = {"drone": draft.drone.name, "camera": draft.camera.name}
        own = (OWN, "A .json file in the form of 'quaywatch plan profiles --json'")
        known = [(d.name, d.source) for d in (*drones, draft.drone)]
        fields.set_choices(self.drone, [*known, own], draft.drone.name)
        known = [(c.name, c.source) for c in (*cameras, draft.camera)]
        fields.set_choices(self.camera, [*known, own], draft.camera.name)
        height = draft.camera.height_for_gsd_m(draft.gsd_m)
        fields.set_value(self.gsd, 100 * draft.gsd_m)
        self._show_height(height)
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(_step(height))
        self.scale.setText(shown.scale)
        self.limit.setText(f"Succeeds from {shown.task}" if shown.task else "")
        self.use.setVisible(bool(shown.task))

    def _show_height(self, height_m: float) -> None:
        """The height in its box, in the unit that was chosen."""
        one = units.height_unit_m()
        with QSignalBlocker(self.height_box):
            self.height_box.setSuffix(f" {units.current().height}")
            self.height_box.setDecimals(1 if one == 1.0 else 0)
            self.height_box.setRange(LEAST_M / one, MOST_M / one)
            self.height_box.setValue(height_m / one)

    def _chosen(self, kind: str, box: QComboBox, choose: Callable[[str], None], own: Callable[[str], None]) -> None:
        if box.currentText() == OWN:
            box.setCurrentText(self._names[kind])
            own(kind)
        else:
            choose(box.currentText())


def _height(step: int) -> float:
    return LOWEST_M * math.pow(HIGHEST_M / LOWEST_M, step / SLIDER_STEPS)


def _step(height_m: float) -> int:
    return round(SLIDER_STEPS * math.log(max(1e-3, height_m) / LOWEST_M) / math.log(HIGHEST_M / LOWEST_M))
