"""One vehicle on the link, as the core keeps it: its state, its jobs, its telemetry. No thread, no clock, no bytes.

What is heard of one vehicle never reaches another's `Craft`, and what a job of this one sends is addressed to it.
"""

import queue
from dataclasses import dataclass, field, replace
from typing import Any

from planner.link.gaps import GapsJob
from planner.link.held import Held, as_stored, change
from planner.link.jobs import Job, ModesJob, StreamsJob
from planner.link.lane import Lane, lane_for
from planner.link.messages import KINDS, Attitude, AvailableModesMonitor, GlobalPositionInt, Received, SysStatus
from planner.link.quality import Quality
from planner.link.remote_id import RemoteIdJob
from planner.link.stack import STATE_BOOT
from planner.link.state import VehicleState, observe
from planner.link.twins import Twins
from planner.link.wire import Frame

REBOOT_MS = 5000
ASK_AGAIN_S, MOST_ASK_AGAIN_S = 5.0, 60.0
"""A vehicle that sends heartbeats and nothing else is asked for its telemetry again after so long, then less often."""
_TELEMETRY = (Attitude, GlobalPositionInt, SysStatus)
_MESSAGES = frozenset(KINDS)


@dataclass
class Running:
    """A job and where its events go; `None` in the queue means that there will be no more.

    `system`: the vehicle that it is for; 0 for the first one heard.
    """

    job: Job
    events: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)
    cancelled: bool = False
    system: int = 0


