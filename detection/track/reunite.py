"""Contacts that may be one vessel which turned while no picture showed it, joined only where nothing else fits.

The straight-on motion of `associate` ends where a vessel turns. Here the question is what a vessel can reach in the
time: no farther than its speed allows, and turning no tighter than its length. Among all that lies within that reach,
length, speed and colours must speak for one vessel, and no other contact may fit nearly as well. What stays open is
left apart and said so in the notes of both (docs/georeferencing.md). Pure.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from detection.locate.sightings import Fix, Sighting
from detection.track.contacts import Contact
from detection.track.looks import Looks, log_odds, mean
from detection.track.merge import CUT_OFF, Apart, grouped, in_order, merged
from detection.track.motion import MotionModel
from detection.track.observations import ground_of
from detection.vision.boxes import VESSEL
from planner.geo.points import Floats, LocalFrame

LONGEST_GAP_S = 180.0
"""Contacts seen farther apart in time than this are never joined here."""
UNDER_WAY_M_S = 0.5
"""At least one of the two must be known to move this fast."""
SPEED_SLACK = 0.25
"""Share by which a vessel may go faster between two looks than it was seen to go."""
LEAST_RADIUS_LENGTHS = 1.0
"""A vessel turns no tighter than this many of its lengths (tactical diameters are two to five lengths)."""
SPEED_SPREAD, LENGTH_SPREAD = 0.15, 0.12
"""One sigma of what speed and length of one vessel differ by beside their errors, as shares."""
USUAL_SPEED_M_S = 12.0
"""Speeds of different vessels under way are taken to be spread evenly up to this."""
USUAL_LENGTH_SPREAD = 0.8
"""One sigma of the logarithm of different vessels' lengths."""
JOIN_LOG_ODDS = 2.3
"""Two contacts are joined at ten to one or more ..."""
MARGIN_LOG_ODDS = 2.3
"""... if no rival comes within a factor of ten."""
LOOKS_LOG_ODDS = 1.0
"""... and if their colours are known and agree so well."""
NOTE_LOG_ODDS = 0.0
LEAST_AREA_M2 = 1e5
_NOTE = "Joined from parts seen before and after a turn: within reach, and alike in speed, length and colours."


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A contact with what is asked of it: times (N,) and places (N, 2) of its sightings in order, metres."""

    contact: Contact
    times: Floats
    places: Floats
    sigma_m: Floats
    frames: frozenset[str]
    looks: Looks | None

    @property
    def under_way(self) -> bool:
        speed, sigma = self.contact.speed_m_s, self.contact.speed_sigma_m_s
        return speed is not None and sigma is not None and speed > max(UNDER_WAY_M_S, 3 * sigma)

    @property
    def at_rest(self) -> bool:
        return self.contact.speed_m_s is not None and not self.under_way


def reunited(
    contacts: Sequence[Contact],
    sightings: Iterable[Sighting],
    *,
    apart: Apart | None = None,
    model: MotionModel | None = None,
) -> tuple[Contact, ...]:
    """The contacts, with those put together that can only be one vessel; `apart` may forbid a pair.

    In order of their first sighting. Two that one picture shows are never joined, nor one at rest with one under way.
    """
    by_id = {s.sighting_id: s for s in sightings}
    ground = ground_of(s for s in by_id.values() if s.fix is not Fix.BEARING)
    found = list(contacts)
    if ground is None:
        return in_order(found)
    while True:
        parts = [part for c in found if (part := _part(c, by_id, ground)) is not None]
        odds = _odds(parts, apart, (model or MotionModel()).density_per_m2)
        pair = _clearest(odds, parts)
        if pair is None:
            return in_order(_noted(found, parts, odds))
        same = [(parts[pair[0]].contact.contact_id, parts[pair[1]].contact.contact_id)]
        found = [merged(group, _NOTE) for group in grouped(found, same)]


def _part(contact: Contact, by_id: Mapping[str, Sighting], ground: LocalFrame) -> _Part | None:
    """None for what takes no part: people, and contacts without place or time."""
    seen = [by_id[i] for i in contact.sighting_ids if i in by_id]
    usable = [(s, s.at, s.at_utc.timestamp()) for s in seen if s.at is not None and s.at_utc is not None]
    if contact.label != VESSEL or contact.at is None or not usable or len(usable) < len(seen):
        return None
    usable.sort(key=lambda u: (u[2], u[0].sighting_id))
    spread = [_doubt_m(s) for s, _, _ in usable]
    return _Part(
        contact,
        np.array([time for _, _, time in usable]),
        ground.to_metres([at for _, at, _ in usable]),
        np.array(spread),
        frozenset(s.frame_id for s, _, _ in usable),
        mean([s.looks for s, _, _ in usable if s.looks is not None and not s.truncated]),
    )


def _doubt_m(sighting: Sighting) -> float:
    """Three sigma of the place; a piece of a vessel may lie anywhere along it."""
    own = 3 * sighting.ellipse.major_m if sighting.ellipse else 100.0
    return own + (sighting.length_m[1] if sighting.truncated and sighting.length_m else 0.0)


def _odds(parts: Sequence[_Part], apart: Apart | None, density_per_m2: float) -> dict[tuple[int, int], float]:
    """Log odds, for each pair that can be one vessel, of its being one."""
    able = [i for i, part in enumerate(parts) if not part.at_rest]
    area = _area(parts)
    density = max(density_per_m2, sum(part.under_way for part in parts) / area)
    odds = {}
    for n, i in enumerate(able):
        for j in able[n + 1 :]:
            one, other = parts[i], parts[j]
            if one.frames & other.frames or not (one.under_way or other.under_way):
                continue
            reach = _reach(one, other)
            if reach is None or (apart is not None and apart(one.contact, other.contact)):
                continue
            told = _speed_odds(one, other) + _length_odds(one.contact, other.contact)
            odds[i, j] = told + log_odds(one.looks, other.looks) - math.log(min(reach, area) * density)
    return odds


def _area(parts: Sequence[_Part]) -> float:
    """Square metres over which the sightings lie."""
    if not parts:
        return LEAST_AREA_M2
    places = np.concatenate([part.places for part in parts])
    return float(max(np.prod(np.ptp(places, axis=0)), LEAST_AREA_M2))


def _reach(one: _Part, other: _Part) -> float | None:
    """Square metres that the vessel could have got to between the two; None if one cannot be the other."""
    speed = max(_fastest(part) for part in (one, other) if part.under_way)
    if not _speeds_agree(one, other):
        return None
    times = np.concatenate([one.times, other.times])
    owner = np.concatenate([np.zeros(len(one.times), int), np.ones(len(other.times), int)])
    places, doubt = np.concatenate([one.places, other.places]), np.concatenate([one.sigma_m, other.sigma_m])
    order = np.argsort(times, kind="stable")
    between = [(int(a), int(b)) for a, b in pairwise(order) if owner[a] != owner[b]]
    shortest = math.inf
    for a, b in between:
        gap_s = float(times[b] - times[a])
        away = float(np.linalg.norm(places[b] - places[a]))
        if gap_s <= 0 or away > speed * gap_s + doubt[a] + doubt[b]:
            return None
        shortest = min(shortest, gap_s)
    if shortest > LONGEST_GAP_S or (len(between) == 1 and not _can_turn(one, other, speed * shortest)):
        return None
    return math.pi * (speed * shortest + float(doubt.min())) ** 2


def _fastest(part: _Part) -> float:
    contact = part.contact
    return (contact.speed_m_s or 0.0) * (1 + SPEED_SLACK) + 2 * (contact.speed_sigma_m_s or 0.0)


def _can_turn(one: _Part, other: _Part, run_m: float) -> bool:
    """Whether the way between is long enough to come round from one course to the other."""
    courses = [part.contact.course_deg for part in (one, other)]
    if courses[0] is None or courses[1] is None:
        return True
    turn = math.radians(abs(math.remainder(courses[1] - courses[0], 360.0)))
    # a fitted course is the middle of what was seen: half of either part's own turning is in it
    run_m += sum(float(np.linalg.norm(np.diff(part.places, axis=0), axis=1).sum()) / 2 for part in (one, other))
    length = min((c.length_m[0] for c in (one.contact, other.contact) if c.length_m), default=0.0)
    return turn * LEAST_RADIUS_LENGTHS * length <= run_m


def _speeds_agree(one: _Part, other: _Part) -> bool:
    told = _speed_gap(one, other)
    return told is None or told[0] <= 3 * told[1]


def _speed_gap(one: _Part, other: _Part) -> tuple[float, float] | None:
    """Difference of speeds and its sigma; None where one of them is not known."""
    a, b = one.contact, other.contact
    if a.speed_m_s is None or b.speed_m_s is None or a.speed_sigma_m_s is None or b.speed_sigma_m_s is None:
        return None
    spread = SPEED_SPREAD * max(a.speed_m_s, b.speed_m_s)
    return abs(a.speed_m_s - b.speed_m_s), math.sqrt(a.speed_sigma_m_s**2 + b.speed_sigma_m_s**2 + spread**2)


def _speed_odds(one: _Part, other: _Part) -> float:
    told = _speed_gap(one, other)
    if told is None:
        return 0.0
    gap, sigma = told
    return -0.5 * (gap / sigma) ** 2 - math.log(sigma * math.sqrt(2 * math.pi)) + math.log(USUAL_SPEED_M_S)


def _length_odds(a: Contact, b: Contact) -> float:
    if a.length_m is None or b.length_m is None or CUT_OFF in a.notes or CUT_OFF in b.notes:
        return 0.0
    (low, spread), (other_low, other_spread) = _log_length(a.length_m), _log_length(b.length_m)
    sigma = math.sqrt(spread**2 + other_spread**2 + 2 * LENGTH_SPREAD**2)
    wide = math.hypot(sigma, math.sqrt(2) * USUAL_LENGTH_SPREAD)
    gap = low - other_low
    return 0.5 * gap**2 * (1 / wide**2 - 1 / sigma**2) + math.log(wide / sigma)


def _log_length(length_m: tuple[float, float]) -> tuple[float, float]:
    """Middle of an interval of lengths and its sigma, in logarithms."""
    low, high = max(length_m[0], 0.5), max(length_m[1], 0.5)
    return math.log(low * high) / 2, math.log(high / low) / math.sqrt(12)


def _clearest(odds: Mapping[tuple[int, int], float], parts: Sequence[_Part]) -> tuple[int, int] | None:
    """The likeliest pair, if it is likely enough and nothing else fits either of the two nearly as well."""
    for pair in sorted(odds, key=lambda p: (-odds[p], p)):
        if odds[pair] < JOIN_LOG_ODDS:
            return None
        if log_odds(parts[pair[0]].looks, parts[pair[1]].looks) < LOOKS_LOG_ODDS:
            continue
        rival = max(
            (odds[p] for p in odds if p != pair and set(p) & set(pair) and _exclude(p, pair, odds)), default=-math.inf
        )
        if odds[pair] - max(rival, 0.0) >= MARGIN_LOG_ODDS:
            return pair
    return None


def _exclude(rival: tuple[int, int], pair: tuple[int, int], odds: Mapping[tuple[int, int], float]) -> bool:
    """Whether not both pairs can be true: the two ends that they do not share are not themselves one vessel."""
    (a,), (b,) = set(rival) - set(pair), set(pair) - set(rival)
    return (min(a, b), max(a, b)) not in odds


def _noted(contacts: Sequence[Contact], parts: Sequence[_Part], odds: Mapping[tuple[int, int], float]) -> list[Contact]:
    """The contacts, each with the names of those that it may be."""
    open_pairs = [pair for pair in sorted(odds) if odds[pair] > NOTE_LOG_ODDS]
    other: dict[str, list[str]] = {}
    for i, j in open_pairs:
        for a, b in ((i, j), (j, i)):
            other.setdefault(parts[a].contact.contact_id, []).append(parts[b].contact.contact_id)
    return [
        replace(c, notes=(*c.notes, *(f"May be the same vessel as {o}." for o in other[c.contact_id])))
        if c.contact_id in other
        else c
        for c in contacts
    ]
