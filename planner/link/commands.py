"""One command to the vehicle: a machine that repeats it until it is acknowledged, or asks the state instead.

https://mavlink.io/en/services/command.html. A command that must not be given twice (arm, mode, start) is sent once;
when no acknowledgement comes, the vehicle's own state decides, and only a state that is known to be otherwise, told
after the command was sent, allows sending it again.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from planner.geo.points import LatLon
from planner.link.messages import US, Address, CommandAck, CommandInt, CommandLong, Message, Received
from planner.link.state import VehicleState

ACK_WAIT_S = 0.7
STATE_WAIT_S = 2.5
"""Heartbeats come once a second: after this, one that was sent after the command must have come."""
SLOW_WAIT_S = 60.0
"""On a high-latency link an answer may take as long as the usual time between two reports."""
MOST_TRIES = 5
RETRY_LATER_S = 1.0

ACCEPTED, TEMPORARILY_REJECTED, DENIED, UNSUPPORTED, FAILED, IN_PROGRESS, CANCELLED = range(7)
LONG_ONLY, INT_ONLY, UNSUPPORTED_FRAME = 7, 8, 9
_OTHER_FRAME = {3: 6, 6: 3, 0: 5, 5: 0, 2: 0}
"""The frame of the same meaning: autopilots differ on whether they take the _INT ones (MAVLink common.xml)."""
_WORDS = {
    TEMPORARILY_REJECTED: "refused it for now",
    DENIED: "denied it",
    UNSUPPORTED: "does not support it",
    FAILED: "could not do it",
    CANCELLED: "cancelled it",
    LONG_ONLY: "wants it in another form",
    INT_ONLY: "wants it in another form",
    9: "does not support the frame",
}


@dataclass(frozen=True, slots=True)
class Done:
    """The vehicle accepted it, or its state shows that it did it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The vehicle answered with another MAV_RESULT."""

    result: int

    @property
    def words(self) -> str:
        """What the vehicle did with the command, as the end of a sentence."""
        return _WORDS.get(self.result, f"answered with result {self.result}")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Neither an answer nor a state that shows it."""

    words: str = "did not answer"


CommandEnd: TypeAlias = Done | Rejected | Unanswered
Check: TypeAlias = Callable[[VehicleState], bool]


@dataclass(frozen=True, slots=True)
class Command:
    """Gives `number` with `params`. With `check`, the vehicle's state decides after silence.

    With `at` it goes as COMMAND_INT only, because the other form rounds places to half a metre; `frame` is that of
    parameter 7. `slow`: a high-latency link.
    """

    target: Address
    number: int
    params: tuple[float, ...] = ()
    check: Check | None = None
    as_int: bool = False
    at: LatLon | None = None
    frame: int = 2
    slow: bool = False
    tries: int = 0
    sent_at_s: float = 0.0
    deadline_s: float = 0.0
    end: CommandEnd | None = None

    @property
    def done(self) -> bool:
        """Whether it is decided."""
        return self.end is not None

    def begin(self, now_s: float) -> tuple["Command", tuple[Message, ...]]:
        """Gives the command for the first time."""
        return self._send(now_s)

    def on_received(
        self, received: Received, state: VehicleState, now_s: float
    ) -> tuple["Command", tuple[Message, ...]]:
        """An acknowledgement, or a state that shows that the command was done."""
        if self.end:
            return self, ()
        message = received.message
        if self.check and state.heard_s > self.sent_at_s and self.check(state):
            return replace(self, end=Done()), ()
        if not isinstance(message, CommandAck) or received.source != self.target or message.command != self.number:
            return self, ()
        if not Address(message.target_system, message.target_component).means(US):
            return self, ()
        return self._on_ack(message.result, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["Command", tuple[Message, ...]]:
        """Repeats when it is allowed, or gives up."""
        if self.end or now_s < self.deadline_s:
            return self, ()
        if self.tries >= MOST_TRIES:
            return replace(self, end=Unanswered()), ()
        if self.check:
            told_since = state.heard_s > self.sent_at_s + 0.2
            if not told_since:  # the state is not known: wait for it rather than command twice
                if now_s - self.sent_at_s > 4 * (SLOW_WAIT_S if self.slow else STATE_WAIT_S):
                    return replace(self, end=Unanswered()), ()
                return replace(self, deadline_s=now_s + 0.5), ()
        return self._send(now_s)

    def _on_ack(self, result: int, now_s: float) -> tuple["Command", tuple[Message, ...]]:
        if result == ACCEPTED:
            if self.check is None:
                return replace(self, end=Done()), ()
            return replace(
                self, deadline_s=now_s + (SLOW_WAIT_S if self.slow else STATE_WAIT_S)
            ), ()  # accepted is not yet done
        if result == IN_PROGRESS:
            return replace(self, deadline_s=now_s + 10.0), ()
        if result == TEMPORARILY_REJECTED and self.tries < MOST_TRIES:
            return replace(self, deadline_s=now_s + RETRY_LATER_S), ()
        other_form = (result == INT_ONLY and not self.as_int) or (result == LONG_ONLY and self.as_int)
        if other_form and self.at is None and self.tries < MOST_TRIES:
            return replace(self, as_int=not self.as_int)._send(now_s)
        if result == UNSUPPORTED_FRAME and self.frame in _OTHER_FRAME and self.tries < 2:
            return replace(self, frame=_OTHER_FRAME[self.frame])._send(now_s)
        return replace(self, end=Rejected(result)), ()

    def _send(self, now_s: float) -> tuple["Command", tuple[Message, ...]]:
        wait_s = SLOW_WAIT_S if self.slow else STATE_WAIT_S if self.check else ACK_WAIT_S
        sent = replace(self, tries=self.tries + 1, sent_at_s=now_s, deadline_s=now_s + wait_s)
        p1, p2, p3, p4, p5, p6, p7 = (*self.params, *(0.0,) * 7)[:7]
        system, component = self.target.system, self.target.component
        if self.as_int or self.at is not None:
            x, y = int(p5), int(p6)
            if self.at is not None:
                x, y = round(self.at.lat_deg * 1e7), round(self.at.lon_deg * 1e7)
            one: Message = CommandInt(system, component, self.frame, self.number, 0, 0, p1, p2, p3, p4, x, y, p7)
            return sent, (one,)
        return sent, (CommandLong(system, component, self.number, self.tries, p1, p2, p3, p4, p5, p6, p7),)
