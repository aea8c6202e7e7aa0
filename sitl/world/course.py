"""A vessel's course through time, told once from its start: where it is, how it heads, how fast it goes, at moments."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sitl.world.motion import VesselState

UNDER_WAY_M_S = 0.05
"""What goes slower has no course of its own."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A vessel at a moment: seconds after the course's start, metres from the origin, degrees (not wrapped), m/s.

    Between two fixes speed and heading change evenly, and the vessel goes straight.
    """

    at_s: float
    east_m: float
    north_m: float
    heading_deg: float
    speed_m_s: float = 0.0


@dataclass(frozen=True)
class Course:
    """Fixes in order of time, the first at its start (`start_unix_s`, seconds since 1970).

    Before its start a vessel lies at the first fix, after its end at the last.

    Raises:
        ValueError: no fix, or fixes out of order.
    """

    start_unix_s: float
    fixes: tuple[Fix, ...]
    _times: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        times = tuple(f.at_s for f in self.fixes)
        if not times or any(b < a for a, b in pairwise(times)):
            raise ValueError("a course needs fixes in order of time")
        object.__setattr__(self, "_times", times)

    @property
    def duration_s(self) -> float:
        """Seconds from the start to the last fix."""
        return self._times[-1]

    def state_at(self, unix_s: float) -> VesselState:
        """The state at `unix_s` seconds since 1970."""
        return state_among(self.fixes, self._times, unix_s - self.start_unix_s)


def state_among(fixes: Sequence[Fix], times: Sequence[float], at_s: float) -> VesselState:
    """The state at a moment of fixes with those times."""
    if at_s <= times[0] or at_s >= times[-1]:
        return _lying(fixes[0] if at_s <= times[0] else fixes[-1])
    index = bisect_right(times, at_s) - 1
    a, b = fixes[index], fixes[index + 1]
    span, gone = b.at_s - a.at_s, at_s - a.at_s
    part, both = gone / span, a.speed_m_s + b.speed_m_s
    speed = a.speed_m_s + part * (b.speed_m_s - a.speed_m_s)
    along = part if both <= 0 else part * (2 * a.speed_m_s + part * (b.speed_m_s - a.speed_m_s)) / both
    de, dn, turned = b.east_m - a.east_m, b.north_m - a.north_m, b.heading_deg - a.heading_deg
    run = math.hypot(de, dn)
    heading = a.heading_deg + part * turned
    moves = speed > UNDER_WAY_M_S and run > 1e-6
    course = math.degrees(math.atan2(de, dn)) if moves else heading
    turn = math.radians(turned) / run if moves and run > 1e-2 else 0.0
    return VesselState(a.east_m + along * de, a.north_m + along * dn, heading % 360.0, speed, course % 360.0, turn)


def _lying(fix: Fix) -> VesselState:
    heading = fix.heading_deg % 360.0
    return VesselState(fix.east_m, fix.north_m, heading, 0.0, heading)
