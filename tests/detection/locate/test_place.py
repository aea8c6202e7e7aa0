import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.locate.ellipse import ce90_m, covariance_of, ellipse_of
from detection.locate.place import locate
from detection.locate.sightings import Ellipse, Fix, Sighting
from planner.geo.camera import Attitude, pixels_of, rays, sea_points
from planner.geo.points import LocalFrame, distance_m
from planner.model.pose import PoseSigma
from tests.detection.locate.scenes import CAMERA, HERE, box_of_hull, boxes, frame


def one(view_pitch: float, height_m: float, box: tuple[float, float, float, float]) -> Sighting:
    (only,) = locate(frame(pitch_deg=view_pitch, height_m=height_m), boxes(box))
    return only


def test_straight_down_the_middle_of_the_box_is_the_place() -> None:
    found = one(-90.0, 80.0, (1900, 1400, 2100, 1600))
    assert found.fix is Fix.POINT
    assert found.at is not None
    assert distance_m(found.at, HERE) < 0.01


def test_a_box_right_of_a_camera_that_faces_east_lies_to_the_south() -> None:
    (found,) = locate(frame(yaw_deg=90.0, pitch_deg=-45.0), boxes((3000, 1450, 3100, 1550)))
    assert found.at is not None
    east, north = LocalFrame(HERE).to_metres([found.at])[0]
    assert east > 60
    assert north < -15
    assert 100 < found.bearing_deg < 125


@pytest.mark.parametrize("pitch_deg", [-90.0, -70.0, -45.0, -25.0])
@pytest.mark.parametrize("heading_deg", [0.0, 40.0, 90.0])
def test_a_hull_with_a_superstructure_is_placed_within_its_two_sigma_ellipse(
    pitch_deg: float, heading_deg: float
) -> None:
    view = frame(pitch_deg=pitch_deg)
    ahead = 0.0 if pitch_deg == -90 else 80.0 / math.tan(math.radians(-pitch_deg))
    box = box_of_hull(view, east_m=5.0, north_m=ahead, length_m=15.0, beam_m=4.5, heading_deg=heading_deg, top_m=3.0)
    (found,) = locate(view, boxes(box))
    assert found.at is not None
    assert found.ellipse is not None
    off = LocalFrame(HERE).to_metres([found.at])[0] - [5.0, ahead]
    assert off @ np.linalg.inv(covariance_of(found.ellipse)) @ off < 4.0


@pytest.mark.parametrize("pitch_deg", [-90.0, -60.0, -35.0])
@pytest.mark.parametrize("heading_deg", range(0, 180, 20))
def test_the_length_interval_holds_the_true_length_at_any_heading(pitch_deg: float, heading_deg: float) -> None:
    view = frame(pitch_deg=pitch_deg)
    ahead = 0.0 if pitch_deg == -90 else 80.0 / math.tan(math.radians(-pitch_deg))
    box = box_of_hull(view, east_m=0.0, north_m=ahead, length_m=20.0, beam_m=5.0, heading_deg=heading_deg, top_m=3.0)
    (found,) = locate(view, boxes(box))
    assert found.length_m is not None
    shortest, longest = found.length_m
    assert shortest * 0.9 <= 20.0 <= longest * 1.1


def test_a_distant_vessel_is_a_wedge_and_one_above_the_horizon_a_bearing() -> None:
    level = frame(pitch_deg=0.0, height_m=100.0)
    middle = 1500.0
    near, far, above = (middle + math.tan(math.radians(d)) * CAMERA.focal_px for d in (4.0, 2.0, -1.0))
    found = locate(level, boxes(*[(1990, y - 20, 2010, y) for y in (near, far, above)]))
    assert [s.fix for s in found] == [Fix.POINT, Fix.WEDGE, Fix.BEARING]
    assert found[1].range_m[0] < 2864 < found[1].range_m[1]
    assert found[2].at is None
    assert found[2].ellipse is None


def test_a_steep_view_with_a_large_error_along_the_view_is_a_wedge() -> None:
    (found,) = locate(frame(pitch_deg=-20.0, sigma=PoseSigma(height_m=40.0)), boxes((1990, 1490, 2010, 1510)))
    assert found.fix is Fix.WEDGE


