"""Areas from KML 2.2 (OGC 07-147r2): Polygon and LineString of every Placemark. Entities and DTDs are refused."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from planner.formats.xmls import every, parsed_xml, tag
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind

MOST_PLACES = 200_000


def areas_from_kml(text: str, source: Path) -> tuple[Area, ...]:
    """The polygons and lines of a KML document.

    Raises:
        BadInput: not well-formed, with a DTD or entities, nothing to guard in it, or a bad coordinate.
    """
    root = _parsed(text, source)
    areas: list[Area] = []
    for placemark in every(root, "Placemark"):
        named = next((child.text for child in placemark if tag(child) == "name" and child.text), None)
        name = (named or f"area {len(areas) + 1}").strip()[:200]
        try:
            areas.extend(_areas(placemark, name, source))
        except ValueError as error:
            raise BadInput(source, str(error)) from None
    if not areas:
        raise BadInput(source, "holds no Polygon and no LineString in a Placemark; draw what to guard")
    return tuple(areas)


def _parsed(text: str, source: Path) -> Element:
    root = parsed_xml(text, source)
    if tag(root) not in {"kml", "Document", "Placemark", "Folder"}:
        raise BadInput(source, f"is XML but no KML: its first element is {tag(root)[:40]!r}")
    return root


def _areas(placemark: Element, name: str, source: Path) -> Iterator[Area]:
    for polygon in every(placemark, "Polygon"):
        outer = [
            ring for side in every(polygon, "outerBoundaryIs") for ring in _rings(side, name, "outerBoundaryIs", source)
        ]
        if len(outer) != 1:
            raise BadInput(source, f"polygon {name!r} has {len(outer)} outer boundaries; one is needed")
        holes = [
            ring for side in every(polygon, "innerBoundaryIs") for ring in _rings(side, name, "innerBoundaryIs", source)
        ]
        yield Area(name, AreaKind.POLYGON, outer[0], tuple(holes))
    for line in every(placemark, "LineString"):
        yield Area(name, AreaKind.LINE, _coordinates(line, f"line {name!r}", source))


def _rings(side: Element, name: str, part: str, source: Path) -> list[tuple[LatLon, ...]]:
    rings = list(every(side, "LinearRing"))
    if not rings:
        raise BadInput(source, f"polygon {name!r}: its {part} has no LinearRing")
    found = []
    for ring in rings:
        places = _coordinates(ring, f"polygon {name!r}", source)
        found.append(places[:-1] if len(places) > 1 and places[0] == places[-1] else places)
    return found


def _coordinates(parent: Element, what: str, source: Path) -> tuple[LatLon, ...]:
    text = next((child.text or "" for child in parent if tag(child) == "coordinates"), None)
    if text is None:
        raise BadInput(source, f"{what} has no coordinates")
    tuples = text.split()
    if len(tuples) > MOST_PLACES:
        raise BadInput(source, f"{what} has more than {MOST_PLACES:,} corners; simplify it first")
    places = []
    for number, one in enumerate(tuples, start=1):
        parts = one.split(",")
        try:
            places.append(LatLon(float(parts[1]), float(parts[0])))
        except IndexError:
            raise BadInput(source, f"{what}, position {number} ({one[:40]!r}) is not longitude,latitude") from None
        except ValueError as error:
            raise BadInput(source, f"{what}, position {number} ({one[:40]!r}): {error}") from None
    return tuple(places)
