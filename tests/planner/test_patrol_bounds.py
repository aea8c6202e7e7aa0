"""What no patrol can do, whoever draws it: the bounds that docs/pilot.md argues from, on the maps of bench/patrol."""

import math
from collections import Counter

import numpy as np
import pytest

from bench.patrol import LAPS, MAPS, SPEED_M_S, STAYS
from planner.route.patrol import Ground, Patrol, Strategy, draw_patrols, fixed_patrol, naive
from planner.route.patrol_score import all_gaps, entropy_bits, foretold, returns_of, timed_chances, unseen_chance
from planner.route.patrol_tune import score_of, tuned

POINTS = [(name, seed) for name in MAPS if name != "quay" for seed in (1, 2, 3)]
"""Maps on which each watch is a point, so that a gap in which all others are visited is a closed tour."""


def ground_of(name: str, seed: int) -> Ground:
    return Ground(MAPS[name](np.random.default_rng(seed)), base=(0.0, -200.0), speed_m_s=SPEED_M_S, stay_s=5.0)


def shortest(ground: Ground, *, closed: bool) -> float:
    """Seconds of the shortest tour of all watches, exactly (Held and Karp, 1962); open: from the base to the last."""
    moves = range(len(ground.points))
    begins = [move for move in moves if ground.watch_of[move] == 0] if closed else [len(ground.points)]
    best = math.inf
    for first in begins:
        spent = {(1, first): float(ground.lasts_s[first])} if closed else {(0, first): 0.0}
        for _ in range(len(ground.watches) - int(closed)):
            further: dict[tuple[int, int], float] = {}
            for (seen, last), cost in spent.items():
                for move in moves:
                    watch = 1 << int(ground.watch_of[move])
                    if not seen & watch:
                        key, on = (seen | watch, move), cost + float(ground.way_s[last, move] + ground.lasts_s[move])
                        further[key] = min(on, further.get(key, math.inf))
            spent = further
        for (_, last), cost in spent.items():
            best = min(best, cost + float(ground.way_s[last, first]) if closed else cost - float(ground.lasts_s[last]))
    return best


def strategies(ground: Ground) -> dict[str, Strategy]:
    even = (1.0,) * len(ground.watches)
    return {
        "naive": naive(ground),
        "near": Strategy(even, 2.0, math.inf),
        "due": Strategy(even, 4.0, 0.7 * ground.lap_s),
    }


def drawn(ground: Ground, count: int = 40) -> list[Patrol]:
    duration = LAPS * ground.lap_s
    found = [fixed_patrol(ground, duration_s=duration)]
    for strategy in strategies(ground).values():
        found += draw_patrols(ground, strategy, duration_s=duration, seed=5, count=count)
    return found


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in MAPS for seed in (1, 2, 3)])
def test_the_fixed_tour_is_the_shortest_there_is(name: str, seed: int) -> None:
    ground = ground_of(name, seed)
    assert shortest(ground, closed=True) <= ground.lap_s + 1e-6 <= 1.002 * shortest(ground, closed=True)


@pytest.mark.parametrize(("name", "seed"), POINTS)
def test_no_patrol_leaves_all_watches_alone_for_less_than_the_shortest_tour(name: str, seed: int) -> None:
    ground = ground_of(name, seed)
    duration = LAPS * ground.lap_s
    least = min(shortest(ground, closed=True) - float(ground.lasts_s.max()), shortest(ground, closed=False), duration)
    worst = [
        max(end - start for watch in all_gaps(patrol, len(ground.watches), duration) for start, end in watch)
        for patrol in drawn(ground)
    ]
    assert min(worst) >= least - 1e-6


@pytest.mark.parametrize(("name", "seed"), POINTS)
def test_between_its_visits_the_fixed_tour_leaves_no_watch_alone_for_longer_than_that(name: str, seed: int) -> None:
    ground = ground_of(name, seed)
    duration = LAPS * ground.lap_s
    gaps = all_gaps(fixed_patrol(ground, duration_s=duration), len(ground.watches), duration)
    longest = max(end - start for watch in gaps for start, end in watch[1:-1])
    assert longest <= 1.002 * shortest(ground, closed=True)


