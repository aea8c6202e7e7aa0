"""DJI's WPML against the tables of its published description (dji-sdk/Cloud-API-Doc, api-reference/dji-wpml).

Each table: the element, its kind or the values allowed. All elements that DJI marks as required are in REQUIRED.
"""

import struct
import zipfile
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from planner.formats.missions import read_mission, write_mission
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Home, Mission, item

KML, WPML = "{http://www.opengis.net/kml/2.2}", "{http://www.dji.com/wpmz/1.0.2}"
A, B, C = LatLon(51.95, 4.0), LatLon(51.951, 4.01), LatLon(51.952, 4.0)
ROUTE = (
    item(Command.NAV_TAKEOFF, at=A, height_m=30),
    item(Command.DO_CHANGE_SPEED, p1=1.0, p2=8.0, p3=-1.0),
    item(2500),
    item(Command.NAV_WAYPOINT, at=A, height_m=50),
    item(Command.DO_MOUNT_CONTROL, p1=-90.0, height_m=2.0),
    item(Command.DO_SET_CAM_TRIGG_DIST, p1=20.0, p3=1.0),
    item(Command.NAV_WAYPOINT, at=B, height_m=55, p1=4.0),
    item(Command.DO_SET_CAM_TRIGG_DIST),
    item(2000, p3=1.0),
    item(Command.NAV_WAYPOINT, at=C, height_m=50),
    item(2501),
    item(Command.NAV_RETURN_TO_LAUNCH),
)
INDEX = range(65_536)
FLAG = {"0", "1"}
SPEED, HEIGHT, ANGLE = (0.1, 15.0), (-1e4, 1e4), (-180.0, 180.0)
TURNS = {"coordinateTurn", "toPointAndStopWithDiscontinuityCurvature"} | {
    f"toPointAnd{way}WithContinuityCurvature" for way in ("Stop", "Pass")
}
Allowed = set[str] | range | tuple[float, float] | None
CONFIG: dict[str, Allowed] = {
    "flyToWaylineMode": {"safely", "pointToPoint"},
    "finishAction": {"goHome", "noAction", "autoLand", "gotoFirstWaypoint"},
    "exitOnRCLost": {"goContinue", "executeLostAction"},
    "executeRCLostAction": {"goBack", "landing", "hover"},
    "takeOffSecurityHeight": (2.0, 1500.0),
    "globalTransitionalSpeed": SPEED,
    "droneInfo": None,
    "payloadInfo": None,
}
HEADING: dict[str, Allowed] = {
    "waypointHeadingMode": {"followWayline", "manually", "fixed", "smoothTransition", "towardPOI"},
    "waypointHeadingPathMode": {"clockwise", "counterClockwise", "followBadArc"},
}
REQUIRED: dict[str, dict[str, Allowed]] = {
    "missionConfig": CONFIG,
    "droneInfo": {"droneEnumValue": {"60", "67", "77", "89", "91", "99"}, "droneSubEnumValue": {"0", "1", "2"}},
    "payloadInfo": {"payloadEnumValue": range(42, 90), "payloadPositionIndex": {"0", "1", "2"}},
    "globalWaypointHeadingParam": HEADING,
    "waypointHeadingParam": HEADING,
    "waypointTurnParam": {"waypointTurnMode": TURNS},
    "waylineCoordinateSysParam": {
        "coordinateMode": {"WGS84"},
        "heightMode": {"EGM96", "relativeToStartPoint", "aboveGroundLevel", "realTimeFollowSurface"},
    },
    "payloadParam": {"payloadPositionIndex": {"0", "1", "2"}, "imageFormat": {"wide", "zoom", "ir"}},
    "actionGroup": {
        "actionGroupId": INDEX,
        "actionGroupStartIndex": INDEX,
        "actionGroupEndIndex": INDEX,
        "actionGroupMode": {"sequence"},
        "actionTrigger": None,
        "action": None,
    },
    "actionTrigger": {
        "actionTriggerType": {"reachPoint", "betweenAdjacentPoints", "multipleTiming", "multipleDistance"}
    },
    "action": {
        "actionId": INDEX,
        "actionActuatorFunc": {"takePhoto", "startRecord", "stopRecord", "gimbalRotate", "rotateYaw", "hover"},
        "actionActuatorFuncParam": None,
    },
}
FOLDER: dict[str, dict[str, Allowed]] = {
    "wpmz/waylines.wpml": {
        "templateId": INDEX,
        "waylineId": INDEX,
        "autoFlightSpeed": SPEED,
        "executeHeightMode": {"WGS84", "relativeToStartPoint", "realTimeFollowSurface"},
    },
    "wpmz/template.kml": {
        "templateType": {"waypoint", "mapping2d", "mapping3d", "mappingStrip"},
        "templateId": INDEX,
        "autoFlightSpeed": SPEED,
        "waylineCoordinateSysParam": None,
        "payloadParam": None,
        "globalWaypointTurnMode": TURNS,
        "gimbalPitchMode": {"manual", "usePointSetting"},
        "globalHeight": HEIGHT,
        "globalWaypointHeadingParam": None,
    },
}
PLACEMARK: dict[str, dict[str, Allowed]] = {
    "wpmz/waylines.wpml": {
        "index": INDEX,
        "executeHeight": HEIGHT,
        "waypointSpeed": SPEED,
        "waypointHeadingParam": None,
        "waypointTurnParam": None,
        "useStraightLine": FLAG,
    },
    "wpmz/template.kml": {
        "index": INDEX,
        "useGlobalHeight": FLAG,
        "ellipsoidHeight": HEIGHT,
        "height": HEIGHT,
        "useGlobalSpeed": FLAG,
        "waypointSpeed": SPEED,
        "useGlobalHeadingParam": FLAG,
        "useGlobalTurnParam": FLAG,
    },
}
PARAMETERS: dict[str, dict[str, Allowed]] = {
    "takePhoto": {
        "payloadPositionIndex": {"0", "1", "2"},
        "fileSuffix": None,
        "payloadLensIndex": {"wide", "zoom", "ir", "narrow_band"},
        "useGlobalPayloadLensIndex": FLAG,
    },
    "startRecord": {
        "payloadPositionIndex": {"0", "1", "2"},
        "fileSuffix": None,
        "payloadLensIndex": {"wide", "zoom", "ir", "narrow_band"},
        "useGlobalPayloadLensIndex": FLAG,
    },
    "stopRecord": {"payloadPositionIndex": {"0", "1", "2"}, "payloadLensIndex": {"wide", "zoom", "ir", "narrow_band"}},
    "hover": {"hoverTime": (0.001, 1e6)},
    "gimbalRotate": {
        "payloadPositionIndex": {"0", "1", "2"},
        "gimbalHeadingYawBase": {"north"},
        "gimbalRotateMode": {"relativeAngle", "absoluteAngle"},
        "gimbalPitchRotateEnable": FLAG,
        "gimbalPitchRotateAngle": ANGLE,
        "gimbalRollRotateEnable": FLAG,
        "gimbalRollRotateAngle": ANGLE,
        "gimbalYawRotateEnable": FLAG,
        "gimbalYawRotateAngle": ANGLE,
        "gimbalRotateTimeEnable": FLAG,
        "gimbalRotateTime": (0.0, 1e6),
    },
}


