"""What the Train page decides: whose path, which exam, when it ends, what is shown of it. Knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gui.train.hall import Hall, Run
from gui.train.values import (
    Brief,
    Cancelled,
    Card,
    Failed,
    Footage,
    Options,
    Over,
    Past,
    Ready,
    Rendering,
    Ribbon,
    Role,
    Scored,
    Standing,
    Told,
    clock,
)
from gui.work import Work
from planner.model.errors import QuaywatchError

NOBODY = "trainee"
"""Whose record it is while nobody has said a name; as the command's."""


class TrainView(Protocol):
    """What the page can show."""

    def show_cards(self, cards: Sequence[Card], chosen: str | None) -> None:
        """The path of the trainee."""
        ...

    def show_trainees(self, names: Sequence[str], chosen: str) -> None:
        """Who can be chosen, and who is."""
        ...

    def show_brief(self, brief: Brief | None, why_not: str | None) -> None:
        """The brief of the chosen scenario, and why it cannot be started (None: it can)."""
        ...

    def show_past(self, exams: Sequence[Past], chosen: Path | None) -> None:
        """The trainee's exams."""
        ...

    def show_debrief(self, exam: Past) -> None:
        """The debrief of an exam."""
        ...

    def show_ribbon(self, ribbon: Ribbon | None) -> None:
        """The line above the pages; None for none."""
        ...

    def show_progress(self, text: str, fraction: float | None) -> None:
        """How far rendering or writing is; empty text for nothing under way."""
        ...

    def show_problem(self, text: str) -> None:
        """What went wrong and what to do; empty: nothing."""
        ...

    def show_done(self, text: str) -> None:
        """What just happened."""
        ...

    def begin_flight(self, ready: Ready) -> None:
        """Give area, zones and the drone's address to the pages for planning and flying."""
        ...

    def end_flight(self) -> None:
        """Let go of the drone and come back to this page."""
        ...

    def begin_review(self, footage: Footage) -> None:
        """Give the pictures to the page for reviewing."""
        ...

    def end_review(self) -> None:
        """The review is handed in: come back to this page."""
        ...

    def busy_elsewhere(self, role: Role) -> str:
        """Why the pages that an exam needs cannot be used now; empty: they can."""
        ...


