"""Orders against scripted vehicles: what is sent, in which form, how often, and what counts as done."""

import math
from dataclasses import replace
from typing import Any

import pytest

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link import orders
from planner.link.commands import Command, Done, Rejected, Unanswered
from planner.link.errors import NotDone
from planner.link.messages import Address, Message, Received
from planner.link.stack import Stack, mode_name, modes_of
from planner.link.state import VehicleState
from tests.planner.link.copter import Rig
from tests.planner.link.vehicles import ACK_TO, HERE

AT = LatLon(51.9512345, 4.0567891)
FLYING = VehicleState(
    HERE, Stack.ARDUPILOT, 2, armed=True, mode="AUTO", custom_mode=3, system_status=4, heard_s=0.0,
    at=AT, height_m=40.0, msl_m=45.0, mission_item=2, mission_total=9,
)  # fmt: skip
PX4 = replace(FLYING, stack=Stack.PX4, custom_mode=modes_of(Stack.PX4, 2).mission)  # type: ignore[union-attr]


def answer(job: Any, state: VehicleState, number: int, result: int, now_s: float = 1.0) -> tuple[Any, tuple[Any, ...]]:
    return job.on_received(Received(HERE, m.CommandAck(number, result, *ACK_TO)), state, now_s)  # type: ignore[no-any-return]


def test_a_place_goes_as_command_int_with_all_seven_digits() -> None:
    _, (sent,) = orders.go_to(FLYING, AT).begin(FLYING, 0.0)
    assert isinstance(sent, m.CommandInt)
    assert (sent.command, sent.frame, sent.x, sent.y, sent.z) == (192, 3, 519512345, 40567891, 40.0)
    assert math.isnan(sent.param4)


def test_px4_takes_the_height_above_sea_level() -> None:
    _, (sent,) = orders.go_to(PX4, AT, 60.0).begin(PX4, 0.0)
    assert isinstance(sent, m.CommandInt)
    assert (sent.frame, sent.z) == (0, 65.0)


def test_a_frame_that_is_not_supported_is_sent_once_more_in_its_other_spelling() -> None:
    job, _ = orders.go_to(FLYING, AT).begin(FLYING, 0.0)
    job, (again,) = answer(job, FLYING, 192, 9)
    assert isinstance(again, m.CommandInt)
    assert again.frame == 6
    job, out = answer(job, FLYING, 192, 9)
    assert out == (Rejected(9),)


@pytest.mark.parametrize(("result", "form"), [(8, m.CommandInt), (7, None)])
def test_the_other_form_is_used_where_the_vehicle_wants_it(result: int, form: type | None) -> None:
    job, (sent,) = orders.change_speed(FLYING, 7.0).begin(FLYING, 0.0)
    assert isinstance(sent, m.CommandLong)
    job, out = answer(job, FLYING, 178, result)
    if form is None:
        assert out == (Rejected(7),)
    else:
        assert isinstance(out[0], form)


def test_a_repeated_command_counts_its_confirmations_up() -> None:
    job, (first,) = orders.change_speed(FLYING, 7.0).begin(FLYING, 0.0)
    job, (second,) = job.on_tick(FLYING, 0.8)
    job, (third,) = job.on_tick(FLYING, 1.6)
    assert [first.confirmation, second.confirmation, third.confirmation] == [0, 1, 2]


def test_in_progress_gives_the_vehicle_ten_more_seconds() -> None:
    job, _ = orders.photo(FLYING).begin(FLYING, 0.0)
    job, _ = answer(job, FLYING, 2000, 5, 0.5)
    assert job.on_tick(FLYING, 9.0)[1] == ()
    assert len(job.on_tick(FLYING, 10.6)[1]) == 1


def test_an_answer_to_another_station_is_not_ours() -> None:
    job, _ = orders.photo(FLYING).begin(FLYING, 0.0)
    job, _ = job.on_received(Received(HERE, m.CommandAck(2000, 0, 254, 190)), FLYING, 0.1)
    assert not job.done
    job, _ = job.on_received(Received(Address(9, 1), m.CommandAck(2000, 0, *ACK_TO)), FLYING, 0.1)
    assert not job.done


def test_arming_is_not_repeated_before_the_vehicle_told_its_state() -> None:
    grounded = replace(FLYING, armed=False, custom_mode=4, height_m=0.0, heard_s=0.0)
    job, out = orders.arm(grounded).begin(grounded, 10.0)
    assert [one.command for one in out] == [400]
    for tick in range(1, 80):
        job, out = job.on_tick(grounded, 10.0 + tick * 0.1)  # silence: no heartbeat since
        assert out == ()
    told = replace(grounded, heard_s=18.5)
    job, out = job.on_tick(told, 19.0)
    assert [one.command for one in out] == [400]


def test_arming_in_silence_ends_as_unanswered() -> None:
    grounded = replace(FLYING, armed=False, custom_mode=4, height_m=0.0, heard_s=0.0)
    job, _ = orders.arm(grounded).begin(grounded, 10.0)
    out: tuple[Any, ...] = ()
    for tick in range(1, 130):
        job, out = job.on_tick(grounded, 10.0 + tick * 0.1)
        if job.done:
            break
    assert isinstance(out[0], Unanswered)


