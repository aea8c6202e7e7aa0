"""What the rules look at: one triage's contacts, sightings, AIS outcomes and zones, indexed once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from detection.ais.match import Ledger
from detection.ais.tracks import AisTracks
from detection.locate.sightings import Fix, Sighting
from detection.track.contacts import Contact
from planner.model.zone import Zone


@dataclass(frozen=True)
class Scene:
    """All that a rule may use. `tracks` and `ledger` are None where no AIS log was given."""

    contacts: Sequence[Contact]
    sightings: Sequence[Sighting]
    zones: Sequence[Zone] = ()
    tracks: AisTracks | None = None
    ledger: Ledger | None = None
    _by_id: dict[str, Sighting] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {s.sighting_id: s for s in self.sightings})

    def sightings_of(self, contact: Contact) -> tuple[Sighting, ...]:
        """A contact's sightings, in its own order."""
        return tuple(self._by_id[s] for s in contact.sighting_ids if s in self._by_id)

    def placed(self, contact: Contact) -> tuple[Sighting, ...]:
        """Its sightings that have a position with an ellipse."""
        return tuple(s for s in self.sightings_of(contact) if s.fix is Fix.POINT and s.at is not None)

    def frames_of(self, contact: Contact) -> tuple[str, ...]:
        """The frames that show it, the best first: that of the best sighting, then by score."""
        found = sorted(
            self.sightings_of(contact),
            key=lambda s: (s.sighting_id != contact.best_sighting_id, s.truncated, -s.score, s.sighting_id),
        )
        return tuple(dict.fromkeys(s.frame_id for s in found))


def flag_id(rule: str, contact_id: str, what: str = "") -> str:
    """The id of a flag: equal for the same rule, contact and cause in every triage."""
    return hashlib.sha256(f"{rule}\0{contact_id}\0{what}".encode()).hexdigest()[:16]
