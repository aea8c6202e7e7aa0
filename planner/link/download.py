"""Reading back a list of items: a machine `(state, event, now) -> (state, messages)` without clock or socket.

https://mavlink.io/en/services/mission.html, "Downloading a mission". One request at a time for PX4, which aborts on an
unexpected one; of others the next few items are asked for before the awaited one has come, as long as nothing has been
lost. A vehicle that aborts, or whose count changes, is asked anew from the start, and then one by one.
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
    MissionRequestInt,
    MissionRequestList,
    Received,
)
from planner.link.timing import FRESH, RoundTrip, Timing
from planner.link.upload import LEAST_TRIES, PATIENCE_S

RETRY_DENIED_S = 1.0
MOST_RESTARTS = 40
MOST_AHEAD = 4
"""As many as MAVProxy asks for: five answers find room in what an autopilot can hold back."""
AFTER_ABORT_S = 0.3
"""So that repeats that are still on their way do not make the vehicle abort again."""
_HEARD = (MissionCount, MissionItemInt, MissionAck)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """Everything that the vehicle holds of this mission type; `list_id`: what it calls it, None for nothing."""

    items: tuple[WireItem, ...]
    list_id: int | None = None


@dataclass(frozen=True, slots=True)
class NotDownloaded:
    """It could not be read; `result` is the vehicle's MAV_MISSION_RESULT, None if it was silent."""

    result: int | None
    got: int


DownloadEnd: TypeAlias = Downloaded | NotDownloaded


def kept(one: MissionItemInt) -> WireItem:
    """The item that a message carries."""
    params = (one.param1, one.param2, one.param3, one.param4)
    return WireItem(one.seq, one.frame, one.command, params, one.x, one.y, one.z, bool(one.autocontinue))


