"""The link as the rest of the house uses it: one thread that owns the transport and the clock.

All methods may be called from any thread. Those that wait (upload, download, the flight commands) run until the machine
behind them has ended; `cancel` ends a transfer early. Our own heartbeat comes from the same loop that handles the
vehicle's messages, so that it stops when that loop hangs, and the vehicle's failsafe sees the truth.
"""

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.geo.points import LatLon
from planner.link.clear import ClearEnd, ClearJob
from planner.link.commands import CommandEnd, Done, Rejected, Unanswered
from planner.link.core import Core, Running
from planner.link.download import Download, Downloaded, NotDownloaded
from planner.link.errors import LinkBusy, LinkError, NotDone, NoVehicle
from planner.link.events import FlightEvent, Flown, LostSight, NotFlown, Said
from planner.link.fitting import VersionJob, unfit
from planner.link.flying import Fly, FlyOptions
from planner.link.gaps import GapsJob, completed
from planner.link.held import Held
from planner.link.items import (
    FENCE,
    MISSION,
    RALLY,
    fence_from_wire,
    lists_to_wire,
    mission_from_wire,
    rally_from_wire,
)
from planner.link.jobs import (
    DownloadJob,
    Job,
    StoreJob,
    land_job,
    pause_job,
    resume_job,
    return_job,
)
from planner.link.keys import Signing
from planner.link.memory import Memory
from planner.link.opening import open_patiently
from planner.link.stack import STATE_BOOT
from planner.link.state import VehicleState
from planner.link.store import Store, UploadProgress, empty_figures
from planner.link.terrain import IsSea, SeaJob
from planner.link.tlog import TlogWriter
from planner.link.transports import Transport
from planner.link.verdict import Figures, NotStored, Stored, Unknown, Verdict, together
from planner.model.mission import Mission
from planner.model.words import counted

IDLE_S = 0.05
OPENING_S = 5.0
"""So long a port may still refuse: the vehicle or the simulator was perhaps only just started."""


