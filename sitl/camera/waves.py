"""The sea's waves: square, endlessly repeating fields of slopes with a directional spectrum, and smooth noise."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sitl.camera.view import Field

Pixels = TypeVar("Pixels", npt.NDArray[np.float32], npt.NDArray[np.uint8])


@dataclass(frozen=True, slots=True)
class Scale:
    """A repeating field: its size in metres and pixels, its waves from `shortest_m` to `longest_m`, drift in m/s."""

    size_m: float
    size_px: int
    shortest_m: float
    longest_m: float
    slope: float
    spread: float
    drift_m_s: float
    seed: int


CHOP = Scale(25.6, 640, 0.12, 3.2, 0.085, 1.2, 0.9, 11)
SWELL = Scale(123.0, 256, 2.2, 22.0, 0.050, 3.0, 2.2, 12)
CHOP_UNIT = 30.0
"""Steps of ripples() to a slope of 1."""


@lru_cache(maxsize=4)
def waves(scale: Scale) -> npt.NDArray[np.float32]:
    """A random sea, shape (P, P, 3), tiling: slopes along and across the wind, together of deviation 1, and height.

    The height has the deviation 1 of its own.
    """
    rng = np.random.default_rng(scale.seed)
    n = scale.size_px
    k = np.fft.fftfreq(n, d=scale.size_m / n) * 2 * math.pi
    kx, ky = np.meshgrid(k, k)
    size = np.hypot(kx, ky)
    low, high = 2 * math.pi / scale.longest_m, 2 * math.pi / scale.shortest_m
    with np.errstate(divide="ignore", invalid="ignore"):
        band = np.exp(-((low / size) ** 4)) * np.exp(-((size / high) ** 2)) * size**-1.9
        along = np.abs(kx / size) ** scale.spread
    amplitude = np.nan_to_num(band * (0.12 + along))
    spectrum = np.fft.fft2(rng.normal(size=(n, n))) * amplitude
    steep = [np.fft.ifft2(1j * axis * spectrum).real for axis in (kx, ky)]
    height = np.fft.ifft2(spectrum).real
    deviation = math.sqrt(float(sum((one**2).mean() for one in steep)))
    return np.stack([steep[0] / deviation, steep[1] / deviation, height / height.std()], axis=-1).astype(np.float32)


@lru_cache(maxsize=4)
def slopes(scale: Scale) -> npt.NDArray[np.float32]:
    """Slopes of a random sea along and across the wind, shape (P, P, 2), tiling; root mean square 1."""
    return np.ascontiguousarray(waves(scale)[..., :2])


@lru_cache(maxsize=1)
def ripples() -> npt.NDArray[np.uint8]:
    """The chop in steps of 1 / CHOP_UNIT around 128, which the processor's cache holds: slopes (2), height, fine noise.

    The noise has some 20 cm grain and deviation 1, and is what tears foam.
    """
    import cv2

    n = CHOP.size_px
    noise = np.random.default_rng(31).standard_normal((n, n), dtype=np.float32)
    torn = np.zeros((n, n), np.float32)
    for sigma in (2.0, 6.0):
        smooth = cv2.GaussianBlur(np.tile(noise, (3, 3)), (0, 0), sigma)[n : 2 * n, n : 2 * n]
        torn += np.asarray(smooth, np.float32) / np.float32(np.std(smooth))
    whole = np.concatenate([waves(CHOP), torn[..., None] / float(torn.std())], axis=-1)
    return np.clip(np.round(whole * CHOP_UNIT + 128.0), 0, 255).astype(np.uint8)


@lru_cache(maxsize=4)
def mean_squares(scale: Scale) -> tuple[float, float]:
    """Mean squares of the slopes along and across the wind."""
    along, across = (slopes(scale) ** 2).mean(axis=(0, 1))
    return float(along), float(across)


@lru_cache(maxsize=8)
def gusts(seed: int) -> Field:
    """Smooth noise with mean 0 and deviation 1, 256 x 256, tiling."""
    rng = np.random.default_rng([seed, 5])
    k = np.fft.fftfreq(256) * 256
    size = np.hypot(*np.meshgrid(k, k))
    waves = np.fft.fft2(rng.normal(size=(256, 256))) / (1 + (size / 2.5) ** 1.6)
    waves[0, 0] = 0
    noise = np.fft.ifft2(waves).real
    return np.asarray(noise / noise.std(), dtype=np.float32)


def sample(field: Pixels, x_m: Field, y_m: Field, size_m: float, shift_m: tuple[float, float] = (0.0, 0.0)) -> Pixels:
    """A repeating field (N, N) or (N, N, C) at places in metres plus a shift, which may be large."""
    import cv2

    u, v = (_in_field(at, shift, size_m, len(field)) for at, shift in zip((x_m, y_m), shift_m, strict=True))
    whole, parts = cv2.convertMaps(u, v, cv2.CV_16SC2)
    seen = cv2.remap(_padded(field), whole, parts, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, field.dtype)


def _in_field(at_m: Field, shift_m: float, size_m: float, size_px: int) -> Field:
    """Places in metres as pixels of a repeating field."""
    turns = at_m * np.float32(1.0 / size_m)
    if shift_m:
        turns += np.float32(shift_m / size_m % 1.0)
    turns -= np.floor(turns)
    turns *= np.float32(size_px)
    return turns


_PADDED: dict[int, tuple[Any, Any]] = {}


def _padded(field: Pixels) -> Pixels:
    """The field with its first row and column once more at its end, so that sampling never wraps."""
    key = id(field)
    kept = _PADDED.get(key)
    if kept is None or kept[0] is not field:
        if len(_PADDED) > 32:
            _PADDED.clear()
        wide = np.concatenate([field, field[:, :1]], axis=1)
        kept = (field, np.ascontiguousarray(np.concatenate([wide, wide[:1]], axis=0)))
        _PADDED[key] = kept
    padded: Pixels = kept[1]
    return padded
