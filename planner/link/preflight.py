"""What is read from and set in a vehicle before a take-off: parameters, and the fence switched on rightly."""

import math
from collections.abc import Sequence

from planner.link import orders
from planner.link.errors import NotDone, NoVehicle
from planner.link.params import ParamSetEnd, ParamsRead, ReadParamsJob, SetParamJob, on_wire
from planner.link.settings import Reach, Setting, names_for, settings_of
from planner.link.stack import Stack
from planner.link.state import VehicleState
from planner.link.terrain import TerrainChecked, TerrainCheckJob
from planner.link.vehicle import Vehicle
from planner.model.mission import Frame, Mission

OVER_GROUND = frozenset({Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT})
POLYGON_ONLY = 4.0
"""FENCE_TYPE with the drawn fence alone."""


def parameters(vehicle: Vehicle, names: Sequence[str]) -> ParamsRead:
    """The parameters of these names, as far as the vehicle knows them."""
    for event in vehicle.run(ReadParamsJob(tuple(names))):
        if isinstance(event, ParamsRead):
            return event
    return ParamsRead({}, tuple(names))


def safety_settings(vehicle: Vehicle, reach: Reach | None) -> tuple[Setting, ...]:
    """Failsafe, fence and battery settings, with what does not fit a plan of that reach."""
    state = _vehicle(vehicle)
    names = names_for(state.stack, state.vehicle_type)
    return settings_of(names, parameters(vehicle, names).values, reach)


def ground_unknown(vehicle: Vehicle, mission: Mission) -> str:
    """Why a mission with heights over the ground must not start, in a sentence; "" where nothing is known against it.

    A vehicle that does not answer the question (PX4) is not held back.
    """
    places = {n: one.at for n, one in enumerate(mission, start=1) if one.frame in OVER_GROUND and one.at is not None}
    for event in vehicle.run(TerrainCheckJob(tuple(places.values()))) if places else ():
        if isinstance(event, TerrainChecked) and event.unknown and event.answered:
            numbers = [str(n) for n, at in places.items() if at in event.unknown]
            more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
            return (
                f"The vehicle does not know the ground at item {', '.join(numbers[:8])}{more}, where the plan counts "
                "heights from it: load its terrain data, or name the sea with --sea."
            )
    return ""


def set_parameter(vehicle: Vehicle, name: str, value: float) -> None:
    """Sets a parameter and makes sure that the vehicle holds it.

    Raises:
        NotDone: it does not know it, cannot hold that value, holds another afterwards, or did not answer.
    """
    read = parameters(vehicle, (name,))
    if name not in read.types:
        raise NotDone(f"{name}: the vehicle does not tell this parameter; nothing was changed.")
    try:
        on_wire(value, read.types[name], _vehicle(vehicle).stack)
    except ValueError as error:
        raise NotDone(f"{name}: {error}; nothing was changed.") from None
    end = ParamSetEnd(None)
    for event in vehicle.run(SetParamJob(name, value, read.types[name])):
        if isinstance(event, ParamSetEnd):
            end = event
    if end.value is None or not math.isclose(end.value, value, rel_tol=1e-6, abs_tol=1e-6):
        holds = "did not answer" if end.value is None else f"holds {end.value:g}"
        raise NotDone(f"{name}: the vehicle was told {value:g} and {holds}.")


def enable_fence(vehicle: Vehicle) -> str:
    """Makes an ArduPilot heed the drawn fence that it holds, and nothing else; says what was changed.

    DO_FENCE_ENABLE alone would also switch on the greatest height and the circle of FENCE_TYPE's default 7.

    Raises:
        NotDone: it holds no fence, or did not confirm.
    """
    if _vehicle(vehicle).stack is not Stack.ARDUPILOT:
        raise NotDone("Fence: only ArduPilot is switched so; PX4 heeds a stored fence as GF_ACTION says.")
    read = parameters(vehicle, ("FENCE_TYPE", "FENCE_TOTAL"))
    if not read.values.get("FENCE_TOTAL"):
        raise NotDone("Fence: the vehicle holds no fence; send a plan with one first.")
    before = read.values.get("FENCE_TYPE")
    if before != POLYGON_ONLY:
        set_parameter(vehicle, "FENCE_TYPE", POLYGON_ONLY)
    vehicle.order("Fence", lambda state: orders.fence_on(state, on=True))
    if before == POLYGON_ONLY or before is None:
        return "The drawn fence is on."
    return f"The drawn fence is on (FENCE_TYPE was {before:g} and is {POLYGON_ONLY:g})."


def _vehicle(vehicle: Vehicle) -> VehicleState:
    state = vehicle.snapshot()
    if state is None:
        raise NoVehicle(vehicle.address, "no vehicle has been heard yet")
    return state
