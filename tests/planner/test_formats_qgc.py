"""What QGroundControl's own loaders ask of a plan file is in ours, and what they take we take; checked key by key.

The tables follow the key lists that its sources validate: PlanMasterController, MissionController (version 2),
MissionItem, SimpleMissionItem, GeoFenceController, QGCFencePolygon, QGCFenceCircle, QGCMapCircle, RallyPointController.
JsonHelper takes null for a number and nothing else; a whole number is a number.
"""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from planner.formats.missions import read_mission, write_mission
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import FenceCircle, FencePolygon, Frame, Home, Mission, MissionItem, Rally, item

NUMBER, TEXT, FLAG, LIST, OBJECT = "number", "text", "flag", "list", "object"
AT = LatLon(51.95, 4.0)
SQUARE = tuple(LatLon(lat, lon) for lat, lon in [(51.95, 4.0), (51.95, 4.01), (51.956, 4.01), (51.956, 4.0)])
MISSION = Mission(
    (
        item(22, at=AT, height_m=40),
        item(178, p1=1.0, p2=9.0, p3=-1.0),
        item(16, at=AT, height_m=40, p4=None),
        item(16, at=AT, height_m=55, frame=Frame.GLOBAL),
        item(16, at=AT, height_m=30, frame=Frame.GLOBAL_TERRAIN_ALT),
        item(20),
    ),
    home=Home(AT, 3.5),
    fence_polygons=(FencePolygon(SQUARE), FencePolygon(SQUARE[:3], inclusion=False)),
    fence_circles=(FenceCircle(AT, 500.0), FenceCircle(AT, 20.0, inclusion=False)),
    rally=(Rally(AT, 25.0),),
    breach_return=Rally(SQUARE[2], 35.0),
)
REQUIRED: dict[str, dict[str, str]] = {
    "": {
        "fileType": TEXT,
        "version": NUMBER,
        "groundStation": TEXT,
        "mission": OBJECT,
        "geoFence": OBJECT,
        "rallyPoints": OBJECT,
    },
    "mission": {"version": NUMBER, "plannedHomePosition": LIST, "items": LIST, "firmwareType": NUMBER}
    | dict.fromkeys(("vehicleType", "cruiseSpeed", "hoverSpeed", "globalPlanAltitudeMode"), NUMBER),
    "mission.items.*": {
        "type": TEXT,
        "frame": NUMBER,
        "command": NUMBER,
        "params": LIST,
        "autoContinue": FLAG,
        "doJumpId": NUMBER,
    },
    "geoFence": {"version": NUMBER, "circles": LIST, "polygons": LIST, "breachReturn": LIST},
    "geoFence.polygons.*": {"version": NUMBER, "inclusion": FLAG, "polygon": LIST},
    "geoFence.circles.*": {"version": NUMBER, "inclusion": FLAG, "circle": OBJECT},
    "geoFence.circles.*.circle": {"center": LIST, "radius": NUMBER},
    "rallyPoints": {"version": NUMBER, "points": LIST},
}
VERSIONS = {"": 1, "mission": 2, "geoFence": 2, "geoFence.polygons.*": 1, "geoFence.circles.*": 1, "rallyPoints": 2}


def kind(value: object) -> str:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return NUMBER
    return {str: TEXT, bool: FLAG, list: LIST, dict: OBJECT}[type(value)]


def parts(document: Any, path: str) -> list[Any]:
    found = [document]
    for step in filter(None, path.split(".")):
        found = [inner for one in found for inner in (one if step == "*" else [one[step]])]
    return found


def written(tmp_path: Path) -> dict[str, Any]:
    write_mission(MISSION, tmp_path / "m.plan")
    document: dict[str, Any] = json.loads((tmp_path / "m.plan").read_text())
    return document


@pytest.mark.parametrize("path", REQUIRED)
def test_every_key_that_qgroundcontrol_asks_for_is_written_with_its_type(path: str, tmp_path: Path) -> None:
    found = parts(written(tmp_path), path)
    assert found
    for one in found:
        assert {key: kind(one.get(key)) if key in one else "missing" for key in REQUIRED[path]} == REQUIRED[path]
        assert one.get("version") == VERSIONS.get(path)