class Craft:
    """A vehicle and what runs for it; `out` collects the messages to send.

    `utc_minus_now_s` turns the station's clock into seconds since 1970.
    """

    def __init__(self, state: VehicleState, held: Held | None = None, utc_minus_now_s: float = 0.0) -> None:
        self.state = replace(state, held=held)
        self.held = held
        """What was stored in it last; from the next tick on its state tells that too."""
        self.running: list[Running] = []
        self.out: list[Any] = []
        self._quality = Quality()
        self._lane: tuple[Running, Lane] | None = None
        self._twins = Twins()
        self._utc_minus_now_s = utc_minus_now_s
        self._asked = False
        self._modes_seq: int | None = None
        self._told_s = 0.0
        self._ask_again_s = ASK_AGAIN_S

    def seen(self, now_s: float) -> VehicleState:
        """The vehicle as last heard, with the age of its heartbeat and the quality of the link now."""
        quality, state = self._quality, replace(self.state, held=self.held)
        return replace(
            state,
            link_age_s=max(0.0, now_s - state.heard_s),
            lost_frames=quality.lost,
            heard_frames=quality.heard,
            frames_s=quality.frames_s(now_s),
            recent_loss_percent=quality.loss_percent(now_s),
            mission_changed=change(state),
            as_stored=as_stored(state),
        )

    def count(self, sequence: int, now_s: float) -> None:
        """A frame of its autopilot came."""
        self._quality = self._quality.on_frame(sequence, now_s)

    def goes_straight_on(self, frames: list[Frame], now_s: float) -> bool:
        """Whether its transfer took these frames as what it expected; `out` then has the answers."""
        answers = None if self._lane is None else self._lane[1].take(frames, now_s)
        if answers is None:
            return False
        self.out += answers
        return True

    def leave_lane(self, now_s: float) -> None:
        """Brings the job up to date that went straight on: before anything else is done with it."""
        if self._lane is None:
            return
        running, lane = self._lane
        running.job, self._lane = lane.job(), None
        self._quality = self._quality.on_run(lane.taken, lane.sequence, now_s)

    def take_lane(self, now_s: float) -> None:
        """Lets a transfer in the middle of its items go straight on."""
        for running in self.running:
            lane = lane_for(running.job, self._quality.sequence or 0, now_s)
            if lane is not None:
                self._lane = (running, lane)

    def next_s(self, due_s: float) -> float:
        """When something of its own is due before `due_s`; else that."""
        if self._lane is not None:
            return min(due_s, self._lane[1].until_s)
        for one in self.running:
            job_s = one.job.deadline_s
            if 0 < job_s < due_s:
                due_s = job_s
        return due_s

    def start(self, one: Running, now_s: float) -> None:
        """Begins a job."""
        self.running.append(one)
        one.job, out = one.job.begin(self.state, now_s)
        self._deliver(one, out)

    def restart_streams(self, now_s: float) -> None:
        """Asks for the telemetry and the modes anew, for example after the connection came back.

        Not over a high-latency link, which has no streams.
        """
        self.running = [one for one in self.running if not isinstance(one.job, StreamsJob | ModesJob)]
        if self.state.high_latency:
            return
        self.start(Running(StreamsJob()), now_s)
        self.start(Running(ModesJob()), now_s)

    def take(self, received: Received, now_s: float) -> None:
        """A message of its own, or a report of traffic."""
        before = self.state
        self.state = observe(before, received, now_s)
        self._look_for_twins(received, now_s)
        restarted = before.boot_ms and self.state.boot_ms and self.state.boot_ms < before.boot_ms - REBOOT_MS
        if restarted and not self.state.is_two:
            self.restart_streams(now_s)
        if isinstance(received.message, _TELEMETRY) and received.source == self.state.address:
            self._told_s, self._ask_again_s = now_s, ASK_AGAIN_S
        self._ask(received, now_s)
        for one in tuple(self.running):
            one.job, out = one.job.on_received(received, self.state, now_s)
            self._deliver(one, out)
        self._sweep()

    def _look_for_twins(self, received: Received, now_s: float) -> None:
        message = received.message
        if received.source != self.state.address or not isinstance(message, Attitude | GlobalPositionInt):
            return
        self._twins = self._twins.on_clock(message.time_boot_ms, now_s)
        if isinstance(message, GlobalPositionInt) and self.state.at is not None:
            self._twins = self._twins.on_place(self.state.at, message.time_boot_ms, now_s)
        are_two = self._twins.are_two(now_s)
        if are_two != self.state.is_two:
            self.state = replace(self.state, is_two=are_two)

    def _ask(self, received: Received, now_s: float) -> None:
        """Asks once for telemetry, as soon as the vehicle has started; again for modes when their list has changed.

        With it begins what lasts as long as the link does, and neither over a high-latency link.
        """
        if self.state.high_latency:
            if self._asked:
                self.running = [one for one in self.running if not _lasts(one.job)]
            self._asked = False
        elif not self._asked and self.state.system_status != STATE_BOOT:
            self._asked, self._told_s = True, now_s
            self.restart_streams(now_s)
            self.start(Running(GapsJob()), now_s)
            self.start(Running(RemoteIdJob(self._utc_minus_now_s)), now_s)
        message = received.message
        if isinstance(message, AvailableModesMonitor) and received.source == self.state.address:
            if self._modes_seq not in {None, message.seq} and not self.state.high_latency:
                self.state = replace(self.state, told_modes=())
                self.running = [one for one in self.running if not isinstance(one.job, ModesJob)]
                self.start(Running(ModesJob()), now_s)
            self._modes_seq = message.seq

    def tick(self, now_s: float) -> None:
        """What time alone brings about."""
        if self.state.held is not self.held:
            self.state = replace(self.state, held=self.held)
        if self._asked and now_s - self._told_s > self._ask_again_s and not self.state.is_lost(now_s):
            self._told_s, self._ask_again_s = now_s, min(2 * self._ask_again_s, MOST_ASK_AGAIN_S)
            self.restart_streams(now_s)
        for one in tuple(self.running):
            step = one.job.cancel if one.cancelled else one.job.on_tick
            one.job, out = step(self.state, now_s)
            one.cancelled = False
            self._deliver(one, out)
        self._sweep()

    def end_all(self) -> None:
        """Tells every caller that nothing more will come."""
        for one in self.running:
            one.events.put(None)
        self.running = []

    def _sweep(self) -> None:
        for one in [r for r in self.running if r.job.done]:
            one.events.put(None)
            self.running.remove(one)

    def _deliver(self, one: Running, out: tuple[Any, ...]) -> None:
        for thing in out:
            if type(thing) in _MESSAGES:
                self.out.append(thing)
            else:
                one.events.put(thing)


def _lasts(job: Job) -> bool:
    return isinstance(job, RemoteIdJob) or (isinstance(job, GapsJob) and not job.at_the_end)
