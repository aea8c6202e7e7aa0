"""GeoJSON features from the program's own values: places, lines, areas, ellipses."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gui.map.looks import JSON, Look
from planner.geo.points import LatLon, LocalFrame


def position(at: LatLon) -> list[float]:
    """A GeoJSON position: longitude first."""
    return [at.lon_deg, at.lat_deg]


def point(at: LatLon, id_: str, look: Look, **properties: object) -> JSON:
    """A point; properties `heading_deg`, `label`, `tooltip`, `selected`, `faded` are drawn."""
    return _feature({"type": "Point", "coordinates": position(at)}, id_, look, properties)


def line(places: Sequence[LatLon], id_: str, look: Look, **properties: object) -> JSON:
    """A line through places."""
    return _feature({"type": "LineString", "coordinates": [position(p) for p in places]}, id_, look, properties)


def polygon(
    outline: Sequence[LatLon], id_: str, look: Look, holes: Sequence[Sequence[LatLon]] = (), /, **properties: object
) -> JSON:
    """A polygon; rings may be open or closed."""
    rings = [_closed([position(p) for p in ring]) for ring in (outline, *holes)]
    return _feature({"type": "Polygon", "coordinates": rings}, id_, look, properties)


def ellipse(
    at: LatLon, id_: str, *, semi_major_m: float, semi_minor_m: float, bearing_deg: float, **properties: object
) -> JSON:
    """An ellipse of uncertainty in metres about a place; `bearing_deg` is that of the long axis."""
    turn = np.radians(bearing_deg)
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    along, across = semi_major_m * np.cos(angles), semi_minor_m * np.sin(angles)
    east = along * np.sin(turn) + across * np.cos(turn)
    north = along * np.cos(turn) - across * np.sin(turn)
    places = LocalFrame(at).to_places(np.column_stack([east, north]))
    ring = _closed([position(p) for p in places])
    return _feature({"type": "Polygon", "coordinates": [ring]}, id_, Look.UNCERTAINTY, properties)


def collection(features: Iterable[JSON]) -> JSON:
    """A GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def places_of(geometry: JSON) -> list[list[LatLon]]:
    """The rings of a Polygon (closing place dropped) or the one line of a LineString."""
    if geometry["type"] == "LineString":
        return [[LatLon(float(y), float(x)) for x, y, *_ in geometry["coordinates"]]]
    rings = []
    for ring in geometry["coordinates"]:
        places = [LatLon(float(y), float(x)) for x, y, *_ in ring]
        rings.append(places[:-1] if len(places) > 1 and places[0] == places[-1] else places)
    return rings


def bounds_of(places: Iterable[LatLon]) -> tuple[LatLon, LatLon] | None:
    """South-west and north-east corner of some places, None for none. Not for areas across longitude 180."""
    everything = list(places)
    if not everything:
        return None
    lats, lons = [p.lat_deg for p in everything], [p.lon_deg for p in everything]
    return LatLon(min(lats), min(lons)), LatLon(max(lats), max(lons))


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return ring if ring and ring[0] == ring[-1] else [*ring, ring[0]]


def _feature(geometry: JSON, id_: str, look: Look, properties: Mapping[str, object]) -> JSON:
    return {"type": "Feature", "id": id_, "geometry": geometry, "properties": {"id": id_, "look": look, **properties}}
