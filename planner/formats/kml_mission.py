"""Missions as KML 2.2 (OGC 07-147r2), to look at in an earth viewer and to read back whole.

Each item is a Placemark; those with a place are Points with their height above mean sea level, and one LineString
shows the way. The record (planner/formats/records.py) stands in ExtendedData.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from planner.formats.files import parse_json
from planner.formats.qgc_read import MOST_ITEMS
from planner.formats.records import (
    Position,
    item_of_record,
    item_record,
    mission_of_record,
    mission_record,
    moved_to,
    plain_mission,
    shown_at,
)
from planner.formats.xmls import clean, every, parsed_xml, plain, put, tag, text_of, xml_text
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Frame, Home, Mission, MissionItem

ITEM, RECORD = "quaywatch-item", "quaywatch-mission"
_NAMESPACE = "http://www.opengis.net/kml/2.2"


def kml_text(mission: Mission, *, name: str, plan_data: Mapping[str, object] | None = None) -> str:
    """The KML document of a mission."""
    root = Element("kml", {"xmlns": _NAMESPACE})
    document = put(root, "Document")
    put(document, "name", clean(name))
    _data(document, RECORD, mission_record(mission, plan_data))
    style = put(document, "Style", id="way")
    line = put(style, "LineStyle")
    put(line, "color", "ffc6b63f")
    put(line, "width", 3)
    shown = [shown_at(one, mission.home) for one in mission]
    way = [place for place in shown if place is not None]
    if len(way) > 1:
        placemark = put(document, "Placemark")
        put(placemark, "name", "Way")
        put(placemark, "styleUrl", "#way")
        string = put(placemark, "LineString")
        whole = all(place[2] is not None for place in way)
        put(string, "altitudeMode", "absolute" if whole else "clampToGround")
        put(string, "coordinates", " ".join(_coordinates(place if whole else (*place[:2], None)) for place in way))
    folder = put(document, "Folder")
    put(folder, "name", "Items")
    for number, (one, place) in enumerate(zip(mission, shown, strict=True), start=1):
        placemark = put(folder, "Placemark")
        put(placemark, "name", str(number))
        _data(placemark, ITEM, item_record(one))
        if place is not None:
            point = put(placemark, "Point")
            put(point, "altitudeMode", "clampToGround" if place[2] is None else "absolute")
            put(point, "coordinates", _coordinates(place))
    return xml_text(root)


def mission_from_kml(
    text: str, source: Path, *, height_m: float | None = None
) -> tuple[Mission, dict[str, object] | None, list[str]]:
    """The mission of a KML document, Quaywatch's own plan in it, and notes.

    A document of another program gives plain waypoints along its lines, or through its points where it has no line.

    Raises:
        BadInput: not well-formed, areas only, places without heights (see `height_m`), or a damaged record.
    """
    root = parsed_xml(text, source)
    if tag(root) not in {"kml", "Document", "Placemark", "Folder"}:
        raise BadInput(source, f"is XML but no KML, GPX or WPML: its first element is {tag(root)[:40]!r}")
    record = next((found for found in (_record(e, RECORD, source) for e in every(root, "Document")) if found), None)
    if record is None:
        return _foreign(root, source, height_m)
    items = list(_items(root, source))
    mission, plan = mission_of_record(record, [one for one, _ in items], source)
    moved = [_moved(one, placemark, mission.home, source) for one, placemark in items]
    changed = sum(a is not b for a, (b, _) in zip(moved, items, strict=True))
    notes = [f"{changed} items were moved in another program; their new places are taken"] if changed else []
    return replace(mission, items=tuple(moved)), plan, notes


def _items(root: Element, source: Path) -> Iterator[tuple[MissionItem, Element]]:
    number = 0
    for placemark in every(root, "Placemark"):
        record = _record(placemark, ITEM, source)
        if record is None:
            continue
        number += 1
        if number > MOST_ITEMS:
            raise BadInput(source, f"has more than {MOST_ITEMS:,} items; no vehicle takes that many")
        yield item_of_record(record, source, number), placemark


def _moved(one: MissionItem, placemark: Element, home: Home | None, source: Path) -> MissionItem:
    points = [place for point in every(placemark, "Point") for place in _read(point, source)]
    return moved_to(one, points[0], home) if points and one.at is not None else one


def _foreign(
    root: Element, source: Path, height_m: float | None
) -> tuple[Mission, dict[str, object] | None, list[str]]:
    lines = list(every(root, "LineString"))
    holders = lines or list(every(root, "Point"))
    if not holders and next(every(root, "Polygon"), None) is not None:
        raise BadInput(source, "holds areas (KML), not a mission; make a plan of it with 'plan new'")
    modes = {text_of(holder, "altitudeMode") or "clampToGround" for holder in holders}
    if len(modes) > 1 and height_m is None:
        raise BadInput(source, f"mixes heights of {' and '.join(sorted(modes))[:80]}; give one with --height-m")
    on_ground = modes <= {"clampToGround", "clampToSeaFloor"}
    places = [place for holder in holders for place in _read(holder, source)]
    if on_ground:  # then the numbers mean nothing
        places = [(lat, lon, None) for lat, lon, _ in places]
    frame = Frame.GLOBAL_TERRAIN_ALT if modes & {"relativeToGround", "relativeToSeaFloor"} else Frame.GLOBAL
    mission, notes = plain_mission(places, source, height_m=height_m, frame=frame)
    if len(lines) > 1:
        notes.append(f"{len(lines)} lines were joined in the order of the file")
    return mission, None, notes


def _read(holder: Element, source: Path) -> list[Position]:
    found: list[Position] = []
    for number, one in enumerate((text_of(holder, "coordinates") or "").split(), start=1):
        parts = one.split(",")
        try:
            numbers = [float(part) for part in parts[:3]]
            LatLon(numbers[1], numbers[0])
        except (ValueError, IndexError):
            raise BadInput(
                source, f"position {number} ({one[:40]!r}) is not longitude,latitude or longitude,latitude,height"
            ) from None
        if len(numbers) > 2 and not abs(numbers[2]) < 1e6:
            raise BadInput(source, f"position {number}: {one[:40]!r} has no proper height")
        found.append((numbers[1], numbers[0], numbers[2] if len(numbers) > 2 else None))
        if len(found) > MOST_ITEMS:
            raise BadInput(source, f"has a line of more than {MOST_ITEMS:,} places; no vehicle takes that many")
    return found


def _coordinates(place: Position) -> str:
    lat, lon, height = place
    return f"{plain(lon)},{plain(lat)}" + ("" if height is None else f",{plain(height)}")


def _data(parent: Element, name: str, value: object) -> None:
    data = SubElement(put(parent, "ExtendedData"), "Data", {"name": name})
    put(data, "value", clean(json.dumps(value, allow_nan=False, separators=(",", ":"))))


def _record(parent: Element, name: str, source: Path) -> object:
    for extended in (one for one in parent if tag(one) == "ExtendedData"):
        for data in extended:
            if data.get("name") == name:
                return parse_json(text_of(data, "value") or "", source)
    return None
