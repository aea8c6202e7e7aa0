"""What numba compiles for `planner.route.anneal`: plain loops over arrays, no objects.

The first call in a fresh installation compiles for some seconds; the result is kept on disk beside this file, or in
numba's cache folder where that cannot be written. Chance comes from the generator that is passed in, so that the same
seed gives the same way.
"""

import math
from typing import NamedTuple

import numpy as np

from planner.geo.points import Floats
from planner.route.anneal_cells import (
    Cells,
    Ints,
    Seen,
    clear,
    compiled,
    count_set,
    count_unseen,
    count_unseen_by_times,
    draw,
    inside,
    joined,
    take,
)

TURN_M = 20.0
SURPLUS_TURN_M = 400.0
ACROSS = 0.7
LATER = 0.5
"""The best way is looked for after this share of the steps."""
NEAREST_M = 0.3
SPARE = 8
"""More masks than legs: those of a change that is being tried."""
# shares of the kinds of change, added up: a point moved, a leg moved, a stretch turned about, a point left out, a point
# put in, a point put in for another one; the rest: a point that changes its place in the order
MOVED, SHIFTED, TURNED, LEFT_OUT, PUT_IN, PUT_FOR = 0.43, 0.74, 0.85, 0.90, 0.95, 0.98


class Limits(NamedTuple):
    """`planner.route.anneal.Cooling` for the loop."""

    half_m: float
    hot_m: float
    cold_m: float
    light_m: float
    heavy_m: float
    reach_m: float
    may_miss_m2: float
    most_turns: int
    steps: int


class Way(NamedTuple):
    """A way's points, and for each of its legs the weighted length and the slot of its mask."""

    points: Floats
    metres: Floats
    slots: Ints


@compiled
def run(
    points: Floats, most: int, cells: Cells, edges: Floats, limits: Limits, factors: Floats, rng: np.random.Generator
) -> tuple[Floats, float]:
    """The best points met, and their cost; `most` points at the most."""
    height, words = cells.wanted.shape
    seen = Seen(
        np.zeros((most + SPARE, height, words), dtype=np.uint64),
        np.zeros((most + SPARE, 4), dtype=np.int64),
        np.zeros((4, height, words), dtype=np.uint64),
        np.zeros((height, words), dtype=np.uint64),
        np.zeros((height, words), dtype=np.uint64),
        np.zeros(most + SPARE, dtype=np.bool_),
        np.zeros(most + SPARE, dtype=np.int64),
        np.zeros(most + SPARE, dtype=np.int64),
    )
    old = Way(np.zeros((most, 2)), np.zeros(most), np.zeros(most, dtype=np.int64))
    new = Way(np.zeros((most, 2)), np.zeros(most), np.zeros(most, dtype=np.int64))
    count = len(points)
    _copy(points, 0, count, 0, old.points)
    for leg in range(count - 1):
        old.slots[leg] = leg
        draw(old.points, leg, cells, limits.half_m, seen.masks[leg], seen.boxes[leg])
        old.metres[leg] = _metres(old.points, leg, factors)
    unseen = count_unseen((0, height, 0, words), old.slots, count - 1, seen, cells.wanted)
    take((0, height, 0, words), old.slots, count - 1, seen)
    metres = _sum(old.metres, 0, count - 1)
    best, best_count = np.zeros((most, 2)), count
    _copy(old.points, 0, count, 0, best)
    if not limits.steps:
        return best[:count], metres + _fixed_m(count, limits) + _missed_m(unseen, cells, limits, limits.heavy_m)
    least, weight, cost, share, heat, reach = math.inf, limits.light_m, 0.0, 0.0, limits.hot_m, limits.reach_m
    for step in range(limits.steps):
        if step % 64 == 0:
            share = step / limits.steps
            heat = limits.hot_m * (limits.cold_m / limits.hot_m) ** share
            reach = limits.reach_m * math.sqrt(heat / 150.0) + NEAREST_M
        if step % 1024 == 0:
            weight = limits.light_m * (limits.heavy_m / limits.light_m) ** share
            metres = _sum(old.metres, 0, count - 1)
            cost = metres + _fixed_m(count, limits) + _missed_m(unseen, cells, limits, weight)
        size = _changed(old.points, count, reach, min(limits.most_turns + 4, most), rng, new.points)
        if size == 0:
            continue
        taking = cost - heat * math.log(rng.random() + 1e-300)
        length, now = _tried(
            old, count, new, size, (metres, unseen, weight, taking), cells, edges, limits, factors, seen
        )
        if now < 0:
            continue
        count, metres, unseen = size, length, now
        cost = metres + _fixed_m(count, limits) + _missed_m(unseen, cells, limits, weight)
        if share > LATER:
            final = metres + _fixed_m(count, limits) + _missed_m(unseen, cells, limits, limits.heavy_m)
            if final < least:
                least, best_count = final, count
                _copy(old.points, 0, count, 0, best)
    if least == math.inf:  # nothing was taken in the later part
        return old.points[:count], cost
    return best[:best_count], least


