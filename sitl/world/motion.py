"""How things in the harbour move: a place and a heading for every instant, always the same for the same instant."""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planner.geo.points import Floats


@dataclass(frozen=True, slots=True)
class VesselState:
    """Where a vessel is: east and north of the harbour's origin in metres, true degrees, metres per second.

    `turn_per_m` is the change of course per metre run (radians, positive to starboard), for the bend of the wake.
    """

    east_m: float
    north_m: float
    heading_deg: float
    speed_m_s: float = 0.0
    course_deg: float = 0.0
    turn_per_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Still:
    """Moored, anchored or adrift without way."""

    east_m: float
    north_m: float
    heading_deg: float

    def state_at(self, unix_s: float) -> VesselState:
        """The same state at any time `unix_s` (seconds since 1970)."""
        del unix_s
        return VesselState(self.east_m, self.north_m, self.heading_deg % 360.0, 0.0, self.heading_deg % 360.0)


@dataclass(frozen=True)
class Round:
    """Under way on a closed, smoothed course through `corners` (east, north in metres) at a steady speed.

    The place depends on the time of day alone (seconds since 1970 modulo the length of the round), so a scene needs no
    start time. `phase_m` shifts the vessel along its course; `crab_deg` is heading minus course.
    """

    corners: tuple[tuple[float, float], ...]
    speed_m_s: float
    phase_m: float = 0.0
    crab_deg: float = 0.0
    _points: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.corners) < 3 or not self.speed_m_s > 0:
            raise ValueError(f"a round needs three corners and a speed, got {len(self.corners)}, {self.speed_m_s}")
        ring = np.asarray(self.corners, dtype=float)
        for _ in range(5):  # Chaikin: cuts the corners until the course is smooth
            ahead = np.roll(ring, -1, axis=0)
            ring = np.stack([0.75 * ring + 0.25 * ahead, 0.25 * ring + 0.75 * ahead], axis=1).reshape(-1, 2)
        object.__setattr__(self, "_points", ring)

    @cached_property
    def _arc_m(self) -> Floats:
        steps = np.linalg.norm(np.roll(self._points, -1, axis=0) - self._points, axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def points(self) -> Floats:
        """The corners of the smoothed course, shape (N, 2): what the vessel really goes along."""
        return self._points

    @property
    def length_m(self) -> float:
        """Once around, in metres."""
        return float(self._arc_m[-1])

    def state_at(self, unix_s: float) -> VesselState:
        """The state at `unix_s` seconds since 1970."""
        along = (self.phase_m + self.speed_m_s * unix_s) % self.length_m
        here, before, after = (self._place(along + d) for d in (0.0, -2.0, 2.0))
        course = math.atan2(after[0] - before[0], after[1] - before[1])
        first = math.atan2(here[0] - before[0], here[1] - before[1])
        second = math.atan2(after[0] - here[0], after[1] - here[1])
        turn = math.remainder(second - first, math.tau) / 2.0
        course_deg = math.degrees(course) % 360.0
        heading = (course_deg + self.crab_deg) % 360.0
        return VesselState(here[0], here[1], heading, self.speed_m_s, course_deg, turn)

    def _place(self, along_m: float) -> tuple[float, float]:
        along = along_m % self.length_m
        index = int(np.searchsorted(self._arc_m, along, side="right")) - 1
        index = min(index, len(self._points) - 1)
        a, b = self._points[index], self._points[(index + 1) % len(self._points)]
        span = self._arc_m[index + 1] - self._arc_m[index]
        part = (along - self._arc_m[index]) / span
        return float(a[0] + part * (b[0] - a[0])), float(a[1] + part * (b[1] - a[1]))


@dataclass(frozen=True, slots=True)
class Arc:
    """Under way on a circle (`turn_per_m` radians per metre run, positive to starboard; 0: a straight line).

    At second 0 of 1970 it is at (`east_m`, `north_m`) with `course_deg`.
    """

    east_m: float
    north_m: float
    course_deg: float
    speed_m_s: float
    turn_per_m: float = 0.0

    def state_at(self, unix_s: float) -> VesselState:
        """The state at `unix_s` seconds since 1970."""
        run, start = self.speed_m_s * unix_s, math.radians(self.course_deg)
        turned = self.turn_per_m * run
        chord = run if abs(turned) < 1e-9 else 2 * math.sin(turned / 2) / self.turn_per_m
        course = start + turned / 2
        now_deg = math.degrees(start + turned) % 360.0
        east, north = self.east_m + chord * math.sin(course), self.north_m + chord * math.cos(course)
        return VesselState(east, north, now_deg, self.speed_m_s, now_deg, self.turn_per_m)


@dataclass(frozen=True, slots=True)
class Anchored:
    """At anchor: the vessel lies down wind of (`east_m`, `north_m`), its middle `scope_m` from there, and swings.

    It swings by `swing_deg` to either side of the wind once in `period_s` seconds.

    Raises:
        ValueError: no scope or period, or a swing beyond 90 degrees.
    """

    east_m: float
    north_m: float
    scope_m: float
    wind_from_deg: float
    swing_deg: float = 25.0
    period_s: float = 420.0
    phase_s: float = 0.0

    def __post_init__(self) -> None:
        if not (self.scope_m > 0 and self.period_s > 0 and 0 <= self.swing_deg <= 90):
            raise ValueError(
                f"an anchored vessel needs a scope and a period above 0 and a swing of 0 to 90 degrees, "
                f"got {self.scope_m}, {self.period_s}, {self.swing_deg}"
            )

    def state_at(self, unix_s: float) -> VesselState:
        """The state at `unix_s` seconds since 1970."""
        turn = math.tau * (unix_s + self.phase_s) / self.period_s
        heading_deg = (self.wind_from_deg + self.swing_deg * math.sin(turn)) % 360.0
        heading = math.radians(heading_deg)
        east, north = self.east_m - self.scope_m * math.sin(heading), self.north_m - self.scope_m * math.cos(heading)
        rate = math.radians(self.swing_deg) * math.cos(turn) * math.tau / self.period_s
        course = (heading_deg + (-90.0 if rate > 0 else 90.0)) % 360.0
        return VesselState(east, north, heading_deg, abs(rate) * self.scope_m, course)


LEEWAY = 0.03
"""Speed of a drifting hull as a part of the wind's: 3 % is usual for boats that lie beam on."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Adrift since `start_unix_s` from (`east_m`, `north_m`): goes down wind, lies beam on to it."""

    start_unix_s: float
    east_m: float
    north_m: float
    wind_m_s: float
    wind_from_deg: float

    def state_at(self, unix_s: float) -> VesselState:
        """The state at `unix_s` seconds since 1970; before the start it lies at its place."""
        speed = LEEWAY * self.wind_m_s
        gone = speed * max(0.0, unix_s - self.start_unix_s)
        course = (self.wind_from_deg + 180.0) % 360.0
        east = self.east_m + gone * math.sin(math.radians(course))
        north = self.north_m + gone * math.cos(math.radians(course))
        return VesselState(east, north, (course + 90.0) % 360.0, speed if gone > 0 else 0.0, course)


Motion = Still | Round | Arc | Anchored | Drift
