"""From a record to a score: the marks of the scenario's rubric, each with its moments."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from planner.model.errors import BadInput
from sitl.exam import analyst_marks, pilot_marks
from sitl.exam.analyst_marks import Decision, Sight
from sitl.exam.points import Score
from sitl.exam.record import Record
from sitl.scenario.stage import harbour_of
from sitl.scenario.values import Role

WELL_SHOWN = 0.5
"""Share of a vessel that must be visible in some picture before an analyst can be asked about it."""


def score_pilot(record: Record) -> Score:
    """The score of a flown exam."""
    harbour = harbour_of(record.scenario)
    told = pilot_marks.told_by(record, harbour)
    rubric = record.scenario.rubric
    marks = tuple(pilot_marks.MARKS[mark](told, most) for mark, most in rubric.items())
    flown = told.flown
    figures: dict[str, float | int | None] = {
        "takeoff_s": flown.takeoff_s,
        "landed_s": flown.landed_s,
        "pictures": len(told.photos),
        "highest_m": round(float(flown.height_m.max()), 1) if flown.height_m.size else None,
        "battery_left": round(float(flown.battery[-1]), 3) if flown.battery.size else None,
    }
    return Score(marks, record.scenario.pass_share, _notes(record), figures)


def score_analyst(record: Record, decisions: Sequence[Decision]) -> Score:
    """The score of a reviewed exam."""
    harbour = harbour_of(record.scenario)
    reviewed = analyst_marks.reviewed_by(record, harbour, decisions, sights(record))
    marks = tuple(analyst_marks.MARKS[mark](reviewed, most) for mark, most in record.scenario.rubric.items())
    figures: dict[str, float | int | None] = {
        "contacts": len(decisions),
        "contacts_that_are_vessels": len(reviewed.which),
        "vessels_shown": sum(reviewed.is_vessel(v) for v in reviewed.shown),
    }
    return Score(marks, record.scenario.pass_share, _notes(record), figures)


def sights(record: Record) -> tuple[Sight, ...]:
    """What each picture of the exam's footage shows at least by half.

    Raises:
        BadInput: the footage's truth is missing or damaged.
    """
    if record.scenario.role is not Role.ANALYST:
        return ()
    folder = record.folder / "truth"
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise BadInput(folder, "holds no truth files; the exam's footage is not complete")
    return tuple(_sight(path) for path in paths)


def _sight(path: Path) -> Sight:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(told["at_utc"]).astimezone(UTC)
        return Sight(at, frozenset(str(v["vessel_id"]) for v in told["vessels"] if v["visible"] >= WELL_SHOWN))
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(path, "is damaged; the exam cannot be scored") from None


def _notes(record: Record) -> tuple[str, ...]:
    return tuple(line.text("text") for line in record.of("note"))
