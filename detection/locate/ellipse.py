"""Error ellipses and the covariances behind them: east and north in metres."""

import math

import numpy as np
from scipy import integrate, optimize

from detection.locate.sightings import Ellipse
from planner.geo.points import Floats


def ellipse_of(covariance: Floats) -> Ellipse:
    """The one-sigma ellipse of a covariance in (east, north), shape (2, 2), metres squared.

    >>> ellipse_of(np.diag([4.0, 1.0])).bearing_deg
    90.0
    """
    values, vectors = np.linalg.eigh(covariance)
    minor, major = np.sqrt(np.maximum(values, 0.0))
    east, north = vectors[:, 1]
    return Ellipse(float(major), float(minor), math.degrees(math.atan2(east, north)) % 180.0)


def covariance_of(ellipse: Ellipse) -> Floats:
    """The covariance in (east, north), shape (2, 2), whose one-sigma ellipse this is."""
    turn = math.radians(ellipse.bearing_deg)
    along = np.array([math.sin(turn), math.cos(turn)])
    across = np.array([math.cos(turn), -math.sin(turn)])
    return np.asarray(
        ellipse.major_m**2 * np.outer(along, along) + ellipse.minor_m**2 * np.outer(across, across), dtype=float
    )


def ce90_m(ellipse: Ellipse) -> float:
    """Radius about the position that holds the true place with 90 % probability ("CE90").

    Exact for a normal error: 2.146 times sigma for a circle, 1.645 times the major half axis for a line.

    >>> round(ce90_m(Ellipse(1.0, 1.0, 0.0)), 3)
    2.146
    """
    if ellipse.major_m <= 0:
        return 0.0
    flat = min(ellipse.minor_m / ellipse.major_m, 1.0)
    if flat < 1e-3:
        return 1.6449 * ellipse.major_m
    radius = optimize.brentq(lambda r: _inside(r, flat) - 0.9, 1.6, 2.2, xtol=1e-6)
    return float(radius) * ellipse.major_m


def _inside(radius: float, flat: float) -> float:
    """Probability that a normal error with half axes 1 and `flat` falls within `radius`."""

    def at_angle(angle: float) -> float:
        rate = 0.5 * (math.cos(angle) ** 2 + (math.sin(angle) / flat) ** 2)
        return (1.0 - math.exp(-rate * radius * radius)) / (2.0 * rate)

    # a quarter turn is enough; the density of (1, flat) is 1 / (2 pi flat)
    value = integrate.quad(at_angle, 0.0, math.pi / 2, limit=200)[0]
    return float(4.0 * value / (2.0 * math.pi * flat))
