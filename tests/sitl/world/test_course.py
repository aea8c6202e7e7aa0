import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.points import LatLon, LocalFrame
from sitl.world.ais import ais_nmea
from sitl.world.course import Course, Fix
from sitl.world.handling import HANDLING, Handling, Stretch, run
from sitl.world.vessels import Ais, AisClass, Alias, Vessel

START_S = datetime(2026, 5, 1, 10, 0, tzinfo=UTC).timestamp()
REST = Fix(0.0, 0.0, 0.0, 90.0)
RIB = HANDLING["rib"]
SAMPLE = Course(START_S, run(REST, [Stretch(1000.0, 0.0, 10.0)], RIB).fixes)
PLACES = st.builds(Stretch, st.floats(-500, 500), st.floats(-500, 500), st.floats(0.5, 20))


def states(course: Course, step_s: float = 0.5) -> list[tuple[float, float, float, float]]:
    found = [course.state_at(course.start_unix_s + step_s * n) for n in range(int(course.duration_s / step_s) + 2)]
    return [(s.east_m, s.north_m, s.heading_deg, s.speed_m_s) for s in found]


def test_a_vessel_lies_at_its_first_place_before_the_start_and_at_its_last_after_the_end() -> None:
    before, after = SAMPLE.state_at(START_S - 5), SAMPLE.state_at(START_S + 1000)
    assert (before.east_m, before.speed_m_s) == (0.0, 0.0)
    assert (round(after.east_m, 6), after.speed_m_s, after.heading_deg) == (1000.0, 0.0, 90.0)


def test_it_speeds_up_and_brakes_as_its_kind_can() -> None:
    up, down = 10 / RIB.speeds_up, 10 / RIB.brakes
    assert SAMPLE.duration_s == pytest.approx(100 + up / 2 + down / 2, abs=0.1)
    assert SAMPLE.state_at(START_S + up / 2).speed_m_s == pytest.approx(5.0, abs=0.2)
    assert SAMPLE.state_at(START_S + 30).speed_m_s == pytest.approx(10.0)


def test_a_way_back_is_turned_into_on_the_spot_and_a_corner_is_rounded() -> None:
    back = run(REST, [Stretch(100, 0, 5), Stretch(0, 5, 5)], RIB)
    assert min(f.speed_m_s for f in back.fixes[1:-1]) == 0.0
    bend = run(REST, [Stretch(200, 0, 5), Stretch(200, 200, 5)], RIB)
    assert min(f.speed_m_s for f in bend.fixes if 50 < f.at_s < 70) == pytest.approx(5.0)
    assert bend.reached_s[0] == pytest.approx(41, abs=2)


@given(st.lists(PLACES, min_size=1, max_size=6), st.sampled_from(sorted(set(HANDLING) - {"package"})))
def test_no_vessel_ever_jumps_or_speeds_up_brakes_and_turns_more_than_it_can(way: list[Stretch], kind: str) -> None:
    able: Handling = HANDLING[kind]
    course = Course(0.0, run(REST, way, able).fixes)
    end = states(course)[-1]
    assert math.hypot(end[0] - way[-1].east_m, end[1] - way[-1].north_m) < 0.02
    for a, b in pairwise(states(course)):
        assert math.hypot(b[0] - a[0], b[1] - a[1]) <= 0.5 * max(a[3], b[3]) + 0.15
        assert abs(b[3] - a[3]) <= 0.5 * max(able.speeds_up, able.brakes) * 1.1 + 1e-6
        assert abs(math.remainder(b[2] - a[2], 360)) <= 0.5 * able.turns_deg_s * 1.6 + 6


def test_fixes_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="fixes in order of time"):
        Course(0.0, (Fix(5, 0, 0, 0), Fix(1, 0, 0, 0)))


def told(ais: Ais) -> list[tuple[float, int, float]]:
    """Seconds, MMSI and longitude of the position reports in ten minutes."""
    from pyais import NMEAMessage
    from pyais.messages import MessageType18

    frame, start = LocalFrame(LatLon(54.1, 7.0)), datetime.fromtimestamp(START_S, UTC)
    lines = ais_nmea([Vessel("v", "rib", 8.0, 3.0, SAMPLE, ais)], frame, start, start + timedelta(seconds=600))
    found = []
    for line in lines:
        decoded = NMEAMessage(line.split("\\")[-1].encode()).decode()
        if isinstance(decoded, MessageType18):
            found.append((int(line.split("c:")[1].split("*")[0]) - START_S, int(decoded.mmsi), float(decoded.lon)))
    return found


def test_a_silent_transponder_says_nothing() -> None:
    found = told(Ais(200_000_001, "A", AisClass.B, 37, silent_s=((START_S + 100, START_S + 400),)))
    assert found
    assert not any(100 <= s < 400 for s, _, _ in found)


def test_a_transponder_may_tell_a_false_place_for_a_while_only() -> None:
    spans = ((START_S + 200, START_S + 400),)
    true = {s: lon for s, _, lon in told(Ais(200_000_001, "A", AisClass.B, 37))}
    false = told(Ais(200_000_001, "A", AisClass.B, 37, shift_east_m=500.0, shifted_s=spans))
    wrong = [s for s, _, lon in false if abs(lon - true[s]) > 0.005]
    assert wrong
    assert {s for s, _, _ in false if 200 <= s < 400} == set(wrong)


def test_a_transponder_may_go_on_under_another_name() -> None:
    found = told(Ais(200_000_001, "A", AisClass.B, 37, aliases=(Alias(START_S + 300, 200_000_002, "B"),)))
    assert {mmsi for s, mmsi, _ in found if s < 300} == {200_000_001}
    assert {mmsi for s, mmsi, _ in found if s >= 300} == {200_000_002}
