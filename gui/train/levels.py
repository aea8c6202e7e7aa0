"""The path of levels as cards, and the brief beside it."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui import fields, theme, widgets
from gui.train.values import Brief, Card, Options, Role, Standing

SPEEDS = (1.0, 2.0, 4.0, 10.0, 30.0)
ICONS = {Standing.LOCKED: "lock-outline", Standing.OPEN: "play-circle-outline", Standing.PASSED: "check-circle"}


class LevelCard(QPushButton):
    """One scenario: its mark (lock, arrow, tick), its title, and how the trainee stands with it."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.setProperty("kind", "level")
        self.setCheckable(True)
        self.setToolTip(card.summary)
        self.setAccessibleName(f"{card.title}, level {card.level}, {card.result}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        colours = theme.current()
        colour = {Standing.LOCKED: colours.grey, Standing.PASSED: colours.good}.get(card.standing, colours.accent)
        mark = QLabel()
        mark.setPixmap(theme.icon(ICONS[card.standing], colour).pixmap(QSize(20, 20)))
        title = widgets.label(card.title, "section")
        result = widgets.label(card.result, "good" if card.standing is Standing.PASSED else "quiet")
        words = widgets.row(mark, widgets.column(title, result, gap=2), gap=8)
        words.setStretch(1, 1)
        words.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        words.setContentsMargins(10, 10, 6, 8)
        for part in (mark, title, result):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(words)


class LevelPath(QScrollArea):
    """All cards: a row of levels for pilots, one for analysts, and the user's own."""

    chosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.cards: dict[str, LevelCard] = {}

    def show_cards(self, cards: Sequence[Card], chosen: str | None) -> None:
        """Shows the path with one card chosen."""
        if [c.card for c in self.cards.values()] != list(cards):
            self._build(cards)
        for which, card in self.cards.items():
            card.setChecked(which == chosen)

    def _build(self, cards: Sequence[Card]) -> None:
        self.cards = {card.which: LevelCard(card) for card in cards}
        for which, made in self.cards.items():
            made.clicked.connect(lambda _=False, which=which: self.chosen.emit(which))
        inner = QWidget()
        box = widgets.column(margin=24, gap=12)
        for role in Role:
            box.addWidget(widgets.label(f"For {role.value}s", "figureSmall"))
            box.addLayout(self._levels([c for c in cards if c.role is role and not c.own]))
            box.addSpacing(16)
        own = [c for c in cards if c.own]
        if own:
            box.addWidget(widgets.label("From a file", "figureSmall"))
            box.addLayout(widgets.row(*(self.cards[c.which] for c in own), None))
        box.addStretch(1)
        inner.setLayout(box)
        self.setWidget(inner)

    def _levels(self, cards: Sequence[Card]) -> QHBoxLayout:
        line = widgets.row(gap=6)
        for number, level in enumerate(sorted({c.level for c in cards})):
            if number:
                arrow = QLabel()
                arrow.setPixmap(theme.icon("chevron-right", theme.current().quiet).pixmap(QSize(18, 18)))
                line.addWidget(arrow)
            column = widgets.column(widgets.label(f"Level {level}", "quiet"), gap=6)
            for card in cards:
                if card.level == level:
                    column.addWidget(self.cards[card.which])
            column.addStretch(1)
            line.addLayout(column)
        line.addStretch(1)
        return line


class BriefPanel(QScrollArea):
    """The brief of the chosen scenario, how it is run, and the button that starts it."""

    start_wanted = pyqtSignal()
    options_changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.heading = widgets.label("", "figureSmall")
        self.kind = widgets.label("", "quiet")
        self.task = widgets.label()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        self._points = QVBoxLayout()
        self._points.setSpacing(4)
        self.speed = QComboBox()
        for speed in SPEEDS:
            self.speed.addItem("real time" if speed == 1 else f"{speed:g} times as fast", speed)
        self.pictures = QCheckBox("Take pictures")
        self.pictures.setChecked(True)
        self.pictures.setToolTip(
            "Without pictures coverage and margins are scored all the same, from where it was taken"
        )
        self.locked = QCheckBox("Also while its level is locked")
        self._for_pilots = widgets.Section(None, "How it is run")
        self._for_pilots.body.addWidget(fields.form(("Speed", self.speed), wide=True))
        self._for_pilots.body.addWidget(self.pictures)
        self.start_button = widgets.button("Start", self.start_wanted.emit, icon="play", kind="primary")
        self.why_not = widgets.label("", "quiet")
        self.progress = widgets.label("", "quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        for box in (self.pictures, self.locked):
            box.toggled.connect(self._changed)
        self.speed.currentIndexChanged.connect(self._changed)
        self._lay_out()
        self.show_progress("", None)

    def show_brief(self, brief: Brief | None, why_not: str | None) -> None:
        """Shows a brief, and whether it can be started."""
        self.start_button.setEnabled(brief is not None and why_not is None)
        self.start_button.setToolTip(why_not or "")
        self.why_not.setText(why_not or "")
        self.why_not.setVisible(bool(why_not))
        self._body.setVisible(brief is not None)
        if brief is None:
            self.heading.setText("No scenario chosen")
            return
        self.heading.setText(brief.title)
        self.kind.setText(f"Level {brief.level}, for {brief.role.value}s")
        self.task.setText(brief.task)
        widgets.clear(self._lines)
        for name, text in brief.lines:
            self._lines.addLayout(widgets.column(widgets.label(name, "quiet"), widgets.label(text), gap=0))
        widgets.clear(self._points)
        for name, most in brief.points:
            figure = widgets.label(f"{most}", wrap=False)
            figure.setFont(theme.figures(figure.font()))
            self._points.addLayout(widgets.row(widgets.label(name), None, figure))
        self._points.addWidget(widgets.label(f"Passed with {brief.pass_at:.0f} of 100.", "quiet"))
        self._for_pilots.setVisible(brief.role is Role.PILOT)

    def show_progress(self, text: str, fraction: float | None) -> None:
        """Shows what is under way."""
        self.progress.setText(text)
        self.progress.setVisible(bool(text))
        self.bar.setVisible(bool(text) and fraction is not None)
        self.bar.setValue(round(1000 * (fraction or 0.0)))

    def _changed(self) -> None:
        speed = float(self.speed.currentData())
        self.options_changed.emit(Options(speed, self.pictures.isChecked(), self.locked.isChecked()))

    def _lay_out(self) -> None:
        points = widgets.Section(None, "Points")
        points.body.addLayout(self._points)
        self._body = QWidget()
        self._body.setLayout(
            widgets.column(
                self.kind, self.task, self._lines_box(), widgets.rule(), points, widgets.rule(), self._for_pilots,
                self.locked, gap=14,
            )
        )  # fmt: skip
        inner = QWidget()
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = widgets.column(
            self.heading, self._body, self.start_button, self.why_not, self.progress, self.bar,
            margin=widgets.PANEL_MARGIN, gap=12,
        )  # fmt: skip
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner.setLayout(column)
        self.setWidget(inner)

    def _lines_box(self) -> QWidget:
        box = QWidget()
        box.setLayout(self._lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        return box
