"""A case as it is read: by the review page, the report and the commands. Changes nothing in the case file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, func, select

from detection.ais.match import Association, Ledger, Unseen
from detection.ais.tracks import AisTracks
from detection.case import codec, crops, rows, schema
from detection.case.chain import Event
from detection.case.database import FILE_NAME, check_version, engine_of, reading
from detection.case.errors import NotACase, UnknownItem
from detection.case.values import Counts, Input, QueueItem, Review, Run
from detection.footage.frames import Frame
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from detection.vision.boxes import Boxes
from planner.model.zone import Zone


class CaseView:
    """A case that is only read. Every call sees one consistent state; calls may come from any thread."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self._engine = engine
        self._board_of: _Board | None = None
        self._reviews: list[Review] = []
        self._frame_sha: dict[str, str] = {}

    @classmethod
    def open_read_only(cls, folder: Path) -> Self:
        """The case in a folder, also one on a medium that cannot be written.

        Raises:
            NotACase: no case there; other CaseErrors as they are found.
        """
        if not (folder / FILE_NAME).is_file():
            raise NotACase(folder, "holds no case; name the folder that was given to `quaywatch triage --case`")
        engine = engine_of(folder, read_only=True)
        check_version(engine, folder)
        return cls(folder, engine)

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # the whole

    def counts(self) -> Counts:
        """How much the case holds (detections: those of the detector used last)."""
        with reading(self._engine, self.folder) as c:
            sets, boxes = schema.detection_sets, schema.detections
            used = rows.get_meta(c, "fingerprint")
            joined = select(func.count()).select_from(boxes.join(sets)).where(sets.c.fingerprint == used)
            posed = select(func.count()).where(schema.frames.c.pose.is_not(None))
            return Counts(
                frames=rows.count(c, schema.frames),
                with_pose=int(c.execute(posed).scalar_one()),
                detections=int(c.execute(joined).scalar_one()),
                sightings=rows.count(c, schema.sightings),
                contacts=rows.count(c, schema.contacts),
                flags=rows.count(c, schema.flags),
                reviews=rows.count(c, schema.reviews),
            )

    def created_utc(self) -> datetime | None:
        """When the case was made."""
        with reading(self._engine, self.folder) as c:
            return codec.when(rows.get_meta(c, "created_utc"))

    def runs(self) -> tuple[Run, ...]:
        """All triages, oldest first."""
        with reading(self._engine, self.folder) as c:
            found = c.execute(select(schema.runs).order_by(schema.runs.c.run_id)).all()
        return tuple(
            Run(
                r.run_id,
                datetime.fromisoformat(r.started_utc),
                codec.when(r.finished_utc),
                r.fingerprint,
                json.loads(r.options),
                None if r.outcome is None else json.loads(r.outcome),
            )
            for r in found
        )

    def events(self) -> tuple[Event, ...]:
        """The whole log, oldest first."""
        with reading(self._engine, self.folder) as c:
            return tuple(rows.all_events(c))

    def inputs(self) -> tuple[Input, ...]:
        """Every file that went in, with its hash as it was then."""
        with reading(self._engine, self.folder) as c:
            query = select(schema.inputs, schema.roots.c.path.label("root"), schema.roots.c.beside_case)
            found = c.execute(query.join(schema.roots).order_by(schema.inputs.c.input_id)).all()
        return tuple(
            Input(r.input_id, self._where(r.root, r.beside_case, r.path), r.kind, r.sha256, r.size_bytes) for r in found
        )

    def _where(self, root: str, beside: str | None, path: str) -> Path:
        """Where a file should be: in its root, or as far from the case as it was, if both were moved together."""
        expected = Path(root) / path
        if beside is not None and not expected.exists():
            moved = (self.folder.absolute() / beside / path).resolve()
            if moved.exists():
                return moved
        return expected

    # frames

    def frames(self) -> tuple[Frame, ...]:
        """All frames, by time and id."""
        with reading(self._engine, self.folder) as c:
            found = self._frames(c)
        return tuple(sorted(found, key=lambda f: (f.at_utc is None, f.at_utc and f.at_utc.timestamp(), f.frame_id)))

    def frame(self, frame_id: str) -> Frame:
        """A frame; `path` is where its file is expected, which need not exist any more.

        Raises:
            UnknownItem: no frame of that id.
        """
        with reading(self._engine, self.folder) as c:
            found = self._frames(c, frame_id)
        if not found:
            raise UnknownItem(self.folder, f"has no frame {frame_id}")
        return found[0]

    def _frames(self, c: Connection, frame_id: str | None = None) -> list[Frame]:
        query = (
            select(schema.frames, schema.inputs.c.path, schema.roots.c.path.label("root"), schema.roots.c.beside_case)
            .join(schema.inputs, schema.frames.c.input_id == schema.inputs.c.input_id)
            .join(schema.roots, schema.inputs.c.root_id == schema.roots.c.root_id)
        )
        if frame_id is not None:
            query = query.where(schema.frames.c.frame_id == frame_id)
        return [
            Frame(
                frame_id=r.frame_id,
                path=self._where(r.root, r.beside_case, r.path),
                sha256=r.sha256,
                width_px=r.width_px,
                height_px=r.height_px,
                at_utc=codec.when(r.at_utc),
                pose=None if r.pose is None else codec.pose_of(json.loads(r.pose)),
                intrinsics=None if r.intrinsics is None else codec.intrinsics_of(json.loads(r.intrinsics)),
                camera=r.camera,
                notes=tuple(json.loads(r.notes)),
            )
            for r in c.execute(query).all()
        ]

    def boxes_of(self, frame_id: str) -> Boxes:
        """What the detector used last found in a frame; no boxes where it has not looked."""
        with reading(self._engine, self.folder) as c:
            fingerprint = rows.get_meta(c, "fingerprint") or ""
            found = rows.boxes_by_frame(c, fingerprint, frame_id).get(frame_id)
        return Boxes.none() if found is None else found[0]

    # contacts

    def queue(self) -> tuple[QueueItem, ...]:
        """All contacts, strongest flags first; those without a flag come last."""
        return self._board().items

    def _board(self) -> "_Board":
        """The queue with its indices, made anew only after a triage or a review."""
        with reading(self._engine, self.folder) as c:
            revision = rows.get_meta(c, "results_revision") or "0"
            reviews = self._all_reviews(c)
            now = (revision, len(reviews))
            board = self._board_of
            if board is not None and board.state == now:
                return board
            if board is None or board.state[0] != revision:
                board = _Board.of(now, _ordered(c))
        self._board_of = board = board.reviewed(now, reviews)
        return board

    def contact(self, contact_id: str) -> Contact:
        """A contact.

        Raises:
            UnknownItem: no contact of that id.
        """
        table = schema.contacts
        with reading(self._engine, self.folder) as c:
            row = c.execute(select(table).where(table.c.contact_id == contact_id)).first()
        if row is None:
            raise UnknownItem(self.folder, f"has no contact {contact_id}; `quaywatch case list` shows them")
        return codec.contact_of(row.contact_id, row.mmsi, row.record)

    def sightings_of(self, contact_id: str) -> tuple[Sighting, ...]:
        """A contact's sightings in its own order."""
        links, table = schema.contact_sightings, schema.sightings
        query = (
            select(table.c.sighting_id, table.c.frame_id, table.c.record)
            .join(links, links.c.sighting_id == table.c.sighting_id)
            .where(links.c.contact_id == contact_id)
            .order_by(links.c.n)
        )
        with reading(self._engine, self.folder) as c:
            return tuple(codec.sighting_of(*row) for row in c.execute(query))

    def sightings_in(self, frame_id: str) -> tuple[Sighting, ...]:
        """All sightings of a frame, by id."""
        table = schema.sightings
        query = select(table.c.sighting_id, table.c.frame_id, table.c.record).order_by(table.c.sighting_id)
        with reading(self._engine, self.folder) as c:
            return tuple(codec.sighting_of(*row) for row in c.execute(query.where(table.c.frame_id == frame_id)))

    def sighting(self, sighting_id: str) -> Sighting:
        """One sighting.

        Raises:
            UnknownItem: no sighting of that id.
        """
        table = schema.sightings
        query = select(table.c.sighting_id, table.c.frame_id, table.c.record)
        with reading(self._engine, self.folder) as c:
            row = c.execute(query.where(table.c.sighting_id == sighting_id)).first()
        if row is None:
            raise UnknownItem(self.folder, f"has no sighting {sighting_id}")
        return codec.sighting_of(*row)

    def sightings(self) -> tuple[Sighting, ...]:
        """All sightings, by id."""
        table = schema.sightings
        query = select(table.c.sighting_id, table.c.frame_id, table.c.record).order_by(table.c.sighting_id)
        with reading(self._engine, self.folder) as c:
            return tuple(codec.sighting_of(*row) for row in c.execute(query))

    def flags_of(self, contact_id: str) -> tuple[Flag, ...]:
        """The flags of a contact, strongest first; also those of another contact that name it, told from its side."""
        item = self._board().by_id.get(contact_id)
        return () if item is None else item.flags

    def association_of(self, contact_id: str) -> Association | None:
        """What AIS says about a contact; None where no AIS log was given."""
        table = schema.associations
        with reading(self._engine, self.folder) as c:
            text = c.execute(select(table.c.record).where(table.c.contact_id == contact_id)).scalar()
        return None if text is None else rows.association_of(text)

    def ledger(self) -> Ledger | None:
        """The three outcomes of AIS; None where no AIS log was given."""
        with reading(self._engine, self.folder) as c:
            if rows.get_meta(c, "ais_source") is None:
                return None
            order = select(schema.associations.c.record).order_by(schema.associations.c.contact_id)
            associations = tuple(rows.association_of(text) for text in c.execute(order).scalars())
            lost = select(schema.unseen.c.record).order_by(schema.unseen.c.mmsi)
            unseen: tuple[Unseen, ...] = tuple(rows.unseen_of(text) for text in c.execute(lost).scalars())
        return Ledger(associations, unseen)

    def ais(self) -> AisTracks | None:
        """The AIS reports that were used."""
        with reading(self._engine, self.folder) as c:
            return rows.read_ais(c)

    def zones(self) -> tuple[Zone, ...]:
        """The zones that were used."""
        table = schema.zones
        query = select(table.c.name, table.c.rule, table.c.rings).order_by(table.c.zone_id)
        with reading(self._engine, self.folder) as c:
            return tuple(codec.zone_of(*row) for row in c.execute(query))

    # pictures

    def crop(self, sighting_id: str, size: int = crops.DEFAULT_SIZE) -> bytes:
        """JPEG of a sighting with its surroundings, longer side `size` pixels; kept for the next call.

        Raises:
            UnknownItem: no sighting of that id.
            FootageMissing: it was never cut at that size, and the frame's file is gone.
        """
        sighting = self.sighting(sighting_id)
        sha = self._frame_sha.get(sighting.frame_id)
        if sha is None:
            sha = self._frame_sha[sighting.frame_id] = self.frame(sighting.frame_id).sha256
        kept = crops.crop_path(self.folder, sha, sighting.box, size)
        try:
            return kept.read_bytes()
        except OSError:
            pass
        jpeg = crops.cut(crops.open_image(self.frame(sighting.frame_id).path), sighting.box, size)
        crops.keep(kept, jpeg)
        return jpeg

    # reviews

    def reviews(self) -> tuple[Review, ...]:
        """All reviews, oldest first."""
        with reading(self._engine, self.folder) as c:
            return tuple(self._all_reviews(c))

    def reviews_of(self, contact_id: str) -> tuple[Review, ...]:
        """A contact's reviews, oldest first; also those of a contact that is no more but shared sightings with it."""
        return self._board().reviews.get(contact_id, ())

    def unattached_reviews(self) -> tuple[Review, ...]:
        """Reviews of contacts that a later triage no longer finds, not even one of their sightings."""
        known = {review.review_id for found in self._board().reviews.values() for review in found}
        return tuple(review for review in self.reviews() if review.review_id not in known)

    def _all_reviews(self, c: Connection) -> list[Review]:
        """Reviews are only ever added, so only new ones are read."""
        newest = self._reviews[-1].review_id if self._reviews else 0
        table = schema.reviews
        fresh = c.execute(select(table).where(table.c.review_id > newest).order_by(table.c.review_id)).all()
        if fresh:
            self._reviews = [*self._reviews, *(rows.review_of(row) for row in fresh)]
        return self._reviews


