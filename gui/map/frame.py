"""The map with what floats on it: the page's tools, zoom, and short messages."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QLabel, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme, widgets
from gui.map.view import MapView

EDGE = 12
MESSAGE_MS = 7000
_ICONS = {"info": "information-outline", "amber": "alert-outline", "alarm": "alert-octagon-outline"}


class Message(QFrame):
    """One sentence above the map, with a cross; "info" goes away by itself."""

    def __init__(self, text: str, kind: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        self.kind = kind
        self.setProperty("kind", "floating")
        colours = theme.current()
        colour = {"amber": colours.amber, "alarm": colours.alarm}.get(kind, colours.accent)
        picture = QLabel()
        picture.setPixmap(theme.icon(_ICONS.get(kind, _ICONS["info"]), colour).pixmap(QSize(18, 18)))
        words = widgets.label(text)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setIcon(theme.icon("close", colours.quiet))
        close.setToolTip("Close this message")
        close.clicked.connect(self.deleteLater)
        line = widgets.row(picture, words, close, gap=10)
        line.setStretch(1, 1)
        line.setContentsMargins(12, 8, 8, 8)
        self.setLayout(line)
        if kind == "info":
            timer = QTimer(self)
            timer.timeout.connect(self.deleteLater)
            timer.start(MESSAGE_MS)


class MapFrame(QWidget):
    """Holds the one MapView; moves as a whole where a page wants the map."""

    def __init__(self, view: MapView) -> None:
        super().__init__()
        self.view = view
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(view)
        self._tools: QWidget | None = None
        self._zoom = self._zoom_box()
        self._messages = QWidget(self)
        self._stack = widgets.column(gap=6)
        self._messages.setLayout(self._stack)
        self._messages.installEventFilter(self)
        self._messages.hide()

    def set_tools(self, tools: QWidget | None) -> None:
        """Show a page's tools at the map's top left."""
        if self._tools is not None:
            self._tools.hide()
        self._tools = tools
        if tools is not None:
            tools.setParent(self)
            tools.show()
        self._place()

    def say(self, text: str, kind: str = "info") -> None:
        """Show a message; the same message twice is shown once."""
        for message in self.messages():
            if message.text == text:
                message.setParent(None)
                message.deleteLater()
        self._stack.addWidget(Message(text, kind, self._messages))
        while len(self.messages()) > 4:
            oldest = self.messages()[0]
            oldest.setParent(None)
            oldest.deleteLater()
        self._messages.show()
        self._place()

    def messages(self) -> list[Message]:
        """The messages shown, oldest first."""
        found = [self._stack.itemAt(i) for i in range(self._stack.count())]
        return [w for item in found if item is not None and isinstance(w := item.widget(), Message)]

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Keep what floats in its corner."""
        super().resizeEvent(a0)
        self._place()

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """A message came or went."""
        if a1 is not None and a1.type() in (QEvent.Type.ChildRemoved, QEvent.Type.LayoutRequest):
            self._place()
        return False

    def _zoom_box(self) -> QWidget:
        box = QFrame(self)
        box.setProperty("kind", "floating")
        inside = widgets.column(gap=0)
        for icon, tip, steps in (("plus", "Zoom in (+)", 1.0), ("minus", "Zoom out (-)", -1.0)):
            knob = QToolButton()
            knob.setIcon(theme.icon(icon))
            knob.setIconSize(QSize(18, 18))
            knob.setToolTip(tip)
            knob.clicked.connect(lambda _=False, by=steps: self.view.zoom_by(by))
            inside.addWidget(knob)
        inside.setContentsMargins(3, 3, 3, 3)
        box.setLayout(inside)
        return box

    def _place(self) -> None:
        self._zoom.adjustSize()
        self._zoom.move(self.width() - self._zoom.width() - EDGE, EDGE)
        self._zoom.raise_()
        if self._tools is not None:
            self._tools.adjustSize()
            self._tools.move(EDGE, EDGE)
            self._tools.raise_()
        if not self.messages():
            self._messages.hide()
            return
        left = EDGE * 2 + (self._tools.width() if self._tools is not None else 0)
        width = max(200, min(560, self.width() - left - self._zoom.width() - 2 * EDGE))
        self._messages.setFixedWidth(width)
        self._messages.resize(width, self._stack.heightForWidth(width))
        self._messages.move(max(left, (self.width() - width) // 2), EDGE)
        self._messages.raise_()
