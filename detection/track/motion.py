"""Two hypotheses about each vessel, run side by side over its observations: it lies still, or it moves straight on.

Each is a Kalman filter in east and north; how well each has predicted the observations is kept as its log evidence, so
that a moored vessel gets a narrow gate after minutes and a moving one a wide gate where its speed leads. Everything is
columns over vessels, so a frame is compared with all of them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.geo.points import Floats


@dataclass(frozen=True, slots=True)
class MotionModel:
    """What vessels do. Speeds in m/s, one sigma per axis; wander in metres per square root of a second.

    `density_per_m2` is how many vessels are expected on open water where none is known: above it a new vessel is a
    better explanation than a far-fetched match.
    """

    still_share: float = 0.6
    speed_sigma_m_s: float = 5.0
    swing_m: float = 0.2
    turn_m_s: float = 0.05
    density_per_m2: float = 1e-5
    gate: float = 13.8
    """Mahalanobis distance squared that nothing is matched beyond: 99.9 % of a normal error in two dimensions."""


@dataclass(slots=True)
class Hypotheses:
    """Columns over vessels at their last observation's time: place (N, 2) and covariance (N, 2, 2) if still, place and
    velocity (N, 4) and covariance (N, 4, 4) if moving, and the log evidence of both, (N, 2).
    """  # noqa: D205

    time_s: Floats
    still: Floats
    still_cov: Floats
    moving: Floats
    moving_cov: Floats
    log_evidence: Floats

    @classmethod
    def none(cls) -> "Hypotheses":
        """No vessels."""
        return cls(
            np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros((0, 4)), np.zeros((0, 4, 4)), np.zeros((0, 2))
        )

    def __len__(self) -> int:
        return len(self.time_s)

    def born(self, time_s: float, place: Floats, covariance: Floats, model: MotionModel) -> None:
        """Adds a vessel at its first observation."""
        moving_cov = np.zeros((1, 4, 4))
        moving_cov[0, :2, :2] = covariance
        moving_cov[0, 2:, 2:] = np.eye(2) * model.speed_sigma_m_s**2
        prior = np.log([[model.still_share, 1 - model.still_share]])
        self.time_s = np.append(self.time_s, time_s)
        self.still = np.concatenate([self.still, place[None]])
        self.still_cov = np.concatenate([self.still_cov, covariance[None]])
        self.moving = np.concatenate([self.moving, np.concatenate([place, [0.0, 0.0]])[None]])
        self.moving_cov = np.concatenate([self.moving_cov, moving_cov])
        self.log_evidence = np.concatenate([self.log_evidence, prior])

    def at(self, time_s: float, model: MotionModel) -> "Hypotheses":
        """All vessels carried to a moment, forward or back."""
        step = time_s - self.time_s
        span = np.abs(step)
        carry = np.tile(np.eye(4), (len(self), 1, 1))
        carry[:, 0, 2] = carry[:, 1, 3] = step
        noise = np.zeros((len(self), 4, 4))
        q = model.turn_m_s**2
        for axis in (0, 1):
            noise[:, axis, axis] = q * span**3 / 3
            noise[:, axis, axis + 2] = noise[:, axis + 2, axis] = q * span**2 / 2 * np.sign(step)
            noise[:, axis + 2, axis + 2] = q * span
        return Hypotheses(
            np.full(len(self), time_s),
            self.still,
            self.still_cov + np.eye(2) * (model.swing_m**2 * span)[:, None, None],
            np.einsum("nij,nj->ni", carry, self.moving),
            carry @ self.moving_cov @ carry.transpose(0, 2, 1) + noise,
            self.log_evidence,
        )

    def match(self, places: Floats, covariances: Floats) -> tuple[Floats, Floats]:
        """Log likelihood of each observation under each vessel, and the smaller Mahalanobis distance squared.

        Both of shape (observations, vessels). The vessels must have been carried to the observations' time.
        """
        still, still_d2 = _log_normal(places[:, None] - self.still[None], self.still_cov[None] + covariances[:, None])
        moving, moving_d2 = _log_normal(
            places[:, None] - self.moving[None, :, :2], self.moving_cov[None, :, :2, :2] + covariances[:, None]
        )
        weight = self.log_evidence - np.logaddexp(self.log_evidence[:, :1], self.log_evidence[:, 1:])
        likely = np.logaddexp(weight[None, :, 0] + still, weight[None, :, 1] + moving)
        alive = weight > np.log(0.02)
        d2 = np.minimum(np.where(alive[None, :, 0], still_d2, np.inf), np.where(alive[None, :, 1], moving_d2, np.inf))
        return likely, d2

    def seen(self, i: int, place: Floats, covariance: Floats) -> None:
        """Takes an observation of vessel `i`, at whose time the vessels stand, into both hypotheses."""
        for k, (state, cov) in enumerate(((self.still, self.still_cov), (self.moving, self.moving_cov))):
            off = place - state[i, :2]
            innovation = cov[i, :2, :2] + covariance
            likely, _ = _log_normal(off, innovation)
            gain = cov[i, :, :2] @ _inverse(innovation)
            state[i] = state[i] + gain @ off
            cov[i] = cov[i] - gain @ cov[i, :2, :]
            self.log_evidence[i, k] += float(likely)

    def take(self, i: int, other: "Hypotheses") -> None:
        """Replaces vessel `i` by what `other` says of it."""
        self.time_s[i] = other.time_s[i]
        self.still[i], self.still_cov[i] = other.still[i], other.still_cov[i]
        self.moving[i], self.moving_cov[i] = other.moving[i], other.moving_cov[i]
        self.log_evidence[i] = other.log_evidence[i]

    def moving_share(self, i: int) -> float:
        """Probability that vessel `i` moves rather than lies still."""
        still, moving = self.log_evidence[i]
        return float(np.exp(moving - np.logaddexp(still, moving)))


def follow(times_s: Sequence[float], places: Floats, covariances: Floats, model: MotionModel) -> Hypotheses:
    """One vessel's hypotheses after all of its observations, given in time order."""
    one = Hypotheses.none()
    one.born(times_s[0], places[0], covariances[0], model)
    for time_s, place, covariance in zip(times_s[1:], places[1:], covariances[1:], strict=True):
        one = one.at(time_s, model)
        one.still, one.moving = one.still.copy(), one.moving.copy()
        one.log_evidence = one.log_evidence.copy()
        one.seen(0, place, covariance)
    return one


def _log_normal(off: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Log density of a two-dimensional normal, and the Mahalanobis distance squared, over leading axes."""
    a, b, d = covariance[..., 0, 0], covariance[..., 0, 1], covariance[..., 1, 1]
    det = np.maximum(a * d - b * b, 1e-12)
    x, y = off[..., 0], off[..., 1]
    d2 = (d * x * x - 2 * b * x * y + a * y * y) / det
    return -0.5 * d2 - np.log(2 * np.pi) - 0.5 * np.log(det), d2


def _inverse(m: Floats) -> Floats:
    """Of a symmetric (2, 2)."""
    det = max(float(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]), 1e-12)
    return np.array([[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]]) / det
