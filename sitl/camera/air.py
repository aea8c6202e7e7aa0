"""What lies between the camera and the scene: haze over everything, rain."""

import math

import numpy as np
import numpy.typing as npt

from sitl.camera.strips import Bgr, Grown, flat
from sitl.camera.view import View
from sitl.world.looks import Look

_COARSE = 8


class Air:
    """The air over one picture; `draw` lays it over some rows of it."""

    def __init__(self, view: View, look: Look, seed: list[int]) -> None:
        self._shape = view.camera.height_px, view.camera.width_px
        low = np.array(look.sky_low) * np.array(look.tint)  # as the sky behind it is tinted
        self._low = np.tile(low[::-1].astype(np.float32), self._shape[1])
        self._clear = _clear(view, look, self._shape) if look.air else None
        self._rain = _rain(view, look, seed) if look.rain_mm_h > 0 else None

    def draw(self, image: Bgr, rows: slice) -> None:
        """Haze by the distance to the water behind each pixel, then rain, over some rows of a picture."""
        part = flat(image[rows])
        if self._clear is not None:
            part -= self._low
            part *= flat(self._clear.at(rows)[0])
            part += self._low
        if self._rain is not None:
            import cv2

            drops = np.asarray(self._rain[rows], np.float32) * np.float32(0.8 / 255)
            part += flat(np.asarray(cv2.merge([drops] * 3), np.float32)) * (self._low - part * np.float32(0.3))


def _clear(view: View, look: Look, shape: tuple[int, int]) -> Grown:
    """The part of the light that comes through to each pixel."""
    h, w = shape
    rows, cols = max(2, h // _COARSE), max(2, w // _COARSE)
    de, dn, du = view.directions((np.arange(cols) + 0.5) * w / cols, (np.arange(rows) + 0.5) * h / rows)
    sine = du / np.sqrt(de * de + dn * dn + du * du)
    distance = view.position[2] / np.maximum(-sine, 1e-4)
    clear = np.exp(-distance / np.float32(look.haze_m))
    clear = np.where(sine > 0, np.float32(1.0), clear)  # the sky has its own colour
    return Grown([np.repeat(clear[..., None], 3, axis=2)], shape)


def _rain(view: View, look: Look, seed: list[int]) -> npt.NDArray[np.uint8]:
    """Drops near the lens as streaks along their fall, a few hundred in a shower, each other in every picture."""
    import cv2

    h, w = view.camera.height_px, view.camera.width_px
    rng = np.random.default_rng([*seed, 31])
    count = int(22 * look.rain_mm_h**0.6 * w * h / 100_000)
    places = np.column_stack([rng.uniform(0, w, count), rng.uniform(0, h, count)])
    sizes = rng.uniform(0.4, 1.0, count)
    ends = places + _fall(view, look, places) * (sizes * h / 28)[:, None]
    streaks = np.zeros((h, w), np.uint8)
    for (x, y), (x1, y1), size in zip(places, ends, sizes, strict=True):
        cv2.line(streaks, (int(x), int(y)), (int(x1), int(y1)), int(30 + 90 * size), 1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(streaks, (3, 3), 0.8), np.uint8)


def _fall(view: View, look: Look, places: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """How a drop at these pixels moves in the picture while the shutter is open, in lengths of a whole streak.

    Drops fall at 7 m/s and drift with the wind; seen along their fall they are dots.
    """
    towards = math.radians(look.wind_deg + 180.0)
    drift = 0.6 * min(10.0, look.glint_wind_m_s or 4.0)
    fall = np.array([drift * math.sin(towards), drift * math.cos(towards), -7.0])
    x, y, z = (fall / np.linalg.norm(fall)) @ view.to_world
    middle = np.array([view.camera.centre_x_px, view.camera.centre_y_px])
    return np.asarray(np.array([x, y]) - z * (places - middle) / view.camera.focal_px)
