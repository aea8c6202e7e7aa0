"""The area pattern: lawnmower lines over a polygon with holes, all of it seen, nothing flown outside."""

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.route.cells import cells_of
from planner.route.inside import Inside
from planner.route.order import ordered_way
from planner.route.shapes import MARGIN_M, Point, Strip, Way, WayBuilder, polygons_in, seen_box, seen_by

ENOUGH = 0.9995
MOST_EXTRA_LINES = 24


def area_way(polygon: Polygon, strip: Strip, angle_rad: float | None) -> Way:
    """One way that sees all of `polygon` and stays inside it."""
    room = polygons_in(polygon.buffer(-MARGIN_M, join_style="mitre"))
    if not room:
        room = [polygon]
    shape = max(room, key=lambda p: p.area)
    inside = Inside(shape)
    cells = cells_of(shape, strip, angle_rad)
    if not any(cell.lines for cell in cells):
        middle = shape.representative_point()
        return Way(((middle.x - 0.5, middle.y), (middle.x + 0.5, middle.y)), (True,), (True,))
    way = ordered_way(cells, inside, photographed_link_m=2.5 * strip.spacing)
    return _with_what_was_missed(polygon, shape, inside, way, strip)


def _with_what_was_missed(polygon: Polygon, room: Polygon, inside: Inside, way: Way, strip: Strip) -> Way:
    """Short lines more, where slanted or ragged edges left water unseen."""
    left = polygon.difference(seen_by(way, strip))
    for _ in range(MOST_EXTRA_LINES):
        if left.area <= (1 - ENOUGH) * polygon.area:
            break
        parts = polygons_in(left)
        part = max(parts, key=lambda p: p.area)
        line = _line_over(part, room, strip)
        way = _inserted(way, line, inside)
        # what still cannot be seen of this part from inside is not tried again
        left = shapely.union_all([p for p in parts if p is not part]).difference(seen_box(line[0], line[1], strip))
    return way


def _line_over(part: Polygon, room: Polygon, strip: Strip) -> tuple[Point, Point]:
    """A line inside `room` along the longer axis of `part`, shortened by what is seen ahead."""
    box = part.minimum_rotated_rectangle
    if isinstance(box, Polygon):
        a, b, c, d = [(float(x), float(y)) for x, y in box.exterior.coords[:4]]
        if math.dist(a, b) < math.dist(b, c):
            a, b, c, d = b, c, d, a
        axis = LineString([_middle(a, d), _middle(b, c)])
    else:
        axis = LineString(part.exterior.coords[:2])
    inside = _longest(axis.intersection(room))
    if inside is None:
        at = shapely.ops.nearest_points(room, part.representative_point())[0]
        return _stub((at.x, at.y), room)
    spare = inside.length - 2.0
    cut = max(0.0, min(strip.reach, spare / 2))
    ends = [inside.interpolate(cut), inside.interpolate(inside.length - cut)]
    if inside.length < 0.5:
        return _stub((ends[0].x, ends[0].y), room)
    return (ends[0].x, ends[0].y), (ends[1].x, ends[1].y)


def _stub(at: Point, room: Polygon) -> tuple[Point, Point]:
    """A line of a metre or two at `at`, inside."""
    middle = room.representative_point()
    reach = math.dist(at, (middle.x, middle.y)) or 1.0
    share = min(1.0, 2.0 / reach)
    return at, (at[0] + (middle.x - at[0]) * share, at[1] + (middle.y - at[1]) * share)


def _longest(shape: BaseGeometry) -> LineString | None:
    lines = [g for g in getattr(shape, "geoms", [shape]) if isinstance(g, LineString) and g.length > 0]
    return max(lines, key=lambda g: g.length) if lines else None


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _inserted(way: Way, line: tuple[Point, Point], inside: Inside) -> Way:
    """`way` with `line` flown where that costs least."""
    points = way.points
    places = [i for i in range(len(points) + 1) if not 0 < i < len(points) or not way.is_line[i - 1]]
    offers = [_offer(points, i, flown) for i in places for flown in (line, (line[1], line[0]))]
    offers.sort(key=lambda o: o.cost_m)
    best = min(offers[:5], key=lambda o: _true_cost(points, o, inside))
    builder = WayBuilder()
    if best.place == 0:
        builder.add(best.line[0], camera=False, is_line=False)
        builder.add(best.line[1], camera=True, is_line=True)
    for i, point in enumerate(points):
        if 0 < i == best.place:
            for stop in inside.way(points[i - 1], best.line[0])[1:]:
                builder.add(stop, camera=way.camera[i - 1] and not way.is_line[i - 1], is_line=False)
            builder.add(best.line[1], camera=True, is_line=True)
        after_line = i == best.place
        stops = [point] if not after_line or builder.last is None else inside.way(builder.last, point)[1:]
        for stop in stops:
            same = i > 0 and not after_line
            builder.add(stop, camera=same and way.camera[i - 1], is_line=same and way.is_line[i - 1])
    if best.place == len(points):
        for stop in inside.way(points[-1], best.line[0])[1:]:
            builder.add(stop, camera=False, is_line=False)
        builder.add(best.line[1], camera=True, is_line=True)
    return builder.way()


@dataclass(frozen=True, slots=True)
class _Offer:
    cost_m: float
    place: int
    """Before this point of the way; its number of points: at the end."""
    line: tuple[Point, Point]


def _offer(points: tuple[Point, ...], place: int, line: tuple[Point, Point]) -> _Offer:
    before = points[place - 1] if place > 0 else None
    after = points[place] if place < len(points) else None
    cost = math.dist(*line)
    if before is not None:
        cost += math.dist(before, line[0])
    if after is not None:
        cost += math.dist(line[1], after)
    if before is not None and after is not None:
        cost -= math.dist(before, after)
    return _Offer(cost, place, line)


def _true_cost(points: tuple[Point, ...], offer: _Offer, inside: Inside) -> float:
    cost = 0.0
    if offer.place > 0:
        cost += inside.length_m(points[offer.place - 1], offer.line[0])
    if offer.place < len(points):
        cost += inside.length_m(offer.line[1], points[offer.place])
    if 0 < offer.place < len(points):
        cost -= math.dist(points[offer.place - 1], points[offer.place])
    return cost
