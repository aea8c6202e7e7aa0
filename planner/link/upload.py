"""Sending a list of items: a machine `(state, event, now) -> (state, messages)` without clock or socket.

https://mavlink.io/en/services/mission.html, "Uploading a mission". In words:

- MISSION_COUNT is repeated until the vehicle asks; every MISSION_REQUEST(_INT) is answered with MISSION_ITEM_INT.
- The pending item is repeated when the measured round trip says that it or the next request was lost.
- ArduPilot's INVALID_SEQUENCE to a *repeated* item proves that the vehicle has it, so the next one is sent.
- Only MISSION_ACK ends it. How it ended is not yet what the vehicle holds: see planner/link/store.py.
- A list that `runs_ahead` has the next few items on their way before they are asked for, as long as nothing has been
  lost: the vehicle takes each as soon as it expects it. After the first sign of a loss each waits for its request.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from planner.link import verdict
from planner.link.items import WireItem
from planner.link.messages import (
    OUR_COMPONENTS,
    OUR_SYSTEMS,
    Address,
    Message,
    MissionAck,
    MissionCount,
    MissionItemInt,
    MissionRequest,
    MissionRequestInt,
    Received,
)
from planner.link.timing import FRESH, RoundTrip, Timing

PATIENCE_S = 10.0
"""Without progress for so long, and at least so many tries, the transfer is given up."""
LEAST_TRIES = 8
RETRY_DENIED_S = 1.0
DENIED_PATIENCE_S = 12.0
"""ArduPilot drops another station's stalled upload after 8 s."""
MOST_AHEAD = 10
"""About 500 bytes: less than what autopilots and radios hold back."""
_HEARD = (MissionRequest, MissionRequestInt, MissionAck)


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


