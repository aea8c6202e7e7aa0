"""Waypoint files ("QGC WPL 110", .waypoints and .txt): https://mavlink.io/en/file_formats/#mission_plain_text_file."""

import math
from dataclasses import replace
from pathlib import Path

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Home, Mission, MissionItem, Params

HEADER = "QGC WPL"
VERSIONS = {"110", "120"}
MOST_ITEMS = 65_535
_ORDER = ("number", "current", "frame", "command", *(f"parameter {n}" for n in range(1, 8)), "autocontinue")


def mission_from_waypoints(text: str, source: Path) -> tuple[Mission, list[str]]:
    """The mission of a waypoint file; its item 0 is home.

    A first line that is no NAV_WAYPOINT is taken as a mission item (some writers leave home out), with a note. Targets
    of DO_JUMP are item numbers; item 1 is the first after home, as in Mission.

    Raises:
        BadInput: another header, a line that is no item, a number that is none; names line and field.
    """
    lines = text.splitlines()
    header = lines[0].split() if lines else []
    if header[:2] != HEADER.split() or len(header) != 3:
        raise BadInput(source, f"is no waypoint file: its first line is not '{HEADER} 110'")
    if header[2] not in VERSIONS:
        raise BadInput(source, f"is a waypoint file of version {header[2][:20]}; version 110 is read")
    items: list[MissionItem] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        items.append(_item(line, number, len(items), source))
        if len(items) > MOST_ITEMS:
            raise BadInput(source, f"has more than {MOST_ITEMS:,} items; no vehicle takes that many")
    if not items:
        raise BadInput(source, "holds no items")
    return _with_home(items)


def waypoints_text(mission: Mission) -> str:
    """The text of a waypoint file; without a known home, home is written as 0/0 at height 0."""
    at = mission.home.at if mission.home else LatLon(0.0, 0.0)
    msl = mission.home.msl_m if mission.home else 0.0
    home = MissionItem(Command.NAV_WAYPOINT, Frame.GLOBAL, (0.0, 0.0, 0.0, 0.0, at.lat_deg, at.lon_deg, msl))
    rows = [f"{HEADER} 110"]
    for number, item in enumerate((home, *mission)):
        params = [_plain(value, place=n in {4, 5}) for n, value in enumerate(item.params)]
        rows.append(
            "\t".join(
                [
                    str(number),
                    str(int(number == 0)),
                    str(item.frame),
                    str(item.command),
                    *params,
                    str(int(item.autocontinue)),
                ]
            )
        )
    return "\n".join(rows) + "\n"


def _with_home(items: list[MissionItem]) -> tuple[Mission, list[str]]:
    first = items[0]
    if first.command != Command.NAV_WAYPOINT:
        shifted = tuple(_jump_later(item) for item in items)
        return Mission(shifted), ["the file has no home as its item 0; all its lines were taken as items"]
    at = first.at
    home = None if at is None else Home(at, first.params[6] or 0.0)
    return Mission(tuple(items[1:]), home=home), []


def _jump_later(item: MissionItem) -> MissionItem:
    """The item, its jump counted from 1 instead of 0."""
    target = item.params[0]
    if item.command != Command.DO_JUMP or target is None:
        return item
    return replace(item, params=(target + 1, *item.params[1:]))


def _item(line: str, line_number: int, expected: int, source: Path) -> MissionItem:
    where = f"line {line_number}"
    cells = line.split("\t") if "\t" in line else line.split()
    cells = [cell.strip() for cell in cells if cell.strip()]
    if len(cells) != len(_ORDER):
        raise BadInput(source, f"{where}: has {len(cells)} fields; an item has {len(_ORDER)}")
    numbers = [_number(cell, name, where, source) for cell, name in zip(cells, _ORDER, strict=True)]
    for index in (0, 1, 2, 3, 11):
        value = numbers[index]
        if value is None or value != int(value):
            raise BadInput(source, f"{where}: {_ORDER[index]} is {cells[index][:20]!r}; a whole number is needed")
    if numbers[0] != expected:
        raise BadInput(
            source, f"{where}: is item {cells[0][:20]}, but item {expected} is due; the file is cut or mixed up"
        )
    p: Params = (numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], numbers[9], numbers[10])
    try:
        return MissionItem(int(numbers[3] or 0), int(numbers[2] or 0), p, bool(numbers[11]))
    except ValueError as error:
        raise BadInput(source, f"{where} (item {expected}): {error}") from None


def _number(cell: str, name: str, where: str, source: Path) -> float | None:
    if cell.lower() == "nan" and name in {"parameter 1", "parameter 2", "parameter 3", "parameter 4"}:
        return None
    try:
        value = float(cell)
    except ValueError:
        raise BadInput(source, f"{where}: {name} is {cell[:20]!r}; a number is needed") from None
    if not math.isfinite(value):
        raise BadInput(source, f"{where}: {name} is {cell[:20]!r}; a finite number is needed")
    return value


def _plain(value: float | None, *, place: bool) -> str:
    if value is None:
        return "nan"
    text = f"{value:.8f}" if place else f"{value:.6f}"
    return text if float(text) == value else repr(float(value))
