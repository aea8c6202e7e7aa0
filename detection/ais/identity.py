"""Contacts put together by what AIS says of them: one identity is one vessel, however often it was found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detection.ais.match import Association, Ledger, Outcome
from detection.ais.tracks import AisTracks
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.track.merge import in_order, merged, steady
from detection.track.reunite import reunited

FRESH_S = 60.0
"""A report within this time of a contact says where the vessel was then."""


def identified(contacts: Sequence[Contact], ledger: Ledger | None) -> tuple[Contact, ...]:
    """The contacts with the AIS identity of those that were matched."""
    if ledger is None:
        return tuple(contacts)
    sure = {a.contact_id: a for a in ledger.associations if a.outcome is Outcome.MATCHED}
    return tuple(
        replace(c, mmsi=sure[c.contact_id].mmsi, name=sure[c.contact_id].name) if c.contact_id in sure else c
        for c in contacts
    )


def united(
    contacts: Sequence[Contact], sightings: Sequence[Sighting], tracks: AisTracks | None, ledger: Ledger | None
) -> tuple[tuple[Contact, ...], Ledger | None]:
    """The contacts with their identities, one for each vessel, and the ledger that speaks of these.

    First all that have one identity are one vessel, its reports being the motion between. Then what can only be one
    vessel by reach and likeness, unless AIS knows that it was elsewhere.
    """
    named = identified(contacts, ledger)
    by_mmsi: dict[int, list[Contact]] = {}
    for contact in named:
        if contact.mmsi is not None:
            by_mmsi.setdefault(contact.mmsi, []).append(contact)
    one_each = [c for c in named if c.mmsi is None] + [merged(group, _note(group)) for group in by_mmsi.values()]
    apart = None if tracks is None or ledger is None else _Elsewhere(tracks, ledger).apart
    found = reunited(in_order(one_each), sightings, apart=apart)
    return found, None if ledger is None else _carried_over(ledger, contacts, found)


def _note(group: Sequence[Contact]) -> str:
    return f"Seen at {len(group)} times apart and joined by its AIS identity."


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """What AIS says against two contacts being one vessel."""

    tracks: AisTracks
    ledger: Ledger

    def apart(self, one: Contact, other: Contact) -> bool:
        """Whether both have identities, or one has and its reports show it elsewhere when the other was seen."""
        if one.mmsi is not None and other.mmsi is not None:
            return one.mmsi != other.mmsi
        return self._was_not(one.mmsi, other) or self._was_not(other.mmsi, one)

    def _was_not(self, mmsi: int | None, contact: Contact) -> bool:
        track = None if mmsi is None else self.tracks.by_mmsi.get(mmsi)
        position = None if track is None or contact.at_utc is None else track.at(contact.at_utc)
        if position is None or position.age_s > FRESH_S:
            return False
        # the reports were compared with this contact, and it was not taken for the vessel
        told = self.ledger.of(contact.contact_id)
        return told is None or mmsi not in (told.mmsi, told.rival_mmsi)


def _carried_over(ledger: Ledger, before: Sequence[Contact], after: Sequence[Contact]) -> Ledger:
    """The ledger of the contacts as they are now: each has the association of the part of it that AIS knows best."""
    told = {a.contact_id: a for a in ledger.associations}
    kept: list[Association] = []
    for contact in after:
        ids = set(contact.sighting_ids)
        parts = [c for c in before if c.contact_id in told and ids.issuperset(c.sighting_ids)]
        if parts:
            best = min(parts, key=lambda c: (told[c.contact_id].outcome is not Outcome.MATCHED, *steady(c)))
            kept.append(replace(told[best.contact_id], contact_id=contact.contact_id))
    return replace(ledger, associations=tuple(kept))
