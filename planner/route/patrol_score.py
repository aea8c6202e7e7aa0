"""How good patrols are: gaps, unseen visits, return-time entropy, and what an observer can foretell.

All scores are of a series of patrols of one strategy, each from second 0 to `duration_s`. A stay of N seconds at a
watch is unseen if no visit falls within it. Sources: return-time entropy after Duan, George and Bullo, "Markov chains
with maximum return time entropy for robotic surveillance", IEEE Transactions on Automatic Control 65 (2020); the
visitor who waits until the patrol has gone after Alpern, Morton and Papadaki, "Patrolling games" (2011).
"""

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from planner.route.patrol import Patrol

STARTS = 60
"""How many moments of a patrol an observer chooses from."""
WAITS = (0.0, 0.25, 0.5, 1.0)
"""How long a visitor waits after the drone has gone, in lengths of his stay."""
BASE = 1_000_003
"""More than there are watches: two of them make one number."""
LEAST_CASES = 20
"""A chance is estimated from this many cases at least."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a series of patrols; entropy in bits, times in seconds, chances in 0..1.

    `return_entropy` of the return times in steps of `step_s`, mean over watches by value; `surprise_per_hour` the same
    divided by the mean return time: the entropy rate of the visits as a renewal process. `worst_gap_s` is the mean over
    patrols of the longest time that any watch was left alone, `gaps_s` that of each watch, `gap_by_value_s` their mean
    by value; `longest_gaps_s` is the single longest of each watch in all patrols. `unseen` is the chance
    that a stay at a random moment goes unseen, mean by value; `unseen_timed` that of the best moment after the drone
    has gone, at the watch where that costs most. `foretold` is the share of visits of which the observer names the
    next watch (who saw the last `known` patrols, and this one up to then). `loss` is the value lost to the better of
    two visitors, in shares of the greatest value: one who waits for the drone to go, one who chooses watch and minute
    from the last `known` patrols.
    """

    return_entropy: float
    surprise_per_hour: float
    worst_gap_s: float
    gap_by_value_s: float
    gaps_s: tuple[float, ...]
    longest_gaps_s: tuple[float, ...]
    unseen: float
    unseen_timed: float
    foretold: float
    loss: float


def score(
    patrols: Sequence[Patrol], values: Floats, *, duration_s: float, stay_s: float, step_s: float, known: int = 5
) -> Scores:
    """The scores of `patrols`, visits at watches with `values`.

    Raises:
        ValueError: fewer patrols than an observer sees and one more, or a stay longer than the patrol.
    """
    if len(patrols) <= known:
        raise ValueError(f"an observer of {known} patrols needs {known + 1} at least, got {len(patrols)}")
    if not 0 < stay_s < duration_s:
        raise ValueError(f"a stay must be shorter than the patrol of {duration_s:g} s, got {stay_s:g} s")
    share = values / values.sum()
    gaps = [all_gaps(patrol, len(values), duration_s) for patrol in patrols]
    returns = [returns_of(patrols, watch) for watch in range(len(values))]
    entropies = np.array([entropy_bits(times, step_s) for times in returns])
    rates = np.array([e / (sum(t) / len(t)) * 3600 if t else 0.0 for e, t in zip(entropies, returns, strict=True)])
    longest = np.array([[max(end - start for start, end in watch) for watch in patrol] for patrol in gaps])
    unseen = np.array([[unseen_chance(watch, duration_s, stay_s) for watch in patrol] for patrol in gaps])
    timed = timed_chances(gaps, duration_s, stay_s)
    costs = timed * values
    return Scores(
        return_entropy=float(share @ entropies),
        surprise_per_hour=float(share @ rates),
        worst_gap_s=float(longest.max(axis=1).mean()),
        gap_by_value_s=float(share @ longest.mean(axis=0)),
        gaps_s=tuple(float(g) for g in longest.mean(axis=0)),
        longest_gaps_s=tuple(float(g) for g in longest.max(axis=0)),
        unseen=float(share @ unseen.mean(axis=0)),
        unseen_timed=float(timed[int(np.argmax(costs))]),
        foretold=foretold(patrols, known),
        loss=max(float(costs.max()), observer_loss(gaps, values, duration_s, stay_s, known)) / float(values.max()),
    )


def gaps_of(patrol: Patrol, watch: int, duration_s: float) -> list[tuple[float, float]]:
    """From when to when a watch is left alone, from the start of the patrol to its end."""
    at, gaps = 0.0, []
    for visit in patrol:
        if visit.watch == watch:
            gaps.append((at, visit.comes_s))
            at = visit.goes_s
    return [*gaps, (at, duration_s)]


def all_gaps(patrol: Patrol, watches: int, duration_s: float) -> list[list[tuple[float, float]]]:
    """The gaps of each of so many watches, as `gaps_of` gives them."""
    at = [0.0] * watches
    gaps: list[list[tuple[float, float]]] = [[] for _ in range(watches)]
    for visit in patrol:
        gaps[visit.watch].append((at[visit.watch], visit.comes_s))
        at[visit.watch] = visit.goes_s
    for watch, since in enumerate(at):
        gaps[watch].append((since, duration_s))
    return gaps


