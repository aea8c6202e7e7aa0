"""Missions as GeoJSON (RFC 7946): one feature per item, in flying order, then the way as a line.

Positions have no height, because RFC 7946 wants it above the ellipsoid, which a mission does not know; heights stand in
the properties with their datum. The rest of the mission is the collection's member "quaywatch".
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from planner.formats.fields import Fields, as_number
from planner.formats.qgc_read import MOST_ITEMS
from planner.formats.records import (
    Position,
    item_of_record,
    item_record,
    mission_of_record,
    mission_record,
    moved_to,
    plain_mission,
)
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Mission, MissionItem

DATUMS = {
    Frame.GLOBAL: "mean sea level",
    Frame.GLOBAL_INT: "mean sea level",
    Frame.GLOBAL_RELATIVE_ALT: "launch place",
    Frame.GLOBAL_RELATIVE_ALT_INT: "launch place",
    Frame.GLOBAL_TERRAIN_ALT: "terrain",
    Frame.GLOBAL_TERRAIN_ALT_INT: "terrain",
}


def geojson_text(mission: Mission, *, name: str, plan_data: Mapping[str, object] | None = None) -> str:
    """The GeoJSON document of a mission."""
    features = [_feature(one, number) for number, one in enumerate(mission, start=1)]
    way = [[one.at.lon_deg, one.at.lat_deg] for one in mission if one.at is not None]
    if len(way) > 1:
        line = {"type": "LineString", "coordinates": way}
        features.append({"type": "Feature", "properties": {"name": f"{name}: way"}, "geometry": line})
    document = {
        "type": "FeatureCollection",
        "name": name,
        "quaywatch": mission_record(mission, plan_data),
        "features": features,
    }
    return json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def is_mission(document: object) -> bool:
    """Whether a parsed GeoJSON document holds a mission of Quaywatch rather than areas."""
    return isinstance(document, dict) and document.get("type") == "FeatureCollection" and "quaywatch" in document


def mission_from_geojson(document: object, source: Path) -> tuple[Mission, dict[str, object] | None, list[str]]:
    """The mission of a document for which `is_mission` holds, Quaywatch's own plan in it, and notes.

    Raises:
        BadInput: a feature or the record is damaged; names it.
    """
    top = Fields(document, source, "the top level")
    items: list[MissionItem] = []
    moved = 0
    for number, row in enumerate(top.rows("features", most=MOST_ITEMS + 1000), start=1):
        feature = Fields(row, source, f"feature {number}")
        properties = feature.raw("properties")
        if not isinstance(properties, dict) or "command" not in properties:
            continue
        one = item_of_record(properties, source, len(items) + 1)
        placed = one if one.at is None else moved_to(one, _position(feature), None)
        moved += placed is not one
        items.append(placed)
    mission, plan = mission_of_record(top.raw("quaywatch"), items, source)
    notes = [f"{moved} items were moved in another program; their new places are taken"] if moved else []
    return replace(mission, items=tuple(items)), plan, notes


def line_mission(document: object, source: Path, *, height_m: float) -> tuple[Mission, list[str]]:
    """Plain waypoints along the lines (or through the points) of any GeoJSON, all at `height_m` above the launch place.

    Raises:
        BadInput: no lines and no points, or a bad position.
    """
    lines: list[Position] = []
    points: list[Position] = []
    top = Fields(document, source, "the top level")
    rows = top.rows("features", most=MOST_ITEMS) if "features" in top else [document]
    for number, row in enumerate(rows, start=1):
        feature = Fields(row, source, f"feature {number}")
        geometry = feature.fields("geometry") if "geometry" in feature else feature
        if geometry.raw("type") == "LineString":
            lines.extend(_pair(p, source, number) for p in geometry.rows("coordinates", most=MOST_ITEMS))
        elif geometry.raw("type") == "Point":
            points.append(_pair(geometry.raw("coordinates"), source, number))
    return plain_mission(lines or points, source, height_m=height_m, frame=Frame.GLOBAL_RELATIVE_ALT)


def _feature(one: MissionItem, number: int) -> dict[str, object]:
    known = one.command in set(Command)
    properties = item_record(one) | {
        "number": number,
        "name": Command(one.command).name if known else f"command {one.command}",
        "height_m": one.height_m if one.at is not None else None,
        "height_above": DATUMS.get(Frame(one.frame)) if one.at is not None and one.frame in set(Frame) else None,
    }
    point = None if one.at is None else {"type": "Point", "coordinates": [one.at.lon_deg, one.at.lat_deg]}
    return {"type": "Feature", "properties": properties, "geometry": point}


def _position(feature: Fields) -> Position:
    geometry = feature.fields("geometry")
    lat, lon, _ = _pair(geometry.raw("coordinates"), feature.source, 0, feature.where)
    return lat, lon, None


def _pair(value: object, source: Path, number: int, where: str = "") -> Position:
    what = where or f"feature {number}"
    if not isinstance(value, list) or len(value) < 2:
        raise BadInput(source, f"{what}: a position is not [longitude, latitude]")
    lon, lat = (as_number(part, source, what) for part in value[:2])
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise BadInput(source, f"{what}: latitude {lat:g}, longitude {lon:g} is not on the earth")
    return lat, lon, None
