"""From a draft and what planning it gave to what the page shows: verdict, problems, notes, figures."""

from dataclasses import dataclass, replace

from gui.plan import values
from gui.plan.draft import Draft
from gui.plan.values import AreaRow, Shown, Verdict
from planner.geo.points import LatLon
from planner.model.plan import AreaKind
from planner.model.planned import PlannedMission
from planner.model.rules import Severity
from planner.route.check_values import Verdict as Checked


@dataclass(frozen=True, slots=True)
class Result:
    """What planning a draft gave: a mission, or why there is none."""

    draft: Draft
    planned: PlannedMission | None = None
    captures: tuple[LatLon, ...] = ()
    problem: str | None = None
    checked: Checked | None = None


def judged(draft: Draft, result: Result | None, selected: str | None) -> Shown:
    """What to show of `draft`. `result` may be that of an older draft; it is then shown as such."""
    rows = tuple(
        AreaRow(d.id, d.area.name, d.area.kind is AreaKind.LINE, values.size_of(d.area), selected=d.id == selected)
        for d in draft.areas
    )
    shown = Shown(draft, "", unsaved=False, rows=rows, scale=values.scale_text(draft.gsd_m))
    if not draft.areas:
        return shown
    if problems := values.shape_problems(draft):
        return replace(shown, verdict=Verdict.DO_NOT_FLY, problems=problems)
    if result is None:
        return replace(shown, verdict=Verdict.PLANNING, fresh=False)
    shown = replace(shown, planned=result.planned, captures=result.captures, fresh=result.draft == draft)
    if result.planned is None:
        return _without_mission(shown, result)
    problems = _problems(result, result.planned)
    shown = replace(
        shown,
        figures=values.figures_of(result.planned),
        energy=values.energy_of(result.draft, result.planned),
        notes=_notes(result.draft, result.planned, result.checked),
        problems=problems,
    )
    if not shown.fresh:
        return replace(shown, verdict=Verdict.PLANNING)
    return replace(shown, verdict=Verdict.DO_NOT_FLY if problems else Verdict.FLY)


def _without_mission(shown: Shown, result: Result) -> Shown:
    if not shown.fresh:
        return replace(shown, verdict=Verdict.PLANNING)
    return replace(shown, verdict=Verdict.DO_NOT_FLY, problems=(result.problem,) if result.problem else ())


def _problems(result: Result, planned: PlannedMission) -> tuple[str, ...]:
    """Why it must not be flown: the battery in the page's own figures, then what the check found beside that."""
    energy = values.energy_problem(result.draft, planned)
    told = {"energy-short", "no-return"} if energy is not None else set()
    found = result.checked.problems if result.checked is not None else ()
    errors = [p.message for p in found if p.severity is Severity.ERROR and p.code not in told]
    return tuple(filter(None, (energy, *map(values.sentence, errors))))


def _notes(draft: Draft, planned: PlannedMission, checked: Checked | None) -> tuple[str, ...]:
    notes = [note for note in planned.notes if not note.startswith("no launch place")]
    notes += [p.message for p in checked.problems if p.severity is Severity.WARNING] if checked is not None else []
    if draft.home is None:
        notes.insert(0, "No launch place is set, so a corner of the area is taken. Right-click the map to set it.")
    return tuple(values.sentence(note) for note in notes)
