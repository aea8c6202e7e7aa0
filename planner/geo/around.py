"""Circles, lines and points as polygons of places, for zones that publishers give so."""

import math
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame

Ring = tuple[LatLon, ...]
CIRCLE_CORNERS = 72
GREATEST_RADIUS_M = 1_000_000.0
DENSE_DEG = 0.03
"""Long edges are cut to this before they are laid out in metres: straight between degrees is not straight in metres."""


def circle(centre: LatLon, radius_m: float) -> Ring:
    """A polygon around a circle, touching it, so that no part of the circle is left out.

    Raises:
        ValueError: a radius that is not positive, or greater than 1,000 km.
    """
    if not 0 < radius_m <= GREATEST_RADIUS_M:
        raise ValueError(f"a circle needs a radius between 0 and 1,000 km, got {radius_m} m")
    angles = np.arange(CIRCLE_CORNERS) * 2 * math.pi / CIRCLE_CORNERS
    corners = radius_m / math.cos(math.pi / CIRCLE_CORNERS) * np.column_stack([np.sin(angles), np.cos(angles)])
    return tuple(LocalFrame(centre).to_places(corners))


def rings_around(shape: BaseGeometry, margin_m: float) -> list[list[Ring]]:
    """Polygons (outline, then holes) that hold a point or line, in degrees, with `margin_m` around it."""
    if shape.is_empty:
        return []
    x, y = shape.envelope.centroid.coords[0]
    frame = _frame_near(round(y * 2) / 2, round(x * 2) / 2)

    def there(xy: np.ndarray) -> np.ndarray:
        return frame.degrees_to_metres(xy[:, 1], xy[:, 0])

    local = shapely.transform(shapely.segmentize(shape, DENSE_DEG), there)
    return [
        [tuple(frame.to_places(shapely.get_coordinates(ring)[:-1])) for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shapely.buffer(local, margin_m, quad_segs=3))
        if not part.is_empty
    ]


@lru_cache(maxsize=64)
def _frame_near(lat_deg: float, lon_deg: float) -> LocalFrame:
    """A frame that serves for all shapes within half a degree; to make one takes longer than to use it."""
    return LocalFrame(LatLon(lat_deg, lon_deg))
