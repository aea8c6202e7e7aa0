"""What a score is made of: points for each mark, and the moments that gave or cost them."""

from dataclasses import dataclass, field

from sitl.scenario.values import Mark


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that gave or cost points: when (seconds since the start; None: the whole exam) and a sentence."""

    at_s: float | None
    text: str
    good: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """The points for one mark."""

    mark: Mark
    got: float
    most: int
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A scored exam."""

    marks: tuple[Points, ...]
    pass_share: float
    notes: tuple[str, ...] = ()
    figures: dict[str, float | int | None] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """All points together, of 100."""
        return round(sum(p.got for p in self.marks), 1)

    @property
    def passed(self) -> bool:
        """Whether the points are enough."""
        return self.total >= 100 * self.pass_share

    def as_json(self) -> dict[str, object]:
        """Plain values for a JSON file."""
        return {
            "total": self.total,
            "pass_at": round(100 * self.pass_share, 1),
            "passed": self.passed,
            "marks": [
                {
                    "mark": p.mark.value,
                    "got": round(p.got, 1),
                    "most": p.most,
                    "moments": [{"at_s": m.at_s, "text": m.text, "good": m.good} for m in p.moments],
                }
                for p in self.marks
            ],
            "notes": list(self.notes),
            "figures": self.figures,
        }


def share_of(most: int, share: float) -> float:
    """`share` (clipped to 0..1) of the points."""
    return most * min(1.0, max(0.0, share))


def clock(at_s: float) -> str:
    """A moment as minutes and seconds.

    >>> clock(75.4)
    '1:15'
    """
    whole = round(at_s)
    return f"{whole // 60}:{whole % 60:02d}"
