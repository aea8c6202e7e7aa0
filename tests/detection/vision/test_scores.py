import numpy as np
import pytest

from detection.vision.boxes import PERSON, VESSEL, Boxes
from detection.vision.scores import Pair, class_score, hit_labels, scores


def boxes(*rows: tuple[float, float, float, float, float], label: int = VESSEL) -> Boxes:
    table = np.array(rows, np.float32).reshape(-1, 5)
    return Boxes(table[:, :4], table[:, 4], np.full(len(table), label, np.int64))


TRUE = boxes((10, 10, 30, 30, 1), (50, 50, 90, 70, 1))


def test_perfect_detections_score_one() -> None:
    score = class_score([Pair(TRUE, TRUE, TRUE)], label=VESSEL)
    assert (score.ap50, score.ap50_95, score.recall, score.precision) == (1.0, 1.0, 1.0, 1.0)
    assert score.false_per_frame == 0


def test_a_box_shifted_by_a_quarter_counts_for_ap50_but_not_for_tight_overlaps() -> None:
    shifted = boxes((15, 10, 35, 30, 0.9), (60, 50, 100, 70, 0.8))
    score = class_score([Pair(shifted, shifted, TRUE)], label=VESSEL)
    assert score.ap50 == 1.0
    assert score.ap50_95 == pytest.approx(0.3)


def test_false_alarms_are_counted_per_frame() -> None:
    found = Boxes.joined([TRUE, boxes((100, 100, 120, 120, 0.5), (200, 200, 220, 220, 0.5))])
    score = class_score([Pair(found, found, TRUE), Pair(Boxes.none(), Boxes.none(), Boxes.none())], label=VESSEL)
    assert score.false_per_frame == 1.0
    assert score.precision == 0.5


def test_two_boxes_on_one_vessel_are_one_hit_and_one_false_alarm() -> None:
    twice = boxes((10, 10, 30, 30, 0.9), (11, 10, 30, 30, 0.8))
    score = class_score([Pair(twice, twice, TRUE)], label=VESSEL)
    assert (score.recall, score.false_per_frame) == (0.5, 1.0)


def test_the_better_box_takes_the_label() -> None:
    assert hit_labels(boxes((10, 10, 30, 30, 0.2)), TRUE).tolist() == [True, False]


def test_nothing_labelled_means_nothing_to_measure() -> None:
    score = class_score([Pair(TRUE, TRUE, Boxes.none())], label=PERSON)
    assert (score.labelled, score.ap50, score.recall, score.precision) == (0, None, None, None)


def test_nothing_found_scores_zero() -> None:
    score = class_score([Pair(Boxes.none(), Boxes.none(), TRUE)], label=VESSEL)
    assert (score.ap50, score.recall, score.precision) == (0.0, 0.0, None)


def test_a_person_found_as_a_vessel_is_no_hit() -> None:
    person = boxes((10, 10, 30, 30, 0.9), label=PERSON)
    assert class_score([Pair(person, person, TRUE)], label=VESSEL).recall == 0


def test_sources_are_scored_apart_and_together() -> None:
    pairs = [Pair(TRUE, TRUE, TRUE, "coast"), Pair(Boxes.none(), Boxes.none(), TRUE, "aerial")]
    table = scores(pairs)
    assert list(table) == ["all", "aerial", "coast"]
    assert [table[k]["vessel"].recall for k in table] == [0.5, 0.0, 1.0]


def test_more_than_a_hundred_vessels_in_one_picture_all_count() -> None:
    many = boxes(*[(30 * (i % 20), 30 * (i // 20), 30 * (i % 20) + 20, 30 * (i // 20) + 20, 0.9) for i in range(200)])
    assert class_score([Pair(many, many, many)], label=VESSEL).ap50 == 1.0
