from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.footage.clock import best_time_offset, still_time, time_in_name
from detection.footage.exif import ExifFacts
from detection.footage.lenses import Picture, find_intrinsics, known_cameras
from detection.footage.mounts import attitude_of, from_nadir_zero, mounted, unflipped
from detection.footage.xmp import Xmp, read_xmp
from planner.geo.camera import Attitude, camera_to_world
from planner.geo.points import LatLon
from planner.model.flight import Capture
from tests.detection.footage.pictures import START, dji, packet


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("2018080501004480Z.jpg", "2018-08-05T01:00:44.800000+00:00"),
        ("20180805T010044Z.jpg", "2018-08-05T01:00:44+00:00"),
        ("cam1_2018-08-05T01-00-44.800Z_x.jpg", "2018-08-05T01:00:44.800000+00:00"),
        ("IMG_20180805_010044Z.png", "2018-08-05T01:00:44+00:00"),
    ],
)
def test_a_utc_time_in_a_name_is_read(name: str, seconds: str) -> None:
    found = time_in_name(name)
    assert found is not None
    assert found.isoformat() == seconds


@pytest.mark.parametrize(
    "name", ["DJI_0024.JPG", "20180805_010044.jpg", "20181305T010044Z.jpg", "99992018080501004480Z"]
)
def test_a_name_without_a_utc_time_gives_none(name: str) -> None:
    assert time_in_name(name) is None


def test_the_time_comes_from_the_best_source() -> None:
    local, gps = datetime(2026, 5, 4, 12, 0, 0), datetime(2026, 5, 4, 10, 0, 7, tzinfo=UTC)  # noqa: DTZ001  # as EXIF tells it
    both = ExifFacts(taken_local=local, gps_utc=gps)
    exposed = read_xmp(dji(UTCAtExposure="2026-05-04T10:00:01.250000"))
    name = "20260504T100030Z.jpg"
    assert still_time(both, exposed, name).at_utc == START + timedelta(seconds=1.25)
    assert still_time(both, Xmp(), name, zone_h=2.0).at_utc == START
    assert still_time(both, Xmp(), name).at_utc == gps
    assert still_time(ExifFacts(taken_local=local), Xmp(), name).at_utc == START + timedelta(seconds=30)
    unknown = still_time(ExifFacts(taken_local=local), Xmp(), "a.jpg")
    assert unknown.at_utc is None
    assert "without a time zone" in unknown.notes[0]


def captures(*seconds: float) -> list[Capture]:
    return [Capture(i, START + timedelta(seconds=s), LatLon(52, 4), 50, 50, 0, 0, 0) for i, s in enumerate(seconds)]


@settings(max_examples=40)
@given(offset=st.floats(-3000, 3000), seed=st.integers(0, 10_000), missing=st.integers(0, 5))
def test_a_constant_offset_is_found_through_jitter_and_missing_pictures(offset: float, seed: int, missing: int) -> None:
    draw = np.random.default_rng(seed)
    times = np.cumsum(draw.uniform(1.5, 9.0, 20))
    kept = np.sort(draw.permutation(times)[missing:])
    frames = [START + timedelta(seconds=float(t - offset + draw.uniform(-0.05, 0.05))) for t in kept]
    found = best_time_offset(frames, captures(*times))
    assert found is not None
    assert found.offset_s == pytest.approx(offset, abs=0.1)
    assert found.residual_s < 0.1
    assert found.matched == len(frames)


def test_pictures_that_fit_no_offset_give_none() -> None:
    frames = [START + timedelta(seconds=s) for s in (0, 7, 31, 32.5, 70)]
    assert best_time_offset(frames, captures(0, 2, 4.5, 9, 20)) is None


def test_even_triggers_with_fewer_pictures_are_ambiguous() -> None:
    frames = [START + timedelta(seconds=s) for s in (0.1, 2.1, 4.1, 6.1)]
    found = best_time_offset(frames, captures(*range(0, 20, 2)))
    assert found is not None
    assert found.ambiguous
    assert abs(found.offset_s) < 0.2


@given(yaw=st.floats(0, 359), pitch=st.floats(-89, 89), roll=st.floats(-179, 179))
def test_an_attitude_survives_the_way_through_its_rotation(yaw: float, pitch: float, roll: float) -> None:
    told = Attitude(yaw, pitch, roll)
    back = attitude_of(camera_to_world(told))
    assert np.allclose(camera_to_world(back), camera_to_world(told), atol=1e-6)
    assert back.pitch_deg == pytest.approx(pitch, abs=1e-4)


@pytest.mark.parametrize("yaw", [0.0, 77.0, 300.0])
def test_a_level_vehicle_with_a_fixed_camera_looks_straight_down_with_the_top_forward(yaw: float) -> None:
    camera = mounted(Attitude(yaw, 0.0, 0.0))
    top = -camera_to_world(camera)[:, 1]
    assert camera.pitch_deg == pytest.approx(-90.0)
    assert np.degrees(np.arctan2(top[0], top[1])) % 360 == pytest.approx(yaw)


def test_a_vehicle_rolled_right_sees_the_sea_to_its_left() -> None:
    view = camera_to_world(mounted(Attitude(0.0, 0.0, 10.0)))[:, 2]
    assert view[0] < -0.1


