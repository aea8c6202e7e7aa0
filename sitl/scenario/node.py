"""Typed look-ups in a parsed YAML file; every refusal names the file, the place and the field."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from planner.model.errors import BadInput

Word = TypeVar("Word", bound=StrEnum)
MOST_ROWS = 1000


class Node:
    """A mapping of the file at a place such as "faults 2". `done` refuses what nobody asked for (a misspelt field)."""

    def __init__(self, value: object, source: str, where: str) -> None:
        self.source, self.where = source, where
        if not isinstance(value, Mapping):
            raise self.refuse(f"is {_kind(value)}; fields with values are needed")
        self._value: Mapping[object, object] = value
        self._asked: set[str] = set()

    def refuse(self, problem: str) -> BadInput:
        """An error about this place."""
        return BadInput(self.source, f"{self.where}: {problem}" if self.where else problem)

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return self._value.get(key) is not None

    def is_text(self, key: str) -> bool:
        """Whether a text stands under `key`."""
        return key in self and isinstance(self._value[key], str)

    def done(self) -> None:
        """Refuses fields that are not known here.

        Raises:
            BadInput: there is one.
        """
        unknown = [str(key) for key in self._value if key not in self._asked]
        if unknown:
            raise self.refuse(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(self._asked))}")

    def node(self, key: str) -> "Node":
        """The mapping under `key`."""
        return Node(self._needed(key), self.source, self._at(key))

    def nodes(self, key: str) -> list["Node"]:
        """The list of mappings under `key`; empty where it is absent."""
        return [Node(row, self.source, f"{self._at(key)} {n}") for n, row in enumerate(self.rows(key), start=1)]

    def rows(self, key: str) -> Sequence[object]:
        """The list under `key`; empty where it is absent."""
        if key not in self:
            return ()
        value = self._value[key]
        if not isinstance(value, list):
            raise self.refuse(f"'{key}' is {_kind(value)}; a list is needed")
        if len(value) > MOST_ROWS:
            raise self.refuse(f"'{key}' has {len(value):,} entries; at most {MOST_ROWS:,} are read")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under `key`; empty where it is absent."""
        found = self.rows(key)
        for row in found:
            if not isinstance(row, str):
                raise self.refuse(f"'{key}' holds {_kind(row)}; texts are needed")
        return tuple(str(row) for row in found)

    def text(self, key: str, default: str | None = None) -> str:
        """The text under `key`."""
        if default is not None and key not in self:
            return default
        value = self._needed(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"'{key}' is {_kind(value)}; a text is needed")
        return " ".join(value.split())

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """The number under `key`, from `low` to `high`."""
        if default is not None and key not in self:
            return default
        return self._number(self._needed(key), f"'{key}'", low, high)

    def maybe(self, key: str, low: float, high: float) -> float | None:
        """The number under `key`; None where it is absent."""
        return self.number(key, low, high) if key in self else None

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """The whole number under `key`."""
        value = self.number(key, low, high, default)
        if value != int(value):
            raise self.refuse(f"'{key}' must be a whole number, got {value:g}")
        return int(value)

    def word(self, key: str, words: type[Word], default: Word | None = None) -> Word:
        """One of the words of an enumeration."""
        if default is not None and key not in self:
            return default
        return self._word(self.text(key), key, words)

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """A list of such words; empty where it is absent."""
        return tuple(self._word(text, key, words) for text in self.texts(key))

    def place(self, key: str) -> tuple[float, float]:
        """East and north in metres under `key`, as [east, north]."""
        return self._place(self._needed(key), f"'{key}'")

    def outline(self, value: object, what: str) -> tuple[tuple[float, float], ...]:
        """A polygon: at least three places [east, north]."""
        if not isinstance(value, list) or not 3 <= len(value) <= MOST_ROWS:
            raise self.refuse(f"{what} is {_kind(value)}; a list of at least three [east, north] is needed")
        return tuple(self._place(row, f"{what}, place {n}") for n, row in enumerate(value, start=1))

    def moment(self, key: str) -> datetime:
        """The moment under `key`, with its time zone (UTC where none is given)."""
        value = self._needed(key)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise self.refuse(f"'{key}' must be a time as 2026-05-01T10:00:00Z, got {value!r}") from None
        if not isinstance(value, datetime):
            raise self.refuse(f"'{key}' is {_kind(value)}; a time as 2026-05-01T10:00:00Z is needed")
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def points(self, key: str, words: type[Word]) -> dict[Word, int]:
        """Whole numbers by word, as in a rubric."""
        value = self._needed(key)
        if not isinstance(value, Mapping):
            raise self.refuse(f"'{key}' is {_kind(value)}; fields with points are needed")
        inner = Node(value, self.source, self._at(key))
        return {self._word(str(name), key, words): inner.whole(str(name), 1, 100) for name in value}

    def spans(self, key: str) -> tuple[tuple[float, float], ...]:
        """Pairs [from, to] of seconds under `key`; empty where it is absent."""
        found = []
        for n, row in enumerate(self.rows(key), start=1):
            first, last = self._place(row, f"'{key}' {n}")
            if not 0 <= first < last:
                raise self.refuse(f"'{key}' {n} must be [from, to] with 0 <= from < to, got {row}")
            found.append((first, last))
        return tuple(found)

    def _at(self, key: str) -> str:
        return f"{self.where}, {key}" if self.where else key

    def _needed(self, key: str) -> object:
        if key not in self:
            raise self.refuse(f"'{key}' is missing")
        return self._value[key]

    def _number(self, value: object, what: str, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            got = value if isinstance(value, int | float) and not isinstance(value, bool) else _kind(value)
            raise self.refuse(f"{what} must be a number from {low:g} to {high:g}, got {got}")
        return float(value)

    def _place(self, value: object, what: str) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            raise self.refuse(f"{what} is {_kind(value)}; two numbers are needed")
        first, second = (self._number(v, what, -1e6, 1e6) for v in value)
        return first, second

    def _word(self, text: str, key: str, words: type[Word]) -> Word:
        try:
            return words(text)
        except ValueError:
            raise self.refuse(f"'{key}': {text!r} is not one of {', '.join(w.value for w in words)}") from None


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a finite number"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a group of fields"}
    return names.get(type(value), f"a {type(value).__name__}")