def documents(tmp_path: Path, mission: Mission | None = None, drone: str = "dji-mavic-3e") -> dict[str, Element]:
    write_mission(mission or Mission(ROUTE, home=Home(A, 2.0)), tmp_path / "m.kmz", dji=True, drone=drone)
    with zipfile.ZipFile(tmp_path / "m.kmz") as packed:
        return {name: fromstring(packed.read(name)) for name in packed.namelist()}


def must_hold(one: Element, table: dict[str, Allowed]) -> None:
    for name, allowed in table.items():
        found = one.findall(WPML + name)
        assert found, f"{one.tag} lacks {name}"
        text = found[0].text or ""
        match allowed:
            case None:
                assert len(found[0]) or text, name
            case range():
                assert int(text) in allowed, (name, text)
            case tuple():
                assert allowed[0] <= float(text) <= allowed[1], (name, text)
            case _:
                assert text in allowed, (name, text)


@pytest.mark.parametrize("file", FOLDER)
def test_every_element_that_dji_requires_is_there_with_an_allowed_value(file: str, tmp_path: Path) -> None:
    root = documents(tmp_path)[file]
    for name, table in REQUIRED.items():
        for one in root.iter(WPML + name):
            must_hold(one, table)
    (folder,) = root.iter(KML + "Folder")
    must_hold(folder, FOLDER[file])
    placemarks = folder.findall(KML + "Placemark")
    assert len(placemarks) == 3
    for one in placemarks:
        must_hold(one, PLACEMARK[file])
    functions = set()
    for action in root.iter(WPML + "action"):
        function = action.findtext(WPML + "actionActuatorFunc") or ""
        functions.add(function)
        holder = action.find(WPML + "actionActuatorFuncParam")
        assert holder is not None
        must_hold(holder, PARAMETERS[function])
    assert functions == set(PARAMETERS)


