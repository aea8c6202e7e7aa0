"""Where and when a drone meets a moving vessel, with wind: the triangle of velocities in closed form.

Local metres (east, north) and seconds; winds are where the air goes to, not where it comes from. In the moving air the
drone flies straight at its airspeed, and the vessel moves at its velocity less the wind: so both meet where a straight
line of the drone's length meets the vessel's, which is a quadratic equation in time.
"""

import math
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from planner.model.errors import QuaywatchError
from planner.route.shapes import Point

STILL: Point = (0.0, 0.0)


class NotReached(QuaywatchError):
    """A vessel that the drone cannot meet; the sentence says why."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and when the drone meets the vessel, flying straight there; bearings true, 0..360 degrees."""

    after_s: float
    at: Point
    track_deg: float
    heading_deg: float
    ground_speed_m_s: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a drone may go: distance from `base`, an area to stay in, and seconds in the air for all of it."""

    base: Point
    range_m: float | None = None
    fence: BaseGeometry | None = None
    endurance_s: float | None = None


def wind_to(speed_m_s: float, from_deg: float) -> Point:
    """The air's velocity (east, north) of a wind named by where it comes from.

    >>> wind_to(8.0, 270.0)
    (8.0, 0.0)
    """
    towards = math.radians(from_deg + 180.0)
    return round(speed_m_s * math.sin(towards), 9) + 0.0, round(speed_m_s * math.cos(towards), 9) + 0.0


def velocity(speed_m_s: float, course_deg: float) -> Point:
    """A velocity (east, north) on a true course."""
    return speed_m_s * math.sin(math.radians(course_deg)), speed_m_s * math.cos(math.radians(course_deg))


def meeting(
    start: Point, airspeed_m_s: float, vessel: Point, vessel_velocity: Point, wind: Point = STILL
) -> Meeting | None:
    """The earliest meeting of a drone at `start` with a vessel that is at `vessel` now; None if it is too fast.

    The drone heads off at its full airspeed; where the vessel is at `start` already, they meet at once.
    """
    away = vessel[0] - start[0], vessel[1] - start[1]
    drift = vessel_velocity[0] - wind[0], vessel_velocity[1] - wind[1]
    after = _least_root(away, drift, airspeed_m_s)
    if after is None or not math.isfinite(after):
        return None
    at = vessel[0] + vessel_velocity[0] * after, vessel[1] + vessel_velocity[1] * after
    if after == 0:
        return Meeting(0.0, at, 0.0, 0.0, 0.0)
    through_air = away[0] + drift[0] * after, away[1] + drift[1] * after
    flown = at[0] - start[0], at[1] - start[1]
    return Meeting(after, at, _bearing(flown), _bearing(through_air), math.hypot(*flown) / after)


def _least_root(away: Point, drift: Point, airspeed_m_s: float) -> float | None:
    """The least t >= 0 with |away + drift * t| = airspeed * t."""
    a = drift[0] ** 2 + drift[1] ** 2 - airspeed_m_s**2
    half_b = away[0] * drift[0] + away[1] * drift[1]
    c = away[0] ** 2 + away[1] ** 2
    if c < 1e-12:
        return 0.0
    if abs(a) < 1e-9 * airspeed_m_s**2:
        return -c / (2 * half_b) if half_b < 0 else None
    root = half_b * half_b - a * c
    if root < 0:
        return None
    # the form that does not lose digits where the two terms are alike
    q = -(half_b + math.copysign(math.sqrt(root), half_b))
    times = [t for t in (q / a, c / q if q else -1.0) if t > 0]
    return min(times, default=None)


def ground_speed_m_s(track: Point, airspeed_m_s: float, wind: Point = STILL) -> float | None:
    """Speed over ground along a track (any length), heading into the wind as needed; None if the wind is too strong."""
    length = math.hypot(*track)
    if length == 0:
        return airspeed_m_s
    along = (wind[0] * track[0] + wind[1] * track[1]) / length
    across = (wind[0] * track[1] - wind[1] * track[0]) / length
    if abs(across) >= airspeed_m_s:
        return None
    speed = math.sqrt(airspeed_m_s**2 - across**2) + along
    return speed if speed > 0 else None


def flight_s(start: Point, end: Point, airspeed_m_s: float, wind: Point = STILL) -> float | None:
    """Seconds from `start` to `end` in a straight line; None if the wind is too strong."""
    speed = ground_speed_m_s((end[0] - start[0], end[1] - start[1]), airspeed_m_s, wind)
    return None if speed is None else math.dist(start, end) / speed


def reached(
    start: Point,
    airspeed_m_s: float,
    vessel: Point,
    vessel_velocity: Point,
    *,
    reach: Reach,
    wind: Point = STILL,
    stay_s: float = 0.0,
) -> Meeting:
    """The meeting, if it lies within range, fence and energy with `stay_s` at the vessel and the way back to the base.

    While the drone stays, it moves along with the vessel.

    Raises:
        NotReached: says in a sentence why not.
    """
    found = meeting(start, airspeed_m_s, vessel, vessel_velocity, wind)
    if found is None:
        raise not_met(vessel_velocity, airspeed_m_s, wind)
    leaves = found.at[0] + vessel_velocity[0] * stay_s, found.at[1] + vessel_velocity[1] * stay_s
    far = max(math.dist(reach.base, found.at), math.dist(reach.base, leaves))
    if reach.range_m is not None and far > reach.range_m:
        raise NotReached(
            f"the vessel would be {far:.0f} m from the launch place when it is looked at, "
            f"beyond the range of {reach.range_m:.0f} m"
        )
    way = shapely.linestrings([start, found.at, leaves])
    if reach.fence is not None and not reach.fence.covers(way):
        raise NotReached(
            f"the vessel would be met after {found.after_s:.0f} s, {far:.0f} m from the launch place: the way there "
            "leaves the fence"
        )
    back = flight_s(leaves, reach.base, airspeed_m_s, wind)
    if back is None:
        raise NotReached(f"the drone could not come back from the vessel{_in_wind(wind)} at {airspeed_m_s:g} m/s")
    whole = found.after_s + stay_s + back
    if reach.endurance_s is not None and whole > reach.endurance_s:
        raise NotReached(
            f"going there, looking and coming back takes {whole:.0f} s, but the battery gives "
            f"{reach.endurance_s:.0f} s above its reserve"
        )
    return found


def not_met(vessel_velocity: Point, airspeed_m_s: float, wind: Point) -> NotReached:
    """Why a vessel is not met: it is too fast, or the wind is too strong for the drone's airspeed."""
    vessel_m_s = math.hypot(*vessel_velocity)
    if vessel_m_s < airspeed_m_s and math.hypot(*wind) > 0:
        return NotReached(
            f"the vessel at {vessel_m_s:.1f} m/s cannot be met{_in_wind(wind)}: the drone comes at {airspeed_m_s:g} "
            "m/s through the air and is driven off; fly faster, or wait for less wind"
        )
    return NotReached(
        f"the vessel at {vessel_m_s:.1f} m/s cannot be met: it goes away faster than the drone comes at "
        f"{airspeed_m_s:g} m/s{_in_wind(wind)}; wait until it comes nearer or use a faster drone"
    )


def _in_wind(wind: Point) -> str:
    speed = math.hypot(*wind)
    return "" if speed < 0.05 else f" in a wind of {speed:.1f} m/s from {(_bearing(wind) + 180) % 360:.0f} degrees"


def _bearing(towards: Point) -> float:
    return math.degrees(math.atan2(towards[0], towards[1])) % 360.0
