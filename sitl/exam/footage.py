"""An analyst's exam: the pictures of a flight over the scenario, with AIS and zones, and the truth kept apart."""

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import shapely
from shapely.geometry import LineString, Polygon

from planner.geo.camera import Attitude
from sitl.camera.shutter import HarbourShutter
from sitl.exam.record import Header, Recorder, write_header
from sitl.scenario.stage import harbour_of
from sitl.scenario.values import FootageFlight, Scenario
from sitl.shots import Shot
from sitl.world.harbour import Harbour
from sitl.world.scene import write_scene

FOOTAGE, SCENE, TRUTH = "footage", "harbour", "truth"


def make_footage(
    scenario: Scenario, text: str, trainee: str, folder: Path, clock: Callable[[], datetime], *, workers: int = 2
) -> Generator[tuple[int, int], None, None]:
    """Renders the scenario's flight into `folder`; gives (pictures written, pictures in all) as it goes on.

    `folder`/footage and `folder`/harbour are for the analyst; the truth about the pictures lies in `folder`/truth.
    The exam begins, by `clock`, when the pictures are there. Closed before its end it leaves out the rest.

    Raises:
        BadInput: the folder holds an exam already or cannot be written.
    """
    harbour = harbour_of(scenario)
    shots = tuple(shots_over(harbour, scenario))
    header = Header(scenario.id, trainee, clock(), scenario.seed)
    recorder = Recorder(folder, text, header)
    shutter = HarbourShutter(harbour, folder / FOOTAGE, workers=workers, seed=scenario.seed)
    try:
        for shot in shots:
            shutter.take(shot)
            recorder.on_shot(shot, (shot.at_utc - scenario.start_utc).total_seconds())
        yield from _as_they_come(shutter, len(shots))
        write_scene(folder / SCENE, harbour, scenario.start_utc, shots[-1].at_utc)
        shutter.close()
    finally:
        shutter.give_up()
        recorder.close()
    _keep_truth_apart(folder)
    write_header(folder, replace(header, started_utc=clock()))
    yield len(shots), len(shots)


def shots_over(harbour: Harbour, scenario: Scenario) -> Iterator[Shot]:
    """The releases of the shutter along parallel lines over the task's area, longest side first, from its launch."""
    flight = scenario.footage or FootageFlight()
    area = Polygon(harbour.frame.to_metres(harbour.area.outline))
    at_s, index = 30.0, 0
    for start, end in _lines(area, flight.spacing_m):
        length = math.dist(start, end)
        yaw = math.degrees(math.atan2(end[0] - start[0], end[1] - start[1])) % 360.0
        for step in range(int(length / flight.every_m) + 1):
            part = step * flight.every_m / length
            east, north = (a + part * (b - a) for a, b in zip(start, end, strict=True))
            index += 1
            moment = scenario.start_utc + timedelta(seconds=at_s + part * length / flight.speed_m_s)
            yield Shot(
                index=index,
                at_utc=moment,
                at=harbour.frame.to_place(east, north),
                height_m=flight.height_m,
                height_above_home_m=flight.height_m - harbour.takeoff_height_m,
                camera=Attitude(yaw, -90.0, 0.0),
                vehicle=Attitude(yaw, 0.0, 0.0),
                speed_m_s=flight.speed_m_s,
            )
        at_s += length / flight.speed_m_s + 8.0


def _lines(area: Polygon, spacing_m: float) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """East-west lines from south to north, there and back, cut to the area's width at each."""
    west, south, east, north = area.bounds
    count = max(1, math.ceil((north - south) / spacing_m))
    step = (north - south) / count
    back = False
    for number in range(count):
        y = south + (number + 0.5) * step
        cut = shapely.intersection(area, LineString([(west - 1, y), (east + 1, y)]))
        if cut.is_empty or cut.length < 1:
            continue
        left, _, right, _ = cut.bounds
        yield ((right, y), (left, y)) if back else ((left, y), (right, y))
        back = not back


def _as_they_come(shutter: HarbourShutter, total: int) -> Iterator[tuple[int, int]]:
    import time

    done = -1
    while shutter.pending:
        if total - shutter.pending != done:
            done = total - shutter.pending
            yield done, total
        time.sleep(0.05)


def _keep_truth_apart(folder: Path) -> None:
    """Moves what only the examiner may see out of the analyst's folders."""
    (folder / FOOTAGE / TRUTH).rename(folder / TRUTH)
    (folder / SCENE / "vessels.json").rename(folder / "vessels.json")
