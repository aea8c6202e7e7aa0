"""A link in memory and in virtual time: loses, repeats, delays and reorders, by a seed."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from planner.link.messages import Message, Received
from tests.planner.link.vehicles import HERE, ArduPilotLike

Drop = Callable[[str, Message], bool]


@dataclass
class Channel:
    """Runs a machine (Store, Upload, Download) against a vehicle until the machine has ended."""

    vehicle: ArduPilotLike
    loss: float = 0.0
    repeat: float = 0.0
    delay_s: float = 0.0005
    jitter_s: float = 0.0
    seed: int = 0
    drop: Drop = lambda _way, _message: False
    now_s: float = 100.0
    sent: list[Message] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    mail: list[tuple[float, int, str, Message]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - loss, not secrets

    def post(self, way: str, out: tuple[Message, ...]) -> None:
        for message in out:
            (self.sent if way == "up" else self.heard).append(message)
            copies = 2 if self.random.random() < self.repeat else 1
            for _ in range(copies):
                lost = self.random.random() < self.loss or self.drop(way, message)
                at = self.now_s + self.delay_s + self.random.random() * self.jitter_s
                if not lost:
                    self.count += 1
                    heapq.heappush(self.mail, (at, self.count, way, message))

    def run(self, machine: Any, *, limit_s: float = 600.0, until: Callable[[Any], bool] | None = None) -> Any:
        ended = until or (lambda one: one.done if hasattr(one, "done") else one.end is not None)
        machine, out = machine.begin(self.now_s)
        self.post("up", out)
        stop_s, next_tick_s = self.now_s + limit_s, self.now_s
        while not ended(machine) and self.now_s < stop_s:
            next_tick_s = max(next_tick_s, self.now_s)
            due = [next_tick_s + 0.05, machine.deadline_s, *([self.mail[0][0]] if self.mail else [])]
            self.now_s = max(self.now_s, min(due)) + 1e-9
            while self.mail and self.mail[0][0] <= self.now_s:
                _, _, way, message = heapq.heappop(self.mail)
                if way == "up":
                    self.post("down", self.vehicle.hear(message, self.now_s))
                elif not ended(machine):
                    machine, out = machine.on_received(Received(HERE, message), self.now_s)
                    self.post("up", out)
            self.post("down", self.vehicle.tick(self.now_s))
            machine, out = machine.on_tick(self.now_s)
            self.post("up", out)
        return machine
