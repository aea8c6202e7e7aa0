"""A mission as the items that travel, and back: home slot, jump targets, frames, scaling, "no change".

Follows https://mavlink.io/en/services/mission.html; where ArduPilot and PX4 differ, the stack decides:

- ArduPilot keeps home in item 0, so that its items start at 1 and jump targets are one higher; "no change" is 0.
- PX4 and others start at item 0; "no change" is NaN.
- Frames leave as 0, 3, 10 (5, 6, 11 were superseded in MAVLink in 2024) or 2 for items without a place.
"""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from planner.link.stack import Stack
from planner.model.mission import (
    LOCATED_COMMANDS,
    Command,
    FenceCircle,
    FencePolygon,
    Frame,
    Home,
    Mission,
    MissionItem,
    Rally,
)

MISSION, FENCE, RALLY = 0, 1, 2
TYPE_NAMES = {MISSION: "mission", FENCE: "fence", RALLY: "rally points"}
_PLAIN_FRAME = {5: 0, 6: 3, 11: 10}


@dataclass(frozen=True, slots=True)
class WireItem:
    """One item as it travels: x and y are degrees times 1e7 where the command has a place, else plain integers."""

    seq: int
    frame: int
    command: int
    params: tuple[float, float, float, float]
    x: int
    y: int
    z: float
    autocontinue: bool = True


def frame_on_wire(frame: int) -> int:
    """Frames 5, 6, 11 as their equals 0, 3, 10; all others as they are."""
    return _PLAIN_FRAME.get(frame, frame)


def mission_to_wire(mission: Mission, stack: Stack) -> tuple[WireItem, ...]:
    """The mission's items in sending order, with the home slot first where the stack has one."""
    shift = 1 if stack.has_home_slot else 0
    slots = (_home_slot(mission.home),) if shift else ()
    return slots + tuple(_to_wire(one, n + shift, shift, stack) for n, one in enumerate(mission.items))


def mission_from_wire(items: tuple[WireItem, ...], stack: Stack) -> Mission:
    """The mission that a vehicle holds."""
    home = None
    shift = 0
    if stack.has_home_slot and items:
        slot, items, shift = items[0], items[1:], 1
        if (slot.x, slot.y) != (0, 0):
            home = Home(LatLon(slot.x / 1e7, slot.y / 1e7), slot.z)
    return Mission(tuple(_from_wire(one, shift) for one in items), home=home)


def fence_to_wire(mission: Mission) -> tuple[WireItem, ...]:
    """The fence as items of mission type 1: every vertex with its polygon's vertex count, then circles."""
    rows: list[tuple[int, float, LatLon]] = []
    for polygon in mission.fence_polygons:
        command = 5001 if polygon.inclusion else 5002
        rows += [(command, float(len(polygon.places)), place) for place in polygon.places]
    rows += [(5003 if c.inclusion else 5004, c.radius_m, c.at) for c in mission.fence_circles]
    return tuple(
        WireItem(n, Frame.GLOBAL, command, (p1, 0.0, 0.0, 0.0), e7(at.lat_deg), e7(at.lon_deg), 0.0)
        for n, (command, p1, at) in enumerate(rows)
    )


def rally_to_wire(mission: Mission) -> tuple[WireItem, ...]:
    """The rally points as items of mission type 2."""
    frame = Frame.GLOBAL_RELATIVE_ALT
    return tuple(
        WireItem(n, frame, 5100, (0.0, 0.0, 0.0, 0.0), e7(r.at.lat_deg), e7(r.at.lon_deg), r.height_m)
        for n, r in enumerate(mission.rally)
    )


def lists_to_wire(mission: Mission, stack: Stack) -> tuple[tuple[int, tuple[WireItem, ...]], ...]:
    """The lists that a mission has, in the order in which they are sent: the mission, its fence, its rally points."""
    lists = [(MISSION, mission_to_wire(mission, stack))]
    if mission.fence_polygons or mission.fence_circles:
        lists.append((FENCE, fence_to_wire(mission)))
    if mission.rally:
        lists.append((RALLY, rally_to_wire(mission)))
    return tuple(lists)


def fence_from_wire(items: tuple[WireItem, ...]) -> tuple[tuple[FencePolygon, ...], tuple[FenceCircle, ...]]:
    """Polygons and circles; vertices that complete no polygon are left out."""
    polygons: list[FencePolygon] = []
    circles: list[FenceCircle] = []
    vertices: list[LatLon] = []
    for one in items:
        at = LatLon(one.x / 1e7, one.y / 1e7)
        if one.command in {5003, 5004} and one.params[0] > 0:
            circles.append(FenceCircle(at, one.params[0], inclusion=one.command == 5003))
        if one.command not in {5001, 5002}:
            continue
        vertices.append(at)
        if len(vertices) == max(3, round(one.params[0])):
            polygons.append(FencePolygon(tuple(vertices), inclusion=one.command == 5001))
            vertices = []
    return tuple(polygons), tuple(circles)


def rally_from_wire(items: tuple[WireItem, ...]) -> tuple[Rally, ...]:
    """The rally points; other items are left out."""
    return tuple(Rally(LatLon(one.x / 1e7, one.y / 1e7), one.z) for one in items if one.command == 5100)


def e7(degrees: float) -> int:
    """Degrees as the wire's integer, rounded to the nearest (not towards zero)."""
    return round(degrees * 1e7)


def _home_slot(home: Home | None) -> WireItem:
    if home is None:
        return WireItem(0, Frame.GLOBAL, Command.NAV_WAYPOINT, (0.0, 0.0, 0.0, 0.0), 0, 0, 0.0)
    place = (e7(home.at.lat_deg), e7(home.at.lon_deg))
    return WireItem(0, Frame.GLOBAL, Command.NAV_WAYPOINT, (0.0, 0.0, 0.0, 0.0), *place, home.msl_m)


def _to_wire(one: MissionItem, seq: int, shift: int, stack: Stack) -> WireItem:
    unchanged = 0.0 if stack is Stack.ARDUPILOT else math.nan
    p1, p2, p3, p4, p5, p6, p7 = one.params
    p1, p2 = unchanged if p1 is None else p1, unchanged if p2 is None else p2
    p3, p4 = unchanged if p3 is None else p3, unchanged if p4 is None else p4
    if one.command == Command.DO_JUMP:
        p1 += shift
    if one.command in LOCATED_COMMANDS:
        x, y, frame = round((p5 or 0.0) * 1e7), round((p6 or 0.0) * 1e7), frame_on_wire(one.frame)
    else:
        x, y, frame = round(p5 or 0.0), round(p6 or 0.0), int(Frame.MISSION)
    z = unchanged if p7 is None else p7
    return WireItem(seq, frame, one.command, (p1, p2, p3, p4), x, y, z, autocontinue=one.autocontinue)


def _from_wire(one: WireItem, shift: int) -> MissionItem:
    p1, p2, p3, p4 = (p if math.isfinite(p) else None for p in one.params)
    if one.command == Command.DO_JUMP and p1 is not None:
        p1 -= shift
    z = one.z if math.isfinite(one.z) else None
    located = one.command in LOCATED_COMMANDS
    p5, p6 = (one.x / 1e7, one.y / 1e7) if located else (float(one.x), float(one.y))
    frame = frame_on_wire(one.frame) if located else int(Frame.MISSION)
    return MissionItem(one.command, frame, (p1, p2, p3, p4, p5, p6, z), autocontinue=one.autocontinue)
