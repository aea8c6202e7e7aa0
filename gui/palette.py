"""The command palette: every action by name, with its key."""

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QModelIndex, QObject, Qt
from PyQt6.QtGui import QAction, QColor, QKeyEvent, QPainter
from PyQt6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from gui import theme, widgets

KEY_ROLE = Qt.ItemDataRole.UserRole + 1


def matches(typed: str, name: str) -> bool:
    """Whether every word typed begins somewhere in the name.

    >>> matches("dr ar", "Draw an area")
    True
    """
    words = name.lower().split()
    return all(any(word.startswith(part) for word in words) for part in typed.lower().split())


class KeyDelegate(QStyledItemDelegate):
    """Writes an action's key at the right end of its line."""

    @override
    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        if painter is None:
            return
        painter.save()
        painter.setPen(QColor(theme.current().quiet))
        where = option.rect.adjusted(0, 0, -12, 0)
        painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data(KEY_ROLE) or "")
        painter.restore()


class Palette(QFrame):
    """A field over a list; Enter does the chosen one, Esc closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setProperty("kind", "floating")
        self._actions: Sequence[QAction] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText("What to do: type a part of its name")
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(KeyDelegate(self.list))
        self.setLayout(widgets.column(self.field, self.list, margin=8))
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._do)
        self.list.itemClicked.connect(lambda _: self._do())
        self.field.installEventFilter(self)
        self.hide()

    def open_with(self, actions: Sequence[QAction]) -> None:
        """Show the palette over the window with these actions."""
        self._actions = [a for a in actions if a.text()]
        self.field.clear()
        self._fill()
        parent = self.parentWidget()
        if parent is not None:
            width = min(560, parent.width() - 80)
            self.setGeometry((parent.width() - width) // 2, 64, width, min(440, parent.height() - 120))
        self.show()
        self.raise_()
        self.field.setFocus()

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Arrows move in the list, Esc and leaving close."""
        if isinstance(a1, QKeyEvent) and a1.type() == QEvent.Type.KeyPress:
            if a1.key() == Qt.Key.Key_Escape:
                self._close()
                return True
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(a1.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        if a1 is not None and a1.type() == QEvent.Type.FocusOut and not self.list.hasFocus():
            self.hide()
        return False

    def _fill(self) -> None:
        self.list.clear()
        for action in self._actions:
            if not matches(self.field.text(), action.text()):
                continue
            item = QListWidgetItem(action.icon(), action.text())
            item.setData(KEY_ROLE, action.shortcut().toString())
            item.setData(Qt.ItemDataRole.UserRole, action)
            if not action.isEnabled():
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        action = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        self._close()
        if isinstance(action, QAction) and action.isEnabled():
            action.trigger()

    def _close(self) -> None:
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()
