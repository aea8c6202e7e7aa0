"""What the patterns work on: polygons and ways in local metres (east, north)."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import Floats
from planner.route.under import area_under

Point = tuple[float, float]
FEW_BOXES = 200
GRID_M = 1e-6
MOST_BOXES = 100_000
"""More are halved first, to spare memory."""
STRAIGHT_RAD = 1e-4
MARGIN_M = 0.1
"""How far inside an edge waypoints stay, so that rounding to 1e-7 degrees never puts one outside."""


@dataclass(frozen=True, slots=True)
class Strip:
    """What one pass of the camera sees, in metres.

    `spacing` between neighbouring lines at most, `width` across the way, `reach` ahead of a line's start and beyond
    its end (half a picture, less a margin for late triggers).
    """

    spacing: float
    width: float
    reach: float


@dataclass(frozen=True, slots=True)
class Way:
    """Straight pieces one after another: `len(points) - 1` of them, each photographed or not.

    `is_line` tells lines of the pattern from the links between them.
    """

    points: tuple[Point, ...]
    camera: tuple[bool, ...]
    is_line: tuple[bool, ...]

    def reversed(self) -> "Way":
        """The same way flown from its end."""
        return Way(self.points[::-1], self.camera[::-1], self.is_line[::-1])


class WayBuilder:
    """Collects the points of a way; leaves out pieces without length."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._camera: list[bool] = []
        self._is_line: list[bool] = []

    @property
    def last(self) -> Point | None:
        """Where the way has come to; None before its first point."""
        return self._points[-1] if self._points else None

    def add(self, point: Point, *, camera: bool, is_line: bool) -> None:
        """Go on to `point`; the first point only starts the way."""
        if not self._points:
            self._points.append(point)
            return
        if math.dist(self._points[-1], point) < 0.01:
            return
        self._points.append(point)
        self._camera.append(camera)
        self._is_line.append(is_line)

    def way(self, *, straightened: bool = True) -> Way:
        """What was collected; where `straightened`, pieces that continue one another straight are made one."""
        points, camera, is_line = list(self._points), list(self._camera), list(self._is_line)
        straightened = straightened and bool((_turns_rad(points) < 2 * STRAIGHT_RAD).any())
        i = 1
        while straightened and i < len(points) - 1:
            same = camera[i - 1] == camera[i] and is_line[i - 1] == is_line[i]
            if same and turn_rad(points[i - 1], points[i], points[i + 1]) < STRAIGHT_RAD:
                del points[i], camera[i], is_line[i]
            else:
                i += 1
        return Way(tuple(points), tuple(camera), tuple(is_line))


def turn_rad(a: Point, b: Point, c: Point) -> float:
    """Change of heading at `b` on the way from `a` to `c`, in [0, pi]."""
    first = math.atan2(b[1] - a[1], b[0] - a[0])
    second = math.atan2(c[1] - b[1], c[0] - b[0])
    return abs(math.remainder(second - first, 2 * math.pi))


def turns_of(way: Way, *, least_deg: float = 5.0) -> int:
    """How many corners of a way change the heading by more than `least_deg`."""
    return int((_turns_rad(way.points) > math.radians(least_deg)).sum())


def _turns_rad(points: Sequence[Point]) -> Floats:
    """The change of heading at each point between the first and the last."""
    steps = np.diff(np.asarray(points, dtype=float).reshape(-1, 2), axis=0)
    headings = np.arctan2(steps[:, 1], steps[:, 0])
    return np.asarray(np.abs(np.remainder(np.diff(headings) + math.pi, 2 * math.pi) - math.pi))


