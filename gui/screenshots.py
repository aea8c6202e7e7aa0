"""Pictures of the window for the documents: waits until the map is painted, then grabs."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEventLoop, QSettings, QSize, QTimer
from PyQt6.QtGui import QColor, QPainter, QPixmap
from PyQt6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.app import make_application, make_window
from gui.main_window import MainWindow, PageMaker
from planner.geo.points import LocalFrame, centroid
from planner.model.drift import Flow
from planner.model.errors import QuaywatchError
from planner.model.patterns import Pattern, WatchPlace

if TYPE_CHECKING:
    from gui.plan.page import PlanPage

PATIENCE_MS = 20_000
SETTLE_MS = 250
SIZE = QSize(1440, 900)
_SHOWN_PATTERNS = (
    Pattern.CORRIDOR, Pattern.PERIMETER, Pattern.PATROL, Pattern.SECTOR, Pattern.ORBIT, Pattern.HULL, Pattern.AREA,
)  # fmt: skip


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


def plan_pictures(folder: Path, scratch: Path, makers: Sequence[PageMaker] | None = None) -> list[Path]:
    """The Plan page with the sample port, dark and light, and empty; what the window keeps goes into `scratch`."""
    from gui.plan.page import PlanPage

    scratch.mkdir(parents=True, exist_ok=True)
    window = open_window(["quaywatch"], scratch / "settings.ini", makers=makers)
    page = window.page("plan")
    made = [grab(window, folder / "plan-empty.png")]
    if isinstance(page, PlanPage):
        page.presenter.open_sample()
        made.append(grab(window, folder / "plan.png"))
        window.set_mode(theme.Mode.LIGHT)
        made.append(grab(window, folder / "plan-light.png"))
        made += _panel_pictures(window, page, folder)
    return made


def _panel_pictures(window: MainWindow, page: "PlanPage", folder: Path) -> list[Path]:
    """The side panel with each pattern beside each other, light and dark, and its conditions."""
    made = []
    for mode in (theme.Mode.LIGHT, theme.Mode.DARK):
        window.set_mode(mode)
        made.append(folder / f"plan-patterns-{mode.value}.png")
        panels = [_panel(window, page, pattern) for pattern in _SHOWN_PATTERNS]
        sheet = QPixmap(sum(p.width() for p in panels[:4]), 2 * panels[0].height())
        sheet.fill(QColor(theme.current().background))
        painter = QPainter(sheet)
        for number, panel in enumerate(panels):
            painter.drawPixmap(number % 4 * panel.width(), number // 4 * panel.height(), panel)
        painter.end()
        if not sheet.save(str(made[-1])):
            raise QuaywatchError(f"{made[-1]}: the picture cannot be written")
    return made


def _panel(window: MainWindow, page: "PlanPage", pattern: Pattern) -> QPixmap:
    """The side panel with a pattern in the practice harbour, scrolled to it; for AREA, to the conditions."""
    p = page.presenter
    p.open_sample()
    settle(window)
    frame = LocalFrame(centroid(p.draft.areas[0].area.outline))
    p.set_outlook("wind", Flow(5, 250))
    p.set_outlook("start_utc", datetime(2026, 6, 1, 9, 30, tzinfo=UTC))
    p.set_pattern(pattern)
    section: QWidget = page.panel.pattern
    if pattern is Pattern.AREA:
        section = page.panel.conditions
    elif pattern is Pattern.PATROL:
        places = [frame.to_place(x, y) for x, y in ((-150, -80), (120, 60), (0, 100))]
        p.set_parameter("watches", tuple(WatchPlace(f"Watch {n}", (at,)) for n, at in enumerate(places, start=1)))
        p.set_parameter("patrol_min", 12.0)
    elif pattern is Pattern.PERIMETER:
        p.set_plan("stand_off_m", -30.0)
    elif pattern in (Pattern.ORBIT, Pattern.HULL):
        p.delete_area(p.draft.areas[0].id)  # it would be the fence
        p.set_parameter("at", frame.to_place(40, -40))
    elif pattern is Pattern.SECTOR:
        p.set_parameter("datum", frame.to_place(-40, 0))
        p.set_parameter("elapsed_min", 20.0)
    settle(window)
    bar = page.panel.above.verticalScrollBar()
    if bar is not None:
        bar.setValue(section.y() - 12)
    settle(window)
    return page.panel.grab()


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
