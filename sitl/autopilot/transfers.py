"""The mission protocol as ArduCopter speaks it: uploads, downloads, clearing.

https://mavlink.io/en/services/mission.html, with ArduCopter 4.6.3's ways: it asks with MISSION_REQUEST only, repeats
a request after 1.0 s, gives up after 8 s of silence, serves one upload at a time, and knows no identifiers of lists.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sitl.autopilot.messages import Message, MissionResult, MissionType, Received, Send, Severity
from sitl.autopilot.situation import Situation
from sitl.autopilot.stores import LIMITS, Stores
from sitl.missions import item_fields, item_of

REPEAT_S = 1.0
GIVE_UP_S = 8.0


@dataclass
class Upload:
    """A list on its way to the vehicle, items `wanted` to `last`."""

    client: int
    system: int
    component: int
    kind: MissionType
    wanted: int
    last: int
    count: int
    heard_s: float
    asked_s: float
    warned: bool = False

    def is_from(self, event: Received) -> bool:
        """Whether `event` comes from the one who is uploading."""
        return (self.client, self.system, self.component) == (event.client, event.system, event.component)


class Transfers:
    """Answers the mission protocol's messages. Times are those of the link, not simulated ones."""

    def __init__(self, now: Situation, stores: Stores, *, may_clear: Callable[[], bool]) -> None:
        self._now = now
        self._stores = stores
        self._may_clear = may_clear
        self.upload: Upload | None = None

    def on_message(self, event: Received) -> bool:
        """Takes a message of the mission protocol; False if it is none."""
        match event.message.name:
            case "MISSION_COUNT":
                self._on_count(event)
            case "MISSION_WRITE_PARTIAL_LIST":
                self._on_partial(event)
            case "MISSION_ITEM_INT" | "MISSION_ITEM":
                self._on_item(event)
            case "MISSION_REQUEST_LIST":
                self._on_list(event)
            case "MISSION_REQUEST_INT" | "MISSION_REQUEST":
                self._on_request(event)
            case "MISSION_CLEAR_ALL":
                self._on_clear(event)
            case "MISSION_ACK":
                pass
            case _:
                return False
        return True

    def on_tick(self) -> None:
        """Repeats the pending request, or gives the upload up."""
        upload = self.upload
        if upload is None:
            return
        if self._now.link_s - upload.heard_s >= GIVE_UP_S:
            self.upload = None
            self._ack_to(upload.client, upload.system, upload.component, upload.kind, MissionResult.OPERATION_CANCELLED)
            self._now.say(Severity.WARNING, f"{_name(upload.kind)} upload timeout")
        elif self._now.link_s - upload.asked_s >= REPEAT_S:
            self._ask()

    def forget(self, client: int) -> None:
        """A client has gone. Its upload times out, as on a real link."""

    def _on_count(self, event: Received) -> None:
        kind = self._kind(event)
        if kind is None:
            return
        count = event.message.whole("count")
        if self.upload is not None and not self.upload.is_from(event):
            self._ack(event, MissionResult.DENIED)
            return
        if self._now.booting:
            self._ack(event, MissionResult.NO_SPACE)
            return
        if count > LIMITS[kind]:
            self._ack(event, MissionResult.NO_SPACE)
            self._now.say(Severity.WARNING, f"Only {LIMITS[kind]} items are supported")
            return
        self.upload = None
        if count == 0:
            if kind is MissionType.MISSION and not self._may_clear():
                self._ack(event, MissionResult.ERROR)
                return
            self._stores.clear(kind)
            self._ack(event, MissionResult.ACCEPTED)
            return
        self._stores.begin(kind, count)
        self._open(event, kind, first=0, last=count - 1, count=count)

    def _on_partial(self, event: Received) -> None:
        kind = self._kind(event)
        if kind is None:
            return
        if self.upload is not None and not self.upload.is_from(event):
            self._ack(event, MissionResult.DENIED)
            return
        first, last = event.message.whole("start_index"), event.message.whole("end_index")
        have = self._stores.count(kind)
        if kind is not MissionType.MISSION or self._now.booting or not 0 <= first <= last <= have - 1:
            self._now.say(Severity.WARNING, "Flight plan update rejected")
            self._ack(event, MissionResult.ERROR)
            return
        self._open(event, kind, first=first, last=last, count=have)

    def _open(self, event: Received, kind: MissionType, *, first: int, last: int, count: int) -> None:
        s = self._now.link_s
        self.upload = Upload(event.client, event.system, event.component, kind, first, last, count, s, s)
        self._ask()

    def _on_item(self, event: Received) -> None:
        upload, message = self.upload, event.message
        if event.message.name == "MISSION_ITEM" and message.whole("current") in {2, 3}:
            self._ack(event, MissionResult.UNSUPPORTED)
            return
        if upload is None or not upload.is_from(event) or message.whole("mission_type") != upload.kind:
            self._ack(event, MissionResult.ERROR)
            return
        if message.whole("seq") != upload.wanted:
            self._ack(event, MissionResult.INVALID_SEQUENCE)
            return
        upload.heard_s = self._now.link_s
        if message.name == "MISSION_ITEM" and not upload.warned:
            upload.warned = True
            self._now.say(Severity.WARNING, "got MISSION_ITEM; GCS should send MISSION_ITEM_INT")
        refused = self._stores.put(upload.kind, upload.wanted, item_of(message), count=upload.count)
        if refused is not None:
            self.upload = None
            self._ack(event, refused.result)
            return
        upload.wanted += 1
        if upload.wanted <= upload.last:
            self._ask()
            return
        self.upload = None
        refused = self._stores.finish(upload.kind)
        self._ack(event, MissionResult.ACCEPTED if refused is None else refused.result)

    def _on_list(self, event: Received) -> None:
        kind = self._kind(event)
        if kind is None:
            return
        if self.upload is not None:
            self._ack(event, MissionResult.DENIED)
            return
        self._count(event, kind)

    def _on_request(self, event: Received) -> None:
        kind = self._kind(event)
        if kind is None:
            return
        if self.upload is not None:
            self._ack(event, MissionResult.DENIED)
            return
        sequence = event.message.whole("seq")
        item = self._stores.item(kind, sequence)
        if item is None:
            self._count(event, kind)
            self._ack(event, MissionResult.ERROR)
            return
        fields = item_fields(item, sequence=sequence, mission_type=kind, current=False)
        name = "MISSION_ITEM_INT"
        if event.message.name == "MISSION_REQUEST":
            name = "MISSION_ITEM"
            located = item.has_place or kind is not MissionType.MISSION
            fields |= {"x": item.x / 1e7, "y": item.y / 1e7} if located else {"x": float(item.x), "y": float(item.y)}
        fields |= {"target_system": event.system, "target_component": event.component}
        self._now.outbox.append(Send(Message(name, fields), event.client))

    def _on_clear(self, event: Received) -> None:
        kind = self._kind(event)
        if kind is None:
            return
        if self.upload is not None:
            self._ack(event, MissionResult.DENIED)
        elif kind is MissionType.MISSION and not self._may_clear():
            self._ack(event, MissionResult.ERROR)
        else:
            self._stores.clear(kind)
            self._ack(event, MissionResult.ACCEPTED)

    def _kind(self, event: Received) -> MissionType | None:
        """The list that is meant; None (and an answer) for "all" and for lists that there are not."""
        number = event.message.whole("mission_type")
        if number in {0, 1, 2}:
            return MissionType(number)
        self._ack(event, MissionResult.UNSUPPORTED)
        return None

    def _ask(self) -> None:
        upload = self.upload
        if upload is None:
            return
        upload.asked_s = self._now.link_s
        self._now.send(
            "MISSION_REQUEST",
            client=upload.client,
            target_system=upload.system,
            target_component=upload.component,
            seq=upload.wanted,
            mission_type=int(upload.kind),
        )

    def _count(self, event: Received, kind: MissionType) -> None:
        self._now.send(
            "MISSION_COUNT",
            client=event.client,
            target_system=event.system,
            target_component=event.component,
            count=self._stores.count(kind),
            mission_type=int(kind),
        )

    def _ack(self, event: Received, result: MissionResult) -> None:
        self._ack_to(event.client, event.system, event.component, event.message.whole("mission_type"), result)

    def _ack_to(self, client: int, system: int, component: int, kind: int, result: MissionResult) -> None:
        self._now.send(
            "MISSION_ACK",
            client=client,
            target_system=system,
            target_component=component,
            type=int(result),
            mission_type=int(kind),
        )


def _name(kind: MissionType) -> str:
    return {MissionType.MISSION: "Mission", MissionType.FENCE: "Fence", MissionType.RALLY: "Rally"}[kind]
