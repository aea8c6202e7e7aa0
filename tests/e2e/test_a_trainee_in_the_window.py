"""A trainee's first exam in the real window: started, planned with the defaults, sent, flown, passed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QSettings
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import make_window, prepare_environment
from gui.fly.deck import StationDeck
from gui.fly.page import FlyPage
from gui.fly.seam import Step
from gui.main_window import MainWindow
from gui.map.scheme import register_scheme
from gui.pages import Page
from gui.plan.page import PlanPage
from gui.train.exams import ExamHall
from gui.train.levels import SPEEDS
from gui.train.page import TrainPage
from gui.train.values import Standing
from tests.e2e.support import told
from tests.e2e.test_a_whole_job_in_the_window import Chooser, Hand

prepare_environment()
register_scheme()  # before there is a QApplication


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    def fly_page(shell: MainWindow) -> Page:
        return FlyPage(shell, StationDeck(tmp_path / "flights"))

    def train_page(shell: MainWindow) -> Page:
        return TrainPage(shell, ExamHall(tmp_path / "records"))

    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made, guard = make_window(qapp, settings, [PlanPage, fly_page, train_page])  # type: ignore[list-item]  # a window is a shell
    made.resize(1360, 860)
    made.show_page("train")
    made.show()
    made.activateWindow()
    yield made
    made.discard_changes()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert guard.refused == []


def begin(hand: Hand, page: TrainPage) -> None:
    """Chooses the first patrol at the greatest speed without pictures, and starts it."""
    hand.until(lambda: "first-patrol" in page.path.cards)
    hand.push(page.path.cards["first-patrol"])
    page.brief.speed.setCurrentIndex(len(SPEEDS) - 1)
    hand.click(page.brief.pictures, QPoint(8, page.brief.pictures.height() // 2))
    hand.push(page.brief.start_button)


def plan_with_the_defaults(hand: Hand, path: Path) -> None:
    """Saves and sends what the exam's place gives by itself."""
    page = hand.window.page("plan")
    assert isinstance(page, PlanPage)
    page.files = Chooser(path)  # type: ignore[assignment]  # answers like it
    hand.until(lambda: hand.window.current_page is page)
    hand.push(page.buttons["save"])
    hand.until(lambda: path.is_file() and not page.unsaved())
    hand.push(page.buttons["send"])


def fly_it(hand: Hand) -> None:
    """Sends, ticks and holds to start; the exam ends by itself."""
    page = hand.window.page("fly")
    assert isinstance(page, FlyPage)
    hand.until(lambda: hand.window.current_page is page)
    hand.push(page.panel.upload_button)
    hand.until(lambda: page.panel.verdict.text() == "Stored")
    hand.until(lambda: page.panel.check_box("settings-accepted") is not None)  # its battery failsafe is off
    for line in ("settings-accepted", "airspace", "airframe"):
        box = page.panel.check_box(line)
        assert box is not None
        hand.push(box)
    hand.hold(page.panel.start_button, lambda: page.presenter.step in {Step.STARTING, Step.FLYING})


@pytest.mark.timeout(120)
def test_a_trainee_passes_the_first_patrol_and_the_next_level_opens(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    hand, page = Hand(qtbot, window), window.page("train")
    assert isinstance(page, TrainPage)
    begin(hand, page)
    plan_with_the_defaults(hand, tmp_path / "patrol.plan")
    fly_it(hand)
    hand.until(lambda: page.debrief.is_shown, within_s=60)
    assert window.current_page is page
    assert page.past.heading.text() == "100 of 100, passed"
    hand.until(lambda: page.path.cards["keep-clear"].card.standing is Standing.OPEN)
    exams = told("train", "exams", "--trainee", page.presenter.trainee, "--data", tmp_path / "records")["exams"]
    assert [(e["scenario"], e["passed"]) for e in exams] == [("first-patrol", True)]
