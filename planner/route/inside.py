"""Shortest ways inside a polygon with holes: straight where that stays inside, else by its inward corners."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import Polygon

from planner.geo.points import Floats
from planner.route.shapes import Point, length_m, reflex_vertices

MOST_NODES = 80


class Inside:
    """Answers ways inside one polygon; corners are seen through once, when built."""

    def __init__(self, polygon: Polygon) -> None:
        self._room = polygon.buffer(0.02, join_style="mitre")
        shapely.prepare(self._room)
        self._ring = polygon.exterior
        self._nodes = _nodes(polygon)
        self._known: dict[tuple[Point, Point], list[Point]] = {}
        self._seen: dict[Point, Floats] = {}
        count = len(self._nodes)
        if count:
            from scipy.sparse.csgraph import shortest_path  # slow to load, and most areas have no inward corner

            rows = np.vstack([self._lengths_from(node) for node in self._nodes])
            self._far, self._via = shortest_path(
                np.where(np.isfinite(rows), rows, 0.0), directed=False, return_predecessors=True
            )

    def clear(self, a: Point, b: Point) -> bool:
        """Whether the straight line from `a` to `b` stays inside."""
        return math.dist(a, b) < 1e-9 or bool(shapely.covers(self._room, shapely.linestrings([a, b])))

    def way(self, a: Point, b: Point) -> list[Point]:
        """The shortest way from `a` to `b` inside, both included.

        Between points that see no corner (outside the polygon, or so fine a coast that not all of its corners are
        looked at) the way follows the outer edge.
        """
        key = (a, b)
        if key not in self._known:
            self._known[key] = self._find(a, b)
        return self._known[key]

    def length_m(self, a: Point, b: Point) -> float:
        """Length of `way(a, b)`."""
        return length_m(self.way(a, b))

    def _find(self, a: Point, b: Point) -> list[Point]:
        if self.clear(a, b):
            return [a, b]
        if self._nodes:
            from_a, from_b = self._sight(a), self._sight(b)
            total = from_a[:, None] + self._far + from_b[None, :]
            i, j = np.unravel_index(int(np.argmin(total)), total.shape)
            if np.isfinite(total[i, j]):
                chain = [int(j)]
                while chain[-1] != i:
                    chain.append(int(self._via[i, chain[-1]]))
                return [a, *(self._nodes[k] for k in reversed(chain)), b]
        return self._along_edge(a, b)

    def _sight(self, a: Point) -> Floats:
        if a not in self._seen:
            self._seen[a] = self._lengths_from(a)
        return self._seen[a]

    def _lengths_from(self, a: Point) -> Floats:
        nodes = np.asarray(self._nodes, dtype=float)
        lines = shapely.linestrings(np.stack([np.broadcast_to(np.asarray(a), nodes.shape), nodes], axis=1))
        lengths = np.hypot(nodes[:, 0] - a[0], nodes[:, 1] - a[1])
        return np.where(shapely.covers(self._room, lines), lengths, np.inf)

    def _along_edge(self, a: Point, b: Point) -> list[Point]:
        start, end = (self._ring.project(shapely.Point(p)) for p in (a, b))
        whole = self._ring.length
        forward = (end - start) % whole
        step = forward if forward <= whole / 2 else forward - whole
        stops = sorted(
            (
                ((at - start) % whole if step > 0 else (start - at) % whole, (float(x), float(y)))
                for (x, y), at in (((c[0], c[1]), self._ring.project(shapely.Point(c))) for c in self._ring.coords[:-1])
            ),
        )
        between = [p for way, p in stops if 0 < way < abs(step)]
        first, last = (self._ring.interpolate(at) for at in (start, end))
        return [a, (first.x, first.y), *between, (last.x, last.y), b]


def _nodes(polygon: Polygon) -> list[Point]:
    """Corners that ways turn at; of a fine coast, those of a coarser polygon inside it."""
    shape, reach = polygon, 0.5
    corners = reflex_vertices(shape)
    while len(corners) > MOST_NODES and reach < 200:
        inner = polygon.buffer(-reach).simplify(reach * 0.9)
        parts: Sequence[Polygon] = [inner] if isinstance(inner, Polygon) else list(getattr(inner, "geoms", []))
        corners = [c for part in parts if not part.is_empty for c in reflex_vertices(part)]
        reach *= 2
    return [at for _, at, _ in corners[:MOST_NODES]]
