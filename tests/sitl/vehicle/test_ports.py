"""Several ways to the vehicle, and several vehicles."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pymavlink import mavutil

from planner.model.errors import BadInput
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import config

ROOT = Path(__file__).parents[3]
RUN = [sys.executable, "-c", "from sitl.cli.sim import app; app()", "run", "--port", "0", "--json"]


def hears_vehicle(address: str) -> int:
    """The system id of the vehicle that is heard at an address."""
    link = mavutil.mavlink_connection(address)
    heartbeat = link.wait_heartbeat(timeout=10)
    link.close()
    assert heartbeat is not None
    return int(heartbeat.get_srcSystem())


def test_it_listens_on_three_ports_at_once() -> None:
    with SimulatedVehicle(config(), speedup=20, further_ports=(0, 0)) as vehicle:
        assert len(set(vehicle.ports)) == 3
        assert [hears_vehicle(f"tcp:127.0.0.1:{port}") for port in vehicle.ports] == [1, 1, 1]


def test_a_ground_station_on_udp_hears_it_and_is_answered() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with SimulatedVehicle(config(), speedup=20, udp_to=("127.0.0.1", port)) as vehicle:
        vehicle.wait(0.3)  # nobody listens yet
        link = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=255)
        assert link.wait_heartbeat(timeout=10) is not None
        link.mav.param_request_read_send(1, 1, b"RTL_ALT", -1)
        answer = link.recv_match(type="PARAM_VALUE", blocking=True, timeout=10)
        link.close()
    assert answer is not None
    assert answer.param_value == 1500


def test_a_port_in_use_frees_the_others_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        vehicle = SimulatedVehicle(config(), further_ports=(taken.getsockname()[1],))
        with pytest.raises(BadInput, match="in use"):
            vehicle.start()


def test_several_vehicles_fly_in_one_process_with_ids_of_their_own() -> None:
    with subprocess.Popen(
        [*RUN, "--count", "3", "--speedup", "20"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = json.loads(running.stdout.readline())
        ids = [hears_vehicle(address) for address in (said["address"], *said["others"])]
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert ids == [1, 2, 3]
    assert (running.returncode, "Traceback" in errors) == (0, False)


def test_several_vehicles_send_to_one_udp_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    link = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=255)
    heard: set[int] = set()
    with subprocess.Popen(
        [*RUN, "--count", "2", "--udp", f"127.0.0.1:{port}"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        while len(heard) < 2:
            beat = link.recv_match(type="HEARTBEAT", blocking=True, timeout=20)
            assert beat is not None
            heard.add(beat.get_srcSystem())
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
    link.close()
    assert heard == {1, 2}
