"""Polygons with a rule, between two heights and at certain times, and how they are read from GeoJSON (RFC 7946)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from typing_extensions import override

from planner.geo.points import LatLon
from planner.model.errors import BadInput


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


@dataclass(frozen=True, slots=True)
class Window:
    """When a zone applies: from `start` to `end` (None: open), on some days, between two times of day, all UTC.

    `days` are ISO weekdays, 1 for Monday; empty means every day. A `until` before `since` runs past midnight.

    Raises:
        ValueError: a time without a zone, or a weekday that is none.
    """

    start: datetime | None = None
    end: datetime | None = None
    days: frozenset[int] = frozenset()
    since: time | None = None
    until: time | None = None

    def __post_init__(self) -> None:
        if any(moment is not None and moment.tzinfo is None for moment in (self.start, self.end)):
            raise ValueError("a zone's times need a time zone")
        if not self.days <= frozenset(range(1, 8)):
            raise ValueError(f"weekdays are 1 to 7, got {sorted(self.days)}")

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the window is open at any moment from `start` to `end`, both with a time zone."""
        first = start if self.start is None else max(start, self.start)
        last = end if self.end is None else min(end, self.end)
        if first > last:
            return False
        if not self.days and self.since is None and self.until is None:
            return True
        first, last = first.astimezone(UTC), last.astimezone(UTC)
        days = min((last.date() - first.date()).days + 2, 16)
        return any(self._open_on(first - timedelta(days=1) + timedelta(days=n), first, last) for n in range(days))

    def _open_on(self, day: datetime, first: datetime, last: datetime) -> bool:
        """Whether the opening that begins on the date of `day` touches the span from `first` to `last`."""
        if self.days and day.isoweekday() not in self.days:
            return False
        opens = datetime.combine(day.date(), self.since or time.min, UTC)
        closes = datetime.combine(day.date(), self.until or time.max, UTC)
        if closes <= opens:
            closes += timedelta(days=1)
        return opens <= last and closes >= first


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
    `lower_datum` or `upper_datum` "AMSL" above mean sea level).
    Geometries that are no polygons are refused, not dropped.

    Raises:
        BadInput: not GeoJSON, no polygon, a bad coordinate; names the feature.
    """
    found: list[Zone] = []
    for number, (properties, geometry) in enumerate(_features(document, source), start=1):
        name = str(properties.get("name") or f"zone {number}")
        rule_text = str(properties.get("rule") or default)
        try:
            rule = ZoneRule(rule_text)
        except ValueError:
            known = ", ".join(r.value for r in ZoneRule)
            raise BadInput(source, f"zone {name!r} has rule {rule_text!r}; use one of {known}") from None
        polygons = polygons_of(geometry, source, f"zone {name!r}")
        lower, upper = (_limit(properties, side, source, name) for side in ("lower", "upper"))
        found.extend(Zone(name, rule, rings[0], tuple(rings[1:]), lower, upper) for rings in polygons)
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
            source, f"zone {name!r}: '{side}_m' must be finite and '{side}_datum' AGL or AMSL, got {value}, {datum}"
        ) from None


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
