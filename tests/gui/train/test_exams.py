"""Exams as the page holds them, with the real simulator."""

import queue
from pathlib import Path

import pytest

from gui.train.exams import ExamHall
from gui.train.values import Cancelled, Failed, Footage, Options, Over, Ready, Rendering, Scored, Standing, Told
from planner.model.errors import BadInput
from sitl.control import call
from sitl.exam.record import read_record

PATIENCE_S = 30.0
FAST = Options(speedup=30.0, pictures=False)


class Desk:
    """A hall in a folder of its own, and what its exam tells."""

    def __init__(self, folder: Path) -> None:
        self.hall = ExamHall(folder)
        self.told: queue.Queue[Told] = queue.Queue()

    def next(self) -> Told:
        return self.told.get(timeout=PATIENCE_S)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_path_holds_the_library_and_its_briefs_can_be_read(desk: Desk) -> None:
    cards = desk.hall.cards("Kim", None)
    assert {c.standing for c in cards if c.level == 1} == {Standing.OPEN}
    assert {c.standing for c in cards if c.level > 1} == {Standing.LOCKED}
    for card in cards:
        brief = desk.hall.brief(card.which)
        assert sum(most for _, most in brief.points) == 100
        assert dict(brief.lines)["Launch"].endswith("m above the water")


def test_a_flight_that_is_ended_keeps_its_record_and_is_scored(desk: Desk) -> None:
    run = desk.hall.start("first-patrol", "Kim", FAST, desk.told.put)
    ready = desk.next()
    assert isinstance(ready, Ready)
    assert run.left_s is not None
    assert 0 < run.left_s <= 1800
    assert ready.place.areas
    assert (ready.folder / "brief" / "area.geojson").is_file()
    port = int(ready.address.rpartition(":")[2])
    call("127.0.0.1", port, {"do": "note", "text": "Waits."})
    run.end()
    assert isinstance(desk.next(), Over)
    scored = desk.next()
    assert isinstance(scored, Scored)
    run.join(PATIENCE_S)
    assert (scored.past.passed, scored.past.folder) == (False, ready.folder)
    assert desk.hall.past("Kim") == (scored.past,)
    assert [line.text("text") for line in read_record(ready.folder).of("remark")] == ["Waits."]
    again = desk.hall.score(ready.folder)
    assert again == scored.past
    assert desk.hall.trainees() == ("Kim",)


def test_a_locked_level_is_refused_unless_it_is_asked_for(desk: Desk) -> None:
    with pytest.raises(BadInput, match="locked for Kim"):
        desk.hall.start("keep-clear", "Kim", FAST, desk.told.put)
    run = desk.hall.start("keep-clear", "Kim", Options(30.0, pictures=False, locked=True), desk.told.put)
    assert isinstance(desk.next(), Ready)
    run.end()
    run.join(PATIENCE_S)


def test_rendering_that_is_given_up_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    run = desk.hall.start("inside-the-line", "Kim", Options(), desk.told.put)
    assert isinstance(desk.next(), Rendering)
    run.end()
    last = desk.next()
    while isinstance(last, Rendering):
        last = desk.next()
    run.join(PATIENCE_S)
    assert last == Cancelled()
    assert list((tmp_path / "exams").iterdir()) == []


def test_an_analysts_exam_begins_when_the_pictures_are_there(desk: Desk, tmp_path: Path) -> None:
    scenario = tmp_path / "small.yaml"
    scenario.write_text(SMALL)
    run = desk.hall.start(str(scenario), "Kim", Options(), desk.told.put)
    last = desk.next()
    while isinstance(last, Rendering):
        last = desk.next()
    assert isinstance(last, Footage)
    assert len(list(last.pictures.glob("*.jpg"))) > 0
    assert run.left_s is not None
    assert run.left_s > 590
    assert read_record(last.folder).header.started_utc == last.began_utc
    with pytest.raises(BadInput, match="holds no reviewed case yet"):
        desk.hall.score(last.folder)


def test_a_scenario_whose_harbour_lacks_a_vessel_fails_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text(SMALL.replace("leave_out: []", "leave_out: [nobody]"))
    desk.hall.start(str(scenario), "Kim", Options(), desk.told.put)
    told = desk.next()
    assert isinstance(told, Failed)
    assert "'nobody' is no vessel" in told.reason


SMALL = """
format: 1
id: small
title: Small
role: analyst
level: 1
summary: Two pictures.
seed: 3
start_utc: 2026-05-04T09:00:00Z
time_limit_min: 10
leave_out: []
footage: {height_m: 70, spacing_m: 400, speed_m_s: 10, every_m: 60}
task:
  brief: Look.
  area: [[-60, -20], [60, -20], [60, 20], [-60, 20]]
rubric: {found: 100}
"""
