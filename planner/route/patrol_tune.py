"""Weights, due time and way power of a patrol for a map: those with which a visitor gains least.

The patrolling game is played: patrols are drawn, each watch's loss (its value times the chance of an unseen stay) is
measured, and the weights of the watches that lose most are raised (multiplicative weights). The same map gives the same
strategy: the draws for tuning have their own seed, not the plan's.
"""

import math
from dataclasses import replace

import numpy as np

from planner.geo.points import Floats
from planner.route.patrol import Ground, Patrol, Strategy, draw_patrols, naive
from planner.route.patrol_score import Scores, all_gaps, score, timed_chances, unseen_chance

TRIED = (
    (1.0, 1.0),
    (2.0, 1.0),
    (1.0, 2.0),
    (2.0, 2.0),
    (3.0, 2.0),
    (0.0, 4.0),
    (1.0, 4.0),
    (2.0, 4.0),
    (3.0, 4.0),
    (0.0, math.inf),
    (1.0, math.inf),
    (2.0, math.inf),
    (3.0, math.inf),
)
"""Way powers with due times in laps of the short tour; infinity: ages do not matter."""
DEEPENED = 2
"""The best of these get their weights learned."""
ROUNDS = 5
DRAWN = 60
"""Patrols drawn in each round."""
FINALISTS = 4
"""Beside the naive patrol, which is always among those that are proved."""
PROVED = 260
"""Patrols drawn of each finalist: among few, the luckiest strategy would win, not the best one."""
KNOWN = 5
"""Patrols that the observer has seen."""
SEED = 20_110
RATE = 0.6
"""How fast weights follow losses."""


def tuned(ground: Ground, *, duration_s: float, stay_s: float) -> Strategy:
    """The strategy of least loss to a visitor who stays `stay_s` seconds; it loses no more than the naive patrol."""
    lap = ground.lap_s
    tries = []
    for way_power, due in TRIED:
        weights = tuple(float(v) for v in np.sqrt(ground.values))
        tries.append(_measured(ground, Strategy(weights, way_power, due * lap), duration_s, stay_s))
    tries.sort(key=lambda tried: tried[0])
    found = list(tries)
    for start in tries[:DEEPENED]:
        at = start
        for _ in range(ROUNDS):
            _, strategy, lost = at
            by = np.exp(RATE * (lost / max(float(lost.mean()), 1e-9) - 1).clip(-1.0, 2.0))
            raised = np.asarray(strategy.weights) * by
            strategy = replace(strategy, weights=tuple(float(w) for w in raised / raised.mean()))
            at = _measured(ground, strategy, duration_s, stay_s)
            found.append(at)
    finalists = [strategy for _, strategy, _ in sorted(found, key=lambda tried: tried[0])[:FINALISTS]]
    proved = [(_proved(ground, strategy, duration_s, stay_s), strategy) for strategy in finalists]
    blind = naive(ground)
    limit = _proved(ground, blind, duration_s, stay_s)
    better = [(scores, strategy) for scores, strategy in proved if scores.loss <= limit.loss]
    return min(better, key=lambda one: _badness(one[0], duration_s), default=(limit, blind))[1]


def _proved(ground: Ground, strategy: Strategy, duration_s: float, stay_s: float) -> Scores:
    patrols = draw_patrols(ground, strategy, duration_s=duration_s, seed=SEED + 2, count=PROVED)
    return score_of(ground, patrols, duration_s=duration_s, stay_s=stay_s)


def _badness(found: Scores, duration_s: float) -> float:
    gap = (0.3 * found.gap_by_value_s + 0.1 * found.worst_gap_s) / duration_s
    return 2 * found.loss + 0.3 * found.unseen + 0.2 * found.foretold + gap


def _measured(ground: Ground, strategy: Strategy, duration_s: float, stay_s: float) -> tuple[float, Strategy, Floats]:
    patrols = draw_patrols(ground, strategy, duration_s=duration_s, seed=SEED, count=DRAWN)
    found = score_of(ground, patrols, duration_s=duration_s, stay_s=stay_s)
    return _badness(found, duration_s), strategy, _losses(ground, patrols, duration_s, stay_s)


def score_of(ground: Ground, patrols: tuple[Patrol, ...], *, duration_s: float, stay_s: float) -> Scores:
    """Scores of patrols on their map; return times are counted in mean steps of the short tour."""
    return score(patrols, ground.values, duration_s=duration_s, stay_s=stay_s, step_s=ground.step_s, known=KNOWN)


def _losses(ground: Ground, patrols: tuple[Patrol, ...], duration_s: float, stay_s: float) -> Floats:
    """What each watch loses to a visitor who times his stay, and a little to one who does not."""
    gaps = [all_gaps(patrol, len(ground.watches), duration_s) for patrol in patrols]
    timed = timed_chances(gaps, duration_s, stay_s)
    anyhow = np.array([[unseen_chance(watch, duration_s, stay_s) for watch in patrol] for patrol in gaps]).mean(axis=0)
    losses: Floats = ground.values * (0.8 * timed + 0.2 * anyhow)
    return losses
