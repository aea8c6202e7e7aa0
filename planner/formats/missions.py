"""Missions in and out: which format a file is, is told from its contents."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.formats.fence_files import (
    fence_from_text,
    fence_text,
    is_fence_text,
    rally_from_text,
    rally_text,
    with_fence_items,
)
from planner.formats.files import parse_json, read_text, write_whole, write_whole_bytes
from planner.formats.geojson_mission import geojson_text, is_mission, line_mission, mission_from_geojson
from planner.formats.gpx import gpx_text, mission_from_gpx
from planner.formats.kml_mission import kml_text, mission_from_kml
from planner.formats.packed import is_zip, members_of, packed_bytes
from planner.formats.plan_data import plan_from, plan_json
from planner.formats.qgc_read import mission_from_plan
from planner.formats.qgc_write import plan_notes, plan_text
from planner.formats.wpl import HEADER, mission_from_waypoints, waypoints_text
from planner.formats.wpml import wpml_bytes
from planner.formats.wpml_read import mission_from_wpml
from planner.formats.xmls import root_name
from planner.model.errors import BadInput
from planner.model.mission import Mission
from planner.model.plan import Plan
from planner.model.planned import PlannedMission

ENDINGS = frozenset(
    {".plan", ".waypoints", ".txt", ".kml", ".kmz", ".geojson", ".json", ".gpx", ".fence", ".fen", ".rally", ".ral"}
)
"""What missions are written as; .fence, .fen, .rally and .ral hold only that part."""
_XML = {".kml", ".gpx", ".wpml"}
_GEOJSON = {"FeatureCollection", "Feature", "Polygon", "LineString", "MultiPolygon", "MultiLineString", "Point"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held: the mission, Quaywatch's own data if it has any, and what to know about the reading."""

    mission: Mission
    plan_data: Mapping[str, object] | None = None
    notes: tuple[str, ...] = ()
    source: Path = Path()

    @property
    def plan(self) -> Plan | None:
        """The plan that the mission was made from; None for missions made elsewhere.

        Raises:
            BadInput: Quaywatch's own data in the file is of another version or damaged.
        """
        return None if self.plan_data is None else plan_from(dict(self.plan_data), self.source)


def read_mission(path: str | Path, *, height_m: float | None = None) -> Imported:
    """The mission in a .plan, waypoint, KML, KMZ, GeoJSON, GPX, DJI WPML, fence or rally file.

    `height_m`, above the launch place, is for files of places without heights (lines of an earth viewer, tracks).

    Raises:
        BadInput: the file cannot be read or flown; one sentence names the item and says why.
    """
    source = Path(path)
    if is_zip(source):
        return _from_zip(source, height_m)
    text = read_text(source)
    start = text.lstrip()[:200]
    if start.startswith(HEADER):
        mission, notes = mission_from_waypoints(text.lstrip(), source)
        mission, more = with_fence_items(mission, source)
        return Imported(mission, notes=(*notes, *more), source=source)
    if start.startswith("<") or "<?xml" in start or "<kml" in start or (source.suffix.lower() in _XML and "<" in text):
        return _from_xml(text, source, height_m)
    if start.upper().startswith("RALLY"):
        return _imported(rally_from_text(text, source), source)
    if is_fence_text(text):
        return _imported(fence_from_text(text, source), source)
    if not start.startswith(("{", "[")):
        raise BadInput(source, f"is neither a QGroundControl plan nor a waypoint file (no '{HEADER} 110')")
    return _from_json(parse_json(text, source), source, height_m)


def read_plan(path: str | Path) -> Plan:
    """The Plan that a file written by `write_plan` was made from.

    Raises:
        BadInput: unreadable, or a plan that Quaywatch did not make.
    """
    plan = read_mission(path).plan
    if plan is None:
        raise BadInput(path, "was not made by Quaywatch: it holds a mission but not the areas it was planned from")
    return plan


def write_plan(planned: PlannedMission, plan: Plan, path: str | Path) -> None:
    """Write a plan file that QGroundControl opens and that gives the same Plan when read; whole or not at all.

    Raises:
        BadInput: it cannot be written; an old file at `path` is as it was.
    """
    own = plan_json(plan, planned.figures_json())
    write_whole(Path(path), plan_text(planned.mission, autopilot=plan.drone.autopilot, own=own))


def write_mission(
    mission: Mission,
    path: str | Path,
    *,
    autopilot: str = "ardupilot",
    plan_data: Mapping[str, object] | None = None,
    dji: bool = False,
    drone: str = "",
    now_ms: int = 0,
) -> tuple[str, ...]:
    """Write a mission in the format that the name's ending says (see ENDINGS); what was lost comes back as sentences.

    `dji` makes a .kmz a DJI WPML file, for the profile named `drone`, made at `now_ms` since 1970.

    Raises:
        BadInput: another ending, something that the format cannot do without, or the file cannot be written.
    """
    target = Path(path)
    if dji and target.suffix.lower() != ".kmz":
        raise BadInput(target, "a DJI WPML file must end in .kmz")
    if target.suffix.lower() == ".plan":
        write_whole(target, plan_text(mission, autopilot=autopilot, own=plan_data))
        return plan_notes(mission)
    if dji:
        data, lost = wpml_bytes(mission, target, drone=drone, now_ms=now_ms)
        write_whole_bytes(target, data)
        return (*lost, *_without_plan("WPML", plan_data))
    data, lost = _written(mission, target, plan_data)
    write_whole_bytes(target, data)
    return tuple(lost)


