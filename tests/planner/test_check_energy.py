"""Energy and wind of the check, against figures worked out by hand."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.mission import Command, Mission, Rally, item
from planner.route.check_values import Conditions, Wind
from planner.route.energy import level_power_w
from planner.route.wind import components, made_good
from tests.planner.checking import QUAD, at, codes, mission, verdict, waypoint

OUT = mission(waypoint(0, 3000), waypoint(0, 10))


def figure(flown: Mission, name: str, wind: Wind | None = None) -> float:
    return float(verdict(flown, conditions=Conditions(wind=wind)).figures[name] or 0)


def test_still_air_by_hand() -> None:
    """50 m up at 3 m/s with 384 W, 6,000 m at 10 m/s with 300 W, one turn, 50 m down at 2 m/s with 320 W."""
    seconds = 50 / 3 + 6000 / 10 + 3 + 50 / 2
    watt_s = 50 / 3 * 384 + 600 * 300 + (3 + 25) * 320
    assert figure(OUT, "duration_s") == pytest.approx(seconds, abs=0.2)
    assert figure(OUT, "energy_wh") == pytest.approx(watt_s / 3600, abs=0.1)


def test_the_triangle_of_velocities() -> None:
    behind = made_good(Wind(6, 180), course_deg=0, wanted_m_s=10, max_air_m_s=15)
    against = made_good(Wind(6, 0), course_deg=0, wanted_m_s=10, max_air_m_s=15)
    across = made_good(Wind(6, 270), course_deg=0, wanted_m_s=10, max_air_m_s=15)
    assert behind is not None
    assert against is not None
    assert across is not None
    assert (behind.ground_m_s, behind.air_m_s) == pytest.approx((10, 4))
    assert (against.ground_m_s, against.air_m_s) == pytest.approx((9, 15))
    assert (across.ground_m_s, across.air_m_s) == pytest.approx((10, math.hypot(10, 6)))
    assert made_good(Wind(15, 0), course_deg=0, wanted_m_s=10, max_air_m_s=15) is None
    assert made_good(Wind(16, 90), course_deg=0, wanted_m_s=10, max_air_m_s=15) is None


@given(st.floats(0, 14), st.floats(0, 360), st.floats(0, 360), st.floats(1, 15))
def test_speeds_made_good_close_the_triangle(speed: float, blows: float, course: float, wanted: float) -> None:
    made = made_good(Wind(speed, blows), course_deg=course, wanted_m_s=wanted, max_air_m_s=15)
    if made is not None:
        along, across = components(Wind(speed, blows), course)
        assert math.hypot(made.ground_m_s - along, across) <= made.air_m_s + 1e-6
        assert 0 < made.ground_m_s <= wanted + 1e-9
        assert made.air_m_s <= 15 + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 11), st.floats(0, 360))
def test_wind_never_makes_a_flight_there_and_back_faster(speed: float, blows: float) -> None:
    assert figure(OUT, "duration_s", Wind(speed, blows)) >= figure(OUT, "duration_s") - 0.2


def test_gusts_cost_energy() -> None:
    assert figure(OUT, "energy_wh", Wind(8, 0, 12)) > figure(OUT, "energy_wh", Wind(8, 0, 8))


def test_power_goes_through_the_profiles_two_figures_and_rises_beyond() -> None:
    assert level_power_w(QUAD, 0) == QUAD.hover_power_w
    assert level_power_w(QUAD, QUAD.cruise_speed_m_s) == pytest.approx(QUAD.cruise_power_w)
    assert level_power_w(QUAD, 15) == pytest.approx(300 * (1 + 0.2 * (1.5**3 - 1)))


def test_the_point_of_no_return_lies_where_going_on_leaves_too_little_to_come_back() -> None:
    """Usable 132.75 Wh; the way out at 0.00833 Wh/m and back the same, climb 1.78 Wh, descent 2.22 Wh."""
    far = mission(waypoint(0, 9000))
    judged = verdict(far)
    (problem,) = (p for p in judged.problems if p.code == "no-return")
    assert problem.item == 2
    assert problem.where is not None
    expected = (132.75 - 1.78 - 2.22) / (2 * 300 / 10 / 3600)
    reached = (problem.where.lat_deg - at(0, 0).lat_deg) / (at(0, 9000).lat_deg - at(0, 0).lat_deg) * 9000
    assert reached == pytest.approx(expected, rel=0.01)
    assert judged.figures["no_return_item"] == 2


def test_a_rally_point_shortens_the_way_back() -> None:
    far = mission(waypoint(0, 9000))
    with_rally = replace(far, rally=(Rally(at(0, 9000), 30.0),))
    assert "no-return" not in codes(verdict(with_rally))
    assert "no-return" in codes(verdict(far))


def test_the_wind_on_the_way_home_counts() -> None:
    """Out with the wind behind costs little; straight back against it does not fit the battery."""
    out = mission(waypoint(0, 5500), ends=(item(Command.NAV_LAND, at=at(0, 5500)),))
    assert "no-return" not in codes(verdict(out))
    assert "no-return" in codes(verdict(out, conditions=Conditions(wind=Wind(11, 180))))


def test_waiting_costs_hover_power() -> None:
    wait = mission(item(Command.NAV_LOITER_TIME, at=at(0, 100), height_m=50.0, p1=600.0))
    short = mission(item(Command.NAV_LOITER_TIME, at=at(0, 100), height_m=50.0, p1=0.0))
    assert figure(wait, "energy_wh") - figure(short, "energy_wh") == pytest.approx(600 * 320 / 3600, abs=0.2)


def test_circles_are_flown_round() -> None:
    turns = mission(item(Command.NAV_LOITER_TURNS, at=at(0, 500), height_m=50.0, p1=3.0, p3=100.0))
    none = mission(item(Command.NAV_LOITER_TURNS, at=at(0, 500), height_m=50.0, p1=0.0, p3=100.0))
    saved_s = 2 * 100 / 10  # the way to the middle and back out of it
    assert figure(turns, "duration_s") - figure(none, "duration_s") > 3 * 2 * math.pi * 100 / 10 * 0.95 - saved_s


def test_the_way_back_may_cost_most_between_two_rally_points() -> None:
    """Both ends of a 9 km leg lie at a refuge; in its middle the way back to the nearest one is against the wind."""
    flown = mission(waypoint(0, 9000), ends=(item(Command.NAV_LAND, at=at(0, 9000)),))
    safe = replace(flown, rally=(Rally(at(0, 9000), 30.0),))
    weak = replace(QUAD, battery_wh=130.0)
    assert codes(verdict(safe, by=weak)) == set()
    windy = verdict(safe, by=weak, conditions=Conditions(wind=Wind(10, 180, 10)))
    assert codes(windy) == {"no-return"}
    assert 2000 < (float(windy.figures["no_return_lat"] or 0) - 52.0) * 111_267 < 4600
