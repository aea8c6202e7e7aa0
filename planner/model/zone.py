"""Polygons with a rule, and how they are read from GeoJSON (RFC 7946)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon
from planner.model.errors import BadInput


class ZoneRule(StrEnum):
    """What a zone says."""

    NO_FLY = "no-fly"
    RESTRICTED_WATER = "restricted-water"
    ANCHORAGE = "anchorage"


Ring = tuple[LatLon, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon with holes and a rule; rings are open (first place not repeated)."""

    name: str
    rule: ZoneRule
    outline: Ring
    holes: tuple[Ring, ...] = ()


def zones_from_geojson(document: object, source: str) -> tuple[Zone, ...]:
    """Zones of a GeoJSON document (already parsed JSON): every polygon of it.

    The property `rule` ("no-fly", "restricted-water", "anchorage"; default "restricted-water") says what a zone
    is, `name` what it is called. Geometries that are no polygons are refused, not dropped.

    Raises:
        BadInput: not GeoJSON, no polygon, a bad coordinate; names the feature.
    """
    found: list[Zone] = []
    for number, (properties, geometry) in enumerate(_features(document, source), start=1):
        name = str(properties.get("name") or f"zone {number}")
        rule_text = str(properties.get("rule") or ZoneRule.RESTRICTED_WATER)
        try:
            rule = ZoneRule(rule_text)
        except ValueError:
            known = ", ".join(r.value for r in ZoneRule)
            raise BadInput(source, f"zone {name!r} has rule {rule_text!r}; use one of {known}") from None
        polygons = polygons_of(geometry, source, f"zone {name!r}")
        found.extend(Zone(name, rule, rings[0], tuple(rings[1:])) for rings in polygons)
    if not found:
        raise BadInput(source, "holds no polygon; draw at least one zone")
    return tuple(found)


def polygons_of(geometry: object, source: str, what: str) -> list[list[Ring]]:
    """The polygons of a GeoJSON Polygon or MultiPolygon, each a list of open rings.

    Raises:
        BadInput: another geometry, or a ring that is none.
    """
    if not isinstance(geometry, Mapping):
        raise BadInput(source, f"{what} has no geometry")
    coordinates = geometry.get("coordinates")
    match geometry.get("type"):
        case "Polygon":
            parts = [coordinates]
        case "MultiPolygon" if isinstance(coordinates, Sequence):
            parts = list(coordinates)
        case other:
            raise BadInput(source, f"{what} is a {other}; a polygon is needed")
    return [_rings(part, source, what) for part in parts]


def places_of(coordinates: object, source: str, what: str) -> tuple[LatLon, ...]:
    """The places of a GeoJSON list of positions (longitude first).

    Raises:
        BadInput: a position that is none; says which.
    """
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str):
        raise BadInput(source, f"{what} has no list of coordinates")
    places = []
    for number, position in enumerate(coordinates, start=1):
        try:
            lon, lat = float(position[0]), float(position[1])
            places.append(LatLon(lat, lon))
        except ValueError as error:
            raise BadInput(source, f"{what}, position {number}: {error}") from None
        except (TypeError, IndexError, KeyError, OverflowError):
            raise BadInput(source, f"{what}, position {number} is not [longitude, latitude]") from None
    return tuple(places)


def _rings(coordinates: object, source: str, what: str) -> list[Ring]:
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str) or not coordinates:
        raise BadInput(source, f"{what} has no rings")
    rings = []
    for ring in coordinates:
        places = places_of(ring, source, what)
        if len(places) > 1 and places[0] == places[-1]:
            places = places[:-1]
        if len(set(places)) < 3:
            raise BadInput(source, f"{what} has a ring with fewer than three different places")
        rings.append(places)
    return rings


def _features(document: object, source: str) -> Iterator[tuple[Mapping[str, object], object]]:
    if not isinstance(document, Mapping):
        raise BadInput(source, "is not GeoJSON: the top level is not an object")
    match document.get("type"):
        case "FeatureCollection":
            features = document.get("features")
            if not isinstance(features, Sequence):
                raise BadInput(source, "is not GeoJSON: 'features' is not a list")
            for feature in features:
                if not isinstance(feature, Mapping):
                    raise BadInput(source, "is not GeoJSON: a feature is not an object")
                yield _properties(feature), feature.get("geometry")
        case "Feature":
            yield _properties(document), document.get("geometry")
        case "Polygon" | "MultiPolygon" | "LineString" | "MultiLineString" | "Point":
            yield {}, document
        case other:
            raise BadInput(source, f"is not GeoJSON: 'type' is {other!r}")


def _properties(feature: Mapping[str, object]) -> Mapping[str, object]:
    properties = feature.get("properties")
    return properties if isinstance(properties, Mapping) else {}
