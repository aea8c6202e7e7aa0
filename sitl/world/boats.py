"""Small craft, and a person in the water: one builder per kind."""

from dataclasses import replace

import numpy as np

from planner.geo.points import Floats
from sitl.world.solids import Rgb, Solid, box, disc, paint, prism, rectangle
from sitl.world.yard import DARK, GLASS, STEEL, Yard, crew, house, hull_under, lighter, mast, outline


def pilot(k: Yard) -> tuple[list[Solid], Floats]:
    """A pilot boat."""
    z = 0.085 * k.length
    hull = ((0.75, 0.30, 0.08), (0.12, 0.14, 0.2), (0.65, 0.10, 0.08))[int(k.rng.integers(3))]
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.40, fullness=1.9, transom=0.9),
        z,
        hull,
        (0.45, 0.46, 0.46),
        sheer=0.5,
        rim=DARK,
    )
    wall = k.pick("vivid") if k.rng.random() < 0.4 else k.pick("bright")
    solids += house((k.x(-0.14), k.x(0.20)), 0.62 * k.beam, (z, z + 2.3), wall, k.pick("bright"))
    return [
        *solids,
        mast(k.x(0.0), (z + 2.3, z + 4.5)),
        box((k.x(-0.04), k.x(0.0)), (k.y(-0.2), k.y(0.2)), (z + 3.4, z + 3.6), STEEL),
    ], water


def sailing_yacht(k: Yard) -> tuple[list[Solid], Floats]:
    """A sailing yacht, sails down."""
    z = 0.085 * k.length
    hull = k.pick("bright") if k.rng.random() < 0.75 else k.pick("hull")
    deck = k.pick("bright") if k.rng.random() < 0.6 else k.pick("wood")
    solids, water = hull_under(outline(k.length, k.beam, entrance=0.56, fullness=1.7, transom=0.7), z, hull, deck)
    solids += [
        box((k.x(-0.05), k.x(0.22)), (k.y(-0.22), k.y(0.22)), (z, z + 0.45), k.pick("bright")),
        paint(rectangle(k.x(-0.02), k.x(0.19), k.y(-0.17), k.y(0.17)), z + 0.47, lighter(GLASS, 2.5)),
    ]
    solids.append(paint(rectangle(k.x(-0.42), k.x(-0.10), k.y(-0.2), k.y(0.2)), z + 0.04, k.pick("wood")))
    cover = k.pick("vivid")
    solids += [
        mast(k.x(0.08), (z, z + 1.25 * k.length), (0.8, 0.8, 0.8), 0.08),
        box((k.x(-0.32), k.x(0.08)), (-0.16, 0.16), (z + 1.3, z + 1.7), cover),
    ]
    if k.rng.random() < 0.5:
        solids.append(box((k.x(-0.16), k.x(-0.04)), (k.y(-0.28), k.y(0.28)), (z + 0.45, z + 1.0), cover))
    return solids, water


def motor_yacht(k: Yard) -> tuple[list[Solid], Floats]:
    """A motor yacht."""
    z, white = 0.085 * k.length, k.pick("bright")
    hull = white if k.rng.random() < 0.7 else k.pick("hull")
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.46, fullness=1.9, transom=0.9), z, hull, white, sheer=0.3
    )
    solids.append(paint(rectangle(k.x(-0.48), k.x(-0.24), k.y(-0.36), k.y(0.36)), z + 0.06, k.pick("wood")))
    solids += house((k.x(-0.24), k.x(0.16)), 0.68 * k.beam, (z, z + 0.10 * k.length + 0.4), white, lighter(white, 0.97))
    solids.append(
        prism(
            [(k.x(0.16), k.y(-0.30)), (k.x(0.26), k.y(-0.16)), (k.x(0.26), k.y(0.16)), (k.x(0.16), k.y(0.30))],
            z,
            z + 0.07 * k.length,
            GLASS,
            lighter(GLASS, 1.5),
        )
    )
    if k.rng.random() < 0.6:
        solids.append(
            box(
                (k.x(-0.18), k.x(0.05)),
                (k.y(-0.26), k.y(0.26)),
                (z + 0.1 * k.length + 0.4, z + 0.1 * k.length + 0.9),
                white,
                k.pick("vivid") if k.rng.random() < 0.4 else k.pick("wood"),
            )
        )
    return solids, water


