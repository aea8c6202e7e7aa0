"""The link as the rest of the house uses it: one thread that owns the transport and the clock, and the vehicles there.

A station is itself the view of one of its vehicles: the one chosen, else the first heard; `vehicles` gives all of them.
Our own heartbeat comes from the same loop that handles the vehicles' messages, so that it stops when that loop hangs,
and their failsafe sees the truth.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from typing_extensions import override

from planner.geo.points import LatLon
from planner.link.core import Core, Running
from planner.link.errors import LinkError, NoVehicle
from planner.link.held import Held
from planner.link.jobs import Job
from planner.link.keys import Signing
from planner.link.memory import Memory
from planner.link.opening import open_patiently
from planner.link.state import VehicleState
from planner.link.tlog import TlogWriter
from planner.link.transports import Transport
from planner.link.vehicle import Desk, Vehicle
from planner.model.words import counted

IDLE_S = 0.05
HEARD_S = 1.2
"""Heartbeats come once a second: after so long every vehicle of a good link has been heard."""
OPENING_S = 5.0
"""So long a port may still refuse: the vehicle or the simulator was perhaps only just started."""


class _Line:
    """What the vehicles of one link share: the core, the way into its loop, and what is under way for each."""

    def __init__(self, address: str, core: Core, wake: Callable[[], None]) -> None:
        self.address = address
        self.core = core
        self.wake = wake
        """Ends the loop's wait, so that it looks at once at what was asked of it."""
        self.inbox: queue.SimpleQueue[Running] = queue.SimpleQueue()
        self.stop = threading.Event()
        self.failure: BaseException | None = None
        self.is_alive: Callable[[], bool] = lambda: True
        self.memory: Memory | None = None
        self._desks: dict[int, Desk] = {}
        self._lock = threading.Lock()

    def state_of(self, system: int) -> VehicleState | None:
        """A vehicle as last heard; None before the first time."""
        return self.core.state_of(system)

    def seen(self, system: int) -> VehicleState | None:
        """The same, with ages as of now."""
        return self.core.seen(time.monotonic(), system)

    def desk(self, system: int) -> Desk:
        """What is under way for it."""
        with self._lock:
            return self._desks.setdefault(system, Desk())

    def remember(self, system: int, held: Held | None) -> None:
        """What a vehicle holds from now on, as it was read back; None: that is not known."""
        craft = self.core.crafts[system]
        craft.held = held
        if self.memory is not None:
            self.memory.keep(self.address, craft.state.address, held)

    def wait(self, seconds: float) -> bool:
        """Waits; True as soon as the link is closed."""
        return self.stop.wait(seconds)

    def submit(self, job: Job, system: int) -> Running:
        """Starts a job for it."""
        running = Running(job, system=system)
        if self.stop.is_set():
            running.events.put(None)
        self.inbox.put(running)
        self.wake()
        return running

    def events(self, running: Running) -> Iterator[Any]:
        """What a job tells, until it ends.

        Raises:
            LinkError: the link stopped by an error of its own.
        """
        while True:
            try:
                event = running.events.get(timeout=0.5)
            except queue.Empty:
                if self.is_alive():
                    continue
                event = None
            if event is None:
                if self.failure is not None:
                    raise LinkError(f"the link stopped by an error of its own: {self.failure}") from self.failure
                return
            yield event


