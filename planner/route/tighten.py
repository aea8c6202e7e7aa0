"""A way over an area made shorter and straighter, all of the area still seen, by simulated annealing.

Sweeps end their lines where a slanted edge cuts them, and leave wedges there that cost short lines and turns. Here
corners of a finished way are moved, put in and left out, and stretches turned about. Several searches cool from high
heat, each from its own chance, side by side in threads; the best is cooled once more on a finer grid. The same seed
gives the same way, however many processors there are.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from shapely.geometry import Polygon

from planner.route.anneal import Cooling, Grid, cooled
from planner.route.favour import PLAIN, Favour
from planner.route.shapes import Point, Strip

MOST_CELLS = 40_000
THREADS = 2
REACH = 0.8
"""How far points are moved at first, as a share of the spacing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One cooling: cells of this share of the spacing, a strip narrower by `less` of it on each side, heats.

    A square metre unseen costs at the start and at the end so many times the flying that sees one.
    """

    fineness: float
    less: float
    steps_a_turn: int
    hot: float
    cold: float
    weights: tuple[float, float]


# heats as shares of the spacing
HOT = Stage(fineness=0.1, less=0.0025, steps_a_turn=50_000, hot=1.9, cold=0.04, weights=(8.0, 60.0))
WARM = Stage(fineness=0.1, less=0.0025, steps_a_turn=50_000, hot=0.75, cold=0.04, weights=(8.0, 60.0))
MILD = Stage(fineness=0.1, less=0.0025, steps_a_turn=27_000, hot=0.31, cold=0.025, weights=(8.0, 60.0))
FINE = Stage(fineness=0.05, less=0.00125, steps_a_turn=40_000, hot=0.12, cold=0.006, weights=(8.0, 40.0))
JUDGED = replace(FINE, less=0.0, weights=(20.0, 20.0))
"""Ways found are compared at what it costs, about, to see a square metre more."""
MOST_STEPS = 1_200_000
"""Of one cooling."""
LEG_STEPS = 110_000_000
"""Steps times legs of all searches together, about: what some ten seconds of a processor do."""
FEWEST_SEARCHES, MOST_SEARCHES = 2, 6
MANY = 4
"""From so many searches on, the best three ways are cooled again, three times each; else the best two, once."""


class Tightener:
    """Works on one area; `most_turns` are wished for, more cost dearly; `favour` says what metres cost by course."""

    def __init__(
        self,
        polygon: Polygon,
        room: Polygon,
        strip: Strip,
        *,
        most_turns: int,
        may_miss: float,
        favour: Favour = PLAIN,
    ) -> None:
        self._polygon, self._strip, self._factors = polygon, strip, favour.factors
        self._room = max(getattr(room.buffer(1e-3), "geoms", [room.buffer(1e-3)]), key=lambda part: part.area)
        self._most_turns, self._may_miss = most_turns, may_miss

    def searched(self, points: list[Point], rng: np.random.Generator) -> list[Point]:
        """The best way of several searches from `points` on.

        Where they can be few only, one is warm, which keeps much of the way, and the others hot. The best are cooled
        again from little heat, several times: that mends single turns of theirs.
        """
        legs = max(self._most_turns, len(points) - 2) + 1
        count = min(max(round(LEG_STEPS / (_steps(HOT, legs) * legs)), FEWEST_SEARCHES), MOST_SEARCHES)
        stages = [HOT] * count if count >= MANY else [HOT, WARM, HOT][:count]
        best, again = (3, 3) if count >= MANY else (2, 1)
        judge = Grid(self._polygon, self._cell_m(FINE), rng)
        found = self._ranked(self._side_by_side([(stage, points) for stage in stages], rng), judge, rng)
        milder = [(MILD, one) for one in found[:best] for _ in range(again)]
        found = self._ranked([*found, *self._side_by_side(milder, rng)], judge, rng)
        finer = self._side_by_side([(FINE, one) for one in found[:best]], rng)
        return self._ranked(finer, judge, rng)[0]

    def _ranked(self, ways: list[list[Point]], judge: Grid, rng: np.random.Generator) -> list[list[Point]]:
        """The cheapest first, by other cells than they were found on, which they may suit by chance."""
        cooling = replace(self._cooling(JUDGED, 1), steps=0)
        return sorted(
            ways, key=lambda way: cooled(np.asarray(way), judge, self._room, cooling, self._factors, rng).cost_m
        )

    def _side_by_side(self, runs: list[tuple[Stage, list[Point]]], rng: np.random.Generator) -> list[list[Point]]:
        def run(chance: np.random.Generator, one: tuple[Stage, list[Point]]) -> list[Point]:
            return self._cooled(one[1], one[0], chance)

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(run, rng.spawn(len(runs)), runs))

    def refined(self, points: list[Point], rng: np.random.Generator) -> list[Point]:
        """The best way near `points`, by finer cells."""
        return self._cooled(points, FINE, rng)

    def _cooled(self, points: list[Point], stage: Stage, rng: np.random.Generator) -> list[Point]:
        cooling = self._cooling(stage, max(self._most_turns, len(points) - 2) + 1)
        grid = Grid(self._polygon, self._cell_m(stage), rng)
        found = cooled(np.asarray(points, dtype=float), grid, self._room, cooling, self._factors, rng)
        return [(float(x), float(y)) for x, y in found.points]

    def _cooling(self, stage: Stage, legs: int) -> Cooling:
        spacing = self._strip.spacing
        return Cooling(
            steps=_steps(stage, legs),
            hot_m=stage.hot * spacing,
            cold_m=stage.cold * spacing,
            light_m=stage.weights[0] / spacing,
            heavy_m=stage.weights[1] / spacing,
            half_m=self._strip.width / 2 - stage.less * spacing,
            reach_m=REACH * spacing,
            most_turns=self._most_turns,
            may_miss_m2=self._may_miss * self._polygon.area,
        )

    def _cell_m(self, stage: Stage) -> float:
        return max(self._strip.spacing * stage.fineness, math.sqrt(self._polygon.area / MOST_CELLS))


def _steps(stage: Stage, legs: int) -> int:
    return min(MOST_STEPS, stage.steps_a_turn * legs)
