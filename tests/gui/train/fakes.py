"""A hall whose exams do what the test says, and a page that remembers what it was told."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gui.plan.services import Sample
from gui.train.values import (
    Brief,
    Card,
    Footage,
    Options,
    Past,
    Ready,
    Ribbon,
    Role,
    Standing,
    Told,
)
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Home

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
FOLDER = Path("/exams/one")
PLACE = Sample("First patrol", (), Home(LatLon(54.1, 7.0), 3.0), (), ())
READY = Ready(FOLDER, "tcp:127.0.0.1:9", PLACE)
FOOTAGE = Footage(FOLDER, FOLDER / "footage", NOW)
PASSED = Past(FOLDER, "First patrol", NOW, 86.0, passed=True, debrief=FOLDER / "debrief.html")
FIRST = Card("first-patrol", "First patrol", Role.PILOT, 1, Standing.OPEN, None, "A fair day.")
SECOND = Card("keep-clear", "Keep clear", Role.PILOT, 2, Standing.LOCKED, None, "A zone.")
LINES = Card("inside-the-line", "Inside the line", Role.ANALYST, 1, Standing.OPEN, None, "A berth.")


class FakeRun:
    """An exam; `tell` says what happens in it."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self.tell = tell
        self.left_s: float | None = None
        self.ended = self.joined = False

    def end(self) -> None:
        self.ended = True

    def join(self, timeout_s: float) -> None:
        self.joined = True


class FakeHall:
    """Three scenarios; `refusal` is raised by what is asked next."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, str, Options, FakeRun]] = []
        self.exams: tuple[Past, ...] = ()
        self.refusal: str | None = None
        self.scored: list[Path] = []

    def trainees(self) -> tuple[str, ...]:
        return ("Ali", "Kim")

    def cards(self, trainee: str, own: Path | None) -> tuple[Card, ...]:
        self._refuse()
        mine = () if own is None else (Card(str(own), "Mine", Role.PILOT, 1, Standing.OPEN, None, "", own=True),)
        return (FIRST, SECOND, LINES, *mine)

    def brief(self, which: str) -> Brief:
        role = Role.ANALYST if which == LINES.which else Role.PILOT
        return Brief(which, role, 1, f"The task of {which}.", (("Wind", "calm"),), (("coverage", 100),), 70.0)

    def start(self, which: str, trainee: str, options: Options, tell: Callable[[Told], None]) -> FakeRun:
        self._refuse()
        run = FakeRun(tell)
        self.runs.append((which, trainee, options, run))
        return run

    def past(self, trainee: str) -> tuple[Past, ...]:
        return self.exams

    def score(self, folder: Path) -> Past:
        self._refuse()
        self.scored.append(folder)
        return PASSED

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise BadInput("exam", self.refusal)


class FakeView:
    """What the presenter showed last."""

    def __init__(self) -> None:
        self.cards: Sequence[Card] = ()
        self.names: Sequence[str] = ()
        self.brief: Brief | None = None
        self.why_not: str | None = None
        self.past: Sequence[Past] = ()
        self.debrief: Past | None = None
        self.ribbon: Ribbon | None = None
        self.progress = self.problem = self.done = self.busy = ""
        self.flights: list[Ready] = []
        self.reviews: list[Footage] = []
        self.ends = 0

    def show_cards(self, cards: Sequence[Card], chosen: str | None) -> None:
        self.cards, self.chosen = cards, chosen

    def show_trainees(self, names: Sequence[str], chosen: str) -> None:
        self.names = names

    def show_brief(self, brief: Brief | None, why_not: str | None) -> None:
        self.brief, self.why_not = brief, why_not

    def show_past(self, exams: Sequence[Past], chosen: Path | None) -> None:
        self.past = exams

    def show_debrief(self, exam: Past) -> None:
        self.debrief = exam

    def show_ribbon(self, ribbon: Ribbon | None) -> None:
        self.ribbon = ribbon

    def show_progress(self, text: str, fraction: float | None) -> None:
        self.progress = text

    def show_problem(self, text: str) -> None:
        self.problem = text

    def show_done(self, text: str) -> None:
        self.done = text

    def begin_flight(self, ready: Ready) -> None:
        self.flights.append(ready)

    def end_flight(self) -> None:
        self.ends += 1

    def begin_review(self, footage: Footage) -> None:
        self.reviews.append(footage)

    def end_review(self) -> None:
        self.ends += 1

    def busy_elsewhere(self, role: Role) -> str:
        return self.busy
