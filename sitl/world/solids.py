"""Simple solids that vessels, sheds and buoys are built of.

A body has its own frame: x forward, y to starboard, z up from the waterline (or from the ground it stands on), metres.
Colours are (red, green, blue) from 0 to 1.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Solid:
    """A prism between two rings of equal size, both clockwise seen from above: `low` and `high`, shape (N, 3).

    `casts` says whether it throws a shadow. A solid without `sides` is only its top face
    (paint, a hatch, a window); `rigging` is too thin to count as part of a vessel's outline;
    `person` marks people.
    """

    low: Floats
    high: Floats
    side: Rgb
    top: Rgb
    casts: bool = True
    sides: bool = True
    rigging: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The faces of a body in columns.

    `quads` (F, 4, 3) are sides (low, next low, next high, high) and `quad_rgb` (F, 3) their colours; `tops` (V, 3) are
    the corners of all top faces one after the other, `starts` (T + 1) where each begins, `top_rgb` (T, 3) their colours
    and `painted` (T) says which are mere paint on another face. `quad_rigging` and `top_rigging` mark rigging.
    """

    quads: Floats
    quad_rgb: Floats
    tops: Floats
    starts: npt.NDArray[np.int64]
    top_rgb: Floats
    painted: npt.NDArray[np.bool_]
    quad_rigging: npt.NDArray[np.bool_]
    top_rigging: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Body:
    """Solids in one frame; `waterline` is the ring where the hull meets the water, shape (N, 2)."""

    solids: tuple[Solid, ...]
    waterline: Floats = field(default_factory=lambda: np.zeros((0, 2)))

    @cached_property
    def height_m(self) -> float:
        """Height of the highest point."""
        return max(float(s.high[:, 2].max()) for s in self.solids)

    @cached_property
    def reach_m(self) -> float:
        """Radius about the origin of all of it and of its shadow at a sun 27 degrees high."""
        flat = np.concatenate([np.concatenate([s.low, s.high]) for s in self.solids])
        return float(np.hypot(flat[:, 0], flat[:, 1]).max()) + 2.0 * self.height_m

    @cached_property
    def mesh(self) -> Mesh:
        """All faces in columns."""
        sided = [s for s in self.solids if s.sides]
        quads = [np.stack([s.low, _next(s.low), _next(s.high), s.high], axis=1) for s in sided]
        counts = [len(s.high) for s in self.solids]
        return Mesh(
            np.concatenate([np.zeros((0, 4, 3)), *quads]),
            np.concatenate([np.zeros((0, 3)), *(np.tile(s.side, (len(s.low), 1)) for s in sided)]),
            np.concatenate([s.high for s in self.solids]),
            np.concatenate([[0], np.cumsum(counts)]),
            np.array([s.top for s in self.solids]),
            np.array([not s.sides for s in self.solids]),
            np.concatenate([np.zeros(0, bool), *(np.full(len(s.low), s.rigging) for s in sided)]),
            np.array([s.rigging for s in self.solids]),
        )


def _next(ring: Floats) -> Floats:
    return np.concatenate([ring[1:], ring[:1]])


def prism(
    ring: Iterable[Sequence[float]] | Floats,
    z0: float,
    z1: float,
    side: Rgb,
    top: Rgb | None = None,
    *,
    taper: float = 1.0,
    casts: bool = True,
) -> Solid:
    """A vertical prism over `ring` (x, y); `taper` scales its top about the ring's middle."""
    flat = np.asarray(ring, dtype=float)
    area = float(np.sum(flat[:, 0] * np.roll(flat[:, 1], -1) - np.roll(flat[:, 0], -1) * flat[:, 1]))
    if area < 0:
        flat = flat[::-1]
    middle = flat.mean(axis=0)
    upper = middle + (flat - middle) * taper
    low = np.column_stack([flat, np.full(len(flat), z0)])
    high = np.column_stack([upper, np.full(len(flat), z1)])
    return Solid(low, high, side, side if top is None else top, casts=casts)


def box(
    x: tuple[float, float],
    y: tuple[float, float],
    z: tuple[float, float],
    side: Rgb,
    top: Rgb | None = None,
    *,
    taper: float = 1.0,
) -> Solid:
    """An upright box."""
    ring = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])]
    return prism(ring, z[0], z[1], side, top, taper=taper)


def paint(ring: Iterable[Sequence[float]] | Floats, z: float, colour: Rgb) -> Solid:
    """A flat coloured patch at height `z`: seen from above only, throws no shadow."""
    solid = prism(ring, z, z, colour, colour, casts=False)
    return Solid(solid.low, solid.high, colour, colour, casts=False, sides=False)


def disc(x: float, y: float, radius: float, corners: int = 8) -> list[tuple[float, float]]:
    """A regular polygon about (x, y)."""
    turns = [math.tau * (i + 0.5) / corners for i in range(corners)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in turns]


def rectangle(x0: float, x1: float, y0: float, y1: float) -> list[tuple[float, float]]:
    """The ring of an upright rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def placed(points: Floats, *, east_m: float, north_m: float, heading_deg: float, base_m: float = 0.0) -> Floats:
    """Points of a body's frame, shape (N, 3), in east, north, up for a body at a place with a heading."""
    a = math.radians(heading_deg)
    forward, starboard = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    flat = points[:, :1] * forward + points[:, 1:2] * starboard + [east_m, north_m]
    return np.column_stack([flat, points[:, 2] + base_m])
