"""Ships and working craft: one builder per kind, proportions after common ships of that size."""

import numpy as np

from planner.geo.points import Floats
from sitl.world.solids import Rgb, Solid, box, disc, paint, prism, rectangle
from sitl.world.yard import DARK, STEEL, Yard, house, hull_under, lighter, mast, outline


def coaster(k: Yard) -> tuple[list[Solid], Floats]:
    """A general cargo ship with hatches, house aft."""
    z, deck = 0.042 * k.length, k.pick("deck")
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.14, fullness=2.2, transom=0.8), z, k.pick("hull"), deck, sheer=1.8
    )
    hatch = k.pick("deck") if k.rng.random() < 0.5 else (0.55, 0.57, 0.55)
    count = int(k.rng.integers(2, 5))
    for i in range(count):
        a, b = -0.26 + 0.62 / count * i, -0.26 + 0.62 / count * (i + 1) - 0.012
        solids.append(box((k.x(a), k.x(b)), (k.y(-0.38), k.y(0.38)), (z, z + 1.6), lighter(hatch, 0.8), hatch))
        solids += [
            paint(rectangle(x, x + 0.25, k.y(-0.38), k.y(0.38)), z + 1.62, lighter(hatch, 0.7))
            for x in np.linspace(k.x(a), k.x(b) - 0.3, 5)
        ]
    solids += _aft_castle(k, z)
    solids += [
        mast(k.x(0.43), (z, z + 7), STEEL, 0.2),
        box((k.x(0.38), k.x(0.42)), (k.y(-0.1), k.y(0.1)), (z + 0.5, z + 2.6), DARK),
    ]
    return solids, water


def _aft_castle(k: Yard, z: float) -> list[Solid]:
    white = k.pick("bright")
    roof = k.pick("deck") if k.rng.random() < 0.4 else white
    solids = house((k.x(-0.45), k.x(-0.30)), 0.86 * k.beam, (z, z + 2.7), white, k.pick("deck"))
    solids += house((k.x(-0.43), k.x(-0.315)), 0.7 * k.beam, (z + 2.7, z + 5.4), white)
    solids += house((k.x(-0.41), k.x(-0.32)), 0.9 * k.beam, (z + 5.4, z + 8.0), white, roof)
    solids.append(box((k.x(-0.445), k.x(-0.42)), (k.y(-0.12), k.y(0.12)), (z + 2.7, z + 9.0), k.pick("vivid"), DARK))
    solids.append(mast(k.x(-0.36), (z + 8, z + 12), STEEL, 0.2))
    solids.append(box((k.x(-0.40), k.x(-0.36)), (k.y(0.36), k.y(0.46)), (z + 2.7, z + 3.9), (0.9, 0.4, 0.05)))
    return solids


def feeder(k: Yard) -> tuple[list[Solid], Floats]:
    """A small container ship, loaded at random."""
    z, deck = 0.045 * k.length, k.pick("deck")
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.17, fullness=2.0, transom=0.85), z, k.pick("hull"), deck, sheer=2.2
    )
    bays = max(2, int(0.60 * k.length / 6.6))
    rows = max(2, int(0.86 * k.beam / 2.5))
    for bay in range(bays):
        x0 = k.x(-0.27) + bay * 6.6
        for row in range(rows):
            tiers = int(k.rng.integers(0, 4))
            if tiers:
                y0 = -rows * 1.25 + row * 2.5
                colour = k.pick("box")
                solids.append(
                    box(
                        (x0, x0 + 6.1),
                        (y0 + 0.05, y0 + 2.45),
                        (z + 0.8, z + 0.8 + 2.6 * tiers),
                        colour,
                        lighter(colour, 1.1),
                    )
                )
    solids += _aft_castle(k, z)
    solids.append(mast(k.x(0.45), (z, z + 8), STEEL, 0.2))
    return solids, water