class Station(Vehicle):
    """A connection to the vehicles on one link. Use `Station.connect`, and `close` it, or use it in a `with`."""

    def __init__(
        self,
        transport: Transport,
        address: str,
        *,
        log: TlogWriter | None = None,
        signing: Signing | None = None,
        vehicle: int | None = None,
        mavlink: int | None = None,
        memory: Memory | None = None,
        operator: LatLon | None = None,
    ) -> None:
        self._signing = signing
        self._signer = None if signing is None else signing.signer()
        self._core = Core(log, self._signer, mavlink=mavlink)
        self._core.operator = operator
        self._link = _Line(address, self._core, transport.wake)
        self._link.memory = memory
        if memory is not None:
            self._core.recall = lambda one: memory.held(address, one)
        super().__init__(self._link, vehicle or 0)
        self._transport = transport
        self._log = log
        self._heard = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"link {address}", daemon=True)
        self._link.is_alive = self._thread.is_alive
        self._thread.start()

    @classmethod
    def connect(
        cls,
        address: str,
        *,
        tlog: Path | None = None,
        timeout_s: float = 10.0,
        signing: Signing | None = None,
        vehicle: int | None = None,
        mavlink: int | None = None,
        memory: Memory | None = None,
        operator: LatLon | None = None,
    ) -> "Station":
        """Opens `address` and waits for a vehicle's heartbeat; `tlog` records both directions from the start.

        `vehicle`: the system id to wait for and to act on; without it, the first one heard. `mavlink`: the version to
        speak; without it, to each vehicle the newest that it speaks itself. With `signing`, what is sent is signed,
        and what is not signed with that key is not believed. With `memory`, what earlier runs stored in the vehicles
        is known. `operator`: who flies is there, for remote identification.

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
        station = cls(
            transport,
            address,
            log=log,
            signing=signing,
            vehicle=vehicle,
            mavlink=mavlink,
            memory=memory,
            operator=operator,
        )
        if not station._heard.wait(timeout_s):
            refused, others = station._core.refused, station.vehicles()
            station.close()
            if vehicle is not None and others:
                raise NoVehicle(address, f"vehicle {vehicle} was not heard within {timeout_s:g} s; {heard(others)}")
            if refused:
                why = f"{counted(refused, 'message')} came that are not signed with this key; is it the vehicle's?"
                raise NoVehicle(address, why)
            raise NoVehicle(
                address, f"no autopilot's heartbeat within {timeout_s:g} s; is it running, and is this its port?"
            )
        return station

    def __enter__(self) -> "Station":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    @override
    def system(self) -> int:
        """The system id of the vehicle chosen, else of the first heard; 0 before that."""
        return self._number or self._core.first or 0

    @property
    def hears_signed(self) -> bool:
        """Whether the vehicle signs what it sends, with whatever key."""
        return self._core.hears_signed(self.system)

    def vehicles(self) -> tuple[Vehicle, ...]:
        """Every vehicle heard so far, in the order of their system ids."""
        return tuple(self.vehicle(system) for system in sorted(self._core.crafts))

    def vehicle(self, system: int) -> Vehicle:
        """The view of the vehicle with that system id; it may not have been heard yet."""
        return Vehicle(self._link, system)

    def listen_for_others(self, seconds: float) -> tuple[Vehicle, ...]:
        """All vehicles that are heard until then; heartbeats come once a second."""
        self._link.wait(seconds)
        return self.vehicles()

    def close(self) -> None:
        """Ends the thread, the connection and the log; waiting callers return."""
        self._link.stop.set()
        self._transport.wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(5.0)
        self._transport.close()
        if self._log is not None:
            self._log.close()
        if self._signing is not None and self._signer is not None:
            self._signing.ended(self._signer)

    def _run(self) -> None:
        try:
            self._loop()
        except Exception as error:  # noqa: BLE001 - callers wait in other threads; they get it as a LinkError
            self._link.failure = error
        finally:
            self._core.end_all()
            while not self._link.inbox.empty():
                self._link.inbox.get().events.put(None)

    def _loop(self) -> None:
        core, transport = self._core, self._transport
        connected, connections = True, transport.connections
        while not self._link.stop.is_set():
            now_s = time.monotonic()
            data = transport.receive(min(IDLE_S, core.next_s(now_s) - now_s))
            now_s = time.monotonic()
            while not self._link.inbox.empty():
                core.start(self._link.inbox.get(), now_s)
            frames = core.turn(data, now_s, time.time_ns() // 1000)
            if frames:
                sent = True
                for raw in frames:
                    sent = transport.send(raw) and sent
                if sent and (not connected or transport.connections != connections):
                    core.restart_streams(now_s)
                    connections = transport.connections
                connected = sent
            if not self._heard.is_set() and core.state_of(self.system) is not None:
                self._heard.set()


def heard(vehicles: tuple[Vehicle, ...]) -> str:
    """Which vehicles were heard, as the end of a sentence."""
    named = [f"{one.system} ({state.what})" for one in vehicles if (state := one.snapshot()) is not None]
    return f"heard were the vehicles {', '.join(named)}" if len(named) > 1 else f"heard was vehicle {named[0]}"
