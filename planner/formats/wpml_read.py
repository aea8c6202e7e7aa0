"""DJI's WPML in: wpmz/waylines.wpml (what the drone flies), else wpmz/template.kml of a waypoint route.

See planner/formats/wpml.py for the description that this follows.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from planner.formats.qgc_read import MOST_ITEMS
from planner.formats.wpml import RECORD
from planner.formats.xmls import child, every, parsed_xml, text_of
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Mission, MissionItem, item

TARGETING = 2.0
"""MAV_MOUNT_MODE_MAVLINK_TARGETING."""
_FRAMES = {
    "relativeToStartPoint": Frame.GLOBAL_RELATIVE_ALT,
    "realTimeFollowSurface": Frame.GLOBAL_TERRAIN_ALT,
    "aboveGroundLevel": Frame.GLOBAL_TERRAIN_ALT,
}
_IMAGE_START_CAPTURE = 2000
_VIDEO = {function: command for command, function in RECORD.items()}


def mission_from_wpml(
    members: dict[str, str], source: Path, *, height_m: float | None = None
) -> tuple[Mission, list[str]]:
    """The mission of the texts in a WPML file, by their names in the zip, and what was not understood.

    Raises:
        BadInput: no waypoints, heights above the ellipsoid (see `height_m`), or a field missing or wrong.
    """
    name = next((n for n in sorted(members) if n.lower().endswith("waylines.wpml")), None)
    name = name or next((n for n in sorted(members) if n.lower().endswith("template.kml")), None)
    if name is None:
        raise BadInput(source, "holds neither wpmz/waylines.wpml nor wpmz/template.kml")
    root = parsed_xml(members[name], source)
    config = next(every(root, "missionConfig"), None)
    folders = list(every(root, "Folder"))
    if config is None or not folders:
        raise BadInput(source, f"{name} has no missionConfig or no Folder; it is no WPML route")
    notes: list[str] = []
    if len(folders) > 1:
        notes.append(f"{len(folders) - 1} more routes in the file were left out")
    frame = _frame(folders[0], source, height_m)
    if child(folders[0], "startActionGroup") is not None:
        notes.append("actions before the first waypoint (startActionGroup) have no counterpart and were left out")
    items = [_take_off(config, source)]
    items.extend(_items(folders[0], source, frame, height_m, notes))
    match text_of(config, "finishAction"):
        case "goHome" | "gotoFirstWaypoint" as how:
            items.append(item(Command.NAV_RETURN_TO_LAUNCH))
            if how != "goHome":
                notes.append("'fly to the first waypoint' at the end was read as return to launch")
        case "autoLand":
            items.append(item(Command.NAV_LAND))
        case _:
            notes.append("at the end the drone stays where it is; there is no return in the file")
    speed = _maybe(folders[0], "autoFlightSpeed", source)
    return Mission(tuple(items), cruise_speed_m_s=speed, hover_speed_m_s=speed), notes


def _frame(folder: Element, source: Path, height_m: float | None) -> Frame:
    if height_m is not None:
        return Frame.GLOBAL_RELATIVE_ALT
    holder = child(folder, "waylineCoordinateSysParam")
    mode = text_of(folder, "executeHeightMode") or (None if holder is None else text_of(holder, "heightMode"))
    if mode in {"WGS84", "EGM96"}:
        raise BadInput(
            source,
            f"gives heights of kind {mode}, which need a geoid to become heights above the launch place; "
            "say how high to fly with --height-m",
        )
    if mode not in _FRAMES:
        raise BadInput(source, f"gives heights of unknown kind {str(mode)[:40]!r}; say how high with --height-m")
    return _FRAMES[mode]


def _take_off(config: Element, source: Path) -> MissionItem:
    return item(Command.NAV_TAKEOFF, height_m=_maybe(config, "takeOffSecurityHeight", source) or 20.0)


def _items(
    folder: Element, source: Path, frame: Frame, height_m: float | None, notes: list[str]
) -> Iterator[MissionItem]:
    speed = _maybe(folder, "autoFlightSpeed", source)
    if speed is not None:
        yield _speed(speed)
    stops: dict[int, bool] = {}
    placemarks = [one for one in every(folder, "Placemark") if child(one, "index") is not None]
    if not placemarks:
        raise BadInput(source, "has no waypoints in its first route (mapping templates have none; use waylines.wpml)")
    if len(placemarks) > MOST_ITEMS:
        raise BadInput(source, f"has {len(placemarks):,} waypoints; at most {MOST_ITEMS:,} are read")
    by_point = text_of(folder, "gimbalPitchMode") == "usePointSetting"
    headings: set[str] = set()
    last = -1
    for number, placemark in enumerate(placemarks, start=1):
        last = _index_after(last, placemark, number, source)
        headings |= _heading(placemark)
        common = text_of(placemark, "useGlobalSpeed") == "1"
        wanted = _maybe(folder, "autoFlightSpeed", source) if common else _maybe(placemark, "waypointSpeed", source)
        if wanted is not None and wanted != speed:
            speed = wanted
            yield _speed(wanted)
        height = height_m if height_m is not None else _height(folder, placemark, number, source)
        actions = list(_actions(placemark, source, number, stops, notes))
        hover = sum(one.params[0] or 0.0 for one in actions if one.command == Command.NAV_WAYPOINT)
        yield item(Command.NAV_WAYPOINT, at=_at(placemark, number, source), height_m=height, frame=frame, p1=hover)
        if stops.pop(last, False) and not any(a.command == Command.DO_SET_CAM_TRIGG_DIST for a in actions):
            yield item(Command.DO_SET_CAM_TRIGG_DIST, p1=0.0)
        pitch = _maybe(placemark, "gimbalPitchAngle", source) if by_point else None
        if pitch is not None and not any(one.command == Command.DO_MOUNT_CONTROL for one in actions):
            yield item(Command.DO_MOUNT_CONTROL, p1=pitch, height_m=TARGETING)
        yield from (one for one in actions if one.command != Command.NAV_WAYPOINT)
    if headings:
        kinds = ", ".join(sorted(headings))[:80]
        notes.append(f"headings of the drone ({kinds}) have no counterpart and were left out; it looks along its way")


def _index_after(last: int, placemark: Element, number: int, source: Path) -> int:
    """The waypoint's index, which DJI counts up from 0."""
    index = int(_maybe(placemark, "index", source) or 0)
    if index <= last:
        raise BadInput(source, f"waypoint {number} has the index {index} after {last}; the indexes must count up")
    return index


