import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.formats.missions import read_mission, read_plan, write_mission, write_plan
from planner.formats.profiles import camera, drone
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import FenceCircle, FencePolygon, Frame, Home, Mission, MissionItem, Rally
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.make import make_mission
from tests.shared import DATA, needs_shared

PLANS = DATA / "plans"
SQUARE = tuple(LatLon(lat, lon) for lat, lon in [(51.95, 4.0), (51.95, 4.01), (51.956, 4.01), (51.956, 4.0)])
PLAN = Plan(
    "quay <1>",
    (Area("Maasvlakte & co", AreaKind.POLYGON, SQUARE),),
    Pattern.AREA,
    drone("practice-quad"),
    camera("practice-1080p"),
    gsd_m=0.05,
)


@needs_shared
@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("qgroundcontrol/SectionTest.plan", 5),
        ("qgroundcontrol/MissionPlanner.waypoints", 5),
        ("qgroundcontrol/100Waypoints.waypoints.txt", 99),
        ("mavsdk/qgroundcontrol_sample.plan", 6),
        ("mavsdk/qgroundcontrol_sample_with_survey.plan", 13),
        ("mavsdk/qgroundcontrol_sample_with_structured_scan.plan", 19),
        ("mavsdk/mission_planner_sample.txt", 4),
        ("ardupilot/CMAC-copter-navtest.txt", 20),
        ("ardupilot/CMAC-grid.txt", 17),
        ("ardupilot/Rabi-boat-circuit.txt", 7),
        ("mavproxy/cmac-foamy-mission-cw.txt", 11),
    ],
)
def test_missions_of_other_programs_import_with_every_item(name: str, items: int) -> None:
    assert len(read_mission(PLANS / name).mission) == items


