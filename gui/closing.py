"""The question when the window is closed with something unsaved: nothing is lost without a word."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QWidget

from gui import widgets
from gui.pages import Page


class ClosePrompt(QDialog):
    """Save and close, close without saving, or stay."""

    def __init__(self, parent: QWidget, page: Page, close: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unsaved changes")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._page = page
        self._then_close = close
        words = widgets.label(f"{page.title()} has changes that are not saved.", "section")
        more = widgets.label("Save writes them to the file; without saving they are gone.", "quiet")
        self.save_button = widgets.button("Save and close", self._save, kind="primary")
        self.discard_button = widgets.button("Close without saving", self._discard, kind="danger")
        self.stay_button = widgets.button("Stay", self.reject)
        self.setLayout(
            widgets.column(
                words,
                more,
                widgets.row(self.discard_button, None, self.stay_button, self.save_button),
                margin=20,
                gap=12,
            )
        )
        self.save_button.setDefault(True)
        self.save_button.setFocus()

    def _save(self) -> None:
        self.accept()
        self._page.save(self._then_close)

    def _discard(self) -> None:
        self.accept()
        self._then_close()