def test_a_copter_in_auto_goes_to_guided_before_it_is_armed() -> None:
    grounded = replace(FLYING, armed=False, height_m=0.0)
    job, (mode,) = orders.arm(grounded).begin(grounded, 1.0)
    assert (mode.command, mode.param2) == (176, 4.0)
    guided = replace(grounded, custom_mode=4, mode="GUIDED", heard_s=2.0)
    job, out = job.on_received(Received(HERE, m.Heartbeat(2, 3, 0, 4, 3)), guided, 2.0)
    assert [one.command for one in out] == [400]


def test_an_armed_vehicle_that_flies_is_not_disarmed() -> None:
    with pytest.raises(NotDone, match="would fall"):
        orders.disarm(FLYING)


def test_a_start_of_an_unarmed_vehicle_is_refused_because_it_would_only_switch_the_mode() -> None:
    with pytest.raises(NotDone, match="not armed"):
        orders.start(replace(FLYING, armed=False))


@pytest.mark.parametrize(("state", "seq"), [(FLYING, 5), (PX4, 4)])
def test_skip_counts_the_home_slot_of_ardupilot_only(state: VehicleState, seq: int) -> None:
    _, (sent,) = orders.skip(state, 5).begin(state, 0.0)
    assert isinstance(sent, m.CommandLong)
    assert (sent.command, sent.param1) == (224, seq)


def test_skip_falls_back_on_the_old_message_and_believes_mission_current_only() -> None:
    job, _ = orders.skip(FLYING, 5).begin(FLYING, 0.0)
    job, (old,) = answer(job, FLYING, 224, 3)
    assert old == m.MissionSetCurrent(1, 1, 5)
    job, _ = job.on_received(Received(HERE, m.MissionCurrent(2, 9, 3)), FLYING, 1.5)
    assert not job.done
    there = replace(FLYING, mission_item=5)
    job, out = job.on_received(Received(HERE, m.MissionCurrent(5, 9, 3)), there, 1.6)
    assert out == (Done(),)


def test_skip_to_an_item_that_is_not_there_is_refused_before_it_is_sent() -> None:
    with pytest.raises(NotDone, match="no item 10; it holds 9"):
        orders.skip(FLYING, 10)


def test_the_gimbal_is_claimed_before_it_is_turned() -> None:
    job, (claim,) = orders.gimbal(FLYING, -45.0, 10.0).begin(FLYING, 0.0)
    assert (claim.command, claim.param1, claim.param2) == (1001, 255.0, 190.0)
    job, (turn,) = answer(job, FLYING, 1001, 0)
    assert (turn.command, turn.param1, turn.param2, turn.param5) == (1000, -45.0, 10.0, 12.0)
    assert math.isnan(turn.param3)
    assert answer(job, FLYING, 1000, 0)[1] == (Done(),)


def test_a_vehicle_without_gimbal_v2_gets_the_old_mount_command() -> None:
    job, _ = orders.gimbal(FLYING, -45.0).begin(FLYING, 0.0)
    job, (mount,) = answer(job, FLYING, 1001, 3)
    assert (mount.command, mount.param1, mount.param7) == (205, -45.0, 2.0)


def test_an_orbit_of_ardupilot_names_the_way_that_it_has() -> None:
    with pytest.raises(NotDone, match="link look"):
        orders.orbit(FLYING, AT, 60.0)
    _, (sent,) = orders.orbit(PX4, AT, 60.0, turns=2.0).begin(PX4, 0.0)
    assert (sent.command, sent.param1, sent.param4, sent.z) == (34, 60.0, 2.0, 45.0)


@pytest.mark.parametrize(
    ("vehicle_type", "mode", "name"),
    [
        (2, 27, "AUTO_RTL"),
        (1, 21, "QRTL"),
        (20, 13, "TAKEOFF"),
        (12, 3, "AUTO"),
        (12, 9, "SURFACE"),
        (12, 16, "POSHOLD"),
    ],
)
def test_modes_of_copter_plane_and_submarine_have_their_names(vehicle_type: int, mode: int, name: str) -> None:
    assert mode_name(Stack.ARDUPILOT, vehicle_type, mode) == name


def test_a_command_survives_the_loss_of_its_first_two_answers() -> None:
    lost: list[Message] = []

    def lose(way: str, message: Message) -> bool:
        drop = way == "down" and isinstance(message, m.CommandAck) and message.command == 2000 and len(lost) < 2
        if drop:
            lost.append(message)
        return drop

    rig = Rig(lose=lose)
    rig.until(lambda: rig.core.state is not None)
    assert rig.core.state is not None
    assert rig.run(orders.photo(rig.core.state)) == [Done()]
    sent = [one for _, one in rig.sent if isinstance(one, m.CommandLong) and one.command == 2000]
    assert [one.confirmation for one in sent] == [0, 1, 2]


def test_a_long_command_in_int_form_leaves_plain_numbers_unscaled() -> None:
    _, (sent,) = Command(HERE, 203, (0.0, 0.0, 0.0, 0.0, 1.0), as_int=True).begin(0.0)
    assert isinstance(sent, m.CommandInt)
    assert (sent.frame, sent.x) == (2, 1)
