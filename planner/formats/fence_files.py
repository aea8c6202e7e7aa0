"""Fence and rally files of Mission Planner and MAVProxy.

Fence: a place per line, the first one the return point, then the polygon, its first corner repeated at the end
(https://ardupilot.org/mavproxy/docs/modules/fence.html). Rally: lines "RALLY lat lon height break-height land-bearing
flags". The newer ones are waypoint files ("QGC WPL 110") whose items are fence (5001 to 5004) or rally (5100) commands.
"""

from dataclasses import replace
from pathlib import Path

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import FenceCircle, FencePolygon, Mission, MissionItem, Rally

FENCE_RETURN, POLYGON_IN, POLYGON_OUT, CIRCLE_IN, CIRCLE_OUT, RALLY = 5000, 5001, 5002, 5003, 5004, 5100
FENCE_COMMANDS = frozenset({FENCE_RETURN, POLYGON_IN, POLYGON_OUT, CIRCLE_IN, CIRCLE_OUT, RALLY})
MOST_LINES = 10_000


def is_fence_text(text: str) -> bool:
    """Whether a text looks like a fence file: its first line that counts is two numbers."""
    parts = next((line.split() for line in text.splitlines() if _counts(line)), [])
    try:
        return len(parts) == 2 and all(abs(float(part)) <= 180 for part in parts)
    except ValueError:
        return False


def fence_from_text(text: str, source: Path) -> tuple[Mission, list[str]]:
    """A mission without items that holds the fence of an old fence file, and notes.

    Raises:
        BadInput: a line that is no place, or too few places; names the line.
    """
    places = [_place(line.split(), number, source, 2) for number, line in _lines(text, source)]
    if len(places) < 4:
        raise BadInput(source, f"has {len(places)} places; a return point and at least three corners are needed")
    back, corners = places[0], places[1:]
    if corners[0] == corners[-1]:
        corners = corners[:-1]
    try:
        polygon = FencePolygon(tuple(corners))
    except ValueError as error:
        raise BadInput(source, str(error)) from None
    mission = Mission((), fence_polygons=(polygon,), breach_return=Rally(back, 0.0))
    return mission, [f"a fence of {len(corners)} corners with its return point; the file holds no mission items"]


def rally_from_text(text: str, source: Path) -> tuple[Mission, list[str]]:
    """A mission without items that holds the rally points of a rally file, and notes.

    Raises:
        BadInput: a line that is no rally point; names the line.
    """
    points: list[Rally] = []
    lost = 0
    for number, line in _lines(text, source):
        parts = line.split()
        if parts[0].upper() != "RALLY" or len(parts) not in {4, 5, 6, 7}:
            raise BadInput(source, f"line {number}: is no 'RALLY lat lon height break-height land-bearing flags'")
        at = _place(parts[1:], number, source, 3)
        numbers = [_number(part, number, source) for part in parts[3:]]
        points.append(Rally(at, numbers[0]))
        lost += any(numbers[1:])
    notes = [f"{len(points)} rally points; the file holds no mission items"]
    if lost:
        notes.append(
            f"break height, landing bearing and flags of {lost} rally points are not kept (old ArduPlane only)"
        )
    return Mission((), rally=tuple(points)), notes


def fence_text(mission: Mission, source: Path) -> tuple[str, list[str]]:
    """A fence file of a mission's fence, and what it cannot hold.

    Raises:
        BadInput: no polygon to stay inside of.
    """
    inside = [polygon for polygon in mission.fence_polygons if polygon.inclusion]
    if not inside:
        raise BadInput(source, "has no fence polygon to stay inside of; a fence file holds just that")
    notes = []
    others = len(mission.fence_polygons) - 1 + len(mission.fence_circles)
    if others:
        notes.append(f"a fence file holds one polygon; {others} more fence areas were left out")
    corners = inside[0].places
    back = mission.breach_return.at if mission.breach_return is not None else None
    if mission.breach_return is not None and mission.breach_return.height_m:
        notes.append("a fence file holds no height of the return point; it was left out")
    if back is None:
        at = mission.rally[0].at if mission.rally else mission.home.at if mission.home else _middle(corners)
        back = at
        notes.append(
            "the mission names no return point; the first rally point, the launch place or the middle is written"
        )
    rows = [back, *corners, corners[0]]
    return "".join(f"{place.lat_deg:.7f}\t{place.lon_deg:.7f}\n" for place in rows), notes


