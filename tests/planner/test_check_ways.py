"""Ways that the items do not show: circles, splines, climbs before a return, rally points, and heights by frame."""

from dataclasses import replace

import pytest

from planner.geo.points import LatLon
from planner.model.mission import Command, FenceCircle, Frame, Home, Mission, MissionItem, Rally, item
from planner.model.zone import Datum, Zone, ZoneRule
from planner.route.check_legs import Kind
from planner.route.check_path import flown_path
from planner.route.check_values import Conditions
from planner.zones.shapes import circle
from tests.planner.checking import FRAME, PX4, QUAD, RETURN, at, codes, mission, take_off, verdict, waypoint, zone


def ring(radius_m: float = 100.0, turns: float = 2.0) -> Mission:
    return mission(item(Command.NAV_LOITER_TURNS, at=at(0, 500), height_m=50.0, p1=turns, p3=radius_m))


def spline(east_m: float, north_m: float) -> MissionItem:
    return item(Command.NAV_SPLINE_WAYPOINT, at=at(east_m, north_m), height_m=50.0)


def test_a_circle_is_judged_all_round() -> None:
    beside = zone(ZoneRule.OBSTACLE, 95, 480, 105, 520)
    behind = zone(ZoneRule.NO_FLY, -5, 599, 5, 700)
    assert "obstacle-height-unknown" in codes(verdict(ring(), beside))
    assert "zone-no-fly" in codes(verdict(ring(), behind)), "1 m within the circle, which its chords would miss"


def test_a_circle_around_an_obstacle_does_not_fly_over_it() -> None:
    mast = zone(ZoneRule.OBSTACLE, -5, 495, 5, 505, upper_m=90.0)
    assert "obstacle" not in codes(verdict(ring(), mast))


def test_a_spline_is_judged_along_its_bow() -> None:
    """Between two splines at a right angle the bow leads outside the straight lines."""
    straight = mission(waypoint(0, 300), waypoint(300, 300), waypoint(300, 0))
    curved = mission(waypoint(0, 300), *[spline(e, n) for e, n in ((300, 300), (300, 0))])
    outside = zone(ZoneRule.NO_FLY, 305, 100, 400, 350)
    assert "zone-no-fly" not in codes(verdict(straight, outside))
    assert "zone-no-fly" in codes(verdict(curved, outside))


def test_a_spline_ends_at_its_waypoint_and_keeps_its_height() -> None:
    path = flown_path(mission(waypoint(0, 300), spline(300, 300)), QUAD, Conditions())
    last = [leg for leg in path.legs if leg.item == 3][-1]
    assert FRAME.to_metres([last.end.at])[0] == pytest.approx([300, 300], abs=0.01)
    assert {round(leg.end.msl_m, 6) for leg in path.legs if leg.item == 3} == {50.0}


def test_the_climb_before_a_return_is_judged() -> None:
    """The leg stays below a zone from 60 to 80 m and the way home above it; the climb between goes through it."""
    above = zone(ZoneRule.NO_FLY, -20, 150, 20, 250, lower_m=60.0, upper_m=80.0)
    high = Conditions(return_height_m=100.0)
    told = verdict(mission(waypoint(0, 300)), above, conditions=high)
    assert [p.code for p in told.problems] == ["return-no-fly"]
    assert "climbs into" in told.problems[0].message
    assert verdict(mission(waypoint(0, 300)), above).flyable


def test_a_rally_points_own_height_is_the_height_of_return() -> None:
    above = zone(ZoneRule.NO_FLY, 100, 320, 500, 380, lower_m=90.0)
    low, high = (replace(mission(), rally=(Rally(at(300, 500), height),)) for height in (40.0, 100.0))
    assert "return-no-fly" not in codes(verdict(low, above))
    assert "return-no-fly" in codes(verdict(high, above))


def test_the_descent_at_a_rally_point_is_judged() -> None:
    low = zone(ZoneRule.NO_FLY, 290, 390, 310, 410, upper_m=20.0)
    told = verdict(replace(mission(), rally=(Rally(at(300, 400), 40.0),)), low)
    assert [(p.code, p.item) for p in told.problems] == [("return-no-fly", None)]


def test_the_way_to_the_return_point_of_the_fence_is_judged() -> None:
    closed = zone(ZoneRule.NO_FLY, 500, 250, 550, 350)
    told = verdict(replace(mission(), breach_return=Rally(at(700, 300), 40.0)), closed)
    assert any("return point of the fence" in p.message for p in told.problems)


def test_a_rally_point_that_is_nearest_in_the_middle_of_a_leg_is_seen() -> None:
    closed = zone(ZoneRule.NO_FLY, 2600, 100, 2700, 200)
    flown = replace(
        mission(waypoint(0, 50), waypoint(12_000, 50), waypoint(6_000, -50)), rally=(Rally(at(2650, 300), 9.0),)
    )
    assert any("rally point 1" in p.message for p in verdict(flown, closed).problems)


def test_an_inclusion_of_ardupilot_is_one_of_all_and_of_px4_one_of_any() -> None:
    two = (FenceCircle(at(0, 0), 220.0), FenceCircle(at(150, 300), 350.0))
    flown = replace(mission(), fence_circles=two)
    assert "outside-fence" in codes(verdict(flown))
    assert "outside-fence" not in codes(verdict(flown, by=PX4))


