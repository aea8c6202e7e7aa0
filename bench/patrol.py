"""Our randomised patrols against a fixed tour and a naive random patrol of the same length, on several maps and seeds.

Run: python -m bench.patrol

loss: the value lost to the better of two visitors (one waits until the drone has gone, one picks watch and minute from
the last five patrols), in shares of the greatest value. unseen: chance of a stay at a random moment, by value.
gap: worst time alone in laps of the fixed tour, mean over watches by value. foretold: visits named right by an observer
of the last five patrols. entropy: of the return times, bits (by value). surprise: the same for each hour of watching.

Some scores are at odds, and `AT_ODDS` names them. For equally many visits, even gaps make `unseen` and `gap` least (the
time unseen, max(0, gap - stay), is convex in the gap): the fixed tour's even gaps cannot be beaten there by much, and
our bound is told as a ratio. A next watch drawn from all others alike is the least foretold that any can be, and return
times spread more the longer they are: the naive patrol cannot be beaten in `foretold`, nor by more visits in `entropy`;
there the surprise for each hour counts.
"""

import math
import time
from collections.abc import Callable

import numpy as np

from planner.route.patrol import Ground, Patrol, Watch, draw_patrols, fixed_patrol, naive
from planner.route.patrol_score import Scores
from planner.route.patrol_tune import score_of, tuned

MAP_SEEDS = (1, 2, 3)
PATROLS = 240
LAPS = 4
"""Length of a patrol in laps of the fixed tour."""
STAYS = (0.4, 0.8)
"""How long a visitor stays, in laps of the fixed tour."""
SPEED_M_S = 10.0
Chance = np.random.Generator


def values(chance: Chance, count: int) -> list[float]:
    return [float(v) for v in chance.choice([1, 1, 2, 3, 5], count)]


def port(chance: Chance) -> list[Watch]:
    """Berths round two basins."""
    places = [
        (x0 + 350 * math.cos(a), 250 * math.sin(a))
        for x0 in (0, 900)
        for a in np.linspace(0, 2 * math.pi, 6, endpoint=False)
    ]
    return [Watch(f"berth {i}", (p,), v) for i, (p, v) in enumerate(zip(places, values(chance, 12), strict=True))]


def quay(chance: Chance) -> list[Watch]:
    """A row of quays along a river, each flown along."""
    return [Watch(f"quay {i}", ((450.0 * i, 0.0), (450.0 * i + 300, 20.0)), v) for i, v in enumerate(values(chance, 8))]


def coast(chance: Chance) -> list[Watch]:
    """Landing places along a bent coast of 6 km."""
    along = np.sort(chance.random(10)) * 6000
    places = [(float(s), 800 * math.sin(s / 1500)) for s in along]
    return [Watch(f"landing {i}", (p,), v) for i, (p, v) in enumerate(zip(places, values(chance, 10), strict=True))]


def scattered(chance: Chance) -> list[Watch]:
    """Places anywhere in a square."""
    rows = chance.random((12, 2)) * 2500
    return [
        Watch(f"place {i}", ((float(x), float(y)),), v)
        for i, ((x, y), v) in enumerate(zip(rows, values(chance, 12), strict=True))
    ]


def alike(chance: Chance) -> list[Watch]:
    """Places of the same value."""
    return [Watch(f"place {i}", ((float(x), float(y)),)) for i, (x, y) in enumerate(chance.random((9, 2)) * 2000)]


MAPS: dict[str, Callable[[Chance], list[Watch]]] = {
    "port": port,
    "quay": quay,
    "coast": coast,
    "scattered": scattered,
    "alike": alike,
}
COLUMNS = ("loss", "timed", "unseen", "gap", "foretold", "entropy", "surprise")
BETTER_LOW = 5
"""The first columns are better when low, the others when high."""
AT_ODDS = {"fixed tour": ("unseen", "gap"), "naive random": ("foretold", "entropy")}
"""The scores in which each of the simple patrols is best by its nature."""


def row(scores: Scores, lap_s: float) -> list[float]:
    gap = scores.gap_by_value_s / lap_s
    return [
        scores.loss,
        scores.unseen_timed,
        scores.unseen,
        gap,
        scores.foretold,
        scores.return_entropy,
        scores.surprise_per_hour,
    ]


def measured(ground: Ground, stay: float) -> dict[str, list[float]]:
    duration, stay_s = LAPS * ground.lap_s, stay * ground.lap_s
    strategy = tuned(ground, duration_s=duration, stay_s=stay_s)
    series: dict[str, tuple[Patrol, ...]] = {
        "ours": draw_patrols(ground, strategy, duration_s=duration, seed=77, count=PATROLS),
        "naive random": draw_patrols(ground, naive(ground), duration_s=duration, seed=77, count=PATROLS),
        "fixed tour": (fixed_patrol(ground, duration_s=duration),) * 10,
    }
    return {
        by: row(score_of(ground, patrols, duration_s=duration, stay_s=stay_s), ground.lap_s)
        for by, patrols in series.items()
    }


def main() -> None:
    print(f"{'map':10} {'by':13}" + "".join(f"{name:>10}" for name in COLUMNS))
    wins: dict[str, list[list[bool]]] = {"naive random": [], "fixed tour": []}
    ratios: dict[str, list[list[float]]] = {name: [] for name in wins}
    spent = []
    for name, drawn in MAPS.items():
        found = []
        for seed in MAP_SEEDS:
            ground = Ground(drawn(np.random.default_rng(seed)), base=(0.0, -200.0), speed_m_s=SPEED_M_S, stay_s=5.0)
            for stay in STAYS:
                began = time.perf_counter()
                found.append(measured(ground, stay))
                spent.append(time.perf_counter() - began)
        for by in found[0]:
            means = np.mean([case[by] for case in found], axis=0)
            print(f"{name:10} {by:13}" + "".join(f"{value:10.3f}" for value in means))
        for other, cases in wins.items():
            for case in found:
                signs = [1 if i < BETTER_LOW else -1 for i in range(len(COLUMNS))]
                cases.append([s * a < s * b for s, a, b in zip(signs, case["ours"], case[other], strict=True)])
                ratios[other].append([a / b if b else math.inf for a, b in zip(case["ours"], case[other], strict=True)])
    count = len(spent)
    for other, cases in wins.items():
        shares = np.array(cases).sum(axis=0)
        print(
            f"better than the {other:13}" + "  ".join(f"{n} {w}/{count}" for n, w in zip(COLUMNS, shares, strict=True))
        )
    for other, names in AT_ODDS.items():
        for name in names:
            column = [row[COLUMNS.index(name)] for row in ratios[other]]
            print(
                f"at odds with the {other}: {name} {np.median(column):.2f} times its (from {min(column):.2f} "
                f"to {max(column):.2f})"
            )
    print(
        f"{count} cases ({len(MAPS)} maps, {len(MAP_SEEDS)} seeds, stays of {STAYS} laps), {np.mean(spent):.1f} s each"
    )


if __name__ == "__main__":
    main()