def test_elements_stand_in_the_order_of_djis_samples(tmp_path: Path) -> None:
    files = documents(tmp_path)
    assert list(files) == ["wpmz/template.kml", "wpmz/waylines.wpml"]
    for root in files.values():
        assert root.tag == KML + "kml"
        assert [one.tag for one in root] == [KML + "Document"]
        assert [one.tag.partition("}")[2] for one in root[0]][-2:] == ["missionConfig", "Folder"]
        (config,) = root.iter(WPML + "missionConfig")
        order = [one.tag.removeprefix(WPML) for one in config if one.tag != WPML + "globalRTHHeight"]
        assert order == list(CONFIG)
    (folder,) = files["wpmz/waylines.wpml"].iter(KML + "Folder")
    head = [one.tag.removeprefix(WPML) for one in folder][:4]
    assert head == ["templateId", "executeHeightMode", "waylineId", "autoFlightSpeed"]
    first = [one.tag.partition("}")[2] for one in folder.findall(KML + "Placemark")[0]][:7]
    table = list(PLACEMARK["wpmz/waylines.wpml"])
    assert first == ["Point", *table]


def test_indexes_and_identifiers_count_up_from_nought_and_places_are_longitude_first(tmp_path: Path) -> None:
    for root in documents(tmp_path).values():
        assert [one.text for one in root.iter(WPML + "index")] == ["0", "1", "2"]
        ids = [int(one.text or "") for one in root.iter(WPML + "actionGroupId")]
        assert ids == list(range(len(ids)))
        for group in root.iter(WPML + "actionGroup"):
            start, end = (int(group.findtext(f"{WPML}actionGroup{edge}Index") or "") for edge in ("Start", "End"))
            assert 0 <= start <= end <= 2
            assert next(one.findtext(WPML + "actionId") for one in group.iter(WPML + "action")) == "0"
        assert next(one.text for one in root.iter(KML + "coordinates")) == "4,51.95"


def test_video_starts_and_stops_where_it_did(tmp_path: Path) -> None:
    documents(tmp_path)
    commands = [one.command for one in read_mission(tmp_path / "m.kmz").mission]
    assert commands == [22, 178, 16, 205, 2500, 206, 16, 206, 2000, 16, 2501, 20]


def test_the_drone_returns_at_the_greatest_height_of_its_route(tmp_path: Path) -> None:
    root = documents(tmp_path)["wpmz/waylines.wpml"]
    assert [one.text for one in root.iter(WPML + "globalRTHHeight")] == ["55"]


