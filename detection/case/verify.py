"""Whether a case is as it was written: its log, its rows against the log, and the files it was made from."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from detection.case import rows, schema
from detection.case.chain import START, Event, broken_links
from detection.case.database import damage, reading
from detection.case.store import boxes_hash, results_hash
from detection.case.values import Input, Verified
from detection.case.view import CaseView


def verify(case: CaseView) -> Verified:
    """Checks the chain of the log, that tables and log agree, and the hash of every file that went in."""
    problems = [f"the case file is damaged: {line}" for line in damage(case._engine, case.folder)]  # noqa: SLF001 - same room
    inputs = case.inputs()
    with reading(case._engine, case.folder) as c:  # noqa: SLF001 - same room
        events = rows.all_events(c)
        problems += broken_links(events)
        problems += _reviews(c, events)
        problems += _inputs(inputs, events)
        problems += _detections(c, events)
        problems += _results(c, events)
    missing, changed = _files(inputs)
    head = events[-1].sha256 if events else START
    return Verified(len(events), len(inputs), head, tuple(problems + changed), tuple(missing))


def _told(events: Iterable[Event], kind: str) -> list[dict[str, Any]]:
    found = []
    for event in events:
        if event.kind == kind:
            try:
                found.append(json.loads(event.data))
            except ValueError:
                found.append({})
    return found


def _reviews(c: Connection, events: Sequence[Event]) -> list[str]:
    stored = {row.review_id: dict(row._mapping) for row in c.execute(select(schema.reviews))}  # noqa: SLF001 - its name
    told = {data.get("review_id"): data for data in _told(events, "review")}
    wrong = [f"review {n} was taken out" for n in sorted(set(told) - set(stored), key=str)]
    wrong += [f"review {n} was put in past the log" for n in sorted(set(stored) - set(told), key=str)]
    wrong += [f"review {n} was changed" for n in sorted(set(told) & set(stored), key=str) if told[n] != stored[n]]
    return wrong


def _inputs(inputs: Sequence[Input], events: Sequence[Event]) -> list[str]:
    told = {data.get("input_id"): data for data in _told(events, "ingested")}
    stored = {entry.input_id: entry for entry in inputs}
    wrong = [f"the record of input {n} was taken out" for n in sorted(set(told) - set(stored), key=str)]
    for n, entry in stored.items():
        said = told.get(n)
        if said is None:
            wrong.append(f"input {n} ({entry.path.name}) was put in past the log")
        elif (said.get("sha256"), said.get("size_bytes"), said.get("kind")) != (
            entry.sha256,
            entry.size_bytes,
            entry.kind,
        ):
            wrong.append(f"the record of input {n} ({entry.path.name}) was changed")
    return wrong


def _detections(c: Connection, events: Sequence[Event]) -> list[str]:
    told = {(str(d.get("frame_id")), str(d.get("fingerprint"))): d.get("sha256") for d in _told(events, "detected")}
    prints = c.execute(select(schema.detection_sets.c.fingerprint).distinct()).scalars().all()
    stored = {
        (frame_id, fingerprint): boxes_hash(found[0])
        for fingerprint in prints
        for frame_id, found in rows.boxes_by_frame(c, fingerprint).items()
    }
    return [
        f"the detections of frame {key[0]} were changed"
        for key in sorted(set(told) | set(stored), key=str)
        if told.get(key) != stored.get(key)
    ]


def _results(c: Connection, events: Sequence[Event]) -> list[str]:
    told = _told(events, "results")
    if told and told[-1].get("sha256") != results_hash(c):
        return ["sightings, contacts or flags were changed after they were worked out"]
    return []


def _files(inputs: Sequence[Input]) -> tuple[list[str], list[str]]:
    missing: list[str] = []
    changed: list[str] = []
    for entry in inputs:
        try:
            found = file_hash(entry.path)
        except OSError:
            missing.append(f"{entry.path} is not there any more")
            continue
        if found != entry.sha256:
            changed.append(f"{entry.path} is not the file that went in: its SHA-256 differs")
    return missing, changed


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
