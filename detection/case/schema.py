"""The tables of a case file, version 2 (docs/case-format.md).

Times are ISO 8601 text in UTC; lists and small records are JSON text; angles degrees, lengths metres.
"""

from sqlalchemy import (
    DDL,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

VERSION = 2
"""Stored in `PRAGMA user_version`. A case with a greater one is refused.

Version 2 added the table `detection_looks`; a case of version 1 gets it, empty, when it is opened for writing.
"""

APPLICATION_ID = 0x51574331
"""Stored in `PRAGMA application_id`: "QWC1", so that another program's SQLite file is not taken for a case."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=True),
    Column("started_utc", String, nullable=False),
    Column("finished_utc", String),
    Column("fingerprint", String, nullable=False),
    Column("options", Text, nullable=False),
    Column("outcome", Text),
)

roots = Table(
    "roots",
    metadata,
    Column("root_id", Integer, primary_key=True, autoincrement=True),
    Column("path", Text, nullable=False, unique=True),
    Column("beside_case", Text),
)

inputs = Table(
    "inputs",
    metadata,
    Column("input_id", Integer, primary_key=True, autoincrement=True),
    Column("root_id", ForeignKey("roots.root_id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("run_id", ForeignKey("runs.run_id")),
    UniqueConstraint("root_id", "path", "sha256"),
)

frames = Table(
    "frames",
    metadata,
    Column("frame_id", String, primary_key=True),
    Column("input_id", ForeignKey("inputs.input_id"), nullable=False),
    Column("sha256", String, nullable=False, unique=True),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("at_utc", String),
    Column("pose", Text),
    Column("intrinsics", Text),
    Column("camera", Text, nullable=False),
    Column("notes", Text, nullable=False),
)

detection_sets = Table(
    "detection_sets",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=True),
    Column("frame_id", ForeignKey("frames.frame_id"), nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("run_id", ForeignKey("runs.run_id")),
    UniqueConstraint("frame_id", "fingerprint"),
)

detections = Table(
    "detections",
    metadata,
    Column("detection_id", Integer, primary_key=True, autoincrement=True),
    Column("set_id", ForeignKey("detection_sets.set_id"), nullable=False, index=True),
    Column("n", Integer, nullable=False),
    Column("left", Float, nullable=False),
    Column("top", Float, nullable=False),
    Column("right", Float, nullable=False),
    Column("bottom", Float, nullable=False),
    Column("score", Float, nullable=False),
    Column("label", Integer, nullable=False),
)

detection_looks = Table(
    "detection_looks",
    metadata,
    Column("detection_id", ForeignKey("detections.detection_id"), primary_key=True),
    Column("shares", Text, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("sighting_id", String, primary_key=True),
    Column("frame_id", ForeignKey("frames.frame_id"), nullable=False, index=True),
    Column("detection_id", ForeignKey("detections.detection_id")),
    Column("record", Text, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", String, primary_key=True),
    Column("mmsi", Integer),
    Column("score", Float, nullable=False),
    Column("record", Text, nullable=False),
)

contact_sightings = Table(
    "contact_sightings",
    metadata,
    Column("sighting_id", ForeignKey("sightings.sighting_id"), primary_key=True),
    Column("contact_id", ForeignKey("contacts.contact_id"), nullable=False, index=True),
    Column("n", Integer, nullable=False),
)

ais_vessels = Table(
    "ais_vessels",
    metadata,
    Column("mmsi", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
)

ais_fixes = Table(
    "ais_fixes",
    metadata,
    Column("mmsi", ForeignKey("ais_vessels.mmsi"), primary_key=True),
    Column("time_utc_s", Float, primary_key=True),
    Column("lat_deg", Float, nullable=False),
    Column("lon_deg", Float, nullable=False),
    Column("speed_kn", Float),
    Column("course_deg", Float),
    Column("heading_deg", Float),
)

associations = Table(
    "associations",
    metadata,
    Column("contact_id", ForeignKey("contacts.contact_id"), primary_key=True),
    Column("outcome", String, nullable=False),
    Column("mmsi", Integer),
    Column("record", Text, nullable=False),
)

unseen = Table(
    "ais_unseen",
    metadata,
    Column("mmsi", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
)

zones = Table(
    "zones",
    metadata,
    Column("zone_id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("rule", String, nullable=False),
    Column("rings", Text, nullable=False),
)

flags = Table(
    "flags",
    metadata,
    Column("flag_id", String, primary_key=True),
    Column("contact_id", ForeignKey("contacts.contact_id"), nullable=False, index=True),
    Column("rule", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("record", Text, nullable=False),
)

# The contact of a review may go when a case is triaged anew; the review stays, so this is no foreign key.
reviews = Table(
    "reviews",
    metadata,
    Column("review_id", Integer, primary_key=True, autoincrement=True),
    Column("contact_id", String, nullable=False, index=True),
    Column("sighting_ids", Text, nullable=False),
    Column("verdict", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at_utc", String, nullable=False),
    Column("lat_deg", Float),
    Column("lon_deg", Float),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at_utc", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("data", Text, nullable=False),
    Column("previous_sha256", String, nullable=False),
    Column("sha256", String, nullable=False),
)

Index("inputs_by_hash", inputs.c.sha256)

RESULTS = (flags, associations, contact_sightings, contacts, sightings, unseen, ais_fixes, ais_vessels, zones)
"""What is worked out anew from the detections, in an order in which rows may be deleted."""


def _append_only(table: Table) -> None:
    for action in ("UPDATE", "DELETE"):
        trigger = DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy left its constructor untyped
            f"CREATE TRIGGER {table.name}_no_{action.lower()} BEFORE {action} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} are only ever added'); END"
        )
        event.listen(table, "after_create", trigger.execute_if(dialect="sqlite"))


_append_only(reviews)
_append_only(events)