def test_values_beyond_djis_bounds_are_written_at_the_bound_and_told(tmp_path: Path) -> None:
    fast = (
        item(Command.NAV_TAKEOFF, at=A, height_m=1),
        item(Command.DO_CHANGE_SPEED, p1=1.0, p2=23.0, p3=-1.0),
        item(Command.NAV_WAYPOINT, at=B, height_m=50),
        item(Command.DO_CHANGE_SPEED, p1=1.0, p2=0.4, p3=-1.0),
        item(Command.NAV_WAYPOINT, at=C, height_m=50),
    )
    notes = write_mission(Mission(fast), tmp_path / "m.kmz", dji=True, drone="dji-mavic-3e")
    assert [note for note in notes if "nearest that WPML allows" in note] == [
        "item 1: a take-off height (m) of 1 was written as 2, the nearest that WPML allows",
        "item 2: a speed (m/s) of 23 was written as 15, the nearest that WPML allows",
        "item 4: a speed (m/s) of 0.4 was written as 1, the nearest that WPML allows",
    ]
    speeds = [one.text for one in documents(tmp_path, Mission(fast))["wpmz/waylines.wpml"].iter(WPML + "waypointSpeed")]
    assert speeds == ["15", "1"]


def test_heights_above_terrain_are_only_written_for_drones_that_follow_the_surface(tmp_path: Path) -> None:
    low = Mission((item(Command.NAV_WAYPOINT, at=A, height_m=40, frame=Frame.GLOBAL_TERRAIN_ALT),))
    root = documents(tmp_path, low)["wpmz/waylines.wpml"]
    assert [one.text for one in root.iter(WPML + "executeHeightMode")] == ["realTimeFollowSurface"]
    with pytest.raises(BadInput, match="heights above terrain, which a dji-matrice-30 does not follow"):
        documents(tmp_path, low, drone="dji-matrice-30")


WAY = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/1.0.6"><Document>
<wpml:missionConfig><wpml:finishAction>goHome</wpml:finishAction></wpml:missionConfig>
<Folder><wpml:executeHeightMode>{mode}</wpml:executeHeightMode>{before}
<Placemark><Point><coordinates>
  4.0,51.95
</coordinates></Point><wpml:index>0</wpml:index><wpml:executeHeight>{height}</wpml:executeHeight>{one}</Placemark>
<Placemark><Point><coordinates>4.01,51.95</coordinates></Point><wpml:index>{second}</wpml:index>
<wpml:executeHeight>40</wpml:executeHeight></Placemark></Folder></Document></kml>"""


def kmz(tmp_path: Path, **changes: str) -> Path:
    values = {"mode": "relativeToStartPoint", "before": "", "height": "40", "one": "", "second": "1"} | changes
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("wpmz/waylines.wpml", WAY.format(**values))
    return path


def test_what_cannot_be_flown_as_djis_file_says_is_told(tmp_path: Path) -> None:
    mode = "<wpml:waypointHeadingMode>towardPOI</wpml:waypointHeadingMode>"
    turned = f"<wpml:waypointHeadingParam>{mode}</wpml:waypointHeadingParam>"
    read = read_mission(kmz(tmp_path, before="<wpml:startActionGroup/>", one=turned))
    assert [item.command for item in read.mission] == [22, 16, 16, 20]
    assert any("startActionGroup" in note for note in read.notes)
    assert any("headings of the drone (towardPOI) have no counterpart" in note for note in read.notes)


TEMPLATE = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/1.0.2"><Document>
<wpml:missionConfig><wpml:finishAction>goHome</wpml:finishAction></wpml:missionConfig>
<Folder><wpml:templateType>waypoint</wpml:templateType><wpml:waylineCoordinateSysParam>
<wpml:heightMode>relativeToStartPoint</wpml:heightMode></wpml:waylineCoordinateSysParam>
<wpml:autoFlightSpeed>7</wpml:autoFlightSpeed>{common}<wpml:gimbalPitchMode>usePointSetting</wpml:gimbalPitchMode>
<Placemark><Point><coordinates>4.0,51.95</coordinates></Point><wpml:index>0</wpml:index><wpml:height>100</wpml:height>
<wpml:useGlobalHeight>1</wpml:useGlobalHeight><wpml:useGlobalSpeed>1</wpml:useGlobalSpeed>
<wpml:waypointSpeed>3</wpml:waypointSpeed><wpml:gimbalPitchAngle>-45</wpml:gimbalPitchAngle></Placemark>
<Placemark><Point><coordinates>4.01,51.95</coordinates></Point><wpml:index>1</wpml:index><wpml:height>100</wpml:height>
<wpml:useGlobalHeight>0</wpml:useGlobalHeight><wpml:useGlobalSpeed>0</wpml:useGlobalSpeed>
<wpml:waypointSpeed>3</wpml:waypointSpeed></Placemark></Folder></Document></kml>"""


