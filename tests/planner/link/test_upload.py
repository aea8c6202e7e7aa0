"""The upload machine alone; most names are those of MAVSDK's own list of cases."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.link import messages as m
from planner.link import verdict
from planner.link.download import Download, Downloaded, NotDownloaded
from planner.link.items import WireItem
from planner.link.messages import Address, Message, Received
from planner.link.timing import FRESH
from planner.link.upload import Acknowledged, Cancelled, Refused, Silent, Upload
from tests.planner.link.channel import Channel
from tests.planner.link.vehicles import HERE, ArduPilotLike, Px4Like

TO_US = (255, 190)


def items(count: int) -> tuple[WireItem, ...]:
    return tuple(WireItem(n, 3, 16, (0.0, 0.0, 0.0, 0.0), 519500000 + n, 40500000, 30.0) for n in range(count))


def ask(seq: int, **more: int) -> Received:
    return Received(HERE, m.MissionRequest(*TO_US, seq, more.get("mission_type", 0)))


def ack(result: int, mission_type: int = 0) -> Received:
    return Received(HERE, m.MissionAck(*TO_US, result, mission_type))


def begun(count: int = 3) -> Upload:
    return Upload(items(count), HERE).begin(0.0)[0]


def sequence(out: tuple[Message, ...]) -> list[int]:
    return [one.seq for one in out if isinstance(one, m.MissionItemInt)]


def test_sends_count() -> None:
    _, out = Upload(items(3), HERE).begin(0.0)
    assert out == (m.MissionCount(1, 1, 3, 0),)


def test_resends_count() -> None:
    machine, out = begun().on_tick(0.3)
    assert out == (m.MissionCount(1, 1, 3, 0),)
    assert machine.resends == 1


def test_answers_both_kinds_of_request_with_int_items() -> None:
    for kind in (m.MissionRequest, m.MissionRequestInt):
        _, out = begun().on_received(Received(HERE, kind(*TO_US, 0, 0)), 0.1)
        assert sequence(out) == [0]


def test_resends_mission_items() -> None:
    machine, _ = begun().on_received(ask(0), 0.01)
    machine, out = machine.on_tick(1.0)
    assert sequence(out) == [0]


def test_answers_a_repeated_request_for_an_earlier_item() -> None:
    machine = begun()
    for seq in (0, 1, 2):
        machine, _ = machine.on_received(ask(seq), 0.1)
    machine, out = machine.on_received(ask(1), 0.2)
    assert sequence(out) == [1]
    assert machine.pending == 2


def test_follows_a_vehicle_that_begins_anew() -> None:
    machine = begun(5)
    for seq in (0, 1, 2, 3, 0, 1):
        machine, _ = machine.on_received(ask(seq), 0.1)
    assert machine.pending == 1


def test_gives_up_after_some_retries() -> None:
    machine, now_s = begun(), 0.0
    while machine.end is None and now_s < 60:
        now_s += 0.1
        machine, _ = machine.on_tick(now_s)
    assert machine.end == Silent(0, complete=False)
    assert 10 <= now_s < 20


def test_timeout_not_triggered_during_transfer() -> None:
    machine = begun(40)
    for seq in range(40):
        machine, _ = machine.on_received(ask(seq), seq * 1.4)
        machine, _ = machine.on_tick(seq * 1.4 + 0.01)
    assert machine.end is None


def test_ack_arrives_too_early() -> None:
    machine, _ = begun().on_received(ask(0), 0.1)
    machine, _ = machine.on_received(ack(verdict.ACCEPTED), 0.1)
    assert machine.end is None


def test_done_only_on_the_acknowledgement() -> None:
    machine = begun()
    for seq in (0, 1, 2):
        machine, _ = machine.on_received(ask(seq), 0.1)
    assert machine.end is None
    assert machine.on_received(ack(verdict.ACCEPTED), 0.2)[0].end == Acknowledged()


@pytest.mark.parametrize("result", [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 77])
def test_nacks_are_handled(result: int) -> None:
    machine, _ = begun().on_received(ask(1), 0.1)
    end = machine.on_received(ack(result), 0.1)[0].end
    assert isinstance(end, Refused)
    assert (end.result, end.item) == (result, machine.items[1])


def test_invalid_sequence_to_a_repeated_item_means_that_it_arrived() -> None:
    machine, _ = begun().on_received(ask(0), 0.1)
    assert machine.on_received(ack(verdict.INVALID_SEQUENCE), 0.1)[1] == ()
    machine, _ = machine.on_tick(2.0)
    machine, out = machine.on_received(ack(verdict.INVALID_SEQUENCE), 2.1)
    assert sequence(out) == [1]


def test_messages_for_others_from_others_and_of_other_types_are_dropped() -> None:
    machine = begun()
    strangers = [
        Received(Address(2, 1), m.MissionRequest(*TO_US, 0, 0)),
        Received(HERE, m.MissionRequest(254, 190, 0, 0)),
        Received(HERE, m.MissionRequest(255, 1, 0, 0)),
        ask(0, mission_type=1),
        ack(verdict.DENIED, 2),
    ]
    for one in strangers:
        assert machine.on_received(one, 0.1) == (machine, ())
    assert machine.on_received(Received(HERE, m.MissionRequest(0, 0, 0, 0)), 0.1)[1]


def test_requests_beyond_the_list_are_dropped() -> None:
    machine = begun()
    assert machine.on_received(ask(3), 0.1) == (machine, ())


def test_can_be_cancelled() -> None:
    machine, _ = begun().on_received(ask(0), 0.1)
    machine, out = machine.cancel(0.2)
    assert machine.end == Cancelled(1)
    assert out == (m.MissionAck(1, 1, verdict.CANCELLED, 0),)


def test_an_empty_list_clears() -> None:
    vehicle = Px4Like()
    machine = Channel(vehicle).run(Upload((), HERE))
    assert machine.end == Acknowledged()


@pytest.mark.parametrize("kind", [ArduPilotLike, Px4Like])
@pytest.mark.parametrize("loss", [0.0, 0.3])
def test_download_gives_every_item_once_and_in_order(kind: type[ArduPilotLike], loss: float) -> None:
    vehicle = kind()
    vehicle.stored[0] = list(items(30))
    machine = Channel(vehicle, loss=loss, repeat=loss, jitter_s=0.05, seed=3).run(Download(HERE))
    assert machine.end == Downloaded(items(30))


def test_download_says_when_nobody_answers() -> None:
    assert Channel(ArduPilotLike(), loss=1.0).run(Download(HERE)).end == NotDownloaded(None, 0)


@given(seed=st.integers(0, 10**6))
def test_does_not_crash_on_random_messages(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - test data
    up, down = begun(), Download(HERE).begin(0.0)[0]
    for step in range(40):
        small = [dice.choice([0, 1, 2, 3, 255, 65535]) for _ in range(4)]
        choices: list[Message] = [
            m.MissionRequest(255, 190, small[0], small[1] % 3),
            m.MissionRequestInt(255, 190, small[0], 0),
            m.MissionAck(255, 190, small[2] % 20, 0),
            m.MissionCount(255, 190, small[0], 0),
            m.MissionItemInt(255, 190, small[0], 3, 16, 0, 1, 0.0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0),
        ]
        message = dice.choice(choices)
        up, _ = up.on_received(Received(HERE, message), step * 0.1)
        down, _ = down.on_received(Received(HERE, message), step * 0.1)
        up, _ = up.on_tick(step * 0.1)
        down, _ = down.on_tick(step * 0.1)


def test_the_wait_follows_the_round_trip_and_is_not_misled_by_the_vehicles_repeats() -> None:
    trip = FRESH
    for _ in range(12):
        trip = trip.answered(1, since_last_s=0.001, since_first_s=0.001)
    assert trip.wait_s(1) == 0.02
    for sample_s in (1.0, 0.001, 1.0, 0.001, 0.001):
        trip = trip.answered(1, since_last_s=sample_s, since_first_s=sample_s)
    assert trip.wait_s(1) == 0.02
    for _ in range(12):
        trip = trip.answered(1, since_last_s=0.6, since_first_s=0.6)
    assert 0.6 < trip.wait_s(1) < 1.5
    assert trip.wait_s(9) > trip.wait_s(1)


@pytest.mark.parametrize("seed", range(8))
def test_a_vehicle_that_aborts_on_late_repeats_is_asked_anew(seed: int) -> None:
    vehicle = Px4Like()
    vehicle.stored[0] = list(items(14))
    machine = Channel(vehicle, loss=0.1, repeat=0.28, jitter_s=0.2, seed=seed).run(Download(HERE))
    assert machine.end == Downloaded(items(14))
