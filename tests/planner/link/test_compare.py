"""What each stack is known to change is no difference; everything else is."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.points import LatLon
from planner.link.compare import compare
from planner.link.items import (
    FENCE,
    RALLY,
    WireItem,
    fence_from_wire,
    fence_to_wire,
    mission_from_wire,
    mission_to_wire,
    rally_from_wire,
    rally_to_wire,
)
from planner.link.stack import Stack
from planner.model.mission import Command, FenceCircle, FencePolygon, Frame, Home, Mission, MissionItem, Rally, item

AP, PX4 = Stack.ARDUPILOT, Stack.PX4
HERE = LatLon(51.95, 4.05)


def wire(command: int = 16, *, seq: int = 1, z: float = 30.0, frame: int = 3, p: tuple[float, ...] = ()) -> WireItem:
    params = (*p, 0.0, 0.0, 0.0, 0.0)[:4]
    return WireItem(seq, frame, command, params, 519500000, 40500000, z)  # type: ignore[arg-type]  # exactly four


HOME = wire(seq=0)


def of_ardupilot(sent: WireItem, got: WireItem) -> int:
    return len(compare((HOME, sent), (replace(HOME, x=1, z=9.0), got), AP))


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (wire(p=(2.7, 5.0, 1.0, 90.0)), wire(p=(2.0,))),
        (wire(z=30.009), wire(z=30.0)),
        (wire(frame=6), wire(frame=3)),
        (wire(frame=11), wire(frame=10)),
        (wire(frame=2), wire(frame=0)),
        (replace(wire(), autocontinue=False), wire()),
        (wire(21), wire(21, p=(0, 0, 0, 1.0))),
        (wire(19, p=(5.5, 0, 30.0, 0)), wire(19, p=(5.0, 0, 1.0, 0))),
        (wire(205, frame=2, p=(-90, 0, 0), z=2.0), replace(wire(205, frame=0, p=(-90, 0, 0), z=0.0), x=0, y=0)),
    ],
)
def test_what_ardupilot_changes_is_no_difference(sent: WireItem, got: WireItem) -> None:
    assert of_ardupilot(sent, got) == 0


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (wire(), replace(wire(), x=519500002)),
        (wire(), replace(wire(), y=40499998)),
        (wire(z=30.0), wire(z=30.02)),
        (wire(frame=3), wire(frame=0)),
        (wire(frame=3), wire(frame=10)),
        (wire(16), wire(82)),
        (wire(p=(3.0,)), wire(p=(2.0,))),
        (wire(178, frame=2, p=(1, 7.5, -1)), wire(178, frame=2, p=(1, 7.6, -1))),
        (wire(206, frame=2, p=(25.0,)), wire(206, frame=2, p=(0.0,))),
        (wire(177, frame=2, p=(3, 2)), wire(177, frame=2, p=(2, 2))),
    ],
)
@pytest.mark.parametrize("stack", [AP, PX4])
def test_a_real_difference_is_found(sent: WireItem, got: WireItem, stack: Stack) -> None:
    found = compare((HOME, sent), (HOME, got), stack)
    assert len(found) == 1
    assert f"item {1 if stack is AP else 2}" in str(found[0])


def test_a_missing_item_is_found() -> None:
    assert "2 items instead of 3" in str(compare((HOME,) * 4, (HOME,) * 3, AP)[0])


def test_px4_keeps_unchanged_yaw_and_turns_angles() -> None:
    same = compare((wire(p=(0, 0, 0, math.nan)),), (wire(frame=6, p=(0, 0, 0, math.nan)),), PX4)
    turned = compare((wire(p=(0, 0, 0, 270.0)),), (wire(p=(0, 0, 0, -90.0)),), PX4)
    lost = compare((wire(p=(0, 0, 0, math.nan)),), (wire(p=(0, 0, 0, 0.0)),), PX4)
    assert (len(same), len(turned), len(lost)) == (0, 0, 1)


places = st.builds(LatLon, st.floats(-89, 89), st.floats(-179, 179))
numbers = st.floats(-1000, 1000, width=32)
legs = st.builds(
    lambda at, z, p1: MissionItem(16, Frame.GLOBAL_RELATIVE_ALT, (p1, 0.0, 0.0, None, at.lat_deg, at.lon_deg, z)),
    places,
    numbers,
    st.integers(0, 99).map(float),
)
jumps = st.builds(lambda n: item(Command.DO_JUMP, p1=float(n), p2=2.0), st.integers(1, 9))


@given(items=st.lists(legs | jumps, max_size=8), stack=st.sampled_from(list(Stack)))
def test_what_is_sent_can_be_read_again(items: list[MissionItem], stack: Stack) -> None:
    sent = mission_to_wire(Mission(tuple(items), home=Home(HERE, 5.0)), stack)
    back = mission_from_wire(sent, stack)
    assert len(back) == len(items)
    assert compare(mission_to_wire(back, stack), sent, stack) == ()
    for a, b in zip(items, back, strict=True):
        assert (a.command, a.params[0]) == (b.command, b.params[0])


def test_ardupilot_gets_a_home_slot_and_shifted_jumps() -> None:
    mission = Mission((item(Command.NAV_TAKEOFF, at=HERE, height_m=9.0), item(Command.DO_JUMP, p1=1.0, p2=2.0)))
    assert [one.params[0] for one in mission_to_wire(mission, AP)] == [0.0, 0.0, 2.0]
    assert [one.params[0] for one in mission_to_wire(mission, PX4)] == [0.0, 1.0]


def test_places_are_rounded_not_cut() -> None:
    mission = Mission((item(16, at=LatLon(-1.16541995, 103.99999996), height_m=9.0),))
    sent = mission_to_wire(mission, PX4)[0]
    assert (sent.x, sent.y) == (-11654200, 1040000000)


def test_items_without_a_place_keep_their_numbers_unscaled() -> None:
    mission = Mission((MissionItem(203, 3, (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)),))
    sent = mission_to_wire(mission, PX4)[0]
    assert (sent.frame, sent.x) == (2, 1)


def test_fence_and_rally_go_and_come_back() -> None:
    corners = (HERE, LatLon(51.96, 4.05), LatLon(51.96, 4.06), LatLon(51.95, 4.06))
    mission = Mission(
        (),
        fence_polygons=(FencePolygon(corners), FencePolygon(corners[:3], inclusion=False)),
        fence_circles=(FenceCircle(HERE, 50.5),),
        rally=(Rally(HERE, 25.7),),
    )
    fence, rally = fence_to_wire(mission), rally_to_wire(mission)
    assert [one.params[0] for one in fence] == [4, 4, 4, 4, 3, 3, 3, 50.5]
    assert fence_from_wire(fence) == (mission.fence_polygons, mission.fence_circles)
    assert rally_from_wire(rally) == mission.rally
    assert compare(rally, (replace(rally[0], z=25.0),), AP, RALLY) == ()
    assert len(compare(rally, (replace(rally[0], z=25.0),), PX4, RALLY)) == 1
    assert len(compare(fence, fence[:-1], AP, FENCE)) == 1
