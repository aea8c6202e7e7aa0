import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, MissionItem, item
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission
from planner.route.split import Split, Wanted, split
from planner.route.split_read import unrolled
from planner.route.split_time import Clearance, Track, apart, starts_of

FRAME = LocalFrame(LatLon(51.95, 4.05))
HOME = Home(FRAME.to_place(-100.0, -100.0))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 70.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("test", 6.4, 3.6, 4.57, 1600, 900, 0.5)
Segment = tuple[tuple[float, float], tuple[float, float]]


def waypoint(east: float, north: float, height: float = 60.0, hold: float = 0.0) -> MissionItem:
    at = FRAME.to_place(east, north)
    at = LatLon(round(at.lat_deg, 7), round(at.lon_deg, 7))
    return item(Command.NAV_WAYPOINT, at=at, height_m=height, p1=hold)


def trigger(metres: float) -> MissionItem:
    return item(Command.DO_SET_CAM_TRIGG_DIST, p1=metres, p3=1.0 if metres else 0.0)


def mission_of(*items: MissionItem) -> Mission:
    start = (
        item(Command.NAV_TAKEOFF, at=HOME.at, height_m=60.0),
        item(Command.DO_CHANGE_SPEED, p1=1.0, p2=9.0, p3=-1.0),
        item(Command.DO_MOUNT_CONTROL, p1=-90.0, height_m=2.0),
    )
    return Mission((*start, *items, item(Command.NAV_RETURN_TO_LAUNCH)), home=HOME, cruise_speed_m_s=9.0)


def photographed(mission: Mission) -> list[tuple[Segment, float]]:
    """Every straight piece flown with the camera on and its trigger, told from the items alone."""
    found: list[tuple[Segment, float]] = []
    at: tuple[float, float] | None = None
    on = 0.0
    for flown in mission:
        if flown.command == Command.DO_SET_CAM_TRIGG_DIST:
            on = flown.params[0] or 0.0
        elif flown.command == Command.NAV_WAYPOINT and flown.at is not None:
            east, north = FRAME.to_metres([flown.at])[0]
            if on > 0 and at is not None and math.dist(at, (east, north)) > 0.005:
                found.append(((at, (float(east), float(north))), on))
            at = (float(east), float(north))
    assert on == 0, "the camera is on at the end"
    return found


def must_tile(whole: list[tuple[Segment, float]], parts: list[tuple[Segment, float]]) -> None:
    """The parts, in order, are the whole: each leg once, from its start to its end, with its own trigger."""
    left = iter(parts)
    for (start, end), on in whole:
        at = start
        while math.dist(at, end) > 0.05:
            (a, b), part_on = next(left)
            assert math.dist(at, a) < 0.05
            assert math.dist(a, b) + math.dist(b, end) == pytest.approx(math.dist(a, end), abs=0.02)
            assert part_on == on
            at = b
    assert next(left, None) is None


places = st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000))
stops = st.tuples(places, st.sampled_from([None, 0.0, 20.0, 35.0]), st.floats(30, 90))


@settings(deadline=None, max_examples=60)
@given(
    stops=st.lists(stops, min_size=2, max_size=25, unique_by=lambda stop: stop[0]),
    drones=st.integers(1, 4),
    battery_wh=st.floats(110, 400),
)
def test_every_camera_leg_is_flown_exactly_once_in_all_and_each_sortie_keeps_its_reserve(
    stops: list[tuple[tuple[float, float], float | None, float]], drones: int, battery_wh: float
) -> None:
    items: list[MissionItem] = []
    for place, on, height in stops:
        items.append(waypoint(*place, height))
        items += [] if on is None else [trigger(on)]
    mission = mission_of(*items, trigger(0.0))
    drone = replace(DRONE, battery_wh=battery_wh)
    done = split(mission, drone, Wanted(drones=drones))
    if photographed(mission):
        must_tile(photographed(mission), [p for s in done.sorties for p in photographed(s.mission)])
    for sortie in done.sorties:
        assert sortie.energy_wh <= drone.battery_wh * (1 - drone.reserve_fraction) + 0.01
        commands = [flown.command for flown in sortie.mission]
        assert commands[0] == Command.NAV_TAKEOFF
        assert commands[1:3] == [Command.DO_CHANGE_SPEED, Command.DO_MOUNT_CONTROL]
        assert commands[-1] == Command.NAV_RETURN_TO_LAUNCH


def survey() -> Mission:
    ring = tuple(FRAME.to_places([(0, 0), (1200, 0), (1200, 700), (0, 700)]))
    area = Area("basin", AreaKind.POLYGON, ring)
    return make_mission(Plan("basin", (area,), Pattern.AREA, DRONE, CAMERA, gsd_m=0.05, home=HOME)).mission


@pytest.mark.parametrize("drones", [1, 2, 3])
def test_a_survey_is_split_evenly_and_its_pictures_are_all_taken(drones: int) -> None:
    mission = survey()
    done = split(mission, DRONE, Wanted(drones=drones))
    assert len(done.sorties) > drones
    must_tile(photographed(mission), [p for s in done.sorties for p in photographed(s.mission)])
    energies = [s.energy_wh for s in done.sorties]
    assert max(energies) < 1.6 * min(energies)
    assert {s.drone for s in done.sorties} == set(range(1, drones + 1))


