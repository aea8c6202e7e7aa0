"""The statements behind a case: rows written and read inside a transaction that the caller holds."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from detection.ais.match import Association, Ledger, Outcome, Unseen
from detection.ais.tracks import AisStatic, AisTrack, AisTracks
from detection.case import codec, schema
from detection.case.chain import Event, Json, next_event
from detection.case.values import Review, Verdict
from detection.footage.frames import Frame
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.track.looks import Looks
from detection.triage.flags import Flag
from detection.vision.boxes import Boxes
from planner.geo.points import LatLon
from planner.model.zone import Zone


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows, if there are any."""
    if rows:
        connection.execute(insert(table), list(rows))


def get_meta(connection: Connection, key: str) -> str | None:
    """A value of the case as a whole."""
    found = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar_one_or_none()
    return None if found is None else str(found)


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Writes a value of the case as a whole."""
    connection.execute(delete(schema.meta).where(schema.meta.c.key == key))
    put(connection, schema.meta, [{"key": key, "value": value}])


# the log


def last_event(connection: Connection) -> Event | None:
    """The newest event."""
    row = connection.execute(select(schema.events).order_by(schema.events.c.seq.desc()).limit(1)).first()
    return None if row is None else Event(*row)


def log(connection: Connection, kind: str, data: Mapping[str, Json], at_utc: datetime) -> Event:
    """Adds an event to the chain."""
    new = next_event(last_event(connection), at_utc=at_utc, kind=kind, data=data)
    put(connection, schema.events, [asdict(new)])
    return new


def all_events(connection: Connection) -> list[Event]:
    """The whole log, oldest first."""
    return [Event(*row) for row in connection.execute(select(schema.events).order_by(schema.events.c.seq))]


# footage and detections


def root_id_of(connection: Connection, root: Path, case_folder: Path) -> int:
    """The id of a footage root, added if it is new."""
    known = connection.execute(select(schema.roots.c.root_id).where(schema.roots.c.path == str(root))).scalar()
    if known is not None:
        return int(known)
    beside = way_from(root, case_folder)
    done = connection.execute(insert(schema.roots).values(path=str(root), beside_case=beside))
    return int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert always has one


def way_from(root: Path, case_folder: Path) -> str | None:
    """The way from the case to the root, if both lie in one folder and may be moved together."""
    import os

    way = os.path.relpath(root, case_folder)
    return Path(way).as_posix() if way.count("..") <= 2 else None


def input_id_of(connection: Connection, row: Mapping[str, Any]) -> tuple[int, bool]:
    """The id of an input with this root, path and hash; True if it is new."""
    table = schema.inputs
    same = (table.c.root_id == row["root_id"]) & (table.c.path == row["path"]) & (table.c.sha256 == row["sha256"])
    known = connection.execute(select(table.c.input_id).where(same)).scalar()
    if known is not None:
        return int(known), False
    done = connection.execute(insert(table).values(**row))
    return int(done.inserted_primary_key[0]), True  # type: ignore[index]  # an insert always has one


def put_frame(connection: Connection, frame: Frame, input_id: int) -> None:
    """Writes a frame, or what is now known about one that is there already."""
    row = codec.frame_row(frame)
    known = connection.execute(
        select(schema.frames.c.frame_id).where(schema.frames.c.frame_id == frame.frame_id)
    ).first()
    if known is None:
        put(connection, schema.frames, [{**row, "input_id": input_id}])
    else:
        own = schema.frames.c.frame_id == frame.frame_id
        connection.execute(update(schema.frames).where(own).values(**row, input_id=input_id))


def put_boxes(
    connection: Connection,
    frame_id: str,
    fingerprint: str,
    boxes: Boxes,
    run_id: int,
    looks: Sequence[Looks | None] = (),
) -> None:
    """Writes one frame's detections, with their colours where known."""
    done = connection.execute(
        insert(schema.detection_sets).values(frame_id=frame_id, fingerprint=fingerprint, run_id=run_id)
    )
    set_id = int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert always has one
    put(
        connection,
        schema.detections,
        [
            {
                "set_id": set_id,
                "n": n,
                "left": float(boxes.xyxy[n, 0]),
                "top": float(boxes.xyxy[n, 1]),
                "right": float(boxes.xyxy[n, 2]),
                "bottom": float(boxes.xyxy[n, 3]),
                "score": float(boxes.score[n]),
                "label": int(boxes.label[n]),
            }
            for n in range(len(boxes))
        ],
    )
    if any(look is not None for look in looks):
        own = select(schema.detections.c.detection_id).where(schema.detections.c.set_id == set_id)
        ids = connection.execute(own.order_by(schema.detections.c.n)).scalars()
        told = [
            {"detection_id": detection_id, "shares": codec.text_of(list(look))}
            for detection_id, look in zip(ids, looks, strict=True)
            if look is not None
        ]
        put(connection, schema.detection_looks, told)


