"""Charts of the user's own as a base for the map: S-57 cells, GeoPackage, GeoJSON, KML, read by GDAL.

Of an S-57 cell: land, depths, shore works, buildings, fairways. Of other files everything, points left out.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import shapely

from planner.model.errors import BadInput

MOST_VERTICES = 400_000
ENDINGS = (".000", ".gpkg", ".geojson", ".json", ".kml")


class Ground(StrEnum):
    """What a part of a chart is."""

    WATER = "water"
    LAND = "land"
    WORKS = "works"
    """Quays, piers, breakwaters, buildings."""
    LANE = "lane"
    OTHER = "other"


_S57 = {
    "DEPARE": Ground.WATER,
    "LNDARE": Ground.LAND,
    "SLCONS": Ground.WORKS,
    "PONTON": Ground.WORKS,
    "BUISGL": Ground.WORKS,
    "BRIDGE": Ground.WORKS,
    "COALNE": Ground.LAND,
    "FAIRWY": Ground.LANE,
}


@dataclass(frozen=True, slots=True)
class ChartPart:
    """One geometry of a chart, GeoJSON in degrees."""

    ground: Ground
    geometry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its name, parts from the bottom up, and west, south, east, north in degrees."""

    name: str
    parts: tuple[ChartPart, ...]
    bounds: tuple[float, float, float, float]


def read_chart(path: Path) -> Chart:
    """Read a chart.

    Raises:
        BadInput: not a chart that can be read, nothing to draw in it, or too much.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, GeometryError
    from shapely.errors import ShapelyError

    if path.suffix.lower() not in ENDINGS:
        raise BadInput(path, f"is no chart that can be read; a chart ends in one of {', '.join(ENDINGS)}")
    if not path.is_file():
        raise BadInput(path, "is not there any more")
    parts: list[ChartPart] = []
    boxes: list[tuple[float, float, float, float]] = []
    left = MOST_VERTICES
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            layers = [str(name) for name, kind in pyogrio.list_layers(path.resolve()) if kind is not None]
            for ground, shape in _shapes(path, layers):
                left -= int(shapely.get_num_coordinates(shape))
                if left < 0:
                    raise BadInput(path, f"has more than {MOST_VERTICES:,} points; give a smaller part of it")
                boxes.append(shape.bounds)
                parts += [ChartPart(ground, shapely.geometry.mapping(part)) for part in _drawable(shape)]
    except (DataLayerError, DataSourceError, GeometryError, RuntimeError, ShapelyError) as error:
        raise BadInput(path, f"cannot be read as a chart: {str(error)[:200]}") from None
    if not parts:
        raise BadInput(path, "has no lines and no areas to draw")
    west, south, east, north = (pick(box[i] for box in boxes) for i, pick in enumerate((min, min, max, max)))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(path, "is not in degrees of longitude and latitude (WGS 84); convert it first")
    return Chart(path.stem, tuple(parts), (west, south, east, north))


def _shapes(path: Path, layers: list[str]) -> Iterator[tuple[Ground, Any]]:
    from pyogrio.raw import read

    known = [(name, ground) for name, ground in _S57.items() if name in layers]
    wanted = known if path.suffix.lower() == ".000" else [(name, Ground.OTHER) for name in layers]
    for name, ground in wanted:
        _, _, shapes, _ = read(path.resolve(), layer=name, columns=[], force_2d=True)
        for data in shapes:
            shape = None if data is None else shapely.from_wkb(data)
            if shape is not None and not shape.is_empty:
                yield ground, shape


def _drawable(shape: Any) -> Iterator[Any]:  # noqa: ANN401 - any shapely geometry
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type in {"Polygon", "LineString"}:
            yield part
