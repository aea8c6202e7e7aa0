"""The rest of a broken-off mission, held against an interpreter of missions that shares no code with the planner."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import LatLon, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, MissionItem, item
from planner.route.resume import resumed

HOME = LatLon(52.0, 4.0)
LASTING = {178: "speed", 1000: "gimbal", 206: "camera", 195: "aim", 197: "aim"}


def place(n: int) -> LatLon:
    return LatLon(52.0 + 0.002 * (n % 7), 4.002 + 0.003 * n)


@dataclass
class Flown:
    """What an autopilot does with a mission: legs with what was on along them, and deeds with where."""

    legs: list[tuple[LatLon, LatLon, tuple[tuple[str, tuple[float | None, ...]], ...]]] = field(default_factory=list)
    deeds: list[tuple[int, LatLon]] = field(default_factory=list)
    deed_legs: list[int] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)


def fly(items: tuple[MissionItem, ...]) -> Flown:
    """Runs the items as ArduPilot does: jumps counted, DO commands carried out when their waypoint was reached."""
    done, at = Flown(), HOME
    on: dict[str, tuple[float | None, ...]] = {}
    jumps: dict[int, int] = {}
    index = 0
    while index < len(items):
        one = items[index]
        index += 1
        if one.command == 177:
            count = jumps.get(index, 0)
            if count < (one.params[1] or 0):
                jumps[index] = count + 1
                index = int(one.params[0] or 0) - 1
            else:
                jumps[index] = 0
        elif one.command in {16, 19} and one.at is not None:
            done.legs.append((at, one.at, tuple(sorted(on.items()))))
            at = one.at
            done.reached.append(index)
        elif one.command in LASTING:
            kind = LASTING[one.command]
            on.pop(kind, None)
            off = one.command == 197 or (one.command == 206 and not one.params[0])
            if not off:
                on[kind] = one.params
        elif one.command == 203:
            done.deeds.append((203, at))
            done.deed_legs.append(len(done.legs) - 1)
    return done


def a_patrol(draws: list[int], repeats: int) -> Mission:
    items = [item(Command.NAV_TAKEOFF, at=HOME, height_m=40.0)]
    for n, kind in enumerate(draws):
        items.append(item(Command.NAV_WAYPOINT, at=place(n), height_m=40.0))
        match kind:
            case 1:
                items.append(item(Command.DO_SET_CAM_TRIGG_DIST, p1=15.0, p3=1.0))
            case 2:
                items.append(item(Command.DO_SET_CAM_TRIGG_DIST, p1=0.0))
            case 3:
                items.append(item(Command.DO_CHANGE_SPEED, p1=1.0, p2=6.0 + n, p3=-1.0))
            case 4:
                items.append(item(203, p1=0.0))
            case 5:
                items.append(item(Command.DO_SET_ROI_LOCATION, at=place(n + 3), height_m=0.0))
            case 6:
                items.append(item(Command.DO_SET_ROI_NONE))
            case _:
                pass
    if repeats:
        items.append(item(Command.DO_JUMP, p1=2.0, p2=float(repeats)))
        items.append(item(Command.NAV_WAYPOINT, at=place(20), height_m=40.0))
    items.append(item(Command.NAV_RETURN_TO_LAUNCH))
    return Mission(tuple(items), home=Home(HOME, 3.0))


@settings(max_examples=150, deadline=None)
@given(
    draws=st.lists(st.integers(0, 6), min_size=3, max_size=9),
    repeats=st.integers(0, 3),
    cut=st.integers(0, 1000),
    share=st.floats(0.05, 0.95),
)
def test_what_was_flown_and_what_is_resumed_are_together_the_whole_mission(
    draws: list[int], repeats: int, cut: int, share: float
) -> None:
    mission = a_patrol(draws, repeats)
    whole = fly(mission.items)
    last = cut % (len(whole.legs) - 1)
    start, end, on = whole.legs[last + 1]
    if distance_m(start, end) < 50:
        return
    at = LatLon(
        start.lat_deg + (end.lat_deg - start.lat_deg) * share, start.lon_deg + (end.lon_deg - start.lon_deg) * share
    )
    done = resumed(mission, whole.reached[: last + 1], at, name="p")
    rest = fly(done.mission.items)
    assert rest.legs[0][1] == done.at
    assert distance_m(done.at, at) < 1.5
    first = rest.legs[1]
    assert (first[0], first[1], first[2]) == (done.at, end, on)
    assert rest.legs[2:] == whole.legs[last + 2 :]
    assert rest.deeds == [deed for deed, leg in zip(whole.deeds, whole.deed_legs, strict=True) if leg > last]
    assert done.mission.home == mission.home
    assert done.mission.items[0].command == 22
    assert done.mission.items[-1].command == 20
    assert not [one for one in done.mission if one.command == 177]


def test_rounds_of_a_jump_that_were_flown_are_not_flown_again() -> None:
    mission = a_patrol([0, 0, 0], 2)
    whole = fly(mission.items)
    second_round = whole.reached[:5]
    assert second_round == [2, 3, 4, 2, 3]
    rest = fly(resumed(mission, second_round, place(1), name="p").mission.items)
    assert [leg[1] for leg in rest.legs] == [place(1), *(leg[1] for leg in whole.legs[5:])]


def test_the_camera_is_off_on_the_way_out_to_where_it_goes_on() -> None:
    mission = a_patrol([1, 0, 0, 2], 0)
    middle = LatLon((place(1).lat_deg + place(2).lat_deg) / 2, (place(1).lon_deg + place(2).lon_deg) / 2)
    rest = fly(resumed(mission, [2, 4], middle, name="p").mission.items)
    assert "camera" not in dict(rest.legs[0][2])
    assert dict(rest.legs[1][2])["camera"][0] == 15.0


def test_a_picture_that_was_taken_at_the_stop_is_not_taken_again() -> None:
    mission = a_patrol([0, 4, 0], 0)
    assert fly(mission.items).deeds == [(203, place(1))]
    assert fly(resumed(mission, [2, 3], place(1), name="p").mission.items).deeds == []


@pytest.mark.parametrize(
    ("reached", "at", "why"),
    [
        ([], None, "before its first waypoint"),
        ([2, 3, 4], None, "nothing is left"),
        ([2], LatLon(52.2, 4.0), "beside the leg"),
    ],
)
def test_what_cannot_be_resumed_is_told(reached: list[int], at: LatLon | None, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        resumed(a_patrol([0, 0, 0], 0), reached, at, name="p")
