"""Whether two vehicles answer to one system id: what is sent to one would reach both. Pure.

Their clocks and their places cannot both belong to one vehicle: the time since the start jumps back again and again,
which a restart does once, or the place jumps to and fro.
"""

from dataclasses import dataclass, replace

from planner.geo.points import LatLon, distance_m

BACK_MS = 5000
TIMES, KEPT_S = 3, 30.0
FASTEST_M_S, NOISE_M = 150.0, 50.0


@dataclass(frozen=True, slots=True)
class Twins:
    """What was told last, and when it last did not fit (on the station's clock)."""

    boot_ms: int | None = None
    at: LatLon | None = None
    at_ms: int = 0
    clashes_s: tuple[float, ...] = ()

    def are_two(self, now_s: float) -> bool:
        """Whether there are two; half a minute after the last sign of it one of them is taken to be gone."""
        return len([s for s in self.clashes_s if now_s - s < KEPT_S]) >= TIMES

    def on_clock(self, boot_ms: int, now_s: float) -> "Twins":
        """A time since the start was told, in milliseconds."""
        back = self.boot_ms is not None and boot_ms < self.boot_ms - BACK_MS
        return replace(self._clash(now_s) if back else self, boot_ms=boot_ms)

    def on_place(self, at: LatLon, boot_ms: int, now_s: float) -> "Twins":
        """A place was told, with the time since the start: its own clock says how far it can have come."""
        reach_m = NOISE_M + FASTEST_M_S * max(0, boot_ms - self.at_ms) / 1000
        jumped = self.at is not None and distance_m(self.at, at) > reach_m
        return replace(self._clash(now_s) if jumped else self, at=at, at_ms=boot_ms)

    def _clash(self, now_s: float) -> "Twins":
        return replace(self, clashes_s=(*self.clashes_s, now_s)[-TIMES:])
