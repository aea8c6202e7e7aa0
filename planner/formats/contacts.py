"""Vessels of a case, as `quaywatch case list CASE --json` prints them: what a flight is to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planner.formats.fields import Fields, as_place
from planner.formats.files import parse_json, read_text
from planner.geo.points import LatLon
from planner.model.errors import BadInput

MOST_VESSELS = 10_000


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel to look at: its name, where and when it was last seen if known, and why it is worth a look."""

    name: str
    at: LatLon | None = None
    at_utc: datetime | None = None
    reason: str = ""


def read_vessels(path: str | Path) -> tuple[Vessel, ...]:
    """The vessels of a file in its order, without those that a person cleared.

    Raises:
        BadInput: unreadable, or not what 'case list --json' prints; names the contact and the field.
    """
    source = Path(path)
    top = Fields(parse_json(read_text(source), source), source, "the top level")
    if "contacts" not in top:
        raise BadInput(source, "holds no 'contacts'; give what 'quaywatch case list CASE --json' printed")
    rows = top.rows("contacts", most=MOST_VESSELS)
    given = [Fields(row, source, f"contact {number}") for number, row in enumerate(rows, start=1)]
    return tuple(_vessel(one) for one in given if one.raw("verdict") != "cleared")


def _vessel(given: Fields) -> Vessel:
    name = given.text("name") if "name" in given else ""
    name = name or (f"MMSI {given.whole('mmsi')}" if "mmsi" in given else given.text("contact"))
    at = as_place(given.raw("at"), given.source, f"{given.where}: 'at'") if "at" in given else None
    flags = [Fields(row, given.source, f"{given.where}, flag") for row in given.rows("flags", most=1000)]
    return Vessel(name, at, _moment(given), flags[0].text("reason") if flags else "")


def _moment(given: Fields) -> datetime | None:
    if "at_utc" not in given:
        return None
    text = given.text("at_utc")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise given.refuse(f"'at_utc' is {text[:40]!r}; a time such as 2026-06-01T09:30:00+00:00 is needed") from None
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