def container_ship(k: Yard) -> tuple[list[Solid], Floats]:
    """A container ship of the sea lanes: bays before and behind the bridge, funnel aft, loaded at random."""
    z, deck = 0.035 * k.length, k.pick("deck")
    ring = outline(k.length, k.beam, entrance=0.16, fullness=2.1, transom=0.9)
    solids, water = hull_under(ring, z, k.pick("hull"), deck, sheer=2.5)
    white, rows = k.pick("bright"), max(4, int(0.94 * k.beam / 2.5))
    bridge, funnel = (0.12, 0.16), (-0.34, -0.29)
    bays = [x for x in np.arange(k.x(-0.46), k.x(0.32), 13.4) if not _meets(x, k, bridge) and not _meets(x, k, funnel)]
    for x0 in bays:  # two rows of 12.2 m boxes side by side make one solid of a colour each: thousands would be slow
        for row in range(0, rows - 1, 2):
            tiers, colour = int(k.rng.integers(1, 8)), k.pick("box")
            y0 = -rows * 1.25 + row * 2.5
            low, high = z + 1.2, z + 1.2 + 2.6 * tiers
            solids.append(box((x0, x0 + 12.2), (y0 + 0.05, y0 + 4.9), (low, high), colour, lighter(colour, 1.1)))
    solids += house((k.x(bridge[0]), k.x(bridge[1])), 0.96 * k.beam, (z, z + 24.0), white, k.pick("deck"))
    solids.append(
        box((k.x(funnel[0]), k.x(funnel[1])), (-0.2 * k.beam, 0.2 * k.beam), (z, z + 19.0), k.pick("vivid"), DARK)
    )
    return [
        *solids,
        mast(k.x(0.14), (z + 24.0, z + 33.0), STEEL, 0.4),
        mast(k.x(0.47), (z, z + 12.0), STEEL, 0.3),
    ], water


def _meets(x0: float, k: Yard, part: tuple[float, float]) -> bool:
    """Whether a bay that begins there meets a part of the ship."""
    return x0 < k.x(part[1]) + 0.5 and x0 + 12.7 > k.x(part[0])


def tanker(k: Yard) -> tuple[list[Solid], Floats]:
    """A small tanker with pipes along its deck."""
    z, deck = 0.04 * k.length, k.pick("deck")
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.15, fullness=2.2, transom=0.8), z, k.pick("hull"), deck, sheer=1.5
    )
    pipe = lighter(deck, 1.35)
    for y in (-0.16, -0.08, 0.0, 0.08, 0.16):
        solids.append(box((k.x(-0.27), k.x(0.38)), (k.y(y) - 0.2, k.y(y) + 0.2), (z + 0.3, z + 0.8), pipe))
    solids += [
        box((k.x(0.03), k.x(0.05)), (k.y(-0.45), k.y(0.45)), (z + 0.6, z + 1.2), pipe),
        mast(k.x(0.06), (z, z + 7), STEEL, 0.25),
    ]
    solids += [
        prism(disc(k.x(x), k.y(y), 0.7), z, z + 0.7, STEEL) for x in np.linspace(-0.2, 0.36, 6) for y in (-0.3, 0.3)
    ]
    return solids + _aft_castle(k, z), water


def barge(k: Yard) -> tuple[list[Solid], Floats]:
    """An inland barge with loose cargo or covers."""
    z = float(k.rng.uniform(1.0, 2.2))
    ring = outline(k.length, k.beam, entrance=0.06, fullness=3.0, transom=0.95)
    solids, water = hull_under(ring, z, k.pick("hull"), k.pick("deck"), sheer=0.3)
    cargo: Rgb = ((0.50, 0.44, 0.34), (0.16, 0.16, 0.17), (0.42, 0.42, 0.42), (0.40, 0.20, 0.14))[
        int(k.rng.integers(4))
    ]
    front = k.x(0.42)
    solids.append(box((k.x(-0.30), front), (k.y(-0.42), k.y(0.42)), (z, z + 0.9), STEEL, (0.2, 0.2, 0.2)))
    if k.rng.random() < 0.7:
        heaps = np.linspace(k.x(-0.28), front - 3, max(2, int(k.length / 14)))
        step = heaps[1] - heaps[0]
        solids += [
            prism(
                disc(x + step / 2, 0, min(step * 0.62, k.beam * 0.4)),
                z + 0.9,
                z + 2.2,
                cargo,
                lighter(cargo, 1.1),
                taper=0.35,
            )
            for x in heaps[:-1]
        ]
    else:
        solids += [
            paint(rectangle(x, x + 0.3, k.y(-0.42), k.y(0.42)), z + 0.92, STEEL)
            for x in np.linspace(k.x(-0.28), front, 8)
        ]
    solids += house((k.x(-0.44), k.x(-0.34)), 0.7 * k.beam, (z, z + 2.6), k.pick("bright"), k.pick("deck"))
    return [*solids, mast(k.x(-0.36), (z + 2.6, z + 5))], water


