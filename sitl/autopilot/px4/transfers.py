"""The mission protocol as PX4 speaks it: https://mavlink.io/en/services/mission.html, mavlink_mission.cpp.

It asks with MISSION_REQUEST_INT, again after 250 ms, gives up after 5 s; item 0 is the first real item; lists change
as a whole and have ids (CRC-32) in MISSION_ACK, MISSION_COUNT and MISSION_CURRENT; a download out of order ends.
"""

import math
import struct
import zlib
from dataclasses import dataclass, field, replace

from sitl.autopilot.fences import Fences
from sitl.autopilot.messages import Message, MissionResult, MissionType, Received, Send, Severity
from sitl.autopilot.situation import Situation
from sitl.autopilot.stores import Stores
from sitl.missions import Item, fence_problem, item_fields, item_of, rally_item

REPEAT_S = 0.25
GIVE_UP_S = 5.0
LIMITS = {MissionType.MISSION: 500, MissionType.FENCE: 64, MissionType.RALLY: 50}
SUPPORTED = frozenset(
    {16, 17, 19, 20, 21, 22, 93, 112, 114, 177, 178, 195, 197, 201, 203, 205, 206, 214, 530, 1000, 2000, 2001}
)
_FENCE = frozenset({5000, 5001, 5002, 5003, 5004})
_FRAMES = frozenset({0, 2, 3, 5, 6})
_AS_INT = {0: 5, 3: 6}


@dataclass
class _Transfer:
    """A list on its way, in either direction, with one partner."""

    event: Received
    kind: MissionType
    count: int
    upload: bool
    at: int = 0
    heard_s: float = 0.0
    asked_s: float = 0.0
    items: list[Item] = field(default_factory=list)

    def is_with(self, event: Received) -> bool:
        mine = self.event
        return (mine.client, mine.system, mine.component) == (event.client, event.system, event.component)


