import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import LineString, Point, box

from planner.geo.points import LatLon, LocalFrame, destination, distance_m
from planner.model.drift import Flow
from planner.model.errors import BadInput
from planner.model.mission import Command, Home
from planner.model.patterns import OrbitParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.intercept import NotReached, Reach, flight_s, ground_speed_m_s, meeting, reached, velocity, wind_to
from planner.route.look import Vessel, look_round, ring
from planner.route.make import make_mission

HOME = Home(LatLon(51.95, 4.05))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 170.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
places = st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000))
velocities = st.tuples(st.floats(-12, 12), st.floats(-12, 12))


@given(start=places, vessel=places, moving=velocities, wind=velocities, airspeed=st.floats(1, 25))
def test_drone_and_vessel_are_at_the_same_place_when_they_meet(
    start: tuple[float, float],
    vessel: tuple[float, float],
    moving: tuple[float, float],
    wind: tuple[float, float],
    airspeed: float,
) -> None:
    found = meeting(start, airspeed, vessel, moving, wind)
    assume(found is not None and 0 < found.after_s < 1e5)
    assert found is not None
    heading = velocity(airspeed, found.heading_deg)
    flown = [start[i] + (heading[i] + wind[i]) * found.after_s for i in (0, 1)]
    there = [vessel[i] + moving[i] * found.after_s for i in (0, 1)]
    assert math.dist(flown, there) < 1e-4 * max(1.0, found.after_s)
    assert math.dist(found.at, there) < 1e-6
    assert found.ground_speed_m_s * found.after_s == pytest.approx(math.dist(start, found.at), rel=1e-6)


@given(start=places, vessel=places, moving=velocities, airspeed=st.floats(13, 25))
def test_a_drone_faster_than_the_vessel_always_meets_it_in_still_air(
    start: tuple[float, float], vessel: tuple[float, float], moving: tuple[float, float], airspeed: float
) -> None:
    assume(math.hypot(*moving) < 0.95 * airspeed)
    found = meeting(start, airspeed, vessel, moving)
    assert found is not None
    earlier = found.after_s * 0.99
    there = [vessel[i] + moving[i] * earlier for i in (0, 1)]
    assert math.dist(start, there) >= airspeed * earlier - 1e-6, "not met before that"


def test_intercepts_by_hand() -> None:
    still = meeting((0, 0), 10, (0, 1000), (0, 0))
    assert still is not None
    assert (still.after_s, still.track_deg) == (100.0, 0.0)
    crossing = meeting((0, 0), 5, (400, 0), (0, 3))  # 3-4-5
    assert crossing is not None
    assert crossing.after_s == pytest.approx(100.0)
    assert crossing.at == pytest.approx((400.0, 300.0))
    assert meeting((0, 0), 5, (100, 0), (6, 0)) is None
    same_speed = meeting((0, 0), 5, (100, 0), (-5, 0))
    assert same_speed is not None
    assert same_speed.after_s == pytest.approx(10.0)
    here = meeting((7, 7), 5, (7, 7), (9, 9))
    assert here is not None
    assert here.after_s == 0


def test_ground_speeds_by_hand() -> None:
    assert ground_speed_m_s((0, 1), 10, (0, -4)) == pytest.approx(6)
    assert ground_speed_m_s((0, 1), 10, (6, 0)) == pytest.approx(8)
    assert ground_speed_m_s((0, 1), 10, (10, 0)) is None
    assert ground_speed_m_s((0, 1), 10, (0, -10)) is None
    assert wind_to(8.0, 270.0) == (8.0, 0.0)
    assert flight_s((0, 0), (0, 600), 10, (0, -4)) == pytest.approx(100)


@pytest.mark.parametrize(
    ("reach", "moving", "wind", "why"),
    [
        (Reach((0, 0)), (11.0, 0.0), (0.0, 0.0), "goes away faster"),
        (Reach((0, 0), range_m=900.0), (1.0, 0.0), (0.0, 0.0), "beyond the range of 900 m"),
        (Reach((0, 0), fence=box(-10, -10, 900, 10)), (0.0, 0.0), (0.0, 0.0), "leaves the fence"),
        (Reach((0, 0), endurance_s=150.0), (0.0, 0.0), (0.0, 0.0), "takes 200 s, but the battery gives 150 s"),
        (Reach((0, 0)), (0.0, 0.0), (11.0, 0.0), "could not come back"),
    ],
)
def test_a_vessel_that_cannot_be_met_is_told_why(
    reach: Reach, moving: tuple[float, float], wind: tuple[float, float], why: str
) -> None:
    with pytest.raises(NotReached, match=why) as told:
        reached((0, 0), 10.0, (1000, 0), moving, reach=reach, wind=wind)
    assert told.value.exit_code == 1


@settings(deadline=None, max_examples=60)
@given(
    at=places,
    course=st.floats(0, 360),
    speed=st.floats(0, 7),
    length=st.floats(4, 300),
    stand_off=st.floats(15, 150),
)
def test_the_ring_keeps_the_stand_off_from_the_moving_hull_and_goes_all_round_it(
    at: tuple[float, float], course: float, speed: float, length: float, stand_off: float
) -> None:
    vessel = Vessel(at, velocity(speed, course), length, course)
    look = look_round((0.0, 0.0), vessel, stand_off_m=stand_off, turns=1, airspeed_m_s=14.0, speed_m_s=10.0)
    hull = affinity.rotate(box(-vessel.beam_m / 2, -length / 2, vessel.beam_m / 2, length / 2), -course, origin=(0, 0))
    seen = []
    for (a, ta), (b, tb) in itertools.pairwise(zip(look.points, look.at_s, strict=True)):
        assert math.dist(a, b) == pytest.approx(10.0 * (tb - ta), abs=1e-3)
        for share in (0.0, 0.5):
            when = ta + (tb - ta) * share
            there = vessel.after(when)
            offset = Point(a[0] + (b[0] - a[0]) * share - there[0], a[1] + (b[1] - a[1]) * share - there[1])
            seen.append(math.atan2(offset.y, offset.x))
            assert hull.distance(offset) >= stand_off * 0.999
            assert hull.distance(offset) <= stand_off * 1.5 + vessel.beam_m
    turned = sum(math.remainder(b - a, 2 * math.pi) for a, b in itertools.pairwise([*seen, seen[0]]))
    assert abs(turned) == pytest.approx(2 * math.pi, abs=1e-6)


