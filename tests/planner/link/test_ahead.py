"""Items that are on their way before they are asked for, and the short way of messages that are expected."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from planner.link import messages as m
from planner.link import verdict
from planner.link.core import Core, Running
from planner.link.download import MOST_AHEAD as MOST_ASKED
from planner.link.download import Download, Downloaded
from planner.link.items import WireItem
from planner.link.jobs import DownloadJob, StoreJob
from planner.link.lane import lane_for
from planner.link.messages import Message, Received
from planner.link.progress import frames_in
from planner.link.quality import Quality
from planner.link.signing import SigningKey
from planner.link.stack import Stack
from planner.link.store import Store
from planner.link.tlog import TlogWriter
from planner.link.upload import MOST_AHEAD, Acknowledged, Refused, Upload
from planner.link.verdict import NotStored, Stored
from planner.link.wire import Codec, signer_of
from tests.planner.link.channel import Channel
from tests.planner.link.test_upload import ack, ask, items, sequence
from tests.planner.link.vehicles import HERE, ArduPilotLike, Px4Like, to_message

KINDS: dict[type[ArduPilotLike], Stack] = {ArduPilotLike: Stack.ARDUPILOT, Px4Like: Stack.PX4}
BEAT = {Stack.ARDUPILOT: m.Heartbeat(2, 3, 0, 4 << 16, 3), Stack.PX4: m.Heartbeat(2, 12, 0, 4 << 16, 3)}


def begun(count: int = 30) -> Upload:
    return Upload(items(count), HERE, runs_ahead=True).begin(0.0)[0]


def after_requests(count: int) -> tuple[Upload, list[int]]:
    machine, sent = begun(), []
    for seq in range(count):
        machine, out = machine.on_received(ask(seq), 0.01 * seq)
        sent += sequence(out)
    return machine, sent


# sending ahead


def test_every_item_is_sent_once_in_order_and_never_too_many_before_they_are_asked_for() -> None:
    machine, sent = begun(), []
    for seq in range(30):
        machine, out = machine.on_received(ask(seq), 0.01 * seq)
        sent += sequence(out)
        assert seq <= max(sent) <= seq + min(seq, MOST_AHEAD)
    assert sent == list(range(30))
    assert machine.on_received(ack(verdict.ACCEPTED), 1.0)[0].end == Acknowledged()


@pytest.mark.parametrize("sign", ["silence", "the same request again", "out of sequence"])
def test_after_a_sign_of_loss_nothing_is_sent_before_it_is_asked_for(sign: str) -> None:
    machine, _ = after_requests(10)
    if sign == "silence":
        machine, out = machine.on_tick(5.0)
        assert sequence(out) == [9]
    elif sign == "the same request again":
        machine, out = machine.on_received(ask(9), 0.2)
        assert sequence(out) == [9]
    else:
        machine, _ = machine.on_received(ack(verdict.INVALID_SEQUENCE), 0.2)
    for seq in range(10, 25):
        machine, out = machine.on_received(ask(seq), 5.0 + seq)
        assert sequence(out) == [seq]


def test_a_refusal_while_items_run_ahead_names_the_right_item() -> None:
    vehicle = ArduPilotLike()
    vehicle.refuse = {17: verdict.UNSUPPORTED}
    machine = Channel(vehicle).run(Upload(items(30), HERE, runs_ahead=True))
    assert machine.end == Refused(verdict.UNSUPPORTED, items(30)[17])


def test_the_last_acknowledgement_counts_also_when_the_last_request_was_lost() -> None:
    machine = begun(3)
    for seq in (0, 1):
        machine, _ = machine.on_received(ask(seq), 0.1)
    assert machine.on_received(ack(verdict.ACCEPTED), 0.2)[0].end == Acknowledged()


class TakesWhatComes(ArduPilotLike):
    """Never looks at the number of an item: one that is lost is missing, and the last one ends the list."""

    @override
    def on_item(self, message: m.MissionItemInt, now_s: float) -> tuple[Message, ...]:
        if self.receiving is not None and message.seq > self.expected:
            self.expected = message.seq
        return super().on_item(message, now_s)


def test_a_vehicle_that_was_confused_by_items_ahead_gets_them_in_step() -> None:
    lost: list[int] = []

    def drop(way: str, message: Message) -> bool:
        once = way == "up" and isinstance(message, m.MissionItemInt) and message.seq == 12 and not lost
        if once:
            lost.append(12)
        return once

    vehicle = TakesWhatComes()
    vehicle.keep = lambda one: one  # type: ignore[method-assign]  # what it holds is not the question here
    end = Channel(vehicle, drop=drop).run(Store(items(40), HERE, Stack.OTHER)).verdict
    assert isinstance(end, Stored), end.reason
    assert lost == [12]


def test_what_the_vehicle_does_not_hold_after_a_second_time_in_step_is_said() -> None:
    vehicle = ArduPilotLike()
    vehicle.keep = lambda one: WireItem(one.seq, 3, 16, one.params, 5, one.y, one.z)  # type: ignore[method-assign]
    end = Channel(vehicle).run(Store(items(10), HERE, Stack.OTHER)).verdict
    assert isinstance(end, NotStored)
    assert "latitude" in end.reason


@settings(deadline=None)
@given(st.sampled_from([ArduPilotLike, Px4Like]), st.integers(1, 60), st.floats(0, 0.3), st.integers(0, 10**6))
def test_over_a_lossy_link_the_verdict_is_what_the_vehicle_holds(
    kind: type[ArduPilotLike], size: int, loss: float, seed: int
) -> None:
    vehicle = kind()
    channel = Channel(vehicle, loss=loss, repeat=loss / 2, jitter_s=0.02, seed=seed)
    end = channel.run(Store(items(size), HERE, KINDS[kind])).verdict
    assert isinstance(end, Stored)
    assert [one.x for one in vehicle.stored[0][1:]] == [one.x for one in items(size)[1:]]


@pytest.mark.parametrize(("kind", "most"), [(Px4Like, 1), (ArduPilotLike, 1 + MOST_ASKED)])
def test_px4_is_never_asked_for_a_second_item_before_the_first_has_come(kind: type[ArduPilotLike], most: int) -> None:
    open_requests = [0]

    def watch(way: str, message: Message) -> bool:
        asked = way == "up" and isinstance(message, m.MissionRequestInt)
        came = way == "down" and isinstance(message, m.MissionItemInt)
        open_requests.append(open_requests[-1] + asked - came)
        return False

    assert isinstance(Channel(kind(), drop=watch).run(Store(items(20), HERE, KINDS[kind])).verdict, Stored)
    assert max(open_requests) == most


def test_others_are_asked_for_a_few_items_at_once_as_long_as_all_come() -> None:
    machine, out = Download(HERE, 0, asks_ahead=True).begin(0.0)
    machine, out = machine.on_received(Received(HERE, m.MissionCount(255, 190, 30, 0)), 0.1)
    asked = [one.seq for one in out if isinstance(one, m.MissionRequestInt)]
    for seq, one in enumerate(items(30)[:20]):
        machine, out = machine.on_received(Received(HERE, to_message(one, seq, 0)), 0.1)
        asked += [r.seq for r in out if isinstance(r, m.MissionRequestInt)]
        assert max(asked) <= seq + 1 + MOST_ASKED
    assert asked == list(range(len(asked)))
    machine, out = machine.on_tick(9.0)
    assert [one.seq for one in out if isinstance(one, m.MissionRequestInt)] == [20]
    machine, out = machine.on_received(Received(HERE, to_message(items(30)[20], 20, 0)), 9.1)
    assert [one.seq for one in out if isinstance(one, m.MissionRequestInt)] == [21]


# the short way


class Rig:
    """A core and a scripted vehicle that pass packets in memory; not `straight`: never on the short way."""

    def __init__(
        self,
        kind: type[ArduPilotLike],
        *,
        log: TlogWriter | None = None,
        key: SigningKey | None = None,
        straight: bool = True,
    ) -> None:
        ours, theirs, hearing = (None if key is None else signer_of(key, 0) for _ in range(3))
        self.core, self.vehicle = Core(log, ours), kind()
        self.codec, self.hearing = Codec(HERE, theirs), Codec(HERE, hearing)
        self.straight = straight
        self.now_s = 100.0
        self.core.turn(self.codec.encode(BEAT[KINDS[kind]]), self.now_s, 1)
        self.sent: list[Message] = []

    def run(self, job: StoreJob | DownloadJob, dice: random.Random | None = None, loss: float = 0.0) -> Running:
        running = Running(job)
        self.core.start(running, self.now_s)
        data = b""
        while not running.job.done:
            self.now_s += 0.001
            if not self.straight:
                self.core.crafts[HERE.system]._lane = None
            data = self.answered(self.core.turn(data, self.now_s, 1), dice, loss)
        return running

    def answered(self, packets: list[bytes], dice: random.Random | None, loss: float) -> bytes:
        out = list(self.vehicle.tick(self.now_s))
        for packet in packets:
            for frame in self.hearing.feed(packet):
                assert frame.received is not None
                self.sent.append(frame.received.message)
                if dice is None or dice.random() >= loss:
                    out += self.vehicle.hear(frame.received.message, self.now_s)
        raws = [self.codec.encode(one) for one in out]
        return b"".join(raw for raw in raws if dice is None or dice.random() >= loss)


def told(running: Running) -> list[object]:
    found = []
    while not running.events.empty():
        found.append(running.events.get())
    return found


@pytest.mark.parametrize("kind", [ArduPilotLike, Px4Like])
@pytest.mark.parametrize("size", [1, 2, 17, 120])
def test_the_short_way_sends_and_ends_as_the_long_one(kind: type[ArduPilotLike], size: int) -> None:
    rigs = [Rig(kind), Rig(kind, straight=False)]
    ends = []
    for rig in rigs:
        events = told(rig.run(StoreJob(Store(items(size), HERE, KINDS[kind]))))
        ends.append(events[-2])
        assert isinstance(events[-2], Stored)
    missions = [[one for one in rig.sent if isinstance(one, m.MissionItemInt | m.MissionRequestInt)] for rig in rigs]
    assert missions[0] == missions[1]
    assert rigs[0].vehicle.stored == rigs[1].vehicle.stored
    seen = [rig.core.seen(rig.now_s) for rig in rigs]
    assert [one.lost_frames for one in seen if one] == [0, 0]
    assert len({one.heard_frames for one in seen if one}) == 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([ArduPilotLike, Px4Like]), st.integers(1, 50), st.floats(0, 0.25), st.integers(0, 10**6))
def test_with_losses_the_short_way_ends_stored_and_the_vehicle_holds_it(
    kind: type[ArduPilotLike], size: int, loss: float, seed: int
) -> None:
    rig = Rig(kind)
    dice = random.Random(seed)  # noqa: S311 - loss, not secrets
    events = told(rig.run(StoreJob(Store(items(size), HERE, KINDS[kind])), dice, loss))
    assert isinstance(events[-2], Stored)
    assert [one.x for one in rig.vehicle.stored[0][1:]] == [one.x for one in items(size)[1:]]


@pytest.mark.parametrize("kind", [ArduPilotLike, Px4Like])
@pytest.mark.parametrize("loss", [0.05, 0.2])
@pytest.mark.parametrize("seed", [1, 2])
def test_with_losses_the_short_way_waits_and_repeats_as_the_long_one(
    kind: type[ArduPilotLike], loss: float, seed: int
) -> None:
    rigs = [Rig(kind), Rig(kind, straight=False)]
    for rig in rigs:
        dice = random.Random(seed)  # noqa: S311 - loss, not secrets
        rig.run(StoreJob(Store(items(150), HERE, KINDS[kind])), dice, loss)
    assert rigs[0].now_s == pytest.approx(rigs[1].now_s, abs=0.3)


@pytest.mark.parametrize("together", [False, True])
def test_two_vehicles_are_sent_to_at_once_on_the_short_way_and_each_holds_its_own(together: bool) -> None:
    places = (HERE, m.Address(2, 1))
    core, codecs = Core(), {place: Codec(place) for place in places}
    core.turn(b"".join(codec.encode(BEAT[Stack.ARDUPILOT]) for codec in codecs.values()), 100.0, 1)
    vehicles, lists = {place: ArduPilotLike() for place in places}, {HERE: items(60), places[1]: items(90)}
    jobs = [StoreJob(Store(lists[place], place, Stack.ARDUPILOT)) for place in places]
    running = [Running(job, system=place.system) for job, place in zip(jobs, places, strict=True)]
    for one in running:
        core.start(one, 100.0)
    data, hearing, both, now_s = [b""], Codec(), False, 100.0
    while not all(one.job.done for one in running):
        now_s += 0.001
        out: dict[m.Address, list[Message]] = {place: list(vehicles[place].tick(now_s)) for place in places}
        packets = [packet for one in data for packet in core.turn(one, now_s, 1)]
        both = both or all(craft._lane is not None for craft in core.crafts.values())
        for frame in hearing.feed(b"".join(packets)):
            message = frame.received.message if frame.received is not None else None
            for place in places:
                if message is not None and getattr(message, "target_system", 0) == place.system:
                    out[place] += vehicles[place].hear(message, now_s)
        data = [b"".join(codecs[place].encode(one) for one in out[place]) for place in places]
        data = [b"".join(data)] if together else data
    assert both
    assert [isinstance(told(one)[-2], Stored) for one in running] == [True, True]
    assert [len(vehicles[place].stored[0]) for place in places] == [60, 90]
    seen = [core.seen(now_s, place.system) for place in places]
    assert [one.lost_frames for one in seen if one] == [0, 0]
    assert all(one.heard_frames > len(lists[one.address]) for one in seen if one)


def test_a_download_alone_takes_the_short_way_too() -> None:
    rig = Rig(ArduPilotLike)
    rig.vehicle.stored[0] = list(items(60))
    end = told(rig.run(DownloadJob(Download(HERE, 0, asks_ahead=True))))[0]
    assert end == Downloaded(items(60))


def test_the_short_way_signs_what_it_sends_and_logs_both_ways_without_signatures(tmp_path: Path) -> None:
    path = tmp_path / "signed.tlog"
    log = TlogWriter(path)
    rig = Rig(ArduPilotLike, log=log, key=SigningKey.of("two witnesses"))
    assert isinstance(told(rig.run(StoreJob(Store(items(60), HERE, Stack.ARDUPILOT))))[-2], Stored)
    log.close()
    logged = [frame.received.message for frame in frames_in(path.read_bytes()) if frame.received is not None]
    sent = [one for one in logged if isinstance(one, m.MissionItemInt) and one.target_system == HERE.system]
    read = [one for one in logged if isinstance(one, m.MissionItemInt) and one.target_system == m.US.system]
    assert [one.seq for one in sent] == [one.seq for one in read] == list(range(60))


def in_the_middle() -> tuple[StoreJob, Codec]:
    """An upload that was asked for item 3 last, and the vehicle's codec, which has sent one frame."""
    machine, _ = after_requests(4)
    store = Store(items(30), HERE, Stack.ARDUPILOT)._replace(upload=machine)
    theirs = Codec(HERE)
    theirs.encode(BEAT[Stack.ARDUPILOT])
    return StoreJob(store), theirs