@pytest.mark.parametrize(
    ("height_m", "depression_deg", "pitch_m", "height_3_m", "yaw_2_m"),
    [(50, 30, 1.7, 5.2, 3.0), (100, 10, 29, 17, 20), (100, 5, 115, 34, 40)],
)
def test_each_part_of_the_error_budget_has_its_textbook_size(
    height_m: float, depression_deg: float, pitch_m: float, height_3_m: float, yaw_2_m: float
) -> None:
    quiet = PoseSigma(position_m=0.0, height_m=0.0, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0)

    def major(**sigma: float) -> float:
        view = frame(height_m=height_m, pitch_deg=-depression_deg, sigma=replace(quiet, **sigma))
        (found,) = locate(view, boxes((1999.5, 1499.5, 2000.5, 1500.5)))
        assert found.ellipse is not None
        return found.ellipse.major_m

    floor = major()
    assert math.sqrt(major(pitch_deg=0.5) ** 2 - floor**2) == pytest.approx(pitch_m, rel=0.1)
    assert math.sqrt(major(height_m=3.0) ** 2 - floor**2) == pytest.approx(height_3_m, rel=0.1)
    assert math.sqrt(major(yaw_deg=2.0) ** 2 - floor**2) == pytest.approx(yaw_2_m, rel=0.25)


@pytest.mark.parametrize(("pitch_deg", "roll_deg"), [(-90.0, 0.0), (-60.0, 5.0), (-30.0, 0.0), (-12.0, -3.0)])
def test_ninety_percent_of_simulated_fixes_fall_within_ce90(pitch_deg: float, roll_deg: float) -> None:
    draw = np.random.default_rng(7)
    sigma = PoseSigma(position_m=2.0, height_m=2.0, yaw_deg=2.0, pitch_deg=0.5, roll_deg=0.5)
    believed = frame(pitch_deg=pitch_deg, roll_deg=roll_deg, yaw_deg=30.0, sigma=sigma)
    (found,) = locate(believed, boxes((2280, 1580, 2320, 1620)))
    assert found.at is not None
    assert found.ellipse is not None
    inside, n = 0, 1500
    reported = LocalFrame(HERE).to_metres([found.at])[0]
    assert believed.pose is not None
    pixel = pixels_of(CAMERA, believed.pose.attitude, np.array([[*reported, -80.0]]))[0]
    for _ in range(n):
        tilt = Attitude(*(draw.normal([30.0, pitch_deg, roll_deg], [2.0, 0.5, 0.5])))
        moved = pixel + draw.normal(0, 2.0, 2)
        truth = sea_points(rays(CAMERA, tilt, moved), 80.0 + draw.normal(0, 2.0))[0] + draw.normal(0, 2.0, 2)
        inside += bool(np.hypot(*(truth - reported)) <= ce90_m(found.ellipse))
    assert 0.88 <= inside / n <= 0.95


def test_a_box_at_the_edge_is_truncated_and_one_inside_is_not() -> None:
    found = locate(frame(), boxes((0, 100, 50, 150), (100, 100, 150, 150), (3950, 100, 3999, 150)))
    assert [s.truncated for s in found] == [True, False, True]


def test_without_a_pose_or_a_lens_or_above_the_water_nothing_is_placed() -> None:
    some = boxes((10, 10, 20, 20))
    assert locate(frame(posed=False), some) == ()
    assert locate(frame(camera=None), some) == ()
    assert locate(frame(height_m=-3.0), some) == ()
    assert locate(frame(), boxes()) == ()


def test_ids_tell_frame_and_box() -> None:
    found = locate(frame(), boxes((10, 10, 20, 20), (30, 30, 40, 40)))
    assert [s.sighting_id for s in found] == ["f" * 16 + "-000", "f" * 16 + "-001"]


@given(
    major=st.floats(0.1, 1000),
    share=st.floats(0.01, 0.99),
    bearing=st.floats(0, 179.9),
)
def test_an_ellipse_survives_the_way_through_its_covariance(major: float, share: float, bearing: float) -> None:
    ellipse = Ellipse(major, major * share, bearing)
    back = ellipse_of(covariance_of(ellipse))
    assert back.major_m == pytest.approx(ellipse.major_m, rel=1e-6)
    assert back.minor_m == pytest.approx(ellipse.minor_m, rel=1e-4)
    assert abs((back.bearing_deg - bearing + 90) % 180 - 90) < 0.01


@given(
    pitch=st.floats(-90, 10),
    yaw=st.floats(0, 360),
    roll=st.floats(-30, 30),
    left=st.floats(0, 3900),
    top=st.floats(0, 2900),
    size=st.floats(0.0, 900),
)
def test_any_box_in_any_view_gives_a_finite_sighting(
    pitch: float, yaw: float, roll: float, left: float, top: float, size: float
) -> None:
    view = frame(pitch_deg=pitch, yaw_deg=yaw, roll_deg=roll)
    (found,) = locate(view, boxes((left, top, min(left + size, 4000), min(top + size, 3000))))
    near, far = found.range_m
    assert 0 <= near <= far < 1e6
    assert found.length_m is None or 0 <= found.length_m[0] <= found.length_m[1]
    assert (found.at is None) == (found.fix is Fix.BEARING)
