"""The search field: a list of places while one types, Enter goes to the first or to the chosen one."""

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QCompleter, QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from gui import theme
from planner.formats.ports import FoundPlace, find_places

PLACE_ROLE = Qt.ItemDataRole.UserRole + 1


class PlaceSearch(QLineEdit):
    """Finds ports by name or UN/LOCODE, and positions as people write them."""

    chosen = pyqtSignal(FoundPlace)
    searched = pyqtSignal(str)
    """Enter on something that no place is known for."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Go to: port, 51.95, 4.05, MGRS")
        self.setToolTip(
            "A port's name or UN/LOCODE, a latitude and longitude (51.95, 4.05 or 51°57.0'N 4°03.0'E), "
            "or an MGRS square (Ctrl+F)"
        )
        self.setClearButtonEnabled(True)
        self.addAction(theme.icon("magnify", theme.current().quiet), QLineEdit.ActionPosition.LeadingPosition)
        self.found = QStandardItemModel(self)
        self.list = QListView()
        self.list.setObjectName("placeList")
        self.list.setUniformItemSizes(True)
        completer = QCompleter(self.found, self)
        completer.setPopup(self.list)
        self.list.setItemDelegate(_PlaceDelegate(self.list))  # the completer sets one of its own
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated[QModelIndex].connect(self._choose)
        completer.setWidget(self)
        self._completer = completer
        self.textEdited.connect(self._look)
        self.returnPressed.connect(self._go)

    def places(self) -> list[FoundPlace]:
        """What the list shows."""
        return [self.found.index(row, 0).data(PLACE_ROLE) for row in range(self.found.rowCount())]

    def _look(self, text: str) -> None:
        self.found.clear()
        for place in find_places(text) if len(text.strip()) > 1 else ():
            item = QStandardItem(place.name)
            item.setData(place, PLACE_ROLE)
            self.found.appendRow(item)
        if self.found.rowCount():
            self._completer.complete()
        else:
            self.list.hide()

    def _choose(self, index: QModelIndex) -> None:
        place = index.data(PLACE_ROLE)
        if isinstance(place, FoundPlace):
            self._tell(place)

    def _go(self) -> None:
        known = find_places(self.text(), most=1)
        if known:
            self._tell(known[0])
        elif self.text().strip():
            self.searched.emit(self.text())

    def _tell(self, place: FoundPlace) -> None:
        self.list.hide()
        self.setText(place.name)
        self.chosen.emit(place)


class _PlaceDelegate(QStyledItemDelegate):
    """A place's name, and at its right, in quiet ink, where it is."""

    @override
    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        place = index.data(PLACE_ROLE)
        if painter is None or not isinstance(place, FoundPlace):
            return
        painter.save()
        painter.setPen(QColor(theme.current().quiet))
        name_px = option.fontMetrics.horizontalAdvance(place.name)
        where = option.rect.adjusted(name_px + 24, 0, -12, 0)
        text = option.fontMetrics.elidedText(place.detail, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), 28)
