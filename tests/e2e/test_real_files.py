"""The commands on files that cameras, autopilots and other ground stations wrote."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detection.case import CaseView
from detection.footage.frames import Frame
from planner.geo.points import distance_m
from planner.link.record import read_flight
from tests.e2e.support import refusal, told
from tests.shared import DATA, needs_shared

pytestmark = needs_shared
STILLS, VESSELS, FLIGHTS, PLANS = (DATA / name for name in ("stills", "vessels", "flights", "plans"))
HARBOUR = ("arducopter-4.6.3-harbour.tlog", "arducopter-4.6.3-harbour.BIN")
READABLE = {
    "qgroundcontrol/SectionTest.plan": 5,
    "qgroundcontrol/MissionPlanner.waypoints": 5,
    "qgroundcontrol/100Waypoints.waypoints.txt": 99,
    "mavsdk/qgroundcontrol_sample.plan": 6,
    "mavsdk/qgroundcontrol_sample_with_survey.plan": 13,
    "mavsdk/qgroundcontrol_sample_with_structured_scan.plan": 19,
    "mavsdk/mission_planner_sample.txt": 4,
    "mavproxy/cmac-foamy-mission-cw.txt": 11,
    "ardupilot/Rabi-boat-circuit.txt": 7,
    "ardupilot/CMAC-grid.txt": 17,
    "ardupilot/CMAC-copter-navtest.txt": 20,
}
"""Files with a mission, and how many items it has."""
BESIDE = {
    "mavproxy/cmac-foamy-rally.txt": (0, 1),
    "mavproxy/cmac-foamy-fence.txt": (1, 0),
    "ardupilot/CMAC-fence.txt": (1, 0),
}
"""Files that go beside a mission: fence polygons and rally points."""
REFUSED = {
    "mavsdk/qgroundcontrol_sample_with_survey_wrong_version.plan": "survey of version 9 is not known",
    "mavsdk/qgroundcontrol_sample_with_survey_missing_items.plan": "the survey holds no 'Items'",
    "qgroundcontrol/PolygonGood.kml": "make a plan of it with 'plan new'",
    "qgroundcontrol/PolygonBadXml.kml": "is not well-formed XML",
    "qgroundcontrol/PolygonBadCoordinatesNode.kml": "is not well-formed XML",
}
"""Files without one, and what is said of them."""


def triaged(case: Path, *words: object) -> list[Frame]:
    """The frames of a case made of some footage, all of them with a pose."""
    done = told("triage", *words, "--case", case)
    assert done["with_pose"] == done["frames"]
    with CaseView.open_read_only(case) as view:
        return list(view.frames())


@pytest.mark.model
def test_stills_without_any_metadata_get_their_poses_from_the_flights_log(tmp_path: Path) -> None:
    folder = STILLS / "with-tlog"
    frames = triaged(tmp_path / "case", folder, "--flight", folder / "flight.tlog")
    poses = [frame.pose for frame in frames if frame.pose is not None]
    assert [pose.source for pose in poses] == ["tlog"] * 6
    assert all(80 < pose.height_m < 84 for pose in poses)
    way = [distance_m(one.at, next_.at) for one, next_ in pairwise(poses)]
    assert 5 < min(way) <= max(way) < 40


@pytest.mark.model
def test_stills_of_a_dji_get_their_poses_from_themselves_and_overlap(tmp_path: Path) -> None:
    poses = [frame.pose for frame in triaged(tmp_path / "case", STILLS / "dji-fc300s") if frame.pose is not None]
    assert [pose.source for pose in poses] == ["xmp"] * 3
    assert all(pose.attitude.pitch_deg == pytest.approx(-90, abs=1) for pose in poses)
    assert distance_m(poses[0].at, poses[1].at) < poses[0].height_m


@pytest.mark.model
def test_predicted_boxes_are_coco_results_inside_their_pictures(tmp_path: Path) -> None:
    pictures = sorted((VESSELS / "images" / "val").glob("*.jpg"))[:2]
    summary = told("model", "predict", *pictures, "-o", tmp_path / "boxes.json")
    boxes = json.loads((tmp_path / "boxes.json").read_text())
    assert (summary["images"], summary["boxes"]) == (2, len(boxes))
    assert boxes
    for box in boxes:
        assert set(box) == {"image_id", "file_name", "category_id", "bbox", "score"}
        assert box["file_name"] == str(pictures[box["image_id"] - 1])
        assert 0 <= box["score"] <= 1
        assert min(box["bbox"]) >= 0


@pytest.mark.model
def test_the_detector_is_scored_on_labelled_pictures(tmp_path: Path) -> None:
    for picture in sorted((VESSELS / "images" / "val").glob("*.jpg"))[:3]:
        for kind, file in (("images", picture), ("labels", VESSELS / "labels" / "val" / f"{picture.stem}.txt")):
            (tmp_path / kind / "val").mkdir(parents=True, exist_ok=True)
            (tmp_path / kind / "val" / file.name).symlink_to(file)
    report = told("model", "eval", "--data", tmp_path)
    assert report["images"] == 3
    for view in ("full_frame", "tiled"):
        scored = report[view]["vessel"]
        assert scored["labelled"] > 0
        assert all(0 <= scored[name] <= 1 for name in ("ap50", "ap50_95", "recall"))
        assert scored["false_per_frame"] >= 0


@pytest.mark.parametrize("name", HARBOUR)
def test_a_real_autopilots_log_is_a_flight_with_track_attitude_and_captures(name: str) -> None:
    flight = read_flight(FLIGHTS / name)
    assert flight.vehicle.startswith("ArduCopter V4.6.3")
    assert len(flight.captures) == 17
    assert flight.track.height_m.max() == pytest.approx(30, abs=0.2)
    assert np.isfinite(flight.track.yaw_deg).all()
    assert np.abs(flight.track.roll_deg).max() < 45


def test_both_logs_of_one_flight_tell_the_same_captures() -> None:
    captures = [read_flight(FLIGHTS / name).captures for name in HARBOUR]
    for one, other in zip(*captures, strict=True):
        assert distance_m(one.at, other.at) < 0.5
        assert abs(one.at_utc - other.at_utc).total_seconds() < 0.2


def test_every_plan_file_is_in_one_of_the_lists() -> None:
    found = {path.relative_to(PLANS).as_posix() for path in PLANS.rglob("*") if path.is_file()}
    assert found == READABLE.keys() | BESIDE.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", sorted(READABLE))
def test_missions_of_other_programs_are_read(name: str) -> None:
    found = told("plan", "info", PLANS / name)
    assert (found["items"], found["made_by_quaywatch"]) == (READABLE[name], False)
    south, west, north, east = found["bounds"]
    assert -90 <= south < north <= 90
    assert 0 < (east - west) % 360 < 1


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_fences_and_rally_points_are_read_and_cannot_be_flown(name: str) -> None:
    found = told("plan", "info", PLANS / name)
    assert (found["items"], found["fence_polygons"], found["rally"]) == (0, *BESIDE[name])
    assert "no mission items" in refusal("link", "upload", PLANS / name, "--to", "tcp:127.0.0.1:9")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_mission_is_refused_with_the_reason(name: str) -> None:
    assert REFUSED[name] in refusal("plan", "info", PLANS / name)


def test_areas_of_google_earth_become_a_plan_and_broken_ones_do_not(tmp_path: Path) -> None:
    folder = PLANS / "qgroundcontrol"
    figures = told("plan", "new", folder / "PolygonGood.kml", "-o", tmp_path / "p.plan", "--gsd-m", 0.1)
    assert figures["covered"] > 0.9
    for broken in ("PolygonBadXml.kml", "PolygonBadCoordinatesNode.kml"):
        assert broken in refusal("plan", "new", folder / broken, "-o", tmp_path / "q.plan")
