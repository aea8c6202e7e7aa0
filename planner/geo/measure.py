"""Lengths, true bearings and surfaces on WGS 84, as told to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pyproj import Geod

from planner.geo.points import LatLon, bearing_deg, distance_m

NAUTICAL_MILE_M = 1852.0
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Measured:
    """A way from place to place: each leg's length and true bearing, and the surface that it encloses if closed."""

    lengths_m: tuple[float, ...]
    bearings_deg: tuple[float, ...]
    area_m2: float
    around_m: float
    """The length with the leg back to the start."""

    @property
    def length_m(self) -> float:
        """The whole way."""
        return sum(self.lengths_m)

    def as_json(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "length_m": round(self.length_m, 2),
            "length_nm": round(self.length_m / NAUTICAL_MILE_M, 4),
            "lengths_m": [round(length, 2) for length in self.lengths_m],
            "bearings_deg": [round(bearing, 2) for bearing in self.bearings_deg],
            "area_m2": round(self.area_m2, 1),
            "around_m": round(self.around_m, 2),
        }


def measured(places: Sequence[LatLon]) -> Measured:
    """The way through two places or more, along geodesics.

    >>> round(measured([LatLon(52.0, 4.0), LatLon(53.0, 4.0)]).length_m / NAUTICAL_MILE_M, 1)
    60.1

    Raises:
        ValueError: fewer than two places.
    """
    if len(places) < 2:
        raise ValueError(f"a distance needs two places, got {len(places)}")
    legs = list(pairwise(places))
    lengths = tuple(distance_m(a, b) for a, b in legs)
    bearings = tuple(bearing_deg(a, b) for a, b in legs)
    area, _ = _GEOD.polygon_area_perimeter([p.lon_deg for p in places], [p.lat_deg for p in places])
    around = sum(lengths) + distance_m(places[-1], places[0])
    return Measured(lengths, bearings, abs(float(area)) if len(places) > 2 else 0.0, around)


def length_said(length_m: float) -> str:
    """A length in metres or kilometres, and in nautical miles.

    >>> length_said(926), length_said(3704)
    ('926 m (0.50 nm)', '3.70 km (2.00 nm)')
    """
    metric = f"{length_m:.0f} m" if length_m < 999.5 else f"{length_m / 1000:,.2f} km"
    return f"{metric} ({length_m / NAUTICAL_MILE_M:,.2f} nm)"


def bearing_said(degrees: float) -> str:
    """A true bearing in three figures.

    >>> bearing_said(4.6), bearing_said(359.7)
    ('005° true', '000° true')
    """
    return f"{round(degrees) % 360:03d}° true"


def area_said(area_m2: float) -> str:
    """A surface, with square kilometres from a hundred hectares on."""
    if area_m2 < 10_000:
        return f"{area_m2:,.0f} m²"
    return f"{area_m2 / 10_000:,.1f} ha" if area_m2 < 1_000_000 else f"{area_m2 / 1_000_000:,.2f} km²"
