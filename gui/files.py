"""Asks for files without blocking the window."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QFileDialog, QWidget


class FileChooser:
    """Opens the file dialog; the folder used last is remembered. Tests put something else in its place."""

    def __init__(self, settings: QSettings, key: str) -> None:
        self._settings = settings
        self._key = f"{key}/folder"

    def open_files(self, parent: QWidget, title: str, kinds: str, chosen: Callable[[list[Path]], None]) -> None:
        """Ask for files to read; `kinds` as Qt writes filters, "Plans (*.plan)"."""
        dialog = self._dialog(parent, title, kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._chosen([Path(n) for n in names], chosen))
        dialog.open()

    def open_folder(self, parent: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
        """Ask for a folder."""
        dialog = self._dialog(parent, title, "")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(lambda names: self._chosen([Path(n) for n in names], lambda p: chosen(p[0])))
        dialog.open()

    def save_file(
        self, parent: QWidget, title: str, suggested: Path, kinds: str, chosen: Callable[[Path], None]
    ) -> None:
        """Ask where to write a file; the dialog asks before another file is written over."""
        dialog = self._dialog(parent, title, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suggested.suffix.lstrip("."))
        dialog.selectFile(str(suggested))
        dialog.filesSelected.connect(lambda names: self._chosen([Path(n) for n in names], lambda p: chosen(p[0])))
        dialog.open()

    def _dialog(self, parent: QWidget, title: str, kinds: str) -> QFileDialog:
        dialog = QFileDialog(parent, title, str(self._settings.value(self._key, str(Path.home()))))
        if kinds:
            dialog.setNameFilter(kinds)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _chosen(self, paths: list[Path], chosen: Callable[[list[Path]], None]) -> None:
        if paths:
            self._settings.setValue(self._key, str(paths[0].parent))
            chosen(paths)
