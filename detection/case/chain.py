"""The chained log of a case: each event holds the SHA-256 of the one before it (docs/case-format.md).

Pure: no file, no clock. An event cannot be changed, taken out or put in without every later hash changing.
What a chain alone cannot show is a cut at its end; the newest hash is therefore printed in each report.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | tuple[Json, ...] | Mapping[str, Json] | None"

START = "0" * 64
"""What the first event names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: `data` is canonical JSON text, `sha256` covers all the other fields."""

    seq: int
    at_utc: str
    kind: str
    data: str
    previous_sha256: str
    sha256: str


def canonical(value: Json) -> str:
    """JSON text that equal values always give: sorted keys, no spaces, no NaN.

    >>> canonical({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def event_hash(*, seq: int, at_utc: str, kind: str, data: str, previous_sha256: str) -> str:
    """SHA-256 of an event, in hex: of the canonical JSON list of its fields."""
    text = canonical([seq, at_utc, kind, data, previous_sha256])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def next_event(last: Event | None, *, at_utc: datetime, kind: str, data: Mapping[str, Json]) -> Event:
    """The event that follows `last` (None: the first of a case)."""
    seq = 1 if last is None else last.seq + 1
    previous = START if last is None else last.sha256
    when, text = at_utc.isoformat(), canonical(data)
    digest = event_hash(seq=seq, at_utc=when, kind=kind, data=text, previous_sha256=previous)
    return Event(seq, when, kind, text, previous, digest)


def broken_links(events: Iterable[Event]) -> tuple[str, ...]:
    """What is wrong with a chain, in sentences; empty for a sound one."""
    wrong: list[str] = []
    previous, expected = START, 1
    for event in events:
        if event.seq != expected:
            wrong.append(f"event {expected} is missing; the next one is {event.seq}")
        if event.previous_sha256 != previous:
            wrong.append(f"event {event.seq} does not follow the one before it")
        digest = event_hash(
            seq=event.seq,
            at_utc=event.at_utc,
            kind=event.kind,
            data=event.data,
            previous_sha256=event.previous_sha256,
        )
        if digest != event.sha256:
            wrong.append(f"event {event.seq} ({event.kind}) was changed after it was written")
        previous, expected = event.sha256, event.seq + 1
    return tuple(wrong)
