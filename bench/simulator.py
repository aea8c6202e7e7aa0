"""The practice vehicle's speed, and its camera's pictures per second.

Run: python -m bench.simulator. "x" is simulated seconds per second of this machine, always in flight. "All streams" are
every message that the vehicle has, RATE_HZ times a simulated second; over TCP it is what our station asks for. Stills
are drawn, coded as JPEG and written with metadata and truth; video is drawn, coded as H.264 and muxed. CPU seconds are
those of all processes together: what the machine needs for a picture however busy it is (other programs that crowd
the memory still make them longer). Both are counted once the processes have started.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from planner.geo.camera import Attitude
from planner.geo.points import LatLon, LocalFrame, destination
from planner.link.events import Flown, LostSight, NotFlown
from planner.link.station import Station
from planner.model.mission import Command, Mission, item
from sitl.autopilot.core import STEP_S, Autopilot
from sitl.autopilot.situation import VehicleConfig
from sitl.camera.encode import PART_FRAMES
from sitl.camera.film import Film, FilmPlan, film_shots, write_film
from sitl.camera.render import render
from sitl.camera.shutter import HarbourShutter
from sitl.scenario.light import look_of
from sitl.scenario.values import Weather
from sitl.server import SimulatedVehicle
from sitl.shots import Shot
from sitl.wire import Wire
from sitl.world.harbour import Harbour, practice_harbour
from tests.sitl.vehicle.script import START, TAKEOFF, north
from tests.sitl.vehicle.script import Station as Script

FLOWN_S, ROUNDS = 120.0, 3
MEASURED_S = 5.0
PICTURES, FRAMES = 24, 120
RATE_HZ = 10
NOON, DUSK, NIGHT = (datetime(2026, 6, 23, hour, tzinfo=UTC) for hour in (12, 20, 23))
LIGHTS: dict[str, tuple[Weather, datetime, str | None]] = {
    "fair": (Weather(), NOON, None),
    "rough, with glint and foam": (Weather(wind_m_s=13.0, sea_state=5), NOON, None),
    "haze": (Weather(visibility_m=2000.0), NOON, None),
    "rain": (Weather(cloud=0.95, rain_mm_h=6.0), NOON, None),
    "dusk": (Weather(), DUSK, None),
    "night with lights": (Weather(), NIGHT, None),
    "thermal": (Weather(), NIGHT, "white-hot"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """Pictures a second, and processor seconds for each."""

    per_s: float
    cpu_s: float


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


def stills(workers: int) -> Rate:
    """Pictures written with metadata and truth, once every process has its first behind it."""
    harbour = practice_harbour(0)
    with tempfile.TemporaryDirectory() as folder:
        shutter = HarbourShutter(harbour, Path(folder), workers=workers)
        _take(shutter, _shots(harbour, 2 * workers))
        begun = time.perf_counter(), _cpu_s()
        _take(shutter, _shots(harbour, PICTURES))
        seconds, cpu_s = time.perf_counter() - begun[0], _cpu_s() - begun[1]
        shutter.close()
        if shutter.failures:
            raise SystemExit(shutter.failures[0])
    return Rate(PICTURES / seconds, cpu_s / PICTURES)


def _take(shutter: HarbourShutter, shots: list[Shot]) -> None:
    for shot in shots:
        shutter.take(shot)
    while shutter.pending:
        time.sleep(0.01)


def video(workers: int) -> Rate:
    """Frames of a film with its subtitles and truth, from the first part that is done to the last."""
    harbour = practice_harbour(0)
    plan = FilmPlan(START, FRAMES / 10, down_deg=60.0)
    with tempfile.TemporaryDirectory() as folder:
        making = write_film(Film(harbour, film_shots(harbour, plan), 10), Path(folder) / "a.mp4", workers=workers)
        warm = 2 * workers * PART_FRAMES
        while next(making) < warm:
            pass
        begun = time.perf_counter(), _cpu_s()
        while next(making) < FRAMES:
            pass
        seconds, cpu_s = time.perf_counter() - begun[0], _cpu_s() - begun[1]
        for _ in making:
            pass
    return Rate((FRAMES - warm) / seconds, cpu_s / (FRAMES - warm))


def _cpu_s() -> float:
    """Processor time of this process and of those that it has started and that still run."""
    me = psutil.Process()
    return float(sum(one.cpu_times().user + one.cpu_times().system for one in (me, *me.children(recursive=True))))


def lights() -> Iterator[tuple[str, float]]:
    """Processor seconds for drawing one picture, obliquely, in each light; the quickest of some."""
    import cv2

    cv2.setNumThreads(1)
    harbour = practice_harbour(0)
    for name, (weather, at_utc, thermal) in LIGHTS.items():
        lit = replace(harbour, look=look_of(weather, harbour.look, harbour.origin, at_utc, thermal=thermal))
        shots = film_shots(lit, FilmPlan(at_utc, 60.0, frames_per_s=1, down_deg=50.0))[::8]
        best = [min(_drawing_s(lit, shot) for _ in range(3)) for shot in shots]
        yield name, float(np.mean(best))


def _drawing_s(harbour: Harbour, shot: Shot) -> float:
    begun = time.process_time()
    render(harbour, shot.at_utc, shot)
    return time.process_time() - begun


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
    print(f"{'camera, 1920 x 1080':44}{'a second':>10}{'CPU s each':>12}")
    for name, measured in (("stills", stills), ("video", video)):
        for workers in (1, 2):
            rate = measured(workers)
            words = f"  {name}, {workers} process{'es' if workers > 1 else ''}"
            print(f"{words:44}{rate.per_s:10.1f}{rate.cpu_s:12.3f}")
    print("drawing alone, by light")
    for name, seconds in lights():
        print(f"  {name:42}{'':10}{seconds:12.3f}")


if __name__ == "__main__":
    main()
