import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command
from planner.model.patterns import CorridorParameters, Side
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 100.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
BENT = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 800.0), (1800.0, 900.0)]
HAIRPIN = [(0.0, 0.0), (1000.0, 0.0), (100.0, 150.0)]


def corridor(corners: list[tuple[float, float]], **more: object) -> Plan:
    line = Area("shore", AreaKind.LINE, tuple(FRAME.to_places(corners)))
    plan = Plan("test", (line,), Pattern.CORRIDOR, DRONE, CAMERA, gsd_m=0.05, swath_m=80.0)
    return replace(plan, **more)  # type: ignore[arg-type]  # a table of fields


def flown(planned: PlannedMission) -> LineString:
    legs = [leg for leg in planned.legs if leg.kind is not LegKind.TRANSIT]
    return LineString(FRAME.to_metres([legs[0].start, *(leg.end for leg in legs)]))


def test_one_pass_without_stand_off_follows_the_line() -> None:
    way = flown(make_mission(corridor(BENT)))
    assert way.hausdorff_distance(LineString(BENT)) < 0.1


@pytest.mark.parametrize("stand_off_m", [60.0, -60.0])
def test_a_pass_keeps_its_stand_off_and_goes_round_the_outside_of_kinks(stand_off_m: float) -> None:
    way = flown(make_mission(corridor(BENT, stand_off_m=stand_off_m)))
    line = LineString(BENT)
    assert way.is_simple
    distances = [line.distance(way.interpolate(i / 200, normalized=True)) for i in range(201)]
    assert min(distances) > 57
    assert max(distances) < 66


def test_stand_off_is_to_the_right_of_the_line_as_drawn() -> None:
    way = flown(make_mission(corridor([(0, 0), (1000, 0)], stand_off_m=50.0)))
    assert way.bounds[3] == pytest.approx(-50, abs=0.1)
    assert way.coords[0][0] < way.coords[-1][0]


def test_passes_lie_a_swath_apart_and_are_flown_to_and_fro() -> None:
    planned = make_mission(corridor([(0, 0), (1000, 0)], passes=3))
    lines = [leg for leg in planned.legs if leg.kind is LegKind.LINE]
    norths = [FRAME.to_metres([leg.start])[0][1] for leg in lines]
    assert norths == pytest.approx([80, 0, -80], abs=0.1)
    assert planned.figures.length_m == pytest.approx(3160, abs=1)
    assert planned.figures.covered > 0.999


@pytest.mark.parametrize("stand_off_m", [-40.0, 0.0, 40.0])
def test_a_hairpin_gives_no_pass_that_crosses_itself(stand_off_m: float) -> None:
    way = flown(make_mission(corridor(HAIRPIN, stand_off_m=stand_off_m)))
    assert way.is_simple


def test_a_stand_off_that_leaves_no_room_is_refused() -> None:
    ring = [(0.0, 0.0), (60.0, 0.0), (60.0, 60.0), (0.0, 60.0)]
    basin = Area("basin", AreaKind.POLYGON, tuple(FRAME.to_places(ring)))
    plan = replace(corridor(BENT), areas=(basin,), stand_off_m=-200.0)
    with pytest.raises(BadInput, match="stand-off"):
        make_mission(plan)


def test_a_polygon_is_flown_along_its_outline() -> None:
    ring = [(0.0, 0.0), (600.0, 0.0), (600.0, 400.0), (0.0, 400.0)]
    basin = Area("basin", AreaKind.POLYGON, tuple(FRAME.to_places(ring)))
    planned = make_mission(replace(corridor(BENT), areas=(basin,)))
    assert planned.figures.length_m == pytest.approx(2000, abs=1)


def test_a_shore_of_thousands_of_points_becomes_a_mission_of_hundreds() -> None:
    shore = [(float(i), 20.0 * ((i * 7919) % 13) / 13) for i in range(2000)]
    planned = make_mission(corridor(shore, stand_off_m=100.0))
    assert planned.figures.items < 1500


def test_both_sides_are_flown_out_on_the_right_and_back_on_the_left() -> None:
    plan = corridor([(0, 0), (1000, 0)], stand_off_m=50.0, parameters=CorridorParameters(Side.BOTH))
    lines = [leg for leg in make_mission(plan).legs if leg.kind is LegKind.LINE]
    norths = [FRAME.to_metres([leg.start])[0][1] for leg in lines]
    assert norths == pytest.approx([-50, 50], abs=0.1)


@pytest.mark.parametrize(("side", "north"), [(Side.LEFT, 50), (Side.RIGHT, -50)])
def test_a_side_makes_the_stand_off_a_size(side: Side, north: float) -> None:
    way = flown(make_mission(corridor([(0, 0), (1000, 0)], stand_off_m=-50.0, parameters=CorridorParameters(side))))
    assert (way.bounds[1], way.bounds[3]) == pytest.approx((north, north), abs=0.1)


ISLAND = [(400.0, -100.0), (700.0, -120.0), (650.0, 150.0), (420.0, 90.0)]


