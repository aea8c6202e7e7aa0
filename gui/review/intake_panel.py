"""What the Review page shows while no case is open: where to drop things, and what was understood of them."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QFrame, QProgressBar, QVBoxLayout, QWidget

from gui import widgets
from gui.review.intake import Intake

HINT = "Drop footage, flight log and AIS here."
UNKNOWN_M = -50.0
"""Below this no launch place lies; the box shows it as "not known"."""
DETAIL = (
    "A folder of stills, with the flight's log (tlog or BIN), an AIS log (NMEA) and zones (GeoJSON) if there are any. "
    "Or drop a case to go on reviewing it."
)


class IntakePanel(QWidget):
    """A drop zone in the middle of the page."""

    start_wanted = pyqtSignal()
    choose_wanted = pyqtSignal()
    open_wanted = pyqtSignal()
    clear_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = widgets.label(HINT, "figure")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.detail = widgets.label(DETAIL, "empty")
        self.detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.lines = widgets.label("", "")
        self.takeoff = QDoubleSpinBox()
        self.takeoff.setRange(UNKNOWN_M, 2000)
        self.takeoff.setSpecialValueText("not known")
        self.takeoff.setValue(UNKNOWN_M)
        self.takeoff.setDecimals(1)
        self.takeoff.setSuffix(" m")
        self.takeoff.setAccessibleName("Height of the take-off place above the water")
        self.takeoff_row = QWidget()
        words = widgets.label("Take-off place above the water. A wrong height moves every position.", "quiet")
        self.takeoff_row.setLayout(widgets.row(words, self.takeoff))
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.start_button = widgets.button(
            "Look for vessels", self.start_wanted.emit, icon="image-search-outline", kind="primary"
        )
        self.choose_button = widgets.button("Choose a folder", self.choose_wanted.emit, icon="folder-outline")
        self.open_button = widgets.button("Open a case", self.open_wanted.emit, icon="folder-open-outline")
        self.clear_button = widgets.button("Start over", self.clear_wanted.emit, kind="link")
        self._lay_out()
        self.show_intake(Intake())

    @property
    def takeoff_height_m(self) -> float | None:
        """Height of the take-off place above the water; None while nobody said it."""
        value = self.takeoff.value()
        return None if value <= UNKNOWN_M else value

    def show_hint(self, text: str) -> None:
        """Says why there is nothing to review."""
        self.show_intake(Intake())
        self.detail.setText(text)

    def show_intake(self, intake: Intake) -> None:
        """Says what was understood of each dropped file."""
        lines = intake.lines()
        self.lines.setText("\n".join(lines))
        self.lines.setVisible(bool(lines))
        self.hint.setText(HINT if not lines else "This is what was dropped")
        missing = "" if intake.footage else "Drop the footage too: a folder of stills."
        self.detail.setText(missing if lines else DETAIL)
        self.detail.setVisible(bool(self.detail.text()))
        self.bar.hide()
        self.start_button.setVisible(bool(intake.footage))
        self.takeoff_row.setVisible(bool(intake.footage))
        if intake.takeoff_height_m is not None:
            self.takeoff.setValue(intake.takeoff_height_m)
        elif not intake.footage:
            self.takeoff.setValue(UNKNOWN_M)  # another flight: nobody has said it yet
        self.clear_button.setVisible(bool(lines))
        self.choose_button.setVisible(not intake.footage)
        self.open_button.setVisible(not lines)

    def show_running(self, text: str, fraction: float = 0.0) -> None:
        """Shows how far triage is."""
        self.hint.setText("Looking for vessels")
        self.detail.setText(text)
        self.detail.show()
        self.bar.show()
        self.bar.setValue(round(1000 * fraction))
        for widget in (self.start_button, self.choose_button, self.open_button, self.clear_button, self.takeoff_row):
            widget.hide()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("kind", "card")
        card.setMaximumWidth(560)
        buttons = widgets.row(None, self.choose_button, self.open_button, self.start_button, None)
        card.setLayout(
            widgets.column(
                self.hint,
                self.detail,
                self.lines,
                self.takeoff_row,
                self.bar,
                buttons,
                self.clear_button,
                margin=32,
                gap=14,
            )
        )
        box = QVBoxLayout(self)
        box.addStretch(1)
        box.addLayout(widgets.row(None, card, None))
        box.addStretch(1)
