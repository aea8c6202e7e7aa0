"""Several copters on one link, joined to the core by bytes in virtual time; each hears what is addressed to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from planner.link import messages as m
from planner.link.core import Core, Running
from planner.link.jobs import Job
from planner.link.messages import Address, Message
from planner.link.wire import Codec
from tests.planner.link.copter import Copter


@dataclass
class Flock:
    """The core and its vehicles, by system id."""

    vehicles: dict[int, Copter]
    silent: set[int] = field(default_factory=set)
    """Out of range: neither heard nor hearing."""
    now_s: float = 100.0
    to: dict[int, list[tuple[float, Message]]] = field(default_factory=dict)
    """What was addressed to each, and when."""

    def __post_init__(self) -> None:
        self.core = Core()
        self.theirs = {system: Codec(Address(system, 1)) for system in self.vehicles}
        self.ours = Codec(Address(0, 0))
        self.to_us = b""
        self.to = {system: [] for system in self.vehicles}

    def step(self, seconds: float = 0.05) -> None:
        self.now_s += seconds
        out = {system: list(one.tick(self.now_s)) for system, one in self.vehicles.items()}
        for raw in self.core.turn(self.to_us, self.now_s, round(self.now_s * 1e6)):
            for frame in self.ours.feed(raw):
                if frame.received is not None and not isinstance(frame.received.message, m.Heartbeat):
                    self.deliver(frame.received.message, out)
        self.to_us = b"".join(
            self.theirs[system].encode(one) for system, said in out.items() for one in said if system not in self.silent
        )

    def deliver(self, message: Message, out: dict[int, list[Message]]) -> None:
        system = int(getattr(message, "target_system", 0))
        assert system in self.vehicles, f"{message} is addressed to nobody here"
        self.to[system].append((round(self.now_s, 3), message))
        if system not in self.silent:
            out[system] += self.vehicles[system].hear(message, self.now_s)

    def until(self, condition: Callable[[], bool], *, limit_s: float = 400.0) -> None:
        stop_s = self.now_s + limit_s
        while not condition():
            assert self.now_s < stop_s, "the condition did not come true in time"
            self.step()

    def begin(self, job: Job, system: int) -> Running:
        self.until(lambda: system in self.core.crafts)
        running = Running(job, system=system)
        self.core.start(running, self.now_s)
        return running

    def ended(self, *running: Running) -> list[list[Any]]:
        self.until(lambda: not any(one in self.core.running for one in running))
        return [told(one) for one in running]


def told(running: Running) -> list[Any]:
    events = []
    while not running.events.empty():
        events.append(running.events.get())
    return [event for event in events if event is not None]
