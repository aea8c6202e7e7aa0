"""What link faults do to the messages between the practice vehicle and its clients, counted."""

import random

from sitl.faults import FaultKind, Faults


class Line:
    """Says of each message how often and how late it passes. Delays are in the time of the link (the clock's)."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self._faults = faults
        self._random = random.Random(seed)  # noqa: S311 -- repeatable losses, no secret
        self.counts = dict.fromkeys(
            (FaultKind.LINK_LOSS, FaultKind.LINK_DROP, FaultKind.LINK_DUPLICATE, FaultKind.LINK_DELAY), 0
        )

    @property
    def is_clear(self) -> bool:
        """Whether no fault touches the link."""
        return not self._faults.active

    @property
    def delay_s(self) -> float:
        """How late a message passes now."""
        return self._faults.value(FaultKind.LINK_DELAY)

    def copies(self, *, counted: bool = True) -> int:
        """How often the next message passes: 0, 1 or 2; `counted` as one that a ground station feels."""
        if self.is_clear:
            return 1
        if FaultKind.LINK_LOSS in self._faults:
            self.counts[FaultKind.LINK_LOSS] += counted
            return 0
        if self._happens(FaultKind.LINK_DROP, counted=counted):
            return 0
        if FaultKind.LINK_DELAY in self._faults:
            self.counts[FaultKind.LINK_DELAY] += counted
        return 2 if self._happens(FaultKind.LINK_DUPLICATE, counted=counted) else 1

    def _happens(self, kind: FaultKind, *, counted: bool) -> bool:
        share = self._faults.value(kind)
        happens = share > 0 and self._random.random() < share
        self.counts[kind] += happens and counted
        return happens
