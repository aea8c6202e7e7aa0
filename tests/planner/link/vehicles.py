"""Scripted vehicles in memory: what ArduPilot (as measured) and PX4 (by its source) do with mission messages.

`hear(message, now)` returns what the vehicle answers; `tick(now)` what it says by itself.
"""

import math
from dataclasses import dataclass, field, replace

from typing_extensions import override

from planner.link import messages as m
from planner.link.items import WireItem
from planner.link.messages import Address, Message

HERE = Address(1, 1)
ACK_TO = (255, 190)


def f32(value: float) -> float:
    import struct

    return float(struct.unpack("f", struct.pack("f", value))[0]) if math.isfinite(value) else value


def to_item(one: m.MissionItemInt) -> WireItem:
    params = (f32(one.param1), f32(one.param2), f32(one.param3), f32(one.param4))
    return WireItem(one.seq, one.frame, one.command, params, one.x, one.y, f32(one.z), bool(one.autocontinue))


def to_message(one: WireItem, seq: int, mission_type: int) -> m.MissionItemInt:
    return m.MissionItemInt(
        *ACK_TO, seq, one.frame, one.command, 0, int(one.autocontinue), *one.params, one.x, one.y, one.z, mission_type
    )


@dataclass
class ArduPilotLike:
    """MISSION_REQUEST only, home in slot 0, not atomic, INVALID_SEQUENCE, re-request after 1 s, cancel after 8 s."""

    stored: dict[int, list[WireItem]] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    autopilot: int = 3
    refuse: dict[int, int] = field(default_factory=dict)
    """Item -> MAV_MISSION_RESULT that it answers it with."""
    refuse_once: dict[int, int] = field(default_factory=dict)
    refuse_clear: int = 0
    """MAV_MISSION_RESULT for MISSION_CLEAR_ALL."""
    booting: bool = False
    busy_until_s: float = -1.0
    texts: list[str] = field(default_factory=list)
    receiving: int | None = None
    expected: int = 0
    count: int = 0
    asked_s: float = 0.0
    heard_s: float = 0.0

    def ack(self, result: int, kind: int = 0) -> m.MissionAck:
        return m.MissionAck(*ACK_TO, result, kind)

    def request(self, now_s: float) -> tuple[Message, ...]:
        self.asked_s = now_s
        return (m.MissionRequest(*ACK_TO, self.expected, self.receiving or 0),)

    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        match message:
            case m.MissionCount():
                return self.on_count(message, now_s)
            case m.MissionItemInt():
                return self.on_item(message, now_s)
            case m.MissionRequestList():
                if self.receiving is not None or now_s < self.busy_until_s:
                    return (self.ack(14, message.mission_type),)
                return (m.MissionCount(*ACK_TO, len(self.stored[message.mission_type]), message.mission_type),)
            case m.MissionClearAll():
                return self.on_clear(message.mission_type, now_s)
            case m.MissionRequestInt():
                items = self.stored[message.mission_type]
                if message.seq >= len(items):
                    return (self.ack(1, message.mission_type),)
                return (to_message(items[message.seq], message.seq, message.mission_type),)
            case _:
                return ()

    def on_count(self, message: m.MissionCount, now_s: float) -> tuple[Message, ...]:
        if self.booting:
            return (self.ack(4),)
        if now_s < self.busy_until_s:
            return (self.ack(14),)
        if message.count > 650:
            return (m.StatusText(4, "Only 650 items are supported", 0, 0), self.ack(4))
        if message.count == 0:
            self.stored[message.mission_type] = []
            return (self.ack(0, message.mission_type),)
        self.receiving, self.expected, self.count, self.heard_s = message.mission_type, 0, message.count, now_s
        del self.stored[message.mission_type][message.count :]  # not atomic: the list is cut at once
        return self.request(now_s)

    def on_clear(self, kind: int, now_s: float) -> tuple[Message, ...]:
        if kind == 255:
            return (self.ack(3, kind),)
        if self.receiving is not None or now_s < self.busy_until_s:
            return (self.ack(14, kind),)
        if self.refuse_clear:
            return (m.StatusText(4, "no", 0, 0), self.ack(self.refuse_clear, kind))
        self.stored[kind] = []
        return (self.ack(0, kind),)

    def on_item(self, message: m.MissionItemInt, now_s: float) -> tuple[Message, ...]:
        kind = message.mission_type
        if self.receiving is None:
            return (self.ack(1, kind),)
        if message.seq != self.expected:
            return (self.ack(13, kind),)
        result = self.refuse_once.pop(message.seq, 0) or self.refuse.get(message.seq, 0)
        if result:
            self.receiving = None
            return (*(m.StatusText(4, t, 0, 0) for t in self.texts), self.ack(result, kind))
        items = self.stored[kind]
        kept = self.keep(to_item(message))
        items[message.seq : message.seq + 1] = [kept]
        self.heard_s = now_s
        self.expected += 1
        if self.expected == self.count:
            self.receiving = None
            return (self.ack(0, kind),)
        return self.request(now_s)

    def keep(self, one: WireItem) -> WireItem:
        if one.seq == 0:
            return WireItem(0, 0, 16, (0, 0, 0, 0), 519499999, 40500000, f32(5.09))
        p1, _, _, p4 = one.params
        params = {
            16: (math.trunc(p1), 0.0, 0.0, 0.0),
            20: (0.0,) * 4,
            21: (math.trunc(p1), 0.0, 0.0, 1.0),
            22: (p1, 0.0, 0.0, 0.0),
            19: (math.trunc(p1), 0.0, 1.0, p4),
        }.get(one.command, one.params)
        located = one.command in {16, 19, 21, 22, 82, 195}
        z = f32(math.trunc(round(one.z * 100, 4)) / 100) if located else 0.0
        frame = {2: 0, 5: 0, 6: 3, 11: 10}.get(one.frame, one.frame) if located else 0
        x, y = (one.x, one.y) if located else (0, 0)
        return WireItem(one.seq, frame, one.command, params, x, y, z, autocontinue=True)

    def tick(self, now_s: float) -> tuple[Message, ...]:
        if self.receiving is None:
            return ()
        if now_s - self.heard_s > 8.0:
            kind, self.receiving = self.receiving, None
            return (self.ack(15, kind), m.StatusText(4, "Mission upload timeout", 0, 0))
        return self.request(now_s) if now_s - self.asked_s >= 1.0 else ()


