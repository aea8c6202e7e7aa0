"""Sightings made ready to be joined: local metres, one observation per vessel and frame."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from detection.locate.ellipse import covariance_of
from detection.locate.sightings import Sighting
from planner.geo.points import Floats, LatLon, LocalFrame, centroid

UNTIMED_SIGMA_M = 10.0
"""Added to the error of a sighting whose time is not known, where others' times are."""
LEAST_SIGMA_M = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What one frame shows of one vessel: its best box and others that overlap it heavily; metres east and north."""

    sighting: Sighting
    others: tuple[Sighting, ...]
    time_s: float
    timed: bool
    place: Floats
    covariance: Floats
    hull: Floats = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """The best box first."""
        return (self.sighting, *self.others)

    @property
    def quality(self) -> float:
        """How much its position, length and picture are worth: whole, steep, certain."""
        ellipse = self.sighting.ellipse
        spread = ellipse.major_m if ellipse else 1e3
        return self.sighting.score * (0.1 if self.sighting.truncated else 1.0) / (1.0 + spread / 10.0)


def ground_of(sightings: Iterable[Sighting]) -> LocalFrame | None:
    """Metres about the middle of some sightings; None where none of them has a place."""
    places: list[LatLon] = [s.at for s in sightings if s.at is not None]
    return LocalFrame(centroid(places)) if places else None


def observe(sightings: Sequence[Sighting], ground: LocalFrame) -> list[Observation]:
    """Observations in time order, from sightings that all have a place and are all of one label."""
    timed = [s.at_utc.timestamp() for s in sightings if s.at_utc is not None]
    latest = max(timed, default=0.0)
    places = ground.to_metres([s.at for s in sightings if s.at is not None])
    by_frame: dict[str, list[int]] = {}
    for i, sighting in enumerate(sightings):
        by_frame.setdefault(sighting.frame_id, []).append(i)
    found: list[Observation] = []
    for rows in by_frame.values():
        for group in _overlapping([sightings[i] for i in rows]):
            members = [rows[g] for g in group]
            best, *rest = sorted(members, key=lambda i: (sightings[i].truncated, -sightings[i].score))
            found.append(
                _observation(
                    sightings[best],
                    tuple(sightings[i] for i in rest),
                    places[best],
                    ground,
                    time_s=latest,
                    some_timed=bool(timed),
                )
            )
    return sorted(found, key=lambda o: (not o.timed, o.time_s, o.sighting.sighting_id))


def _observation(
    best: Sighting, rest: tuple[Sighting, ...], place: Floats, ground: LocalFrame, *, time_s: float, some_timed: bool
) -> Observation:
    covariance = covariance_of(best.ellipse) if best.ellipse else np.eye(2) * 100.0**2
    covariance = covariance + np.eye(2) * LEAST_SIGMA_M**2
    if best.at_utc is None and some_timed:
        covariance = covariance + np.eye(2) * UNTIMED_SIGMA_M**2
    return Observation(
        sighting=best,
        others=rest,
        time_s=best.at_utc.timestamp() if best.at_utc is not None else time_s,
        timed=best.at_utc is not None,
        place=place,
        covariance=covariance,
        hull=ground.to_metres(best.hull) if best.hull else np.zeros((0, 2)),
    )


def _overlapping(frame: list[Sighting]) -> list[list[int]]:
    """Groups of boxes that show the same vessel twice, as merged tiles sometimes leave."""
    groups: list[list[int]] = []
    for i in sorted(range(len(frame)), key=lambda i: -frame[i].score):
        home = next((g for g in groups if same_thing(frame[g[0]], frame[i])), None)
        if home is None:
            groups.append([i])
        else:
            home.append(i)
    return groups


def same_thing(a: Sighting, b: Sighting) -> bool:
    """Whether two boxes of one frame overlap so much that they show one vessel.

    A small box inside a much larger one stays apart: a boat alongside a ship.
    """
    across = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    down = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    if across <= 0 or down <= 0:
        return False
    shared = across * down
    areas = sorted((s.box[2] - s.box[0]) * (s.box[3] - s.box[1]) for s in (a, b))
    if areas[0] <= 0:
        return False
    return shared / (areas[0] + areas[1] - shared) > 0.55 or (shared / areas[0] > 0.9 and areas[0] > 0.4 * areas[1])
