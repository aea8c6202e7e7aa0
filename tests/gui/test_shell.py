import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, QSettings, Qt
from PyQt6.QtWebEngineCore import QWebEngineProfile
from PyQt6.QtWidgets import QLabel

from gui import theme
from gui.app import ErrorReporter
from gui.background import Background
from gui.main_window import MainWindow
from gui.map.scheme import Guard
from gui.pages import Page
from gui.palette import matches
from gui.plan.page import PlanPage
from planner.geo.points import LatLon, distance_m
from tests.gui.hands import key, painted, press, type_in, wait_for
from tests.gui.planning import SQUARE, Chooser

CTRL = Qt.KeyboardModifier.ControlModifier


class OtherPage(Page):
    """The least a page can be."""

    key = "other"
    word = "Other"
    icon = "airplane"


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)
@pytest.mark.parametrize("ink", ["text", "quiet", "accent", "alarm", "amber", "good"])
def test_text_has_contrast_on_every_ground(colours: theme.Theme, ink: str) -> None:
    for ground in ("background", "panel", "raised"):
        assert theme.contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5, ground


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)
def test_figures_and_buttons_have_more(colours: theme.Theme) -> None:
    assert theme.contrast(colours.text, colours.panel) >= 7
    assert theme.contrast(colours.on_accent, colours.accent) >= 4.5
    assert theme.contrast(colours.text, colours.hover) >= 4.5
    assert theme.contrast(colours.grey, colours.panel) >= 4.5


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)
def test_the_style_sheet_leaves_no_colour_unnamed(colours: theme.Theme) -> None:
    assert "$" not in theme.style_sheet(colours).split("*/", 1)[1]


def test_the_window_opens_without_the_heavy_libraries() -> None:
    code = (
        "import sys, gui.app, gui.plan.page\n"
        "heavy = {'torch', 'cv2', 'openvino', 'ultralytics', 'pyogrio', 'folium'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_the_map_keeps_its_place_when_the_page_changes(
    guarded: tuple[QWebEngineProfile, Guard], settings: QSettings
) -> None:
    window = MainWindow(guarded[0], [PlanPage, OtherPage], settings)
    window.show_page("plan")
    window.show()
    wait_for(lambda: window.map.is_ready)
    window.map.look_at(LatLon(54.1, 7.0), 14)
    wait_for(lambda: window.map.zoom == 14)
    key(window, Qt.Key.Key_2, CTRL)
    assert window.current_page is window.page("other")
    painted(window.map)
    wait_for(lambda: distance_m(window.map.centre, LatLon(54.1, 7.0)) < 5)
    key(window, Qt.Key.Key_1, CTRL)
    assert window.current_page is window.page("plan")
    window.close()
    window.deleteLater()


def test_place_and_panel_are_remembered(window: MainWindow, settings: QSettings) -> None:
    window.map.look_at(LatLon(51.95, 4.05), 12)
    wait_for(lambda: settings.value("map/zoom") is not None and float(settings.value("map/zoom")) == 12)
    assert float(settings.value("map/lat_deg")) == pytest.approx(51.95, abs=1e-3)


def test_the_palette_finds_an_action_by_parts_of_its_name(window: MainWindow, plan_page: PlanPage) -> None:
    window.open_palette()
    type_in(window._palette.field, "samp por")
    key(window._palette.field, Qt.Key.Key_Return)
    wait_for(lambda: bool(plan_page.presenter.draft.areas))
    assert not window._palette.isVisible()


@pytest.mark.parametrize(("typed", "found"), [("dr ar", True), ("area", True), ("rea", False), ("", True)])
def test_palette_words_match_from_their_beginning(typed: str, found: bool) -> None:
    assert matches(typed, "Draw an area") is found


def test_a_place_that_is_not_understood_is_said_above_the_map(window: MainWindow) -> None:
    window.go_to("qqqq")
    assert "not understood" in window.messages()[0]


def test_closing_with_something_unsaved_asks_and_saves(window: MainWindow, plan_page: PlanPage, tmp_path: Path) -> None:
    plan_page.presenter.add_drawn("polygon", SQUARE)
    window.close()
    assert window.isVisible()
    plan_page.files = Chooser(tmp_path / "kept.plan")
    press(window.close_prompt.save_button)
    wait_for(lambda: not window.isVisible())
    assert (tmp_path / "kept.plan").is_file()


def test_staying_keeps_everything(window: MainWindow, plan_page: PlanPage) -> None:
    plan_page.presenter.add_drawn("polygon", SQUARE)
    window.close()
    press(window.close_prompt.stay_button)
    assert window.isVisible()
    assert len(plan_page.presenter.draft.areas) == 1


def test_work_comes_back_on_the_windows_thread_and_only_the_latest(qapp: QObject) -> None:
    background = Background()
    heard: list[tuple[int, bool]] = []
    here = threading.get_ident()
    for number in range(5):
        background.latest(
            "k",
            lambda n=number: (n, threading.get_ident() != here),  # type: ignore[misc]  # bound now
            heard.append,
            lambda _: None,
            after_ms=5,
        )
    wait_for(lambda: bool(heard) and background.busy == 0)
    assert heard == [(4, True)]
    background.close()


def test_failed_work_is_told_as_its_error(qapp: QObject) -> None:
    background = Background()
    errors: list[Exception] = []
    background.run(lambda: 1 / 0, lambda _: None, errors.append)
    wait_for(lambda: bool(errors))
    assert isinstance(errors[0], ZeroDivisionError)
    background.close()


def test_an_unexpected_error_is_shown_and_the_program_goes_on(qapp: QObject) -> None:
    reporter = ErrorReporter()
    reporter.report(RuntimeError, RuntimeError("a slot failed"), None)
    assert reporter.dialog is not None
    assert reporter.dialog.isVisible()
    reporter.dialog.accept()
    assert reporter.dialog is None


def test_the_same_message_is_shown_once(window: MainWindow) -> None:
    window.say("One", "alarm")
    window.say("Two")
    window.say("One", "alarm")
    assert window.messages() == ["Two", "One"]


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("link", "No vehicle is connected."),
        ("case", "No case is open."),
        ("clock", "Middle of the map: sunrise"),
        ("job", "40 % done"),
    ],
)
def test_each_word_of_the_bottom_line_opens_its_own_details(window: MainWindow, word: str, says: str) -> None:
    window.map.look_at(LatLon(10.0, 4.0))
    wait_for(lambda: abs(window.map.centre.lat_deg - 10) < 1)
    window.set_job("Reading the footage", 0.4, lambda: None)
    line = window._status
    press(getattr(line, word))
    assert line.details is not None
    assert says in "\n".join(label.text() for label in line.details.findChildren(QLabel))
    line.details.close()


def test_a_job_is_stopped_and_a_page_is_shown_from_the_details(window: MainWindow) -> None:
    stopped: list[str] = []
    window.set_job("Reading the footage", None, lambda: stopped.append("job"))
    line = window._status
    press(line.job)
    assert line.details is not None
    next(action for action in line.details.actions() if action.text() == "Stop this job").trigger()
    assert stopped == ["job"]
    line.details.close()
    window.set_link("tcp:127.0.0.1:5760", "Last heard 0.2 s ago\nBattery 80 %")
    assert "Battery 80 %" in line.link.toolTip()
    press(line.link)
    assert "Last heard 0.2 s ago" in [label.text() for label in line.details.findChildren(QLabel)]
    line.details.close()