def test_items_have_seven_numbers_and_located_ones_the_three_keys_of_their_height(tmp_path: Path) -> None:
    rows = parts(written(tmp_path), "mission.items.*")
    for one in rows:
        assert one["type"] == "SimpleItem"
        assert [kind(value) for value in one["params"]] == [NUMBER] * 7
        height_keys = {"Altitude", "AltitudeMode", "AMSLAltAboveTerrain"} & set(one)
        assert height_keys in (set(), {"Altitude", "AltitudeMode", "AMSLAltAboveTerrain"})
    assert [one.get("AltitudeMode") for one in rows] == [1, None, 1, 2, 4, None]
    assert [one["Altitude"] for one in rows if "Altitude" in one] == [40, 40, 55, 30]


def test_places_have_as_many_numbers_as_qgroundcontrol_asks_for(tmp_path: Path) -> None:
    document = written(tmp_path)
    assert document["mission"]["plannedHomePosition"] == [51.95, 4.0, 3.5]
    assert [len(point) for point in document["rallyPoints"]["points"]] == [3]
    assert len(document["geoFence"]["breachReturn"]) == 3
    assert {len(corner) for polygon in document["geoFence"]["polygons"] for corner in polygon["polygon"]} == {2}
    assert document["fileType"] == "Plan"


@pytest.mark.parametrize(
    ("path", "key", "value", "says"),
    [
        ("", "version", 2, "version 2; version 1"),
        ("mission", "version", 3, "mission: version 3 is not known"),
        ("geoFence", "version", 3, "geoFence: version 3 is not known; versions 1 and 2 are read"),
        ("geoFence.polygons.*", "version", 2, "geoFence, polygon 1: version 2 is not known"),
        ("geoFence.circles.*", "version", 2, "geoFence, circle 1: version 2 is not known"),
        ("geoFence.circles.*.circle", "radius", -5, "positive radius"),
        ("geoFence.polygons.*", "inclusion", "yes", "'inclusion' is a text; true or false is needed"),
        ("geoFence.polygons.*", "polygon", [[1, 2]], "at least 3 places"),
        ("rallyPoints", "version", 9, "rallyPoints: version 9 is not known"),
        ("rallyPoints", "points", [[1, 2]], "rallyPoints, point 1 is a list without a height"),
    ],
)
def test_a_version_or_value_that_is_not_known_is_refused_by_its_place(
    path: str, key: str, value: object, says: str, tmp_path: Path
) -> None:
    document = written(tmp_path)
    for one in parts(document, path):
        one[key] = value
    (tmp_path / "m.plan").write_text(json.dumps(document))
    with pytest.raises(BadInput, match=says):
        read_mission(tmp_path / "m.plan")


FLOWN = [
    {"type": "SimpleItem", "command": c, "frame": f, "autoContinue": True, "doJumpId": n, "params": p}
    for n, (c, f, p) in enumerate(
        [
            (16, 3, [0, 0, 0, None, 51.95, 4.0, 50]),
            (206, 2, [25, 0, 1, 0, 0, 0, 0]),
            (4501, 0, [0, 1, 0, 0, 51.951, 4.0, 80]),
            (16, 10, [2, 0, 0, None, 51.951, 4.0, 60]),
            (2000, 2, [0, 0, 1, 0, None, None, None]),
        ],
        start=2,
    )
]
"""Waypoints, a distance trigger, PX4's gate, hover and capture, in three frames: as surveys store them."""


def complex_item(complex_type: str, of_version: int, **style: object) -> dict[str, Any]:
    inner = {"version": 2, "TurnAroundDistance": 10, "CameraTriggerInTurnAround": True, "HoverAndCapture": False}
    return {
        "type": "ComplexItem",
        "complexItemType": complex_type,
        "version": of_version,
        "TransectStyleComplexItem": inner | {"Refly90Degrees": True, "Items": copy.deepcopy(FLOWN)} | style,
    }


