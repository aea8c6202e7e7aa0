"""The station's inside: one link, the vehicles on it, their jobs. It owns no thread and reads no clock.

`Core.turn(data, now_s, utc_us)` is one turn of the loop: everything that arrived goes in, everything to send comes out.
A vehicle is known by its system id; each has a `Craft` of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.geo.points import LatLon
from planner.link.craft import Craft, Running
from planner.link.held import Held
from planner.link.messages import US, Address, AdsbVehicle, AisVessel, Heartbeat, Received, StatusText
from planner.link.services import SetupSigning
from planner.link.signing import Signer, stripped
from planner.link.state import VehicleState, vehicle_of
from planner.link.texts import TextJoiner
from planner.link.tlog import TlogWriter
from planner.link.wire import Codec, Frame, crc, number_of

HEARTBEAT_S = 1.0
MAVLINK_2 = 0xFD
"""First byte of a MAVLink 2 frame."""
_TRAFFIC = (AisVessel, AdsbVehicle)

__all__ = ["HEARTBEAT_S", "Core", "Running"]


class Core:
    """Everything between bytes in and bytes out."""

    def __init__(
        self, log: TlogWriter | None = None, signer: Signer | None = None, *, mavlink: int | None = None
    ) -> None:
        self.crafts: dict[int, Craft] = {}
        """By system id, in the order in which they were first heard."""
        self.recall: Callable[[Address], Held | None] = lambda _: None
        """What was stored in a vehicle before this run, as far as that is remembered."""
        self.operator: LatLon | None = None
        """Where who flies is, for the remote identification of vehicles that are heard from now on."""
        self._codec = Codec(US, signer)
        self._mavlink = mavlink
        """The version to speak; None: to each vehicle the newest that it speaks itself."""
        self._log = log
        self._joiner = TextJoiner()
        self._next_beat_s = 0.0
        self._out: list[bytes] = []
        self._utc_us = 0

    def turn(self, data: bytes, now_s: float, utc_us: int) -> list[bytes]:
        """Takes what arrived, lets time pass, and returns what to send, in order: a frame each, or several."""
        self._utc_us = self._codec.utc_us = utc_us
        frames = self._codec.feed(data)
        if self._log is not None:
            for frame in frames:
                self._write(frame.logged)
        if not self._goes_straight_on(frames, now_s):
            self._take_turn(frames, now_s)
        out, self._out = self._out, []
        return out

    def _goes_straight_on(self, frames: list[Frame], now_s: float) -> bool:
        """Whether a vehicle's transfer took these frames as what it expected, and answered them."""
        craft = self.crafts.get(frames[0].source.system) if frames and now_s < self._next_beat_s else None
        if craft is None or not craft.goes_straight_on(frames, now_s):
            return False
        self._flush(craft)
        if len(self._out) > 1:  # in one packet: a vehicle that reads only the first message of one asks for the rest
            self._out = [b"".join(self._out)]
        return True

    def _take_turn(self, frames: list[Frame], now_s: float) -> None:
        for craft in self.crafts.values():
            craft.leave_lane(now_s)
        for frame in frames:
            self._hear(frame, now_s)
        self._joiner, late = self._joiner.on_tick(now_s)
        for one in late:
            self._take(one, now_s)
        if now_s >= self._next_beat_s:
            self._next_beat_s = now_s + HEARTBEAT_S
            self._beat()
        self._tick(now_s)
        for craft in self.crafts.values():
            craft.take_lane(now_s)

    def next_s(self, now_s: float) -> float:
        """When the next turn is due even if nothing arrives."""
        due_s = self._next_beat_s
        for craft in self.crafts.values():
            due_s = min(due_s, craft.next_s(due_s))
        return max(now_s, due_s)

    @property
    def first(self) -> int | None:
        """The system id of the vehicle that was heard first."""
        return next(iter(tuple(self.crafts)), None)

    @property
    def state(self) -> VehicleState | None:
        """The first vehicle, as last heard."""
        return self.state_of(self.first)

    @property
    def running(self) -> list[Running]:
        """The jobs of all vehicles."""
        return [one for craft in tuple(self.crafts.values()) for one in craft.running]

    def state_of(self, system: int | None) -> VehicleState | None:
        """A vehicle as last heard; None before the first time."""
        craft = None if system is None else self.crafts.get(system)
        return None if craft is None else craft.state

    def seen(self, now_s: float, system: int | None = None) -> VehicleState | None:
        """A vehicle (default: the first) as last heard, with the age of its heartbeat and the link's quality now."""
        craft = self.crafts.get(system or self.first or 0)
        return None if craft is None else craft.seen(now_s)

    @property
    def refused(self) -> int:
        """How many frames were heard and not believed, because they were not signed with our key."""
        return 0 if self._codec.signer is None else self._codec.signer.refused

    def hears_signed(self, system: int) -> bool:
        """Whether a vehicle signs what it sends, with whatever key."""
        craft = self.crafts.get(system)
        return craft is not None and craft.state.address in self._codec.signed_by

    def start(self, one: Running, now_s: float) -> None:
        """Begins a job; needs its vehicle."""
        craft = self.crafts.get(one.system or self.first or 0)
        if craft is None:
            one.events.put(None)
            return
        craft.start(one, now_s)
        self._flush(craft)

    def restart_streams(self, now_s: float) -> None:
        """Asks all vehicles for their telemetry anew, for example after the connection came back."""
        for craft in self.crafts.values():
            craft.restart_streams(now_s)
            self._flush(craft)

    def end_all(self) -> None:
        """Tells every caller that nothing more will come."""
        for craft in self.crafts.values():
            craft.end_all()

    def _beat(self) -> None:
        """Our heartbeat: none where all vehicles are on high-latency links, which it would only fill.

        A vehicle that sends MAVLink 1 may wait for our first MAVLink 2 to change over, so that it is sent both.
        """
        states = [craft.state for craft in self.crafts.values()]
        if states and all(state.high_latency for state in states):
            return
        ours = Heartbeat(type=6, autopilot=8, base_mode=0, custom_mode=0, system_status=4)
        if self._mavlink != 1:
            self._send(ours, 2)
        if any(state.mavlink == 1 for state in states) or self._mavlink == 1:
            self._send(ours, 1)

    def _hear(self, frame: Frame, now_s: float) -> None:
        craft = self.crafts.get(frame.source.system)
        if craft is not None and frame.source == craft.state.address:
            craft.count(frame.sequence, now_s)
            if self._mavlink is None and craft.state.mavlink == 1 and frame.raw[0] == MAVLINK_2:
                craft.state = replace(craft.state, mavlink=2)
        received = frame.received
        if received is None:
            return
        if isinstance(received.message, StatusText):
            self._joiner, whole = self._joiner.on_text(received.source, received.message, now_s)
            for one in whole:
                self._take(one, now_s)
            return
        self._meet(received, 2 if frame.raw[0] == MAVLINK_2 else 1, now_s)
        self._take(received, now_s)

    def _meet(self, received: Received, version: int, now_s: float) -> None:
        """Begins to follow a vehicle that is heard for the first time."""
        system = received.source.system
        state = None if system in self.crafts else vehicle_of(received, now_s)
        if state is not None:
            known = replace(state, mavlink=self._mavlink or version, operator=self.operator)
            self.crafts[system] = Craft(known, self.recall(state.address), self._utc_us / 1e6 - now_s)

    def _take(self, received: Received, now_s: float) -> None:
        """Gives a message to the vehicle that sent it; what others report of ships and aircraft goes to all."""
        system = received.source.system
        if isinstance(received.message, _TRAFFIC):
            meant = list(self.crafts.values())
        else:
            meant = [self.crafts[system]] if system in self.crafts else []
        for craft in meant:
            craft.take(received, now_s)
            self._flush(craft)

    def _tick(self, now_s: float) -> None:
        problem = None if self._log is None else self._log.problem
        for craft in self.crafts.values():
            if problem != craft.state.log_problem:
                craft.state = replace(craft.state, log_problem=problem)
            craft.tick(now_s)
            self._flush(craft)

    def _flush(self, craft: Craft) -> None:
        for message in craft.out:
            self._send(message, craft.state.mavlink)
        craft.out.clear()

    def _send(self, message: Any, mavlink: int) -> None:  # noqa: ANN401 - a messages.Message, checked where it is made
        raw = self._codec.encode_old(message) if mavlink == 1 else self._codec.encode(message)
        self._out.append(raw)
        if self._log is not None and not isinstance(message, SetupSigning):  # a key belongs in no log
            self._write(raw if self._codec.signer is None else stripped(raw, number_of(raw), crc))

    def _write(self, raw: bytes) -> None:
        if self._log is not None and raw:
            self._log.write(raw, self._utc_us)
