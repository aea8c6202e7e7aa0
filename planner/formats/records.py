"""A mission as plain JSON values, for formats that have no words of their own for it (KML, GPX, GeoJSON).

What such a file shows in its own words (places, lines, heights) is for other programs; beside it stands this record,
so that reading gives back the same mission. Where another program has moved a place, the place it shows wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.formats.fields import Fields, as_number, as_place
from planner.formats.qgc_read import MOST_ITEMS, item_from
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import (
    Command,
    FenceCircle,
    FencePolygon,
    Frame,
    Home,
    Mission,
    MissionItem,
    Rally,
)
from planner.model.mission import item as item_of

VERSION = 1
Position = tuple[float, float, float | None]
"""Latitude, longitude, metres above mean sea level or None."""


def item_record(one: MissionItem) -> dict[str, object]:
    """An item's record; the same fields as in a QGroundControl plan."""
    return {
        "command": one.command,
        "frame": one.frame,
        "params": list(one.params),
        "autoContinue": one.autocontinue,
    }


def item_of_record(value: object, source: Path, number: int) -> MissionItem:
    """The item of a record.

    Raises:
        BadInput: a field missing or wrong; names the item.
    """
    given = Fields(value, source, f"item {number}")
    rows = given.rows("params", most=7)
    if len(rows) != 7:
        raise given.refuse(f"'params' has {len(rows)} numbers; 7 are needed")
    params = tuple(
        None if row is None else as_number(row, source, f"{given.where}: parameter {n}")
        for n, row in enumerate(rows, start=1)
    )
    return item_from(given, params)


def mission_record(mission: Mission, plan_data: Mapping[str, object] | None) -> dict[str, object]:
    """All of a mission but its items, and Quaywatch's own plan if there is one."""
    home, back = mission.home, mission.breach_return
    return {
        "version": VERSION,
        "items": len(mission),
        "home": None if home is None else [home.at.lat_deg, home.at.lon_deg, home.msl_m],
        "cruiseSpeed": mission.cruise_speed_m_s,
        "hoverSpeed": mission.hover_speed_m_s,
        "fencePolygons": [
            {"inclusion": p.inclusion, "polygon": [[q.lat_deg, q.lon_deg] for q in p.places]}
            for p in mission.fence_polygons
        ],
        "fenceCircles": [
            {"inclusion": c.inclusion, "center": [c.at.lat_deg, c.at.lon_deg], "radius": c.radius_m}
            for c in mission.fence_circles
        ],
        "rally": [[r.at.lat_deg, r.at.lon_deg, r.height_m] for r in mission.rally],
        "breachReturn": None if back is None else [back.at.lat_deg, back.at.lon_deg, back.height_m],
        "plan": None if plan_data is None else dict(plan_data),
    }


def mission_of_record(
    value: object, items: Sequence[MissionItem], source: Path
) -> tuple[Mission, dict[str, object] | None]:
    """The mission of a record and its items, and Quaywatch's own plan in it.

    Raises:
        BadInput: another version, a field wrong, or items missing.
    """
    given = Fields(value, source, "its Quaywatch record")
    if given.whole("version") != VERSION:
        raise given.refuse(f"version {given.whole('version')} is not known; version {VERSION} is read")
    if given.whole("items") != len(items):
        raise given.refuse(f"{given.whole('items')} items were written, but {len(items)} are in the file; it is cut")
    home = _with_height(given.raw("home"), source, "'home'")
    back = _with_height(given.raw("breachReturn"), source, "'breachReturn'")
    plan = given.raw("plan")
    if plan is not None and not isinstance(plan, dict):
        raise given.refuse("'plan' is no object")
    try:
        mission = Mission(
            tuple(items),
            home=None if home is None else Home(*home),
            fence_polygons=tuple(_polygons(given)),
            fence_circles=tuple(_circles(given)),
            rally=tuple(_rally(given)),
            cruise_speed_m_s=given.maybe_number("cruiseSpeed"),
            hover_speed_m_s=given.maybe_number("hoverSpeed"),
            breach_return=None if back is None else Rally(*back),
        )
    except ValueError as error:
        raise given.refuse(str(error)) from None
    return mission, plan


