"""In which order cells are flown, and from which end each, so that the ways between them are short."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.route.inside import Inside
from planner.route.shapes import Point, Way, WayBuilder
from planner.route.sweep import Cell, Line

EXACT_UP_TO = 6


@dataclass(frozen=True, slots=True)
class _Run:
    """A cell flown in one of its four ways: lines with direction, in order."""

    lines: tuple[Line, ...]
    inner_m: float

    @property
    def entry(self) -> Point:
        return self.lines[0][0]

    @property
    def exit(self) -> Point:
        return self.lines[-1][1]


def ordered_way(cells: Sequence[Cell], inside: Inside, *, photographed_link_m: float, home: Point | None) -> Way:
    """One way through all cells; with `home` known, the ways from and to it count too.

    Links from line to line are photographed up to `photographed_link_m`: they run along the edge and
    see what slanted line ends miss.
    """
    runs = [_runs(cell, inside) for cell in cells if cell.lines]
    chosen = _exact(runs, inside, home) if len(runs) <= EXACT_UP_TO else _greedy(runs, inside, home)
    builder = WayBuilder()
    for run in chosen:
        for start, end in run.lines:
            near = builder.last is not None and math.dist(builder.last, start) <= photographed_link_m
            _link(builder, inside, start, camera=near)
            builder.add(end, camera=True, is_line=True)
    return builder.way()


def _link(builder: WayBuilder, inside: Inside, to: Point, *, camera: bool) -> None:
    at = builder.last
    points = [to] if at is None else inside.way(at, to)[1:]
    for point in points:
        builder.add(point, camera=camera, is_line=False)


def _runs(cell: Cell, inside: Inside) -> list[_Run]:
    """The four ways to fly a cell: from either side, starting at either end."""
    runs = []
    for lines in (cell.lines, cell.lines[::-1]):
        for flip_first in (False, True):
            flown = tuple((b, a) if (i % 2 == 0) == flip_first else (a, b) for i, (a, b) in enumerate(lines))
            inner = sum(inside.length_m(p[1], q[0]) for p, q in itertools.pairwise(flown))
            runs.append(_Run(flown, inner))
    return runs


def _exact(runs: list[list[_Run]], inside: Inside, home: Point | None) -> list[_Run]:
    """The shortest order of few cells (Held and Karp)."""
    best: dict[tuple[int, int, int], tuple[float, list[_Run]]] = {
        (1 << c, c, r): (run.inner_m + _from_home(home, run.entry), [run])
        for c, options in enumerate(runs)
        for r, run in enumerate(options)
    }
    for _ in range(len(runs) - 1):
        grown: dict[tuple[int, int, int], tuple[float, list[_Run]]] = {}
        for (mask, c, r), (cost, path) in best.items():
            for n, options in enumerate(runs):
                if mask >> n & 1:
                    continue
                for k, run in enumerate(options):
                    total = cost + run.inner_m + inside.length_m(runs[c][r].exit, run.entry)
                    key = (mask | 1 << n, n, k)
                    if key not in grown or total < grown[key][0]:
                        grown[key] = (total, [*path, run])
        best = grown
    return min(best.values(), key=lambda v: v[0] + _from_home(home, v[1][-1].exit))[1]


def _from_home(home: Point | None, to: Point) -> float:
    """Flying to or from home; without home nothing but a hair for the west and south, so that the choice is stable."""
    return math.dist(home, to) if home is not None else 1e-6 * (to[0] + to[1])


def _greedy(runs: list[list[_Run]], inside: Inside, home: Point | None) -> list[_Run]:
    """Nearest cell next, from the best of a few starts."""
    tries = []
    starts = sorted((run for options in runs for run in options), key=lambda run: _from_home(home, run.entry))
    for first in starts[:6]:
        left = [o for o in runs if first not in o]
        path, cost = [first], first.inner_m
        while left:
            near = sorted(
                (math.dist(path[-1].exit, run.entry), i, k) for i, o in enumerate(left) for k, run in enumerate(o)
            )[:6]
            _, i, k = min((inside.length_m(path[-1].exit, left[i][k].entry), i, k) for _, i, k in near)
            run = left.pop(i)[k]
            cost += inside.length_m(path[-1].exit, run.entry) + run.inner_m
            path.append(run)
        tries.append((cost, path))
    return min(tries, key=lambda t: t[0])[1]


def near_first(ways: list[Way], home: Point | None) -> list[Way]:
    """Separate ways in order, nearest end next, from the launch place if that is known."""
    left = list(ways)
    at = home
    done: list[Way] = []
    while left:
        if at is None:
            chosen, flipped = left[0], False
        elif len(ways) == 1:  # out and back: nearer by the sum does not change, so the shorter way out is flown first
            chosen = left[0]
            flipped = math.dist(at, chosen.points[-1]) < math.dist(at, chosen.points[0])
        else:
            _, index, flipped = min(
                (math.dist(at, end), i, flip)
                for i, way in enumerate(left)
                for flip, end in ((False, way.points[0]), (True, way.points[-1]))
            )
            chosen = left[index]
        left = [w for w in left if w is not chosen]
        done.append(chosen.reversed() if flipped else chosen)
        at = done[-1].points[-1]
    return done
