"""A flown way as values: spots in the air, legs between them, and all of them in order."""

from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon
from planner.route.check_values import Problem


class Kind(StrEnum):
    """What a leg is."""

    CLIMB = "climb"
    WAY = "way"
    DESCENT = "descent"
    HOME = "home"
    """The way home after the last item."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the air: metres above mean sea level and above the surface, at its lowest.

    `over_terrain`: the height above the surface is held, and that above the sea is more where the ground rises.
    """

    at: LatLon
    msl_m: float
    agl_m: float
    over_terrain: bool = False


@dataclass(frozen=True, slots=True)
class FlownLeg:
    """A straight piece of the flight, for which item it is flown, at which speed over the water, and the wait after."""

    item: int
    start: Spot
    end: Spot
    kind: Kind
    speed_m_s: float
    hold_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FlownPath:
    """All legs in flying order, jumps carried out; `return_msl_m` is the least height of a return."""

    home: Spot
    legs: tuple[FlownLeg, ...]
    return_msl_m: float
    surface_msl_m: float
    ground_msl_m: float
    """The highest that the surface may be; that of `surface_msl_m` where it is given."""
    rally: tuple[Spot, ...]
    breach_return: Spot | None
    problems: tuple[Problem, ...]
