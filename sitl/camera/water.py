"""What the sea and the sky look like: waves from a spectrum, reflected sky, glint of the sun, foam, haze.

Waves are repeating fields of slopes (chop and swell, see sitl.camera.waves), anchored to the world and drifting with
the wind, and a field of gusts that roughens the chop in places. A pixel's colour comes from Schlick's Fresnel term, the
colour of the water, and the density of slopes that mirror the sun. Waves too small for a pixel go over into that
density, so the distance does not flicker.

Wind axes throughout: the first axis down wind, the second to its left.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.glint import fresnel, slope_variances
from planner.geo.points import Floats
from sitl.camera.strips import Bgr, Grown, strips
from sitl.camera.view import Field, View
from sitl.camera.waves import CHOP, CHOP_UNIT, SWELL, gusts, mean_squares, ripples, sample, slopes
from sitl.world.looks import Look
from sitl.world.solids import Rgb

Planes = npt.NDArray[np.float32]
"""Blue, green and red of some rows, (3, H, W)."""
COARSE = 8
FINENESS = 2 / 3
FOAM_M = 37.0 * 11.0
SUNLIGHT = 0.72
"""Brightness of a white sheet square to a sun of strength 1."""
BRIGHTEST = 1.6
NEVER_SEEN = 2e-4
"""Slopes smaller than this change no pixel."""
FINE_SWELL_M = 0.6
"""The shortest swell is 2.2 m long: places this far apart are near enough for it."""
FAINT = 0.001
"""A glint less bright than this changes no pixel."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A strip of the sea: where it is seen, down wind and left, its waves' slopes, crests, the mirrored sun."""

    down: Field
    left: Field
    slopes: tuple[Field, Field]
    chop: npt.NDArray[np.uint8]
    glint: Field | None


