"""A button for what must not happen by accident: it acts after being held for a second."""

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from gui import theme

HOLD_MS = 1000
STEP_MS = 25


class HoldButton(QPushButton):
    """Emits `held` once, when mouse or space bar have been down for a second; letting go earlier does nothing."""

    held = pyqtSignal()

    def __init__(self, text: str, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        self.setMinimumHeight(44)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._advance)
        self._held_ms = 0

    @property
    def progress(self) -> float:
        """How much of the second is over, 0 to 1."""
        return min(1.0, self._held_ms / HOLD_MS)

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 44)

    @override
    def mousePressEvent(self, e: QMouseEvent | None) -> None:
        super().mousePressEvent(e)
        if e is not None and e.button() == Qt.MouseButton.LeftButton:
            self._begin()

    @override
    def mouseReleaseEvent(self, e: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(e)
        self._end()

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        super().keyPressEvent(a0)
        if a0 is not None and a0.key() == Qt.Key.Key_Space and not a0.isAutoRepeat():
            self._begin()

    @override
    def keyReleaseEvent(self, a0: QKeyEvent | None) -> None:
        super().keyReleaseEvent(a0)
        if a0 is not None and a0.key() == Qt.Key.Key_Space and not a0.isAutoRepeat():
            self._end()

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        super().paintEvent(a0)
        if self._held_ms <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().text))
        painter.drawRoundedRect(QRectF(4, self.height() - 6, (self.width() - 8) * self.progress, 3), 1.5, 1.5)
        painter.end()

    def _begin(self) -> None:
        if self.isEnabled():
            self._held_ms = 0
            self._timer.start()

    def _end(self) -> None:
        self._timer.stop()
        self._held_ms = 0
        self.update()

    def _advance(self) -> None:
        if not self.isEnabled():
            self._end()
            return
        self._held_ms += STEP_MS
        self.update()
        if self._held_ms >= HOLD_MS:
            self._end()
            self.held.emit()
