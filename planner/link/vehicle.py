"""One vehicle as the rest of the house uses it: send, read back, fly, order. The link behind it may carry others too.

All methods may be called from any thread. Those that wait (upload, download, the flight commands) run until the machine
behind them has ended; `cancel` ends a transfer early. One transfer at a time runs for a vehicle; two vehicles of a link
may be sent to at once.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from planner.link.alarms import twins_sentence
from planner.link.clear import ClearEnd, ClearJob
from planner.link.commands import CommandEnd, Done, Rejected, Unanswered
from planner.link.craft import Running
from planner.link.download import Download, Downloaded, NotDownloaded
from planner.link.errors import LinkBusy, LinkTooPoor, NotDone, NoVehicle
from planner.link.events import FlightEvent, Flown, LostSight, NotFlown, Said
from planner.link.fitting import VersionJob, unfit
from planner.link.flying import Fly, FlyOptions
from planner.link.gaps import GapsJob, completed
from planner.link.held import Held
from planner.link.items import (
    FENCE,
    MISSION,
    RALLY,
    TYPE_NAMES,
    fence_from_wire,
    lists_to_wire,
    mission_from_wire,
    rally_from_wire,
)
from planner.link.jobs import CommandsJob, DownloadJob, Job, StoreJob, land_job, pause_job, resume_job, return_job
from planner.link.orders import RowJob, SetCurrentJob
from planner.link.stack import STATE_BOOT
from planner.link.state import VehicleState
from planner.link.store import Store, UploadProgress, empty_figures
from planner.link.terrain import IsSea, SeaJob
from planner.link.verdict import Figures, NotStored, Stored, Unknown, Verdict, together
from planner.model.mission import Mission
from planner.model.words import counted

_ORDERS = (CommandsJob, RowJob, SetCurrentJob)
"""What a high-latency link can carry."""


@dataclass
class Desk:
    """What a caller of one vehicle has under way. `limits`: how many items it has said that it takes, by list."""

    transfer: threading.Lock = field(default_factory=threading.Lock)
    current: Running | None = None
    flight: Running | None = None
    limits: dict[int, int] = field(default_factory=dict)


class Line(Protocol):
    """The link, as a vehicle's view needs it; `system` is a system id."""

    address: str

    def state_of(self, system: int) -> VehicleState | None:
        """A vehicle as last heard; None before the first time."""
        ...

    def seen(self, system: int) -> VehicleState | None:
        """The same, with ages as of now."""
        ...

    def desk(self, system: int) -> Desk:
        """What is under way for it."""
        ...

    def remember(self, system: int, held: Held | None) -> None:
        """What it holds from now on, as it was read back; None: that is not known."""
        ...

    def submit(self, job: Job, system: int) -> Running:
        """Starts a job for it."""
        ...

    def events(self, running: Running) -> Iterator[Any]:
        """What a job tells, until it ends."""
        ...

    def wait(self, seconds: float) -> bool:
        """Waits; True as soon as the link is closed."""
        ...

    @property
    def wake(self) -> Callable[[], None]:
        """Makes the link look at once at what was asked of it."""
        ...


