"""A way over an area made shorter and straighter, all of the area still seen, by simulated annealing.

Sweeps end their lines where a slanted edge cuts them, and leave wedges there that cost short lines and turns. Here
corners of a finished way are moved, put in and left out, and stretches turned about, while what it would miss is
watched on sample points: at each step a corner or a leg is offered several new places and takes one with the
probability that its cost gives it at the present temperature (a heat bath). Only points that no other leg sees
need a look. The same seed gives the same way.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from planner.geo.points import Floats
from planner.route.favour import PLAIN, Favour
from planner.route.shapes import Point, Strip

Mask = npt.NDArray[np.bool_]
MISSED_WEIGHT = 25.0
"""A missed square metre costs this many times the flying that sees one."""
TURN_M = 20.0
SURPLUS_TURN_M = 400.0
CANDIDATES = 10
NO_LEG_M = 0.5
"""Legs shorter than this see nothing: they have no direction worth the name."""
MOST_SAMPLES = 40_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One cooling: samples this fraction of the spacing apart, a strip narrower by `less_m`, steps, temperatures."""

    fineness: float
    less_m: float
    steps: int
    hot_m: float
    cold_m: float


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
        self._polygon = polygon
        self._room = room.buffer(1e-3)
        shapely.prepare(self._room)
        self._strip = strip
        self._wished = (most_turns, may_miss, favour)

    def tightened(self, points: list[Point], stage: Stage, rng: np.random.Generator) -> list[Point]:
        """The best way found from `points` on."""
        run = _Run(self._polygon, self._room, self._strip, stage, rng, self._wished)
        return run.cooled(points)

    def cost_m(self, points: list[Point], stage: Stage, rng: np.random.Generator) -> float:
        """What a way costs, by samples as fine as the stage's."""
        run = _Run(self._polygon, self._room, self._strip, stage, rng, self._wished)
        return run.cost_of(points)


