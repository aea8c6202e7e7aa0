"""How vessels of each kind handle: how fast they go, speed up, stop and turn, and a way run with that.

Top speeds, and accelerations and rates of turn to their order of magnitude, are those of common craft: planing hulls
reach full speed within some ten seconds, ships within minutes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planner.geo.points import Floats
from sitl.world.course import Fix

KNOT_M_S = 1852.0 / 3600.0
REVERSAL_DEG = 150.0
"""At a corner sharper than this a vessel stops and turns on the spot."""
NO_WAY_M = 0.01
"""What is nearer is there already."""
CREEP_M_S = 0.3
"""The least speed in a turn."""
_STEP_M, _MOST_STEPS = 1.0, 4000


@dataclass(frozen=True, slots=True)
class Handling:
    """Greatest speed in knots, speeding up and braking in m/s2, turning in degrees a second."""

    top_knots: float
    speeds_up: float
    brakes: float
    turns_deg_s: float


HANDLING: dict[str, Handling] = {
    "feeder": Handling(19, 0.04, 0.03, 1.0), "coaster": Handling(13, 0.05, 0.04, 1.2),
    "tanker": Handling(14, 0.04, 0.03, 1.0), "barge": Handling(10, 0.05, 0.05, 1.5),
    "ferry": Handling(35, 0.15, 0.12, 3.0), "tug": Handling(14, 0.3, 0.3, 6.0),
    "trawler": Handling(12, 0.2, 0.2, 4.0), "patrol boat": Handling(38, 0.8, 0.8, 8.0),
    "pilot boat": Handling(30, 0.8, 0.8, 10.0), "workboat": Handling(25, 0.6, 0.6, 8.0),
    "sailing yacht": Handling(9, 0.2, 0.2, 8.0), "motor yacht": Handling(40, 0.9, 0.8, 10.0),
    "rib": Handling(55, 2.5, 2.0, 20.0), "motor boat": Handling(45, 2.0, 1.5, 20.0),
    "skiff": Handling(28, 1.2, 1.0, 20.0), "kayak": Handling(5, 0.4, 0.4, 20.0),
    "low-profile craft": Handling(35, 0.8, 0.6, 8.0), "swimmer": Handling(3, 0.3, 0.3, 60.0),
    "container ship": Handling(24, 0.03, 0.02, 0.5),
    "package": Handling(0.1, 0.1, 0.1, 1.0),
}  # fmt: skip
"""By kind of vessel."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Straight on to (`east_m`, `north_m`), at `speed_m_s` where corners, speeding up and braking allow it."""

    east_m: float
    north_m: float
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """A way that was run: its fixes, and when each stretch ended."""

    fixes: tuple[Fix, ...]
    reached_s: tuple[float, ...]


def turned(fix: Fix, to_deg: float, handling: Handling) -> list[Fix]:
    """A turn on the spot the short way, to heading `to_deg`; empty where none is needed."""
    by = math.remainder(to_deg - fix.heading_deg, 360.0)
    if abs(by) < 0.5:
        return []
    return [Fix(fix.at_s + abs(by) / handling.turns_deg_s, fix.east_m, fix.north_m, fix.heading_deg + by)]


def run(start: Fix, stretches: Sequence[Stretch], handling: Handling) -> Run:
    """From rest at `start` along the stretches to rest at the end of the last.

    A vessel turns into the first stretch on the spot, rounds corners, and stops only where the way turns back.
    """
    fixes: list[Fix] = [start]
    ends: list[float] = [start.at_s]
    left: list[Stretch] = []
    number: list[int] = []
    last = (start.east_m, start.north_m)
    for stretch in stretches:
        place = (stretch.east_m, stretch.north_m)
        if math.dist(last, place) > NO_WAY_M:
            left.append(stretch)
            last = place
        number.append(len(left))
    while left:
        here = fixes[-1]
        count = _without_stop((here.east_m, here.north_m), left, handling)
        part, left = left[:count], left[count:]
        ahead = math.degrees(math.atan2(part[0].east_m - here.east_m, part[0].north_m - here.north_m))
        fixes += turned(here, ahead, handling)
        more, reached = _smooth_run(fixes[-1], part, handling)
        fixes += more
        ends += reached
    return Run(tuple(fixes), tuple(ends[n] for n in number))


def _without_stop(at: tuple[float, float], stretches: Sequence[Stretch], handling: Handling) -> int:
    """How many stretches can be run before one turns back, or turns where there is no room to round the corner."""
    places = [at, *((s.east_m, s.north_m) for s in stretches)]
    for n in range(1, len(stretches)):
        corner = places[n - 1], places[n], places[n + 1]
        room_m = _arc(*corner, math.inf)[1]
        if abs(_corner_deg(*corner)) > REVERSAL_DEG or room_m * math.radians(handling.turns_deg_s) < CREEP_M_S:
            return n
    return len(stretches)


