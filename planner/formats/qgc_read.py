"""QGroundControl's plan files (.plan, version 1) in: https://docs.qgroundcontrol.com/master/en/qgc-dev-guide/file_formats/plan.html."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from planner.formats.fields import Fields, as_number, as_place, kind_of
from planner.formats.qgc_landing import NEWEST, landing_items
from planner.formats.qgc_scan import scan_items
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, FenceCircle, FencePolygon, Home, Mission, MissionItem, Params, Rally

MOST_ITEMS = 65_535
"""MAVLink numbers items with 16 bits."""
EXPANDABLE = {"survey": (4, 5), "CorridorScan": (2, 3)}
"""Complex items that carry their flight items: the first version of each that does, and the newest one known."""
TRANSECT_VERSION = 2
"""Newest version of the part that a survey and a corridor scan share."""


def mission_from_plan(document: object, source: Path) -> tuple[Mission, list[str]]:
    """The mission of a parsed plan file, and notes on what was understood.

    Raises:
        BadInput: another file type or version, or an item that cannot be flown as it stands; names the item.
    """
    top = Fields(document, source, "the top level")
    if top.raw("fileType") != "Plan":
        raise BadInput(source, "is JSON but no QGroundControl plan ('fileType' is not \"Plan\")")
    if top.whole("version") != 1:
        raise BadInput(source, f"is a plan of version {top.whole('version')}; version 1 is read")
    mission = Fields(top.raw("mission"), source, "mission")
    if mission.whole("version", 2) not in {1, 2}:
        raise BadInput(source, f"mission: version {mission.whole('version')} is not known; versions 1 and 2 are read")
    notes: list[str] = []
    numbered = list(_items(mission, notes))
    if len(numbered) > MOST_ITEMS:
        raise BadInput(source, f"has {len(numbered):,} items; a vehicle takes {MOST_ITEMS:,} at most")
    polygons, circles = _fence(top)
    return (
        Mission(
            tuple(_jumps_renumbered(numbered, source)),
            home=_home(mission),
            fence_polygons=polygons,
            fence_circles=circles,
            rally=_rally(top),
            cruise_speed_m_s=mission.maybe_number("cruiseSpeed"),
            hover_speed_m_s=mission.maybe_number("hoverSpeed"),
            breach_return=_breach_return(top),
        ),
        notes,
    )


Numbered = tuple[int | None, MissionItem]
"""An item with its doJumpId."""


def _items(mission: Fields, notes: list[str]) -> Iterator[Numbered]:
    for number, row in enumerate(mission.rows("items", most=MOST_ITEMS), start=1):
        given = Fields(row, mission.source, f"item {number}")
        match given.text("type"):
            case "SimpleItem":
                yield _simple(given)
            case "ComplexItem":
                yield from _complex(given, notes)
            case other:
                raise given.refuse(f"'type' is {other!r}; SimpleItem and ComplexItem are read")


def _simple(given: Fields) -> Numbered:
    rows: list[object] = [*given.rows("params", most=7)]
    if len(rows) == 4:  # before QGroundControl 3.2: four parameters and a coordinate
        coordinate = given.rows("coordinate", most=3)
        rows += coordinate
    if len(rows) != 7:
        raise given.refuse(f"'params' has {len(rows)} numbers; 7 are needed")
    params = tuple(
        None if value is None else as_number(value, given.source, f"{given.where}: parameter {number}")
        for number, value in enumerate(rows, start=1)
    )
    jump_id = given.whole("doJumpId") if "doJumpId" in given else None
    return jump_id, item_from(given, params)


def item_from(given: Fields, params: tuple[float | None, ...]) -> MissionItem:
    """An item from its parameters and the fields command, frame and autoContinue."""
    seven: Params = (params[0], params[1], params[2], params[3], params[4], params[5], params[6])
    try:
        return MissionItem(
            given.whole("command"), given.whole("frame"), seven, given.flag("autoContinue", default=True)
        )
    except ValueError as error:
        raise given.refuse(str(error)) from None


def _complex(given: Fields, notes: list[str]) -> Iterator[Numbered]:
    kind = given.text("complexItemType")
    if kind == "StructureScan" or kind in NEWEST:
        made, more = scan_items(given, most=MOST_ITEMS) if kind == "StructureScan" else landing_items(given, kind)
        notes += [f"{given.where}: the {kind} was made into {len(made)} flight items; its shape is not kept", *more]
        yield from ((None, flown) for flown in made)
        return
    style = _style(given, kind)
    rows = style.rows("Items", most=MOST_ITEMS)
    if not rows:
        raise given.refuse(f"the {kind} holds no flight items; open it in QGroundControl and save it again")
    for number, row in enumerate(rows, start=1):
        yield _simple(Fields(row, given.source, f"{given.where} ({kind}), its item {number}"))
    notes.append(f"{given.where}: the {kind} was taken as its {len(rows)} flight items; its shape is not kept")


def _style(given: Fields, kind: str) -> Fields:
    """The part of a survey or corridor scan that holds its flight items; other complex items are refused."""
    if kind not in EXPANDABLE:
        raise given.refuse(
            f"a {kind} has no flight items of its own in the file; save it in QGroundControl as waypoints, "
            f"or leave it out"
        )
    first, newest = EXPANDABLE[kind]
    version = given.whole("version")
    if not first <= version <= newest:
        old = f"version {version} holds no flight items; open it in QGroundControl and save it again"
        raise given.refuse(
            f"{kind} of {old}"
            if version < first
            else f"{kind} of version {version} is not known; up to version {newest} is read"
        )
    style = given.fields("TransectStyleComplexItem")
    if style.whole("version", 1) > TRANSECT_VERSION:
        raise style.refuse(f"version {style.whole('version')} is not known; up to version {TRANSECT_VERSION} is read")
    if "Items" not in style:
        raise given.refuse(
            f"the {kind} holds no 'Items', the waypoints that QGroundControl stores with it; "
            "open it in QGroundControl and save it again"
        )
    return style


def _jumps_renumbered(numbered: list[Numbered], source: Path) -> Iterator[MissionItem]:
    """The items, with the targets of DO_JUMP turned from doJumpId into the item's number, counted from 1."""
    place = {}
    for number, (jump_id, _) in enumerate(numbered, start=1):
        if jump_id is not None and jump_id not in place:
            place[jump_id] = number
    for number, (_, flown) in enumerate(numbered, start=1):
        target = flown.params[0]
        if flown.command != Command.DO_JUMP or target is None:
            yield flown
            continue
        if target not in place:
            raise BadInput(source, f"item {number}: jumps to item {target:g}, which is not in the plan")
        yield replace(flown, params=(float(place[int(target)]), *flown.params[1:]))


