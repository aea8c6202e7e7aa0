"""Missions out as DJI's WPML: a KMZ with wpmz/template.kml and wpmz/waylines.wpml, for DJI Pilot 2 and FlightHub 2.

After DJI's published description, version 1.0.2 of the names:
https://developer.dji.com/doc/cloud-api-tutorial/en/api-reference/dji-wpml/overview.html (template.kml, waylines.wpml
and common elements; the same text stands in dji-sdk/Cloud-API-Doc). Not tried on a remote controller by this project.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from planner.formats.packed import packed_bytes
from planner.formats.xmls import clean, plain, put, xml_text
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Home, Mission, MissionItem

TEMPLATE, WAYLINES = "wpmz/template.kml", "wpmz/waylines.wpml"
NAMESPACES = {"xmlns": "http://www.opengis.net/kml/2.2", "xmlns:wpml": "http://www.dji.com/wpmz/1.0.2"}
MODELS = {
    "dji-mavic-3e": (77, 0, 66),
    "dji-mavic-3t": (77, 1, 67),
    "dji-matrice-30": (67, 0, 52),
    "dji-matrice-30t": (67, 1, 53),
    "dji-matrice-300": (60, 0, 43),
    "dji-matrice-350": (89, 0, 43),
    "dji-matrice-4e": (99, 0, 88),
    "dji-matrice-4t": (99, 1, 89),
}
"""By profile: droneEnumValue, droneSubEnumValue, payloadEnumValue (H20T on the Matrice 300 and 350)."""
_DEFAULT_MODEL = "dji-mavic-3e"
_SURFACE_FOLLOWERS = {77, 99}
"""Aircraft that can follow the surface: by DJI's description the Mavic 3 Enterprise and Matrice 4 series."""
_TAKE_OFF_M = (2.0, 1500.0)
_SPEED_M_S = (1.0, 15.0)
"""DJI's bounds; its tables of 2023 allow a speed above 0 up to the aircraft's greatest, those of 2025 from 1 to 15."""
_LENS = "wide"
_PHOTO = {203, 2000}  # DO_DIGICAM_CONTROL, IMAGE_START_CAPTURE
RECORD = {2500: "startRecord", 2501: "stopRecord"}
"""By MAV_CMD_VIDEO_START_CAPTURE and MAV_CMD_VIDEO_STOP_CAPTURE: what WPML calls them."""
_TERRAIN = {Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT}
_RELATIVE = {Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT}


@dataclass(frozen=True, slots=True)
class WayPoint:
    """A waypoint as WPML knows it: height, speed, and what is done there. `trigger_m` acts from here to the next."""

    at: LatLon
    height_m: float
    speed_m_s: float
    gimbal_deg: float | None = None
    hover_s: float = 0.0
    photos: int = 0
    trigger_m: float = 0.0
    record: str | None = None
    """startRecord, stopRecord or None."""


