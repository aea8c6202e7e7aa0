"""A trainee's record: every scored exam, and the levels that they open."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from planner.model.errors import BadInput
from sitl.scenario.values import Role, Scenario


@dataclass(frozen=True, slots=True)
class Result:
    """One scored exam."""

    scenario: str
    total: float
    passed: bool
    scored_utc: datetime
    exam: str
    """Name of the exam's folder and its start, so that scoring it again replaces the line."""


class Standing(StrEnum):
    """Where a trainee stands with a scenario."""

    LOCKED = "locked"
    OPEN = "open"
    PASSED = "passed"


@dataclass(frozen=True)
class Trainee:
    """A trainee and all results so far, oldest first. Levels open one after the other, for each role apart."""

    name: str
    results: tuple[Result, ...] = ()

    def best(self, scenario: str) -> Result | None:
        """The best result in a scenario; None if there is none."""
        found = [r for r in self.results if r.scenario == scenario]
        return max(found, key=lambda r: (r.passed, r.total)) if found else None

    def standing(self, scenario: Scenario, library: Sequence[Scenario]) -> Standing:
        """Passed, open (every scenario of the level before is passed) or locked."""
        if self._passed(scenario):
            return Standing.PASSED
        return Standing.OPEN if scenario.level <= self.level(scenario.role, library) else Standing.LOCKED

    def level(self, role: Role, library: Sequence[Scenario]) -> int:
        """The highest level that is open: one above the last whose scenarios are all passed."""
        levels = sorted({s.level for s in library if s.role is role})
        for level in levels:
            if not all(self._passed(s) for s in library if s.role is role and s.level == level):
                return level
        return levels[-1] if levels else 1

    def _passed(self, scenario: Scenario) -> bool:
        best = self.best(scenario.id)
        return best is not None and best.passed


def checked_name(name: str) -> str:
    """A trainee's name, as it can be a file's name.

    Raises:
        BadInput: empty, too long, or with characters that a file's name cannot have.
    """
    plain = " ".join(name.split())
    if not re.fullmatch(r"[\w][\w .'-]{0,59}", plain):
        raise BadInput("--trainee", f"{name!r} must be 1 to 60 letters, digits, blanks, dots or hyphens")
    return plain


def read_trainee(folder: Path, name: str) -> Trainee:
    """The record of a trainee in the folder of records; without one, a trainee without results.

    Raises:
        BadInput: the record is damaged or cannot be read; names the line.
    """
    name = checked_name(name)
    path = _path(folder, name)
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return Trainee(name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(path, f"cannot be read: {error}") from None
    results: dict[str, Result] = {}
    for number, row in enumerate(rows, start=1):
        try:
            told = json.loads(row)
            scored = datetime.fromisoformat(told["scored_utc"]).astimezone(UTC)
            made = Result(str(told["scenario"]), float(told["total"]), bool(told["passed"]), scored, str(told["exam"]))
        except (ValueError, KeyError, TypeError):
            raise BadInput(path, f"line {number} is damaged; mend it or move the file away") from None
        results.pop(made.exam, None)
        results[made.exam] = made
    return Trainee(name, tuple(results.values()))


def add_result(folder: Path, name: str, result: Result) -> None:
    """Appends a result to a trainee's record; lines are never changed.

    Raises:
        BadInput: it cannot be written.
    """
    path = _path(folder, checked_name(name))
    line = json.dumps({**asdict(result), "scored_utc": result.scored_utc.isoformat()}) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise BadInput(path, f"cannot be written: {error.strerror or error}") from None


def trainees(folder: Path) -> tuple[str, ...]:
    """The names of all who have a record."""
    return tuple(sorted(p.stem for p in folder.glob("*.jsonl"))) if folder.is_dir() else ()


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl"
