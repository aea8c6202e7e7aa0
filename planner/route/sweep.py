"""Parallel lines over one polygon: even strips, cut at the edges, joined to cells that are flown to and fro."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from planner.geo.points import Floats
from planner.route.shapes import Point, Strip, edges_of

Line = tuple[Point, Point]
TURN_COST_M = 40.0
"""What a turn costs, in metres of straight flight: about four seconds of slowing down and speeding up."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines side by side, in order across, that one serpentine flies."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A polygon swept at one angle: its cells, what they cost in metres with their turns, and the water missed, m2.

    `lines_m` is the lines' share of `flown`.
    """

    cells: tuple[Cell, ...]
    flown: float
    lines_m: float
    missed: float
    angle_rad: float


def swept(polygon: Polygon, angle_rad: float, strip: Strip) -> Sweep:
    """Sweep `polygon` by lines that run at `angle_rad` from east, anticlockwise.

    The strips have equal width, at most the spacing, and fit the polygon's extent exactly; a line ends where its strip
    is seen to the edge, and never outside.
    """
    turned = edges_of(polygon) @ _turn4(-angle_rad).T
    bottom, top = float(turned[:, [1, 3]].min()), float(turned[:, [1, 3]].max())
    count = max(1, math.ceil((top - bottom) / strip.spacing - 1e-6))
    step = (top - bottom) / count
    heights = bottom + (np.arange(count) + 0.5) * step
    rows = [_spans(turned, float(y), step, strip.reach) for y in heights]
    chains = _chains(rows)
    back = _turn2(angle_rad)
    cells = tuple(Cell(tuple(_line(heights[i], span, back) for i, span in chain)) for chain in chains)
    flown = sum(span.end - span.start for row in rows for span in row)
    lines = sum(len(row) for row in rows)
    missed = _missed_m2(polygon, rows, heights, step, back)
    cost = flown + lines * (step + 2 * TURN_COST_M) + len(cells) * 2 * TURN_COST_M
    return Sweep(cells, cost, flown, missed, angle_rad)


def candidate_angles(polygon: Polygon, *, most: int = 4) -> list[float]:
    """Angles worth trying, in [0, pi): along the longest edges of the hull and of the polygon, and the longest axis."""
    weights: dict[int, float] = {}
    hull = polygon.convex_hull
    for shape in (hull, polygon.minimum_rotated_rectangle, polygon):
        if not isinstance(shape, Polygon):
            continue
        for x1, y1, x2, y2 in edges_of(shape):
            key = round(math.degrees(math.atan2(y2 - y1, x2 - x1)) * 2) % 360
            weights[key] = weights.get(key, 0.0) + math.hypot(x2 - x1, y2 - y1)
    best = sorted(weights, key=lambda k: -weights[k])[:most]
    return [math.radians(k / 2) for k in best] or [0.0]


@dataclass(frozen=True, slots=True)
class _Span:
    start: float
    end: float
    left: float
    right: float
    """Where the polygon begins and ends on the line; `start` and `end` are flown."""


def _spans(edges: Floats, y: float, step: float, reach: float) -> list[_Span]:
    x1, y1, x2, y2 = edges.T
    hit = (y1 <= y) != (y2 <= y)
    if not hit.any():
        return []
    x1, y1, x2, y2 = x1[hit], y1[hit], x2[hit], y2[hit]
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    slope = (x2 - x1) / (y2 - y1)
    at = np.vstack([np.full_like(low, y), np.maximum(low, y - step / 2), np.minimum(high, y + step / 2)])
    xs = x1 + (at - y1) * slope
    order = np.argsort(xs[0])
    here, least, greatest = xs[0][order], xs.min(axis=0)[order], xs.max(axis=0)[order]
    spans = []
    for i in range(0, len(here) - 1, 2):
        left, right = float(here[i]), float(here[i + 1])
        if right - left < 1e-6:
            continue
        start = max(left, float(least[i]) + reach)
        end = min(right, float(greatest[i + 1]) - reach)
        if end - start < 2.0:  # so short that one picture sees it: a line of 2 m, to trigger on
            middle, half = (left + right) / 2, min(1.0, (right - left) / 2)
            start, end = middle - half, middle + half
        spans.append(_Span(start, end, left, right))
    return spans


def _chains(rows: list[list[_Span]]) -> list[list[tuple[int, _Span]]]:
    """Spans of neighbouring rows that continue one another, one to one."""
    done: list[list[tuple[int, _Span]]] = []
    open_: list[list[tuple[int, _Span]]] = []
    for i, row in enumerate(rows):
        continued: list[list[tuple[int, _Span]]] = []
        for span in row:
            above = [c for c in open_ if _overlap(c[-1][1], span)]
            only = above[0] if len(above) == 1 else None
            if only is not None and sum(_overlap(only[-1][1], other) for other in row) == 1:
                only.append((i, span))
                continued.append(only)
            else:
                continued.append([(i, span)])
        done.extend(c for c in open_ if not any(c is k for k in continued))
        open_ = continued
    return done + open_


def _overlap(a: _Span, b: _Span) -> bool:
    return min(a.right, b.right) > max(a.left, b.left)


def _missed_m2(polygon: Polygon, rows: list[list[_Span]], heights: npt.ArrayLike, step: float, back: Floats) -> float:
    """Area that no strip of a line on the polygon reaches, as far as the lines tell."""
    near = step / 4
    corners = [
        [
            (s.left - near, y - step / 2),
            (s.right + near, y - step / 2),
            (s.right + near, y + step / 2),
            (s.left - near, y + step / 2),
        ]
        for row, y in zip(rows, np.asarray(heights, dtype=float).tolist(), strict=True)
        for s in row
    ]
    if not corners:
        return float(polygon.area)
    boxes = shapely.polygons(np.asarray(corners) @ back.T)  # of one row apart, of neighbouring rows touching
    return float(polygon.area - shapely.area(shapely.intersection(polygon, boxes)).sum())


def _line(y: float, span: _Span, back: Floats) -> Line:
    a, b = np.array([[span.start, y], [span.end, y]]) @ back.T
    return (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))


def _turn2(angle_rad: float) -> Floats:
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[c, -s], [s, c]])


def _turn4(angle_rad: float) -> Floats:
    turn = np.zeros((4, 4))
    turn[:2, :2] = turn[2:, 2:] = _turn2(angle_rad)
    return turn