def looks_by_frame(connection: Connection, fingerprint: str) -> dict[str, tuple[Looks | None, ...]]:
    """The colours of all detections of a detector by frame, in the boxes' order."""
    sets, boxes, looks = schema.detection_sets, schema.detections, schema.detection_looks
    query = (
        select(sets.c.frame_id, looks.c.shares)
        .select_from(sets.join(boxes, sets.c.set_id == boxes.c.set_id))
        .outerjoin(looks, looks.c.detection_id == boxes.c.detection_id)
        .where(sets.c.fingerprint == fingerprint)
        .order_by(sets.c.frame_id, boxes.c.n)
    )
    found: dict[str, list[Looks | None]] = {}
    for frame_id, text in connection.execute(query):
        found.setdefault(frame_id, []).append(codec.looks_of(None if text is None else json.loads(text)))
    return {frame_id: tuple(several) for frame_id, several in found.items()}


def boxes_by_frame(
    connection: Connection, fingerprint: str, frame_id: str | None = None
) -> dict[str, tuple[Boxes, list[int]]]:
    """Stored detections with their ids by frame; frames in which nothing was found are there with no boxes."""
    sets, rows = schema.detection_sets, schema.detections
    wanted = sets.c.fingerprint == fingerprint
    if frame_id is not None:
        wanted &= sets.c.frame_id == frame_id
    columns = (rows.c.detection_id, rows.c.left, rows.c.top, rows.c.right, rows.c.bottom, rows.c.score, rows.c.label)
    query = (
        select(sets.c.frame_id, *columns)
        .select_from(sets.outerjoin(rows, sets.c.set_id == rows.c.set_id))
        .where(wanted)
        .order_by(sets.c.frame_id, rows.c.n)
    )
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        kept = found.setdefault(row[0], [])
        if row[1] is not None:
            kept.append(row[1:])
    return {frame: (_boxes(kept), [int(r[0]) for r in kept]) for frame, kept in found.items()}


def _boxes(kept: Sequence[Any]) -> Boxes:
    if not kept:
        return Boxes.none()
    return Boxes(
        np.array([r[1:5] for r in kept], np.float32),
        np.array([r[5] for r in kept], np.float32),
        np.array([r[6] for r in kept], np.int64),
    )


# results


def clear_results(connection: Connection) -> None:
    """Takes out all that follows from detections; reviews and the log stay."""
    for table in schema.RESULTS:
        connection.execute(delete(table))


def put_sightings(
    connection: Connection, sightings: Iterable[Sighting], detections: Mapping[str, tuple[Boxes, list[int]]]
) -> None:
    """Writes sightings, each with the detection whose box it has."""
    ids = {
        (frame_id, tuple(boxes.xyxy[n].tolist()), int(boxes.label[n])): detection_id
        for frame_id, (boxes, found) in detections.items()
        for n, detection_id in enumerate(found)
    }
    put(
        connection,
        schema.sightings,
        [
            {
                "sighting_id": s.sighting_id,
                "frame_id": s.frame_id,
                "detection_id": ids.get((s.frame_id, tuple(np.array(s.box, np.float32).tolist()), s.label)),
                "record": codec.text_of(codec.sighting_record(s)),
            }
            for s in sightings
        ],
    )


def put_contacts(connection: Connection, contacts: Sequence[Contact], flags: Sequence[Flag]) -> None:
    """Writes contacts with the score of their strongest flag, what they are made of, and the flags."""
    scores: dict[str, float] = {}
    for flag in flags:
        for contact_id in (flag.contact_id, *flag.other_contact_ids):
            scores[contact_id] = max(scores.get(contact_id, 0.0), float(flag.score))
    rows = [
        {
            "contact_id": c.contact_id,
            "mmsi": c.mmsi,
            "score": scores.get(c.contact_id, 0.0),
            "record": codec.text_of(codec.contact_record(c)),
        }
        for c in contacts
    ]
    put(connection, schema.contacts, rows)
    links = [
        {"sighting_id": sighting_id, "contact_id": c.contact_id, "n": n}
        for c in contacts
        for n, sighting_id in enumerate(c.sighting_ids)
    ]
    put(connection, schema.contact_sightings, links)
    put(
        connection,
        schema.flags,
        [
            {
                "flag_id": f.flag_id,
                "contact_id": f.contact_id,
                "rule": f.rule,
                "score": float(f.score),
                "record": codec.text_of(codec.flag_record(f)),
            }
            for f in flags
        ],
    )