@pytest.mark.parametrize("stay_laps", STAYS)
@pytest.mark.parametrize("name", MAPS)
def test_a_stay_at_random_goes_unseen_as_often_as_the_visits_are_few(name: str, stay_laps: float) -> None:
    ground = ground_of(name, 1)
    duration, stay = LAPS * ground.lap_s, stay_laps * ground.lap_s
    for patrol in drawn(ground):
        for gaps in all_gaps(patrol, len(ground.watches), duration):
            alone = sum(end - start for start, end in gaps)
            least = (alone - len(gaps) * stay) / (duration - stay)
            found = unseen_chance(gaps, duration, stay)
            assert found >= least - 1e-9
            if all(end - start >= stay for start, end in gaps):  # nobody who waits for the drone to go is ever caught
                assert found == pytest.approx(least)


@pytest.mark.parametrize("stay_laps", STAYS)
@pytest.mark.parametrize("name", MAPS)
def test_who_waits_for_the_drone_to_go_loses_nothing_to_a_fixed_tour(name: str, stay_laps: float) -> None:
    ground = ground_of(name, 1)
    duration, stay = LAPS * ground.lap_s, stay_laps * ground.lap_s
    fixed = (fixed_patrol(ground, duration_s=duration),) * 6
    assert score_of(ground, fixed, duration_s=duration, stay_s=stay).loss == 1.0


@pytest.mark.parametrize("name", MAPS)
def test_the_loss_is_at_least_the_share_of_returns_that_come_too_late(name: str) -> None:
    ground = ground_of(name, 1)
    duration, stay = LAPS * ground.lap_s, 0.4 * ground.lap_s
    for strategy in strategies(ground).values():
        patrols = draw_patrols(ground, strategy, duration_s=duration, seed=5, count=60)
        gaps = [all_gaps(patrol, len(ground.watches), duration) for patrol in patrols]
        found = score_of(ground, patrols, duration_s=duration, stay_s=stay)
        for watch, chance in enumerate(timed_chances(gaps, duration, stay)):
            after = [gap for patrol in gaps for gap in patrol[watch][1:] if gap[0] + stay <= duration]
            late = sum(end - start >= stay for start, end in after) / len(after)
            assert chance >= late - 1e-9
            assert found.loss >= late * ground.values[watch] / ground.values.max() - 1e-9


@pytest.mark.parametrize(("name", "seed"), POINTS)
def test_the_naive_patrol_is_foretold_as_seldom_as_any_can_be(name: str, seed: int) -> None:
    ground = ground_of(name, seed)
    least = 1 / (len(ground.watches) - 1)  # never twice in a row: who guesses among all others is right so often
    for by, strategy in strategies(ground).items():
        patrols = draw_patrols(ground, strategy, duration_s=LAPS * ground.lap_s, seed=5, count=200)
        guesses = sum(len(patrol) for patrol in patrols[5:])
        slack = 4 * math.sqrt(least * (1 - least) / guesses)
        assert foretold(patrols, 5) >= least - slack
        if by == "naive":  # a little more than the least: near the end only what is near the launch place is left
            assert foretold(patrols, 5) <= least + 0.08


@pytest.mark.parametrize("name", MAPS)
def test_return_times_spread_no_more_than_their_mean_allows(name: str) -> None:
    ground = ground_of(name, 1)
    for strategy in strategies(ground).values():
        patrols = draw_patrols(ground, strategy, duration_s=LAPS * ground.lap_s, seed=5, count=200)
        for watch in range(len(ground.watches)):
            times = returns_of(patrols, watch)
            steps = Counter(round(time / ground.step_s) for time in times)
            mean = sum(step * count for step, count in steps.items()) / len(times)
            most = (mean + 1) * math.log2(mean + 1) - mean * math.log2(mean)  # of all with this mean: the geometric law
            assert entropy_bits(times, ground.step_s) <= most + 1e-9


@pytest.mark.parametrize("name", ["quay", "alike"])
def test_a_more_regular_patrol_leaves_shorter_gaps_and_still_loses_no_more_than_the_naive_one(name: str) -> None:
    ground = ground_of(name, 1)
    duration, stay = LAPS * ground.lap_s, 0.4 * ground.lap_s

    def scored(strategy: Strategy) -> tuple[float, float]:
        patrols = draw_patrols(ground, strategy, duration_s=duration, seed=9, count=200)
        found = score_of(ground, patrols, duration_s=duration, stay_s=stay)
        return found.gap_by_value_s, found.loss

    plain, regular = (tuned(ground, duration_s=duration, stay_s=stay, regularity=r) for r in (0.0, 0.75))
    (gap, _), (shorter, loss), (_, blind) = scored(plain), scored(regular), scored(naive(ground))
    assert shorter <= gap
    assert name != "quay" or shorter < 0.95 * gap
    assert loss <= blind + 0.04
