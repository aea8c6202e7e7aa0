"""The list of what speaks against a flight and what to know about it; a click shows where on the map."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from gui import widgets
from gui.plan.values import Finding

MOST = 60
"""More are told as a number: nobody reads on."""


class FindingCard(QFrame):
    """One sentence with a red edge (a problem) or an amber one (to know); it can be clicked if it has a place."""

    def __init__(self, found: Finding, chosen: Callable[[Finding], None]) -> None:
        super().__init__()
        self.found = found
        self._chosen = chosen
        self.setProperty("kind", "problem" if found.is_problem else "notice")
        box = widgets.column(widgets.label(found.text))
        box.setContentsMargins(10, 6, 8, 6)
        self.setLayout(box)
        if found.where is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setToolTip("Show where")

    @override
    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        """Show where."""
        if self.found.where is not None:
            self._chosen(self.found)

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Enter and the space bar do what a click does."""
        if a0 is not None and a0.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._chosen(self.found)
        else:
            super().keyPressEvent(a0)


class Findings(QScrollArea):
    """All of them, problems first; no higher than `most_px`, then it scrolls."""

    def __init__(self, chosen: Callable[[Finding], None], most_px: int) -> None:
        super().__init__()
        self._chosen = chosen
        self._most_px = most_px
        self._inside = QWidget()
        self._box = widgets.column(gap=4)
        self._inside.setLayout(self._box)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.shown: tuple[Finding, ...] = ()
        self.cards: list[FindingCard] = []
        self.setVisible(False)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show these in place of the former."""
        if findings == self.shown:
            return
        self.shown = findings
        widgets.clear(self._box)
        self.cards = [FindingCard(found, self._chosen) for found in findings[:MOST]]
        for card in self.cards:
            self._box.addWidget(card)
        if len(findings) > MOST:
            self._box.addWidget(widgets.label(f"and {len(findings) - MOST:,} more: see the briefing", "quiet"))
        self.setVisible(bool(findings))
        self.fit()

    def fit(self) -> None:
        """As high as it needs to be at its width, and no higher than it may."""
        view = self.viewport()
        width = max(view.width() if view is not None else 0, 200)
        needed = self._box.heightForWidth(width) if self._box.hasHeightForWidth() else self._box.sizeHint().height()
        self.setFixedHeight(min(max(needed, 1), self._most_px))