class Download(NamedTuple):
    """Asks `target` for its items. `total` is None until the vehicle told it.

    `asks_ahead`: while nothing is lost, up to MOST_AHEAD items after the awaited one are asked for with it; `ahead` is
    the last item asked for, `timed` the one whose coming will tell the round trip.
    """

    target: Address
    mission_type: int = 0
    asks_ahead: bool = False
    total: int | None = None
    got: tuple[WireItem, ...] = ()
    ahead: int = -1
    timed: int = -1
    tries: int = 0
    restarts: int = 0
    resends: int = 0
    round_trip: RoundTrip = FRESH
    first_at_s: float = 0.0
    sent_at_s: float = 0.0
    progress_at_s: float = 0.0
    deadline_s: float = 0.0
    waiting: bool = False
    list_id: int | None = None
    end: DownloadEnd | None = None

    def begin(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        """Asks for the list."""
        return self._replace(progress_at_s=now_s)._ask(now_s)

    def on_received(self, received: Received, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        """What a message does; messages of other senders, for others, or of other mission types do nothing."""
        message = received.message
        if self.end or not isinstance(message, _HEARD):
            return self, ()
        if received.source != self.target or message.mission_type != self.mission_type:
            return self, ()
        if message.target_system not in OUR_SYSTEMS or message.target_component not in OUR_COMPONENTS:
            return self, ()
        if isinstance(message, MissionCount):
            return self._replace(list_id=message.opaque_id or None)._on_count(message.count, now_s)
        if isinstance(message, MissionItemInt):
            return self._on_item(message, now_s)
        return self._on_ack(message.type, now_s)

    def on_tick(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        """Repeats the pending question when it is due, or gives up."""
        if self.end or now_s < self.deadline_s:
            return self, ()
        if self.waiting:
            return self._replace(waiting=False, tries=0)._ask(now_s)
        if self.tries >= LEAST_TRIES and now_s - self.progress_at_s >= PATIENCE_S:
            return self._replace(end=NotDownloaded(None, len(self.got))), ()
        return self._replace(resends=self.resends + 1, asks_ahead=False)._ask(now_s)

    def cancel(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:  # noqa: ARG002 - same shape as the others
        """Tells the vehicle that nothing more will be asked."""
        if self.end:
            return self, ()
        return self._replace(end=NotDownloaded(verdict.CANCELLED, len(self.got))), (self._ack(verdict.CANCELLED),)

    @property
    def is_in_full_course(self) -> bool:
        """Whether items are coming one after the other, with nothing asked for again now."""
        return self.tries == 1 and self.total is not None and self.end is None and not self.waiting

    def due(self, wanted: int, ahead: int, total: int) -> range:
        """The items to ask for when `wanted` is the next that is missing and `ahead` the last one asked for."""
        if not self.asks_ahead:
            return range(wanted, wanted + 1)
        return range(max(wanted, ahead + 1), min(wanted + min(wanted, MOST_AHEAD), total - 1) + 1)

    def caught_up(self, got: tuple[WireItem, ...], ahead: int, timing: Timing, answered_s: float) -> "Download":
        """After items that were taken elsewhere, the last at `answered_s`."""
        round_trip = timing.added_to(self.round_trip)
        return self._replace(
            got=got,
            ahead=ahead,
            timed=timing.timed,
            round_trip=round_trip,
            first_at_s=timing.sent_s,
            sent_at_s=timing.sent_s,
            progress_at_s=answered_s,
            deadline_s=answered_s + round_trip.base_s,
        )

    def _on_count(self, count: int, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        if self.total is not None:
            if count == self.total:
                return self, ()
            if self.restarts >= MOST_RESTARTS:
                return self._replace(end=NotDownloaded(None, len(self.got))), ()
            return self._anew()._ask(now_s)
        if count == 0:
            return self._replace(total=0, got=(), end=Downloaded(())), (self._ack(verdict.ACCEPTED),)
        return self._go_on((), count, now_s)

    def _on_item(self, one: MissionItemInt, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        if self.total is None or one.seq != len(self.got):
            return self, ()
        got = (*self.got, kept(one))
        if len(got) == self.total:
            return self._replace(got=got, end=Downloaded(got, self.list_id)), (self._ack(verdict.ACCEPTED),)
        return self._go_on(got, self.total, now_s)

    def _go_on(self, got: tuple[WireItem, ...], total: int, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        """Asks for what follows those: every item's way, so that nothing is done twice here."""
        wanted = len(got)
        due = self.due(wanted, self.ahead, total)
        ahead = due[-1] if due else self.ahead
        after = self if wanted <= self.timed else self._measured(ahead, now_s)
        after = after._replace(
            total=total,
            got=got,
            ahead=ahead,
            tries=1,
            progress_at_s=now_s,
            deadline_s=now_s + after.round_trip.base_s,
            waiting=False,
        )
        return after, tuple([self.request(n) for n in due])

    def _measured(self, timed: int, now_s: float) -> "Download":
        """The timed item has come; the one to time next is asked for now."""
        last_s, first_s = now_s - self.sent_at_s, now_s - self.first_at_s
        round_trip = self.round_trip.answered(self.tries, since_last_s=last_s, since_first_s=first_s)
        return self._replace(round_trip=round_trip, timed=timed, first_at_s=now_s, sent_at_s=now_s)

    def _on_ack(self, result: int, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        if self.waiting or result == verdict.ACCEPTED or (result == verdict.INVALID_SEQUENCE and self.total is None):
            return self, ()  # of the upload before
        if result in {verdict.UNSUPPORTED, verdict.NO_SPACE} or self.restarts >= MOST_RESTARTS:
            return self._replace(end=NotDownloaded(result, len(self.got))), ()
        # busy with another station, or it lost the thread: ask anew, a little later
        later = self._anew()._replace(waiting=True, progress_at_s=now_s)
        pause = RETRY_DENIED_S if result in {verdict.DENIED, verdict.ERROR} and self.total is None else AFTER_ABORT_S
        return later._replace(deadline_s=now_s + pause), ()

    def _anew(self) -> "Download":
        """From the start, one by one."""
        restarts = self.restarts + 1
        return self._replace(asks_ahead=False, total=None, got=(), ahead=-1, timed=-1, restarts=restarts, tries=0)

    def _ask(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        tries = self.tries + 1
        first_at_s = now_s if tries == 1 else self.first_at_s
        deadline_s = now_s + self.round_trip.wait_s(tries)
        timed = -1 if self.total is None else len(self.got)
        asked = self._replace(timed=timed, tries=tries, first_at_s=first_at_s, sent_at_s=now_s, deadline_s=deadline_s)
        if self.total is None:
            return asked, (MissionRequestList(self.target.system, self.target.component, self.mission_type),)
        return asked, (self.request(len(self.got)),)

    def request(self, seq: int) -> MissionRequestInt:
        """The message that asks for an item."""
        return MissionRequestInt(self.target.system, self.target.component, seq, self.mission_type)

    def _ack(self, result: int) -> MissionAck:
        return MissionAck(self.target.system, self.target.component, result, self.mission_type)