@dataclass
class Px4Like(ArduPilotLike):
    """MISSION_REQUEST_INT, atomic, 250 ms re-request, gives up at 5 s, re-acknowledges a repeated last item."""

    autopilot: int = 12
    incoming: list[WireItem] = field(default_factory=list)
    sending: int | None = None
    next_out: int = 0
    last_count: int = -1

    @override
    def request(self, now_s: float) -> tuple[Message, ...]:
        self.asked_s = now_s
        return (m.MissionRequestInt(*ACK_TO, self.expected, self.receiving or 0),)

    @override
    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        if isinstance(message, m.MissionRequestList):
            self.sending, self.next_out = message.mission_type, 0
        if isinstance(message, m.MissionRequestInt):
            if self.sending is None or message.seq not in {self.next_out, self.next_out - 1}:
                self.sending = None
                return (self.ack(1, message.mission_type),)
            self.next_out = message.seq + 1
        if isinstance(message, m.MissionAck):
            self.sending = None
        return super().hear(message, now_s)

    @override
    def on_count(self, message: m.MissionCount, now_s: float) -> tuple[Message, ...]:
        if now_s < self.busy_until_s:
            return (self.ack(1),)
        if message.count == 0:
            self.stored[message.mission_type] = []
            return (self.ack(0, message.mission_type),)
        self.receiving, self.expected, self.count, self.incoming = message.mission_type, 0, message.count, []
        self.heard_s = now_s
        return self.request(now_s)

    @override
    def on_item(self, message: m.MissionItemInt, now_s: float) -> tuple[Message, ...]:
        kind = message.mission_type
        if self.receiving is None:
            return (self.ack(0 if message.seq == self.last_count - 1 else 1, kind),)
        if message.seq != self.expected:
            return ()
        result = self.refuse.get(message.seq, 0)
        if result:
            self.receiving = None
            return (*(m.StatusText(4, t, 0, 0) for t in self.texts), self.ack(result, kind))
        self.incoming.append(replace(to_item(message), frame={0: 5, 3: 6}.get(message.frame, message.frame)))
        self.heard_s = now_s
        self.expected += 1
        if self.expected == self.count:
            self.receiving, self.last_count = None, self.count
            self.stored[kind] = list(self.incoming)
            return (self.ack(0, kind),)
        return self.request(now_s)

    @override
    def tick(self, now_s: float) -> tuple[Message, ...]:
        if self.receiving is None:
            return ()
        if now_s - self.heard_s > 5.0:
            self.receiving = None
            return ()
        return self.request(now_s) if now_s - self.asked_s >= 0.25 else ()
