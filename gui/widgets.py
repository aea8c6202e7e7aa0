"""Small widgets that every page uses, so that they look and speak alike."""

from collections.abc import Callable, Iterable, Sequence

from PyQt6.QtCore import QObject, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QColor, QKeySequence, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme

PANEL_MARGIN = 16
GAP = 8
NOTHING = "\u2013"
"""What a figure shows that is not known."""


def label(text: str = "", kind: str = "", *, wrap: bool = True) -> QLabel:
    """A label; `kind` is one of the style sheet's: quiet, section, step, figure, empty, alarm, amber, good."""
    widget = QLabel(text)
    widget.setWordWrap(wrap)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        set_kind(widget, kind)
    if kind == "figure":
        widget.setFont(theme.figures(widget.font()))
    return widget


def set_kind(widget: QWidget, kind: str) -> None:
    """Change the look of a widget to another of the style sheet's kinds."""
    if widget.property("kind") == kind:
        return
    widget.setProperty("kind", kind)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)


def button(text: str, run: Callable[[], object], *, icon: str = "", kind: str = "", tip: str = "") -> QPushButton:
    """A push button with a verb; `kind` primary, danger, link or none."""
    widget = QPushButton(f" {text}" if icon else text)  # a little room after the icon
    if icon:
        widget.setIcon(theme.icon(icon, theme.current().on_accent if kind == "primary" else None))
        widget.setIconSize(QSize(18, 18))
    if kind:
        widget.setProperty("kind", kind)
    if tip:
        widget.setToolTip(tip)
    widget.setCursor(Qt.CursorShape.PointingHandCursor)
    widget.setAutoDefault(False)
    widget.clicked.connect(lambda *_: run())
    return widget


def action(
    parent: QObject, text: str, run: Callable[[], object], *, icon: str = "", key: str = "", tip: str = ""
) -> QAction:
    """An action with its key; it works in the whole of the window while `parent` is shown."""
    made = QAction(text, parent)
    if icon:
        made.setIcon(theme.icon(icon))
        made.setProperty("icon_name", icon)
    if key:
        made.setShortcut(QKeySequence(key))
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    made.setToolTip(f"{tip or text} ({key})" if key else tip or text)
    made.triggered.connect(lambda *_: run())
    return made


def tool_button(of: QAction, *, size: int = 20, text: bool = False) -> QToolButton:
    """A button for an action, icon only unless `text`."""
    widget = QToolButton()
    widget.setDefaultAction(of)
    widget.setIconSize(QSize(size, size))
    widget.setCursor(Qt.CursorShape.PointingHandCursor)
    if text:
        widget.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return widget


def rule() -> QFrame:
    """A horizontal line."""
    frame = QFrame()
    frame.setProperty("kind", "rule")
    return frame


def column(*widgets: QWidget | QLayout, margin: int = 0, gap: int = GAP) -> QVBoxLayout:
    """A vertical layout of widgets and layouts."""
    layout = QVBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    for widget in widgets:
        if isinstance(widget, QWidget):
            layout.addWidget(widget)
        else:
            layout.addLayout(widget)
    return layout


def row(*widgets: QWidget | QLayout | None, gap: int = GAP) -> QHBoxLayout:
    """A horizontal layout; None is a stretch."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        elif isinstance(widget, QWidget):
            layout.addWidget(widget)
        else:
            layout.addLayout(widget)
    return layout


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class Section(QWidget):
    """A numbered part of a side panel: heading, optional tools at its right, and what belongs to it."""

    def __init__(self, number: int | None, title: str, *tools: QWidget) -> None:
        super().__init__()
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GAP)
        head = row(*([label(str(number), "step", wrap=False)] if number is not None else []), gap=10)
        head.addWidget(label(title, "section", wrap=False))
        head.addStretch(1)
        for tool in tools:
            head.addWidget(tool)
        self.setLayout(column(head, self.body, gap=10))


class Figures(QWidget):
    """A grid of figures: a large number with its unit, under it what it is."""

    def __init__(self, names: Sequence[str], *, columns: int = 2, kind: str = "figure") -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        self._values: dict[str, QLabel] = {}
        for number, name in enumerate(names):
            value = label(NOTHING, kind, wrap=False)
            value.setFont(theme.figures(value.font()))
            self._values[name] = value
            cell = column(value, label(name, "quiet", wrap=False), gap=0)
            grid.addLayout(cell, number // columns, number % columns)
            grid.setColumnStretch(number % columns, 1)

    def show_values(self, values: dict[str, str]) -> None:
        """Show figures by name; a name that is missing shows a dash."""
        for name, widget in self._values.items():
            widget.setText(values.get(name, NOTHING))

    def text(self, name: str) -> str:
        """What is shown for a name."""
        return self._values[name].text()


class Notices(QWidget):
    """A list of sentences, each on its own card: problems (red edge) or things to know (amber edge)."""

    chosen = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._box = column(gap=6)
        self.setLayout(self._box)
        self.texts: tuple[str, ...] = ()

    def show_texts(self, texts: Iterable[str], kind: str = "problem") -> None:
        """Show these sentences in place of the former."""
        now = tuple(texts)
        if now == self.texts and self.property("shown") == kind:
            return
        self.texts = now
        self.setProperty("shown", kind)
        clear(self._box)
        for text in now:
            frame = QFrame()
            frame.setProperty("kind", kind)
            frame.setLayout(column(label(text)))
            inner = frame.layout()
            if inner is not None:
                inner.setContentsMargins(12, 8, 12, 8)
            self._box.addWidget(frame)
        self.setVisible(bool(now))


class Empty(QWidget):
    """What to do where there is nothing yet: a picture, one sentence and the buttons for it."""

    def __init__(self, icon: str, text: str, *buttons: QPushButton) -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(theme.icon(icon, theme.current().quiet).pixmap(QSize(36, 36)))
        picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words = label(text, "empty")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(picture, words, *buttons, gap=10)
        layout.setContentsMargins(8, 12, 8, 4)
        self.setLayout(layout)


class EnergyBar(QWidget):
    """How much of the battery a flight needs, with the reserve marked that must stay."""

    def __init__(self) -> None:
        super().__init__()
        self._used: float | None = None
        self._reserve = 0.25
        self._home: float | None = None
        self.setFixedHeight(14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_use(
        self, used_fraction: float | None, reserve_fraction: float, home_fraction: float | None = None
    ) -> None:
        """Show the part of the battery that is used, None for not known, and what the dearest way home takes."""
        self._used, self._reserve, self._home = used_fraction, reserve_fraction, home_fraction
        self.update()

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Bar, the reserve at its right end, and before it where the dearest way home must begin (amber)."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width, top, height = self.width(), 3.0, 8.0
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(QRectF(0, top, width, height), 4, 4)
        limit = width * (1 - self._reserve)
        if self._used is not None:
            over = self._used > 1 - self._reserve
            painter.setBrush(QColor(colours.alarm if over else colours.accent))
            painter.drawRoundedRect(QRectF(0, top, max(6.0, width * min(1.0, self._used)), height), 4, 4)
        if self._home is not None and self._home > 0:
            painter.setBrush(QColor(colours.amber))
            painter.drawRect(QRectF(max(0.0, limit - width * self._home) - 1, 2, 2, 10))
        painter.setBrush(QColor(colours.text))
        painter.drawRect(QRectF(limit - 1, 0, 2, 14))
        painter.end()
