"""Whether a vehicle still holds what was stored in it last: another ground station may have changed it since. Pure.

PX4 names its lists by a checksum (MISSION_ACK.opaque_id, MISSION_CURRENT.mission_id and so on); 0 says that a vehicle
names none, or that the list is empty, and never that two lists are the same. ArduPilot names none: of it only the
number of items is told. Neither takes the place of reading back.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.link.stack import Stack
from planner.model.words import counted

if TYPE_CHECKING:
    from planner.link.state import VehicleState

NO_MISSION = 1
"""MISSION_STATE: there is no mission."""
NAMES = ("mission", "fence", "rally points")


@dataclass(frozen=True, slots=True)
class Held:
    """What was stored and read back equal. `ids` of mission, fence and rally points: None where there is none to know.

    `items` counts as MISSION_CURRENT.total does, without a home slot; `since_s` is when it was read back, on the clock
    of `VehicleState.lists_told_s`: what the vehicle told before does not count. 0: in an earlier run.
    """

    items: int
    ids: tuple[int | None, int | None, int | None] = (None, None, None)
    since_s: float = 0.0


def change(state: "VehicleState") -> str:
    """What the vehicle holds otherwise than what was stored, in a sentence; "" where no change is known."""
    held = state.held
    if held is None or state.lists_told_s is None or state.lists_told_s <= held.since_s:
        return ""
    told = state.list_ids
    changed = [
        name for name, ours, theirs in zip(NAMES, held.ids, told, strict=True) if ours and any(told) and ours != theirs
    ]
    if state.mission_state == NO_MISSION and held.items:
        return f"The vehicle holds no mission any more: {_SINCE}"
    if changed:
        are = "is" if len(changed) == 1 and changed[0] != "rally points" else "are"
        return f"The {_listed(changed)} on the vehicle {are} no longer what was stored: {_SINCE}"
    if state.stack is not Stack.OTHER and state.mission_total not in {None, held.items}:
        return f"The vehicle now holds {counted(state.mission_total or 0, 'item')} instead of {held.items}: {_SINCE}"
    return ""


def as_stored(state: "VehicleState") -> bool | None:
    """Whether the vehicle tells, by its ids, that it holds the mission as it was stored; None: it is not known."""
    if change(state):
        return False
    held = state.held
    if held is None or state.lists_told_s is None or state.lists_told_s <= held.since_s:
        return None
    return True if held.ids[0] and state.list_ids[0] == held.ids[0] else None


_SINCE = "it was changed since, by another ground station for example. Send the plan again before you start."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
