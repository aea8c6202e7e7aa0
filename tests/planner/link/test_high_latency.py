"""A link with a report now and then (HIGH_LATENCY2): recognised, not overloaded, and lost by its own pace."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typing_extensions import override

from planner.cli.link import app
from planner.formats.missions import write_mission
from planner.link import messages as m
from planner.link.alarms import alarms_of
from planner.link.errors import LinkTooPoor
from planner.link.gaps import GapsJob
from planner.link.jobs import return_job
from planner.link.messages import Address, Message
from planner.link.preflight import parameters
from planner.link.remote_id import RemoteIdJob
from planner.link.stack import Stack
from planner.link.station import Station
from planner.link.wire import Codec
from tests.planner.link.copter import Copter
from tests.planner.link.flock import Flock
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol

REPORT = m.HighLatency2(
    type=2, autopilot=3, custom_mode=3, latitude=519500000, longitude=40500000, altitude=60, heading=45, groundspeed=50,
    climb_rate=-5, battery=71, wp_num=4, failure_flags=0, custom0=-127,
)  # fmt: skip
"""ArduPilot's base mode 129: armed."""


@dataclass
class Satellite(Copter):
    """It sends a report every so many seconds, and nothing else."""

    every_s: float = 10.0
    report: m.HighLatency2 = REPORT
    beats: bool = False

    @override
    def tick(self, now_s: float) -> tuple[Message, ...]:
        if self.beats:
            return super().tick(now_s)
        if now_s < self.next_s:
            return ()
        self.next_s = now_s + self.every_s
        return (self.report,)


def heard(vehicle: Satellite, seconds: float = 45.0) -> Flock:
    flock = Flock({1: vehicle})
    for _ in range(round(seconds / 0.05)):
        flock.step()
    return flock


def test_what_lasts_as_long_as_the_link_ends_on_such_a_link_and_begins_anew_once_after_it() -> None:
    vehicle = Satellite(beats=True)
    flock = heard(vehicle, 5.0)

    def lasting() -> list[str]:
        return [type(one.job).__name__ for one in flock.core.running if isinstance(one.job, GapsJob | RemoteIdJob)]

    assert lasting() == ["GapsJob", "RemoteIdJob"]
    for beats, expected in ((False, []), (True, ["GapsJob", "RemoteIdJob"])):
        vehicle.beats = beats
        for _ in range(600):
            flock.step()
        assert lasting() == expected


def test_the_state_is_filled_from_the_report() -> None:
    state = heard(Satellite(), 1.0).core.state
    assert state is not None
    assert state.high_latency
    assert (state.stack, state.mode, state.armed, state.armed_is_told) == (Stack.ARDUPILOT, "AUTO", True, True)
    assert state.at is not None
    assert (state.at.lat_deg, state.at.lon_deg) == (51.95, 4.05)
    assert (state.msl_m, state.yaw_deg, state.speed_m_s, state.climb_m_s) == (60.0, 90.0, 10.0, -0.5)
    assert (state.battery_percent, state.mission_item) == (71.0, 4)
    assert (state.gps_fix, state.fence_ok, state.ekf_ok) == (None, None, True)


def test_failures_in_the_report_are_alarms() -> None:
    state = heard(Satellite(report=replace(REPORT, failure_flags=0x1 | 0x800 | 0x1000, battery=-1)), 1.0).core.state
    assert state is not None
    assert (state.ekf_ok, state.battery_percent) == (False, None)
    assert [one.code for one in alarms_of(state, in_flight=True)] == ["position_lost", "outside_fence"]


def test_px4_reports_the_upper_half_of_its_mode_and_not_whether_it_is_armed() -> None:
    state = heard(Satellite(report=replace(REPORT, autopilot=12, custom_mode=4 | 5 << 8, custom0=0)), 1.0).core.state
    assert state is not None
    assert (state.mode, state.armed, state.armed_is_told, state.mission_item) == ("RETURN", True, False, 5)


def test_nothing_is_sent_over_it_unasked() -> None:
    flock = heard(Satellite(), 60.0)
    assert flock.to[1] == []
    sent = flock.core.turn(b"", flock.now_s + 30.0, 0)
    assert sent == [], "not even our heartbeat"
    flock.core.restart_streams(flock.now_s)  # as after a reconnection
    for _ in range(100):
        flock.step()
    assert flock.to[1] == []


