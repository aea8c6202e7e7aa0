"""What builders of vessels work with: paint, hull lines, deckhouses, masts.

All in the vessel's own frame: x forward, y to starboard, z up from the waterline, metres; the middle of the overall
length lies at x = 0.
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.geo.points import Floats
from sitl.world.solids import Rgb, Solid, box, disc, prism

PAINTS: dict[str, tuple[Rgb, ...]] = {
    "hull": (
        (0.10, 0.13, 0.22), (0.13, 0.13, 0.14), (0.45, 0.10, 0.09), (0.08, 0.25, 0.42), (0.10, 0.30, 0.20),
        (0.55, 0.56, 0.57), (0.86, 0.86, 0.84), (0.30, 0.33, 0.36), (0.75, 0.35, 0.10), (0.05, 0.35, 0.55),
    ),
    "bright": ((0.92, 0.92, 0.90), (0.85, 0.86, 0.86), (0.95, 0.93, 0.88), (0.80, 0.82, 0.84)),
    "deck": ((0.42, 0.20, 0.16), (0.25, 0.40, 0.32), (0.50, 0.52, 0.52), (0.36, 0.38, 0.40), (0.30, 0.45, 0.38)),
    "wood": ((0.55, 0.42, 0.28), (0.48, 0.36, 0.24), (0.66, 0.55, 0.40)),
    "vivid": (
        (0.85, 0.32, 0.08), (0.90, 0.75, 0.10), (0.75, 0.10, 0.10), (0.10, 0.45, 0.70), (0.15, 0.50, 0.25),
        (0.92, 0.92, 0.92), (0.10, 0.10, 0.12),
    ),
    "box": (
        (0.55, 0.14, 0.10), (0.10, 0.28, 0.48), (0.60, 0.60, 0.58), (0.12, 0.38, 0.26), (0.78, 0.42, 0.12),
        (0.42, 0.26, 0.16), (0.85, 0.85, 0.82), (0.20, 0.45, 0.55),
    ),
}  # fmt: skip
"""Palettes (red, green, blue) that builders choose from."""
GLASS: Rgb = (0.10, 0.13, 0.16)
DARK: Rgb = (0.12, 0.12, 0.13)
STEEL: Rgb = (0.55, 0.56, 0.57)
ANTIFOULING: Rgb = (0.32, 0.09, 0.08)


@dataclass(frozen=True, slots=True)
class Yard:
    """What a builder works with."""

    length: float
    beam: float
    rng: np.random.Generator

    def pick(self, palette: str) -> Rgb:
        """A colour of a palette, slightly varied."""
        colours = PAINTS[palette]
        base = np.asarray(colours[int(self.rng.integers(len(colours)))])
        r, g, b = np.clip(base * self.rng.uniform(0.88, 1.1) + self.rng.normal(0, 0.012, 3), 0.02, 0.97)
        return float(r), float(g), float(b)

    def x(self, part: float) -> float:
        """Place along the vessel: -0.5 the stern, 0.5 the bow."""
        return part * self.length

    def y(self, part: float) -> float:
        """Place across: -0.5 the port side, 0.5 starboard."""
        return part * self.beam


def outline(length: float, beam: float, *, entrance: float, fullness: float, transom: float) -> Floats:
    """The ring of a deck.

    `entrance` is the part of the length that is bow, `fullness` that of the bow's curve (1 straight lines, 2 round),
    `transom` the stern's width as a part of the beam.
    """
    run = np.linspace(0.0, 1.0, 8)
    bow_x = length / 2 - entrance * length * (1 - run)
    bow_y = beam / 2 * (1 - run**fullness)
    stern = [(-length / 2, beam / 2 * transom), (-length / 2 + 0.08 * length, beam / 2 * (0.35 * transom + 0.65))]
    side = np.array([*stern, (-length / 2 + 0.22 * length, beam / 2), *np.column_stack([bow_x, bow_y])])
    port = side[-2::-1] * [1, -1]
    return np.vstack([side, port])


def hull_under(
    ring: Floats,
    z: float,
    colour: Rgb,
    deck: Rgb,
    *,
    sheer: float = 0.0,
    boot: Rgb = ANTIFOULING,
    rim: Rgb | None = None,
) -> tuple[list[Solid], Floats]:
    """A hull with flare under `ring`, deck at height `z`, bow higher by `sheer`; also the ring of its waterline."""
    length = ring[:, 0].max() - ring[:, 0].min()
    forward = (ring[:, 0] - ring[:, 0].min()) / length
    water = ring * np.array([1.0, 0.94])
    water[:, 0] -= 0.045 * length * forward**3
    at = 0.22
    middle = water + (ring - water) * at
    rise = z + sheer * forward**3

    def level(flat: Floats, heights: Floats | float) -> Floats:
        return np.column_stack([flat, np.broadcast_to(heights, len(flat))])

    order = slice(None, None, -1)  # rings run anticlockwise in (x, y to starboard) seen from below: turn them round
    if _signed_area(ring) > 0:
        order = slice(None, None, 1)
    low, mid, high = level(water, 0.0)[order], level(middle, rise * at)[order], level(ring, rise)[order]
    inner = ring * np.array([0.97, 0.90])
    solids = [
        Solid(low, mid, boot, boot),
        Solid(mid, high, colour, rim if rim is not None else lighter(colour, 1.25)),
        Solid(
            level(inner, rise + 0.015)[order], level(inner, rise + 0.02)[order], deck, deck, casts=False, sides=False
        ),
    ]
    return solids, water


def _signed_area(ring: Floats) -> float:
    return float(np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - np.roll(ring[:, 0], -1) * ring[:, 1]))


def lighter(colour: Rgb, factor: float) -> Rgb:
    """A colour made brighter (or, below 1, darker)."""
    r, g, b = (min(0.97, c * factor) for c in colour)
    return r, g, b


def house(
    x: tuple[float, float], width: float, z: tuple[float, float], colour: Rgb, top: Rgb | None = None
) -> list[Solid]:
    """A deckhouse with a band of windows below its roof."""
    h = z[1] - z[0]
    band = box(
        (x[0] - 0.03, x[1] + 0.03), (-width / 2 - 0.03, width / 2 + 0.03), (z[0] + 0.55 * h, z[0] + 0.82 * h), GLASS
    )
    return [box(x, (-width / 2, width / 2), z, colour, top), Solid(band.low, band.high, GLASS, GLASS, casts=False)]


def mast(x: float, z: tuple[float, float], colour: Rgb = STEEL, r: float = 0.12, y: float = 0.0) -> Solid:
    """A post of square section; rigging, so no part of the outline."""
    return replace(box((x - r, x + r), (y - r, y + r), z, colour), rigging=True)


def crew(k: Yard, z: float, count: int) -> list[Solid]:
    """People standing on deck."""
    people = []
    for _ in range(count):
        x, y = k.x(float(k.rng.uniform(-0.3, 0.2))), k.y(float(k.rng.uniform(-0.2, 0.2)))
        people += [
            prism(disc(x, y, 0.26, 6), z, z + 0.9, k.pick("vivid")),
            prism(disc(x, y, 0.12, 6), z + 0.9, z + 1.15, (0.35, 0.25, 0.2)),
        ]
    return [replace(solid, person=True) for solid in people]
