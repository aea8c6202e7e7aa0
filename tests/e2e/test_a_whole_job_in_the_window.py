"""One patrol by hand, from the sample port to a review, with mouse and keys in the real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QModelIndex, QPoint, QSettings, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from detection.case import CaseView
from detection.case.values import Review, Verdict
from gui.app import make_window, prepare_environment
from gui.fly.deck import StationDeck
from gui.fly.page import FlyPage
from gui.fly.seam import Step
from gui.main_window import MainWindow
from gui.map.scheme import register_scheme
from gui.pages import Page
from gui.plan.page import PlanPage
from gui.review.page import ReviewPage
from planner.formats.missions import read_plan
from planner.model.plan import Pattern
from tests.e2e.support import told

prepare_environment()
register_scheme()  # before there is a QApplication

COARSE_CM = 8.0
SPEEDUP = 30.0
NOTE = "Stays Close to the zone; Unsure crew"
"""With the letters of the three verdict keys."""


class Chooser:
    """Answers the file dialog at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save_file(
        self, _parent: QWidget, _title: str, _name: Path, _kinds: str, chosen: Callable[[Path], None]
    ) -> None:
        chosen(self.path)


class Hand:
    """Mouse and keys of one person who waits for what follows."""

    def __init__(self, bot: QtBot, window: MainWindow) -> None:
        self._bot = bot
        self.window = window

    def until(self, is_so: Callable[[], bool], within_s: float = 30.0) -> None:
        self._bot.waitUntil(is_so, timeout=round(1000 * within_s))

    def push(self, button: QAbstractButton) -> None:
        """Presses a button as soon as it can be pressed."""
        self.until(lambda: button.isVisible() and button.isEnabled())
        self._bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def click(self, widget: QWidget, at: QPoint) -> None:
        self._bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)

    def hold(self, button: QAbstractButton, is_so: Callable[[], bool]) -> None:
        """Presses a button and lets go when something is so."""
        self.until(button.isEnabled)
        self._bot.mousePress(button, Qt.MouseButton.LeftButton)
        self.until(is_so)
        self._bot.mouseRelease(button, Qt.MouseButton.LeftButton)

    def key(self, which: Qt.Key) -> None:
        self._bot.keyClick(self.window.focusWidget() or self.window, which)

    def write(self, text: str) -> None:
        """Types where the cursor is."""
        focused = self.window.focusWidget()
        assert focused is not None
        self._bot.keyClicks(focused, text)


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    def fly_page(shell: MainWindow) -> Page:
        return FlyPage(shell, StationDeck(tmp_path / "flights", speedup=SPEEDUP))

    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made, guard = make_window(qapp, settings, [PlanPage, fly_page, ReviewPage])  # type: ignore[list-item]  # a window is a shell
    made.resize(1360, 860)
    made.show_page("plan")
    made.show()
    made.activateWindow()
    yield made
    made.discard_changes()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert guard.refused == []


def plan_by_hand(hand: Hand, path: Path) -> None:
    """Opens the sample port, makes the pictures coarse and saves."""
    page = hand.window.page("plan")
    assert isinstance(page, PlanPage)
    page.files = Chooser(path)  # type: ignore[assignment]  # answers like it
    hand.until(lambda: hand.window.map.is_ready)
    hand.push(page.buttons["sample"])
    hand.push(page.panel.pattern.cards[Pattern.AREA])
    page.panel.camera.gsd.setFocus()
    page.panel.camera.gsd.selectAll()
    hand.write(f"{COARSE_CM:g}")
    hand.key(Qt.Key.Key_Return)
    hand.until(lambda: page.panel.verdict.more.text().startswith("110 m high"))
    hand.push(page.buttons["save"])
    hand.until(lambda: path.is_file() and not page.unsaved())
    hand.push(page.buttons["send"])


def fly_by_hand(hand: Hand) -> None:
    """Starts the practice drone, sends, ticks, holds to start and follows it to the ground."""
    page = hand.window.page("fly")
    assert isinstance(page, FlyPage)
    hand.until(lambda: hand.window.current_page is page)
    hand.push(page.panel.practice_button)
    hand.push(page.panel.upload_button)
    hand.until(lambda: page.panel.verdict.text() == "Stored")
    assert not page.panel.start_button.isEnabled()
    hand.until(lambda: page.panel.check_box("settings-accepted") is not None)  # its battery failsafe is off
    for line in ("settings-accepted", "airspace", "airframe"):
        box = page.panel.check_box(line)
        assert box is not None
        hand.push(box)
    hand.hold(page.panel.start_button, lambda: page.presenter.step in {Step.STARTING, Step.FLYING})
    hand.until(lambda: page.presenter.step is Step.LANDED, within_s=90)
    hand.push(page.panel.review_button)


def review_by_hand(hand: Hand) -> None:
    """Waits for the vessels, chooses the last in the queue, writes why and decides by key."""
    page = hand.window.page("review")
    assert isinstance(page, ReviewPage)
    view = page.queue.view
    model = view.model()
    assert model is not None
    hand.until(lambda: page.stage.isVisible() and model.rowCount(QModelIndex()) > 0, within_s=90)
    last = model.index(model.rowCount(QModelIndex()) - 1, 0)
    view.scrollTo(last)
    viewport = view.viewport()
    assert viewport is not None
    hand.click(viewport, view.visualRect(last).center())
    hand.key(Qt.Key.Key_N)
    hand.until(page.panel.note.hasFocus)
    hand.write(NOTE)
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_S)
    hand.until(lambda: any("stored" in text for text in hand.window.messages()))


def reviews_in(case: Path) -> list[Review]:
    with CaseView.open_read_only(case) as view:
        return [review for item in view.queue() for review in view.reviews_of(item.contact.contact_id)]


@pytest.mark.model
@pytest.mark.timeout(240)
def test_the_sample_port_is_planned_flown_and_reviewed_by_hand(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    hand = Hand(qtbot, window)
    plan_by_hand(hand, tmp_path / "patrol.plan")
    assert read_plan(tmp_path / "patrol.plan").gsd_m == pytest.approx(COARSE_CM / 100)
    fly_by_hand(hand)
    review_by_hand(hand)
    (case,) = (tmp_path / "flights").glob("*/footage-case")
    (review,) = reviews_in(case)
    assert (review.verdict, review.note) == (Verdict.SUSPICIOUS, NOTE)
    window.close()
    assert told("case", "verify", case)["sound"] is True
