import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from detection.footage.frames import Frame
from detection.footage.poses import StillOptions
from detection.footage.stills import Unreadable, find_stills, read_still, read_stills
from planner.geo.points import distance_m
from planner.model.errors import BadInput
from tests.detection.footage.pictures import START, dji, exif_of, flight, jpeg, packet

KNOWN = StillOptions(takeoff_height_m=3.0, tide_m=1.0)


def test_stills_are_found_in_order_without_truth_hidden_or_circular_folders(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.jpeg", "sub/c.png", "truth/d.jpg", ".thumbs/e.jpg", "sub/.f.jpg", "notes.txt", "g.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "dead.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "self.jpg").symlink_to(tmp_path / "self.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert [str(p.relative_to(tmp_path)) for p in find_stills(tmp_path)] == ["a.jpeg", "b.JPG", "g.tif", "sub/c.png"]


def test_a_missing_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere: there is no such file or folder"):
        find_stills(tmp_path / "nowhere")


def test_a_dji_still_gives_time_pose_lens_and_hash(tmp_path: Path) -> None:
    path = jpeg(tmp_path / "a.jpg", xmp=dji(), size=(1368, 912))
    frame = read_still(path, options=KNOWN)
    assert frame.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert frame.frame_id == frame.sha256[:16]
    assert frame.at_utc == datetime(2026, 5, 4, 10, 0, 10, tzinfo=UTC)
    assert frame.pose is not None
    assert frame.pose.height_m == pytest.approx(3.0 + 50.0 - 1.0)
    assert (frame.pose.attitude.yaw_deg, frame.pose.attitude.pitch_deg) == (30.0, -60.0)
    assert frame.intrinsics is not None
    assert frame.intrinsics.focal_px == pytest.approx(8.8 / 13.2 * 1368)
    assert frame.camera == "DJI FC6310"
    assert frame.notes == ()


def test_a_roll_of_180_is_read_as_a_yaw_turned_over(tmp_path: Path) -> None:
    xmp = dji(GimbalRollDegree="+180.00", GimbalPitchDegree="-90.00", GimbalYawDegree="+30.00")
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=xmp), options=KNOWN)
    assert frame.pose is not None
    assert frame.pose.attitude.yaw_deg == pytest.approx(210.0)
    assert frame.pose.attitude.roll_deg == pytest.approx(0.0)
    assert any("turned over" in n for n in frame.notes)


def test_without_a_take_off_height_zero_is_assumed_and_said(tmp_path: Path) -> None:
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=dji()))
    assert frame.pose is not None
    assert frame.pose.height_m == 50.0
    assert any("0 m is assumed" in n for n in frame.notes)


def test_altitudes_that_disagree_absurdly_raise_a_flag_and_the_relative_one_wins(tmp_path: Path) -> None:
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=dji(RelativeAltitude=5.4, AbsoluteAltitude=-124.7)), options=KNOWN)
    assert frame.pose is not None
    assert frame.pose.height_m == pytest.approx(7.4)
    assert any("disagree" in n and "-124.7" in n for n in frame.notes)


def test_an_absolute_altitude_alone_is_used_with_a_large_sigma(tmp_path: Path) -> None:
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=dji(RelativeAltitude=None)), options=KNOWN)
    assert frame.pose is not None
    assert frame.pose.height_m == pytest.approx(51.0)
    assert frame.pose.sigma.height_m >= 10
    assert any("datum" in n for n in frame.notes)


def test_a_camera_below_the_water_has_no_pose(tmp_path: Path) -> None:
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=dji(RelativeAltitude=-8.0)), options=KNOWN)
    assert frame.pose is None
    assert any("above the water" in n for n in frame.notes)


def test_position_zero_zero_is_no_position(tmp_path: Path) -> None:
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=dji(), exif=exif_of(at=(0.0, 0.0))), options=KNOWN)
    assert frame.pose is None
    assert any("no fix" in n for n in frame.notes)


@pytest.mark.parametrize(
    ("namespaces", "attributes", "pitch_deg"),
    [
        ('xmlns:Camera="http://pix4d.com/camera/1.0"', 'Camera:Yaw="30" Camera:Pitch="25" Camera:Roll="0"', -65.0),
        (
            'xmlns:p="http://www.parrot.com/drone-parrot/1.0/" xmlns:C="http://pix4d.com/camera/1.0"',
            'p:CameraYawDegree="30" p:CameraPitchDegree="-65" p:CameraRollDegree="0" C:AboveGroundAltitude="40"',
            -65.0,
        ),
        (
            'xmlns:drone="http://www.dji.com/drone-dji/1.0/"',
            'drone:GimbalYawDegree="30" drone:GimbalPitchDegree="-65" drone:RelativeAltitude="40"',
            -65.0,
        ),
    ],
    ids=["pix4d and old autel: zero is down", "parrot: zero is the horizon", "autel: dji's names, its own prefix"],
)
def test_each_makers_angles_come_out_in_one_convention(
    tmp_path: Path, namespaces: str, attributes: str, pitch_deg: float
) -> None:
    altitude: dict[int, object] = {ExifTags.GPS.GPSAltitude: 44.0}
    path = jpeg(tmp_path / "a.jpg", xmp=packet(attributes, namespaces=namespaces), exif=exif_of(gps=altitude))
    frame = read_still(path, options=KNOWN)
    assert frame.pose is not None
    assert frame.pose.attitude.yaw_deg == pytest.approx(30.0)
    assert frame.pose.attitude.pitch_deg == pytest.approx(pitch_deg)


