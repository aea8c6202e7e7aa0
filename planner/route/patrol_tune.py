"""Weights, due time and way power of a patrol for a map: those with which a visitor gains least.

The patrolling game is played: patrols are drawn, each watch's loss (its value times the chance of an unseen stay) is
measured, and the weights of the watches that lose most are raised (multiplicative weights). The same map gives the same
strategy: the draws for tuning have their own seed, not the plan's.
"""

import math
from dataclasses import dataclass, replace

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
REGULAR = ((3.0, 1.0), (4.0, 1.0), (6.0, 1.0), (3.0, 0.7), (4.0, 0.7), (6.0, 0.7))
"""More of these, where regularity is asked for: from watch to nearby watch, and soon to one that is overdue."""
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


def tuned(ground: Ground, *, duration_s: float, stay_s: float, regularity: float = 0.0) -> Strategy:
    """The strategy of least loss to a visitor who stays `stay_s` seconds; it loses no more than the naive patrol.

    With `regularity`, up to 1, gaps count more and loss less; it still loses no more than the naive patrol.
    """
    aim, even = _Aim(ground, duration_s, stay_s, regularity), tuple(float(v) for v in np.sqrt(ground.values))
    tries = [
        _measured(aim, Strategy(even, way_power, due * ground.lap_s))
        for way_power, due in TRIED + (REGULAR if regularity > 0 else ())
    ]
    found = list(tries)
    for start in sorted(tries, key=aim.badness)[:DEEPENED]:
        at = start
        for _ in range(ROUNDS):
            by = np.exp(RATE * (at.lost / max(float(at.lost.mean()), 1e-9) - 1).clip(-1.0, 2.0))
            raised = np.asarray(at.strategy.weights) * by
            at = _measured(aim, replace(at.strategy, weights=tuple(float(w) for w in raised / raised.mean())))
            found.append(at)
    finalists = sorted(found, key=aim.badness)[:FINALISTS]
    if regularity > 0:  # where the regular ones lose more than the naive patrol, these may not
        finalists += sorted(found, key=replace(aim, regularity=0.0).badness)[:FINALISTS]
    blind = _proved(aim, naive(ground))
    proved = [_proved(aim, tried.strategy) for tried in finalists]
    better = [one for one in proved if one.scores.loss <= blind.scores.loss]
    return min(better, key=aim.badness, default=blind).strategy


@dataclass(frozen=True, slots=True)
class _Tried:
    """A strategy with its scores, and what each watch loses."""

    strategy: Strategy
    scores: Scores
    lost: Floats


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a strategy is sought for."""

    ground: Ground
    duration_s: float
    stay_s: float
    regularity: float

    def badness(self, tried: _Tried) -> float:
        """What is to be least."""
        found = tried.scores
        gap = (0.3 * found.gap_by_value_s + 0.1 * found.worst_gap_s) / self.duration_s
        surprise = 2 * found.loss + 0.3 * found.unseen + 0.2 * found.foretold + gap
        return (1 - self.regularity) * surprise + self.regularity * (found.unseen + 5 * gap)


def _proved(aim: _Aim, strategy: Strategy) -> _Tried:
    return _measured(aim, strategy, count=PROVED, seed=SEED + 2)


def _measured(aim: _Aim, strategy: Strategy, *, count: int = DRAWN, seed: int = SEED) -> _Tried:
    patrols = draw_patrols(aim.ground, strategy, duration_s=aim.duration_s, seed=seed, count=count)
    scores = score_of(aim.ground, patrols, duration_s=aim.duration_s, stay_s=aim.stay_s)
    return _Tried(strategy, scores, _losses(aim.ground, patrols, aim.duration_s, aim.stay_s))


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
