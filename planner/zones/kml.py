"""Zones from KML 2.2 (OGC 07-147r2): the polygons of every Placemark. Entities and document types are refused.

A Placemark's ExtendedData may say `rule`, `lower_m`, `upper_m`, `lower_datum`, `upper_datum`, `radius_m` and the times,
as in GeoJSON; a TimeSpan counts as times. A polygon that is extruded down to the ground reaches up to its highest
corner. Points and lines without `radius_m` are labels and tracks: they are passed over, and a note says so.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.window import windows_said
from planner.model.zone import Datum, HeightLimit, Ring, Zone, ZoneRule, around_places

MOST_VERTICES = 2_000_000


def zones_from_kml(text: str, source: Path) -> tuple[tuple[Zone, ...], tuple[str, ...]]:
    """The zones of a KML document, and notes (sentences) on what of it is not taken.

    Raises:
        BadInput: not well-formed, with a document type or entities, no polygon in it, or a bad one.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(text.encode(), forbid_dtd=True)
    except DefusedXmlException:
        raise BadInput(
            source, "declares a document type or entities, which KML does not need; it is not read"
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise BadInput(source, f"is not well-formed XML: {error}") from None
    if _tag(root) not in {"kml", "Document", "Placemark", "Folder"}:
        raise BadInput(source, f"is XML but no KML: its first element is {_tag(root)[:40]!r}")
    zones: list[Zone] = []
    passed: list[str] = []
    for placemark in _all(root, "Placemark"):
        found = list(_zones(placemark, f"zone {len(zones) + 1}", source))
        if not found and any(True for tag in ("Point", "LineString", "Track") for _ in _all(placemark, tag)):
            passed.append(_name(placemark, "without a name"))
        zones.extend(found)
    if not zones:
        raise BadInput(source, "holds no Polygon in a Placemark; draw at least one zone")
    return tuple(zones), _notes(root, passed, source)


def _notes(root: Element, passed: list[str], source: Path) -> tuple[str, ...]:
    notes = []
    if passed:
        named = ", ".join(repr(name) for name in passed[:3]) + (
            f" and {len(passed) - 3} more" if len(passed) > 3 else ""
        )
        notes.append(f"{source}: points or lines without 'radius_m' are no zones and were passed over: {named}")
    if any(True for _ in _all(root, "NetworkLink")):
        notes.append(f"{source}: links to more zones on the network, which were not fetched")
    return tuple(notes)


def _name(placemark: Element, default: str) -> str:
    named = next((child.text for child in placemark if _tag(child) == "name" and child.text), None)
    return (named or default).strip()[:200]


def _zones(placemark: Element, name: str, source: Path) -> Iterator[Zone]:
    name = _name(placemark, name)
    data = _data(placemark)
    try:
        rule = ZoneRule(data.get("rule") or ZoneRule.NO_FLY)
    except ValueError:
        known = ", ".join(ZoneRule)
        raise BadInput(source, f"zone {name!r} has rule {data['rule'][:40]!r}; use one of {known}") from None
    lower, upper = (_limit(data, side, name, source) for side in ("lower", "upper"))
    windows = windows_said(data, str(source), f"zone {name!r}")
    for polygon in _all(placemark, "Polygon"):
        outer = [ring for side in _all(polygon, "outerBoundaryIs") for ring in _ring(side, name, source)]
        if len(outer) != 1:
            raise BadInput(source, f"polygon {name!r} has {len(outer)} outer boundaries; one is needed")
        inner = [ring for side in _all(polygon, "innerBoundaryIs") for ring in _ring(side, name, source)]
        top = upper or _extruded(polygon, outer[0][1])
        yield Zone(name, rule, outer[0][0], tuple(ring for ring, _ in inner), lower, top, windows)
    if data.get("radius_m"):
        for drawn in (element for tag in ("Point", "LineString") for element in _all(placemark, tag)):
            text = next((child.text or "" for child in drawn if _tag(child) == "coordinates"), "")
            places, _ = _places(text, name, source)
            if not places:
                raise BadInput(source, f"zone {name!r} has a {_tag(drawn)} without coordinates")
            for outline, *holes in around_places(places, data["radius_m"], str(source), f"zone {name!r}"):
                yield Zone(name, rule, outline, tuple(holes), lower, upper, windows)


def _data(placemark: Element) -> dict[str, str]:
    """The values of ExtendedData by name, in both its spellings."""
    found = {}
    for element in _all(placemark, "Data"):
        value = next((child.text for child in element if _tag(child) == "value"), None)
        found[element.get("name", "")] = (value or "").strip()
    for element in _all(placemark, "SimpleData"):
        found[element.get("name", "")] = (element.text or "").strip()
    span = next((child for child in placemark if _tag(child) == "TimeSpan"), None)
    for child in () if span is None else span:
        key = {"begin": "start_utc", "end": "end_utc"}.get(_tag(child))
        if key is not None and (child.text or "").strip():
            found.setdefault(key, (child.text or "").strip())
    return found


def _limit(data: dict[str, str], side: str, name: str, source: Path) -> HeightLimit | None:
    text = data.get(f"{side}_m")
    if not text:
        return None
    try:
        return HeightLimit(float(text), Datum(data.get(f"{side}_datum") or Datum.GROUND))
    except ValueError:
        raise BadInput(
            source, f"zone {name!r}: '{side}_m' must be a number of metres and '{side}_datum' AGL or AMSL"
        ) from None


def _extruded(polygon: Element, top_m: float) -> HeightLimit | None:
    said = {_tag(child): (child.text or "").strip() for child in polygon}
    if said.get("extrude") != "1" or top_m <= 0:
        return None
    match said.get("altitudeMode"):
        case "relativeToGround":
            return HeightLimit(top_m, Datum.GROUND)
        case "absolute":
            return HeightLimit(top_m, Datum.SEA)
        case _:
            return None


def _ring(side: Element, name: str, source: Path) -> Iterator[tuple[Ring, float]]:
    """The rings of a boundary, open, each with the greatest height of its corners."""
    for ring in _all(side, "LinearRing"):
        text = next((child.text or "" for child in ring if _tag(child) == "coordinates"), "")
        places, top = _places(text, name, source)
        if len(places) > 1 and places[0] == places[-1]:
            places = places[:-1]
        if len(set(places)) < 3:
            raise BadInput(source, f"polygon {name!r} has a ring with fewer than three different places")
        yield tuple(places), top


def _places(text: str, name: str, source: Path) -> tuple[list[LatLon], float]:
    tuples = text.split()
    if len(tuples) > MOST_VERTICES:
        raise BadInput(source, f"polygon {name!r} has more than {MOST_VERTICES:,} corners; simplify it first")
    places, top = [], 0.0
    for number, one in enumerate(tuples, start=1):
        parts = one.split(",")
        try:
            places.append(LatLon(float(parts[1]), float(parts[0])))
            top = max(top, float(parts[2])) if len(parts) > 2 and parts[2] else top
        except IndexError:
            raise BadInput(
                source, f"polygon {name!r}, position {number} ({one[:40]!r}) is not longitude,latitude"
            ) from None
        except ValueError as error:
            raise BadInput(source, f"polygon {name!r}, position {number} ({one[:40]!r}): {error}") from None
    return places, top


def _all(parent: Element, tag: str) -> Iterator[Element]:
    return (child for child in parent.iter() if _tag(child) == tag)


def _tag(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]