def _home(mission: Fields) -> Home | None:
    if "plannedHomePosition" not in mission:
        return None
    row = mission.raw("plannedHomePosition")
    if isinstance(row, dict):  # version 1 of the mission part
        row = row.get("coordinate")
    at = as_place(row, mission.source, "mission: 'plannedHomePosition'")
    msl = row[2] if isinstance(row, list) and len(row) > 2 and row[2] is not None else 0.0
    return Home(at, as_number(msl, mission.source, "mission: the height of 'plannedHomePosition'"))


def _fence(top: Fields) -> tuple[tuple[FencePolygon, ...], tuple[FenceCircle, ...]]:
    if "geoFence" not in top:
        return (), ()
    fence = _part(top, "geoFence")
    polygons: list[FencePolygon] = []
    circles: list[FenceCircle] = []
    try:
        if "polygon" in fence and fence.rows("polygon", most=MOST_ITEMS):
            polygons.append(FencePolygon(_places(fence, "polygon")))
        for number, row in enumerate(fence.rows("polygons", most=1000) if "polygons" in fence else [], start=1):
            given = Fields(row, top.source, f"geoFence, polygon {number}")
            _first_version(given)
            polygons.append(FencePolygon(_places(given, "polygon"), given.flag("inclusion", default=True)))
        for number, row in enumerate(fence.rows("circles", most=1000) if "circles" in fence else [], start=1):
            given = Fields(row, top.source, f"geoFence, circle {number}")
            _first_version(given)
            circle = given.fields("circle")
            centre = as_place(circle.raw("center"), top.source, f"{circle.where}: 'center'")
            circles.append(FenceCircle(centre, circle.number("radius"), given.flag("inclusion", default=True)))
    except ValueError as error:
        raise BadInput(top.source, f"geoFence: {error}") from None
    return tuple(polygons), tuple(circles)


def _part(top: Fields, key: str) -> Fields:
    """The object of the fence or of the rally points; versions 1 and 2 are known."""
    given = Fields(top.raw(key), top.source, key)
    if given.whole("version", 2) not in {1, 2}:
        raise given.refuse(f"version {given.whole('version')} is not known; versions 1 and 2 are read")
    return given


def _first_version(given: Fields) -> None:
    if given.whole("version", 1) != 1:
        raise given.refuse(f"version {given.whole('version')} is not known; version 1 is read")


def _breach_return(top: Fields) -> Rally | None:
    """ArduPilot's fence return point, which QGroundControl keeps as [latitude, longitude, height]."""
    fence = Fields(top.raw("geoFence"), top.source, "geoFence") if "geoFence" in top else None
    if fence is None or "breachReturn" not in fence:
        return None
    row = fence.raw("breachReturn")
    at = as_place(row, top.source, "geoFence: 'breachReturn'")
    height = row[2] if isinstance(row, list) and len(row) > 2 and row[2] is not None else 0.0
    return Rally(at, as_number(height, top.source, "geoFence: the height of 'breachReturn'"))


def _places(given: Fields, key: str) -> tuple[LatLon, ...]:
    rows = given.rows(key, most=MOST_ITEMS)
    return tuple(as_place(row, given.source, f"{given.where}, place {i}") for i, row in enumerate(rows, start=1))


def _rally(top: Fields) -> tuple[Rally, ...]:
    if "rallyPoints" not in top:
        return ()
    given = _part(top, "rallyPoints")
    points = []
    for number, row in enumerate(given.rows("points", most=MOST_ITEMS) if "points" in given else [], start=1):
        where = f"rallyPoints, point {number}"
        at = as_place(row, top.source, where)
        if not isinstance(row, list) or len(row) < 3:
            raise BadInput(top.source, f"{where} is {kind_of(row)} without a height")
        points.append(Rally(at, as_number(row[2], top.source, f"{where}: its height")))
    return tuple(points)
