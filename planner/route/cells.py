"""Cut an area into pieces that are cheap to sweep, each at its own best angle."""

import math
from collections.abc import Iterator

import shapely
from shapely.geometry import LineString, Polygon
from shapely.ops import split

from planner.route.favour import PLAIN, Favour
from planner.route.shapes import Point, Strip, polygons_in, reflex_vertices
from planner.route.sweep import TURN_COST_M, Cell, Sweep, candidate_angles, swept

MOST_CUTS = 6
MOST_CORNERS = 8
"""Cuts start at the corners that point deepest into the area; more than this many are not tried."""
MOST_TRIED = 4
"""Of all cuts, the cheapest by estimate are swept to see what they cost."""
MISSED_WEIGHTS = (1.5, 6.0)


def cells_offered(polygon: Polygon, strip: Strip, angle_rad: float | None, favour: Favour = PLAIN) -> list[list[Cell]]:
    """Sets of cells of `polygon` worth flying, all at `angle_rad` or, where that is None, each as is cheapest.

    `favour` says what lines cost by their angle.

    Uncut at its best angles; and cut, by Huang's minimal sum of altitudes, greedily: a piece is cut from a corner
    that points inwards where the two parts cost less than the whole.
    """
    if angle_rad is not None:
        return [list(swept(polygon, angle_rad, strip).cells)]
    cutter = _Cutter(strip, favour)
    offers = [list(sweep.cells) for sweep in cutter.sweeps(polygon, MISSED_WEIGHTS[0])[:2]]
    for weight in MISSED_WEIGHTS:
        pieces = cutter.cut(polygon, weight, MOST_CUTS)
        offers.append([cell for sweep in pieces for cell in sweep.cells])
    different: list[list[Cell]] = []
    for offer in offers:
        if offer not in different:
            different.append(offer)
    return different


class _Cutter:
    """Cuts polygons; remembers what was swept and how it can be cut."""

    def __init__(self, strip: Strip, favour: Favour) -> None:
        self._strip, self._favour = strip, favour
        self._swept: dict[bytes, list[Sweep]] = {}
        self._halved: dict[bytes, list[list[Polygon]]] = {}

    def cut(self, polygon: Polygon, weight: float, cuts_left: int) -> list[Sweep]:
        """The sweeps of the parts that `polygon` is best cut into; missed water counts `weight` times its flying."""
        whole = self.sweeps(polygon, weight)[0]
        if cuts_left == 0:
            return [whole]
        offers = [
            (sum(self._cost(self.sweeps(part, weight)[0], weight) for part in parts), parts)
            for parts in self._halves(polygon, whole.angle_rad)
        ]
        cost, parts = min(offers, key=lambda offer: offer[0], default=(math.inf, []))
        if cost >= self._cost(whole, weight):
            return [whole]
        larger, smaller = sorted(parts, key=lambda part: -part.area)
        share = (cuts_left - 1) // 2
        return self.cut(larger, weight, cuts_left - 1 - share) + self.cut(smaller, weight, share)

    def sweeps(self, polygon: Polygon, weight: float) -> list[Sweep]:
        """The polygon swept at each of its angles, cheapest first."""
        key = polygon.wkb
        if key not in self._swept:
            shape = polygon.simplify(self._strip.spacing / 20)
            angles = candidate_angles(shape if isinstance(shape, Polygon) and not shape.is_empty else polygon)
            self._swept[key] = [swept(polygon, angle, self._strip) for angle in (*angles, *self._favour.angles())]
        return sorted(self._swept[key], key=lambda sweep: self._cost(sweep, weight))

    def _cost(self, sweep: Sweep, weight: float) -> float:
        favoured = (self._favour.factor(sweep.angle_rad) - 1.0) * sweep.lines_m
        return sweep.flown + favoured + weight * sweep.missed / self._strip.spacing

    def _halves(self, polygon: Polygon, angle_rad: float) -> list[list[Polygon]]:
        key = polygon.wkb
        if key not in self._halved:
            halves = sorted(_halves(polygon, angle_rad, self._strip), key=lambda parts: _estimate(parts, self._strip))
            self._halved[key] = halves[:MOST_TRIED]
        return self._halved[key]


def _estimate(parts: list[Polygon], strip: Strip) -> float:
    """About what parts cost, from the narrowest side of each: no lines drawn yet."""
    total = 0.0
    for part in parts:
        box = part.minimum_rotated_rectangle
        sides = shapely.get_coordinates(box)
        width = min(math.dist(sides[0], sides[1]), math.dist(sides[1], sides[2])) if len(sides) > 2 else 0.0
        lines = max(1, math.ceil(width / strip.spacing - 1e-6))
        length = box.area / width if width else 0.0
        total += min(lines * length, part.area / strip.spacing * 1.3) + lines * (strip.spacing + 2 * TURN_COST_M)
    return total


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
