import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags

from detection.footage.clock import time_in_name
from detection.footage.frames import Frame
from detection.footage.stills import read_still, read_stills
from detection.footage.xmp import read_xmp
from planner.model.errors import BadInput
from tests.detection.footage.pictures import dji, exif_of, jpeg, packet


def test_a_truncated_jpeg_reads_with_a_note(tmp_path: Path) -> None:
    path = jpeg(tmp_path / "a.jpg", xmp=dji(), size=(800, 600))
    path.write_bytes(path.read_bytes()[:-400])
    assert any("ends before" in n for n in read_still(path).notes)


def test_a_picture_that_claims_a_huge_size_is_refused_unopened(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(png)
    with pytest.raises(BadInput, match="pixels"):
        read_still(tmp_path / "a.png")


def test_a_folder_named_like_a_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    with pytest.raises(BadInput, match="is not a file"):
        read_still(tmp_path / "a.jpg")


def test_an_xmp_with_entities_is_left_unread(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + packet("")
    assert read_xmp(bomb).values == {}
    assert "entities" in read_xmp(bomb).notes[0]
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert "entities" in read_xmp(outside).notes[0]


@pytest.mark.parametrize(
    "bad",
    [b"<x:xmpmeta><oops", b"\x00\xff\xfe", b"<a>" * 20_000 + b"</a>" * 20_000, packet("", inside="<a>1</a>" * 200_000)],
    ids=["broken", "not text", "deep", "long"],
)
def test_a_broken_xmp_gives_a_note_or_nothing_and_never_raises(bad: bytes) -> None:
    assert read_xmp(bad).values == {}


def test_numbers_that_are_none_in_xmp_are_absent(tmp_path: Path) -> None:
    xmp = dji(GimbalYawDegree="nan", RelativeAltitude="inf", GimbalPitchDegree="1e999")
    frame = read_still(jpeg(tmp_path / "a.jpg", xmp=xmp))
    assert frame.pose is None


def test_rationals_with_zero_below_are_absent(tmp_path: Path) -> None:
    from PIL.TiffImagePlugin import IFDRational

    nothing = IFDRational(0, 0)
    detail: dict[int, object] = {ExifTags.Base.FocalLength: nothing, ExifTags.Base.DigitalZoomRatio: nothing}
    gps: dict[int, object] = {ExifTags.GPS.GPSLatitude: (nothing, nothing, nothing), ExifTags.GPS.GPSAltitude: nothing}
    frame = read_still(jpeg(tmp_path / "a.jpg", exif=exif_of(model="X1", detail=detail, gps=gps)))
    assert frame.pose is None
    assert frame.intrinsics is None
    assert any("position is damaged" in n for n in frame.notes)


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "2026:13:45 99:99:99", "", "    :  :     :  :  ", "yesterday"]
)
def test_dates_that_are_none_give_no_time(tmp_path: Path, taken: str) -> None:
    assert read_still(jpeg(tmp_path / "a.jpg", exif=exif_of(taken=taken))).at_utc is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 3000), at=st.integers(0, 3000), noise=st.binary(max_size=40))
def test_any_damage_gives_a_frame_or_one_sentence(tmp_path: Path, cut: int, at: int, noise: bytes) -> None:
    path = jpeg(tmp_path / "a.jpg", xmp=dji())
    data = bytearray(path.read_bytes())
    data[at : at + len(noise)] = noise
    path.write_bytes(bytes(data[: max(len(data) - cut, 0)]))
    (read,) = read_stills([path])
    assert isinstance(read, Frame) or "\n" not in read.reason


@given(st.text(max_size=60))
def test_any_name_is_searched_for_a_time_without_an_error(name: str) -> None:
    time_in_name(name)


@given(st.binary(max_size=300))
def test_any_bytes_are_searched_for_xmp_without_an_error(data: bytes) -> None:
    read_xmp(data)
