"""The practice vehicle's speed, and its camera's pictures per second.

Run: python -m bench.simulator. "x" is simulated seconds per second of this machine, always in flight. "All streams" are
every message that the vehicle has, RATE_HZ times a simulated second; over TCP it is what our station asks for.
"""

import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from planner.geo.camera import Attitude
from planner.geo.points import LatLon, LocalFrame, destination
from planner.link.events import Flown, LostSight, NotFlown
from planner.link.station import Station
from planner.model.mission import Command, Mission, item
from sitl.autopilot.core import STEP_S, Autopilot
from sitl.autopilot.situation import VehicleConfig
from sitl.camera.shutter import HarbourShutter
from sitl.server import SimulatedVehicle
from sitl.shots import Shot
from sitl.wire import Wire
from sitl.world.harbour import Harbour, practice_harbour
from tests.sitl.vehicle.script import START, TAKEOFF, north
from tests.sitl.vehicle.script import Station as Script

FLOWN_S, ROUNDS = 120.0, 3
MEASURED_S = 5.0
PICTURES = 24
RATE_HZ = 10


def flying(*, streams: bool) -> Script:
    """A vehicle on its way to a place 3 km off."""
    script = Script().ready()
    if streams:
        script.send("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=RATE_HZ, start_stop=1)
    script.fly(TAKEOFF, north(3000))
    script.wait(20)
    return script


def alone(*, streams: bool) -> float:
    """Simulated seconds per second without a network; with `streams` the messages are also packed."""
    rates = []
    for _ in range(ROUNDS):
        autopilot, wire = flying(streams=streams).autopilot, Wire(1, 1)
        begun = time.perf_counter()
        _let_fly(autopilot, wire)
        rates.append(FLOWN_S / (time.perf_counter() - begun))
        assert autopilot.truth().height_m > 10, "it was meant to fly all the time"
    return max(rates)


def _let_fly(autopilot: Autopilot, wire: Wire) -> None:
    began_s = autopilot.now.now_s
    while autopilot.now.now_s - began_s < FLOWN_S:
        autopilot.step(autopilot.now.now_s + STEP_S)
        for send in autopilot.drain():
            wire.write(send.message)


def over_tcp() -> float:
    """Simulated seconds per second of a vehicle that hovers, with our own station as its client."""
    config = VehicleConfig(home=LatLon(51.95, 4.05), home_msl_m=5.0, armable_s=2.0, start_utc=START)
    far = destination(config.home, towards_deg=0.0, range_m=5_000.0)
    takeoff = item(Command.NAV_TAKEOFF, at=config.home, height_m=30.0)
    mission = Mission((takeoff, item(Command.NAV_WAYPOINT, at=far, height_m=30.0)))
    with SimulatedVehicle(config, speedup=1000) as vehicle, Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        ended: list[object] = []
        threading.Thread(target=lambda: ended.extend(_fly(station, mission)), daemon=True).start()
        while vehicle.truth().height_m < 25 and not ended:
            time.sleep(0.02)
        if ended:
            raise SystemExit(f"it did not take off: {ended}")
        began, from_s = time.perf_counter(), vehicle.truth().simulated_s
        while time.perf_counter() - began < MEASURED_S and vehicle.truth().height_m > 20:
            time.sleep(0.05)
        return (vehicle.truth().simulated_s - from_s) / (time.perf_counter() - began)


def _fly(station: Station, mission: Mission) -> list[object]:
    return [event for event in station.fly(mission) if isinstance(event, Flown | NotFlown | LostSight)]


def pictures_per_s(workers: int) -> float:
    """Pictures written per second, once every process has its first behind it."""
    harbour = practice_harbour(0)
    with tempfile.TemporaryDirectory() as folder:
        shutter = HarbourShutter(harbour, Path(folder), workers=workers)
        for shot in _shots(harbour, 2 * workers):
            shutter.take(shot)
        while shutter.pending:
            time.sleep(0.01)
        begun = time.perf_counter()
        for shot in _shots(harbour, PICTURES):
            shutter.take(shot)
        shutter.close()
        seconds = time.perf_counter() - begun
        if shutter.failures:
            raise SystemExit(shutter.failures[0])
    return PICTURES / seconds


def _shots(harbour: Harbour, count: int) -> list[Shot]:
    """Pictures straight down from 82 m, spread over the harbour's area."""
    frame, rng = LocalFrame(harbour.origin), np.random.default_rng(0)
    corners = np.array(frame.to_metres(harbour.area.outline))
    low, high = corners.min(axis=0), corners.max(axis=0)
    places = frame.to_places(rng.uniform(low, high, (count, 2)))
    down, level = Attitude(0.0, -90.0, 0.0), Attitude(0.0, 0.0, 0.0)
    return [Shot(n, START, at, 82.0, 79.0, down, level, 8.0) for n, at in enumerate(places, 1)]


def main() -> None:
    print(f"{'the vehicle alone, no streams':44}{alone(streams=False):8.0f} x")
    print(f"{f'the vehicle alone, all streams at {RATE_HZ} Hz':44}{alone(streams=True):8.0f} x")
    print(f"{'over TCP with our station as its one client':44}{over_tcp():8.0f} x")
    for workers in (1, 2):
        name = f"camera, 1920 x 1080, {workers} process{'es' if workers > 1 else ''}"
        print(f"{name:44}{pictures_per_s(workers):8.1f} pictures/s")


if __name__ == "__main__":
    main()
