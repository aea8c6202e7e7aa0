"""What lies between the camera and the scene: haze over everything, rain."""

import math

import numpy as np

from sitl.camera.view import View
from sitl.camera.water import Bgr
from sitl.world.looks import Look

_COARSE = 8


def draw_air(view: View, look: Look, image: Bgr, seed: list[int]) -> None:
    """Haze by the distance to the water behind each pixel, then rain."""
    if look.air:
        _haze(view, look, image)
    if look.rain_mm_h > 0:
        _rain(look, image, seed)


def _haze(view: View, look: Look, image: Bgr) -> None:
    import cv2

    h, w = image.shape[:2]
    rows, cols = max(2, h // _COARSE), max(2, w // _COARSE)
    de, dn, du = view.directions((np.arange(cols) + 0.5) * w / cols, (np.arange(rows) + 0.5) * h / rows)
    sine = du / np.sqrt(de * de + dn * dn + du * du)
    distance = view.position[2] / np.maximum(-sine, 1e-4)
    clear = np.exp(-distance / np.float32(look.haze_m)).astype(np.float32)
    clear = np.where(sine > 0, np.float32(1.0), clear)  # the sky has its own colour
    left = np.asarray(cv2.resize(clear, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)[..., None]
    low = np.array(look.sky_low[::-1], dtype=np.float32)
    image *= left
    image += (1.0 - left) * low


def _rain(look: Look, image: Bgr, seed: list[int]) -> None:
    """Drops near the lens as streaks, a few hundred in a shower, each other in every picture."""
    import cv2

    h, w = image.shape[:2]
    rng = np.random.default_rng([*seed, 31])
    count = int(22 * look.rain_mm_h**0.6 * w * h / 100_000)
    streaks = np.zeros((h, w), np.uint8)
    slant = math.radians(look.wind_deg % 40.0 - 20.0)
    for x, y, size in zip(
        rng.uniform(0, w, count), rng.uniform(0, h, count), rng.uniform(0.4, 1.0, count), strict=True
    ):
        length = size * h / 28
        end = (int(x + length * math.sin(slant)), int(y + length * math.cos(slant)))
        cv2.line(streaks, (int(x), int(y)), end, int(30 + 90 * size), 1, cv2.LINE_AA)
    soft = np.asarray(cv2.GaussianBlur(streaks, (3, 3), 0.8), np.float32)[..., None] * np.float32(1 / 255)
    image += soft * np.float32(0.8) * (np.array(look.sky_low[::-1], np.float32) - image * np.float32(0.3))
