"""Zones from an electronic chart (IHO S-57 edition 3.1), read by GDAL's S-57 driver with the updates beside the cell.

| class | becomes | from |
|---|---|---|
| RESARE | restricted-water | the area, with what is restricted there |
| FAIRWY | fairway | the area |
| BRIDGE, CBLOHD, PIPOHD, CONVYR | obstacle | from the clearance (VERCLR, VERCCL, VERCSA) up; its top is not charted |
| LNDMRK, BUISGL, SILTNK, OFSPLF, PYLONS, CRANES | obstacle | to HEIGHT, or VERLEN above the ground; else not charted |
| LNDARE | land | areas, islets drawn as points or lines |
| SLCONS | shore | quays, piers, breakwaters |

Charted heights are above high water (the chart's vertical datum) and are taken as above mean sea level: true tops are
higher by as much as high water is above it (2 m on most coasts, 7 m on a few). The margin over obstacles, 20 m, takes
that in. Dates and seasons (DATSTA, PERSTA) are not read: what is charted counts always. Charts are for ships: not all
masts and cranes are on them.
"""

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.zone import Datum, HeightLimit, Ring, Zone, ZoneRule
from planner.zones.published import FOOT_M
from planner.zones.shapes import rings_around

SPANS = ("BRIDGE", "CBLOHD", "PIPOHD", "CONVYR")
STRUCTURES = ("LNDMRK", "BUISGL", "SILTNK", "OFSPLF", "PYLONS", "CRANES")
AREAS = {
    "RESARE": ZoneRule.RESTRICTED_WATER,
    "FAIRWY": ZoneRule.FAIRWAY,
    "LNDARE": ZoneRule.LAND,
    "SLCONS": ZoneRule.SHORE,
}
SPAN_MARGIN_M = 20.0
"""Around a bridge or cable that is drawn as a line: half a deck, and the chart's accuracy."""
POINT_MARGIN_M = 25.0
LINE_MARGIN_M = 5.0
_FIELDS = ("OBJNAM", "VERCLR", "VERCCL", "VERCSA", "HEIGHT", "VERLEN", "CATREA", "RESTRN", "CATBRG", "CATLMK", "INFORM")
_KINDS = {
    "BRIDGE": "bridge",
    "BUISGL": "building",
    "CBLOHD": "overhead cable",
    "CONVYR": "conveyor",
    "CRANES": "crane",
    "FAIRWY": "fairway",
    "LNDARE": "land",
    "LNDMRK": "landmark",
    "OFSPLF": "platform",
    "PIPOHD": "overhead pipe",
    "PYLONS": "pylon",
    "RESARE": "restricted area",
    "SILTNK": "silo or tank",
    "SLCONS": "shore construction",
}
"""What an object is called that has no name."""
_RESTRICTIONS = {
    "1": "anchoring prohibited",
    "2": "anchoring restricted",
    "3": "fishing prohibited",
    "4": "fishing restricted",
    "5": "trawling prohibited",
    "7": "entry prohibited",
    "8": "entry restricted",
    "9": "dredging prohibited",
    "11": "diving prohibited",
    "13": "no wake",
    "14": "to be avoided",
    "27": "speed restricted",
}
_CATEGORIES = {
    "1": "offshore safety zone",
    "4": "nature reserve",
    "5": "bird sanctuary",
    "6": "game reserve",
    "7": "seal sanctuary",
    "8": "degaussing range",
    "9": "military area",
    "12": "navigational aid safety zone",
    "14": "minefield",
    "18": "swimming area",
    "22": "marine sanctuary",
}
Row = Mapping[str, Any]


