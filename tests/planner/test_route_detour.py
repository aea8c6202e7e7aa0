import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.mission import Command, Home
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 1000.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)


def area(name: str, shape: Polygon) -> Area:
    return Area(name, AreaKind.POLYGON, tuple(FRAME.to_places(list(shape.exterior.coords)[:-1])))


def planned(areas: list[Polygon], closed: list[Polygon], home: tuple[float, float]) -> PlannedMission:
    plan = Plan(
        "test",
        tuple(area(f"a{n}", shape) for n, shape in enumerate(areas)),
        Pattern.AREA,
        DRONE,
        CAMERA,
        gsd_m=0.05,
        home=Home(FRAME.to_place(*home)),
        angle_deg=0.0,
        keep_out=tuple(area(f"z{n}", shape) for n, shape in enumerate(closed)),
    )
    return make_mission(plan)


def flown(mission: PlannedMission) -> list[tuple[float, float]]:
    """Every place that the vehicle flies to, from the launch place to the launch place, by its items."""
    home = mission.mission.home
    assert home is not None
    places = [home.at, *(i.at for i in mission.mission if i.command is Command.NAV_WAYPOINT and i.at), home.at]
    return [(float(e), float(n)) for e, n in FRAME.to_metres(places)]


SQUARE = box(0, 0, 400, 300)


def test_the_ways_out_and_home_lead_round_a_zone_that_lies_between() -> None:
    zone = box(-400, -100, -100, 600)
    mission = planned([SQUARE], [zone], (-600, 150))
    assert not LineString(flown(mission)).buffer(5).intersects(zone)
    assert flown(mission)[-1] == flown(mission)[0]
    transits = [leg for leg in mission.legs if leg.kind is LegKind.TRANSIT]
    assert len(transits) > 2
    assert not any(leg.camera for leg in transits)


def test_without_anything_in_the_way_no_waypoint_is_added() -> None:
    aside = planned([SQUARE], [box(-400, 1000, -100, 1200)], (-600, 150))
    assert len(aside.mission) == len(planned([SQUARE], [], (-600, 150)).mission)


def test_between_two_areas_the_camera_stays_off_round_the_zone() -> None:
    zone = box(500, -500, 700, 500)
    mission = planned([SQUARE, box(800, 0, 1200, 300)], [zone], (-100, 150))
    assert not LineString(flown(mission)).intersects(zone)
    for at, here in zip(flown(mission)[1:-1], _triggers(mission), strict=True):
        if 450 < at[0] < 750:
            assert here == 0.0


def test_a_launch_place_on_barred_land_is_left_straight() -> None:
    land = box(-2000, -500, -50, 800)
    mission = planned([SQUARE], [land], (-600, 150))
    assert [leg.kind for leg in mission.legs].count(LegKind.TRANSIT) == 2


def test_ways_far_over_the_land_that_the_launch_place_lies_on_are_told() -> None:
    land = box(-1200, -100, -100, 400)
    assert any("m of the ways" in note for note in planned([SQUARE], [land], (-1199, 150)).notes)
    assert not any("m of the ways" in note for note in planned([SQUARE], [land], (-130, 150)).notes)
    assert not any("m of the ways" in note for note in planned([SQUARE], [land], (-50, 150)).notes)


def test_the_legs_and_the_items_fly_the_same_way() -> None:
    mission = planned([SQUARE], [box(-400, -100, -100, 600)], (-600, 150))
    by_legs = FRAME.to_metres([mission.legs[0].start, *(leg.end for leg in mission.legs)])
    assert by_legs == pytest.approx(np.array(flown(mission)), abs=0.02)


@settings(max_examples=25, deadline=None)
@given(
    east=st.floats(-900, 1300),
    north=st.floats(-900, 1200),
    at=st.lists(st.tuples(*[st.floats(-700, 900)] * 2), min_size=1, max_size=4),
)
def test_no_zone_is_entered_wherever_it_lies(east: float, north: float, at: list[tuple[float, float]]) -> None:
    zones = [box(x, y, x + 150, y + 220) for x, y in at]
    assume(all(z.distance(SQUARE) > 3 and z.distance(Point(east, north)) > 3 for z in zones))
    way = flown(planned([SQUARE], zones, (east, north)))
    for a, b in itertools.pairwise(way):
        assert not any(LineString([a, b]).intersects(z) for z in zones if a != b)


def test_a_zone_at_the_edge_of_the_water_is_led_round_without_a_great_way_about() -> None:
    zone = box(-200, -50, -1, 350)
    mission = planned([SQUARE], [zone], (-400, 150))
    assert not LineString(flown(mission)).intersects(zone)
    transit_m = sum(distance_m(leg.start, leg.end) for leg in mission.legs if leg.kind is LegKind.TRANSIT)
    assert transit_m < 2500


def _triggers(mission: PlannedMission) -> list[float]:
    """The trigger distance set at or before each waypoint."""
    found: list[float] = []
    for item in mission.mission:
        if item.command is Command.NAV_WAYPOINT:
            found.append(found[-1] if found else 0.0)
        elif item.command is Command.DO_SET_CAM_TRIGG_DIST and found:
            found[-1] = float(item.params[0] or 0.0)
    return found
