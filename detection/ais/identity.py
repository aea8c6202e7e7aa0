"""Contacts put together by what AIS says of them: one identity is one vessel, however often it was found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.ais.match import Association, Ledger, Outcome, declared_hull
from detection.ais.tracks import AisTrack, AisTracks
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.track.merge import CUT_OFF, in_order, merged, steady
from detection.track.reunite import reunited
from planner.geo.points import LocalFrame, centroid

PART_NOTE = "A part of it was seen apart, inside the hull that its AIS declares."
LARGE_M = 30.0
NEAR_KEEL = 0.8
"""Parts of a ship span its beam: their middles lie within this share of the half beam from the keel line, apart from
what its height moves them in the picture. A boat alongside lies beyond 1.2."""
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
    if tracks is not None:
        one_each = _with_parts(one_each, tracks)
    apart = None if tracks is None or ledger is None else _Elsewhere(tracks, ledger).apart
    found = reunited(in_order(one_each), sightings, apart=apart)
    return found, None if ledger is None else _carried_over(ledger, contacts, found)


def _note(group: Sequence[Contact]) -> str:
    return f"Seen at {len(group)} times apart and joined by its AIS identity."


def _with_parts(contacts: list[Contact], tracks: AisTracks) -> list[Contact]:
    """The contacts, those that are a part of an identified ship put to it.

    The middle of a part lies inside the hull that the ship declares, where its reports say that it was then; near its
    keel line if the part was seen whole more than once. A boat alongside lies outside that hull.
    """
    parts: dict[int, list[Contact]] = {}
    for contact in contacts:
        hardly_seen = CUT_OFF in contact.notes or len(contact.sighting_ids) == 1
        if contact.mmsi is None and contact.speed_m_s is None:
            beam_share = 1.0 if hardly_seen else NEAR_KEEL
            for owner in contacts:
                track = None if owner.mmsi is None else tracks.by_mmsi.get(owner.mmsi)
                small = track is None or (track.static.length_m or 0.0) < LARGE_M
                if owner.mmsi is None or (small and not hardly_seen):
                    continue
                if _inside_hull(contact, track, beam_share):
                    parts.setdefault(owner.mmsi, []).append(contact)
                    break
    taken = {c.contact_id for group in parts.values() for c in group}
    kept = [
        merged([c, *parts[c.mmsi]], PART_NOTE) if c.mmsi in parts else c for c in contacts if c.contact_id not in taken
    ]
    return _pieces_of_ships(kept, tracks)


def _pieces_of_ships(contacts: list[Contact], tracks: AisTracks) -> list[Contact]:
    """The contacts, those that lie along the keel line of one large ship put together as that ship.

    A ship that no picture shows whole comes in pieces, of which none fits the declared hull on its own.
    """
    known = {c.mmsi for c in contacts}
    for mmsi, track in tracks.by_mmsi.items():
        length = track.static.length_m
        if mmsi in known or length is None or length < LARGE_M:
            continue
        pieces = [
            c
            for c in contacts
            if c.mmsi is None and c.speed_m_s is None and _inside_hull(c, track, NEAR_KEEL) and not _whole(c, length)
        ]
        if len(pieces) > 1:
            named = [replace(c, mmsi=mmsi, name=track.static.name) for c in pieces]
            ids = {c.contact_id for c in pieces}
            ship = merged(named, PART_NOTE)
            if all(c.at is not None for c in pieces):
                ship = replace(ship, at=centroid(c.at for c in pieces if c.at is not None))
            contacts = [*(c for c in contacts if c.contact_id not in ids), ship]
    return contacts


def _whole(contact: Contact, declared_m: float) -> bool:
    return contact.length_m is not None and contact.length_m[1] > 0.75 * declared_m


def _inside_hull(contact: Contact, track: AisTrack | None, beam_share: float) -> bool:
    if track is None or contact.at is None or contact.at_utc is None or track.static.length_m is None:
        return False
    position = track.at(contact.at_utc)
    if position is None or position.age_s > FRESH_S or position.heading_deg is None:
        return False
    if contact.length_m is not None and contact.length_m[0] > track.static.length_m:
        return False
    local = LocalFrame(contact.at)
    antenna = local.to_metres([position.at])[0]
    middle, along, half_length, half_width = declared_hull(antenna, track.static, position)
    away = -middle
    aside = np.array([along[1], -along[0]])
    return bool(abs(away @ along) <= half_length and abs(away @ aside) <= beam_share * half_width)


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
            association = replace(told[best.contact_id], contact_id=contact.contact_id)
            if contact.mmsi is not None and association.outcome is not Outcome.MATCHED:
                association = replace(association, outcome=Outcome.MATCHED, mmsi=contact.mmsi, name=contact.name)
            kept.append(association)
    return replace(ledger, associations=tuple(kept))
