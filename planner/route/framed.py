"""Whether a camera that looks at a vessel has the whole of its hull in the picture, all the way round.

The hull is taken as an upright box: length, beam, and a height of AIR_TO_LENGTH of its length (masts stand out above).
The camera keeps its horizon level and looks at a point on the water, as an autopilot does for DO_SET_ROI_LOCATION.
"""

import itertools
import math
from collections.abc import Iterator

import numpy as np

from planner.geo.camera import Attitude, pixels_of
from planner.geo.points import Floats
from planner.model.profiles import CameraProfile
from planner.route.shapes import Point

AIR_TO_LENGTH = 0.1
"""Height of a hull above the water over its length."""
MARGIN = 0.05
"""Share of the picture, at each edge, that stays free: the autopilot is a little late and the gimbal a little off."""
SAMPLES = 6
"""Moments looked at on each piece of the way."""


def hull_corners(length_m: float, beam_m: float, heading_deg: float) -> Floats:
    """The corners of a hull, (8, 3): east, north, up in metres from its middle on the water."""
    bow = math.radians(heading_deg)
    ahead, aside = np.array([math.sin(bow), math.cos(bow)]), np.array([math.cos(bow), -math.sin(bow)])
    return np.array(
        [
            (*(end * length_m / 2 * ahead + side * beam_m / 2 * aside), up)
            for end in (1, -1)
            for side in (1, -1)
            for up in (0.0, AIR_TO_LENGTH * length_m)
        ]
    )


def is_framed(camera: CameraProfile, eye: tuple[float, float, float], aim: Point, corners: Floats) -> bool:
    """Whether all of `corners` are in the picture from `eye`, looking at `aim` on the water; local metres."""
    east, north = aim[0] - eye[0], aim[1] - eye[1]
    away = math.hypot(east, north)
    attitude = Attitude(math.degrees(math.atan2(east, north)), -math.degrees(math.atan2(eye[2], away)))
    seen = pixels_of(camera.intrinsics, attitude, corners - np.array(eye))
    size = np.array([camera.width_px, camera.height_px])
    return bool(np.isfinite(seen).all() and (seen >= MARGIN * size).all() and (seen <= (1 - MARGIN) * size).all())


def moments(
    points: tuple[Point, ...], at_s: tuple[float, ...], aims: tuple[Point, ...]
) -> Iterator[tuple[float, Point, Point]]:
    """Second, place and aim at some moments of each piece of a way."""
    for number, ((a, b), (start, end)) in enumerate(
        zip(itertools.pairwise(points), itertools.pairwise(at_s), strict=True)
    ):
        for share in (i / SAMPLES for i in range(SAMPLES + 1)):
            place = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            yield start + (end - start) * share, place, aims[number]
