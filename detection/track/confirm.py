"""Which contacts are vessels, and which are more likely a wave, a buoy or a part of something else.

A real vessel is found in most of the pictures that show its place; a false alarm mostly once. So each contact is put to
a sequential test (Wald 1945; track confirmation as in Blackman and Popoli 1999, section 6.3): every picture that shows
it speaks for it, every picture that shows its place without it speaks against it. Contacts that fail are kept, marked
as unconfirmed, with the reason: what was seen once may still matter.

The probabilities are our own, from the detector's figures on pictures it was not trained on; they are arguments.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from shapely import Point, Polygon

from detection.footage.frames import Frame
from detection.locate.sightings import Sighting
from detection.track.ashore import DRY
from detection.track.contacts import Contact
from planner.geo.camera import pixels_of
from planner.geo.points import LatLon, LocalFrame, destination
from planner.model.zone import Zone

VESSEL = 0


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the test believes.

    `found` is the chance that a picture shows a vessel that is there whole, `false_here` that the detector sees one at
    a given place where there is none, `prior` the odds before any picture. A score of `even_score` speaks neither for
    nor against; each 0.1 above or below it multiplies the odds by `score_factor`. Nothing shorter than
    `least_length_m` is a vessel (kayaks begin at 2.7 m). What lies on land by more than `on_land_sigmas` of its
    position error is none either.
    """

    found: float = 0.85
    false_here: float = 0.02
    prior: float = 0.05
    even_score: float = 0.7
    score_factor: float = 2.0
    least_length_m: float = 2.5
    on_land_sigmas: float = 2.0
    predict_s: float = 30.0
    """A moving contact's place is foretold for so long before and after it was seen; later pictures say nothing."""


def confirmed(
    contacts: Sequence[Contact],
    sightings: Iterable[Sighting],
    frames: Sequence[Frame],
    zones: Sequence[Zone] = (),
    belief: Confirmation | None = None,
) -> tuple[Contact, ...]:
    """The contacts, those that fail the test marked unconfirmed with the reason among their notes.

    `zones` of the rules land and shore say where no vessel can be. A contact with an AIS identity, without a place or a
    time, or that is no vessel is left as it is.
    """
    used = belief or Confirmation()
    by_id = {s.sighting_id: s for s in sightings}
    ashore = [z for z in zones if z.rule in DRY]
    return tuple(_tested(c, [by_id[i] for i in c.sighting_ids if i in by_id], frames, ashore, used) for c in contacts)


def _tested(
    contact: Contact, seen: list[Sighting], frames: Sequence[Frame], ashore: Sequence[Zone], belief: Confirmation
) -> Contact:
    if contact.label != VESSEL or contact.mmsi is not None or contact.at is None or not seen:
        return contact
    for zone in ashore:
        inland_m = _inland_m(contact.at, zone)
        if inland_m > belief.on_land_sigmas * (contact.ellipse.major_m if contact.ellipse else 0.0):
            return _failed(contact, f"It lies {inland_m:.0f} m inland on {zone.name!r}: no vessel.")
    if contact.length_m is not None and contact.length_m[1] < belief.least_length_m:
        return _failed(contact, f"At most {contact.length_m[1]:.1f} m long: too short for a vessel.")
    shown_in = {s.frame_id for s in seen}
    missed = sum(_shows(f, contact, belief) for f in frames if f.frame_id not in shown_in)
    odds = math.log(belief.prior)
    odds += sum(_speaks_for(s, belief) for s in seen)
    odds += missed * math.log((1 - belief.found) / (1 - belief.false_here))
    if odds >= 0:
        return contact
    pictures = "picture that shows" if missed == 1 else "pictures that show"
    missing = f", and not in {missed} {pictures} the same place" if missed else ""
    times = "once" if len(seen) == 1 else f"{len(seen)} times"
    score = max(s.score for s in seen)
    return _failed(contact, f"Seen {times} with a score of at most {score:.2f}{missing}: perhaps no vessel.")


def _inland_m(at: LatLon, zone: Zone) -> float:
    """Distance from a place on land to the water; negative on the water."""
    local = LocalFrame(at)
    land = Polygon(local.to_metres(zone.outline), [local.to_metres(hole) for hole in zone.holes])
    here = Point(0.0, 0.0)
    return land.boundary.distance(here) if land.covers(here) else -land.distance(here)


def _failed(contact: Contact, why: str) -> Contact:
    return replace(contact, confirmed=False, notes=(why, *contact.notes))


def _speaks_for(sighting: Sighting, belief: Confirmation) -> float:
    by_score = 10 * (sighting.score - belief.even_score) * math.log(belief.score_factor)
    return math.log(belief.found / belief.false_here) + by_score


def _shows(frame: Frame, contact: Contact, belief: Confirmation) -> bool:
    """Whether a picture shows the whole of a contact's place."""
    pose, camera = frame.pose, frame.intrinsics
    at = _place(contact, frame, belief)
    if pose is None or camera is None or at is None:
        return False
    east, north = LocalFrame(pose.at).to_metres([at])[0]
    x, y = pixels_of(camera, pose.attitude, [(east, north, -pose.height_m)])[0]
    if not np.isfinite([x, y]).all():
        return False
    range_m = math.hypot(math.hypot(east, north), pose.height_m)
    length = contact.length_m[1] if contact.length_m else 10.0
    spread = 2 * contact.ellipse.major_m if contact.ellipse else 0.0
    margin = (length / 2 + spread) * camera.focal_px / range_m
    return bool(margin <= x <= camera.width_px - margin and margin <= y <= camera.height_px - margin)


def _place(contact: Contact, frame: Frame, belief: Confirmation) -> LatLon | None:
    """Where the contact was when a picture was taken; None if that cannot be told."""
    if contact.at is None or frame.at_utc is None or contact.at_utc is None:
        return None
    still = (
        contact.speed_m_s is None
        or contact.speed_m_s <= 2 * (contact.speed_sigma_m_s or 0.0)
        or contact.speed_m_s < 0.3
    )
    if contact.first_seen_utc is None or contact.last_seen_utc is None:
        return None
    reach = timedelta(seconds=belief.predict_s)
    near = contact.first_seen_utc - reach <= frame.at_utc <= contact.last_seen_utc + reach
    if not near:
        return None  # it may have come or gone
    if still or contact.speed_m_s is None or contact.course_deg is None:
        return contact.at
    passed_s = (frame.at_utc - contact.at_utc).total_seconds()
    return destination(contact.at, towards_deg=contact.course_deg, range_m=contact.speed_m_s * passed_s)
