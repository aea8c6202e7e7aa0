"""Frame and map in one place: one fills it, the other is an inset; they change places."""

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from gui.review.frame_view import FrameView

MARGIN = 12


class Stage(QWidget):
    """Holds the frame and a box for the map. `map_is_large` tells which one fills the stage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = FrameView(self)
        self.map_box = QFrame(self)
        self.map_box.setObjectName("mapBox")
        self.map_layout = QVBoxLayout(self.map_box)
        self.map_layout.setContentsMargins(0, 0, 0, 0)
        self.caption = QLabel("", self)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setObjectName("caption")
        self.caption.setProperty("kind", "quiet")
        self.map_is_large = False

    def swap(self) -> None:
        """Lets map and frame change places."""
        self.map_is_large = not self.map_is_large
        self._place()
        if not self.map_is_large:
            self.frame.fit()

    def show_caption(self, text: str) -> None:
        """Says which frame is shown."""
        self.caption.setText(text)
        self.caption.adjustSize()
        self._place()

    def inset(self) -> QRect:
        """Where the smaller one lies."""
        size = QSize(max(220, min(380, self.width() // 3)), max(160, min(260, self.height() // 3)))
        return QRect(self.width() - size.width() - MARGIN, MARGIN, size.width(), size.height())

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._place()

    def _place(self) -> None:
        large, small = (self.map_box, self.frame) if self.map_is_large else (self.frame, self.map_box)
        large.setGeometry(self.rect())
        small.setGeometry(self.inset())
        small.raise_()
        self.caption.move(MARGIN, self.height() - self.caption.height() - MARGIN)
        self.caption.raise_()
