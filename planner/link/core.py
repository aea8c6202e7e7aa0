"""The station's inside: one link, one vehicle, some jobs. It owns no thread and reads no clock.

`Core.turn(data, now_s, utc_us)` is one turn of the loop: everything that arrived goes in, everything to send comes out.
"""

import queue
from dataclasses import dataclass, field, replace
from typing import Any

from planner.geo.points import LatLon
from planner.link.flying import SILENT_S
from planner.link.gaps import GapsJob
from planner.link.held import Held, as_stored, change
from planner.link.jobs import Job, StreamsJob
from planner.link.messages import (
    KINDS,
    US,
    AdsbVehicle,
    AisVessel,
    Attitude,
    GlobalPositionInt,
    Heartbeat,
    Received,
    StatusText,
    SysStatus,
)
from planner.link.quality import Quality
from planner.link.remote_id import RemoteIdJob
from planner.link.services import SetupSigning
from planner.link.signing import Signer, stripped
from planner.link.state import VehicleState, observe, vehicle_of
from planner.link.texts import TextJoiner
from planner.link.tlog import TlogWriter
from planner.link.wire import Codec, Frame, crc, number_of

HEARTBEAT_S = 1.0
REBOOT_MS = 5000
ASK_AGAIN_S, MOST_ASK_AGAIN_S = 5.0, 60.0
"""A vehicle that sends heartbeats and nothing else is asked for its telemetry again after so long, then less often."""
_TRAFFIC = (AisVessel, AdsbVehicle)
_TELEMETRY = (Attitude, GlobalPositionInt, SysStatus)


@dataclass
class Running:
    """A job and where its events go; `None` in the queue means that there will be no more."""

    job: Job
    events: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)
    cancelled: bool = False


