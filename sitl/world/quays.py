"""What does not move: quays and moles, what stands on them, buoys."""

from dataclasses import dataclass

import numpy as np
import shapely

from sitl.world.solids import Body, Rgb, Solid, box, disc, prism
from sitl.world.yard import PAINTS

MATERIALS = ("concrete", "asphalt", "grass", "wood", "rubble")


@dataclass(frozen=True, slots=True)
class Quay:
    """A quay, mole or jetty: its outline (east, north in metres), the height of its top above the water, its surface.

    Raises:
        ValueError: an unknown material, no height, an outline that is no polygon.
    """

    name: str
    outline: tuple[tuple[float, float], ...]
    height_m: float
    material: str = "concrete"

    def __post_init__(self) -> None:
        if self.material not in MATERIALS:
            raise ValueError(
                f"quay {self.name!r}: material must be one of {', '.join(MATERIALS)}, got {self.material!r}"
            )
        if not self.height_m > 0 or not shapely.Polygon(self.outline).is_valid:
            raise ValueError(f"quay {self.name!r}: needs a height above 0 and a simple outline")


@dataclass(frozen=True, slots=True)
class Fixture:
    """A body that stands still at a place (`base_m` above the water): shed, container, bollard, buoy."""

    kind: str
    body: Body
    east_m: float
    north_m: float
    heading_deg: float = 0.0
    base_m: float = 0.0


def _pick(rng: np.random.Generator, palette: str) -> Rgb:
    colours = PAINTS[palette]
    return colours[int(rng.integers(len(colours)))]


def shed(rng: np.random.Generator, length_m: float, width_m: float) -> Body:
    """A low warehouse with a pitched roof."""
    h, wall, roof = float(rng.uniform(4, 8)), _pick(rng, "bright"), _pick(rng, "deck")
    a, b = length_m / 2, width_m / 2
    low = np.array([[-a, -b, h], [a, -b, h], [a, b, h], [-a, b, h]])
    ridge = np.array([[-a, -0.02, h + 2], [a, -0.02, h + 2], [a, 0.02, h + 2], [-a, 0.02, h + 2]])
    lights = [
        box((x, x + 2.0), (-0.6, 0.6), (h + 1.9, h + 2.1), (0.7, 0.74, 0.76)) for x in np.linspace(-a + 3, a - 5, 4)
    ]
    return Body((box((-a, a), (-b, b), (0, h), wall, roof), Solid(low, ridge, roof, roof), *lights))


def containers(rng: np.random.Generator, columns: int, rows: int) -> Body:
    """A stack of containers, 6.1 x 2.4 m each."""
    solids = []
    for i in range(columns):
        for j in range(rows):
            tiers = int(rng.integers(0, 4))
            if tiers:
                colour, x, y = _pick(rng, "box"), i * 6.4, j * 2.7
                solids.append(box((x, x + 6.1), (y, y + 2.44), (0, 2.6 * tiers), colour))
    return Body(tuple(solids) or (box((0, 6.1), (0, 2.44), (0, 2.6), _pick(rng, "box")),))


def lorry(rng: np.random.Generator) -> Body:
    """A lorry or a car."""
    colour = _pick(rng, "vivid")
    if rng.random() < 0.5:
        return Body(
            (
                box((-2.1, 2.1), (-0.9, 0.9), (0.2, 0.9), colour),
                box((-1.4, 0.8), (-0.8, 0.8), (0.9, 1.5), (0.15, 0.17, 0.2), colour),
            )
        )
    return Body(
        (box((-7, 4), (-1.25, 1.25), (0.8, 3.9), _pick(rng, "box")), box((4.5, 6.6), (-1.2, 1.2), (0.4, 3.2), colour))
    )


def bollard() -> Body:
    """A mooring bollard."""
    return Body((prism(disc(0, 0, 0.3, 6), 0, 0.6, (0.15, 0.15, 0.16)),))


def crane(rng: np.random.Generator) -> Body:
    """A harbour crane with its jib along x."""
    colour = _pick(rng, "vivid")
    legs = [box((x, x + 0.6), (y, y + 0.6), (0, 9), colour) for x in (-4, 3.4) for y in (-4, 3.4)]
    return Body((*legs, box((-3.5, 3.5), (-2.5, 2.5), (9, 13), colour), box((3, 22), (-0.5, 0.5), (13, 14), colour)))


def tree(rng: np.random.Generator) -> Body:
    """A round tree."""
    r = float(rng.uniform(1.8, 4.2))
    g = float(rng.uniform(0.22, 0.36))
    dark, light = (0.5 * g, 0.75 * g, 0.28 * g), (0.75 * g, g, 0.4 * g)
    solids = [prism(disc(0, 0, r, 9), 1.5, 1.5 + r, dark, light, taper=0.75)]
    for _ in range(7):
        a, d = rng.uniform(0, 6.28), rng.uniform(0.2, 0.8) * r
        s = float(rng.uniform(0.3, 0.5)) * r
        shade = float(rng.uniform(0.8, 1.4))
        solids.append(
            prism(
                disc(d * np.cos(a), d * np.sin(a), s, 7),
                1.5,
                1.5 + r + s * 0.5,
                dark,
                (light[0] * shade, light[1] * shade, light[2] * shade),
                taper=0.6,
            )
        )
    return Body(tuple(solids))


def buoy(colour: Rgb) -> Body:
    """A navigation buoy, 2.4 m across, with a top mark."""
    return Body((
        prism(disc(0, 0, 1.2, 10), 0, 0.7, colour),
        prism(disc(0, 0, 0.7, 8), 0.7, 3.2, colour, taper=0.45),
        box((-0.25, 0.25), (-0.25, 0.25), (3.2, 3.8), (0.9, 0.85, 0.2)),
    ))  # fmt: skip


def beacon(colour: Rgb) -> Body:
    """A pile in the water with a day mark and a lamp."""
    return Body((
        prism(disc(0, 0, 0.25, 6), 0, 4.5, (0.35, 0.30, 0.24)),
        box((-0.6, 0.6), (-0.6, 0.6), (4.5, 5.9), colour),
    ))  # fmt: skip


RED: Rgb = (0.75, 0.08, 0.06)
GREEN: Rgb = (0.05, 0.45, 0.20)
YELLOW: Rgb = (0.90, 0.75, 0.08)
