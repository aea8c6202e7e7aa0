import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.camera import Attitude, Intrinsics
from planner.geo.glint import Wind, fresnel, glint_chance, glint_in_frame, glint_reflectance, slope_variances
from planner.geo.sun import Sun

DOWN = np.array([[0.0, 0.0, -1.0]])
CAMERA = Intrinsics.centred(width_px=1600, height_px=1200, focal_px=1300)
NADIR = Attitude(yaw_deg=0, pitch_deg=-90)


def test_slope_variances_are_cox_and_munks() -> None:
    assert slope_variances(10) == pytest.approx((0.0316, 0.0222))
    assert slope_variances(0) == (0.003, 0.003)


@pytest.mark.parametrize("wind_m_s", [3.0, 5.0, 8.0, 11.0, 14.0])
def test_the_sum_of_the_variances_is_the_published_one_and_each_its_own_line(wind_m_s: float) -> None:
    # Cox and Munk 1954: sum 0.003 + 0.00512 W, up 0.000 + 0.00316 W, across 0.003 + 0.00192 W (all +- 0.002 to 0.004)
    up, across = slope_variances(wind_m_s)
    assert up == pytest.approx(0.00316 * wind_m_s)
    assert across == pytest.approx(0.003 + 0.00192 * wind_m_s)
    assert up + across == pytest.approx(0.003 + 0.00512 * wind_m_s, abs=0.001)


def test_the_brightest_glint_of_a_light_wind_is_where_a_flat_sea_would_mirror_the_sun() -> None:
    # sun in the south at 50 degrees: a flat sea mirrors it to a camera that looks south, 50 degrees down
    down = np.radians(np.arange(10, 90))
    looking_south = np.stack([np.zeros_like(down), -np.cos(down), -np.sin(down)], axis=1)
    bright = glint_chance(looking_south, Sun(180, 50), Wind(0, 0))
    assert np.degrees(down[np.argmax(bright)]) == pytest.approx(50, abs=2)


def test_water_mirrors_two_percent_straight_down_and_all_at_grazing() -> None:
    assert fresnel(1.0) == pytest.approx(((1.34 - 1) / (1.34 + 1)) ** 2)
    assert fresnel(0.0) == pytest.approx(1.0)


def test_with_the_sun_overhead_and_the_view_straight_down_the_formula_is_short() -> None:
    # flat facets mirror: reflectance = F / (8 sigma_u sigma_c), by hand from pi F / (4 * 2 pi sigma_u sigma_c)
    up, across = slope_variances(10)
    by_hand = ((1.34 - 1) / (1.34 + 1)) ** 2 / (8 * math.sqrt(up * across))
    assert glint_reflectance(DOWN, Sun(0, 90), Wind(10, 0))[0] == pytest.approx(by_hand)
    assert by_hand == pytest.approx(0.0996, abs=1e-3)


def test_the_share_of_water_that_glitters_overhead_is_the_suns_solid_angle_times_the_density_over_four() -> None:
    up, across = slope_variances(5)
    solid = math.pi * math.radians(0.2666) ** 2
    assert glint_chance(DOWN, Sun(0, 90), Wind(5, 0))[0] == pytest.approx(
        solid / 4 / (2 * math.pi * math.sqrt(up * across)), rel=1e-4
    )


def test_a_needed_tilt_of_half_the_angle_between_sun_and_view_is_weighed_by_its_density() -> None:
    # sun at 60 degrees elevation, view straight down: facets tilted by 15 degrees towards the sun
    up, across = slope_variances(8)
    slope, tilt = math.tan(math.radians(15)), math.radians(15)
    density = math.exp(-(slope**2) / (2 * across)) / (2 * math.pi * math.sqrt(up * across))
    expected = (
        math.pi * float(fresnel(math.cos(tilt))) * density / (4 * math.sin(math.radians(60)) * math.cos(tilt) ** 4)
    )
    assert glint_reflectance(DOWN, Sun(90, 60), Wind(8, 0))[0] == pytest.approx(expected)


def test_glint_lies_where_the_sun_is_mirrored_not_behind() -> None:
    towards, away = Attitude(yaw_deg=180, pitch_deg=-40), Attitude(yaw_deg=0, pitch_deg=-40)
    sun, wind = Sun(180, 40), Wind(4, 270)
    assert glint_in_frame(CAMERA, towards, sun, wind) > 0.5
    assert glint_in_frame(CAMERA, away, sun, wind) == 0


def test_a_low_sun_spares_the_view_straight_down_and_a_high_one_does_not() -> None:
    assert glint_in_frame(CAMERA, NADIR, Sun(150, 20), Wind(4, 0)) == 0
    assert glint_in_frame(CAMERA, NADIR, Sun(150, 75), Wind(4, 0)) > 0.3


def test_the_night_has_no_glint() -> None:
    assert glint_in_frame(CAMERA, NADIR, Sun(150, -5), Wind(4, 0)) == 0
    assert glint_chance(DOWN, Sun(0, -1), Wind(4, 0))[0] == 0


@given(
    yaw=st.floats(0, 360),
    pitch=st.floats(-90, 20),
    azimuth=st.floats(0, 360),
    elevation=st.floats(-20, 90),
    speed=st.floats(0, 30),
    wind_from=st.floats(0, 360),
)
def test_shares_are_shares(
    yaw: float, pitch: float, azimuth: float, elevation: float, speed: float, wind_from: float
) -> None:
    share = glint_in_frame(CAMERA, Attitude(yaw, pitch), Sun(azimuth, elevation), Wind(speed, wind_from))
    assert 0 <= share <= 1
    rows = np.array([[math.sin(math.radians(yaw)), math.cos(math.radians(yaw)), math.sin(math.radians(pitch))]])
    assert 0 <= glint_chance(rows / np.linalg.norm(rows), Sun(azimuth, elevation), Wind(speed, wind_from))[0] <= 1


def test_turning_the_whole_scene_changes_nothing() -> None:
    one = glint_in_frame(CAMERA, Attitude(10, -60), Sun(40, 50), Wind(7, 300))
    other = glint_in_frame(CAMERA, Attitude(110, -60), Sun(140, 50), Wind(7, 400))
    assert one == pytest.approx(other)
