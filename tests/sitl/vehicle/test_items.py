import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitl.missions import Item, Refused, fence_item, fence_problem, mission_item, rally_item
from tests.sitl.vehicle.script import HOME_ITEM, Station, item, north

NAN = math.nan


def kept(**fields: Any) -> Item:
    found = mission_item(Item(**fields), count=10)
    assert isinstance(found, Item)
    return found


def refusal(**fields: Any) -> int:
    found = mission_item(Item(**fields), count=10)
    assert isinstance(found, Refused)
    return int(found.result)


@pytest.mark.parametrize(("frame", "back"), [(0, 0), (2, 0), (5, 0), (3, 3), (6, 3), (10, 10), (11, 10)])
def test_frames_read_back_normalised(frame: int, back: int) -> None:
    assert kept(command=16, frame=frame, x=1, y=1, z=5.0).frame == back


@pytest.mark.parametrize("frame", [1, 4, 7, 8, 9, 12, 20, 21])
def test_other_frames_are_refused(frame: int) -> None:
    assert refusal(command=16, frame=frame, x=1, y=1) == 2


def test_what_a_waypoint_does_not_use_reads_back_as_zero_and_hold_is_whole_seconds() -> None:
    got = kept(command=16, frame=3, p1=2.7, p2=9.0, p3=8.0, p4=90.0, x=1, y=2, z=30.009)
    assert got == Item(16, 3, p1=2.0, x=1, y=2, z=30.0)


@pytest.mark.parametrize(
    ("sent", "back"), [(30.009, 30.0), (29.99, 29.99), (25.7, 25.7), (-3.456, -3.45), (0.01, 0.01)]
)
def test_heights_are_kept_in_whole_centimetres(sent: float, back: float) -> None:
    assert kept(command=16, frame=3, x=1, y=1, z=sent).z == pytest.approx(back, abs=1e-9)


def test_land_and_loiter_read_back_with_their_ones() -> None:
    assert kept(command=21, frame=3).p4 == 1.0
    assert kept(command=19, frame=3, p1=5.0).p3 == 1.0


def test_do_items_read_back_in_frame_0_without_a_place() -> None:
    assert kept(command=178, frame=2, p1=1.0, p2=8.0, p3=-1.0, x=5, y=6) == Item(178, 0, 1.0, 8.0, -1.0)
    assert kept(command=206, frame=2, p1=15.0, p3=1.0) == Item(206, 0, 15.0, 0.0, 1.0)


def test_a_place_left_in_a_camera_item_is_cut_to_eight_bits() -> None:
    got = kept(command=203, frame=2, x=519500001, y=40500000)
    assert (got.x, got.y) == (519500001 & 255, 40500000 & 255)


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"command": 16, "p1": NAN}, 6),
        ({"command": 16, "p2": NAN}, 7),
        ({"command": 16, "p3": NAN}, 8),
        ({"command": 178, "p4": NAN}, 9),
        ({"command": 16, "frame": 3, "z": NAN}, 12),
        ({"command": 16, "frame": 3, "z": 200_000.0}, 12),
        ({"command": 16, "frame": 3, "x": 950_000_000}, 10),
        ({"command": 16, "frame": 3, "y": 1_900_000_000}, 11),
        ({"command": 0}, 5),
        ({"command": 9999}, 3),
        ({"command": 214}, 3),
        ({"command": 530}, 3),
        ({"command": 2003}, 3),
        ({"command": 186}, 3),
        ({"command": 5001}, 3),
        ({"command": 177, "p1": 0.0}, 1),
        ({"command": 177, "p1": 99.0}, 1),
    ],
)
def test_bad_items_are_refused_for_the_right_reason(fields: dict[str, Any], result: int) -> None:
    assert refusal(**fields) == result


@pytest.mark.parametrize("command", [16, 21, 22])
def test_an_unset_heading_is_allowed(command: int) -> None:
    assert kept(command=command, frame=3, p4=NAN, x=1, y=1).p4 in {0.0, 1.0}


def test_a_waypoint_at_zero_zero_is_accepted() -> None:
    assert not kept(command=16, frame=3, z=10.0).has_place


@given(
    command=st.integers(0, 65535),
    frame=st.integers(0, 255),
    numbers=st.lists(st.floats(width=32), min_size=5, max_size=5),
    places=st.lists(st.integers(-(2**31), 2**31 - 1), min_size=2, max_size=2),
)
def test_any_item_is_kept_or_refused_and_what_is_kept_stays_the_same(
    command: int, frame: int, numbers: list[float], places: list[int]
) -> None:
    p1, p2, p3, p4, z = numbers
    sent = Item(command, frame, p1, p2, p3, p4, places[0], places[1], z)
    for rule in (lambda i: mission_item(i, count=10), fence_item, rally_item):
        first = rule(sent)
        if isinstance(first, Item):
            assert rule(first) == first


