import json
import math
import re
from pathlib import Path

import pytest

from planner.formats.profiles import camera, cameras, drone, drones, profile_json
from planner.model.errors import BadInput
from planner.model.profiles import CameraProfile, DroneProfile


def test_the_practice_pair_is_known() -> None:
    quad, eye = drone("practice-quad"), camera("Practice-1080p")
    assert (quad.autopilot, quad.cruise_speed_m_s, quad.max_speed_m_s) == ("ardupilot", 10, 15)
    assert (eye.sensor_width_mm, eye.sensor_height_mm, eye.focal_mm) == (6.4, 3.6, 4.57)
    assert (eye.width_px, eye.height_px, eye.min_interval_s) == (1920, 1080, 0.5)


def test_every_profile_says_where_it_is_from() -> None:
    assert len(drones()) >= 8
    assert len(cameras()) >= 10
    assert all(len(source) > 10 for source in [*(d.source for d in drones()), *(c.source for c in cameras())])


def test_pixels_of_every_camera_are_square_to_three_percent() -> None:
    for eye in cameras():
        assert eye.sensor_width_mm / eye.width_px == pytest.approx(eye.sensor_height_mm / eye.height_px, rel=0.03)


def test_an_unknown_name_lists_the_known_ones_and_the_closest() -> None:
    with pytest.raises(BadInput, match=r"did you mean practice-1080p.*dji-m3e-wide"):
        camera("practise-1080")


def test_ones_own_profiles_are_read_from_files(tmp_path: Path) -> None:
    for profile, read in ((camera("dji-m3e-wide"), camera), (drone("px4-quad"), drone)):
        path = tmp_path / "own.json"
        path.write_text(json.dumps(profile_json(profile)))
        assert read(str(path)) == profile


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"focal_mm": 0}, "focal_mm must be a positive number"),
        ({"focal_mm": "long"}, "'focal_mm' is a text"),
        ({"focal_mm": None}, "'focal_mm' is missing"),
        ({"width_px": 1.5}, "whole number"),
    ],
)
def test_an_impossible_camera_is_refused(tmp_path: Path, change: dict[str, object], says: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(profile_json(camera("dji-m3e-wide")) | change))
    with pytest.raises(BadInput, match=says):
        camera(str(path))


def test_at_least_twenty_real_drones_and_twenty_real_cameras_come_along_each_with_its_source() -> None:
    made_up = {"practice-quad", "ardupilot-quad", "px4-quad", "practice-1080p"}
    flying = [d.source for d in drones() if d.name not in made_up]
    seeing = [c.source for c in cameras() if c.name not in made_up]
    assert len(flying) >= 20
    assert len(seeing) >= 20
    assert all(len(source) > 20 for source in (*flying, *seeing))


@pytest.mark.parametrize("one", cameras(), ids=lambda c: c.name)
def test_a_cameras_pixels_are_square_and_its_lens_is_possible(one: CameraProfile) -> None:
    pitch = one.sensor_width_mm / one.width_px, one.sensor_height_mm / one.height_px
    assert pitch[0] == pytest.approx(pitch[1], rel=0.04)
    assert 0.0007 < pitch[0] < 0.02
    assert 10 < math.degrees(2 * math.atan(one.sensor_width_mm / 2 / one.focal_mm)) < 100


@pytest.mark.parametrize("one", drones(), ids=lambda d: d.name)
def test_a_drones_figures_fit_each_other(one: DroneProfile) -> None:
    assert one.cruise_speed_m_s <= one.max_speed_m_s <= 30
    minutes = one.battery_wh / one.hover_power_w * 60
    assert (60 < minutes < 300) if one.dives else (8 < minutes < 60)
    assert one.max_wind_m_s <= 20


def test_powers_follow_from_the_flight_times_that_a_source_gives() -> None:
    checked = 0
    for one in drones():
        for minutes, power_w in (
            (r"(\d+) min hover", one.hover_power_w),
            (r"(\d+) min flight(?!.*payload)", one.cruise_power_w),
        ):
            given = re.search(minutes, one.source)
            if given and one.source.startswith(("DJI", "Autel")):
                checked += 1
                assert power_w == pytest.approx(one.battery_wh * 60 / int(given[1]), rel=0.015), (one.name, given[0])
    assert checked >= 20


@pytest.mark.parametrize(
    ("name", "battery_wh", "max_speed_m_s", "max_wind_m_s"),
    [
        ("dji-mavic-3e", 77, 15, 12),
        ("dji-matrice-30", 263.2, 23, 15),
        ("dji-matrice-350", 526.4, 23, 12),
        ("dji-matrice-4e", 99.5, 21, 12),
        ("dji-air-2s", 40.4, 15, 10.7),
        ("dji-air-3", 62.6, 21, 12),
        ("dji-mini-4-pro", 18.96, 12, 10.7),
        ("autel-evo-max-4t", 120, 15, 12),
        ("parrot-anafi", 20.5, 15, 13.8),
        ("parrot-anafi-ai", 78, 17, 12),
    ],
)
def test_spot_checks_of_the_makers_figures(
    name: str, battery_wh: float, max_speed_m_s: float, max_wind_m_s: float
) -> None:
    one = drone(name)
    assert (one.battery_wh, one.max_speed_m_s, one.max_wind_m_s) == (battery_wh, max_speed_m_s, max_wind_m_s)


@pytest.mark.parametrize(
    ("name", "across_deg"),
    [("dji-h20t-thermal", 40.6), ("dji-m30t-thermal", 61.0), ("dji-p1-35mm", 63.5), ("dji-m3t-thermal", 61.0)],
)
def test_diagonal_fields_of_view_are_the_makers(name: str, across_deg: float) -> None:
    eye = camera(name)
    diagonal_mm = math.hypot(eye.sensor_width_mm, eye.sensor_height_mm)
    assert math.degrees(2 * math.atan(diagonal_mm / 2 / eye.focal_mm)) == pytest.approx(across_deg, rel=0.07)