class Station:
    """A connection to one vehicle. Use `Station.connect`, and `close` it, or use it in a `with`."""

    def __init__(
        self,
        transport: Transport,
        address: str,
        *,
        log: TlogWriter | None = None,
        signing: Signing | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.address = address
        self._transport = transport
        self._memory = memory
        self._limits: dict[int, int] = {}
        self._log = log
        self._signing = signing
        self._signer = None if signing is None else signing.signer()
        self._core = Core(log, self._signer)
        self._inbox: queue.SimpleQueue[Running] = queue.SimpleQueue()
        self._transfer = threading.Lock()
        self._current: Running | None = None
        self._flight: Running | None = None
        self._stop = threading.Event()
        self._heard = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"link {address}", daemon=True)
        self._thread.start()

    @classmethod
    def connect(
        cls,
        address: str,
        *,
        tlog: Path | None = None,
        timeout_s: float = 10.0,
        signing: Signing | None = None,
        memory: Memory | None = None,
        operator: LatLon | None = None,
    ) -> "Station":
        """Opens `address` and waits for a vehicle's heartbeat; `tlog` records both directions from the start.

        With `signing`, what is sent is signed, and what is not signed with that key is not believed. With `memory`,
        what earlier runs stored in the vehicle is known. `operator`: who flies is there, for remote identification.

        Raises:
            BadAddress: the address cannot be understood.
            NoVehicle: it cannot be opened, or no autopilot was heard within `timeout_s`.
            BadInput: the flight log cannot be written.
        """
        transport = open_patiently(address, min(timeout_s, OPENING_S))
        try:
            log = None if tlog is None else TlogWriter(tlog)
        except Exception:
            transport.close()
            raise
        station = cls(transport, address, log=log, signing=signing, memory=memory)
        station._core.operator = operator
        if not station._heard.wait(timeout_s):
            refused = station._core.refused
            station.close()
            if refused:
                why = f"{counted(refused, 'message')} came that are not signed with this key; is it the vehicle's?"
                raise NoVehicle(address, why)
            raise NoVehicle(
                address, f"no autopilot's heartbeat within {timeout_s:g} s; is it running, and is this its port?"
            )
        if memory is not None:
            station._core.held = memory.held(address, station._vehicle().address)
        return station

    def __enter__(self) -> "Station":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def snapshot(self) -> VehicleState | None:
        """The vehicle as last heard, with the age of its last heartbeat; None before the first."""
        return self._core.seen(time.monotonic())

    @property
    def hears_signed(self) -> bool:
        """Whether the vehicle signs what it sends, with whatever key."""
        return self._core.hears_signed

    def close(self) -> None:
        """Ends the thread, the connection and the log; waiting callers return."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(5.0)
        self._transport.close()
        if self._log is not None:
            self._log.close()
        if self._signing is not None and self._signer is not None:
            self._signing.ended(self._signer)

    # transfers

    def upload(self, mission: Mission, on_progress: Callable[[UploadProgress], None] | None = None) -> Verdict:
        """Stores the mission, and its fence and rally points if it has any; reads all back and compares.

        A fence or rally points that the vehicle holds and the mission has not are left as they are. What the vehicle
        has said that it cannot hold is refused before anything is sent.

        Raises:
            LinkBusy: another transfer is running.
        """
        if self._vehicle().capabilities is None and (mission.fence_polygons or mission.fence_circles or mission.rally):
            deque(self.run(VersionJob()), maxlen=0)
        state = self._vehicle()
        why_not = unfit(mission, state, self._limits)
        if why_not:
            return NotStored(why_not, empty_figures(len(mission)), sent=False)
        with self._only_transfer():
            self._remember(None)
            verdicts: list[tuple[int, Verdict]] = []
            for kind, items in lists_to_wire(mission, state.stack):
                now = self._vehicle()
                booting = now.system_status == STATE_BOOT
                store = Store(items, now.address, now.stack, kind, booting=booting)
                verdict = self._verdict(store, len(mission), on_progress)
                verdicts.append((kind, verdict))
                if isinstance(verdict, NotStored) and verdict.limit is not None:
                    self._limits[kind] = verdict.limit
                if not isinstance(verdict, Stored):
                    break
            else:
                ids = {kind: one.list_id for kind, one in verdicts if isinstance(one, Stored)}
                named = (ids.get(MISSION), ids.get(FENCE), ids.get(RALLY))
                self._remember(Held(len(mission), named, time.monotonic()))
        return together(verdicts)

    def clear(self, kinds: tuple[int, ...]) -> tuple[ClearEnd, ...]:
        """Takes lists (items.MISSION, FENCE, RALLY) out of the vehicle and reads each back; the first failure ends it.

        Raises:
            LinkBusy: another transfer is running.
        """
        ends: list[ClearEnd] = []
        with self._only_transfer():
            self._remember(None)
            for kind in kinds:
                self._current = running = self._submit(ClearJob(kind))
                told = [event for event in self._events(running) if isinstance(event, ClearEnd)]
                reason = "The connection was closed; what the vehicle holds is not known."
                ends.append(told[-1] if told else ClearEnd(kind, "unknown", reason, None))
                if ends[-1].word != "cleared":
                    break
        return tuple(ends)

    def _remember(self, held: Held | None) -> None:
        self._core.held = held
        if self._memory is not None:
            self._memory.keep(self.address, self._vehicle().address, held)

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
            if state.stack.value != "other":  # others may take fence and rally for the mission
                fence, rally = self._download(FENCE), self._download(RALLY)
                if isinstance(fence, Downloaded):
                    polygons, circles = fence_from_wire(fence.items)
                    mission = replace(mission, fence_polygons=polygons, fence_circles=circles)
                if isinstance(rally, Downloaded):
                    mission = replace(mission, rally=rally_from_wire(rally.items))
        return mission

    def cancel(self) -> None:
        """Ends the running transfer; its caller gets the verdict that this leaves."""
        current = self._current
        if current is not None:
            current.cancelled = True

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
        self._flight = running = self._submit(Fly(options))
        warned: str | None = None
        ended = False
        try:
            for event in self._events(running):
                problem = self._core.state.log_problem if self._core.state else None
                if problem and problem != warned:
                    warned = problem
                    yield Said(2, problem)
                ended = isinstance(event, Flown | NotFlown | LostSight)
                if isinstance(event, Flown):
                    landed = self._vehicle()
                    deque(self.run(GapsJob(at_the_end=True)), maxlen=0)
                    event = completed(event, start, landed, self._vehicle())  # noqa: PLW2901 - with what came late
                yield event
            if not ended:
                yield NotFlown("The connection was closed.")
        finally:
            running.cancelled = True

    def cancel_flight(self) -> None:
        """Ends `fly`: before take-off the start is called off, afterwards only the following stops."""
        if self._flight is not None:
            self._flight.cancelled = True

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
        while time.monotonic() < give_up_s and not self._stop.is_set():
            state = self._core.state
            known = state is not None and state.height_m is not None
            if known and not (mission and state is not None and state.mission_item is None):
                return
            self._stop.wait(0.05)

    def answer_terrain(self, is_sea: IsSea) -> None:
        """Answers the vehicle's questions for ground heights from now on: 0 m where it is all sea, else nothing."""
        self._vehicle()
        self._submit(SeaJob(is_sea))

    def run(self, job: Job) -> Iterator[Any]:
        """Runs a job and gives its events as they come."""
        self._vehicle()
        return self._events(self._submit(job))

    # inside

    def _vehicle(self) -> VehicleState:
        state = self._core.state
        if state is None:
            raise NoVehicle(self.address, "no vehicle has been heard yet")
        return state

    @contextlib.contextmanager
    def _only_transfer(self) -> Iterator[None]:
        if not self._transfer.acquire(blocking=False):
            raise LinkBusy
        try:
            yield
        finally:
            self._current = None
            self._transfer.release()

    def _verdict(self, store: Store, items: int, on_progress: Callable[[UploadProgress], None] | None) -> Verdict:
        self._current = running = self._submit(StoreJob(store))
        verdict: Verdict | None = None
        for event in self._events(running):
            if isinstance(event, Stored | NotStored | Unknown):
                verdict = event
            elif on_progress is not None:
                on_progress(event)
        if verdict is None:
            reason = "The connection was closed during the transfer; what the vehicle holds is not known."
            verdict = Unknown(reason, Figures(items, None, 0.0, 0))
        return verdict

    def _download(self, kind: int) -> Downloaded | NotDownloaded:
        self._current = running = self._submit(DownloadJob(Download(self._vehicle().address, kind)))
        for event in self._events(running):
            if isinstance(event, Downloaded | NotDownloaded):
                return event
        return NotDownloaded(None, 0)

    def _command(self, name: str, make: Callable[[VehicleState], Job]) -> None:
        end: CommandEnd = Unanswered()
        for event in self._events(self._submit(make(self._vehicle()))):
            if isinstance(event, Done | Rejected | Unanswered):
                end = event
        match end:
            case Done():
                return
            case Rejected() | Unanswered():
                state = self._core.state
                said = (
                    f'; it said "{state.texts[-1].text}"' if state and state.texts and isinstance(end, Rejected) else ""
                )
                raise NotDone(f"{name}: the vehicle {end.words}{said}.")

    def _submit(self, job: Job) -> Running:
        running = Running(job)
        if self._stop.is_set():
            running.events.put(None)
        self._inbox.put(running)
        return running

    def _events(self, running: Running) -> Iterator[Any]:
        while True:
            try:
                event = running.events.get(timeout=0.5)
            except queue.Empty:
                if self._thread.is_alive():
                    continue
                event = None
            if event is None:
                if self._failure is not None:
                    raise LinkError(f"the link stopped by an error of its own: {self._failure}") from self._failure
                return
            yield event

    def _run(self) -> None:
        try:
            self._loop()
        except Exception as error:  # noqa: BLE001 - callers wait in other threads; they get it as a LinkError
            self._failure = error
        finally:
            self._core.end_all()
            while not self._inbox.empty():
                self._inbox.get().events.put(None)

    def _loop(self) -> None:
        core, transport = self._core, self._transport
        connected = True
        while not self._stop.is_set():
            now_s = time.monotonic()
            data = transport.receive(min(IDLE_S, core.next_s(now_s) - now_s))
            now_s = time.monotonic()
            while not self._inbox.empty():
                core.start(self._inbox.get(), now_s)
            frames = core.turn(data, now_s, time.time_ns() // 1000)
            if frames:
                sent = all([transport.send(raw) for raw in frames])  # noqa: C419 - every frame, also after a failure
                if sent and not connected:
                    core.restart_streams(now_s)
                connected = sent
            if core.state is not None:
                self._heard.set()