def put_zones(connection: Connection, zones: Iterable[Zone]) -> None:
    """Writes the zones that the rules used."""
    rows = [{"name": z.name, "rule": z.rule.value, "rings": codec.text_of(codec.rings_of_zone(z))} for z in zones]
    put(connection, schema.zones, rows)


def put_ais(connection: Connection, tracks: AisTracks, ledger: Ledger) -> None:
    """Writes the AIS reports used, and what came of them."""
    set_meta(connection, "ais_source", tracks.source)
    vessels = [{"mmsi": t.mmsi, "record": codec.text_of(asdict(t.static))} for t in tracks.by_mmsi.values()]
    put(connection, schema.ais_vessels, vessels)
    names = ("time_utc_s", "lat_deg", "lon_deg", "speed_kn", "course_deg", "heading_deg")
    fixes = [
        {"mmsi": track.mmsi, **{k: _none(v) for k, v in zip(names, row, strict=True)}}
        for track in tracks.by_mmsi.values()
        for row in zip(*(getattr(track, name).tolist() for name in names), strict=True)
    ]
    put(connection, schema.ais_fixes, fixes)
    put_ledger(connection, ledger)


def put_ledger(connection: Connection, ledger: Ledger) -> None:
    """Writes the three outcomes."""
    rows = []
    for a in ledger.associations:
        record = {**asdict(a), "at": codec.place(a.at)}
        rows.append(
            {
                "contact_id": a.contact_id,
                "outcome": a.outcome.value,
                "mmsi": a.mmsi,
                "record": codec.text_of(record),
            }
        )
    put(connection, schema.associations, rows)
    unseen = [
        {
            "mmsi": u.mmsi,
            "record": codec.text_of({**asdict(u), "at": codec.place(u.at), "at_utc": codec.iso(u.at_utc)}),
        }
        for u in ledger.unseen
    ]
    put(connection, schema.unseen, unseen)


def _none(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 - NaN is the one value unlike itself


def read_ais(connection: Connection) -> AisTracks | None:
    """The AIS reports used last, as tracks; None if none were given."""
    source = get_meta(connection, "ais_source")
    if source is None:
        return None
    rows: dict[int, list[tuple[float, ...]]] = {}
    order = select(schema.ais_fixes).order_by(schema.ais_fixes.c.mmsi, schema.ais_fixes.c.time_utc_s)
    for mmsi, *row in connection.execute(order):
        rows.setdefault(mmsi, []).append(tuple(np.nan if v is None else v for v in row))
    statics = {
        mmsi: AisStatic(**json.loads(text))
        for mmsi, text in connection.execute(select(schema.ais_vessels.c.mmsi, schema.ais_vessels.c.record))
    }
    tracks = {}
    for mmsi, found in rows.items():
        table = np.array(found, float)
        tracks[mmsi] = AisTrack(statics[mmsi], *(table[:, n].copy() for n in range(6)))
    return AisTracks(source, tracks)


def association_of(text: str) -> Association:
    """The association of a row."""
    r = json.loads(text)
    return Association(**{**r, "outcome": Outcome(r["outcome"]), "at": codec.place_of(r["at"])})


def unseen_of(text: str) -> Unseen:
    """The unseen vessel of a row."""
    r = json.loads(text)
    at_utc = datetime.fromisoformat(r["at_utc"])
    return Unseen(**{**r, "at": LatLon(*r["at"]), "at_utc": at_utc, "frame_ids": tuple(r["frame_ids"])})


# reviews


def review_of(row: Any) -> Review:  # noqa: ANN401 - a database row
    """The review of a row."""
    at = None if row.lat_deg is None else LatLon(row.lat_deg, row.lon_deg)
    return Review(
        review_id=row.review_id,
        contact_id=row.contact_id,
        sighting_ids=tuple(json.loads(row.sighting_ids)),
        verdict=Verdict(row.verdict),
        note=row.note,
        by=row.by,
        at_utc=datetime.fromisoformat(row.at_utc),
        at=at,
    )


def count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
