"""What goes into a case and comes out of it, beside the values of the other rooms."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from detection.track.contacts import Contact
from detection.triage.flags import Flag
from planner.geo.points import LatLon


class Verdict(StrEnum):
    """What an analyst decided about a contact."""

    SUSPICIOUS = "suspicious"
    CLEARED = "cleared"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"
    """The verdict before is taken back: the contact waits for a review again."""


@dataclass(frozen=True, slots=True)
class Review:
    """One decision, never changed afterwards. `sighting_ids`: what the contact was made of when it was decided."""

    review_id: int
    contact_id: str
    sighting_ids: tuple[str, ...]
    verdict: Verdict
    note: str
    by: str
    at_utc: datetime
    at: LatLon | None = None


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One contact in the list to review. `score` is that of its strongest flag (0 without any)."""

    contact: Contact
    score: float
    flags: tuple[Flag, ...]
    last_review: Review | None
    review_count: int
    sighting_count: int


@dataclass(frozen=True, slots=True)
class Input:
    """A file that went into a case, as it was then. `path` is where it is expected now."""

    input_id: int
    path: Path
    kind: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """One triage: when, with which detector, with which options, and what came of it."""

    run_id: int
    started_utc: datetime
    finished_utc: datetime | None
    fingerprint: str
    options: dict[str, object]
    outcome: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a case holds."""

    frames: int = 0
    with_pose: int = 0
    detections: int = 0
    sightings: int = 0
    contacts: int = 0
    flags: int = 0
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of a case found: sentences, empty where nothing was changed.

    `head` is the newest hash of the log: compare it with the one printed in a report.
    """

    events: int
    files: int
    head: str
    problems: tuple[str, ...] = field(default=())
    missing_files: tuple[str, ...] = field(default=())

    @property
    def sound(self) -> bool:
        """Nothing was changed and no file is missing."""
        return not self.problems and not self.missing_files
