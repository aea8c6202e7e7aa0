"""What the Train page needs of scenarios and exams, in one place, so that tests can give it something else."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from gui.train.values import Brief, Card, Options, Past, Told


class Run(Protocol):
    """An exam that is being held. What happens is told to the listener that it was started with."""

    @property
    def left_s(self) -> float | None:
        """Seconds of the exam's time that are left; None before it has begun. Quick."""
        ...

    def end(self) -> None:
        """Ends it now; what was flown so far is scored, what was rendered is given up. Returns at once."""
        ...

    def join(self, timeout_s: float) -> None:
        """Waits until it is written down, so long at most."""
        ...


class Hall(Protocol):
    """Scenarios, trainees and exams. Calls that read or score are slow: call them off the window's thread."""

    def trainees(self) -> tuple[str, ...]:
        """Who has a record."""
        ...

    def cards(self, trainee: str, own: Path | None) -> tuple[Card, ...]:
        """The path of a trainee, with the scenario in a file of the user's own if there is one.

        Raises:
            QuaywatchError: a name that cannot be, a damaged record, a file that is no scenario.
        """
        ...

    def brief(self, which: str) -> Brief:
        """What the crew of a scenario is told."""
        ...

    def start(self, which: str, trainee: str, options: Options, tell: Callable[[Told], None]) -> Run:
        """Holds an exam on threads of its own; `tell` is called from them.

        Raises:
            QuaywatchError: the level is locked, or the scenario cannot be read.
        """
        ...

    def past(self, trainee: str) -> tuple[Past, ...]:
        """The exams of a trainee, newest first."""
        ...

    def score(self, folder: Path) -> Past:
        """Scores an exam from its record, an analyst's with the case that was reviewed beside the pictures.

        Raises:
            QuaywatchError: nothing to score yet; says what to do.
        """
        ...
