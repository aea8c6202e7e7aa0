from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from planner.geo.camera import Attitude
from planner.geo.points import Floats, distance_m
from planner.model.pose import Pose
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.render import render
from sitl.world.harbour import practice_harbour
from sitl.world.looks import Look
from sitl.world.motion import Arc, Still
from sitl.world.quays import Quay
from sitl.world.solids import Body, placed
from sitl.world.vessels import Vessel
from tests.sitl.camera.scenes import FRAME, NOW, SMALL, changed, pose, vessel, water_with

ATTITUDES = [Attitude(0, -90), Attitude(77, -90), Attitude(200, -55, 12), Attitude(-40, -32, -7), Attitude(10, -88, 3)]


def projected(points: Floats, where: Pose) -> Floats:
    """World points by OpenCV's own projection, independent of the project's; pixels of its convention, half added."""
    import cv2

    yaw, pitch, roll = np.radians([where.attitude.yaw_deg, where.attitude.pitch_deg, where.attitude.roll_deg])
    forward = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
    down = np.cross(forward, right)
    rolled_right = right * np.cos(roll) + down * np.sin(roll)
    rolled_down = down * np.cos(roll) - right * np.sin(roll)
    rotation = np.array([rolled_right, rolled_down, forward])
    east, north = FRAME.to_metres([where.at])[0]
    eye = np.array([east, north, where.height_m])
    matrix = np.array([[SMALL.focal_px, 0, SMALL.centre_x_px], [0, SMALL.focal_px, SMALL.centre_y_px], [0, 0, 1]])
    pixels, _ = cv2.projectPoints(points.reshape(-1, 1, 3), cv2.Rodrigues(rotation)[0], -rotation @ eye, matrix, None)
    return np.asarray(pixels.reshape(-1, 2), dtype=float)


def bare(it: Vessel) -> Vessel:
    """The vessel without masts."""
    copy = replace(it)
    vars(copy)["body"] = Body(tuple(s for s in it.body.solids if not s.rigging), it.body.waterline)
    return copy


def over(attitude: Attitude, height_m: float = 60.0) -> Pose:
    """A camera that looks at a place near the origin with this attitude."""
    reach = height_m / np.tan(np.radians(-attitude.pitch_deg))
    yaw = np.radians(attitude.yaw_deg)
    return pose(-reach * np.sin(yaw), -reach * np.cos(yaw), height_m, attitude)


@pytest.mark.parametrize("attitude", ATTITUDES)
def test_a_barges_corners_are_where_opencv_projects_them(attitude: Attitude) -> None:
    barge = bare(vessel("barge", 34.0, 8.0, Still(3.0, -2.0, 63.0)))
    where = over(attitude)
    with_it, without = (render(h, NOW, where, SMALL) for h in (water_with(barge), water_with()))
    solids = barge.body.solids
    points = placed(np.vstack([p for s in solids for p in (s.low, s.high)]), east_m=3.0, north_m=-2.0, heading_deg=63.0)
    seen = projected(points, where)
    expected = np.concatenate([seen.min(axis=0), seen.max(axis=0)])
    assert changed(with_it.image_bgr, without.image_bgr) == pytest.approx(expected, abs=1.5)
    assert with_it.truth[0].box == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize("attitude", ATTITUDES)
def test_the_waterline_corner_lies_on_the_edge_of_the_hull(attitude: Attitude) -> None:
    barge = vessel("barge", 40.0, 9.0, Still(0.0, 0.0, 120.0))
    where = over(attitude)
    with_it, without = (render(h, NOW, where, SMALL) for h in (water_with(barge), water_with()))
    differ = np.abs(with_it.image_bgr.astype(int) - without.image_bgr.astype(int)).max(axis=2) >= 6
    ring = barge.body.waterline
    line = placed(np.column_stack([ring, np.zeros(len(ring))]), east_m=0.0, north_m=0.0, heading_deg=120.0)
    near = min(
        range(len(line)),
        key=lambda i: float(np.linalg.norm(line[i] - [*FRAME.to_metres([where.at])[0], where.height_m])),
    )
    x, y = projected(line[near : near + 1], where)[0]
    patch = differ[int(y) - 2 : int(y) + 4, int(x) - 2 : int(x) + 4]
    assert patch.any()
    middle = projected(line.mean(axis=0, keepdims=True), where)[0]
    assert differ[int(middle[1]), int(middle[0])]


@pytest.mark.parametrize("kind", ["tug", "motor yacht", "rib", "low-profile craft", "trawler"])
@pytest.mark.parametrize("attitude", [Attitude(30, -90), Attitude(140, -50, 5)])
def test_the_truth_box_is_the_box_of_what_changes_without_the_vessel(kind: str, attitude: Attitude) -> None:
    it = bare(vessel(kind, 16.0, 4.6, Arc(2.0, 1.0, 75.0, 4.0)))
    when = NOW.fromtimestamp(0, NOW.tzinfo)
    with_it = render(water_with(it), when, over(attitude, 40.0), SMALL, wakes=False)
    without = render(water_with(), when, over(attitude, 40.0), SMALL, wakes=False)
    assert with_it.truth[0].box == pytest.approx(changed(with_it.image_bgr, without.image_bgr, 2), abs=2.0)
    assert with_it.truth[0].visible == pytest.approx(1.0, abs=0.03)


def test_a_mast_is_drawn_but_is_no_part_of_the_box() -> None:
    yacht = vessel("sailing yacht", 12.0, 3.6, Still(0, 0, 90))
    where = pose(0, -60, 50, Attitude(0, -40))
    rigged, unrigged = (render(water_with(v), NOW, where, SMALL) for v in (yacht, bare(yacht)))
    assert rigged.truth[0].box == pytest.approx(unrigged.truth[0].box, abs=0.6)
    mast = changed(rigged.image_bgr, unrigged.image_bgr)
    assert mast[1] < rigged.truth[0].box[1] - 20