class Core:
    """Everything between bytes in and bytes out."""

    def __init__(self, log: TlogWriter | None = None, signer: Signer | None = None) -> None:
        self.state: VehicleState | None = None
        self.held: Held | None = None
        self.operator: LatLon | None = None
        self.running: list[Running] = []
        self._codec = Codec(US, signer)
        self._log = log
        self._joiner = TextJoiner()
        self._next_beat_s = 0.0
        self._quality = Quality()
        self._out: list[bytes] = []
        self._utc_us = 0
        self._asked = False
        self._told_s = 0.0
        self._ask_again_s = ASK_AGAIN_S

    def turn(self, data: bytes, now_s: float, utc_us: int) -> list[bytes]:
        """Takes what arrived, lets time pass, and returns the frames to send, in order."""
        self._utc_us = self._codec.utc_us = utc_us
        for frame in self._codec.feed(data):
            self._write(frame.logged)
            self._hear(frame, now_s)
        self._joiner, late = self._joiner.on_tick(now_s)
        for one in late:
            self._take(one, now_s)
        if now_s >= self._next_beat_s:
            self._next_beat_s = now_s + HEARTBEAT_S
            self._send(Heartbeat(type=6, autopilot=8, base_mode=0, custom_mode=0, system_status=4))
        self._tick(now_s)
        out, self._out = self._out, []
        return out

    def next_s(self, now_s: float) -> float:
        """When the next turn is due even if nothing arrives."""
        due = [one.job.deadline_s for one in self.running if one.job.deadline_s > 0]
        return max(now_s, min([self._next_beat_s, *due]))

    def seen(self, now_s: float) -> VehicleState | None:
        """The vehicle as last heard, with the age of its heartbeat and the quality of the link now."""
        if self.state is None:
            return None
        quality, state = self._quality, replace(self.state, held=self.held)
        return replace(
            state,
            link_age_s=max(0.0, now_s - state.heard_s),
            frames_s=quality.frames_s(now_s),
            recent_loss_percent=quality.loss_percent(now_s),
            mission_changed=change(state),
            as_stored=as_stored(state),
        )

    @property
    def refused(self) -> int:
        """How many frames were heard and not believed, because they were not signed with our key."""
        return 0 if self._codec.signer is None else self._codec.signer.refused

    @property
    def hears_signed(self) -> bool:
        """Whether the vehicle signs what it sends, with whatever key."""
        return self.state is not None and self.state.address in self._codec.signed_by

    def start(self, one: Running, now_s: float) -> None:
        """Begins a job; needs a vehicle."""
        if self.state is None:
            one.events.put(None)
            return
        self.running.append(one)
        one.job, out = one.job.begin(self.state, now_s)
        self._deliver(one, out)

    def restart_streams(self, now_s: float) -> None:
        """Asks for the telemetry anew, for example after the connection came back."""
        self.running = [one for one in self.running if not isinstance(one.job, StreamsJob)]
        self.start(Running(StreamsJob()), now_s)

    def end_all(self) -> None:
        """Tells every caller that nothing more will come."""
        for one in self.running:
            one.events.put(None)
        self.running = []

    def _hear(self, frame: Frame, now_s: float) -> None:
        if self.state is not None and frame.source == self.state.address:
            self._count(frame.sequence, now_s)
        received = frame.received
        if received is None:
            return
        if isinstance(received.message, StatusText):
            self._joiner, whole = self._joiner.on_text(received.source, received.message, now_s)
            for one in whole:
                self._take(one, now_s)
            return
        self._take(received, now_s)

    def _take(self, received: Received, now_s: float) -> None:
        if self.state is None:
            self.state = vehicle_of(received, now_s)
        elif received.source.system == self.state.address.system or isinstance(received.message, _TRAFFIC):
            before = self.state
            self.state = observe(before, received, now_s)
            if before.boot_ms and self.state.boot_ms and self.state.boot_ms < before.boot_ms - REBOOT_MS:
                self.restart_streams(now_s)
        if self.state is None:
            return
        if isinstance(received.message, _TELEMETRY) and received.source == self.state.address:
            self._told_s, self._ask_again_s = now_s, ASK_AGAIN_S
        if not self._asked and self.state.system_status != 1:
            self._asked, self._told_s = True, now_s
            self.restart_streams(now_s)
            self.start(Running(GapsJob()), now_s)
            self.start(Running(RemoteIdJob(self._utc_us / 1e6 - now_s)), now_s)
        for one in tuple(self.running):
            one.job, out = one.job.on_received(received, self.state, now_s)
            self._deliver(one, out)
        self._sweep()

    def _tick(self, now_s: float) -> None:
        if self.state is None:
            return
        if self.state.held is not self.held or self.state.operator is not self.operator:
            self.state = replace(self.state, held=self.held, operator=self.operator)
        if self._log is not None and self._log.problem != self.state.log_problem:
            self.state = replace(self.state, log_problem=self._log.problem)
        if self._asked and now_s - self._told_s > self._ask_again_s and now_s - self.state.heard_s < SILENT_S:
            self._told_s, self._ask_again_s = now_s, min(2 * self._ask_again_s, MOST_ASK_AGAIN_S)
            self.restart_streams(now_s)
        for one in tuple(self.running):
            step = one.job.cancel if one.cancelled else one.job.on_tick
            one.job, out = step(self.state, now_s)
            one.cancelled = False
            self._deliver(one, out)
        self._sweep()

    def _sweep(self) -> None:
        for one in [r for r in self.running if r.job.done]:
            one.events.put(None)
            self.running.remove(one)

    def _deliver(self, one: Running, out: tuple[Any, ...]) -> None:
        for thing in out:
            if isinstance(thing, KINDS):
                self._send(thing)
            else:
                one.events.put(thing)

    def _send(self, message: Any) -> None:  # noqa: ANN401 - one of messages.Message, checked where it is made
        raw = self._codec.encode(message)
        self._out.append(raw)
        if isinstance(message, SetupSigning):
            return  # a key belongs in no log
        self._write(raw if self._codec.signer is None else stripped(raw, number_of(raw), crc))

    def _write(self, raw: bytes) -> None:
        if self._log is not None and raw:
            self._log.write(raw, self._utc_us)

    def _count(self, sequence: int, now_s: float) -> None:
        if self.state is None:
            return
        self._quality = self._quality.on_frame(sequence, now_s)
        self.state = replace(self.state, lost_frames=self._quality.lost, heard_frames=self._quality.heard)
