"""The practice vehicle's own telemetry log, read by pymavlink."""

from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil

from planner.model.errors import QuaywatchError
from sitl.autopilot.messages import Message
from sitl.server import SimulatedVehicle
from sitl.tlog import TelemetryLog
from tests.sitl.vehicle.script import START, config


def read(path: Path) -> list[Any]:
    log = mavutil.mavlink_connection(str(path))
    messages = []
    while (message := log.recv_match()) is not None:
        messages.append(message)
    log.close()
    return messages


def test_both_directions_are_logged_at_simulated_times(tmp_path: Path) -> None:
    tlog = TelemetryLog(tmp_path / "a.tlog")
    vehicle = SimulatedVehicle(config(), speedup=40)
    vehicle.log_to(tlog=tlog)
    with vehicle:
        link = mavutil.mavlink_connection(f"tcp:127.0.0.1:{vehicle.port}", source_system=255, source_component=190)
        assert link.wait_heartbeat(timeout=10) is not None
        link.mav.param_request_read_send(1, 1, b"RTL_ALT", -1)
        assert link.recv_match(type="PARAM_VALUE", blocking=True, timeout=10) is not None
        link.close()
        vehicle.wait(0.1)
    tlog.close()
    assert tlog.problem is None
    messages = read(tmp_path / "a.tlog")
    assert not [m for m in messages if m.get_type() == "BAD_DATA"]
    kinds = [(m.get_srcSystem(), m.get_type()) for m in messages]
    asked, answered = kinds.index((255, "PARAM_REQUEST_READ")), kinds.index((1, "PARAM_VALUE"))
    assert asked < answered
    beats = [m for m in messages if m.get_type() == "HEARTBEAT"]
    times = [m._timestamp - START.timestamp() for m in beats]
    assert times == pytest.approx([n + 1.0 for n in range(len(beats))], abs=0.05)


def test_a_message_to_all_stands_there_once_without_a_gap(tmp_path: Path) -> None:
    tlog = TelemetryLog(tmp_path / "a.tlog", system_id=7)
    vehicle = SimulatedVehicle(config(system_id=7), speedup=100)
    vehicle.log_to(tlog=tlog)
    with vehicle:
        for _ in range(400):
            if vehicle.truth().simulated_s > 5 or vehicle.wait(0.02):
                break
    tlog.close()
    messages = read(tmp_path / "a.tlog")
    assert len([m for m in messages if m.get_type() == "HEARTBEAT"]) >= 5
    assert {m.get_srcSystem() for m in messages} == {7}
    assert [m.get_seq() for m in messages] == [n % 256 for n in range(len(messages))]


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(QuaywatchError, match="cannot write the log"):
        TelemetryLog(tmp_path / "none" / "a.tlog")


def test_a_full_disk_ends_the_log_and_not_the_flight() -> None:
    log = TelemetryLog(Path("/dev/full"))
    fields = {"type": 2, "autopilot": 3, "base_mode": 0, "custom_mode": 0, "system_status": 3, "mavlink_version": 3}
    for _ in range(2000):
        log.sent(Message("HEARTBEAT", fields), START)
    log.close()
    assert log.problem is not None
    assert log.problem.startswith("the telemetry log stopped")