def test_it_is_lost_by_its_own_pace() -> None:
    flock = heard(Satellite(every_s=10.0), 45.0)
    state = flock.core.state
    assert state is not None
    assert state.report_every_s == pytest.approx(10.0, abs=0.1)
    late, lost = (replace(state, link_age_s=age) for age in (20.0, 26.0))
    assert alarms_of(late, in_flight=True) == ()
    assert [one.code for one in alarms_of(lost, in_flight=True)] == ["link_lost"]
    first = heard(Satellite(every_s=1e9), 5.0).core.state
    assert first is not None
    assert not first.is_lost(first.heard_s + 150.0), "one report tells no pace: PX4's usual one counts"
    assert first.is_lost(first.heard_s + 200.0)


def test_an_order_is_given_and_waited_for_as_long_as_such_a_link_takes() -> None:
    flock = heard(Satellite(), 5.0)
    state = flock.core.state
    assert state is not None
    running = flock.begin(return_job(state), 1)
    for _ in range(600):
        flock.step()
    orders = [one for _, one in flock.to[1] if isinstance(one, m.CommandLong)]
    assert [(one.command, one.param2) for one in orders] == [(176, 6.0)], "it is repeated before an answer can come"
    vehicle = flock.vehicles[1]
    assert isinstance(vehicle, Satellite)
    vehicle.report = replace(REPORT, custom_mode=6)
    (events,) = flock.ended(running)
    assert [type(one).__name__ for one in events] == ["Done"]


def test_a_vehicle_that_is_heard_in_full_again_is_asked_for_its_telemetry() -> None:
    vehicle = Satellite()
    flock = heard(vehicle, 15.0)
    vehicle.beats, vehicle.next_s = True, 0.0
    flock.until(lambda: vehicle.streams, limit_s=5)
    state = flock.core.state
    assert state is not None
    assert not state.high_latency
    assert state.lost_after_s == 3.5
    vehicle.beats, vehicle.next_s = False, 0.0
    for _ in range(400):
        flock.step()
    state = flock.core.state
    assert state is not None
    assert state.high_latency


def test_reports_beside_heartbeats_make_no_slow_link() -> None:
    flock = heard(Satellite(beats=True), 5.0)
    flock.to_us += Codec(Address(1, 1)).encode(REPORT)
    flock.step()
    state = flock.core.state
    assert state is not None
    assert not state.high_latency


class SatelliteLine(TcpVehicle):
    """The report over TCP; keeps the numbers of the messages that reach it."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        super().__init__(Satellite(every_s=0.4))

    @override
    def answers(self, data: bytes, now_s: float) -> bytes:
        self.got += [f.received.message for f in Codec(Address(0, 0)).feed(data) if f.received is not None]
        said = super().answers(data, now_s)
        if isinstance(self.vehicle, Satellite) and self.vehicle.mode:
            self.vehicle.report = replace(REPORT, custom_mode=self.vehicle.mode)
        return said


@pytest.fixture
def line() -> Iterator[SatelliteLine]:
    served = SatelliteLine()
    yield served
    served.close()


def test_transfers_are_refused_before_anything_is_sent(line: SatelliteLine) -> None:
    with Station.connect(f"tcp:127.0.0.1:{line.port}") as station:
        for refused in (
            lambda: station.upload(patrol(3)),
            station.download,
            lambda: parameters(station, ("RTL_ALT",)),
            lambda: list(station.fly()),
        ):
            with pytest.raises(LinkTooPoor, match=r"HIGH_LATENCY2.*Nothing was sent"):
                refused()
        station.return_home()
    assert {type(one).__name__ for one in line.got} <= {"Heartbeat", "CommandLong"}


def test_the_command_says_not_stored_and_why_and_watch_shows_what_kind_of_link_it_is(
    line: SatelliteLine, tmp_path: Path
) -> None:
    to = f"tcp:127.0.0.1:{line.port}"
    write_mission(patrol(3), tmp_path / "p.plan")
    result = CliRunner().invoke(app, ["upload", str(tmp_path / "p.plan"), "--to", to, "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verdict"]) == (1, "not_stored")
    assert "HIGH_LATENCY2" in told["reason"]
    result = CliRunner().invoke(app, ["watch", "--to", to, "--seconds", "1"])
    shown = json.loads(result.stdout.splitlines()[0])
    assert (shown["high_latency"], shown["armed"], shown["mode"]) == (True, True, "AUTO")
    assert shown["report_every_s"] == pytest.approx(0.4, abs=0.3)
