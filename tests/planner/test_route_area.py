import math
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Home
from planner.model.patterns import AreaParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 100.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
Corners = list[tuple[float, float]]
RECTANGLE: Corners = [(0, 0), (2000, 0), (2000, 600), (0, 600)]
L_SHAPE: Corners = [(0, 0), (1800, 0), (1800, 500), (700, 500), (700, 1500), (0, 1500)]
COAST: Corners = [(0, 0), (3000, 200), (3000, 520), (2200, 380), (1500, 700), (900, 350), (0, 420)]
U_SHAPE: Corners = [(0, 0), (1500, 0), (1500, 1200), (1100, 1200), (1100, 400), (400, 400), (400, 1200), (0, 1200)]


def area(corners: Corners, *holes: Corners, name: str = "test") -> Area:
    places = tuple(FRAME.to_places(corners))
    return Area(name, AreaKind.POLYGON, places, tuple(tuple(FRAME.to_places(h)) for h in holes))


def plan_of(*areas: Area, swath_m: float | None = 80.0) -> Plan:
    return Plan("test", areas, Pattern.AREA, DRONE, CAMERA, gsd_m=0.05, swath_m=swath_m)


def pattern(planned: PlannedMission) -> LineString:
    legs = [leg for leg in planned.legs if leg.kind is not LegKind.TRANSIT]
    return LineString(FRAME.to_metres([legs[0].start, *(leg.end for leg in legs)]))


@pytest.mark.parametrize("corners", [RECTANGLE, L_SHAPE, COAST, U_SHAPE], ids=["rectangle", "L", "coast", "U"])
def test_the_whole_area_is_seen_and_nothing_is_flown_outside(corners: Corners) -> None:
    planned = make_mission(plan_of(area(corners)))
    assert planned.figures.covered >= 0.999
    assert planned.figures.outside_m == 0
    assert pattern(planned).difference(Polygon(corners).buffer(1e-3)).length == 0


def test_a_rectangle_costs_at_most_a_tenth_more_than_its_area_over_the_swath() -> None:
    planned = make_mission(replace(plan_of(area(RECTANGLE)), parameters=AreaParameters(tighten=True)))
    assert planned.figures.covered >= 0.999
    assert planned.figures.length_m <= 1.10 * 15_000
    assert planned.figures.turns <= 16


def test_concave_areas_cost_at_most_a_third_more_than_their_area_over_the_swath() -> None:
    for corners in (L_SHAPE, COAST, U_SHAPE):
        planned = make_mission(plan_of(area(corners)))
        assert planned.figures.length_m <= 1.33 * Polygon(corners).area / 80


def test_a_hole_is_flown_round() -> None:
    hole: Corners = [(600, 200), (900, 200), (900, 400), (600, 400)]
    planned = make_mission(plan_of(area(RECTANGLE, hole)))
    assert planned.figures.covered >= 0.999
    assert pattern(planned).intersection(Polygon(hole).buffer(-1e-3)).is_empty


@given(
    radii=st.lists(st.floats(100, 900), min_size=4, max_size=14),
    swath_m=st.floats(40, 160),
)
@settings(max_examples=15, deadline=None)
def test_of_any_star_all_is_seen_from_inside(radii: list[float], swath_m: float) -> None:
    corners = [
        (r * math.cos(2 * math.pi * i / len(radii)), r * math.sin(2 * math.pi * i / len(radii)))
        for i, r in enumerate(radii)
    ]
    planned = make_mission(plan_of(area(corners), swath_m=swath_m))
    assert planned.figures.covered >= 0.99
    assert planned.figures.outside_m <= 0.5


def test_lines_run_at_the_bearing_asked_for() -> None:
    planned = make_mission(replace(plan_of(area(RECTANGLE)), angle_deg=0.0))
    lines = [leg for leg in planned.legs if leg.kind is LegKind.LINE]
    assert all(abs(leg.start.lon_deg - leg.end.lon_deg) < 2e-5 for leg in lines)
    assert len(lines) == 25