def tug(k: Yard) -> tuple[list[Solid], Floats]:
    """A harbour tug."""
    z, hull = 0.06 * k.length, k.pick("hull")
    ring = outline(k.length, k.beam, entrance=0.28, fullness=2.2, transom=0.75)
    solids, water = hull_under(ring, z, hull, k.pick("deck"), sheer=1.3, rim=DARK)
    white = k.pick("bright")
    solids += house((k.x(-0.12), k.x(0.26)), 0.62 * k.beam, (z, z + 2.4), white, k.pick("deck"))
    solids += house((k.x(0.02), k.x(0.20)), 0.46 * k.beam, (z + 2.4, z + 5.0), white, k.pick("bright"))
    funnel = k.pick("vivid")
    solids += [
        box((k.x(-0.10), k.x(-0.04)), (k.y(s - 0.05), k.y(s + 0.05)), (z + 2.4, z + 5.2), funnel, DARK)
        for s in (-0.2, 0.2)
    ]
    solids += [
        mast(k.x(0.05), (z + 5, z + 9.5), STEEL, 0.15),
        prism(disc(k.x(-0.24), 0, 0.09 * k.beam), z, z + 1.3, STEEL),
    ]
    solids += [
        prism(disc(k.x(x), k.y(y), 0.45), 0.4 * z, 0.95 * z, DARK) for x in (-0.3, -0.1, 0.1) for y in (-0.5, 0.5)
    ]
    return solids, water


def trawler(k: Yard) -> tuple[list[Solid], Floats]:
    """A fishing vessel with a gantry aft; wheelhouse forward or aft."""
    z = 0.065 * k.length + 0.3
    ring = outline(k.length, k.beam, entrance=0.34, fullness=2.0, transom=0.8)
    solids, water = hull_under(
        ring,
        z,
        k.pick("vivid") if k.rng.random() < 0.5 else k.pick("hull"),
        k.pick("wood") if k.rng.random() < 0.5 else k.pick("deck"),
        sheer=0.07 * k.length,
    )
    white, front = k.pick("bright"), k.rng.random() < 0.55
    a, b = (0.12, 0.30) if front else (-0.36, -0.14)
    solids += house((k.x(a), k.x(b)), 0.62 * k.beam, (z, z + 2.4), white)
    solids += house((k.x(a + 0.03), k.x(b - 0.02)), 0.48 * k.beam, (z + 2.4, z + 4.4), white, k.pick("bright"))
    solids += [mast(k.x(0.06 if front else 0.2), (z, z + 0.35 * k.length + 2), k.pick("vivid"), 0.14)]
    frame = k.pick("vivid")
    for y in (-0.32, 0.32):
        solids.append(mast(k.x(-0.44), (z, z + 4.0), frame, 0.14, k.y(y)))
    solids.append(box((k.x(-0.455), k.x(-0.43)), (k.y(-0.36), k.y(0.36)), (z + 3.6, z + 4.0), frame))
    net = k.pick("vivid")
    solids.append(prism(disc(k.x(-0.32 if front else 0.0), 0, 0.2 * k.beam), z, z + 1.2, net, lighter(net, 0.8)))
    solids.append(box((k.x(-0.12), k.x(-0.04)), (k.y(-0.2), k.y(0.2)), (z, z + 1.0), k.pick("wood")))
    return solids, water


