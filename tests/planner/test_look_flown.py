"""Looks at vessels, flown on paper beside a vessel that goes on (tests/planner/flown_look.py)."""

import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.formats.profiles import camera
from planner.geo.points import LatLon, LocalFrame, destination
from planner.model.drift import Flow
from planner.model.mission import Home
from planner.model.patterns import OrbitParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import PlannedMission
from planner.model.profiles import DroneProfile
from planner.route.intercept import NotReached, meeting
from planner.route.make import make_mission
from tests.planner.flown_look import Flight, Ship, fly

HOME = Home(LatLon(51.95, 4.05))
FRAME = LocalFrame(HOME.at)
DRONE = DroneProfile("test", 10.0, 16.0, 3.0, 2.0, 2000.0, 300.0, 300.0, 12.0)
CAMERA = camera("practice-1080p")
TOLERANCE_M = 0.5
"""Positions are sent to a centimetre and speeds to a millimetre a second, which add up along the way."""


def looked_at(
    *, away_m: float, bearing: float, course: float, speed: float, length: float, wind: Flow, stand_off: float
) -> tuple[Ship, PlannedMission, Flight]:
    at = destination(HOME.at, towards_deg=bearing, range_m=away_m)
    parameters = OrbitParameters(at=at, course_deg=course, vessel_speed_m_s=speed, length_m=length, wind=wind)
    areas = (Area("orbit", AreaKind.POLYGON, parameters.outline()),)
    plan = Plan(
        "look", areas, Pattern.ORBIT, DRONE, CAMERA, 0.05, home=HOME, stand_off_m=stand_off, parameters=parameters
    )
    planned = make_mission(plan)
    east, north = FRAME.to_metres([at])[0]
    ship = Ship((float(east), float(north)), course, speed, length)
    towards = math.radians(wind.direction_deg + 180)
    blows = wind.speed_m_s * math.sin(towards), wind.speed_m_s * math.cos(towards)
    return ship, planned, fly(planned.mission, DRONE, FRAME, HOME.at, blows)


def distance_to_hull(ahead: float, aside: float, length: float) -> float:
    return math.hypot(max(0.0, abs(ahead) - length / 2), max(0.0, abs(aside) - length / 10))


vessels = {
    "away_m": st.floats(0, 2000),
    "bearing": st.floats(0, 360),
    "course": st.floats(0, 360),
    "length": st.floats(3, 250),
}


@settings(deadline=None, max_examples=40)
@given(**vessels, speed=st.floats(0, 7), wind_m_s=st.floats(0, 7), wind_from=st.floats(0, 360))
def test_every_picture_has_the_whole_hull_and_they_go_all_round_it_from_the_stand_off(
    away_m: float, bearing: float, course: float, length: float, speed: float, wind_m_s: float, wind_from: float
) -> None:
    try:
        ship, planned, flight = looked_at(
            away_m=away_m, bearing=bearing, course=course, speed=speed, length=length,
            wind=Flow(wind_m_s, wind_from), stand_off=0.0,
        )  # fmt: skip
    except NotReached:
        assume(False)
    stand_off = planned.details["stand_off_m"]
    assert isinstance(stand_off, float)
    assert planned.details["whole_in_picture"]
    aspects = []
    for picture in flight.pictures:
        ahead, aside = ship.in_hull(picture.eye, picture.second)
        assert distance_to_hull(ahead, aside, length) >= stand_off - TOLERANCE_M
        assert all(picture.shows(corner, CAMERA) for corner in ship.corners(picture.second))
        aspects.append(math.degrees(math.atan2(aside, ahead)) % 360)
    aspects.sort()
    widest = max((b - a) % 360 for a, b in itertools.pairwise([*aspects, aspects[0] + 360 - 1e-9]))
    assert widest < 30, "bow, both sides and stern are all seen"
    assert len(aspects) >= 24
    assert flight.most_airspeed_m_s <= DRONE.max_speed_m_s + 0.02


@settings(deadline=None, max_examples=40)
@given(**vessels, speed=st.floats(0, 7), stand_off=st.floats(20, 200))
def test_a_stand_off_that_is_asked_for_is_kept_and_too_long_a_hull_is_told(
    away_m: float, bearing: float, course: float, length: float, speed: float, stand_off: float
) -> None:
    ship, planned, flight = looked_at(
        away_m=away_m, bearing=bearing, course=course, speed=speed, length=length, wind=Flow(), stand_off=stand_off
    )
    assert planned.details["stand_off_m"] == round(stand_off, 2)
    for picture in flight.pictures:
        ahead, aside = ship.in_hull(picture.eye, picture.second)
        assert stand_off - TOLERANCE_M <= distance_to_hull(ahead, aside, length)
    whole = all(p.shows(corner, CAMERA) for p in flight.pictures for corner in ship.corners(p.second))
    told = any("does not fit in the picture" in note for note in planned.notes)
    assert told != planned.details["whole_in_picture"]
    assert whole or told