def test_a_quay_that_runs_under_the_camera_stays_straight() -> None:
    strip = Quay("strip", ((10, -300), (18, -300), (18, 300), (10, 300)), 1.0)
    boat = vessel("motor boat", 6, 2.2, Still(7, 60, 0))
    where = pose(0, 0, 40, Attitude(0, -30))
    with_it, without = (render(water_with(quays=q), NOW, where, SMALL) for q in ((strip,), ()))
    differ = np.abs(with_it.image_bgr.astype(int) - without.image_bgr.astype(int)).max(axis=2) >= 25
    for north in (50.0, 70.0, 110.0):
        for east, on_quay in ((8.5, False), (14.0, True), (20.0, False)):
            x, y = projected(np.array([[east, north, 1.0]]), where)[0].astype(int)
            assert differ[y, x] == on_quay
    assert len(render(water_with(boat, quays=(strip,)), NOW, where, SMALL).truth) == 1


def test_the_same_scene_gives_the_same_picture_and_another_seed_other_grain() -> None:
    scene = water_with(vessel("tug", 28, 9, Still(0, 0, 10)), look=Look.practice(np.random.default_rng(1)))
    first, second = (render(scene, NOW, over(ATTITUDES[0]), SMALL) for _ in range(2))
    other = render(scene, NOW, over(ATTITUDES[0]), SMALL, seed=1)
    assert np.array_equal(first.image_bgr, second.image_bgr)
    assert first.truth == second.truth == other.truth
    assert not np.array_equal(first.image_bgr, other.image_bgr)


def test_a_wake_changes_the_water_but_not_the_box() -> None:
    scene = water_with(vessel("rib", 8, 2.8, Arc(0, 0, 40, 8.0)))
    when = NOW.fromtimestamp(0, NOW.tzinfo)
    with_wake, without = (render(scene, when, over(ATTITUDES[0]), SMALL, wakes=w) for w in (True, False))
    left, top, right, bottom = changed(with_wake.image_bgr, without.image_bgr)
    assert (right - left) * (bottom - top) > 4000
    assert with_wake.truth == without.truth


def test_a_vessel_cut_by_the_edge_says_so_and_how_much_of_it_shows() -> None:
    scene = water_with(vessel("barge", 40, 8, Still(38.4, 0, 90)))  # the right edge sees 38.4 m east
    (truth,) = render(scene, NOW, over(ATTITUDES[0]), SMALL).truth
    assert truth.touches_edge
    assert truth.box[2] == 640
    assert truth.visible == pytest.approx(0.5, abs=0.06)


def test_a_vessel_outside_the_picture_is_not_in_the_truth() -> None:
    assert render(water_with(vessel("barge", 40, 8, Still(90, 0, 90))), NOW, over(ATTITUDES[0]), SMALL).truth == ()


def test_a_quay_hides_the_vessel_behind_it() -> None:
    wall = Quay("wall", ((-40, -3), (40, -3), (40, 3), (-40, 3)), 6.0)
    low = Attitude(0, -20)
    at = pose(0, -80, 30, low)
    kayak = vessel("kayak", 4.4, 0.7, Still(0, 4.5, 90))
    assert len(render(water_with(kayak), NOW, at, SMALL).truth) == 1
    assert render(water_with(kayak, quays=(wall,)), NOW, at, SMALL).truth == ()


def test_the_nearer_of_two_vessels_hides_the_farther() -> None:
    ferry, boat = (
        vessel("ferry", 60, 14, Still(0, 0, 90), "ferry"),
        vessel("motor boat", 6, 2.2, Still(0, 10.5, 90), "boat"),
    )
    at = pose(0, -110, 40, Attitude(0, -20))
    truth = {t.vessel_id: t for t in render(water_with(boat, ferry), NOW, at, SMALL).truth}
    assert truth["ferry"].visible > 0.97
    assert "boat" not in truth or truth["boat"].visible < 0.5


def test_the_truth_gives_the_place_and_motion_of_the_vessel() -> None:
    harbour = practice_harbour()
    when = NOW + timedelta(seconds=31)
    patrol = harbour.vessel("patrol")
    at = harbour.place_of(patrol, when)
    picture = render(harbour, when, Pose(at, 68.6, Attitude(15, -90), "simulator"), PRACTICE_LENS)
    (truth,) = [t for t in picture.truth if t.vessel_id == "patrol"]
    assert picture.image_bgr.shape == (1080, 1920, 3)
    assert distance_m(truth.at, at) < 1e-6
    assert (truth.mmsi, truth.length_m, truth.speed_m_s) == (200001006, 23.0, 3.6)
    assert (truth.box[0] + truth.box[2]) / 2 == pytest.approx(960, abs=40)
    assert truth.box[2] - truth.box[0] > 100


def test_a_level_camera_sees_sky_above_the_horizon() -> None:
    image = render(water_with(), NOW, pose(0, 0, 50, Attitude(0, 0)), SMALL).image_bgr
    assert image[150:190].mean() > image[360:].mean() + 40


def test_a_camera_under_water_or_with_distortion_is_refused() -> None:
    with pytest.raises(ValueError, match="above the water"):
        render(water_with(), NOW, pose(0, 0, -1, ATTITUDES[0]), SMALL)
    from planner.geo.camera import Distortion

    with pytest.raises(ValueError, match="no distortion"):
        render(water_with(), NOW, over(ATTITUDES[0]), replace(SMALL, distortion=Distortion(k1=0.1)))
