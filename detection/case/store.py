"""A case that is written: by the pipeline and by the analyst."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, insert, select, update

from detection.ais.match import Ledger
from detection.ais.tracks import AisTracks
from detection.case import codec, crops, rows, schema
from detection.case.chain import Event, Json, canonical
from detection.case.database import (
    FILE_NAME,
    WriterLock,
    bring_up_to_date,
    check_version,
    engine_of,
    make_folder,
    make_tables,
    reading,
    writing,
)
from detection.case.errors import CaseError, NotACase, UnknownItem
from detection.case.values import Review, Verdict
from detection.case.view import CaseView
from detection.footage.frames import Frame
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.track.looks import Looks
from detection.triage.flags import Flag
from detection.vision.boxes import Boxes
from planner.model.zone import Zone

MAX_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it came in: `root` the folder that was named, `path` the file in it."""

    root: Path
    path: Path
    kind: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Results:
    """All that follows from the detections of one detector, stored at once or not at all."""

    fingerprint: str
    sightings: Sequence[Sighting]
    contacts: Sequence[Contact]
    flags: Sequence[Flag]
    zones: Sequence[Zone] = ()
    tracks: AisTracks | None = None
    ledger: Ledger | None = None


class Case(CaseView):
    """A case that may be added to. What a call has returned from is on the disk."""

    @classmethod
    def create_or_open(cls, folder: Path, *, at_utc: datetime | None = None) -> Self:
        """The case in a folder; an empty or new folder becomes one.

        Raises:
            CaseError: one of its kinds says why not (not a case, newer, damaged, read-only, busy, disk full).
        """
        make_folder(folder)
        engine = engine_of(folder)
        made = make_tables(engine, folder)
        check_version(engine, folder)
        bring_up_to_date(engine, folder)
        case = cls(folder, engine)
        if made:
            case._name_itself(at_utc or datetime.now(UTC))
        return case

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The case in a folder that holds one.

        Raises:
            NotACase: no case there; other CaseErrors as they are found.
        """
        if not (folder / FILE_NAME).is_file():
            raise NotACase(folder, "holds no case; name the folder that was given to `quaywatch triage --case`")
        engine = engine_of(folder)
        check_version(engine, folder)
        bring_up_to_date(engine, folder)
        return cls(folder, engine)

    def _name_itself(self, at_utc: datetime) -> None:
        with writing(self._engine, self.folder) as c:
            name = str(uuid.uuid4())
            rows.set_meta(c, "case_id", name)
            rows.set_meta(c, "created_utc", at_utc.isoformat())
            rows.log(c, "created", {"case_id": name}, at_utc)

    def writer_lock(self) -> WriterLock:
        """Held while triaging: a second triage into this case is refused, not mixed in."""
        return WriterLock(self.folder)

    # triage

    def begin_run(self, *, fingerprint: str, options: Mapping[str, Json], at_utc: datetime) -> int:
        """Notes that a triage starts; returns its number."""
        with writing(self._engine, self.folder) as c:
            done = c.execute(
                insert(schema.runs).values(
                    started_utc=at_utc.isoformat(), fingerprint=fingerprint, options=codec.text_of(options)
                )
            )
            run_id = int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert always has one
            rows.log(c, "run", {"run_id": run_id, "fingerprint": fingerprint, "options": dict(options)}, at_utc)
        return run_id

    def end_run(self, run_id: int, *, outcome: Mapping[str, Json], at_utc: datetime) -> None:
        """Notes how a triage ended."""
        with writing(self._engine, self.folder) as c:
            own = schema.runs.c.run_id == run_id
            values = {"finished_utc": at_utc.isoformat(), "outcome": codec.text_of(outcome)}
            c.execute(update(schema.runs).where(own).values(**values))
            rows.log(c, "finished", {"run_id": run_id, "outcome": dict(outcome)}, at_utc)

    def add_input(self, evidence: Evidence, *, run_id: int, at_utc: datetime) -> None:
        """Notes a file other than a frame: a log, zones, weights."""
        with writing(self._engine, self.folder) as c:
            self._input(c, evidence, run_id, at_utc)

    def add_frame(self, frame: Frame, evidence: Evidence, *, run_id: int, at_utc: datetime) -> None:
        """Writes a frame with what is now known about it."""
        with writing(self._engine, self.folder) as c:
            rows.put_frame(c, frame, self._input(c, evidence, run_id, at_utc))

    def add_detections(
        self,
        frame_id: str,
        boxes: Boxes,
        *,
        fingerprint: str,
        run_id: int,
        at_utc: datetime,
        looks: Sequence[Looks | None] = (),
    ) -> None:
        """Writes what a detector found in a frame, once; `looks` are the boxes' colours, in their order."""
        with writing(self._engine, self.folder) as c:
            rows.put_boxes(c, frame_id, fingerprint, boxes, run_id, looks)
            data: dict[str, Json] = {
                "frame_id": frame_id,
                "fingerprint": fingerprint,
                "boxes": len(boxes),
                "sha256": boxes_hash(boxes),
            }
            rows.log(c, "detected", data, at_utc)

    def detections(self, fingerprint: str) -> dict[str, Boxes]:
        """All that a detector found, by frame."""
        with reading(self._engine, self.folder) as c:
            return {frame: found[0] for frame, found in rows.boxes_by_frame(c, fingerprint).items()}

    def looks(self, fingerprint: str) -> dict[str, tuple[Looks | None, ...]]:
        """The colours of all that a detector found, by frame in the boxes' order; None where they are not known."""
        with reading(self._engine, self.folder) as c:
            return rows.looks_by_frame(c, fingerprint)

    def replace_results(self, results: Results, *, at_utc: datetime) -> None:
        """Puts sightings, contacts, AIS outcomes and flags in the place of the old ones, in one transaction."""
        with writing(self._engine, self.folder) as c:
            rows.clear_results(c)
            rows.put_sightings(c, results.sightings, rows.boxes_by_frame(c, results.fingerprint))
            rows.put_contacts(c, results.contacts, results.flags)
            rows.put_zones(c, results.zones)
            if results.tracks is not None:
                rows.put_ais(c, results.tracks, results.ledger or Ledger(()))
            rows.set_meta(c, "fingerprint", results.fingerprint)
            revision = int(rows.get_meta(c, "results_revision") or "0") + 1
            rows.set_meta(c, "results_revision", str(revision))
            data: dict[str, Json] = {
                "revision": revision,
                "sightings": len(results.sightings),
                "contacts": len(results.contacts),
                "flags": len(results.flags),
                "sha256": results_hash(c),
            }
            rows.log(c, "results", data, at_utc)

    def keep_crops(self, frame: Frame, image_bgr: npt.NDArray[np.uint8], boxes: Boxes) -> None:
        """Cuts the small pictures of a frame's boxes while its pixels are at hand."""
        for n in range(len(boxes)):
            left, top, right, bottom = (float(edge) for edge in boxes.xyxy[n])
            box = (left, top, right, bottom)
            path = crops.crop_path(self.folder, frame.sha256, box, crops.DEFAULT_SIZE)
            if not path.exists():
                crops.keep(path, crops.from_pixels(image_bgr, box, crops.DEFAULT_SIZE))

    def _input(self, c: Connection, evidence: Evidence, run_id: int, at_utc: datetime) -> int:
        root_id = rows.root_id_of(c, evidence.root, self.folder.absolute())
        path = evidence.path.relative_to(evidence.root).as_posix()
        row = {
            "root_id": root_id,
            "path": path,
            "kind": evidence.kind,
            "sha256": evidence.sha256,
            "size_bytes": evidence.size_bytes,
            "run_id": run_id,
        }
        input_id, new = rows.input_id_of(c, row)
        if new:
            data: dict[str, Json] = {
                "input_id": input_id,
                "path": path,
                "kind": evidence.kind,
                "sha256": evidence.sha256,
                "size_bytes": evidence.size_bytes,
            }
            rows.log(c, "ingested", data, at_utc)
        return input_id

    # people

    def review(
        self, contact_id: str, verdict: Verdict | str, note: str = "", by: str = "", at_utc: datetime | None = None
    ) -> Review:
        """Adds a decision about a contact; on the disk when this returns.

        Raises:
            UnknownItem: no contact of that id.
            CaseError: not a verdict, or a note that is too long.
        """
        try:
            decided = Verdict(verdict)
        except ValueError:
            known = ", ".join(v.value for v in Verdict)
            raise CaseError(self.folder, f"{verdict!r} is not a verdict; use one of {known}") from None
        note, by = _plain(note), _plain(by)
        if len(note) > MAX_NOTE or len(by) > 200:
            raise CaseError(self.folder, f"the note is longer than {MAX_NOTE} characters, or the name than 200")
        moment = at_utc or datetime.now(UTC)
        contact = self.contact(contact_id)
        row: dict[str, Json] = {
            "contact_id": contact_id,
            "sighting_ids": codec.text_of(list(contact.sighting_ids)),
            "verdict": decided.value,
            "note": note,
            "by": by,
            "at_utc": moment.isoformat(),
            "lat_deg": None if contact.at is None else contact.at.lat_deg,
            "lon_deg": None if contact.at is None else contact.at.lon_deg,
        }
        with writing(self._engine, self.folder) as c:
            done = c.execute(insert(schema.reviews).values(**row))
            review_id = int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert always has one
            rows.log(c, "review", {"review_id": review_id, **row}, moment)
        return Review(review_id, contact_id, contact.sighting_ids, decided, note, by, moment, contact.at)

    def note_export(self, kind: str, sha256: str, *, at_utc: datetime) -> Event:
        """Notes in the log that a report was written, with its hash."""
        with writing(self._engine, self.folder) as c:
            return rows.log(c, "exported", {"kind": kind, "sha256": sha256}, at_utc)

    def relink(self, old_root: Path, new_root: Path, *, at_utc: datetime) -> int:
        """Tells the case that footage was moved; returns how many files it now finds.

        `old_root` is as the case has it; relative ones count from the current folder, as they did at triage.

        Raises:
            UnknownItem: the case has no such footage folder.
        """
        table = schema.roots
        with writing(self._engine, self.folder) as c:
            new = str(new_root.absolute())
            beside = rows.way_from(new_root.absolute(), self.folder.absolute())
            own = table.c.path == str(old_root.absolute())
            done = c.execute(update(table).where(own).values(path=new, beside_case=beside))
            if done.rowcount == 0:
                known = ", ".join(c.execute(select(table.c.path)).scalars())
                raise UnknownItem(self.folder, f"has no footage folder {old_root}; it has {known}")
            rows.log(c, "relinked", {"from": str(old_root.absolute()), "to": new}, at_utc)
        return sum(entry.path.exists() for entry in self.inputs())


def _plain(text: str) -> str:
    """Text that every database and page can hold: no NUL, no lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def boxes_hash(boxes: Boxes) -> str:
    """SHA-256 of boxes, equal for equal ones on every machine."""
    parts = (boxes.xyxy.astype("<f4"), boxes.score.astype("<f4"), boxes.label.astype("<i8"))
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def results_hash(c: Connection) -> str:
    """SHA-256 of all that follows from the detections, equal for equal results."""
    digest = hashlib.sha256()
    for table in sorted(schema.RESULTS, key=lambda t: t.name):
        columns = [column for column in table.c if column.name not in ("detection_id", "zone_id")]
        rows_of = sorted(canonical(list(row)) for row in c.execute(select(*columns)))
        digest.update(canonical((table.name, *rows_of)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
