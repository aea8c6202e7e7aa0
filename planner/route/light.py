"""Which legs of a mission see sun glint, and when to take off to see least of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from planner.geo.camera import Attitude, rays
from planner.geo.glint import Wind, glint_chance, glint_in_frame
from planner.geo.points import Floats, LatLon
from planner.geo.sun import Daylight, Sun, daylight, refraction_deg, sun_angles, sun_at
from planner.model.profiles import CameraProfile
from planner.route.timeline import TimedLeg, Timeline

STEP_MIN = 15
MOST_LEGS = 20
"""For the search of the best take-off at most so many legs are looked at, evenly spread."""
SLACK = 0.02
"""Take-offs whose glint is within this share of the best belong to the window."""
_ACROSS = 16


@dataclass(frozen=True, slots=True)
class LegLight:
    """A photographed leg in its light: share of the picture in glint, and the greatest share of water that glitters."""

    item: int
    course_deg: float
    at_utc: datetime
    sun: Sun
    in_glint: float
    peak_chance: float


@dataclass(frozen=True, slots=True)
class Window:
    """Take-offs from `start_utc` to `end_utc` see about the least glint; `best_utc`, their middle, sees `in_glint`."""

    start_utc: datetime
    end_utc: datetime
    best_utc: datetime
    in_glint: float


@dataclass(frozen=True, slots=True)
class Light:
    """A mission's light: leg by leg for one take-off, over the day, and when to go instead. Shares lie in [0, 1]."""

    take_off_utc: datetime
    legs: tuple[LegLight, ...]
    in_glint: float
    day: Daylight
    in_daylight: bool
    window: Window | None
    """None where no take-off today ends in daylight."""
    by_take_off: tuple[tuple[datetime, float], ...]


def light_of(line: Timeline, camera: CameraProfile, at: LatLon, *, take_off_utc: datetime, wind: Wind) -> Light:
    """The light of a mission near `at` that takes off at a moment with a time zone.

    Raises:
        ValueError: a moment without a time zone.
    """
    if take_off_utc.tzinfo is None:
        raise ValueError(f"a moment needs its time zone, got {take_off_utc}")
    take_off = take_off_utc.astimezone(UTC)
    legs = tuple(_leg_light(leg, camera, take_off, wind) for leg in line.photographed)
    local = take_off + timedelta(hours=at.lon_deg / 15.0)
    day = daylight(at, local.date())
    by_take_off = _over_the_day(line, camera, at, day, wind)
    return Light(
        take_off,
        legs,
        _mean([leg.in_glint for leg in legs], [leg.length_m for leg in line.photographed]),
        day,
        _in_daylight(day, take_off, line.duration_s),
        _window(by_take_off),
        tuple(by_take_off),
    )


def attitude_of(leg: TimedLeg) -> Attitude:
    """How the camera hangs along a leg: along the course, at the gimbal's pitch."""
    return Attitude(leg.course_deg, leg.pitch_deg)


def _leg_light(leg: TimedLeg, camera: CameraProfile, take_off: datetime, wind: Wind) -> LegLight:
    at_utc = take_off + timedelta(seconds=(leg.start_s + leg.end_s) / 2)
    sun = sun_at(leg.start, at_utc)
    intrinsics, attitude = camera.intrinsics, attitude_of(leg)
    w, h = camera.width_px, camera.height_px
    pixels = np.stack(np.meshgrid(np.linspace(0, w, 9), np.linspace(0, h, 7)), axis=-1).reshape(-1, 2)
    peak = float(glint_chance(rays(intrinsics, attitude, pixels), sun, wind).max())
    share = glint_in_frame(intrinsics, attitude, sun, wind, across=_ACROSS)
    return LegLight(leg.item, leg.course_deg, at_utc, sun, share, peak)


def _over_the_day(
    line: Timeline, camera: CameraProfile, at: LatLon, day: Daylight, wind: Wind
) -> list[tuple[datetime, float]]:
    """Take-offs every quarter of an hour from sunrise on that land before sunset, with their mean glint."""
    if day.always_up:
        first, last = day.noon_utc - timedelta(hours=12), day.noon_utc + timedelta(hours=12)
    elif day.sunrise_utc is None or day.sunset_utc is None:
        return []
    else:
        first, last = day.sunrise_utc, day.sunset_utc
    last -= timedelta(seconds=line.duration_s)
    quarter = timedelta(minutes=STEP_MIN)
    first = first.replace(minute=0, second=0, microsecond=0) + quarter * -(-first.minute // STEP_MIN)
    starts = [first + quarter * k for k in range(97) if first + quarter * k <= last]
    legs = line.photographed[:: -(-len(line.photographed) // MOST_LEGS)]
    weights = [leg.length_m for leg in legs]
    middles = np.array([(leg.start_s + leg.end_s) / 2 for leg in legs])
    found = []
    for start in starts:
        azimuth, elevation = sun_angles(at, start.timestamp() + middles)
        elevation = elevation + refraction_deg(elevation)
        shares = [_share(leg, camera, azimuth, elevation, k, wind) for k, leg in enumerate(legs)]
        found.append((start, _mean(shares, weights)))
    return found


def _share(leg: TimedLeg, camera: CameraProfile, azimuth: Floats, elevation: Floats, k: int, wind: Wind) -> float:
    sun = Sun(float(azimuth[k]), float(elevation[k]))
    return glint_in_frame(camera.intrinsics, attitude_of(leg), sun, wind, across=_ACROSS)


def _window(by_take_off: list[tuple[datetime, float]]) -> Window | None:
    """The longest run of take-offs with about the least glint."""
    if not by_take_off:
        return None
    least = min(share for _, share in by_take_off)
    runs: list[list[tuple[datetime, float]]] = [[]]
    for start, share in by_take_off:
        if share <= least + SLACK:
            runs[-1].append((start, share))
        elif runs[-1]:
            runs.append([])
    run = max(runs, key=len)
    best = run[len(run) // 2]
    return Window(run[0][0], run[-1][0], best[0], best[1])


def _in_daylight(day: Daylight, take_off: datetime, duration_s: float) -> bool:
    if day.always_up:
        return True
    if day.sunrise_utc is None or day.sunset_utc is None:
        return False
    return day.sunrise_utc <= take_off and take_off + timedelta(seconds=duration_s) <= day.sunset_utc


def _mean(values: list[float], weights: list[float]) -> float:
    return float(np.average(values, weights=weights)) if values else 0.0
