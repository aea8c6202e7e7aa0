import itertools
import json
import math
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.formats.missions import read_mission, write_plan
from planner.geo.points import LatLon, destination, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Home, MissionItem
from planner.model.patterns import HullLanes, HullParameters, HullSides
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.hull import as_above_home
from planner.route.hull_lanes import HullBox, Lane, Point3, hull_lanes, hull_way
from planner.route.make import make_mission

AT = LatLon(51.95, 4.05)
ROV = DroneProfile("rov", 0.5, 1.0, 0.3, 0.3, 266.0, 100.0, 120.0, 12.0, vehicle="sub")
CAMERA = CameraProfile("low-light", 5.6, 3.15, 2.97, 1920, 1080, 0.1)


def hull_plan(**more: object) -> Plan:
    changed = {k: more.pop(k) for k in ("home", "stand_off_m", "swath_m", "side_overlap") if k in more}
    given_ = HullParameters(**{"at": AT, "length_m": 60.0, "beam_m": 10.0, "draught_m": 4.0, **more})  # type: ignore[arg-type]  # a table of fields
    area = Area("hull", AreaKind.POLYGON, given_.outline())
    fields = {"stand_off_m": 2.0, **changed}
    return Plan("hull", (area,), Pattern.HULL, ROV, CAMERA, gsd_m=0.05, parameters=given_, **fields)  # type: ignore[arg-type]  # same


def along(a: Point3, b: Point3, steps: int = 40) -> list[Point3]:
    return [tuple(p + (q - p) * i / steps for p, q in zip(a, b, strict=True)) for i in range(steps + 1)]  # type: ignore[misc]  # three of them


hulls = st.builds(
    HullBox,
    length_m=st.floats(3, 400),
    beam_m=st.floats(1, 60),
    draught_m=st.floats(0.3, 40),
    stand_off_m=st.floats(0.5, 8),
)


@settings(deadline=None, max_examples=60)
@given(
    hull=hulls,
    lanes=st.sampled_from(HullLanes),
    sides=st.sampled_from(HullSides),
    share=st.floats(0.1, 1.5),
    bearing=st.floats(0, 6.28),
    away=st.floats(1.5, 5),
)
def test_no_piece_of_the_way_comes_nearer_to_the_hull_than_the_stand_off(
    hull: HullBox, lanes: HullLanes, sides: HullSides, share: float, bearing: float, away: float
) -> None:
    out = away * hull.length_m + hull.beam_m + 2 * hull.stand_off_m
    launch = (math.cos(bearing) * out, math.sin(bearing) * out)
    passes = hull_lanes(hull, across_m=max(share * hull.stand_off_m, hull.length_m / 40), lanes=lanes, sides=sides)
    way = hull_way(hull, passes, launch)
    nearest = min(hull.distance_m(p) for (a, _), (b, _) in itertools.pairwise(way) for p in along(a, b))
    assert nearest >= 0.98 * hull.stand_off_m
    assert way[0][0][:2] == pytest.approx(launch)
    assert way[-1][0][:2] == pytest.approx(launch)
    assert [lane for _, lane in way if lane is not None] == passes


def test_lanes_on_a_small_hull_by_hand() -> None:
    hull = HullBox(20.0, 4.0, 2.0, 1.0)
    lanes = hull_lanes(hull, across_m=1.0, sides=HullSides.PORT)
    assert lanes[0] == Lane((-11.0, -3.0, 0.5), (11.0, -3.0, 0.5), 90.0, 0.0)
    assert lanes[1] == Lane((11.0, -3.0, 1.5), (-11.0, -3.0, 1.5), 90.0, 0.0)
    assert [lane.start[1:] for lane in lanes[2:]] == [(-1.5, 3.0), (-0.5, 3.0), (0.5, 3.0), (1.5, 3.0)]
    assert {lane.pitch_deg for lane in lanes[2:]} == {90.0}


@pytest.mark.parametrize("lanes", HullLanes)
def test_the_lanes_see_all_of_both_sides_and_the_keel(lanes: HullLanes) -> None:
    planned = make_mission(hull_plan(lanes=lanes))
    assert planned.figures.covered > 0.99
    assert planned.figures.area_m2 == 60 * (2 * 4 + 10)


def test_every_item_is_one_that_ardusub_accepts() -> None:
    mission = make_mission(hull_plan()).mission
    assert {i.command for i in mission} == {16, 21, 115, 178, 205}
    located = [i for i in mission if i.at is not None]
    assert all(i.frame == Frame.GLOBAL_RELATIVE_ALT for i in located)
    assert all(i.height_m is not None and -50 <= i.height_m < 0 for i in located)