def test_two_lines_for_two_drones_by_hand() -> None:
    mission = mission_of(
        waypoint(0, 0), trigger(20.0), waypoint(500, 0), trigger(0.0),
        waypoint(500, 100), trigger(30.0), waypoint(0, 100), trigger(0.0),
    )  # fmt: skip
    done = split(mission, replace(DRONE, battery_wh=500.0), Wanted(drones=2))
    assert [len(s.mission) for s in done.sorties] == [8, 10]
    first, second = (s.mission.items for s in done.sorties)
    assert [i.command for i in first] == [22, 178, 205, 16, 206, 16, 206, 20]
    assert first[3].at == mission.items[3].at
    assert first[4].params[0] == 20.0
    assert [i.params[0] for i in second if i.command == 206] == [30.0, 0.0]
    assert second[0].height_m == 75.0  # its own height to and from the work
    assert [i.height_m for i in second if i.command == 16] == [75.0, 60.0, 60.0, 75.0]


def test_what_is_done_at_a_cut_is_done_once() -> None:
    servo = MissionItem(183, 2, (9.0, 1500.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    items = [waypoint(0, 0), trigger(20.0)]
    for n in range(1, 9):
        items += [waypoint(n * 300.0, 0.0, hold=5.0), servo]
    done = split(mission_of(*items, trigger(0.0)), replace(DRONE, battery_wh=90.0), Wanted(drones=2))
    flown = [i for s in done.sorties for i in s.mission]
    assert len(done.sorties) >= 2
    assert sum(i.command == 183 for i in flown) == 8
    assert sum((i.params[0] or 0) for i in flown if i.command == 16) == 8 * 5.0


def test_jumps_are_unrolled() -> None:
    items = (waypoint(0, 0), waypoint(9, 9), item(Command.DO_JUMP, p1=1.0, p2=2.0), waypoint(5, 5))
    assert unrolled(items, "m") == (items[0], items[1]) * 3 + (items[3],)


def test_nested_jumps_repeat_the_inner_loop_each_time() -> None:
    a, b = waypoint(0, 0), waypoint(9, 9)
    items = (a, item(Command.DO_JUMP, p1=1.0, p2=1.0), b, item(Command.DO_JUMP, p1=1.0, p2=1.0))
    assert unrolled(items, "m") == (a, a, b, a, a, b)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((item(Command.DO_JUMP, p1=4.0, p2=-1.0),), "without end"),
        ((item(Command.DO_JUMP, p1=99.0, p2=1.0),), "item 99.0, which is not there"),
        ((item(Command.DO_JUMP, p1=4.0, p2=30000.0),), "more than 20,000 items"),
        ((item(Command.NAV_LOITER_UNLIM, at=HOME.at),), "item 6 loiters without end"),
        ((item(Command.NAV_SPLINE_WAYPOINT, at=HOME.at),), "item 6 is a curved"),
        ((item(Command.NAV_RETURN_TO_LAUNCH), waypoint(7, 7)), "goes on after item 6"),
        ((MissionItem(16, 3, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 30.0)),), "item 6 has no place"),
        ((waypoint(40_000.0, 0),), "launch nearer"),
    ],
)
def test_what_cannot_be_cut_is_refused_by_item(items: tuple[MissionItem, ...], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        split(mission_of(waypoint(0, 0), waypoint(90, 0), *items), DRONE, Wanted())


def test_a_mission_without_take_off_is_refused() -> None:
    with pytest.raises(BadInput, match="no take-off"):
        split(Mission((waypoint(0, 0), waypoint(9, 0)), home=HOME), DRONE, Wanted())


def separation_ok(done: Split, clear: Clearance) -> bool:
    pairs = itertools.combinations(done.sorties, 2)
    return all(apart(a.track, a.starts_s, b.track, b.starts_s, clear) for a, b in pairs if a.drone != b.drone)


def test_drones_stay_apart_and_batteries_are_swapped_between_sorties() -> None:
    clear = Clearance()
    done = split(survey(), DRONE, Wanted(drones=3, swap_s=240.0, clear=clear))
    assert separation_ok(done, clear)
    for drone in (1, 2, 3):
        own = [s for s in done.sorties if s.drone == drone]
        for a, b in itertools.pairwise(own):
            assert b.starts_s >= a.starts_s + a.lasts_s + 240.0
    assert len({s.transit_m for s in done.sorties}) == 3


def test_two_drones_on_the_same_line_at_the_same_height_start_one_after_the_other() -> None:
    rows = ((0.0, 0.0, 0.0, 0.0), (20.0, 0.0, 0.0, 60.0), (120.0, 900.0, 0.0, 60.0), (150.0, 900.0, 0.0, 0.0))
    tracks = [Track(1, 1, rows), Track(2, 1, rows)]
    starts, clear = starts_of(tracks, Clearance(stagger_s=0.0), swap_s=0.0)
    assert clear
    assert starts[0] == 0
    assert 5 <= starts[1] <= 150
    assert not apart(tracks[0], 0.0, tracks[1], 0.0, Clearance())


def test_wind_makes_sorties_shorter_and_too_much_of_it_is_refused() -> None:
    calm = split(survey(), DRONE, Wanted())
    windy = split(survey(), DRONE, Wanted(wind=(11.0, 0.0)))
    assert len(windy.sorties) > len(calm.sorties)
    with pytest.raises(BadInput, match="in this wind"):
        split(survey(), DRONE, Wanted(wind=(30.0, 0.0)))


def test_a_mission_of_thousands_of_items_is_split_quickly() -> None:
    rows = np.random.default_rng(1).random((2000, 2)) * 800
    items = [waypoint(float(x), float(y)) for x, y in rows]
    done = split(mission_of(*items), replace(DRONE, battery_wh=400.0), Wanted(drones=3))
    assert sum(len(s.mission) for s in done.sorties) >= 2000
