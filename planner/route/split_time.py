"""When drones start so that they stay clear of each other: tracks in time, compared second by second."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.geo.points import Floats

STEP_S = 2.0
DELAY_S = 15.0
"""Starts are put off in steps of this."""
LATEST_S = 6 * 3600.0
AIRBORNE_M = 0.5


@dataclass(frozen=True, slots=True)
class Clearance:
    """How far drones stay apart, in height or sideways, and how their heights to and from the work differ; metres."""

    across_m: float = 50.0
    above_m: float = 10.0
    height_step_m: float = 15.0
    stagger_s: float = 30.0
    """Least time between two take-offs."""

    def __post_init__(self) -> None:
        for name, value in (("across", self.across_m), ("above", self.above_m), ("height step", self.height_step_m)):
            if not 0 < value <= 1000:
                raise ValueError(f"separation {name} must lie in (0, 1000] m, got {value}")
        if not 0 <= self.stagger_s <= 3600:
            raise ValueError(f"take-offs must lie 0..3600 s apart, got {self.stagger_s}")


@dataclass(frozen=True, slots=True)
class Track:
    """Where one sortie is: rows (second after its take-off, east, north, height), straight between them."""

    drone: int
    number: int
    rows: tuple[tuple[float, float, float, float], ...]
    columns: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", np.array(self.rows).T.copy())

    @property
    def lasts_s(self) -> float:
        """From take-off to landing."""
        return self.rows[-1][0]


def starts_of(tracks: Sequence[Track], clear: Clearance, *, swap_s: float) -> tuple[list[float], bool]:
    """For each track the second of its take-off; whether all stay clear of each other.

    Sorties of one drone follow one another with `swap_s` between them. First sorties of all drones come first, each
    as early as it stays clear of those before it; one that never does starts when all others have landed.
    """
    order = sorted(range(len(tracks)), key=lambda i: (tracks[i].number, tracks[i].drone))
    starts: dict[int, float] = {}
    all_clear = True
    for i in order:
        track = tracks[i]
        own = [starts[k] + tracks[k].lasts_s + swap_s for k in starts if tracks[k].drone == track.drone]
        earliest = max(own, default=0.0)
        others = [(tracks[k], starts[k]) for k in starts if tracks[k].drone != track.drone]
        last = max((start + other.lasts_s for other, start in others), default=0.0)
        at = earliest
        while at < last + clear.stagger_s and not _is_clear(track, at, others, clear):
            at += DELAY_S
            if at > earliest + LATEST_S:
                all_clear = False
                break
        starts[i] = at
    return [starts[i] for i in range(len(tracks))], all_clear


def _is_clear(track: Track, at_s: float, others: list[tuple[Track, float]], clear: Clearance) -> bool:
    for other, start in others:
        if abs(at_s - start) < clear.stagger_s or not apart(track, at_s, other, start, clear):
            return False
    return True


def apart(first: Track, first_s: float, second: Track, second_s: float, clear: Clearance) -> bool:
    """Whether two sorties, begun at those seconds, are always clear of each other while both are in the air."""
    begin = max(first_s, second_s)
    end = min(first_s + first.lasts_s, second_s + second.lasts_s)
    if end <= begin:
        return True
    times = np.arange(begin, end, STEP_S)
    a, b = _at(first, times - first_s), _at(second, times - second_s)
    sideways = np.hypot(a[0] - b[0], a[1] - b[1])
    near = (sideways < clear.across_m) & (np.abs(a[2] - b[2]) < clear.above_m)
    flying = (a[2] > AIRBORNE_M) & (b[2] > AIRBORNE_M)
    return not bool((near & flying).any())


def _at(track: Track, times: Floats) -> Floats:
    at_s, *others = track.columns
    return np.stack([np.interp(times, at_s, column) for column in others])
