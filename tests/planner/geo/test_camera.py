import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.geo.camera import (
    EARTH_RADIUS_M,
    REFRACTION_RADIUS_M,
    Attitude,
    Distortion,
    Intrinsics,
    camera_to_world,
    footprint,
    pixels_of,
    rays,
    sea_points,
)

CAMERA = Intrinsics.centred(width_px=1920, height_px=1080, focal_px=1371.0)
attitudes = st.builds(Attitude, st.floats(0, 360), st.floats(-90, -15), st.floats(-30, 30))
pixels = st.tuples(st.floats(0, 1920), st.floats(0, 1080))


def test_a_level_camera_facing_north_has_east_on_its_right_and_up_on_top() -> None:
    world = camera_to_world(Attitude(0, 0))
    assert world @ [1, 0, 0] == pytest.approx([1, 0, 0])
    assert world @ [0, -1, 0] == pytest.approx([0, 0, 1])
    assert world @ [0, 0, 1] == pytest.approx([0, 1, 0])


def test_looking_straight_down_the_top_of_the_image_points_where_the_yaw_says() -> None:
    world = camera_to_world(Attitude(90, -90))
    assert world @ [0, 0, 1] == pytest.approx([0, 0, -1], abs=1e-12)
    assert world @ [0, -1, 0] == pytest.approx([1, 0, 0], abs=1e-12)


def test_rolling_to_the_right_lowers_the_right_side() -> None:
    assert (camera_to_world(Attitude(0, 0, 20)) @ [1, 0, 0])[2] < 0


@given(attitudes, pixels, st.floats(5, 200))
def test_a_pixel_on_the_sea_is_seen_again_at_the_same_pixel(
    attitude: Attitude, pixel: tuple[float, float], height_m: float
) -> None:
    ray = rays(CAMERA, attitude, [pixel])
    east, north = sea_points(ray, height_m)[0]
    assume(math.isfinite(east) and math.hypot(east, north) < 3000)
    drop = math.hypot(east, north) ** 2 / (2 * REFRACTION_RADIUS_M)
    seen = pixels_of(CAMERA, attitude, [(east, north, -height_m - drop)])[0]
    assert seen == pytest.approx(pixel, abs=0.15)


@given(attitudes, pixels)
def test_distortion_is_undone(attitude: Attitude, pixel: tuple[float, float]) -> None:
    lens = Intrinsics.centred(
        width_px=1920, height_px=1080, focal_px=1371.0, distortion=Distortion(-0.05, 0.02, 5e-4, -3e-4, 0.001)
    )
    there = rays(lens, attitude, [pixel]) * 100
    assert pixels_of(lens, attitude, there)[0] == pytest.approx(pixel, abs=1e-3)


@pytest.mark.parametrize("attitude", [Attitude(0, -90), Attitude(37, -55, 4), Attitude(250, -20, -12)])
def test_opencv_projects_to_the_same_pixels(attitude: Attitude) -> None:
    import cv2

    rng = np.random.default_rng(1)
    offsets = rng.uniform([-80, -80, -120], [80, 80, -40], (50, 3))
    world_to_camera = camera_to_world(attitude).T
    matrix = np.array([[1371.0, 0, 960], [0, 1371.0, 540], [0, 0, 1]])
    theirs, _ = cv2.projectPoints(offsets, cv2.Rodrigues(world_to_camera)[0], np.zeros(3), matrix, None)
    ours = pixels_of(CAMERA, attitude, offsets)
    ahead = (offsets @ world_to_camera.T)[:, 2] > 0
    assert ahead.sum() > 5
    assert ours[ahead] == pytest.approx(theirs.reshape(-1, 2)[ahead], abs=1e-6)
    assert np.isnan(ours[~ahead]).all()


def test_a_ray_above_the_horizon_never_meets_the_sea() -> None:
    level = rays(CAMERA, Attitude(0, 0), [(960, 540), (960, 100)])
    assert np.isnan(sea_points(level, 100)).all()


def test_the_horizon_lies_where_the_refraction_radius_puts_it() -> None:
    height = 100.0
    dip = math.acos(REFRACTION_RADIUS_M / (REFRACTION_RADIUS_M + height))
    just_below = np.array([[0, math.cos(dip * 1.0001), -math.sin(dip * 1.0001)]])
    assert sea_points(just_below, height)[0, 1] == pytest.approx(REFRACTION_RADIUS_M * dip, rel=0.02)


def test_a_flat_sea_is_18_metres_short_at_2_9_km_from_100_m() -> None:
    depression = math.radians(2.0)
    there = sea_points([[0, math.cos(depression), -math.sin(depression)]], 100.0)[0, 1]
    flat = 100.0 / math.tan(depression)
    curved_without_refraction = flat + flat**3 / (2 * EARTH_RADIUS_M * 100.0)
    assert there - flat == pytest.approx((curved_without_refraction - flat) * 6 / 7, rel=0.1)


def test_the_footprint_of_a_camera_looking_down_is_its_field_of_view() -> None:
    corners = footprint(CAMERA, Attitude(0, -90), 68.55)
    assert corners[1, 0] - corners[0, 0] == pytest.approx(96.0, rel=1e-3)
    assert corners[0, 1] - corners[3, 1] == pytest.approx(54.0, rel=1e-3)


@pytest.mark.parametrize(("width", "focal"), [(0, 100.0), (100, 0.0), (100, math.nan)])
def test_a_camera_without_pixels_or_focal_length_is_refused(width: int, focal: float) -> None:
    with pytest.raises(ValueError, match="pixels"):
        Intrinsics.centred(width_px=width, height_px=100, focal_px=focal)


def test_an_attitude_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Attitude(math.nan, 0)