@needs_shared
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mavsdk/qgroundcontrol_sample_with_survey_wrong_version.plan", "item 2: survey of version 9 is not known"),
        ("mavsdk/qgroundcontrol_sample_with_survey_missing_items.plan", "item 2: the survey holds no 'Items'"),
        ("qgroundcontrol/PolygonGood.kml", r"holds areas \(KML\), not a mission"),
    ],
)
def test_what_is_no_flyable_mission_is_refused_with_the_reason(name: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_mission(PLANS / name)


@needs_shared
def test_home_heights_and_empty_parameters_come_through() -> None:
    mission = read_mission(PLANS / "mavsdk/qgroundcontrol_sample.plan").mission
    assert mission.home == Home(LatLon(47.3977507, 8.5456075), 488.93101752001763)
    assert mission.cruise_speed_m_s == 15
    assert list(mission.items[0].params) == [15, 0, 0, None, 47.3977507, 8.5456075, 50]


@needs_shared
def test_terrain_frames_and_longitudes_beyond_180_come_through() -> None:
    mission = read_mission(PLANS / "ardupilot/Rabi-boat-circuit.txt").mission
    assert [item.frame for item in mission] == [10, 10, 10, 10, 10, 10, 0]
    assert mission.items[1].at == LatLon(-16.427619, -179.906577)


def jump_plan(target: object) -> str:
    def item(command: int, jump_id: int, *params: object) -> dict[str, object]:
        return {"type": "SimpleItem", "command": command, "frame": 3, "doJumpId": jump_id, "params": params}

    items = [item(16, 7, 0, 0, 0, None, 1.0, 2.0, 30), item(177, 9, target, 2, 0, 0, 0, 0, 0)]
    return json.dumps({"fileType": "Plan", "version": 1, "mission": {"version": 2, "items": items}})


def test_jumps_follow_their_item_to_its_new_number(tmp_path: Path) -> None:
    (tmp_path / "a.plan").write_text(jump_plan(7))
    assert read_mission(tmp_path / "a.plan").mission.items[1].params[0] == 1


def test_a_jump_to_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.plan").write_text(jump_plan(3))
    with pytest.raises(BadInput, match="item 2: jumps to item 3"):
        read_mission(tmp_path / "a.plan")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("hello", "neither"),
        ("{", "not valid JSON: line 1"),
        ('{"fileType": "Plan", "version": 1', "not valid JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"fileType": "Plan", "version": 1, "mission": {"items": [NaN]}}', "NaN"),
        ("[]", "the top level is a list"),
        ("{}", "no QGroundControl plan"),
        ('{"fileType": "Plan", "version": 2}', "version 2; version 1"),
        ('{"fileType": "Plan", "version": 1, "mission": 7}', "mission is a number"),
        ('{"fileType": "Plan", "version": 1, "mission": {"items": {}}}', "'items' is an object; a list"),
        ('{"fileType": "Plan", "version": 1, "mission": {"items": [7]}}', "item 1 is a number"),
        ('{"fileType": "Plan", "version": 1, "mission": {"items": [{"type": "X"}]}}', "item 1: 'type' is 'X'"),
        ('{"fileType": "Plan", "version": 1, "mission": {"items": [{"type": "SimpleItem"}]}}', "'params' is missing"),
        (jump_plan(7).replace("1.0, 2.0", "91.0, 2.0"), "item 1: latitude"),
        (jump_plan(7).replace("1.0, 2.0", "1e999, 2.0"), "too large"),
        (jump_plan(7).replace("1.0, 2.0", '"x", 2.0'), "parameter 5 is a text"),
        (jump_plan(7).replace('"command": 16', '"command": 1.5'), "whole number"),
        (jump_plan(7).replace('"command": 16', '"command": ' + "9" * 400), "too large"),
        ('{"type": "FeatureCollection", "features": []}', "GeoJSON"),
        ("QGC WPL 110\n", "holds no items"),
        ("QGC WPL 300\n0", "version 300"),
        ("QGC WPL 110\n0\t1\t0\t16\t0\t0\t0", "line 2: has 7 fields"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 1 2 3 1\n9 0 3 16 0 0 0 0 1 2 3 1", "item 1 is due"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 nan 2 3 1", "parameter 5"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 inf 2 3 1", "finite"),
        ("QGC WPL 110\n0 1 0 16 0 0 0 0 100 2 3 1", "latitude"),
    ],
)
def test_damaged_files_are_refused_with_the_reason(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "bad.plan").write_text(text)
    with pytest.raises(BadInput, match=says) as caught:
        read_mission(tmp_path / "bad.plan")
    assert "\n" not in str(caught.value)


def test_binary_missing_and_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bin.plan").write_bytes(bytes(range(256)))
    for name, says in (("bin.plan", "not a text file"), ("none.plan", "does not exist"), (".", "folder")):
        with pytest.raises(BadInput, match=says):
            read_mission(tmp_path / name)


@given(
    noise=st.binary(max_size=300) | st.text(max_size=300).map(lambda t: ("QGC WPL 110\n" + t).encode(errors="replace"))
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_file_ends_in_anything_but_a_mission_or_a_sentence(tmp_path: Path, noise: bytes) -> None:
    (tmp_path / "noise.plan").write_bytes(noise)
    with contextlib.suppress(BadInput):
        read_mission(tmp_path / "noise.plan")


@given(cut=st.integers(0, 4000), put=st.sampled_from([None, "null", "[]", "{}", "-1", '"x"', "1e400"]))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_plan_with_a_value_replaced_is_read_or_refused(tmp_path: Path, cut: int, put: str | None) -> None:
    text = PLAN_TEXT
    at = cut % len(text)
    tokens = [i for i, c in enumerate(text) if c == ":" and text[i + 1] == " "]
    start = tokens[cut % len(tokens)] + 2
    damaged = text[:at] if put is None else text[:start] + put + text[text.find("\n", start) :]
    (tmp_path / "damaged.plan").write_text(damaged)
    with contextlib.suppress(BadInput):
        assert read_mission(tmp_path / "damaged.plan").plan is not None


def _plan_text() -> str:
    from planner.formats.plan_data import plan_json
    from planner.formats.qgc_write import plan_text

    planned = make_mission(PLAN)
    return plan_text(planned.mission, autopilot="ardupilot", own=plan_json(PLAN, planned.figures.as_dict()))


PLAN_TEXT = _plan_text()

degrees = st.floats(-0.02, 0.02, allow_nan=False)
lats = st.floats(-89, 89, allow_nan=False)
lons = st.floats(-180, 180, allow_nan=False)
places = st.builds(LatLon, lats, lons)
areas = st.lists(places, min_size=3, max_size=8, unique=True).map(
    lambda p: Area("name ü <b>", AreaKind.POLYGON, tuple(p), (tuple(p[:3]),))
)
lines = st.lists(places, min_size=2, max_size=8, unique=True).map(lambda p: Area("", AreaKind.LINE, tuple(p)))
plans = st.builds(
    Plan,
    name=st.text(max_size=30).filter(lambda t: t.isprintable()),
    areas=st.lists(areas | lines, min_size=1, max_size=3).map(tuple),
    pattern=st.sampled_from(Pattern),
    drone=st.sampled_from([drone("practice-quad"), drone("px4-quad")]),
    camera=st.sampled_from([camera("practice-1080p"), camera("dji-m3e-wide")]),
    gsd_m=st.floats(0.001, 1),
    home=st.none() | st.builds(Home, places, st.floats(-100, 4000)),
    side_overlap=st.floats(0, 0.9),
    front_overlap=st.floats(0, 0.9),
    speed_m_s=st.none() | st.floats(0.5, 10),
    angle_deg=st.none() | st.floats(-360, 360),
    stand_off_m=st.floats(-500, 500),
    passes=st.integers(1, 50),
    seed=st.integers(0, 2**63),
    swath_m=st.none() | st.floats(1, 1000),
)
PLANNED = make_mission(PLAN)


@given(plan=plans)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_plan_written_and_read_back_is_the_same_plan(tmp_path: Path, plan: Plan) -> None:
    write_plan(PLANNED, plan, tmp_path / "p.plan")
    assert read_plan(tmp_path / "p.plan") == plan


finite = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-1000, 1000).map(float)
items = st.builds(
    lambda command, frame, p, at, z, go: MissionItem(command, frame, (*p, at.lat_deg, at.lon_deg, z), go),
    st.sampled_from([16, 22, 206, 178, 42000]),
    st.sampled_from([0, 2, 3, 10]),
    st.tuples(*[st.none() | finite] * 4),
    places,
    finite,
    st.booleans(),
)
missions = st.builds(
    Mission,
    st.lists(items, max_size=12).map(tuple),
    home=st.builds(Home, places, st.floats(-100, 4000)),
    fence_polygons=st.lists(st.builds(FencePolygon, st.tuples(places, places, places), st.booleans())).map(tuple),
    fence_circles=st.lists(st.builds(FenceCircle, places, st.floats(1, 1000), st.booleans())).map(tuple),
    rally=st.lists(st.builds(Rally, places, finite)).map(tuple),
    cruise_speed_m_s=st.floats(1, 20),
    hover_speed_m_s=st.floats(1, 20),
)


@given(mission=missions)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_mission_written_as_plan_and_read_back_is_the_same(tmp_path: Path, mission: Mission) -> None:
    write_mission(mission, tmp_path / "m.plan")
    assert read_mission(tmp_path / "m.plan").mission == mission


@given(mission=missions)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_waypoint_file_keeps_places_to_a_millimetre_and_frames(tmp_path: Path, mission: Mission) -> None:
    write_mission(mission, tmp_path / "m.waypoints")
    back = read_mission(tmp_path / "m.waypoints").mission
    assert [(i.command, i.frame, i.autocontinue) for i in back] == [
        (i.command, i.frame, i.autocontinue) for i in mission
    ]
    for mine, theirs in zip(mission, back, strict=True):
        for a, b in zip(mine.params, theirs.params, strict=True):
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, abs=1e-6)


