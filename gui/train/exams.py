"""Exams as the Train page holds them: the same calls as `quaywatch train`. Knows no Qt."""

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from typing_extensions import override

from gui.plan.services import Sample
from gui.train.hall import Run
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
    Role,
    Scored,
    Standing,
    Told,
)
from gui.training import read_decisions
from planner.model.errors import BadInput, QuaywatchError
from planner.model.mission import Home
from sitl.exam import finish as ends
from sitl.exam import trainee as records
from sitl.exam.briefing import brief_lines, write_briefing
from sitl.exam.flight import FOOTAGE, PilotExam, Setting, pilot_exam
from sitl.exam.footage import make_footage
from sitl.exam.record import read_record
from sitl.exam.score import score_analyst, score_pilot
from sitl.scenario.read import library, scenario, text_of
from sitl.scenario.values import Role as ScenarioRole
from sitl.scenario.values import Scenario
from sitl.world.harbour import Harbour

CASES = ("footage-case", "case")
"""Where the reviewed case lies in an exam's folder: as the Review page makes it, or as the guide's command does."""


class ExamHall:
    """The scenarios that come along, and the records in `folder` (None: the user's own)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._records = ends.records_folder(folder)

    def trainees(self) -> tuple[str, ...]:
        """Who has a record."""
        return records.trainees(self._records)

    def cards(self, trainee: str, own: Path | None) -> tuple[Card, ...]:
        """The path of a trainee, and after it the scenario of a file."""
        known = library()
        who = records.read_trainee(self._records, trainee)
        found = [_card(s, s.id, who, Standing(who.standing(s, known).value)) for s in known]
        if own is not None:
            theirs = scenario(str(own))
            best = who.best(theirs.id)
            standing = Standing.PASSED if best is not None and best.passed else Standing.OPEN
            found.append(_card(theirs, str(own), who, standing, own=True))
        return tuple(found)

    def brief(self, which: str) -> Brief:
        """What the crew of a scenario is told."""
        chosen = scenario(which)
        points = tuple((mark.value.replace("-", " "), most) for mark, most in chosen.rubric.items())
        lines = tuple(brief_lines(chosen))
        role, level = Role(chosen.role.value), chosen.level
        return Brief(chosen.title, role, level, chosen.task.brief, lines, points, 100 * chosen.pass_share)

    def start(self, which: str, trainee: str, options: Options, tell: Callable[[Told], None]) -> Run:
        """Holds an exam on a thread of its own."""
        chosen, text = scenario(which), text_of(which)
        who = records.read_trainee(self._records, trainee)
        if not options.locked:
            ends.check_open(chosen, who)
        folder = ends.new_exam_folder(self._records, who.name, chosen.id, datetime.now(UTC))
        run: FlightRun | FootageRun
        if chosen.role is ScenarioRole.PILOT:
            setting = Setting(who.name, folder, 0, options.speedup, camera=options.pictures)
            run = FlightRun(chosen, text, setting, self._records, tell)
        else:
            run = FootageRun(chosen, text, who.name, folder, tell)
        run.start()
        return run

    def past(self, trainee: str) -> tuple[Past, ...]:
        """The exams of a trainee, newest first."""
        titles = {s.id: s.title for s in library()}
        return tuple(_past(e, titles.get(e.header.scenario)) for e in ends.past_exams(self._records, trainee))

    def score(self, folder: Path) -> Past:
        """Scores an exam from its record."""
        record = read_record(folder)
        if record.scenario.role is ScenarioRole.PILOT:
            made = score_pilot(record)
        else:
            case = next((folder / name for name in CASES if (folder / name).is_dir()), None)
            if case is None:
                raise BadInput(folder, "holds no reviewed case yet: look for vessels, review them, then hand in")
            made = score_analyst(record, read_decisions(case))
        return _scored(ends.finish(record, made, self._records, datetime.now(UTC)))


class _Thread:
    """Work on a thread that the program waits for at its end, so that a record is never cut off."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self._tell = tell
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="exam")

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def end(self) -> None:
        """Ends it now."""
        self._ended.set()

    def join(self, timeout_s: float) -> None:
        """Waits until it is written down."""
        self._thread.join(timeout_s)

    def _work(self) -> None:
        try:
            self._hold()
        except QuaywatchError as error:
            self._tell(Failed(str(error)))
        except Exception as error:  # noqa: BLE001 -- told on the page
            self._tell(Failed(f"The exam ended by an error that should not be: {error}. Its record is kept."))

    def _hold(self) -> None:
        raise NotImplementedError


