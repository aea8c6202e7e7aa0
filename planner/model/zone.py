"""Polygons with a rule, between two heights and at certain times, and how they are read from GeoJSON (RFC 7946)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import shapely
from typing_extensions import override

from planner.geo.around import GREATEST_RADIUS_M, circle, rings_around
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.window import Window, windows_said

__all__ = [
    "Datum",
    "HeightLimit",
    "Ring",
    "Window",
    "Zone",
    "ZoneRule",
    "around_places",
    "places_of",
    "polygons_of",
    "zones_from_geojson",
]


class ZoneRule(StrEnum):
    """What a zone says."""

    NO_FLY = "no-fly"
    RESTRICTED_WATER = "restricted-water"
    ANCHORAGE = "anchorage"
    AUTHORISATION = "authorisation"
    """Not to be entered without the leave of its authority."""
    CONDITIONAL = "conditional"
    """To be flown on conditions that a person must read."""
    ALTITUDE_LIMIT = "altitude-limit"
    """To be flown below its upper limit only."""
    OBSTACLE = "obstacle"
    """Something solid from its lower to its upper limit; without an upper limit its top is not known."""
    PEOPLE = "people"
    """People who have nothing to do with the flight; a distance is kept."""
    PRIVACY = "privacy"
    LAND = "land"
    SHORE = "shore"
    """Quays, piers, breakwaters."""
    FAIRWAY = "fairway"
    INFORMATION = "information"
    """No restriction."""


class Datum(StrEnum):
    """What a zone's height is counted from."""

    GROUND = "AGL"
    """The ground, or the water."""
    SEA = "AMSL"
    """Mean sea level."""


@dataclass(frozen=True, slots=True)
class HeightLimit:
    """A height in metres above its datum.

    Raises:
        ValueError: not a finite number.
    """

    metres: float
    datum: Datum

    def __post_init__(self) -> None:
        if not math.isfinite(self.metres):
            raise ValueError(f"a height limit must be a finite number, got {self.metres}")

    @override
    def __str__(self) -> str:
        return f"{self.metres:.0f} m {self.datum}"