def rally_text(mission: Mission, source: Path) -> tuple[str, list[str]]:
    """A rally file of a mission's rally points, and what it cannot hold.

    Raises:
        BadInput: no rally points.
    """
    if not mission.rally:
        raise BadInput(source, "has no rally points")
    rows = [
        f"RALLY {r.at.lat_deg:.7f}\t{r.at.lon_deg:.7f}\t{r.height_m:.6f}\t0.000000\t0.000000\t0\n"
        for r in mission.rally
    ]
    return "".join(rows), []


def with_fence_items(mission: Mission, source: Path) -> tuple[Mission, list[str]]:
    """The mission with those of its items that are fence or rally points turned into its fence and rally points.

    Raises:
        BadInput: a polygon whose corners are not all there.
    """
    taken = [one for one in mission if one.command in FENCE_COMMANDS]
    if not taken:
        return mission, []
    rest = tuple(one for one in mission if one.command not in FENCE_COMMANDS)
    polygons, circles, rally, back = [], [], [], mission.breach_return
    waiting: list[MissionItem] = []
    try:
        for one in taken:
            if one.command in {POLYGON_IN, POLYGON_OUT}:
                waiting.append(one)
                if len(waiting) == int(one.params[0] or 0):
                    polygons.append(_polygon(waiting))
                    waiting = []
            elif one.command == RALLY:
                rally.append(_rally(one))
            elif one.command == FENCE_RETURN:
                back = _rally(one)
            else:
                circles.append(FenceCircle(_at(one), one.params[0] or 0.0, one.command == CIRCLE_IN))
    except ValueError as error:
        raise BadInput(source, f"its fence: {error}") from None
    if waiting:
        raise BadInput(source, f"its fence: a polygon has {len(waiting)} corners, but says {waiting[0].params[0]}")
    whole = replace(
        mission,
        items=rest,
        fence_polygons=mission.fence_polygons + tuple(polygons),
        fence_circles=mission.fence_circles + tuple(circles),
        rally=mission.rally + tuple(rally),
        breach_return=back,
    )
    return whole, [f"{len(taken)} lines were read as fence and rally points, not as mission items"]


def _polygon(corners: list[MissionItem]) -> FencePolygon:
    if len({one.command for one in corners}) != 1:
        raise ValueError("a polygon mixes corners to stay inside and outside of")
    return FencePolygon(tuple(_at(one) for one in corners), corners[0].command == POLYGON_IN)


def _rally(one: MissionItem) -> Rally:
    return Rally(_at(one), one.params[6] or 0.0)


def _at(one: MissionItem) -> LatLon:
    if one.at is None:
        raise ValueError("a corner has no place")
    return one.at


def _middle(corners: tuple[LatLon, ...]) -> LatLon:
    return LatLon(
        sum(p.lat_deg for p in corners) / len(corners),
        sum(p.lon_deg for p in corners) / len(corners),
    )


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _lines(text: str, source: Path) -> list[tuple[int, str]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if _counts(line)]
    if len(lines) > MOST_LINES:
        raise BadInput(source, f"has {len(lines):,} lines; at most {MOST_LINES:,} are read")
    return lines


def _place(parts: list[str], number: int, source: Path, least: int) -> LatLon:
    if len(parts) < least:
        raise BadInput(source, f"line {number}: has {len(parts)} numbers; latitude and longitude are needed")
    try:
        return LatLon(float(parts[0]), float(parts[1]))
    except ValueError as error:
        raise BadInput(source, f"line {number}: {error}") from None


def _number(text: str, number: int, source: Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e6:
        raise BadInput(source, f"line {number}: {text[:20]!r}; a number is needed")
    return value
