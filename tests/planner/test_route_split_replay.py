"""Sorties replayed item by item, with jumps, by an interpreter that shares nothing with the splitter."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model.mission import Command, Mission, MissionItem, item
from planner.route.split import Wanted, split
from tests.planner.test_route_split import DRONE, FRAME, mission_of, places, trigger, waypoint

State = dict[int, tuple[float, ...]]
Leg = tuple[tuple[float, float, float], tuple[float, float, float], State]
YAW = 115
"""MAV_CMD_CONDITION_YAW."""
LASTING = (Command.DO_CHANGE_SPEED, Command.DO_MOUNT_CONTROL, YAW, Command.DO_SET_CAM_TRIGG_DIST)


def flown(mission: Mission) -> list[Leg]:
    """Every leg flown with the camera on: from, to (east, north, height, metres) and all that is set on it."""
    items, made, state = mission.items, dict[int, int](), State()
    legs: list[Leg] = []
    number, at = 0, None
    while number < len(items):
        now = items[number]
        number += 1
        if now.command == Command.DO_JUMP:
            made[number] = made.get(number, 0) + 1
            if made[number] <= int(now.params[1] or 0):
                number = int(now.params[0] or 0) - 1
        elif now.command in LASTING:
            state = state | {int(now.command): tuple(p or 0.0 for p in now.params)}
        elif now.command == Command.NAV_WAYPOINT and now.at is not None:
            east, north = FRAME.to_metres([now.at])[0]
            here = (float(east), float(north), float(now.height_m or 0.0))
            on = state.get(int(Command.DO_SET_CAM_TRIGG_DIST), (0.0,))[0] > 0
            if on and at is not None and math.dist(at, here) > 0.05:
                legs.append((at, here, state))
            at = here
    return legs


def must_resume(whole: list[Leg], parts: list[Leg]) -> None:
    left = iter(parts)
    for start, end, state in whole:
        at = start
        while math.dist(at, end) > 0.1:
            a, b, kept = next(left)
            assert math.dist(at, a) < 0.1
            assert math.dist(a, b) + math.dist(b, end) == pytest.approx(math.dist(a, end), abs=0.05)
            assert kept == state
            at = b
    assert next(left, None) is None


settings_at_a_stop = st.tuples(
    st.sampled_from([0.0, 20.0, 35.0]), st.floats(4, 12), st.floats(-90, 0), st.floats(0, 359)
)


@settings(deadline=None, max_examples=40)
@given(
    stops=st.lists(st.tuples(places, settings_at_a_stop), min_size=2, max_size=10, unique_by=lambda stop: stop[0]),
    repeats=st.integers(0, 3),
    drones=st.integers(1, 3),
    battery_wh=st.floats(120, 300),
)
def test_sorties_fly_the_legs_of_the_mission_in_order_with_the_same_speed_camera_gimbal_and_heading(
    stops: list[tuple[tuple[float, float], tuple[float, float, float, float]]],
    repeats: int,
    drones: int,
    battery_wh: float,
) -> None:
    items: list[MissionItem] = []
    for place, (on, speed, pitch, heading) in stops:
        items += [
            waypoint(*place),
            trigger(on),
            item(Command.DO_CHANGE_SPEED, p1=1.0, p2=speed, p3=-1.0),
            item(Command.DO_MOUNT_CONTROL, p1=pitch, height_m=2.0),
            MissionItem(YAW, 2, (heading, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        ]
    mission = mission_of(*items, item(Command.DO_JUMP, p1=4.0, p2=float(repeats)), trigger(0.0))
    done = split(mission, replace(DRONE, battery_wh=battery_wh), Wanted(drones=drones))
    must_resume(flown(mission), [leg for sortie in done.sorties for leg in flown(sortie.mission)])
    assert all(sortie.mission.home == mission.home for sortie in done.sorties)
