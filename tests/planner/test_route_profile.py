from dataclasses import replace

import pytest

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.mission import Command, Frame, Home, Mission, MissionItem, item
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.rules import Rules
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.check import check
from planner.route.check_values import Conditions
from planner.route.profile import Profile, profile_of

FRAME = LocalFrame(LatLon(54.1, 7.0))
HOME = Home(FRAME.to_place(0, 0), 3.0)
DRONE = DroneProfile("quad", 10, 15, 3, 2, 100, 300, 280, 10)
CAMERA = CameraProfile("cam", 6.4, 3.6, 4.57, 1920, 1080)


def waypoint(east_m: float, north_m: float, height_m: float = 50.0) -> MissionItem:
    return item(Command.NAV_WAYPOINT, at=FRAME.to_place(east_m, north_m), height_m=height_m)


OUT_AND_BACK = Mission(
    (
        item(Command.NAV_TAKEOFF, at=HOME.at, height_m=50.0),
        waypoint(0, 400),
        waypoint(300, 400, 80.0),
        item(Command.NAV_RETURN_TO_LAUNCH),
    ),
    home=HOME,
)


def square(east_m: float, north_m: float, half_m: float, **more: object) -> Zone:
    ring = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    places = FRAME.to_places([(east_m + half_m * x, north_m + half_m * y) for x, y in ring])
    return Zone("Zone", ZoneRule.NO_FLY, tuple(places), **more)  # type: ignore[arg-type]


def made(mission: Mission = OUT_AND_BACK, *zones: Zone, rules: Rules | None = None) -> Profile:
    profile = profile_of(mission, DRONE, CAMERA, zones, rules=rules)
    assert profile is not None
    return profile


def test_way_heights_and_items_are_those_of_the_mission() -> None:
    profile = made()
    assert profile.length_m == pytest.approx(400 + 300 + 500, abs=0.1)
    assert profile.height_m.tolist()[:4] == pytest.approx([0, 50, 50, 80])
    assert profile.items[:4] == (1, 1, 2, 3)
    assert profile.height_m[-1] == pytest.approx(0)


def test_time_and_way_agree_with_the_check() -> None:
    figures = check(OUT_AND_BACK, DRONE).figures
    assert made().duration_s == pytest.approx(float(figures["duration_s"] or 0), abs=0.1)


def test_heights_above_the_surface_count_from_the_water() -> None:
    profile = made()
    assert profile.surface_m == pytest.approx(-3.0)
    assert profile.at_way(200).above_surface_m == pytest.approx(53.0)


def test_half_way_along_a_leg_the_drone_is_half_way() -> None:
    now = made().at_way(400 + 150)
    assert distance_m(now.at, FRAME.to_place(150, 400)) < 0.5
    assert now.height_m == pytest.approx(65.0, abs=0.1)
    assert now.item == 3
    assert now.course_deg == pytest.approx(90.0, abs=0.1)


@pytest.mark.parametrize("way_m", [-5.0, 0.0, 400.0, 700.0, 1200.0, 9999.0])
def test_any_point_of_the_way_is_a_moment_in_order(way_m: float) -> None:
    profile = made()
    now = profile.at_way(way_m)
    assert 0 <= now.way_m <= profile.length_m
    assert 0 <= now.time_s <= profile.duration_s


def test_the_picture_below_is_as_large_as_the_camera_makes_it() -> None:
    now = made().at_way(200)
    assert len(now.sees) == 4
    wide = distance_m(now.sees[0], now.sees[1])
    assert wide == pytest.approx(53.0 * 6.4 / 4.57, rel=0.001)


def test_a_camera_kept_on_a_place_sees_that_place() -> None:
    aim = FRAME.to_place(60, 200)
    items = (OUT_AND_BACK.items[0], item(Command.DO_SET_ROI_LOCATION, at=aim), *OUT_AND_BACK.items[1:])
    now = made(replace(OUT_AND_BACK, items=items)).at_way(200)
    frame = LocalFrame(aim)
    corners = frame.to_metres(list(now.sees))
    assert (corners.min(axis=0) < 0).all()
    assert (corners.max(axis=0) > 0).all()


def test_a_camera_that_sees_the_horizon_has_no_footprint() -> None:
    items = (item(Command.DO_MOUNT_CONTROL, p1=-10.0), *OUT_AND_BACK.items)
    assert made(replace(OUT_AND_BACK, items=items)).at_way(200).sees == ()


def test_a_zone_on_the_way_is_a_band_between_its_limits() -> None:
    lower, upper = HeightLimit(20, Datum.GROUND), HeightLimit(60, Datum.SEA)
    (band,) = made(OUT_AND_BACK, square(0, 200, 50, lower=lower, upper=upper)).bands
    assert [band.from_m, band.to_m] == pytest.approx([150, 250], abs=1)
    assert [band.lower_m, band.upper_m] == pytest.approx([17, 57])


def test_a_zone_over_several_legs_is_one_band_and_one_beside_the_way_is_none() -> None:
    bands = made(OUT_AND_BACK, square(0, 400, 50), square(-500, 0, 50)).bands
    assert len(bands) == 1
    assert bands[0].to_m - bands[0].from_m == pytest.approx(100, abs=1)


def test_the_ceiling_of_the_rules_counts_from_the_surface() -> None:
    assert made(rules=Rules(max_height_m=120.0)).ceiling_m == pytest.approx(117.0)
    assert made().ceiling_m is None


def test_heights_above_the_sea_are_told_above_the_launch_place() -> None:
    high = item(Command.NAV_WAYPOINT, at=FRAME.to_place(0, 400), height_m=53.0, frame=Frame.GLOBAL)
    profile = made(replace(OUT_AND_BACK, items=(OUT_AND_BACK.items[0], high)))
    assert profile.height_m[2] == pytest.approx(50.0)


def test_a_mission_that_flies_nowhere_has_no_profile() -> None:
    assert profile_of(Mission((item(Command.DO_SET_ROI_NONE),), home=HOME), DRONE, CAMERA, (), Conditions()) is None


def test_ten_thousand_items_are_no_trouble() -> None:
    many = tuple(waypoint(10 * (n % 100), 10 * (n // 100), 40 + n % 7) for n in range(10_000))
    profile = made(Mission(many, home=HOME))
    assert len(profile.items) >= 10_000
    assert profile.corner_of(10_000) is not None
