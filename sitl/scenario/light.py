"""What the weather and the hour make of a harbour's look: day, dusk and night, cloud, haze, rain and sea."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from planner.geo.points import LatLon
from planner.geo.sun import sun_at
from sitl.scenario.values import Weather
from sitl.world.looks import Look
from sitl.world.solids import Rgb

LIGHTS_ON_DEG = 0.0
"""Below this height of the sun lights are shown (COLREG rule 20: from sunset to sunrise)."""
NIGHT = 0.03
"""The part of the daylight that is left at night, from the sky above a port."""
LAMPLIGHT = 0.35
"""What lamps on a quay give beside the light of a day."""
EXTINCTION = 3.912
"""Visibility times extinction, for a contrast of 2 % (Koschmieder)."""
_WARM, _WHITE, _BLUE = (1.12, 0.96, 0.80), (1.0, 1.0, 1.0), (0.82, 0.94, 1.16)


def look_of(weather: Weather, base: Look, at: LatLon, at_utc: datetime, *, thermal: str | None = None) -> Look:
    """The look of a harbour at a place and time in a weather; `thermal` names a palette of the thermal camera."""
    sun = sun_at(at, at_utc)
    day = daylight(sun.elevation_deg)
    cloud, wet = weather.cloud, min(1.0, weather.rain_mm_h / 20.0)
    grey = 0.75 * day * (1.0 - 0.25 * wet)

    def dimmed(colour: Sequence[float]) -> Rgb:
        r, g, b = (day * (1 - cloud) * c + cloud * grey for c in colour)
        return r, g, b

    shining = max(0.0, min(1.0, (sun.elevation_deg + 1.0) / 6.0)) * (1.0 - 0.97 * cloud)
    dull = 0.55 + 0.45 * (1.0 - cloud)
    dark = sun.elevation_deg < LIGHTS_ON_DEG
    return replace(
        base,
        sun_azimuth_deg=sun.azimuth_deg,
        sun_elevation_deg=max(2.0, sun.elevation_deg),
        sun_strength=max(0.002, shining * base.sun_strength * (0.3 + 0.7 * day)),
        skylight=day * dull,
        water=_scaled(base.water, day * dull),
        sky_low=dimmed(base.sky_low),
        sky_high=dimmed(base.sky_high),
        wind_deg=weather.wind_from_deg,
        roughness=0.25 + 0.35 * weather.sea_state,
        swell=0.3 + 0.3 * weather.sea_state,
        haze_m=weather.visibility_m / EXTINCTION,
        exposure=min(5.0, (day * dull) ** -0.6),
        grain=2.0 + 7.0 * (1.0 - day) + 1.5 * wet,
        soft_px=0.5 + 0.6 * wet,
        lamps=min(12.0, LAMPLIGHT / day) if dark else 0.0,
        tint=_tint(sun.elevation_deg, cloud),
        rain_mm_h=weather.rain_mm_h,
        whitecaps=min(0.2, 3.84e-6 * weather.wind_m_s**3.41),
        glint_wind_m_s=weather.wind_m_s,
        air=True,
        thermal=thermal,
    )


def daylight(sun_elevation_deg: float) -> float:
    """The part of the light of a high sun that the camera is set to, from NIGHT to 1: full from 12 degrees up."""
    return float(np.clip((sun_elevation_deg + 9.0) / 21.0, 0.0, 1.0) ** 1.6 * (1.0 - NIGHT) + NIGHT)


def _scaled(colour: Rgb, by: float) -> Rgb:
    r, g, b = (c * by for c in colour)
    return r, g, b


def _tint(sun_elevation_deg: float, cloud: float) -> Rgb:
    """Warm while the sun is low, blue after it has set, less so under cloud."""
    low = [np.interp(sun_elevation_deg, (-7.0, -2.0, 2.0, 14.0), side)
           for side in zip(_BLUE, _BLUE, _WARM, _WHITE, strict=True)]  # fmt: skip
    r, g, b = (float(1.0 + (1.0 - 0.7 * cloud) * (c - 1.0)) for c in low)
    return r, g, b
