"""What to guard, from any file that holds it: GeoJSON, KML, KMZ, a chart cell (S-57), or a plan."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from planner.formats.areas import areas_from_geojson, read_areas
from planner.formats.files import parse_json, read_text
from planner.formats.missions import read_mission
from planner.formats.packed import is_zip
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind, Plan
from planner.zones.read import is_chart

MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Guarded:
    """The areas of a file; `plan` where the file is a plan of this program, with all it was made from."""

    areas: tuple[Area, ...]
    plan: Plan | None = None


def read_guarded(path: str | Path, *, layers: Sequence[str] = (), features: Sequence[str] = ()) -> Guarded:
    """The areas in a file, of a chart those of its `layers` (such as COALNE); only those called one of `features`.

    A feature is named by its name (capitals do not matter) or by its number in the file or layer, from 1.

    Raises:
        BadInput: another kind of file, nothing to guard in it, a layer or feature that it does not hold.
    """
    source = Path(path)
    if is_chart(source):
        return Guarded(_from_chart(source, layers, features))
    if layers:
        raise BadInput(source, "has no layers; --layer is for chart cells (S-57)")
    found = _from_file(source)
    return replace(found, areas=_chosen(source, found.areas, features))


def _from_file(source: Path) -> Guarded:
    if is_zip(source):
        return Guarded(read_areas(source))
    text = read_text(source)
    if not text.lstrip().startswith("{"):
        return Guarded(read_areas(source))
    document = parse_json(text, source)
    if not isinstance(document, dict) or document.get("fileType") != "Plan":
        return Guarded(areas_from_geojson(document, source))
    if "quaywatch" in document:
        plan = read_mission(source).plan
        if plan is not None:
            return Guarded(plan.areas, plan)
    areas = tuple(_surveyed(document, source))
    if not areas:
        raise BadInput(source, "is a mission without an area or a line (a survey or a corridor); draw what to guard")
    return Guarded(areas)


def _surveyed(document: dict[str, Any], source: Path) -> Iterator[Area]:
    """The polygons and lines of a QGroundControl plan's survey and corridor items."""
    mission = document.get("mission")
    items = mission.get("items") if isinstance(mission, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else [], start=1):
        for key, kind in (("polygon", AreaKind.POLYGON), ("polyline", AreaKind.LINE)):
            rows = item.get(key) if isinstance(item, dict) else None
            if isinstance(rows, list) and rows:
                try:
                    yield Area(f"{kind} of item {number}", kind, tuple(LatLon(*map(float, row)) for row in rows))
                except (TypeError, ValueError) as error:
                    raise BadInput(source, f"item {number}: '{key}' is no list of [lat, lon] ({error})") from None


def _chosen(source: Path, areas: tuple[Area, ...], features: Sequence[str]) -> tuple[Area, ...]:
    if not features:
        return areas
    kept: list[Area] = []
    for feature in features:
        named = [a for i, a in enumerate(areas, 1) if feature.casefold() == a.name.casefold() or feature == str(i)]
        if not named:
            raise BadInput(source, f"holds no feature {feature!r}; it holds {_listed([a.name for a in areas])}")
        kept += [area for area in named if area not in kept]
    return tuple(kept)


def _from_chart(source: Path, layers: Sequence[str], features: Sequence[str]) -> tuple[Area, ...]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, GeometryError
    from shapely.errors import ShapelyError

    path = str(source.resolve())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # newer attributes than GDAL knows; bad records are errors
            held = [str(name) for name, kind in pyogrio.list_layers(path) if _may_be_guarded(str(name), kind)]
            _must_hold(source, held, layers)
            areas = tuple(area for layer in layers for area in _layer(path, layer.upper()))
    except (DataLayerError, DataSourceError, GeometryError, RuntimeError, ShapelyError) as error:
        raise BadInput(source, f"cannot be read as an S-57 chart: {str(error)[:200]}") from None
    if not areas:
        raise BadInput(source, f"holds no area and no line in {', '.join(layers)}; choose another --layer")
    return _chosen(source, areas, features)


def _may_be_guarded(name: str, kind: object) -> bool:
    """Whether a layer is of the sea or the shore, with areas or lines; M_ and C_ are of the chart itself."""
    return kind is not None and "Point" not in str(kind) and not name.startswith(("M_", "C_"))


def _must_hold(source: Path, held: Sequence[str], layers: Sequence[str]) -> None:
    if not layers:
        raise BadInput(source, f"is a chart; choose what to guard with --layer, one of {', '.join(sorted(held))}")
    for layer in layers:
        if layer.upper() not in held:
            raise BadInput(source, f"holds no layer {layer!r}; it holds {', '.join(sorted(held))}")


def _layer(path: str, layer: str) -> Iterator[Area]:
    from pyogrio.raw import read

    meta, _, shapes, columns = read(path, layer=layer)
    names = dict(zip(map(str, meta["fields"]), columns, strict=True)).get("OBJNAM")
    for number, data in enumerate(shapes):
        shape = None if data is None else shapely.from_wkb(data)
        if shape is not None and not shape.is_empty:
            called = "" if names is None else str(names[number] or "").strip()
            yield from _areas(called or f"{layer} {number + 1}", shape)


def _areas(name: str, shape: BaseGeometry) -> Iterator[Area]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield Area(name, AreaKind.POLYGON, _places(part.exterior), tuple(_places(r) for r in part.interiors))
        elif part.geom_type == "LineString":
            yield Area(name, AreaKind.LINE, _places(part))


def _places(line: BaseGeometry) -> tuple[LatLon, ...]:
    return tuple(LatLon(float(y), float(x)) for x, y in shapely.get_coordinates(line))


def _listed(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(names))
    more = f" and {len(different) - MOST_NAMED} more" if len(different) > MOST_NAMED else ""
    return ", ".join(repr(name) for name in different[:MOST_NAMED]) + more