def returns_of(patrols: Sequence[Patrol], watch: int) -> list[float]:
    """All times from the start of one visit to the start of the next at a watch."""
    times: list[float] = []
    for patrol in patrols:
        starts = [visit.comes_s for visit in patrol if visit.watch == watch]
        times.extend(b - a for a, b in itertools.pairwise(starts))
    return times


def entropy_bits(times_s: Sequence[float], step_s: float) -> float:
    """Shannon entropy of times counted in steps.

    >>> entropy_bits([60.0, 120.0, 61.0, 119.0], 60.0)
    1.0
    """
    counts = Counter(round(time / step_s) for time in times_s)
    whole = len(times_s)
    return sum(n / whole * math.log2(whole / n) for n in counts.values())


def unseen_chance(gaps: Sequence[tuple[float, float]], duration_s: float, stay_s: float) -> float:
    """Chance that a stay begun at a random moment, and over before the patrol is, falls into a gap."""
    return sum(max(0.0, end - start - stay_s) for start, end in gaps) / (duration_s - stay_s)


def timed_chances(gaps: Sequence[Sequence[Sequence[tuple[float, float]]]], duration_s: float, stay_s: float) -> Floats:
    """For each watch the chance of a stay unseen that begins a while after the drone has gone; the best while.

    The stay must be over before the patrol is; a watch that is never visited has chance 1.
    """
    chances = np.ones(len(gaps[0]))
    for watch in range(len(gaps[0])):
        # the first gap follows no visit
        after = np.array([gap for patrol in gaps for gap in patrol[watch][1:]]).reshape(-1, 2)
        found = []
        for wait in WAITS:
            begins = after[:, 0] + wait * stay_s
            cases = (begins + stay_s <= duration_s) & (after[:, 1] > begins)
            if cases.sum() >= (1 if wait == 0 else LEAST_CASES):
                found.append(float((after[cases, 1] >= (begins + stay_s)[cases]).mean()))
        chances[watch] = max(found, default=1.0)
    return chances


def unseen_at(gaps: Sequence[Sequence[tuple[float, float]]], starts: Floats, stay_s: float) -> npt.NDArray[np.bool_]:
    """For each watch and start whether a stay goes unseen in one patrol."""
    rows = []
    for watch in gaps:
        begin, end = np.array(watch).T
        inside = (starts[:, None] >= begin - 1e-9) & (starts[:, None] + stay_s <= end + 1e-9)
        rows.append(inside.any(axis=1))
    return np.array(rows)


def observer_loss(
    gaps: Sequence[Sequence[Sequence[tuple[float, float]]]],
    values: Floats,
    duration_s: float,
    stay_s: float,
    known: int,
) -> float:
    """Mean value lost to a visitor who takes the watch and minute with the greatest value unseen in the last patrols.

    Of equally good choices he takes each with the same chance.
    """
    starts = np.linspace(0.0, duration_s - stay_s, STARTS)
    free = np.array([unseen_at(patrol, starts, stay_s) for patrol in gaps], dtype=float) * values[None, :, None]
    lost = []
    for number in range(known, len(free)):
        before = free[number - known : number].sum(axis=0)
        chosen = before >= before.max() - 1e-9
        lost.append(float(free[number][chosen].mean()))
    return sum(lost) / len(lost)


def foretold(patrols: Sequence[Patrol], known: int) -> float:
    """Share of visits that the observer names right.

    He names the watch that most often came after the last two watches in the last `known` patrols and in this one so
    far; where that pair is new, after the last one; where that is new too, the one most often visited.
    """
    sequences = [[visit.watch for visit in patrol] for patrol in patrols]
    contexts = [_contexts(sequence) for sequence in sequences]
    right = cases = 0
    for number in range(known, len(sequences)):
        seen: dict[int, dict[int, int]] = {}
        for earlier in range(number - known, number):
            for keys, watch in zip(contexts[earlier], sequences[earlier], strict=True):
                _learn(seen, keys, watch)
        for keys, watch in zip(contexts[number], sequences[number], strict=True):
            right += _guess(seen, keys) == watch
            _learn(seen, keys, watch)
        cases += len(sequences[number])
    return right / cases if cases else 1.0


def _contexts(sequence: list[int]) -> list[tuple[int, ...]]:
    """Before each visit: a number for the last two watches, one for the last, and 0; as far as there are any."""
    keys: list[tuple[int, ...]] = []
    for i in range(len(sequence)):
        last = sequence[i - 1] + 1 if i else 0
        before = (sequence[i - 2] + 1) * BASE + last if i > 1 else 0
        keys.append((before, last, 0) if before else (last, 0) if last else (0,))
    return keys


def _learn(seen: dict[int, dict[int, int]], keys: tuple[int, ...], watch: int) -> None:
    for key in keys:
        counts = seen.get(key)
        if counts is None:
            seen[key] = {watch: 1}
        else:
            counts[watch] = counts.get(watch, 0) + 1


def _guess(seen: dict[int, dict[int, int]], keys: tuple[int, ...]) -> int | None:
    for key in keys:
        counts = seen.get(key)
        if counts:
            return min(counts, key=lambda watch: (-counts[watch], watch))
    return None