class FlightRun(_Thread):
    """A pilot's exam: vehicle, camera and record, from the start to the score."""

    def __init__(
        self, chosen: Scenario, text: str, setting: Setting, folder: Path, tell: Callable[[Told], None]
    ) -> None:
        super().__init__(tell)
        self._chosen, self._text, self._setting, self._folder = chosen, text, setting, folder
        self._exam: PilotExam | None = None

    @property
    def left_s(self) -> float | None:
        """Simulated seconds that are left."""
        return None if self._exam is None else self._exam.left_s

    @override
    def _hold(self) -> None:
        folder = self._setting.folder
        with pilot_exam(self._chosen, self._text, self._setting, datetime.now(UTC)) as exam:
            write_briefing(self._chosen, folder / "brief")
            self._exam = exam
            self._tell(Ready(folder, exam.address, _place(self._chosen, exam.harbour)))
            exam.wait(ended=self._ended.is_set)
            self._tell(Over(exam.pictures_waiting))
            failure = exam.recorder.failure
        if failure is not None:
            raise QuaywatchError(f"{failure}; it cannot be scored")
        record = read_record(folder)
        self._tell(Scored(_scored(ends.finish(record, score_pilot(record), self._folder, datetime.now(UTC)))))


class FootageRun(_Thread):
    """An analyst's exam: renders the pictures; the time counts from when they are there."""

    def __init__(self, chosen: Scenario, text: str, trainee: str, folder: Path, tell: Callable[[Told], None]) -> None:
        super().__init__(tell)
        self._chosen, self._text, self._trainee, self._folder = chosen, text, trainee, folder
        self._began: datetime | None = None

    @property
    def left_s(self) -> float | None:
        """Seconds that are left; below zero once the time is over."""
        if self._began is None:
            return None
        return self._chosen.time_limit_s - (datetime.now(UTC) - self._began).total_seconds()

    @override
    def _hold(self) -> None:
        steps = make_footage(self._chosen, self._text, self._trainee, self._folder, lambda: datetime.now(UTC))
        for done, total in steps:
            self._tell(Rendering(done, total))
            if self._ended.is_set() and done < total:
                steps.close()
                shutil.rmtree(self._folder, ignore_errors=True)  # made by this run, and no exam yet
                self._tell(Cancelled())
                return
        began = self._began = read_record(self._folder).header.started_utc
        self._tell(Footage(self._folder, self._folder / FOOTAGE, began))


def _card(one: Scenario, which: str, who: records.Trainee, standing: Standing, *, own: bool = False) -> Card:
    best = who.best(one.id)
    total = None if best is None else best.total
    return Card(which, one.title, Role(one.role.value), one.level, standing, total, one.summary, own)


def _past(exam: ends.PastExam, title: str | None) -> Past:
    debrief = exam.debrief if exam.total is not None and exam.debrief.is_file() else None
    header = exam.header
    return Past(exam.folder, title or header.scenario, header.started_utc, exam.total, exam.passed, debrief)


def _scored(made: ends.Finished) -> Past:
    record, score = made.record, made.score
    return Past(
        record.folder, record.scenario.title, record.header.started_utc, score.total, score.passed, made.debrief
    )


def _place(chosen: Scenario, harbour: Harbour) -> Sample:
    return Sample(
        name=chosen.title,
        areas=(harbour.area,),
        home=Home(harbour.launch, harbour.takeoff_height_m),
        zones=harbour.zones,
        quays=tuple(tuple(harbour.frame.to_places(q.outline)) for q in harbour.quays),
    )