def rib(k: Yard) -> tuple[list[Solid], Floats]:
    """A rigid inflatable boat."""
    tube: Rgb = ((0.12, 0.12, 0.13), (0.35, 0.36, 0.38), (0.80, 0.32, 0.08), (0.75, 0.76, 0.77), (0.5, 0.1, 0.08))[
        int(k.rng.integers(5))
    ]
    ring = outline(k.length, k.beam, entrance=0.36, fullness=2.2, transom=0.85)
    solids, water = hull_under(ring, 0.55, tube, tube, sheer=0.15, boot=lighter(tube, 0.7), rim=lighter(tube, 1.2))
    solids.append(
        paint(ring * np.array([0.86, 0.62]), 0.60, (0.45, 0.46, 0.45) if k.rng.random() < 0.7 else k.pick("wood"))
    )
    solids += [
        box((k.x(-0.10), k.x(0.06)), (-0.35, 0.35), (0.6, 1.5), k.pick("bright") if k.rng.random() < 0.6 else DARK),
        paint(rectangle(k.x(0.0), k.x(0.07), -0.3, 0.3), 1.52, GLASS),
    ]
    solids += [
        box((k.x(-0.48) - 0.1, k.x(-0.42)), (y - 0.22, y + 0.22), (0.5, 1.2), DARK)
        for y in ((-0.4, 0.4) if k.length > 6.5 else (0.0,))
    ]
    return solids + crew(k, 0.6, int(k.rng.integers(0, 4))), water


def motorboat(k: Yard) -> tuple[list[Solid], Floats]:
    """A small open motor boat."""
    z = 0.10 * k.length
    hull = k.pick("bright") if k.rng.random() < 0.7 else k.pick("vivid")
    ring = outline(k.length, k.beam, entrance=0.46, fullness=1.9, transom=0.9)
    solids, water = hull_under(ring, z, hull, k.pick("bright"), sheer=0.15, boot=lighter(hull, 0.6))
    seat = k.pick("wood") if k.rng.random() < 0.5 else (0.40, 0.42, 0.45)
    solids.append(paint(rectangle(k.x(-0.44), k.x(0.10), k.y(-0.36), k.y(0.36)), z + 0.04, seat))
    solids.append(
        prism(
            [(k.x(0.06), k.y(-0.4)), (k.x(0.16), k.y(-0.28)), (k.x(0.16), k.y(0.28)), (k.x(0.06), k.y(0.4))],
            z,
            z + 0.5,
            GLASS,
        )
    )
    if k.rng.random() < 0.45:
        solids.append(box((k.x(-0.22), k.x(0.08)), (k.y(-0.34), k.y(0.34)), (z + 1.1, z + 1.25), k.pick("vivid")))
    solids.append(
        box((k.x(-0.53), k.x(-0.46)), (-0.2, 0.2), (0.3, z + 0.5), DARK if k.rng.random() < 0.7 else (0.85, 0.85, 0.85))
    )
    return solids + crew(k, z, int(k.rng.integers(0, 3))), water


def skiff(k: Yard) -> tuple[list[Solid], Floats]:
    """An open boat."""
    hull = k.pick("vivid") if k.rng.random() < 0.6 else k.pick("wood")
    ring = outline(k.length, k.beam, entrance=0.5, fullness=1.8, transom=0.75)
    solids, water = hull_under(ring, 0.5, hull, lighter(hull, 0.65), sheer=0.2, boot=lighter(hull, 0.6))
    solids += [
        paint(rectangle(k.x(x), k.x(x) + 0.3, k.y(-0.42), k.y(0.42)), 0.6, k.pick("wood")) for x in (-0.35, -0.1, 0.15)
    ]
    return solids + crew(k, 0.45, int(k.rng.integers(0, 4))), water