@dataclass(slots=True, weakref_slot=True)  # Qt holds its receivers weakly
class TrainPresenter:
    """Leads a trainee from the path to a debrief."""

    view: TrainView
    hall: Hall
    work: Work
    trainee: str = NOBODY
    options: Options = field(default_factory=Options)
    chosen: str | None = None
    """The scenario whose brief is shown, as the command takes it."""
    _cards: tuple[Card, ...] = ()
    _own: Path | None = None
    _past: tuple[Past, ...] = ()
    _run: Run | None = None
    _sitting: Card | None = None
    _who: str = ""
    _review: Footage | None = None
    _waiting: str = ""
    _closed: bool = False

    # -- what a person asks for

    def refresh(self) -> None:
        """Reads the records again."""
        trainee, own = self.trainee, self._own

        def read() -> tuple[tuple[str, ...], tuple[Card, ...], tuple[Past, ...]]:
            return self.hall.trainees(), self.hall.cards(trainee, own), self.hall.past(trainee)

        def done(found: tuple[tuple[str, ...], tuple[Card, ...], tuple[Past, ...]]) -> None:
            names, self._cards, self._past = found
            self.view.show_trainees(names, self.trainee)
            if self._card() is None:
                self.chosen = next((c.which for c in self._cards if c.standing is Standing.OPEN), None)
            self.view.show_cards(self._cards, self.chosen)
            self.view.show_past(self._past, None)
            self._show_brief()

        self.work.latest("train/records", read, done, self._refused)

    def set_trainee(self, name: str) -> None:
        """Another trainee, or a new one."""
        plain = " ".join(name.split()) or NOBODY
        if plain != self.trainee:
            self.trainee = plain
            self.view.show_problem("")
            self.refresh()

    def choose(self, which: str) -> None:
        """Shows the brief of a scenario."""
        self.chosen = which
        self.view.show_problem("")
        self.view.show_cards(self._cards, which)
        self._show_brief()

    def set_options(self, options: Options) -> None:
        """How the next exam is run."""
        self.options = options
        self._show_brief()

    def open_file(self, path: Path) -> None:
        """A scenario file of the user's own comes to the end of the path, and its brief is shown."""

        def done(cards: tuple[Card, ...]) -> None:
            self._own, self._cards = path, cards
            self.choose(str(path))

        trainee = self.trainee
        self.work.run(lambda: self.hall.cards(trainee, path), done, self._refused)

    def start(self) -> None:
        """Begins the exam whose brief is shown."""
        card = self._card()
        if card is None or self._why_not(card) is not None:
            return
        if busy := self.view.busy_elsewhere(card.role):
            self.view.show_problem(busy)
            return
        self._sitting, self._who, self._waiting = card, self.trainee, "The exam is being prepared"
        self.view.show_problem("")
        self.view.show_progress(self._waiting, None)
        self._show_brief()
        which, trainee, options = card.which, self.trainee, self.options

        def begin() -> Run:
            run = self.hall.start(which, trainee, options, self._tell)
            if self._closed:  # the window went away meanwhile
                run.end()
            return run

        self.work.run(begin, self._started, self._not_started)

    def end(self) -> None:
        """The button of the ribbon: ends the flight, gives up rendering, or hands the review in."""
        if self._review is not None:
            self._hand_in(self._review)
        elif self._run is not None:
            self._run.end()

    def tick(self) -> None:
        """Called twice a second: shows the time that is left."""
        card, run = self._sitting, self._run
        left = None if run is None else run.left_s
        if card is None or left is None or self._waiting:
            return
        time = f"{clock(left)} left" if left >= 0 else f"the time has been up for {clock(-left)}"
        button = "End the exam" if card.role is Role.PILOT else "Hand in"
        self.view.show_ribbon(Ribbon(f"Practice: {card.title}, {self._who}, {time}", button))

    def show_debrief(self, folder: Path) -> None:
        """Shows how a past exam went."""
        exam = self._exam(folder)
        if exam is None:
            return
        if exam.debrief is None:
            self.view.show_problem(f"The exam of {exam.started_utc:%Y-%m-%d %H:%M} UTC is not scored yet: score it.")
            return
        self.view.show_problem("")
        self.view.show_debrief(exam)

    def score_again(self, folder: Path) -> None:
        """Works an exam's score out again from its record."""
        if self._review is not None and folder == self._review.folder:
            self._hand_in(self._review)
            return
        self.work.run(lambda: self.hall.score(folder), self._show_scored, self._refused)

    def close(self) -> None:
        """The window closes: the exam ends, and its record is written."""
        self._closed = True
        if self._run is not None:
            self._run.end()
            self._run.join(20.0)

    @property
    def is_on(self) -> bool:
        """Whether an exam is being held or prepared."""
        return self._sitting is not None

    # -- what the exam tells

    def _tell(self, told: Told) -> None:
        """From the exam's thread."""
        self.work.post(lambda: self._hear(told))

    def _hear(self, told: Told) -> None:
        match told:
            case Ready():
                self._wait_for("")
                self.view.begin_flight(told)
                self.tick()
            case Rendering(done, total):
                self._wait_for(f"Drawing picture {done:,} of {total:,}", done / max(1, total))
                self.view.show_ribbon(Ribbon(f"Practice: drawing picture {done:,} of {total:,}", "Give up"))
            case Footage():
                self._wait_for("")
                self._review = told
                self.view.begin_review(told)
                self.tick()
            case Over(waiting):
                pictures = f", {waiting:,} pictures are still to be written" if waiting else ""
                self._wait_for(f"The exam is over{pictures}; it is being scored")
                self.view.show_ribbon(None)
                self.view.end_flight()
            case Scored(past):
                self._leave()
                self._show_scored(past)
            case Cancelled():
                self._leave()
                self.view.show_done("The exam was given up before it began; nothing of it is kept.")
            case Failed(reason):
                flying = self._sitting is not None and self._sitting.role is Role.PILOT
                self._leave()
                if flying:
                    self.view.end_flight()
                self.view.show_problem(reason)

    # -- internal

    def _started(self, run: Run) -> None:
        if self._sitting is not None:  # it may be over already
            self._run = run

    def _not_started(self, error: Exception) -> None:
        self._leave()
        self._refused(error)

    def _wait_for(self, text: str, fraction: float | None = None) -> None:
        self._waiting = text
        self.view.show_progress(text, fraction)

    def _leave(self) -> None:
        self._sitting = self._run = self._review = None
        self._wait_for("")
        self.view.show_ribbon(None)
        self._show_brief()

    def _hand_in(self, review: Footage) -> None:
        if busy := self.view.busy_elsewhere(Role.ANALYST):
            self.view.show_problem(busy)
            return

        def done(past: Past) -> None:
            self._leave()
            self.view.end_review()
            self._show_scored(past)

        self.work.run(lambda: self.hall.score(review.folder), done, self._refused)

    def _show_scored(self, past: Past) -> None:
        self.view.show_done(f"{past.title}: {past.result}.")
        self.view.show_debrief(past)
        trainee = self.trainee

        def done(found: tuple[Past, ...]) -> None:
            self._past = found
            self.view.show_past(found, past.folder)

        self.work.run(lambda: self.hall.past(trainee), done, self._refused)
        own = self._own
        self.work.run(lambda: self.hall.cards(trainee, own), self._take_cards, self._refused)

    def _take_cards(self, cards: tuple[Card, ...]) -> None:
        self._cards = cards
        self.view.show_cards(cards, self.chosen)
        self._show_brief()

    def _show_brief(self) -> None:
        card = self._card()
        if card is None:
            self.view.show_brief(None, "Choose a scenario.")
            return
        why_not, which = self._why_not(card), card.which
        show: Callable[[Brief], None] = lambda brief: self.view.show_brief(brief, why_not)  # noqa: E731
        self.work.latest("train/brief", lambda: self.hall.brief(which), show, self._refused)

    def _why_not(self, card: Card) -> str | None:
        if self._sitting is not None:
            return f"An exam is on: {self._sitting.title}."
        if card.standing is Standing.LOCKED and not self.options.locked:
            return f"Locked: pass all of level {card.level - 1} for {card.role}s first, or run it locked."
        return None

    def _card(self) -> Card | None:
        return next((c for c in self._cards if c.which == self.chosen), None)

    def _exam(self, folder: Path) -> Past | None:
        return next((e for e in self._past if e.folder == folder), None)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, QuaywatchError):
            self.view.show_problem(str(error))
        else:
            self.view.show_problem(f"Something went wrong that should not: {error}.")