class Px4Transfers:
    """Answers the mission protocol's messages. Times are those of the link."""

    def __init__(self, now: Situation, stores: Stores, fences: Fences) -> None:
        self._now = now
        self._stores = stores
        self._fences = fences
        self._transfer: _Transfer | None = None
        self._finished: _Transfer | None = None
        self._lists: dict[MissionType, tuple[Item, ...]] = dict.fromkeys(MissionType, ())

    def id_of(self, kind: MissionType) -> int:
        """The list's id; 0 for an empty list."""
        items = self._lists[kind]
        if not items:
            return 0
        packed = b"".join(
            struct.pack("<HBffffiif", i.command, i.frame, i.p1, i.p2, i.p3, i.p4, i.x, i.y, i.z) for i in items
        )
        return zlib.crc32(packed) or 1

    def on_message(self, event: Received) -> bool:
        """Takes a message of the mission protocol; False if it is none."""
        match event.message.name:
            case "MISSION_COUNT":
                self._on_count(event)
            case "MISSION_ITEM_INT" | "MISSION_ITEM":
                self._on_item(event)
            case "MISSION_REQUEST_LIST":
                self._on_list(event)
            case "MISSION_REQUEST_INT" | "MISSION_REQUEST":
                self._on_request(event)
            case "MISSION_CLEAR_ALL":
                self._on_clear(event)
            case "MISSION_ACK":
                if self._transfer is not None and not self._transfer.upload and self._transfer.is_with(event):
                    self._transfer = None
                elif self._transfer is not None and self._transfer.is_with(event):
                    self._transfer = None  # the ground station cancels its upload
            case "MISSION_WRITE_PARTIAL_LIST":
                self._ack(event, MissionResult.UNSUPPORTED)
            case _:
                return False
        return True

    def on_tick(self) -> None:
        """Repeats the pending request, or gives up."""
        transfer = self._transfer
        if transfer is None:
            return
        if self._now.link_s - transfer.heard_s >= GIVE_UP_S:
            self._transfer = None
            self._now.say(Severity.CRITICAL, "Operation timeout")
        elif transfer.upload and self._now.link_s - transfer.asked_s >= REPEAT_S:
            self._ask(transfer)

    def _on_count(self, event: Received) -> None:
        kind, count = self._kind(event), event.message.whole("count")
        if kind is None:
            return
        busy = self._transfer
        if busy is not None and busy.upload and busy.is_with(event) and (busy.kind, busy.at) == (kind, 0):
            busy.heard_s = self._now.link_s
            self._ask(busy)
            return
        if busy is not None and busy.upload:
            self._refuse_busy(event)
            return
        if count > LIMITS[kind]:
            self._ack(event, MissionResult.NO_SPACE)
            return
        if count == 0:
            self._install(kind, ())
            self._ack(event, MissionResult.ACCEPTED)
            return
        self._transfer = _Transfer(event, kind, count, upload=True, heard_s=self._now.link_s)
        self._ask(self._transfer)

    def _on_item(self, event: Received) -> None:
        transfer, sequence = self._transfer, event.message.whole("seq")
        if transfer is None or not transfer.upload or not transfer.is_with(event):
            last = self._finished
            if transfer is None and last is not None and last.is_with(event) and sequence == last.count - 1:
                self._ack(event, MissionResult.ACCEPTED)  # the acknowledgement was lost
            elif transfer is not None:
                self._refuse_busy(event)
            else:
                self._ack(event, MissionResult.ERROR)
            return
        transfer.heard_s = self._now.link_s
        if sequence != transfer.at or event.message.whole("mission_type") != transfer.kind:
            return  # out of order: the pending request is repeated
        item = item_of(event.message)
        refused = _problem(item, transfer)
        if refused is not None:
            self._end(event, refused)
            return
        transfer.items.append(item)
        transfer.at += 1
        if transfer.at < transfer.count:
            self._ask(transfer)
        else:
            self._finish(event, transfer)

    def _finish(self, event: Received, transfer: _Transfer) -> None:
        items = tuple(transfer.items)
        if transfer.kind is MissionType.FENCE:
            problem = fence_problem(items) or self._home_outside(items)
            if problem is not None:
                self._now.say(Severity.CRITICAL, problem)
                self._end(event, MissionResult.ERROR)
                return
        self._install(transfer.kind, items)
        self._transfer, self._finished = None, transfer
        self._ack(event, MissionResult.ACCEPTED)

    def _home_outside(self, items: tuple[Item, ...]) -> str | None:
        """Why this fence would be triggered at once; None if it would not."""
        before = self._stores.fence
        self._stores.fence = items
        outside = self._fences.outside(self._now.home_or_launch) or self._fences.outside(self._now.here)
        self._stores.fence = before
        return "Geofence invalid, doesn't contain Home position" if outside else None

    def _install(self, kind: MissionType, items: tuple[Item, ...]) -> None:
        self._lists[kind] = items
        flown = [_flyable(item) for item in items]
        match kind:
            case MissionType.MISSION:
                self._stores.replace_mission([Item(command=16), *flown] if flown else [])
            case MissionType.FENCE:
                self._stores.fence = tuple(flown)
            case MissionType.RALLY:
                self._stores.rally = tuple(flown)

    def _on_list(self, event: Received) -> None:
        kind = self._kind(event)
        if kind is None:
            return
        if self._transfer is not None and self._transfer.upload:
            self._refuse_busy(event)
            return
        count = len(self._lists[kind])
        if count:
            self._transfer = _Transfer(event, kind, count, upload=False, heard_s=self._now.link_s)
        self._reply(event, "MISSION_COUNT", count=count, mission_type=int(kind), opaque_id=self.id_of(kind))

    def _on_request(self, event: Received) -> None:
        transfer, sequence = self._transfer, event.message.whole("seq")
        if transfer is None or transfer.upload or not transfer.is_with(event):
            self._now.say(Severity.CRITICAL, "REJ. WP CMD: No active transfer")
            self._ack(event, MissionResult.ERROR)
            return
        if sequence not in {transfer.at, transfer.at - 1} or not 0 <= sequence < transfer.count:
            self._now.say(Severity.CRITICAL, "WPM: REJ. CMD: Req. WP was unexpected")
            self._end(event, MissionResult.ERROR)
            return
        transfer.heard_s, transfer.at = self._now.link_s, sequence + 1
        item = self._lists[transfer.kind][sequence]
        as_int = event.message.name == "MISSION_REQUEST_INT"
        item = replace(item, frame=_AS_INT.get(item.frame, item.frame) if as_int else item.frame)
        fields = item_fields(item, sequence=sequence, mission_type=transfer.kind, current=False)
        if not as_int:
            scale = 1e7 if item.has_place or transfer.kind is not MissionType.MISSION else 1.0
            fields |= {"x": item.x / scale, "y": item.y / scale}
        self._reply(event, "MISSION_ITEM_INT" if as_int else "MISSION_ITEM", **fields)

    def _on_clear(self, event: Received) -> None:
        if self._transfer is not None and self._transfer.upload:
            self._refuse_busy(event)
            return
        all_kinds = event.message.whole("mission_type") == 255
        kind = None if all_kinds else self._kind(event)
        if kind is None and not all_kinds:
            return
        for one in MissionType if kind is None else [kind]:
            self._install(one, ())
        self._ack(event, MissionResult.ACCEPTED)

    def _kind(self, event: Received) -> MissionType | None:
        number = event.message.whole("mission_type")
        if number in set(MissionType):
            return MissionType(number)
        self._ack(event, MissionResult.UNSUPPORTED)
        return None

    def _refuse_busy(self, event: Received) -> None:
        self._now.say(Severity.CRITICAL, "IGN MISSION_COUNT: Busy")
        self._ack(event, MissionResult.ERROR)

    def _end(self, event: Received, result: MissionResult) -> None:
        self._transfer = None
        self._ack(event, result)

    def _ask(self, transfer: _Transfer) -> None:
        transfer.asked_s = self._now.link_s
        self._reply(transfer.event, "MISSION_REQUEST_INT", seq=transfer.at, mission_type=int(transfer.kind))

    def _ack(self, event: Received, result: MissionResult) -> None:
        number = event.message.whole("mission_type")
        kind = MissionType(number) if number in set(MissionType) else None
        stored = self.id_of(kind) if kind is not None and result is MissionResult.ACCEPTED else 0
        self._reply(event, "MISSION_ACK", type=int(result), mission_type=number, opaque_id=stored)

    def _reply(self, event: Received, name: str, **fields: "int | float | str | list[int] | list[float]") -> None:
        fields |= {"target_system": event.system, "target_component": event.component}
        self._now.outbox.append(Send(Message(name, fields), event.client))


