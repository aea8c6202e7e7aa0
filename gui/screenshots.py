"""Pictures of the window for the documents: waits until the map is painted, then grabs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import QEventLoop, QSettings, QSize, QTimer
from PyQt6.QtWidgets import QApplication

from gui import theme
from gui.app import make_application, make_window
from gui.main_window import MainWindow, PageMaker
from planner.model.errors import QuaywatchError

PATIENCE_MS = 20_000
SETTLE_MS = 250
SIZE = QSize(1440, 900)


def open_window(
    argv: list[str],
    settings_file: Path,
    colours: theme.Theme = theme.DARK,
    makers: Sequence[PageMaker] | None = None,
) -> MainWindow:
    """A window for pictures, shown, with its map ready; it remembers in `settings_file`, not with the user's."""
    application = make_application(argv)
    theme.apply(application, colours)
    settings = QSettings(str(settings_file), QSettings.Format.IniFormat)
    window, _guard = make_window(application, settings, makers)
    window.resize(SIZE)
    window.show_page("plan")
    window.show()
    if not window.map.is_ready:
        _wait(window.map.ready.connect, "the map to come up")
    return window


def settle(window: MainWindow) -> None:
    """Wait until background work is done and the map has painted what it was told."""
    for _ in range(200):
        pause(50)
        if window.work.busy == 0:
            break
    pause(SETTLE_MS)
    if window.map.isVisible():
        _wait(window.map.when_painted, "the map to be painted")
    pause(SETTLE_MS)


def grab(window: MainWindow, path: Path) -> Path:
    """Save a picture of the window once it has settled.

    Raises:
        QuaywatchError: the map did not come up, or the file cannot be written.
    """
    settle(window)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(path)):
        raise QuaywatchError(f"{path}: the picture cannot be written")
    return path


def plan_pictures(folder: Path, makers: Sequence[PageMaker] | None = None) -> list[Path]:
    """The Plan page with the sample port, dark and light, and empty."""
    from gui.plan.page import PlanPage

    window = open_window(["quaywatch"], folder / ".settings.ini", makers=makers)
    page = window.page("plan")
    made = [grab(window, folder / "plan-empty.png")]
    if isinstance(page, PlanPage):
        page.presenter.open_sample()
        made.append(grab(window, folder / "plan.png"))
        window.set_mode(theme.Mode.LIGHT)
        made.append(grab(window, folder / "plan-light.png"))
    (folder / ".settings.ini").unlink(missing_ok=True)
    return made


def pause(milliseconds: int) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait(begin: Callable[[Callable[[], None]], object], what: str) -> None:
    loop = QEventLoop()
    late = QTimer()
    late.setSingleShot(True)
    late.timeout.connect(lambda: loop.exit(1))
    late.start(PATIENCE_MS)
    begin(loop.quit)
    if loop.exec() != 0:
        raise QuaywatchError(f"waited {PATIENCE_MS // 1000} s in vain for {what}")
    QApplication.processEvents()
