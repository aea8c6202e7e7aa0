"""What happens in a harbour that a crew should notice: who, what, when and where. This is truth, for the examiner."""

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What happened."""

    RENDEZVOUS = "rendezvous"
    """Two vessels lay alongside each other."""
    DROP = "drop"
    """A vessel put something into the water."""
    PICK_UP = "pick-up"
    """A vessel took something out of the water."""
    SPEED_RUN = "speed-run"
    ENTRY = "entry"
    """A vessel was inside restricted water."""
    AIS_GAP = "ais-gap"
    FALSE_POSITION = "false-position"
    FALSE_IDENTITY = "false-identity"
    FALSE_LENGTH = "false-length"


SEEN = frozenset({EventKind.RENDEZVOUS, EventKind.DROP, EventKind.PICK_UP, EventKind.SPEED_RUN, EventKind.ENTRY})
"""Those that a picture can show; the others are in the AIS only."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened from `begin_s` to `end_s` (seconds since 1970; None: it lasts).

    `who` are ids, the one who did it first. East and north are where it began, in metres from the harbour's origin.
    """

    kind: EventKind
    who: tuple[str, ...]
    begin_s: float
    end_s: float | None
    east_m: float
    north_m: float
    note: str = ""

    def is_on(self, unix_s: float) -> bool:
        """Whether it is going on at a moment."""
        return self.begin_s <= unix_s and (self.end_s is None or unix_s <= self.end_s)
