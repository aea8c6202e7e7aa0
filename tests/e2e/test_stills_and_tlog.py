"""Stills without any metadata but a UTC time in their names, and the telemetry log of their flight."""

import numpy as np

from detection.footage.frames import Frame
from detection.footage.poses import StillOptions
from detection.footage.stills import find_stills, read_stills
from detection.locate.ellipse import covariance_of
from detection.locate.place import locate
from detection.locate.sightings import Sighting
from detection.vision.boxes import Boxes
from planner.geo.points import Floats, LocalFrame
from planner.link.record import read_flight
from tests.shared import DATA, needs_shared

FOLDER = DATA / "stills" / "with-tlog"
PI_CAMERA_2_HFOV_DEG = 62.2
SEEN_IN = 4
"""A white object on the ground is in view of the last four stills."""


def frames(time_offset_s: float) -> list[Frame]:
    options = StillOptions(takeoff_height_m=0.0, hfov_deg=PI_CAMERA_2_HFOV_DEG, time_offset_s=time_offset_s)
    flight = read_flight(FOLDER / "flight.tlog")
    return [f for f in read_stills(find_stills(FOLDER), flight=flight, options=options) if isinstance(f, Frame)]


def white_object(frame: Frame) -> Sighting:
    """The one bright spot in the middle third of the picture, placed on the ground."""
    import cv2

    grey = cv2.imread(str(frame.path), cv2.IMREAD_GRAYSCALE)
    smooth = cv2.GaussianBlur(np.asarray(grey, np.float32), (0, 0), 1.5)
    bright = smooth - cv2.medianBlur(smooth.astype(np.uint8), 31)
    bright[:30] = 0
    bright[:, :300] = 0
    bright[:, 1100:] = 0
    row, column = np.unravel_index(np.argmax(bright), bright.shape)
    box = np.array([[column - 3, row - 3, column + 4, row + 4]], np.float32)
    (found,) = locate(frame, Boxes(box, np.ones(1, np.float32), np.zeros(1, np.int64)))
    return found


def spread(sightings: list[Sighting]) -> tuple[float, Floats]:
    """Root mean square distance in metres from their middle, and each one's squared distance in its own ellipse."""
    assert sightings[0].at is not None
    ground = LocalFrame(sightings[0].at)
    places = ground.to_metres([s.at for s in sightings if s.at is not None])
    off = places - places.mean(axis=0)
    shapes = np.array([covariance_of(s.ellipse) for s in sightings if s.ellipse is not None])
    return float(np.sqrt((off**2).sum(axis=1).mean())), np.einsum("ni,nij,nj->n", off, np.linalg.inv(shapes), off)


@needs_shared
def test_all_six_stills_get_their_pose_from_the_log() -> None:
    read = frames(0.0)
    assert len(read) == 6
    for frame in read:
        assert frame.at_utc is not None
        assert frame.at_utc.isoformat().startswith("2018-08-05T01:00:4")
        assert frame.pose is not None
        assert frame.pose.source == "tlog"
        assert 80 < frame.pose.height_m < 84
        assert frame.pose.attitude.pitch_deg < -80
        assert any("fixed to the vehicle" in n for n in frame.notes)


@needs_shared
def test_an_object_on_the_ground_stays_where_it_is_from_still_to_still() -> None:
    rms_m, d2 = spread([white_object(f) for f in frames(0.0)[-SEEN_IN:]])
    assert rms_m < 2.5
    assert d2.max() < 9.21
    # the camera's clock is a quarter of a second ahead of the log's; with that told, the places fall together
    rms_m, _ = spread([white_object(f) for f in frames(-0.25)[-SEEN_IN:]])
    assert rms_m < 1.0
