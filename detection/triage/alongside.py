"""Rule `alongside`: two vessels with their hulls close together."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from detection.triage.scene import Scene, flag_id
from detection.triage.thresholds import Thresholds
from planner.geo.points import LatLon, LocalFrame, distance_m

RULE = "alongside"


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Two contacts close together: the gap, what it was compared with, and the frames that show both."""

    a: Contact
    b: Contact
    gap_m: float
    width_m: float
    frame_ids: tuple[str, ...]
    seconds: float | None
    overlap: bool = False
    """The boxes of the two overlap: it may be one vessel that was detected twice."""
    together: bool = True
    """Some frame shows both."""


def alongside(scene: Scene, limits: Thresholds) -> Iterator[Flag]:
    """Flags pairs of vessels whose hulls lie within `alongside_hull_widths`, at like speeds.

    Compared in frames that show both (the camera's error is then the same for both), else by their positions if those
    are of nearly the same time. Boxes that lie over each other and are of like size are one vessel detected twice; of
    unlike size they are flagged, but scored low. Sightings cut by the edge of a frame do not count. Whether a quay lies
    on the far side is not known here; a vessel with several such neighbours more likely lies at a berth, and is scored
    low. The flag goes to the smaller vessel of the two.
    """
    meetings = [m for a, b in _pairs(scene.contacts) if (m := _meeting(scene, a, b, limits)) is not None]
    neighbours: dict[str, int] = {}
    for meeting in meetings:
        for contact in (meeting.a, meeting.b):
            neighbours[contact.contact_id] = neighbours.get(contact.contact_id, 0) + 1
    for meeting in meetings:
        crowd = max(neighbours[meeting.a.contact_id], neighbours[meeting.b.contact_id])
        yield _flag(meeting, crowd, limits)


def _pairs(contacts: Sequence[Contact]) -> Iterator[tuple[Contact, Contact]]:
    """Pairs that could touch: sorted from south to north, so that far ones are never compared."""
    placed = sorted((c for c in contacts if c.at is not None), key=lambda c: (_lat(c), c.contact_id))
    longest = max((_longest(c) for c in placed), default=0.0)
    for n, a in enumerate(placed):
        for b in placed[n + 1 :]:
            if (_lat(b) - _lat(a)) * 110_000.0 > longest + 100.0:
                break
            if a.at is not None and b.at is not None and distance_m(a.at, b.at) <= _reach(a, b) + 100.0:
                yield a, b


def _lat(contact: Contact) -> float:
    return 0.0 if contact.at is None else contact.at.lat_deg


def _longest(contact: Contact) -> float:
    return 10.0 if contact.length_m is None else contact.length_m[1]


def _reach(a: Contact, b: Contact) -> float:
    """How far apart the middles of two touching hulls can be: bow to stern."""
    return (_longest(a) + _longest(b)) / 2


def _width(contact: Contact, limits: Thresholds) -> float:
    if contact.length_m is None:
        return limits.hull_width_least_m
    return max(limits.hull_width_least_m, sum(contact.length_m) / 2 / limits.hull_slimness)


def _meeting(scene: Scene, a: Contact, b: Contact, limits: Thresholds) -> _Meeting | None:
    if not _speeds_alike(a, b, limits):
        return None
    width_m = max(_width(a, limits), _width(b, limits))
    allowed = limits.alongside_hull_widths * width_m
    of_b = {s.frame_id: s for s in scene.placed(b) if not s.truncated}
    shared = [(s, of_b[s.frame_id]) for s in scene.placed(a) if s.frame_id in of_b and not s.truncated]
    if not shared:
        return _apart_in_frames(scene, a, b, width_m, limits)
    overlap = max(overlap_share(s, t) for s, t in shared) >= limits.same_vessel_overlap
    if overlap and _alike(a, b, limits):
        return None
    gaps = [(_gap(s, t, _reach(a, b), allowed), s, t) for s, t in shared]
    close = sorted((g for g in gaps if g[0] <= allowed), key=lambda g: (g[0], g[1].frame_id))
    if len(close) * 2 <= len(gaps):  # close in most of the frames that show both
        return None
    times = [s.at_utc for _, s, _ in close if s.at_utc is not None]
    seconds = (max(times) - min(times)).total_seconds() if times else None
    gap_m = float(np.median([g[0] for g in close]))
    return _Meeting(a, b, gap_m, width_m, tuple(s.frame_id for _, s, _ in close), seconds, overlap)


def overlap_share(a: Sighting, b: Sighting) -> float:
    """How much of the smaller box of two in one frame the other one covers."""
    width = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    height = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    least = min(_area(a), _area(b))
    return max(width, 0.0) * max(height, 0.0) / least if least > 0 else 0.0


def _area(s: Sighting) -> float:
    return (s.box[2] - s.box[0]) * (s.box[3] - s.box[1])


def _alike(a: Contact, b: Contact, limits: Thresholds) -> bool:
    """Whether two lengths are so alike that boxes over each other are one vessel detected twice."""
    if a.length_m is None or b.length_m is None:
        return True
    short, long = sorted((sum(a.length_m), sum(b.length_m)))
    return long <= 0 or short / long >= limits.same_vessel_length_ratio