class _Run:
    def __init__(
        self,
        polygon: Polygon,
        room: Polygon,
        strip: Strip,
        stage: Stage,
        rng: np.random.Generator,
        wished: tuple[int, float, Favour],
    ) -> None:
        self._rng, self._room, self._stage, self._strip = rng, room, stage, strip
        self._most_turns, self._may_miss, favour = wished
        self._metres = favour.metres
        self._area = polygon.area
        self._half = np.float32(strip.width / 2 - stage.less_m)
        step = max(strip.spacing * stage.fineness, math.sqrt(polygon.area / MOST_SAMPLES))
        self._samples = _samples(polygon, step, rng)
        self._points: Floats = np.zeros((0, 2))
        self._lengths: Floats = np.zeros(0)
        self._masks: list[Mask] = []
        self._count = np.zeros(len(self._samples), dtype=np.int16)

    def cooled(self, points: list[Point]) -> list[Point]:
        self._take(np.asarray(points, dtype=float))
        best, least = self._points, self._cost_now()
        cost = least
        for number in range(self._stage.steps):
            share = number / self._stage.steps
            heat = self._stage.hot_m * (self._stage.cold_m / self._stage.hot_m) ** share
            reach = self._strip.spacing * 0.8 * (heat / 150) ** 0.5 + 0.3
            change = self._moved(heat, reach, cost)
            if change is None:
                continue
            cost = change
            if cost < least:
                best, least = self._points, cost
        return [(float(x), float(y)) for x, y in best]

    def cost_of(self, points: list[Point]) -> float:
        """What a way costs: metres, and as many for its turns and for what it misses."""
        self._take(np.asarray(points, dtype=float))
        return self._cost_now()

    def _take(self, points: Floats) -> None:
        self._points = points
        self._lengths = self._metres(np.diff(points, axis=0))
        self._masks = [self._mask(a, b) for a, b in itertools.pairwise(points)]
        self._count = np.sum(self._masks, axis=0).astype(np.int16)

    def _cost_now(self) -> float:
        missed = len(self._samples) - int(np.count_nonzero(self._count))
        return float(self._lengths.sum() + self._extra(np.asarray([missed]), len(self._points))[0])

    def _extra(self, missed: npt.NDArray[np.int_], corners: int) -> Floats:
        missed_m2 = np.maximum(0.0, missed / max(len(self._samples), 1) - self._may_miss) * self._area
        turns = corners - 2
        surplus = max(0, turns - self._most_turns)
        return np.asarray(MISSED_WEIGHT * missed_m2 / self._strip.spacing + TURN_M * turns + SURPLUS_TURN_M * surplus)

    def _moved(self, heat: float, reach: float, cost: float) -> float | None:
        """One step; the new cost, or None where all stays."""
        first, last, offers = self._offers(reach)
        if len(offers) == 0:
            return None
        rest = self._count.copy()
        for mask in self._masks[first:last]:
            rest -= mask
        unseen = self._samples[rest == 0]
        old = self._points
        steps = self._metres(np.diff(offers, axis=1)).sum(axis=1)
        lengths = self._lengths[:first].sum() + self._lengths[last:].sum() + steps
        costs = np.full(len(offers), math.inf)
        hopeful = np.flatnonzero(lengths <= cost + 8 * heat)  # others are not taken whatever they see
        if len(hopeful) == 0:
            return None
        missed = len(unseen) - np.count_nonzero(self._seen(offers[hopeful], unseen), axis=1)
        costs[hopeful] = lengths[hopeful] + self._extra(missed, len(old) - (last - first + 1) + offers.shape[1])
        weights = np.exp(-np.minimum(np.maximum(np.append(costs, cost) - min(cost, costs.min()), 0.0) / heat, 700.0))
        chosen = int(self._rng.choice(len(weights), p=weights / weights.sum()))
        if chosen == len(offers) or not math.isfinite(costs[chosen]) or not self._inside(offers[chosen]):
            return None
        self._put(first, last, offers[chosen])
        return float(costs[chosen])

    def _put(self, first: int, last: int, offer: Floats) -> None:
        for mask in self._masks[first:last]:
            self._count -= mask
        added = [self._mask(a, b) for a, b in itertools.pairwise(offer)]
        for mask in added:
            self._count += mask
        self._masks[first:last] = added
        self._points = np.vstack([self._points[:first], offer, self._points[last + 1 :]])
        self._lengths = self._metres(np.diff(self._points, axis=0))

    def _offers(self, reach: float) -> tuple[int, int, Floats]:
        """What may stand for the points from `first` to `last`: several stretches of equally many points."""
        rng, points = self._rng, self._points
        count = len(points)
        kind = rng.random()
        if kind < 0.5:
            i = int(rng.integers(count))
            first, last = max(0, i - 1), min(count - 1, i + 1)
            return first, last, _with(points[first : last + 1], i - first, rng, reach)
        if kind < 0.78:
            i = int(rng.integers(count - 1))
            first, last = max(0, i - 1), min(count - 1, i + 2)
            return first, last, _shifted(points[first : last + 1], i - first, rng, reach)
        i = int(rng.integers(count))
        if kind < 0.88 and count > 3:
            first, last = max(0, i - 2), min(count - 1, i + 2)
            return first, last, _without(points[first : last + 1], i - first, rng, reach)
        if kind < 0.96 and i < count - 1 and count - 2 < self._most_turns + 2:
            a, b = points[i], points[i + 1]
            put = np.broadcast_to(np.stack([a, a, b]), (CANDIDATES, 3, 2)).copy()
            put[:, 1] += rng.random((CANDIDATES, 1)) * (b - a) + rng.normal(0, reach, (CANDIDATES, 2))
            return i, i + 1, put
        j = int(rng.integers(count))
        i, j = min(i, j), max(i, j)
        first, last = max(0, i - 1), min(count - 1, j + 1)
        stretch = points[first : last + 1].copy()
        stretch[i - first : j - first + 1] = points[i : j + 1][::-1]
        return first, last, stretch[None]

    def _seen(self, offers: Floats, samples: npt.NDArray[np.float32]) -> Mask:
        """Which samples the legs of each offer see, shape (offers, samples)."""
        x, y = samples[:, 0], samples[:, 1]
        seen = np.zeros((len(offers), len(samples)), dtype=bool)
        for a, b in zip(offers[:, :-1].transpose(1, 0, 2), offers[:, 1:].transpose(1, 0, 2), strict=True):
            length = np.hypot(*(b - a).T)
            u = (b - a) / np.maximum(length, 1e-6)[:, None]
            ux, uy = u[:, :1].astype(np.float32), u[:, 1:].astype(np.float32)
            at = (a * u).sum(axis=1, keepdims=True).astype(np.float32)
            off = (a[:, 1:] * u[:, :1] - a[:, :1] * u[:, 1:]).astype(np.float32)
            half = np.where(length < 0.5, -1.0, 0.5 * length)[:, None].astype(
                np.float32
            )  # a leg this short sees nothing
            along = ux * x + uy * y
            along -= at + half
            across = ux * y - uy * x
            across -= off
            seen |= (np.abs(across) <= self._half) & (np.abs(along) <= half)
        return seen

    def _inside(self, offer: Floats) -> bool:
        return bool(shapely.covers(self._room, shapely.linestrings(offer))) if len(offer) > 1 else True

    def _mask(self, a: Floats, b: Floats) -> Mask:
        """Which samples the leg from `a` to `b` sees: flat at its ends."""
        return np.asarray(self._seen(np.stack([a, b])[None], self._samples)[0])


