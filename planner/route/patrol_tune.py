"""Weights and powers of a patrol for a map: those with which a visitor gains least.

The patrolling game is played: patrols are drawn, each watch's loss (its value times the chance of an unseen stay) is
measured, and the weights of the watches that lose most are raised (multiplicative weights), for a few powers. The same
map gives the same strategy: the draws for tuning have their own seed, not the plan's.
"""

from dataclasses import replace

import numpy as np

from planner.geo.points import Floats
from planner.route.patrol import Ground, Patrol, Strategy, draw_patrols, lap_s
from planner.route.patrol_score import Scores, gaps_of, score, timed_chances, unseen_chance

POWERS = tuple((w, d) for w in (0.5, 1.0, 1.5, 2.0, 3.0) for d in (0.7, 1.0, 1.5))
"""Way powers tried, with due times in laps of the short tour."""
ROUNDS = 6
DRAWN = 40
"""Patrols drawn in each round."""
KNOWN = 5
"""Patrols that the observer has seen."""
SEED = 20_110
RATE = 0.7
"""How fast weights follow losses."""


def tuned(ground: Ground, *, duration_s: float, stay_s: float) -> Strategy:
    """The strategy of least loss to a visitor who stays `stay_s` seconds."""
    best: tuple[float, Strategy] | None = None
    lap = lap_s(ground)
    for way_power, due in POWERS:
        strategy = Strategy(tuple(float(v) for v in ground.values), way_power, due * lap)
        for number in range(ROUNDS):
            patrols = draw_patrols(ground, strategy, duration_s=duration_s, seed=SEED + number, count=DRAWN)
            lost = _losses(ground, patrols, duration_s, stay_s)
            found = score_of(ground, patrols, duration_s=duration_s, stay_s=stay_s)
            if best is None or found.loss < best[0]:
                best = found.loss, strategy
            weights = np.array(strategy.weights) * np.exp(RATE * (lost / max(float(lost.mean()), 1e-9) - 1).clip(-1, 2))
            strategy = replace(strategy, weights=tuple(float(w) for w in weights / weights.mean()))
    if best is None:
        raise ValueError("no powers to try")
    return best[1]


def score_of(ground: Ground, patrols: tuple[Patrol, ...], *, duration_s: float, stay_s: float) -> Scores:
    """Scores of patrols on their map; return times are counted in mean steps of the short tour."""
    step = lap_s(ground) / len(ground.watches)
    return score(patrols, ground.values, duration_s=duration_s, stay_s=stay_s, step_s=max(step, 1.0), known=KNOWN)


def _losses(ground: Ground, patrols: tuple[Patrol, ...], duration_s: float, stay_s: float) -> Floats:
    """What each watch loses to a visitor who times his stay, and a little to one who does not."""
    gaps = [[gaps_of(patrol, watch, duration_s) for watch in range(len(ground.watches))] for patrol in patrols]
    timed = timed_chances(gaps, duration_s, stay_s)
    anyhow = np.array([[unseen_chance(watch, duration_s, stay_s) for watch in patrol] for patrol in gaps]).mean(axis=0)
    losses: Floats = ground.values * (0.8 * timed + 0.2 * anyhow)
    return losses
