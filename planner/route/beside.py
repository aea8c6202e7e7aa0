"""Lines at a distance beside a line, however ragged and long: the edge of all that lies nearer than that distance.

Unlike an offset curve this never loses a piece and never crosses itself: where bends are narrower than the distance
(bays, hairpins) it passes them by. Buffers are made of short pieces of the line and then united, which for a coast of
tens of thousands of points is ten times as fast as one buffer of all.
"""

import math

import shapely
from shapely.geometry import LinearRing, LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from planner.geo.points import Floats
from planner.route.shapes import Point, polygons_in

PIECE = 10
FLAT_PIECE = 100
"""Legs of a line buffered together; flat ones, without arcs at every kink, in longer pieces."""
ROUND_STEPS = 4
"""Pieces to a quarter circle where a pass goes round a kink."""
SHORTEST_M = 1.0


def simplified(line: LineString, tolerance_m: float) -> LineString:
    """`line` with fewer points, none farther off than the tolerance."""
    plain = line.simplify(tolerance_m)
    return plain if isinstance(plain, LineString) and len(plain.coords) > 1 else line


def wide(line: LineString, half_m: float, *, flat: bool = False) -> BaseGeometry:
    """All within `half_m` of `line`; `flat`: not beyond its ends."""
    xy = shapely.get_coordinates(line)
    if flat:  # flat ends leave a wedge at a bend unless pieces overlap by a leg
        pieces = [LineString(xy[i : i + FLAT_PIECE + 2]) for i in range(0, len(xy) - 1, FLAT_PIECE)]
        buffers = shapely.buffer(pieces, half_m, quad_segs=ROUND_STEPS, cap_style="flat", join_style="mitre")
    else:
        pieces = [LineString(xy[i : i + PIECE + 1]) for i in range(0, len(xy) - 1, PIECE)]
        buffers = shapely.buffer(pieces, half_m, quad_segs=ROUND_STEPS)
    return shapely.union_all(buffers)


def beside(line: LineString, right_m: float, tolerance_m: float) -> list[list[Point]]:
    """The ways `right_m` to the right of `line` (left: negative), in its direction.

    One for an open line; of a closed one each separate ring. Empty where there is no room.
    """
    plain = simplified(line, tolerance_m)
    if abs(right_m) < tolerance_m:
        return [_points(shapely.get_coordinates(plain))]
    closed = line.is_ring
    near = wide(simplified(plain, min(0.05 * abs(right_m), 25.0)), abs(right_m))
    found = _rings_beside(line, near, right_m) if closed else [_open_side(line, near, right_m)]
    ways = [simplified(way, tolerance_m / 2) for way in found if way.length > SHORTEST_M]
    return [_points(shapely.get_coordinates(way)) for way in ways]


def _open_side(line: LineString, near: BaseGeometry, right_m: float) -> LineString:
    """The edge of `near` from beside the start of `line` to beside its end."""
    part = max(polygons_in(near), key=lambda p: p.area)
    ring = shapely.geometry.polygon.orient(part).exterior
    xy = shapely.get_coordinates(line)
    start, end = _abreast(xy[0], xy[1], xy[0], right_m), _abreast(xy[-2], xy[-1], xy[-1], right_m)
    a, b = (float(ring.project(shapely.Point(p))) for p in (start, end))
    # anticlockwise round the line keeps it to the left: that is the way along its right side
    return _along(ring, a, b) if right_m > 0 else _along(ring, b, a).reverse()


def _rings_beside(line: LineString, near: BaseGeometry, right_m: float) -> list[LineString]:
    """The closed ways beside a ring, in its direction; on its outside only the outermost."""
    within = Polygon(line)
    outside = (right_m > 0) == LinearRing(line.coords).is_ccw
    rings: list[LinearRing] = []
    for part in polygons_in(near):
        if outside:
            rings.append(part.exterior)
        else:
            rings += [r for r in part.interiors if within.contains(Polygon(r).representative_point())]
    ccw = LinearRing(line.coords).is_ccw
    return [LineString(ring.coords if ring.is_ccw == ccw else ring.coords[::-1]) for ring in rings]


def _along(ring: LinearRing, start: float, end: float) -> LineString:
    line = LineString(ring.coords)
    if start == end:
        return LineString()
    if start < end:
        return LineString(substring(line, start, end).coords)
    first, second = substring(line, start, ring.length), substring(line, 0, end)
    return LineString([*first.coords, *second.coords[1:]] if second.length > 0 else first.coords)


def _abreast(a: Floats, b: Floats, at: Floats, right_m: float) -> Point:
    size = math.dist(a, b) or 1.0
    return float(at[0] + (b[1] - a[1]) / size * right_m), float(at[1] - (b[0] - a[0]) / size * right_m)


def _points(xy: Floats) -> list[Point]:
    return [(float(x), float(y)) for x, y in xy]