def template_kmz(tmp_path: Path, common: str) -> Path:
    with zipfile.ZipFile(tmp_path / "t.kmz", "w") as packed:
        packed.writestr("wpmz/template.kml", TEMPLATE.format(common=common))
    return tmp_path / "t.kmz"


def test_a_template_alone_is_flown_with_its_common_height_speed_and_camera_angles(tmp_path: Path) -> None:
    mission = read_mission(template_kmz(tmp_path, "<wpml:globalHeight>60</wpml:globalHeight>")).mission
    assert [(one.command, one.params[0], one.params[1], one.height_m) for one in mission][1:] == [
        (178, 1, 7, 0),
        (16, 0, 0, 60),
        (205, -45, 0, 2),
        (178, 1, 3, 0),
        (16, 0, 0, 100),
        (20, 0, 0, 0),
    ]


def test_a_template_without_the_height_that_its_waypoints_take_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="waypoint 1 takes the route's height, but there is no globalHeight"):
        read_mission(template_kmz(tmp_path, ""))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mode": "WGS84"}, "heights of kind WGS84, which need a geoid"),
        ({"mode": "EGM96"}, "heights of kind EGM96, which need a geoid"),
        ({"mode": "aboveSea"}, "heights of unknown kind 'aboveSea'"),
        ({"height": "NaN"}, "executeHeight is 'NaN'; a number is needed"),
        ({"height": "1e12"}, "executeHeight is '1e12'"),
        ({"height": ""}, "waypoint 1 has no height"),
        ({"second": "0"}, "waypoint 2 has the index 0 after 0; the indexes must count up"),
        ({"second": "x"}, "index is 'x'; a number is needed"),
    ],
)
def test_a_damaged_route_is_refused_by_its_element(changes: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        read_mission(kmz(tmp_path, **changes))


def test_heights_of_any_kind_can_be_set_by_the_pilot(tmp_path: Path) -> None:
    mission = read_mission(kmz(tmp_path, mode="EGM96"), height_m=45).mission
    assert {one.height_m for one in mission if one.command == 16} == {45}


def test_a_zip_that_swells_lies_or_climbs_out_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.kmz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("wpmz/waylines.wpml", b"<kml>" + b" " * 200_000_000)
    with pytest.raises(BadInput, match=r"bomb.kmz"):
        read_mission(bomb)
    lying = tmp_path / "lying.kmz"
    data = bytearray(kmz(tmp_path).read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)  # the size that the directory gives
    lying.write_bytes(data)
    with pytest.raises(BadInput, match=r"lying.kmz"):
        read_mission(lying)
    with zipfile.ZipFile(tmp_path / "up.kmz", "w") as packed:
        packed.writestr("../../etc/waylines.wpml", "<kml/>")
    with pytest.raises(BadInput, match="leads out of it"):
        read_mission(tmp_path / "up.kmz")
    with zipfile.ZipFile(tmp_path / "entity.kmz", "w") as packed:
        packed.writestr("wpmz/waylines.wpml", "<!DOCTYPE a [<!ENTITY b 'c'>]><kml>&b;</kml>")
    with pytest.raises(BadInput, match="document type or entities"):
        read_mission(tmp_path / "entity.kmz")
