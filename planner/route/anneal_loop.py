"""What numba compiles for `planner.route.anneal`: plain loops over arrays, no objects.

The first call in a fresh installation compiles for some seconds; the result is kept on disk beside this file, or in
numba's cache folder where that cannot be written. Chance comes from the generator that is passed in, so that the same
seed gives the same way.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
F = TypeVar("F", bound=Callable[..., object])

NO_LEG_M = 0.5
"""Legs shorter than this see nothing: they have no direction worth the name."""
TURN_M = 20.0
SURPLUS_TURN_M = 400.0
ACROSS = 0.7
LATER = 0.5
"""The best way is looked for after this share of the steps."""
NEAREST_M = 0.3
FAR = 1e9
SPARE = 8
"""More masks than legs: those of a change that is being tried."""
# shares of the kinds of change, added up: a point moved, a leg moved, a stretch turned about, a point left out, a point
# put in, a point put in for another one; the rest: a point that changes its place in the order
MOVED, SHIFTED, TURNED, LEFT_OUT, PUT_IN, PUT_FOR = 0.43, 0.74, 0.85, 0.90, 0.95, 0.98
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_M1, _M2, _M4 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_H01 = np.uint64(0x0101010101010101)


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


class Cells(NamedTuple):
    """`planner.route.anneal.Grid` for the loop."""

    wanted: Words
    starts_m: Floats
    y0_m: float
    cell_m: float
    cell_m2: float


class Way(NamedTuple):
    """A way's points, and for each of its legs the weighted length and the slot of its mask."""

    points: Floats
    metres: Floats
    slots: Ints


class Seen(NamedTuple):
    """What each mask's leg sees, and in which box of rows and words (from, to before); the last mask stays empty.

    `times`: what at least 1, 2, 3 and 4 legs see; `open` and `tried`: what no leg sees, now and after a change.
    """

    masks: Words
    boxes: Ints
    times: Words
    open: Words
    tried: Words
    used: Flags
    gone: Ints
    """How many legs go, and their masks; of the first three that there are not, the empty one."""
    fresh: Ints
    """The same of those that come."""


