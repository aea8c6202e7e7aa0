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

    def improved(self, step: float) -> bool:
        """Tries every corner and every leg once; whether the way became cheaper by more than half of `step`."""
        gained = 0.0
        for first, last in self._moved():
            gained += self._best_of(first, last, step)
        return gained > 0.5 * step

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
        kept = np.vstack([np.arange(low), np.arange(1, low + 1)]).T, np.arange(high - 1, len(self.points) - 1)
        legs = np.concatenate([np.arange(low), kept[1]])
        boxes = _boxes(self.points[legs], self.points[legs + 1], self._strip)
        open_ = self._polygon.difference(shapely.union_all(boxes))
        offers = np.broadcast_to(self.points[low:high], (DIRECTIONS + 1, high - low, 2)).copy()
        offers[1:, first - low : last - low] += _directions(step)[:, None]
        costs = self._costs(offers, open_)
        best = int(np.argmin(costs))
        self.points[low:high] = offers[best]
        return float(costs[0] - costs[best]) if best else 0.0

    def _costs(self, offers: Floats, open_: BaseGeometry) -> Floats:
        lengths = self.metres(np.diff(offers, axis=1)).sum(axis=1)
        left = np.full(len(offers), open_, dtype=object)
        for leg in range(offers.shape[1] - 1):
            left = shapely.difference(left, _boxes(offers[:, leg], offers[:, leg + 1], self._strip))
        missed = np.maximum(0.0, shapely.area(left) - self.allowed_m2)
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
