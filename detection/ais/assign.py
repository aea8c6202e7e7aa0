"""Which of the possible pairs of contacts and AIS vessels are taken: all at once, not each to its nearest.

A vessel under way may be several contacts, seen at different times. That is only believed where the contacts lie alike
against what it reported, so that a boat beside it is not taken for it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detection.ais.tracks import AisPosition, AisStatic
from detection.locate.sightings import Sighting
from detection.track.contacts import Contact
from detection.track.looks import Looks, log_odds, mean
from detection.track.merge import CUT_OFF
from planner.geo.points import Floats

GATE = 9.21
"""99 % point of chi-squared with two degrees of freedom."""

AMBIGUITY_RATIO = 1.5
"""An alternative that costs less than this many times the best makes a match ambiguous."""

HULL_SHARE = 0.15
"""How far, as a share of its length, the middle of a vessel may seem to move against its antenna (own assumption)."""

LENGTHS_APART = 1.35
"""Lengths that differ by more than this factor are those of two vessels."""

LOOKS_APART = -1.5
"""Colours that speak this much (log odds) for two vessels are believed."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A vessel that a contact may be. `offset` of the contact from the middle of its declared hull, east and north in
    metres, with covariance `loose`, less the error that all its reports have in common.
    """  # noqa: D205

    static: AisStatic
    position: AisPosition
    gap_m: float
    cost: float
    offset: Floats = field(default_factory=lambda: np.zeros(2))
    loose: Floats = field(default_factory=lambda: np.eye(2))
    moving_kn: float = 1.0

    @property
    def under_way(self) -> bool:
        """Whether it reports that it moves."""
        return (self.position.speed_kn or 0.0) >= self.moving_kn


class Moments:
    """When contacts were seen and what they look like: whether two may be one vessel seen at two times."""

    def __init__(self, contacts: Iterable[Contact], sightings: Iterable[Sighting]) -> None:
        by_id = {s.sighting_id: s for s in sightings}
        self._contacts = {c.contact_id: c for c in contacts}
        self._seen = {name: [by_id[i] for i in c.sighting_ids if i in by_id] for name, c in self._contacts.items()}

    def exclude(self, one: str, other: str) -> bool:
        """Whether the two were seen at one moment, or differ in length or colours: they are two vessels."""
        a, b = self._contacts[one], self._contacts[other]
        return (
            self._at_once(a, b) or _lengths_differ(a, b) or log_odds(self._looks(one), self._looks(other)) < LOOKS_APART
        )

    def _at_once(self, a: Contact, b: Contact) -> bool:
        seen, others = self._seen[a.contact_id], self._seen[b.contact_id]
        if seen and others:
            return bool({s.frame_id for s in seen} & {s.frame_id for s in others})
        if a.first_seen_utc is None or b.first_seen_utc is None or a.last_seen_utc is None or b.last_seen_utc is None:
            return True
        return a.first_seen_utc <= b.last_seen_utc and b.first_seen_utc <= a.last_seen_utc

    def _looks(self, contact_id: str) -> Looks | None:
        return mean([s.looks for s in self._seen[contact_id] if s.looks is not None and not s.truncated])


def _lengths_differ(a: Contact, b: Contact) -> bool:
    if a.length_m is None or b.length_m is None or CUT_OFF in a.notes or CUT_OFF in b.notes:
        return False
    return max(a.length_m[0], b.length_m[0]) > LENGTHS_APART * min(a.length_m[1], b.length_m[1])


@dataclass
class Costs:
    """Candidates by contact and vessel."""

    moments: Moments
    by_pair: dict[tuple[str, int], Candidate] = field(default_factory=dict)
    of_contact: dict[str, set[int]] = field(default_factory=dict)
    of_vessel: dict[int, set[str]] = field(default_factory=dict)

    def add(self, contact_id: str, candidate: Candidate) -> None:
        """Notes a possible pair."""
        mmsi = candidate.static.mmsi
        self.by_pair[contact_id, mmsi] = candidate
        self.of_contact.setdefault(contact_id, set()).add(mmsi)
        self.of_vessel.setdefault(mmsi, set()).add(contact_id)

    def cost(self, contact_id: str, mmsi: int) -> float:
        """Infinite for what is no possible pair."""
        found = self.by_pair.get((contact_id, mmsi))
        return math.inf if found is None else found.cost

    def together(self, one: str, other: str, mmsi: int) -> bool:
        """Whether two contacts can both be this vessel, seen at two times."""
        a, b = self.by_pair.get((one, mmsi)), self.by_pair.get((other, mmsi))
        if a is None or b is None or not (a.under_way or b.under_way) or self.moments.exclude(one, other):
            return False
        body = np.eye(2) * (HULL_SHARE * (a.static.length_m or 0.0)) ** 2
        off = a.offset - b.offset
        return float(off @ np.linalg.solve(a.loose + b.loose + body, off)) <= GATE


def assigned(costs: Costs) -> dict[str, int]:
    """Contact -> vessel: the cheapest assignment that leaves as few contacts as possible without a candidate.

    Then, again and again, further contacts that can be a vessel together with those that it has.
    """
    chosen: dict[str, int] = {}
    while True:
        open_pairs = [
            (contact_id, mmsi)
            for contact_id, mmsi in costs.by_pair
            if contact_id not in chosen
            and all(costs.together(contact_id, c, mmsi) for c, vessel in chosen.items() if vessel == mmsi)
        ]
        more = _cheapest(open_pairs, costs)
        if not more:
            return chosen
        chosen |= more


def _cheapest(pairs: Sequence[tuple[str, int]], costs: Costs) -> dict[str, int]:
    """Each contact and each vessel at most once."""
    if not pairs:
        return {}
    from scipy.optimize import linear_sum_assignment

    rows, columns = sorted({c for c, _ in pairs}), sorted({mmsi for _, mmsi in pairs})
    row_of = {contact_id: n for n, contact_id in enumerate(rows)}
    column_of = {mmsi: n for n, mmsi in enumerate(columns)}
    table = np.full((len(rows), len(columns)), 1e6)
    for contact_id, mmsi in pairs:
        table[row_of[contact_id], column_of[mmsi]] = costs.cost(contact_id, mmsi)
    found = zip(*linear_sum_assignment(table), strict=True)
    return {rows[r]: columns[c] for r, c in found if table[r, c] < 1e6}


def loser_is_close(contact_id: str, mmsi: int, chosen: Mapping[str, int], costs: Costs) -> bool:
    """Whether a contact fits a vessel nearly as well as the one that got it in its place."""
    winners = [c for c in costs.of_vessel[mmsi] if chosen.get(c) == mmsi]
    best = min((costs.cost(c, mmsi) for c in winners), default=math.inf)
    return math.isfinite(best) and costs.cost(contact_id, mmsi) < AMBIGUITY_RATIO * best


def best_alternative(
    contact_id: str, mmsi: int, chosen: Mapping[str, int], costs: Costs
) -> tuple[float | None, int | None]:
    """The cheapest other way to place this pair, as a ratio, and the vessel it would give to the contact or None."""
    own = costs.cost(contact_id, mmsi)
    ratios: list[tuple[float, int | None]] = []
    for other in costs.of_contact[contact_id] - {mmsi}:
        in_the_way = [c for c, v in chosen.items() if v == other and not costs.together(contact_id, c, other)]
        if not in_the_way:
            ratios.append((costs.cost(contact_id, other) / own, other))
        for holder in in_the_way:
            swapped = costs.cost(contact_id, other) + costs.cost(holder, mmsi)
            ratios.append((swapped / (own + costs.cost(holder, other)), other))
    left = [c for c in costs.of_vessel[mmsi] - {contact_id} if c not in chosen]
    ratios += [(costs.cost(c, mmsi) / own, None) for c in left]
    finite = [r for r in ratios if math.isfinite(r[0])]
    return min(finite, key=lambda r: (r[0], r[1] or 0)) if finite else (None, None)
