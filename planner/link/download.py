"""Reading back a list of items: a machine `(state, event, now) -> (state, messages)` without clock or socket.

https://mavlink.io/en/services/mission.html, "Downloading a mission". One request at a time, because PX4 aborts on an
unexpected one; a vehicle that aborts, or whose count changes, is asked anew from the start.
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
    MissionRequestInt,
    MissionRequestList,
    Received,
)
from planner.link.timing import FRESH, RoundTrip
from planner.link.upload import LEAST_TRIES, PATIENCE_S

RETRY_DENIED_S = 1.0
MOST_RESTARTS = 40
AFTER_ABORT_S = 0.3
"""So that repeats that are still on their way do not make the vehicle abort again."""


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


@dataclass(frozen=True, slots=True)
class Download:
    """Asks `target` for its items. `count` is None until the vehicle told it."""

    target: Address
    mission_type: int = 0
    count: int | None = None
    got: tuple[WireItem, ...] = ()
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
        return replace(self, progress_at_s=now_s)._ask(now_s)

    def on_received(self, received: Received, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        """What a message does; messages of other senders, for others, or of other mission types do nothing."""
        message = received.message
        if self.end or not isinstance(message, MissionCount | MissionItemInt | MissionAck):
            return self, ()
        meant = Address(message.target_system, message.target_component).means(US)
        if received.source != self.target or not meant or message.mission_type != self.mission_type:
            return self, ()
        if isinstance(message, MissionCount):
            return replace(self, list_id=message.opaque_id or None)._on_count(message.count, now_s)
        if isinstance(message, MissionItemInt):
            return self._on_item(message, now_s)
        return self._on_ack(message.type, now_s)

    def on_tick(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        """Repeats the pending question when it is due, or gives up."""
        if self.end or now_s < self.deadline_s:
            return self, ()
        if self.waiting:
            return replace(self, waiting=False, tries=0)._ask(now_s)
        if self.tries >= LEAST_TRIES and now_s - self.progress_at_s >= PATIENCE_S:
            return replace(self, end=NotDownloaded(None, len(self.got))), ()
        return replace(self, resends=self.resends + 1)._ask(now_s)

    def cancel(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:  # noqa: ARG002 - same shape as the others
        """Tells the vehicle that nothing more will be asked."""
        if self.end:
            return self, ()
        return replace(self, end=NotDownloaded(verdict.CANCELLED, len(self.got))), (self._ack(verdict.CANCELLED),)

    def _on_count(self, count: int, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        if self.count is not None:
            if count == self.count:
                return self, ()
            if self.restarts >= MOST_RESTARTS:
                return replace(self, end=NotDownloaded(None, len(self.got))), ()
            return replace(self, count=None, got=(), restarts=self.restarts + 1, tries=0)._ask(now_s)
        counted = replace(self._measured(now_s), count=count, got=(), tries=0, progress_at_s=now_s, waiting=False)
        if count == 0:
            return replace(counted, end=Downloaded(())), (self._ack(verdict.ACCEPTED),)
        return counted._ask(now_s)

    def _on_item(self, one: MissionItemInt, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        if self.count is None or one.seq != len(self.got):
            return self, ()
        params = (one.param1, one.param2, one.param3, one.param4)
        kept = WireItem(one.seq, one.frame, one.command, params, one.x, one.y, one.z, bool(one.autocontinue))
        grown = replace(self._measured(now_s), got=(*self.got, kept), tries=0, progress_at_s=now_s)
        if len(grown.got) == self.count:
            return replace(grown, end=Downloaded(grown.got, grown.list_id)), (self._ack(verdict.ACCEPTED),)
        return grown._ask(now_s)

    def _on_ack(self, result: int, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        if self.waiting or result == verdict.ACCEPTED or (result == verdict.INVALID_SEQUENCE and self.count is None):
            return self, ()  # of the upload before
        if result in {verdict.UNSUPPORTED, verdict.NO_SPACE} or self.restarts >= MOST_RESTARTS:
            return replace(self, end=NotDownloaded(result, len(self.got))), ()
        # busy with another station, or it lost the thread: ask anew, a little later
        later = replace(self, count=None, got=(), restarts=self.restarts + 1, waiting=True, progress_at_s=now_s)
        pause = RETRY_DENIED_S if result in {verdict.DENIED, verdict.ERROR} and self.count is None else AFTER_ABORT_S
        return replace(later, deadline_s=now_s + pause), ()

    def _measured(self, now_s: float) -> "Download":
        last_s, first_s = now_s - self.sent_at_s, now_s - self.first_at_s
        return replace(
            self, round_trip=self.round_trip.answered(self.tries, since_last_s=last_s, since_first_s=first_s)
        )

    def _ask(self, now_s: float) -> tuple["Download", tuple[Message, ...]]:
        tries = self.tries + 1
        first_at_s = now_s if tries == 1 else self.first_at_s
        deadline_s = now_s + self.round_trip.wait_s(tries)
        asked = replace(self, tries=tries, first_at_s=first_at_s, sent_at_s=now_s, deadline_s=deadline_s)
        system, component, kind = self.target.system, self.target.component, self.mission_type
        if self.count is None:
            return asked, (MissionRequestList(system, component, kind),)
        return asked, (MissionRequestInt(system, component, len(self.got), kind),)

    def _ack(self, result: int) -> MissionAck:
        return MissionAck(self.target.system, self.target.component, result, self.mission_type)
