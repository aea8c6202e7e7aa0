"""An analyst's exam in the real window: pictures drawn, looked through, reviewed by key, handed in, scored."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QModelIndex, QSettings, Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from detection.case import CaseView
from detection.case.values import Verdict
from gui.app import make_window, prepare_environment
from gui.main_window import MainWindow
from gui.map.scheme import register_scheme
from gui.pages import Page
from gui.review.page import ReviewPage
from gui.train.exams import ExamHall
from gui.train.page import TrainPage
from gui.train.presenter import NOBODY
from sitl.scenario.read import text_of
from tests.e2e.support import told
from tests.e2e.test_a_whole_job_in_the_window import Hand

prepare_environment()
register_scheme()  # before there is a QApplication

WHY = "Inside the naval berth without AIS"
AROUND_THE_BERTH = "  area: [[130, -10], [252, -10], [252, 100], [130, 100]]\n"


class Chooser:
    """Answers the file dialog at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open_files(self, _parent: QWidget, _title: str, _kinds: str, chosen: object) -> None:
        assert callable(chosen)
        chosen([self.path])


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    def train_page(shell: MainWindow) -> Page:
        return TrainPage(shell, ExamHall(tmp_path / "records"))

    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made, guard = make_window(qapp, settings, [ReviewPage, train_page])  # type: ignore[list-item]  # a window is a shell
    made.resize(1360, 860)
    made.show_page("train")
    made.show()
    made.activateWindow()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert guard.refused == []


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """The first exam for analysts, of the water around the naval berth only, so that there are few pictures."""
    path = tmp_path / "berth.yaml"
    text = text_of("inside-the-line").replace("at_s: 110", "at_s: 25")  # there when the first picture is taken
    path.write_text(text.replace("task:\n", "task:\n" + AROUND_THE_BERTH))
    return path


def begin(hand: Hand, scenario: Path) -> TrainPage:
    """Opens the scenario's file and starts its exam; waits until the pictures are drawn."""
    page = hand.window.page("train")
    assert isinstance(page, TrainPage)
    page.files = Chooser(scenario)  # type: ignore[assignment]  # answers like it
    page.open_scenario()
    hand.until(lambda: page.presenter.chosen == str(scenario))
    hand.push(page.brief.start_button)
    hand.until(lambda: hand.window.current_page is hand.window.page("review"), within_s=90)
    return page


def look_for_vessels(hand: Hand) -> ReviewPage:
    """Starts the search in the pictures that lie ready, and waits for the contacts."""
    page = hand.window.page("review")
    assert isinstance(page, ReviewPage)
    hand.push(page.intake_panel.start_button)
    model = page.queue.view.model()
    assert model is not None
    hand.until(lambda: page.stage.isVisible() and model.rowCount(QModelIndex()) > 0 and not page.busy(), within_s=120)
    return page


def review_all(hand: Hand, page: ReviewPage) -> int:
    """Goes through the queue by key: suspicious with a reason where the berth is told, else cleared; how many."""
    model = page.queue.view.model()
    assert model is not None
    count = model.rowCount(QModelIndex())
    for number in range(count):
        if "In restricted water" in str(model.data(page.queue.view.currentIndex())):
            hand.key(Qt.Key.Key_N)
            hand.until(page.panel.note.hasFocus)
            hand.write(WHY)
            hand.key(Qt.Key.Key_Escape)
            hand.key(Qt.Key.Key_S)
        else:
            hand.key(Qt.Key.Key_C)
        hand.until(partial(_left, page, count - number - 1))
    return count


def _left(page: ReviewPage, count: int) -> bool:
    return page.queue.left == count


def reviews_in(case: Path) -> list[Verdict]:
    with CaseView.open_read_only(case) as view:
        return [r.verdict for item in view.queue() for r in view.reviews_of(item.contact.contact_id)]


@pytest.mark.model
@pytest.mark.timeout(300)
def test_an_exam_that_was_really_reviewed_is_handed_in_scored_and_on_the_record(
    qtbot: QtBot, window: MainWindow, scenario: Path, tmp_path: Path
) -> None:
    hand = Hand(qtbot, window)
    train = begin(hand, scenario)
    review = look_for_vessels(hand)
    decided = review_all(hand, review)
    assert "Hand in" in window.ribbon.button.text()
    hand.push(window.ribbon.button)
    hand.until(lambda: train.debrief.is_shown, within_s=60)
    assert window.current_page is train
    assert train.past.heading.text() == "100 of 100, passed"
    (folder,) = (tmp_path / "records" / "exams").iterdir()
    assert len(reviews_in(folder / "footage-case")) == decided
    assert Verdict.SUSPICIOUS in reviews_in(folder / "footage-case")
    exams = told("train", "exams", "--trainee", NOBODY, "--data", tmp_path / "records")["exams"]
    assert [(e["scenario"], e["passed"]) for e in exams] == [("inside-the-line", True)]
    again = told("train", "score", folder, "--case", folder / "footage-case", "--data", tmp_path / "records")
    assert again["total"] == 100.0
