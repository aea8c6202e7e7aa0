"""The marks of an analyst: what was decided about each contact, against what was really there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from planner.geo.points import LatLon, distance_m
from sitl.exam.points import Moment, Points, clock, share_of
from sitl.exam.record import Record
from sitl.scenario.values import Mark
from sitl.world.events import SEEN, Event
from sitl.world.harbour import Harbour
from sitl.world.hulls import NO_VESSELS
from sitl.world.vessels import Vessel

GATE_M = 15.0
"""A contact is a vessel if it lies within this distance of its middle, or within half its length."""
FALSE_COST = 0.25
"""Share of the points for false flags that each one costs."""
SHORTEST_NOTE = 10
"""Letters that a reason has at least."""


class Decided(StrEnum):
    """What an analyst said of a contact."""

    SUSPICIOUS = "suspicious"
    CLEARED = "cleared"
    UNSURE = "unsure"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """A contact of a case: where and when it was seen, and what was decided last (None times: never)."""

    contact_id: str
    at: LatLon | None
    at_utc: datetime | None
    decided: Decided
    note: str = ""
    decided_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a picture shows at least by half: its time, and the ids."""

    at_utc: datetime
    vessel_ids: frozenset[str]


@dataclass(frozen=True)
class Reviewed:
    """An analyst's exam, ready to be marked. `shown` are the vessels that the pictures show well enough."""

    record: Record
    harbour: Harbour
    decisions: tuple[Decision, ...]
    shown: tuple[str, ...]
    which: dict[str, str] = field(default_factory=dict)
    """Contact id -> vessel id, for those that are a vessel."""

    seen: tuple[Sight, ...] = ()
    """What each picture shows, for the events."""

    def is_vessel(self, vessel_id: str) -> bool:
        """Whether it is a vessel, and no package or person in the water."""
        return self.harbour.vessel(vessel_id).kind not in NO_VESSELS

    def decision_on(self, vessel_id: str) -> Decision | None:
        """What was decided about a vessel; None if there is no contact of it."""
        return next((d for d in self.decisions if self.which.get(d.contact_id) == vessel_id), None)


def reviewed_by(record: Record, harbour: Harbour, decisions: Sequence[Decision], seen: Sequence[Sight]) -> Reviewed:
    """Pairs contacts with vessels, one to one, nearest in sum."""
    placed = [d for d in decisions if d.at is not None and d.at_utc is not None]
    cost = np.full((len(placed), len(harbour.vessels)), 1e6)
    for row, decision in enumerate(placed):
        for column, vessel in enumerate(harbour.vessels):
            away = _away_m(harbour, vessel, decision)
            if away <= max(GATE_M, vessel.length_m / 2):
                cost[row, column] = away
    which = {}
    if placed:
        from scipy.optimize import linear_sum_assignment  # slow to load, and every command loads this module

        rows, columns = linear_sum_assignment(cost)
        which = {
            placed[r].contact_id: harbour.vessels[c].vessel_id
            for r, c in zip(rows, columns, strict=True)
            if cost[r, c] < 1e6
        }
    shown = sorted(set().union(*(s.vessel_ids for s in seen)))
    return Reviewed(record, harbour, tuple(decisions), tuple(shown), which, tuple(seen))


def found(reviewed: Reviewed, most: int) -> Points:
    """For each suspicious vessel that the pictures show: all for suspicious, half for unsure, nothing otherwise."""
    scenario = reviewed.record.scenario
    asked = [v for v in reviewed.shown if scenario.why_suspicious(v) and reviewed.is_vessel(v)]
    if not asked:
        return Points(
            Mark.FOUND, float(most), most, (Moment(None, "Nothing suspicious is in the pictures.", good=True),)
        )
    share, moments = 0.0, []
    for vessel_id in asked:
        vessel, decision = reviewed.harbour.vessel(vessel_id), reviewed.decision_on(vessel_id)
        what = f"{vessel_id} ({vessel.kind}, {vessel.length_m:.0f} m)"
        why = scenario.why_suspicious(vessel_id) or ""
        decided = decision.decided if decision is not None else None
        if decided is Decided.SUSPICIOUS:
            share += 1
            moments.append(Moment(_second(reviewed, decision), f"{what}: flagged. {why}", good=True))
        elif decided is Decided.UNSURE:
            share += 0.5
            moments.append(Moment(_second(reviewed, decision), f"{what}: left unsure. {why}"))
        else:
            said = "was not found in the pictures" if decision is None else f"{decided}"
            moments.append(Moment(_second(reviewed, decision), f"{what}: {said}. {why}"))
    return Points(Mark.FOUND, share_of(most, share / len(asked)), most, tuple(moments))