def draw_sea(view: View, look: Look, unix_s: float) -> Bgr:
    """The sea and the sky as the camera sees them with nothing else there.

    Drawn at two thirds of the picture's resolution, which is still finer than the shortest waves, then enlarged.
    """
    import cv2

    h, w = view.camera.height_px, view.camera.width_px
    sea = _Sea(view, look, unix_s, (round(h * FINENESS), round(w * FINENESS)))
    image = np.empty((*sea.shape, 3), np.float32)
    for rows in strips(*sea.shape):
        cv2.merge(list(sea.strip(rows)), image[rows])
    return np.asarray(cv2.resize(image, (w, h), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


class _Sea:
    """A sea in the making: all that is the same for its strips."""

    def __init__(self, view: View, look: Look, unix_s: float, shape: tuple[int, int]) -> None:
        self.look, self.shape, self.unix_s, self.eye = look, shape, unix_s, view.position
        c = view.camera
        self._step = c.width_px / shape[1]
        x = ((np.arange(shape[1]) + 0.5) * self._step - c.centre_x_px) / c.focal_px
        y = ((np.arange(shape[0]) + 0.5) * c.height_px / shape[0] - c.centre_y_px) / c.focal_px
        wind = math.radians(look.wind_deg + 180.0)
        self.wind = math.sin(wind), math.cos(wind)
        turned = np.array([[*self.wind, 0.0], [-self.wind[1], self.wind[0], 0.0], [0.0, 0.0, 1.0]]) @ view.to_world
        self._rays: tuple[Floats, Floats, Floats] = turned, x.astype(float), y.astype(float)
        self._slow = _Slow(view, look, unix_s, self.wind, shape)
        self._pixel = self._step / c.focal_px
        east, north, _ = view.position
        self._base = east * self.wind[0] + north * self.wind[1], north * self.wind[0] - east * self.wind[1]
        self._far = not look.air and look.thermal is None and self._span(0, shape[0])[1] >= -0.35

    def strip(self, rows: slice) -> Planes:
        """Blue, green and red of some rows."""
        lowest, highest = self._span(rows.start, rows.stop)
        if lowest > self._pixel:
            return self._sky(self._sine(rows))
        _, x, y = self._rays
        down, left = self._places(x, y[rows])
        surface = self._surface(rows, down, left)
        planes = self._shaded(surface)
        if self.look.whitecaps > 0 and self.look.thermal is None:
            self._foam(planes, surface)
        if self._far:
            self._veil(planes, self._sine(rows))
        if highest > -self._pixel:
            sine = self._sine(rows)
            above = np.clip(0.5 + sine / np.float32(self._pixel), 0, 1)
            planes += above * (self._sky(sine) - planes)
        return planes

    def _places(self, x: Floats, y: Floats) -> tuple[Field, Field]:
        """Where pixels see the water, down wind and to the left of the point below the camera, in metres."""
        down, left, up = self._directions(x, y)
        along = np.maximum(np.negative(up, out=up), np.float32(2e-4), out=up)
        np.divide(np.float32(self.eye[2]), along, out=along)
        down *= along
        left *= along
        return down, left

    def _directions(self, x: Floats, y: Floats) -> tuple[Field, Field, Field]:
        turned = self._rays[0]
        a, b, c = (np.add.outer((m[1] * y + m[2]).astype(np.float32), (m[0] * x).astype(np.float32)) for m in turned)
        return a, b, c

    def _sine(self, rows: slice) -> Field:
        """Of the angle above the horizon."""
        _, x, y = self._rays
        a, b, up = self._directions(x, y[rows])
        return np.asarray(up / np.sqrt(a * a + b * b + up * up), np.float32)

    def _span(self, first: int, stop: int) -> tuple[float, float]:
        """The lowest and the highest direction in some rows: up, in parts of the view's depth."""
        turned, x, y = self._rays
        corners = np.add.outer(turned[2, 1] * y[[first, stop - 1]] + turned[2, 2], turned[2, 0] * x[[0, -1]])
        return float(corners.min()), float(corners.max())

    def _surface(self, rows: slice, down: Field, left: Field) -> Surface:
        chop, swell = self._slow.weights.at(rows)
        shift = self._base[0] - CHOP.drift_m_s * self.unix_s, self._base[1]
        seen = sample(ripples(), down, left, CHOP.size_m, shift)
        sx, sy = self._ripple(seen, chop)
        if self._slow.weights.greatest(1, rows) > NEVER_SEEN:
            self._add_swell(rows, swell, (sx, sy))
        return Surface(down, left, (sx, sy), seen, self._glint(rows, sx, sy))

    def _ripple(self, seen: npt.NDArray[np.uint8], weight: Field) -> tuple[Field, Field]:
        """The slopes of the chop."""
        import cv2

        weight *= np.float32(1 / CHOP_UNIT)
        middle = weight * np.float32(128.0)
        pair = [np.multiply(cv2.extractChannel(seen, axis), weight, dtype=np.float32) for axis in (0, 1)]
        for one in pair:
            np.subtract(one, middle, out=one)
        return pair[0], pair[1]

    def _glint(self, rows: slice, sx: Field, sy: Field) -> Field | None:
        """The mirrored sun; None where it is too faint to be seen."""
        if self._slow.brightest(rows) < FAINT:
            return None
        mirror_x, mirror_y, tight_x, tight_y, gain = self._slow.mirror.at(rows)
        mirror_x -= sx
        mirror_y -= sy
        mirror_x *= mirror_x
        mirror_y *= mirror_y
        mirror_x *= tight_x
        mirror_y *= tight_y
        mirror_x += mirror_y
        glint = np.exp(mirror_x, out=mirror_x)
        glint *= gain
        return np.minimum(glint, np.float32(BRIGHTEST), out=glint)

    def _swell_at(self, at: tuple[Field, Field]) -> npt.NDArray[np.float32]:
        shift = self._base[0] - SWELL.drift_m_s * self.unix_s, self._base[1]
        return sample(slopes(SWELL), *at, SWELL.size_m, shift)

    def _add_swell(self, rows: slice, weight: Field, total: tuple[Field, Field]) -> None:
        """The longer waves, at only so many places as they need."""
        import cv2

        every = next(n for n in (4, 2, 1) if n == 1 or n * self._slow.coarsest_m(rows) * self._step < FINE_SWELL_M)
        _, x, y = self._rays
        first, last = rows.start // every - 1, -(-rows.stop // every) + 1
        wide = -(-len(x) // every)
        coarse_x, coarse_y = ((np.arange(a, b) + 0.5) * every - 0.5 for a, b in ((0, wide), (first, last)))
        pair = self._swell_at(self._places(x[0] + coarse_x * (x[1] - x[0]), y[0] + coarse_y * (y[1] - y[0])))
        skip = rows.start - first * every
        for axis, one in enumerate(total):
            grown = np.ascontiguousarray(pair[..., axis])
            if every > 1:
                size = wide * every, len(pair) * every
                grown = np.asarray(cv2.resize(grown, size, interpolation=cv2.INTER_LINEAR), np.float32)
            np.add(one, grown[skip : skip + len(weight), : len(x)] * weight, out=one)

    def _shaded(self, seen: Surface) -> Planes:
        look = self.look
        scratch, mirror, high = _mirrored(seen, self.eye[2])
        sx, sy = seen.slopes
        if look.thermal is not None:
            from sitl.camera.warmth import warm_sea

            return warm_sea(mirror, sx)
        # light from below the surface: brighter on slopes towards the sun, and where more sky is let in
        sun = math.radians(look.sun_azimuth_deg - look.wind_deg - 180.0)
        sx *= np.float32(-1.9 * math.cos(sun))
        sy *= np.float32(1.9 * math.sin(sun))
        body = np.add(sx, sy, out=sx)
        body += np.float32(1.0)
        body *= np.subtract(np.float32(1.0), mirror, out=scratch)
        low, sky = _column(look.sky_low), _column(look.sky_high)
        planes = high * (low - sky)
        planes += sky
        planes *= mirror
        part = body * _column(look.water) * np.float32(0.72 + 0.28 * look.sun_strength)
        planes += part
        if seen.glint is not None:
            planes += np.multiply(seen.glint, _SUN, out=part)
        return planes

    def _foam(self, planes: Planes, seen: Surface) -> None:
        """White crests over a part of the sea: where a group of waves breaks, along its crests, torn at the edges."""
        import cv2

        drift = (self._base[0] - self.unix_s * 0.5) % FOAM_M  # before it becomes a float32, which has no metres in 1e9
        noise = sample(gusts(23), seen.down, seen.left * np.float32(0.45), 37.0, (drift, self._base[1] * 0.45))
        for channel, share in ((2, 0.75), (3, 0.55)):
            noise += cv2.extractChannel(seen.chop, channel) * np.float32(share / CHOP_UNIT)
        noise -= np.float32(128.0 * 1.30 / CHOP_UNIT)
        noise *= np.float32(1 / math.sqrt(1.0 + 0.75**2 + 0.55**2))
        noise -= np.float32(_quantile(self.look.whitecaps))
        noise *= np.float32(1.6)
        cover = np.clip(noise, 0, 0.9, out=noise)
        planes += cover * (np.float32(0.85 * self.look.skylight) - planes)

    def _veil(self, planes: Planes, sine: Field) -> None:
        """Haze over the far water."""
        distance = np.float32(self.eye[2]) / np.maximum(-sine, np.float32(1e-4))
        veil = 1.0 - np.exp(distance * np.float32(-1.0 / self.look.haze_m))
        planes += veil * (_column(self.look.sky_low) - planes)

    def _sky(self, sine: Field) -> Planes:
        up = np.clip(sine * np.float32(3.0), 0, 1)
        if self.look.thermal is not None:
            from sitl.camera.warmth import warm_sky

            return warm_sky(up)
        low, high = _column(self.look.sky_low), _column(self.look.sky_high)
        return np.asarray(low + up * (high - low), np.float32)


def _column(colour: Rgb) -> Planes:
    """Blue, green, red, to be multiplied with a field."""
    return np.array(colour[::-1], np.float32).reshape(3, 1, 1)


_SUN = _column((1.0, 0.97, 0.90))


def _mirrored(seen: Surface, height_m: float) -> tuple[Field, Field, Field]:
    """Scratch space, the mirrored share of the light, and how much of that comes from the sky's low part."""
    sx, sy = seen.slopes
    facing, ax, ay = seen.down * sx, seen.down * seen.down, seen.left * sy
    facing += ay
    facing += np.float32(height_m)
    ax += np.multiply(seen.left, seen.left, out=ay)
    ax += np.float32(height_m**2)
    facing /= np.sqrt(ax, out=ax)
    away = np.clip(facing, 0.0, 1.0, out=facing)
    np.subtract(np.float32(1.0), away, out=away)
    high = np.sqrt(away, out=ax)
    high *= np.float32(0.65)
    high += np.float32(0.35)
    mirror = np.multiply(away, away, out=ay)
    mirror *= mirror
    mirror *= away
    mirror *= np.float32(0.98)
    mirror += np.float32(0.02)
    return away, mirror, high


class _Slow:
    """What changes slowly over the picture, grown to its pixels.

    `mirror`: the slopes that mirror the sun (2), how tight its glint is about them (2), how bright (1). `weights`: of
    chop and swell.
    """

    def __init__(
        self, view: View, look: Look, unix_s: float, wind: tuple[float, float], shape: tuple[int, int]
    ) -> None:
        rows, cols = max(2, round(shape[0] / COARSE)), max(2, round(shape[1] / COARSE))
        xs = (np.arange(cols) + 0.5) * view.camera.width_px / cols
        ys = (np.arange(rows) + 0.5) * view.camera.height_px / rows
        towards = _towards_camera(view, wind, xs, ys)
        mirror = _mirror_slopes(look, wind, towards)
        east, north, along = view.plane(xs, ys)
        distance = along * np.linalg.norm(np.stack(view.directions(xs, ys)), axis=0)
        gsd = distance / np.maximum(towards[2], 0.02) / view.camera.focal_px  # metres along the view
        gust = sample(gusts(0), east + view.position[0] + 1.5 * unix_s % 800, north + view.position[1], 800.0)
        rough = look.roughness * np.clip(1.0 + 0.22 * gust, 0.35, 1.7)
        whole = rough * CHOP.slope, look.swell * look.roughness * SWELL.slope
        chop, swell = whole[0] / (1 + (gsd / 0.55) ** 2), whole[1] / (1 + (gsd / 3.5) ** 2)
        lost = whole[0] ** 2 - chop**2 + whole[1] ** 2 - swell**2
        if look.glint_wind_m_s is None:
            spread = 2 * (0.055**2 * look.roughness + 0.0012 + lost)
            tight, gain = (-1 / spread, -1 / spread), 0.010 * look.sun_strength / spread
        else:
            tight, gain = _sun_mirror(look, mirror, towards, (chop, swell))
        if look.thermal is not None or look.sun_elevation_deg <= 0:
            gain = np.zeros_like(gain)
        steep = 3.5 * np.sqrt(chop**2 + swell**2)  # slopes beyond are too rare to be missed
        short = [np.maximum(np.abs(m) - steep, 0.0) for m in mirror]
        self._bright = (gain * np.exp(tight[0] * short[0] ** 2 + tight[1] * short[1] ** 2)).max(axis=1)
        self._gsd, self._rows = gsd.max(axis=1), shape[0]
        self.mirror, self.weights = Grown([*mirror, *tight, gain], shape), Grown([chop, swell], shape)

    def brightest(self, rows: slice) -> float:
        """About the brightest glint over some rows."""
        return float(self._bright[self._coarse(rows)].max())

    def coarsest_m(self, rows: slice) -> float:
        """About the greatest distance on the water between a pixel of the picture and the next, over some rows."""
        return float(self._gsd[self._coarse(rows)].max())

    def _coarse(self, rows: slice) -> slice:
        coarse = len(self._gsd)
        first, last = rows.start * coarse // self._rows, (rows.stop - 1) * coarse // self._rows
        return slice(max(0, first - 1), last + 2)


def _towards_camera(view: View, wind: tuple[float, float], xs: Floats, ys: Floats) -> tuple[Floats, Floats, Floats]:
    de, dn, du = (d.astype(float) for d in view.directions(xs, ys))
    norm = -np.sqrt(de * de + dn * dn + du * du)
    return (de * wind[0] + dn * wind[1]) / norm, (dn * wind[0] - de * wind[1]) / norm, du / norm


def _mirror_slopes(
    look: Look, wind: tuple[float, float], towards: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats]:
    """The slopes along and across the wind that mirror the sun into the camera."""
    azimuth, elevation = math.radians(look.sun_azimuth_deg), math.radians(look.sun_elevation_deg)
    se, sn = math.sin(azimuth) * math.cos(elevation), math.cos(azimuth) * math.cos(elevation)
    sx, sy = se * wind[0] + sn * wind[1], sn * wind[0] - se * wind[1]
    up = np.maximum(towards[2] + math.sin(elevation), 0.05)
    return -(towards[0] + sx) / up, -(towards[1] + sy) / up


def _sun_mirror(
    look: Look,
    mirror: tuple[Floats, Floats],
    towards: tuple[Floats, Floats, Floats],
    weights: tuple[Floats, Floats],
) -> tuple[tuple[Floats, Floats], Floats]:
    """The sun mirrored in the water after planner.geo.glint: the exponent's factors for squares of slopes, its gain.

    The waves that are drawn have a part of Cox and Munk's slopes; the rest is a Gaussian about each, so that the
    picture's mean is theirs.
    """
    up, across = slope_variances(look.glint_wind_m_s or 0.0)
    drawn = [sum(w * w * mean_squares(s)[axis] for w, s in zip(weights, (CHOP, SWELL), strict=True)) for axis in (0, 1)]
    rest = np.maximum(up - drawn[0], 0.2 * up), np.maximum(across - drawn[1], 0.2 * across)
    cos_tilt = 1.0 / np.sqrt(1.0 + mirror[0] ** 2 + mirror[1] ** 2)
    cos_incidence = np.clip((towards[2] - towards[0] * mirror[0] - towards[1] * mirror[1]) * cos_tilt, 0, 1)
    density = 1.0 / (2 * math.pi * np.sqrt(rest[0] * rest[1]))
    bright = math.pi * fresnel(cos_incidence) * density / (4 * np.maximum(towards[2], 0.02) * cos_tilt**4)
    return (-0.5 / rest[0], -0.5 / rest[1]), bright * SUNLIGHT * look.sun_strength


def _quantile(part: float) -> float:
    """Above which value of a normal variate a part lies."""
    from scipy.special import ndtri

    return float(-ndtri(min(0.5, part)))
