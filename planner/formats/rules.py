"""The rules of an operation from a data file: EASA's come along (planner/route/data), others replace them."""

from difflib import get_close_matches
from pathlib import Path

from planner.formats.fields import Fields
from planner.formats.files import parse_json, read_text
from planner.model.errors import BadInput
from planner.model.rules import Rules, Severity

EASA = Path(__file__).parents[1] / "route" / "data" / "rules_easa.json"
VERSION = 1
_RULES = frozenset(
    {"title", "max_height_m", "sight_m", "beyond_sight", "range_m", "people_m", "people_one_to_one"}
    | {"max_speed_m_s", "night", "night_note", "source", "note"}
)
_MARGINS = frozenset({"zone_m", "obstacle_m", "fairway_mast_m", "least_height_m", "gust_factor", "source", "note"})


def read_rules(path: str | Path = EASA, operation: str | None = None) -> Rules:
    """The rules of one operation in a file, of the file's default one if none is named.

    Raises:
        BadInput: unreadable, another version, no such operation, or a wrong field; names it.
    """
    source = Path(path)
    top = Fields(parse_json(read_text(source), source), source, "the top level")
    if top.whole("version", VERSION) != VERSION:
        raise top.refuse(f"version {top.whole('version')} is not known; version {VERSION} is read")
    operations = top.fields("operations")
    name = (operation or top.text("default")).strip().lower()
    if name not in operations:
        known = ", ".join(_names(top))
        raise BadInput(source, f"has no operation {name[:40]!r}; known are {known}")
    given = operations.fields(name)
    margins = top.fields("margins") if "margins" in top else Fields({}, source, "margins")
    _must_be_known(given, _RULES)
    _must_be_known(margins, _MARGINS)
    plain = Rules()
    return Rules(
        name=name,
        title=given.text("title", name),
        max_height_m=_positive(given, "max_height_m"),
        sight_m=_positive(given, "sight_m"),
        beyond_sight=_severity(given, "beyond_sight") or Severity.WARNING,
        range_m=_positive(given, "range_m"),
        people_m=_not_negative(given, "people_m", plain.people_m),
        people_one_to_one=given.flag("people_one_to_one", default=True),
        max_speed_m_s=_positive(given, "max_speed_m_s"),
        night=_severity(given, "night"),
        night_note=given.text("night_note", ""),
        zone_margin_m=_not_negative(margins, "zone_m", plain.zone_margin_m),
        obstacle_margin_m=_not_negative(margins, "obstacle_m", plain.obstacle_margin_m),
        fairway_mast_m=_not_negative(margins, "fairway_mast_m", plain.fairway_mast_m),
        least_height_m=_not_negative(margins, "least_height_m", plain.least_height_m),
        gust_factor=max(1.0, margins.number("gust_factor", plain.gust_factor)),
        source=given.text("source", ""),
    )


def operations(path: str | Path = EASA) -> tuple[str, ...]:
    """The names of the operations in a file of rules.

    Raises:
        BadInput: unreadable.
    """
    source = Path(path)
    return tuple(_names(Fields(parse_json(read_text(source), source), source, "the top level")))


def _must_be_known(given: Fields, known: frozenset[str]) -> None:
    """A rule under a misspelt name would not be held."""
    for key in given.names:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; is '{near[0]}' meant?" if near else f"; known are {', '.join(sorted(known))}"
            raise given.refuse(f"'{key[:40]}' is no field of the rules{hint}")


def _names(top: Fields) -> list[str]:
    operations = top.raw("operations")
    return sorted(map(str, operations)) if isinstance(operations, dict) else []


def _positive(given: Fields, key: str) -> float | None:
    value = given.maybe_number(key)
    if value is not None and value <= 0:
        raise given.refuse(f"'{key}' must be positive, got {value:g}")
    return value


def _not_negative(given: Fields, key: str, default: float) -> float:
    value = given.number(key, default)
    if value < 0:
        raise given.refuse(f"'{key}' must not be negative, got {value:g}")
    return value


def _severity(given: Fields, key: str) -> Severity | None:
    if given.raw(key) is None:
        return None
    text = given.text(key)
    if text not in set(Severity):
        raise given.refuse(f"'{key}' is {text[:40]!r}; error, warning and null are known")
    return Severity(text)
