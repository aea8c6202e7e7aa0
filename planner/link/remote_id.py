"""Tells a vehicle with remote identification where its operator is, once a second, for as long as it tells of one.

https://mavlink.io/en/services/opendroneid.html: the place comes with OPEN_DRONE_ID_SYSTEM, and between two of those
with OPEN_DRONE_ID_SYSTEM_UPDATE. A transmitter that hears it no more must not let the vehicle be armed. Without a place
of the operator it is that of the take-off, and is said to be that.
"""

from dataclasses import dataclass, replace
from typing import Any

from planner.link.messages import Message, Received
from planner.link.services import OpenDroneIdSystem, OpenDroneIdSystemUpdate
from planner.link.state import VehicleState

EVERY_S = 0.9
"""A little more often than once a second, so that it is never less."""
WHOLE_EVERY = 4
EPOCH_S = 1_546_300_800
"""2019-01-01 00:00 UTC."""
TAKE_OFF, FIXED = 0, 2
UNKNOWN_M = -1000.0


@dataclass(frozen=True, slots=True)
class RemoteIdJob:
    """For as long as the link: `utc_minus_now_s` turns the station's clock into seconds since 1970."""

    utc_minus_now_s: float
    sent: int = 0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["RemoteIdJob", tuple[Any, ...]]:  # noqa: ARG002
        """Waits for a vehicle that tells of remote identification."""
        return replace(self, deadline_s=now_s + EVERY_S), ()

    def on_received(
        self,
        received: Received,  # noqa: ARG002 - one shape for all
        state: VehicleState,  # noqa: ARG002
        now_s: float,  # noqa: ARG002
    ) -> tuple["RemoteIdJob", tuple[Any, ...]]:
        """Nothing answers it."""
        return self, ()

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["RemoteIdJob", tuple[Any, ...]]:
        """Tells the place."""
        if self.done or now_s < self.deadline_s:
            return self, ()
        later = replace(self, deadline_s=now_s + EVERY_S)
        at = state.operator or (None if state.home is None else state.home.at)
        if state.remote_id is None or at is None or state.mavlink == 1:  # MAVLink 1 has no such messages
            return later, ()
        lat, lon = round(at.lat_deg * 1e7), round(at.lon_deg * 1e7)
        seconds = max(0, int(now_s + self.utc_minus_now_s) - EPOCH_S)
        kind = TAKE_OFF if state.operator is None else FIXED
        system = state.address.system  # to all its components: the transmitter is one of its own
        one: Message = OpenDroneIdSystemUpdate(system, 0, lat, lon, UNKNOWN_M, seconds)
        if self.sent % WHOLE_EVERY == 0:
            one = OpenDroneIdSystem(system, 0, kind, lat, lon, UNKNOWN_M, seconds)
        return replace(later, sent=self.sent + 1), (one,)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["RemoteIdJob", tuple[Any, ...]]:  # noqa: ARG002
        """Tells it no more."""
        return replace(self, done=True), ()
