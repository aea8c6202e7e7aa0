import math

import pytest
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame
from planner.model.patterns import AreaParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission

FRAME = LocalFrame(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 100.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
SWATH_M = 80.0
pytestmark = pytest.mark.timeout(600)  # searches take half a minute of a free processor each
TRIANGLE = Polygon([(0, 0), (1300, 200), (400, 900)])
BAY = Polygon([(0, 0), (1400, 60), (1350, 500), (800, 300), (500, 600), (60, 480)])
ZONE = Polygon([(600, 100), (760, 90), (780, 240), (640, 260)])


def area(polygon: Polygon) -> Area:
    holes = tuple(tuple(FRAME.to_places(hole.coords[:-1])) for hole in polygon.interiors)
    return Area("test", AreaKind.POLYGON, tuple(FRAME.to_places(polygon.exterior.coords[:-1])), holes)


def planned(polygons: list[Polygon], zones: list[Polygon], *, tighten: bool) -> PlannedMission:
    given, areas = AreaParameters(tighten=tighten), tuple(area(polygon) for polygon in polygons)
    out = tuple(area(zone) for zone in zones)
    return make_mission(
        Plan("test", areas, Pattern.AREA, DRONE, CAMERA, 0.05, swath_m=SWATH_M, keep_out=out, parameters=given)
    )


def seen_and_outside(mission: PlannedMission, goal: BaseGeometry) -> tuple[float, float]:
    """By the flown legs alone: the share within half a swath beside them, flat at their ends, and metres outside."""
    legs = [leg for leg in mission.legs if leg.kind is not LegKind.TRANSIT]
    lines = [LineString(FRAME.to_metres([leg.start, leg.end])) for leg in legs]
    strips = shapely.union_all([line.buffer(SWATH_M / 2, cap_style="flat") for line in lines])
    return goal.intersection(strips).area / goal.area, shapely.union_all(lines).difference(goal.buffer(1e-3)).length


@pytest.mark.parametrize(
    ("polygons", "zones"),
    [([TRIANGLE], []), ([BAY], [ZONE])],
    ids=["triangle", "zone"],
)
def test_a_tightened_way_sees_all_from_inside_is_hardly_longer_and_has_no_more_turns(
    polygons: list[Polygon], zones: list[Polygon]
) -> None:
    goal = shapely.union_all(polygons).difference(shapely.union_all(zones))
    plain, tight = (planned(polygons, zones, tighten=tighten) for tighten in (False, True))
    seen, outside = seen_and_outside(tight, goal)
    assert seen >= 0.999
    assert outside == 0
    assert tight.figures.length_m <= 1.02 * plain.figures.length_m
    cost = [some.figures.length_m + 40 * some.figures.turns for some in (plain, tight)]
    assert cost[1] <= cost[0] + 1


def test_a_way_over_a_bay_gets_far_fewer_turns_when_it_is_tightened() -> None:
    plain, tight = (planned([BAY], [], tighten=tighten) for tighten in (False, True))
    assert tight.figures.turns <= 0.7 * plain.figures.turns
    assert math.isclose(tight.figures.area_m2, plain.figures.area_m2)
