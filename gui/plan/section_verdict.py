"""5 Verdict: whether it can be flown and why not, what it takes, and what to do next."""

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from gui import widgets
from gui.plan.findings import Findings
from gui.plan.presenter import PlanPresenter
from gui.plan.values import Shown, Verdict

VERDICT_KINDS = {Verdict.FLY: "good", Verdict.DO_NOT_FLY: "alarm", Verdict.PLANNING: "quiet", Verdict.EMPTY: "quiet"}
MOST_FINDINGS_PX = 104


class VerdictSection(QWidget):
    """It stays in view below the rest of the panel."""

    SHOWN = ("Way", "Flight time", "Pictures")

    def __init__(self, presenter: PlanPresenter, buttons: dict[str, QPushButton]) -> None:
        super().__init__()
        self.word = widgets.label("", "quiet", wrap=False)
        self.word.setObjectName("verdict")
        self.covered = widgets.label("", "quiet", wrap=False)
        self.findings = Findings(presenter.point_at, MOST_FINDINGS_PX)
        self.figures = widgets.Figures(self.SHOWN, columns=3, kind="figureSmall")
        self.more = widgets.label("", "quiet", wrap=False)
        self.bar = widgets.EnergyBar()
        self.bar.setToolTip("White: what must stay. Amber: where the dearest way home must begin.")
        self.energy = widgets.label("", "quiet")
        self._details = QWidget()
        energy = widgets.column(self.bar, self.energy, gap=2)
        self._details.setLayout(widgets.column(self.figures, self.more, energy, gap=6))
        head = widgets.row(widgets.label("5", "step", wrap=False), self.word, None, self.covered, gap=10)
        line = widgets.row(buttons["open"], buttons["save"], buttons["brief"], buttons["split"], buttons["send"], gap=4)
        line.setStretch(4, 1)
        box = widgets.column(head, self.findings, self._details, line, gap=8)
        box.setContentsMargins(widgets.PANEL_MARGIN, 10, widgets.PANEL_MARGIN, 12)
        self.setLayout(box)
        self._buttons = buttons

    def show_plan(self, shown: Shown) -> None:
        """Show verdict, problems, notes and figures."""
        self.word.setText(shown.verdict.value)
        widgets.set_kind(self.word, VERDICT_KINDS[shown.verdict])
        figures = shown.figures
        told = [
            f"{figures[name]}{word}" for name, word in (("Area seen", " seen"), ("Items", " items")) if name in figures
        ]
        self.covered.setText(", ".join(told))
        self.findings.show_findings(shown.findings)
        self.figures.show_values(figures)
        words = (("Height", ""), ("Line spacing", " apart"), ("Speed", ""))
        self.more.setText(", ".join(f"{figures[name]}{word}" for name, word in words if name in figures))
        self._details.setVisible(bool(figures))
        if shown.energy is not None:
            energy = shown.energy
            self.bar.show_use(energy.used_fraction, energy.reserve_fraction, energy.home_fraction)
            self.energy.setText(energy.text)
        for name in ("save", "brief", "split"):
            self._buttons[name].setEnabled(shown.can_save)
        self._buttons["send"].setEnabled(shown.can_send)
        why = "" if shown.can_send else f" ({shown.verdict.value.lower()})"
        self._buttons["send"].setToolTip("Save, and open the Fly page with this plan (Ctrl+Return)" + why)

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """The list's height hangs on its width."""
        super().resizeEvent(a0)
        self.findings.fit()