@settings(deadline=None, max_examples=30)
@given(**vessels, speed=st.floats(0, 7), wind_m_s=st.floats(0, 7), wind_from=st.floats(0, 360))
def test_the_flight_takes_the_time_that_the_plan_says_and_the_vessel_is_there_then(
    away_m: float, bearing: float, course: float, length: float, speed: float, wind_m_s: float, wind_from: float
) -> None:
    try:
        _, planned, flight = looked_at(
            away_m=away_m, bearing=bearing, course=course, speed=speed, length=length,
            wind=Flow(wind_m_s, wind_from), stand_off=60.0,
        )  # fmt: skip
    except NotReached:
        assume(False)
    meets, looks = planned.details["meets_after_s"], planned.details["looks_for_s"]
    assert isinstance(meets, float)
    assert isinstance(looks, float)
    assert flight.places[1][0] == pytest.approx(meets, rel=0.002, abs=0.2)
    assert flight.places[-1][0] == pytest.approx(meets + looks, rel=0.002, abs=0.4)


@pytest.mark.parametrize("across_m", [0.0, 300.0, 2000.0])
@pytest.mark.parametrize("vessel_m_s", [0.0, 2.0, 5.0])
def test_a_vessel_that_comes_straight_on_is_met_after_the_distance_over_the_closing_speed(
    across_m: float, vessel_m_s: float
) -> None:
    """Closed forms: head on, d / (v + u); from abeam, d / sqrt(v^2 - u^2)."""
    head_on = meeting((0.0, across_m), 10.0, (1500.0, across_m), (-vessel_m_s, 0.0))
    abeam = meeting((0.0, 0.0), 10.0, (1500.0, 0.0), (0.0, vessel_m_s))
    assert head_on is not None
    assert abeam is not None
    assert head_on.after_s == pytest.approx(1500.0 / (10.0 + vessel_m_s))
    assert abeam.after_s == pytest.approx(1500.0 / math.sqrt(100.0 - vessel_m_s**2))


@given(
    away=st.tuples(st.floats(50, 5000), st.floats(0, 6.283)),
    moving=st.tuples(st.floats(0, 9), st.floats(0, 6.283)),
    wind=st.tuples(st.floats(0, 9), st.floats(0, 6.283)),
)
def test_meetings_are_those_that_stepping_through_time_finds(
    away: tuple[float, float], moving: tuple[float, float], wind: tuple[float, float]
) -> None:
    vessel = away[0] * math.cos(away[1]), away[0] * math.sin(away[1])
    goes = moving[0] * math.cos(moving[1]), moving[0] * math.sin(moving[1])
    blows = wind[0] * math.cos(wind[1]), wind[0] * math.sin(wind[1])

    def short_by(second: float) -> float:
        """How far the vessel is out of the drone's reach: a disc that grows with airspeed and drifts with the wind."""
        return (
            math.dist([v + g * second for v, g in zip(vessel, goes, strict=True)], [b * second for b in blows])
            - 10.0 * second
        )

    found = meeting((0.0, 0.0), 10.0, vessel, goes, blows)
    reached = next((n * 0.5 for n in range(1, 20_000) if short_by(n * 0.5) <= 0), None)
    if reached is None:
        assert found is None or found.after_s > 9_990
    else:
        assert found is not None
        assert reached - 0.5 - 1e-6 <= found.after_s <= reached + 1e-6


def test_a_head_wind_that_drives_the_drone_off_is_told_as_such() -> None:
    slow = DroneProfile("slow", 4.0, 8.0, 3.0, 2.0, 2000.0, 300.0, 300.0, 12.0)
    parameters = OrbitParameters(at=destination(HOME.at, towards_deg=0.0, range_m=800.0), wind=Flow(5.0, 0.0))
    areas = (Area("orbit", AreaKind.POLYGON, parameters.outline()),)
    plan = Plan("look", areas, Pattern.ORBIT, slow, CAMERA, 0.05, home=HOME, parameters=parameters)
    with pytest.raises(NotReached, match=r"in a wind of 5\.0 m/s from 0 degrees: the drone comes at 4 m/s through the"):
        make_mission(plan)
