"""Where the sun stands, and when there is daylight.

The low-accuracy series of Meeus (Astronomical Algorithms, 2nd edition, chapters 12, 22 and 25), which NOAA's solar
calculator uses too, with refraction after NOAA. Held by tests to 0.02 degrees against the worked example of NREL's SPA
(Reda and Andreas 2003) and against Meeus' own; made for the years 1900 to 2100. UTC stands for UT1 (they differ by less
than 0.9 s, 0.004 degrees).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats, LatLon

SUN_RADIUS_DEG = 0.2666
RISE_DEG = -0.833
"""The sun's centre, without refraction, when its upper edge touches a flat horizon: 34' refraction, 16' radius."""
CIVIL_DEG = -6.0


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun seen from a place: azimuth from true north clockwise, elevation above the horizon with refraction."""

    azimuth_deg: float
    elevation_deg: float


@dataclass(frozen=True, slots=True)
class Daylight:
    """One day's light at a place, in UTC; None where that does not happen on this day (near the poles).

    `always_up` tells the two cases without sunrise apart.
    """

    dawn_utc: datetime | None
    sunrise_utc: datetime | None
    noon_utc: datetime
    sunset_utc: datetime | None
    dusk_utc: datetime | None
    always_up: bool


def sun_at(at: LatLon, when_utc: datetime) -> Sun:
    """The sun from `at` at a moment with a time zone.

    Raises:
        ValueError: a moment without a time zone.
    """
    if when_utc.tzinfo is None:
        raise ValueError(f"a moment needs its time zone, got {when_utc}")
    azimuth, elevation = sun_angles(at, np.array([when_utc.timestamp()]))
    return Sun(float(azimuth[0]), float(elevation[0] + refraction_deg(elevation)[0]))


def sun_angles(at: LatLon, unix_s: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Azimuth in [0, 360) and elevation without refraction, degrees, for seconds since 1970 UTC."""
    days = np.asarray(unix_s, dtype=float) / 86_400.0 - 10_957.5  # since J2000.0, 2000-01-01 12:00
    right_ascension, declination = _equatorial(days)
    century = days / 36_525.0
    sidereal = 280.46061837 + 360.98564736629 * days + 0.000387933 * century**2 + _nutation(century)
    hour = np.radians(sidereal + at.lon_deg) - right_ascension
    lat = np.radians(at.lat_deg)
    up = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(hour)
    east = -np.cos(declination) * np.sin(hour)
    north = np.cos(lat) * np.sin(declination) - np.sin(lat) * np.cos(declination) * np.cos(hour)
    elevation = np.degrees(np.arcsin(np.clip(up, -1.0, 1.0))) - 0.00244 * np.sqrt(np.maximum(1 - up * up, 0.0))
    return np.degrees(np.arctan2(east, north)) % 360.0, elevation


def refraction_deg(elevation_deg: npt.ArrayLike) -> Floats:
    """How much higher the sun seems, degrees, standard atmosphere; NOAA's solar calculator."""
    e = np.asarray(elevation_deg, dtype=float)
    t = np.tan(np.radians(np.clip(e, -89.9, 89.9)))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        high = 58.1 / t - 0.07 / t**3 + 0.000086 / t**5
        low = 1735.0 + e * (-518.2 + e * (103.4 + e * (-12.79 + e * 0.711)))
        below = -20.772 / t
    arc_s = np.where(e > 85, 0.0, np.where(e > 5, high, np.where(e > -0.575, low, below)))
    return np.asarray(arc_s / 3600.0, dtype=float)


def daylight(at: LatLon, day: date) -> Daylight:
    """Dawn, sunrise, noon, sunset and dusk (civil) of the day around the local noon of calendar day `day`.

    To a few seconds between 65 S and 65 N, over a flat horizon at the observer's own height.
    """
    midday = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(hours=at.lon_deg / 15.0)
    seconds = midday.timestamp() + np.arange(-12 * 3600, 12 * 3600 + 1, 60.0)
    elevation = sun_angles(at, seconds)[1]
    top = min(max(int(np.argmax(elevation)), 1), len(seconds) - 2)
    left, middle, right = elevation[top - 1 : top + 2]
    noon = float(seconds[top] + 30.0 * (left - right) / (left - 2 * middle + right))
    up, down = _crossing(seconds, elevation, RISE_DEG, at, noon)
    dawn, dusk = _crossing(seconds, elevation, CIVIL_DEG, at, noon)
    always_up = up is None and down is None and bool(elevation.max() > RISE_DEG)
    return Daylight(_utc(dawn), _utc(up), datetime.fromtimestamp(noon, UTC), _utc(down), _utc(dusk), always_up)


def _crossing(
    seconds: Floats, elevation: Floats, level: float, at: LatLon, noon_s: float
) -> tuple[float | None, float | None]:
    """When the sun rises through `level` before noon and falls through it after; None where it does not."""
    above = elevation > level
    flips = np.flatnonzero(above[1:] != above[:-1])
    rise = [i for i in flips if not above[i] and seconds[i] <= noon_s]
    fall = [i for i in flips if above[i] and seconds[i] >= noon_s - 60]
    ends = (rise[-1] if rise else None, fall[0] if fall else None)
    found: list[float | None] = []
    for i in ends:
        if i is None:
            found.append(None)
            continue
        a, b = sun_angles(at, seconds[i : i + 2])[1]
        found.append(float(seconds[i] + 60.0 * (level - a) / (b - a)))
    return found[0], found[1]


def _utc(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(round(seconds), UTC)


def _equatorial(days: Floats) -> tuple[Floats, Floats]:
    """Apparent right ascension and declination, radians, for days since J2000.0 (UT; about 70 s from TT)."""
    t = (days + 69.2 / 86_400.0) / 36_525.0
    mean_longitude = 280.46646 + t * (36_000.76983 + t * 0.0003032)
    anomaly = np.radians(357.52911 + t * (35_999.05029 - t * 0.0001537))
    centre = (
        (1.914602 - t * (0.004817 + t * 0.000014)) * np.sin(anomaly)
        + (0.019993 - 0.000101 * t) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    node = np.radians(125.04 - 1934.136 * t)
    longitude = np.radians(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node))
    obliquity = np.radians(23.4392911 - t * (0.0130042 + t * (1.64e-7 - t * 5.04e-7)) + 0.00256 * np.cos(node))
    right_ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    return right_ascension, np.arcsin(np.sin(obliquity) * np.sin(longitude))


def _nutation(century: Floats) -> Floats:
    """Equation of the equinoxes, degrees: the main term."""
    return np.asarray(-0.00478 * np.sin(np.radians(125.04 - 1934.136 * century)) * 0.9175, dtype=float)
