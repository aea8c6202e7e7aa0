"""UAS geographical zones after EUROCAE ED-318 (2023): GeoJSON with a vertical layer and circles.

A zone is a Feature; its geometry is a polygon, several, or a point with a circle around it, each with its own layer.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from planner.formats.fields import Fields, as_number
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.zone import Ring, Zone, polygons_of
from planner.zones.published import limits, rule_of, text_of, windows_of
from planner.zones.shapes import circle

MOST_ZONES = 100_000
_KINDS = {"PROHIBITED", "REQ_AUTHORISATION", "REQ_AUTHORIZATION", "CONDITIONAL", "NO_RESTRICTION", "USPACE"}


def is_ed318(document: object) -> bool:
    """Whether this looks like ED-318: GeoJSON features whose `type` property is a restriction."""
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        return False
    rows = document.get("features")
    return isinstance(rows, list) and any(_restricts(row) for row in rows)


def _restricts(row: object) -> bool:
    properties = row.get("properties") if isinstance(row, Mapping) else None
    return isinstance(properties, Mapping) and str(properties.get("type")) in _KINDS


def zones_from_ed318(document: object, source: Path) -> tuple[Zone, ...]:
    """The zones of a parsed ED-318 file.

    Raises:
        BadInput: a zone that is not as the standard says; names it.
    """
    rows = Fields(document, source, "the top level").rows("features", most=MOST_ZONES)
    zones = [zone for number, row in enumerate(rows, start=1) for zone in _zones(row, number, source)]
    if not zones:
        raise BadInput(source, "holds no zone")
    return tuple(zones)


def _zones(row: object, number: int, source: Path) -> Iterator[Zone]:
    feature = Fields(row, source, f"zone {number}")
    given = feature.fields("properties")
    identifier = text_of(given.raw("identifier"))
    name = (_said(given.raw("name")) or identifier or f"zone {number}")[:200]
    what = f"zone {identifier or name!r}"
    conditions = text_of(given.raw("restrictionConditions"))
    rule = rule_of(given.raw("type"), conditions, source, what)
    windows = windows_of(given.raw("limitedApplicability"), source, what)
    message = " ".join(filter(None, (_said(given.raw("message")), conditions)))
    if feature.raw("geometry") is None:
        raise BadInput(source, f"{what} has no geometry; correct the file, or take the zone out of it")
    for geometry in _geometries(Fields(feature.raw("geometry"), source, what), depth=0):
        layer = geometry.fields("layer") if "layer" in geometry else None
        lower = upper = None
        if layer is not None:
            lower, upper = limits(layer, ("uom", "", "Reference"))
        for outline, *holes in _rings(geometry):
            yield Zone(name, rule, outline, tuple(holes), lower, upper, windows, identifier, message)


def _geometries(given: Fields, *, depth: int) -> Iterator[Fields]:
    if given.text("type") != "GeometryCollection":
        yield given
        return
    if depth > 3:
        raise given.refuse("is nested too deep")
    rows = given.rows("geometries", most=1000)
    if not rows:
        raise given.refuse("has no geometry in its collection; correct the file, or take the zone out of it")
    for row in rows:
        yield from _geometries(Fields(row, given.source, given.where), depth=depth + 1)


def _rings(given: Fields) -> list[list[Ring]]:
    if given.text("type") != "Point":
        return polygons_of(
            {"type": given.raw("type"), "coordinates": given.raw("coordinates")}, str(given.source), given.where
        )
    if "extent" not in given:
        raise given.refuse("is a point without an 'extent'; a polygon or a circle is needed")
    extent = given.fields("extent")
    centre = given.rows("coordinates", most=3)
    if len(centre) < 2:
        raise given.refuse("'coordinates' is not [longitude, latitude]")
    lon, lat = (as_number(value, given.source, f"{given.where}: 'coordinates'") for value in centre[:2])
    try:
        return [[circle(LatLon(lat, lon), extent.number("radius"))]]
    except ValueError as error:
        raise given.refuse(str(error)) from None


def _said(value: object) -> str:
    """A text, which may be given in several languages: the first of them, English before others."""
    if not isinstance(value, list):
        return text_of(value)
    rows = [row for row in value if isinstance(row, Mapping)]
    rows.sort(key=lambda row: not str(row.get("lang", "")).lower().startswith("en"))
    return text_of(rows[0].get("text")) if rows else ""