def test_items_after_the_landing_are_told_and_not_judged() -> None:
    late = Mission((take_off(), waypoint(0, 90), RETURN, waypoint(0, 5000)), mission().home)
    told = verdict(late)
    assert [(p.code, p.item) for p in told.problems] == [("never-flown", 4)]
    assert float(told.figures["flight_m"] or 0) < 400


def test_a_landing_between_two_flights_goes_on_only_with_a_take_off() -> None:
    land = item(Command.NAV_LAND, at=at(0, 90))
    on = Mission((take_off(), waypoint(0, 90), land, take_off(), waypoint(0, 200), RETURN), mission().home)
    off = Mission((take_off(), waypoint(0, 90), land, waypoint(0, 200), RETURN), mission().home)
    assert "never-flown" not in codes(verdict(on))
    assert "never-flown" in codes(verdict(off))


@pytest.mark.parametrize(
    ("frame", "height", "fires"),
    [
        (Frame.GLOBAL, 89.0, False),
        (Frame.GLOBAL, 91.0, True),
        (Frame.GLOBAL_RELATIVE_ALT, 59.0, False),
        (Frame.GLOBAL_RELATIVE_ALT, 61.0, True),
        (Frame.GLOBAL_TERRAIN_ALT, 61.0, True),
        (Frame.GLOBAL_TERRAIN_ALT, 59.0, False),
    ],
)
def test_a_ceiling_above_the_sea_holds_in_every_frame(frame: Frame, height: float, fires: bool) -> None:
    """Launched 30 m up; terrain heights are judged for ground as high as the launch place."""
    ceiling = zone(ZoneRule.ALTITUDE_LIMIT, -50, 200, 50, 250, upper_m=90.0, datum=Datum.SEA)
    flown = mission(waypoint(0, 150, height, frame), waypoint(0, 300, height, frame), home_msl_m=30.0)
    assert ("zone-ceiling" in codes(verdict(flown, ceiling))) is fires


def test_a_zone_above_unknown_ground_is_judged_for_the_sea_and_for_the_launch_place() -> None:
    """From a cliff 60 m up at 80 m: 140 m above the sea, but 80 m above ground as high as the cliff."""
    low = zone(ZoneRule.NO_FLY, -50, 200, 50, 250, upper_m=100.0)
    flown = mission(waypoint(0, 150, 80), waypoint(0, 300, 80), home_msl_m=60.0)
    assert "zone-no-fly" in codes(verdict(flown, low))
    assert "zone-no-fly" not in codes(verdict(flown, low, conditions=Conditions(surface_msl_m=0.0)))


def test_a_zone_around_longitude_180_is_met() -> None:
    here = at(0, 0)

    def moved(east_m: float, north_m: float) -> tuple[float, float]:
        place = at(east_m, north_m)
        lon = 180.0 - 0.001 + (place.lon_deg - here.lon_deg)
        return place.lat_deg, lon if lon <= 180 else lon - 360

    across = Mission(
        (
            item(Command.NAV_TAKEOFF, at=LatLon(*moved(0, 0)), height_m=50.0),
            item(Command.NAV_WAYPOINT, at=LatLon(*moved(600, 0)), height_m=50.0),
            RETURN,
        ),
        Home(LatLon(*moved(0, 0))),
    )
    closed = Zone("Z", ZoneRule.NO_FLY, circle(LatLon(*moved(400, 0)), 30.0))
    beside = Zone("Z", ZoneRule.NO_FLY, circle(LatLon(*moved(400, 200)), 30.0))
    assert "zone-no-fly" in codes(verdict(across, closed))
    assert verdict(across, beside).flyable


def test_a_circle_is_not_a_stop_for_the_way_before_it() -> None:
    kinds = [leg.kind for leg in flown_path(ring(), QUAD, Conditions()).legs]
    assert kinds.count(Kind.WAY) == 37 + 1, "to the circle and round it, and the return"


def test_a_long_leg_is_judged_where_the_autopilot_flies_it() -> None:
    """80 km due west: ArduPilot keeps to the parallel, PX4 to a line in its own metres; they part by 150 m and more."""
    start, end = LatLon(52.0, 4.0), LatLon(52.0, 2.85)
    items = (
        item(Command.NAV_TAKEOFF, at=start, height_m=50.0),
        item(Command.NAV_WAYPOINT, at=end, height_m=50.0),
        item(Command.NAV_LAND, at=end),
    )
    flown = Mission(items, Home(start))
    on_parallel = Zone("Z", ZoneRule.NO_FLY, circle(LatLon(52.0, 3.425), 40.0))
    north = Zone("Z", ZoneRule.NO_FLY, circle(LatLon(52.00134, 3.425), 40.0))
    assert "zone-no-fly" in codes(verdict(flown, on_parallel))
    assert "zone-no-fly" not in codes(verdict(flown, north))
    assert "zone-no-fly" not in codes(verdict(flown, on_parallel, by=PX4))
    assert "zone-no-fly" in codes(verdict(flown, north, by=PX4))


def test_a_rally_point_takes_the_way_home_off_a_zone() -> None:
    """What the message proposes helps: near the rally point no return leads home."""
    closed = zone(ZoneRule.NO_FLY, -50, 1000, 50, 1100)
    round_it = mission(waypoint(300, 1000), waypoint(0, 2000), ends=(item(Command.NAV_LAND, at=at(0, 2000)),))
    assert "return-no-fly" in codes(verdict(round_it, closed))
    assert "return-no-fly" not in codes(verdict(replace(round_it, rally=(Rally(at(200, 1300), 30.0),)), closed))
