"""From a draft and what planning it gave to what the page shows: verdict, problems, notes, figures."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gui.plan import values
from gui.plan.details import details_of
from gui.plan.draft import Draft
from gui.plan.values import AreaRow, Finding, GroupRow, Role, Shown, Verdict
from planner.geo.points import LatLon
from planner.model.mission import Mission
from planner.model.plan import AreaKind
from planner.model.planned import PlannedMission
from planner.model.rules import Severity
from planner.route.check_values import Problem
from planner.route.check_values import Verdict as Checked

MOST_KEPT_ROWS = 8
"""More polygons to keep out of than these are one line of the list."""
KEPT_OUT = "keep out"
"""The key of that line."""


@dataclass(frozen=True, slots=True)
class Result:
    """What planning a draft gave: a mission, or why there is none. `near` are the zones near it, for each file."""

    draft: Draft
    planned: PlannedMission | None = None
    captures: tuple[LatLon, ...] = ()
    problem: str | None = None
    checked: Checked | None = None
    near: tuple[int, ...] = ()


def judged(draft: Draft, result: Result | None, selected: str | None) -> Shown:
    """What to show of `draft`. `result` may be that of an older draft; it is then shown as such."""
    shown = Shown(
        draft,
        "",
        unsaved=False,
        rows=_rows(draft, selected),
        groups=_groups(draft, result),
        scale=values.scale_text(draft.gsd_m),
    )
    if not draft.is_planned and draft.foreign is None:
        return shown
    if problems := values.shape_problems(draft):
        return replace(shown, verdict=Verdict.DO_NOT_FLY, findings=_severe(problems))
    if result is None:
        return replace(shown, verdict=Verdict.PLANNING, fresh=False)
    shown = replace(shown, planned=result.planned, captures=result.captures, fresh=result.draft == draft)
    if result.planned is None:
        return _without_mission(shown, result)
    findings = (*_problems(result, result.planned), *_notes(result.draft, result.planned, result.checked))
    shown = replace(
        shown,
        figures=values.figures_of(result.draft, result.planned, result.checked),
        details=details_of(result.planned),
        energy=values.energy_of(result.draft, result.planned, result.checked),
        findings=findings,
    )
    if not shown.fresh:
        return replace(shown, verdict=Verdict.PLANNING)
    return replace(shown, verdict=Verdict.DO_NOT_FLY if shown.problems else Verdict.FLY)


def _rows(draft: Draft, selected: str | None) -> tuple[AreaRow, ...]:
    """The drawn things: what is watched, zones, what is kept out of."""
    rows = [
        AreaRow(d.id, d.area.name, d.area.kind is AreaKind.LINE, values.size_of(d.area), d.id == selected, role)
        for some, role in ((draft.areas, Role.WATCH), (draft.keep_out, Role.KEEP_OUT))
        for d in some
    ]
    rows += [
        AreaRow(
            d.id,
            d.zone.name,
            is_line=False,
            size=values.size_of(d.zone),
            selected=d.id == selected,
            role=values.role_of(d.zone),
            zone=d.zone,
        )
        for d in draft.zones
    ]
    return tuple(rows)


def _groups(draft: Draft, result: Result | None) -> tuple[GroupRow, ...]:
    near = result.near if result is not None and result.draft.zone_sets is draft.zone_sets else ()
    rows = []
    for number, some in enumerate(draft.zone_sets):
        text = _counted(len(some.zones), "zone")
        if number < len(near):
            text += f", {near[number]:,} near the plan"
        rows.append(GroupRow(f"zones {number}", some.name, text, "airplane-off"))
    if len(draft.keep_out) > MOST_KEPT_ROWS:
        rows.append(GroupRow(KEPT_OUT, "Kept out of", _counted(len(draft.keep_out), "polygon"), "terrain"))
    if len(draft.kept):
        rows.append(GroupRow("kept", "Fence and rally points", _counted(len(draft.kept), "part"), "fence"))
    if draft.foreign is not None:
        text = _counted(len(draft.foreign.mission), "item")
        rows.append(GroupRow("foreign", draft.foreign.name, f"{text}, as in the file", "map-marker-path"))
    return tuple(rows)


def _without_mission(shown: Shown, result: Result) -> Shown:
    if not shown.fresh:
        return replace(shown, verdict=Verdict.PLANNING)
    return replace(shown, verdict=Verdict.DO_NOT_FLY, findings=_severe([result.problem] if result.problem else []))


def _problems(result: Result, planned: PlannedMission) -> tuple[Finding, ...]:
    """Why it must not be flown, the most dangerous first as the check has them.

    Where the check has no figures the page's own count.
    """
    found = result.checked.problems if result.checked is not None else ()
    own = None
    if result.checked is None or "energy_wh" not in result.checked.figures:
        own = values.energy_problem(result.draft, planned)
    errors = (p for p in found if p.severity is Severity.ERROR)
    return (*_severe([own] if own else []), *(_told(p, planned.mission) for p in errors))


def _notes(draft: Draft, planned: PlannedMission, checked: Checked | None) -> tuple[Finding, ...]:
    notes = [note for note in planned.notes if not note.startswith("no launch place")]
    if checked is not None and "energy_wh" in checked.figures:  # the check says it, in the wind
        notes = [note for note in notes if not note.endswith("not to be flown on one battery")]
    if draft.home is None and draft.foreign is None:
        notes.insert(0, "No launch place is set, so a corner of the area is taken. Right-click the map to set it.")
    told = [Finding(values.sentence(note), is_problem=False) for note in notes]
    if checked is not None:
        warnings = (p for p in checked.problems if p.severity is Severity.WARNING)
        told += [_told(p, planned.mission) for p in warnings]
        if unchecked := checked.figures.get("unchecked"):
            told.append(Finding(f"Not checked: {unchecked}.", is_problem=False))
    return tuple(told)


def _told(problem: Problem, mission: Mission) -> Finding:
    where, item = problem.where, problem.item
    if where is None and item is not None and 0 < item <= len(mission):
        where = mission.items[item - 1].at
    return Finding(values.sentence(problem.message), problem.severity is Severity.ERROR, where, item)


def _severe(texts: Iterable[str]) -> tuple[Finding, ...]:
    return tuple(Finding(text, is_problem=True) for text in texts)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
