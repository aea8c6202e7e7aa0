"""What ED-269 and ED-318 have in common: heights, restrictions, times of applicability."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path

from planner.formats.fields import Fields, as_number, kind_of
from planner.model.errors import BadInput
from planner.model.window import DAYS
from planner.model.zone import Datum, HeightLimit, Window, ZoneRule

FOOT_M = 0.3048
NO_LIMIT = 99_999
"""From this number on an upper limit means "none", in whatever unit."""
FLIGHT_LEVEL_M = 30.48
"""A hundred feet of pressure altitude."""
PRESSURE_SHARE, PRESSURE_M = 0.85, 550.0
"""A flight level may lie this much lower than its number says: in cold air by 15 %, at 950 hPa by 550 m."""


def metres_per(unit: object, source: Path, what: str) -> float:
    """What one of the unit is in metres; metres where the file says nothing."""
    match str(unit or "m").strip().lower():
        case "m" | "meter" | "metre" | "meters" | "metres":
            return 1.0
        case "ft" | "feet" | "foot":
            return FOOT_M
        case "fl":
            return FLIGHT_LEVEL_M
        case other:
            raise BadInput(source, f"{what}: the unit {other[:20]!r} is not known; m, ft and FL are read")


def limits(held: Fields, names: tuple[str, str, str]) -> tuple[HeightLimit | None, HeightLimit | None]:
    """The lower and the upper limit of a volume or layer; `names`: of the unit, and what the others' names end in.

    Raises:
        BadInput: a limit that is none.
    """
    uom, value, reference = names
    unit = metres_per(held.raw(uom), held.source, held.where)
    flight_level = unit == FLIGHT_LEVEL_M
    lower, upper = (
        _limit(
            held.raw(f"{side}{value}"),
            "STD" if flight_level else held.raw(f"{side}{reference}"),
            unit,
            held.source,
            f"{held.where}, {side} limit",
            is_upper=side == "upper",
        )
        for side in ("lower", "upper")
    )
    return lower, upper


def _limit(
    value: object, datum: object, unit_m: float, source: Path, what: str, *, is_upper: bool
) -> HeightLimit | None:
    """A height limit; None where there is none, where it means "none", or where its datum is the ellipsoid.

    Heights above the WGS 84 ellipsoid differ from those above the sea by up to 107 m; such a limit is left open, so
    that the zone is never taken as smaller than it is. So is an upper one by pressure; a lower one is taken as low as
    it may be.
    """
    if value is None or value == "":
        return None
    number = as_number(value, source, what)
    if number >= NO_LIMIT:
        return None
    match str(datum or "AGL").strip().upper():
        case "AGL" | "SFC" | "GND":
            return HeightLimit(number * unit_m, Datum.GROUND)
        case "AMSL" | "MSL":
            return HeightLimit(number * unit_m, Datum.SEA)
        case "WGS84" | "WGS-84" | "W84":
            return None
        case "STD" | "QNE" | "FL":
            return None if is_upper else HeightLimit(_least_m(number * unit_m), Datum.SEA)
        case other:
            raise BadInput(source, f"{what}: the vertical reference {other[:20]!r} is not known; AGL and AMSL are read")


def _least_m(pressure_m: float) -> float:
    return max(0.0, pressure_m * PRESSURE_SHARE - PRESSURE_M)


def rule_of(restriction: object, conditions: str, source: Path, what: str) -> ZoneRule:
    """What a published restriction means; one that is not known is taken as no-fly by refusing the file."""
    match str(restriction or "").strip().upper():
        case "PROHIBITED":
            return ZoneRule.NO_FLY
        case "REQ_AUTHORISATION" | "REQ_AUTHORIZATION" | "USPACE":
            return ZoneRule.AUTHORISATION
        case "CONDITIONAL":
            return ZoneRule.ALTITUDE_LIMIT if "MAX HEIGHT" in conditions.upper() else ZoneRule.CONDITIONAL
        case "NO_RESTRICTION":
            return ZoneRule.INFORMATION
        case other:
            raise BadInput(
                source,
                f"{what}: the restriction {other[:40]!r} is not known; PROHIBITED, REQ_AUTHORISATION, CONDITIONAL, "
                "USPACE and NO_RESTRICTION are read",
            )


def windows_of(rows: object, source: Path, what: str) -> tuple[Window, ...]:
    """The times of applicability; none for a zone that applies always.

    A schedule by sunrise or sunset, or in another zone than UTC, counts as the whole days that it touches: never less
    than the publisher says.
    """
    if rows is None:
        return ()
    if isinstance(rows, Mapping):
        rows = [rows]
    if not isinstance(rows, list):
        raise BadInput(source, f"{what}: its applicability is {kind_of(rows)}; a list is needed")
    windows: list[Window] = []
    for row in rows:
        if not isinstance(row, Mapping):
            raise BadInput(source, f"{what}: an applicability is {kind_of(row)}; an object is needed")
        if str(row.get("permanent", "")).upper() == "YES" or row.get("permanent") is True:
            return ()
        start = _moment(row.get("startDateTime"), source, what)
        end = _moment(row.get("endDateTime"), source, what)
        if start is not None and end is not None and end < start:
            raise BadInput(source, f"{what} ends at {end:%Y-%m-%d %H:%M} UTC, before it starts; correct its times")
        schedule = row.get("schedule")
        if not schedule:
            windows.append(Window(start, end))
            continue
        if not isinstance(schedule, list):
            raise BadInput(source, f"{what}: its schedule is {kind_of(schedule)}; a list is needed")
        windows.extend(_scheduled(start, end, one, source, what) for one in schedule)
    return tuple(windows)


def _scheduled(start: datetime | None, end: datetime | None, row: object, source: Path, what: str) -> Window:
    if not isinstance(row, Mapping):
        raise BadInput(source, f"{what}: a schedule is {kind_of(row)}; an object is needed")
    named = row.get("day") or []
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list):
        raise BadInput(source, f"{what}: the days of a schedule are {kind_of(names)}; a list is needed")
    known = [DAYS.get(str(name).strip().upper()[:3]) for name in names]
    days = frozenset() if None in known else frozenset(day for day in known if day is not None)
    clocks = [_clock(row.get(key), source, what) for key in ("startTime", "endTime")]
    if row.get("startEvent") or row.get("endEvent") or any(clock is not None and clock.utcoffset() for clock in clocks):
        around = frozenset((day - 1 + step) % 7 + 1 for day in days for step in (-1, 0, 1))
        return Window(start, end, around)
    since, until = (None if clock is None else clock.replace(tzinfo=None) for clock in clocks)
    return Window(start, end, days, since, until)


def _moment(value: object, source: Path, what: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(source, f"{what}: {str(value)[:40]!r} is not a date and time") from None


def _clock(value: object, source: Path, what: str) -> time | None:
    """A time of day, in UTC where it has no offset; None where there is none, and for 24:00, the end of the day."""
    if value is None or value == "" or str(value).strip().startswith("24:00"):
        return None
    try:
        return time.fromisoformat(str(value).strip())
    except ValueError:
        raise BadInput(source, f"{what}: {str(value)[:40]!r} is not a time of day") from None


def text_of(value: object) -> str:
    """A text of the file for people, cut to a sane length."""
    return "" if value is None else str(value).strip()[:500]
