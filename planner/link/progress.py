"""How far a mission came, from the log of the link: items reached in order, and where the drone left the mission."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.state import VehicleState, observe, vehicle_of
from planner.link.wire import Codec, Frame
from planner.model.errors import BadInput

_STAMP = 8


@dataclass(frozen=True, slots=True)
class Progress:
    """Items of the plan (from 1) in the order in which the vehicle reported them; its last place in the mission.

    `height_m` above home there; None where it never flew in the mission.
    """

    reached: tuple[int, ...]
    at: LatLon | None
    height_m: float | None


def progress_in(path: Path, system: int | None = None) -> Progress:
    """The progress of the last flight in a telemetry log; a log that ends in the middle of a message is read to there.

    `system`: the vehicle's system id, where the log holds several.

    Raises:
        BadInput: it cannot be read, no vehicle is heard in it, or several and none was chosen.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(path, f"cannot be read ({error.strerror or error})") from error
    state: VehicleState | None = None
    found = Progress((), None, None)
    heard: set[int] = set()
    for received in (frame.received for frame in frames_in(data) if frame.received is not None):
        vehicle = vehicle_of(received, 0.0) if system in {None, received.source.system} else None
        heard |= set() if vehicle is None else {vehicle.address.system}
        if state is None:
            state = vehicle
            continue
        before, state = state, observe(state, received, 0.0)
        if state.armed and not before.armed:
            found = Progress((), None, None)  # another flight
        if received.source == state.address and isinstance(received.message, m.MissionItemReached):
            found = Progress((*found.reached, state.reached), found.at, found.height_m)
        modes = state.modes
        in_mission = modes is None or state.custom_mode == modes.mission
        if in_mission and state.is_flying and isinstance(received.message, m.GlobalPositionInt):
            found = Progress(found.reached, state.at, state.height_m)
    if state is None or len(heard) > 1:
        raise BadInput(path, _why_not(heard, system))
    return found


def _why_not(heard: set[int], system: int | None) -> str:
    if len(heard) > 1:
        several = ", ".join(str(one) for one in sorted(heard))
        return f"holds the vehicles {several}; choose the one that was broken off with --vehicle"
    if system is not None:
        return f"no heartbeat of vehicle {system} is in it; choose another log or another --vehicle"
    return "no vehicle's heartbeat is in it; choose the .tlog of the flight that was broken off"


def frames_in(data: bytes) -> Iterator[Frame]:
    """The whole frames of a telemetry log; what is torn is passed over."""
    codec, at = Codec(), 0
    while at + _STAMP + 3 <= len(data):
        start = at + _STAMP
        if data[start] == 0xFD:
            length = data[start + 1] + 12 + (13 if data[start + 2] & 1 else 0)
        elif data[start] == 0xFE:
            length = data[start + 1] + 8
        else:  # torn: look for the next message
            at += 1
            continue
        yield from codec.feed(data[start : start + length])
        at = start + length
