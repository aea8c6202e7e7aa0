"""Missions as GPX 1.1 routes (https://www.topografix.com/GPX/1/1/): a route point for each item with a place.

The record (planner/formats/records.py) stands in `extensions`, as the standard allows.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

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
from planner.formats.xmls import child, clean, every, parsed_xml, plain, put, text_of, xml_text
from planner.model.errors import BadInput
from planner.model.mission import Frame, Mission, MissionItem

OWN = "quaywatch"
_NAMESPACE = "http://www.topografix.com/GPX/1/1"
_OWN_NAMESPACE = "urn:quaywatch:mission:1"


def gpx_text(mission: Mission, *, name: str, plan_data: Mapping[str, object] | None = None) -> str:
    """The GPX document of a mission, one route."""
    root = Element(
        "gpx", {"xmlns": _NAMESPACE, "version": "1.1", "creator": "Quaywatch", f"xmlns:{OWN}": _OWN_NAMESPACE}
    )
    route = put(root, "rte")
    put(route, "name", clean(name))
    before: list[object] = []
    points: list[tuple[Position, int, list[object]]] = []
    for number, one in enumerate(mission, start=1):
        place = shown_at(one, mission.home)
        if place is not None:
            points.append((place, number, [item_record(one)]))
        else:
            (points[-1][2] if points else before).append(item_record(one))
    _own(route, {"mission": mission_record(mission, plan_data), "items": before})
    for (lat, lon, height), number, records in points:
        point = put(route, "rtept", lat=plain(lat), lon=plain(lon))
        if height is not None:
            put(point, "ele", height)
        put(point, "name", str(number))
        _own(point, {"items": records})
    return xml_text(root)


def mission_from_gpx(
    text: str, source: Path, *, height_m: float | None = None
) -> tuple[Mission, dict[str, object] | None, list[str]]:
    """The mission of a GPX document, Quaywatch's own plan in it, and notes.

    The first route; without one, the first track; without one, the waypoints. Elevations are above mean sea level.

    Raises:
        BadInput: not well-formed, nothing to fly, places without heights (see `height_m`), or a damaged record.
    """
    root = parsed_xml(text, source)
    routes = list(every(root, "rte"))
    record = _record(routes[0], source) if routes else None
    if isinstance(record, dict) and "mission" in record:
        return _own_mission(routes[0], record, source)
    tracks = list(every(root, "trk"))
    holder, name = (routes[0], "rtept") if routes else (tracks[0], "trkpt") if tracks else (root, "wpt")
    places = [_place(point, n, source) for n, point in enumerate(every(holder, name), start=1)]
    mission, notes = plain_mission(places, source, height_m=height_m, frame=Frame.GLOBAL)
    left = len(routes) + len(tracks) - 1
    if left > 0:
        notes.append(f"{left} more routes or tracks in the file were left out")
    return mission, None, notes


def _own_mission(
    route: Element, record: dict[str, object], source: Path
) -> tuple[Mission, dict[str, object] | None, list[str]]:
    items: list[MissionItem] = [item_of_record(row, source, 0) for row in _rows(record, source)]
    shown: dict[int, Position] = {}
    for number, point in enumerate(every(route, "rtept"), start=1):
        held = _record(point, source)
        if not isinstance(held, dict):
            raise BadInput(source, f"route point {number} has lost its Quaywatch record; it was edited elsewhere")
        shown[len(items)] = _place(point, number, source)
        items.extend(item_of_record(row, source, len(items) + 1) for row in _rows(held, source))
        if len(items) > MOST_ITEMS:
            raise BadInput(source, f"has more than {MOST_ITEMS:,} items; no vehicle takes that many")
    mission, plan = mission_of_record(record.get("mission"), items, source)
    moved = [moved_to(one, shown[n], mission.home) if n in shown else one for n, one in enumerate(items)]
    changed = sum(a is not b for a, b in zip(moved, items, strict=True))
    notes = [f"{changed} items were moved in another program; their new places are taken"] if changed else []
    return replace(mission, items=tuple(moved)), plan, notes


def _place(point: Element, number: int, source: Path) -> Position:
    try:
        lat, lon = float(point.get("lat", "")), float(point.get("lon", ""))
        height = text_of(point, "ele")
        up = None if height is None else float(height)
    except ValueError:
        raise BadInput(source, f"point {number} has no proper lat, lon and ele") from None
    if not (abs(lat) <= 90 and abs(lon) <= 180) or (up is not None and not abs(up) < 1e6):
        raise BadInput(source, f"point {number} (lat {lat:g}, lon {lon:g}) is not on the earth")
    return lat, lon, up


def _own(parent: Element, value: object) -> None:
    put(put(parent, "extensions"), f"{OWN}:record", clean(json.dumps(value, allow_nan=False, separators=(",", ":"))))


def _record(parent: Element, source: Path) -> object:
    extensions = child(parent, "extensions")
    text = None if extensions is None else text_of(extensions, "record")
    return None if text is None else parse_json(text, source)


def _rows(record: dict[str, object], source: Path) -> list[object]:
    rows = record.get("items")
    if not isinstance(rows, list):
        raise BadInput(source, "its Quaywatch record has no list of items; the file was damaged")
    return rows
