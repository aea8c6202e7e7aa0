"""A port before anybody lies in it: land, quays, water, anchorages, marks and zones, in metres about its origin."""

from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon
from planner.model.zone import Zone
from sitl.world.quays import Quay
from sitl.world.solids import Rgb

REACH_M = 1500.0
"""How far from its origin a port is built, to the east, north, west and south."""
LEAST_M2 = 4.0
"""Smaller pieces of land are left out."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A buoy, or where it stands on a pile a beacon, at a place."""

    east_m: float
    north_m: float
    colour: Rgb
    on_pile: bool = False


@dataclass(frozen=True)
class Layout:
    """What a port is made of; east and north in metres from `origin`.

    `water` is where vessels may go. `launch_en_m` is where the drone takes off, `takeoff_height_m` above the water.
    `area_en_m` is what to patrol; empty: the water near the quays.
    """

    name: str
    origin: LatLon
    quays: tuple[Quay, ...]
    water: BaseGeometry
    launch_en_m: tuple[float, float]
    takeoff_height_m: float
    berths: tuple[Quay, ...] = ()
    anchorages: tuple[shapely.Polygon, ...] = ()
    marks: tuple[Mark, ...] = ()
    zones: tuple[Zone, ...] = ()
    area_en_m: tuple[tuple[float, float], ...] = ()
    land: BaseGeometry = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shapes = [shapely.Polygon(q.outline) for q in self.quays]
        object.__setattr__(self, "land", shapely.union_all(shapes) if shapes else shapely.Polygon())


def frame_box() -> shapely.Polygon:
    """The square that a port is built in."""
    return shapely.box(-REACH_M, -REACH_M, REACH_M, REACH_M)


def polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons of a shape, largest first, without the tiny ones."""
    parts: list[shapely.Polygon] = []
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon):
            parts.append(part)
        elif len(shapely.get_parts(part)) > 1:
            parts += polygons(part)
    return sorted((p for p in parts if p.area >= LEAST_M2), key=lambda p: -p.area)


def quays_of(name: str, shape: BaseGeometry, height_m: float, material: str, *, grain_m: float = 1.0) -> list[Quay]:
    """Quays that together cover a shape: a shape with holes is cut into pieces without."""
    found = []
    for piece in polygons(shapely.make_valid(shapely.simplify(shape, grain_m))):
        for solid in _without_holes(piece):
            ring = tuple((float(x), float(y)) for x, y in solid.exterior.coords[:-1])
            if len(ring) >= 3 and shapely.Polygon(ring).is_valid:
                found.append(Quay(name, ring, height_m, material))
    return found


def _without_holes(shape: shapely.Polygon) -> list[shapely.Polygon]:
    """Cuts through the middle of the first hole until none is left."""
    if not shape.interiors:
        return [shape]
    west, south, east, north = shape.bounds
    at = shapely.Polygon(shape.interiors[0]).representative_point().x
    halves = shapely.box(west - 1, south - 1, at, north + 1), shapely.box(at, south - 1, east + 1, north + 1)
    return [s for half in halves for p in polygons(shape.intersection(half)) for s in _without_holes(p)]


def ring_of(shape: shapely.Polygon) -> tuple[tuple[float, float], ...]:
    """The corners of a polygon's outline."""
    return tuple((float(x), float(y)) for x, y in shape.exterior.coords[:-1])
