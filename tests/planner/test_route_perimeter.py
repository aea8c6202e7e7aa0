import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command
from planner.model.patterns import PerimeterParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 100.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
PORT = [(0.0, 0.0), (800.0, 0.0), (800.0, 300.0), (400.0, 300.0), (400.0, 700.0), (0.0, 700.0)]


def area(corners: list[tuple[float, float]], name: str = "port") -> Area:
    return Area(name, AreaKind.POLYGON, tuple(FRAME.to_places(corners)))


def perimeter(
    stand_off_m: float, *, laps: int = 1, pitch: float | None = None, keep_out: tuple[Area, ...] = ()
) -> PlannedMission:
    plan = Plan(
        "test",
        (area(PORT),),
        Pattern.PERIMETER,
        DRONE,
        CAMERA,
        gsd_m=0.05,
        stand_off_m=stand_off_m,
        keep_out=keep_out,
        parameters=PerimeterParameters(laps=laps, camera_pitch_deg=pitch),
    )
    return make_mission(plan)


def flown(planned: PlannedMission) -> LineString:
    legs = [leg for leg in planned.legs if leg.kind is not LegKind.TRANSIT]
    return LineString(FRAME.to_metres([legs[0].start, *(leg.end for leg in legs)]))


@pytest.mark.parametrize("stand_off_m", [60.0, 150.0])
def test_outside_the_way_keeps_its_stand_off_and_closes(stand_off_m: float) -> None:
    way = flown(perimeter(stand_off_m))
    distances = [Polygon(PORT).distance(way.interpolate(i / 400, normalized=True)) for i in range(401)]
    assert min(distances) > stand_off_m - 6
    assert max(distances) < stand_off_m + 6
    assert Point(way.coords[0]).distance(Point(way.coords[-1])) < 0.1


def test_inside_the_way_stays_inside() -> None:
    way = flown(perimeter(-60.0))
    assert Polygon(PORT).contains(way)
    assert Polygon(PORT).exterior.distance(way) > 54


def test_two_laps_are_twice_as_long() -> None:
    once, twice = (perimeter(60.0, laps=laps).figures.length_m for laps in (1, 2))
    assert twice == pytest.approx(2 * once, rel=0.001)


def test_outside_the_camera_is_held_on_the_outline_across_each_leg() -> None:
    planned = perimeter(60.0)
    looks = [i.at for i in planned.mission if i.command == Command.DO_SET_ROI_LOCATION]
    lines = [leg for leg in planned.legs if leg.kind is LegKind.LINE]
    assert len(looks) == len(lines)
    for look, leg in zip(looks, lines, strict=True):
        assert look is not None
        at, start, end = (Point(xy) for xy in FRAME.to_metres([look, leg.start, leg.end]))
        assert Polygon(PORT).exterior.distance(at) < 1
        assert LineString([start, end]).length < 125


@pytest.mark.parametrize("stand_off_m", [60.0, -60.0])
def test_at_a_pitch_the_camera_sees_as_far_inward_as_that_reaches(stand_off_m: float) -> None:
    planned = perimeter(stand_off_m, pitch=-45.0)
    looks = [i.at for i in planned.mission if i.command == Command.DO_SET_ROI_LOCATION]
    lines = [leg for leg in planned.legs if leg.kind is LegKind.LINE]
    for look, leg in zip(looks, lines, strict=True):
        assert look is not None
        at, *ends = FRAME.to_metres([look, leg.start, leg.end])
        middle = (ends[0] + ends[1]) / 2
        assert math.dist(at, middle) == pytest.approx(planned.figures.height_m, abs=0.5)


def test_the_camera_is_let_go_at_the_end() -> None:
    commands = [i.command for i in perimeter(60.0).mission]
    assert commands.count(Command.DO_SET_ROI_NONE) == 1
    assert commands.index(Command.DO_SET_ROI_NONE) > max(
        i for i, command in enumerate(commands) if command == Command.DO_SET_ROI_LOCATION
    )


def test_the_way_leads_round_land_to_keep_out_of() -> None:
    land = [(300.0, -200.0), (500.0, -200.0), (500.0, 10.0), (300.0, 10.0)]
    planned = perimeter(60.0, keep_out=(area(land, "land"),))
    assert flown(planned).distance(Polygon(land)) > 1


def test_a_stand_off_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(BadInput, match="smaller stand-off"):
        perimeter(-300.0)


@given(
    radii=st.lists(st.floats(200, 900), min_size=4, max_size=12),
    stand_off_m=st.sampled_from([-30.0, 40.0, 120.0]),
)
@settings(max_examples=20, deadline=None)
def test_of_any_star_the_way_stays_on_its_side(radii: list[float], stand_off_m: float) -> None:
    turn = 2 * math.pi / len(radii)
    corners = [(r * math.cos(turn * i), r * math.sin(turn * i)) for i, r in enumerate(radii)]
    plan = Plan("test", (area(corners),), Pattern.PERIMETER, DRONE, CAMERA, gsd_m=0.05, stand_off_m=stand_off_m)
    way = flown(make_mission(plan))
    star = Polygon(corners)
    if stand_off_m > 0:
        assert way.distance(star) > stand_off_m - 6
    else:
        assert star.buffer(0.01).contains(way)
    assert all(a != b for a, b in itertools.pairwise(way.coords))
