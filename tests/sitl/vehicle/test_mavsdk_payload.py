"""MAVSDK's gimbal and camera plugins, which share no code with this project, on the practice vehicle."""

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import config

pytestmark = pytest.mark.peer
pytest.importorskip("mavsdk")


def connected(vehicle: SimulatedVehicle) -> Iterator[Any]:
    from mavsdk import ComponentType, Configuration, Mavsdk

    sdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    sdk.add_any_connection(f"tcpout://127.0.0.1:{vehicle.port}")
    found = sdk.first_autopilot(timeout_s=10)
    assert found is not None
    yield found
    sdk.destroy()


STREAMED = ("SR0_EXTRA3", 4.0)
"""ArduPilot's parameter for the stream with GIMBAL_DEVICE_ATTITUDE_STATUS, by which MAVSDK finds its gimbal."""


@pytest.fixture(params=["ardupilot", "px4"])
def vehicle(request: pytest.FixtureRequest) -> Iterator[SimulatedVehicle]:
    streamed = (STREAMED,) if request.param == "ardupilot" else ()
    with SimulatedVehicle(config(autopilot=request.param, parameters=streamed), speedup=10) as running:
        yield running


@pytest.fixture
def system(vehicle: SimulatedVehicle) -> Iterator[Any]:
    yield from connected(vehicle)


def until(done: Callable[[], bool], vehicle: SimulatedVehicle) -> None:
    for _ in range(400):
        if done():
            return
        vehicle.wait(0.05)
    pytest.fail("it did not happen")


def test_mavsdk_finds_the_gimbal_claims_it_and_points_it(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.gimbal.gimbal import ControlMode, Gimbal, GimbalMode, SendMode

    gimbal = Gimbal(system)
    seen: queue.Queue[Any] = queue.Queue()
    gimbal.subscribe_gimbal_list(lambda found, *_: seen.put(found))
    until(lambda: bool(gimbal.gimbal_list().gimbals), vehicle)
    number = gimbal.gimbal_list().gimbals[0].gimbal_id
    gimbal.take_control(number, ControlMode.PRIMARY)
    until(lambda: gimbal.get_control_status(number).control_mode == ControlMode.PRIMARY, vehicle)
    gimbal.set_angles(number, 0.0, -35.0, 20.0, GimbalMode.YAW_FOLLOW, SendMode.ONCE)
    until(lambda: abs(vehicle.truth().camera.pitch_deg + 35) < 0.5, vehicle)
    assert vehicle.truth().camera.yaw_deg == pytest.approx(20, abs=1)
    gimbal.release_control(number)
    until(lambda: gimbal.get_control_status(number).control_mode == ControlMode.NONE, vehicle)


def test_mavsdk_takes_pictures_with_the_autopilots_camera(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.camera.camera import Camera

    camera = Camera(system)
    seen: queue.Queue[Any] = queue.Queue()
    camera.subscribe_camera_list(lambda found, *_: seen.put(found))
    until(lambda: bool(camera.camera_list().cameras), vehicle)
    number = camera.camera_list().cameras[0].component_id
    camera.take_photo(number)
    until(lambda: vehicle.truth().pictures == 1, vehicle)


def test_without_that_stream_mavsdk_finds_no_gimbal_until_it_asks_for_it() -> None:
    """As with a real ArduCopter, which does not answer for GIMBAL_DEVICE_INFORMATION and streams nothing unasked."""
    from mavsdk.plugins.gimbal.gimbal import Gimbal
    from mavsdk.plugins.mavlink_direct.mavlink_direct import MavlinkDirect, MavlinkMessage

    with SimulatedVehicle(config(), speedup=10) as vehicle, contextmanager(connected)(vehicle) as system:
        gimbal, start_s = Gimbal(system), vehicle.truth().simulated_s
        until(lambda: vehicle.truth().simulated_s > start_s + 20, vehicle)
        assert not gimbal.gimbal_list().gimbals
        asked = {"target_system": 1, "target_component": 1, "req_stream_id": 12, "req_message_rate": 4}
        request = MavlinkMessage("REQUEST_DATA_STREAM", 255, 190, 1, 1, json.dumps({**asked, "start_stop": 1}))
        MavlinkDirect(system).send_message(request)
        until(lambda: bool(gimbal.gimbal_list().gimbals), vehicle)
