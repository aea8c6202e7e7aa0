"""What the Train page shows, and what a running exam tells. Knows no Qt."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from gui.plan.services import Sample


class Role(StrEnum):
    """Who is trained."""

    PILOT = "pilot"
    ANALYST = "analyst"


class Standing(StrEnum):
    """Where a trainee stands with a scenario."""

    LOCKED = "locked"
    OPEN = "open"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Card:
    """One scenario on the path. `which` is what the command takes: an id, or a file's path."""

    which: str
    title: str
    role: Role
    level: int
    standing: Standing
    best: float | None
    summary: str
    own: bool = False
    """From a file of the user's own."""

    @property
    def result(self) -> str:
        """The standing in words, with the best score."""
        if self.best is None:
            return self.standing.value
        return f"{'passed' if self.standing is Standing.PASSED else 'not passed yet'}, {self.best:.0f} of 100"


@dataclass(frozen=True, slots=True)
class Brief:
    """What a crew is told before an exam: the task, named lines (weather, limits ...), points, and what passes."""

    title: str
    role: Role
    level: int
    task: str
    lines: tuple[tuple[str, str], ...]
    points: tuple[tuple[str, int], ...]
    pass_at: float


@dataclass(frozen=True, slots=True)
class Options:
    """How a pilot's exam is run, by the options of `quaywatch train run`."""

    speedup: float = 1.0
    pictures: bool = True
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """An exam of a trainee. Score and debrief are None where it was not scored."""

    folder: Path
    title: str
    started_utc: datetime
    total: float | None
    passed: bool | None
    debrief: Path | None

    @property
    def result(self) -> str:
        """The score in words."""
        if self.total is None:
            return "not scored"
        return f"{self.total:.0f} of 100, {'passed' if self.passed else 'not passed'}"


@dataclass(frozen=True, slots=True)
class Ready:
    """A pilot's exam has begun: the drone waits at `address`; `place` is what the crew plans for."""

    folder: Path
    address: str
    place: Sample


@dataclass(frozen=True, slots=True)
class Rendering:
    """So many pictures of an analyst's exam are written."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Footage:
    """An analyst's exam has begun: the pictures are there."""

    folder: Path
    pictures: Path
    began_utc: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """The flight is over; so many pictures are still to be written before it is scored."""

    waiting: int


@dataclass(frozen=True, slots=True)
class Scored:
    """The exam is scored."""

    past: Past


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Rendering was stopped; nothing is kept of it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The exam could not be held or scored, and why."""

    reason: str


Told = Ready | Rendering | Footage | Over | Scored | Cancelled | Failed


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The line above the pages while an exam is on: what it says, and the button at its end."""

    text: str
    button: str


def clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> clock(75.4)
    '1:15'
    """
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
