"""Whole sightings joined frame by frame: a global assignment in each frame, then pieces of one track put together."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.track.looks import log_odds_table
from detection.track.motion import Hypotheses, MotionModel, follow
from detection.track.observations import Observation
from planner.geo.points import Floats

FASTEST_M_S = 20.0
REACH_M = 800.0
"""Tracks whose ends lie farther apart are not tried for being one."""
_LENGTH_SPREAD = 0.25
_MOST_LENGTH_COST = 6.0
_SLACK = 3.0
"""How much less likely than a new vessel a first look may find what the whole tracks then explain well."""

MARGIN_M = 300.0
"""Added to the sides of the water that was looked at, of which only the part with vessels on it is known."""
MUCH_DENSER = 1.5
_SHORT = 6
"""Tracks of more observations than this are not taken apart again."""

Track = list[Observation]


def associate(observations: Sequence[Observation], model: MotionModel) -> list[Track]:
    """Tracks from observations in time order; those of one frame never share a track.

    Where vessels turn out to lie more densely than the model expects, it is done again with what was counted: among
    many vessels a far-fetched way is more often another vessel.
    """
    tracks = _followed_up(observations, model)
    crowded = len(tracks) / _area(observations)
    if crowded > MUCH_DENSER * model.density_per_m2:
        model = replace(model, density_per_m2=crowded)
        tracks = _followed_up(observations, model)
    tracks = _mended(tracks, model)
    if _settled(tracks, model):
        tracks = _mended(tracks, model)
    return tracks


def _area(observations: Sequence[Observation]) -> float:
    """Square metres over which the observations lie, and a margin."""
    places = np.array([o.place for o in observations]).reshape(-1, 2)
    return float(np.prod(np.ptp(places, axis=0) + MARGIN_M)) if len(places) else MARGIN_M**2


def _followed_up(observations: Sequence[Observation], model: MotionModel) -> list[Track]:
    tracks: list[Track] = []
    vessels = Hypotheses.none()
    for (time_s, _), group in groupby(observations, key=lambda o: (o.time_s, o.sighting.frame_id)):
        frame = list(group)
        now = vessels.at(time_s, model)
        pairs = _assign(frame, tracks, now, model)
        for row, observation in enumerate(frame):
            i = pairs.get(row)
            if i is None:
                tracks.append([observation])
                vessels.born(time_s, observation.place, observation.covariance, model)
            else:
                vessels.take(i, now)
                vessels.seen(i, observation.place, observation.covariance)
                tracks[i].append(observation)
    return tracks


def _assign(frame: list[Observation], tracks: list[Track], now: Hypotheses, model: MotionModel) -> dict[int, int]:
    """Observation -> track, the assignment that is likeliest as a whole; new vessels are left out."""
    if not tracks:
        return {}
    places, covariances = np.array([o.place for o in frame]), np.array([o.covariance for o in frame])
    likely, d2 = now.match(places, covariances)
    cost = -likely + _unlike(frame, tracks)
    newborn = -math.log(model.density_per_m2)
    cost = np.where((d2 <= model.gate) & (cost < newborn), cost, 1e6)
    births = np.where(np.eye(len(frame), dtype=bool), newborn, 1e6)
    rows, columns = linear_sum_assignment(np.hstack([cost, births]))
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if c < len(tracks) and cost[r, c] < 1e6}


def _unlike(frame: list[Observation], tracks: list[Track]) -> Floats:
    """What lengths and colours say against each observation being of each track, shape (observations, tracks).

    That colours are alike is no reason to take a far-fetched way for one vessel's: `reunite` weighs that with care.
    """
    best = [max(t[-5:], key=lambda o: o.quality) for t in tracks]
    colours = log_odds_table([o.sighting.looks for o in frame], [o.sighting.looks for o in best])
    return np.asarray(_length_costs(frame, best) - np.minimum(colours, 0.0), dtype=float)


def _length_costs(frame: list[Observation], best: list[Observation]) -> Floats:
    ours = np.array([_length(o) for o in frame])[:, None]
    theirs = np.array([_length(o) for o in best])[None]
    gap = np.maximum(ours[..., 0], theirs[..., 0]) / np.minimum(ours[..., 1], theirs[..., 1])
    spread = np.log(np.maximum(gap, 1.0)) / _LENGTH_SPREAD
    return np.asarray(np.minimum(0.5 * spread**2, _MOST_LENGTH_COST), dtype=float)


def _length(observation: Observation) -> tuple[float, float]:
    length = observation.sighting.length_m
    if length is None or observation.sighting.truncated:
        return 0.01, 1e4
    return max(length[0], 0.01), max(length[1], 0.02)


def _settled(tracks: list[Track], model: MotionModel) -> bool:
    """Gives observations that a first look took for the wrong vessel to the one that explains them better.

    Two vessels seen once each look like one that moves, until later pictures show both at rest. Only short tracks are
    looked at; True if anything changed.
    """
    changed = False
    vessels = _followed(tracks, model)
    for i in sorted(range(len(tracks)), key=lambda i: (len(tracks[i]), i)):
        if not 2 <= len(tracks[i]) <= _SHORT:
            continue
        for observation in list(tracks[i]):
            gains = {
                k: gain
                for k in _leading_to(observation, vessels, model)
                if k != i and (gain := _moved(observation, tracks[i], tracks[k], model)) > 0
            }
            if gains and len(tracks[i]) > 1:
                home = max(gains, key=lambda k: (gains[k], -k))
                tracks[i].remove(observation)
                tracks[home] = _in_order([*tracks[home], observation])
                changed = True
    return changed


def _moved(observation: Observation, out_of: Track, to: Track, model: MotionModel) -> float:
    """What is gained (log evidence) if an observation is of another track than was thought."""
    if observation.sighting.frame_id in {o.sighting.frame_id for o in to} or len(out_of) < 2:
        return -math.inf
    rest = [o for o in out_of if o is not observation]
    before = _evidence(out_of, model) + _evidence(to, model)
    after = _evidence(rest, model) + _evidence(_in_order([*to, observation]), model)
    unlike = _unlike([observation], [to, rest])[0]
    return after - before - float(unlike[0] - unlike[1])


def _leading_to(observation: Observation, vessels: Hypotheses, model: MotionModel) -> list[int]:
    likely, d2 = vessels.at(observation.time_s, model).match(observation.place[None], observation.covariance[None])
    near = (d2[0] <= model.gate) & (likely[0] > math.log(model.density_per_m2))
    return [int(k) for k in np.nonzero(near)[0]]


def _followed(tracks: list[Track], model: MotionModel) -> Hypotheses:
    """The vessels at the end of each track."""
    every = [_states(track, model) for track in tracks]
    names = ("time_s", "still", "still_cov", "moving", "moving_cov", "log_evidence")
    if not every:
        return Hypotheses.none()
    return Hypotheses(*(np.concatenate([getattr(one, name) for one in every]) for name in names))


def _mended(tracks: list[Track], model: MotionModel) -> list[Track]:
    """Tracks that are better explained as one put together, best first.

    Never two that one frame shows apart.
    """
    vessels = _followed(tracks, model)
    evidence = [float(e) for e in np.logaddexp(vessels.log_evidence[:, 0], vessels.log_evidence[:, 1])]
    alive = set(range(len(tracks)))
    gains: dict[tuple[int, int], float] = {}

    def weigh(a: int, b: int) -> None:
        gain = _gain(tracks[a], tracks[b], evidence[a] + evidence[b], model)
        if gain > math.log(model.density_per_m2):
            gains[a, b] = gain

    for a, b in _near_pairs(tracks, vessels, model):
        weigh(a, b)
    while gains:
        a, b = max(gains, key=lambda pair: (gains[pair], pair))
        tracks.append(_in_order([*tracks[a], *tracks[b]]))
        evidence.append(_evidence(tracks[-1], model))
        alive -= {a, b}
        gains = {pair: g for pair, g in gains.items() if not {a, b} & set(pair)}
        for i in sorted(alive):
            weigh(i, len(tracks) - 1)
        alive.add(len(tracks) - 1)
    return [tracks[i] for i in sorted(alive)]


def _near_pairs(tracks: list[Track], vessels: Hypotheses, model: MotionModel) -> list[tuple[int, int]]:
    """Pairs worth a closer look: one track leads to the first sighting of the other, or back to its last."""
    least = math.log(model.density_per_m2) - _SLACK
    pairs: set[tuple[int, int]] = set()
    for i, track in enumerate(tracks):
        for end in (track[0], track[-1]):
            likely, _ = vessels.at(end.time_s, model).match(end.place[None], end.covariance[None])
            pairs |= {(min(i, int(k)), max(i, int(k))) for k in np.nonzero(likely[0] > least)[0] if int(k) != i}
    return sorted((a, b) for a, b in pairs if _may_meet(tracks[a], tracks[b]))


def _gain(a: Track, b: Track, apart: float, model: MotionModel) -> float:
    """Log evidence of the two being one vessel against their being two, as far as their observations tell."""
    if not _may_meet(a, b) or {o.sighting.frame_id for o in a} & {o.sighting.frame_id for o in b}:
        return -math.inf
    unlike = _unlike([max(a, key=lambda o: o.quality)], [[max(b, key=lambda o: o.quality)]])[0, 0]
    return _evidence(_in_order([*a, *b]), model) - apart - float(unlike)


def _may_meet(a: Track, b: Track) -> bool:
    """A quick look at the nearest ends, before the filters are run."""
    first, second = (a, b) if a[0].time_s <= b[0].time_s else (b, a)
    gap_s = max(second[0].time_s - first[-1].time_s, 0.0)
    ends = [(first[-1], second[0]), (first[0], second[0]), (first[-1], second[-1])]
    apart = min(float(np.linalg.norm(p.place - q.place)) for p, q in ends)
    slack = 4 * max(math.sqrt(float(np.trace(o.covariance))) for o in (first[-1], second[0]))
    return apart <= min(REACH_M, slack + FASTEST_M_S * gap_s)


def _evidence(track: Track, model: MotionModel) -> float:
    states = _states(track, model)
    return float(np.logaddexp(states.log_evidence[0, 0], states.log_evidence[0, 1]))


def _states(track: Track, model: MotionModel) -> Hypotheses:
    return follow(
        [o.time_s for o in track], np.array([o.place for o in track]), np.array([o.covariance for o in track]), model
    )


def _in_order(track: Track) -> Track:
    return sorted(track, key=lambda o: (not o.timed, o.time_s, o.sighting.sighting_id))
