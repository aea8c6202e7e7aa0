"""Faults by hand on a running vehicle: over the network, with a ground station listening."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pymavlink import mavutil
from typer.testing import CliRunner

from planner.model.errors import BadInput
from sitl.cli.sim import app
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import config


@pytest.fixture
def vehicle() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(), speedup=10) as running:
        yield running


def run(vehicle: SimulatedVehicle, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["fault", *arguments, "--to", f"tcp:127.0.0.1:{vehicle.port}"])
    return result.exit_code, result.output


def listen(vehicle: SimulatedVehicle) -> mavutil.mavtcp:
    link = mavutil.mavlink_connection(f"tcp:127.0.0.1:{vehicle.port}", source_system=255, source_component=190)
    assert link.wait_heartbeat(timeout=10) is not None
    return link


def heard(link: mavutil.mavtcp, seconds: float) -> int:
    """Heartbeats that come in."""
    until, count = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 0:
        count += link.recv_match(type="HEARTBEAT", blocking=True, timeout=left) is not None
    return count


def test_a_fault_is_begun_confirmed_listed_and_ended(vehicle: SimulatedVehicle) -> None:
    assert run(vehicle) == (0, "no faults\n")
    assert run(vehicle, "wind=8@270") == (0, "wind 8 m/s from 270: active, measured 8 m/s of wind\n")
    code, text = run(vehicle, "--json")
    assert (code, json.loads(text)["faults"][0]["kind"]) == (0, "wind")
    assert run(vehicle, "wind", "--end") == (0, "no faults\n")
    assert vehicle.truth().faults == ()


def test_a_lost_link_is_silent_until_the_trainer_ends_it(vehicle: SimulatedVehicle) -> None:
    link = listen(vehicle)
    code, text = run(vehicle, "link-loss")
    assert (code, "active" in text) == (0, True)
    heard(link, 0.3)
    assert heard(link, 0.7) == 0
    assert run(vehicle, "--end") == (0, "no faults\n")
    assert heard(link, 0.7) >= 5
    link.close()


def test_a_link_fault_that_nobody_feels_is_not_called_active(vehicle: SimulatedVehicle) -> None:
    code, text = run(vehicle, "link-drop=0.5")
    assert code == 1
    assert "shows no effect" in text


@pytest.mark.parametrize(("fault", "least", "most"), [("link-drop=0.6", 4, 30), ("link-duplicate=1", 70, 90)])
def test_messages_are_lost_and_doubled(vehicle: SimulatedVehicle, fault: str, least: int, most: int) -> None:
    link = listen(vehicle)  # ten times real time: 40 heartbeats in 4 s
    assert run(vehicle, fault)[0] == 0
    heard(link, 0.3)
    assert least <= heard(link, 4.0) <= most
    link.close()


def test_a_slow_link_answers_late_by_the_delay_there_and_back(vehicle: SimulatedVehicle) -> None:
    link = listen(vehicle)
    assert run(vehicle, "link-delay=0.5")[0] == 0
    began = time.monotonic()
    link.mav.param_request_read_send(1, 1, b"RTL_ALT", -1)
    assert link.recv_match(type="PARAM_VALUE", blocking=True, timeout=10) is not None
    assert 0.95 <= time.monotonic() - began < 3
    link.close()


def test_faults_are_refused_on_what_is_no_practice_vehicle() -> None:
    def talk(server: socket.socket) -> None:
        link, _ = server.accept()
        with link:
            link.sendall(b"\xfd\x09" * 50)
            link.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as other:
        talker = threading.Thread(target=talk, args=[other])
        talker.start()
        result = CliRunner().invoke(app, ["fault", "gps-loss", "--to", f"tcp:127.0.0.1:{other.getsockname()[1]}"])
        talker.join()
    assert isinstance(result.exception, BadInput)
    assert "no practice vehicle" in str(result.exception)


@pytest.mark.parametrize("arguments", [["storm"], ["wind=1000"], ["camera", "--for-s", "-1"], ["camera", "--end"]])
def test_a_wrong_fault_is_one_sentence(vehicle: SimulatedVehicle, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["fault", *arguments, "--to", f"tcp:127.0.0.1:{vehicle.port}"])
    assert isinstance(result.exception, BadInput)
    assert "\n" not in str(result.exception)


@pytest.mark.parametrize("line", [b"{}", b"{not json", b'{"do": "begin", "kind": "gusts", "value": "much"}'])
def test_what_a_trainer_mistypes_is_answered_not_fatal(vehicle: SimulatedVehicle, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", vehicle.port)) as link:
        link.sendall(line + b"\n")
        reply = b""
        while b'"faults"' not in reply:
            reply += link.recv(4096)
    assert b'"ok": false' in reply
    assert run(vehicle)[0] == 0


def test_nobody_there_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    result = CliRunner().invoke(app, ["fault", "camera", "--to", f"tcp:127.0.0.1:{port}"])
    assert isinstance(result.exception, BadInput)
