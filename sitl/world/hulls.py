"""All kinds of vessels: their sizes and who builds them."""

from collections.abc import Callable

import numpy as np

from planner.geo.points import Floats
from sitl.world import boats, ships
from sitl.world.solids import Body, Solid
from sitl.world.yard import Yard

_Builder = Callable[[Yard], tuple[list[Solid], Floats]]

_BUILDERS: dict[str, _Builder] = {
    "feeder": ships.feeder,
    "coaster": ships.coaster,
    "tanker": ships.tanker,
    "barge": ships.barge,
    "ferry": ships.ferry,
    "tug": ships.tug,
    "trawler": ships.trawler,
    "patrol boat": ships.patrol,
    "pilot boat": boats.pilot,
    "workboat": ships.workboat,
    "sailing yacht": boats.sailing_yacht,
    "motor yacht": boats.motor_yacht,
    "rib": boats.rib,
    "motor boat": boats.motorboat,
    "skiff": boats.skiff,
    "kayak": boats.kayak,
    "low-profile craft": boats.low_profile,
    "swimmer": boats.swimmer,
    "package": boats.package,
    "container ship": ships.container_ship,
}

SIZES: dict[str, tuple[float, float, float]] = {
    "feeder": (75, 90, 6.2), "coaster": (55, 90, 6.6), "tanker": (50, 90, 6.4), "barge": (30, 90, 6.0),
    "ferry": (25, 80, 4.2), "tug": (18, 32, 2.9), "trawler": (10, 34, 3.3), "patrol boat": (12, 45, 4.4),
    "pilot boat": (10, 18, 3.2), "workboat": (9, 26, 2.9), "sailing yacht": (7, 16, 3.2), "motor yacht": (8, 26, 3.3),
    "rib": (4.2, 9, 2.7), "motor boat": (4.5, 9, 2.7), "skiff": (4, 9, 3.2), "kayak": (3.6, 5.2, 6.5),
    "low-profile craft": (8, 18, 5.2), "swimmer": (1.1, 1.1, 1.0),
    "package": (0.5, 4.0, 1.5),
    "container ship": (130, 400, 7.0),
}  # fmt: skip
"""Kind -> (least length, greatest length, length over beam), in metres. A "swimmer" is a person in the water, a
"package" floats."""
NO_VESSELS = frozenset({"swimmer", "package"})
"""Kinds that are no vessels."""


def body_of(kind: str, *, length_m: float, beam_m: float, rng: np.random.Generator) -> Body:
    """The solids of a vessel of this kind and size; `rng` chooses paint and fittings."""
    solids, waterline = _BUILDERS[kind](Yard(length_m, beam_m, rng))
    return Body(tuple(solids), waterline)