def _compiled(function: F) -> F:
    return cast("F", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
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
        _draw(old.points, leg, cells, limits.half_m, seen.masks[leg], seen.boxes[leg])
        old.metres[leg] = _metres(old.points, leg, factors)
    unseen = _unseen((0, height, 0, words), old.slots, count - 1, seen, cells.wanted)
    _take((0, height, 0, words), old.slots, count - 1, seen)
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


@_compiled
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
    if metres + fixed > taking or not _inside(new.points, first, size - tail, edges):
        return 0.0, -1
    box = _masked(old, count, new, (begin, end, old_end, first + size - tail - 2), cells, edges, limits, seen)
    if box[0] < 0:
        return 0.0, -1
    for leg in range(begin):
        new.slots[leg] = old.slots[leg]
    for leg in range(end, size - 1):
        new.slots[leg] = old.slots[leg - size + count]
    if seen.gone[0] <= 3 and seen.fresh[0] <= 3:
        unseen += _unseen_by_times(box, seen, cells.wanted) - _set(seen.open, box)
    else:
        unseen += _unseen(box, new.slots, size - 1, seen, cells.wanted) - _set(seen.open, box)
    if metres + fixed + _missed_m(unseen, cells, limits, weight) > taking:
        return 0.0, -1
    _take(box, new.slots, size - 1, seen)
    for leg in range(end, size - 1):
        new.metres[leg] = old.metres[leg - size + count]
    for leg in range(begin, size - 1):
        old.metres[leg], old.slots[leg] = new.metres[leg], new.slots[leg]
    for i in range(first, size):
        old.points[i, 0], old.points[i, 1] = new.points[i, 0], new.points[i, 1]
    return metres, unseen


@_compiled
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
        elif not _clear(new.points, leg, edges):
            return -1, -1, -1, -1
    box = (cells.wanted.shape[0], 0, cells.wanted.shape[1], 0)
    gone, fresh = 0, 0
    for leg in range(begin, old_end):
        if not used[old.slots[leg]]:  # a leg that goes; its mask stays as it is until the change is taken
            box = _joined(box, seen.boxes[old.slots[leg]])
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
        _draw(new.points, leg, cells, limits.half_m, seen.masks[slot], seen.boxes[slot])
        box = _joined(box, seen.boxes[slot])
    seen.gone[0], seen.fresh[0] = gone, fresh
    for k in range(3):
        if k >= gone:
            seen.gone[k + 1] = len(seen.masks) - 1
        if k >= fresh:
            seen.fresh[k + 1] = len(seen.masks) - 1
    return box


@_compiled
def _joined(box: tuple[int, int, int, int], other: Ints) -> tuple[int, int, int, int]:
    """The box about two."""
    if other[0] >= other[1] or other[2] >= other[3]:
        return box
    return min(box[0], other[0]), max(box[1], other[1]), min(box[2], other[2]), max(box[3], other[3])


@_compiled
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


@_compiled
def _copy(source: Floats, first: int, last: int, to: int, target: Floats) -> None:
    """Copies points. Loops compile sooner than slices."""
    for i in range(first, last):
        target[to + i - first, 0], target[to + i - first, 1] = source[i, 0], source[i, 1]


@_compiled
def _sum(values: Floats, first: int, last: int) -> float:
    """The sum of some values."""
    total = 0.0
    for i in range(first, last):
        total += values[i]
    return total


@_compiled
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


@_compiled
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


@_compiled
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


@_compiled
def _metres(points: Floats, leg: int, factors: Floats) -> float:
    """The weighted length of a leg."""
    dx, dy = points[leg + 1, 0] - points[leg, 0], points[leg + 1, 1] - points[leg, 1]
    length: float = math.hypot(dx, dy)
    return length if len(factors) < 180 else length * factors[int(np.rint(math.degrees(math.atan2(dy, dx)))) % 180]


@_compiled
def _fixed_m(count: int, limits: Limits) -> float:
    """What the corners of so many points cost."""
    return TURN_M * (count - 2) + SURPLUS_TURN_M * max(0, count - 2 - limits.most_turns)


@_compiled
def _missed_m(unseen: int, cells: Cells, limits: Limits, weight: float) -> float:
    """What so many cells unseen cost."""
    return weight * max(0.0, unseen * cells.cell_m2 - limits.may_miss_m2)


@_compiled
def _inside(points: Floats, first: int, last: int, edges: Floats) -> bool:
    """Whether the points from `first` to before `last` lie inside the rings."""
    for i in range(first, last):
        x, y, inside = points[i, 0], points[i, 1], False
        for k in range(len(edges)):
            x1, y1, x2, y2 = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
        if not inside:
            return False
    return True


@_compiled
def _clear(points: Floats, leg: int, edges: Floats) -> bool:
    """Whether a leg crosses no edge."""
    ax, ay, bx, by = points[leg, 0], points[leg, 1], points[leg + 1, 0], points[leg + 1, 1]
    dx, dy = bx - ax, by - ay
    for k in range(len(edges)):
        x1, y1, x2, y2 = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        if (dx * (y1 - ay) - dy * (x1 - ax) > 0) == (dx * (y2 - ay) - dy * (x2 - ax) > 0):
            continue
        ex, ey = x2 - x1, y2 - y1
        if (ex * (ay - y1) - ey * (ax - x1) > 0) != (ex * (by - y1) - ey * (bx - x1) > 0):
            return False
    return True


@_compiled
def _draw(points: Floats, leg: int, cells: Cells, half: float, mask: Words, box: Ints) -> None:
    """Sets in `mask` what a leg sees, flat at its ends, and in `box` which rows and words (from, to before) hold it."""
    ax, ay, bx, by = points[leg, 0], points[leg, 1], points[leg + 1, 0], points[leg + 1, 1]
    cell, height, words = cells.cell_m, mask.shape[0], mask.shape[1]
    length = math.hypot(bx - ax, by - ay)
    for row in range(box[0], box[1]):  # of the leg that had this mask before
        for w in range(box[2], box[3]):
            mask[row, w] = 0
    box[0], box[1], box[2], box[3] = 0, 0, 0, 0
    if length < NO_LEG_M:
        return
    ux, uy = (bx - ax) / length, (by - ay) / length
    up, out = half * abs(ux), half * abs(uy)
    first = max(0, int(math.ceil((min(ay, by) - up - cells.y0_m) / cell - 0.5)))
    last = min(height - 1, int(math.floor((max(ay, by) + up - cells.y0_m) / cell - 0.5)))
    west = max(0, int((min(ax, bx) - out - cells.starts_m[0]) / cell - 2.0) >> 6)  # rows start up to a cell apart
    east = min(words - 1, int((max(ax, bx) + out - cells.starts_m[0]) / cell + 2.0) >> 6)
    box[0], box[1], box[2], box[3] = first, max(first, last + 1), west, max(west, east + 1)
    # in cells: abreast of the leg |ux y - uy x| <= half, between its ends 0 <= ux x + uy y <= length
    level, upright = abs(uy) < 1e-9, abs(ux) < 1e-9
    tilt, wide = (0.0, FAR) if level else (ux / uy, half / abs(uy) / cell)
    lean, long = (0.0, FAR) if upright else (-uy / ux, length / ux / cell)
    back, ahead = (-FAR, FAR) if upright else (min(0.0, long), max(0.0, long))
    y = (cells.y0_m - ay) / cell + first + 0.5
    for row in range(first, last + 1):
        shift = (ax - cells.starts_m[row]) / cell + 0.5
        low, high, back_at = tilt * y - wide, tilt * y + wide, lean * y
        if back_at + back > low:
            low = back_at + back
        if back_at + ahead < high:
            high = back_at + ahead
        y += 1.0
        # the first cell whose middle is past `low`, the last before `high`; int() cuts towards zero, so keep above it
        k0 = west * 64 if low + shift < west * 64 else int(low + shift)
        k1 = east * 64 + 63 if high + shift > east * 64 + 64 else int(high + shift + 1.0) - 2
        if k1 < k0 or high < low or high + shift < 0.0:
            continue
        for w in range(k0 >> 6, (k1 >> 6) + 1):
            mask[row, w] = _ALL
        mask[row, k0 >> 6] &= _ALL << np.uint64(k0 & 63)
        mask[row, k1 >> 6] &= _ALL >> np.uint64(63 - (k1 & 63))


@_compiled
def _unseen(box: tuple[int, int, int, int], slots: Ints, count: int, seen: Seen, wanted: Words) -> int:
    """How many wanted cells in a box no leg sees; they are set in `seen.tried`."""
    top, bottom, west, east = box
    tried = seen.tried
    for row in range(top, bottom):
        for w in range(west, east):
            tried[row, w] = wanted[row, w]
    for leg in range(count):
        slot = slots[leg]
        w0, w1 = max(west, seen.boxes[slot, 2]), min(east, seen.boxes[slot, 3])
        for row in range(max(top, seen.boxes[slot, 0]), min(bottom, seen.boxes[slot, 1])):
            for w in range(w0, w1):
                tried[row, w] &= ~seen.masks[slot, row, w]
    return _set(tried, box)


@_compiled
def _unseen_by_times(box: tuple[int, int, int, int], seen: Seen, wanted: Words) -> int:
    """The same where at most three legs go and three come: without a look at all the others."""
    top, bottom, west, east = box
    masks, times = seen.masks, seen.times
    g1, g2, g3 = masks[seen.gone[1]], masks[seen.gone[2]], masks[seen.gone[3]]
    f1, f2, f3 = masks[seen.fresh[1]], masks[seen.fresh[2]], masks[seen.fresh[3]]
    t1, t2, t3, t4 = times[0], times[1], times[2], times[3]
    total = 0
    for row in range(top, bottom):
        for w in range(west, east):
            a, b, c = g1[row, w], g2[row, w], g3[row, w]
            one, all_ = a | b | c, a & b & c
            two = (a & b) | (a & c) | (b & c)
            kept = t4[row, w] | (t3[row, w] & ~all_) | (t2[row, w] & ~two) | (t1[row, w] & ~one)
            left = wanted[row, w] & ~(kept | f1[row, w] | f2[row, w] | f3[row, w])
            seen.tried[row, w] = left
            total += _bits(left)
    return total


@_compiled
def _take(box: tuple[int, int, int, int], slots: Ints, count: int, seen: Seen) -> None:
    """What was tried becomes what is."""
    top, bottom, west, east = box
    t1, t2, t3, t4 = seen.times[0], seen.times[1], seen.times[2], seen.times[3]
    for row in range(top, bottom):
        for w in range(west, east):
            seen.open[row, w] = seen.tried[row, w]
            t1[row, w] = t2[row, w] = t3[row, w] = t4[row, w] = 0
    for leg in range(count):
        mask, box_ = seen.masks[slots[leg]], seen.boxes[slots[leg]]
        w0, w1 = max(west, box_[2]), min(east, box_[3])
        for row in range(max(top, box_[0]), min(bottom, box_[1])):
            for w in range(w0, w1):
                m = mask[row, w]
                t4[row, w] |= t3[row, w] & m
                t3[row, w] |= t2[row, w] & m
                t2[row, w] |= t1[row, w] & m
                t1[row, w] |= m


@_compiled
def _set(words: Words, box: tuple[int, int, int, int]) -> int:
    """How many bits are set in a box."""
    top, bottom, west, east = box
    total = 0
    for row in range(top, bottom):
        for w in range(west, east):
            total += _bits(words[row, w])
    return total


@_compiled
def _bits(word: np.uint64) -> int:
    """How many bits are set."""
    word = word - ((word >> _ONE) & _M1)
    word = (word & _M2) + ((word >> _TWO) & _M2)
    word = (word + (word >> _FOUR)) & _M4
    return int((word * _H01) >> _TOP)
