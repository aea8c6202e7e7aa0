"""The units in which heights, ways and speeds are told: chosen once for the whole window. No Qt.

What is shown follows them, and the flying height's box. Other boxes to type in keep metres and m/s, as the unit in
them says, and so do lengths of vessels, sizes of errors, the sentences of the check, and files.
"""

from dataclasses import dataclass
from enum import StrEnum

from planner.geo.measure import NAUTICAL_MILE_M

FOOT_M = 0.3048
KNOT_M_S = NAUTICAL_MILE_M / 3600
LEAST_NM_M = 0.1 * NAUTICAL_MILE_M
"""Shorter ways are told in metres by whoever counts in nautical miles, too."""


class Height(StrEnum):
    """In what heights are told."""

    METRES = "m"
    FEET = "ft"


class Distance(StrEnum):
    """In what ways are told."""

    KILOMETRES = "km"
    MILES = "nm"


class Speed(StrEnum):
    """In what speeds are told."""

    METRES = "m/s"
    KNOTS = "kn"


@dataclass(frozen=True, slots=True)
class Units:
    """One choice of each."""

    height: Height = Height.METRES
    distance: Distance = Distance.KILOMETRES
    speed: Speed = Speed.METRES


_chosen = [Units()]


def current() -> Units:
    """The units that were chosen."""
    return _chosen[0]


def use(units: Units) -> None:
    """Tell everything in these from now on."""
    _chosen[0] = units


def length_text(length_m: float) -> str:
    """A way: "850 m", "5.92 km", "3.19 nm".

    >>> length_text(849.6), length_text(5917.0)
    ('850 m', '5.92 km')
    """
    if current().distance is Distance.MILES and abs(length_m) >= LEAST_NM_M:
        return f"{length_m / NAUTICAL_MILE_M:,.2f} nm"
    if length_m < 999.5:
        return f"{length_m:.0f} m"
    return f"{length_m / 1000:.2f} km" if length_m < 99_950 else f"{length_m / 1000:,.0f} km"


def height_text(height_m: float, *, digits: int = 0) -> str:
    """A height or a depth: "69 m", "226 ft"; `digits` of metres.

    >>> height_text(68.55), height_text(-0.2)
    ('69 m', '0 m')
    """
    if current().height is Height.FEET:
        return f"{round(height_m / FOOT_M) + 0.0:,.0f} ft"
    return f"{round(height_m, digits) + 0.0:,.{digits}f} m"  # + 0.0: never "-0"


def height_unit_m() -> float:
    """One unit of height, in metres."""
    return FOOT_M if current().height is Height.FEET else 1.0


def speed_text(speed_m_s: float, sigma_m_s: float | None = None) -> str:
    """A speed, with its standard deviation if that is known: "4.2 m/s", "8.2 ± 0.4 kn".

    >>> speed_text(4.21, 0.2)
    '4.2 ± 0.2 m/s'
    """
    unit = current().speed
    one = KNOT_M_S if unit is Speed.KNOTS else 1.0
    sigma = "" if sigma_m_s is None else f" ± {sigma_m_s / one:.1f}"
    return f"{round(speed_m_s / one, 1) + 0.0:,.1f}{sigma} {unit}"
