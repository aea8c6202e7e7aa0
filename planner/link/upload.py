"""Sending a list of items: a machine `(state, event, now) -> (state, messages)` without clock or socket.

https://mavlink.io/en/services/mission.html, "Uploading a mission". In words:

- MISSION_COUNT is repeated until the vehicle asks; every MISSION_REQUEST(_INT) is answered with MISSION_ITEM_INT.
- The pending item is repeated when the measured round trip says that it or the next request was lost.
- ArduPilot's INVALID_SEQUENCE to a *repeated* item proves that the vehicle has it, so the next one is sent.
- Only MISSION_ACK ends it. How it ended is not yet what the vehicle holds: see planner/link/store.py.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

from dataclasses import dataclass, replace
from typing import TypeAlias

from planner.link import verdict
from planner.link.items import WireItem
from planner.link.messages import (
    US,
    Address,
    Message,
    MissionAck,
    MissionCount,
    MissionItemInt,
    MissionRequest,
    MissionRequestInt,
    Received,
)
from planner.link.timing import FRESH, RoundTrip

PATIENCE_S = 10.0
"""Without progress for so long, and at least so many tries, the transfer is given up."""
LEAST_TRIES = 8
RETRY_DENIED_S = 1.0
DENIED_PATIENCE_S = 12.0
"""ArduPilot drops another station's stalled upload after 8 s."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The vehicle accepted the list."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The vehicle refused: MAV_MISSION_RESULT, and the item that it had asked for last."""

    result: int
    item: WireItem | None


@dataclass(frozen=True, slots=True)
class Silent:
    """The vehicle stopped answering after `asked` items had been asked for; `complete`: all were sent."""

    asked: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """We stopped it after `asked` items."""

    asked: int


UploadEnd: TypeAlias = Acknowledged | Refused | Silent | Cancelled


