"""What a vehicle tells of its gimbal, asking it for that, and turning the camera within it.

https://mavlink.io/en/services/gimbal_v2.html. GIMBAL_MANAGER_INFORMATION names the manager, the gimbal and its limits;
PX4 before 1.16 and ArduPilot before 4.5 send it only when they are asked.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from planner.link import orders
from planner.link.fitting import REQUEST_MESSAGE
from planner.link.messages import CommandLong, Received
from planner.link.state import VehicleState
from planner.link.vehicle import Vehicle

INFORMATION = 280
ASK_S, MOST_ASKED = 0.5, 4


@dataclass(frozen=True, slots=True)
class GimbalJob:
    """Asks for GIMBAL_MANAGER_INFORMATION until the vehicle has told it, for 2 s at most; tells nothing.

    A refusal counts for nothing: other messages are asked for too, and it does not say which is meant.
    """

    asked: int = 0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["GimbalJob", tuple[Any, ...]]:
        """Asks."""
        if state.gimbal is not None or self.asked >= MOST_ASKED:
            return replace(self, done=True), ()
        one = CommandLong(state.address.system, state.address.component, REQUEST_MESSAGE, 0, float(INFORMATION))
        return replace(self, asked=self.asked + 1, deadline_s=now_s + ASK_S), (one,)

    def on_received(
        self,
        received: Received,  # noqa: ARG002 - one shape for all
        state: VehicleState,
        now_s: float,  # noqa: ARG002
    ) -> tuple["GimbalJob", tuple[Any, ...]]:
        """Ends with the answer."""
        return replace(self, done=self.done or state.gimbal is not None), ()

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["GimbalJob", tuple[Any, ...]]:
        """Asks again."""
        return (self, ()) if self.done or now_s < self.deadline_s else self.begin(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["GimbalJob", tuple[Any, ...]]:  # noqa: ARG002
        """Stops asking."""
        return replace(self, done=True), ()


def turn(vehicle: Vehicle, pitch_deg: float, yaw_deg: float = 0.0) -> str:
    """Turns the camera, after the vehicle was asked for its gimbal if it has not told of it; says what was done.

    Raises:
        NotDone: the gimbal does not turn so far, or the vehicle refused or did not confirm.
    """
    state = vehicle.snapshot()
    if state is not None and state.gimbal is None and not state.high_latency:
        deque(vehicle.run(GimbalJob()), maxlen=0)
    vehicle.order("Gimbal", lambda now: orders.gimbal(now, pitch_deg, yaw_deg))
    state = vehicle.snapshot()
    known = state is not None and state.gimbal is not None
    return "The vehicle did it." if known else "The vehicle did it; how far its gimbal turns it did not tell."
