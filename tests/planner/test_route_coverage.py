from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from planner.formats.profiles import camera, drone
from planner.geo.points import LatLon, destination
from planner.model.errors import BadInput
from planner.model.flight import Flight, Track
from planner.model.mission import Command, Frame, Home, Mission, item
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.coverage import classes, coverage, grid_of
from planner.route.make import make_mission
from planner.route.sight import Task
from planner.route.timeline import Shots, flown_shots, planned_shots, timeline

CAMERA, DRONE = camera("practice-1080p"), drone("practice-quad")
AT = LatLon(52.0, 4.0)


def _square(side_m: float) -> Area:
    east = destination(AT, towards_deg=90, range_m=side_m)
    return Area(
        "dock",
        AreaKind.POLYGON,
        (
            AT,
            east,
            destination(east, towards_deg=0, range_m=side_m),
            destination(AT, towards_deg=0, range_m=side_m),
        ),
    )


def _above(area: Area, times: list[float], height_m: float = 100.0) -> Shots:
    """Pictures straight down from over the middle of an area."""
    lat = float(np.mean([p.lat_deg for p in area.outline]))
    lon = float(np.mean([p.lon_deg for p in area.outline]))
    n = len(times)
    return Shots(
        np.array(times),
        np.full(n, lat),
        np.full(n, lon),
        np.full(n, height_m),
        np.zeros(n),
        np.full(n, -90.0),
        np.zeros(n),
    )


def test_a_planned_area_is_seen_whole() -> None:
    plan = Plan("p", (_square(400),), Pattern.AREA, DRONE, CAMERA, gsd_m=0.05, home=Home(AT))
    shots = planned_shots(timeline(make_mission(plan).mission, DRONE), CAMERA)
    found = coverage(grid_of(plan.areas, shots, CAMERA, cell_m=5), shots, CAMERA, length_m=6)
    assert found.figures["share_never_in_view"] == 0
    assert float(found.figures["mean_chance"] or 0) > 0.99
    assert abs(len(shots) - make_mission(plan).figures.captures) <= 0.05 * len(shots)


def test_one_picture_shows_what_its_footprint_covers() -> None:
    area = _square(300)
    shots = _above(area, [0.0])
    found = coverage(grid_of([area], shots, CAMERA, cell_m=2), shots, CAMERA, length_m=6)
    wide, high = 100 * 6.4 / 4.57, 100 * 3.6 / 4.57
    assert float((found.visits > 0).sum()) * 4 == pytest.approx(wide * high, rel=0.03)


def test_pictures_in_a_row_are_one_visit_and_gaps_are_between_visits() -> None:
    area = _square(20)
    shots = _above(area, [0, 5, 10, 600, 605, 2000])
    found = coverage(grid_of([area], shots, CAMERA, cell_m=5), shots, CAMERA, length_m=6)
    assert found.figures["visits_most"] == 3
    assert found.figures["worst_gap_s"] == 1395


def test_a_second_visit_halves_the_misses() -> None:
    area = _square(20)
    height = 100.0 * 12
    once = _above(area, [0, 5], height)
    twice = _above(area, [0, 500], height)
    grid = grid_of([area], once, CAMERA, cell_m=5)
    p = coverage(grid, once, CAMERA, length_m=2, task=Task.RECOGNISE).seen[grid.inside]
    q = coverage(grid, twice, CAMERA, length_m=2, task=Task.RECOGNISE).seen[grid.inside]
    assert q == pytest.approx(1 - (1 - p) ** 2)


def test_a_level_camera_sees_no_farther_than_the_limit_and_nothing_behind() -> None:
    area = _square(1000)
    shots = replace(_above(area, [0.0], 30.0), pitch_deg=np.array([-10.0]), yaw_deg=np.array([0.0]))
    grid = grid_of([area], shots, CAMERA, cell_m=10)
    found = coverage(grid, shots, CAMERA, length_m=20)
    rows = np.nonzero(found.visits.any(axis=1))[0]
    assert rows.min() > 50
    assert found.seen[rows.min()].max() > found.seen[rows.max()].max() - 1e-9


def test_cells_of_one_class_are_joined_to_polygons() -> None:
    area = _square(300)
    shots = _above(area, [0.0])
    grid = grid_of([area], shots, CAMERA, cell_m=3)
    low, high = classes(grid, coverage(grid, shots, CAMERA, length_m=6).seen, (0, 0.5, 1))
    assert len(high) == 1
    assert len(low) == 1
    assert len(low[0][1]) == 1


def test_too_many_cells_and_too_great_cells_are_refused() -> None:
    shots = _above(_square(30_000), [0.0])
    with pytest.raises(BadInput, match="greater --cell-m"):
        grid_of([_square(30_000)], shots, CAMERA, cell_m=5)
    with pytest.raises(BadInput, match="smaller --cell-m"):
        grid_of([_square(20)], shots, CAMERA, cell_m=500)
    with pytest.raises(BadInput, match="no area and no picture"):
        grid_of([], _above(_square(20), []), CAMERA)


