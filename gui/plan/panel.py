"""The Plan page's side panel: shows a `Shown`, and tells the presenter what the person wants. A module per section."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton, QScrollArea, QToolButton, QWidget

from gui import widgets
from gui.plan.presenter import PlanPresenter
from gui.plan.section_area import AreaSection
from gui.plan.section_camera import CameraSection
from gui.plan.section_conditions import ConditionsSection
from gui.plan.section_pattern import PatternSection
from gui.plan.section_verdict import VerdictSection
from gui.plan.values import Shown
from planner.model.profiles import CameraProfile, DroneProfile


@dataclass(frozen=True)
class Asks:
    """What of the panel needs a file dialog."""

    own_profile: Callable[[str], None]
    rules: Callable[[], None]


class PlanPanel(QWidget):
    """Areas, pattern, drone and camera, conditions above; verdict, figures and buttons stay in view below."""

    def __init__(
        self,
        presenter: PlanPresenter,
        buttons: dict[str, QPushButton],
        tools: dict[str, list[QToolButton]],
        asks: Asks,
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self.areas = AreaSection(presenter, buttons, tools["areas"])
        self.pattern = PatternSection(presenter, tools["watches"])
        self.camera = CameraSection(presenter, asks.own_profile)
        self.conditions = ConditionsSection(presenter, asks.rules)
        self.verdict = VerdictSection(presenter, buttons)
        inside = QWidget()
        layout = widgets.column(self.areas, widgets.rule(), self.pattern, widgets.rule(), self.camera, gap=14)
        layout.addWidget(widgets.rule())
        layout.addWidget(self.conditions)
        margin = widgets.PANEL_MARGIN
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.addStretch(1)
        inside.setLayout(layout)
        self.above = QScrollArea()
        self.above.setWidgetResizable(True)
        self.above.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.above.setWidget(inside)
        box = widgets.column(self.above, widgets.rule(), self.verdict, gap=0)
        box.setStretch(0, 1)
        self.setLayout(box)

    def show_plan(self, shown: Shown, drones: tuple[DroneProfile, ...], cameras: tuple[CameraProfile, ...]) -> None:
        """Show a picture of the plan."""
        self.areas.show_plan(shown)
        self.pattern.show_plan(shown)
        self.camera.show_plan(shown, drones, cameras)
        self.conditions.show_plan(shown)
        self.verdict.show_plan(shown)
