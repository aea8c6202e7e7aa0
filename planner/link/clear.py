"""Taking a list out of a vehicle so that it is surely gone: clear, read back, and say what is there.

https://mavlink.io/en/services/mission.html, "Clear Missions". Each list by itself, because ArduPilot knows no "all"
(type 255). A machine like planner/link/store.py: however the clearing was answered, the list read back decides.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from planner.link import verdict
from planner.link.download import Download, DownloadEnd, NotDownloaded
from planner.link.items import MISSION, TYPE_NAMES
from planner.link.messages import US, Address, MissionAck, MissionClearAll, Received, StatusText
from planner.link.stack import Stack
from planner.link.state import VehicleState
from planner.link.timing import FRESH, RoundTrip
from planner.link.upload import LEAST_TRIES, PATIENCE_S
from planner.model.words import counted

BUSY_S, BUSY_PATIENCE_S = 1.0, 12.0
"""While another station transfers it is asked again; ArduPilot drops a stalled upload after 8 s."""


@dataclass(frozen=True, slots=True)
class ClearEnd:
    """How clearing one list ended; `left`: items read back, None where that could not be done."""

    mission_type: int
    word: str
    """"cleared", "not_cleared" or "unknown"."""
    reason: str
    left: int | None


Out: TypeAlias = tuple[Any, ...]


def why_not_clear(state: VehicleState, mission_type: int) -> str:
    """Why a list is not to be taken away now, in a sentence; "" where it may be."""
    if not state.armed:
        return ""
    what = TYPE_NAMES[mission_type]
    modes = state.modes
    if mission_type == MISSION and modes is not None and state.custom_mode == modes.mission:
        refuses = "; ArduPilot refuses it as well" if state.stack is Stack.ARDUPILOT else ""
        return f"Nothing was cleared: the vehicle is armed and flies its mission, in {state.mode}{refuses}. Land first."
    return f"Nothing was cleared: the vehicle is armed, and its {what} must stay until it has landed and disarmed."


@dataclass(frozen=True, slots=True)
class ClearJob:
    """Clears one list of the vehicle, in the station's shape; tells one ClearEnd."""

    mission_type: int
    tries: int = 0
    begun_s: float = 0.0
    sent_s: float = 0.0
    wait_s: float = 0.0
    round_trip: RoundTrip = FRESH
    result: int | None = None
    texts: tuple[str, ...] = ()
    download: Download | None = None
    end: ClearEnd | None = None

    @property
    def done(self) -> bool:
        """Whether it is decided."""
        return self.end is not None

    @property
    def deadline_s(self) -> float:
        """When `on_tick` is wanted next."""
        return self.download.deadline_s if self.download else self.sent_s + self.wait_s

    def begin(self, state: VehicleState, now_s: float) -> tuple["ClearJob", Out]:
        """Gives the order, unless the vehicle is armed."""
        why_not = why_not_clear(state, self.mission_type)
        if why_not:
            return self._ended("not_cleared", why_not, None)
        return replace(self, begun_s=now_s)._send(state, now_s)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["ClearJob", Out]:
        """The answer, or what is read back."""
        message = received.message
        if self.done or received.source != state.address:
            return self, ()
        if isinstance(message, StatusText):
            return replace(self, texts=(*self.texts[-5:], message.text)), ()
        if self.download is not None:
            download, out = self.download.on_received(received, now_s)
            return replace(self, download=download)._judged(state, out)
        if not isinstance(message, MissionAck) or message.mission_type != self.mission_type:
            return self, ()
        if not Address(message.target_system, message.target_component).means(US):
            return self, ()
        busy = message.type in {verdict.DENIED, verdict.ERROR} and now_s - self.begun_s < BUSY_PATIENCE_S
        if busy and not state.armed:
            return replace(self, result=message.type, wait_s=now_s - self.sent_s + BUSY_S), ()
        return replace(self, result=message.type)._read(state, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["ClearJob", Out]:
        """Gives the order again, or reads what is there."""
        if self.done or now_s < self.deadline_s:
            return self, ()
        if self.download is not None:
            download, out = self.download.on_tick(now_s)
            return replace(self, download=download)._judged(state, out)
        if self.tries >= LEAST_TRIES and now_s - self.begun_s >= PATIENCE_S:
            return self._read(state, now_s)
        if why_not_clear(state, self.mission_type):  # armed since
            return self._read(state, now_s)
        return self._send(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["ClearJob", Out]:  # noqa: ARG002 - one shape for all
        """Stops; what is there is not known."""
        what = TYPE_NAMES[self.mission_type]
        return self._ended("unknown", f"Cancelled: whether the vehicle still holds its {what} was not checked.", None)

    def _send(self, state: VehicleState, now_s: float) -> tuple["ClearJob", Out]:
        tries = self.tries + 1
        one = MissionClearAll(state.address.system, state.address.component, self.mission_type)
        return replace(self, tries=tries, sent_s=now_s, wait_s=self.round_trip.wait_s(tries)), (one,)

    def _read(self, state: VehicleState, now_s: float) -> tuple["ClearJob", Out]:
        download, out = Download(state.address, self.mission_type).begin(now_s)
        return replace(self, download=download), out

    def _judged(self, state: VehicleState, out: Out) -> tuple["ClearJob", Out]:
        read = None if self.download is None else self.download.end
        if read is None:
            return self, out
        after, told = self._ended(*self._found(state, read))
        return after, (*out, *told)

    def _found(self, state: VehicleState, read: DownloadEnd) -> tuple[str, str, int | None]:
        what = TYPE_NAMES[self.mission_type]
        if isinstance(read, NotDownloaded):
            why = "it stopped answering" if read.result is None else f"it answered with result {read.result}"
            reason = f"{self._how()} Reading back failed: {why}, so whether it still holds its {what} is not known."
            return "unknown", reason, None
        slot = 1 if state.stack.has_home_slot and self.mission_type == MISSION else 0
        left = max(0, len(read.items) - slot)
        if left:
            reason = f"{self._how()} Read back: the vehicle still holds its {what}, {counted(left, 'item')}."
            return "not_cleared", reason, left
        return "cleared", f"Read back: the vehicle holds no {what} any more.", 0

    def _how(self) -> str:
        if self.result is None:
            return "The vehicle did not answer."
        if self.result == verdict.ACCEPTED:
            return "The vehicle accepted it."
        named = {
            verdict.DENIED: "denied it: another station is transferring, or it is busy.",
            verdict.UNSUPPORTED: "does not support it.",
        }.get(self.result, f"refused it (result {self.result}).")
        said = "; ".join(dict.fromkeys(self.texts))
        return f'The vehicle {named} It said: "{said}".' if said else f"The vehicle {named}"

    def _ended(self, word: str, reason: str, left: int | None) -> tuple["ClearJob", Out]:
        end = ClearEnd(self.mission_type, word, reason, left)
        return replace(self, end=end), (end,)
