"""From light to an 8 bit picture: exposure, shading towards the corners, blur, grain."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sitl.world.looks import Look


@lru_cache(maxsize=4)
def _falloff(height: int, width: int) -> npt.NDArray[np.float32]:
    """The lens's brightness towards its corners, per pixel and channel."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    r2 = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) / 0.5
    return np.repeat(np.asarray(255.0 - 35.7 * r2 * (0.6 + 0.4 * r2), dtype=np.float32)[..., None], 3, axis=2)


@lru_cache(maxsize=2)
def _grain(height: int, width: int) -> npt.NDArray[np.float32]:
    """Noise of deviation 1 per channel, mostly common to the channels."""
    rng = np.random.default_rng(7)
    grey = rng.standard_normal((height, width, 1), dtype=np.float32)
    return np.asarray(0.8 * grey + 0.6 * rng.standard_normal((height, width, 3), dtype=np.float32), dtype=np.float32)


def develop(light: npt.NDArray[np.float32], look: Look, seed: list[int]) -> npt.NDArray[np.uint8]:
    """The picture of a field of light (1.0 white), shape (H, W, 3), blue first."""
    import cv2

    height, width = light.shape[:2]
    out: npt.NDArray[np.float32] = light
    if look.soft_px > 0.2:
        out = np.asarray(cv2.GaussianBlur(out, (5, 5), look.soft_px), dtype=np.float32)
    out = np.asarray(cv2.multiply(out, _falloff(height, width), scale=look.exposure), dtype=np.float32)
    if look.grain > 0:
        rng = np.random.default_rng(seed)
        noise = _grain(height + 64, width + 64)
        top, left = (int(v) for v in rng.integers(0, 64, 2))
        grain = np.ascontiguousarray(noise[top : top + height, left : left + width])
        out = np.asarray(cv2.scaleAdd(grain, look.grain, out), dtype=np.float32)
    return np.asarray(cv2.convertScaleAbs(np.maximum(out, 0)), dtype=np.uint8)
