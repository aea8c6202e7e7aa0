import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.points import LatLon, LocalFrame
from sitl.world.ais import ais_nmea
from sitl.world.vessels import Ais, AisClass, Vessel
from sitl.world.voyage import Leg, Voyage

START_S = datetime(2026, 5, 1, 10, 0, tzinfo=UTC).timestamp()
SAMPLE = Voyage(START_S, 0.0, 0.0, 0.0, (Leg(100.0, 0.0, 5.0, 60.0), Leg(100.0, 200.0, 10.0)))


def test_a_vessel_lies_at_its_first_place_before_the_start_and_at_its_last_after_the_end() -> None:
    before, after = SAMPLE.state_at(START_S - 5), SAMPLE.state_at(START_S + 1000)
    assert (before.east_m, before.north_m, before.speed_m_s) == (0.0, 0.0, 0.0)
    assert (after.east_m, after.north_m, after.speed_m_s, after.heading_deg) == (100.0, 200.0, 0.0, 0.0)


def test_legs_are_run_at_their_speeds_with_waits_between() -> None:
    assert SAMPLE.duration_s == pytest.approx(20 + 60 + 20)
    halfway, waiting, last = (SAMPLE.state_at(START_S + s) for s in (10, 50, 90))
    assert (halfway.east_m, halfway.speed_m_s, halfway.course_deg) == pytest.approx((50.0, 5.0, 90.0))
    assert (waiting.east_m, waiting.speed_m_s) == (100.0, 0.0)
    assert (last.north_m, last.speed_m_s) == pytest.approx((100.0, 10.0))


@given(st.lists(st.builds(Leg, *[st.floats(-500, 500)] * 2, st.floats(0.5, 20), st.floats(0, 50)), max_size=6))
def test_no_vessel_ever_jumps(legs: list[Leg]) -> None:
    voyage = Voyage(0.0, 0.0, 0.0, 45.0, tuple(legs))
    states = [voyage.state_at(0.5 * n) for n in range(int(2 * min(voyage.duration_s, 100)) + 4)]
    for a, b in pairwise(states):
        assert math.hypot(b.east_m - a.east_m, b.north_m - a.north_m) <= 20 * 0.5 + 1e-6


def test_a_silent_transponder_says_nothing_and_a_shifted_one_another_place() -> None:
    frame = LocalFrame(LatLon(54.1, 7.0))
    ais = Ais(200_000_001, "A", AisClass.B, 37, silent_s=((START_S + 100, START_S + 400),), shift_east_m=500.0)
    vessel = Vessel("v", "rib", 8.0, 3.0, SAMPLE, ais)
    start = datetime.fromtimestamp(START_S, UTC)
    lines = ais_nmea([vessel], frame, start, start + timedelta(seconds=600))
    times = [int(line.split("c:")[1].split("*")[0]) - START_S for line in lines]
    assert times
    assert not any(100 <= t < 400 for t in times)
