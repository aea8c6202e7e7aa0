"""Ports from an electronic chart (IHO S-57 edition 3.1), read by GDAL's driver with the updates beside the cell.

| class | becomes |
|---|---|
| LNDARE | land |
| SLCONS, PONTON, GATCON, HULKES | quays; breakwaters, groynes and rip rap (CATSLC 1, 2, 8) are moles of rubble |
| DEPARE, DRGARE | water for vessels, unless it dries (DRVAL1 below 0) |
| ACHARE, RESARE | anchorages, restricted water |
| BOYLAT, BOYCAR, BOYISD, BOYSAW, BOYSPP; BCNLAT, BCNCAR, BCNSPP | buoys; beacons: red, green or yellow by COLOUR |
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame, destination
from planner.model.errors import BadInput
from planner.model.zone import Zone, ZoneRule
from sitl.world.layout import REACH_M, Layout, Mark, polygons, ring_of
from sitl.world.port_geojson import Collected, in_metres
from sitl.world.quays import GREEN, RED, YELLOW

SHORE, WATER = ("SLCONS", "PONTON", "GATCON", "HULKES"), ("DEPARE", "DRGARE")
BUOYS = ("BOYLAT", "BOYCAR", "BOYISD", "BOYSAW", "BOYSPP")
BEACONS = ("BCNLAT", "BCNCAR", "BCNSPP")
QUAY_M, LAND_M = 3.0, 2.5
"""Heights above the water: charts give none."""
_FIELDS = ("OBJNAM", "CATSLC", "COLOUR", "DRVAL1", "CONDTN")
_RUBBLE = {"1", "2", "8"}
_COLOURS = {"3": RED, "4": GREEN}


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of the chart: its fields and its shape in metres."""

    told: dict[str, Any]
    shape: BaseGeometry

    def word(self, name: str) -> str:
        """A field as text; a list's first value; empty without it."""
        value = self.told.get(name)
        if isinstance(value, list | tuple | np.ndarray):
            value = value[0] if len(value) else None
        if value is None or (isinstance(value, float) and np.isnan(value)):
            return ""
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return text.split(",")[0].strip()


def chart_layout(path: Path, middle: LatLon | None) -> Layout:
    """The port on a chart around `middle`.

    Raises:
        BadInput: no place named, not readable, nothing there.
    """
    if not path.exists():
        raise BadInput(path, "does not exist")
    if middle is None:
        raise BadInput(path, f"is a chart: name the middle of the port as {path.name}@LAT,LON")
    frame, found = LocalFrame(middle), Collected()
    layers = _layers(path)

    def objects(*names: str) -> Iterator[_Object]:
        for name in names:
            if name in layers:
                yield from _objects(path, name, middle, frame)

    _add_solids(found, objects)
    for each in objects(*WATER):
        if not each.word("DRVAL1").startswith("-") and polygons(each.shape):
            found.basins.append(each.shape)
    if not found.basins:
        raise BadInput(path, f"shows no water within 1.5 km of {middle.lat_deg:.5f}, {middle.lon_deg:.5f}")
    _add_areas(found, frame, objects)
    _add_marks(found, objects)
    name = f"{path.stem} {middle.lat_deg:.4f} {middle.lon_deg:.4f}"
    return found.layout(name, middle, str(path))


def _add_solids(found: Collected, objects: "_Objects") -> None:
    for each in objects(*SHORE):
        rubble = each.word("CATSLC") in _RUBBLE
        solid = each.shape if polygons(each.shape) else each.shape.buffer(4.0, cap_style="flat")
        kind, material = ("mole", "rubble") if rubble else ("quay", "concrete")
        found.add_solid(kind, each.word("OBJNAM") or kind.capitalize(), solid, QUAY_M, material)
    for each in objects("LNDARE"):
        solid = each.shape if polygons(each.shape) else each.shape.buffer(5.0)
        found.add_solid("land", each.word("OBJNAM") or "Land", solid, LAND_M, "grass")


def _add_areas(found: Collected, frame: LocalFrame, objects: "_Objects") -> None:
    for layer, rule in (("ACHARE", ZoneRule.ANCHORAGE), ("RESARE", ZoneRule.RESTRICTED_WATER)):
        for each in objects(layer):
            for piece in polygons(each.shape):
                name = each.word("OBJNAM") or ("Anchorage" if layer == "ACHARE" else "Restricted area")
                found.zones.append(Zone(name, rule, tuple(frame.to_places(ring_of(piece)))))
                if layer == "ACHARE":
                    found.anchorages.append(piece)


def _add_marks(found: Collected, objects: "_Objects") -> None:
    for names, on_pile in ((BUOYS, False), (BEACONS, True)):
        for each in objects(*names):
            at = each.shape.representative_point()
            found.marks.append(Mark(float(at.x), float(at.y), _COLOURS.get(each.word("COLOUR"), YELLOW), on_pile))


_Objects = Callable[..., Iterator[_Object]]


def _layers(path: Path) -> set[str]:
    import pyogrio

    try:
        return {str(name) for name, _ in pyogrio.list_layers(path)}
    except (pyogrio.errors.DataSourceError, ValueError, OSError) as error:
        raise BadInput(path, f"is not an S-57 chart that can be read: {str(error).splitlines()[0]}") from None


def _objects(path: Path, layer: str, middle: LatLon, frame: LocalFrame) -> Iterator[_Object]:
    import pyogrio

    corners = [destination(middle, towards_deg=d, range_m=1.5 * REACH_M) for d in (0.0, 90.0, 180.0, 270.0)]
    lat, lon = [c.lat_deg for c in corners], [c.lon_deg for c in corners]
    try:
        known = [str(f) for f in pyogrio.read_info(path, layer=layer)["fields"]]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's notes about measured or three-dimensional geometries
            meta, _, shapes, columns = pyogrio.raw.read(
                path,
                layer=layer,
                columns=[f for f in _FIELDS if f in known],
                bbox=(min(lon), min(lat), max(lon), max(lat)),
            )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as error:
        raise BadInput(path, f"layer {layer} cannot be read: {str(error).splitlines()[0]}") from None
    names = [str(f) for f in meta["fields"]]
    for index, wkb in enumerate(shapes):
        if wkb is None:
            continue
        shape = in_metres(shapely.make_valid(shapely.from_wkb(wkb)), frame)
        if not shape.is_empty:
            yield _Object({name: column[index] for name, column in zip(names, columns, strict=True)}, shape)