@dataclass(frozen=True, slots=True)
class Upload:
    """Sends `items` to `target`. `pending` is the item sent last, -1 while only the count was sent.

    `looks_ahead`: the vehicle passes over items that it does not expect (PX4), so a repeated item is followed by the
    next one, in case the item had arrived and the request for the next was lost.
    """

    items: tuple[WireItem, ...]
    target: Address
    mission_type: int = 0
    looks_ahead: bool = False
    pending: int = -1
    tries: int = 0
    stray: int = -1
    resends: int = 0
    round_trip: RoundTrip = FRESH
    first_at_s: float = 0.0
    sent_at_s: float = 0.0
    progress_at_s: float = 0.0
    deadline_s: float = 0.0
    denied_since_s: float | None = None
    list_id: int | None = None
    """What the vehicle calls the list that it took; None where it names none."""
    end: UploadEnd | None = None

    def begin(self, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        """Announces the count."""
        return replace(self, progress_at_s=now_s)._send(-1, now_s)

    def on_received(self, received: Received, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        """What a message does; messages of other senders, for others, or of other mission types do nothing."""
        message = received.message
        if self.end or not isinstance(message, MissionRequest | MissionRequestInt | MissionAck):
            return self, ()
        meant = Address(message.target_system, message.target_component).means(US)
        if received.source != self.target or not meant or message.mission_type != self.mission_type:
            return self, ()
        if isinstance(message, MissionAck):
            return replace(self, list_id=message.opaque_id or None)._on_ack(message.type, now_s)
        return self._on_request(message.seq, now_s)

    def on_tick(self, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        """Repeats the pending message when it is due, or gives up."""
        if self.end or now_s < self.deadline_s:
            return self, ()
        if self.denied_since_s is not None:
            return self._send(-1, now_s)
        if self.tries >= LEAST_TRIES and now_s - self.progress_at_s >= PATIENCE_S:
            complete = self.pending == len(self.items) - 1 and self.pending >= 0
            return replace(self, end=Silent(self.pending + 1, complete=complete)), ()
        after, out = replace(self, resends=self.resends + 1)._send(self.pending, now_s)
        if self.looks_ahead and 0 <= self.pending < len(self.items) - 1:
            return after, (*out, self._item(self.pending + 1))
        return after, out

    def cancel(self, now_s: float) -> tuple["Upload", tuple[Message, ...]]:  # noqa: ARG002 - same shape as the others
        """Tells the vehicle that nothing more will come."""
        if self.end:
            return self, ()
        goodbye = MissionAck(self.target.system, self.target.component, verdict.CANCELLED, self.mission_type)
        return replace(self, end=Cancelled(self.pending + 1)), (goodbye,)

    def _on_request(self, seq: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        if not 0 <= seq < len(self.items):
            return self, ()
        if seq > self.pending:
            return self._measured(now_s)._progressed(now_s)._send(seq, now_s)
        if seq == self.pending:
            return replace(self, resends=self.resends + 1, denied_since_s=None)._send(seq, now_s)
        # an earlier item: a late duplicate, or the vehicle began anew (it repeats itself, or goes on from there)
        if seq in {self.stray, self.stray + 1}:
            return replace(self, stray=seq, tries=0)._progressed(now_s)._send(seq, now_s)
        return replace(self, stray=seq, resends=self.resends + 1), (self._item(seq),)

    def _on_ack(self, result: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        last = self.pending == len(self.items) - 1
        match result:
            case verdict.ACCEPTED if last:
                return replace(self._measured(now_s), end=Acknowledged()), ()
            case verdict.ACCEPTED:
                return self, ()  # of an earlier transfer: ours cannot be complete
            case verdict.INVALID_SEQUENCE if self.pending < 0 or self.tries < 2:
                return self, ()  # a duplicate arrived twice; says nothing about the pending item
            case verdict.INVALID_SEQUENCE if last:
                return self, ()
            case verdict.INVALID_SEQUENCE:
                return self._progressed(now_s)._send(self.pending + 1, now_s)
            case verdict.DENIED | verdict.ERROR if self.pending < 0 and self._may_wait(now_s):
                since = now_s if self.denied_since_s is None else self.denied_since_s
                later = now_s + RETRY_DENIED_S
                return replace(self, denied_since_s=since, progress_at_s=now_s, tries=0, deadline_s=later), ()
            case _:
                asked = self.items[self.pending] if self.pending >= 0 else None
                return replace(self, end=Refused(result, asked)), ()

    def _may_wait(self, now_s: float) -> bool:
        return self.denied_since_s is None or now_s - self.denied_since_s < DENIED_PATIENCE_S

    def _progressed(self, now_s: float) -> "Upload":
        return replace(self, progress_at_s=now_s, tries=0, denied_since_s=None)

    def _measured(self, now_s: float) -> "Upload":
        last_s, first_s = now_s - self.sent_at_s, now_s - self.first_at_s
        return replace(
            self, round_trip=self.round_trip.answered(self.tries, since_last_s=last_s, since_first_s=first_s)
        )

    def _send(self, seq: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        tries = 1 if seq != self.pending else self.tries + 1
        first_at_s = now_s if tries == 1 else self.first_at_s
        deadline_s = now_s + self.round_trip.wait_s(tries)
        sent = replace(self, pending=seq, tries=tries, first_at_s=first_at_s, sent_at_s=now_s, deadline_s=deadline_s)
        if seq < 0:
            count = MissionCount(self.target.system, self.target.component, len(self.items), self.mission_type)
            return sent, (count,)
        return sent, (self._item(seq),)

    def _item(self, seq: int) -> MissionItemInt:
        one = self.items[seq]
        p1, p2, p3, p4 = one.params
        return MissionItemInt(
            target_system=self.target.system,
            target_component=self.target.component,
            seq=one.seq,
            frame=one.frame,
            command=one.command,
            current=0,
            autocontinue=int(one.autocontinue),
            param1=p1,
            param2=p2,
            param3=p3,
            param4=p4,
            x=one.x,
            y=one.y,
            z=one.z,
            mission_type=self.mission_type,
        )
