import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from planner.formats.missions import read_mission, write_mission
from planner.formats.profiles import camera
from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, FencePolygon, Home, Mission, MissionItem, item
from planner.model.patterns import OrbitParameters
from planner.model.plan import Area, AreaKind
from planner.model.profiles import DroneProfile
from planner.route.divert import Sky, divert
from planner.route.intercept import NotReached
from planner.route.split_read import State
from quaywatch import app

FRAME = LocalFrame(LatLon(51.95, 4.05))
HOME = Home(FRAME.to_place(-100.0, -100.0))
DRONE = DroneProfile("test", 10.0, 15.0, 3.0, 2.0, 400.0, 300.0, 300.0, 12.0)


def waypoint(east: float, north: float) -> MissionItem:
    at = FRAME.to_place(east, north)
    return item(Command.NAV_WAYPOINT, at=LatLon(round(at.lat_deg, 7), round(at.lon_deg, 7)), height_m=60.0)


def trigger(metres: float) -> MissionItem:
    return item(Command.DO_SET_CAM_TRIGG_DIST, p1=metres, p3=1.0 if metres else 0.0)


def patrol() -> Mission:
    """Items 1 to 3 start; then six lines of 1 km to and fro, 80 m apart, each with the camera on."""
    items = [
        item(Command.NAV_TAKEOFF, at=HOME.at, height_m=60.0),
        item(Command.DO_CHANGE_SPEED, p1=1.0, p2=9.0, p3=-1.0),
        item(Command.DO_MOUNT_CONTROL, p1=-90.0, height_m=2.0),
    ]
    for n in range(6):
        ends = [0.0, 1000.0] if n % 2 == 0 else [1000.0, 0.0]
        items += [waypoint(ends[0], 80.0 * n), trigger(20.0), waypoint(ends[1], 80.0 * n), trigger(0.0)]
    return Mission((*items, item(Command.NAV_RETURN_TO_LAUNCH)), home=HOME, cruise_speed_m_s=9.0)


def vessel(east: float, north: float, **more: float) -> OrbitParameters:
    return OrbitParameters(at=FRAME.to_place(east, north), length_m=30.0, **more)  # type: ignore[arg-type]  # numbers


def state_before(mission: Mission, number: int) -> State:
    state = State()
    for made in mission.items[: number - 1]:
        state = state.after(made)
    return state


def test_what_was_flown_stays_and_the_rest_is_flown_whole_when_the_vessel_is_near() -> None:
    before = patrol()
    done = divert(before, DRONE, vessel(1200.0, 0.0), after=6, stand_off_m=60.0, name="patrol")
    items = done.mission.items
    assert items[:7] == before.items[:7]
    assert done.looks_from_item == 8
    assert done.missed_m == 0
    assert done.rejoins_item is not None
    assert items[done.rejoins_item :] == before.items[8:]
    rejoined = items[done.rejoins_item - 1]
    assert rejoined.at == before.items[7].at
    assert {made for _, made in state_before(done.mission, done.rejoins_item).by_kind} == {
        before.items[1],
        before.items[2],
    }


def test_a_leg_that_the_look_breaks_off_is_taken_up_with_the_camera_on() -> None:
    before = patrol()
    done = divert(before, DRONE, vessel(-150.0, 0.0), after=4, stand_off_m=60.0, name="patrol")
    assert done.rejoins_item is not None
    there = done.mission.items[done.rejoins_item - 1]
    assert there.at == before.items[3].at
    assert done.mission.items[done.rejoins_item] == trigger(20.0)
    looked = done.mission.items[done.looks_from_item - 1 : done.rejoins_item - 1]
    assert looked[0].command == Command.DO_SET_CAM_TRIGG_DIST
    assert looked[0].params[0] == 0
    aims = [i.at for i in looked if i.command == Command.DO_SET_ROI_LOCATION and i.at is not None]
    assert distance_m(aims[0], FRAME.to_place(-150.0, 0.0)) < 0.1
    assert any(i.command == Command.DO_SET_ROI_NONE for i in looked)


