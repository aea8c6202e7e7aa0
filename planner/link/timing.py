"""How long to wait for an answer, from the round trips measured so far.

A smoothed mean (Jacobson and Karels 1988, RFC 6298) is misled here: after a loss it is the vehicle's own repeat, a
quarter or a whole second later, that arrives as the answer, and at 30 % loss that is every second measurement. So the
lower quartile of the last measurements counts, doubled. Loss on a radio is not congestion: the pace is kept for some
repeats before it slows down. An answer to a repeated question is a measurement only where it proves that the round trip
is longer than believed: it came later after the last question than any answer should, or sooner than one can.
"""

from typing import NamedTuple

FIRST_WAIT_S = 0.25
FLOOR_S = 0.02
CEILING_S = 3.0
_STEADY_TRIES = 5
_KEPT = 12
_ADDED = 6


class RoundTrip(NamedTuple):
    """The last measured round trips, in seconds, oldest first, and what follows from them."""

    samples_s: tuple[float, ...] = ()
    typical_s: float | None = None
    """The lower quartile; None before the first measurement."""
    base_s: float = FIRST_WAIT_S
    """By when an answer should have come."""

    def wait_s(self, tries: int) -> float:
        """How long to wait after asking for the `tries`-th time."""
        if tries <= _STEADY_TRIES:
            return self.base_s
        slower = (tries - _STEADY_TRIES + 1) // 2
        return float(min(CEILING_S, self.base_s * 2 ** min(slower, 10)))

    def answered(self, tries: int, *, since_last_s: float, since_first_s: float) -> "RoundTrip":
        """After an answer to a question asked `tries` times."""
        if tries <= 1:
            return self._measured(since_last_s)
        if self.typical_s is None:
            return self._measured(since_first_s) if tries > _STEADY_TRIES else self
        if since_last_s > self.base_s:
            return self._measured(since_last_s)
        return self._measured(since_first_s) if since_last_s < self.typical_s / 2 else self

    def _measured(self, sample_s: float) -> "RoundTrip":
        samples_s = (*self.samples_s[1 - _KEPT :], sample_s)
        typical_s = sorted(samples_s)[len(samples_s) // 4]
        return RoundTrip(samples_s, typical_s, min(CEILING_S, max(FLOOR_S, 2 * typical_s + 0.01)))


FRESH = RoundTrip()


class Timing:
    """Round trips of a row of questions that were all answered at once: `timed` is measured now, sent at `sent_s`."""

    def __init__(self, timed: int, sent_s: float) -> None:
        self.timed, self.sent_s = timed, sent_s
        self._samples_s: list[float] = []

    def answered(self, timed: int, now_s: float) -> None:
        """The answer has come, and the next to be timed goes out."""
        self._samples_s.append(now_s - self.sent_s)
        self.timed, self.sent_s = timed, now_s

    def added_to(self, round_trip: RoundTrip) -> RoundTrip:
        """With the last few measurements."""
        for sample_s in self._samples_s[-_ADDED:]:
            round_trip = round_trip.answered(1, since_last_s=sample_s, since_first_s=sample_s)
        return round_trip