def patrol(k: Yard) -> tuple[list[Solid], Floats]:
    """A patrol boat."""
    z, grey = 0.06 * k.length, (0.52, 0.55, 0.58)
    colour: Rgb = grey if k.rng.random() < 0.6 else k.pick("bright")
    ring = outline(k.length, k.beam, entrance=0.42, fullness=1.8, transom=0.92)
    solids, water = hull_under(ring, z, colour, (0.40, 0.42, 0.43), sheer=0.8)
    solids += house((k.x(-0.22), k.x(0.18)), 0.66 * k.beam, (z, z + 2.2), colour, lighter(colour, 1.1))
    solids += house((k.x(-0.08), k.x(0.12)), 0.56 * k.beam, (z + 2.2, z + 4.3), colour, lighter(colour, 1.15))
    solids += [
        mast(k.x(-0.06), (z + 4.3, z + 8), STEEL, 0.15),
        box((k.x(-0.09), k.x(-0.03)), (k.y(-0.2), k.y(0.2)), (z + 6.2, z + 6.5), STEEL),
    ]
    solids += [
        prism(disc(k.x(0.28), 0, 0.12 * k.beam), z, z + 1.0, STEEL),
        box((k.x(-0.42), k.x(-0.27)), (k.y(-0.15), k.y(0.15)), (z, z + 0.8), k.pick("vivid")),
    ]
    return solids, water


def workboat(k: Yard) -> tuple[list[Solid], Floats]:
    """A workboat with a crane and loads on deck."""
    z = 0.06 * k.length + 0.2
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.18, fullness=2.4, transom=0.95),
        z,
        k.pick("hull"),
        k.pick("deck"),
        sheer=0.3,
        rim=DARK,
    )
    solids += house((k.x(0.10), k.x(0.32)), 0.55 * k.beam, (z, z + 2.6), k.pick("bright"), k.pick("vivid"))
    crane = k.pick("vivid")
    solids += [
        prism(disc(k.x(-0.12), k.y(0.25), 0.35), z, z + 2.2, crane),
        box((k.x(-0.14), k.x(0.08)), (k.y(0.25) - 0.15, k.y(0.25) + 0.15), (z + 2.2, z + 2.5), crane),
    ]
    for i in range(int(k.rng.integers(1, 4))):
        x = k.x(-0.40 + 0.12 * i)
        solids.append(box((x, x + 1.2), (k.y(-0.22), k.y(0.1)), (z, z + float(k.rng.uniform(0.5, 1.4))), k.pick("box")))
    return [*solids, mast(k.x(0.2), (z + 2.6, z + 5.0))], water


def ferry(k: Yard) -> tuple[list[Solid], Floats]:
    """A passenger ship."""
    z, white = 0.035 * k.length + 1, k.pick("bright")
    solids, water = hull_under(
        outline(k.length, k.beam, entrance=0.22, fullness=2.3, transom=0.92),
        z,
        k.pick("hull") if k.rng.random() < 0.6 else white,
        k.pick("deck"),
        sheer=0.6,
    )
    solids += house((k.x(-0.42), k.x(0.30)), 0.92 * k.beam, (z, z + 2.8), white, k.pick("deck"))
    solids += house((k.x(-0.32), k.x(0.26)), 0.8 * k.beam, (z + 2.8, z + 5.4), white, lighter(white, 0.9))
    solids += house((k.x(0.12), k.x(0.22)), 0.86 * k.beam, (z + 5.4, z + 7.8), white)
    solids.append(box((k.x(-0.16), k.x(-0.08)), (k.y(-0.14), k.y(0.14)), (z + 5.4, z + 8.6), k.pick("vivid"), DARK))
    solids += [
        box((k.x(x), k.x(x) + 3), (k.y(y), k.y(y) + 1.2), (z + 5.4, z + 6.6), (0.9, 0.42, 0.06))
        for x in (-0.28, 0.0)
        for y in (-0.4, 0.3)
    ]
    return solids, water
