"""The real network on pictures drawn here. Nothing is downloaded."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detection.vision.boxes import Boxes
from detection.vision.checkpoint import SHIPPED_PT
from detection.vision.detector import VesselDetector
from detection.vision.errors import WeightsError
from detection.vision.offline import ultralytics
from tests.detection.vision.pictures import sea, with_boat

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def detector() -> VesselDetector:
    return VesselDetector()


def iou(a: np.ndarray, b: np.ndarray) -> float:
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    shared = (high - low).clip(0).prod()
    return float(shared / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - shared))


@pytest.mark.parametrize(("x", "y", "length"), [(400, 300, 90), (1280, 540, 120), (1500, 900, 60)])
def test_a_boat_on_a_wide_picture_is_found_once_and_where_it_is(
    detector: VesselDetector, x: int, y: int, length: int
) -> None:
    image = sea(1920, 1080, seed=x)
    box = np.array(with_boat(image, x=x, y=y, length_px=length, heading_deg=40))
    found = detector.detect(image)
    assert len(found) == 1
    assert found.label.tolist() == [0]
    assert iou(found.xyxy[0], box) > 0.6


def test_empty_water_is_empty(detector: VesselDetector) -> None:
    assert len(detector.detect(sea(1280, 720, seed=5))) == 0


@pytest.mark.parametrize("shape", [(1, 1), (20, 3000), (640, 640), (300, 200), (641, 639)])
def test_a_picture_of_any_shape_is_looked_at(detector: VesselDetector, shape: tuple[int, int]) -> None:
    found = detector.detect(np.full((*shape, 3), 90, np.uint8))
    assert (found.xyxy >= 0).all()


def test_a_grey_array_is_refused(detector: VesselDetector) -> None:
    with pytest.raises(ValueError, match="shape"):
        detector.detect(np.zeros((100, 100), np.uint8))


def test_the_same_picture_gives_the_same_boxes_and_the_settings_are_in_the_fingerprint() -> None:
    image = sea(1000, 700)
    with_boat(image, x=600, y=300, length_px=100, heading_deg=120)
    first, again, other = VesselDetector(), VesselDetector(), VesselDetector(score=0.5)
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert np.array_equal(first.detect(image).xyxy, again.detect(image).xyxy)


def test_on_one_tile_the_boxes_are_those_of_ultralytics_own_predict() -> None:
    image = sea(640, 640, seed=9)
    for i, length in enumerate((120, 60, 35)):
        with_boat(image, x=120 + 190 * i, y=150 + 160 * i, length_px=length, heading_deg=70 * i)
    theirs = ultralytics().YOLO(str(SHIPPED_PT)).predict(image, conf=0.1, iou=0.7, imgsz=640, verbose=False)[0].boxes
    rows = theirs.data.cpu().numpy()
    expected = Boxes(rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32), rows[:, 5].astype(np.int64))
    ours = VesselDetector(precision="f32", score=0.1, nms_iou=0.7).detect(image)
    assert len(expected) >= 3
    assert ours.xyxy == pytest.approx(expected.xyxy, abs=0.5)
    assert ours.score == pytest.approx(expected.score, abs=0.01)
    assert ours.label.tolist() == expected.label.tolist()


def test_detection_imports_no_torch_and_no_ultralytics() -> None:
    code = (
        "import sys, numpy as np; from detection.vision.detector import VesselDetector; "
        "VesselDetector().detect(np.zeros((64, 64, 3), np.uint8)); "
        "print([m for m in ('torch', 'ultralytics', 'openvino_telemetry.main') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_damaged_network_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<net><layers></net>")
    (tmp_path / "a.bin").write_bytes(b"")
    (tmp_path / "b.onnx").write_bytes(b"no protobuf at all")
    for name in ("a.xml", "b.onnx"):
        with pytest.raises(WeightsError, match=rf"{name}: cannot be opened as a network"):
            VesselDetector(tmp_path / name)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="out of range"):
        VesselDetector(overlap=1.0)
    with pytest.raises(ValueError, match="at tiles, at the full frame, or at both"):
        VesselDetector(tiled=False, full_frame=False)
