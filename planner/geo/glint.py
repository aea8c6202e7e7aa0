"""Sun glint on a wind-roughened sea, after Cox and Munk.

C. Cox and W. Munk, "Measurement of the roughness of the sea surface from photographs of the sun's glitter", J. Opt.
Soc. Am. 44 (1954) 838-850: slopes are Gaussian, with variances that grow with the wind 12.5 m above the sea
(clean surface): upwind 0.00316 U, crosswind 0.003 + 0.00192 U. The skewness terms are left out.

Frames as in planner.geo.camera: east, north, up; azimuths from true north clockwise; the wind comes *from* its bearing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.camera import Attitude, Intrinsics, rays
from planner.geo.points import Floats
from planner.geo.sun import SUN_RADIUS_DEG, Sun

WATER_INDEX = 1.34
"""Refractive index of sea water in visible light."""
GLINT_REFLECTANCE = 0.05
"""A pixel is in glint where the sun mirrored in it is at least as bright as a white sheet of this reflectance.

Own choice: water without glint lies at 0.02 to 0.06 (sky mirrored at 2 % and light from below), so from here on glint
is as bright as the water itself, and pale hulls and wakes begin to drown in it.
"""
_SUN_SOLID_ANGLE = float(2 * np.pi * (1 - np.cos(np.radians(SUN_RADIUS_DEG))))


@dataclass(frozen=True, slots=True)
class Wind:
    """Wind near the sea: metres per second, and the true bearing that it comes from.

    Raises:
        ValueError: a speed that is negative or above 60 m/s, a bearing that is not finite.
    """

    speed_m_s: float
    from_deg: float

    def __post_init__(self) -> None:
        if not 0 <= self.speed_m_s <= 60:
            raise ValueError(f"wind speed must lie in [0, 60] m/s, got {self.speed_m_s}")
        if not -360 <= self.from_deg <= 720:
            raise ValueError(f"wind bearing must be degrees from north, got {self.from_deg}")


def slope_variances(wind_m_s: float) -> tuple[float, float]:
    """Mean square slope along and across the wind (Cox and Munk 1954, clean surface).

    Below 2.4 m/s, where the fitted upwind line falls below the crosswind one, both are the crosswind's.
    """
    across = 0.003 + 0.00192 * wind_m_s
    return max(0.00316 * wind_m_s, across), across


def fresnel(cos_incidence: npt.ArrayLike) -> Floats:
    """Share of unpolarised light that water mirrors, by the cosine of the angle to the surface's normal."""
    c = np.clip(np.asarray(cos_incidence, dtype=float), 0.0, 1.0)
    inside = np.sqrt(1 - (1 - c * c) / WATER_INDEX**2)
    across = (c - WATER_INDEX * inside) / (c + WATER_INDEX * inside)
    along = (WATER_INDEX * c - inside) / (WATER_INDEX * c + inside)
    return np.asarray((across**2 + along**2) / 2, dtype=float)


def sun_vector(sun: Sun) -> Floats:
    """Unit vector towards the sun: east, north, up."""
    azimuth, elevation = np.radians([sun.azimuth_deg, sun.elevation_deg])
    flat = np.cos(elevation)
    return np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)])


def glint_chance(rays_enu: npt.ArrayLike, sun: Sun, wind: Wind) -> Floats:
    """The share of the water's surface that mirrors some of the sun into each ray, shape (N, 3) -> (N,).

    That is Cox and Munk's own measure: the chance that a point of the sea seen along the ray glitters.
    0 for rays that do not meet the sea and for a sun below the horizon.
    """
    facet = _facets(rays_enu, sun, wind)
    with np.errstate(all="ignore"):
        chance = facet.density * _SUN_SOLID_ANGLE / (4 * facet.cos_incidence * facet.cos_tilt**3)
    return np.where(facet.lit, np.minimum(chance, 1.0), 0.0)


def glint_reflectance(rays_enu: npt.ArrayLike, sun: Sun, wind: Wind) -> Floats:
    """How bright the mirrored sun is, as the reflectance of a white sheet in the same sun, (N, 3) -> (N,).

    pi F p / (4 cos(sun) cos(view) cos^4(tilt)), with the Fresnel share F and the density p of slopes. No shadowing of
    waves by waves, so rays within some degrees of the horizon come out too bright.
    """
    facet = _facets(rays_enu, sun, wind)
    with np.errstate(all="ignore"):
        bright = (
            np.pi
            * fresnel(facet.cos_incidence)
            * facet.density
            / (4 * facet.cos_sun * facet.cos_view * facet.cos_tilt**4)
        )
    return np.where(facet.lit, bright, 0.0)


def glint_in_frame(camera: Intrinsics, attitude: Attitude, sun: Sun, wind: Wind, *, across: int = 24) -> float:
    """The share of a picture that is in glint (see GLINT_REFLECTANCE), in [0, 1], from a grid of pixels."""
    down = max(2, round(across * camera.height_px / camera.width_px))
    x = (np.arange(across) + 0.5) * camera.width_px / across
    y = (np.arange(down) + 0.5) * camera.height_px / down
    pixels = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    bright = glint_reflectance(rays(camera, attitude, pixels), sun, wind)
    return float(np.mean(bright >= GLINT_REFLECTANCE))


@dataclass(frozen=True, slots=True)
class _Facets:
    """The wave facets that mirror the sun into rays: angles, and how common their slopes are."""

    cos_sun: float
    cos_view: Floats
    cos_incidence: Floats
    cos_tilt: Floats
    density: Floats
    lit: npt.NDArray[np.bool_]


def _facets(rays_enu: npt.ArrayLike, sun: Sun, wind: Wind) -> _Facets:
    view = -np.asarray(rays_enu, dtype=float).reshape(-1, 3)  # from the sea to the camera
    towards_sun = sun_vector(sun)
    middle = view + towards_sun
    with np.errstate(all="ignore"):
        normal = np.clip(np.nan_to_num(middle / np.linalg.norm(middle, axis=1, keepdims=True)), -1.0, 1.0)
        slopes = -normal[:, :2] / np.maximum(normal[:, 2:3], 1e-3)
    wind_from = np.radians(wind.from_deg)
    along = slopes @ np.array([np.sin(wind_from), np.cos(wind_from)])
    across = slopes @ np.array([np.cos(wind_from), -np.sin(wind_from)])
    up_var, cross_var = slope_variances(wind.speed_m_s)
    with np.errstate(all="ignore"):
        density = np.exp(-0.5 * (along**2 / up_var + across**2 / cross_var)) / (2 * np.pi * np.sqrt(up_var * cross_var))
    lit = (view[:, 2] > 1e-3) & (normal[:, 2] > 1e-3) & bool(towards_sun[2] > 0)
    return _Facets(
        float(towards_sun[2]),
        view[:, 2],
        np.sum(normal * view, axis=1),
        normal[:, 2],
        np.nan_to_num(density),
        lit,
    )