def _written(mission: Mission, target: Path, plan_data: Mapping[str, object] | None) -> tuple[bytes, list[str]]:
    """The bytes of a mission in the format of the target's ending, and what was lost."""
    name = target.stem
    lost: list[str] = []
    match target.suffix.lower():
        case ".waypoints" | ".txt":
            text, lost = waypoints_text(mission), _beyond_waypoints(mission, plan_data)
        case ".kml":
            text = kml_text(mission, name=name, plan_data=plan_data)
        case ".kmz":
            packed = packed_bytes({"doc.kml": kml_text(mission, name=name, plan_data=plan_data)})
            return packed, ["written as KML in a zip, for earth viewers; DJI Pilot 2 needs --dji"]
        case ".geojson" | ".json":
            text = geojson_text(mission, name=name, plan_data=plan_data)
        case ".gpx":
            text = gpx_text(mission, name=name, plan_data=plan_data)
        case ".fence" | ".fen":
            text, lost = fence_text(mission, target)
            lost = [*lost, *_only("the fence", mission, plan_data)]
        case ".rally" | ".ral":
            text, lost = rally_text(mission, target)
            lost = [*lost, *_only("rally points", mission, plan_data)]
        case other:
            known = ", ".join(sorted(ENDINGS))
            raise BadInput(target, f"missions are written as {known}, not {other or 'without an ending'}")
    return text.encode("utf-8", "replace"), lost


def write_waypoints(mission: Mission, path: str | Path) -> None:
    """Write a waypoint file ("QGC WPL 110") with home as item 0; fence and rally points are not part of that format.

    Raises:
        BadInput: the file cannot be written.
    """
    write_whole(Path(path), waypoints_text(mission))


def _imported(read: tuple[Mission, list[str]], source: Path) -> Imported:
    mission, notes = read
    return Imported(mission, notes=tuple(notes), source=source)


def _from_zip(source: Path, height_m: float | None) -> Imported:
    members = members_of(source, endings=(".kml", ".wpml"))
    if any(name.lower().endswith("waylines.wpml") or name.lower().startswith("wpmz/") for name in members):
        return _imported(mission_from_wpml(members, source, height_m=height_m), source)
    if not members:
        raise BadInput(source, "is a zip file without a .kml in it")
    name = next((n for n in members if n.lower() == "doc.kml"), min(members, key=lambda n: (n.count("/"), n)))
    return _from_xml(members[name], source, height_m)


def _from_xml(text: str, source: Path, height_m: float | None) -> Imported:
    root = root_name(text, source)
    if root == "gpx":
        mission, plan, notes = mission_from_gpx(text, source, height_m=height_m)
    else:
        mission, plan, notes = mission_from_kml(text, source, height_m=height_m)
    return Imported(mission, plan, tuple(notes), source)


def _from_json(document: object, source: Path, height_m: float | None) -> Imported:
    if is_mission(document):
        mission, plan, notes = mission_from_geojson(document, source)
        return Imported(mission, plan, tuple(notes), source)
    if isinstance(document, dict) and document.get("type") in _GEOJSON:
        if height_m is None:
            raise BadInput(
                source,
                "holds areas (GeoJSON), not a mission; make a plan of it with 'plan new', "
                "or fly along its lines as they are with --height-m",
            )
        return _imported(line_mission(document, source, height_m=height_m), source)
    mission, notes = mission_from_plan(document, source)
    own = document.get("quaywatch") if isinstance(document, dict) else None
    if own is not None and not isinstance(own, dict):
        raise BadInput(source, "'quaywatch' is no object; the file was damaged")
    return Imported(mission, own, tuple(notes), source)


def _beyond_waypoints(mission: Mission, plan_data: Mapping[str, object] | None) -> list[str]:
    lost = []
    if mission.fence_polygons or mission.fence_circles or mission.rally or mission.breach_return:
        lost.append("fence and rally points are not part of a waypoint file and were left out")
    if mission.cruise_speed_m_s is not None and plan_data is None:
        lost.append("the default speeds are not part of a waypoint file and were left out")
    return [*lost, *_without_plan("a waypoint file", plan_data)]


def _without_plan(what: str, plan_data: Mapping[str, object] | None) -> list[str]:
    return [] if plan_data is None else [f"areas and profiles are not part of {what} and were left out"]


def _only(what: str, mission: Mission, plan_data: Mapping[str, object] | None) -> list[str]:
    return [f"only {what} was written; mission items are not part of that file"] if mission.items or plan_data else []