def test_the_scan_starts_and_ends_at_the_launch_place() -> None:
    home = Home(destination(AT, towards_deg=200.0, range_m=80.0))
    mission = make_mission(hull_plan(home=home, heading_deg=33.0)).mission
    places = [i.at for i in mission if i.at is not None]
    assert distance_m(places[0], home.at) < 0.05
    assert distance_m(places[-1], home.at) < 0.05
    assert mission.items[-1].command == Command.NAV_LAND


def test_the_camera_faces_the_hull_on_either_side() -> None:
    mission = make_mission(hull_plan(heading_deg=90.0)).mission
    turns = [i.params[0] for i in mission if i.command == 115]
    assert turns == pytest.approx([180.0, 90.0, 0.0], abs=1e-3)  # on the port side of an eastbound hull it looks south
    first_lane = next(i.at for i in mission.items[4:] if i.at is not None)
    assert first_lane.lat_deg > AT.lat_deg


def test_depths_grow_to_the_stand_off_below_the_keel_and_no_further() -> None:
    planned = make_mission(hull_plan(draught_m=12.0))
    assert planned.details["deepest_m"] == 14.0
    assert planned.figures.height_m == -14.0


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (hull_plan(draught_m=49.0), "50 m is the limit"),
        (hull_plan(home=Home(AT)), "less than the stand-off"),
        (hull_plan(water_m=6.2), "lanes lie 6 m deep, but the water is 6.2 m"),
        (
            hull_plan(home=Home(destination(AT, towards_deg=90.0, range_m=30.0)), sides=HullSides.PORT),
            "the side of the hull that is not scanned",
        ),
        (replace(hull_plan(), drone=replace(ROV, vehicle="copter")), "rov flies; a hull is scanned by a vehicle that"),
        (hull_plan(home=Home(LatLon(52.5, 4.05))), "launch nearer"),
        (hull_plan(swath_m=1.0, side_overlap=0.95, length_m=500.0, lanes=HullLanes.VERTICAL), "too many"),
    ],
)
def test_a_scan_that_cannot_be_dived_is_refused_in_a_sentence(plan: Plan, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        make_mission(plan)


def test_legs_and_items_tell_the_same_way() -> None:
    planned: PlannedMission = make_mission(hull_plan())
    waypoints = [i.at for i in planned.mission if i.command == Command.NAV_WAYPOINT]
    assert [planned.legs[0].start, *(leg.end for leg in planned.legs)] == waypoints
    assert sum(leg.camera for leg in planned.legs) == planned.details["lanes"]


def ardusub_takes(item: MissionItem) -> bool:
    """What ArduSub's start_command asks of what an item holds, laid out in bytes as its code does.

    Location: a byte of frame bits, of which above home must be set alone, and the height from the fifth byte on.
    """
    p1, p2, p3 = (v or 0.0 for v in item.params[:3])
    match item.command:
        case 178:
            held = struct.pack("<Bff", int(p1), p2, p3)
        case 115:
            held = struct.pack("<ffbB", p1, p2, int(p3), 0)
        case 205:
            held = struct.pack("<fff", p1, p2, p3)
        case _:
            return item.frame == Frame.GLOBAL_RELATIVE_ALT and (item.height_m or 0.0) <= 0
    frame, (height_cm,) = held[0], struct.unpack("<i", held[4:8])
    return frame & 0b1101 == 1 and height_cm <= 0


@given(heading=st.floats(-360, 360), lanes=st.sampled_from(HullLanes), speed=st.sampled_from([0.1, 0.25, 0.5, 0.9]))
@settings(deadline=None, max_examples=40)
def test_no_item_is_refused_by_what_ardusub_asks_of_its_frame_and_height(
    heading: float, lanes: HullLanes, speed: float
) -> None:
    plan = replace(hull_plan(heading_deg=heading, lanes=lanes), speed_m_s=speed)
    assert all(ardusub_takes(made) for made in make_mission(plan).mission)


@given(angle=st.floats(0, 360))
def test_an_angle_that_is_made_to_pass_stays_that_angle(angle: float) -> None:
    assert as_above_home(angle) == pytest.approx(angle, abs=1e-2)


def test_a_plan_for_a_vehicle_that_dives_says_so_to_qgroundcontrol(tmp_path: Path) -> None:
    plan = hull_plan()
    write_plan(make_mission(plan), plan, tmp_path / "hull.plan")
    assert json.loads((tmp_path / "hull.plan").read_text())["mission"]["vehicleType"] == 12
    assert read_mission(tmp_path / "hull.plan").mission == make_mission(plan).mission


def test_what_dives_does_not_fly() -> None:
    area = Area("a", AreaKind.POLYGON, hull_plan().areas[0].outline)
    with pytest.raises(BadInput, match="rov dives: it cannot fly pattern area"):
        make_mission(Plan("p", (area,), Pattern.AREA, ROV, CAMERA, gsd_m=0.05))
