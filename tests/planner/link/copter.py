"""A copter in memory that arms, flies and lands as ArduCopter 4.6.3 was measured, and a rig that runs the core."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from planner.link import messages as m
from planner.link.core import Core, Running
from planner.link.jobs import Job
from planner.link.messages import Address, Message
from planner.link.services import AutopilotVersion
from planner.link.tlog import TlogWriter
from planner.link.wire import Codec
from tests.planner.link.vehicles import ACK_TO, HERE, ArduPilotLike

Lose = Callable[[str, Message], bool]
PREARM = 0x10000000


@dataclass
class Copter(ArduPilotLike):
    """ArduCopter: arms in GUIDED only, starts by MISSION_START, flies for `flight_s`, disarms by itself."""

    mode: int = 0
    armed: bool = False
    armed_s: float = 0.0
    started_s: float | None = None
    flight_s: float = 20.0
    lands: bool = True
    ready_s: float = 0.0
    shots: int = 3
    commands: list[tuple[int, float]] = field(default_factory=list)
    streams: bool = False
    boot_s: float = 100.0
    next_s: float = 0.0
    set_interval: bool = True
    deaf: bool = False
    refuses: bool = False
    vehicle_type: int = 2
    capabilities: int | None = 64495
    """None: never told."""

    @override
    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        if self.deaf:
            return ()
        if isinstance(message, m.RequestDataStream):
            self.streams = True
        if isinstance(message, m.CommandLong):
            self.commands.append((message.command, message.param1))
            if (message.command, message.param1) in {(512, 148.0), (520, 1.0)} and self.capabilities is not None:
                return (m.CommandAck(message.command, 0, *ACK_TO), AutopilotVersion(self.capabilities, 0x040603FF))
            return self.command(message, now_s)
        return super().hear(message, now_s)

    def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
        result, texts = 0, []
        if self.refuses:
            return (m.CommandAck(one.command, 4, *ACK_TO),)
        match one.command:
            case 511:
                self.streams = self.streams or self.set_interval
                result = 0 if self.set_interval else 3
            case 176:
                self.mode = int(one.param2)
            case 400 if one.param1 == 0:
                self.armed = self.armed and self.started_s is not None
            case 400 if self.mode != 4:
                result, texts = 4, ["Arm: AUTO mode not armable"]
            case 400 if now_s - self.boot_s < self.ready_s:
                result, texts = 4, ["Arm: Need Position Estimate"]
            case 400:
                self.armed, self.armed_s = True, now_s
            case 300 if self.armed:
                self.mode, self.started_s = 3, now_s
            case 193:
                result = 0 if self.mode == 3 else 2
            case _:
                pass
        ack = m.CommandAck(one.command, result, *ACK_TO)
        return (ack, *(m.StatusText(2, text, 0, 0) for text in texts))

    @override
    def tick(self, now_s: float) -> tuple[Message, ...]:
        out = super().tick(now_s)
        if self.armed and self.started_s is None and now_s - self.armed_s > 10.0:
            self.armed = False
        if self.started_s is not None and self.lands and now_s - self.started_s > self.flight_s:
            self.armed, self.started_s, self.mode = False, None, self.mode
        if now_s < self.next_s:
            return out
        self.next_s = now_s + 0.5
        beat = m.Heartbeat(
            self.vehicle_type, self.autopilot, 128 if self.armed else 0, self.mode, 1 if self.booting else 4
        )
        return (*out, beat, *(self.telemetry(now_s) if self.streams else ()))

    def telemetry(self, now_s: float) -> tuple[Message, ...]:
        flying = self.started_s is not None and now_s - self.started_s > 1.0
        height = 30_000 if flying else 0
        boot_ms = round((now_s - self.boot_s) * 1000) + 1000
        healthy = PREARM if now_s - self.boot_s >= self.ready_s else 0
        shots: tuple[Message, ...] = ()
        done = 0 if self.started_s is None else min(self.shots, int((now_s - self.started_s) / 3))
        if done:
            where = (519500000, 40500000, 35.0, 30.0, 0.0, 0.0, 90.0)
            shots = (m.CameraFeedback(1_795_418_600_000_000 + done * 3_000_000, done, *where),)
        return (
            m.GlobalPositionInt(boot_ms, 519500000, 40500000, 5000 + height, height, 0, 0, 0, 9000),
            m.SysStatus(PREARM, PREARM, healthy, 12_600, 80),
            m.GpsRawInt(6, 10),
            m.EkfStatusReport(831 if healthy else 167),
            m.MissionCurrent(max(1, done), max(0, len(self.stored[0]) - 1), 3 if flying else 2),
            *shots,
        )


@dataclass
class Rig:
    """The core and a vehicle, joined by bytes in virtual time."""

    vehicle: Copter = field(default_factory=Copter)
    lose: Lose = lambda _way, _message: False
    log: TlogWriter | None = None
    now_s: float = 100.0
    sent: list[tuple[float, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.core = Core(self.log)
        self.theirs = Codec(HERE)
        self.ours = Codec(Address(0, 0))
        self.to_us = b"Init Gyro...\r\n"

    def step(self, seconds: float = 0.05) -> None:
        self.now_s += seconds
        out = list(self.vehicle.tick(self.now_s))
        for raw in self.core.turn(self.to_us, self.now_s, round(self.now_s * 1e6)):
            for frame in self.ours.feed(raw):
                if frame.received is None:
                    continue
                message = frame.received.message
                self.sent.append((self.now_s, message))
                if not self.lose("up", message):
                    out += self.vehicle.hear(message, self.now_s)
        self.to_us = b"".join(self.theirs.encode(one) for one in out if not self.lose("down", one))

    def until(self, condition: Callable[[], bool], *, limit_s: float = 400.0) -> None:
        stop_s = self.now_s + limit_s
        while not condition():
            assert self.now_s < stop_s, "the condition did not come true in time"
            self.step()

    def run(self, job: Job, *, limit_s: float = 400.0) -> list[Any]:
        self.until(lambda: self.core.state is not None)
        running = Running(job)
        self.core.start(running, self.now_s)
        self.until(lambda: running not in self.core.running, limit_s=limit_s)
        events = []
        while not running.events.empty():
            events.append(running.events.get())
        return [event for event in events if event is not None]
