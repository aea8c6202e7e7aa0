"""The queue on the left: contacts with thumbnail, flags and verdict."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import QColor, QFont, QPainter, QPixmap
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.review.marks import WORDS, paint
from gui.review.presenter import Filter, QueueRow

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """The rows of the queue, and their thumbnails as they come in."""

    def __init__(self, wants_thumbnail: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[QueueRow, ...] = ()
        self._pixmaps: dict[str, QPixmap] = {}
        self._asked: set[str] = set()
        self._wants_thumbnail = wants_thumbnail

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.title}, {WORDS[row.mark]}, {row.detail}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{row.title}: {WORDS[row.mark]}"
            case _ if role == ROW_ROLE:
                return row
            case _:
                return None

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Shows other rows; only resets the view if contacts came or went."""
        new = tuple(rows)
        if [r.contact_id for r in new] == [r.contact_id for r in self._rows]:
            self._rows = new
            if new:
                self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def rows(self) -> tuple[QueueRow, ...]:
        """The rows on show."""
        return self._rows

    def pixmap(self, sighting_id: str) -> QPixmap | None:
        """A thumbnail; asks for it once if it is not there."""
        found = self._pixmaps.get(sighting_id)
        if found is None and sighting_id not in self._asked:
            self._asked.add(sighting_id)
            self._wants_thumbnail(sighting_id)
        return found

    def set_thumbnail(self, sighting_id: str, pixmap: QPixmap) -> None:
        """A thumbnail came in."""
        self._pixmaps[sighting_id] = pixmap
        for number, row in enumerate(self._rows):
            if row.thumbnail_sighting_id == sighting_id:
                self.dataChanged.emit(self.index(number), self.index(number))

    def forget_thumbnails(self) -> None:
        """Another case: none of the thumbnails holds any more."""
        self._pixmaps.clear()
        self._asked.clear()


class QueueDelegate(QStyledItemDelegate):
    """Paints a row: thumbnail, mark, title, why, score."""

    HEIGHT = 68
    THUMB = 56

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, self.HEIGHT)

    @override
    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if painter is None or not isinstance(row, QueueRow):
            return
        colours = theme.current()
        painter.save()
        area = option.rect.adjusted(6, 2, -6, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colours.hover))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), QColor(colours.accent))
        thumb = QRect(area.left() + 8, area.top() + 4, self.THUMB, self.THUMB)
        self._paint_thumbnail(painter, index, row, thumb)
        left = thumb.right() + 10
        mark = QRectF(left, area.top() + 10, 12, 12)
        paint(painter, row.mark, mark, colours)
        self._paint_words(painter, row, QRect(left, area.top() + 6, area.right() - left - 4, area.height() - 10))
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, index: Index, row: QueueRow, where: QRect) -> None:
        model = index.model()
        pixmap = model.pixmap(row.thumbnail_sighting_id) if isinstance(model, QueueModel) else None
        if pixmap is None:
            painter.fillRect(where, QColor(theme.current().raised))
        else:
            painter.drawPixmap(where, pixmap)

    def _paint_words(self, painter: QPainter, row: QueueRow, where: QRect) -> None:
        colours = theme.current()
        font = QFont(painter.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        title = where.adjusted(20, 0, -40, 0)
        metrics = painter.fontMetrics()
        painter.drawText(title, 0, metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, title.width()))
        if row.score > 0:
            score = where.adjusted(where.width() - 40, 0, 0, 0)
            painter.drawText(score, Qt.AlignmentFlag.AlignRight, f"{row.score:.2f}")
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colours.quiet))
        detail = where.adjusted(0, 22, 0, 0)
        painter.drawText(detail, Qt.TextFlag.TextWordWrap, row.detail)


class QueuePanel(QWidget):
    """Filter chips, what is left to do, and the list."""

    contact_chosen = pyqtSignal(str)
    filters_changed = pyqtSignal(object)
    thumbnail_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leftPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = QueueModel(self.thumbnail_wanted.emit, self)
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(QueueDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the page owns the keys
        self.view.setAccessibleName("Contacts to review")
        self.view.clicked.connect(self._clicked)
        self.left = 0
        """How many contacts are still to be reviewed."""
        self._left = QLabel("")
        self._left.setProperty("kind", "section")
        self._chips = {wanted: self._chip(wanted) for wanted in Filter}
        self._lay_out()

    def show_rows(self, rows: Sequence[QueueRow], *, left: int, total: int) -> None:
        """Shows the queue with the current row in view."""
        self.left = left
        self.model.set_rows(rows)
        self._left.setText(f"{left} of {total} to review" if left else f"All {total} reviewed")
        current = next((n for n, row in enumerate(rows) if row.current), None)
        selection = self.view.selectionModel()
        if selection is None:
            return
        if current is None:
            selection.clear()
            return
        index = self.model.index(current)
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.scrollTo(index)

    def _clicked(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, QueueRow):
            self.contact_chosen.emit(row.contact_id)

    def _chip(self, wanted: Filter) -> QToolButton:
        chip = QToolButton()
        chip.setText(wanted.value.capitalize())
        chip.setCheckable(True)
        chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        chip.setToolTip(
            f"Show only contacts that are {wanted.value}" if wanted is not Filter.ZONE else "In a zone only"
        )
        chip.toggled.connect(self._chips_changed)
        return chip

    def _chips_changed(self, _checked: bool) -> None:  # noqa: FBT001  Qt's signature
        self.filters_changed.emit(frozenset(f for f, chip in self._chips.items() if chip.isChecked()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._left)
        head.addStretch()
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for chip in self._chips.values():
            chips.addWidget(chip)
        chips.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(8)
        for row in (head, chips):
            row.setContentsMargins(12, 0, 12, 0)
            box.addLayout(row)
        box.addWidget(self.view)
