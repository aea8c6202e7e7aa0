"""The lines around the pages: rail at the left, title line above; the line below is in gui/status.py."""

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFrame, QSizePolicy, QToolButton

from gui import theme, widgets
from gui.search import PlaceSearch


class Rail(QFrame):
    """Icon and word for each page, settings at the bottom."""

    WIDTH = 72

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(self.WIDTH)
        self._box = widgets.column(gap=4)
        self._box.setContentsMargins(0, 8, 0, 8)
        self._box.addStretch(1)
        self.setLayout(self._box)
        self._count = 0

    def add(self, action: QAction, word: str) -> QToolButton:
        """A button for a page; the action is checkable."""
        made = self._button(action, word)
        self._box.insertWidget(self._count, made)
        self._count += 1
        return made

    def add_below(self, action: QAction, word: str) -> QToolButton:
        """A button at the bottom."""
        made = self._button(action, word)
        self._box.addWidget(made)
        return made

    def _button(self, action: QAction, word: str) -> QToolButton:
        made = QToolButton()
        made.setDefaultAction(action)
        action.setIconText(word)
        made.setIconSize(QSize(24, 24))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        return made


class TopLine(QFrame):
    """Title of what is open, whether it is saved, the search field, help."""

    def __init__(self, help_action: QAction) -> None:
        super().__init__()
        self.setObjectName("topLine")
        self.setFixedHeight(48)
        self.title = widgets.label(wrap=False)
        self.title.setObjectName("title")
        self.unsaved = widgets.label("unsaved", wrap=False)
        self.unsaved.setObjectName("unsaved")
        self.search = PlaceSearch()
        self.search.setFixedWidth(320)
        line = widgets.row(self.title, self.unsaved, None, self.search, widgets.tool_button(help_action), gap=10)
        line.setContentsMargins(16, 0, 12, 0)
        self.setLayout(line)

    def show_title(self, title: str, *, unsaved: bool) -> None:
        """Show what is open."""
        self.title.setText(f"{title} *" if unsaved else title)
        self.unsaved.setVisible(unsaved)


class RibbonLine(QFrame):
    """A line in the accent's colour above all pages while an exam is on, with a button at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ribbon")
        self.words = widgets.label(wrap=False)
        self.words.setFont(theme.figures(self.words.font()))
        self._press: Callable[[], object] | None = None
        self.button = widgets.button("", lambda: self._press() if self._press else None)
        line = widgets.row(self.words, None, self.button)
        line.setContentsMargins(16, 4, 12, 4)
        self.setLayout(line)
        self.hide()

    def show_text(self, text: str, button: str, press: Callable[[], object] | None) -> None:
        """Show a text and what the button is for; an empty text hides the line."""
        self.words.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._press = press
        self.setVisible(bool(text))
