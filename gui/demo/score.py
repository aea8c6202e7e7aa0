"""What a case found, compared with what was really there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.track.contacts import Contact
from planner.geo.points import LatLon, distance_m

GATE_M = 15.0
"""A contact counts as a vessel if it lies within this distance of its middle, or within half its length."""


@dataclass(frozen=True, slots=True)
class TrueVessel:
    """A vessel of the simulator: `at(moment)` is the middle of its waterline then.

    `counts`: enough of it was shown that not finding it is a miss; the others may be found, and need not.
    """

    vessel_id: str
    kind: str
    length_m: float
    at: Callable[[datetime], LatLon]
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    """A contact and the vessel it is, with the distance between them at the contact's time."""

    contact_id: str
    vessel_id: str
    error_m: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of vessels flown over (those long enough to count), and position errors of the found ones."""

    vessels: int
    matches: tuple[Match, ...]
    missed: tuple[TrueVessel, ...]
    false_contact_ids: tuple[str, ...]

    @property
    def found(self) -> int:
        """How many of the vessels that count were found."""
        return self.vessels - len(self.missed)

    @property
    def median_error_m(self) -> float | None:
        """Median position error; None if nothing was found."""
        return self._percentile(50)

    @property
    def p90_error_m(self) -> float | None:
        """90th percentile of the position error; None if nothing was found."""
        return self._percentile(90)

    def _percentile(self, percent: float) -> float | None:
        if not self.matches:
            return None
        return float(np.percentile([m.error_m for m in self.matches], percent))


def compare(
    flown_over: Sequence[TrueVessel], contacts: Sequence[Contact], *, least_length_m: float = 5.0
) -> Comparison:
    """Pairs contacts with the vessels that were flown over, one to one, nearest in sum.

    Vessels of `least_length_m` or less, and those that do not count, may be found but are not counted. A contact
    without a position or a time, or one that is left over (also a second contact on a vessel that has one), is false.
    """
    placed = [(c, c.at, c.at_utc) for c in contacts if c.at is not None and c.at_utc is not None]
    cost = np.full((len(placed), len(flown_over)), np.inf)
    for row, (_, at, moment) in enumerate(placed):
        for column, vessel in enumerate(flown_over):
            away = distance_m(at, vessel.at(moment))
            if away <= max(GATE_M, vessel.length_m / 2):
                cost[row, column] = away
    pairs = _assigned(cost)
    matches = tuple(
        Match(placed[r][0].contact_id, flown_over[c].vessel_id, float(cost[r, c])) for r, c in sorted(pairs.items())
    )
    used = {m.contact_id for m in matches}
    found = {m.vessel_id for m in matches}
    counted = [v for v in flown_over if v.counts and v.length_m > least_length_m]
    counted_ids = {v.vessel_id for v in counted}
    return Comparison(
        vessels=len(counted),
        matches=tuple(m for m in matches if m.vessel_id in counted_ids),
        missed=tuple(v for v in counted if v.vessel_id not in found),
        false_contact_ids=tuple(c.contact_id for c in contacts if c.contact_id not in used),
    )


def _assigned(cost: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> dict[int, int]:
    if cost.size == 0:
        return {}
    far = 1e6
    rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, far))
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if np.isfinite(cost[r, c])}