def _samples(polygon: Polygon, step: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Points all over `polygon`, one at a random place in each square of `step`, columns contiguous."""
    x0, y0, x1, y1 = polygon.bounds
    x, y = np.meshgrid(np.arange(x0, x1, step), np.arange(y0, y1, step))
    xy = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(0, step, (x.size, 2))
    shapely.prepare(polygon)
    return np.asfortranarray(xy[shapely.contains_xy(polygon, xy[:, 0], xy[:, 1])], dtype=np.float32)


def _with(stretch: Floats, i: int, rng: np.random.Generator, reach: float) -> Floats:
    """The stretch with its point `i` at several other places."""
    moved = np.broadcast_to(stretch, (CANDIDATES, *stretch.shape)).copy()
    moved[:, i] += rng.normal(0, reach, (CANDIDATES, 2))
    return moved


def _without(stretch: Floats, i: int, rng: np.random.Generator, reach: float) -> Floats:
    """The stretch without its point `i`, the points beside it as they are and moved to take over what it saw."""
    left = np.delete(stretch, i, axis=0)
    moved = np.broadcast_to(left, (CANDIDATES, *left.shape)).copy()
    for beside in (i - 1, i):
        if 0 <= beside < len(left):
            towards = rng.random((CANDIDATES - 1, 1)) * (rng.random((CANDIDATES - 1, 1)) < 0.5)
            moved[1:, beside] += towards * (stretch[i] - left[beside]) + rng.normal(0, reach, (CANDIDATES - 1, 2))
    return moved


def _shifted(stretch: Floats, i: int, rng: np.random.Generator, reach: float) -> Floats:
    """The stretch with the leg from its point `i` moved, mostly across itself."""
    moved = np.broadcast_to(stretch, (CANDIDATES, *stretch.shape)).copy()
    dx, dy = stretch[i + 1] - stretch[i]
    size = math.hypot(dx, dy) or 1.0
    by = rng.normal(0, reach, (CANDIDATES, 2))
    across = rng.random(CANDIDATES) < 0.7
    by[across] = by[across, :1] * np.array([-dy / size, dx / size])
    moved[:, i : i + 2] += by[:, None]
    return moved
