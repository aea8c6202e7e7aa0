"""MAVSDK's gimbal and camera plugins, which share no code with this project, on the practice vehicle."""

import queue
from collections.abc import Callable, Iterator
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


@pytest.fixture(params=["ardupilot", "px4"])
def vehicle(request: pytest.FixtureRequest) -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(autopilot=request.param), speedup=10) as running:
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


@pytest.mark.parametrize("vehicle", ["px4"], indirect=True)  # ArduPilot streams nothing that MAVSDK could find it by
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
