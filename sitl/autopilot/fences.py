"""Where the vehicle may be: polygons, circles and heights of the fence.

FENCE_TYPE is a sum: 1 top, 2 circle about home, 4 uploaded shapes, 8 floor.
"""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.stores import Stores
from sitl.missions import Item

TOP, CIRCLE, SHAPES, FLOOR = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon (at least three corners) or a circle (one corner and a radius)."""

    inclusion: bool
    corners: tuple[Spot, ...]
    radius_m: float = 0.0

    def holds(self, here: Spot) -> bool:
        """Whether `here` lies inside."""
        if len(self.corners) > 1:
            return _in_polygon(self.corners, here)
        centre = self.corners[0]
        return math.hypot(centre.east_m - here.east_m, centre.north_m - here.north_m) <= self.radius_m


class Fences:
    """The stored fence against the vehicle's place."""

    def __init__(self, now: Situation, stores: Stores) -> None:
        self._now = now
        self._stores = stores
        self._items: tuple[Item, ...] = ()
        self._shapes: tuple[Shape, ...] = ()

    def breaches(self) -> list[str]:
        """The fences, by ArduCopter's names, on whose wrong side the vehicle is."""
        now = self._now
        here, home, p = now.here, now.home_or_launch, now.parameters
        kinds = int(p["FENCE_TYPE"])
        found = []
        if kinds & SHAPES and self.outside(here):
            found.append("Polygon")
        if kinds & TOP and here.up_m - home.up_m > p["FENCE_ALT_MAX"]:
            found.append("Max Alt")
        if kinds & CIRCLE and math.hypot(here.east_m - home.east_m, here.north_m - home.north_m) > p["FENCE_RADIUS"]:
            found.append("Circle")
        if kinds & FLOOR and not now.landed and here.up_m - home.up_m < p["FENCE_ALT_MIN"]:
            found.append("Min Alt")
        return found

    def outside(self, spot: Spot) -> bool:
        """Outside any inclusion, or inside an exclusion."""
        if self._items is not self._stores.fence:
            self._items = self._stores.fence
            self._shapes = _shapes_of(self._now, self._items)
        return any(shape.inclusion != shape.holds(spot) for shape in self._shapes)


def _shapes_of(now: Situation, fence: tuple[Item, ...]) -> tuple[Shape, ...]:
    shapes, at = [], 0
    while at < len(fence):
        item = fence[at]
        if item.command in {5001, 5002}:
            run = fence[at : at + int(item.p1)]
            shapes.append(Shape(item.command == 5001, tuple(_spot(now, v) for v in run)))
            at += len(run)
            continue
        if item.command in {5003, 5004}:
            shapes.append(Shape(item.command == 5003, (_spot(now, item),), item.p1))
        at += 1
    return tuple(shapes)


def _spot(now: Situation, item: Item) -> Spot:
    return now.spot_of(LatLon(item.x / 1e7, item.y / 1e7), 0.0)


def _in_polygon(corners: tuple[Spot, ...], here: Spot) -> bool:
    inside = False
    for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
        if (a.north_m > here.north_m) != (b.north_m > here.north_m):
            east = a.east_m + (here.north_m - a.north_m) * (b.east_m - a.east_m) / (b.north_m - a.north_m)
            inside ^= here.east_m < east
    return inside
