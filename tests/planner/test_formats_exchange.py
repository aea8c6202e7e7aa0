"""Missions through KML, KMZ, GeoJSON, GPX, WPML, fence and rally files."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.formats.areas import read_areas
from planner.formats.missions import ENDINGS, read_mission, write_mission, write_plan
from planner.formats.profiles import camera, drone
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import (
    Command,
    FenceCircle,
    FencePolygon,
    Frame,
    Home,
    Mission,
    MissionItem,
    Rally,
    item,
)
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.route.make import make_mission
from tests.shared import DATA, needs_shared

PLANS = DATA / "plans"
LOSSLESS = [".kml", ".kmz", ".geojson", ".gpx"]
SQUARE = tuple(LatLon(lat, lon) for lat, lon in [(51.95, 4.0), (51.95, 4.01), (51.956, 4.01), (51.956, 4.0)])

degrees = st.floats(-89, 89)
places = st.builds(LatLon, degrees, st.floats(-179, 179))
numbers = st.one_of(st.none(), st.floats(-1e6, 1e6))
heights = st.floats(-400, 9000)


@st.composite
def items(draw: st.DrawFn) -> MissionItem:
    first = draw(st.tuples(numbers, numbers, numbers, numbers))
    if draw(st.booleans()):
        at = draw(places)
        frame = draw(st.sampled_from([0, 3, 5, 6, 10, 11]))
        command = draw(st.sampled_from([16, 17, 19, 21, 22, 82]))
        return MissionItem(command, frame, (*first, at.lat_deg, at.lon_deg, draw(heights)), draw(st.booleans()))
    command = draw(st.sampled_from([20, 93, 112, 178, 183, 205, 206, 1000, 2000, 2500]))
    return MissionItem(command, 2, (*first, draw(numbers), draw(numbers), draw(numbers)), draw(st.booleans()))


missions = st.builds(
    Mission,
    st.lists(items(), max_size=8).map(tuple),
    home=st.one_of(st.none(), st.builds(Home, places, heights)),
    fence_polygons=st.lists(
        st.builds(FencePolygon, st.lists(places, min_size=3, max_size=5).map(tuple), st.booleans()), max_size=2
    ).map(tuple),
    fence_circles=st.lists(st.builds(FenceCircle, places, st.floats(1, 1e5), st.booleans()), max_size=2).map(tuple),
    rally=st.lists(st.builds(Rally, places, heights), max_size=2).map(tuple),
    cruise_speed_m_s=st.one_of(st.none(), st.floats(0.1, 50)),
    hover_speed_m_s=st.one_of(st.none(), st.floats(0.1, 50)),
    breach_return=st.one_of(st.none(), st.builds(Rally, places, heights)),
)
few = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.parametrize("ending", LOSSLESS)
@few
@given(mission=missions)
def test_every_mission_comes_back_whole(mission: Mission, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"mission{ending}"
    write_mission(mission, path)
    assert read_mission(path).mission == mission


@pytest.mark.parametrize("ending", LOSSLESS)
def test_areas_and_profiles_come_along(ending: str, tmp_path: Path) -> None:
    plan = Plan(
        "quay <1> & \u00fc",
        (Area("quay", AreaKind.POLYGON, SQUARE),),
        Pattern.AREA,
        drone("practice-quad"),
        camera("practice-1080p"),
        gsd_m=0.05,
    )
    write_plan(make_mission(plan), plan, tmp_path / "p.plan")
    there = read_mission(tmp_path / "p.plan")
    path = tmp_path / f"p{ending}"
    write_mission(there.mission, path, plan_data=there.plan_data)
    back = read_mission(path)
    assert back.mission == there.mission
    assert back.plan == plan


@st.composite
def dji_missions(draw: st.DrawFn) -> Mission:
    """What WPML holds: take-off, speeds, waypoints at heights above launch, camera, trigger, return."""
    made = [item(Command.NAV_TAKEOFF, height_m=draw(st.floats(2, 100)))]
    speed = draw(st.floats(1, 15))
    made.append(item(Command.DO_CHANGE_SPEED, p1=1.0, p2=speed, p3=-1.0))
    for at in draw(st.lists(places.filter(lambda p: p != LatLon(0, 0)), min_size=1, max_size=6)):
        if draw(st.booleans()):
            speed = speed / 2 + 1.5 if speed > 8 else speed + 2.25
            made.append(item(Command.DO_CHANGE_SPEED, p1=1.0, p2=speed, p3=-1.0))
        made.append(item(Command.NAV_WAYPOINT, at=at, height_m=draw(st.floats(2, 500))))
        if draw(st.booleans()):
            made.append(item(Command.DO_MOUNT_CONTROL, p1=draw(st.floats(-90, 20)), height_m=2.0))
        if draw(st.booleans()):
            made.append(item(2000, p3=1.0))
    made.append(item(Command.NAV_RETURN_TO_LAUNCH))
    first = made[1].params[1]
    return Mission(tuple(made), cruise_speed_m_s=first, hover_speed_m_s=first)


@few
@given(mission=dji_missions())
def test_what_wpml_can_hold_comes_back_from_it(mission: Mission, tmp_path: Path) -> None:
    speeds = [one.params[1] for one in mission if one.command == Command.DO_CHANGE_SPEED]
    first = next(i for i, one in enumerate(mission) if one.command == Command.NAV_WAYPOINT)
    last_before = [one for one in mission.items[:first] if one.command == Command.DO_CHANGE_SPEED][-1]
    kept = (mission.items[0], last_before, *mission.items[first:])
    assert speeds
    write_mission(mission, tmp_path / "m.kmz", dji=True, drone="dji-mavic-3e")
    assert read_mission(tmp_path / "m.kmz").mission.items == kept


def test_wpml_holds_the_trigger_of_a_line_and_says_what_it_cannot_hold(tmp_path: Path) -> None:
    mission = Mission(
        (
            item(Command.NAV_TAKEOFF, at=SQUARE[0], height_m=50),
            item(Command.NAV_WAYPOINT, at=SQUARE[0], height_m=50),
            item(Command.DO_SET_CAM_TRIGG_DIST, p1=20.0, p3=1.0),
            item(Command.NAV_WAYPOINT, at=SQUARE[1], height_m=50),
            item(Command.DO_SET_CAM_TRIGG_DIST, p1=0.0),
            item(Command.NAV_WAYPOINT, at=SQUARE[2], height_m=50),
            item(Command.DO_JUMP, p1=2.0, p2=3.0),
        ),
        home=Home(SQUARE[0], 5),
        rally=(Rally(SQUARE[1], 30),),
    )
    notes = write_mission(mission, tmp_path / "m.kmz", dji=True)
    assert any("DO_JUMP" in note for note in notes)
    assert any("rally" in note for note in notes)
    assert any("launch place" in note for note in notes)
    triggers = [
        one.params[0]
        for one in read_mission(tmp_path / "m.kmz").mission
        if one.command == Command.DO_SET_CAM_TRIGG_DIST
    ]
    assert triggers == [20.0, 0.0]


def test_wpml_has_the_elements_that_djis_description_requires(tmp_path: Path) -> None:
    write_mission(Mission((item(16, at=SQUARE[0], height_m=50), item(20))), tmp_path / "m.kmz", dji=True)
    with zipfile.ZipFile(tmp_path / "m.kmz") as packed:
        assert packed.namelist() == ["wpmz/template.kml", "wpmz/waylines.wpml"]
        template, waylines = (packed.read(name).decode() for name in packed.namelist())
    for name in ("missionConfig", "flyToWaylineMode", "finishAction", "exitOnRCLost", "takeOffSecurityHeight"):
        assert f"<wpml:{name}>" in template
        assert f"<wpml:{name}>" in waylines
    for name in ("globalTransitionalSpeed", "droneEnumValue", "payloadEnumValue", "autoFlightSpeed", "templateId"):
        assert f"<wpml:{name}>" in waylines
    for name in ("executeHeightMode", "waylineId", "executeHeight", "waypointSpeed", "waypointTurnMode"):
        assert f"<wpml:{name}>" in waylines
    for name in ("templateType", "coordinateMode", "heightMode", "globalWaypointTurnMode", "useGlobalHeight"):
        assert f"<wpml:{name}>" in template


def test_heights_above_the_sea_become_heights_above_the_launch_place_in_wpml(tmp_path: Path) -> None:
    high = item(16, at=SQUARE[0], height_m=62, frame=Frame.GLOBAL)
    with pytest.raises(BadInput, match="item 1 is at a height above mean sea level"):
        write_mission(Mission((high,)), tmp_path / "m.kmz", dji=True)
    write_mission(Mission((high,), home=Home(SQUARE[0], 12)), tmp_path / "m.kmz", dji=True)
    assert next(one for one in read_mission(tmp_path / "m.kmz").mission if one.command == 16).height_m == 50


def test_a_place_moved_in_another_program_is_taken_with_the_rest_of_its_item(tmp_path: Path) -> None:
    mission = Mission((item(16, at=LatLon(52.0, 4.0), height_m=40, p1=7.0), item(20)), home=Home(LatLon(52, 4.1), 3))
    write_mission(mission, tmp_path / "m.kml")
    text = (tmp_path / "m.kml").read_text()
    (tmp_path / "m.kml").write_text(
        re.sub("<coordinates>4,52,43</coordinates>", "<coordinates>4.5,52.5,53</coordinates>", text)
    )
    back = read_mission(tmp_path / "m.kml")
    assert back.mission.items[0].at == LatLon(52.5, 4.5)
    assert back.mission.items[0].height_m == 50
    assert back.mission.items[0].params[0] == 7
    assert any("moved" in note for note in back.notes)


GPX = '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{}</trkseg></trk></gpx>'
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString>{}</LineString></Placemark></kml>'


def test_lines_of_other_programs_are_flown_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text(GPX.format('<trkpt lat="52" lon="4"><ele>30</ele></trkpt>'))
    assert [(one.frame, one.height_m) for one in read_mission(tmp_path / "a.gpx").mission] == [(0, 30)]
    mode = "<altitudeMode>absolute</altitudeMode><coordinates>4,52,30 4.1,52,40</coordinates>"
    (tmp_path / "a.kml").write_text(KML.format(mode))
    assert [(one.frame, one.height_m) for one in read_mission(tmp_path / "a.kml").mission] == [(0, 30), (0, 40)]
    over = mode.replace("absolute", "relativeToGround")
    (tmp_path / "b.kml").write_text(KML.format(over))
    assert {one.frame for one in read_mission(tmp_path / "b.kml").mission} == {Frame.GLOBAL_TERRAIN_ALT}


def test_places_without_heights_are_only_flown_at_a_height_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text(KML.format("<coordinates>4,52,30 4.1,52,40</coordinates>"))
    with pytest.raises(BadInput, match="--height-m"):
        read_mission(tmp_path / "a.kml")
    assert {one.height_m for one in read_mission(tmp_path / "a.kml", height_m=60).mission} == {60}
    line = {"type": "LineString", "coordinates": [[4, 52], [4.1, 52]]}
    (tmp_path / "a.geojson").write_text(json.dumps(line))
    with pytest.raises(BadInput, match="plan new"):
        read_mission(tmp_path / "a.geojson")
    assert len(read_mission(tmp_path / "a.geojson", height_m=60).mission) == 2


@needs_shared
@pytest.mark.parametrize("name", ["mavproxy/cmac-foamy-fence.txt", "ardupilot/CMAC-fence.txt"])
def test_real_fence_files_come_back_the_same(name: str, tmp_path: Path) -> None:
    first = read_mission(PLANS / name)
    assert len(first.mission.fence_polygons[0].places) == 4
    assert first.mission.breach_return is not None
    for ending in (".fence", ".plan", *LOSSLESS):
        write_mission(first.mission, tmp_path / f"f{ending}")
        back = read_mission(tmp_path / f"f{ending}").mission
        assert back.fence_polygons == first.mission.fence_polygons
        assert back.breach_return == first.mission.breach_return
    assert [line.split() for line in (tmp_path / "f.fence").read_text().splitlines()] == [
        [f"{float(part):.7f}" for part in line.split()] for line in (PLANS / name).read_text().splitlines()
    ]


@needs_shared
def test_a_real_rally_file_comes_back_and_says_what_it_lost(tmp_path: Path) -> None:
    first = read_mission(PLANS / "mavproxy/cmac-foamy-rally.txt")
    assert first.mission.rally == (Rally(LatLon(-35.36316, 149.164101), 60),)
    assert any("break height" in note for note in first.notes)
    write_mission(first.mission, tmp_path / "r.rally")
    assert read_mission(tmp_path / "r.rally").mission.rally == first.mission.rally


@needs_shared
@pytest.mark.parametrize("ending", LOSSLESS)
@pytest.mark.parametrize(
    "name",
    [
        "qgroundcontrol/SectionTest.plan",
        "qgroundcontrol/100Waypoints.waypoints.txt",
        "mavsdk/qgroundcontrol_sample_with_survey.plan",
        "ardupilot/CMAC-copter-navtest.txt",
        "ardupilot/Rabi-boat-circuit.txt",
    ],
)
def test_real_missions_come_back_whole(name: str, ending: str, tmp_path: Path) -> None:
    mission = read_mission(PLANS / name).mission
    write_mission(mission, tmp_path / f"m{ending}")
    assert read_mission(tmp_path / f"m{ending}").mission == mission


def test_fence_items_in_a_waypoint_file_are_a_fence(tmp_path: Path) -> None:
    rows = ["QGC WPL 110", "0 1 0 16 0 0 0 0 52 4 0 1"]
    for n, (lat, lon) in enumerate([(52, 4), (52.1, 4), (52.1, 4.1)], start=1):
        rows.append(f"{n} 0 3 5001 3 0 0 0 {lat} {lon} 0 1")
    rows.append("4 0 3 5004 150 0 0 0 52.05 4.05 0 1")
    rows.append("5 0 3 5100 0 0 0 0 52.05 4.05 40 1")
    (tmp_path / "f.waypoints").write_text("\n".join(rows))
    mission = read_mission(tmp_path / "f.waypoints").mission
    assert len(mission) == 0
    assert len(mission.fence_polygons[0].places) == 3
    assert mission.fence_circles == (FenceCircle(LatLon(52.05, 4.05), 150, inclusion=False),)
    assert mission.rally == (Rally(LatLon(52.05, 4.05), 40),)


BAD = {
    "entities.kml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><kml>&b;</kml>',
    "cut.gpx": "<gpx><rte><rtept",
    "empty.gpx": '<gpx xmlns="http://www.topografix.com/GPX/1/1"></gpx>',
    "other.xml.kml": "<html><body/></html>",
    "nan.gpx": GPX.format('<trkpt lat="NaN" lon="4"><ele>1</ele></trkpt>'),
    "far.gpx": GPX.format('<trkpt lat="52" lon="4"><ele>1e12</ele></trkpt>'),
    "off.kml": KML.format("<altitudeMode>absolute</altitudeMode><coordinates>400,52,30</coordinates>"),
    "inf.kml": KML.format("<altitudeMode>absolute</altitudeMode><coordinates>4,52,inf</coordinates>"),
    "short.fence.txt": "52 4\n52.1 4\n",
    "bad.rally.txt": "RALLY 52 4 high\n",
    "version.geojson": json.dumps({"type": "FeatureCollection", "quaywatch": {"version": 9}, "features": []}),
    "items.geojson": json.dumps(
        {"type": "FeatureCollection", "quaywatch": {"version": 1, "items": 1e9}, "features": []}
    ),
    "polygon.waypoints": "QGC WPL 110\n0 1 0 16 0 0 0 0 52 4 0 1\n1 0 3 5001 9 0 0 0 52 4 0 1\n",
    "circle.waypoints": "QGC WPL 110\n0 1 0 16 0 0 0 0 52 4 0 1\n1 0 3 5003 nan 0 0 0 52 4 0 1\n",
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_broken_file_gets_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(BAD[name])
    with pytest.raises(BadInput) as caught:
        read_mission(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"doc.kml": b"<kml>" + b" " * 30_000_000 + b"</kml>"}, "unpacks to"),
        ({"../../etc/x.kml": b"<kml/>"}, "leads out"),
        ({"C:/x.kml": b"<kml/>"}, "leads out"),
        ({"readme.txt": b"hello"}, "without a .kml"),
        ({"doc.kml": b"\xff\xfe\x00"}, "UTF-8"),
        ({f"{n}.kml": b"" for n in range(2100)}, "2,100 files"),
        ({"wpmz/waylines.wpml": b"<kml><Document/></kml>"}, "no WPML route"),
        ({"wpmz/other.kml": b"<kml/>"}, "neither"),
    ],
)
def test_a_hostile_zip_is_refused(members: dict[str, bytes], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        read_mission(_zip(tmp_path / "m.kmz", members))


def test_a_zip_that_lies_about_its_sizes_or_is_cut_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO(
        _zip(tmp_path / "m.kmz", {"doc.kml": b"<kml>" + b"x" * 5000 + b"</kml>"}).read_bytes()
    ).getvalue()
    (tmp_path / "m.kmz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match="damaged"):
        read_mission(tmp_path / "m.kmz")


@few
@given(data=st.binary(max_size=200), at=st.integers(0, 5000))
def test_damaged_packed_files_never_end_in_a_traceback(data: bytes, at: int, tmp_path: Path) -> None:
    path = tmp_path / "m.kmz"
    write_mission(Mission((item(16, at=SQUARE[0], height_m=50), item(20))), path, dji=True)
    whole = path.read_bytes()
    at %= len(whole)
    path.write_bytes(whole[:at] + data + whole[at + len(data) :])
    try:
        read_mission(path)
    except BadInput as error:
        said = str(error)
        assert "\n" not in said


@few
@given(mission=missions)
def test_waypoint_files_hold_items_to_the_last_digit(mission: Mission, tmp_path: Path) -> None:
    path = tmp_path / "m.waypoints"
    plain = replace(mission, items=tuple(replace(one, params=(*one.params[:4], *_numbers(one))) for one in mission))
    write_mission(plain, path)
    assert read_mission(path).mission.items == plain.items


def _numbers(one: MissionItem) -> tuple[float, float, float]:
    """Parameters 5 to 7 without "no change", which a waypoint file has not."""
    x, y, z = (value or 0.0 for value in one.params[4:])
    return x, y, z


def test_areas_are_read_from_a_kmz(tmp_path: Path) -> None:
    ring = " ".join(f"{p.lon_deg},{p.lat_deg}" for p in (*SQUARE, SQUARE[0]))
    outer = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
    text = f"<kml><Placemark><name>dock</name><Polygon>{outer}</Polygon></Placemark></kml>"
    assert [a.name for a in read_areas(_zip(tmp_path / "a.kmz", {"doc.kml": text.encode()}))] == ["dock"]


def test_other_endings_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    mission = Mission((item(20),))
    with pytest.raises(BadInput, match=re.escape(".geojson")):
        write_mission(mission, tmp_path / "m.shp")
    with pytest.raises(BadInput, match=r"must end in \.kmz"):
        write_mission(mission, tmp_path / "m.kml", dji=True)
    assert ".gpx" in ENDINGS


def test_a_fence_file_says_what_it_leaves_out(tmp_path: Path) -> None:
    fence = FencePolygon(SQUARE)
    mission = Mission((item(20),), fence_polygons=(fence, replace(fence, inclusion=False)))
    notes = write_mission(mission, tmp_path / "m.fence")
    assert any("1 more fence" in note for note in notes)
    assert any("mission items" in note for note in notes)
    with pytest.raises(BadInput, match="no rally points"):
        write_mission(mission, tmp_path / "m.rally")
