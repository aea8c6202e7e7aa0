"""When a zone applies, and how a file's plain texts say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from planner.model.errors import BadInput

DAYS = {"MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6, "SUN": 7}


@dataclass(frozen=True, slots=True)
class Window:
    """When a zone applies: from `start` to `end` (None: open), on some days, between two times of day, all UTC.

    `days` are ISO weekdays, 1 for Monday; empty means every day. A `until` before `since` runs past midnight.

    Raises:
        ValueError: a time without a zone, or a weekday that is none.
    """

    start: datetime | None = None
    end: datetime | None = None
    days: frozenset[int] = frozenset()
    since: time | None = None
    until: time | None = None

    def __post_init__(self) -> None:
        if any(moment is not None and moment.tzinfo is None for moment in (self.start, self.end)):
            raise ValueError("a zone's times need a time zone")
        if not self.days <= frozenset(range(1, 8)):
            raise ValueError(f"weekdays are 1 to 7, got {sorted(self.days)}")

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the window is open at any moment from `start` to `end`, both with a time zone."""
        first = start if self.start is None else max(start, self.start)
        last = end if self.end is None else min(end, self.end)
        if first > last:
            return False
        if not self.days and self.since is None and self.until is None:
            return True
        first, last = first.astimezone(UTC), last.astimezone(UTC)
        days = min((last.date() - first.date()).days + 2, 16)
        return any(self._open_on(first - timedelta(days=1) + timedelta(days=n), first, last) for n in range(days))

    def _open_on(self, day: datetime, first: datetime, last: datetime) -> bool:
        """Whether the opening that begins on the date of `day` touches the span from `first` to `last`."""
        if self.days and day.isoweekday() not in self.days:
            return False
        opens = datetime.combine(day.date(), self.since or time.min, UTC)
        closes = datetime.combine(day.date(), self.until or time.max, UTC)
        if closes <= opens:
            closes += timedelta(days=1)
        return opens <= last and closes >= first


def windows_said(given: Mapping[str, object], source: str, what: str) -> tuple[Window, ...]:
    """The window that a zone's properties say; none where they say nothing: the zone applies always.

    `start_utc` and `end_utc` are dates with times (ISO 8601, UTC where no offset is given), `days` weekdays as
    "MON,FRI" or a list, `since_utc` and `until_utc` times of day, "08:00".

    Raises:
        BadInput: a text that is no time or day, or an end before its start.
    """
    start, end = (_moment(given.get(f"{side}_utc"), source, f"{what}: '{side}_utc'") for side in ("start", "end"))
    since, until = (_clock(given.get(f"{side}_utc"), source, f"{what}: '{side}_utc'") for side in ("since", "until"))
    days = _weekdays(given.get("days"), source, what)
    if start is not None and end is not None and end < start:
        raise BadInput(source, f"{what} ends at {end:%Y-%m-%d %H:%M} UTC, before it starts; correct its times")
    if start is None and end is None and since is None and until is None and not days:
        return ()
    return (Window(start, end, days, since, until),)


def _moment(value: object, source: str, what: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(source, f"{what} is {str(value)[:40]!r}, not a time such as 2026-08-05T12:00Z") from None


def _clock(value: object, source: str, what: str) -> time | None:
    if value is None or value == "":
        return None
    try:
        clock = time.fromisoformat(str(value).strip())
    except ValueError:
        clock = None
    if clock is None or clock.utcoffset():
        raise BadInput(source, f"{what} is {str(value)[:40]!r}, not a time of day in UTC such as 08:00")
    return clock.replace(tzinfo=None)


def _weekdays(value: object, source: str, what: str) -> frozenset[int]:
    if value is None or value == "":
        return frozenset()
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    known = [DAYS.get(str(n).strip().upper()[:3]) for n in names] if isinstance(names, Sequence) else [None]
    days = frozenset(day for day in known if day is not None)
    if None in known:
        raise BadInput(source, f"{what}: 'days' is {str(value)[:40]!r}, not weekdays such as MON,TUE")
    return days