def test_a_plan_file_has_all_that_qgroundcontrol_requires() -> None:
    document = json.loads(PLAN_TEXT)
    assert {"fileType", "version", "groundStation", "mission", "geoFence", "rallyPoints", "quaywatch"} == set(document)
    needed = {"version", "firmwareType", "vehicleType", "cruiseSpeed", "hoverSpeed", "plannedHomePosition", "items"}
    assert needed <= set(document["mission"])
    assert document["mission"]["firmwareType"] == 3
    for number, item in enumerate(document["mission"]["items"], start=1):
        assert {"type", "command", "frame", "params", "autoContinue", "doJumpId"} <= set(item)
        assert item["doJumpId"] == number
        assert len(item["params"]) == 7


def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "p.plan"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput, match="No space left on device; nothing was changed"):
        write_plan(PLANNED, PLAN, target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_key_given_twice_is_refused_by_its_name(tmp_path: Path) -> None:
    twice = PLAN_TEXT.replace('"items": [', '"items": [], "items": [', 1)
    assert twice != PLAN_TEXT
    (tmp_path / "p.plan").write_text(twice)
    with pytest.raises(BadInput, match="has the key 'items' twice"):
        read_mission(tmp_path / "p.plan")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_file_in_utf_16_is_refused_as_such(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "p.plan").write_bytes(
        ("" if encoding == "utf-16" else "\ufeff").encode(encoding) + PLAN_TEXT.encode(encoding)
    )
    with pytest.raises(BadInput, match="UTF-16; save it as UTF-8"):
        read_mission(tmp_path / "p.plan")


def test_a_mission_made_elsewhere_has_no_plan(tmp_path: Path) -> None:
    item = MissionItem(16, Frame.GLOBAL_RELATIVE_ALT, (0, 0, 0, None, 1.0, 2.0, 30.0))
    write_mission(Mission((item,)), tmp_path / "m.plan")
    assert read_mission(tmp_path / "m.plan").plan is None
    with pytest.raises(BadInput, match="not made by Quaywatch"):
        read_plan(tmp_path / "m.plan")


def test_a_file_of_a_later_quaywatch_is_refused_as_such(tmp_path: Path) -> None:
    document = json.loads(PLAN_TEXT)
    document["quaywatch"]["version"] = 99
    (tmp_path / "p.plan").write_text(json.dumps(document))
    with pytest.raises(BadInput, match="version 99"):
        read_plan(tmp_path / "p.plan")
