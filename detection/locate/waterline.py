"""Which pixels of a box lie on the water.

A box encloses hull and superstructure. A part H metres above the sea is seen H / tan(depression) too far away, so
neither the middle nor the top of the box may be taken for the vessel's place. Seen at depression d, a vessel that is
D metres deep along the view and H metres high fills D sin d + H cos d of the box; its waterline is the lower
D sin d of it, and the waterline's middle lies at half of that:

    share of the box below the middle = 1/2 * sin d / (sin d + r cos d),    r = H / D

which is the middle of the box straight down and the lowest tenth of it near the horizon. r is not known: 0.5 is used,
and what 0.2 (a low boat end on) to 1.2 (a high one broadside) would change counts as error.
"Down" is the direction in the image towards the point below the camera, so a rolled or upright camera is right too.
"""

from dataclasses import dataclass

import numpy as np

from planner.geo.camera import Attitude, Intrinsics, pixels_of, rays
from planner.geo.points import Floats

USUAL_RATIO, LOW_RATIO, HIGH_RATIO = 0.5, 0.2, 1.2
"""Height of a vessel over its depth along the view: usual, a low boat end on, a high one broadside."""


@dataclass(frozen=True, slots=True, eq=False)
class Waterline:
    """Columns over boxes: `middle` (N, 2) pixel of the waterline's middle, `half` (N, 2) half width and height of the
    part of the box that lies on the water, `down` (N, 2) unit vector in the image towards the point below the camera,
    `spread_px` (N,) one sigma of the middle along `down`, `depth_low` and `depth_high` (N,): the least and the
    greatest share of the box, along `down`, that can be water.
    """  # noqa: D205

    middle: Floats
    half: Floats
    down: Floats
    spread_px: Floats
    depth_low: Floats
    depth_high: Floats


def waterlines(camera: Intrinsics, attitude: Attitude, xyxy: Floats) -> Waterline:
    """The waterline of each box, shape (N, 4) -> N rows."""
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    half = np.maximum((xyxy[:, 2:] - xyxy[:, :2]) / 2, 0.5)
    through = rays(camera, attitude, centre)
    depression = np.arcsin(np.clip(-through[:, 2], 0.0, 1.0))
    down = _down(camera, attitude, centre, through)
    with np.errstate(divide="ignore"):
        reach = np.min(np.where(np.abs(down) > 1e-9, half / np.abs(down), np.inf), axis=1)
    usual = _depth_share(depression, USUAL_RATIO)
    low, high = _depth_share(depression, HIGH_RATIO), _depth_share(depression, LOW_RATIO)
    return Waterline(
        middle=centre + down * (reach * (1 - usual))[:, None],
        half=half * (1 - np.abs(down) * (1 - usual)[:, None]),
        down=down,
        spread_px=reach * (high - low) / 2,
        depth_low=low,
        depth_high=high,
    )


def _depth_share(depression: Floats, ratio: float) -> Floats:
    """Share of the box that is waterline at `depression` (radians) for a vessel of that height-to-depth ratio."""
    sine = np.maximum(np.sin(depression), 0.02)
    return np.asarray(sine / (sine + ratio * np.cos(depression)), dtype=float)


def _down(camera: Intrinsics, attitude: Attitude, centre: Floats, through: Floats) -> Floats:
    """Unit vectors in the image along which a plumb line hangs at each pixel; (0, 1) where it is seen end on."""
    lower = through * 100.0 - [0.0, 0.0, 1.0]
    step = pixels_of(camera, attitude, lower) - centre
    length = np.linalg.norm(step, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = step / length
    return np.asarray(np.where(np.isfinite(unit) & (length > 1e-6), unit, [0.0, 1.0]), dtype=float)