def test_a_vessel_far_ahead_makes_it_come_back_where_least_is_lost() -> None:
    """The look lies 3 km along a line of 4 km: flying back to its start would cost more than the piece left out."""
    items = (*patrol().items[:3], waypoint(0, 0), trigger(20.0), waypoint(4000, 0), trigger(0.0))
    mission = Mission((*items, item(Command.NAV_RETURN_TO_LAUNCH)), home=HOME, cruise_speed_m_s=9.0)
    done = divert(mission, replace(DRONE, battery_wh=130.0), vessel(2000.0, 0.0), after=4, stand_off_m=60.0, name="m")
    assert 900 < done.missed_m < 3500
    assert done.rejoins_item is not None
    east, north = FRAME.to_metres([p for p in [done.mission.items[done.rejoins_item - 1].at] if p is not None])[0]
    assert done.missed_m == pytest.approx(float(east), abs=1.0)
    assert abs(float(north)) < 0.5
    assert done.mission.items[done.rejoins_item] == trigger(20.0)


def test_a_battery_too_small_to_go_on_brings_it_home_and_one_too_small_to_look_is_told() -> None:
    back = divert(patrol(), replace(DRONE, battery_wh=55.0), vessel(1500.0, 0.0), after=6, stand_off_m=60.0, name="p")
    assert back.rejoins_item is None
    assert back.mission.items[-1].command == Command.NAV_RETURN_TO_LAUNCH
    assert "does not last to go on" in back.notes[0]
    with pytest.raises(NotReached, match="way home"):
        divert(patrol(), replace(DRONE, battery_wh=40.0), vessel(2500.0, 0.0), after=6, stand_off_m=60.0, name="p")


def test_the_missions_fence_holds_for_the_look() -> None:
    ring = tuple(FRAME.to_places([(-300, -300), (1200, -300), (1200, 800), (-300, 800)]))
    fenced = replace(patrol(), fence_polygons=(FencePolygon(ring),))
    inside = divert(fenced, DRONE, vessel(700.0, 300.0), after=6, stand_off_m=60.0, name="p")
    assert inside.mission.fence_polygons == fenced.fence_polygons
    with pytest.raises(NotReached, match="fence"):
        divert(fenced, DRONE, vessel(1600.0, 0.0), after=6, stand_off_m=60.0, name="p")


def test_a_moving_vessel_is_met_ahead_of_where_it_is() -> None:
    given = vessel(1000.0, 600.0, course_deg=90.0, vessel_speed_m_s=5.0)
    done = divert(patrol(), DRONE, given, after=6, stand_off_m=60.0, name="p")
    first = next(i.at for i in done.mission.items[done.looks_from_item - 1 :] if i.command == 16 and i.at is not None)
    met = 1000.0 + 5.0 * done.meets_after_s, 600.0
    east, north = FRAME.to_metres([first])[0]
    assert 60 <= math.dist((float(east), float(north)), met) <= 85


