"""What the legs of a way see, as bits of cells, for `planner.route.anneal_loop`: compiled by numba."""

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
FAR = 1e9
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_M1, _M2, _M4 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_H01 = np.uint64(0x0101010101010101)


class Cells(NamedTuple):
    """`planner.route.anneal.Grid` for the loop."""

    wanted: Words
    starts_m: Floats
    y0_m: float
    cell_m: float
    cell_m2: float


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


def compiled(function: F) -> F:
    """The function, compiled at its first call and kept on disk; it runs without the interpreter's lock."""
    try:
        return cast("F", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # nowhere to keep it: neither this folder nor numba's own can be written; compiled each time
        return cast("F", numba.njit(nogil=True, error_model="numpy")(function))


@compiled
def inside(points: Floats, first: int, last: int, edges: Floats) -> bool:
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


@compiled
def clear(points: Floats, leg: int, edges: Floats) -> bool:
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


@compiled
def draw(points: Floats, leg: int, cells: Cells, half: float, mask: Words, box: Ints) -> None:
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


@compiled
def count_unseen(box: tuple[int, int, int, int], slots: Ints, count: int, seen: Seen, wanted: Words) -> int:
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
    return count_set(tried, box)


@compiled
def count_unseen_by_times(box: tuple[int, int, int, int], seen: Seen, wanted: Words) -> int:
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
            total += bits(left)
    return total


@compiled
def take(box: tuple[int, int, int, int], slots: Ints, count: int, seen: Seen) -> None:
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


@compiled
def count_set(words: Words, box: tuple[int, int, int, int]) -> int:
    """How many bits are set in a box."""
    top, bottom, west, east = box
    total = 0
    for row in range(top, bottom):
        for w in range(west, east):
            total += bits(words[row, w])
    return total


@compiled
def bits(word: np.uint64) -> int:
    """How many bits are set."""
    word = word - ((word >> _ONE) & _M1)
    word = (word & _M2) + ((word >> _TWO) & _M2)
    word = (word + (word >> _FOUR)) & _M4
    return int((word * _H01) >> _TOP)


@compiled
def joined(box: tuple[int, int, int, int], other: Ints) -> tuple[int, int, int, int]:
    """The box about two."""
    if other[0] >= other[1] or other[2] >= other[3]:
        return box
    return min(box[0], other[0]), max(box[1], other[1]), min(box[2], other[2]), max(box[3], other[3])
