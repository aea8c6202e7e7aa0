"""Randomised patrols of watched points and lines: where to go next is drawn, not planned.

The chance of a watch to be next is weight * (1 + (age / due_s) ** DUE_POWER) / way ** way_power: it falls with the way
to it, does not depend on its age as long as that is short (so that the drone may come back at once, and nobody can
count on its absence), and rises steeply when the watch is overdue. Without weights, due time and way power this is the
naive random patrol. `patrol_tune` finds the weights, due time and power for a map.

Sources: George, Jafarpour and Bullo, "Markov chains with maximum entropy for robotic surveillance", IEEE Transactions
on Automatic Control 64 (2019); Alpern, Morton and Papadaki, "Patrolling games", Operations Research 59 (2011). A chain
draws the next point by the present one alone; here the ages are part of the state, which keeps long gaps rare.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from planner.route.inside import Inside
from planner.route.shapes import Point, length_m

Ints = npt.NDArray[np.int64]
MOST_WATCHES = 100
DUE_POWER = 4.0
"""How steeply the chance of an overdue watch rises."""
LEAST_WAY = 0.5
"""Ways shorter than this share of the mean step of the short tour count as this long, so that the drone is not caught
between two neighbours."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at: one point, or a line that is flown along; local metres. `value` is the cost of a miss.

    Raises:
        ValueError: no point, or a value that is not positive.
    """

    name: str
    points: tuple[Point, ...]
    value: float = 1.0

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError(f"watch {self.name!r} has no place")
        if not 0 < self.value < math.inf:
            raise ValueError(f"watch {self.name!r}: its value must be a positive number, got {self.value}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One watch visited: when the drone comes and goes (seconds of the patrol), and along which points."""

    watch: int
    comes_s: float
    goes_s: float
    points: tuple[Point, ...]


Patrol = tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """How the next watch is drawn; one weight to a watch."""

    weights: tuple[float, ...]
    way_power: float
    due_s: float
    """The age at which the chance of a watch has doubled; infinity: ages do not matter."""


class Ground:
    """The watches with the times between them. A line can be flown from either end: two moves to one watch.

    `inside` finds the ways where some water is barred; without it they are straight.
    """

    def __init__(
        self,
        watches: Sequence[Watch],
        *,
        base: Point,
        speed_m_s: float,
        stay_s: float = 0.0,
        inside: Inside | None = None,
    ) -> None:
        if not 1 <= len(watches) <= MOST_WATCHES:
            raise ValueError(f"a patrol needs 1 to {MOST_WATCHES} watched places, got {len(watches)}")
        if not speed_m_s > 0:
            raise ValueError(f"speed must be positive, got {speed_m_s}")
        self.watches = tuple(watches)
        self.speed_m_s = speed_m_s
        moves = [
            (number, points)
            for number, watch in enumerate(watches)
            for points in ([watch.points] if len(watch.points) == 1 else [watch.points, watch.points[::-1]])
        ]
        self.points = tuple(points for _, points in moves)
        self.watch_of: Ints = np.array([number for number, _ in moves], dtype=np.int64)
        self.lasts_s = np.array([length_m(points) / speed_m_s + stay_s for points in self.points])
        entries = np.array([points[0] for points in self.points])
        exits = np.array([points[-1] for points in self.points] + [base])
        """The last row of `way_s` is from the base."""
        self.way_s: Floats = _lengths(exits, entries, inside) / speed_m_s
        self.back_s: Floats = _lengths(exits, np.array([base]), inside)[:, 0] / speed_m_s
        ways_in = np.bincount(self.watch_of, minlength=len(watches))
        self.share: Floats = 1.0 / ways_in[self.watch_of]
        self.tour: tuple[int, ...] = tuple(tour(self))
        """A short closed tour: one move to each watch."""
        self.lap_s: float = _lap(self, list(self.tour))
        self.step_s: float = max(self.lap_s / len(watches), 1.0)
        """The mean time from watch to watch on that tour."""

    @property
    def values(self) -> Floats:
        """The values of the watches."""
        return np.array([watch.value for watch in self.watches])

    def visit(self, move: int, comes_s: float) -> Visit:
        """The visit that a move is, when it begins at `comes_s`."""
        goes = comes_s + float(self.lasts_s[move])
        return Visit(int(self.watch_of[move]), comes_s, goes, self.points[move])


def _lengths(starts: Floats, ends: Floats, inside: Inside | None) -> Floats:
    """Lengths of the ways from each start (rows) to each end (columns), metres."""
    straight: Floats = np.linalg.norm(starts[:, None] - ends[None], axis=2)
    if inside is None:
        return straight
    for i, j in np.ndindex(straight.shape):
        a, b = (float(starts[i, 0]), float(starts[i, 1])), (float(ends[j, 0]), float(ends[j, 1]))
        straight[i, j] = inside.length_m(a, b)
    return straight


def naive(ground: Ground) -> Strategy:
    """Any other watch next, all with the same chance."""
    return Strategy((1.0,) * len(ground.watches), 0.0, math.inf)


