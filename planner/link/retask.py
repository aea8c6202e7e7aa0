"""Another mission for a vehicle that is flying one: it waits in the air, takes the new one, and goes on in it.

An ArduPilot takes a mission also in AUTO, but starts its current item anew with each item that comes; so it waits.
"""

from collections.abc import Callable
from dataclasses import dataclass

from planner.link import orders
from planner.link.errors import LinkError
from planner.link.jobs import pause_job, resume_job
from planner.link.vehicle import Vehicle
from planner.link.verdict import Stored
from planner.model.mission import Mission


@dataclass(frozen=True, slots=True)
class Retasked:
    """Whether the vehicle flies the new mission, and in one sentence what it does now."""

    done: bool
    reason: str


def retask(
    vehicle: Vehicle,
    new: Mission,
    from_item: int,
    *,
    back: tuple[Mission, int],
    say: Callable[[str], None] = lambda _: None,
) -> Retasked:
    """Makes a flying vehicle fly `new` from its item `from_item`; where that fails, the mission `back` from an item.

    Raises:
        LinkError: it did not even confirm that it waits; nothing was changed then.
    """
    vehicle.order("Pause", pause_job)
    say("The drone waits; the new mission is sent.")
    failed = ""
    try:
        verdict = vehicle.upload(new)
        if isinstance(verdict, Stored):
            _go_on(vehicle, from_item)
            return Retasked(done=True, reason=f"The drone flies the new mission from item {from_item}.")
        failed = verdict.reason
    except LinkError as error:
        failed = str(error)
    say(f"{failed} The mission before is sent again.")
    mission, item = back
    try:
        verdict = vehicle.upload(mission)
        if isinstance(verdict, Stored):
            _go_on(vehicle, item)
            return Retasked(done=False, reason=f"{failed} The drone goes on with the mission before, at item {item}.")
        failed = f"{failed} {verdict.reason}"
    except LinkError as error:
        failed = f"{failed} {error}"
    return Retasked(
        done=False, reason=f"{failed} The drone waits in the air and may hold a mixture of missions: make it return."
    )


def _go_on(vehicle: Vehicle, item: int) -> None:
    vehicle.order("Skip", lambda state: orders.skip(state, item))
    vehicle.order("Resume", resume_job)
