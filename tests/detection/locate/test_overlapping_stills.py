"""Two real stills show the same ground: what is located from one must be where the other puts it."""

from itertools import pairwise

import numpy as np
import pytest
from shapely import Polygon

from detection.footage.frames import Frame
from detection.footage.poses import StillOptions
from detection.footage.stills import find_stills, read_still, read_stills
from detection.locate.ellipse import covariance_of
from detection.locate.place import locate
from detection.vision.boxes import Boxes
from planner.geo.camera import footprint
from planner.geo.points import Floats, LocalFrame
from tests.shared import DATA, needs_shared

FOLDER = DATA / "stills" / "dji-fc300s"
TURNED = StillOptions(takeoff_height_m=0.0, turned_deg=180)
"""These pictures were turned by half in a viewer (EXIF names it) and kept their XMP; the shadows, which point west by
the XMP on an afternoon, and the direction of flight say the same."""
SCALE = 4
"""The pictures are matched at a quarter of their size."""


def same_points(a: Frame, b: Frame) -> tuple[Floats, Floats]:
    """Pixels of the same ground features in two frames, by ORB features that one homography explains."""
    import cv2

    grey = [cv2.imread(str(f.path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION) for f in (a, b)]
    small = [cv2.resize(np.asarray(g), None, fx=1 / SCALE, fy=1 / SCALE, interpolation=cv2.INTER_AREA) for g in grey]
    orb = cv2.ORB.create(nfeatures=4000)
    (k1, d1), (k2, d2) = (orb.detectAndCompute(g, None) for g in small)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(d1, d2)
    first = np.array([k1[m.queryIdx].pt for m in matches], dtype=float)
    second = np.array([k2[m.trainIdx].pt for m in matches], dtype=float)
    cv2.setRNGSeed(1)
    _, inside = cv2.findHomography(first, second, cv2.RANSAC, 2.0)
    keep = inside.ravel() == 1
    return (first[keep] + 0.5) * SCALE, (second[keep] + 0.5) * SCALE


def placed(frame: Frame, pixels: Floats, ground: LocalFrame) -> tuple[Floats, Floats]:
    """Places and covariances of single pixels."""
    boxes = np.hstack([pixels - 1, pixels + 1]).astype(np.float32)
    n = len(boxes)
    found = locate(frame, Boxes(boxes, np.ones(n, np.float32), np.zeros(n, np.int64)))
    places = ground.to_metres([s.at for s in found if s.at is not None])
    return places, np.array([covariance_of(s.ellipse) for s in found if s.ellipse is not None])


@needs_shared
def test_the_same_ground_is_located_at_the_same_place_from_overlapping_stills() -> None:
    frames = [f for f in read_stills(find_stills(FOLDER), options=TURNED) if isinstance(f, Frame)]
    assert len(frames) == 3
    assert all(f.pose is not None and f.pose.source == "xmp" for f in frames)
    for a, b in pairwise(frames):
        assert a.pose is not None
        ground = LocalFrame(a.pose.at)
        first, second = same_points(a, b)
        assert len(first) > 50
        (p, p_cov), (q, q_cov) = placed(a, first, ground), placed(b, second, ground)
        off = p - q
        d2 = np.einsum("ni,nij,nj->n", off, np.linalg.inv(p_cov + q_cov), off)
        apart = float(np.median(np.linalg.norm(off, axis=1)))
        assert apart < 4.0  # consumer GPS without correction, 40 m up
        assert np.mean(d2 < 9.21) > 0.9, f"{a.path.name}, {b.path.name}: {apart:.1f} m apart"


@needs_shared
def test_a_picture_saved_by_a_viewer_says_so_unless_its_turn_is_told() -> None:
    path = find_stills(FOLDER)[0]
    assert any("Windows Photo Viewer" in n for n in read_still(path).notes)
    assert not any("Windows Photo Viewer" in n for n in read_still(path, options=TURNED).notes)


@needs_shared
def test_the_footprints_of_neighbouring_stills_overlap_as_the_pictures_do() -> None:
    frames = [f for f in read_stills(find_stills(FOLDER), options=TURNED) if isinstance(f, Frame)]
    for a, b in pairwise(frames):
        assert shared_on_ground(a, b) == pytest.approx(shared_in_pictures(a, b), abs=0.1)


def shared_on_ground(a: Frame, b: Frame) -> float:
    """Share of the first frame's footprint that the second's covers, by their poses."""
    assert a.pose is not None
    ground = LocalFrame(a.pose.at)
    prints = []
    for f in (a, b):
        assert f.pose is not None
        assert f.intrinsics is not None
        corners = footprint(f.intrinsics, f.pose.attitude, f.pose.height_m)
        prints.append(Polygon(corners + ground.to_metres([f.pose.at])[0]))
    return float(prints[0].intersection(prints[1]).area / prints[0].area)


def shared_in_pictures(a: Frame, b: Frame) -> float:
    """The same, by the features that both pictures show."""
    import cv2

    first, second = same_points(a, b)
    back, _ = cv2.findHomography(second, first, cv2.RANSAC, 8.0)
    corners = np.array([(0, 0), (b.width_px, 0), (b.width_px, b.height_px), (0, b.height_px)], dtype=float)
    there = cv2.perspectiveTransform(corners[None], np.asarray(back))[0]
    whole = Polygon([(0, 0), (a.width_px, 0), (a.width_px, a.height_px), (0, a.height_px)])
    return float(whole.intersection(Polygon(there)).area / whole.area)
