"""Vessels cut off by the edge of a picture: pieces go to the vessel whose hull they lie on, or to each other.

The middle of a piece is not the middle of the vessel, so pieces take no part in the motion filters: they are laid on
the finished tracks. A ship longer than the picture shows only pieces; those that overlap on the water are one ship.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from shapely import MultiPoint, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from detection.track.associate import Track
from detection.track.fit import Fit, fit
from detection.track.motion import MotionModel
from detection.track.observations import Observation, same_thing
from planner.geo.points import Floats

MOST_MARGIN_M = 40.0
PIECES_APART_S = 300.0
"""Pieces seen longer apart than this are not put together without a whole sighting between them."""


def lay_pieces(tracks: list[Track], pieces: Sequence[Observation], model: MotionModel) -> list[Track]:
    """The tracks with their pieces added, and further tracks made of pieces alone."""
    laid = [list(t) for t in tracks]
    fits = [fit(t, t[-1].time_s, model) for t in tracks]
    left: list[Observation] = []

    @cache
    def fit_at(i: int, time_s: float) -> Fit:
        return fit(tracks[i], time_s, model) if fits[i].moving else fits[i]

    for piece in sorted(pieces, key=lambda p: (p.time_s, -p.sighting.score)):
        home = _home(piece, laid, tracks, fit_at)
        if home is None:
            left.append(piece)
        else:
            laid[home].append(piece)
    return laid + _among_themselves(left)


def _home(
    piece: Observation, laid: list[Track], tracks: list[Track], fit_at: Callable[[int, float], Fit]
) -> int | None:
    """The track on whose hull the piece lies; of several, the one it covers most of, or else the nearest."""
    best: tuple[float, float, int] | None = None
    area = region(piece)
    for i, track in enumerate(tracks):
        nearest = min(track, key=lambda o: (abs(o.time_s - piece.time_s), -o.quality))
        motion = fit_at(i, nearest.time_s)
        if float(np.linalg.norm(motion.place_at(piece.time_s) - piece.place)) > 1000.0 or not _free(laid[i], piece):
            continue
        hull = _hull_at(track, motion, piece.time_s)
        gap = area.distance(hull)
        if gap <= _margin(piece, nearest, motion):
            key = (gap, -area.intersection(hull).area, i)
            best = min(best, key) if best else key
    return best[2] if best else None


def _free(track: Track, piece: Observation) -> bool:
    """Whether the track has no other box of the piece's frame, or one that shows the same thing."""
    frame = piece.sighting.frame_id
    return all(same_thing(s, piece.sighting) for o in track for s in o.sightings if s.frame_id == frame)


def region(observation: Observation) -> BaseGeometry:
    """What the box covers on the water."""
    if len(observation.hull) >= 3:
        return MultiPoint(observation.hull).convex_hull
    length = observation.sighting.length_m
    return Point(observation.place).buffer(length[1] / 2 if length else 5.0)


def _hull_at(track: Track, motion: Fit, time_s: float) -> BaseGeometry:
    """The hull of the track's best whole sighting, carried to a moment."""
    best = max(track, key=lambda o: o.quality)
    shift = motion.place_at(time_s) - best.place
    if len(best.hull) >= 3:
        return MultiPoint(best.hull + shift).convex_hull
    length = best.sighting.length_m
    return Point(best.place + shift).buffer(length[1] / 2 if length else 5.0)


def _margin(piece: Observation, nearest: Observation, motion: Fit) -> float:
    """Two sigma of how far a piece of the vessel can seem to lie off its hull."""
    variance = (_variance(piece.covariance) + _variance(nearest.covariance)) / 2
    if motion.moving and motion.velocity_cov is not None:
        variance += _variance(motion.velocity_cov) * (piece.time_s - nearest.time_s) ** 2
    return min(2.0 * math.sqrt(variance), MOST_MARGIN_M)


def _variance(covariance: Floats) -> float:
    return float(np.linalg.eigvalsh(covariance)[-1])


def _among_themselves(pieces: list[Observation]) -> list[Track]:
    """Pieces that overlap on the water, joined in order of time; never two boxes of one frame."""
    ships: list[Track] = []
    for piece in pieces:
        area = region(piece)
        homes = [
            (gap, i)
            for i, ship in enumerate(ships)
            if piece.time_s - ship[-1].time_s <= PIECES_APART_S
            and _free(ship, piece)
            and (gap := min(area.distance(region(o)) for o in ship[-8:]))
            <= min(
                2.0 * math.sqrt((_variance(piece.covariance) + _variance(ship[-1].covariance)) / 2), MOST_MARGIN_M / 2
            )
        ]
        if homes:
            ships[min(homes)[1]].append(piece)
        else:
            ships.append([piece])
    return ships


def extent(pieces: Sequence[Observation]) -> tuple[Floats, float]:
    """Middle and longest side, metres, of all that some pieces cover together."""
    box = unary_union([region(p) for p in pieces]).minimum_rotated_rectangle
    corners = np.asarray(box.exterior.coords if hasattr(box, "exterior") else [*box.coords, *box.coords], dtype=float)
    sides = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    return np.array([box.centroid.x, box.centroid.y]), float(sides.max(initial=0.0))
