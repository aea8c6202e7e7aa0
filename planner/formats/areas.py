"""Areas from GeoJSON (RFC 7946), KML and KMZ files: polygons and lines; points beside them are passed over."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from planner.formats.files import parse_json, read_text
from planner.formats.kml import areas_from_kml
from planner.formats.packed import is_zip, members_of
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind
from planner.model.zone import places_of, polygons_of

MOST_PLACES = 200_000
_DEEPEST = 20


def read_areas(path: str | Path) -> tuple[Area, ...]:
    """The areas in a file, in its order; which format it is, is told from its contents.

    Raises:
        BadInput: another kind of file, nothing to guard in it, or a bad coordinate; names the feature.
    """
    source = Path(path)
    if is_zip(source):
        texts = members_of(source, endings=(".kml",)).values()
        if not texts:
            raise BadInput(source, "is a zip file without a .kml in it")
        return tuple(area for text in texts for area in areas_from_kml(text, source))
    text = read_text(source)
    start = text.lstrip()
    if start.startswith("{"):
        return areas_from_geojson(parse_json(text, source), source)
    if start.startswith("<") or source.suffix.lower() == ".kml":
        return areas_from_kml(text, source)
    raise BadInput(source, "is neither GeoJSON nor KML; an area is a polygon or a line in one of these")


def areas_from_geojson(document: object, source: Path) -> tuple[Area, ...]:
    """The polygons and lines of a GeoJSON document (already parsed).

    Raises:
        BadInput: not GeoJSON, no polygon and no line, or a bad coordinate.
    """
    if isinstance(document, Mapping) and document.get("fileType") == "Plan":
        raise BadInput(source, "is a mission (QGroundControl plan), not an area; show it with 'plan info'")
    areas: list[Area] = []
    for number, (name, geometry) in enumerate(_geometries(document, source, depth=0), start=1):
        label = name or f"area {number}"
        try:
            areas.extend(_areas(geometry, label, source))
        except ValueError as error:
            raise BadInput(source, str(error)) from None
    if not areas:
        raise BadInput(source, "holds no polygon and no line; draw what to guard")
    if sum(len(a.outline) + sum(map(len, a.holes)) for a in areas) > MOST_PLACES:
        raise BadInput(source, f"has more than {MOST_PLACES:,} corners; simplify it first")
    return tuple(areas)


def _areas(geometry: Mapping[str, object], name: str, source: Path) -> Iterator[Area]:
    match geometry.get("type"):
        case "Polygon" | "MultiPolygon":
            for rings in polygons_of(geometry, str(source), f"area {name!r}"):
                yield Area(name, AreaKind.POLYGON, rings[0], tuple(rings[1:]))
        case "LineString":
            yield Area(name, AreaKind.LINE, _line(geometry.get("coordinates"), name, source))
        case "MultiLineString":
            lines = geometry.get("coordinates")
            if not isinstance(lines, list):
                raise BadInput(source, f"area {name!r} has no list of lines")
            for line in lines:
                yield Area(name, AreaKind.LINE, _line(line, name, source))
        case "Point" | "MultiPoint":
            return
        case other:
            raise BadInput(source, f"area {name!r} is a {other!r}; polygons and lines are read")


def _line(coordinates: object, name: str, source: Path) -> tuple[LatLon, ...]:
    return places_of(coordinates, str(source), f"area {name!r}")


def _geometries(document: object, source: Path, *, depth: int) -> Iterator[tuple[str, Mapping[str, object]]]:
    if depth > _DEEPEST:
        raise BadInput(source, "is nested too deep to be an area")
    if not isinstance(document, Mapping):
        raise BadInput(source, "is not GeoJSON: a feature is not an object")
    match document.get("type"):
        case "FeatureCollection":
            for feature in _list(document, "features", source):
                yield from _geometries(feature, source, depth=depth + 1)
        case "GeometryCollection":
            for geometry in _list(document, "geometries", source):
                yield from _geometries(geometry, source, depth=depth + 1)
        case "Feature":
            yield from _of_feature(document, source, depth=depth)
        case "Polygon" | "MultiPolygon" | "LineString" | "MultiLineString" | "Point" | "MultiPoint":
            yield "", document
        case other:
            raise BadInput(source, f"is not GeoJSON: 'type' is {other!r}")


def _of_feature(
    feature: Mapping[str, object], source: Path, *, depth: int
) -> Iterator[tuple[str, Mapping[str, object]]]:
    properties = feature.get("properties")
    named = properties.get("name") if isinstance(properties, Mapping) else None
    if feature.get("geometry") is not None:
        for inner, geometry in _geometries(feature["geometry"], source, depth=depth + 1):
            yield str(named or inner)[:200], geometry


def _list(document: Mapping[str, object], key: str, source: Path) -> list[object]:
    value = document.get(key)
    if not isinstance(value, list):
        raise BadInput(source, f"is not GeoJSON: '{key}' is not a list")
    return value