def test_items_go_through_the_protocol_as_kept() -> None:
    station = Station().ready()
    assert station.upload(HOME_ITEM, north(30, frame=6, z=12.345, param1=2.9, param2=7.0, autocontinue=0)) == 0
    got = station.download()[1]
    assert (got.whole("frame"), got.number("param1"), got.number("param2"), got.number("z")) == (3, 2.0, 0.0, 12.34)
    assert got.whole("autocontinue") == 1


# ---------------------------------------------------------------- fence and rally points


def vertices(count: int, declared: int | None = None, command: int = 5001) -> list[dict[str, Any]]:
    turn = [2 * math.pi * n / count for n in range(count)]
    return [
        item(
            command,
            frame=0,
            lat=51.95 + 0.01 * math.sin(a),
            lon=4.05 + 0.01 * math.cos(a),
            param1=float(declared or count),
        )
        for a in turn
    ]


def test_a_fence_is_stored_whole_and_reads_back_without_heights() -> None:
    station = Station().ready()
    circle = item(5003, frame=6, lat=51.95, lon=4.05, z=99.0, param1=120.5)
    assert station.upload(*vertices(4), circle, kind=1) == 0
    back = station.download(1)[-1]
    assert (back.whole("frame"), back.number("z"), back.number("param1"), back.whole("autocontinue")) == (
        0,
        0,
        120.5,
        0,
    )
    assert station.autopilot.now.parameters["FENCE_TOTAL"] == 7


@pytest.mark.parametrize(
    "items",
    [
        vertices(4, declared=5),
        vertices(2),
        [item(5003, frame=0, lat=51.95, lon=4.05, param1=0.0)],
        [item(5000, frame=0, lat=51.95, lon=4.05)] * 2,
        [item(5003, frame=0, lat=95.0, lon=4.05, param1=50.0)],
        vertices(70),
    ],
    ids=["wrong count", "two vertices", "no radius", "two return points", "latitude 95", "70 vertices"],
)
def test_a_bad_fence_fails_at_the_end_and_keeps_the_old_one(items: list[dict[str, Any]]) -> None:
    station = Station().ready()
    assert station.upload(*vertices(5), kind=1) == 0
    heard = len(station.heard)
    assert station.upload(*items, kind=1) == 1
    assert sum(s.message.name == "MISSION_REQUEST" for s in station.heard[heard:]) == len(items)
    assert station.texts()
    assert len(station.download(1)) == 5


def test_69_vertices_fit_and_a_bow_tie_too() -> None:
    station = Station().ready()
    assert station.upload(*vertices(69), kind=1) == 0
    a, b, c, d = vertices(4)
    assert station.upload(a, c, b, d, kind=1) == 0


def test_more_than_70_fence_items_are_no_space() -> None:
    station = Station().ready()
    assert station.send("MISSION_COUNT", count=71, mission_type=1)[0].whole("type") == 4


def test_a_fence_in_the_mission_frame_is_refused() -> None:
    station = Station().ready()
    assert station.upload(item(5003, frame=2, lat=51.95, lon=4.05, param1=50.0), kind=1) == 2


def test_rally_points_lose_parts_of_a_metre() -> None:
    station = Station().ready()
    assert station.upload(item(5100, frame=6, lat=51.95, lon=4.05, z=25.7), kind=2) == 0
    got = station.download(2)[0]
    assert (got.whole("frame"), got.number("z")) == (3, 25.0)


def test_rally_points_need_a_global_frame_and_there_are_46_at_most() -> None:
    station = Station().ready()
    assert station.upload(item(5100, frame=2, lat=51.95, lon=4.05, z=25.0), kind=2) == 2
    assert station.upload(*[item(5100, lat=53.7, lon=4.05, z=25.0)] * 46, kind=2) == 0
    assert station.send("MISSION_COUNT", count=47, mission_type=2)[0].whole("type") == 4


@given(
    st.lists(st.builds(Item, command=st.sampled_from([5000, 5001, 5002, 5003, 5004]), p1=st.floats(-5, 8)), max_size=12)
)
def test_any_fence_is_judged_without_failing(items: list[Item]) -> None:
    assert fence_problem(tuple(items)) is None or isinstance(fence_problem(tuple(items)), str)