def test_without_areas_the_map_is_of_what_was_photographed() -> None:
    shots = _above(_square(300), [0.0])
    grid = grid_of([], shots, CAMERA, cell_m=2)
    assert coverage(grid, shots, CAMERA, length_m=6).figures["share_never_in_view"] == 0


def test_a_timeline_keeps_speeds_heights_and_the_camera() -> None:
    away = destination(AT, towards_deg=90, range_m=1000)
    mission = Mission(
        (
            item(Command.NAV_TAKEOFF, at=AT, height_m=60),
            item(Command.DO_CHANGE_SPEED, p1=1, p2=5, p3=-1),
            item(Command.DO_MOUNT_CONTROL, p1=-45, height_m=2),
            item(Command.DO_SET_CAM_TRIGG_DIST, p1=50, p3=1),
            item(Command.NAV_WAYPOINT, at=away, height_m=63, frame=Frame.GLOBAL),
            item(Command.DO_SET_CAM_TRIGG_DIST, p1=0),
            item(Command.NAV_RETURN_TO_LAUNCH),
        ),
        home=Home(AT, 3),
    )
    line = timeline(mission, DRONE)
    out, back = line.legs
    assert (out.start_s, out.end_s) == pytest.approx((20, 220))
    assert (out.start_height_m, out.end_height_m) == (60, 60)
    assert (out.pitch_deg, out.trigger_m, back.trigger_m) == (-45, 50, 0)
    assert out.course_deg == pytest.approx(90, abs=0.1)
    assert line.duration_s == pytest.approx(20 + 200 + 200 + 30)
    assert line.photographed == (out,)
    assert len(planned_shots(line, CAMERA)) == 21


def test_a_flight_without_triggers_is_taken_as_video_with_its_gimbal() -> None:
    n = 11
    line, nan = np.linspace(0, 100, n), np.full(n, np.nan)
    track = Track(
        1e9 + line,
        np.full(n, 52.0),
        4 + line * 1e-5,
        np.full(n, 50.0),
        np.full(n, 52.0),
        np.full(n, 90.0),
        np.zeros(n),
        np.zeros(n),
        nan,
        np.full(n, -30.0),
        nan,
    )
    shots = flown_shots(Flight("log", track), above_water_m=4)
    assert len(shots) == 50
    assert set(shots.pitch_deg) == {-30.0}
    assert set(shots.yaw_deg) == {90.0}
    assert set(shots.height_m) == {54.0}


def test_the_chance_of_one_cell_is_that_of_a_calculation_by_hand() -> None:
    # One picture from 700 m; the cell whose middle lies 100 m east and 50 m north. A boat of 4 m: 13.123 ft long,
    # 13.123^(2/3) + 1 = 6.563 ft = 2.000 m in beam. Slant sqrt(100^2 + 50^2 + 700^2) = 708.9 m, depression's sine
    # 700 / 708.9. Focal length 4.57 / 6.4 * 1920 = 1371 pixels: 2.000 * sqrt(0.9875) * 1371 / 708.9 = 3.844 pixels,
    # 1.922 line pairs, 0.4805 of recognition's 4. 0.4805^(2.7 + 0.7 * 0.4805) = 0.1080; 0.1080 / 1.1080 = 0.0975.
    area = _square(400)
    shots = _above(area, [0.0], 700.0)
    grid = grid_of([area], shots, CAMERA, cell_m=2)
    found = coverage(grid, shots, CAMERA, length_m=4, task=Task.RECOGNISE)
    at = grid.frame.degrees_to_metres(shots.lat_deg, shots.lon_deg)[0]
    row, column = (int((at[k] + off - low) // 2) for k, off, low in ((1, 50, grid.south_m), (0, 100, grid.west_m)))
    assert found.seen[row, column] == pytest.approx(0.0975, abs=0.0015)
    assert found.visits[row, column] == 1


def test_longer_vessels_and_easier_tasks_are_never_less_likely_seen() -> None:
    area = _square(300)
    shots = _above(area, [0.0, 400.0], 600.0)
    grid = grid_of([area], shots, CAMERA, cell_m=10)
    tasks = (Task.IDENTIFY, Task.RECOGNISE, Task.DETECT)
    means = [
        [float(coverage(grid, shots, CAMERA, length_m=long, task=task).figures["mean_chance"] or 0) for task in tasks]
        for long in (2.0, 4.0, 8.0, 20.0)
    ]
    assert all(easier >= harder for row in means for harder, easier in pairwise(row))
    assert all(a <= b for shorter, longer in pairwise(means) for a, b in zip(shorter, longer, strict=True))
    assert means[0][0] < 0.2
    assert means[-1][-1] > 0.99
