"""The practice vehicle on the network: MAVLink over TCP on 127.0.0.1, and the clock that drives it.

One thread runs the vehicle and serves its clients. Simulated time runs `speedup` times as fast as the clock on the
wall; where the machine cannot keep up, simulated time slips and nothing is skipped.
"""

import contextlib
import itertools
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from sitl import signing
from sitl.autopilot.core import STEP_S, Autopilot, Truth
from sitl.autopilot.messages import Message, Send, Severity
from sitl.autopilot.situation import VehicleConfig
from sitl.connection import Client
from sitl.control import answer
from sitl.dataflash import DataflashLog, Facts
from sitl.doors import listening
from sitl.faults import Fault, FaultKind
from sitl.flight_record import FlightRecord
from sitl.shots import Shot, Shutter
from sitl.tlog import TelemetryLog
from sitl.wire import BANNERS, Incoming, Wire
from sitl.witness import Notebook, Witness

_BURST_S = 0.05
"""Longest time that is simulated before the clients are looked at again."""
_NAP_S = 0.004
"""Shortest rest between two looks at the clock; what clients send ends it early."""
_MOST_CLIENTS = 32
_WITNESS_STEPS = round(0.5 / STEP_S)
_LOG_STEPS = round(0.1 / STEP_S)


class NoShutter:
    """A vehicle without a camera: triggers are reported, no pictures are kept."""

    def take(self, shot: Shot) -> None:
        """Does nothing."""


class Radio(Protocol):
    """A receiver on board."""

    def heard(self, begin_unix_s: float, end_unix_s: float, at: LatLon) -> list[Message]:
        """The messages to pass on about what was heard in a span of time at a place."""


