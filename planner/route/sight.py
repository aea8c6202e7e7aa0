"""How many pixels on a vessel it takes to see it, to say what it is, and to say which one it is.

Johnson's criteria: J. Johnson, "Analysis of image forming systems", Image Intensifier Symposium, Fort Belvoir 1958,
give the line pairs across a target's least dimension at which half of the observers succeed: detection 1.0, recognition
4.0, identification 6.4. How the chance grows with more of them is the target transfer probability function of the US
Army's night vision laboratory (J. A. Ratches, Optical Engineering 15 (1976) 525): (N/N50)^E / (1 + (N/N50)^E), with
E = 2.7 + 0.7 N/N50. A line pair is two pixels. All of it is for an observer with time and good contrast; glint, spray
and dusk take more. What the shipped detector needs is another matter: see its model card.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from planner.model.profiles import CameraProfile


class Task(StrEnum):
    """What is to be told from the picture."""

    DETECT = "detect"
    """There is a vessel."""
    RECOGNISE = "recognise"
    """Of which kind: a rigid inflatable, a fishing boat, a tug."""
    IDENTIFY = "identify"
    """Which make or which one of its kind."""


LINE_PAIRS = {Task.DETECT: 1.0, Task.RECOGNISE: 4.0, Task.IDENTIFY: 6.4}
"""Across the least dimension, for half of the observers (Johnson 1958)."""
_FOOT_M = 0.3048


@dataclass(frozen=True, slots=True)
class SightHeight:
    """From how high straight down a camera does a task on a vessel, and what that means in pixels."""

    height_m: float
    gsd_m: float
    pixels_long: float
    pixels_across: float


def beam_m(length_m: float) -> float:
    """The beam that goes with a length: in feet, length to the power of 2/3, plus 1 (a boat builders' rule of thumb).

    6 m gives 2.5 m, 20 m gives 5.3 m, 100 m gives 14.8 m.
    """
    return float(((length_m / _FOOT_M) ** (2 / 3) + 1) * _FOOT_M)


def chance_from_line_pairs(line_pairs: npt.ArrayLike, task: Task) -> Floats:
    """The chance that an observer does the task with that many line pairs across the least dimension, in [0, 1]."""
    ratio = np.maximum(np.asarray(line_pairs, dtype=float) / LINE_PAIRS[task], 0.0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        odds = np.minimum(ratio, 20.0) ** (2.7 + 0.7 * np.minimum(ratio, 20.0))
    return np.asarray(odds / (1 + odds), dtype=float)


def line_pairs_for(task: Task, chance: float) -> float:
    """Line pairs across the least dimension at which the task succeeds with that chance.

    Raises:
        ValueError: a chance outside (0, 1).
    """
    if not 0 < chance < 0.9999:
        raise ValueError(f"chance must lie in (0, 0.9999), got {chance}")
    from scipy.optimize import brentq

    return float(brentq(lambda n: float(chance_from_line_pairs(n, task)) - chance, 1e-6, 20 * LINE_PAIRS[task]))


def height_for(camera: CameraProfile, task: Task, *, length_m: float, chance: float = 0.9) -> SightHeight:
    """The greatest height straight above a vessel from which the task succeeds with that chance.

    Raises:
        ValueError: a length outside (0.3, 500] m, or a chance outside (0, 1).
    """
    if not 0.3 <= length_m <= 500:
        raise ValueError(f"a vessel's length must lie in [0.3, 500] m, got {length_m}")
    pixels = 2 * line_pairs_for(task, chance)
    height = beam_m(length_m) * camera.focal_px / pixels
    gsd = camera.gsd_at_height_m(height)
    return SightHeight(height, gsd, length_m / gsd, pixels)


def chance_seen(
    camera: CameraProfile, task: Task, *, length_m: float, slant_m: Floats, depression_rad: Floats
) -> Floats:
    """The chance per place, from the distance to the camera and how steeply it looks down on it.

    The beam as seen is shortened by the square root of the depression's sine: a mean over the vessel's headings.
    """
    shown = beam_m(length_m) * np.sqrt(np.clip(np.sin(depression_rad), 0.0, 1.0))
    pixels = shown * camera.focal_px / np.maximum(slant_m, 1e-6)
    return chance_from_line_pairs(pixels / 2, task)


def whole_metres(height_m: float) -> int:
    """A height rounded down, so that the promise holds."""
    return math.floor(height_m)