def test_pix4d_and_dji_angles_meet() -> None:
    assert from_nadir_zero(yaw_deg=40, pitch_deg=30, roll_deg=0).pitch_deg == pytest.approx(-60)
    assert unflipped(Attitude(20, -90, -175)) == Attitude(200, -90, 5)


def picture(width: int, height: int, exif: ExifFacts | None = None, xmp: Xmp | None = None, lens: str = "") -> Picture:
    return Picture(width, height, exif or ExifFacts(), xmp or Xmp(), lens)


def focal(of: Picture, hfov_deg: float | None = None) -> float | None:
    camera, _ = find_intrinsics(of, hfov_deg)
    return camera.focal_px if camera else None


def test_a_crop_and_a_smaller_copy_keep_the_angle_of_a_pixel_or_of_the_picture() -> None:
    exif = ExifFacts(make="DJI", model="FC6310", focal_mm=8.8)
    whole = focal(picture(5472, 3648, exif))
    assert whole == pytest.approx(3648)
    assert focal(picture(5472, 3078, exif)) == pytest.approx(3648)  # 16:9, cropped above and below
    assert focal(picture(4864, 3648, exif)) == pytest.approx(3648)  # 4:3, cropped at the sides
    assert focal(picture(2736, 1824, exif)) == pytest.approx(1824)


def test_sources_of_a_focal_length_go_in_order() -> None:
    table = ExifFacts(make="DJI", model="FC6310", focal_mm=8.8, focal_35mm=24)
    calibrated = read_xmp(
        dji(CalibratedFocalLength="3666.66", CalibratedOpticalCenterX="2730", CalibratedOpticalCenterY="1820")
    )
    assert focal(picture(5472, 3648, table, calibrated)) == pytest.approx(3666.66)
    plane = ExifFacts(make="DJI", model="FC6310", focal_mm=8.8, sensor_width_mm=13.0)
    assert focal(picture(5472, 3648, plane)) == pytest.approx(8.8 * 5472 / 13.0)
    assert focal(picture(5472, 3648, table)) == pytest.approx(3648)
    assert focal(picture(5472, 3648, ExifFacts(focal_35mm=24)), 60) == pytest.approx(3648, rel=0.01)
    assert focal(picture(1000, 800), 90) == pytest.approx(500)
    assert focal(picture(1000, 800)) is None


def test_a_calibration_of_another_picture_is_left_out_with_a_note() -> None:
    of_another = read_xmp(dji(CalibratedFocalLength="4892", CalibratedOpticalCenterX="1989"))
    camera, notes = find_intrinsics(picture(640, 512, None, of_another))
    assert camera is None
    assert any("not of this picture" in n for n in notes)


def test_dewarp_data_gives_centre_and_distortion_unless_already_applied() -> None:
    text = "2022-05-01;3700,3702,10,-12,-0.1,0.01,0.0002,-0.0003,0.002"
    camera, _ = find_intrinsics(picture(5280, 3956, None, read_xmp(dji(DewarpData=text, DewarpFlag=0))))
    assert camera is not None
    assert (camera.focal_px, camera.centre_x_px, camera.centre_y_px) == (3701.0, 2650.0, 1966.0)
    assert camera.distortion is not None
    assert (camera.distortion.k1, camera.distortion.k3) == (-0.1, 0.002)
    applied, _ = find_intrinsics(picture(5280, 3956, None, read_xmp(dji(DewarpData=text, DewarpFlag=1))), 80)
    assert applied is not None
    assert applied.distortion is None


def test_pix4d_tags_are_in_millimetres() -> None:
    xmp = read_xmp(
        packet(
            'C:PerspectiveFocalLength="8.8" C:PerspectiveDistortion="0.1,0.2,0.3,0.01,0.02" C:ModelType="perspective"',
            namespaces='xmlns:C="http://pix4d.com/camera/1.0"',
        )
    )
    camera, _ = find_intrinsics(picture(5472, 3648, ExifFacts(sensor_width_mm=13.2), xmp))
    assert camera is not None
    assert camera.focal_px == pytest.approx(3648)
    assert camera.distortion is not None
    assert (camera.distortion.k2, camera.distortion.k3, camera.distortion.p1) == (0.2, 0.3, 0.01)


def test_of_several_lenses_the_one_that_took_the_picture_is_used() -> None:
    exif = ExifFacts(make="DJI", model="M30T")
    assert focal(picture(640, 512, exif, lens="thermal")) == pytest.approx(9.1 / 7.68 * 640)
    assert focal(picture(4000, 3000, exif, lens="wide")) == pytest.approx(4.5 / 6.4 * 4000)
    assert focal(picture(640, 512, exif)) == pytest.approx(9.1 / 7.68 * 640)  # by its size


def test_a_fisheye_is_refused_even_with_a_35_mm_equivalent() -> None:
    camera, notes = find_intrinsics(picture(1920, 1088, ExifFacts(make="PARROT", model="Disco", focal_35mm=6)))
    assert camera is None
    assert any("fisheye" in n for n in notes)


def test_the_table_is_sane_and_each_entry_has_a_source() -> None:
    cameras = known_cameras()
    assert len(cameras) >= 25
    for c in cameras:
        assert c.source
        assert 2 < c.sensor_mm[0] < 40
        assert 1.0 <= c.pixels[0] / c.pixels[1] < 1.9
        assert abs(c.sensor_mm[0] / c.sensor_mm[1] - c.pixels[0] / c.pixels[1]) < 0.06, c.name