def _heading(placemark: Element) -> set[str]:
    holder = child(placemark, "waypointHeadingParam")
    mode = None if holder is None else text_of(holder, "waypointHeadingMode")
    return set() if mode in {None, "followWayline"} else {str(mode)[:40]}


def _height(folder: Element, placemark: Element, number: int, source: Path) -> float:
    """A waypoint's own height, or that of its template where it says that it has none of its own."""
    if text_of(placemark, "useGlobalHeight") == "1":
        height = _maybe(folder, "globalHeight", source)
        if height is None:
            raise BadInput(source, f"waypoint {number} takes the route's height, but there is no globalHeight")
        return height
    for name in ("executeHeight", "height"):
        height = _maybe(placemark, name, source)
        if height is not None:
            return height
    raise BadInput(source, f"waypoint {number} has no height; say how high with --height-m")


def _actions(
    placemark: Element, source: Path, number: int, stops: dict[int, bool], notes: list[str]
) -> Iterator[MissionItem]:
    """What is done at a waypoint; a hover comes as a waypoint whose parameter 1 is its seconds."""
    for group in every(placemark, "actionGroup"):
        trigger = child(group, "actionTrigger")
        kind = None if trigger is None else text_of(trigger, "actionTriggerType")
        for action in every(group, "action"):
            function = text_of(action, "actionActuatorFunc") or "an unnamed action"
            holder = child(action, "actionActuatorFuncParam")
            if kind == "multipleDistance" and function == "takePhoto" and trigger is not None:
                distance = _maybe(trigger, "actionTriggerParam", source) or 0.0
                stops[int(_maybe(group, "actionGroupEndIndex", source) or 0)] = True
                yield item(Command.DO_SET_CAM_TRIGG_DIST, p1=distance, p3=1.0)
            elif kind != "reachPoint" or holder is None:
                notes.append(f"waypoint {number}: {function} on {kind} has no counterpart and was left out")
            elif function == "gimbalRotate":
                pitch = _maybe(holder, "gimbalPitchRotateAngle", source) or 0.0
                yield item(Command.DO_MOUNT_CONTROL, p1=pitch, height_m=TARGETING)
            elif function == "takePhoto":
                yield item(_IMAGE_START_CAPTURE, p3=1.0)
            elif function in _VIDEO:
                yield item(_VIDEO[function])
            elif function == "hover":
                yield item(Command.NAV_WAYPOINT, p1=_maybe(holder, "hoverTime", source) or 0.0)
            else:
                notes.append(f"waypoint {number}: {function[:40]} has no counterpart and was left out")


def _at(placemark: Element, number: int, source: Path) -> LatLon:
    point = child(placemark, "Point")
    text = "" if point is None else text_of(point, "coordinates") or ""
    try:
        lon, lat = (float(part) for part in text.split(",")[:2])
        return LatLon(lat, lon)
    except ValueError:
        raise BadInput(source, f"waypoint {number}: {text[:40]!r} is not longitude,latitude") from None


def _speed(speed_m_s: float) -> MissionItem:
    return item(Command.DO_CHANGE_SPEED, p1=1.0, p2=speed_m_s, p3=-1.0)


def _maybe(parent: Element, name: str, source: Path) -> float | None:
    text = text_of(parent, name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e7:
        raise BadInput(source, f"{name} is {text[:40]!r}; a number is needed")
    return value