def _problem(item: Item, transfer: _Transfer) -> MissionResult | None:
    """Why one item is refused."""
    known = {MissionType.MISSION: SUPPORTED, MissionType.FENCE: _FENCE}.get(transfer.kind, frozenset({5100}))
    if item.command not in known:
        return MissionResult.UNSUPPORTED
    if item.frame not in _FRAMES or (item.frame == 2 and transfer.kind is not MissionType.MISSION):
        return MissionResult.UNSUPPORTED_FRAME
    if item.has_place or transfer.kind is not MissionType.MISSION:
        if abs(item.x) > 900_000_000:
            return MissionResult.INVALID_PARAM5_X
        if abs(item.y) > 1_800_000_000:
            return MissionResult.INVALID_PARAM6_Y
        if not math.isfinite(item.z):
            return MissionResult.INVALID_PARAM7
    if item.command == 177 and not 0 <= item.p1 < transfer.count:
        return MissionResult.INVALID_PARAM1
    refused = rally_item(item) if transfer.kind is MissionType.RALLY else None
    return None if refused is None or isinstance(refused, Item) else refused.result


def _flyable(item: Item) -> Item:
    """The item as the vehicle flies it: no NaN, jump targets counted from 1, intervals in seconds."""
    p1, p2, p3, p4, z = (v if math.isfinite(v) else 0.0 for v in (item.p1, item.p2, item.p3, item.p4, item.z))
    kept = Item(item.command, {5: 0, 6: 3}.get(item.frame, item.frame), p1, p2, p3, p4, item.x, item.y, z)
    if item.command == 177:
        return replace(kept, p1=float(int(p1) + 1))
    if item.command == 214:
        return replace(kept, command=2000, p1=0.0, p2=p1 / 1000, p3=0.0) if p1 > 0 else Item(command=2001)
    return kept
