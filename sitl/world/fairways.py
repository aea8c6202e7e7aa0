"""Ways for vessels over a port's water: found on a grid that keeps clear of land, turned into closed rounds."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import Floats

STEP_M = 12.0
LEAST_CLEAR_M = 16.0
"""A way keeps at least so far from land, so that there and back fit beside each other."""
NEAR_M = 900.0
"""Ways begin and end no farther than this from the origin."""
ATTEMPTS = 40


def ways_over(water: BaseGeometry, rng: np.random.Generator) -> Iterator[Floats]:
    """Rings (N, 2) over the water: out on one side of a way, back on the other. None where the water is too narrow."""
    from scipy.ndimage import distance_transform_edt

    xs, ys, wet = _grid(water)
    if not wet.any():
        return
    # a border of land, so that ways do not leave the port
    clear = np.asarray(distance_transform_edt(np.pad(wet, 1)))[1:-1, 1:-1] * STEP_M
    open_ = clear >= LEAST_CLEAR_M + STEP_M
    parts = _parts(open_)
    if not parts.any():
        return
    sizes: npt.NDArray[np.int64] = np.bincount(parts.ravel())
    largest = 1 + int(sizes[1:].argmax())
    x, y = np.meshgrid(xs, ys)
    rows, cols = np.nonzero((parts == largest) & (np.hypot(x, y) <= NEAR_M))
    for _ in range(ATTEMPTS if len(rows) > 1 else 0):
        first, last = rng.integers(len(rows), size=2)
        path = _shortest(parts == largest, clear, (rows[first], cols[first]), (rows[last], cols[last]))
        if path.shape[0] < 8:
            continue
        line = shapely.LineString(np.column_stack([xs[path[:, 1]], ys[path[:, 0]]])).simplify(STEP_M / 2)
        aside = float(rng.uniform(0.55, 0.9)) * LEAST_CLEAR_M
        ring = line.buffer(aside, quad_segs=3)
        outline = shapely.segmentize(ring.exterior.simplify(1.0), 15.0).coords[:-1]
        yield np.asarray(outline)[::-1] if ring.exterior.is_ccw else np.asarray(outline)


def _parts(open_: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The number of the connected water that each cell belongs to; 0: none."""
    from scipy.ndimage import label

    numbered: npt.NDArray[np.int64] = np.asarray(label(open_)[0], dtype=np.int64)
    return numbered


def _grid(water: BaseGeometry) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    if water.is_empty:
        return np.zeros(0), np.zeros(0), np.zeros((0, 0), np.bool_)
    west, south, east, north = water.bounds
    xs, ys = np.arange(west, east + STEP_M, STEP_M), np.arange(south, north + STEP_M, STEP_M)
    shapely.prepare(water)
    x, y = np.meshgrid(xs, ys)
    return xs, ys, np.asarray(shapely.contains_xy(water, x.ravel(), y.ravel())).reshape(x.shape)


def _shortest(
    open_: npt.NDArray[np.bool_], clear: Floats, start: tuple[int, int], end: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Cells (row, column) of the cheapest way; narrow water costs more, so ways keep to the middle."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    index = np.full(open_.shape, -1)
    cells = np.argwhere(open_)
    index[open_] = np.arange(len(cells))
    cost = 1.0 + 40.0 / np.maximum(clear, 1.0)
    tails, heads, weights = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        to = cells + np.array([down, right])
        inside = (to[:, 0] < open_.shape[0]) & (to[:, 1] >= 0) & (to[:, 1] < open_.shape[1])
        a, b = cells[inside], to[inside]
        joined = index[b[:, 0], b[:, 1]] >= 0
        a, b = a[joined], b[joined]
        tails.append(index[a[:, 0], a[:, 1]])
        heads.append(index[b[:, 0], b[:, 1]])
        weights.append(np.hypot(down, right) * (cost[a[:, 0], a[:, 1]] + cost[b[:, 0], b[:, 1]]))
    n = len(cells)
    graph = coo_array((np.concatenate(weights), (np.concatenate(tails), np.concatenate(heads))), shape=(n, n)).tocsr()
    first, last = int(index[start]), int(index[end])
    _, before = dijkstra(csgraph=graph, directed=False, indices=np.array([first]), return_predecessors=True)
    path = [last]
    while path[-1] != first:
        step = int(before[0, path[-1]])
        if step < 0:
            return np.zeros((0, 2), dtype=np.int64)
        path.append(step)
    return np.asarray(cells[path], dtype=np.int64)
