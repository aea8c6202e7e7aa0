"""What the sea and the sky look like: waves from a spectrum, reflected sky, glint of the sun, haze.

Waves are two square, endlessly repeating fields of slopes (chop and swell) with directional spectra, anchored to the
world and drifting with the wind, and a field of gusts that roughens the chop in places. A pixel's colour comes from
Schlick's Fresnel term, the colour of the water, and the density of slopes that mirror the sun. Waves too small for a
pixel go over into that density, so the distance does not flicker.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from planner.geo.glint import fresnel, slope_variances
from planner.geo.points import Floats
from sitl.camera.view import Field, View
from sitl.world.looks import Look

Bgr = npt.NDArray[np.float32]
"""An image, blue first, 1.0 the white of the sky."""
COARSE = 8
FINENESS = 2 / 3
_FOAM_M = 37.0 * 11.0
SUNLIGHT = 0.72
"""Brightness of a white sheet square to a sun of strength 1."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """A repeating field: its size in metres and pixels, its waves from `shortest_m` to `longest_m`, drift in m/s."""

    size_m: float
    size_px: int
    shortest_m: float
    longest_m: float
    slope: float
    spread: float
    drift_m_s: float


CHOP = _Scale(25.6, 640, 0.12, 3.2, 0.085, 1.2, 0.9)
SWELL = _Scale(123.0, 512, 2.2, 22.0, 0.050, 3.0, 2.2)


@lru_cache(maxsize=4)
def _slopes(scale: _Scale, seed: int) -> npt.NDArray[np.float32]:
    """Slopes of a random sea along and across the wind, shape (P, P, 2), tiling; root mean square 1."""
    rng = np.random.default_rng(seed)
    n = scale.size_px
    k = np.fft.fftfreq(n, d=scale.size_m / n) * 2 * math.pi
    kx, ky = np.meshgrid(k, k)
    size = np.hypot(kx, ky)
    low, high = 2 * math.pi / scale.longest_m, 2 * math.pi / scale.shortest_m
    with np.errstate(divide="ignore", invalid="ignore"):
        band = np.exp(-((low / size) ** 4)) * np.exp(-((size / high) ** 2)) * size**-1.9
        along = np.abs(kx / size) ** scale.spread
    amplitude = np.nan_to_num(band * (0.12 + along))
    waves = np.fft.fft2(rng.normal(size=(n, n))) * amplitude
    pair = [np.fft.ifft2(1j * axis * waves).real for axis in (kx, ky)]
    field = np.stack(pair, axis=-1)
    return np.asarray(field / math.sqrt(float((field**2).sum(axis=-1).mean())), dtype=np.float32)


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


def sample(field: npt.NDArray[np.float32], x_m: Field, y_m: Field, size_m: float) -> npt.NDArray[np.float32]:
    """A repeating field at places in metres."""
    import cv2

    n = field.shape[0]
    u, v = x_m * np.float32(n / size_m), y_m * np.float32(n / size_m)
    u -= np.floor(u * np.float32(1 / n)) * n
    v -= np.floor(v * np.float32(1 / n)) * n
    padded = _padded(id(field), field)
    return np.asarray(cv2.remap(padded, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


_PADDED: dict[int, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = {}


def _padded(key: int, field: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The field with its first row and column once more at its end, so that sampling never wraps."""
    kept = _PADDED.get(key)
    if kept is None or kept[0] is not field:
        if len(_PADDED) > 16:
            _PADDED.clear()
        wide = np.concatenate([field, field[:, :1]], axis=1)
        kept = (field, np.ascontiguousarray(np.concatenate([wide, wide[:1]], axis=0)))
        _PADDED[key] = kept
    return kept[1]


def _grown(small: Field, shape: tuple[int, int]) -> Field:
    """A coarse field, sampled at the middles of its blocks, at every pixel."""
    import cv2

    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Slow:
    """What changes slowly over the picture, at every pixel: view vector, mirror slopes, roughness, weights of waves."""

    view: tuple[Field, Field, Field]
    mirror: tuple[Field, Field]
    spread: Field
    chop: Field
    swell: Field