def kayak(k: Yard) -> tuple[list[Solid], Floats]:
    """A kayak with its paddler."""
    hull = k.pick("vivid")
    half = np.linspace(-0.5, 0.5, 9)
    side = np.column_stack([half * k.length, k.beam / 2 * (1 - (2 * np.abs(half)) ** 1.7)])
    ring = np.vstack([side, side[-2:0:-1] * [1, -1]])
    solids, water = hull_under(ring, 0.28, hull, lighter(hull, 1.1), boot=lighter(hull, 0.7))
    y = k.beam * 1.5
    solids += [
        paint(disc(0, 0, 0.32), 0.31, DARK),
        replace(prism(disc(-0.05, 0, 0.22, 6), 0.3, 0.85, k.pick("vivid")), person=True),
        replace(prism(disc(-0.05, 0, 0.11, 6), 0.85, 1.1, (0.3, 0.22, 0.18)), person=True),
    ]
    return [*solids, prism([(0.1, -y), (0.45, y), (0.52, y), (0.17, -y)], 0.75, 0.78, (0.85, 0.85, 0.8))], water


def low_profile(k: Yard) -> tuple[list[Solid], Floats]:
    """A craft built to be overlooked: low, long, painted like the sea."""
    colour: Rgb = ((0.20, 0.27, 0.31), (0.24, 0.29, 0.27), (0.16, 0.21, 0.27), (0.32, 0.36, 0.37))[
        int(k.rng.integers(4))
    ]
    ring = outline(k.length, k.beam, entrance=0.5, fullness=1.7, transom=0.5)
    solids, water = hull_under(ring, 0.38, colour, lighter(colour, 1.1), boot=lighter(colour, 0.8))
    solids += [
        box((k.x(-0.12), k.x(0.02)), (k.y(-0.24), k.y(0.24)), (0.38, 0.95), colour, lighter(colour, 1.15)),
        box((k.x(0.015), k.x(0.03)), (k.y(-0.2), k.y(0.2)), (0.6, 0.85), GLASS),
    ]
    solids += [mast(k.x(-0.3), (0.38, 1.3), DARK, 0.08, k.y(y)) for y in (-0.15, 0.15)]
    return solids, water


def swimmer(k: Yard) -> tuple[list[Solid], Floats]:
    """A person in the water."""
    ring = np.asarray(disc(0, 0, 0.24, 8))
    vest = (0.9, 0.35, 0.05) if k.rng.random() < 0.6 else k.pick("vivid")
    arms = prism([(-0.06, -0.55), (0.06, -0.55), (0.06, 0.55), (-0.06, 0.55)], 0.0, 0.05, (0.55, 0.4, 0.32))
    parts = [prism(ring, 0.0, 0.22, vest), prism(disc(0.02, 0, 0.12, 8), 0.22, 0.42, (0.25, 0.17, 0.12)), arms]
    return [replace(part, person=True) for part in parts], ring


def package(k: Yard) -> tuple[list[Solid], Floats]:
    """A bale afloat: wrapped in dark sheeting and taped, low in the water, with a small float on a line."""
    wrap: Rgb = ((0.10, 0.11, 0.12), (0.16, 0.20, 0.16), (0.22, 0.17, 0.11))[int(k.rng.integers(3))]
    ring = np.asarray(rectangle(-k.length / 2, k.length / 2, -k.beam / 2, k.beam / 2), dtype=float)
    bale = box((-k.length / 2, k.length / 2), (-k.beam / 2, k.beam / 2), (0.0, 0.28), wrap, lighter(wrap, 1.25))
    tape = paint(rectangle(-0.08 * k.length, 0.08 * k.length, -k.beam / 2, k.beam / 2), 0.29, lighter(wrap, 2.2))
    mark = prism(disc(0.35 * k.length, 0.0, 0.14, 8), 0.28, 0.5, (0.85, 0.45, 0.08))
    return [mark, bale, tape], ring
