"""Vehicles and links that misbehave: the 19 failure modes of QGroundControl's MockLink, and worse days than those.

The names are those of MockLinkMissionItemHandler.h. Whatever happens, the verdict must not contradict what the vehicle
holds in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from planner.link import messages as m
from planner.link.messages import Address, Message, Received
from planner.link.store import Store
from planner.link.verdict import NotStored, Stored, Unknown, Verdict
from tests.planner.link.channel import Channel
from tests.planner.link.test_store import STACKS, patrol, store, truly_holds
from tests.planner.link.vehicles import ACK_TO, HERE, ArduPilotLike, Px4Like

Answers = tuple[Message, ...]
Change = Callable[["Failing", Message, Answers], Answers]
ERROR = m.MissionAck(*ACK_TO, 1, 0)


@dataclass
class Failing:
    """A vehicle whose answers a failure mode changes."""

    inner: ArduPilotLike
    change: Change
    times: dict[str, int] = field(default_factory=dict)

    @property
    def autopilot(self) -> int:
        return self.inner.autopilot

    def hear(self, message: Message, now_s: float) -> Answers:
        return self.change(self, message, self.inner.hear(message, now_s))

    def tick(self, now_s: float) -> Answers:
        return self.change(self, m.Heartbeat(2, 3, 0, 0, 4), self.inner.tick(now_s))

    def first(self, what: str) -> bool:
        self.times[what] = self.times.get(what, 0) + 1
        return self.times[what] == 1


def _without(answers: Answers, kind: type) -> Answers:
    return tuple(a for a in answers if not isinstance(a, kind))


def _requests_of(seq: int, answers: Answers) -> bool:
    return any(isinstance(a, m.MissionRequest | m.MissionRequestInt) and a.seq == seq for a in answers)


def _no_requests(answers: Answers) -> Answers:
    return _without(_without(answers, m.MissionRequest), m.MissionRequestInt)


def _reads(seq: int, message: Message) -> bool:
    return isinstance(message, m.MissionRequestInt) and message.seq == seq


def _is_final(vehicle: Failing, answers: Answers) -> bool:
    took_all = vehicle.inner.expected == vehicle.inner.count > 0
    return took_all and any(isinstance(a, m.MissionAck) and a.type == 0 for a in answers)


def list_unanswered(_v: Failing, message: Message, answers: Answers) -> Answers:
    return () if isinstance(message, m.MissionRequestList) else answers


def list_unanswered_once(v: Failing, message: Message, answers: Answers) -> Answers:
    return () if isinstance(message, m.MissionRequestList) and v.first("list") else answers


def item_unanswered(seq: int, *, once: bool = False) -> Change:
    def change(v: Failing, message: Message, answers: Answers) -> Answers:
        return () if _reads(seq, message) and (not once or v.first("item")) else answers

    return change


def item_out_of_sequence(seq: int) -> Change:
    def change(_v: Failing, message: Message, answers: Answers) -> Answers:
        if not _reads(seq, message):
            return answers
        return tuple(a._replace(seq=a.seq + 1) if isinstance(a, m.MissionItemInt) else a for a in answers)

    return change


def item_error(seq: int) -> Change:
    return lambda _v, message, answers: (ERROR,) if _reads(seq, message) else answers


def count_unanswered(v: Failing, message: Message, answers: Answers) -> Answers:
    if isinstance(message, m.MissionCount):
        v.inner.receiving = None
        return ()
    return answers


def count_unanswered_once(v: Failing, message: Message, answers: Answers) -> Answers:
    return count_unanswered(v, message, answers) if v.times.get("count", 0) < 1 and v.first("count") else answers


def request_1_missing(_v: Failing, _message: Message, answers: Answers) -> Answers:
    return _no_requests(answers) if _requests_of(1, answers) else answers


def request_out_of_sequence(seq: int) -> Change:
    def change(_v: Failing, _message: Message, answers: Answers) -> Answers:
        kinds = m.MissionRequest | m.MissionRequestInt
        return tuple(replace(a, seq=seq + 1) if isinstance(a, kinds) and a.seq == seq else a for a in answers)

    return change


def request_is_error(seq: int) -> Change:
    def change(v: Failing, _message: Message, answers: Answers) -> Answers:
        if not _requests_of(seq, answers):
            return answers
        v.inner.receiving = None
        return (ERROR,)

    return change


def final_ack_missing(v: Failing, _message: Message, answers: Answers) -> Answers:
    return _without(answers, m.MissionAck) if _is_final(v, answers) else answers


def final_ack_is_error(v: Failing, _message: Message, answers: Answers) -> Answers:
    return (ERROR,) if _is_final(v, answers) else answers


def acknowledged_too_early(v: Failing, _message: Message, answers: Answers) -> Answers:
    if not _requests_of(2, answers):
        return answers
    v.inner.receiving = None
    return (m.MissionAck(*ACK_TO, 0, 0),)


MODES: dict[str, tuple[Change, type | tuple[type, ...]]] = {
    "ReadRequestListNoResponse": (list_unanswered, Unknown),
    "ReadRequestListFirstResponse": (list_unanswered_once, Stored),
    "ReadRequest0NoResponse": (item_unanswered(0), Unknown),
    "ReadRequest1NoResponse": (item_unanswered(1), Unknown),
    "ReadRequest1FirstResponse": (item_unanswered(1, once=True), Stored),
    "ReadRequest0IncorrectSequence": (item_out_of_sequence(0), Unknown),
    "ReadRequest1IncorrectSequence": (item_out_of_sequence(1), Unknown),
    "ReadRequest0ErrorAck": (item_error(0), Unknown),
    "ReadRequest1ErrorAck": (item_error(1), Unknown),
    "WriteMissionCountNoResponse": (count_unanswered, NotStored),
    "WriteMissionCountFirstResponse": (count_unanswered_once, Stored),
    "WriteRequest1NoResponse": (request_1_missing, (NotStored, Stored)),
    "WriteRequest0IncorrectSequence": (request_out_of_sequence(0), (NotStored, Unknown)),
    "WriteRequest1IncorrectSequence": (request_out_of_sequence(1), (NotStored, Unknown, Stored)),
    "WriteRequest0ErrorAck": (request_is_error(0), NotStored),
    "WriteRequest1ErrorAck": (request_is_error(1), NotStored),
    "WriteFinalAckNoResponse": (final_ack_missing, Stored),
    "WriteFinalAckErrorAck": (final_ack_is_error, Stored),
    "WriteFinalAckMissingRequests": (acknowledged_too_early, NotStored),
}


def judged(machine: Store) -> Verdict:
    assert machine.verdict is not None
    return machine.verdict


def agrees(verdict: Verdict, *, holds: bool) -> bool:
    """Whether a verdict does not contradict what the vehicle holds."""
    return isinstance(verdict, Unknown) or isinstance(verdict, Stored) == holds


@pytest.mark.parametrize("kind", STACKS)
@pytest.mark.parametrize("mode", MODES)
def test_every_failure_of_mocklink_ends_with_the_right_verdict(mode: str, kind: type[ArduPilotLike]) -> None:
    change, expected = MODES[mode]
    vehicle, mission = Failing(kind(), change), patrol(4)
    Channel(vehicle.inner).run(store(patrol(6, shift=0.01), vehicle.inner))
    verdict = judged(Channel(vehicle).run(store(mission, vehicle.inner)))  # type: ignore[arg-type]
    assert isinstance(verdict, expected), verdict
    assert agrees(verdict, holds=truly_holds(mission, vehicle.inner)), verdict


def test_there_are_nineteen_of_them() -> None:
    assert len(MODES) == 19


@pytest.mark.parametrize("kind", STACKS)
@pytest.mark.parametrize("step", range(1, 16))
def test_a_vehicle_that_restarts_in_the_middle_of_any_step_is_never_told_wrong(
    step: int, kind: type[ArduPilotLike]
) -> None:
    vehicle, mission, heard = kind(), patrol(4), []

    def restart(v: Failing, message: Message, answers: Answers) -> Answers:
        if isinstance(message, m.MissionCount | m.MissionItemInt | m.MissionRequestList | m.MissionRequestInt):
            heard.append(message)
        if len(heard) == step and v.first("restart"):
            v.inner.receiving = None
            if isinstance(v.inner, Px4Like):
                v.inner.sending, v.inner.incoming = None, []
            return ()
        return answers

    verdict = judged(Channel(Failing(vehicle, restart)).run(store(mission, vehicle)))  # type: ignore[arg-type]
    assert agrees(verdict, holds=truly_holds(mission, vehicle)), verdict


@pytest.mark.parametrize("kind", STACKS)
def test_two_seconds_of_delay_are_waited_for(kind: type[ArduPilotLike]) -> None:
    vehicle, mission = kind(), patrol(2)
    if isinstance(vehicle, Px4Like):
        vehicle.tick = lambda _now_s: ()  # type: ignore[method-assign, assignment] # a real one gives up after 5 s: too slow for it
    verdict = judged(Channel(vehicle, delay_s=1.0, jitter_s=0.05).run(store(mission, vehicle)))
    assert isinstance(verdict, Stored), verdict


@pytest.mark.parametrize("kind", STACKS)
@pytest.mark.parametrize("seed", range(6))
def test_late_repeated_and_reordered_messages_never_make_a_wrong_verdict(seed: int, kind: type[ArduPilotLike]) -> None:
    vehicle, mission = kind(), patrol(8)
    Channel(vehicle).run(store(patrol(12, shift=0.01), vehicle))
    channel = Channel(vehicle, loss=0.1, repeat=0.4, delay_s=0.02, jitter_s=0.5, seed=seed)
    assert agrees(judged(channel.run(store(mission, vehicle))), holds=truly_holds(mission, vehicle))


@pytest.mark.parametrize("kind", STACKS)
def test_a_vehicle_of_another_system_id_that_answers_too_is_not_listened_to(kind: type[ArduPilotLike]) -> None:
    vehicle, mission = kind(), patrol(3)
    machine, _ = store(mission, vehicle).begin(0.0)
    for message in (m.MissionRequest(*ACK_TO, 0, 0), ERROR, m.MissionAck(*ACK_TO, 0, 0)):
        machine, out = machine.on_received(Received(Address(7, 1), message), 0.1)
        assert out == ()
    assert machine.verdict is None
    machine, out = machine.on_received(Received(HERE, m.MissionRequest(*ACK_TO, 0, 0)), 0.2)
    assert [type(o) for o in out] == [m.MissionItemInt]


@pytest.mark.parametrize("kind", STACKS)
@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.06])
def test_a_second_station_that_uploads_meanwhile_does_not_make_a_wrong_verdict(
    after_s: float, kind: type[ArduPilotLike]
) -> None:
    vehicle, mission, other = kind(), patrol(40), patrol(3, shift=0.02)

    def interrupted(v: Failing, message: Message, answers: Answers) -> Answers:
        if isinstance(message, m.MissionItemInt) and message.seq == int(after_s * 500) and v.first("other"):
            Channel(v.inner, now_s=100.0).run(store(other, v.inner))
        return answers

    verdict = judged(Channel(Failing(vehicle, interrupted)).run(store(mission, vehicle)))  # type: ignore[arg-type]
    assert agrees(verdict, holds=truly_holds(mission, vehicle)), verdict