@dataclass(frozen=True, slots=True)
class _Board:
    """The queue as of one state: which results, how many reviews."""

    state: tuple[str, int]
    items: tuple[QueueItem, ...]
    by_id: Mapping[str, QueueItem]
    reviews: Mapping[str, tuple[Review, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: tuple[str, int], items: tuple[QueueItem, ...]) -> "_Board":
        """The queue of some contacts, without reviews."""
        return cls(state, items, {item.contact.contact_id: item for item in items})

    def reviewed(self, state: tuple[str, int], reviews: Sequence[Review]) -> "_Board":
        """The same contacts with later reviews: only what these are about is made anew."""
        if not reviews:
            return replace(self, state=state)
        attached = _attached(reviews, [item.contact for item in self.items])
        by_id = dict(self.by_id)
        for contact_id, own in attached.items():
            if by_id[contact_id].review_count != len(own):
                by_id[contact_id] = replace(by_id[contact_id], last_review=own[-1], review_count=len(own))
        items = tuple(by_id[item.contact.contact_id] for item in self.items)
        return _Board(state, items, by_id, attached)


def _ordered(c: Connection) -> tuple[QueueItem, ...]:
    flags: dict[str, list[Flag]] = {}
    order = select(schema.flags).order_by(schema.flags.c.score.desc(), schema.flags.c.flag_id)
    for row in c.execute(order):
        flag = codec.flag_of(*row)
        for contact_id in (flag.contact_id, *flag.other_contact_ids):
            flags.setdefault(contact_id, []).append(flag.seen_from(contact_id))
    table = schema.contacts
    query = select(table.c.contact_id, table.c.mmsi, table.c.record, table.c.score)
    found = c.execute(query.order_by(table.c.score.desc(), table.c.contact_id)).all()
    items = ((codec.contact_of(*row[:3]), float(row[3]), tuple(flags.get(row[0], ()))) for row in found)
    queue = [QueueItem(c, score, own, None, 0, len(c.sighting_ids)) for c, score, own in items]
    return tuple(sorted(queue, key=lambda item: not item.contact.confirmed))  # what is perhaps no vessel comes last


def _attached(reviews: Sequence[Review], contacts: Sequence[Contact]) -> dict[str, tuple[Review, ...]]:
    """Reviews by the contact they are about now: that of their id, else the one with most of their sightings."""
    present = {c.contact_id for c in contacts}
    owner: dict[str, str] | None = None
    found: dict[str, tuple[Review, ...]] = {}
    for review in reviews:
        contact_id: str | None = review.contact_id
        if contact_id not in present:
            if owner is None:
                owner = {s: c.contact_id for c in contacts for s in c.sighting_ids}
            contact_id = _most_of(review, owner)
        if contact_id is not None:
            found[contact_id] = (*found.get(contact_id, ()), review)
    return found


def _most_of(review: Review, owner: Mapping[str, str]) -> str | None:
    owners = [owner[s] for s in review.sighting_ids if s in owner]
    return max(sorted(set(owners)), key=owners.count) if owners else None
