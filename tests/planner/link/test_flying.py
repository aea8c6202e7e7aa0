"""From ready to disarmed: the vehicle's state decides, and dangerous commands are not repeated blindly."""

from pathlib import Path

import pytest
from pymavlink import mavutil
from typing_extensions import override

from planner.link import messages as m
from planner.link.commands import Done
from planner.link.events import Captured, Flown, LinkSilent, LostSight, NotFlown, NotReady, Said, Started
from planner.link.flying import Fly, FlyOptions
from planner.link.jobs import land_job, pause_job, return_job
from planner.link.messages import Message
from planner.link.tlog import TlogWriter
from tests.planner.link.copter import Copter, Rig


def names(events: list[object]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_copter_is_armed_in_guided_started_followed_and_landed() -> None:
    rig = Rig()
    events = rig.run(Fly())
    assert [number for number, _ in rig.vehicle.commands if number in {176, 400, 300}] == [176, 400, 300]
    outcome = events[-1]
    assert isinstance(outcome, Flown)
    assert outcome.as_planned
    assert outcome.captures == 3
    assert len([e for e in events if isinstance(e, Captured)]) == 3
    assert "Armed" in names(events)
    assert 15 < outcome.seconds < 25


def test_px4_is_put_into_the_mission_and_armed() -> None:
    class Px4Copter(Copter):
        @override
        def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
            if one.command == 176:
                self.mode = int(one.param2) << 16 | int(one.param3) << 24
                return (m.CommandAck(176, 0, 255, 190),)
            if one.command == 400:
                self.armed, self.started_s = True, now_s
                return (m.CommandAck(400, 0, 255, 190),)
            return super().command(one, now_s)

    rig = Rig(Px4Copter(autopilot=12))
    outcome = rig.run(Fly())[-1]
    assert isinstance(outcome, Flown)
    assert outcome.as_planned
    assert rig.vehicle.mode == 4 << 16 | 4 << 24
    assert [number for number, _ in rig.vehicle.commands if number in {176, 400, 300}] == [176, 400]


def test_a_vehicle_that_cannot_arm_yet_is_waited_for_and_its_reasons_told() -> None:
    rig = Rig(Copter(ready_s=30.0))
    events = rig.run(Fly())
    assert any(isinstance(e, NotReady) and "position estimate" in e.reasons[0] for e in events)
    assert isinstance(events[-1], Flown)


def test_an_arming_refusal_is_told_in_the_vehicles_words() -> None:
    class Stubborn(Copter):
        @override
        def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
            if one.command == 400 and one.param1 == 1:
                return (m.CommandAck(400, 4, 255, 190), m.StatusText(2, "Arm: Compass not healthy", 0, 0))
            return super().command(one, now_s)

    events = Rig(Stubborn()).run(Fly(FlyOptions(ready_s=20.0)))
    assert isinstance(events[-1], NotFlown)
    assert "Compass not healthy" in events[-1].reason
    assert any(isinstance(e, NotReady) and "Compass not healthy" in e.reasons[0] for e in events)


@pytest.mark.parametrize("number", [176, 400, 300])
def test_a_lost_acknowledgement_is_settled_by_the_state_and_not_by_repeating(number: int) -> None:
    rig = Rig(lose=lambda way, one: way == "down" and isinstance(one, m.CommandAck) and one.command == number)
    assert isinstance(rig.run(Fly())[-1], Flown)
    assert [one for one, _ in rig.vehicle.commands].count(number) == 1


@pytest.mark.parametrize("number", [176, 400, 300])
def test_a_lost_command_is_given_again_once_the_state_shows_that_it_was_lost(number: int) -> None:
    lost: list[Message] = []

    def first(way: str, one: Message) -> bool:
        if way == "up" and isinstance(one, m.CommandLong) and one.command == number and not lost:
            lost.append(one)
            return True
        return False

    rig = Rig(lose=first)
    assert isinstance(rig.run(Fly())[-1], Flown)
    assert [one for one, _ in rig.vehicle.commands].count(number) == 1


def test_a_vehicle_that_is_armed_already_is_left_alone() -> None:
    rig = Rig(Copter(armed=True, started_s=100.0))
    rig.until(lambda: rig.core.state is not None and rig.core.state.armed)
    assert isinstance(rig.run(Fly())[-1], NotFlown)
    assert not {400, 300} & {number for number, _ in rig.vehicle.commands}


def test_a_silent_link_is_told_and_after_long_silence_the_end_is_not_claimed() -> None:
    cut: list[float] = []
    rig = Rig(Copter(flight_s=1000.0))
    rig.lose = lambda way, _one: way == "down" and bool(cut) and rig.now_s > cut[0]
    cut.append(130.0)
    events = rig.run(Fly(FlyOptions(lost_s=60.0)))
    assert any(isinstance(e, LinkSilent) and e.seconds > 3 for e in events)
    assert isinstance(events[-1], LostSight)
    assert "not known" in events[-1].reason


def test_a_mission_that_ends_hovering_is_brought_home() -> None:
    class Hovering(Copter):
        @override
        def telemetry(self, now_s: float) -> tuple[Message, ...]:
            if self.mode == 6:
                self.flight_s = 10.0
                self.lands = True
            out = super().telemetry(now_s)
            complete = self.started_s is not None and now_s - self.started_s > 20
            return tuple(m.MissionCurrent(4, 4, 5) if isinstance(o, m.MissionCurrent) and complete else o for o in out)

    rig = Rig(Hovering(lands=False))
    events = rig.run(Fly())
    assert any(isinstance(e, Said) and "told to return" in e.text for e in events)
    assert isinstance(events[-1], Flown)


def test_a_submersible_that_stays_armed_after_its_last_item_has_dived() -> None:
    class Sub(Copter):
        @override
        def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
            if one.command != 400:
                return super().command(one, now_s)
            self.armed, self.armed_s, self.started_s = True, now_s, now_s
            return (m.CommandAck(400, 0, 255, 190),)

        @override
        def telemetry(self, now_s: float) -> tuple[Message, ...]:
            complete = self.started_s is not None and now_s - self.started_s > 20
            out = super().telemetry(now_s)
            return tuple(m.MissionCurrent(4, 4, 5) if isinstance(o, m.MissionCurrent) and complete else o for o in out)

    rig = Rig(Sub(lands=False, vehicle_type=12))
    events = rig.run(Fly())
    assert isinstance(events[-1], Flown)
    assert "still armed and holds its place" in events[-1].reason
    assert rig.vehicle.armed


def test_pause_return_and_land_are_confirmed_by_the_mode() -> None:
    rig = Rig(Copter(flight_s=1000.0))
    rig.until(lambda: rig.core.state is not None)
    rig.vehicle.mode = 3
    rig.until(lambda: rig.core.state is not None and rig.core.state.mode == "AUTO")
    assert rig.core.state is not None
    assert isinstance(rig.run(pause_job(rig.core.state))[-1], Done)
    assert isinstance(rig.run(return_job(rig.core.state))[-1], Done)
    assert rig.vehicle.mode == 6
    assert isinstance(rig.run(land_job(rig.core.state))[-1], Done)
    assert rig.vehicle.mode == 9


def test_our_heartbeat_comes_once_a_second_and_stops_with_the_core() -> None:
    rig = Rig()
    for _ in range(200):
        rig.step()
    beats = [at for at, one in rig.sent if isinstance(one, m.Heartbeat)]
    assert 10 <= len(beats) <= 11
    beat = next(one for _, one in rig.sent if isinstance(one, m.Heartbeat))
    assert (beat.type, beat.autopilot) == (6, 8)
    rig.now_s += 30  # the core hangs: nothing is sent on its behalf
    assert len([1 for _, one in rig.sent if isinstance(one, m.Heartbeat)]) == len(beats)


def test_telemetry_is_asked_for_the_old_way_where_the_new_is_not_known() -> None:
    rig = Rig(Copter(set_interval=False))
    rig.until(lambda: rig.core.state is not None and rig.core.state.at is not None)
    assert any(isinstance(one, m.RequestDataStream) for _, one in rig.sent)


def test_telemetry_is_asked_for_again_after_a_restart_of_the_vehicle() -> None:
    rig = Rig()
    for _ in range(400):
        rig.step()
    asked = len([1 for number, _ in rig.vehicle.commands if number == 511])
    rig.vehicle.boot_s = rig.now_s
    for _ in range(100):
        rig.step()
    assert len([1 for number, _ in rig.vehicle.commands if number == 511]) > asked


def test_other_stations_and_gimbals_are_no_vehicle() -> None:
    rig = Rig()
    rig.vehicle.autopilot = 8
    for _ in range(60):
        rig.step()
    assert rig.core.state is None


def test_the_log_holds_both_directions_and_pymavlink_reads_it(tmp_path: Path) -> None:
    log = TlogWriter(tmp_path / "flight.tlog")
    events = Rig(log=log).run(Fly())
    log.close()
    assert isinstance(events[-1], Flown)
    assert any(isinstance(e, Started) for e in events)
    reader = mavutil.mavlink_connection(str(tmp_path / "flight.tlog"))
    sources = set()
    while (one := reader.recv_match()) is not None:
        sources.add((one.get_srcSystem(), one.get_type()))
    reader.close()
    assert {(255, "HEARTBEAT"), (1, "HEARTBEAT"), (255, "COMMAND_LONG"), (1, "CAMERA_FEEDBACK")} <= sources


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_ends_the_log_but_not_the_flight() -> None:
    log = TlogWriter(Path("/dev/full"))
    rig = Rig(log=log)
    assert isinstance(rig.run(Fly())[-1], Flown)
    assert rig.core.state is not None
    assert rig.core.state.log_problem is not None
    assert "No space left" in rig.core.state.log_problem
