import json
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from planner.geo.points import LatLon
from sitl.camera import shutter as shutter_module
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.metadata import with_metadata
from sitl.camera.shutter import HarbourShutter, write_whole
from sitl.world.harbour import practice_harbour
from tests.sitl.camera.scenes import NOW, shot, water_with


def jpeg() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (32, 18)).save(kept, "JPEG")
    return kept.getvalue()


def degrees(parts: tuple[Fraction, Fraction, Fraction]) -> float:
    return float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600


def test_exif_reads_back_to_full_precision() -> None:
    taken = shot()
    with Image.open(BytesIO(with_metadata(jpeg(), taken, PRACTICE_LENS))) as image:
        exif = image.getexif()
        photo, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    assert (exif[0x010F], exif[0x0110]) == ("Quaywatch", "practice-1080p")
    assert (photo[0x9003], photo[0x9291], photo[0x9011]) == ("2026:11:23 14:00:00", "250000", "+00:00")
    assert Fraction(str(photo[0x920A])) == Fraction("4.57")
    assert 1920 / float(photo[0xA20E]) * 10 == pytest.approx(6.4, abs=1e-9)
    assert photo[0xA405] == 27
    assert degrees(gps[2]) == pytest.approx(taken.at.lat_deg, abs=1e-10)
    assert degrees(gps[4]) == pytest.approx(taken.at.lon_deg, abs=1e-10)
    assert (gps[1], gps[3], gps[29]) == ("N", "E", "2026:11:23")
    assert float(gps[6]) == pytest.approx(68.6)
    assert [float(v) for v in gps[7]] == [14.0, 0.0, 0.25]


def test_south_and_west_are_said_by_their_letters() -> None:
    from dataclasses import replace

    taken = replace(shot(), at=LatLon(-33.123456789, -70.987654321))
    with Image.open(BytesIO(with_metadata(jpeg(), taken, PRACTICE_LENS))) as image:
        gps = image.getexif().get_ifd(0x8825)
    assert (gps[1], gps[3]) == ("S", "W")
    assert -degrees(gps[4]) == pytest.approx(-70.987654321, abs=1e-9)


def test_xmp_speaks_the_dialect_of_dji() -> None:
    content = with_metadata(jpeg(), shot(), PRACTICE_LENS)
    found = dict(re.findall(rb'drone-dji:(\w+)="([^"]*)"', content))
    assert b'xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"' in content
    assert found[b"RelativeAltitude"] == b"+65.600"
    assert found[b"AbsoluteAltitude"] == b"+68.600"
    assert (found[b"GimbalPitchDegree"], found[b"GimbalYawDegree"]) == (b"-90.0000", b"-88.7655")
    assert (found[b"FlightPitchDegree"], found[b"FlightRollDegree"]) == (b"-3.2500", b"+1.5000")
    assert float(found[b"GpsLatitude"]) == pytest.approx(shot().at.lat_deg, abs=1e-9)


def test_only_a_jpeg_gets_metadata() -> None:
    with pytest.raises(ValueError, match="not a JPEG"):
        with_metadata(b"PNG", shot(), PRACTICE_LENS)


def test_a_taken_picture_appears_whole_with_its_truth_beside_it(tmp_path: Path) -> None:
    camera = HarbourShutter(practice_harbour(), tmp_path / "out", workers=0)
    camera.take(shot())
    camera.close()
    assert (camera.pending, camera.failures) == (0, ())
    (path,) = camera.pictures
    assert path.name == "QW_0001_20261123T140000.250Z.jpg"
    with Image.open(path) as image:
        assert image.size == (1920, 1080)
        image.load()
    truth = json.loads((tmp_path / "out" / "truth" / f"{path.stem}.json").read_text())
    assert {v["vessel_id"] for v in truth["vessels"]} == {"workboat", "go-fast"}
    assert truth["camera"]["height_m"] == 68.6
    assert not list(tmp_path.rglob("*.part"))


def test_pictures_come_out_of_a_process_of_their_own(tmp_path: Path) -> None:
    camera = HarbourShutter(water_with(), tmp_path, workers=1)
    for index in (1, 2):
        camera.take(shot(index))
    camera.close()
    assert [p.name[:7] for p in camera.pictures] == ["QW_0001", "QW_0002"]


def test_a_picture_that_cannot_be_written_is_reported_not_raised(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    camera = HarbourShutter(water_with(), blocked, workers=0)
    camera.take(shot(7))
    camera.close()
    assert len(camera.failures) == 1
    assert re.search(r"picture 7: not written: .*(Not a directory|File exists)", camera.failures[0])


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        path.open("wb").close()
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a.jpg", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_closed_camera_takes_no_more_and_says_so(tmp_path: Path) -> None:
    camera = HarbourShutter(water_with(), tmp_path, workers=0)
    camera.close()
    camera.take(shot())
    assert camera.failures == ("picture 1: taken after the camera was closed",)


def test_names_sort_in_the_order_of_the_pictures() -> None:
    start = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    names = [shutter_module.picture_name(i, start + timedelta(seconds=i)) for i in range(1, 30)]
    assert names == sorted(names)
    assert NOW.tzinfo is UTC