def test_an_area_smaller_than_a_picture_gets_one_line() -> None:
    planned = make_mission(plan_of(area([(0, 0), (20, 0), (20, 15), (0, 15)]), swath_m=None))
    assert sum(leg.kind is LegKind.LINE for leg in planned.legs) == 1
    assert planned.figures.covered == 1
    assert planned.figures.outside_m == 0


def test_the_mission_takes_off_sets_speed_looks_down_photographs_and_returns() -> None:
    items = make_mission(plan_of(area(RECTANGLE))).mission.items
    assert [i.command for i in items[:4]] == [
        Command.NAV_TAKEOFF,
        Command.DO_CHANGE_SPEED,
        Command.DO_MOUNT_CONTROL,
        Command.NAV_WAYPOINT,
    ]
    assert items[2].params[0] == -90
    assert items[2].params[6] == 2
    assert items[4].command == Command.DO_SET_CAM_TRIGG_DIST
    assert items[4].params[2] == 1
    assert items[-1].command == Command.NAV_RETURN_TO_LAUNCH
    triggers = [i for i in items if i.command == Command.DO_SET_CAM_TRIGG_DIST]
    assert triggers[-1].params[0] == 0
    assert all(0 < (i.params[0] or 0) <= 22.5 for i in triggers[:-1])


def test_the_camera_is_off_where_it_ends_and_between_separate_areas() -> None:
    far = [(x + 3000, y) for x, y in RECTANGLE]
    planned = make_mission(plan_of(area(RECTANGLE), area(far, name="far")))
    between = [leg for leg in planned.legs[1:-1] if leg.kind is LegKind.TRANSIT]
    assert len(between) == 1
    assert not between[0].camera
    assert planned.figures.covered >= 0.999
    assert planned.figures.outside_m == 0


def test_touching_areas_are_flown_as_one() -> None:
    left: Corners = [(0, 0), (500, 0), (500, 300), (0, 300)]
    right: Corners = [(500, 0), (900, 0), (900, 300), (500, 300)]
    planned = make_mission(plan_of(area(left), area(right)))
    assert all(leg.kind is not LegKind.TRANSIT for leg in planned.legs[1:-1])


def test_a_launch_place_on_the_other_side_turns_the_pattern_round() -> None:
    plan = plan_of(area(RECTANGLE))
    for corner in (RECTANGLE[0], RECTANGLE[2]):
        home = Home(FRAME.to_place(*corner), 3.0)
        planned = make_mission(replace(plan, home=home))
        assert distance_m(home.at, planned.legs[0].end) < 700
        assert planned.mission.home == home


def test_without_a_launch_place_the_nearest_corner_is_taken_and_said() -> None:
    planned = make_mission(plan_of(area(RECTANGLE)))
    assert planned.mission.home is not None
    assert min(math.dist(FRAME.to_metres([planned.mission.home.at])[0], c) for c in RECTANGLE) < 0.1
    assert any("--home" in note for note in planned.notes)


def test_a_mission_beyond_the_battery_is_said_to_be() -> None:
    weak = replace(DRONE, battery_wh=50.0)
    assert any("on one battery" in note for note in make_mission(replace(plan_of(area(RECTANGLE)), drone=weak)).notes)


