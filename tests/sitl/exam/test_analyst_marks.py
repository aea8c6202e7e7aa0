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


def shown(folder: Path, *vessels: str) -> Record:
    record = Script("inside-the-line").shot(30, 1, 0, 0).record(folder)
    (folder / "truth").mkdir()
    told = {"vessels": [{"vessel_id": v, "visible": 1.0} for v in vessels]}
    (folder / "truth" / "a.json").write_text(json.dumps(told))
    return record


def decided(record: Record, vessel_id: str, what: Decided, note: str = WHY, *, off_m: float = 3.0) -> Decision:
    harbour = harbour_of(record.scenario)
    at_utc = record.scenario.start_utc + timedelta(seconds=30)
    at = destination(harbour.place_of(harbour.vessel(vessel_id), at_utc), towards_deg=10, range_m=off_m)
    return Decision(f"contact-{vessel_id}", at, at_utc, what, note, STARTED + timedelta(minutes=5))


def of(score: Score, mark: Mark) -> Points:
    return next(p for p in score.marks if p.mark is mark)


def test_the_right_flag_with_a_reason_in_time_gets_all_points(tmp_path: Path) -> None:
    record = shown(tmp_path, "rib-in-zone", "coaster")
    right = [decided(record, "rib-in-zone", Decided.SUSPICIOUS), decided(record, "coaster", Decided.CLEARED)]
    assert score_analyst(record, right).total == pytest.approx(100)


def test_unsure_gives_half_and_cleared_nothing(tmp_path: Path) -> None:
    record = shown(tmp_path, "rib-in-zone")
    unsure = score_analyst(record, [decided(record, "rib-in-zone", Decided.UNSURE)])
    cleared = score_analyst(record, [decided(record, "rib-in-zone", Decided.CLEARED)])
    assert of(unsure, Mark.FOUND).got == 25
    assert of(cleared, Mark.FOUND).got == 0


def test_a_false_flag_costs_a_quarter_and_names_the_vessel(tmp_path: Path) -> None:
    record = shown(tmp_path, "rib-in-zone", "coaster")
    score = score_analyst(record, [decided(record, "coaster", Decided.SUSPICIOUS)])
    mark = of(score, Mark.FALSE_FLAGS)
    assert mark.got == pytest.approx(0.75 * mark.most)
    assert "coaster (coaster) did nothing suspicious" in mark.moments[0].text


def test_a_contact_far_from_every_vessel_is_no_vessel(tmp_path: Path) -> None:
    record = shown(tmp_path, "rib-in-zone")
    score = score_analyst(record, [decided(record, "rib-in-zone", Decided.SUSPICIOUS, off_m=40)])
    assert "is no vessel" in of(score, Mark.FALSE_FLAGS).moments[0].text
    assert of(score, Mark.FOUND).got == 0


def test_a_flag_without_a_reason_loses_the_points_for_reasons(tmp_path: Path) -> None:
    record = shown(tmp_path, "rib-in-zone")
    score = score_analyst(record, [decided(record, "rib-in-zone", Decided.SUSPICIOUS, note="odd")])
    assert of(score, Mark.REASONS).got == 0


def test_a_case_that_nobody_reviewed_gets_nothing_for_care(tmp_path: Path) -> None:
    record = shown(tmp_path, "rib-in-zone")
    score = score_analyst(record, [Decision("c", None, None, Decided.NOTHING)])
    assert score.total == 0


def test_footage_without_its_truth_cannot_be_scored(tmp_path: Path) -> None:
    record = Script("inside-the-line").shot(30, 1, 0, 0).record(tmp_path)
    with pytest.raises(BadInput, match="holds no truth files"):
        score_analyst(record, [])
