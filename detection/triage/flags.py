"""A reason to suspect a contact."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to suspect `contact_id`: which rule, how strong (0 to 1), one sentence with its numbers, the values
    and thresholds behind it, and the frames that show it (best first).
    """  # noqa: D205

    flag_id: str
    contact_id: str
    rule: str
    score: float
    reason: str
    values: dict[str, float | int | str | None] = field(default_factory=dict)
    frame_ids: tuple[str, ...] = ()
    other_contact_ids: tuple[str, ...] = ()
