"""The strip of a contact's sightings: thumbnails with their times."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPixmap
from PyQt6.QtWidgets import QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.review.presenter import StripItem

_ID = Qt.ItemDataRole.UserRole


class SightingStrip(QWidget):
    """A row of thumbnails, the current one marked."""

    sighting_chosen = pyqtSignal(str)
    thumbnail_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setWrapping(False)
        self.list.setIconSize(QSize(96, 72))
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(4)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Sightings of this contact")
        self.list.itemClicked.connect(lambda item: self.sighting_chosen.emit(str(item.data(_ID))))
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 6, 8, 6)
        box.addWidget(self.list)
        self.setMinimumHeight(120)
        self._pixmaps: dict[str, QPixmap] = {}

    def show_items(self, items: Sequence[StripItem]) -> None:
        """Shows these sightings."""
        ids = [item.sighting_id for item in items]
        if ids != [self._id(n) for n in range(self.list.count())]:
            self._fill(items)
        for number, item in enumerate(items):
            if item.current:
                self.list.setCurrentRow(number)

    def set_thumbnail(self, sighting_id: str, pixmap: QPixmap) -> None:
        """A thumbnail came in."""
        self._pixmaps[sighting_id] = pixmap
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item is not None and item.data(_ID) == sighting_id:
                item.setIcon(QIcon(pixmap))

    def forget_thumbnails(self) -> None:
        """Another case."""
        self._pixmaps.clear()
        self.list.clear()

    def _fill(self, items: Sequence[StripItem]) -> None:
        self.list.clear()
        for shown in items:
            item = QListWidgetItem(shown.caption)
            item.setData(_ID, shown.sighting_id)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            item.setSizeHint(QSize(112, 100))
            self.list.addItem(item)
            pixmap = self._pixmaps.get(shown.sighting_id)
            if pixmap is None:
                self.thumbnail_wanted.emit(shown.sighting_id)
            else:
                item.setIcon(QIcon(pixmap))

    def _id(self, number: int) -> str:
        item = self.list.item(number)
        return "" if item is None else str(item.data(_ID))
