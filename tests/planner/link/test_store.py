"""What an upload says must be what the vehicle holds, whatever the link and the vehicle do."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from planner.geo.points import LatLon
from planner.link.compare import compare
from planner.link.items import mission_to_wire
from planner.link.messages import Heartbeat, Message, MissionAck, MissionItemInt, Received
from planner.link.stack import Stack, stack_of
from planner.link.store import Store
from planner.link.verdict import NotStored, Stored, Unknown, result_sentence
from planner.model.mission import Command, Home, Mission, item
from tests.planner.link.channel import Channel
from tests.planner.link.vehicles import HERE, ArduPilotLike, Px4Like

STACKS = [ArduPilotLike, Px4Like]


def patrol(size: int, *, shift: float = 0.0) -> Mission:
    legs = [
        item(Command.NAV_WAYPOINT, at=LatLon(51.95 + n * 1e-4 + shift, 4.05), height_m=30.0, p4=None)
        for n in range(size)
    ]
    return Mission(
        (item(Command.NAV_TAKEOFF, at=LatLon(51.95, 4.05), height_m=30.0), *legs, item(Command.NAV_RETURN_TO_LAUNCH)),
        home=Home(LatLon(51.95, 4.05), 5.0),
    )


def store(mission: Mission, vehicle: ArduPilotLike, **more: Any) -> Store:
    stack = stack_of(vehicle.autopilot)
    return Store(mission_to_wire(mission, stack), HERE, stack, **more)


def truly_holds(mission: Mission, vehicle: ArduPilotLike) -> bool:
    stack = stack_of(vehicle.autopilot)
    return not compare(mission_to_wire(mission, stack), tuple(vehicle.stored[0]), stack)


@pytest.mark.parametrize("kind", STACKS)
def test_a_mission_is_stored_read_back_and_equal(kind: type[ArduPilotLike]) -> None:
    vehicle, mission = kind(), patrol(20)
    done = Channel(vehicle).run(store(mission, vehicle))
    assert isinstance(done.verdict, Stored)
    assert truly_holds(mission, vehicle)
    assert (done.verdict.figures.items, done.verdict.figures.read_back) == (22, 22)
    assert "22 of 22 items equal" in done.verdict.reason


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(STACKS),
    size=st.integers(1, 12),
    loss=st.floats(0, 0.4),
    repeat=st.floats(0, 0.3),
    jitter_s=st.sampled_from([0.0, 0.01, 0.2]),
    seed=st.integers(0, 10**6),
)
def test_over_a_lossy_link_the_vehicle_ends_with_the_whole_mission_or_we_say_so(
    kind: type[ArduPilotLike], size: int, loss: float, repeat: float, jitter_s: float, seed: int
) -> None:
    vehicle, mission = kind(), patrol(size)
    Channel(vehicle).run(store(patrol(size + 2, shift=0.01), vehicle))  # another mission is there before
    done = Channel(vehicle, loss=loss, repeat=repeat, jitter_s=jitter_s, seed=seed).run(store(mission, vehicle))
    assert done.verdict is not None
    if isinstance(done.verdict, Stored):
        assert truly_holds(mission, vehicle)
    if isinstance(done.verdict, NotStored):
        assert not truly_holds(mission, vehicle)


@pytest.mark.parametrize("kind", STACKS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_mission_gets_through_thirty_percent_loss(kind: type[ArduPilotLike], seed: int) -> None:
    vehicle, mission = kind(), patrol(120)
    channel = Channel(vehicle, loss=0.3, seed=seed)
    assert isinstance(channel.run(store(mission, vehicle)).verdict, Stored)
    assert channel.now_s - 100.0 < 12.0


@pytest.mark.parametrize("kind", STACKS)
def test_a_lost_final_acknowledgement_is_settled_by_reading_back(kind: type[ArduPilotLike]) -> None:
    vehicle, mission = kind(), patrol(5)
    lost = lambda way, message: way == "down" and isinstance(message, MissionAck)  # noqa: E731 - a one-line fake
    done = Channel(vehicle, drop=lost).run(store(mission, vehicle))
    assert isinstance(done.verdict, Stored)


@pytest.mark.parametrize("kind", STACKS)
def test_the_first_final_acknowledgement_lost_and_the_repeated_item_answered(kind: type[ArduPilotLike]) -> None:
    vehicle, mission, seen = kind(), patrol(5), []

    def first_ack(way: str, message: Message) -> bool:
        if way == "down" and isinstance(message, MissionAck):
            seen.append(message)
            return len(seen) == 1
        return False

    done = Channel(vehicle, drop=first_ack).run(store(mission, vehicle))
    assert isinstance(done.verdict, Stored)
    assert len(seen) == 2


def test_a_refused_item_leaves_a_mixture_on_ardupilot_and_we_say_so() -> None:
    vehicle, mission = ArduPilotLike(), patrol(6)
    Channel(vehicle).run(store(patrol(6, shift=0.01), vehicle))
    vehicle.refuse, vehicle.texts = {4: 10}, ["Latitude out of range"]
    done = Channel(vehicle).run(store(mission, vehicle))
    assert isinstance(done.verdict, NotStored)
    assert "parameter 5 of item 4 (command 16)" in done.verdict.reason
    assert "mixture" in done.verdict.reason
    assert "Latitude out of range" in done.verdict.reason


def test_a_refused_item_leaves_the_old_mission_on_px4() -> None:
    vehicle, old = Px4Like(), patrol(6, shift=0.01)
    Channel(vehicle).run(store(old, vehicle))
    vehicle.refuse = {3: 3}
    done = Channel(vehicle).run(store(patrol(6), vehicle))
    assert isinstance(done.verdict, NotStored)
    assert truly_holds(old, vehicle)
    assert "does not support item 4 (command 16)" in done.verdict.reason
    assert "mixture" not in done.verdict.reason


def test_a_vehicle_that_is_starting_is_waited_for() -> None:
    vehicle, mission = ArduPilotLike(booting=True), patrol(3)
    machine, out = store(mission, vehicle, booting=True).begin(0.0)
    assert out == ()
    machine, out = machine.on_received(Received(HERE, Heartbeat(2, 3, 0, 0, 3)), 2.0)
    assert len(out) == 1


def test_a_busy_vehicle_is_asked_again() -> None:
    for vehicle in (ArduPilotLike(busy_until_s=104.0), Px4Like(busy_until_s=104.0)):
        assert isinstance(Channel(vehicle).run(store(patrol(3), vehicle)).verdict, Stored)


def test_a_silent_vehicle_gives_unknown() -> None:
    vehicle = ArduPilotLike()
    done = Channel(vehicle, loss=1.0).run(store(patrol(3), vehicle))
    assert isinstance(done.verdict, Unknown)
    assert "did not answer" in done.verdict.reason


def test_a_vehicle_that_acknowledges_but_holds_something_else_is_found_out() -> None:
    class Forgetful(Px4Like):
        @override
        def on_item(self, message: MissionItemInt, now_s: float) -> tuple[Message, ...]:
            out = super().on_item(message, now_s)
            if self.receiving is None and self.stored[0]:
                self.stored[0].pop(1)
            return out

    vehicle = Forgetful()
    done = Channel(vehicle).run(store(patrol(4), vehicle))
    assert isinstance(done.verdict, NotStored)
    assert "5 items instead of 6" in done.verdict.reason


def test_can_be_cancelled() -> None:
    for vehicle, expected in ((ArduPilotLike(), Unknown), (Px4Like(), NotStored)):
        channel = Channel(vehicle)
        half = channel.run(store(patrol(20), vehicle), until=lambda one: one.upload.pending >= 10)
        after, out = half.cancel(channel.now_s)
        assert any(isinstance(o, MissionAck) and o.type == 15 for o in out)
        vehicle.receiving = None
        channel.post("up", out)
        for _ in range(2000):
            if after.done:
                break
            channel.now_s += 0.01
            for entry in list(channel.mail):
                channel.mail.remove(entry)
                if entry[2] == "up":
                    channel.post("down", vehicle.hear(entry[3], channel.now_s))
                else:
                    after, more = after.on_received(Received(HERE, entry[3]), channel.now_s)
                    channel.post("up", more)
            after, more = after.on_tick(channel.now_s)
            channel.post("up", more)
        assert isinstance(after.verdict, expected), after.verdict
        assert "Cancelled" in after.verdict.reason


def test_too_many_items_are_refused_with_the_vehicles_own_words() -> None:
    vehicle = ArduPilotLike()
    done = Channel(vehicle).run(store(patrol(700), vehicle))
    assert isinstance(done.verdict, NotStored)
    assert "no room" in done.verdict.reason
    assert "Only 650 items are supported" in done.verdict.reason


@pytest.mark.parametrize("result", range(17))
def test_every_result_has_a_sentence(result: int) -> None:
    items = mission_to_wire(patrol(3), Stack.PX4)
    sentence = result_sentence(result, item=items[2], stack=Stack.PX4)
    assert sentence.endswith(".")
    assert str(result) in sentence or result < 16
    assert result_sentence(result, item=None, stack=Stack.PX4).endswith(".")


def test_unchanged_yaw_is_nan_for_px4_and_zero_for_ardupilot() -> None:
    assert math.isnan(mission_to_wire(patrol(1), Stack.PX4)[1].params[3])
    assert mission_to_wire(patrol(1), Stack.ARDUPILOT)[2].params[3] == 0.0