def draw_patrol(ground: Ground, strategy: Strategy, *, duration_s: float, seed: int) -> Patrol:
    """One patrol; the same for the same seed. It leaves time for the way back within `duration_s`."""
    return draw_patrols(ground, strategy, duration_s=duration_s, seed=seed, count=1)[0]


def draw_patrols(ground: Ground, strategy: Strategy, *, duration_s: float, seed: int, count: int) -> tuple[Patrol, ...]:
    """`count` independent patrols from one seed."""
    drawn = _draw(ground, strategy, duration_s=duration_s, seed=seed, count=count)
    return tuple(tuple(ground.visit(move, comes) for move, comes in row) for row in drawn)


def _draw(
    ground: Ground, strategy: Strategy, *, duration_s: float, seed: int, count: int
) -> list[list[tuple[int, float]]]:
    """Moves with their times for each patrol; all patrols take their steps together, as columns."""
    chance = np.random.default_rng(seed)
    rows = np.arange(count)
    now, at = np.zeros(count), np.full(count, len(ground.points))
    seen_s = -chance.random((count, len(ground.watches))) * duration_s / 2
    fixed = np.log(np.asarray(strategy.weights)[ground.watch_of] * ground.share)
    fixed = fixed - strategy.way_power * np.log(np.maximum(ground.way_s + ground.lasts_s, LEAST_WAY * ground.step_s))
    alone = len(ground.watches) == 1
    drawn: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    going = np.ones(count, dtype=bool)
    while True:
        comes = now[:, None] + ground.way_s[at]
        goes = comes + ground.lasts_s
        age = np.maximum(comes - seen_s[:, ground.watch_of], 0.0)
        score = fixed[at] + np.log1p((age / strategy.due_s) ** DUE_POWER)
        barred = goes + ground.back_s[:-1] > duration_s
        if not alone:
            here = np.append(ground.watch_of, -1)[at]
            barred |= ground.watch_of[None] == here[:, None]
        going &= ~barred.all(axis=1)
        if not going.any():
            return drawn
        score = np.where(barred, -np.inf, score)
        top = np.where(going, score.max(axis=1, initial=-np.inf, where=~barred), 0.0)
        upto = np.cumsum(np.exp(score - top[:, None]), axis=1)
        draw = chance.random(count) * upto[:, -1]
        move = np.minimum((upto <= draw[:, None]).sum(axis=1), len(ground.points) - 1)
        for row in rows[going]:
            drawn[row].append((int(move[row]), float(comes[row, move[row]])))
        now = np.where(going, goes[rows, move], now)
        at = np.where(going, move, at)
        seen_s[rows[going], ground.watch_of[move[going]]] = now[going]
        if alone and float(ground.lasts_s.min()) <= 0 and len(ground.points) == 1:
            return drawn  # one point, nothing else to fly to


def fixed_patrol(ground: Ground, *, duration_s: float) -> Patrol:
    """The short closed tour flown again and again."""
    visits: list[Visit] = []
    now, at = 0.0, len(ground.points)
    for move in itertools.cycle(ground.tour):
        comes = now + float(ground.way_s[at, move])
        visit = ground.visit(move, comes)
        if visit.goes_s + float(ground.back_s[move]) > duration_s or (visits and visit.goes_s <= now):
            return tuple(visits)
        visits.append(visit)
        now, at = visit.goes_s, move
    return tuple(visits)


def tour(ground: Ground) -> list[int]:
    """A short closed tour: one move to each watch, in order.

    Nearest next; then pieces are turned round (2-opt) and watches moved elsewhere until nothing makes it shorter.
    """
    base = len(ground.points)
    left = set(range(len(ground.watches)))
    order: list[int] = []
    at = base
    while left:
        at = min((m for m in range(base) if int(ground.watch_of[m]) in left), key=lambda m: (ground.way_s[at, m], m))
        left.discard(int(ground.watch_of[at]))
        order.append(at)
    other = {m: next((k for k in range(base) if k != m and ground.watch_of[k] == ground.watch_of[m]), m) for m in order}
    other |= {v: k for k, v in other.items()}
    best, better = _lap(ground, order), True
    for _ in range(20):
        if not better:
            break
        better = False
        for i, j in itertools.combinations(range(len(order) + 1), 2):
            tried = order[:i] + [other[m] for m in reversed(order[i:j])] + order[j:]
            cost = _lap(ground, tried)
            if cost < best - 1e-9:
                order, best, better = tried, cost, True
        for move, to in itertools.product(tuple(order), range(len(order))):
            rest = [m for m in order if m not in {move, other[move]}]
            for turned in (move, other[move]):
                tried = [*rest[:to], turned, *rest[to:]]
                cost = _lap(ground, tried)
                if cost < best - 1e-9:
                    order, best, better = tried, cost, True
    return order


def _lap(ground: Ground, order: list[int]) -> float:
    moves = np.asarray(order)
    return float(ground.way_s[moves, np.roll(moves, -1)].sum() + ground.lasts_s[moves].sum())