def test_a_channel_with_an_island_is_flown_on_both_sides_of_it() -> None:
    island = Area("island", AreaKind.POLYGON, tuple(FRAME.to_places(ISLAND)))
    plan = corridor([(0, 0), (1000, 0)], stand_off_m=20.0, keep_out=(island,), parameters=CorridorParameters(Side.BOTH))
    way = flown(make_mission(plan))
    assert way.distance(Polygon(ISLAND)) > 1
    assert Polygon([*way.coords]).buffer(0).contains(Polygon(ISLAND))


def test_round_an_outline_right_is_outside_however_it_was_drawn() -> None:
    for ring in ([(0, 0), (600, 0), (600, 400), (0, 400)], [(0, 0), (0, 400), (600, 400), (600, 0)]):
        basin = Area("basin", AreaKind.POLYGON, tuple(FRAME.to_places(ring)))
        way = flown(make_mission(replace(corridor(BENT), areas=(basin,), stand_off_m=50.0)))
        assert way.distance(Polygon(ring)) > 45


def test_islands_in_a_basin_are_flown_round_too() -> None:
    outline = [(0, 0), (2000, 0), (2000, 1500), (0, 1500)]
    hole = [(900, 600), (1200, 600), (1200, 900), (900, 900)]
    basin = Area("basin", AreaKind.POLYGON, tuple(FRAME.to_places(outline)), (tuple(FRAME.to_places(hole)),))
    planned = make_mission(replace(corridor(BENT), areas=(basin,), stand_off_m=-50.0))
    water = Polygon(outline, [hole])
    for leg in planned.legs:
        if leg.kind is LegKind.LINE:
            assert water.contains(LineString(FRAME.to_metres([leg.start, leg.end])))


@given(bends=st.lists(st.floats(-300, 300), min_size=3, max_size=25), stand_off_m=st.floats(20, 400))
@settings(max_examples=25, deadline=None)
def test_beside_any_line_a_pass_is_never_nearer_than_its_stand_off(bends: list[float], stand_off_m: float) -> None:
    line = [(100.0 * i, north) for i, north in enumerate(bends)]
    try:
        planned = make_mission(corridor(line, stand_off_m=stand_off_m))
    except BadInput as refused:  # a bay narrower than twice the stand-off holds no pass, and that is said
        assert "no room inside its bends" in str(refused)  # noqa: PT017
        return
    way = flown(planned)
    assert way.distance(LineString(line)) > 0.9 * stand_off_m - 5
    assert way.is_simple


def test_land_is_never_flown_over() -> None:
    shore = [(50.0 * i, 60.0 * math.sin(i) + 90.0 * math.sin(i / 5)) for i in range(100)]
    land = [*shore, (5000.0, -900.0), (-50.0, -900.0)]
    kept = Area("land", AreaKind.POLYGON, tuple(FRAME.to_places(land)))
    way = flown(make_mission(corridor(shore, stand_off_m=-15.0, keep_out=(kept,))))
    assert way.intersection(Polygon(land)).length == 0
    assert way.length > 4000


def test_a_line_all_on_land_is_refused() -> None:
    land = Area("land", AreaKind.POLYGON, tuple(FRAME.to_places([(-99, -99), (1099, -99), (1099, 99), (-99, 99)])))
    with pytest.raises(BadInput, match="kept out of"):
        make_mission(corridor([(0, 0), (1000, 0)], keep_out=(land,)))


def test_a_pass_along_a_bent_line_needs_one_trigger_only() -> None:
    commands = [item.command for item in make_mission(corridor(BENT)).mission]
    assert commands.count(Command.DO_SET_CAM_TRIGG_DIST) == 2


def test_of_several_lines_those_without_room_are_left_out_and_named() -> None:
    islet = [(50.0, 0.0), (0.0, 50.0), (-50.0, 0.0), (0.0, -50.0), (50.0, 0.0)]
    lines = [Area(n, AreaKind.LINE, tuple(FRAME.to_places(xy))) for n, xy in (("islet", islet), ("shore", BENT))]
    planned = make_mission(replace(corridor(BENT), areas=tuple(lines), stand_off_m=-100.0))
    assert any(note.startswith("islet:") and "no room" in note for note in planned.notes)
    assert flown(planned).distance(LineString(BENT)) > 80


def test_between_lines_the_way_leads_round_land() -> None:
    land = Area("land", AreaKind.POLYGON, tuple(FRAME.to_places([(400, -300), (600, -300), (600, 300), (400, 300)])))
    lines = [
        Area(name, AreaKind.LINE, tuple(FRAME.to_places([(east, -100), (east, 100)])))
        for name, east in (("west", 100.0), ("east", 900.0))
    ]
    planned = make_mission(replace(corridor(BENT), areas=tuple(lines), stand_off_m=0.0, keep_out=(land,)))
    inner = LineString(FRAME.to_metres([planned.legs[0].end, *(leg.end for leg in planned.legs[1:-1])]))
    assert not inner.intersects(Polygon([(400, -300), (600, -300), (600, 300), (400, 300)]))
