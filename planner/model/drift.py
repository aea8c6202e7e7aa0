"""Where something adrift is now: leeway from the wind, the current, and how far that may be wrong.

The method is that of the IAMSAR Manual, volume II: leeway to either side of downwind, added to the current over the
time elapsed, gives two datums; the middle is searched about with their distance and the total probable error of
position, the root of the squares of the initial position's, the search craft's and the drift's. (The manual was not at
hand; read was Appendix J of the Australian National SAR Manual, which follows it: errors X of the distressed craft and
Y of the search craft, 0.1 nautical miles for a fix by GPS.)

Leeway is downwind and crosswind, linear in the wind at 10 m: Allen, "Leeway Divergence" (US Coast Guard CG-D-05-05,
2005), values as listed by Breivik and Allen (J. Marine Systems 69, 2008) for the main classes.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon, bearing_deg, destination, distance_m

DRIFT_ERROR = 0.3
"""Probable error of a drift, as a fraction of its length, where nothing better is known: a usual assumption."""
CRAFT_ERROR_M = 5.0
"""Probable error of a drone's own position by satellites, where it was not given; a ship's fix counts as 185 m."""


class Adrift(StrEnum):
    """What is searched for."""

    NOTHING = "no-leeway"
    """Drifts with the water alone."""
    PERSON = "person"
    RAFT = "raft"
    RAFT_SHALLOW = "raft-shallow-ballast"
    RAFT_UNBALLASTED = "raft-no-ballast"
    KAYAK = "kayak"
    SURFBOARD = "surfboard"
    SKIFF = "skiff"
    SWAMPED_SKIFF = "swamped-skiff"
    SPORT_BOAT = "sport-boat"
    FISHING_VESSEL = "fishing-vessel"
    FREIGHTER = "freighter"
    SAILBOAT = "sailboat"
    DEBRIS = "debris"


@dataclass(frozen=True, slots=True)
class Leeway:
    """Leeway in m/s for a wind U in m/s: slope (per cent) x U + offset (cm/s), downwind, to the right, to the left."""

    down: tuple[float, float]
    right: tuple[float, float]
    left: tuple[float, float]


LEEWAY: dict[Adrift, Leeway] = {
    Adrift.NOTHING: Leeway((0, 0), (0, 0), (0, 0)),
    Adrift.PERSON: Leeway((0.96, 0), (0.54, 0), (-0.54, 0)),
    Adrift.RAFT: Leeway((3.52, -2.5), (0.62, -3.0), (-0.45, -0.2)),
    Adrift.RAFT_SHALLOW: Leeway((2.68, 0), (1.10, 0), (-1.10, 0)),
    Adrift.RAFT_UNBALLASTED: Leeway((3.70, 0), (1.98, 0), (-1.98, 0)),
    Adrift.KAYAK: Leeway((1.16, 11.12), (0.41, 0), (-0.41, 0)),
    Adrift.SURFBOARD: Leeway((1.93, 0), (0.51, 0), (-0.51, 0)),
    Adrift.SKIFF: Leeway((3.15, 0), (1.29, 0), (-1.29, 0)),
    Adrift.SWAMPED_SKIFF: Leeway((1.65, 0), (0.39, 0), (-0.39, 0)),
    Adrift.SPORT_BOAT: Leeway((6.54, 0), (2.19, 0), (-2.19, 0)),
    Adrift.FISHING_VESSEL: Leeway((2.47, 0), (2.76, 0), (-2.76, 0)),
    Adrift.FREIGHTER: Leeway((1.87, 0), (2.09, 0), (-2.09, 0)),
    Adrift.SAILBOAT: Leeway((4.5, 0), (4.95, 0), (-2.82, 0)),
    Adrift.DEBRIS: Leeway((1.97, 0), (0.36, 0), (-0.36, 0)),
}


@dataclass(frozen=True, slots=True)
class Flow:
    """A wind or a current: metres per second, and degrees true.

    A wind's direction is where it comes from, a current's where it sets to.
    """

    speed_m_s: float = 0.0
    direction_deg: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.speed_m_s <= 100:
            raise ValueError(f"a wind or current must lie in 0..100 m/s, got {self.speed_m_s}")
        if not -360 <= self.direction_deg <= 360:
            raise ValueError(f"a direction must lie in [-360, 360] degrees, got {self.direction_deg}")


CALM = Flow()


@dataclass(frozen=True, slots=True)
class Datum:
    """Where the search is centred.

    `left` and `right` are the datums of an object whose leeway diverges to that side of downwind; `at` is their
    middle. `error_m` is the total probable error of one datum, `radius_m` what a first search covers about `at`: half
    the divergence and 1.1 times the error (IAMSAR's first safety factor).
    """

    at: LatLon
    left: LatLon
    right: LatLon
    drift_m: float
    drift_deg: float
    error_m: float
    radius_m: float


def drifted(
    start: LatLon,
    *,
    adrift: Adrift,
    wind: Flow,
    current: Flow,
    elapsed_s: float,
    position_error_m: float,
    craft_error_m: float = CRAFT_ERROR_M,
) -> Datum:
    """The datum of something last known at `start`, `elapsed_s` seconds ago, for a search craft with its own error."""
    ends = [_end(start, LEEWAY[adrift], wind, current, elapsed_s, side=side) for side in (-1, 1)]
    left, right = ends
    apart = distance_m(left, right)
    middle = left if apart < 0.01 else destination(left, towards_deg=bearing_deg(left, right), range_m=apart / 2)
    drift = max(distance_m(start, end) for end in ends)
    error = math.hypot(position_error_m, craft_error_m, DRIFT_ERROR * drift)
    whole = distance_m(start, middle)
    return Datum(
        at=middle,
        left=left,
        right=right,
        drift_m=whole,
        drift_deg=bearing_deg(start, middle) if whole > 0.01 else 0.0,
        error_m=error,
        radius_m=apart / 2 + 1.1 * error,
    )


def _end(start: LatLon, leeway: Leeway, wind: Flow, current: Flow, elapsed_s: float, *, side: int) -> LatLon:
    down = across = 0.0
    if wind.speed_m_s > 0:
        slope, offset = leeway.right if side > 0 else leeway.left
        down = max(0.0, (leeway.down[0] * wind.speed_m_s + leeway.down[1]) / 100)
        across = (slope * wind.speed_m_s + offset) / 100
        across = max(0.0, across) if side > 0 else min(0.0, across)
    to, sets = math.radians(wind.direction_deg + 180), math.radians(current.direction_deg)
    east = down * math.sin(to) + across * math.cos(to) + current.speed_m_s * math.sin(sets)
    north = down * math.cos(to) - across * math.sin(to) + current.speed_m_s * math.cos(sets)
    range_m = math.hypot(east, north) * elapsed_s
    return destination(start, towards_deg=math.degrees(math.atan2(east, north)), range_m=range_m) if range_m else start