@compiled
def _tried(
    old: Way,
    count: int,
    new: Way,
    size: int,
    now: tuple[float, int, float, float],
    cells: Cells,
    edges: Floats,
    limits: Limits,
    factors: Floats,
    seen: Seen,
) -> tuple[float, int]:
    """Takes the new way into `old` if it costs no more than `taking`: its metres and cells unseen, or -1 if not.

    `now`: metres, cells unseen, the weight of these and `taking`.
    """
    metres, unseen, weight, taking = now
    first, tail = _same(old.points, count, new.points, size)
    begin, end, old_end = max(0, first - 1), min(size - 1, size - tail), min(count - 1, count - tail)
    for leg in range(begin, old_end):
        metres -= old.metres[leg]
    for leg in range(begin, end):
        new.metres[leg] = _metres(new.points, leg, factors)
        metres += new.metres[leg]
    fixed = _fixed_m(size, limits)
    if metres + fixed > taking or not inside(new.points, first, size - tail, edges):
        return 0.0, -1
    box = _masked(old, count, new, (begin, end, old_end, first + size - tail - 2), cells, edges, limits, seen)
    if box[0] < 0:
        return 0.0, -1
    for leg in range(begin):
        new.slots[leg] = old.slots[leg]
    for leg in range(end, size - 1):
        new.slots[leg] = old.slots[leg - size + count]
    if seen.gone[0] <= 3 and seen.fresh[0] <= 3:
        unseen += count_unseen_by_times(box, seen, cells.wanted) - count_set(seen.open, box)
    else:
        unseen += count_unseen(box, new.slots, size - 1, seen, cells.wanted) - count_set(seen.open, box)
    if metres + fixed + _missed_m(unseen, cells, limits, weight) > taking:
        return 0.0, -1
    take(box, new.slots, size - 1, seen)
    for leg in range(end, size - 1):
        new.metres[leg] = old.metres[leg - size + count]
    for leg in range(begin, size - 1):
        old.metres[leg], old.slots[leg] = new.metres[leg], new.slots[leg]
    for i in range(first, size):
        old.points[i, 0], old.points[i, 1] = new.points[i, 0], new.points[i, 1]
    return metres, unseen


@compiled
def _masked(
    old: Way,
    count: int,
    new: Way,
    places: tuple[int, int, int, int],
    cells: Cells,
    edges: Floats,
    limits: Limits,
    seen: Seen,
) -> tuple[int, int, int, int]:
    """Gives each new leg from `begin` to before `end` a mask: an old leg's, or a free one that is drawn.

    The box of rows and words that change, from and to before; all -1 where a leg leaves the room.
    """
    begin, end, old_end, about = places
    used = seen.used
    for slot in range(len(used)):
        used[slot] = False
    for leg in range(begin, end):
        was = _kept(new.points, leg, old.points, begin, old_end, about)
        new.slots[leg] = -1
        if was >= 0 and not used[old.slots[was]]:
            new.slots[leg] = old.slots[was]
            used[old.slots[was]] = True
        elif not clear(new.points, leg, edges):
            return -1, -1, -1, -1
    box = (cells.wanted.shape[0], 0, cells.wanted.shape[1], 0)
    gone, fresh = 0, 0
    for leg in range(begin, old_end):
        if not used[old.slots[leg]]:  # a leg that goes; its mask stays as it is until the change is taken
            box = joined(box, seen.boxes[old.slots[leg]])
            gone += 1
            seen.gone[gone] = old.slots[leg]
    for leg in range(count - 1):
        used[old.slots[leg]] = True
    slot = 0
    for leg in range(begin, end):
        if new.slots[leg] >= 0:
            continue
        while used[slot]:
            slot += 1
        used[slot] = True
        new.slots[leg] = slot
        fresh += 1
        seen.fresh[fresh] = slot
        draw(new.points, leg, cells, limits.half_m, seen.masks[slot], seen.boxes[slot])
        box = joined(box, seen.boxes[slot])
    seen.gone[0], seen.fresh[0] = gone, fresh
    for k in range(3):
        if k >= gone:
            seen.gone[k + 1] = len(seen.masks) - 1
        if k >= fresh:
            seen.fresh[k + 1] = len(seen.masks) - 1
    return box