def test_speed_gives_way_to_a_slow_camera_and_that_is_said() -> None:
    slow = replace(CAMERA, min_interval_s=5.0)
    planned = make_mission(replace(plan_of(area(RECTANGLE)), camera=slow))
    assert planned.figures.speed_m_s == pytest.approx(4.5, abs=0.01)
    assert any("speed reduced from 10 to 4.5 m/s" in note for note in planned.notes)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gsd_m": 2.0}, "more than 500 m"),
        ({"gsd_m": 0.0001}, "coarser"),
        ({"camera": replace(CAMERA, min_interval_s=100.0)}, "front overlap"),
    ],
)
def test_what_cannot_be_flown_is_refused_in_a_sentence(change: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        make_mission(replace(plan_of(area(RECTANGLE)), **change))  # type: ignore[arg-type]  # a table of fields


def test_an_outline_that_crosses_itself_is_refused() -> None:
    with pytest.raises(BadInput, match="crosses itself"):
        make_mission(plan_of(area([(0, 0), (100, 100), (100, 0), (0, 100)])))


def test_an_area_of_half_a_country_is_refused() -> None:
    with pytest.raises(BadInput, match="too much"):
        make_mission(plan_of(area([(0, 0), (90_000, 0), (90_000, 90_000), (0, 90_000)])))


def test_a_line_is_refused_as_an_area() -> None:
    line = Area("quay", AreaKind.LINE, tuple(FRAME.to_places([(0, 0), (500, 0)])))
    with pytest.raises(BadInput, match="corridor"):
        make_mission(plan_of(line))


def test_an_area_across_longitude_180_is_flown_in_one_piece() -> None:
    frame = LocalFrame(LatLon(-16.5, 180.0))
    across = Area("Fiji", AreaKind.POLYGON, tuple(frame.to_places([(-400, 0), (400, 0), (400, 300), (-400, 300)])))
    planned = make_mission(plan_of(across))
    assert planned.figures.covered >= 0.999
    assert planned.figures.length_m < 4500


def test_a_fine_coast_is_planned_fast_enough_to_follow_a_drag() -> None:
    ring = [
        (r * math.cos(a), r * math.sin(a))
        for i in range(200)
        for a, r in [(2 * math.pi * i / 200, 600 + 120 * math.sin(i * 0.7) + 40 * math.sin(i * 2.9))]
    ]
    make_mission(plan_of(area(ring)))
    began = time.process_time()
    planned = make_mission(plan_of(area(ring)))
    assert time.process_time() - began < 3.0
    assert planned.figures.covered >= 0.995
    assert planned.figures.outside_m <= 1.0


def test_the_same_plan_gives_the_same_mission() -> None:
    assert make_mission(plan_of(area(COAST))) == make_mission(plan_of(area(COAST)))


def test_pictures_along_a_line_leave_no_gap_at_its_end() -> None:
    planned = make_mission(plan_of(area(RECTANGLE)))
    line = next(leg for leg in planned.legs if leg.kind is LegKind.LINE)
    trigger = next(i for i in planned.mission if i.command == Command.DO_SET_CAM_TRIGG_DIST).params[0]
    assert trigger is not None
    last = math.floor(distance_m(line.start, line.end) / trigger) * trigger
    seen_to = FRAME.to_metres([line.start])[0][0] + last + 22.5
    assert seen_to >= 1999 or Point(FRAME.to_metres([line.end])[0]).x < 1000


@pytest.mark.timeout(600)
def test_a_tightened_way_over_a_slanted_coast_has_few_turns_and_sees_all_of_it_from_inside() -> None:
    loose = make_mission(plan_of(area(COAST))).figures
    tight = make_mission(replace(plan_of(area(COAST)), parameters=AreaParameters(tighten=True))).figures
    assert tight.covered >= 0.999
    assert tight.outside_m == 0
    assert tight.turns <= loose.turns / 2
    assert tight.length_m <= 1.20 * Polygon(COAST).area / 80


def test_what_is_to_be_kept_out_of_is_neither_flown_nor_to_be_seen() -> None:
    zone: Corners = [(600, -50), (900, -50), (900, 700), (600, 700)]
    planned = make_mission(replace(plan_of(area(RECTANGLE)), keep_out=(area(zone, name="zone"),)))
    assert planned.figures.area_m2 == pytest.approx(1700 * 600, rel=1e-4)
    assert planned.figures.covered >= 0.999
    for leg in planned.legs:
        if leg.kind is not LegKind.TRANSIT:
            assert LineString(FRAME.to_metres([leg.start, leg.end])).disjoint(Polygon(zone))


def test_an_area_all_in_a_zone_is_refused() -> None:
    zone: Corners = [(-50, -50), (2050, -50), (2050, 700), (-50, 700)]
    with pytest.raises(BadInput, match="nothing is left"):
        make_mission(replace(plan_of(area(RECTANGLE)), keep_out=(area(zone, name="zone"),)))