@pytest.mark.parametrize(
    "other",
    [
        m.MissionRequest(255, 190, 5, 0),
        m.MissionRequest(255, 190, 3, 0),
        m.MissionRequest(255, 190, 4, 1),
        m.MissionRequest(254, 190, 4, 0),
        m.MissionAck(255, 190, 0, 0),
        m.Heartbeat(2, 3, 0, 4, 4),
    ],
)
def test_a_lane_takes_nothing_but_the_next_request(other: Message) -> None:
    job, theirs = in_the_middle()
    lane = lane_for(job, 0, 0.035)
    assert lane is not None
    assert lane.take(Codec().feed(theirs.encode(other)), 0.036) is None
    assert lane.job() is job


def test_a_lane_takes_the_next_requests_and_tells_the_machine() -> None:
    job, theirs = in_the_middle()
    lane = lane_for(job, 0, 0.035)
    assert lane is not None
    out = lane.take(Codec().feed(theirs.encode(m.MissionRequest(255, 190, 4, 0))), 0.036)
    assert out is not None
    after = lane.job()
    assert isinstance(after, StoreJob)
    assert after.store.upload is not None
    assert (after.store.upload.pending, sequence(tuple(out))) == (4, [7, 8])


@pytest.mark.parametrize("trouble", ["a gap", "another sender", "too late"])
def test_a_lane_leaves_trouble_to_the_machine(trouble: str) -> None:
    job, theirs = in_the_middle()
    lane = lane_for(job, 0, 0.035)
    assert lane is not None
    if trouble == "a gap":
        theirs.encode(BEAT[Stack.ARDUPILOT])
    elif trouble == "another sender":
        theirs = Codec(m.Address(1, 2))
        theirs.encode(BEAT[Stack.ARDUPILOT])
    at_s = 9.0 if trouble == "too late" else 0.036
    assert lane.take(Codec().feed(theirs.encode(m.MissionRequest(255, 190, 4, 0))), at_s) is None


@settings(deadline=None)
@given(st.integers(0, 255), st.integers(1, 200), st.lists(st.integers(1, 60), max_size=5))
def test_frames_counted_together_count_as_one_by_one(first: int, before: int, runs: list[int]) -> None:
    together = one_by_one = Quality().on_frame(first, 10.0)
    last, now_s = first, 10.0
    for count in runs:
        now_s += before / 100
        for _ in range(count):
            last = (last + 1) % 256
            one_by_one = one_by_one.on_frame(last, now_s)
        together = together.on_run(count, last, now_s)
    assert together == one_by_one
