"""One vessel: the sightings that belong together."""

from dataclasses import dataclass
from datetime import datetime

from detection.locate.sightings import Ellipse
from planner.geo.points import LatLon


@dataclass(frozen=True, slots=True)
class Contact:
    """One vessel as seen in a flight; position and motion as at `at_utc`, the time of its best sighting.

    Speed over ground in m/s and course in true degrees are None where too few sightings (or too short a time) tell
    them. `length_m` is (shortest, longest). `mmsi` is its AIS identity, if one was matched. `label` is an index into
    CLASS_NAMES of detection.vision.boxes (0 vessel, 1 person). `score` in [0, 1] grows with the detections' scores and
    with the number of frames that show it. `notes` says in sentences what is weak about it.
    """

    contact_id: str
    sighting_ids: tuple[str, ...]
    best_sighting_id: str
    first_seen_utc: datetime | None
    last_seen_utc: datetime | None
    at_utc: datetime | None
    at: LatLon | None
    ellipse: Ellipse | None
    length_m: tuple[float, float] | None
    speed_m_s: float | None = None
    speed_sigma_m_s: float | None = None
    course_deg: float | None = None
    mmsi: int | None = None
    name: str = ""
    label: int = 0
    score: float = 0.0
    notes: tuple[str, ...] = ()
    confirmed: bool = True
    """False: more likely no vessel at all (see detection.track.confirm)."""