def test_skydio_angles_stand_in_nested_elements(tmp_path: Path) -> None:
    inside = (
        "<s:CameraOrientationNED rdf:parseType='Resource'><s:Yaw>12</s:Yaw><s:Pitch>-40</s:Pitch><s:Roll>1</s:Roll>"
        "</s:CameraOrientationNED><s:Latitude>51.9</s:Latitude><s:Longitude>4.1</s:Longitude>"
        "<s:CameraPositionFLU><s:Z>18.8</s:Z><s:X>1</s:X></s:CameraPositionFLU>"
    )
    xmp = packet("", namespaces='xmlns:s="https://www.skydio.com/drone-skydio/1.0/"', inside=inside)
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=xmp), options=KNOWN)
    assert frame.pose is not None
    assert frame.pose.attitude.pitch_deg == -40.0
    assert frame.pose.at.lat_deg == 51.9


def test_angles_without_a_known_zero_point_need_the_option(tmp_path: Path) -> None:
    xmp = packet('Camera:Yaw="18" Camera:Pitch="-30" Camera:Roll="0"', namespaces='xmlns:Camera="Camera/"')
    path = jpeg(tmp_path / "a.jpg", xmp=xmp, exif=exif_of(gps={ExifTags.GPS.GPSAltitude: 44.0}))
    frame = read_still(path, options=KNOWN)
    assert frame.pose is None
    assert any("zero point" in n for n in frame.notes)
    told = read_still(path, options=StillOptions(takeoff_height_m=0.0, pitch_zero="horizon"))
    assert told.pose is not None
    assert told.pose.attitude.pitch_deg == -30.0


def test_a_still_without_angles_takes_its_pose_from_the_log(tmp_path: Path) -> None:
    path = jpeg(tmp_path / "20260504T100010.50Z.jpg", exif=exif_of(taken=None, at=None))
    frame = read_still(path, flight=flight(), options=KNOWN)
    assert frame.at_utc == START + timedelta(seconds=10.5)
    assert frame.pose is not None
    assert frame.pose.source == "tlog"
    assert frame.pose.height_m == pytest.approx(62.0)
    assert frame.pose.attitude.pitch_deg == pytest.approx(-88.0)
    assert distance_m(frame.pose.at, flight().at(START + timedelta(seconds=10.5)).at) < 0.01  # type: ignore[union-attr]  # within the flight


def test_the_logs_gimbal_angles_go_before_the_vehicles(tmp_path: Path) -> None:
    path = jpeg(tmp_path / "20260504T100010Z.jpg", exif=exif_of(taken=None))
    frame = read_still(path, flight=flight(gimbal_pitch_deg=-30.0), options=KNOWN)
    assert frame.pose is not None
    assert (frame.pose.attitude.yaw_deg, frame.pose.attitude.pitch_deg) == (355.0, -30.0)


def test_a_time_outside_the_flight_is_said_with_both_times(tmp_path: Path) -> None:
    path = jpeg(tmp_path / "20260504T110010Z.jpg", exif=exif_of(taken=None))
    frame = read_still(path, flight=flight(), options=KNOWN)
    assert frame.pose is None
    assert any("11:00:10" in n and "10:00:30" in n for n in frame.notes)


def test_a_camera_clock_without_zone_is_matched_to_the_logs_triggers(tmp_path: Path) -> None:
    seconds = (3.0, 5.0, 9.0, 10.0, 16.0)
    for s in seconds:
        jpeg(
            tmp_path / f"{s:04.1f}.jpg", exif=exif_of(taken=f"2026:05:04 12:{int(s) // 60:02d}:{int(s):02d}", zone=None)
        )
    frames = list(read_stills(find_stills(tmp_path), flight=flight(capture_times_s=seconds), options=KNOWN))
    assert [f.at_utc for f in frames if isinstance(f, Frame)] == [START + timedelta(seconds=s) for s in seconds]
    assert all(isinstance(f, Frame) and f.pose is not None for f in frames)


def test_one_bad_file_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    jpeg(tmp_path / "a.jpg", xmp=dji())
    (tmp_path / "b.jpg").write_bytes(b"no picture at all")
    (tmp_path / "c.jpg").touch()
    jpeg(tmp_path / "d.jpg", xmp=dji())
    read = list(read_stills(find_stills(tmp_path)))
    assert [type(r) for r in read] == [Frame, Unreadable, Unreadable, Frame]
    assert [r.reason for r in read if isinstance(r, Unreadable)] == [
        "is not a picture that can be read (JPEG, PNG or TIFF)",
        "is empty",
    ]


def test_png_and_tiff_read_and_a_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    for name, kind in (("a.png", "PNG"), ("b.tif", "TIFF"), ("c.jpg", "PNG")):
        Image.new("RGB", (8, 6)).save(tmp_path / name, kind)
    read = list(read_stills(find_stills(tmp_path)))
    assert [(r.width_px, r.height_px) for r in read if isinstance(r, Frame)] == [(8, 6)] * 3
