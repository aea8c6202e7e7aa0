"""A way over an area cooled from high cost to low: millions of changes, in a loop that numba compiles.

All in local metres. What a leg sees is a bit for each cell of a grid, 64 cells to a word, so that what a change would
leave unseen is counted word by word, and only in the rows that the changed legs touch. Each row of the grid is shifted
by chance: gaps along a course that suits a regular grid would else slip between its cells.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from planner.geo.points import Floats
from planner.route import anneal_loop
from planner.route.anneal_cells import Cells
from planner.route.shapes import edges_of

MOST_POINTS = 100
"""Points of a way at the most."""


class Grid:
    """The cells of an area, in rows along east: which of them are to be seen, and what one stands for."""

    def __init__(self, polygon: Polygon, cell_m: float, rng: np.random.Generator) -> None:
        x0, y0, x1, y1 = polygon.bounds
        rows, words = math.ceil((y1 - y0) / cell_m) + 1, math.ceil(((x1 - x0) / cell_m + 2) / 64)
        self.cell_m = cell_m
        self.y0_m = y0 - cell_m * float(rng.random())
        self.starts_m: Floats = x0 - cell_m * rng.random(rows)
        x = self.starts_m[:, None] + (np.arange(words * 64) + 0.5) * cell_m
        y = np.broadcast_to((self.y0_m + (np.arange(rows) + 0.5) * cell_m)[:, None], x.shape)
        shapely.prepare(polygon)
        inside = shapely.contains_xy(polygon, x.ravel(), y.ravel()).reshape(rows, -1)
        self.cell_m2 = polygon.area / max(int(inside.sum()), 1)
        bits = np.ascontiguousarray(np.packbits(inside, axis=1, bitorder="little"))
        self.wanted: npt.NDArray[np.uint64] = bits.view("<u8").astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Cooling:
    """How a way is cooled, in metres of cost.

    `steps` changes are tried while the heat falls from `hot_m` to `cold_m` and a square metre unseen comes to cost
    from `light_m` to `heavy_m`. A leg sees `half_m` to each side; points move by `reach_m` at a heat of 150 m, about.
    Turns beyond `most_turns` cost dearly; `may_miss_m2` may stay unseen at no cost.
    """

    steps: int
    hot_m: float
    cold_m: float
    light_m: float
    heavy_m: float
    half_m: float
    reach_m: float
    most_turns: int
    may_miss_m2: float


class Found(NamedTuple):
    """A way and what it costs, in metres."""

    points: Floats
    cost_m: float


def cooled(
    points: Floats, grid: Grid, room: Polygon, cooling: Cooling, factors: Floats | None, rng: np.random.Generator
) -> Found:
    """The cheapest way met while cooling from `points` on, its legs inside `room`; without steps what `points` cost.

    Points are at most MOST_POINTS; `factors` say what a metre counts by whole degrees of its angle (see `Favour`).
    """
    c = cooling
    limits = anneal_loop.Limits(
        c.half_m, c.hot_m, c.cold_m, c.light_m, c.heavy_m, c.reach_m, c.may_miss_m2, c.most_turns, c.steps
    )
    cells = Cells(grid.wanted, grid.starts_m, grid.y0_m, grid.cell_m, grid.cell_m2)
    by_angle = np.ones(1) if factors is None else np.ascontiguousarray(factors, dtype=float)
    most = max(MOST_POINTS, len(points))
    best, cost = anneal_loop.run(np.array(points, dtype=float), most, cells, edges_of(room), limits, by_angle, rng)
    return Found(best, float(cost))