def length_m(points: tuple[Point, ...] | list[Point]) -> float:
    """Length of a line through `points`."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(points))


def polygons_in(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry that have an area."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty or shape.area <= 0 else [shape]
    if isinstance(shape, MultiPolygon) or hasattr(shape, "geoms"):
        return [part for geom in shape.geoms for part in polygons_in(geom)]
    return []


def seen_by(way: Way, strip: Strip) -> BaseGeometry:
    """What the photographed pieces of a way see: a rectangle about each, ends carried on by the reach."""
    return shapely.union_all(seen_boxes(way, strip))


def seen_boxes(way: Way, strip: Strip) -> list[Polygon]:
    """The rectangle of each photographed piece of a way."""
    xy = np.asarray(way.points)
    a, b = xy[:-1], xy[1:]
    length = np.hypot(*(b - a).T)
    shown = np.asarray(way.camera, dtype=bool) & (length > 0)
    a, b, length = a[shown], b[shown], length[shown, None]
    along = (b - a) / length
    ahead, beside = along * strip.reach, np.column_stack([-along[:, 1], along[:, 0]]) * (strip.width / 2)
    corners = np.stack([a - ahead + beside, a - ahead - beside, b + ahead - beside, b + ahead + beside], axis=1)
    boxes: list[Polygon] = np.atleast_1d(np.asarray(shapely.polygons(corners))).tolist()
    return boxes


def seen_area(goal: BaseGeometry, boxes: list[Polygon]) -> float:
    """The area of `goal` under `boxes` as `seen_boxes` makes them, in square metres."""
    if goal.is_empty or not boxes:
        return 0.0
    under = None
    if len(boxes) <= MOST_BOXES:
        under = area_under(goal, shapely.get_coordinates(boxes).reshape(-1, 5, 2)[:, :4])
    return _by_halves(goal, boxes) if under is None else under


def _by_halves(goal: BaseGeometry, boxes: list[Polygon]) -> float:
    """The same by uniting the boxes, by halves, since unions of few are quickly made.

    Unions on a grid: without one GEOS (3.14) loses whole boxes where two lie along each other but for 1e-14 m.
    """
    if len(boxes) <= FEW_BOXES:
        return _united_area(goal, boxes)
    bounds = shapely.bounds(boxes)
    whole = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    size = bounds[:, 2:] - bounds[:, :2]
    spread = np.array([whole[2] - whole[0], whole[3] - whole[1]])
    axis = int(np.argmin(size.mean(axis=0) / np.maximum(spread, 1e-9)))  # across the boxes
    at = float(np.median((bounds[:, axis] + bounds[:, axis + 2]) / 2))
    total = 0.0
    for side, touching in ((0, bounds[:, axis] < at), (1, bounds[:, axis + 2] > at)):
        rectangle = list(whole)
        rectangle[axis + (2 if side == 0 else 0)] = at
        few = [box for box, here in zip(boxes, touching.tolist(), strict=True) if here]
        part = shapely.clip_by_rect(goal, *rectangle)
        if len(few) > 0.8 * len(boxes):  # long boxes that all reach over: halving gains nothing
            total += _united_area(part, few)
        elif few:
            total += _by_halves(part, few)
    return total


def _united_area(goal: BaseGeometry, boxes: list[Polygon]) -> float:
    united = shapely.union_all(boxes, grid_size=GRID_M)
    return float(shapely.intersection(goal, united, grid_size=GRID_M).area)


def outside_m(ways: Sequence[Way], room: BaseGeometry) -> float:
    """Metres flown outside `room`."""
    legs = shapely.linestrings([leg for way in ways for leg in itertools.pairwise(way.points)])
    shapely.prepare(room)
    astray = legs[~shapely.covers(room, legs)]
    return float(shapely.union_all(astray).difference(room).length) if len(astray) else 0.0


def seen_box(a: Point, b: Point, strip: Strip) -> Polygon:
    """The rectangle of water photographed from `a` to `b`."""
    length = math.dist(a, b)
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    rx, ry, h = ux * strip.reach, uy * strip.reach, strip.width / 2
    nx, ny = -uy * h, ux * h
    return Polygon(
        [
            (a[0] - rx + nx, a[1] - ry + ny),
            (a[0] - rx - nx, a[1] - ry - ny),
            (b[0] + rx - nx, b[1] + ry - ny),
            (b[0] + rx + nx, b[1] + ry + ny),
        ]
    )


def edges_of(polygon: Polygon) -> Floats:
    """All edges of all rings: rows (x1, y1, x2, y2)."""
    parts = []
    for ring in (polygon.exterior, *polygon.interiors):
        xy = np.asarray(ring.coords, dtype=float)[:, :2]
        parts.append(np.column_stack([xy[:-1], xy[1:]]))
    return np.vstack(parts)


def reflex_vertices(polygon: Polygon) -> list[tuple[Point, Point, Point]]:
    """Corners that point into the polygon, with the corner before and after each."""
    found: list[tuple[Point, Point, Point]] = []
    oriented = shapely.geometry.polygon.orient(polygon)
    for ring in (oriented.exterior, *oriented.interiors):
        xy = [(float(c[0]), float(c[1])) for c in ring.coords[:-1]]
        for i, at in enumerate(xy):
            before, after = xy[i - 1], xy[(i + 1) % len(xy)]
            cross = (at[0] - before[0]) * (after[1] - at[1]) - (at[1] - before[1]) * (after[0] - at[0])
            if cross < -1e-9 * max(1.0, math.dist(before, at) * math.dist(at, after)):
                found.append((before, at, after))
    return found
