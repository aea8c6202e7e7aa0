"""Several contacts found to be one vessel under way, as one contact."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from detection.track.contacts import Contact

SEEN_ONCE = "Seen in one picture only."
CUT_OFF = "Only ever seen cut off by the picture's edge: place and length are of what is visible."


def in_order(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """By first sighting, those without a time last."""
    return tuple(sorted(contacts, key=_order))


def _order(contact: Contact) -> tuple[bool, float, str]:
    seen = contact.first_seen_utc
    return seen is None, seen.timestamp() if seen else 0.0, contact.contact_id


def steady(contact: Contact) -> tuple[bool, float, bool, float, str]:
    """A key by which the contact whose place is known best comes first."""
    spread = contact.ellipse.major_m if contact.ellipse else math.inf
    return CUT_OFF in contact.notes, spread, *_order(contact)


def _blurred(contact: Contact) -> bool:
    """Whether its place is a mean along the vessel's way: several looks, and no course told."""
    return len(contact.sighting_ids) > 1 and contact.course_deg is None


def merged(contacts: Sequence[Contact], note: str) -> Contact:
    """One contact, of a vessel under way, with the earliest one's id and all the sightings.

    Place, time, speed, course and length are those of the contact whose place is known best; `note` says why they are
    taken for one vessel.
    """
    if len(contacts) == 1:
        return contacts[0]
    ordered = in_order(contacts)
    best = min(ordered, key=lambda c: (_blurred(c), *steady(c)))
    known = next((c for c in ordered if c.mmsi is not None), None)
    starts = [c.first_seen_utc for c in ordered if c.first_seen_utc is not None]
    ends = [c.last_seen_utc for c in ordered if c.last_seen_utc is not None]
    moving = (
        best
        if best.speed_m_s is not None
        else min((c for c in ordered if c.speed_m_s is not None), key=steady, default=best)
    )
    notes = [n for c in ordered for n in c.notes if n not in (SEEN_ONCE, CUT_OFF)]
    return replace(
        best,
        contact_id=ordered[0].contact_id,
        sighting_ids=tuple(i for c in ordered for i in c.sighting_ids),
        first_seen_utc=min(starts, default=None),
        last_seen_utc=max(ends, default=None),
        speed_m_s=moving.speed_m_s,
        speed_sigma_m_s=moving.speed_sigma_m_s,
        course_deg=best.course_deg,
        mmsi=None if known is None else known.mmsi,
        name="" if known is None else known.name,
        score=1.0 - math.prod(1.0 - c.score for c in ordered),
        notes=tuple(dict.fromkeys([*notes, note])),
    )


def grouped(contacts: Sequence[Contact], same: Iterable[tuple[str, str]]) -> list[list[Contact]]:
    """The contacts in groups, of which the pairs of ids that are the same vessel share one."""
    home = {c.contact_id: c.contact_id for c in contacts}
    for one, other in same:
        keep, drop = home[one], home[other]
        home = {k: keep if v == drop else v for k, v in home.items()}
    groups: dict[str, list[Contact]] = {}
    for contact in contacts:
        groups.setdefault(home[contact.contact_id], []).append(contact)
    return list(groups.values())


Apart = Callable[[Contact, Contact], bool]
"""Whether something outside the sightings (AIS) says that two contacts are different vessels."""