@dataclass(slots=True)
class _Draft:
    points: list[WayPoint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    speed_m_s: float = 10.0
    gimbal_deg: float | None = None
    record: str | None = None
    trigger_m: float = 0.0
    take_off_m: float = 20.0
    finish: str = "noAction"

    def bounded(self, value: float, bounds: tuple[float, float], what: str) -> float:
        """`value` within DJI's bounds; a change is noted."""
        kept = min(max(value, bounds[0]), bounds[1])
        if kept != value:
            self.notes.append(f"{what} of {value:g} was written as {kept:g}, the nearest that WPML allows")
        return kept

    @property
    def return_height_m(self) -> float:
        """The height to return at, above the take-off place: the greatest of the route, as a way home needs."""
        return min(max(self.take_off_m, *(point.height_m for point in self.points)), _TAKE_OFF_M[1])


def command_name(command: int) -> str:
    """The command's name where Quaywatch knows it, else its number."""
    return Command(command).name if command in set(Command) else f"command {command}"


def wpml_bytes(mission: Mission, source: Path, *, drone: str = "", now_ms: int = 0) -> tuple[bytes, list[str]]:
    """The KMZ of a mission, and what of it WPML does not hold.

    `drone` is the name of a profile in MODELS; another one writes a Mavic 3E, with a note. `now_ms` since 1970.

    Raises:
        BadInput: no waypoints, or heights that WPML cannot hold together.
    """
    draft = _Draft()
    draft.speed_m_s = draft.bounded(mission.cruise_speed_m_s or 10.0, _SPEED_M_S, "the cruise speed (m/s)")
    modes = {one.frame in _TERRAIN for one in mission if one.at is not None and one.command != Command.NAV_TAKEOFF}
    if len(modes) > 1:
        raise BadInput(source, "mixes heights above terrain with others; a WPML route knows one kind only")
    for number, one in enumerate(mission, start=1):
        _take(draft, one, number, mission.home, source)
    if not draft.points:
        raise BadInput(source, "has no waypoints that a WPML file could hold")
    if drone not in MODELS:
        draft.notes.append(
            f"written for {_DEFAULT_MODEL}; choose another model in DJI Pilot 2 on import if you fly one"
        )
    if mission.fence_polygons or mission.fence_circles or mission.rally or mission.breach_return:
        draft.notes.append("fence and rally points are not part of WPML and were left out")
    if mission.home is not None:
        draft.notes.append("the launch place is not part of WPML: heights count from where the drone takes off")
    model = MODELS.get(drone, MODELS[_DEFAULT_MODEL])
    if modes == {True} and model[0] not in _SURFACE_FOLLOWERS:
        raise BadInput(
            source, f"gives heights above terrain, which a {drone} does not follow; give heights above the launch place"
        )
    draft.notes.append(f"on a return to launch the drone first climbs to {draft.return_height_m:g} m")
    mode = "realTimeFollowSurface" if modes == {True} else "relativeToStartPoint"
    waylines = _waylines(draft, model, mode)
    template = _template(draft, model, mode, now_ms)
    return packed_bytes({TEMPLATE: xml_text(template), WAYLINES: xml_text(waylines)}), draft.notes


def _take(draft: _Draft, one: MissionItem, number: int, home: Home | None, source: Path) -> None:
    """One mission item into the draft; what WPML has no word for becomes a note."""
    p = one.params
    match one.command:
        case Command.NAV_TAKEOFF:
            draft.take_off_m = draft.bounded(p[6] or 20.0, _TAKE_OFF_M, f"item {number}: a take-off height (m)")
        case Command.NAV_WAYPOINT | Command.NAV_SPLINE_WAYPOINT | Command.NAV_LOITER_TIME if one.at is not None:
            _way_point(draft, one, one.at, number, _height(one, number, home, source))
        case Command.DO_CHANGE_SPEED if (p[1] or 0) > 0:
            draft.speed_m_s = draft.bounded(p[1] or draft.speed_m_s, _SPEED_M_S, f"item {number}: a speed (m/s)")
        case Command.DO_MOUNT_CONTROL | Command.DO_GIMBAL_MANAGER_PITCHYAW:
            _gimbal(draft, p[0] or 0.0)
        case Command.DO_SET_CAM_TRIGG_DIST:
            _trigger(draft, p[0] or 0.0)
        case command if command in RECORD:
            _record(draft, RECORD[command])
        case command if command in _PHOTO and draft.points:
            draft.points[-1] = replace(draft.points[-1], photos=draft.points[-1].photos + 1)
        case Command.NAV_RETURN_TO_LAUNCH | Command.NAV_LAND as end:
            draft.finish = "goHome" if end == Command.NAV_RETURN_TO_LAUNCH else "autoLand"
        case _:
            name = command_name(one.command)
            draft.notes.append(f"item {number}: {name} has no counterpart in WPML and was left out")


def _way_point(draft: _Draft, one: MissionItem, at: LatLon, number: int, height_m: float) -> None:
    hover = one.params[0] or 0.0
    at_once, draft.record = draft.record, None
    draft.points.append(
        WayPoint(at, height_m, draft.speed_m_s, draft.gimbal_deg, hover, trigger_m=draft.trigger_m, record=at_once)
    )
    draft.gimbal_deg = None
    if one.command == Command.NAV_SPLINE_WAYPOINT:
        draft.notes.append(f"item {number}: the curve was written as a straight way")


def _gimbal(draft: _Draft, pitch_deg: float) -> None:
    """Turn the camera at the last waypoint, or before the first."""
    if draft.points:
        draft.points[-1] = replace(draft.points[-1], gimbal_deg=pitch_deg)
    else:
        draft.gimbal_deg = pitch_deg


def _record(draft: _Draft, what: str) -> None:
    """Start or stop the video at the last waypoint, or at the first."""
    if draft.points:
        draft.points[-1] = replace(draft.points[-1], record=what)
    else:
        draft.record = what


def _trigger(draft: _Draft, every_m: float) -> None:
    draft.trigger_m = every_m
    if draft.points:
        draft.points[-1] = replace(draft.points[-1], trigger_m=every_m)


def _height(one: MissionItem, number: int, home: Home | None, source: Path) -> float:
    height = one.height_m or 0.0
    if one.frame in _RELATIVE or one.frame in _TERRAIN:
        return height
    if home is None:
        raise BadInput(
            source,
            f"item {number} is at a height above mean sea level; WPML counts from the take-off place, which this "
            "mission does not name",
        )
    return height - home.msl_m


def _config(parent: Element, draft: _Draft, model: tuple[int, int, int], *, flown: bool) -> None:
    """The mission's settings; only the `flown` file has a height to return at."""
    config = put(parent, "wpml:missionConfig")
    put(config, "wpml:flyToWaylineMode", "safely")
    put(config, "wpml:finishAction", draft.finish)
    put(config, "wpml:exitOnRCLost", "executeLostAction")
    put(config, "wpml:executeRCLostAction", "goBack")
    put(config, "wpml:takeOffSecurityHeight", draft.take_off_m)
    put(config, "wpml:globalTransitionalSpeed", draft.points[0].speed_m_s)
    if flown:
        put(config, "wpml:globalRTHHeight", draft.return_height_m)
    drone = put(config, "wpml:droneInfo")
    put(drone, "wpml:droneEnumValue", model[0])
    put(drone, "wpml:droneSubEnumValue", model[1])
    payload = put(config, "wpml:payloadInfo")
    put(payload, "wpml:payloadEnumValue", model[2])
    put(payload, "wpml:payloadSubEnumValue", 0)
    put(payload, "wpml:payloadPositionIndex", 0)


def _waylines(draft: _Draft, model: tuple[int, int, int], mode: str) -> Element:
    root = Element("kml", NAMESPACES)
    document = put(root, "Document")
    _config(document, draft, model, flown=True)
    folder = put(document, "Folder")
    put(folder, "wpml:templateId", 0)
    put(folder, "wpml:executeHeightMode", mode)
    put(folder, "wpml:waylineId", 0)
    put(folder, "wpml:autoFlightSpeed", draft.points[0].speed_m_s)
    groups = 0
    for index, point in enumerate(draft.points):
        placemark = _placemark(folder, point, index)
        put(placemark, "wpml:executeHeight", point.height_m)
        put(placemark, "wpml:waypointSpeed", point.speed_m_s)
        heading = put(placemark, "wpml:waypointHeadingParam")
        put(heading, "wpml:waypointHeadingMode", "followWayline")
        put(heading, "wpml:waypointHeadingPathMode", "followBadArc")
        turn = put(placemark, "wpml:waypointTurnParam")
        put(turn, "wpml:waypointTurnMode", "toPointAndStopWithDiscontinuityCurvature")
        put(turn, "wpml:waypointTurnDampingDist", 0)
        put(placemark, "wpml:useStraightLine", 1)
        groups += _actions(placemark, draft.points, index, groups)
    return root


def _template(draft: _Draft, model: tuple[int, int, int], mode: str, now_ms: int) -> Element:
    root = Element("kml", NAMESPACES)
    document = put(root, "Document")
    put(document, "wpml:author", clean("Quaywatch"))
    put(document, "wpml:createTime", now_ms)
    put(document, "wpml:updateTime", now_ms)
    _config(document, draft, model, flown=False)
    folder = put(document, "Folder")
    put(folder, "wpml:templateType", "waypoint")
    put(folder, "wpml:templateId", 0)
    frame = put(folder, "wpml:waylineCoordinateSysParam")
    put(frame, "wpml:coordinateMode", "WGS84")
    put(frame, "wpml:heightMode", mode)
    put(frame, "wpml:positioningType", "GPS")
    put(folder, "wpml:autoFlightSpeed", draft.points[0].speed_m_s)
    put(folder, "wpml:globalHeight", draft.points[0].height_m)
    put(folder, "wpml:gimbalPitchMode", "manual")
    heading = put(folder, "wpml:globalWaypointHeadingParam")
    put(heading, "wpml:waypointHeadingMode", "followWayline")
    put(heading, "wpml:waypointHeadingPathMode", "followBadArc")
    put(folder, "wpml:globalWaypointTurnMode", "toPointAndStopWithDiscontinuityCurvature")
    put(folder, "wpml:globalUseStraightLine", 1)
    groups = 0
    for index, point in enumerate(draft.points):
        placemark = _placemark(folder, point, index)
        put(placemark, "wpml:ellipsoidHeight", point.height_m)
        put(placemark, "wpml:height", point.height_m)
        put(placemark, "wpml:useGlobalHeight", 0)
        put(placemark, "wpml:useGlobalSpeed", 0)
        put(placemark, "wpml:waypointSpeed", point.speed_m_s)
        put(placemark, "wpml:useGlobalHeadingParam", 1)
        put(placemark, "wpml:useGlobalTurnParam", 1)
        put(placemark, "wpml:useStraightLine", 1)
        groups += _actions(placemark, draft.points, index, groups)
    payload = put(folder, "wpml:payloadParam")
    put(payload, "wpml:payloadPositionIndex", 0)
    put(payload, "wpml:imageFormat", _LENS)
    return root


def _placemark(folder: Element, point: WayPoint, index: int) -> Element:
    placemark = put(folder, "Placemark")
    put(put(placemark, "Point"), "coordinates", f"{plain(point.at.lon_deg)},{plain(point.at.lat_deg)}")
    put(placemark, "wpml:index", index)
    return placemark


def _actions(placemark: Element, points: list[WayPoint], index: int, first_id: int) -> int:
    """The action groups that start at a waypoint; returns how many."""
    point = points[index]
    written = 0
    if point.gimbal_deg is not None or point.hover_s > 0 or point.photos or point.record:
        group = _group(placemark, first_id, index, index, "reachPoint")
        _at_point(group, point, index)
        written += 1
    before = points[index - 1].trigger_m if index else 0.0
    if point.trigger_m > 0 and point.trigger_m != before:
        last = index + 1
        while last < len(points) and points[last].trigger_m == point.trigger_m:
            last += 1
        last = min(last, len(points) - 1)
        if last > index:
            group = _group(placemark, first_id + written, index, last, "multipleDistance", point.trigger_m)
            _shoot(group, 0, "takePhoto", f"line{index + 1}")
            written += 1
    return written


def _at_point(group: Element, point: WayPoint, index: int) -> None:
    number = 0
    if point.gimbal_deg is not None:
        _action(
            group,
            number,
            "gimbalRotate",
            gimbalHeadingYawBase="north",
            gimbalRotateMode="absoluteAngle",
            gimbalPitchRotateEnable=1,
            gimbalPitchRotateAngle=point.gimbal_deg,
            gimbalRollRotateEnable=0,
            gimbalRollRotateAngle=0,
            gimbalYawRotateEnable=0,
            gimbalYawRotateAngle=0,
            gimbalRotateTimeEnable=0,
            gimbalRotateTime=0,
            payloadPositionIndex=0,
        )
        number += 1
    if point.record is not None:
        suffix = f"video{index + 1}" if point.record == RECORD[2500] else None
        _shoot(group, number, point.record, suffix)
        number += 1
    if point.hover_s > 0:
        _action(group, number, "hover", hoverTime=point.hover_s)
        number += 1
    for _ in range(point.photos):
        _shoot(group, number, "takePhoto", f"point{index + 1}")
        number += 1


def _shoot(group: Element, action_id: int, function: str, suffix: str | None) -> None:
    """A picture or a video with the wide lens, its file named after where it was taken."""
    names = {} if suffix is None else {"fileSuffix": suffix}
    lens = {"payloadPositionIndex": "0", "payloadLensIndex": _LENS, "useGlobalPayloadLensIndex": "0"}
    _action(group, action_id, function, **names, **lens)


def _group(
    placemark: Element, group_id: int, start: int, end: int, trigger: str, distance_m: float | None = None
) -> Element:
    group = put(placemark, "wpml:actionGroup")
    put(group, "wpml:actionGroupId", group_id)
    put(group, "wpml:actionGroupStartIndex", start)
    put(group, "wpml:actionGroupEndIndex", end)
    put(group, "wpml:actionGroupMode", "sequence")
    kind = put(group, "wpml:actionTrigger")
    put(kind, "wpml:actionTriggerType", trigger)
    if distance_m is not None:
        put(kind, "wpml:actionTriggerParam", distance_m)
    return group


def _action(group: Element, action_id: int, function: str, **params: str | float) -> None:
    action = put(group, "wpml:action")
    put(action, "wpml:actionId", action_id)
    put(action, "wpml:actionActuatorFunc", function)
    holder = put(action, "wpml:actionActuatorFuncParam")
    for name, value in params.items():
        put(holder, f"wpml:{name}", value)
