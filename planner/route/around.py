"""Ways cut where they enter what is to be kept out of, and led round it along its edge."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from planner.route.shapes import Point, WayBuilder, polygons_in

KEEP_OFF_M = 2.0
"""How far from the edge of what is kept out of a way stays, at least."""
SHORTEST_M = 1.0
FEW_POINTS = 32


def widened(forbidden: BaseGeometry, *, by_m: float = KEEP_OFF_M, coarse_m: float = KEEP_OFF_M) -> MultiPolygon:
    """`forbidden` with its holes filled, wider by at least `by_m`, with edges no finer than `coarse_m`."""
    if forbidden.is_empty:
        return MultiPolygon()
    wider = forbidden.buffer(by_m + coarse_m, quad_segs=4).simplify(coarse_m)
    filled = shapely.union_all([Polygon(part.exterior) for part in polygons_in(wider)])
    return MultiPolygon(polygons_in(filled))


def led_round(points: Sequence[Point], forbidden: MultiPolygon, *, hand: int = 0) -> WayBuilder:
    """The way through `points`, with walks along the edge of `forbidden` (from `widened`) where it would enter it.

    `hand` says on which side of the way a walk passes: 1 right, -1 left, 0 the shorter one. Pieces as drawn are lines
    with the camera on, walks are links without. What lies inside at the start and the end is left out; the builder is
    empty where all does.
    """
    builder = WayBuilder()
    pieces = _outside(points, forbidden)
    rings = [part.exterior for part in forbidden.geoms]
    tree = shapely.STRtree(rings)
    for i, piece in enumerate(pieces):
        if i > 0 and builder.last is not None:
            ring = rings[int(tree.nearest(shapely.Point(builder.last)))]
            for stop in _walk(ring, builder.last, piece[0], hand):
                builder.add(stop, camera=False, is_line=False)
        for point in piece:
            builder.add(point, camera=True, is_line=True)
    return builder


def _outside(points: Sequence[Point], forbidden: MultiPolygon) -> list[list[Point]]:
    """The pieces of a line outside, in its order: leg by leg, so that a line that crosses itself keeps its order."""
    if forbidden.is_empty:
        return [list(points)]
    pieces: list[list[Point]] = []
    joined = False
    for (start, end), parts in zip(itertools.pairwise(points), _parts_outside(points, forbidden), strict=True):
        for number, part in enumerate(parts):
            starts_at_once = number == 0 and part[0] == start
            if joined and starts_at_once and pieces:
                pieces[-1].append(part[1])
            else:
                pieces.append(part)
        joined = bool(parts) and parts[-1][-1] == end
    return pieces


def _parts_outside(points: Sequence[Point], forbidden: BaseGeometry) -> Iterator[list[list[Point]]]:
    """Of each leg the parts outside; of many legs by halves, each with what is forbidden near it."""
    xy = np.asarray(points, dtype=float)
    low, high = xy.min(axis=0) - 1.0, xy.max(axis=0) + 1.0
    near = shapely.clip_by_rect(forbidden, *low.tolist(), *high.tolist())
    if len(points) > FEW_POINTS:
        middle = len(points) // 2
        yield from _parts_outside(points[: middle + 1], near)
        yield from _parts_outside(points[middle:], near)
        return
    shapely.prepare(near)
    legs = [LineString(pair) for pair in itertools.pairwise(points)]
    for leg, (start, end) in zip(legs, itertools.pairwise(points), strict=True):
        yield _cut(leg, near) if near.intersects(leg) else [[start, end]]


def _cut(leg: LineString, forbidden: BaseGeometry) -> list[list[Point]]:
    start, end = leg.coords[0], leg.coords[-1]
    rest = leg.difference(forbidden)
    lines = [g for g in getattr(rest, "geoms", [rest]) if isinstance(g, LineString) and g.length >= SHORTEST_M]
    found = []
    for line in lines:
        a, b = (shapely.line_locate_point(leg, shapely.Point(c)) for c in (line.coords[0], line.coords[-1]))
        coords = [(float(x), float(y)) for x, y in line.coords]
        found.append((min(a, b), coords if a <= b else coords[::-1]))
    found.sort(key=lambda f: f[0])
    pieces = [piece for _, piece in found]
    if pieces and _near(pieces[0][0], start):
        pieces[0][0] = (float(start[0]), float(start[1]))
    if pieces and _near(pieces[-1][-1], end):
        pieces[-1][-1] = (float(end[0]), float(end[1]))
    return pieces


def _near(a: Sequence[float], b: Sequence[float]) -> bool:
    return abs(a[0] - b[0]) < 1e-6 and abs(a[1] - b[1]) < 1e-6


def _walk(ring: shapely.LinearRing, start: Point, end: Point, hand: int) -> list[Point]:
    """Along `ring` from `start` to `end`, both left out."""
    a, b = (float(ring.project(shapely.Point(p))) for p in (start, end))
    ahead = (b - a) % ring.length
    anticlockwise = hand > 0 or (hand == 0 and (ahead <= ring.length / 2) == ring.is_ccw)
    # anticlockwise round something keeps it to the left: the way passes on its right
    if anticlockwise == ring.is_ccw:
        return _part(ring, a, ahead)
    return _part(ring, b, ring.length - ahead)[::-1]


def _part(ring: shapely.LinearRing, start: float, length: float) -> list[Point]:
    line = LineString(ring.coords)
    end = start + length
    if end <= ring.length:
        parts = [shapely.ops.substring(line, start, end)]
    else:
        parts = [shapely.ops.substring(line, start, ring.length), shapely.ops.substring(line, 0, end - ring.length)]
    coords = [(float(x), float(y)) for part in parts for x, y in part.coords]
    return [point for i, point in enumerate(coords) if i == 0 or point != coords[i - 1]]
