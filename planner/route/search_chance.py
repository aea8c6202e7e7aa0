"""How likely a search finds what is adrift: by place, along the tracks that are flown, weighted with where it may be.

Where it may be: about each of the two datums alike, normally distributed so that half of it lies within the total
probable error. Two laws of detection, both of one search at sweep width W:

* normal conditions: random search, 1 - exp(-c), where c is W times the length of track per area about a place. Lengths
  are counted with a normal weight about the place, of half the track spacing (half of W where there is none): so far
  tracks and what drifts are off from each other. Over tracks S apart that is 1 - exp(-W / S).
* ideal conditions: Koopman's inverse cube law, integrated along each leg. Over long tracks S apart that is
  erf(W / S * sqrt(pi) / 2).

Koopman, "Search and Screening", OEG 56 (1946). The trials of the US Coast Guard found what crews really do between the
two (Edwards, Mazour, Bemont and Osmer, USCG-D-41-80, 1980, as its summary says).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import Floats
from planner.route.shapes import Point

TO_DEVIATION = 1.1774
"""A circle that holds half of a circular normal distribution, in standard deviations: sqrt(2 ln 2)."""
LEAST_SPREAD_M = 1.0
MOST_PLACES, LEAST_PLACES = 4000, 250
WORK = 4_000_000
"""Places times legs that are reckoned with, about."""
STEPS = 0.7548776662466927, 0.5698402909980532
"""Steps of a sequence that fills a square evenly (powers of the plastic number)."""


@dataclass(frozen=True, slots=True)
class Chances:
    """Chances in 0..1: that it is in the searched water, found if it is there (two laws), and found at all.

    `contained` is None where nothing is known but that it is there.
    """

    contained: float | None
    found: float
    found_ideal: float

    @property
    def success(self) -> float:
        """Found at all, under normal conditions."""
        return self.found * (1.0 if self.contained is None else self.contained)


def chances(
    way: Sequence[Point],
    region: BaseGeometry,
    *,
    width_m: float,
    apart_m: float,
    datums: Sequence[Point] = (),
    error_m: float = 0.0,
) -> Chances:
    """The chances of a search along `way` over `region`, at a sweep width, tracks `apart_m` apart; local metres.

    It lies about one of `datums` with a probable error; without any, anywhere in the region alike.
    """
    legs = np.array([(*a, *b) for a, b in itertools.pairwise(way) if a != b]).reshape(-1, 4)
    count = max(LEAST_PLACES, min(MOST_PLACES, WORK // max(len(legs), 1)))
    places = _about(datums, error_m, count) if datums else _anywhere(region, count)
    inside = shapely.contains_xy(region, places[:, 0], places[:, 1])
    contained = float(inside.mean()) if datums else None
    if not inside.any():
        return Chances(contained, 0.0, 0.0)
    normal, ideal = _hazards(places[inside], legs, width_m, apart_m / 2)
    return Chances(contained, float((1 - np.exp(-normal)).mean()), float((1 - np.exp(-ideal)).mean()))


def _about(datums: Sequence[Point], error_m: float, count: int) -> Floats:
    """Places about the datums in turn, as likely as they are dense."""
    spread = max(error_m, LEAST_SPREAD_M) / TO_DEVIATION
    even = _even(count)
    away, turned = spread * np.sqrt(-2 * np.log1p(-even[:, 0])), 2 * math.pi * even[:, 1]
    middles = np.asarray(datums)[np.arange(count) % len(datums)]
    return np.asarray(middles + np.column_stack([away * np.cos(turned), away * np.sin(turned)]), dtype=float)


def _anywhere(region: BaseGeometry, count: int) -> Floats:
    west, south, east, north = region.bounds
    return np.asarray(_even(count) * (east - west, north - south) + (west, south), dtype=float)


def _even(count: int) -> Floats:
    """Pairs of numbers in [0, 1) that fill the square evenly."""
    return np.asarray((0.5 + np.outer(np.arange(1, count + 1), STEPS)) % 1.0, dtype=float)


def _hazards(places: Floats, legs: Floats, width_m: float, blur_m: float) -> tuple[Floats, Floats]:
    """The expected detections at each place, by the two laws, from all legs (rows of x, y, x, y)."""
    from scipy.special import ndtr  # slow to load, and every command that plans loads this module

    starts, ends = legs[:, :2], legs[:, 2:]
    lengths = np.linalg.norm(ends - starts, axis=1)
    along = (ends - starts) / lengths[:, None]
    to = places[:, None, :] - starts[None]
    ahead = (to * along).sum(axis=2)
    aside = to[..., 0] * along[:, 1] - to[..., 1] * along[:, 0]
    passed = ndtr((lengths - ahead) / blur_m) - ndtr(-ahead / blur_m)
    dense = np.exp(-0.5 * (aside / blur_m) ** 2) / (math.sqrt(2 * math.pi) * blur_m)
    normal = width_m * (dense * passed).sum(axis=1)
    near = np.maximum(np.abs(aside), 1e-3 * width_m)
    reach = (lengths - ahead) / np.hypot(lengths - ahead, near) + ahead / np.hypot(ahead, near)
    ideal = (width_m**2 / (8 * math.pi) * reach / near**2).sum(axis=1)
    return np.asarray(normal, dtype=float), np.asarray(ideal, dtype=float)
