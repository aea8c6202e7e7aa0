"""Asks the camera again for reports of pictures that were lost on the way.

https://mavlink.io/en/messages/common.html#CAMERA_IMAGE_CAPTURED: MAV_CMD_REQUEST_MESSAGE 263, with the first index in
parameter 2 and the last in parameter 3 (0: the first only; -1: all that follow). ArduPilot answers FAILED to that: then
it is not asked any more.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from planner.link.commands import FAILED, UNSUPPORTED, Command, Done, Rejected
from planner.link.events import Flown
from planner.link.messages import Address, Received
from planner.link.pictures import in_words, runs
from planner.link.state import VehicleState
from planner.model.words import counted

REQUEST_MESSAGE, CAMERA_CAPTURE_STATUS, CAMERA_IMAGE_CAPTURED = 512, 262, 263
SETTLE_S = 1.0
"""A report may be overtaken on its way, and the answer to a question takes a while."""
MOST_TRIES = 3
AT_MOST_S = 15.0

Out: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class GapsJob:
    """Fills the gaps, run by run. In flight it goes on for as long as the link does.

    `at_the_end`: for after the landing; it also asks for what may have come after the last report, and then ends.
    """

    at_the_end: bool = False
    command: Command | None = None
    asked: tuple[int, int] = (0, 0)
    tries: int = 0
    given_up: frozenset[int] = field(default_factory=frozenset)
    probed: tuple[int, int] | None = None
    """What was asked for beyond the first and the last picture known."""
    promised: bool = False
    """Whether the camera has said that it sends that; then it is asked for again if nothing came."""
    probes: int = 0
    probed_before: bool = False
    stopped: bool = False
    begun_s: float = 0.0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:
        """Looks for gaps from now on."""
        begun = replace(self, begun_s=now_s, deadline_s=now_s if self.at_the_end else now_s + SETTLE_S)
        if self.at_the_end:
            return begun.on_tick(state, now_s)
        everybody = Address(state.address.system, 0)  # which component is the camera is not known yet
        _, out = Command(everybody, REQUEST_MESSAGE, (float(CAMERA_CAPTURE_STATUS),)).begin(now_s)
        return begun, out

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:
        """The answer to a question."""
        if self.command is None or self.done:
            return self, ()
        command, out = self.command.on_received(received, state, now_s)
        return replace(self, command=command)._answered(out, now_s)

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:
        """Asks for the next run, where it may."""
        if self.done:
            return self, ()
        if self.command is not None:
            command, out = self.command.on_tick(state, now_s)
            return replace(self, command=command)._answered(out, now_s)
        if now_s < self.deadline_s:
            return self, ()
        return self._next(state, now_s)

    def cancel(self, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:  # noqa: ARG002 - one shape for all
        """Asks no more."""
        return replace(self, done=True), ()

    def _next(self, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:
        told = state.pictures
        if self.at_the_end and (self.stopped or told.camera is None or now_s - self.begun_s > AT_MOST_S):
            return replace(self, done=True), ()
        if self.stopped or told.camera is None or (not state.armed and not self.at_the_end):
            return replace(self, deadline_s=now_s + SETTLE_S), ()
        first, last = next(iter(runs(one for one in told.missing if one not in self.given_up)), (None, None))
        if first is None or last is None:
            return self._beyond(state, now_s)
        tries = self.tries + 1 if self.asked == (first, last) else 1
        if tries > MOST_TRIES:  # it is not sent, although it was promised
            return replace(self, given_up=self.given_up | {first}, tries=0)._next(state, now_s)
        return replace(self, asked=(first, last), tries=tries)._ask(first, last, state, now_s)

    def _beyond(self, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:
        """After the landing: what may have come before the first picture that was told, then after the last."""
        told, start = state.pictures, state.pictures_before
        if not self.at_the_end or told.first is None or told.last is None:
            return replace(self, done=self.at_the_end, deadline_s=now_s + SETTLE_S), ()
        if not self.probed_before and start is not None and start < told.first:
            wanted = (start, told.first - 1)
        else:
            wanted = (told.last + 1, -1)
        again = wanted == self.probed
        if again and not (self.promised and self.probes < MOST_TRIES):
            if wanted[1] == -1:
                return replace(self, done=True), ()
            return replace(self, probed_before=True)._beyond(state, now_s)
        probes = self.probes + 1 if again else 1
        return replace(self, probed=wanted, probes=probes, promised=False)._ask(*wanted, state, now_s)

    def _ask(self, first: int, last: int, state: VehicleState, now_s: float) -> tuple["GapsJob", Out]:
        target = state.pictures.camera or state.address
        params = (float(CAMERA_IMAGE_CAPTURED), float(first), 0.0 if last == first else float(last))
        command, out = Command(target, REQUEST_MESSAGE, params).begin(now_s)
        return replace(self, command=command, deadline_s=command.deadline_s), out

    def _answered(self, out: Out, now_s: float) -> tuple["GapsJob", Out]:
        if self.command is None or self.command.end is None:
            return (self if self.command is None else replace(self, deadline_s=self.command.deadline_s)), out
        end = self.command.end
        after = replace(self, command=None, deadline_s=now_s + SETTLE_S)
        match end:
            case Rejected(result=result) if result in {FAILED, UNSUPPORTED}:
                return replace(after, stopped=True), out
            case Rejected() if self.probed is None:
                first, last = self.asked
                return replace(after, given_up=self.given_up | set(range(first, last + 1))), out
            case Done():
                return replace(after, deadline_s=now_s + SETTLE_S / 2, promised=self.probed is not None), out
            case _:
                return after, out


def completed(flown: Flown, start: VehicleState, landed: VehicleState, now: VehicleState) -> Flown:
    """The end of a flight with the pictures that were reported late, and those that never were."""
    late = len(now.captures) - len(landed.captures)
    missing = tuple(one for one in now.pictures.missing if one not in start.pictures.missing)
    told = (flown.reason, f"Reported late: {counted(late, 'picture')}." if late else "", in_words(missing))
    return replace(
        flown, reason=" ".join(part for part in told if part), captures=flown.captures + late, missing=missing
    )