def test_the_ring_of_a_vessel_by_hand() -> None:
    offsets = ring(Vessel((0, 0), (0, 0), 50.0, 0.0), 40.0, 3)
    shape = LineString([*offsets, offsets[0]])
    hull = LineString([(0, -25), (0, 25)])
    assert shape.is_ring
    assert min(hull.distance(Point(p)) for p in offsets) >= 45.0
    assert hull.distance(shape) >= 45.0 - 1e-9


def orbit_plan(at: LatLon, fence: Area | None = None, keep_out: tuple[Area, ...] = (), **more: object) -> Plan:
    given_ = OrbitParameters(at=at, **more)  # type: ignore[arg-type]  # a table of fields
    areas = (fence or Area("orbit", AreaKind.POLYGON, given_.outline()),)
    return Plan(
        "look", areas, Pattern.ORBIT, DRONE, CAMERA, 0.05, home=HOME, stand_off_m=60.0, keep_out=keep_out,
        parameters=given_,
    )  # fmt: skip


def test_a_vessel_at_rest_is_looked_at_and_left_again() -> None:
    at = destination(HOME.at, towards_deg=60.0, range_m=900.0)
    planned = make_mission(orbit_plan(at, length_m=30.0))
    items = planned.mission.items
    assert items[0].command == Command.NAV_TAKEOFF
    assert items[-1].command == Command.NAV_RETURN_TO_LAUNCH
    aims = [i.at for i in items if i.command == Command.DO_SET_ROI_LOCATION]
    assert len(aims) == 1
    assert aims[0] is not None
    assert distance_m(aims[0], at) < 0.1
    ring_ = [leg for leg in planned.legs if leg.camera]
    assert all(55 < distance_m(leg.start, at) < 85 for leg in ring_)
    assert ring_[0].start == ring_[-1].end
    triggers = [i.params[0] for i in items if i.command == Command.DO_SET_CAM_TRIGG_DIST]
    assert triggers[-1] == 0
    assert planned.figures.captures >= 36


def test_the_camera_follows_a_moving_vessel_in_time() -> None:
    at = destination(HOME.at, towards_deg=60.0, range_m=900.0)
    planned = make_mission(orbit_plan(at, course_deg=90.0, vessel_speed_m_s=6.0))
    frame = LocalFrame(at)
    aims = [i.at for i in planned.mission if i.command == Command.DO_SET_ROI_LOCATION and i.at is not None]
    easts = [float(frame.to_metres([a])[0][0]) for a in aims]
    assert len(aims) > 8
    assert easts == sorted(easts)
    meets, lasts = planned.details["meets_after_s"], planned.details["looks_for_s"]
    assert isinstance(meets, float)
    assert isinstance(lasts, float)
    assert easts[0] >= 6.0 * meets - 1
    assert easts[-1] <= 6.0 * (meets + lasts) + 1


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (orbit_plan(destination(HOME.at, towards_deg=0, range_m=900), vessel_speed_m_s=14.0), "too fast"),
        (orbit_plan(destination(HOME.at, towards_deg=0, range_m=900), wind=Flow(13.0, 0.0)), "more than test may fly"),
        (orbit_plan(destination(HOME.at, towards_deg=0, range_m=9000)), "the battery gives"),
        (orbit_plan(destination(HOME.at, towards_deg=0, range_m=900), range_m=500.0), "beyond the range"),
    ],
)
def test_a_look_that_is_not_possible_is_refused_in_a_sentence(plan: Plan, why: str) -> None:
    with pytest.raises(NotReached, match=why):
        make_mission(plan)


def around(place: LatLon, reach_m: float) -> tuple[LatLon, ...]:
    return tuple(destination(place, towards_deg=45.0 + 90 * i, range_m=reach_m) for i in range(4))


def test_a_drawn_area_is_a_fence_and_zones_are_kept_out_of() -> None:
    at = destination(HOME.at, towards_deg=60.0, range_m=900.0)
    wide = make_mission(orbit_plan(at, Area("fence", AreaKind.POLYGON, around(HOME.at, 2500.0))))
    assert wide.mission == make_mission(orbit_plan(at)).mission
    with pytest.raises(NotReached, match="fence"):
        make_mission(orbit_plan(at, Area("fence", AreaKind.POLYGON, around(HOME.at, 900.0))))
    zone = Area("refinery", AreaKind.POLYGON, around(destination(HOME.at, towards_deg=60.0, range_m=400.0), 60.0))
    with pytest.raises(NotReached, match="refinery"):
        make_mission(orbit_plan(at, keep_out=(zone,)))


def test_an_orbit_without_a_launch_place_is_refused() -> None:
    plan = orbit_plan(LatLon(51.96, 4.05))
    with pytest.raises(BadInput, match="--home"):
        make_mission(Plan("look", plan.areas, Pattern.ORBIT, DRONE, CAMERA, 0.05, parameters=plan.parameters))
