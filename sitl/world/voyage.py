"""A vessel's way with speeds and waits, told once from its start: what transits, rendezvous and runs are made of."""

import math
from bisect import bisect_right
from dataclasses import dataclass, field

from sitl.world.motion import VesselState

TURN_S = 6.0
"""Seconds over which the heading swings from one leg to the next."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Go straight to (`east_m`, `north_m`) at `speed_m_s`, then stay `wait_s` seconds.

    Raises:
        ValueError: no speed, or a negative wait.
    """

    east_m: float
    north_m: float
    speed_m_s: float
    wait_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.speed_m_s <= 40:
            raise ValueError(f"a leg's speed must lie in (0, 40] m/s, got {self.speed_m_s}")
        if not 0 <= self.wait_s < 1e6:
            raise ValueError(f"a wait must not be negative, got {self.wait_s} s")


@dataclass(frozen=True, slots=True)
class _Knot:
    at_s: float
    east_m: float
    north_m: float


@dataclass(frozen=True)
class Voyage:
    """A way that begins at `start_unix_s` (seconds since 1970) at (`east_m`, `north_m`) with `heading_deg`.

    Before its start a vessel lies at the first place, after its end at the last. East and north in metres from the
    harbour's origin; true degrees. Speeds change at once, headings within `TURN_S`.
    """

    start_unix_s: float
    east_m: float
    north_m: float
    heading_deg: float
    legs: tuple[Leg, ...]
    _knots: tuple[_Knot, ...] = field(init=False, repr=False, compare=False)
    _courses: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        knots = [_Knot(0.0, self.east_m, self.north_m)]
        courses: list[float] = []
        course = self.heading_deg % 360.0
        for leg in self.legs:
            last = knots[-1]
            run = math.hypot(leg.east_m - last.east_m, leg.north_m - last.north_m)
            if run > 0:
                course = math.degrees(math.atan2(leg.east_m - last.east_m, leg.north_m - last.north_m)) % 360.0
                knots.append(_Knot(last.at_s + run / leg.speed_m_s, leg.east_m, leg.north_m))
                courses.append(course)
            if leg.wait_s > 0:
                knots.append(_Knot(knots[-1].at_s + leg.wait_s, leg.east_m, leg.north_m))
                courses.append(course)
        object.__setattr__(self, "_knots", tuple(knots))
        object.__setattr__(self, "_courses", tuple(courses))

    @property
    def duration_s(self) -> float:
        """Seconds from the start to the end of the last leg or wait."""
        return self._knots[-1].at_s

    def state_at(self, unix_s: float) -> VesselState:
        """The state at `unix_s` seconds since 1970."""
        since = unix_s - self.start_unix_s
        knots = self._knots
        if since <= 0 or not self._courses:
            return _lying(knots[0], self.heading_deg)
        if since >= knots[-1].at_s:
            return _lying(knots[-1], self._courses[-1])
        index = bisect_right(knots, since, key=lambda k: k.at_s) - 1
        a, b = knots[index], knots[index + 1]
        part = (since - a.at_s) / (b.at_s - a.at_s)
        speed = math.hypot(b.east_m - a.east_m, b.north_m - a.north_m) / (b.at_s - a.at_s)
        course = self._courses[index]
        before = self._courses[index - 1] if index else self.heading_deg
        swung = min(1.0, (since - a.at_s) / TURN_S)
        heading = (before + swung * math.remainder(course - before, 360.0)) % 360.0
        east, north = a.east_m + part * (b.east_m - a.east_m), a.north_m + part * (b.north_m - a.north_m)
        return VesselState(east, north, heading, speed, course if speed > 0 else heading)


def _lying(knot: _Knot, heading_deg: float) -> VesselState:
    heading = heading_deg % 360.0
    return VesselState(knot.east_m, knot.north_m, heading, 0.0, heading)
