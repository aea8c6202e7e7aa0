"""Any mission that can be read gets a verdict: finite figures, plain JSON, never a traceback."""

import json
import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import LatLon
from planner.model.mission import FenceCircle, FencePolygon, Home, Mission, MissionItem, Rally
from planner.model.zone import ZoneRule
from planner.route.check_values import Conditions, Rules, Wind
from tests.planner.checking import PX4, QUAD, mission, verdict, waypoint, zone

numbers = (
    st.none()
    | st.floats(-1e6, 1e6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, 1.0, 2.0, 3.0, -1.0, 52.0, 4.0])
)
places = st.builds(LatLon, st.floats(-90, 90), st.floats(-180, 180)) | st.builds(
    LatLon, st.floats(51.99, 52.01), st.floats(3.99, 4.01)
)
commands = st.sampled_from([16, 17, 18, 19, 20, 21, 22, 31, 82, 92, 93, 177, 178, 179, 195, 206, 1000, 42, 65535])


@st.composite
def items(draw: st.DrawFn) -> MissionItem:
    place = draw(places)
    near = (place.lat_deg, place.lon_deg) if draw(st.booleans()) else (0.0, 0.0)
    first = tuple(draw(numbers) for _ in range(4))
    params = (first[0], first[1], first[2], first[3], *near, draw(numbers))
    return MissionItem(draw(commands), draw(st.sampled_from([0, 2, 3, 6, 10, 1])), params)


rings = st.lists(places, min_size=3, max_size=5).map(tuple)
heights = st.floats(-500, 9000) | st.sampled_from([math.nan, math.inf])
missions = st.builds(
    Mission,
    st.lists(items(), max_size=8).map(tuple),
    home=st.none() | st.builds(Home, places, heights),
    fence_polygons=st.lists(st.lists(places, min_size=3, max_size=5).map(tuple).map(FencePolygon), max_size=1).map(
        tuple
    ),
    fence_circles=st.lists(st.builds(FenceCircle, places, st.floats(1, 1e5)), max_size=1).map(tuple),
    rally=st.lists(st.builds(Rally, places, heights), max_size=2).map(tuple),
    breach_return=st.none() | st.builds(Rally, places, heights),
    cruise_speed_m_s=st.none() | st.floats(-1, 100) | st.just(math.nan),
)
RULES = Rules(max_height_m=120.0, sight_m=500.0, range_m=2000.0)


@settings(max_examples=60, deadline=None)
@given(missions, st.floats(0, 30), st.floats(0, 360), st.booleans())
def test_any_mission_gets_a_verdict(flown: Mission, wind: float, blows: float, px4: bool) -> None:
    zones = tuple(zone(rule, 40 * n - 200, -200, 40 * n + 200, 200, upper_m=60.0) for n, rule in enumerate(ZoneRule))
    given_ = Conditions(wind=Wind(wind, blows), land_allowed=px4)
    judged = verdict(
        flown,
        *zones,
        by=PX4 if px4 else QUAD,
        conditions=given_,
        rules=RULES,
    )
    row = json.loads(json.dumps(judged.as_dict(), allow_nan=False))
    assert isinstance(row["flyable"], bool)
    for problem in judged.problems:
        assert problem.message.endswith(".")
        assert problem.code == "not-finite" or "nan" not in problem.message.split()
        assert problem.item is None or 1 <= problem.item <= max(len(flown), 651)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(10, 110)), min_size=1, max_size=8))
def test_more_zones_never_make_a_mission_flyable(rows: list[tuple[float, float, float]]) -> None:
    flown = mission(*[waypoint(*row) for row in rows])
    closed = zone(ZoneRule.NO_FLY, -300, -300, 300, 300)
    assert not verdict(flown, closed).flyable, "the launch place itself lies in the zone"
    open_above = replace(closed, upper=None, lower=None, rule=ZoneRule.INFORMATION)
    assert verdict(flown, open_above).problems == verdict(flown).problems
