"""Two vehicles behind MAVProxy as a router: both are heard on one port, and each gets its own mission."""

import subprocess
import sys
from pathlib import Path

from planner.link.station import Station
from planner.link.verdict import Stored
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.planner.link.test_station import _free_port
from tests.planner.link.test_store import patrol

ROUTER = Path(sys.executable).with_name("mavproxy.py")


def test_two_vehicles_behind_mavproxy_are_told_apart(tmp_path: Path) -> None:
    drones = [SimulatedVehicle(VehicleConfig(system_id=n), port=0) for n in (1, 2)]
    for drone in drones:
        drone.start()
    port = _free_port()
    masters = [f"--master=tcp:127.0.0.1:{drone.port}" for drone in drones]
    router = subprocess.Popen(
        [sys.executable, str(ROUTER), *masters, f"--out=udp:127.0.0.1:{port}", "--daemon", "--non-interactive"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with Station.connect(f"udpin:127.0.0.1:{port}", vehicle=2, timeout_s=40.0) as station:
            while len(station.listen_for_others(0.1)) < 2:
                assert router.poll() is None, "the router has ended"
            missions = {1: patrol(4), 2: patrol(9)}
            for system, mission in missions.items():
                assert isinstance(station.vehicle(system).upload(mission), Stored)
            held = {system: len(station.vehicle(system).download()) for system in missions}
    finally:
        router.terminate()
        router.wait(10)
        for drone in drones:
            drone.stop()
    assert held == {system: len(mission) for system, mission in missions.items()}
