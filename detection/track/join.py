"""Sightings joined into contacts: one for each vessel, however often and from however many passes it was seen.

What belongs together is decided on the water, not in the picture: a vessel seen again must lie where a vessel at rest
stayed or a moving one went, within the error ellipses (docs/georeferencing.md). Everything is deterministic, and a
contact's id comes from its first sighting, so the same sightings give the same contacts with the same ids.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from detection.locate.ellipse import ellipse_of
from detection.locate.sightings import Fix, Sighting
from detection.track.associate import Track, associate
from detection.track.contacts import Contact
from detection.track.fit import Fit, fit
from detection.track.merge import CUT_OFF, SEEN_ONCE, in_order
from detection.track.motion import MotionModel
from detection.track.observations import Observation, ground_of, observe
from detection.track.pieces import extent, lay_pieces
from detection.track.reunite import reunited
from planner.geo.points import LocalFrame

BEARING_STEP_DEG = 3.0
BEARING_GAP_S = 15.0
_TRUST = 0.7
"""How much one sighting's score counts towards its contact's: one alone is never quite believed."""


def join(
    sightings: Iterable[Sighting], model: MotionModel | None = None, *, reunite: bool = True
) -> tuple[Contact, ...]:
    """Contacts in order of their first sighting; every sighting belongs to exactly one of them.

    Vessels and persons are joined apart and never share a contact; `label` tells which. Sightings of which only the
    bearing is known become contacts without a place. Without `reunite` a vessel that turned unseen stays in parts, for
    `reunited` to judge when more is known about them.
    """
    motion = model or MotionModel()
    every = list(sightings)
    placed = [s for s in every if s.fix is not Fix.BEARING and s.at is not None]
    ground = ground_of(placed)
    contacts: list[Contact] = []
    if ground is not None:
        for label in sorted({s.label for s in placed}):
            contacts += _joined([s for s in placed if s.label == label], ground, motion)
    contacts += _by_bearing([s for s in every if s.fix is Fix.BEARING or s.at is None])
    return reunited(contacts, every, model=motion) if reunite else in_order(contacts)


def _joined(sightings: list[Sighting], ground: LocalFrame, model: MotionModel) -> list[Contact]:
    observations = observe(sightings, ground)
    whole = [o for o in observations if not o.sighting.truncated]
    pieces = [o for o in observations if o.sighting.truncated]
    tracks = lay_pieces(associate(whole, model), pieces, model)
    return [_contact(track, ground, model) for track in tracks]


def _contact(track: Track, ground: LocalFrame, model: MotionModel) -> Contact:
    whole = [o for o in track if not o.sighting.truncated]
    best = max(track, key=lambda o: (o.quality, o.sighting.sighting_id))
    notes: list[str] = []
    if whole:
        motion = fit(whole, best.time_s, model)
        length = _typical_length(whole)
    else:
        motion, length = _of_pieces(track, best)
        notes.append(CUT_OFF)
    told = motion.speed() if len(whole) > 1 else None
    timed = [o for o in track if o.timed]
    if len(track) == 1:
        notes.append(SEEN_ONCE)
    elif not timed:
        notes.append("The pictures have no times: the vessel is taken to lie still.")
    base = _base([s for o in track for s in o.sightings], best.sighting)
    return replace(
        base,
        at=ground.to_place(*motion.place),
        ellipse=ellipse_of(motion.covariance),
        length_m=length,
        speed_m_s=told[0] if told else None,
        speed_sigma_m_s=told[1] if told else None,
        course_deg=told[2] if told else None,
        notes=tuple(notes),
    )


def _base(sightings: Sequence[Sighting], best: Sighting) -> Contact:
    """A contact with all that follows from its sightings without a fit."""
    ordered = sorted(
        sightings, key=lambda s: (s.at_utc is None, s.at_utc.timestamp() if s.at_utc else 0, s.sighting_id)
    )
    times = [s.at_utc for s in sightings if s.at_utc is not None]
    per_frame: dict[str, float] = {}
    for s in sightings:
        per_frame[s.frame_id] = max(per_frame.get(s.frame_id, 0.0), s.score)
    doubt = math.prod(1.0 - _TRUST * min(max(score, 0.0), 1.0) for score in per_frame.values())
    return Contact(
        contact_id=f"c-{ordered[0].sighting_id}",
        sighting_ids=tuple(s.sighting_id for s in ordered),
        best_sighting_id=best.sighting_id,
        first_seen_utc=min(times, default=None),
        last_seen_utc=max(times, default=None),
        at_utc=best.at_utc,
        at=None,
        ellipse=None,
        length_m=None,
        label=best.label,
        score=1.0 - doubt,
    )


def _typical_length(whole: Sequence[Observation]) -> tuple[float, float] | None:
    """Median of the lower and of the upper ends, over the better half of the whole sightings."""
    measured = sorted((o for o in whole if o.sighting.length_m is not None), key=lambda o: -o.quality)
    lengths = [o.sighting.length_m for o in measured[: max(3, (len(measured) + 1) // 2)] if o.sighting.length_m]
    if not lengths:
        return None
    shortest, longest = np.median(np.array(lengths), axis=0)
    return float(shortest), float(max(shortest, longest))


def _of_pieces(track: Track, best: Observation) -> tuple[Fit, tuple[float, float] | None]:
    """Place and length of a vessel that is never seen whole: of all its pieces together."""
    middle, long_side = extent(track)
    single = best.sighting.length_m
    longest = max(long_side, single[1] if single else 0.0)
    shortest = max((o.sighting.length_m[0] for o in track if o.sighting.length_m), default=0.0)
    length = (min(shortest, longest), longest) if longest > 0 else None
    # the true middle may lie anywhere over what was seen and a little beyond
    covariance = best.covariance + np.eye(2) * (longest / 4) ** 2
    place = middle if len(track) > 1 else best.place
    return Fit(best.time_s, place, covariance, None, None, moving=False), length


def _by_bearing(sightings: list[Sighting]) -> list[Contact]:
    """Contacts of vessels seen above the horizon: bearings that follow each other closely are one."""
    groups: list[list[Sighting]] = []
    for s in sorted(
        sightings, key=lambda s: (s.at_utc is None, s.at_utc.timestamp() if s.at_utc else 0, s.sighting_id)
    ):
        home = next((g for g in groups if _follows(g[-1], s)), None)
        if home is None:
            groups.append([s])
        else:
            home.append(s)
    note = "Only its bearing is known: it was seen above the horizon."
    return [replace(_base(g, max(g, key=lambda s: (s.score, s.sighting_id))), notes=(note,)) for g in groups]


def _follows(before: Sighting, after: Sighting) -> bool:
    if before.label != after.label or before.frame_id == after.frame_id:
        return False
    if before.at_utc is None or after.at_utc is None:
        return False
    turn = abs((after.bearing_deg - before.bearing_deg + 180.0) % 360.0 - 180.0)
    return turn <= BEARING_STEP_DEG and (after.at_utc - before.at_utc).total_seconds() <= BEARING_GAP_S
