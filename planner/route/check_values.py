"""What a check is asked and what it answers: conditions, rules, problems, the verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from planner.geo.points import LatLon
from planner.model.outlook import Outlook
from planner.model.rules import Rules, Severity

__all__ = [
    "Conditions",
    "Figure",
    "Problem",
    "Rules",
    "Severity",
    "Verdict",
    "Wind",
    "conditions_of",
    "error",
    "warning",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason against a mission: a stable code, a plain sentence, the item's number and a place if it has them.

    Items are counted from 1, as in the mission; home is none of them.
    """

    code: str
    severity: Severity
    message: str
    item: int | None = None
    where: LatLon | None = None

    def as_dict(self) -> dict[str, object]:
        """The problem for JSON; `where` as [latitude, longitude]."""
        where = None if self.where is None else [round(self.where.lat_deg, 7), round(self.where.lon_deg, 7)]
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "item": self.item,
            "where": where,
        }


def error(code: str, message: str, item: int | None = None, where: LatLon | None = None) -> Problem:
    """A problem that forbids the flight."""
    return Problem(code, Severity.ERROR, message, item, where)


def warning(code: str, message: str, item: int | None = None, where: LatLon | None = None) -> Problem:
    """A problem that a person must have read."""
    return Problem(code, Severity.WARNING, message, item, where)


Figure = float | int | str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a mission may be flown, every reason against it, and the figures it was judged by."""

    problems: tuple[Problem, ...]
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def flyable(self) -> bool:
        """Whether no problem is an error."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)

    def as_dict(self) -> dict[str, object]:
        """The verdict for JSON."""
        return {
            "flyable": self.flyable,
            "problems": [problem.as_dict() for problem in self.problems],
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Wind:
    """Wind at flying height: mean speed in m/s, from where it blows (true), and the speed in gusts if known.

    Raises:
        ValueError: not a speed, or gusts below the mean.
    """

    speed_m_s: float = 0.0
    from_deg: float = 0.0
    gust_m_s: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.speed_m_s <= 150 or not math.isfinite(self.from_deg):
            raise ValueError(f"wind must be 0 to 150 m/s from a direction, got {self.speed_m_s} from {self.from_deg}")
        if self.gust_m_s is not None and not self.speed_m_s <= self.gust_m_s <= 200:
            raise ValueError(f"gusts must lie between the mean wind and 200 m/s, got {self.gust_m_s}")


@dataclass(frozen=True, slots=True)
class Conditions:
    """When and how it is flown. What is None is not known, and what depends on it is said to be unchecked.

    `surface_msl_m` is the height of the ground or water flown over; None: the sea, 0, unless the launch place lies
    above 200 m, then its own height. `home` and `home_msl_m` stand for those of the mission. `return_height_m` is the
    least height above home at which the vehicle returns (RTL_ALT, RTL_RETURN_ALT). `authorised` are the identifiers or
    names of zones that leave was given for.
    """

    wind: Wind | None = None
    start_utc: datetime | None = None
    pilot: LatLon | None = None
    home: LatLon | None = None
    home_msl_m: float | None = None
    surface_msl_m: float | None = None
    return_height_m: float | None = None
    radio_range_m: float | None = None
    land_allowed: bool = True
    authorised: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.start_utc is not None and self.start_utc.tzinfo is None:
            raise ValueError("the take-off time needs its time zone")


def conditions_of(outlook: Outlook) -> Conditions:
    """The conditions that a plan's outlook says."""
    blowing = outlook.wind
    return Conditions(
        wind=None if blowing is None else Wind(blowing.speed_m_s, blowing.direction_deg, outlook.gust_m_s),
        start_utc=outlook.start_utc,
        pilot=outlook.pilot,
        surface_msl_m=outlook.surface_msl_m,
        return_height_m=outlook.return_height_m,
        radio_range_m=outlook.radio_range_m,
        land_allowed=outlook.land_allowed,
        authorised=frozenset(outlook.authorised),
    )
