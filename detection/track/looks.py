"""What colours a vessel shows: a short description of each box, so that one vessel can be told from another later.

The water's own colour is measured around the box and left out; hue and chroma are taken against it, and lightness as a
share of the picture's own range about the box, so that a cloud before the sun changes little. Pure.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats

HUES = 12
GREYS = 6
SIZE = HUES + GREYS
Looks: TypeAlias = tuple[float, ...]
"""Shares that sum to one: of `HUES` hues (from red, a* > 0, by way of yellow), then of `GREYS` greys, dark to light."""

LEAST_PX = 6.0
"""A box with a shorter side than this is too small to tell colours."""
MOST_PIXELS = 4096
MARGIN = 0.35
"""How far around a box the water is measured, as a share of its sides."""
GREY_CHROMA = 8.0
"""CIELAB chroma at which a pixel is half grey, half coloured."""
LEAST_SHARE = 0.02
SAME_SIGMA = 0.20
"""Distance between two looks of one vessel: half normal with this sigma (other light, another cut of the box) ..."""
OTHER_MEAN, OTHER_SIGMA = 0.42, 0.14
"""... and between two vessels: normal. Measured on rendered vessels in changed light, see docs/georeferencing.md."""
MOST_TOLD = 3.0
"""Colours alone never count for or against more than this (natural logarithm of odds): hire boats look alike."""


def describe(image_bgr: npt.NDArray[np.uint8], xyxy: npt.NDArray[np.float32]) -> tuple[Looks | None, ...]:
    """The looks of each box (left, top, right, bottom in pixels); None where it is too small, or nothing but water."""
    return tuple(_one(image_bgr, [float(edge) for edge in box]) for box in xyxy)


def distance(one: Looks, other: Looks) -> float:
    """Hellinger distance: 0 the same colours, 1 none in common."""
    shared = float(np.sqrt(np.asarray(one) * np.asarray(other)).sum())
    return math.sqrt(max(1.0 - shared, 0.0))


def mean(several: Sequence[Looks]) -> Looks | None:
    """The looks of a vessel that was seen several times; None if never."""
    if not several:
        return None
    middle = np.asarray(several).mean(axis=0)
    return tuple(float(v) for v in middle / middle.sum())


def log_odds(one: Looks | None, other: Looks | None) -> float:
    """How much two looks speak for one vessel (positive) or for two (negative); 0 where either is not known."""
    return float(log_odds_table([one], [other])[0, 0])


def log_odds_table(ones: Sequence[Looks | None], others: Sequence[Looks | None]) -> Floats:
    """`log_odds` of each of some looks with each of others, shape (ones, others)."""
    apart = np.sqrt(np.clip(1.0 - _roots(ones) @ _roots(others).T, 0.0, None))
    same = -0.5 * (apart / SAME_SIGMA) ** 2 - math.log(SAME_SIGMA * math.sqrt(math.pi / 2))
    nearer = np.minimum(apart - OTHER_MEAN, 0.0)  # the farther apart the surer
    two = -0.5 * (nearer / OTHER_SIGMA) ** 2 - math.log(OTHER_SIGMA * math.sqrt(2 * math.pi))
    odds = np.clip(same - two, -MOST_TOLD, MOST_TOLD)
    return np.asarray(np.where(np.isfinite(odds), odds, 0.0), dtype=float)


def _roots(several: Sequence[Looks | None]) -> Floats:
    unknown = (math.nan,) * SIZE
    table = np.array([unknown if looks is None else looks for looks in several], dtype=float).reshape(-1, SIZE)
    return np.asarray(np.sqrt(table), dtype=float)


def _one(image: npt.NDArray[np.uint8], box: Sequence[float]) -> Looks | None:
    left, top, right, bottom = box
    height, width = image.shape[:2]
    left, right = max(left, 0.0), min(right, float(width))
    top, bottom = max(top, 0.0), min(bottom, float(height))
    if min(right - left, bottom - top) < LEAST_PX:
        return None
    by, bx = MARGIN * (bottom - top) + 2, MARGIN * (right - left) + 2
    x0, x1 = int(max(left - bx, 0)), int(min(right + bx, width)) + 1
    y0, y1 = int(max(top - by, 0)), int(min(bottom + by, height)) + 1
    step = max(1, math.isqrt(int((y1 - y0) * (x1 - x0) / MOST_PIXELS)))
    patch = _lab(image[y0:y1:step, x0:x1:step])
    rows = y0 + step * np.arange(patch.shape[0]) + 0.5
    columns = x0 + step * np.arange(patch.shape[1]) + 0.5
    inside = ((rows > top) & (rows < bottom))[:, None] & ((columns > left) & (columns < right))[None]
    return _shares(patch[inside], patch[~inside])


def _lab(patch: npt.NDArray[np.uint8]) -> Floats:
    import cv2

    lab = cv2.cvtColor(np.ascontiguousarray(patch, dtype=np.float32) / 255.0, cv2.COLOR_BGR2LAB)
    return np.asarray(lab, dtype=float)


def _shares(inside: Floats, around: Floats) -> Looks | None:
    """Shares of hues and greys among the pixels of the box that are not like the water around it."""
    if len(inside) < 12 or len(around) < 12:
        return None
    water = np.median(around, axis=0)
    spread = 1.4826 * np.median(np.abs(around - water), axis=0)
    off = (inside - water) / np.maximum(spread, [3.0, 2.0, 2.0])
    ship = inside[np.einsum("ni,ni->n", off, off) > 16.0]
    if len(ship) < max(8.0, LEAST_SHARE * len(inside)):
        return None
    a, b = ship[:, 1], ship[:, 2]
    chroma = np.hypot(a, b)
    coloured = chroma**2 / (chroma**2 + GREY_CHROMA**2)
    hue = np.arctan2(b, a) / (2 * np.pi) * HUES
    dark, light = np.percentile(np.concatenate([inside[:, 0], around[:, 0]]), [2.0, 98.0])
    grey = np.clip((ship[:, 0] - dark) / max(light - dark, 10.0), 0.0, 1.0) * (GREYS - 1)
    shares = np.concatenate([_soft(hue, coloured, HUES, around=True), _soft(grey, 1.0 - coloured, GREYS, around=False)])
    return tuple(round(float(v), 4) for v in shares / shares.sum())


def _soft(at: Floats, weight: Floats, bins: int, *, around: bool) -> Floats:
    """A histogram in which a value between two bins counts in both; `around`: the last bin lies beside the first."""
    low = np.floor(at)
    part, high = at - low, low + 1
    low, high = (low % bins, high % bins) if around else (low, np.minimum(high, bins - 1))
    first, second = low.astype(np.int64), high.astype(np.int64)
    total = np.zeros(bins)
    np.add.at(total, first, weight * (1 - part))
    np.add.at(total, second, weight * part)
    if around:  # light and white balance shift hues by a little
        total = 0.5 * total + 0.25 * (np.roll(total, 1) + np.roll(total, -1))
    return np.asarray(total, dtype=float)
