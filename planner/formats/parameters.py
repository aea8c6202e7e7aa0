"""Values of frozen classes to JSON and back, by the types of their fields: a pattern's parameters in a plan file."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from planner.formats.fields import as_number, as_place, kind_of
from planner.geo.points import LatLon
from planner.model.errors import BadInput

_Value = TypeVar("_Value")
MOST_ROWS = 200_000
_TIMES: dict[Any, str] = {datetime: "a time such as 2026-05-01T12:00:00+00:00", time: "a time of day such as 06:30"}


def value_json(value: object) -> object:
    """A value of the kinds that planner/model/patterns.py names, as JSON."""
    match value:
        case None | bool() | int() | float():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case datetime() | time():
            return value.isoformat()
        case LatLon():
            return [value.lat_deg, value.lon_deg]
        case tuple():
            return [value_json(part) for part in value]
        case frozenset():
            return sorted(value)
        case _:
            pass
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: value_json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in a plan file")


def value_from(wanted: type[_Value], value: object, source: Path, where: str) -> _Value:
    """The value of the frozen class `wanted`; fields that are absent get their defaults, unknown ones are passed over.

    Raises:
        BadInput: a field of another kind, or a value that the class refuses; names the field.
    """
    if not isinstance(value, Mapping):
        raise BadInput(source, f"{where} is {kind_of(value)}; an object is needed")
    hints = get_type_hints(wanted)
    given = {
        name: _field(hint, value[name], source, f"{where}: '{name}'") for name, hint in hints.items() if name in value
    }
    try:
        return wanted(**given)
    except (TypeError, ValueError) as error:
        raise BadInput(source, f"{where}: {error}") from None


def _field(hint: Any, value: object, source: Path, where: str) -> object:  # noqa: ANN401 -- a type hint has no type
    if get_origin(hint) in {Union, types.UnionType}:
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return _rows(get_args(hint), value, source, where)
    if get_origin(hint) is frozenset:
        return frozenset(_rows((*get_args(hint), Ellipsis), value, source, where))
    if hint is float:
        return as_number(value, source, where)
    if hint is LatLon:
        return as_place(value, source, where)
    if hint in _TIMES or issubclass(hint, StrEnum):
        return _from_text(hint, value, source, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return value_from(hint, value, source, where)
    if type(value) is not hint:  # bool, int and str as they are: true is no whole number
        raise BadInput(source, f"{where} is {kind_of(value)}; {hint.__name__} is needed")
    return value


def _rows(hints: tuple[Any, ...], value: object, source: Path, where: str) -> tuple[object, ...]:
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        raise BadInput(source, f"{where} is {kind_of(value)}; a list of at most {MOST_ROWS:,} is needed")
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_field(hints[0], part, source, f"{where} {i}") for i, part in enumerate(value, start=1))
    if len(value) != len(hints):
        raise BadInput(source, f"{where} has {len(value)} elements; {len(hints)} are needed")
    return tuple(_field(hint, part, source, where) for hint, part in zip(hints, value, strict=True))


def _from_text(hint: Any, value: object, source: Path, where: str) -> object:  # noqa: ANN401 -- as above
    if not isinstance(value, str):
        raise BadInput(source, f"{where} is {kind_of(value)}; a text is needed")
    try:
        return hint.fromisoformat(value) if hint in _TIMES else hint(value)
    except ValueError:
        known = _TIMES.get(hint) or ", ".join(hint)
        raise BadInput(source, f"{where} is {value!r}; known are {known}") from None