def zones_from_s57(source: Path) -> tuple[Zone, ...]:
    """The zones of a chart cell (.000), its updates (.001 ...) applied.

    Raises:
        BadInput: not a chart that can be read, or no zone in it.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, GeometryError
    from shapely.errors import ShapelyError

    path = str(source.resolve())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # newer attributes than GDAL knows; bad records are errors
            layers = {str(name) for name, _ in pyogrio.list_layers(path)}
            unit = _height_unit(path) if "DSID" in layers else 1.0
            wanted = [name for name in (*AREAS, *SPANS, *STRUCTURES) if name in layers]
            zones = [zone for name in wanted for zone in _layer(path, name, unit)]
    except (DataLayerError, DataSourceError, GeometryError, RuntimeError, ValueError, ShapelyError) as error:
        raise BadInput(source, f"cannot be read as an S-57 chart: {str(error)[:200]}") from None
    if not zones:
        raise BadInput(source, "is a chart without restricted areas, fairways, bridges, shore or land")
    return tuple(zones)


def _height_unit(path: str) -> float:
    """Metres per unit of height (DSPM_HUNI: 1 metres, 2 feet)."""
    from pyogrio.raw import read

    meta, _, _, columns = read(path, layer="DSID", read_geometry=False)
    row = dict(zip(meta["fields"], columns, strict=True))
    return FOOT_M if len(row.get("DSPM_HUNI", [])) and int(row["DSPM_HUNI"][0]) == 2 else 1.0


def _layer(path: str, name: str, unit_m: float) -> Iterator[Zone]:
    from pyogrio.raw import read

    meta, _, shapes, columns = read(path, layer=name)
    fields = [(str(field), column) for field, column in zip(meta["fields"], columns, strict=True) if field in _FIELDS]
    for number, data in enumerate(shapes):
        shape = None if data is None else shapely.from_wkb(data)
        if shape is None or shape.is_empty:
            continue
        row = {field: column[number] for field, column in fields}
        yield from _zones(name, number + 1, row, shape, unit_m)


def _zones(layer: str, number: int, row: Row, shape: BaseGeometry, unit_m: float) -> Iterator[Zone]:
    called = str(row.get("OBJNAM") or "").strip()[:200] or f"{_KINDS.get(layer, layer.lower())} {number}"
    identifier = f"{layer}-{number}"
    if layer in AREAS:
        rule, message = AREAS[layer], _restriction(row)
        margin, lower, upper = LINE_MARGIN_M, None, None
    elif layer in SPANS:
        rule, margin, upper = ZoneRule.OBSTACLE, SPAN_MARGIN_M, None
        clearance = _least(row, "VERCLR", "VERCCL", "VERCSA")
        lower = None if clearance is None else HeightLimit(clearance * unit_m, Datum.SEA)
        message = "clearance above high water" if lower else "clearance not charted"
    else:
        rule, margin, lower = ZoneRule.OBSTACLE, POINT_MARGIN_M, None
        upper = _top(row, unit_m)
        message = "height above high water" if upper else "height not charted"
    for outline, *holes in _rings(shape, margin):
        yield Zone(called, rule, outline, tuple(holes), lower, upper, (), identifier, message)


def _top(row: Row, unit_m: float) -> HeightLimit | None:
    """The top of a structure; None where the chart gives no height."""
    height = _least(row, "HEIGHT")
    if height is not None:
        return HeightLimit(height * unit_m, Datum.SEA)
    length = _least(row, "VERLEN")
    return None if length is None else HeightLimit(length * unit_m, Datum.GROUND)


def _least(row: Row, *names: str) -> float | None:
    values = [float(row[name]) for name in names if row.get(name) is not None and np.isfinite(float(row[name]))]
    return min(values) if values else None


def _restriction(row: Row) -> str:
    said = [_RESTRICTIONS.get(code, f"restriction {code}") for code in _codes(row.get("RESTRN"))]
    said += [_CATEGORIES.get(code, f"category {code}") for code in _codes(row.get("CATREA"))]
    return ", ".join([*said, *filter(None, [str(row.get("INFORM") or "").strip()[:200]])])


def _codes(value: object) -> list[str]:
    """The codes of a list attribute; GDAL gives a list, a text with commas, or nothing."""
    if value is None:
        return []
    parts = value.split(",") if isinstance(value, str) else list(np.atleast_1d(np.asarray(value)))
    return [str(part).strip() for part in parts if str(part).strip() not in {"", "None", "nan"}]


def _rings(shape: BaseGeometry, margin_m: float) -> list[list[Ring]]:
    found: list[list[Ring]] = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            found.append([_ring(ring) for ring in (part.exterior, *part.interiors)])
        elif part.geom_type in {"Point", "LineString"}:
            found.extend(rings_around(shapely.force_2d(part), margin_m))
    return found


def _ring(ring: shapely.LinearRing) -> Ring:
    return tuple(LatLon(float(y), float(x)) for x, y in shapely.get_coordinates(ring)[:-1])