class Vehicle:
    """The vehicle with one system id on a link."""

    def __init__(self, line: Line, system: int) -> None:
        self._line = line
        self._number = system
        self.address = line.address

    @property
    def system(self) -> int:
        """Its system id; 0 as long as it is not known."""
        return self._number

    def snapshot(self) -> VehicleState | None:
        """The vehicle as last heard, with the age of its last heartbeat; None before the first."""
        return self._line.seen(self.system)

    # transfers

    def upload(self, mission: Mission, on_progress: Callable[[UploadProgress], None] | None = None) -> Verdict:
        """Stores the mission, and its fence and rally points if it has any; reads all back and compares.

        A fence or rally points that the vehicle holds and the mission has not are left as they are. What the vehicle
        has said that it cannot hold is refused before anything is sent.

        Raises:
            LinkBusy: another transfer is running.
            LinkTooPoor: a high-latency link; or MAVLink 1, and the mission has a fence or rally points.
        """
        self._needs_full_link()
        lists = lists_to_wire(mission, self._vehicle().stack)
        self._needs_mavlink_2("the plan's", "sent", tuple(kind for kind, _ in lists))
        if self._vehicle().capabilities is None and len(lists) > 1:
            deque(self.run(VersionJob()), maxlen=0)
        why_not = unfit(mission, self._vehicle(), self._desk.limits)
        if why_not:
            return NotStored(why_not, empty_figures(len(mission)), sent=False)
        with self._only_transfer():
            self._line.remember(self.system, None)
            verdicts: list[tuple[int, Verdict]] = []
            for kind, items in lists:
                now = self._vehicle()
                booting = now.system_status == STATE_BOOT
                store = Store(items, now.address, now.stack, kind, booting=booting)
                verdict = self._verdict(store, len(mission), on_progress)
                verdicts.append((kind, verdict))
                if isinstance(verdict, NotStored) and verdict.limit is not None:
                    self._desk.limits[kind] = verdict.limit
                if not isinstance(verdict, Stored):
                    break
            else:
                ids = {kind: one.list_id for kind, one in verdicts if isinstance(one, Stored)}
                named = (ids.get(MISSION), ids.get(FENCE), ids.get(RALLY))
                self._line.remember(self.system, Held(len(mission), named, time.monotonic()))
        return together(verdicts)

    def clear(self, kinds: tuple[int, ...]) -> tuple[ClearEnd, ...]:
        """Takes lists (items.MISSION, FENCE, RALLY) out of the vehicle and reads each back; the first failure ends it.

        Raises:
            LinkBusy: another transfer is running.
            LinkTooPoor: a high-latency link; or MAVLink 1, which cannot say that a fence or rally points are meant.
        """
        self._needs_full_link()
        self._needs_mavlink_2("its", "cleared", kinds)
        ends: list[ClearEnd] = []
        with self._only_transfer():
            self._line.remember(self.system, None)
            for kind in kinds:
                self._desk.current = running = self._submit(ClearJob(kind))
                told = [event for event in self._line.events(running) if isinstance(event, ClearEnd)]
                reason = "The connection was closed; what the vehicle holds is not known."
                ends.append(told[-1] if told else ClearEnd(kind, "unknown", reason, None))
                if ends[-1].word != "cleared":
                    break
        return tuple(ends)

    def download(self) -> Mission:
        """The mission that the vehicle holds, with fence and rally points where it tells them.

        Raises:
            LinkBusy: another transfer is running.
            NotDone: it could not be read.
        """
        with self._only_transfer():
            state = self._vehicle()
            items = self._download(MISSION)
            if isinstance(items, NotDownloaded):
                why = "stopped answering" if items.result is None else f"answered with result {items.result}"
                raise NotDone(f"The vehicle {why} after {counted(items.got, 'item')}; the mission could not be read.")
            mission = mission_from_wire(items.items, state.stack)
            # others, and MAVLink 1, may take fence and rally for the mission
            if state.stack.value != "other" and state.mavlink != 1:
                fence, rally = self._download(FENCE), self._download(RALLY)
                if isinstance(fence, Downloaded):
                    polygons, circles = fence_from_wire(fence.items)
                    mission = replace(mission, fence_polygons=polygons, fence_circles=circles)
                if isinstance(rally, Downloaded):
                    mission = replace(mission, rally=rally_from_wire(rally.items))
        return mission

    def cancel(self) -> None:
        """Ends the running transfer; its caller gets the verdict that this leaves."""
        current = self._desk.current
        if current is not None:
            current.cancelled = True
            self._line.wake()

    # flight

    def fly(
        self,
        mission: Mission | None = None,
        options: FlyOptions = FlyOptions(),  # noqa: B008 - frozen
    ) -> Iterator[FlightEvent | Verdict]:
        """Flies: waits until the vehicle is ready, arms, starts, follows until it is disarmed.

        With `mission`, stores it first and tells the verdict; without, flies what is stored. The last event is the
        Outcome (Flown, NotFlown or LostSight). Leaving the iteration early stops the following, not the flight.
        """
        if mission is not None:
            verdict = self.upload(mission)
            yield verdict
            if not isinstance(verdict, Stored):
                yield NotFlown(verdict.reason)
                return
        start = self._vehicle()
        self._desk.flight = running = self._submit(Fly(options))
        warned: str | None = None
        ended = False
        try:
            for event in self._line.events(running):
                now = self._state()
                problem = None if now is None else now.log_problem
                if problem and problem != warned:
                    warned = problem
                    yield Said(2, problem)
                ended = isinstance(event, Flown | NotFlown | LostSight)
                if isinstance(event, Flown):
                    event = self._completed(event, start)  # noqa: PLW2901 - with what came late
                yield event
            if not ended:
                yield NotFlown("The connection was closed.")
        finally:
            running.cancelled = True

    def cancel_flight(self) -> None:
        """Ends `fly`: before take-off the start is called off, afterwards only the following stops."""
        if self._desk.flight is not None:
            self._desk.flight.cancelled = True

    def pause(self) -> None:
        """Makes the vehicle stop and wait in the air.

        Raises:
            NotDone: it refused, or did not confirm; so for the other commands.
        """
        self._command("Pause", pause_job)

    def resume(self) -> None:
        """Makes it go on with the mission."""
        self._command("Resume", resume_job)

    def return_home(self) -> None:
        """Makes it fly home and land."""
        self._command("Return", return_job)

    def land(self) -> None:
        """Makes it land where it is."""
        self._command("Land", land_job)

    def order(self, name: str, make: Callable[[VehicleState], Job]) -> None:
        """Gives one of `planner.link.orders` and waits until it is done; `name` begins the sentence if it is not.

        Raises:
            NotDone: the vehicle refused, or did not confirm.
        """
        self._command(name, make)

    def listen(self, timeout_s: float = 4.0, *, mission: bool = False) -> None:
        """Waits until the vehicle tells where it is and how high, or so long: orders need that.

        With `mission` also until it tells which item it flies.
        """
        give_up_s = time.monotonic() + timeout_s
        while time.monotonic() < give_up_s and not self._line.wait(0.0):
            state = self._state()
            known = state is not None and state.height_m is not None
            if known and not (mission and state is not None and state.mission_item is None):
                return
            self._line.wait(0.05)

    def answer_terrain(self, is_sea: IsSea) -> None:
        """Answers the vehicle's questions for ground heights from now on: 0 m where it is all sea, else nothing."""
        self._vehicle()
        self._submit(SeaJob(is_sea))

    def run(self, job: Job) -> Iterator[Any]:
        """Runs a job and gives its events as they come."""
        self._vehicle()
        return self._line.events(self._submit(job))

    # inside

    @property
    def _desk(self) -> Desk:
        return self._line.desk(self.system)

    def _submit(self, job: Job) -> Running:
        if not isinstance(job, _ORDERS):
            self._needs_full_link()
        self._is_alone(job)
        return self._line.submit(job, self.system)

    def _is_alone(self, job: Job) -> None:
        """Two vehicles of one id: in the air they can be called home, and nothing else."""
        state = self._state()
        if state is not None and state.is_two and not (state.armed and isinstance(job, _ORDERS)):
            raise NotDone(f"{twins_sentence(self.system)} Nothing was sent.")

    def _needs_full_link(self) -> None:
        state = self._state()
        if state is not None and state.high_latency:
            raise LinkTooPoor(
                f"Vehicle {self.system} is heard each {state.report_every_s:.0f} s by a report (HIGH_LATENCY2), as "
                "over a satellite: missions and parameters are not sent or read there and it is not started there. "
                "Nothing was sent; come nearer, or use another link. Orders such as 'return' can be given."
            )

    def _needs_mavlink_2(self, whose: str, done: str, kinds: tuple[int, ...]) -> None:
        """MAVLink 1 does not tell the lists apart: what is said of a fence would be heard as of the mission."""
        if self._vehicle().mavlink == 1 and set(kinds) - {MISSION}:
            what = " and ".join(TYPE_NAMES[kind] for kind in kinds if kind != MISSION)
            raise LinkTooPoor(
                f"Vehicle {self.system} speaks MAVLink 1, and {whose} {what} can only be {done} with MAVLink 2. "
                f"Nothing was {done}; set its port to MAVLink 2 (ArduPilot: SERIALn_PROTOCOL 2), or leave them out."
            )

    def _completed(self, flown: Flown, start: VehicleState) -> Flown:
        """With the reports of pictures that can still be had; over a link that carries none, with what there is."""
        landed = self._vehicle()
        with contextlib.suppress(LinkTooPoor, NotDone):
            deque(self.run(GapsJob(at_the_end=True)), maxlen=0)
        return completed(flown, start, landed, self._vehicle())

    def _state(self) -> VehicleState | None:
        return self._line.state_of(self.system)

    def _vehicle(self) -> VehicleState:
        state = self._state()
        if state is None:
            raise NoVehicle(self.address, "no vehicle has been heard yet")
        return state

    @contextlib.contextmanager
    def _only_transfer(self) -> Iterator[None]:
        if not self._desk.transfer.acquire(blocking=False):
            raise LinkBusy
        try:
            yield
        finally:
            self._desk.current = None
            self._desk.transfer.release()

    def _verdict(self, store: Store, items: int, on_progress: Callable[[UploadProgress], None] | None) -> Verdict:
        self._desk.current = running = self._submit(StoreJob(store))
        verdict: Verdict | None = None
        for event in self._line.events(running):
            if isinstance(event, Stored | NotStored | Unknown):
                verdict = event
            elif on_progress is not None:
                on_progress(event)
        if verdict is None:
            reason = "The connection was closed during the transfer; what the vehicle holds is not known."
            verdict = Unknown(reason, Figures(items, None, 0.0, 0))
        return verdict

    def _download(self, kind: int) -> Downloaded | NotDownloaded:
        self._desk.current = running = self._submit(DownloadJob(Download(self._vehicle().address, kind)))
        for event in self._line.events(running):
            if isinstance(event, Downloaded | NotDownloaded):
                return event
        return NotDownloaded(None, 0)

    def _command(self, name: str, make: Callable[[VehicleState], Job]) -> None:
        end: CommandEnd = Unanswered()
        for event in self._line.events(self._submit(make(self._vehicle()))):
            if isinstance(event, Done | Rejected | Unanswered):
                end = event
        match end:
            case Done():
                return
            case Rejected() | Unanswered():
                state = self._state()
                said = (
                    f'; it said "{state.texts[-1].text}"' if state and state.texts and isinstance(end, Rejected) else ""
                )
                raise NotDone(f"{name}: the vehicle {end.words}{said}.")