def plan_of(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    mission = {"version": 2, "plannedHomePosition": [51.95, 4.0, 3.0], "items": list(rows)}
    (tmp_path / "p.plan").write_text(json.dumps({"fileType": "Plan", "version": 1, "mission": mission}))
    return tmp_path / "p.plan"


@pytest.mark.parametrize(
    ("complex_type", "version"), [("survey", 4), ("survey", 5), ("CorridorScan", 2), ("CorridorScan", 3)]
)
def test_a_survey_is_flown_as_the_items_that_it_stores_like_qgroundcontrol_does(
    complex_type: str, version: int, tmp_path: Path
) -> None:
    read = read_mission(plan_of(tmp_path, complex_item(complex_type, version)))
    assert [(i.command, i.frame, list(i.params)) for i in read.mission] == [
        (row["command"], row["frame"], row["params"]) for row in FLOWN
    ]
    assert "was taken as its 5 flight items" in read.notes[0]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (complex_item("survey", 3), "item 1: survey of version 3 holds no flight items; open it in QGroundControl"),
        (complex_item("survey", 6), "item 1: survey of version 6 is not known"),
        (complex_item("CorridorScan", 1), "item 1: CorridorScan of version 1 holds no flight items"),
        (complex_item("survey", 5, version=3), "item 1, TransectStyleComplexItem: version 3 is not known"),
        (complex_item("survey", 5, Items=[]), "item 1: the survey holds no flight items; open it in QGroundControl"),
        (complex_item("survey", 5, Items=None), "item 1: the survey holds no 'Items'"),
        (complex_item("survey", 5, Items=[7]), "its item 1 is a number"),
        (complex_item("BlankScan", 1), "item 1: a BlankScan has no flight items of its own in the file"),
    ],
)
def test_a_survey_that_cannot_be_flown_as_stored_is_refused(row: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        read_mission(plan_of(tmp_path, row))


def landing(**changes: object) -> dict[str, Any]:
    return {
        "type": "ComplexItem",
        "complexItemType": "fwLandingPattern",
        "version": 2,
        "altitudesAreRelative": True,
        "landCoordinate": [51.95, 4.0, 0],
        "landingApproachCoordinate": [51.955, 4.001, 40],
        "loiterClockwise": True,
        "loiterRadius": 75,
        "valueSetIsDistance": False,
    } | changes


def flown(tmp_path: Path, **changes: object) -> list[MissionItem]:
    return list(read_mission(plan_of(tmp_path, landing(**changes))).mission)


def test_a_landing_pattern_is_the_items_that_qgroundcontrol_uploads(tmp_path: Path) -> None:
    everything = {
        "stopTakingPhotos": True,
        "stopVideoPhotos": True,
        "useDoChangeSpeed": True,
        "finalApproachSpeed": 15.9,
    }
    assert [(i.command, i.frame, i.params) for i in flown(tmp_path, **everything)] == [
        (189, 2, (0,) * 7),
        (178, 2, (0, 15, -1, 0, 0, 0, 0)),
        (206, 2, (0,) * 7),
        (2001, 2, (0, None, None, None, None, None, None)),
        (2501, 2, (0, None, None, None, None, None, None)),
        (31, 3, (1, 75, 0, 1, 51.955, 4.001, 40)),
        (21, 3, (0, 0, 0, 0, 51.95, 4.0, 0)),
    ]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"loiterClockwise": False}, [(31, 3, -75), (21, 3, 0)]),
        ({"altitudesAreRelative": False}, [(31, 0, 75), (21, 0, 0)]),
        ({"useLoiterToAlt": False}, [(16, 3, 0), (21, 3, 0)]),
        ({"complexItemType": "vtolLandingPattern", "version": 1}, [(31, 3, 75), (85, 3, 0)]),
    ],
)
def test_landing_patterns_turn_count_heights_and_land_as_they_say(
    changes: dict[str, object], rows: list[tuple[int, int, float]], tmp_path: Path
) -> None:
    assert [(i.command, i.frame, i.params[1]) for i in flown(tmp_path, **changes)][1:] == rows


def test_an_old_landing_pattern_that_mixed_heights_is_taken_above_launch_with_a_note(tmp_path: Path) -> None:
    old = landing(
        version=1, loiterCoordinate=[51.955, 4.001, 40], loiterAltitudeRelative=False, landAltitudeRelative=True
    )
    del old["altitudesAreRelative"], old["landingApproachCoordinate"]
    read = read_mission(plan_of(tmp_path, old))
    assert [i.frame for i in read.mission] == [2, 3, 3]
    assert "counted heights differently" in read.notes[1]


@pytest.mark.parametrize(
    "key", ["version", "altitudesAreRelative", "landCoordinate", "loiterRadius", "loiterClockwise"]
)
def test_a_landing_pattern_without_a_field_is_refused_by_its_name(key: str, tmp_path: Path) -> None:
    row = landing()
    del row[key]
    with pytest.raises(BadInput, match=f"item 1: '{key}' is missing"):
        read_mission(plan_of(tmp_path, row))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 3}, "fwLandingPattern of version 3 is not known; up to version 2 is read"),
        ({"landCoordinate": [51.95, 4.0]}, "'landCoordinate' has no height"),
        ({"landingApproachCoordinate": None}, "'landingApproachCoordinate' is missing"),
        ({"loiterRadius": "far"}, "'loiterRadius' is a text"),
    ],
)
def test_an_impossible_landing_pattern_is_refused(changes: dict[str, object], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        flown(tmp_path, **changes)
