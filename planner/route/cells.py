"""Cut an area into pieces that are cheap to sweep, each at its own best angle."""

import math
from collections.abc import Iterator

import shapely
from shapely.geometry import LineString, Polygon
from shapely.ops import split

from planner.route.shapes import Point, Strip, polygons_in, reflex_vertices
from planner.route.sweep import TURN_COST_M, Cell, Sweep, candidate_angles, swept

MOST_CUTS = 6
MOST_CORNERS = 8
"""Cuts start at the corners that point deepest into the area; more than this many are not tried."""
PIECE_COST_M = 4 * TURN_COST_M


def cells_of(polygon: Polygon, strip: Strip, angle_rad: float | None) -> list[Cell]:
    """The cells of `polygon`: all at `angle_rad`, or, where that is None, cut and turned as is cheapest.

    Huang's minimal sum of altitudes, greedily: a piece is cut from a corner that points inwards where the two
    parts cost less than the whole.
    """
    if angle_rad is not None:
        return list(swept(polygon, angle_rad, strip).cells)
    return [cell for sweep in _cut(polygon, _best(polygon, strip), strip, MOST_CUTS) for cell in sweep.cells]


def _cut(polygon: Polygon, whole: Sweep, strip: Strip, cuts_left: int) -> list[Sweep]:
    if cuts_left == 0:
        return [whole]
    best: tuple[float, list[tuple[Polygon, Sweep]]] = (whole.cost, [])
    for parts in _halves(polygon, whole.angle_rad, strip):
        sweeps = [(part, _best(part, strip)) for part in parts]
        cost = sum(s.cost for _, s in sweeps) + PIECE_COST_M
        if cost < best[0]:
            best = (cost, sweeps)
    if not best[1]:
        return [whole]
    share = (cuts_left - 1) // len(best[1])
    return [piece for part, sweep in best[1] for piece in _cut(part, sweep, strip, max(share, min(cuts_left - 1, 1)))]


def _best(polygon: Polygon, strip: Strip) -> Sweep:
    shape = polygon.simplify(strip.spacing / 20)
    angles = candidate_angles(shape if isinstance(shape, Polygon) and not shape.is_empty else polygon)
    return min((swept(polygon, angle, strip) for angle in angles), key=lambda s: s.cost)


def _halves(polygon: Polygon, angle_rad: float, strip: Strip) -> Iterator[list[Polygon]]:
    """The polygon cut in two, in each way worth trying."""
    shape = polygon.simplify(strip.spacing / 4)
    if not isinstance(shape, Polygon) or shape.is_empty:
        return
    hull = polygon.convex_hull.exterior if isinstance(polygon.convex_hull, Polygon) else None
    corners = reflex_vertices(shape)
    if hull is not None:
        corners.sort(key=lambda c: -hull.distance(shapely.Point(c[1])))
    for before, at, after in corners[:MOST_CORNERS]:
        along = (math.cos(angle_rad), math.sin(angle_rad))
        directions = [_minus(at, before), _minus(at, after), along, (-along[0], -along[1])]
        for direction in directions:
            parts = _parts(polygon, at, direction, strip)
            if parts is not None:
                yield parts


def _parts(polygon: Polygon, at: Point, direction: Point, strip: Strip) -> list[Polygon] | None:
    size = math.hypot(*direction)
    if size == 0:
        return None
    x0, y0, x1, y1 = polygon.bounds
    far = (x1 - x0) + (y1 - y0)
    ux, uy = direction[0] / size, direction[1] / size
    ray = LineString([(at[0] + ux * 0.01, at[1] + uy * 0.01), (at[0] + ux * far, at[1] + uy * far)])
    inside = ray.intersection(polygon)
    pieces = [g for g in getattr(inside, "geoms", [inside]) if g.length > strip.spacing / 10]
    near = [g for g in pieces if g.distance(shapely.Point(at)) < 0.1]
    if not near:
        return None
    length = near[0].length
    cut = LineString(
        [(at[0] - ux * 0.05, at[1] - uy * 0.05), (at[0] + ux * (length + 0.1), at[1] + uy * (length + 0.1))]
    )
    parts = [p for p in polygons_in(split(polygon, cut)) if p.area > strip.spacing**2 / 100]
    return parts if len(parts) == 2 else None


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]
