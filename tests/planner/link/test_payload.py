"""Gimbal protocol v2 and the point that the camera looks at, as the link reads and uses them."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from planner.cli.link_figures import state_figures
from planner.geo.points import LatLon, distance_m
from planner.link import messages as m
from planner.link import orders
from planner.link.commands import Done
from planner.link.errors import NotDone
from planner.link.gimbal import MOST_ASKED, GimbalJob, turn
from planner.link.messages import Address, Message, Received
from planner.link.payload import Gimbal, gimbal_of, looked_at
from planner.link.progress import frames_in
from planner.link.services import CameraFovStatus, GimbalManagerInformation
from planner.link.state import observe
from planner.link.station import Station
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.test_orders import FLYING, answer
from tests.planner.link.test_practice import until
from tests.planner.link.vehicles import ACK_TO, HERE

CAMERA = Address(1, 154)
LIMITED = Gimbal(HERE, 3, (-90.0, 20.0), (-45.0, 45.0))
TOLD = GimbalManagerInformation(1024, 3, math.radians(-90), math.radians(20), math.radians(-45), math.radians(45))


def test_a_manager_tells_device_and_limits_and_may_be_a_component_of_its_own() -> None:
    known = observe(FLYING, Received(CAMERA, TOLD), 1.0).gimbal
    assert known is not None
    assert (known.manager, known.device) == (CAMERA, 3)
    assert known.pitch_deg == pytest.approx((-90.0, 20.0))
    assert known.yaw_deg == pytest.approx((-45.0, 45.0))


def test_another_gimbal_does_not_take_the_place_of_the_first() -> None:
    first = observe(FLYING, Received(HERE, TOLD), 1.0)
    assert observe(first, Received(HERE, replace(TOLD, gimbal_device_id=4)), 2.0).gimbal == first.gimbal


@pytest.mark.parametrize("unknown", [(math.nan, math.nan), (0.0, 0.0), (1.0, -1.0), (-math.inf, 1.0)])
def test_limits_that_are_not_told_or_make_no_sense_limit_nothing(unknown: tuple[float, float]) -> None:
    told = replace(TOLD, pitch_min=unknown[0], pitch_max=unknown[1])
    assert gimbal_of(told, HERE).why_not(80.0, 0.0) == ""


def test_a_gimbal_that_turns_for_ever_has_no_limits_of_yaw() -> None:
    assert gimbal_of(replace(TOLD, cap_flags=2048), HERE).why_not(0.0, 170.0) == ""


@pytest.mark.parametrize(("pitch", "yaw", "words"), [(45.0, 0.0, "pitch from -90 to 20"), (0.0, 60.0, "yaw from -45")])
def test_an_angle_beyond_the_limits_is_refused_in_a_sentence(pitch: float, yaw: float, words: str) -> None:
    with pytest.raises(NotDone, match=f"Gimbal: this one turns in {words}.*nothing was sent"):
        orders.gimbal(replace(FLYING, gimbal=LIMITED), pitch, yaw)


def test_the_commands_go_to_the_manager_with_the_gimbals_id() -> None:
    state = replace(FLYING, gimbal=replace(LIMITED, manager=CAMERA))
    job, (claim,) = orders.gimbal(state, -90.0, 10.0).begin(state, 0.0)
    assert (claim.target_component, claim.command, claim.param7) == (154, 1001, 3.0)
    job, out = answer(job, state, 1001, 0)
    assert out == ()  # the autopilot's answer is not the manager's
    job, (order,) = job.on_received(Received(CAMERA, m.CommandAck(1001, 0, *ACK_TO)), state, 1.0)
    assert (order.target_component, order.command, order.param1, order.param7) == (154, 1000, -90.0, 3.0)
    assert job.on_received(Received(CAMERA, m.CommandAck(1000, 0, *ACK_TO)), state, 1.0)[1] == (Done(),)


@dataclass
class Mounted(Copter):
    """Tells of its gimbal when it is asked for the `answers`-th time."""

    answers: int = 1
    asked: int = 0

    @override
    def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
        if (one.command, one.param1) != (512, 280.0):
            return super().command(one, now_s)
        self.asked += 1
        return (TOLD,) if self.asked == self.answers else (m.CommandAck(512, 3, *ACK_TO),)


@pytest.mark.parametrize(("answers", "asked"), [(1, 1), (3, 3), (99, MOST_ASKED)])
def test_the_gimbal_is_asked_for_until_it_is_told_and_not_for_ever(answers: int, asked: int) -> None:
    rig = Rig(Mounted(answers=answers))
    rig.run(GimbalJob())
    assert rig.vehicle.asked == asked  # type: ignore[attr-defined]
    assert (rig.core.state is not None and rig.core.state.gimbal is not None) == (answers == asked)
    rig.run(GimbalJob())
    assert answers == 99 or rig.vehicle.asked == asked  # type: ignore[attr-defined]


@pytest.mark.parametrize("autopilot", ["ardupilot", "px4"])
def test_the_practice_drone_is_asked_for_its_limits_once_then_claimed_and_turned_within_them(
    autopilot: Literal["ardupilot", "px4"], tmp_path: Path
) -> None:
    log = tmp_path / "gimbal.tlog"
    config = VehicleConfig(home=LatLon(51.95, 4.05), armable_s=1.0, autopilot=autopilot)
    with (
        SimulatedVehicle(config, speedup=10) as drone,
        Station.connect(f"tcp:127.0.0.1:{drone.port}", tlog=log) as station,
    ):
        assert turn(station, -60.0, 10.0) == "The vehicle did it."
        with pytest.raises(NotDone, match="pitch from -90 to 20 degrees, and 45 was asked for"):
            turn(station, 45.0)
    told = [frame.received.message for frame in frames_in(log.read_bytes()) if frame.received is not None]
    sent = [one for one in told if isinstance(one, m.CommandLong)]
    mount = [one for one in sent if one.command in {1000, 1001} or (one.command, one.param1) == (512, 280)]
    assert [(one.command, one.param7) for one in mount] == [(512, 0.0), (1001, 1.0), (1000, 1.0)]
    assert (mount[1].param1, mount[1].param2) == (255, 190)
    acks = [one.result for one in told if isinstance(one, m.CommandAck) and one.command in {1000, 1001}]
    assert acks == [0, 0]


def test_the_practice_drone_tells_where_its_camera_looks() -> None:
    with (
        SimulatedVehicle(VehicleConfig(home=LatLon(51.95, 4.05), armable_s=1.0), speedup=10) as drone,
        Station.connect(f"tcp:127.0.0.1:{drone.port}") as station,
    ):
        turn(station, -60.0)
        seen = until(station, lambda state: state.camera_at is not None and state.at is not None)
    assert seen.camera_at is not None
    assert seen.at is not None
    assert distance_m(seen.camera_at, seen.at) < 30.0


@given(st.floats(-90, 90), st.floats(-179.9, 179.9))
def test_the_point_in_the_middle_of_the_picture_is_in_the_state(lat: float, lon: float) -> None:
    e7 = (round(lat * 1e7), round(lon * 1e7))
    after = observe(FLYING, Received(CAMERA, CameraFovStatus(*e7)), FLYING.heard_s)
    assert after.camera_at == (None if e7 == (0, 0) else LatLon(e7[0] / 1e7, e7[1] / 1e7))


@pytest.mark.parametrize("e7", [(2**31 - 1, 40_000_000), (519_000_000, 2**31 - 1), (0, 0), (1_000_000_000, 0)])
def test_a_camera_that_looks_at_no_ground_has_no_point(e7: tuple[int, int]) -> None:
    assert looked_at(CameraFovStatus(*e7)) is None


def test_a_point_that_is_no_longer_told_is_no_longer_shown() -> None:
    after = observe(FLYING, Received(HERE, CameraFovStatus(519_000_000, 40_000_000)), FLYING.heard_s)
    assert replace(after, link_age_s=4.0).camera_at is not None
    assert replace(after, heard_s=FLYING.heard_s + 4.0, link_age_s=2.0).camera_at is None


def test_watch_prints_the_point_or_null() -> None:
    after = observe(FLYING, Received(HERE, CameraFovStatus(519_000_000, 40_000_000)), FLYING.heard_s)
    assert state_figures(after)["camera_at"] == {"lat_deg": 51.9, "lon_deg": 4.0}
    assert state_figures(FLYING)["camera_at"] is None
