from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.model.errors import BadInput
from sitl.exam.trainee import Result, Standing, add_result, read_trainee, trainees
from sitl.scenario.read import library
from sitl.scenario.values import Role

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def passed(scenario: str, total: float = 80.0, exam: str = "") -> Result:
    return Result(scenario, total, total >= 70, NOW, exam or scenario)


def test_only_the_first_level_is_open_to_somebody_new(tmp_path: Path) -> None:
    who = read_trainee(tmp_path, "Kim")
    standings = {s.id: who.standing(s, library()) for s in library()}
    assert standings["first-patrol"] is Standing.OPEN
    assert standings["inside-the-line"] is Standing.OPEN
    assert standings["keep-clear"] is Standing.LOCKED


def test_a_level_opens_when_all_of_the_level_before_is_passed(tmp_path: Path) -> None:
    add_result(tmp_path, "Kim", passed("first-patrol"))
    assert read_trainee(tmp_path, "Kim").level(Role.PILOT, library()) == 2
    add_result(tmp_path, "Kim", passed("keep-clear"))
    assert read_trainee(tmp_path, "Kim").level(Role.PILOT, library()) == 2
    add_result(tmp_path, "Kim", passed("patrol-in-wind"))
    who = read_trainee(tmp_path, "Kim")
    assert who.level(Role.PILOT, library()) == 3
    assert who.level(Role.ANALYST, library()) == 1
    assert trainees(tmp_path) == ("Kim",)


def test_scoring_an_exam_again_replaces_its_result_and_the_best_counts(tmp_path: Path) -> None:
    add_result(tmp_path, "Kim", passed("first-patrol", 60, "one"))
    add_result(tmp_path, "Kim", passed("first-patrol", 75, "one"))
    add_result(tmp_path, "Kim", passed("first-patrol", 40, "two"))
    who = read_trainee(tmp_path, "Kim")
    best = who.best("first-patrol")
    assert best is not None
    assert (len(who.results), best.total) == (2, 75)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x" * 61, ".hidden"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="--trainee"):
        read_trainee(tmp_path, name)


def test_a_damaged_record_is_told_with_its_line(tmp_path: Path) -> None:
    add_result(tmp_path, "Kim", passed("first-patrol"))
    with (tmp_path / "Kim.jsonl").open("a") as file:
        file.write("{nonsense\n")
    with pytest.raises(BadInput, match="line 2 is damaged"):
        read_trainee(tmp_path, "Kim")
