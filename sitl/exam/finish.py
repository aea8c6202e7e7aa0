"""The end of an exam: score, debrief, and the line in the trainee's record; and the exams that were held."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.model.errors import BadInput
from sitl.exam.points import Score
from sitl.exam.record import Header, Record, read_header, write_json
from sitl.exam.trainee import Result, Standing, Trainee, add_result, read_trainee
from sitl.scenario.read import library
from sitl.scenario.values import Scenario

EXAMS = "exams"
SCORE, DEBRIEF = "score.json", "debrief.html"


@dataclass(frozen=True, slots=True)
class Finished:
    """A scored exam and its debrief."""

    record: Record
    score: Score
    debrief: Path


@dataclass(frozen=True, slots=True)
class PastExam:
    """An exam in the folder of records. `total` and `passed` are None where it was not scored."""

    folder: Path
    header: Header
    total: float | None
    passed: bool | None

    @property
    def debrief(self) -> Path:
        """Where its debrief lies, once it is scored."""
        return self.folder / DEBRIEF


def records_folder(folder: Path | None = None) -> Path:
    """The folder of the trainees' records: `folder`, or the user's own."""
    if folder is not None:
        return folder
    from platformdirs import user_data_path

    return user_data_path("quaywatch") / "training"


def new_exam_folder(records: Path, trainee: str, scenario: str, now_utc: datetime) -> Path:
    """A folder for a new exam, beside the records; not made yet, and not there yet."""
    name = f"{trainee} {scenario} {now_utc:%Y%m%dT%H%M%SZ}"
    tries = (records / EXAMS / (name if number == 0 else f"{name} {number}") for number in range(1000))
    return next(path for path in tries if not path.exists())


def check_open(scenario: Scenario, who: Trainee) -> None:
    """Refuses a scenario of the library whose level is still locked for a trainee.

    Raises:
        BadInput: it is locked.
    """
    known = library()
    if scenario in known and who.standing(scenario, known) is Standing.LOCKED:
        raise BadInput(
            "train run",
            f"{scenario.id} is of level {scenario.level}, which is locked for {who.name}; pass the level before",
        )


def finish(record: Record, score: Score, records: Path, now_utc: datetime) -> Finished:
    """Writes score.json and debrief.html into the exam's folder, and the result into the trainee's record.

    Raises:
        QuaywatchError: one of them cannot be written.
    """
    from sitl.exam.debrief import write_debrief

    header = record.header
    told = {"exam": str(record.folder), "scenario": record.scenario.id, "trainee": header.trainee}
    write_json(record.folder / SCORE, {**told, **score.as_json()})
    page = write_debrief(record, score)
    exam = f"{record.folder.name} {header.started_utc.isoformat()}"
    add_result(records, header.trainee, Result(record.scenario.id, score.total, score.passed, now_utc, exam))
    return Finished(record, score, page)


def past_exams(records: Path, trainee: str) -> tuple[PastExam, ...]:
    """The exams of a trainee in the folder of records, newest first. Folders that hold no exam are passed over."""
    name = read_trainee(records, trainee).name
    found = []
    for path in (records / EXAMS).glob("*/exam.json"):
        try:
            header = read_header(path.parent)
        except BadInput:
            continue
        if header.trainee == name:
            found.append(PastExam(path.parent, header, *_scored(path.parent)))
    return tuple(sorted(found, key=lambda e: e.header.started_utc, reverse=True))


def _scored(folder: Path) -> tuple[float | None, bool | None]:
    try:
        told = json.loads((folder / SCORE).read_text(encoding="utf-8"))
        return float(told["total"]), bool(told["passed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
