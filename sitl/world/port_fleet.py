"""A fleet that fits a port: moored along its quays, at anchor in its anchorages, under way over its water only.

Nobody overlaps anybody, a quay or land, at any time: moored hulls have a margin, anchors a circle to swing in, and each
vessel under way a corridor of its own. MMSIs begin with 200, a country code that the ITU has assigned to nobody.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sitl.world.fairways import ways_over
from sitl.world.hulls import SIZES
from sitl.world.layout import Layout
from sitl.world.motion import Anchored, Round, Still
from sitl.world.motion import Motion as Lasting
from sitl.world.quays import Quay
from sitl.world.vessels import Ais, AisClass, Vessel

MOST_MOORED, MOST_ANCHORED, MOST_UNDER_WAY = 14, 4, 6
MOST_ON_A_SIDE = 4
NEAR_M = 500.0
FENDER_M = 0.6
CLEAR_M = 5.0
SHIP_TYPES = {
    "feeder": 71, "coaster": 70, "tanker": 80, "barge": 79, "ferry": 60, "tug": 52, "trawler": 30, "patrol boat": 55,
    "pilot boat": 50, "workboat": 90, "sailing yacht": 36, "motor yacht": 37, "rib": 37, "motor boat": 37, "skiff": 30,
}  # fmt: skip
_SHIPS = ("feeder", "coaster", "tanker", "barge", "ferry", "tug", "trawler", "patrol boat", "workboat")
_SMALL = ("sailing yacht", "motor yacht", "motor boat", "rib", "skiff", "pilot boat")
_CLASS_A = frozenset({"feeder", "coaster", "tanker", "barge", "ferry", "tug", "patrol boat", "pilot boat"})
_MOVING = (
    ("pilot boat", 5.5), ("workboat", 3.2), ("patrol boat", 4.2), ("rib", 8.0), ("motor boat", 5.0),
    ("trawler", 3.0), ("sailing yacht", 2.4), ("ferry", 4.0), ("tug", 3.6),
)  # fmt: skip


@dataclass
class _Room:
    """The water that is still free, and who was placed."""

    free: BaseGeometry
    rng: np.random.Generator
    seed: int
    placed: list[Vessel] = field(default_factory=list)

    def place(self, role: str, kind: str, size: tuple[float, float], motion: Lasting, taken: BaseGeometry) -> None:
        """Puts a vessel there and takes its room."""
        number = len(self.placed)
        count = sum(v.vessel_id.startswith(role) for v in self.placed) + 1
        self.free = self.free.difference(taken)
        ais = _ais(kind, number, {"moored": 5, "anchored": 1}.get(role, 0), self.rng)
        self.placed.append(Vessel(f"{role}-{count}", kind, *size, motion, ais, self.seed * 1000 + number))


def fleet_of(layout: Layout, seed: int) -> tuple[Vessel, ...]:
    """All vessels of a port."""
    room = _Room(layout.water.difference(layout.land), np.random.default_rng([seed, 3]), seed)
    for mark in layout.marks:
        room.free = room.free.difference(shapely.Point(mark.east_m, mark.north_m).buffer(3.0))
    _moor(layout, room)
    _anchor(layout, room)
    _set_out(layout, room)
    return tuple(room.placed)


def hull(size: tuple[float, float], at: tuple[float, float], heading_deg: float) -> shapely.Polygon:
    """A rectangle around a vessel's deck; `size` is length and beam."""
    a = math.radians(heading_deg)
    forward, right = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    half = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * np.array(size) / 2
    return shapely.Polygon(half[:, :1] * forward + half[:, 1:] * right + np.array(at))


def _sized(kind: str, rng: np.random.Generator, longest_m: float) -> tuple[float, float] | None:
    low, high, ratio = SIZES[kind]
    if low > longest_m:
        return None
    length = round(float(rng.uniform(low, min(high, longest_m))), 1)
    return length, round(length / ratio, 1)


def _moor(layout: Layout, room: _Room) -> None:
    """Along the sides of the quays, near ones and long ones first, with room for lines between the vessels."""
    walls = [(q, i) for q in layout.berths if q.material != "rubble" for i in range(len(q.outline))]
    walls.sort(key=lambda wall: (math.hypot(*wall[0].outline[wall[1]]) > NEAR_M, -_side_m(*wall)))
    for quay, index in walls[:80]:
        along = float(room.rng.uniform(2.0, 12.0))
        length_m = _side_m(quay, index)
        most = min(MOST_MOORED, len(room.placed) + MOST_ON_A_SIDE)
        while length_m - along > 6.0 and len(room.placed) < most:
            along += _moored_at(quay, index, along, room)


