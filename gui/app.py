"""Starts the window."""

import importlib
import importlib.util
import logging
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QDialog, QPlainTextEdit

from gui import theme, widgets
from gui.main_window import MainWindow, PageMaker
from gui.map.scheme import Guard, make_profile, register_scheme

_PAGES = ("gui.plan.page:PlanPage", "gui.fly.page:FlyPage", "gui.review.page:ReviewPage", "gui.train.page:TrainPage")
_KEPT: list[QApplication] = []  # Qt does not keep its application alive; it must outlive every window
_log = logging.getLogger(__name__)


def run(
    argv: Sequence[str], *, open_case: Path | None = None, open_plan: Path | None = None, page: str | None = None
) -> int:
    """Show the window until it is closed.

    Args:
        argv: the command line, program name first; Qt takes its own options from it.
        open_case: a case to open in the Review page.
        open_plan: a plan to open in the Plan page.
        page: the page to begin with, "plan", "fly", "review" or "train"; None for the one shown last.

    Returns:
        The exit code, 0 when the window was closed.
    """
    application = make_application(argv)
    errors = ErrorReporter(application)
    errors.install()
    settings = QSettings()
    mode = theme.Mode(settings.value("window/colours", theme.Mode.DARK.value))
    theme.apply(application, theme.theme_for(mode, system_is_dark=theme.system_is_dark(application)))
    window, _guard = make_window(application, settings)
    errors.window = window
    window.show_page(page or str(settings.value("window/page", "plan")))
    if window.current_page is None:
        window.show_page("plan")
    if open_plan is not None:
        window.open_plan(open_plan)
    if open_case is not None:
        window.open_case(open_case)
    window.show()
    code = application.exec()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # the page goes before its profile
    return code


def make_application(argv: Sequence[str]) -> QApplication:
    """The QApplication, made the way the map needs it; the one that exists if there is one."""
    prepare_environment()
    register_scheme()
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(list(argv) or ["quaywatch"])
    application.setApplicationName("Quaywatch")
    application.setOrganizationName("Quaywatch")
    application.setDesktopFileName("quaywatch")
    _KEPT.append(application)
    return application


def prepare_environment() -> None:
    """What Chromium must find in the environment before it starts.

    Its sandbox cannot run as root and is switched off there alone; without a graphics card it paints in software.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    # OpenCV brings a Qt of its own and points at it; that one does not fit ours
    if "cv2" in os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", ""):
        del os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"]
    if not Path("/dev/dri").exists() and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QUICK_BACKEND", "software")
        flags = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
        if "--disable-gpu" not in flags:
            os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{flags} --disable-gpu".strip()


def make_window(
    application: QApplication, settings: QSettings, makers: Sequence[PageMaker] | None = None
) -> tuple[MainWindow, Guard]:
    """The window with its pages (all of them unless named), not shown yet, and the guard of the map's requests."""
    profile, guard = make_profile(application)
    return MainWindow(profile, page_makers() if makers is None else makers, settings), guard


def page_makers() -> list[PageMaker]:
    """The pages in their order."""
    makers: list[PageMaker] = []
    for name in _PAGES:
        module, _, class_name = name.partition(":")
        if importlib.util.find_spec(module) is not None:
            makers.append(getattr(importlib.import_module(module), class_name))
    return makers


class ErrorReporter(QObject):
    """Catches what nobody caught, writes it to the log and shows it; the program goes on.

    PyQt ends the process on an exception in a slot unless sys.excepthook is replaced.
    """

    _happened = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.window: MainWindow | None = None
        self.dialog: QDialog | None = None
        self._happened.connect(self._show)

    def install(self) -> None:
        """Take the place of Python's own hooks."""
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def report(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        """Log and show one error; Ctrl-C closes the window."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, where))
        _log.error("unexpected error\n%s", text)
        self._happened.emit(text)

    def _show(self, text: str) -> None:
        if self.dialog is not None:
            return
        self.dialog = QDialog(self.window)
        self.dialog.setWindowTitle("Unexpected error")
        self.dialog.setMinimumWidth(640)
        details = QPlainTextEdit(text)
        details.setReadOnly(True)
        copy = widgets.button("Copy", lambda: _copy(text), icon="content-copy")
        close = widgets.button("Go on", self.dialog.accept, kind="primary")
        self.dialog.setLayout(
            widgets.column(
                widgets.label("Something in Quaywatch failed that should not.", "section"),
                widgets.label("What you were doing may not be done. What was open is still open; save it.", "quiet"),
                details,
                widgets.row(copy, None, close),
                margin=20,
                gap=12,
            )
        )
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None


def _copy(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
