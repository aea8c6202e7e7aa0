"""The corners of a way moved a little, so that it is shorter and misses no more than it may: the area is measured.

Annealing watches samples, and what lies between these slips through. Here every offer is measured with polygons: a
corner or a leg is moved in each of several directions, the best place is kept, and the moves grow finer.
"""

import math
from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import Floats
from planner.route.favour import PLAIN, Favour
from planner.route.shapes import Point, Strip

DIRECTIONS = 8
WEIGHTS = (30.0, 300.0)
"""A missed square metre more than may be missed costs this many times the flying that sees one; then, if need be."""
COARSEST_M = 4.0
FINEST_M = 0.1
FINER = 0.5


def polished(
    points: list[Point], polygon: Polygon, room: Polygon, strip: Strip, *, may_miss: float, favour: Favour = PLAIN
) -> list[Point]:
    """`points` moved, none added or left out, until no move of `FINEST_M` makes the way cost less."""
    work = _Polish(np.asarray(points, dtype=float), polygon, room.buffer(1e-3), strip, may_miss * polygon.area)
    work.metres = favour.metres
    for work.weight in WEIGHTS:
        step = COARSEST_M
        while step > FINEST_M:
            if not work.improved(step):
                step *= FINER
        if work.missed_m2() <= work.allowed_m2:
            break
    return [(float(x), float(y)) for x, y in work.points]


class _Polish:
    def __init__(self, points: Floats, polygon: Polygon, room: BaseGeometry, strip: Strip, allowed_m2: float) -> None:
        self.points = points
        self._polygon, self._room, self._strip, self.allowed_m2 = polygon, room, strip, allowed_m2
        self.weight = WEIGHTS[0]
        self.metres = PLAIN.metres
        shapely.prepare(room)
        self._seen = _boxes(self.points[:-1], self.points[1:], strip)
        self._missed = self.missed_m2()
        self._step = 0.0
        self._asleep: set[tuple[int, int]] = set()

    def improved(self, step: float) -> bool:
        """Tries every corner and every leg once; whether the way became cheaper by more than half of `step`.

        What found nothing better is tried again with another step, or once something near it has moved.
        """
        if step != self._step:
            self._step, self._asleep = step, set()
        gained = 0.0
        for move in self._moved():
            if move in self._asleep:
                continue
            gain = self._best_of(*move, step)
            gained += gain
            if gain:
                self._wake_near(*move)
            else:
                self._asleep.add(move)
        return gained > 0.5 * step

    def _wake_near(self, first: int, last: int) -> None:
        x0, y0, x1, y1 = self._reached(first, last)
        for move in list(self._asleep):
            u0, v0, u1, v1 = self._reached(*move)
            if u0 < x1 and u1 > x0 and v0 < y1 and v1 > y0:
                self._asleep.discard(move)

    def _reached(self, first: int, last: int) -> tuple[float, float, float, float]:
        """The bounds of all that legs at the corners from `first` to before `last` may see after a step."""
        low, high = max(0, first - 1), min(len(self.points), last + 1)
        reach = self._strip.width / 2 + self._step + 1.0
        (x0, y0), (x1, y1) = self.points[low:high].min(axis=0) - reach, self.points[low:high].max(axis=0) + reach
        return float(x0), float(y0), float(x1), float(y1)

    def missed_m2(self) -> float:
        """The area that no leg sees."""
        boxes = _boxes(self.points[:-1], self.points[1:], self._strip)
        return float(self._polygon.difference(shapely.union_all(boxes)).area)

    def _moved(self) -> Iterator[tuple[int, int]]:
        """Which corners move together: each alone, and the two of each leg."""
        count = len(self.points)
        yield from ((i, i + 1) for i in range(count))
        yield from ((i, i + 2) for i in range(count - 1))

    def _best_of(self, first: int, last: int, step: float) -> float:
        low, high = max(0, first - 1), min(len(self.points), last + 1)
        offers = np.broadcast_to(self.points[low:high], (DIRECTIONS + 1, high - low, 2)).copy()
        offers[1:, first - low : last - low] += _directions(step)[:, None]
        open_ = self._open_near(low, high, self._reached(first, last))
        left = np.full(len(offers), open_, dtype=object)
        for leg in range(offers.shape[1] - 1):
            left = shapely.difference(left, _boxes(offers[:, leg], offers[:, leg + 1], self._strip))
        missed = shapely.area(left)
        costs = self._costs(offers, self._missed - missed[0] + missed)
        best = int(np.argmin(costs))
        if not best:
            return 0.0
        self._missed += float(missed[best] - missed[0])
        self.points[low:high] = offers[best]
        self._seen = _boxes(self.points[:-1], self.points[1:], self._strip)
        return float(costs[0] - costs[best])

    def _open_near(self, low: int, high: int, bounds: tuple[float, float, float, float]) -> BaseGeometry:
        """What the legs outside `low` to `high` leave unseen within `bounds`."""
        x0, y0, x1, y1 = bounds
        here = shapely.clip_by_rect(self._polygon, x0, y0, x1, y1)
        boxes = shapely.bounds(self._seen)
        near = (boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 3] > y0)
        near[low : high - 1] = False
        return here.difference(shapely.union_all(self._seen[near]))

    def _costs(self, offers: Floats, missed_m2: Floats) -> Floats:
        lengths = self.metres(np.diff(offers, axis=1)).sum(axis=1)
        missed = np.maximum(0.0, missed_m2 - self.allowed_m2)
        inside = np.array(shapely.covers(self._room, shapely.linestrings(offers)), dtype=bool)
        inside[0] = True
        return np.asarray(np.where(inside, lengths + self.weight * missed / self._strip.spacing, math.inf))


def _boxes(a: Floats, b: Floats, strip: Strip) -> Floats:
    """What the legs from `a` to `b` see, flat at their ends."""
    along = (b - a) / np.maximum(np.hypot(*(b - a).T), 1e-9)[:, None]
    beside = np.column_stack([-along[:, 1], along[:, 0]]) * (strip.width / 2)
    return np.asarray(shapely.polygons(np.stack([a + beside, a - beside, b - beside, b + beside], axis=1)))


def _directions(step: float) -> Floats:
    angles = np.arange(DIRECTIONS) * (2 * math.pi / DIRECTIONS)
    return step * np.column_stack([np.cos(angles), np.sin(angles)])