@compiled
def _changed(old: Floats, count: int, reach: float, most: int, rng: np.random.Generator, new: Floats) -> int:
    """Another way in `new`: its number of points, or 0 for none."""
    kind = rng.random()
    i = int(rng.random() * count)
    if kind < SHIFTED:
        _copy(old, 0, count, 0, new)
        if kind < MOVED:
            new[i, 0] += rng.normal() * reach
            new[i, 1] += rng.normal() * reach
        else:
            _shift(new, int(rng.random() * (count - 1)), reach, rng)
        return count
    j = int(rng.random() * count)
    if kind < TURNED:
        if i == j:
            return 0
        i, j = min(i, j), max(i, j)
        _copy(old, 0, count, 0, new)
        for k in range(i, j + 1):
            new[k, 0], new[k, 1] = old[i + j - k, 0], old[i + j - k, 1]
        return count
    if kind < LEFT_OUT:
        if count < 4:
            return 0
        _copy(old, 0, i, 0, new)
        _copy(old, i + 1, count, i, new)
        return count - 1
    put = kind < PUT_IN
    if put and count >= most:
        return 0
    k = int(rng.random() * (count - 1))
    x, y = old[i, 0], old[i, 1]
    if kind < PUT_FOR:
        share = rng.random()
        x = old[k, 0] + share * (old[k + 1, 0] - old[k, 0]) + rng.normal() * reach
        y = old[k, 1] + share * (old[k + 1, 1] - old[k, 1]) + rng.normal() * reach
    size = 0
    for m in range(count):
        if put or m != i:
            new[size, 0], new[size, 1] = old[m, 0], old[m, 1]
            size += 1
        if m == k:
            new[size, 0], new[size, 1] = x, y
            size += 1
    return size


@compiled
def _copy(source: Floats, first: int, last: int, to: int, target: Floats) -> None:
    """Copies points. Loops compile sooner than slices."""
    for i in range(first, last):
        target[to + i - first, 0], target[to + i - first, 1] = source[i, 0], source[i, 1]


@compiled
def _sum(values: Floats, first: int, last: int) -> float:
    """The sum of some values."""
    total = 0.0
    for i in range(first, last):
        total += values[i]
    return total


@compiled
def _shift(points: Floats, leg: int, reach: float, rng: np.random.Generator) -> None:
    """Moves a leg, mostly across itself."""
    dx, dy = points[leg + 1, 0] - points[leg, 0], points[leg + 1, 1] - points[leg, 1]
    by = rng.normal() * reach
    if rng.random() < ACROSS:
        size = math.hypot(dx, dy) + 1e-9
        dx, dy = -dy / size * by, dx / size * by
    else:
        dx, dy = by, rng.normal() * reach
    for k in (leg, leg + 1):
        points[k, 0] += dx
        points[k, 1] += dy


@compiled
def _same(old: Floats, count: int, new: Floats, size: int) -> tuple[int, int]:
    """How many points are the same at the start and at the end of two ways."""
    least = min(count, size)
    first, tail = 0, 0
    while first < least and old[first, 0] == new[first, 0] and old[first, 1] == new[first, 1]:
        first += 1
    while (
        tail < least - first
        and old[count - 1 - tail, 0] == new[size - 1 - tail, 0]
        and old[count - 1 - tail, 1] == new[size - 1 - tail, 1]
    ):
        tail += 1
    return first, tail


@compiled
def _kept(new: Floats, leg: int, old: Floats, begin: int, old_end: int, about: int) -> int:
    """Which leg of the old way is this one of the new, either way about; -1: none was found.

    `about`: the sum of the first and last changed place, for stretches that were turned about.
    """
    ax, ay, bx, by = new[leg, 0], new[leg, 1], new[leg + 1, 0], new[leg + 1, 1]
    for guess in (leg, leg - 1, leg + 1, about - leg, about - leg - 1):
        if begin <= guess < old_end:
            cx, cy, dx, dy = old[guess, 0], old[guess, 1], old[guess + 1, 0], old[guess + 1, 1]
            if (cx == ax and cy == ay and dx == bx and dy == by) or (cx == bx and cy == by and dx == ax and dy == ay):
                return guess
    return -1


@compiled
def _metres(points: Floats, leg: int, factors: Floats) -> float:
    """The weighted length of a leg."""
    dx, dy = points[leg + 1, 0] - points[leg, 0], points[leg + 1, 1] - points[leg, 1]
    length: float = math.hypot(dx, dy)
    return length if len(factors) < 180 else length * factors[int(np.rint(math.degrees(math.atan2(dy, dx)))) % 180]


@compiled
def _fixed_m(count: int, limits: Limits) -> float:
    """What the corners of so many points cost."""
    return TURN_M * (count - 2) + SURPLUS_TURN_M * max(0, count - 2 - limits.most_turns)


@compiled
def _missed_m(unseen: int, cells: Cells, limits: Limits, weight: float) -> float:
    """What so many cells unseen cost."""
    return weight * max(0.0, unseen * cells.cell_m2 - limits.may_miss_m2)