def _side_m(quay: Quay, index: int) -> float:
    a, b = quay.outline[index], quay.outline[(index + 1) % len(quay.outline)]
    return math.dist(a, b)


def _moored_at(quay: Quay, index: int, along_m: float, room: _Room) -> float:
    """Tries a vessel there; gives how far to go on."""
    rng = room.rng
    left_m = _side_m(quay, index) - along_m - 2.0
    kinds = _SMALL if quay.height_m < 1.5 or left_m < 20 else _SHIPS
    kind = kinds[int(rng.integers(len(kinds)))]
    size = _sized(kind, rng, left_m)
    if size is None:
        return 4.0
    a, b = (np.asarray(quay.outline[(index + n) % len(quay.outline)]) for n in (0, 1))
    unit = (b - a) / np.linalg.norm(b - a)
    middle = a + unit * (along_m + size[0] / 2)
    outward = np.array([unit[1], -unit[0]])
    if shapely.Polygon(quay.outline).contains(shapely.Point(*(middle + outward * 0.5))):
        outward = -outward
    at = middle + outward * (FENDER_M + size[1] / 2)
    heading = math.degrees(math.atan2(unit[0], unit[1])) + 180.0 * float(rng.integers(2))
    where = (float(at[0]), float(at[1]))
    around = hull(size, where, heading)
    if not room.free.contains(around):
        return 8.0
    room.place("moored", kind, size, Still(*where, heading % 360.0), around.buffer(3.0))
    return size[0] * 1.15 + float(rng.uniform(4.0, 30.0))


def _anchor(layout: Layout, room: _Room) -> None:
    """In the anchorages, each in a circle of its own, all swinging in one wind."""
    rng = room.rng
    wind_from = float(rng.uniform(0, 360))
    placed = 0
    for anchorage in layout.anchorages:
        for _ in range(25):
            kind = ("coaster", "tanker", "barge", "trawler", "sailing yacht")[int(rng.integers(5))]
            size = _sized(kind, rng, 90.0)
            west, south, east, north = anchorage.bounds
            x, y = float(rng.uniform(west, east)), float(rng.uniform(south, north))
            if size is None or placed >= MOST_ANCHORED:
                break
            scope = size[0] * 0.5 + 15.0
            circle = shapely.Point(x, y).buffer(scope + size[0] / 2 + CLEAR_M)
            if not (anchorage.contains(shapely.Point(x, y)) and room.free.contains(circle)):
                continue
            swing = Anchored(x, y, scope, wind_from, phase_s=float(rng.uniform(0, 400)))
            room.place("anchored", kind, size, swing, circle)
            placed += 1


def _set_out(layout: Layout, room: _Room) -> None:
    """On rounds there and back, each in its own corridor."""
    rng = room.rng
    placed = 0
    for way in ways_over(layout.water.difference(layout.land), rng):
        kind, speed = _MOVING[int(rng.integers(len(_MOVING)))]
        size = _sized(kind, rng, 30.0)
        if size is None:
            continue
        corners = tuple((float(x), float(y)) for x, y in way)
        course = Round(corners, speed, phase_m=float(rng.uniform(0, 1000)))
        corridor = shapely.LinearRing(course.points).buffer(size[1] / 2 + CLEAR_M)  # bow and stern swing out in turns
        if not room.free.contains(corridor):
            continue
        room.place("under-way", kind, size, course, corridor)
        placed += 1
        if placed >= MOST_UNDER_WAY:
            return


def _ais(kind: str, number: int, status: int, rng: np.random.Generator) -> Ais | None:
    """Ships have class A; of small craft, which need none, half have class B."""
    name = f"PRACTICE {kind.upper()} {number + 1}"[:20]
    if kind in _CLASS_A:
        return Ais(200_010_000 + number, name, AisClass.A, SHIP_TYPES[kind], f"QP{number:03d}", status)
    if rng.random() < 0.5:
        return Ais(200_011_000 + number, name, AisClass.B, SHIP_TYPES[kind], f"QS{number:03d}")
    return None
