"""Typed look-ups in parsed JSON; every refusal names the file, the place and the field."""

import math
from collections.abc import Mapping
from pathlib import Path

from planner.geo.points import LatLon
from planner.model.errors import BadInput


class Fields:
    """An object of a JSON file, with the place it stands at, for messages such as "item 3: 'frame' is missing"."""

    def __init__(self, value: object, source: Path, where: str) -> None:
        if not isinstance(value, Mapping):
            raise BadInput(source, f"{where} is {kind_of(value)}; an object is needed")
        self._value: Mapping[str, object] = value
        self.source = source
        self.where = where

    def __contains__(self, key: str) -> bool:
        return self._value.get(key) is not None

    def raw(self, key: str) -> object:
        """The value of `key` as parsed; None if absent."""
        return self._value.get(key)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        return tuple(map(str, self._value))

    def refuse(self, problem: str) -> BadInput:
        """An error about this object."""
        return BadInput(self.source, f"{self.where}: {problem}")

    def fields(self, key: str) -> "Fields":
        """The object under `key`."""
        return Fields(self._needed(key), self.source, f"{self.where}, {key}" if self.where else key)

    def rows(self, key: str, *, most: int) -> list[object]:
        """The list under `key`, of at most `most` elements."""
        value = self._needed(key)
        if not isinstance(value, list):
            raise self.refuse(f"'{key}' is {kind_of(value)}; a list is needed")
        if len(value) > most:
            raise self.refuse(f"'{key}' has {len(value):,} elements; at most {most:,} are read")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """The text under `key`."""
        value = self._value.get(key, default) if default is not None else self._needed(key)
        if not isinstance(value, str):
            raise self.refuse(f"'{key}' is {kind_of(value)}; a text is needed")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """The finite number under `key`."""
        value = self._value.get(key, default) if default is not None else self._needed(key)
        return as_number(value, self.source, f"{self.where}: '{key}'")

    def maybe_number(self, key: str) -> float | None:
        """The number under `key`; None where it is absent or null."""
        value = self._value.get(key)
        return None if value is None else as_number(value, self.source, f"{self.where}: '{key}'")

    def whole(self, key: str, default: int | None = None) -> int:
        """The whole number under `key`."""
        value = self.number(key, None if default is None else float(default))
        if value != int(value):
            raise self.refuse(f"'{key}' is {value:g}; a whole number is needed")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """The true or false under `key`."""
        value = self._value.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse(f"'{key}' is {kind_of(value)}; true or false is needed")
        return value

    def _needed(self, key: str) -> object:
        if self._value.get(key) is None:
            raise self.refuse(f"'{key}' is missing")
        return self._value[key]


def as_number(value: object, source: Path, what: str) -> float:
    """A finite number, or a refusal that names `what`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(source, f"{what} is {kind_of(value)}; a number is needed")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadInput(source, f"{what} is too large to be a number")
    return number


def as_place(value: object, source: Path, what: str) -> LatLon:
    """A place from a list [latitude, longitude, ...]."""
    if not isinstance(value, list) or len(value) < 2:
        raise BadInput(source, f"{what} is {kind_of(value)}; [latitude, longitude] is needed")
    lat, lon = (as_number(part, source, what) for part in value[:2])
    try:
        return LatLon(lat, lon)
    except ValueError as error:
        raise BadInput(source, f"{what}: {error}") from None


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"
