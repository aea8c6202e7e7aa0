"""The window for tests: the map's scheme before Qt starts, one profile, settings of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QSettings
from PyQt6.QtWidgets import QApplication

from gui.app import prepare_environment
from gui.map.scheme import Guard, make_profile, register_scheme

prepare_environment()
register_scheme()

from PyQt6.QtWebEngineCore import QWebEngineProfile  # noqa: E402

from gui import theme  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.plan.page import PlanPage  # noqa: E402
from tests.gui.hands import wait_for  # noqa: E402


@pytest.fixture(scope="session")
def guarded(qapp: QApplication) -> tuple[QWebEngineProfile, Guard]:
    """One profile for all tests, with its guard."""
    theme.apply(qapp, theme.DARK)
    return make_profile(qapp)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(guarded: tuple[QWebEngineProfile, Guard], settings: QSettings) -> Iterator[MainWindow]:
    """A window with the Plan page, shown, its map ready."""
    made = MainWindow(guarded[0], [PlanPage], settings)
    made.resize(1200, 800)
    made.show_page("plan")
    made.show()
    wait_for(lambda: made.map.is_ready)
    yield made
    made.discard_changes()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def plan_page(window: MainWindow) -> PlanPage:
    page = window.page("plan")
    assert isinstance(page, PlanPage)
    return page
