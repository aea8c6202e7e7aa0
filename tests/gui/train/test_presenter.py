from pathlib import Path

import pytest

from gui.train.presenter import TrainPresenter
from gui.train.values import Cancelled, Failed, Options, Over, Rendering, Ribbon, Scored
from gui.work import AtOnce
from tests.gui.train.fakes import FIRST, FOLDER, FOOTAGE, LINES, PASSED, READY, SECOND, FakeHall, FakeRun, FakeView


class Class:
    """A presenter with its fakes, as the page opens it."""

    def __init__(self) -> None:
        self.view, self.hall = FakeView(), FakeHall()
        self.p = TrainPresenter(self.view, self.hall, AtOnce(), "Kim")
        self.p.refresh()

    def start(self, which: str = FIRST.which) -> FakeRun:
        self.p.choose(which)
        self.p.start()
        return self.hall.runs[-1][3]


@pytest.fixture
def room() -> Class:
    return Class()


def test_the_first_open_scenario_is_shown_with_its_brief(room: Class) -> None:
    assert room.view.names == ("Ali", "Kim")
    assert [c.which for c in room.view.cards] == [FIRST.which, SECOND.which, LINES.which]
    assert room.view.brief is not None
    assert (room.view.brief.task, room.view.why_not) == ("The task of first-patrol.", None)


def test_a_locked_scenario_says_what_is_missing_and_starts_only_when_told_to(room: Class) -> None:
    room.p.choose(SECOND.which)
    assert room.view.why_not == "Locked: pass all of level 1 for pilots first, or run it locked."
    room.p.start()
    assert room.hall.runs == []
    room.p.set_options(Options(locked=True))
    room.p.start()
    assert [r[:3] for r in room.hall.runs] == [(SECOND.which, "Kim", Options(locked=True))]


def test_a_flight_is_handed_on_and_its_time_runs_in_the_ribbon(room: Class) -> None:
    run = room.start()
    run.tell(READY)
    run.left_s = 754.9
    room.p.tick()
    assert room.view.flights == [READY]
    assert room.view.ribbon == Ribbon("Practice: First patrol, Kim, 12:34 left", "End the exam")
    assert room.view.why_not == "An exam is on: First patrol."


def test_the_end_of_a_flight_shows_its_score_and_its_debrief(room: Class) -> None:
    run = room.start()
    run.tell(READY)
    run.tell(Over(3))
    assert room.view.progress == "The exam is over, 3 pictures are still to be written; it is being scored"
    run.left_s = 5.0
    room.p.tick()
    assert (room.view.ends, room.view.ribbon) == (1, None)
    room.hall.exams = (PASSED,)
    run.tell(Scored(PASSED))
    assert (room.view.debrief, room.view.past) == (PASSED, (PASSED,))
    assert room.view.done == "First patrol: 86 of 100, passed."
    assert (room.view.progress, room.p.is_on, room.view.why_not) == ("", False, None)


def test_the_button_of_the_ribbon_ends_a_flight(room: Class) -> None:
    run = room.start()
    run.tell(READY)
    room.p.end()
    assert run.ended


def test_a_failed_exam_lets_go_of_the_drone_and_says_why(room: Class) -> None:
    run = room.start()
    run.tell(READY)
    run.tell(Failed("the disk is full; it cannot be scored"))
    assert (room.view.problem, room.view.ends) == ("the disk is full; it cannot be scored", 1)
    assert not room.p.is_on


def test_an_exam_that_cannot_begin_says_why(room: Class) -> None:
    room.hall.refusal = "is locked for Kim"
    room.p.start()
    assert (room.view.problem, room.p.is_on) == ("exam: is locked for Kim", False)


def test_nothing_starts_while_the_other_page_is_busy(room: Class) -> None:
    room.view.busy = "A drone is in the air."
    room.p.start()
    assert (room.hall.runs, room.view.problem) == ([], "A drone is in the air.")


def test_rendering_can_be_given_up(room: Class) -> None:
    run = room.start(LINES.which)
    run.tell(Rendering(3, 12))
    assert room.view.ribbon == Ribbon("Practice: drawing picture 3 of 12", "Give up")
    room.p.end()
    run.tell(Cancelled())
    assert run.ended
    assert not room.p.is_on
    assert room.view.done == "The exam was given up before it began; nothing of it is kept."


def test_a_review_is_handed_in_and_scored(room: Class) -> None:
    run = room.start(LINES.which)
    run.tell(FOOTAGE)
    run.left_s = -65.0
    room.p.tick()
    assert room.view.reviews == [FOOTAGE]
    assert room.view.ribbon == Ribbon("Practice: Inside the line, Kim, the time has been up for 1:05", "Hand in")
    room.p.end()
    assert (room.hall.scored, room.view.debrief, room.p.is_on) == ([FOLDER], PASSED, False)
    assert room.view.ends == 1  # back on the Train page, where the score is


def test_a_review_without_a_case_is_not_over(room: Class) -> None:
    room.start(LINES.which).tell(FOOTAGE)
    room.hall.refusal = "holds no reviewed case yet"
    room.p.end()
    assert (room.view.problem, room.p.is_on) == ("exam: holds no reviewed case yet", True)


def test_the_window_waits_for_the_record_when_it_closes(room: Class) -> None:
    run = room.start()
    run.tell(READY)
    room.p.close()
    assert (run.ended, run.joined) == (True, True)


def test_a_file_of_the_users_own_comes_to_the_path(room: Class) -> None:
    room.p.open_file(Path("/mine.yaml"))
    assert (room.p.chosen, room.view.cards[-1].title) == ("/mine.yaml", "Mine")
    room.p.start()
    assert room.hall.runs[-1][0] == "/mine.yaml"


def test_a_file_that_is_no_scenario_changes_nothing(room: Class) -> None:
    room.hall.refusal = "unknown field 'colour'"
    room.p.open_file(Path("/mine.yaml"))
    assert (room.view.problem, room.p.chosen) == ("exam: unknown field 'colour'", FIRST.which)
    room.hall.refusal = None
    room.p.refresh()
    assert [c.title for c in room.view.cards][-1] != "Mine"


def test_a_past_exam_shows_its_debrief_or_says_that_it_is_not_scored(room: Class) -> None:
    unscored = PASSED.__class__(Path("/two"), "Keep clear", PASSED.started_utc, None, None, None)
    room.hall.exams = (PASSED, unscored)
    room.p.refresh()
    room.p.show_debrief(FOLDER)
    assert room.view.debrief == PASSED
    room.p.show_debrief(Path("/two"))
    assert room.view.problem == "The exam of 2026-05-04 09:00 UTC is not scored yet: score it."
    room.p.score_again(Path("/two"))
    assert room.hall.scored == [Path("/two")]