def false_flags(reviewed: Reviewed, most: int) -> Points:
    """Nothing lost without a false flag; each one, on an innocent vessel or on no vessel, costs a quarter."""
    scenario = reviewed.record.scenario
    moments = []
    for decision in reviewed.decisions:
        if decision.decided is not Decided.SUSPICIOUS:
            continue
        vessel_id = reviewed.which.get(decision.contact_id)
        if vessel_id is None:
            moments.append(Moment(_second(reviewed, decision), f"Contact {decision.contact_id[:8]} is no vessel."))
        elif not scenario.why_suspicious(vessel_id):
            kind = reviewed.harbour.vessel(vessel_id).kind
            moments.append(Moment(_second(reviewed, decision), f"{vessel_id} ({kind}) did nothing suspicious."))
    flagged = any(d.decided is not Decided.NOTHING for d in reviewed.decisions)
    share = 1.0 - FALSE_COST * len(moments) if flagged else 0.0
    if not flagged:
        moments.append(Moment(None, "No contact was reviewed."))
    return Points(Mark.FALSE_FLAGS, share_of(most, share), most, tuple(moments))


def reasons(reviewed: Reviewed, most: int) -> Points:
    """The share of the suspicious verdicts that say why, in a note of at least ten letters."""
    flagged = [d for d in reviewed.decisions if d.decided is Decided.SUSPICIOUS]
    if not flagged:
        return Points(Mark.REASONS, 0.0, most, (Moment(None, "No contact was flagged."),))
    silent = [d for d in flagged if len(d.note.strip()) < SHORTEST_NOTE]
    moments = tuple(
        Moment(_second(reviewed, d), f"Contact {d.contact_id[:8]} was flagged without a reason.") for d in silent
    )
    return Points(Mark.REASONS, share_of(most, 1 - len(silent) / len(flagged)), most, moments)


def speed(reviewed: Reviewed, most: int) -> Points:
    """All points for the last verdict within the time, none at twice the time, in proportion between."""
    limit = reviewed.record.scenario.time_limit_s
    times = [_second(reviewed, d) for d in reviewed.decisions if d.decided_utc is not None]
    last = max((t for t in times if t is not None), default=None)
    if last is None:
        return Points(Mark.SPEED, 0.0, most, (Moment(None, "No contact was reviewed."),))
    share = 1.0 if last <= limit else 2.0 - last / limit
    text = f"The last verdict came after {clock(last)}; the time was {clock(limit)}."
    return Points(Mark.SPEED, share_of(most, share), most, (Moment(last, text, good=last <= limit),))


def events(reviewed: Reviewed, most: int) -> Points:
    """For each event that a picture shows: all if whoever is seen in it was flagged, in proportion otherwise."""
    scenario, start_s = reviewed.record.scenario, reviewed.record.scenario.start_utc.timestamp()
    shares, moments = [], []
    for event in reviewed.harbour.events:
        asked = sorted(_seen_in(reviewed, event))
        if event.kind not in SEEN or not any(scenario.why_suspicious(w) for w in event.who) or not asked:
            continue
        decisions = [d for w in asked if (d := reviewed.decision_on(w)) is not None and d.decided is Decided.SUSPICIOUS]
        shares.append(len(decisions) / len(asked))
        when = clock(event.begin_s - start_s)
        said = "flagged" if len(decisions) == len(asked) else f"{len(decisions)} of {len(asked)} flagged"
        text = f"{event.kind} of {', '.join(event.who)} at {when} of the scenario: {said}."
        last = max(decisions, key=lambda d: d.decided_utc or scenario.start_utc, default=None)
        moments.append(Moment(_second(reviewed, last), text, good=len(decisions) == len(asked)))
    if not shares:
        return Points(Mark.EVENTS, float(most), most, (Moment(None, "The pictures show no event.", good=True),))
    return Points(Mark.EVENTS, share_of(most, sum(shares) / len(shares)), most, tuple(moments))


def _seen_in(reviewed: Reviewed, event: Event) -> set[str]:
    """The vessels of an event that a picture shows while it goes on."""
    while_on = [s.vessel_ids for s in reviewed.seen if event.is_on(s.at_utc.timestamp())]
    return {w for w in event.who if reviewed.is_vessel(w) and any(w in ids for ids in while_on)}


MARKS: dict[Mark, Callable[[Reviewed, int], Points]] = {
    Mark.FOUND: found,
    Mark.FALSE_FLAGS: false_flags,
    Mark.REASONS: reasons,
    Mark.SPEED: speed,
    Mark.EVENTS: events,
}


def _away_m(harbour: Harbour, vessel: Vessel, decision: Decision) -> float:
    if decision.at is None or decision.at_utc is None or not vessel.is_there(decision.at_utc):
        return float("inf")
    return distance_m(decision.at, harbour.place_of(vessel, decision.at_utc))


def _second(reviewed: Reviewed, decision: Decision | None) -> float | None:
    """When something was decided, in seconds of the wall clock since the exam began."""
    if decision is None or decision.decided_utc is None:
        return None
    return (decision.decided_utc - reviewed.record.header.started_utc).total_seconds()
