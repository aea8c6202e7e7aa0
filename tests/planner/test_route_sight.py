import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.formats.profiles import camera
from planner.route.sight import (
    LINE_PAIRS,
    Task,
    beam_m,
    chance_from_line_pairs,
    chance_seen,
    height_for,
    line_pairs_for,
)

PRACTICE = camera("practice-1080p")


@pytest.mark.parametrize("task", list(Task))
def test_johnsons_line_pairs_mean_an_even_chance(task: Task) -> None:
    assert float(chance_from_line_pairs(LINE_PAIRS[task], task)) == pytest.approx(0.5)


def test_twice_the_line_pairs_mean_the_chance_of_the_published_function() -> None:
    # (2^(2.7 + 1.4)) / (1 + 2^4.1) = 17.15 / 18.15, by hand
    assert float(chance_from_line_pairs(8.0, Task.RECOGNISE)) == pytest.approx(0.9449, abs=1e-3)


def test_beams_are_those_of_real_boats() -> None:
    assert beam_m(6) == pytest.approx(2.5, abs=0.1)
    assert beam_m(20) == pytest.approx(5.3, abs=0.2)
    assert beam_m(100) == pytest.approx(14.8, abs=0.5)


def test_a_height_gives_the_pixels_that_the_task_needs() -> None:
    found = height_for(PRACTICE, Task.IDENTIFY, length_m=6, chance=0.5)
    assert found.pixels_across == pytest.approx(2 * 6.4)
    assert beam_m(6) / found.gsd_m == pytest.approx(2 * 6.4)
    assert found.height_m == pytest.approx(PRACTICE.height_for_gsd_m(found.gsd_m))


@given(chance=st.floats(0.01, 0.99), task=st.sampled_from(list(Task)))
def test_asking_for_a_chance_and_looking_it_up_agree(chance: float, task: Task) -> None:
    assert float(chance_from_line_pairs(line_pairs_for(task, chance), task)) == pytest.approx(chance, abs=1e-6)


@given(length=st.floats(1, 200), near=st.floats(5, 400))
def test_farther_smaller_and_harder_are_never_more_likely(length: float, near: float) -> None:
    down = np.array([np.pi / 2])

    def chance(task: Task, slant: float, long: float) -> float:
        return float(chance_seen(PRACTICE, task, length_m=long, slant_m=np.array([slant]), depression_rad=down)[0])

    assert chance(Task.DETECT, near * 2, length) <= chance(Task.DETECT, near, length)
    assert chance(Task.DETECT, near, length) <= chance(Task.DETECT, near, length * 2)
    assert chance(Task.IDENTIFY, near, length) <= chance(Task.DETECT, near, length)


@pytest.mark.parametrize(("length", "chance"), [(0.1, 0.9), (900, 0.9), (6, 0), (6, 1)])
def test_impossible_questions_are_refused(length: float, chance: float) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        height_for(PRACTICE, Task.DETECT, length_m=length, chance=chance)
