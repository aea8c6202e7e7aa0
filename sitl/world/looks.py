"""Light, water and air: all that makes the same scene look different."""

from dataclasses import dataclass

import numpy as np

from sitl.world.solids import Rgb

THERMAL_PALETTES = ("white-hot", "black-hot", "iron")


@dataclass(frozen=True, slots=True)
class Look:
    """Colours are (red, green, blue) from 0 to 1, angles true degrees.

    `roughness` scales the waves (1: a fresh breeze in a harbour), `haze_m` is the distance at which haze takes 63 %,
    `exposure` the camera's, `grain` the standard deviation of its noise (8 bit counts), `soft_px` its blur.

    `lamps` is how bright navigation lights, deck and quay lights are beside the daylight (0: off), `skylight` the part
    of a day's light that comes from the sky, `tint` the colour of the light, `rain_mm_h` falls through the picture,
    `whitecaps` is the part of the sea that is foam. With `glint_wind_m_s` the sun's mirror image is that of
    planner.geo.glint in this wind, with `air` the haze lies over everything in the picture. `thermal` names a palette
    (THERMAL_PALETTES): the picture shows warmth, not light.

    Raises:
        ValueError: an unknown palette.
    """

    sun_azimuth_deg: float
    sun_elevation_deg: float
    sun_strength: float
    water: Rgb
    sky_low: Rgb
    sky_high: Rgb
    wind_deg: float
    roughness: float
    haze_m: float = 9000.0
    exposure: float = 1.0
    grain: float = 2.0
    soft_px: float = 0.5
    swell: float = 1.0
    lamps: float = 0.0
    skylight: float = 1.0
    tint: Rgb = (1.0, 1.0, 1.0)
    rain_mm_h: float = 0.0
    whitecaps: float = 0.0
    glint_wind_m_s: float | None = None
    air: bool = False
    thermal: str | None = None

    def __post_init__(self) -> None:
        if self.thermal is not None and self.thermal not in THERMAL_PALETTES:
            raise ValueError(f"thermal must be one of {', '.join(THERMAL_PALETTES)}, got {self.thermal!r}")

    @classmethod
    def practice(cls, rng: np.random.Generator) -> "Look":
        """A fair day over grey green water."""
        return cls(
            sun_azimuth_deg=float(rng.uniform(130, 230)),
            sun_elevation_deg=float(rng.uniform(32, 52)),
            sun_strength=float(rng.uniform(0.8, 1.1)),
            water=(0.17, 0.27, 0.27),
            sky_low=(0.72, 0.78, 0.84),
            sky_high=(0.38, 0.52, 0.70),
            wind_deg=float(rng.uniform(200, 290)),
            roughness=float(rng.uniform(0.7, 1.1)),
        )

    @classmethod
    def varied(cls, rng: np.random.Generator) -> "Look":
        """Any day over any water: blue, green, brown or grey, calm to rough, clear to hazy, low sun or overcast."""
        kinds: tuple[tuple[Rgb, Rgb], ...] = (
            ((0.03, 0.09, 0.16), (0.10, 0.26, 0.36)),  # blue
            ((0.10, 0.22, 0.18), (0.34, 0.46, 0.36)),  # green
            ((0.24, 0.21, 0.13), (0.50, 0.45, 0.33)),  # brown
            ((0.14, 0.17, 0.17), (0.38, 0.41, 0.40)),  # grey
            ((0.02, 0.03, 0.04), (0.10, 0.11, 0.14)),  # black
        )
        low, high = kinds[int(rng.integers(len(kinds)))]
        part = float(rng.random())
        r, g, b = (lo + part * (hi - lo) for lo, hi in zip(low, high, strict=True))
        overcast = rng.random() < 0.35
        grey = float(rng.uniform(0.55, 0.85))
        blue: Rgb = (0.30, 0.46, 0.68) if not overcast else (grey * 0.92, grey * 0.94, grey * 0.97)
        return cls(
            sun_azimuth_deg=float(rng.uniform(0, 360)),
            sun_elevation_deg=float(rng.uniform(14, 70)),
            sun_strength=0.15 if overcast else float(rng.uniform(0.7, 1.15)),
            water=(r, g, b),
            sky_low=(grey, grey * 1.02, grey * 1.05),
            sky_high=blue,
            wind_deg=float(rng.uniform(0, 360)),
            roughness=float(rng.uniform(0.25, 1.7)),
            haze_m=float(10 ** rng.uniform(3.0, 4.2)),
            exposure=float(rng.uniform(0.75, 1.2) * (0.42 / (0.18 + (r + g + b) / 3)) ** 0.4),
            grain=float(rng.uniform(0.5, 6.0)),
            soft_px=float(rng.uniform(0.25, 1.1)),
            swell=float(rng.uniform(0.3, 1.6)),
        )
