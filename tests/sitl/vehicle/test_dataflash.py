"""The practice vehicle's dataflash log, read by pymavlink."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymavlink import DFReader, mavutil

from planner.model.errors import QuaywatchError
from sitl.dataflash import DataflashLog
from sitl.server import facts_of
from tests.sitl.vehicle.script import HOME, RTL, START, TAKEOFF, Station, item, north

ROOT = Path(__file__).parents[3]


def flown(path: Path) -> Station:
    """A short flight with two pictures, logged."""
    station, log = Station().ready(), DataflashLog(path)
    station.fly(TAKEOFF, north(30), item(203, frame=2, lat=1e-7), north(60), item(203, frame=2, lat=1e-7), RTL)
    taken = 0
    while station.armed:
        station.wait(0.1)
        log.on_state(station.autopilot.truth(), facts_of(station.autopilot))
        for shot in station.shots[taken:]:
            log.on_shot(shot, station.autopilot.now.now_s)
        taken = len(station.shots)
    log.close()
    return station


def read(path: Path) -> list[Any]:
    reader = DFReader.DFReader_binary(str(path))
    messages = []
    while (message := reader.recv_msg()) is not None:
        messages.append(message)
    reader.filehandle.close()
    reader.data_map.close()
    return messages


def test_pymavlink_reads_the_flight_as_it_was(tmp_path: Path) -> None:
    station = flown(tmp_path / "a.BIN")
    messages = read(tmp_path / "a.BIN")
    places = [m for m in messages if m.get_type() == "POS"]
    assert max(m.RelHomeAlt for m in places) == pytest.approx(20, abs=1)
    assert places[-1].Lat == pytest.approx(HOME.lat_deg, abs=1e-5)
    assert [m.ModeNum for m in messages if m.get_type() == "MODE"] == [3]
    cameras = [m for m in messages if m.get_type() == "CAM"]
    assert [m.Img for m in cameras] == [1, 2]
    assert [m.Lat for m in cameras] == pytest.approx([s.at.lat_deg for s in station.shots], abs=1e-6)
    assert [m.Alt for m in cameras] == pytest.approx([s.height_m for s in station.shots], abs=0.02)


def of(messages: list[Any], name: str) -> list[Any]:
    return [m for m in messages if m.get_type() == name]


def test_it_holds_all_parameters_at_the_start_and_each_that_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.BIN"
    station, log = Station().ready(), DataflashLog(path)
    for value in (1500.0, 2500.0, 2500.0):
        station.send("PARAM_SET", param_id="RTL_ALT", param_value=value, param_type=6)
        log.on_state(station.autopilot.truth(), facts_of(station.autopilot))
    log.close()
    parameters = of(read(path), "PARM")
    names = station.autopilot.shown.names
    assert [m.Name for m in parameters] == [*names, "RTL_ALT"]
    assert parameters[-1].Value == 2500.0
    assert {m.Name: m.Value for m in parameters[: len(names)]}["WPNAV_SPEED"] == 1000.0


def test_it_holds_the_mission_and_when_each_item_began(tmp_path: Path) -> None:
    station = flown(tmp_path / "a.BIN")
    commands = of(read(tmp_path / "a.BIN"), "CMD")
    stored = station.autopilot.pilot.stores.mission
    assert [(m.CNum, m.CId) for m in commands[: len(stored)]] == [(n, i.command) for n, i in enumerate(stored)]
    assert {m.CTot for m in commands} == {len(stored)}
    assert commands[2].Lat == pytest.approx(stored[2].x / 1e7, abs=1e-7)
    begun = [m.CNum for m in commands[len(stored) :]]
    assert begun == [n for n, i in enumerate(stored) if i.is_nav and n > 0]
    assert [m.TimeUS for m in commands] == sorted(m.TimeUS for m in commands)


def test_attitude_comes_ten_times_a_second_and_the_battery_once(tmp_path: Path) -> None:
    flown(tmp_path / "a.BIN")
    messages = read(tmp_path / "a.BIN")
    spans = {name: [m.TimeUS for m in of(messages, name)] for name in ("ATT", "GPS", "BAT")}
    hertz = {name: (len(us) - 1) / (us[-1] - us[0]) * 1e6 for name, us in spans.items()}
    assert hertz == pytest.approx({"ATT": 10.0, "GPS": 5.0, "BAT": 1.0}, rel=0.03)
    battery = of(messages, "BAT")
    assert battery[0].CurrTot < battery[-1].CurrTot
    assert 20 < battery[-1].Volt < 25.2


def test_its_times_are_the_simulated_ones(tmp_path: Path) -> None:
    station = flown(tmp_path / "a.BIN")
    last = [m for m in read(tmp_path / "a.BIN") if m.get_type() == "GPS"][-1]
    assert last._timestamp == pytest.approx(START.timestamp() + station.autopilot.now.now_s, abs=1.0)


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(QuaywatchError, match=r"cannot write the log"):
        DataflashLog(tmp_path / "none" / "a.BIN")


def test_the_command_writes_one_until_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "run.BIN"
    command = [sys.executable, "-c", "from sitl.cli.sim import app; app()", "run", "--port", "0", "--json"]
    with subprocess.Popen(
        [*command, "--speedup", "50", "--dataflash", str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        link = mavutil.mavlink_connection(json.loads(running.stdout.readline())["address"])
        for _ in range(3):
            assert link.wait_heartbeat(timeout=10) is not None
        link.close()
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=20)
    assert running.returncode == 0
    assert len([m for m in read(path) if m.get_type() == "ATT"]) >= 4
