import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.flight import Flight, Track
from planner.model.mission import Command, FenceCircle, FencePolygon, Frame, MissionItem, item
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import ZoneRule, zones_from_geojson

HERE = LatLon(52, 4)
CAMERA = CameraProfile("c", 6.4, 3.6, 4.57, 1920, 1080)
DRONE = DroneProfile("d", 10, 15, 3, 2, 100, 200, 220, 10)
AREA = Area("a", AreaKind.LINE, (HERE, LatLon(52.01, 4)))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_item_with_a_parameter_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="parameter 2"):
        MissionItem(16, 3, (0, value, 0, 0, 52, 4, 50))


def test_a_waypoint_at_zero_zero_has_no_place_of_its_own() -> None:
    assert MissionItem(16, 3, (0, 0, 0, 0, 0, 0, 50)).at is None


def test_plain_numbers_in_the_fifth_parameter_are_no_latitude() -> None:
    assert MissionItem(Command.DO_JUMP, 2, (1, 2, 0, 0, 400, 0, 0)).at is None


def test_an_item_made_with_a_place_carries_it() -> None:
    made = item(Command.NAV_WAYPOINT, at=HERE, height_m=60)
    assert (made.at, made.height_m, made.frame) == (HERE, 60, Frame.GLOBAL_RELATIVE_ALT)


def test_a_take_off_without_a_place_keeps_a_frame_with_a_height() -> None:
    assert item(Command.NAV_TAKEOFF, height_m=60).frame == Frame.GLOBAL_RELATIVE_ALT


def test_fences_without_room_are_refused() -> None:
    with pytest.raises(ValueError, match="3 places"):
        FencePolygon((HERE, HERE))
    with pytest.raises(ValueError, match="positive radius"):
        FenceCircle(HERE, 0)


def test_the_height_of_a_plan_follows_from_the_ground_sampling_distance() -> None:
    plan = Plan("p", (AREA,), Pattern.CORRIDOR, DRONE, CAMERA, gsd_m=0.05)
    assert plan.height_m == pytest.approx(68.55)
    assert CAMERA.gsd_at_height_m(plan.height_m) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gsd_m": 0.0}, "ground sampling"),
        ({"side_overlap": 0.99}, "side overlap"),
        ({"speed_m_s": 99.0}, "speed must lie"),
        ({"passes": 0}, "passes"),
        ({"areas": ()}, "at least one area"),
    ],
)
def test_a_plan_that_cannot_be_flown_is_refused_by_its_field(change: dict[str, object], says: str) -> None:
    values: dict[str, object] = {
        "name": "p",
        "areas": (AREA,),
        "pattern": Pattern.AREA,
        "drone": DRONE,
        "camera": CAMERA,
        "gsd_m": 0.05,
    }
    with pytest.raises(ValueError, match=says):
        Plan(**(values | change))  # type: ignore[arg-type]  # wrong values are the point


def track(times: list[float], lat: list[float], yaw: list[float]) -> Track:
    zeros = np.zeros(len(times))
    nans = np.full(len(times), np.nan)
    columns = (np.array(times), np.array(lat), zeros, zeros, zeros, np.array(yaw), zeros, zeros, nans, nans, nans)
    return Track(*columns)


START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_flight_interpolates_and_turns_the_short_way_round() -> None:
    t0 = START.timestamp()
    flight = Flight("x", track([t0, t0 + 1], [52.0, 52.001], [350.0, 10.0]))
    middle = flight.at(START + timedelta(seconds=0.5))
    assert middle is not None
    assert middle.at.lat_deg == pytest.approx(52.0005)
    assert middle.yaw_deg % 360 == pytest.approx(0, abs=1e-6)
    assert middle.gimbal_yaw_deg is None


def test_a_flight_knows_nothing_outside_itself_or_in_a_gap() -> None:
    t0 = START.timestamp()
    flight = Flight("x", track([t0, t0 + 1, t0 + 60], [52.0, 52.0, 52.0], [0, 0, 0]))
    assert flight.at(START - timedelta(seconds=1)) is None
    assert flight.at(START + timedelta(seconds=30)) is None
    assert flight.at(START + timedelta(seconds=60)) is not None
    assert flight.at(START) is not None


def test_a_track_whose_times_do_not_rise_is_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        track([1, 1], [0, 0], [0, 0])


SQUARE = [[4, 52], [4.1, 52], [4.1, 52.1], [4, 52.1], [4, 52]]


def test_zones_come_out_of_geojson_with_name_and_rule() -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "basin", "rule": "no-fly"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    (zone,) = zones_from_geojson({"type": "FeatureCollection", "features": [feature]}, "z.geojson")
    assert (zone.name, zone.rule, len(zone.outline)) == ("basin", ZoneRule.NO_FLY, 4)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "not an object"),
        ({"type": "Banana"}, "'type' is 'Banana'"),
        ({"type": "FeatureCollection", "features": []}, "no polygon"),
        ({"type": "Polygon", "coordinates": [[[4, 52], [4, 53]]]}, "fewer than three"),
        ({"type": "Polygon", "coordinates": [[[4, 152], [4, 53], [5, 53]]]}, "position 1: latitude"),
        ({"type": "Polygon", "coordinates": [[["x", 1], [4, 53], [5, 53]]]}, "position 1"),
        ({"type": "Polygon", "coordinates": [[[math.nan, 1], [4, 53], [5, 53]]]}, "position 1: longitude"),
        ({"type": "LineString", "coordinates": [[4, 52], [4, 53]]}, "a polygon is needed"),
        (
            {
                "type": "Feature",
                "properties": {"rule": "eat"},
                "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
            },
            "use one of",
        ),
    ],
)
def test_a_broken_zone_file_is_refused_with_file_and_place(document: object, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        zones_from_geojson(document, "z.geojson")
    assert str(caught.value).startswith("z.geojson: ")
