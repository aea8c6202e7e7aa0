"""The side panel: score, why, AIS identity, history, note and the three verdicts."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from detection.case.values import Verdict
from gui import theme
from gui.review.marks import colour_of
from gui.review.presenter import ContactCard, Reason

VERDICTS = (
    (Verdict.SUSPICIOUS, "Suspicious", "S", "rhombus"),
    (Verdict.UNSURE, "Unsure", "U", "triangle"),
    (Verdict.CLEARED, "Cleared", "C", "circle"),
)


class ContactPanel(QWidget):
    """Everything known of one contact, and what a person decides about it."""

    verdict_given = pyqtSignal(object, str)
    reason_chosen = pyqtSignal(str)
    undo_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText("Note (N): why you decide so")
        self.note.setFixedHeight(56)
        self.note.setTabChangesFocus(True)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(16, 16, 16, 8)
        self._body.setSpacing(10)
        self._body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.buttons = {verdict: self._verdict_button(verdict, *rest) for verdict, *rest in VERDICTS}
        self._lay_out()
        self.setEnabled(False)

    def show_card(self, card: ContactCard) -> None:
        """Shows a contact; the note of another contact is not carried over."""
        self.setEnabled(True)
        self.note.setPlainText("")
        _clear(self._body)
        self._body.addLayout(self._heading(card))
        if card.reasons:
            self._section("Why")
            for reason in card.reasons:
                self._body.addWidget(self._reason(reason))
        else:
            self._body.addWidget(_quiet("No rule flagged this vessel."))
        self._section("Measured")
        self._body.addLayout(_table(card.facts))
        self._section("AIS")
        self._body.addWidget(_quiet(card.identity))
        if card.declared:
            self._body.addLayout(_table((("", "declared", "measured"), *card.declared)))
        self._section("Reviews")
        lines = card.reviews or ("Nobody has reviewed this contact yet.",)
        for line in lines:
            self._body.addWidget(_quiet(line))

    def decide(self, verdict: Verdict) -> None:
        """Gives a verdict with the note as it stands."""
        self.verdict_given.emit(verdict, self.note.toPlainText())

    def _heading(self, card: ContactCard) -> QVBoxLayout:
        title = QLabel(card.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setProperty("kind", "figure")
        title.setWordWrap(True)
        score = QLabel(f"{card.score:.2f}" if card.score else "—")
        score.setProperty("kind", "figure")
        score.setToolTip("Score of the strongest reason, 0 to 1")
        score.setFont(theme.figures(score.font()))
        row = QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(score, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(row)
        position = _quiet(card.position)
        position.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(position)
        return column

    def _reason(self, reason: Reason) -> QWidget:
        card = QFrame()
        card.setProperty("kind", "problem")
        box = QVBoxLayout(card)
        box.setContentsMargins(12, 8, 8, 8)
        box.setSpacing(2)
        head = QHBoxLayout()
        rule = QLabel(reason.title)
        rule.setProperty("kind", "section")
        score = QLabel(f"{reason.score:.2f}")
        score.setProperty("kind", "quiet")
        head.addWidget(rule)
        head.addStretch()
        head.addWidget(score)
        text = QLabel(reason.text)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        box.addLayout(head)
        box.addWidget(text)
        if reason.frame_id is not None:
            show = QPushButton("Show the frame")
            show.setProperty("kind", "link")
            show.setCursor(Qt.CursorShape.PointingHandCursor)
            show.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            frame_id = reason.frame_id
            show.clicked.connect(lambda: self.reason_chosen.emit(frame_id))
            box.addWidget(show)
        return card

    def _section(self, text: str) -> None:
        label = QLabel(text)
        label.setProperty("kind", "section")
        label.setContentsMargins(0, 6, 0, 0)
        self._body.addWidget(label)

    def _verdict_button(self, verdict: Verdict, text: str, key: str, icon: str) -> QToolButton:
        button = QToolButton()
        button.setText(f"{text}  {key}")
        button.setProperty("kind", "choice")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setIconSize(QSize(20, 20))
        button.setIcon(theme.icon(icon, colour_of(verdict.value, theme.current())))
        button.setToolTip(f"{text}: stores the verdict with the note, key {key}")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.decide(verdict))
        return button

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setLayout(self._body)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        verdicts = QGridLayout()
        verdicts.setSpacing(6)
        for column, button in enumerate(self.buttons.values()):
            verdicts.addWidget(button, 0, column)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.setSpacing(8)
        foot.addWidget(self.note)
        foot.addLayout(verdicts)
        undo = QPushButton("Take the last verdict back  Ctrl+Z")
        undo.setProperty("kind", "link")
        undo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        undo.clicked.connect(self.undo_wanted)
        foot.addWidget(undo)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(scroll, 1)
        box.addLayout(foot)


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("kind", "quiet")
    label.setWordWrap(True)
    return label


def _table(rows: Sequence[tuple[str, ...]]) -> QGridLayout:
    """Names and one or more columns of values."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(3)
    for number, (name, *values) in enumerate(rows):
        grid.addWidget(_quiet(name), number, 0, Qt.AlignmentFlag.AlignTop)
        for column, value in enumerate(values, start=1):
            text = QLabel(value) if name else _quiet(value)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setFont(theme.figures(text.font()))
            grid.addWidget(text, number, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
    return grid


def _clear(layout: QVBoxLayout | QHBoxLayout | QGridLayout) -> None:
    while (taken := layout.takeAt(0)) is not None:
        widget, inner = taken.widget(), taken.layout()
        if widget is not None:
            widget.deleteLater()
        elif isinstance(inner, QVBoxLayout | QHBoxLayout | QGridLayout):
            _clear(inner)
            inner.deleteLater()
