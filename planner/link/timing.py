"""How long to wait for an answer, from the round trips measured so far.

A smoothed mean (Jacobson and Karels 1988, RFC 6298) is misled here: after a loss it is the vehicle's own repeat, a
quarter or a whole second later, that arrives as the answer, and at 30 % loss that is every second measurement. So the
lower quartile of the last measurements counts, doubled. Loss on a radio is not congestion: the pace is kept for some
repeats before it slows down. An answer to a repeated question is a measurement only where it proves that the round trip
is longer than believed: it came later after the last question than any answer should, or sooner than one can.
"""

from dataclasses import dataclass

FIRST_WAIT_S = 0.25
FLOOR_S = 0.02
CEILING_S = 3.0
_STEADY_TRIES = 5
_KEPT = 12


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """The last measured round trips, in seconds, oldest first."""

    samples_s: tuple[float, ...] = ()

    @property
    def typical_s(self) -> float | None:
        """The lower quartile; None before the first measurement."""
        return sorted(self.samples_s)[len(self.samples_s) // 4] if self.samples_s else None

    @property
    def base_s(self) -> float:
        """By when an answer should have come."""
        typical_s = self.typical_s
        return FIRST_WAIT_S if typical_s is None else min(CEILING_S, max(FLOOR_S, 2 * typical_s + 0.01))

    def wait_s(self, tries: int) -> float:
        """How long to wait after asking for the `tries`-th time."""
        slower = max(0, tries - _STEADY_TRIES + 1) // 2
        return float(min(CEILING_S, self.base_s * 2 ** min(slower, 10)))

    def answered(self, tries: int, *, since_last_s: float, since_first_s: float) -> "RoundTrip":
        """After an answer to a question asked `tries` times."""
        typical_s = self.typical_s
        if tries <= 1:
            return self._measured(since_last_s)
        if typical_s is None:
            return self._measured(since_first_s) if tries > _STEADY_TRIES else self
        if since_last_s > self.base_s:
            return self._measured(since_last_s)
        return self._measured(since_first_s) if since_last_s < typical_s / 2 else self

    def _measured(self, sample_s: float) -> "RoundTrip":
        return RoundTrip((*self.samples_s[1 - _KEPT :], sample_s))


FRESH = RoundTrip()