def _speeds_alike(a: Contact, b: Contact, limits: Thresholds) -> bool:
    if a.speed_m_s is None or b.speed_m_s is None:
        return True
    loose = 2 * math.hypot(a.speed_sigma_m_s or 0.0, b.speed_sigma_m_s or 0.0)
    return abs(a.speed_m_s - b.speed_m_s) <= limits.alongside_speed_m_s + min(loose, limits.alongside_speed_m_s)


def _gap(a: Sighting, b: Sighting, reach_m: float, allowed_m: float) -> float:
    """Metres between two hulls in one frame.

    A box on the sea covers more than the hull where the view is slanting, so hulls that seem to overlap count only
    if their middles are near enough for hulls of their lengths to be close.
    """
    if a.at is None or b.at is None:
        return math.inf
    apart = distance_m(a.at, b.at)
    if apart > reach_m + allowed_m:
        return apart - reach_m
    if len(a.hull) < 3 or len(b.hull) < 3:
        return max(0.0, apart - reach_m)
    frame = LocalFrame(a.at)
    return float(shapely.distance(_polygon(a.hull, frame), _polygon(b.hull, frame)))


def _polygon(hull: Sequence[LatLon], frame: LocalFrame) -> shapely.Geometry:
    return shapely.MultiPoint(frame.to_metres(hull)).convex_hull


def _apart_in_frames(scene: Scene, a: Contact, b: Contact, width_m: float, limits: Thresholds) -> _Meeting | None:
    """The pair judged by positions alone, where no frame shows both."""
    if a.at is None or b.at is None or a.at_utc is None or b.at_utc is None:
        return None
    seconds = abs((a.at_utc - b.at_utc).total_seconds())
    moving = max(a.speed_m_s or 0.0, b.speed_m_s or 0.0)
    best = [next((s for s in scene.placed(c) if not s.truncated and len(s.hull) > 2), None) for c in (a, b)]
    if seconds > limits.alongside_apart_s or moving > limits.moving_m_s or best[0] is None or best[1] is None:
        return None
    frame = LocalFrame(a.at)
    gap_m = float(shapely.distance(_polygon(best[0].hull, frame), _polygon(best[1].hull, frame)))
    if not 0 < gap_m <= limits.alongside_hull_widths * width_m:  # 0: rather one vessel seen twice
        return None
    return _Meeting(a, b, gap_m, width_m, (best[0].frame_id, best[1].frame_id), None, together=False)


def _flag(meeting: _Meeting, crowd: int, limits: Thresholds) -> Flag:
    small, large = sorted((meeting.a, meeting.b), key=lambda c: (_longest(c), c.contact_id))
    berth = crowd >= limits.berth_neighbours
    doubtful, once = meeting.overlap or not meeting.together, len(meeting.frame_ids) < 2
    score = 0.2 if berth else (0.3 if doubtful else (0.4 if once else 0.7))
    allowed = limits.alongside_hull_widths * meeting.width_m
    frames = "1 frame" if len(meeting.frame_ids) == 1 else f"{len(meeting.frame_ids)} frames"
    frames = frames if meeting.together else "different frames, none of which shows both"
    rest = f" in {frames}; {allowed:.1f} m ({limits.alongside_hull_widths:g} hull widths) or less counts as alongside."
    if meeting.overlap:
        rest += " Their boxes overlap: it may be one vessel that was detected twice."
    if berth:
        rest += f" It is one of {crowd + 1} vessels lying close together, so likely at a berth."
    return Flag(
        flag_id=flag_id(RULE, small.contact_id, large.contact_id),
        contact_id=small.contact_id,
        rule=RULE,
        score=score,
        reason=_told_by(small, large, meeting.gap_m) + rest,
        other_reason=_told_by(large, small, meeting.gap_m) + rest,
        values={
            "gap_m": round(meeting.gap_m, 1),
            "hull_width_m": round(meeting.width_m, 1),
            "threshold_m": round(allowed, 1),
            "frames_together": len(meeting.frame_ids) if meeting.together else 0,
            "boxes_overlap": "yes" if meeting.overlap else "no",
            "seconds_together": None if meeting.seconds is None else round(meeting.seconds, 1),
            "close_neighbours": crowd,
            "speed_m_s": _rounded(small.speed_m_s),
            "other_speed_m_s": _rounded(large.speed_m_s),
            "quay": "not known to this rule: whether the far side is a quay is for the analyst to see",
        },
        frame_ids=meeting.frame_ids,
        other_contact_ids=(large.contact_id,),
    )


def _told_by(one: Contact, other: Contact, gap_m: float) -> str:
    """The meeting from the side of `one`."""
    return f"A vessel {_length(one)} lay {gap_m:.1f} m from the hull of {_name(other)}, {_length(other)},"


def _length(contact: Contact) -> str:
    return "of unknown length" if contact.length_m is None else f"about {sum(contact.length_m) / 2:.0f} m long"


def _name(contact: Contact) -> str:
    return f"'{contact.name}'" if contact.name else f"contact {contact.contact_id}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
