"""What a vehicle held before it was changed, and how that is put back."""

from collections.abc import Callable

from planner.link.clear import ClearEnd
from planner.link.items import FENCE, MISSION, RALLY
from planner.link.stack import STATE_BOOT, Stack
from planner.link.store import UploadProgress, empty_figures
from planner.link.vehicle import Vehicle
from planner.link.verdict import NotStored, Stored, Unknown, Verdict
from planner.model.mission import Mission
from planner.model.words import counted


def held_now(vehicle: Vehicle, *, any_stack: bool = False) -> Mission | None:
    """What the vehicle holds, to be put back if what comes next fails; empty if it holds nothing.

    None while it is starting, and for stacks other than ArduPilot: those keep their lists by themselves when an upload
    fails; with `any_stack` they are read too.

    Raises:
        NotDone: it could not be read.
        LinkBusy: another transfer is running.
    """
    state = vehicle.snapshot()
    if state is None or state.system_status == STATE_BOOT or (state.stack is not Stack.ARDUPILOT and not any_stack):
        return None
    return vehicle.download()


def lists_of(mission: Mission) -> tuple[int, ...]:
    """Which of mission, fence and rally points it has."""
    fence = bool(mission.fence_polygons or mission.fence_circles)
    has = {MISSION: len(mission) > 0, FENCE: fence, RALLY: bool(mission.rally)}
    return tuple(kind for kind, there in has.items() if there)


def put_back(
    vehicle: Vehicle,
    before: Mission,
    changed: tuple[int, ...],
    on_progress: Callable[[UploadProgress], None] | None = None,
) -> Verdict:
    """Makes the vehicle hold again what it held `before`, of the lists `changed`; "stored": read back, and it does.

    Raises:
        LinkBusy: another transfer is running.
    """
    has = lists_of(before)
    verdict: Verdict = Stored("", empty_figures(len(before)))
    if has:
        verdict = vehicle.upload(before, on_progress)
        if not isinstance(verdict, Stored):
            return verdict
    ends = vehicle.clear(tuple(kind for kind in changed if kind not in has)) if set(changed) - set(has) else ()
    reason = " ".join(part for part in (verdict.reason, *(end.reason for end in ends)) if part)
    kind: type[Stored | NotStored | Unknown] = {"cleared": Stored, "not_cleared": NotStored, "unknown": Unknown}[
        ends[-1].word if ends else "cleared"
    ]
    return kind(reason, verdict.figures)


def cleared(ends: tuple[ClearEnd, ...]) -> str:
    """The word for several lists: that of the one that ended it."""
    return ends[-1].word if ends else "cleared"


def in_words(mission: Mission) -> str:
    """What a vehicle holds, counted."""
    parts = [counted(len(mission), "item")] if len(mission) else []
    areas = len(mission.fence_polygons) + len(mission.fence_circles)
    parts += [f"a fence of {counted(areas, 'area')}"] if areas else []
    parts += [counted(len(mission.rally), "rally point")] if mission.rally else []
    return ", ".join(parts) or "nothing"
