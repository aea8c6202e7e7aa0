"""MAVSDK, a client that shares no code with this project, drives the practice vehicle."""

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import HOME, config

pytestmark = pytest.mark.peer
pytest.importorskip("mavsdk")


@pytest.fixture
def vehicle() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(), speedup=40) as running:
        yield running


@pytest.fixture
def system(vehicle: SimulatedVehicle) -> Iterator[Any]:
    from mavsdk import ComponentType, Configuration, Mavsdk

    sdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    sdk.add_any_connection(f"tcpout://127.0.0.1:{vehicle.port}")
    found = sdk.first_autopilot(timeout_s=10)
    assert found is not None
    yield found
    sdk.destroy()


def mission() -> list[Any]:
    from mavsdk.plugins.mission_raw.mission_raw import MissionItem

    def one(seq: int, frame: int, command: int, z: float, *, north: float | None = None) -> Any:
        x, y = (0, 0) if north is None else (round((HOME.lat_deg + north) * 1e7), round(HOME.lon_deg * 1e7))
        return MissionItem(seq, frame, command, int(seq == 0), 1, 0, 0, 0, 0, x, y, z, 0)

    return [one(0, 0, 16, 5.0, north=0.0), one(1, 6, 22, 15.0), one(2, 6, 16, 15.0, north=0.0005), one(3, 2, 20, 0.0)]


def until(done: Callable[[], bool], vehicle: SimulatedVehicle) -> None:
    for _ in range(400):
        if done():
            return
        vehicle.wait(0.05)
    pytest.fail("it did not happen")


def works(call: Callable[[], object]) -> bool:
    try:
        call()
    except Exception as error:
        if any(word in str(error) for word in ("FAILED", "TOO_MANY", "DENIED")):
            return False
        raise
    return True


def test_mavsdk_uploads_reads_back_and_flies(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.action.action import Action
    from mavsdk.plugins.mission_raw.mission_raw import MissionRaw

    raw, action = MissionRaw(system), Action(system)
    until(lambda: works(lambda: raw.upload_mission(mission())), vehicle)  # refused for space while booting
    back = [(i.command, i.frame, i.x, i.y, i.z) for i in raw.download_mission()]
    assert back[1:] == [(22, 3, 0, 0, 15.0), (16, 3, 519505000, 40500000, 15.0), (20, 0, 0, 0, 0.0)]
    progress: queue.Queue[int] = queue.Queue()
    raw.subscribe_mission_progress(lambda p, *_: progress.put(p.current))
    until(lambda: works(action.arm), vehicle)
    assert works(action.takeoff)
    until(lambda: vehicle.truth().height_m > 1.5, vehicle)
    assert works(raw.start_mission)
    until(lambda: not vehicle.truth().armed, vehicle)
    seen = [progress.get(timeout=5) for _ in range(3)]
    assert seen == sorted(seen)
    assert vehicle.truth().landed


def test_mavsdk_stores_fence_and_rally_points(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.mission_raw.mission_raw import MissionItem, MissionRaw

    raw = MissionRaw(system)
    circle = MissionItem(0, 0, 5003, 0, 1, 75.5, 0, 0, 0, 519500000, 40500000, 0.0, 1)
    rally = MissionItem(0, 3, 5100, 0, 1, 0, 0, 0, 0, 519500000, 40500000, 25.7, 2)
    until(lambda: works(lambda: raw.upload_geofence([circle])), vehicle)
    assert works(lambda: raw.upload_rally_points([rally]))
    assert raw.download_geofence()[0].param1 == 75.5
    assert raw.download_rallypoints()[0].z == 25.0


@pytest.fixture
def px4() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(autopilot="px4"), speedup=40) as running:
        yield running


@pytest.fixture
def px4_system(px4: SimulatedVehicle) -> Iterator[Any]:
    from mavsdk import ComponentType, Configuration, Mavsdk

    sdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
    sdk.add_any_connection(f"tcpout://127.0.0.1:{px4.port}")
    found = sdk.first_autopilot(timeout_s=10)
    assert found is not None
    yield found
    sdk.destroy()


def test_mavsdk_uploads_reads_back_and_flies_with_px4s_manners(px4_system: Any, px4: SimulatedVehicle) -> None:
    from mavsdk.plugins.action.action import Action
    from mavsdk.plugins.mission_raw.mission_raw import MissionRaw

    raw, action = MissionRaw(px4_system), Action(px4_system)
    items = mission()[1:]
    for number, one in enumerate(items):
        one.seq, one.current = number, int(number == 0)
    until(lambda: px4.truth().simulated_s > 12, px4)
    raw.upload_mission(items)
    assert [(i.command, i.z) for i in raw.download_mission()] == [(22, 15.0), (16, 15.0), (20, 0.0)]
    action.arm()
    raw.start_mission()
    until(lambda: px4.truth().height_m > 10, px4)
    until(lambda: not px4.truth().armed, px4)
    assert px4.truth().landed


def test_mavsdk_injects_failures_once_they_are_allowed(px4_system: Any, px4: SimulatedVehicle) -> None:
    from mavsdk.plugins.failure.failure import Failure, FailureError, FailureType, FailureUnit
    from mavsdk.plugins.param.param import Param

    failure = Failure(px4_system)
    with pytest.raises(FailureError):
        failure.inject(FailureUnit.SENSOR_GPS, FailureType.OFF, 0)
    assert px4.truth().faults == ()
    Param(px4_system).set_param_int("SYS_FAILURE_EN", 1)
    Failure(px4_system).inject(FailureUnit.SENSOR_GPS, FailureType.OFF, 0)
    assert px4.truth().faults == ("gps-loss",)
