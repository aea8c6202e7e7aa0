"""Every format into every other: what both hold comes through, and what one cannot hold is told."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.formats.missions import read_mission, write_mission
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import FenceCircle, FencePolygon, Frame, Home, Mission, Rally, item

A, B, C = LatLon(51.95, 4.0), LatLon(51.951, 4.01), LatLon(51.952, -4.0)
TRIANGLE = FencePolygon((A, B, LatLon(51.96, 4.005)))
WHOLE = Mission(
    (
        item(22, at=A, height_m=30),
        item(178, p1=1.0, p2=8.0, p3=-1.0),
        item(16, at=A, height_m=50, p1=3.0, p4=None),
        item(206, p1=20.0, p3=1.0),
        item(16, at=B, height_m=61, frame=Frame.GLOBAL),
        item(16, at=C, height_m=40, frame=Frame.GLOBAL_TERRAIN_ALT),
        item(177, p1=3.0, p2=2.0),
        item(20),
    ),
    home=Home(A, 2.5),
    fence_polygons=(TRIANGLE, FencePolygon((B, C, A), inclusion=False)),
    fence_circles=(FenceCircle(A, 900.0), FenceCircle(B, 20.0, inclusion=False)),
    rally=(Rally(A, 30.0), Rally(B, 45.5)),
    cruise_speed_m_s=8.0,
    hover_speed_m_s=8.0,
    breach_return=Rally(B, 35.0),
)
HOLD_ALL = [".plan", ".kml", ".kmz", ".geojson", ".gpx"]
HOLD_ITEMS = [".waypoints", ".txt"]


@pytest.mark.parametrize(("first", "second"), permutations(HOLD_ALL, 2))
def test_a_mission_with_fence_and_rally_points_comes_through_any_two_whole_formats(
    first: str, second: str, tmp_path: Path
) -> None:
    write_mission(WHOLE, tmp_path / f"a{first}")
    write_mission(read_mission(tmp_path / f"a{first}").mission, tmp_path / f"b{second}")
    assert read_mission(tmp_path / f"b{second}").mission == WHOLE


@pytest.mark.parametrize("first", HOLD_ALL)
@pytest.mark.parametrize("second", HOLD_ITEMS)
def test_items_and_home_come_through_waypoint_files_and_the_rest_is_told(
    first: str, second: str, tmp_path: Path
) -> None:
    write_mission(WHOLE, tmp_path / f"a{first}")
    told = write_mission(read_mission(tmp_path / f"a{first}").mission, tmp_path / f"b{second}")
    assert any("fence and rally points are not part" in note for note in told)
    assert any("default speeds are not part" in note for note in told)
    back = read_mission(tmp_path / f"b{second}").mission
    assert back == Mission(WHOLE.items, home=WHOLE.home)
    told = write_mission(back, tmp_path / f"c{first}")
    again = read_mission(tmp_path / f"c{first}").mission
    assert again.items == WHOLE.items
    assert again.home == WHOLE.home
    assert (again.cruise_speed_m_s is not None) == (first == ".plan")
    assert any("15 m/s in cruise and 5 m/s hovering about" in note for note in told) == (first == ".plan")


@pytest.mark.parametrize("first", HOLD_ALL)
def test_the_fence_and_the_rally_points_come_through_their_own_files(first: str, tmp_path: Path) -> None:
    write_mission(WHOLE, tmp_path / f"a{first}")
    mission = read_mission(tmp_path / f"a{first}").mission
    told = write_mission(mission, tmp_path / "a.fence")
    assert any("3 more fence areas were left out" in note for note in told)
    assert any("no height of the return point" in note for note in told)
    assert any("only the fence was written" in note for note in told)
    fence = read_mission(tmp_path / "a.fence").mission
    assert fence.fence_polygons == (TRIANGLE,)
    assert fence.breach_return is not None
    assert fence.breach_return.at == B
    told = write_mission(mission, tmp_path / "a.rally")
    assert any("only rally points was written" in note or "only rally points were written" in note for note in told)
    assert read_mission(tmp_path / "a.rally").mission.rally == WHOLE.rally


@pytest.mark.parametrize("first", HOLD_ALL)
def test_what_dji_cannot_hold_is_told_item_by_item(first: str, tmp_path: Path) -> None:
    items = tuple(one for one in WHOLE.items if one.frame != Frame.GLOBAL_TERRAIN_ALT)
    write_mission(Mission(items, home=WHOLE.home, rally=WHOLE.rally), tmp_path / f"a{first}")
    told = write_mission(read_mission(tmp_path / f"a{first}").mission, tmp_path / "b.kmz", dji=True)
    assert any("DO_JUMP has no counterpart" in note for note in told)
    assert any("fence and rally points are not part" in note for note in told)
    assert any("launch place is not part" in note for note in told)
    back = read_mission(tmp_path / "b.kmz").mission
    ways = [(one.at, one.height_m) for one in back if one.command == 16]
    assert ways == [(A, 50.0), (B, 58.5)]


def test_a_plan_without_launch_place_or_speeds_says_what_it_had_to_write(tmp_path: Path) -> None:
    told = write_mission(Mission((item(16, at=B, height_m=20),)), tmp_path / "a.plan")
    assert any("no launch place; QGroundControl needs one, so the first item's place was written" in n for n in told)
    assert read_mission(tmp_path / "a.plan").mission.home == Home(B, 0.0)
    assert write_mission(WHOLE, tmp_path / "b.plan") == ()


def test_fence_and_rally_files_need_a_fence_and_rally_points(tmp_path: Path) -> None:
    for ending, says in ((".fence", "no fence polygon to stay inside of"), (".rally", "has no rally points")):
        with pytest.raises(BadInput, match=says):
            write_mission(Mission(WHOLE.items), tmp_path / f"a{ending}")


places = st.builds(LatLon, st.floats(-89, 89), st.floats(-179, 179))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    polygons=st.lists(
        st.builds(FencePolygon, st.lists(places, min_size=3, max_size=6).map(tuple), st.booleans()), max_size=3
    ),
    circles=st.lists(st.builds(FenceCircle, places, st.floats(1, 1e5), st.booleans()), max_size=3),
    rally=st.lists(st.builds(Rally, places, st.floats(-400, 9000)), max_size=3),
    pair=st.sampled_from(list(permutations(HOLD_ALL, 2))),
)
def test_any_fence_and_rally_points_come_through_any_pair(
    polygons: list[FencePolygon],
    circles: list[FenceCircle],
    rally: list[Rally],
    pair: tuple[str, str],
    tmp_path: Path,
) -> None:
    mission = Mission(
        WHOLE.items,
        home=WHOLE.home,
        fence_polygons=tuple(polygons),
        fence_circles=tuple(circles),
        rally=tuple(rally),
        cruise_speed_m_s=9.0,
        hover_speed_m_s=9.0,
    )
    write_mission(mission, tmp_path / f"a{pair[0]}")
    write_mission(read_mission(tmp_path / f"a{pair[0]}").mission, tmp_path / f"b{pair[1]}")
    assert read_mission(tmp_path / f"b{pair[1]}").mission == mission
