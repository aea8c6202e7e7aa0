import json
from datetime import timedelta
from pathlib import Path

import pytest

from planner.geo.points import destination
from planner.model.errors import BadInput
from sitl.exam.analyst_marks import Decided, Decision
from sitl.exam.points import Points, Score
from sitl.exam.record import Record
from sitl.exam.score import score_analyst
from sitl.scenario.stage import harbour_of
from sitl.scenario.values import Mark
from tests.sitl.exam.recorded import STARTED, Script

WHY = "Inside the restricted water without AIS."


def shown(folder: Path, *vessels: str, scenario: str = "inside-the-line", at_s: float = 30) -> Record:
    record = Script(scenario).shot(at_s, 1, 0, 0).record(folder)
    (folder / "truth").mkdir()
    at_utc = record.scenario.start_utc + timedelta(seconds=at_s)
    told = {"at_utc": at_utc.isoformat(), "vessels": [{"vessel_id": v, "visible": 1.0} for v in vessels]}
    (folder / "truth" / "a.json").write_text(json.dumps(told))
    return record


def decided(record: Record, vessel_id: str, what: Decided, note: str = WHY, *, off_m: float = 3.0) -> Decision:
    harbour = harbour_of(record.scenario)
    at_utc = record.scenario.start_utc + timedelta(seconds=record.of("shot")[0].s)
    at = destination(harbour.place_of(harbour.vessel(vessel_id), at_utc), towards_deg=10, range_m=off_m)
    return Decision(f"contact-{vessel_id}", at, at_utc, what, note, STARTED + timedelta(minutes=5))


def of(score: Score, mark: Mark) -> Points:
    return next(p for p in score.marks if p.mark is mark)


def test_the_right_flag_with_a_reason_in_time_gets_all_points(tmp_path: Path) -> None:
    record = shown(tmp_path, "trespasser", "coaster")
    right = [decided(record, "trespasser", Decided.SUSPICIOUS), decided(record, "coaster", Decided.CLEARED)]
    assert score_analyst(record, right).total == pytest.approx(100)


def test_unsure_gives_half_and_cleared_nothing(tmp_path: Path) -> None:
    record = shown(tmp_path, "trespasser")
    unsure = score_analyst(record, [decided(record, "trespasser", Decided.UNSURE)])
    cleared = score_analyst(record, [decided(record, "trespasser", Decided.CLEARED)])
    assert of(unsure, Mark.FOUND).got == 25
    assert of(cleared, Mark.FOUND).got == 0


def test_a_false_flag_costs_a_quarter_and_names_the_vessel(tmp_path: Path) -> None:
    record = shown(tmp_path, "trespasser", "coaster")
    score = score_analyst(record, [decided(record, "coaster", Decided.SUSPICIOUS)])
    mark = of(score, Mark.FALSE_FLAGS)
    assert mark.got == pytest.approx(0.75 * mark.most)
    assert "coaster (coaster) did nothing suspicious" in mark.moments[0].text


def test_a_contact_far_from_every_vessel_is_no_vessel(tmp_path: Path) -> None:
    record = shown(tmp_path, "trespasser")
    score = score_analyst(record, [decided(record, "trespasser", Decided.SUSPICIOUS, off_m=40)])
    assert "is no vessel" in of(score, Mark.FALSE_FLAGS).moments[0].text
    assert of(score, Mark.FOUND).got == 0


def test_a_flag_without_a_reason_loses_the_points_for_reasons(tmp_path: Path) -> None:
    record = shown(tmp_path, "trespasser")
    score = score_analyst(record, [decided(record, "trespasser", Decided.SUSPICIOUS, note="odd")])
    assert of(score, Mark.REASONS).got == 0


def test_a_case_that_nobody_reviewed_gets_nothing_for_care(tmp_path: Path) -> None:
    record = shown(tmp_path, "trespasser")
    score = score_analyst(record, [Decision("c", None, None, Decided.NOTHING)])
    assert score.total == 0


def test_an_event_that_a_picture_shows_counts_with_all_who_are_seen_in_it(tmp_path: Path) -> None:
    record = shown(tmp_path, "courier", "bale", "coaster", scenario="last-light", at_s=270)
    right = score_analyst(record, [decided(record, "courier", Decided.SUSPICIOUS)])
    mark = of(right, Mark.EVENTS)
    assert (mark.got, [m.text for m in mark.moments]) == (
        15,
        ["drop of courier, bale at 4:18 of the scenario: flagged."],
    )
    assert of(right, Mark.FOUND).got == 50  # nobody is asked to find the package itself
    wrong = score_analyst(record, [decided(record, "courier", Decided.CLEARED)])
    assert of(wrong, Mark.EVENTS).got == 0


def test_a_package_that_is_flagged_is_no_false_flag(tmp_path: Path) -> None:
    record = shown(tmp_path, "courier", "bale", scenario="last-light", at_s=270)
    score = score_analyst(record, [decided(record, "bale", Decided.SUSPICIOUS, off_m=0.3)])
    assert of(score, Mark.FALSE_FLAGS).got == of(score, Mark.FALSE_FLAGS).most


def test_pictures_without_an_event_cost_nothing(tmp_path: Path) -> None:
    record = shown(tmp_path, "coaster", scenario="last-light", at_s=100)
    assert of(score_analyst(record, []), Mark.EVENTS).got == 15


def test_footage_without_its_truth_cannot_be_scored(tmp_path: Path) -> None:
    record = Script("inside-the-line").shot(30, 1, 0, 0).record(tmp_path)
    with pytest.raises(BadInput, match="holds no truth files"):
        score_analyst(record, [])
