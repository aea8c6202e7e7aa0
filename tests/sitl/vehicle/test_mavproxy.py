"""MAVProxy, as a program of its own on a terminal, drives the practice vehicle."""

import importlib.util
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitl.autopilot.messages import Mode
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import HOME, config

pytestmark = pytest.mark.peer
if importlib.util.find_spec("MAVProxy") is None:
    pytest.skip("MAVProxy is not installed: pip install --no-deps -r .ci/peers.txt", allow_module_level=True)
PATIENCE_S = 30.0


class Terminal:
    """MAVProxy under a pseudo-terminal: type a line, wait for words."""

    def __init__(self, port: int, folder: Path) -> None:
        self._end, inside = pty.openpty()
        script = Path(sys.executable).with_name("mavproxy.py")
        modules = "--default-modules=wp,fence,rally,arm,mode,param,cmdlong,misc"
        command = [sys.executable, str(script), f"--master=tcp:127.0.0.1:{port}", modules, f"--state-basedir={folder}"]
        self._program = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, cwd=folder)
        os.close(inside)
        self.said = ""

    def types(self, line: str, *, then: str) -> None:
        """Types a line; waits until the program says `then` after it."""
        start = len(self.said)
        os.write(self._end, f"{line}\n".encode())
        self.waits_for(then, start=start)

    def waits_for(self, words: str, *, start: int = 0) -> None:
        until = time.monotonic() + PATIENCE_S
        while words not in self.said[start:]:
            if time.monotonic() > until:
                pytest.fail(f"MAVProxy never said {words!r}:\n{self.said[start:]}")
            if select.select([self._end], [], [], 0.2)[0]:
                self.said += os.read(self._end, 4096).decode(errors="replace")

    def close(self) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._end)


@pytest.fixture
def vehicle() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(), speedup=20) as running:
        yield running


@pytest.fixture
def terminal(vehicle: SimulatedVehicle, tmp_path: Path) -> Iterator[Terminal]:
    running = Terminal(vehicle.port, tmp_path)
    try:
        running.waits_for(" parameters")
        while vehicle.truth().simulated_s < 12:
            vehicle.wait(0.05)
        yield running
    finally:
        running.close()


def waypoints(folder: Path, name: str, *rows: tuple[int, int, float, float, float, float]) -> Path:
    """A QGC WPL file of rows (frame, command, parameter 1, north, east in degrees from home, height)."""
    lines = ["QGC WPL 110"]
    for n, (frame, command, p1, d_north, d_east, z) in enumerate(rows):
        lat, lon = HOME.lat_deg + d_north, HOME.lon_deg + d_east
        lines.append("\t".join(map(str, (n, int(n == 0), frame, command, p1, 0, 0, 0, lat, lon, z, 1))))
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def test_mavproxy_loads_a_mission_arms_and_flies_it(
    terminal: Terminal, vehicle: SimulatedVehicle, tmp_path: Path
) -> None:
    rows = (
        (0, 16, 0, 0.0, 0.0, 5.0),
        (3, 22, 0, 0.0, 0.0, 15.0),
        (3, 16, 0, 0.0004, 0.0, 15.0),
        (3, 20, 0, 0.0, 0.0, 0),
    )
    terminal.types(f"wp load {waypoints(tmp_path, 'a.txt', *rows)}", then="Flight plan received")
    terminal.types(f"wp save {tmp_path / 'back.txt'}", then="Saved 4 waypoints")
    assert [line.split("\t")[3] for line in (tmp_path / "back.txt").read_text().splitlines()[1:]] == [
        "16",
        "22",
        "16",
        "20",
    ]
    terminal.types("mode guided", then="Mode GUIDED")
    terminal.types("arm throttle", then="ARMED")
    terminal.types("long MISSION_START 0 0", then="Mode AUTO")
    terminal.waits_for("DISARMED")
    assert vehicle.truth().landed
    assert vehicle.truth().at.lat_deg == pytest.approx(HOME.lat_deg, abs=2e-5)


def test_mavproxy_loads_a_fence_that_forbids_arming_outside_it(
    terminal: Terminal, vehicle: SimulatedVehicle, tmp_path: Path
) -> None:
    corners = [(0.001, 0.001), (0.001, 0.003), (0.003, 0.003), (0.003, 0.001)]
    rows = tuple((0, 5001, 4, north, east, 0.0) for north, east in corners)
    terminal.types(f"fence load {waypoints(tmp_path, 'fence.txt', *rows)}", then="Fence Indexed OK")
    terminal.types("param set FENCE_TYPE 4", then="FENCE_TYPE")
    terminal.types("fence enable", then="Fence enabled")
    terminal.types("mode guided", then="Mode GUIDED")
    terminal.types("arm throttle", then="Vehicle breaching Polygon fence")
    assert not vehicle.truth().armed
    assert vehicle.truth().mode is Mode.GUIDED


def test_mavproxys_fault_parameters_have_their_effect(terminal: Terminal, vehicle: SimulatedVehicle) -> None:
    terminal.types("param set SIM_GPS1_ENABLE 0", then="SIM_GPS1_ENABLE")
    until = time.monotonic() + PATIENCE_S
    while not vehicle.truth().faults and time.monotonic() < until:
        vehicle.wait(0.05)
    assert vehicle.truth().faults == ("gps-loss",)
