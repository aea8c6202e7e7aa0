"""How long to wait for an answer, from the round trips measured so far.

Jacobson and Karels 1988 as in RFC 6298. Loss on a radio is not congestion, so the pace is kept for some repeats before
it slows down. An answer to a repeated question is a measurement only where it proves that the round trip is longer than
believed: it came later after the last question than any answer should, or sooner than one can (RFC 3522's idea).
"""

from dataclasses import dataclass

FIRST_WAIT_S = 0.25
FLOOR_S = 0.02
CEILING_S = 3.0
_STEADY_TRIES = 4


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Smoothed round trip and deviation in seconds; None before the first measurement."""

    smooth_s: float | None = None
    deviation_s: float = 0.0

    @property
    def base_s(self) -> float:
        """By when an answer should have come."""
        wait_s = FIRST_WAIT_S if self.smooth_s is None else self.smooth_s + max(4 * self.deviation_s, 0.01)
        return min(CEILING_S, max(FLOOR_S, wait_s))

    def wait_s(self, tries: int) -> float:
        """How long to wait after asking for the `tries`-th time."""
        slower = max(0, tries - _STEADY_TRIES + 1) // 2
        return float(min(CEILING_S, self.base_s * 2 ** min(slower, 10)))

    def answered(self, tries: int, *, since_last_s: float, since_first_s: float) -> "RoundTrip":
        """After an answer to a question asked `tries` times."""
        if tries <= 1:
            return self._measured(since_last_s)
        if self.smooth_s is None:
            return self._measured(since_first_s) if tries > _STEADY_TRIES else self
        if since_last_s > self.base_s:
            return self._measured(since_last_s)
        return self._measured(since_first_s) if since_last_s < self.smooth_s / 2 else self

    def _measured(self, sample_s: float) -> "RoundTrip":
        if self.smooth_s is None:
            return RoundTrip(sample_s, sample_s / 2)
        deviation = 0.75 * self.deviation_s + 0.25 * abs(sample_s - self.smooth_s)
        return RoundTrip(0.875 * self.smooth_s + 0.125 * sample_s, deviation)


FRESH = RoundTrip()