def _slow(view: View, look: Look, shape: tuple[int, int], unix_s: float) -> _Slow:
    """Wind axes throughout: the first axis down wind, the second to its left."""
    rows, cols = max(2, round(shape[0] / COARSE)), max(2, round(shape[1] / COARSE))
    # Looks without a wind for the glint keep to the picture's corner of `shape` pixels, as they always did: their
    # pictures must not change. The others take the whole picture.
    h, w = shape if look.glint_wind_m_s is None else (view.camera.height_px, view.camera.width_px)
    xs, ys = (np.arange(cols) + 0.5) * w / cols, (np.arange(rows) + 0.5) * h / rows
    de, dn, du = view.directions(xs, ys)
    norm = np.sqrt(de * de + dn * dn + du * du)
    wind = math.radians(look.wind_deg + 180.0)
    fe, fn = math.sin(wind), math.cos(wind)
    ax, ay, az = (de * fe + dn * fn) / -norm, (dn * fe - de * fn) / -norm, -du / norm
    sun_az, sun_el = math.radians(look.sun_azimuth_deg), math.radians(look.sun_elevation_deg)
    se, sn = math.sin(sun_az) * math.cos(sun_el), math.cos(sun_az) * math.cos(sun_el)
    sx, sy, sz = se * fe + sn * fn, sn * fe - se * fn, math.sin(sun_el)
    hz = np.maximum(az + sz, 0.05)
    mirror = -(ax + sx) / hz, -(ay + sy) / hz
    east, north, along = view.plane(xs, ys)
    gsd = along * norm / np.maximum(az, 0.02) / view.camera.focal_px  # metres along the view
    gust = sample(gusts(0), east + view.position[0] + 1.5 * unix_s % 800, north + view.position[1], 800.0)
    rough = look.roughness * np.clip(1.0 + 0.22 * gust, 0.35, 1.7)
    chop = rough * CHOP.slope / (1 + (gsd / 0.55) ** 2)
    swell = look.swell * look.roughness * SWELL.slope / (1 + (gsd / 3.5) ** 2)
    lost = (rough * CHOP.slope) ** 2 - chop**2 + (look.swell * look.roughness * SWELL.slope) ** 2 - swell**2
    spread = 2 * (0.055**2 * look.roughness + 0.0012 + lost)
    fields = [np.asarray(_grown(f.astype(np.float32), shape)) for f in (ax, ay, az, *mirror, spread, chop, swell)]
    return _Slow((fields[0], fields[1], fields[2]), (fields[3], fields[4]), fields[5], fields[6], fields[7])


