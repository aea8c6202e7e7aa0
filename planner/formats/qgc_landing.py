"""QGroundControl's landing patterns: flown from a landing start over a final approach to the landing.

They are stored without flight items, so these are made here as QGroundControl makes them on upload
(LandingComplexItem: fwLandingPattern of versions 1 and 2, vtolLandingPattern of version 1).
"""

from collections.abc import Iterator

from planner.formats.fields import Fields, as_number, as_place
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, MissionItem, Params, item

NEWEST = {"fwLandingPattern": 2, "vtolLandingPattern": 1}
"""The patterns and the newest version of each that is read."""
_DO_LAND_START, _LOITER_TO_ALT, _VTOL_LAND = 189, 31, 85
_IMAGE_STOP, _VIDEO_STOP = 2001, 2501
_NEW, _OLD = "landingApproachCoordinate", "loiterCoordinate"


def landing_items(given: Fields, kind: str) -> tuple[list[MissionItem], list[str]]:
    """The flight items of a landing pattern and what to know about them.

    Raises:
        BadInput: another version, or a field that is missing or impossible; names the field.
    """
    version = given.whole("version")
    if not 1 <= version <= NEWEST[kind]:
        raise given.refuse(f"{kind} of version {version} is not known; up to version {NEWEST[kind]} is read")
    relative, notes = _relative(given, old=kind == "fwLandingPattern" and version == 1)
    frame = Frame.GLOBAL_RELATIVE_ALT if relative else Frame.GLOBAL
    at, height_m = _place(given, "landCoordinate")
    if kind == "vtolLandingPattern":
        land = MissionItem(_VTOL_LAND, frame, (0.0, 0.0, 0.0, None, at.lat_deg, at.lon_deg, height_m))
    else:
        land = MissionItem(Command.NAV_LAND, frame, (0.0, 0.0, 0.0, 0.0, at.lat_deg, at.lon_deg, height_m))
    start = MissionItem(_DO_LAND_START, Frame.MISSION, (0.0,) * 7)
    return [start, *_speed(given), *_camera_off(given), _approach(given, frame), land], notes


def _relative(given: Fields, *, old: bool) -> tuple[bool, list[str]]:
    """Whether heights count from the launch place; version 1 knew it for approach and landing apart."""
    if not old:
        return _needed_flag(given, "altitudesAreRelative"), []
    loiter, landing = (_needed_flag(given, key) for key in ("loiterAltitudeRelative", "landAltitudeRelative"))
    if loiter != landing:
        note = "its approach and its landing counted heights differently; both are taken as above the launch place"
        return True, [f"{given.where}: {note}, as QGroundControl does; check them"]
    return loiter, []


def _needed_flag(given: Fields, key: str) -> bool:
    if key not in given:
        raise given.refuse(f"'{key}' is missing")
    return given.flag(key, default=True)


def _speed(given: Fields) -> Iterator[MissionItem]:
    """The airspeed of the approach, in whole metres per second as QGroundControl sends it."""
    if given.flag("useDoChangeSpeed", default=False):
        yield item(Command.DO_CHANGE_SPEED, p1=0.0, p2=float(int(given.number("finalApproachSpeed"))), p3=-1.0)


def _camera_off(given: Fields) -> Iterator[MissionItem]:
    if given.flag("stopTakingPhotos", default=False):
        yield item(Command.DO_SET_CAM_TRIGG_DIST)
        yield _stop(_IMAGE_STOP)
    if given.flag("stopVideoPhotos", default=False):
        yield _stop(_VIDEO_STOP)


def _stop(command: int) -> MissionItem:
    return MissionItem(command, Frame.MISSION, (0.0, None, None, None, None, None, None))


def _approach(given: Fields, frame: Frame) -> MissionItem:
    at, height_m = _place(given, _NEW if _NEW in given or _OLD not in given else _OLD)
    radius_m = given.number("loiterRadius")
    turn = 1.0 if _needed_flag(given, "loiterClockwise") else -1.0
    params: Params = (0.0, 0.0, 0.0, None, at.lat_deg, at.lon_deg, height_m)
    if not given.flag("useLoiterToAlt", default=True):
        return MissionItem(Command.NAV_WAYPOINT, frame, params)
    return MissionItem(_LOITER_TO_ALT, frame, (1.0, radius_m * turn, 0.0, 1.0, *params[4:]))


def _place(given: Fields, key: str) -> tuple[LatLon, float]:
    row = given.rows(key, most=3)
    at = as_place(row, given.source, f"{given.where}: '{key}'")
    if len(row) < 3:
        raise BadInput(given.source, f"{given.where}: '{key}' has no height")
    return at, as_number(row[2], given.source, f"{given.where}: the height of '{key}'")
