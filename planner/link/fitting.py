"""What a vehicle says that it cannot hold, before anything is sent. Pure, but for the job that asks the vehicle.

Bits of MAV_PROTOCOL_CAPABILITY (MAVLink common.xml). A vehicle that has not told its bits is tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.link.items import FENCE, MISSION, RALLY, TYPE_NAMES
from planner.link.messages import CommandAck, CommandLong, Received
from planner.link.stack import Stack
from planner.link.state import VehicleState
from planner.model.mission import Mission
from planner.model.words import counted

MISSION_INT, COMMAND_INT, HAS_FENCE, HAS_RALLY = 4, 8, 16384, 32768
REQUEST_MESSAGE, REQUEST_CAPABILITIES, AUTOPILOT_VERSION = 512, 520, 148
ASK_S = 0.5
_ASKED = (REQUEST_MESSAGE, REQUEST_CAPABILITIES, REQUEST_MESSAGE, REQUEST_CAPABILITIES)
"""The newer way first; older vehicles know the other."""


@dataclass(frozen=True, slots=True)
class VersionJob:
    """Asks for AUTOPILOT_VERSION until the vehicle has told it, for 2 s at most.

    Other messages are asked for with REQUEST_MESSAGE too, and a refusal does not say which is meant: it counts for
    nothing. A refusal of the old way does, and that way is not tried again.
    """

    asked: int = 0
    refused: bool = False
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["VersionJob", tuple[Any, ...]]:
        """Asks."""
        if state.capabilities is not None or self.asked >= len(_ASKED):
            return replace(self, done=True), ()
        number = _ASKED[self.asked]
        if self.refused and number == REQUEST_CAPABILITIES:
            return replace(self, done=True), ()
        value = float(AUTOPILOT_VERSION) if number == REQUEST_MESSAGE else 1.0
        one = CommandLong(state.address.system, state.address.component, number, 0, value)
        return replace(self, asked=self.asked + 1, deadline_s=now_s + ASK_S), (one,)

    def on_received(
        self, received: Received, state: VehicleState, now_s: float
    ) -> tuple["VersionJob", tuple[Any, ...]]:
        """Ends with the answer; a refusal of the old way makes it ask in the newer one at once."""
        message = received.message
        if self.done or state.capabilities is not None:
            return replace(self, done=True), ()
        if not isinstance(message, CommandAck) or received.source != state.address or not message.result:
            return self, ()
        if self.refused or message.command != REQUEST_CAPABILITIES:
            return self, ()
        return replace(self, refused=True).begin(state, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["VersionJob", tuple[Any, ...]]:
        """Asks again."""
        return (self, ()) if self.done or now_s < self.deadline_s else self.begin(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["VersionJob", tuple[Any, ...]]:  # noqa: ARG002
        """Stops asking."""
        return replace(self, done=True), ()


def unfit(mission: Mission, state: VehicleState, limits: Mapping[int, int]) -> str:
    """Why the vehicle cannot hold the mission, as far as it has told; "" where nothing is known against it.

    `limits`: how many items of each list it has said that it takes.
    """
    corners = sum(len(one.places) for one in mission.fence_polygons) + len(mission.fence_circles)
    has = state.capabilities
    if has is not None:
        if not has & MISSION_INT:
            return _refused("takes no missions with exact places (MISSION_INT)", "use a vehicle with newer firmware")
        if corners and not has & HAS_FENCE:
            return _refused("keeps no fence", "take the fence out of the plan, or use a vehicle that keeps one")
        if mission.rally and not has & HAS_RALLY:
            return _refused("keeps no rally points", "take them out of the plan, or use a vehicle that keeps them")
    slot = 1 if state.stack.has_home_slot else 0
    for kind, count, spare in ((MISSION, len(mission), slot), (FENCE, corners, 0), (RALLY, len(mission.rally), 0)):
        limit = limits.get(kind)
        if limit is not None and count + spare > limit:
            most = f"the {TYPE_NAMES[kind]} has {counted(count, 'item')} and the vehicle takes {limit - spare}"
            return f"Nothing was sent: {most}. Split the plan with `quaywatch plan split`, or make it coarser."
    return ""


def takes_places(state: VehicleState) -> bool:
    """Whether orders with a place can be given: those go as COMMAND_INT alone. True where it is not known."""
    return state.capabilities is None or state.stack is Stack.OTHER or bool(state.capabilities & COMMAND_INT)


def _refused(what: str, todo: str) -> str:
    return f"Nothing was sent: the vehicle says that it {what}; {todo}."
