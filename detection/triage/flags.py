"""A reason to suspect a contact."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to suspect `contact_id`: which rule, how strong (0 to 1), one sentence with its numbers, the values
    and thresholds behind it, and the frames that show it (best first). `other_reason` is the sentence as it reads from
    the side of the other contacts that it names; empty: the same.
    """  # noqa: D205

    flag_id: str
    contact_id: str
    rule: str
    score: float
    reason: str
    values: dict[str, float | int | str | None] = field(default_factory=dict)
    frame_ids: tuple[str, ...] = ()
    other_contact_ids: tuple[str, ...] = ()
    other_reason: str = ""

    def seen_from(self, contact_id: str) -> "Flag":
        """The flag as it is told under a contact: its own, or one of the others that it names."""
        if contact_id == self.contact_id or not self.other_reason:
            return self
        return replace(self, reason=self.other_reason)