class SimulatedVehicle:
    """A practice vehicle that runs in this process, in its own thread.

    `port` 0 takes any free one; `start` tells which. It also listens on `further_ports`, and sends to `udp_to`, a
    ground station's UDP address that may answer from there. Each picture goes to `shutter`, from the vehicle's thread;
    `witness` is told what happens.
    """

    def __init__(
        self,
        config: VehicleConfig | None = None,
        *,
        port: int = 0,
        speedup: float = 1.0,
        shutter: Shutter | None = None,
        witness: Witness | None = None,
        further_ports: Sequence[int] = (),
        udp_to: tuple[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0.1 <= speedup <= 1000:
            raise BadInput("--speedup", f"must lie in 0.1..1000, got {speedup:g}")
        for one in (port, *further_ports):
            if not 0 <= one <= 65535:
                raise BadInput("--port", f"must lie in 0..65535, got {one}")
        self._config = config or VehicleConfig()
        self._wanted_ports = (port, *further_ports)
        self._udp_to = udp_to
        self._listeners: list[socket.socket] = []
        self._speedup = speedup
        self._shutter = shutter or NoShutter()
        self._witness = witness
        listener: object = witness
        self._notebook = listener if isinstance(listener, Notebook) else None
        self._radio: Radio | None = None
        self._listened_s = 0.0
        self._unheard = 0
        self._steps_told = 0
        self._dataflash: DataflashLog | None = None
        self._steps_logged = 0
        self._tlog: TelemetryLog | None = None
        self._record: FlightRecord | None = None
        self._clock = clock
        self._autopilot = Autopilot(self._config)
        self._signatures = signing.Signatures()
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._clients: dict[int, Client] = {}
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self.port = 0
        self.ports: tuple[int, ...] = ()

    def log_to(
        self,
        *,
        dataflash: DataflashLog | None = None,
        tlog: TelemetryLog | None = None,
        record: FlightRecord | None = None,
    ) -> None:
        """Writes these logs; to be called before the start. Whoever opened them closes them."""
        self._dataflash, self._tlog, self._record = dataflash, tlog, record

    def start(self) -> int:
        """Starts the vehicle; the port on which it listens.

        Raises:
            BadInput: the port is in use or may not be used.
        """
        if self._thread is not None:
            raise RuntimeError("this vehicle has been started already; make a new one")
        try:
            for port in self._wanted_ports:
                self._listeners.append(listening(port))
        except BadInput:
            for sock in self._listeners:
                sock.close()
            raise
        self.ports = tuple(int(sock.getsockname()[1]) for sock in self._listeners)
        self.port = self.ports[0]
        self._waker, self._wake = socket.socketpair()
        for sock in (*self._listeners, self._wake):
            sock.setblocking(False)  # noqa: FBT003 -- the socket module takes it so
            self._selector.register(sock, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="practice-vehicle", daemon=True)
        self._thread.start()
        return self.port

    def stop(self) -> None:
        """Stops the vehicle and closes all connections; may be called more than once."""
        if self._thread is None:
            return
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._waker.send(b"x")
        self._thread.join()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Waits until the vehicle has stopped; False after `timeout_s`.

        Raises:
            RuntimeError: the vehicle's own thread failed.
        """
        if self._thread is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                return False
        if self._failure is not None:
            raise RuntimeError("the practice vehicle stopped by an error of its own") from self._failure
        return True

    def truth(self) -> Truth:
        """Where the vehicle really is now; from any thread."""
        with self._lock:
            return self._autopilot.truth()

    def carry(self, radio: Radio) -> None:
        """Puts a receiver on board; what it hears goes to all clients from now on, and what it misses is counted."""
        self._radio = radio
        self.measure_ais(lambda _since_s, _until_s: self._unheard)

    def begin_fault(self, fault: Fault, *, for_s: float | None = None) -> None:
        """Starts a fault now, for ever or for so many simulated seconds; from any thread.

        Raises:
            ValueError: `for_s` is not positive.
        """
        with self._lock:
            self._autopilot.now.faults.begin(fault, self._autopilot.now.now_s, for_s=for_s)

    def end_fault(self, kind: FaultKind) -> bool:
        """Ends a fault; False if there is none of this kind."""
        with self._lock:
            return self._autopilot.now.faults.end(kind, self._autopilot.now.now_s)

    def fault_spans_s(self, kind: FaultKind) -> list[tuple[float, float]]:
        """When faults of this kind were active up to now, in simulated seconds."""
        with self._lock:
            return self._autopilot.now.faults.spans_s(kind, self._autopilot.now.now_s)

    def measure_ais(self, withheld: Callable[[float, float], int]) -> None:
        """Takes the receiver's own count: how many sentences there were to receive between two simulated seconds."""
        with self._lock:
            self._autopilot.injection.ais_withheld = withheld

    def __enter__(self) -> "SimulatedVehicle":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------ the vehicle's thread

    def _run(self) -> None:
        try:
            self._serve()
        except Exception as error:  # noqa: BLE001 -- kept for `wait`, on the caller's thread
            self._failure = error
        finally:
            for client in list(self._clients.values()):
                self._drop(client)
            for sock in (*self._listeners, self._wake, self._waker):
                sock.close()
            self._selector.close()

    def _serve(self) -> None:
        if self._udp_to is not None:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.connect(self._udp_to)
            self._welcome(sock)
        start = self._clock()
        steps, behind_s = 0, 0.0
        while not self._stopping.is_set():
            began = self._clock()
            due = int((began - start - behind_s) * self._speedup / STEP_S)
            while steps < due and not self._stopping.is_set():
                self._step(self._clock() - start)
                steps += 1
                if self._clock() - began > _BURST_S:
                    break
            if steps < due:  # the machine is too slow for this speed: let simulated time slip
                behind_s = self._clock() - start - steps * STEP_S / self._speedup
            next_s = start + behind_s + (steps + 1) * STEP_S / self._speedup
            self._look(max(_NAP_S, min(next_s - self._clock(), 0.05)) if steps >= due else 0.0)
            with self._lock:
                self._autopilot.now.link_s = self._clock() - start

    def _step(self, link_s: float) -> None:
        with self._lock:
            self._autopilot.step(link_s)
            out, shots = self._autopilot.drain(), self._autopilot.shots()
        self._deliver(out)
        if self._radio is not None and self._autopilot.now.now_s >= self._listened_s + 1.0:
            self._listen(self._radio)
        for shot in shots:
            self._shutter.take(shot)
        if self._witness is not None:
            self._tell(self._witness, shots)
        if self._dataflash is not None or self._record is not None:
            self._log(shots)

    def _listen(self, radio: Radio) -> None:
        """Passes on what the AIS receiver has heard since the last time, once a second."""
        begin_s, now_s = self._listened_s, self._autopilot.now.now_s
        self._listened_s = now_s
        truth = self._autopilot.truth()
        end_s = truth.at_utc.timestamp()
        heard = radio.heard(end_s - (now_s - begin_s), end_s, truth.at)
        if FaultKind.AIS_SILENCE in self._autopilot.now.faults:
            self._unheard += len(heard)
            return
        self._unheard = 0
        self._deliver([Send(message, None, can_drop=True) for message in heard])

    def _tell(self, witness: Witness, shots: list[Shot]) -> None:
        now_s = self._autopilot.now.now_s
        for shot in shots:
            witness.on_shot(shot, now_s)
        self._steps_told += 1
        if self._steps_told >= _WITNESS_STEPS:
            self._steps_told = 0
            witness.on_state(self._autopilot.truth())

    def _log(self, shots: list[Shot]) -> None:
        if self._dataflash is not None:
            for shot in shots:
                self._dataflash.on_shot(shot, self._autopilot.now.now_s)
        self._steps_logged += 1
        if self._steps_logged < _LOG_STEPS:
            return
        self._steps_logged = 0
        if self._dataflash is not None:
            self._dataflash.on_state(self._autopilot.truth(), facts_of(self._autopilot))
        if self._record is not None:
            self._record.on_state(self._autopilot.truth(), self._autopilot.told())

    def _look(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            if key.fileobj in self._listeners:
                self._accept(key.fileobj)
            elif key.fileobj is self._wake:
                with contextlib.suppress(OSError):
                    self._wake.recv(64)
            else:
                self._receive(key.data)
        now_s = self._clock()
        for client in list(self._clients.values()):
            for incoming in client.passed(now_s):
                self._take(client, incoming)
            client.flush()
            if client.lost:
                self._drop(client)

    def _accept(self, listener: socket.socket) -> None:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        if len(self._clients) >= _MOST_CLIENTS:
            sock.close()
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        door = self._listeners.index(listener)
        self._welcome(sock, door, trusted=door == 0)

    def _welcome(self, sock: socket.socket, door: int = 0, *, trusted: bool = False) -> None:
        sock.setblocking(False)  # noqa: FBT003 -- the socket module takes it so
        number = next(self._numbers)
        wire = Wire(number, self._config.system_id)
        client = Client(number, sock, wire, since_s=self._clock(), trusted=trusted)
        self._signatures.apply(wire, trusted=trusted)
        self._clients[number] = client
        self._selector.register(sock, selectors.EVENT_READ, client)
        with self._lock:
            self._autopilot.greet(number, door)
        if number == 1 and self._config.autopilot == "ardupilot":
            client.queue(BANNERS[self._config.vehicle])

    def _receive(self, client: Client) -> None:
        data = client.receive()
        if not data:
            return
        if client.trainer is not None or (not client.heard and data[:1] == b"{"):
            for line in client.lines(data):
                self._train(client, line)
            return
        for incoming in client.read(data, self._autopilot.injection.line, self._clock()):
            self._take(client, incoming)

    def _take(self, client: Client, incoming: Incoming) -> None:
        client.systems.add(incoming.event.system)
        if incoming.event.message.name == signing.NAME:
            self._take_key(incoming)  # and nobody else hears of it: a key belongs in no log
            return
        if self._witness is not None:
            self._witness.on_heard(incoming.event, self._autopilot.now.now_s)
        if self._tlog is not None:
            self._tlog.heard(incoming.raw, self._autopilot.now.utc)
        with self._lock:
            self._autopilot.on_message(incoming.event, self._autopilot.now.link_s)
            out = self._autopilot.drain()
        self._route(client, incoming)
        self._deliver(out)

    def _take_key(self, incoming: Incoming) -> None:
        if incoming.target_system not in {0, self._config.system_id}:
            return
        with self._lock:
            said = self._signatures.take(incoming.event.message, armed=self._autopilot.now.armed)
            if said:
                self._autopilot.now.say(Severity.CRITICAL, said)
            out = self._autopilot.drain()
        for client in self._clients.values():
            self._signatures.apply(client.wire, trusted=client.trusted)
        self._deliver(out)

    def _route(self, sender: Client, incoming: Incoming) -> None:
        """Passes on what other clients may want to hear, as ArduPilot does."""
        target = incoming.target_system
        if not incoming.routed or target == self._config.system_id:
            return
        line, now_s = self._autopilot.injection.line, self._clock()
        for other in list(self._clients.values()):
            if other is not sender and (target == 0 or target in other.systems):
                other.post(incoming.raw, line, now_s)

    def _deliver(self, messages: list[Send]) -> None:
        line, now_s = self._autopilot.injection.line, self._clock()
        for send in messages:
            if self._tlog is not None:
                self._tlog.sent(send.message, self._autopilot.now.utc)
            addressed = self._clients.values() if send.client is None else [self._clients.get(send.client)]
            for client in addressed:
                if client is not None and client.trainer is None and not (send.can_drop and client.is_full):
                    client.post(client.wire.write(send.message), line, now_s)

    def _train(self, client: Client, line: bytes) -> None:
        """Answers one of the trainer's lines."""
        with self._lock:
            pilot = self._autopilot
            reply = answer(line, pilot.now, pilot.injection, pilot.truth(), self._notebook)
        client.queue(b"\n" + reply)

    def _drop(self, client: Client) -> None:
        if self._clients.pop(client.number, None) is None:
            return
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client.socket)
        client.socket.close()
        client.out.clear()
        with self._lock:
            self._autopilot.forget(client.number)


def facts_of(autopilot: Autopilot) -> Facts:
    """What a dataflash log holds besides the truth."""
    body = autopilot.now.body
    parameters = {name: autopilot.shown[name] for name in autopilot.shown.names}
    return Facts(parameters, tuple(autopilot.pilot.stores.mission), body.volts, body.amps, body.used_mah)
