"""Where a vessel was and how it moved, fitted through its observations so that a few bad ones do not matter."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.track.motion import MotionModel, follow
from detection.track.observations import Observation
from planner.geo.points import Floats

COMMON_SHARE = 0.25
"""Share of a position's variance that all sightings of a flight have in common (height, compass, clock): it does not
shrink however many sightings there are."""
SPEED_FLOOR_M_S = 0.1
SHORTEST_LINE_S = 0.5
BENT = 9.21
"""Mahalanobis distance squared (99 %) beyond which an observation does not lie on a line ..."""
OUTLIERS = 0.2
"""... and the share of observations that may lie so far off: these are outliers, more of them are a bend."""
CLEAR_SPEED_SIGMA_M_S = 0.5
"""A vessel that seems to lie still gets a speed only if it is known better than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Place (2,) and covariance (2, 2) at `time_s`, metres; velocity (2,) and its covariance, None where not told."""

    time_s: float
    place: Floats
    covariance: Floats
    velocity: Floats | None
    velocity_cov: Floats | None
    moving: bool

    def place_at(self, time_s: float) -> Floats:
        """Where the vessel is then, if it goes on as fitted."""
        if not self.moving or self.velocity is None:
            return self.place
        return np.asarray(self.place + self.velocity * (time_s - self.time_s), dtype=float)

    def speed(self) -> tuple[float, float, float | None] | None:
        """Speed and its sigma in m/s, and course in true degrees (None if lost in the error); None if not told."""
        if self.velocity is None or self.velocity_cov is None:
            return None
        speed = float(np.hypot(*self.velocity))
        along = self.velocity / speed if speed > 1e-9 else np.array([0.0, 1.0])
        sigma = math.hypot(math.sqrt(float(along @ self.velocity_cov @ along)), SPEED_FLOOR_M_S)
        if not self.moving and sigma > CLEAR_SPEED_SIGMA_M_S:
            return None
        course = math.degrees(math.atan2(self.velocity[0], self.velocity[1])) % 360.0 if speed > 2 * sigma else None
        return speed, sigma, course


def fit(observations: Sequence[Observation], time_s: float, model: MotionModel) -> Fit:
    """The vessel at `time_s`: a weighted mean if it lies still, a weighted straight line if it moves.

    Of a vessel that turned, the stretch about `time_s`.
    """
    times = np.array([o.time_s for o in observations])
    places = np.array([o.place for o in observations])
    covariances = np.array([o.covariance for o in observations])
    states = follow(list(times), places, covariances, model)
    span = float(times[-1] - times[0])
    moving = span > 0 and states.moving_share(0) > 0.5
    common = COMMON_SHARE * covariances[int(np.argmin(np.trace(covariances, axis1=1, axis2=2)))]
    line, line_cov = _straight(times - time_s, places, covariances) if span >= 0.5 else (None, None)
    velocity = line[2:] if line is not None else None
    velocity_cov = line_cov[2:, 2:] if line_cov is not None else None
    if moving and line is not None and line_cov is not None:
        return Fit(time_s, line[:2], line_cov[:2, :2] + common, velocity, velocity_cov, moving=True)
    spot, spot_cov = _robust(times - time_s, places, covariances, straight=False)
    return Fit(time_s, spot, spot_cov + common, velocity, velocity_cov, moving=False)


def _straight(times: Floats, places: Floats, covariances: Floats) -> tuple[Floats, Floats]:
    """The straight line through the longest stretch about time 0 that one explains: a vessel may have turned."""
    nearest = np.argsort(np.abs(times), kind="stable")
    for count in range(len(times), 1, -1):
        near = np.sort(nearest[:count])
        if np.ptp(times[near]) < SHORTEST_LINE_S:
            break
        state, covariance = _robust(times[near], places[near], covariances[near], straight=True)
        off = places[near] - state[:2] - times[near, None] * state[2:]
        d2 = np.einsum("ni,nij,nj->n", off, np.linalg.inv(covariances[near]), off)
        if np.count_nonzero(d2 > BENT) <= OUTLIERS * count and d2[np.argmin(np.abs(times[near]))] <= BENT:
            return state, covariance
    return _robust(times, places, covariances, straight=True)


def _robust(times: Floats, places: Floats, covariances: Floats, *, straight: bool) -> tuple[Floats, Floats]:
    """Weighted least squares with Cauchy weights: place, and velocity if `straight`, with their covariance."""
    precise = np.linalg.inv(covariances)
    weights = np.ones(len(times))
    size = 4 if straight else 2
    state: Floats = np.zeros(size)
    covariance: Floats = np.eye(size)
    design = np.zeros((len(times), 2, size))
    design[:, 0, 0] = design[:, 1, 1] = 1.0
    if straight:
        design[:, 0, 2] = design[:, 1, 3] = times
    told = design.transpose(0, 2, 1) @ precise
    for _ in range(6):
        normal = np.tensordot(weights, told @ design, axes=1)
        right = np.tensordot(weights, (told @ places[:, :, None])[:, :, 0], axes=1)
        covariance = np.asarray(np.linalg.pinv(normal), dtype=float)
        state = covariance @ right
        off = places - design @ state
        d2 = np.einsum("ni,nij,nj->n", off, precise, off)
        weights = 1.0 / (1.0 + d2 / 5.0)
    return state, covariance