class Upload(NamedTuple):
    """Sends `items` to `target`. `pending` is the item asked for last, -1 while only the count was sent.

    `looks_ahead`: the vehicle passes over items that it does not expect (PX4), so a repeated item is followed by the
    next one, in case the item had arrived and the request for the next was lost.
    `runs_ahead`: while nothing is lost, up to MOST_AHEAD items after the pending one are sent with it; `ahead` is the
    last item sent, `timed` the one whose answer will tell the round trip.
    """

    items: tuple[WireItem, ...]
    target: Address
    mission_type: int = 0
    looks_ahead: bool = False
    runs_ahead: bool = False
    pending: int = -1
    ahead: int = -1
    timed: int = -1
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
        return self._replace(progress_at_s=now_s)._send(-1, now_s)

    def on_received(self, received: Received, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        """What a message does; messages of other senders, for others, or of other mission types do nothing."""
        message = received.message
        if self.end or not isinstance(message, _HEARD):
            return self, ()
        if received.source != self.target or message.mission_type != self.mission_type:
            return self, ()
        if message.target_system not in OUR_SYSTEMS or message.target_component not in OUR_COMPONENTS:
            return self, ()
        if isinstance(message, MissionAck):
            return self._replace(list_id=message.opaque_id or None)._on_ack(message.type, now_s)
        return self._on_request(message.seq, now_s)

    def on_tick(self, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        """Repeats the pending message when it is due, or gives up."""
        if self.end or now_s < self.deadline_s:
            return self, ()
        if self.denied_since_s is not None:
            return self._send(-1, now_s)
        if self.tries >= LEAST_TRIES and now_s - self.progress_at_s >= PATIENCE_S:
            complete = self.pending == len(self.items) - 1 and self.pending >= 0
            return self._replace(end=Silent(self.pending + 1, complete=complete)), ()
        after, out = self._doubting()._send(self.pending, now_s)
        if self.looks_ahead and 0 <= self.pending < len(self.items) - 1:
            return after, (*out, self.item(self.pending + 1))
        return after, out

    def cancel(self, now_s: float) -> tuple["Upload", tuple[Message, ...]]:  # noqa: ARG002 - same shape as the others
        """Tells the vehicle that nothing more will come."""
        if self.end:
            return self, ()
        goodbye = MissionAck(self.target.system, self.target.component, verdict.CANCELLED, self.mission_type)
        return self._replace(end=Cancelled(self.pending + 1)), (goodbye,)

    @property
    def is_in_full_course(self) -> bool:
        """Whether items are being asked for one after the other, with nothing repeated now."""
        return self.tries == 1 and self.pending >= 0 and self.end is None

    def due(self, seq: int, ahead: int) -> range:
        """The items to send when `seq` is asked for and `ahead` is the last one sent."""
        if not self.runs_ahead:
            return range(seq, seq + 1)
        return range(max(seq, ahead + 1), min(seq + min(seq, MOST_AHEAD), len(self.items) - 1) + 1)

    def caught_up(self, pending: int, ahead: int, timing: Timing, answered_s: float) -> "Upload":
        """After requests up to `pending` that were answered elsewhere, the last at `answered_s`."""
        round_trip = timing.added_to(self.round_trip)
        return self._replace(
            pending=pending,
            ahead=ahead,
            timed=timing.timed,
            round_trip=round_trip,
            first_at_s=timing.sent_s,
            sent_at_s=timing.sent_s,
            progress_at_s=answered_s,
            deadline_s=answered_s + round_trip.base_s,
        )

    def _on_request(self, seq: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        if not 0 <= seq < len(self.items):
            return self, ()
        if seq > self.pending:
            return self._go_on(seq, now_s)
        if seq == self.pending:
            return self._doubting()._replace(denied_since_s=None)._send(seq, now_s)
        # an earlier item: a late duplicate, or the vehicle began anew (it repeats itself, or goes on from there)
        if seq in {self.stray, self.stray + 1}:
            return self._replace(stray=seq, tries=0)._progressed(now_s)._send(seq, now_s)
        return self._doubting()._replace(stray=seq), (self.item(seq),)

    def _on_ack(self, result: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        last = self.pending == len(self.items) - 1
        match result:
            case verdict.ACCEPTED if last or self.ahead == len(self.items) - 1:
                return self._replace(end=Acknowledged()), ()
            case verdict.ACCEPTED:
                return self, ()  # of an earlier transfer: ours cannot be complete
            case verdict.INVALID_SEQUENCE if self.pending < 0 or self.tries < 2:
                return self._replace(
                    runs_ahead=False
                ), ()  # of a duplicate, or of an item ahead; not of the pending one
            case verdict.INVALID_SEQUENCE if last:
                return self, ()
            case verdict.INVALID_SEQUENCE:
                return self._progressed(now_s)._send(self.pending + 1, now_s)
            case verdict.DENIED | verdict.ERROR if self.pending < 0 and self._may_wait(now_s):
                since = now_s if self.denied_since_s is None else self.denied_since_s
                later = now_s + RETRY_DENIED_S
                return self._replace(denied_since_s=since, progress_at_s=now_s, tries=0, deadline_s=later), ()
            case _:
                asked = self.items[self.pending] if self.pending >= 0 else None
                return self._replace(end=Refused(result, asked)), ()

    def _may_wait(self, now_s: float) -> bool:
        return self.denied_since_s is None or now_s - self.denied_since_s < DENIED_PATIENCE_S

    def _progressed(self, now_s: float) -> "Upload":
        return self._replace(progress_at_s=now_s, tries=0, denied_since_s=None)

    def _doubting(self) -> "Upload":
        """Something was perhaps lost: from here on nothing is sent before it is asked for."""
        return self._replace(resends=self.resends + 1, runs_ahead=False)

    def _go_on(self, seq: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        """The vehicle asks for an item after the pending one: every item's way, so that nothing is done twice here."""
        due = self.due(seq, self.ahead)
        ahead = max(self.ahead, due[-1]) if due else self.ahead
        after = self if seq <= self.timed else self._measured(ahead if self.runs_ahead else seq, now_s)
        after = after._replace(
            pending=seq,
            ahead=ahead,
            tries=1,
            progress_at_s=now_s,
            deadline_s=now_s + after.round_trip.base_s,
            denied_since_s=None,
        )
        return after, tuple([self.item(n) for n in due])

    def _measured(self, timed: int, now_s: float) -> "Upload":
        """The answer to the timed item has come; the one to time next goes out now."""
        last_s, first_s = now_s - self.sent_at_s, now_s - self.first_at_s
        round_trip = self.round_trip.answered(self.tries, since_last_s=last_s, since_first_s=first_s)
        return self._replace(round_trip=round_trip, timed=timed, first_at_s=now_s, sent_at_s=now_s)

    def _send(self, seq: int, now_s: float) -> tuple["Upload", tuple[Message, ...]]:
        tries = 1 if seq != self.pending else self.tries + 1
        first_at_s = now_s if tries == 1 else self.first_at_s
        deadline_s = now_s + self.round_trip.wait_s(tries)
        ahead = max(seq, self.ahead) if seq >= self.pending else seq
        sent = self._replace(
            pending=seq,
            ahead=ahead,
            timed=seq,
            tries=tries,
            first_at_s=first_at_s,
            sent_at_s=now_s,
            deadline_s=deadline_s,
        )
        if seq < 0:
            count = MissionCount(self.target.system, self.target.component, len(self.items), self.mission_type)
            return sent, (count,)
        return sent, (self.item(seq),)

    def item(self, seq: int) -> MissionItemInt:
        """The message that carries an item."""
        one = self.items[seq]
        target, kind = self.target, self.mission_type
        where = (target.system, target.component, one.seq, one.frame, one.command, 0, int(one.autocontinue))
        return MissionItemInt._make((*where, *one.params, one.x, one.y, one.z, kind))
