"""The lines on the link in the protocol checklist that no other test holds: heartbeats, silence, streams, texts."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pymavlink.dialects.v20 import common as theirs
from typing_extensions import override

from planner.link import messages as m
from planner.link.alarms import alarms_of
from planner.link.commands import Command, Done, Rejected
from planner.link.core import Core
from planner.link.flying import missing_for_arming
from planner.link.messages import Address, Message, Received
from planner.link.orders import change_height
from planner.link.station import Station
from planner.link.texts import TextJoiner
from planner.link.wire import Codec
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.flock import Flock
from tests.planner.link.test_alarms import FLYING
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.vehicles import ACK_TO, HERE


def test_our_heartbeat_is_a_legal_ground_stations_as_pymavlink_reads_it() -> None:
    (raw,) = Core().turn(b"", 100.0, 0)
    (beat,) = theirs.MAVLink(None).parse_buffer(bytearray(raw)) or [None]
    assert beat is not None
    assert beat.get_type() == "HEARTBEAT"
    assert (beat.type, beat.autopilot, beat.get_srcSystem(), beat.get_srcComponent()) == (6, 8, 255, 190)


def test_a_hanging_loop_sends_no_heartbeat_and_does_not_make_up_for_it_afterwards() -> None:
    core = Core()
    sent = [len(core.turn(b"", at_s, 0)) for at_s in (100.0, 100.5, 101.0, 131.0, 131.5, 132.0)]
    assert sent == [1, 0, 1, 1, 0, 1]


def test_the_age_of_the_link_is_told_between_heartbeats_and_other_messages_do_not_renew_it() -> None:
    rig = Rig(lose=lambda way, message: way == "down" and rig.now_s > 105.0 and isinstance(message, m.Heartbeat))
    rig.until(lambda: rig.now_s > 112.0)
    seen = rig.core.seen(rig.now_s)
    assert seen is not None
    assert 6.0 < seen.link_age_s < 8.0
    assert seen.frames_s
    (alarm,) = alarms_of(seen, in_flight=False)
    assert (alarm.code, dict(alarm.values)["silent_s"]) == ("no_heartbeat", round(seen.link_age_s, 1))


def test_silence_and_missing_heartbeats_are_told_apart() -> None:
    silent = replace(FLYING, link_age_s=5.0, frames_s=0.0)
    assert [one.code for one in alarms_of(silent, in_flight=True)] == ["link_lost"]
    assert [one.code for one in alarms_of(replace(silent, frames_s=20.0), in_flight=True)] == ["no_heartbeat"]
    assert alarms_of(replace(silent, link_age_s=3.4), in_flight=True) == ()
    assert alarms_of(replace(silent, link_age_s=3.6), in_flight=True) != ()


def test_intervals_are_asked_for_in_microseconds() -> None:
    rig = Rig()
    rig.until(lambda: rig.vehicle.streams)
    for _ in range(100):
        rig.step()
    asked = {one.param1: one.param2 for _, one in rig.sent if isinstance(one, m.CommandLong) and one.command == 511}
    assert (asked[33.0], asked[1.0], asked[42.0]) == (200_000.0, 1_000_000.0, 500_000.0)


def test_an_interval_that_is_denied_brings_no_old_request() -> None:
    class Denying(Copter):
        @override
        def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
            return (m.CommandAck(one.command, 2, *ACK_TO),)

    flock = Flock({1: Denying()})
    for _ in range(200):
        flock.step()
    assert not [one for _, one in flock.to[1] if isinstance(one, m.RequestDataStream)]


@pytest.fixture
def vehicle() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Copter(boot_s=time.monotonic()))
    yield served
    served.close()


def test_telemetry_is_asked_for_again_when_the_connection_comes_back(vehicle: TcpVehicle) -> None:
    copter = vehicle.vehicle
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        station.listen()
        copter.commands.clear()  # it goes on telling, so that silence is no reason to ask
        vehicle.hang_up.set()
        give_up_s = time.monotonic() + 10.0
        while (511, 33.0) not in copter.commands and time.monotonic() < give_up_s:
            station.listen_for_others(0.05)
    assert (511, 33.0) in copter.commands


ACTIVE = replace(FLYING, heard_s=100.0)


@pytest.mark.parametrize(
    ("result", "again", "end"),
    [(1, True, None), (2, False, Rejected(2)), (4, False, Rejected(4)), (0, False, Done()), (5, False, None)],
)
def test_what_an_answer_does_to_a_command(result: int, end: object, *, again: bool) -> None:
    command, _ = Command(HERE, 203).begin(100.0)
    command, out = command.on_received(Received(HERE, m.CommandAck(203, result, *ACK_TO)), ACTIVE, 100.1)
    assert (command.end, out) == (end, ())
    _, repeated = command.on_tick(ACTIVE, 103.0)
    assert bool(repeated) is again


def test_an_answer_counts_from_the_right_vehicle_to_the_right_command_only() -> None:
    command, _ = Command(HERE, 203).begin(100.0)
    for source, number in ((Address(2, 1), 203), (Address(1, 100), 203), (HERE, 204)):
        command, _ = command.on_received(Received(source, m.CommandAck(number, 0, *ACK_TO)), ACTIVE, 100.1)
    assert command.end is None


def test_places_never_go_in_a_command_long() -> None:
    job, sent = change_height(ACTIVE, 60.0).begin(ACTIVE, 100.0)
    for at_s in (103.0, 107.0, 112.0):
        job, more = job.on_tick(replace(ACTIVE, heard_s=at_s - 0.5), at_s)
        sent = (*sent, *more)
    assert len(sent) > 1
    assert {type(one).__name__ for one in sent} == {"CommandInt"}


def chunk(text: str, number: int, *, of: int = 7) -> m.StatusText:
    return m.StatusText(4, text, of, number)


def joined(*chunks: m.StatusText, until_s: float = 0.0) -> list[str]:
    joiner, texts = TextJoiner(), []
    for one in chunks:
        joiner, done = joiner.on_text(HERE, one, 0.0)
        texts += [received.message.text for received in done if isinstance(received.message, m.StatusText)]
    joiner, late = joiner.on_tick(until_s)
    return texts + [received.message.text for received in late if isinstance(received.message, m.StatusText)]


def test_a_text_of_several_chunks_is_one_text() -> None:
    assert joined(chunk("a" * 50, 0), chunk("b" * 50, 1), chunk("end", 2)) == ["a" * 50 + "b" * 50 + "end"]


def test_chunks_in_another_order_and_with_one_missing_are_put_right_and_marked() -> None:
    assert joined(chunk("b" * 50, 1), chunk("a" * 50, 0), chunk("end", 2)) == ["a" * 50 + "b" * 50 + "end"]
    assert joined(chunk("a" * 50, 0), chunk("end", 2)) == ["a" * 50 + "...end"]


def test_a_text_of_fifty_bytes_is_told_after_a_second_if_nothing_follows() -> None:
    assert joined(chunk("a" * 50, 0), until_s=0.9) == []
    assert joined(chunk("a" * 50, 0), until_s=1.0) == ["a" * 50]


def test_texts_of_two_vehicles_with_the_same_id_are_not_mixed() -> None:
    core, texts = Core(), []
    codecs = {system: Codec(Address(system, 1)) for system in (1, 2)}
    data = b"".join(codecs[s].encode(m.Heartbeat(2, 3, 0, 0, 4)) for s in (1, 2))
    data += codecs[1].encode(chunk("a" * 50, 0)) + codecs[2].encode(chunk("x" * 50, 0))
    data += codecs[1].encode(chunk("end", 1)) + codecs[2].encode(chunk("y", 1))
    core.turn(data, 100.0, 0)
    for system in (1, 2):
        state = core.state_of(system)
        assert state is not None
        texts.append(state.texts[-1].text)
    assert texts == ["a" * 50 + "end", "x" * 50 + "y"]


@pytest.mark.parametrize("text", ["PreArm: Compass not healthy", "Arm: Throttle too high", "Preflight Fail: No GPS"])
def test_what_keeps_a_vehicle_from_being_armed_is_told_in_its_own_words(text: str) -> None:
    rig = Rig(vehicle=Copter(ready_s=1e9))
    rig.until(lambda: (s := rig.core.state) is not None and s.prearm_ok is False)
    rig.to_us += rig.theirs.encode(m.StatusText(4, text, 0, 0))
    rig.step()
    state = rig.core.state
    assert state is not None
    assert text in missing_for_arming(state, rig.now_s)
    assert text not in missing_for_arming(state, rig.now_s + 60.0), "an old reason may be none any more"
