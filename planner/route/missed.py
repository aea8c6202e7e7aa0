"""Short lines over what a way leaves unseen: where slanted or ragged edges cut its lines."""

import math
from dataclasses import dataclass

import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.route.inside import Inside
from planner.route.shapes import Point, Strip, Way, WayBuilder, polygons_in, seen_area, seen_box, seen_boxes, seen_by
from planner.route.sweep import TURN_COST_M, candidate_angles

ENOUGH = 0.9993
MOST_EXTRA_LINES = 24
MOST_ROUNDS = 3
MOST_CORNERS = 4000
"""Of ways with more corners the wedges at the edges are less than what may be missed anyway."""


def with_what_was_missed(polygon: Polygon, room: Polygon, inside: Inside, way: Way, strip: Strip) -> tuple[Way, float]:
    """Short lines more, where slanted or ragged edges left water unseen; and the area that stays unseen, m2."""
    enough = (1 - ENOUGH) * polygon.area
    if len(way.points) > MOST_CORNERS:
        return way, 0.0
    missed_m2 = polygon.area - seen_area(polygon, seen_boxes(way, strip))
    if missed_m2 <= enough:
        return way, missed_m2
    left = polygons_in(polygon.difference(seen_by(way, strip)))
    for _ in range(MOST_ROUNDS):  # a line put into a link changes what that link saw, so look again
        if sum(part.area for part in left) <= enough:
            break
        before = way
        way = _with_lines_over(left, enough, room, inside, way, strip)
        if way is before:
            break
        left = polygons_in(polygon.difference(seen_by(way, strip)))
    return way, sum(part.area for part in left)


def _with_lines_over(parts: list[Polygon], enough: float, room: Polygon, inside: Inside, way: Way, strip: Strip) -> Way:
    """`way` with lines over the greatest of `parts`, until what is left is little enough or cannot be seen."""
    left = list(parts)
    for _ in range(MOST_EXTRA_LINES):
        if not left or sum(part.area for part in left) <= enough:
            break
        part = max(left, key=lambda p: p.area)
        line, gain = _line_over(part, room, strip)
        if gain < 0.2 * part.area:
            left.remove(part)
            continue
        way = _inserted(way, line, inside)
        box = seen_box(line[0], line[1], strip)
        left = [rest for p in left for rest in polygons_in(p.difference(box))]
    return way


def _line_over(part: Polygon, room: Polygon, strip: Strip) -> tuple[tuple[Point, Point], float]:
    """The line inside `room` that sees most of `part` for its length, and the area it sees."""
    best: tuple[float, tuple[Point, Point], float] | None = None
    for angle in candidate_angles(part, most=3):
        line = _line_at(part, room, strip, angle)
        if math.dist(*line) < 1e-3:
            continue
        gain = part.intersection(seen_box(line[0], line[1], strip)).area
        worth = gain / (math.dist(*line) + 2 * TURN_COST_M)
        if best is None or worth > best[0]:
            best = (worth, line, gain)
    if best is None:
        at = part.representative_point()
        return ((at.x, at.y), (at.x, at.y)), 0.0
    return best[1], best[2]


def _line_at(part: Polygon, room: Polygon, strip: Strip, angle: float) -> tuple[Point, Point]:
    """A line at `angle` along the middle of `part`, inside `room`, shortened by what is seen ahead."""
    xy = shapely.get_coordinates(part.exterior)
    ux, uy = math.cos(angle), math.sin(angle)
    along, across = xy @ (ux, uy), xy @ (-uy, ux)
    low, high = float(across.min()), float(across.max())
    pieces: list[LineString] = []
    for share in (0.5, 0.25, 0.75):  # where an edge runs along the middle, beside it
        offset = low + share * (high - low)
        ends = [(a * ux - offset * uy, a * uy + offset * ux) for a in (float(along.min()), float(along.max()))]
        found = _longest(LineString(ends).intersection(room))
        if found is not None:
            pieces.append(found)
            break
    if not pieces:
        at = shapely.ops.nearest_points(room, part.representative_point())[0]
        return _stub((at.x, at.y), room)
    line = pieces[0]
    cut = max(0.0, min(strip.reach, (line.length - 2.0) / 2))
    first, last = line.interpolate(cut), line.interpolate(line.length - cut)
    if line.length < 0.5:
        return _stub((first.x, first.y), room)
    return (first.x, first.y), (last.x, last.y)


def _stub(at: Point, room: Polygon) -> tuple[Point, Point]:
    """A line of a metre or two at `at`, inside."""
    middle = room.representative_point()
    reach = math.dist(at, (middle.x, middle.y)) or 1.0
    share = min(1.0, 2.0 / reach)
    return at, (at[0] + (middle.x - at[0]) * share, at[1] + (middle.y - at[1]) * share)


def _longest(shape: BaseGeometry) -> LineString | None:
    lines = [g for g in getattr(shape, "geoms", [shape]) if isinstance(g, LineString) and g.length > 0]
    return max(lines, key=lambda g: g.length) if lines else None


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
            line_on = i > 0 and not after_line and way.is_line[i - 1]
            builder.add(stop, camera=i > 0 and way.camera[i - 1], is_line=line_on)
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
