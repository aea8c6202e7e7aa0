"""MAVSDK's plugins for missions, fences, parameters, telemetry, actions and following, as its examples use them."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sitl.autopilot.messages import Mode
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import HOME, config
from tests.sitl.vehicle.test_mavsdk_payload import connected, until

pytestmark = pytest.mark.peer
pytest.importorskip("mavsdk")
NAN = math.nan


@pytest.fixture(params=["ardupilot", "px4"])
def vehicle(request: pytest.FixtureRequest) -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(autopilot=request.param), speedup=20) as running:
        yield running


@pytest.fixture
def system(vehicle: SimulatedVehicle) -> Iterator[Any]:
    with contextmanager(connected)(vehicle) as found:
        until(lambda: vehicle.truth().simulated_s > 15, vehicle)
        yield found


def fly_up(system: Any, vehicle: SimulatedVehicle) -> Any:
    from mavsdk.plugins.action.action import Action

    action = Action(system)
    action.set_takeoff_altitude(12.0)
    action.arm()
    action.takeoff()
    until(lambda: vehicle.truth().height_m > 11, vehicle)
    return action


def test_parameters_are_read_set_and_listed(system: Any) -> None:
    from mavsdk.plugins.param.param import Param

    param = Param(system)
    found = param.get_all_params()
    names = {p.name for p in (*found.int_params, *found.float_params)}
    assert len(names) > 190
    name = next(n for n in ("WPNAV_SPEED", "MPC_XY_CRUISE") if n in names)
    param.set_param_float(name, 650.0)
    assert param.get_param_float(name) == 650.0


def test_telemetry_comes_at_the_rates_asked_for_and_is_that_of_the_vehicle(
    system: Any, vehicle: SimulatedVehicle
) -> None:
    from mavsdk.plugins.telemetry.telemetry import Telemetry

    telemetry = Telemetry(system)
    for rate in ("position", "attitude_euler", "battery", "velocity_ned", "home", "landed_state", "health"):
        getattr(telemetry, f"set_rate_{rate}")(4.0)
    until(lambda: not math.isnan(telemetry.position().latitude_deg) and telemetry.health_all_ok(), vehicle)
    assert telemetry.position().latitude_deg == pytest.approx(HOME.lat_deg, abs=1e-6)
    assert telemetry.home().absolute_altitude_m == pytest.approx(5.0, abs=0.5)
    assert not telemetry.in_air()
    fly_up(system, vehicle)
    until(telemetry.in_air, vehicle)
    assert telemetry.armed()
    until(lambda: telemetry.position().relative_altitude_m > 11, vehicle)
    until(lambda: 0 < telemetry.battery().remaining_percent < 100, vehicle)


def test_a_vehicle_goes_to_a_place_holds_and_returns(system: Any, vehicle: SimulatedVehicle) -> None:
    action = fly_up(system, vehicle)
    action.goto_location(HOME.lat_deg + 0.0004, HOME.lon_deg, 25.0, NAN)
    until(lambda: abs(vehicle.truth().at.lat_deg - HOME.lat_deg - 0.0004) < 1e-5, vehicle)
    assert vehicle.truth().msl_m == pytest.approx(25, abs=1)
    action.hold()
    until(lambda: vehicle.truth().speed_m_s < 0.3, vehicle)
    action.return_to_launch()
    until(lambda: not vehicle.truth().armed, vehicle)
    assert vehicle.truth().at.lat_deg == pytest.approx(HOME.lat_deg, abs=2e-5)


def test_a_fence_is_stored_and_read_back(system: Any) -> None:
    from mavsdk.plugins.geofence.geofence import FenceType, Geofence, GeofenceData, Point, Polygon

    corners = ((-0.002, -0.002), (-0.002, 0.002), (0.002, 0.002), (0.002, -0.002))
    ring = [Point(HOME.lat_deg + north, HOME.lon_deg + east) for north, east in corners]
    fence = Geofence(system)
    fence.upload_geofence(GeofenceData([Polygon(ring, FenceType.INCLUSION)], []))
    (polygon,) = fence.download_geofence().polygons
    back = [(round(p.latitude_deg, 6), round(p.longitude_deg, 6)) for p in polygon.points]
    assert back == [(round(p.latitude_deg, 6), round(p.longitude_deg, 6)) for p in ring]


@pytest.mark.parametrize("vehicle", ["px4"], indirect=True)  # on ArduPilot its first item falls into the home slot
def test_a_mission_of_the_mission_plugin_is_flown_to_its_end(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.mission.mission import Mission, MissionItem, MissionPlan

    def item(north: float, east: float) -> Any:
        nothing = (MissionItem.CameraAction.NONE, NAN, NAN, NAN, NAN, NAN, MissionItem.VehicleAction.NONE)
        return MissionItem(HOME.lat_deg + north, HOME.lon_deg + east, 15.0, 5.0, True, NAN, NAN, *nothing)

    mission = Mission(system)
    mission.set_return_to_launch_after_mission(True)
    mission.upload_mission(MissionPlan([item(0.0003, 0.0), item(0.0003, 0.0004)]))
    assert len(mission.download_mission().mission_items) == 2
    fly_up(system, vehicle)
    mission.start_mission()
    until(mission.is_mission_finished, vehicle)
    until(lambda: not vehicle.truth().armed, vehicle)
    assert vehicle.truth().at.lat_deg == pytest.approx(HOME.lat_deg, abs=2e-5)


@pytest.mark.parametrize("vehicle", ["px4"], indirect=True)  # ArduCopter has no MAV_CMD_DO_ORBIT
def test_it_flies_round_a_place(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.action.action import OrbitYawBehavior

    action = fly_up(system, vehicle)
    centre = (HOME.lat_deg + 0.0003, HOME.lon_deg)
    action.do_orbit(20.0, 4.0, OrbitYawBehavior.HOLD_FRONT_TO_CIRCLE_CENTER, *centre, 25.0)
    turned: set[int] = set()

    def is_round() -> bool:
        at = vehicle.truth().at
        north, east = (at.lat_deg - centre[0]) * 111_250, (at.lon_deg - centre[1]) * 68_730
        if abs(math.hypot(north, east) - 20) < 1.5:
            turned.add(int(math.degrees(math.atan2(east, north)) % 360 // 90))
        return turned == {0, 1, 2, 3}

    until(is_round, vehicle)


@pytest.mark.parametrize("vehicle", ["px4"], indirect=True)  # it knows PX4's mode only
def test_it_follows_who_tells_its_place(system: Any, vehicle: SimulatedVehicle) -> None:
    from mavsdk.plugins.follow_me.follow_me import FollowMe, TargetLocation

    fly_up(system, vehicle)
    follow = FollowMe(system)
    follow.start()
    until(follow.is_active, vehicle)
    follow.set_target_location(TargetLocation(HOME.lat_deg + 0.0003, HOME.lon_deg, 5.0, 0.0, 0.0, 0.0))
    eight_m = 8 / 111_250
    until(lambda: abs(vehicle.truth().at.lat_deg - HOME.lat_deg - 0.0003 + eight_m) < 5e-6, vehicle)
    assert vehicle.truth().mode is Mode.FOLLOW
    follow.stop()
    until(lambda: vehicle.truth().mode is Mode.LOITER, vehicle)
