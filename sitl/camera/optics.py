"""From light to an 8 bit picture: air, blur, exposure, shading towards the corners, grain."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sitl.camera.air import Air
from sitl.camera.strips import Bgr, strips
from sitl.world.looks import Look

_HALO = 2
_GRAIN_ROWS, _GRAIN_SHIFT = 256, 64
"""Rows of the noise that is kept, and how far it is shifted to the side."""
_SHARP_PX = 0.6
"""A blur of at most this deviation is nothing two pixels off."""


@lru_cache(maxsize=4)
def _falloff(height: int, width: int) -> npt.NDArray[np.uint8]:
    """The lens's brightness towards its corners per pixel and channel, 255 in the middle; fractions by chance."""
    rng = np.random.default_rng(3)
    y, x = ((np.arange(n, dtype=np.float32) / n - 0.5) ** 2 / 0.5 for n in (height, width))
    r2 = np.add.outer(y, x)
    bright = 255.0 - 35.7 * r2 * (0.6 + 0.4 * r2)
    return np.repeat((bright + rng.random(r2.shape, dtype=np.float32)).astype(np.uint8)[..., None], 3, axis=2)


@lru_cache(maxsize=2)
def _grain(width: int, deviation: float) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Noise per channel, mostly common to the channels: what it adds and what it takes away."""
    rng = np.random.default_rng(7)
    shape = (_GRAIN_ROWS, width + _GRAIN_SHIFT)
    grey = rng.standard_normal((*shape, 1), dtype=np.float32)
    noise = np.round((0.8 * grey + 0.6 * rng.standard_normal((*shape, 3), dtype=np.float32)) * deviation)
    return np.clip(noise, 0, 255).astype(np.uint8), np.clip(-noise, 0, 255).astype(np.uint8)


def develop(light: Bgr, look: Look, seed: list[int], air: Air | None = None) -> npt.NDArray[np.uint8]:
    """The picture of a field of light (1.0 white), shape (H, W, 3), blue first, seen through `air`; uses up `light`."""
    import cv2

    height, width = light.shape[:2]
    rng, bright = np.random.default_rng(seed), _falloff(height, width)
    out = np.empty((height, width, 3), np.uint8)
    clear_to = 0
    for rows in strips(height, width):
        first, last = max(0, rows.start - _HALO), min(height, rows.stop + _HALO)
        if air is not None and clear_to < last:
            air.draw(light, slice(clear_to, last))
            clear_to = last
        part = light[first:last]
        if look.soft_px > 0.2:
            size = (3, 3) if look.soft_px <= _SHARP_PX else (5, 5)
            part = np.asarray(cv2.GaussianBlur(part, size, look.soft_px), np.float32)
        part = part[rows.start - first : rows.stop - first]
        cv2.multiply(part, bright[rows], out[rows], look.exposure, cv2.CV_8U)
        if look.grain > 0:
            _roughen(out[rows], look.grain, rng)
    return out


def _roughen(part: npt.NDArray[np.uint8], deviation: float, rng: np.random.Generator) -> None:
    """Adds noise, other rows of it in each strip."""
    import cv2

    more, less = _grain(part.shape[1], deviation)
    half = _GRAIN_ROWS // 2
    for done in range(0, len(part), half):
        here = part[done : done + half]
        top, left = int(rng.integers(0, half)), int(rng.integers(0, _GRAIN_SHIFT))
        where = slice(top, top + len(here)), slice(left, left + here.shape[1])
        cv2.add(here, more[where], here)
        cv2.subtract(here, less[where], here)