def _corner_deg(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    before, after = math.atan2(b[0] - a[0], b[1] - a[1]), math.atan2(c[0] - b[0], c[1] - b[1])
    return math.degrees(math.remainder(after - before, math.tau))


def _smooth_run(start: Fix, stretches: Sequence[Stretch], handling: Handling) -> tuple[list[Fix], list[float]]:
    """The fixes after `start`, and when each stretch ends, of a way without reversals."""
    path, most, ends = _rounded((start.east_m, start.north_m), stretches, handling)
    steps = np.hypot(*np.diff(path, axis=0).T)
    speeds = _paced(most, steps, handling)
    times = start.at_s + np.concatenate([[0.0], np.cumsum(2 * steps / (speeds[:-1] + speeds[1:]))])
    way = np.diff(path, axis=0)
    courses = np.degrees(np.unwrap(np.arctan2(way[:, 0], way[:, 1])))
    headings = np.concatenate([courses[:1], (courses[:-1] + courses[1:]) / 2, courses[-1:]])
    headings += start.heading_deg + math.remainder(float(headings[0]) - start.heading_deg, 360.0) - headings[0]
    fixes = [
        Fix(float(t), float(e), float(n), float(h), float(v))
        for t, (e, n), h, v in zip(times[1:], path[1:], headings[1:], speeds[1:], strict=True)
    ]
    return fixes, [float(times[i]) for i in ends]


def _rounded(
    at: tuple[float, float], stretches: Sequence[Stretch], handling: Handling
) -> tuple[Floats, Floats, list[int]]:
    """Points along the way with its corners rounded, the greatest speed at each, and where each stretch ends."""
    places = [at, *((s.east_m, s.north_m) for s in stretches)]
    total = sum(math.dist(a, b) for a, b in pairwise(places))
    step = max(_STEP_M, total / _MOST_STEPS)
    points: list[tuple[float, float]] = [at]
    most: list[float] = [stretches[0].speed_m_s]
    ends: list[int] = []

    def straight(to: tuple[float, float], speed: float) -> None:
        here = points[-1]
        count = max(2, math.ceil(math.dist(here, to) / step))  # so that there is a point to be fast at
        for k in range(1, count + 1):
            points.append((here[0] + k / count * (to[0] - here[0]), here[1] + k / count * (to[1] - here[1])))
            most.append(speed)

    for n, stretch in enumerate(stretches, start=1):
        if n == len(stretches):
            straight(places[n], stretch.speed_m_s)
            ends.append(len(points) - 1)
            continue
        speed = min(stretch.speed_m_s, stretches[n].speed_m_s)
        arc, radius = _arc(places[n - 1], places[n], places[n + 1], speed / math.radians(handling.turns_deg_s))
        straight(arc[0], stretch.speed_m_s)
        slow = max(CREEP_M_S, min(speed, radius * math.radians(handling.turns_deg_s)))
        for point in arc[1:]:
            points.append(point)
            most.append(slow)
        ends.append(len(points) - 1 - len(arc) // 2)
    kept = [k for k in range(len(points)) if k == 0 or math.dist(points[k], points[k - 1]) > 1e-6]
    moved = {old: new for new, old in enumerate(kept)}
    last = 0
    for old in range(len(points)):
        last = moved.setdefault(old, last)
    return (
        np.array([points[k] for k in kept], dtype=float),
        np.array([most[k] for k in kept], dtype=float),
        [moved[e] for e in ends],
    )


def _arc(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], radius_m: float
) -> tuple[list[tuple[float, float]], float]:
    """The corner at `b` rounded with at most `radius_m`: its points, and the radius that there is room for."""
    by = math.radians(_corner_deg(a, b, c))
    room = 0.45 * min(math.dist(a, b), math.dist(b, c))
    if abs(by) < 0.01 or room < 1e-3:
        return [b], math.inf
    bend = math.tan(abs(by) / 2)
    radius = min(radius_m, room / bend)
    cut = radius * bend
    course = math.atan2(b[0] - a[0], b[1] - a[1])
    east, north = b[0] - cut * math.sin(course), b[1] - cut * math.cos(course)
    points = [(east, north)]
    count = max(2, math.ceil(math.degrees(abs(by)) / 5))
    chord = 2 * radius * math.sin(abs(by) / count / 2)
    for k in range(count):
        ahead = course + by * (k + 0.5) / count
        east, north = east + chord * math.sin(ahead), north + chord * math.cos(ahead)
        points.append((east, north))
    return points, radius


def _paced(most: Floats, steps: Floats, handling: Handling) -> Floats:
    """Speeds at points: nowhere above `most`, from rest to rest, speeding up and braking as the vessel can."""
    speeds = most.copy()
    speeds[0] = speeds[-1] = 0.0
    for k in range(1, len(speeds)):
        speeds[k] = min(speeds[k], math.sqrt(speeds[k - 1] ** 2 + 2 * handling.speeds_up * steps[k - 1]))
    for k in range(len(speeds) - 2, -1, -1):
        speeds[k] = min(speeds[k], math.sqrt(speeds[k + 1] ** 2 + 2 * handling.brakes * steps[k]))
    return speeds