Ring = tuple[LatLon, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon with holes and a rule; rings are open (first place not repeated).

    Without `lower` it begins at the ground, without `upper` it has no end; without `windows` it applies always.
    """

    name: str
    rule: ZoneRule
    outline: Ring
    holes: tuple[Ring, ...] = ()
    lower: HeightLimit | None = None
    upper: HeightLimit | None = None
    windows: tuple[Window, ...] = ()
    identifier: str = ""
    """The publisher's name for it; empty where there is none."""
    message: str = ""
    """What the publisher says: conditions, whom to ask."""

    def applies(self, start: datetime | None, end: datetime | None) -> bool:
        """Whether the zone applies at any moment from `start` to `end`; True where no time is known."""
        if not self.windows or start is None or end is None:
            return True
        return any(window.overlaps(start, end) for window in self.windows)


def zones_from_geojson(
    document: object, source: str, *, default: ZoneRule = ZoneRule.RESTRICTED_WATER
) -> tuple[Zone, ...]:
    """Zones of a GeoJSON document (already parsed JSON): every polygon of it.

    The property `rule` (a value of ZoneRule; without it `default`) says what a zone is, `name` what it is called,
    `lower_m` and `upper_m` from which height to which it reaches (metres above the ground or water; with
    `lower_datum` or `upper_datum` "AMSL" above mean sea level), and when it applies: see `windows_said`.
    A point or a line needs `radius_m`: a mast, a cable. Other geometries are refused, not dropped.

    Raises:
        BadInput: not GeoJSON, no polygon, a bad coordinate; names the feature.
    """
    found: list[Zone] = []
    for number, (properties, geometry) in enumerate(_features(document, source), start=1):
        name = str(properties.get("name") or f"zone {number}")[:200]
        rule_text = str(properties.get("rule") or default)
        try:
            rule = ZoneRule(rule_text)
        except ValueError:
            known = ", ".join(r.value for r in ZoneRule)
            raise BadInput(source, f"zone {name!r} has rule {rule_text[:40]!r}; use one of {known}") from None
        polygons = _around(geometry, properties, source, f"zone {name!r}")
        lower, upper = (_limit(properties, side, source, name) for side in ("lower", "upper"))
        windows = windows_said(properties, source, f"zone {name!r}")
        found.extend(Zone(name, rule, rings[0], tuple(rings[1:]), lower, upper, windows) for rings in polygons)
    if not found:
        raise BadInput(source, "holds no polygon; draw at least one zone")
    return tuple(found)


def _limit(properties: Mapping[str, object], side: str, source: str, name: str) -> HeightLimit | None:
    value = properties.get(f"{side}_m")
    if value is None:
        return None
    datum = properties.get(f"{side}_datum") or Datum.GROUND
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(source, f"zone {name!r}: '{side}_m' must be a number of metres")
    try:
        return HeightLimit(float(value), Datum(str(datum)))
    except (ValueError, OverflowError):
        raise BadInput(
            source,
            f"zone {name!r}: '{side}_m' must be finite, '{side}_datum' AGL or AMSL, got {value!s:.40}, {datum!s:.40}",
        ) from None


_LINES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString"})


def _around(geometry: object, properties: Mapping[str, object], source: str, what: str) -> list[list[Ring]]:
    """The polygons of a geometry; around points and lines at `radius_m`."""
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or not isinstance(kind, str) or kind not in _LINES:
        return polygons_of(geometry, source, what)
    radius = properties.get("radius_m")
    if radius is None:
        raise BadInput(source, f"{what} is a {kind}; a polygon is needed, or 'radius_m' with metres around it")
    coordinates = geometry.get("coordinates")
    parts = coordinates if kind == "MultiLineString" and isinstance(coordinates, Sequence) else [coordinates]
    rings: list[list[Ring]] = []
    for part in parts:
        places = places_of([part] if kind == "Point" else part, source, what)
        groups = [[place] for place in places] if "Point" in kind else [list(places)]
        for group in groups:
            rings += around_places(group, radius, source, what)
    if not rings:
        raise BadInput(source, f"{what} has no places")
    return rings


def around_places(places: Sequence[LatLon], radius_m: object, source: str, what: str) -> list[list[Ring]]:
    """Polygons that hold everything within `radius_m` of a point (one place) or a line.

    Raises:
        BadInput: no radius between 0 and 1,000 km.
    """
    try:
        radius = float(radius_m) if isinstance(radius_m, int | float | str) else math.nan
    except (ValueError, OverflowError):
        radius = math.nan
    if not 0 < radius <= GREATEST_RADIUS_M:
        raise BadInput(source, f"{what}: 'radius_m' must be metres between 0 and 1,000 km, got {str(radius_m)[:40]}")
    if len(set(places)) == 1:
        return [[circle(places[0], radius)]]
    line = shapely.LineString(_unwrapped(places))
    return rings_around(line, radius)


def _unwrapped(places: Sequence[LatLon]) -> list[tuple[float, float]]:
    """Longitude and latitude of each place, running on across longitude 180."""
    lons = np.unwrap([place.lon_deg for place in places], period=360.0).tolist()
    return [(lon, place.lat_deg) for lon, place in zip(lons, places, strict=True)]


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
            raise BadInput(source, f"{what} is a {str(other)[:40]}; a polygon is needed")
    if not parts:
        raise BadInput(source, f"{what} has no polygon in its MultiPolygon")
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
            raise BadInput(source, f"{what}, position {number}: {str(error)[:120]}") from None
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
            raise BadInput(source, f"is not GeoJSON: 'type' is {str(other)[:40]!r}")


def _properties(feature: Mapping[str, object]) -> Mapping[str, object]:
    properties = feature.get("properties")
    return properties if isinstance(properties, Mapping) else {}
