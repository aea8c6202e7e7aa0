"""Frames and boxes whose truth is known."""

from pathlib import Path

import numpy as np

from detection.footage.frames import Frame
from detection.vision.boxes import Boxes
from planner.geo.camera import Attitude, Intrinsics, pixels_of
from planner.geo.points import Floats, LatLon
from planner.model.pose import Pose, PoseSigma

HERE = LatLon(51.95, 4.05)
CAMERA = Intrinsics.centred(width_px=4000, height_px=3000, focal_px=2900.0)


def frame(
    *,
    height_m: float = 80.0,
    pitch_deg: float = -90.0,
    yaw_deg: float = 0.0,
    roll_deg: float = 0.0,
    sigma: PoseSigma | None = None,
    camera: Intrinsics | None = CAMERA,
    posed: bool = True,
) -> Frame:
    pose = Pose(HERE, height_m, Attitude(yaw_deg, pitch_deg, roll_deg), "test", sigma or PoseSigma())
    return Frame("f" * 16, Path("a.jpg"), "0" * 64, 4000, 3000, None, pose if posed else None, camera)


def boxes(*rows: tuple[float, float, float, float], label: int = 0) -> Boxes:
    n = len(rows)
    return Boxes(np.array(rows, np.float32).reshape(n, 4), np.full(n, 0.9, np.float32), np.full(n, label, np.int64))


def box_of_hull(
    view: Frame, *, east_m: float, north_m: float, length_m: float, beam_m: float, heading_deg: float, top_m: float
) -> tuple[float, float, float, float]:
    """The upright box round a hull with straight sides and a deck `top_m` above the sea."""
    assert view.pose is not None
    assert view.intrinsics is not None
    turn = np.radians(heading_deg)
    ahead, aside = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
    corners = [
        np.array([east_m, north_m]) + ahead * length_m / 2 * a + aside * beam_m / 2 * b
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    points: Floats = np.array([[*c, z - view.pose.height_m] for c in corners for z in (0.0, top_m)])
    seen = pixels_of(view.intrinsics, view.pose.attitude, points)
    return float(seen[:, 0].min()), float(seen[:, 1].min()), float(seen[:, 0].max()), float(seen[:, 1].max())