@pytest.mark.parametrize(("after", "why"), [(2, "item 2 is no waypoint"), (99, "item 99 is no waypoint")])
def test_an_item_that_is_no_waypoint_is_refused(after: int, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        divert(patrol(), DRONE, vessel(100.0, 0.0), after=after, stand_off_m=60.0, name="p")


def test_the_command_writes_the_mission_to_send_and_says_which_item_to_set(tmp_path: Path) -> None:
    source, out = tmp_path / "p.waypoints", tmp_path / "d.plan"
    write_mission(patrol(), source)
    at = FRAME.to_place(1200.0, 0.0)
    args = ["plan", "divert", str(source), "-o", str(out), "--after", "6", "--at", f"{at.lat_deg},{at.lon_deg}"]
    done = CliRunner().invoke(app, [*args, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["looks_from_item"] == 8
    assert len(read_mission(out).mission) == told["items"]
    far = CliRunner().invoke(app, [*args, "--vessel-speed-m-s", "30", "--force"])
    assert isinstance(far.exception, NotReached)


def seen_pieces(items: tuple[MissionItem, ...]) -> list[tuple[LatLon, LatLon]]:
    """The legs between waypoints along which pictures of what lies below are taken."""
    seen: list[tuple[LatLon, LatLon]] = []
    at: LatLon | None = None
    on = aimed = False
    for made in items:
        if made.command == Command.DO_SET_CAM_TRIGG_DIST:
            on = bool(made.params[0])
        elif made.command in {Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI_NONE}:
            aimed = made.command == Command.DO_SET_ROI_LOCATION
        elif made.command == Command.NAV_WAYPOINT and made.at is not None:
            if at is not None and on and not aimed:
                seen.append((at, made.at))
            at = made.at
    return seen


@settings(deadline=None, max_examples=40)
@given(
    after=st.sampled_from([4, 6, 8, 10, 16, 18, 24]),
    east=st.floats(-500, 2000),
    north=st.floats(-500, 1500),
    speed=st.floats(0, 6),
    course=st.floats(0, 360),
)
def test_with_battery_enough_no_metre_of_camera_leg_is_left_out(
    after: int, east: float, north: float, speed: float, course: float
) -> None:
    before = patrol()
    given_ = vessel(east, north, vessel_speed_m_s=speed, course_deg=course)
    try:
        done = divert(before, replace(DRONE, battery_wh=4000.0), given_, after=after, stand_off_m=60.0, name="p")
    except NotReached:
        assume(False)
    assert done.missed_m == 0
    cut = done.looks_from_item - 1
    flown = {*seen_pieces(done.mission.items[:cut]), *seen_pieces(done.mission.items[cut:])}
    assert set(seen_pieces(before.items)) <= flown


def test_a_mission_whose_camera_is_never_switched_is_flown_on_where_it_was_left() -> None:
    plain = tuple(made for made in patrol() if made.command != Command.DO_SET_CAM_TRIGG_DIST)
    mission = Mission(plain, home=HOME, cruise_speed_m_s=9.0)
    done = divert(mission, DRONE, vessel(1200.0, 0.0), after=5, stand_off_m=60.0, name="p")
    assert done.missed_m == 0
    assert done.rejoins_item is not None
    assert [m.at for m in done.mission.items[done.rejoins_item - 1 :]] == [m.at for m in plain[4:]]


def test_a_watched_point_where_the_drone_waits_is_not_left_out() -> None:
    there = waypoint(200.0, 900.0)
    wait = replace(there, params=(30.0, *there.params[1:]))
    items = (*patrol().items[:3], waypoint(0, 0), trigger(20.0), waypoint(900, 0), trigger(0.0), wait, waypoint(0, 500))
    mission = Mission((*items, item(Command.NAV_RETURN_TO_LAUNCH)), home=HOME, cruise_speed_m_s=9.0)
    done = divert(mission, DRONE, vessel(1200.0, 0.0), after=6, stand_off_m=60.0, name="p")
    assert done.rejoins_item is not None
    assert wait in done.mission.items[done.rejoins_item - 1 :]


def test_the_look_and_the_way_back_stay_out_of_what_is_to_be_kept_out_of() -> None:
    corners = FRAME.to_places([(550, 150), (850, 150), (850, 450), (550, 450)])
    sky = Sky(keep_out=(Area("refinery", AreaKind.POLYGON, tuple(corners)),))
    with pytest.raises(NotReached, match="refinery"):
        divert(patrol(), DRONE, vessel(700.0, 300.0), after=6, stand_off_m=60.0, name="p", sky=sky)
    done = divert(patrol(), DRONE, vessel(1200.0, 0.0), after=6, stand_off_m=60.0, name="p", sky=sky)
    assert done.missed_m == 0


def test_a_long_hull_is_looked_at_from_far_enough_and_told_where_that_is_not_asked_for() -> None:
    sky = Sky(camera=camera("practice-1080p"))
    long = OrbitParameters(at=FRAME.to_place(1500.0, 0.0), length_m=180.0)
    far = divert(patrol(), DRONE, long, after=6, name="p", sky=sky)
    near = divert(patrol(), DRONE, long, after=6, stand_off_m=60.0, name="p", sky=sky)
    assert any("180 m does not fit in the picture from 60 m" in note for note in near.notes)
    assert far.notes == ()
    first = next(i.at for i in far.mission.items[far.looks_from_item - 1 :] if i.command == 16 and i.at is not None)
    assert distance_m(first, FRAME.to_place(1500.0, 0.0)) > 130


def test_a_vessel_out_of_range_is_told() -> None:
    with pytest.raises(NotReached, match="beyond the range of 900 m"):
        divert(patrol(), DRONE, vessel(1200.0, 0.0, range_m=900.0), after=6, name="p")