def draw_sea(view: View, look: Look, unix_s: float) -> Bgr:
    """The sea and the sky as the camera sees them with nothing else there.

    Drawn at two thirds of the picture's resolution, which is still finer than the shortest waves, then enlarged.
    """
    import cv2

    h, w = view.camera.height_px, view.camera.width_px
    rows, cols = round(h * FINENESS), round(w * FINENESS)
    xs, ys = (np.arange(cols) + 0.5) * w / cols, (np.arange(rows) + 0.5) * h / rows
    east, north, _ = view.plane(xs, ys)
    slow = _slow(view, look, (rows, cols), unix_s)
    wind = math.radians(look.wind_deg + 180.0)
    fe, fn = np.float32(math.sin(wind)), np.float32(math.cos(wind))
    base_x = view.position[0] * math.sin(wind) + view.position[1] * math.cos(wind)
    base_y = view.position[1] * math.sin(wind) - view.position[0] * math.cos(wind)
    down, left = east * fe + north * fn, north * fe - east * fn
    sx, sy = _waves(slow, down, left, (base_x, base_y), unix_s)
    shaded = _shade(look, slow, sx, sy, sun_mirror(look, slow, (sx, sy)))
    if look.whitecaps > 0:
        drift = (base_x - unix_s * 0.5) % _FOAM_M  # before it becomes a float32, which has no metres left in 1e9
        _foam(look, shaded, down + np.float32(drift), left + np.float32(base_y))
    image = _finish(view, look, shaded, xs, ys)
    return np.asarray(cv2.resize(image, (w, h), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _waves(slow: _Slow, down: Field, left: Field, base: tuple[float, float], unix_s: float) -> tuple[Field, Field]:
    total_x, total_y = np.zeros_like(down), np.zeros_like(down)
    for scale, weight, seed in ((CHOP, slow.chop, 11), (SWELL, slow.swell, 12)):
        shift_x = np.float32((base[0] - scale.drift_m_s * unix_s) % scale.size_m)
        shift_y = np.float32(base[1] % scale.size_m)
        pair = sample(_slopes(scale, seed), down + shift_x, left + shift_y, scale.size_m)
        total_x += pair[..., 0] * weight
        total_y += pair[..., 1] * weight
    return total_x, total_y


def _shade(look: Look, slow: _Slow, sx: Field, sy: Field, sun_light: Field | None = None) -> Bgr:
    import cv2

    ax, ay, az = slow.view
    facing = az - ax * sx - ay * sy
    np.clip(facing, 0.0, 1.0, out=facing)
    away = 1.0 - facing
    squared = away * away
    mirror = 0.02 + 0.98 * squared * squared * away
    glint = _plain_glint(look, slow, sx, sy) if sun_light is None else sun_light
    # light from below the surface: brighter on slopes towards the sun, and where more sky is let in
    sun = math.radians(look.sun_azimuth_deg - look.wind_deg - 180.0)
    tilt = sx * np.float32(-math.cos(sun)) + sy * np.float32(math.sin(sun))
    body = (1.0 + tilt * np.float32(1.9)) * (1.0 - mirror)
    high = 0.35 + 0.65 * np.sqrt(np.clip(1.0 - facing, 0, 1))  # part of the sky's low colour in the mirror
    planes = cv2.merge([body, mirror * (1 - high), mirror * high, glint])
    colours = np.array([look.water, look.sky_high, look.sky_low, (1.0, 0.97, 0.90)], dtype=np.float32)
    colours[0] *= 0.72 + 0.28 * look.sun_strength
    return np.asarray(cv2.transform(planes, np.ascontiguousarray(colours[:, ::-1].T)), dtype=np.float32)


def _plain_glint(look: Look, slow: _Slow, sx: Field, sy: Field) -> Field:
    dx, dy = sx - slow.mirror[0], sy - slow.mirror[1]
    glint = np.exp(-(dx * dx + dy * dy) / slow.spread)
    glint *= np.float32(0.010 * look.sun_strength) / slow.spread
    np.minimum(glint, 1.6, out=glint)
    return glint


def sun_mirror(look: Look, slow: _Slow, slopes: tuple[Field, Field]) -> Field | None:
    """The sun mirrored in the water after planner.geo.glint; None for looks that have no wind for it.

    The waves that are drawn have a part of Cox and Munk's slopes; the rest is a Gaussian about each, so that the
    picture's mean is theirs.
    """
    if look.glint_wind_m_s is None:
        return None
    if look.sun_elevation_deg <= 0 or look.sun_strength <= 0:
        return np.zeros_like(slow.spread)
    up, across = slope_variances(look.glint_wind_m_s)
    drawn_x, drawn_y = _drawn_variances(slow)
    rest_x, rest_y = np.maximum(up - drawn_x, 0.2 * up), np.maximum(across - drawn_y, 0.2 * across)
    dx, dy = slopes[0] - slow.mirror[0], slopes[1] - slow.mirror[1]
    density = np.exp(-0.5 * (dx * dx / rest_x + dy * dy / rest_y)) / (2 * math.pi * np.sqrt(rest_x * rest_y))
    ax, ay, az = slow.view
    cos_tilt = 1.0 / np.sqrt(1.0 + slow.mirror[0] ** 2 + slow.mirror[1] ** 2)
    cos_incidence = np.clip((az - ax * slow.mirror[0] - ay * slow.mirror[1]) * cos_tilt, 0, 1)
    sine = math.sin(math.radians(look.sun_elevation_deg))
    bright = math.pi * fresnel(cos_incidence) * density / (4 * sine * np.maximum(az, 0.02) * cos_tilt**4)
    return np.asarray(np.minimum(bright * SUNLIGHT * look.sun_strength * sine, 1.6), dtype=np.float32)


def _drawn_variances(slow: _Slow) -> tuple[Field, Field]:
    """Mean squares of the slopes that the drawn waves have, along and across the wind, at every pixel."""
    found = [np.zeros_like(slow.chop), np.zeros_like(slow.chop)]
    for scale, weight, seed in ((CHOP, slow.chop, 11), (SWELL, slow.swell, 12)):
        for axis in (0, 1):
            found[axis] += weight * weight * np.float32((_slopes(scale, seed)[..., axis] ** 2).mean())
    return found[0], found[1]


def _foam(look: Look, image: Bgr, down: Field, left: Field) -> None:
    """White crests over a part of the sea."""
    noise = sample(gusts(23), down, left * np.float32(0.45), 37.0) + 0.6 * sample(gusts(24), left, down, 11.0)
    edge = np.float32(_quantile(look.whitecaps))
    cover = np.clip((noise * np.float32(1 / math.sqrt(1.36)) - edge) * np.float32(3.0), 0, 0.85)[..., None]
    white = np.float32(0.85 * look.skylight)
    image += cover * (white - image)


def _quantile(part: float) -> float:
    """Above which value of a normal variate a part lies."""
    from scipy.special import ndtri

    return float(-ndtri(min(0.5, part)))


def _finish(view: View, look: Look, image: Bgr, xs: Floats, ys: Floats) -> Bgr:
    """Haze over the far water, sky above the horizon."""
    w, h = view.camera.width_px, view.camera.height_px
    corners = view.directions(np.array([0.0, w]), np.array([0.0, h]))[2]
    if corners.max() < -0.35:
        return image
    de, dn, du = view.directions(xs, ys)
    sine = du / np.sqrt(de * de + dn * dn + du * du)
    low = np.array(look.sky_low[::-1], dtype=np.float32)
    if not look.air:  # else it lies over everything, see sitl.camera.air
        distance = view.position[2] / np.maximum(-sine, 1e-4)
        veil = 1.0 - np.exp(-distance / np.float32(look.haze_m))
        image += veil[..., None] * (low - image)
    if corners.max() <= 0:
        return image
    up = np.clip(sine * 3.0, 0, 1)[..., None]
    sky = low * (1 - up) + np.array(look.sky_high[::-1], dtype=np.float32) * up
    below = np.clip(0.5 - sine * np.float32(view.camera.focal_px * FINENESS), 0, 1)[..., None]
    return np.asarray(image * below + sky * (1 - below), dtype=np.float32)
