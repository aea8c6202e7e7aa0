"""What a patrol looks at, from GeoJSON (RFC 7946): points and lines with the property `value`; from KML without values.

A polygon is watched along its outline. `value` is what it would cost if somebody went unseen there, 1 if absent.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from planner.formats.areas import read_areas
from planner.formats.fields import as_number
from planner.formats.files import parse_json, read_text
from planner.model.errors import BadInput
from planner.model.patterns import WatchPlace
from planner.model.plan import AreaKind
from planner.model.zone import places_of, polygons_of

MOST_WATCHES = 1000


def read_watches(path: str | Path) -> tuple[WatchPlace, ...]:
    """The watched places of a file, in its order.

    Raises:
        BadInput: not GeoJSON or KML, nothing to watch in it, or a bad value or coordinate; names the feature.
    """
    source = Path(path)
    text = read_text(source)
    if not text.lstrip().startswith("{"):
        return tuple(
            WatchPlace(area.name, (*area.outline, area.outline[0]) if area.kind is AreaKind.POLYGON else area.outline)
            for area in read_areas(source)
        )
    watches = tuple(_watches(parse_json(text, source), source))
    if not watches:
        raise BadInput(source, "holds nothing to watch; give points and lines, each with a 'value'")
    if len(watches) > MOST_WATCHES:
        raise BadInput(source, f"holds {len(watches):,} places to watch; at most {MOST_WATCHES:,} are read")
    return watches


def _watches(document: object, source: Path) -> Iterator[WatchPlace]:
    if not isinstance(document, Mapping) or document.get("type") not in {"FeatureCollection", "Feature"}:
        raise BadInput(source, "is not GeoJSON with features; a patrol needs points and lines, each with a 'value'")
    features = document.get("features") if document["type"] == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise BadInput(source, "is not GeoJSON: 'features' is not a list")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, Mapping):
            raise BadInput(source, f"is not GeoJSON: feature {number} is not an object")
        properties = feature.get("properties")
        known: Mapping[str, object] = properties if isinstance(properties, Mapping) else {}
        name = str(known.get("name") or f"watch {number}")[:200]
        value = known.get("value")
        worth = 1.0 if value is None else as_number(value, source, f"watch {name!r}: 'value'")
        try:
            yield from _of(feature.get("geometry"), name, worth, source)
        except ValueError as error:
            raise BadInput(source, str(error)) from None


def _of(geometry: object, name: str, value: float, source: Path) -> Iterator[WatchPlace]:
    what = f"watch {name!r}"
    if not isinstance(geometry, Mapping):
        raise BadInput(source, f"{what} has no geometry")
    given = geometry.get("coordinates")
    match geometry.get("type"):
        case "Point":
            yield WatchPlace(name, places_of([given], str(source), what), value)
        case "LineString":
            yield WatchPlace(name, places_of(given, str(source), what), value)
        case "MultiPoint" | "MultiLineString" as kind:
            if not isinstance(given, list):
                raise BadInput(source, f"{what} has no list of coordinates")
            for part in given:
                yield WatchPlace(name, places_of([part] if kind == "MultiPoint" else part, str(source), what), value)
        case "Polygon" | "MultiPolygon":
            for rings in polygons_of(geometry, str(source), what):
                yield WatchPlace(name, (*rings[0], rings[0][0]), value)
        case other:
            raise BadInput(source, f"{what} is a {other!r}; points, lines and polygons are watched")
