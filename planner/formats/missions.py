"""Missions in and out: which format a file is, is told from its contents."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.formats.files import parse_json, read_text, write_whole
from planner.formats.plan_data import plan_from, plan_json
from planner.formats.qgc_read import mission_from_plan
from planner.formats.qgc_write import plan_text
from planner.formats.wpl import HEADER, mission_from_waypoints, waypoints_text
from planner.model.errors import BadInput
from planner.model.mission import Mission
from planner.model.plan import Plan
from planner.model.planned import PlannedMission


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


def read_mission(path: str | Path) -> Imported:
    """The mission in a .plan or a waypoint file.

    Raises:
        BadInput: the file cannot be read or flown; one sentence names the item and says why.
    """
    source = Path(path)
    text = read_text(source)
    start = text.lstrip()[:200]
    if start.startswith(HEADER):
        mission, notes = mission_from_waypoints(text.lstrip(), source)
        return Imported(mission, notes=tuple(notes), source=source)
    if start.startswith("<"):
        raise BadInput(source, "is XML, not a mission; if it holds areas (KML), make a plan of it with 'plan new'")
    if start.startswith("RALLY"):
        raise BadInput(source, "is a file of rally points, not a mission")
    if not start.startswith(("{", "[")):
        raise BadInput(source, f"is neither a QGroundControl plan nor a waypoint file (no '{HEADER} 110')")
    document = parse_json(text, source)
    if isinstance(document, dict) and document.get("type") in {"FeatureCollection", "Feature", "Polygon", "LineString"}:
        raise BadInput(source, "holds areas (GeoJSON), not a mission; make a plan of it with 'plan new'")
    mission, notes = mission_from_plan(document, source)
    own = document.get("quaywatch") if isinstance(document, dict) else None
    if own is not None and not isinstance(own, dict):
        raise BadInput(source, "'quaywatch' is no object; the file was damaged")
    return Imported(mission, own, tuple(notes), source)


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
) -> None:
    """Write a mission as a .plan, or as a waypoint file where the name ends in .waypoints or .txt.

    Raises:
        BadInput: another ending, or the file cannot be written.
    """
    target = Path(path)
    match target.suffix.lower():
        case ".plan":
            write_whole(target, plan_text(mission, autopilot=autopilot, own=plan_data))
        case ".waypoints" | ".txt":
            write_waypoints(mission, target)
        case other:
            raise BadInput(
                target, f"missions are written as .plan, .waypoints or .txt, not {other or 'without an ending'}"
            )


def write_waypoints(mission: Mission, path: str | Path) -> None:
    """Write a waypoint file ("QGC WPL 110") with home as item 0; fence and rally points are not part of that format.

    Raises:
        BadInput: the file cannot be written.
    """
    write_whole(Path(path), waypoints_text(mission))