def shown_at(one: MissionItem, home: Home | None) -> Position | None:
    """Where other programs are to draw an item: its place, and its height above mean sea level where that is known.

    None for items that have no place.
    """
    at = one.at
    if at is None:
        return None
    height = one.height_m
    if height is None or one.frame in {Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT}:
        return at.lat_deg, at.lon_deg, None
    if one.frame in {Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT}:
        height += 0.0 if home is None else home.msl_m
    return at.lat_deg, at.lon_deg, height


def moved_to(one: MissionItem, shown: Position, home: Home | None) -> MissionItem:
    """The item, moved where another program put it; itself where nothing was moved."""
    was = shown_at(one, home)
    up = 0.0 if was is None or was[2] is None or shown[2] is None else shown[2] - was[2]
    if was is None or (was[:2] == shown[:2] and up == 0):
        return one
    height = one.height_m if one.height_m is None else one.height_m + up
    return replace(one, params=(*one.params[:4], shown[0], shown[1], height))


def plain_mission(
    places: Sequence[Position], source: Path, *, height_m: float | None, frame: Frame
) -> tuple[Mission, list[str]]:
    """A mission of plain waypoints through places of a file that knows no items.

    `height_m`, above the launch place, replaces the heights of the file.

    Raises:
        BadInput: no places, too many, or places without a height and no `height_m`.
    """
    if not places:
        raise BadInput(source, "holds no line and no points that could be flown")
    if len(places) > MOST_ITEMS:
        raise BadInput(source, f"has {len(places):,} places; a vehicle takes {MOST_ITEMS:,} at most")
    if height_m is None and any(place[2] is None for place in places):
        raise BadInput(source, "gives places without heights; say how high to fly with --height-m")
    chosen = Frame.GLOBAL_RELATIVE_ALT if height_m is not None else frame
    items = []
    for number, (lat, lon, height) in enumerate(places, start=1):
        try:
            items.append(
                item_of(
                    Command.NAV_WAYPOINT,
                    at=LatLon(lat, lon),
                    height_m=height_m if height_m is not None else (height or 0.0),
                    frame=chosen,
                )
            )
        except ValueError as error:
            raise BadInput(source, f"place {number}: {error}") from None
    notes = [f"{len(items)} places were taken as waypoints; there is no take-off and no return in the file"]
    if height_m is not None:
        notes.append(f"all fly at {height_m:g} m above the launch place, as asked for")
    return Mission(tuple(items)), notes


def _with_height(value: object, source: Path, what: str) -> tuple[LatLon, float] | None:
    if value is None:
        return None
    at = as_place(value, source, what)
    height = value[2] if isinstance(value, list) and len(value) > 2 else None
    return at, as_number(height, source, f"{what}: its height")


def _places(given: Fields, key: str) -> tuple[LatLon, ...]:
    rows = given.rows(key, most=MOST_ITEMS)
    return tuple(as_place(row, given.source, f"{given.where}, place {n}") for n, row in enumerate(rows, start=1))


def _polygons(given: Fields) -> list[FencePolygon]:
    rows = given.rows("fencePolygons", most=1000)
    each = [Fields(row, given.source, f"fence polygon {n}") for n, row in enumerate(rows, start=1)]
    return [FencePolygon(_places(one, "polygon"), one.flag("inclusion", default=True)) for one in each]


def _circles(given: Fields) -> list[FenceCircle]:
    rows = given.rows("fenceCircles", most=1000)
    each = [Fields(row, given.source, f"fence circle {n}") for n, row in enumerate(rows, start=1)]
    return [
        FenceCircle(
            as_place(one.raw("center"), given.source, f"{one.where}: 'center'"),
            one.number("radius"),
            one.flag("inclusion", default=True),
        )
        for one in each
    ]


def _rally(given: Fields) -> list[Rally]:
    found = []
    for number, row in enumerate(given.rows("rally", most=MOST_ITEMS), start=1):
        pair = _with_height(row, given.source, f"rally point {number}")
        if pair is None:
            raise given.refuse(f"rally point {number} is null")
        found.append(Rally(*pair))
    return found
