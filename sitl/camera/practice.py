"""Random scenes to train a detector on: any water, any light, any vessel, any quay, from any drone height."""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely

from planner.geo.camera import Attitude, Intrinsics
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.plan import Area, AreaKind
from planner.model.pose import Pose
from sitl.camera.view import View
from sitl.world import quays as built
from sitl.world.harbour import Harbour
from sitl.world.hulls import NO_VESSELS, SIZES
from sitl.world.looks import Look
from sitl.world.motion import Arc, Motion, Still
from sitl.world.quays import Fixture, Quay
from sitl.world.vessels import Vessel

ORIGIN = LatLon(54.10, 7.00)
FULL_WIDTHS_PX = (640, 960, 1280, 1920, 2720)
FULL_WIDTH_ODDS = (0.18, 0.15, 0.22, 0.35, 0.10)
"""Widths of the whole frames that pictures are windows of: a detector sees whole frames made small, and tiles."""
SMALL = (
    "rib",
    "motor boat",
    "skiff",
    "kayak",
    "sailing yacht",
    "motor yacht",
    "low-profile craft",
    "pilot boat",
    "workboat",
    "trawler",
)
MARINA = ("motor boat", "sailing yacht", "motor yacht", "rib", "skiff")
QUAYSIDE = (
    "coaster",
    "feeder",
    "tanker",
    "barge",
    "ferry",
    "tug",
    "trawler",
    "patrol boat",
    "pilot boat",
    "workboat",
    "motor yacht",
)
LEFT_OUT = NO_VESSELS | {"container ship"}
"""Not in open water here; the ship came later, and the same seed shall be the same scene."""
TOP_SPEED_M_S = {
    "rib": 14.0,
    "motor boat": 12.0,
    "patrol boat": 11.0,
    "pilot boat": 11.0,
    "low-profile craft": 10.0,
    "kayak": 1.5,
    "skiff": 7.0,
}


@dataclass(slots=True)
class _Site:
    """A scene being built: what stands where."""

    rng: np.random.Generator
    view: View
    quays: list[Quay] = field(default_factory=list)
    fixtures: list[Fixture] = field(default_factory=list)
    vessels: list[Vessel] = field(default_factory=list)
    taken: list[shapely.Polygon] = field(default_factory=list)

    def spot(self) -> tuple[float, float, float] | None:
        """East and north of a random place in the picture and metres per pixel there; None for the sky."""
        c = self.view.camera
        x = float(self.rng.uniform(-0.08, 1.08)) * c.width_px
        y = float(self.rng.uniform(-0.08, 1.08)) * c.height_px
        east, north, up = (float(v[0, 0]) for v in self.view.directions([x], [y]))
        if up > -0.02:
            return None
        along = self.view.position[2] / -up
        return east * along, north * along, along * math.sqrt(east**2 + north**2 + up**2) / c.focal_px

    def place(self, kind: str, length_m: float, motion: Motion, gap_m: float = 0.4) -> bool:
        """Puts a vessel there unless something is in its way."""
        least, _, slender = SIZES[kind]
        del least
        beam = length_m / slender * float(self.rng.uniform(0.9, 1.12))
        state = motion.state_at(0.0)
        shape = footprint(state.east_m, state.north_m, state.heading_deg, length_m + gap_m, beam + gap_m)
        if any(shape.intersects(other) for other in self.taken):
            return False
        self.taken.append(shape)
        look = int(self.rng.integers(2**31))
        self.vessels.append(Vessel(f"v{len(self.vessels)}", kind, length_m, beam, motion, None, look))
        return True


def footprint(east_m: float, north_m: float, heading_deg: float, length_m: float, beam_m: float) -> shapely.Polygon:
    """The rectangle around a vessel, seen from above."""
    a = math.radians(heading_deg)
    f, s = np.array([math.sin(a), math.cos(a)]) * length_m / 2, np.array([math.cos(a), -math.sin(a)]) * beam_m / 2
    middle = np.array([east_m, north_m])
    return shapely.Polygon([middle + f + s, middle + f - s, middle - f - s, middle - f + s])


def random_scene(rng: np.random.Generator, *, width_px: int, height_px: int) -> tuple[Harbour, Pose, Intrinsics]:
    """A harbour, a pose and a lens for one picture of this size; for instant 0 (1970-01-01).

    The picture is a window of a larger frame, so the middle of the lens may lie anywhere.
    """
    camera = _camera(rng, width_px, height_px)
    straight = rng.random()
    pitch = (
        -90.0 if straight < 0.4 else float(rng.uniform(-90, -60)) if straight < 0.6 else float(rng.uniform(-60, -20))
    )
    attitude = Attitude(float(rng.uniform(0, 360)), pitch, float(rng.normal(0, 2.0)))
    height = float(math.exp(rng.uniform(math.log(30), math.log(150))))
    site = _Site(rng, View(camera, attitude, (0.0, 0.0, height)))
    scene = rng.random()
    if scene < 0.34:
        _quayside(site)
    elif scene < 0.46:
        _marina(site)
    if rng.random() < 0.80:
        _open_water(site)
    _odds(site)
    frame = LocalFrame(ORIGIN)
    harbour = Harbour(
        name="Training scene",
        origin=ORIGIN,
        launch=ORIGIN,
        takeoff_height_m=0.0,
        quays=tuple(site.quays),
        fixtures=tuple(site.fixtures),
        vessels=tuple(site.vessels),
        zones=(),
        area=Area("Training scene", AreaKind.POLYGON, tuple(frame.to_places([(-1, -1), (1, -1), (0, 1)]))),
        look=Look.varied(rng),
    )
    return harbour, Pose(ORIGIN, height, attitude, "simulator"), camera


def _camera(rng: np.random.Generator, width_px: int, height_px: int) -> Intrinsics:
    full = max(width_px, int(rng.choice(FULL_WIDTHS_PX, p=FULL_WIDTH_ODDS)))
    full_height = max(height_px, round(full * (0.5625 if rng.random() < 0.6 else 0.75)))
    focal = full / 2 / math.tan(math.radians(float(rng.uniform(50, 84))) / 2)
    left, top = float(rng.uniform(0, full - width_px)), float(rng.uniform(0, full_height - height_px))
    return Intrinsics(width_px, height_px, focal, full / 2 - left, full_height / 2 - top)


def _size(rng: np.random.Generator, kind: str) -> float:
    least, most, _ = SIZES[kind]
    return float(rng.uniform(least, most))


def _open_water(site: _Site) -> None:
    rng = site.rng
    for _ in range(1 + int(rng.poisson(2.2))):
        spot = site.spot()
        if spot is None:
            continue
        east, north, gsd = spot
        kinds = [k for k, (a, b, _) in SIZES.items() if k not in LEFT_OUT and b / gsd > 9 and a / gsd < 1400]
        if not kinds:
            continue
        small = [k for k in kinds if k in SMALL]
        kind = str(rng.choice(small if small and rng.random() < 0.6 else kinds))
        heading, length = float(rng.uniform(0, 360)), _size(rng, kind)
        motion: Motion = Still(east, north, heading)
        if rng.random() < 0.5:
            speed = float(rng.uniform(1.0, TOP_SPEED_M_S.get(kind, 6.0)))
            motion = Arc(
                east,
                north,
                heading,
                speed,
                float(rng.normal(0, 0.25)) / max(length, 12.0) if rng.random() < 0.4 else 0.0,
            )
        if site.place(kind, length, motion) and rng.random() < 0.12 and isinstance(motion, Still):
            _alongside(site, site.vessels[-1], motion)


def _alongside(site: _Site, host: Vessel, at: Still) -> None:
    rng = site.rng
    kind = str(rng.choice(SMALL))
    length = min(_size(rng, kind), max(SIZES[kind][0], host.length_m))
    beam = length / SIZES[kind][2]
    a = math.radians(at.heading_deg)
    off = (host.beam_m * 1.06 + beam * 1.13) / 2 + 0.45 + float(rng.uniform(0.0, 0.5))
    side, shift = float(rng.choice([-1, 1])), float(rng.uniform(-0.2, 0.2)) * host.length_m
    east = at.east_m + side * off * math.cos(a) + shift * math.sin(a)
    north = at.north_m - side * off * math.sin(a) + shift * math.cos(a)
    site.place(
        kind,
        length,
        Still(east, north, at.heading_deg + float(rng.choice([0, 180])) + float(rng.normal(0, 1.5))),
        gap_m=0.05,
    )


def _quayside(site: _Site) -> None:
    """A long quay through the picture with things on it and vessels along its edge."""
    rng, spot = site.rng, site.spot()
    if spot is None:
        return
    bearing = float(rng.uniform(0, 360))
    a = math.radians(bearing)
    along, out = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    edge = np.array(spot[:2]) + out * float(rng.normal(0, 12))
    depth, height = float(rng.choice([8.0, 14.0, 40.0, 150.0])), float(rng.uniform(0.8, 4.0))
    corners = [
        edge + along * 300,
        edge - along * 300,
        edge - along * 300 - out * depth,
        edge + along * 300 - out * depth,
    ]
    quay = Quay("quay", tuple((float(c[0]), float(c[1])) for c in corners), height, str(rng.choice(built.MATERIALS)))
    site.quays.append(quay)
    site.taken.append(shapely.Polygon(quay.outline))
    _furnish(site, (edge, along, out), depth, quay)
    at = float(rng.uniform(-120, -60))
    while at < 120 and rng.random() < 0.93:
        kind = str(rng.choice(QUAYSIDE if rng.random() < 0.6 else MARINA))
        length = _size(rng, kind)
        width = length / SIZES[kind][2]
        middle = edge + along * (at + length / 2) + out * (0.62 * width + float(rng.uniform(0.3, 1.5)))
        turn = float(rng.choice([0, 180]))
        if site.place(kind, length, Still(float(middle[0]), float(middle[1]), bearing + turn)) and rng.random() < 0.15:
            _alongside(site, site.vessels[-1], Still(float(middle[0]), float(middle[1]), bearing + turn))
        at += length + float(rng.exponential(10.0)) + 2.0


def _furnish(site: _Site, axes: tuple[Floats, Floats, Floats], depth: float, quay: Quay) -> None:
    rng = site.rng
    edge, along, out = axes
    bearing = math.degrees(math.atan2(along[0], along[1]))
    for _ in range(int(rng.integers(0, 22))):
        inland = float(rng.uniform(1.0, max(2.0, min(depth - 1, 60.0))))
        where = edge + along * float(rng.uniform(-120, 120)) - out * inland
        if quay.material in {"grass", "rubble"}:
            body, kind = (built.tree(rng), "tree") if quay.material == "grass" else (built.bollard(), "bollard")
        elif inland > 25 and rng.random() < 0.5:
            body, kind = built.shed(rng, float(rng.uniform(15, 60)), float(rng.uniform(10, 24))), "shed"
        elif inland > 12 and rng.random() < 0.4:
            body, kind = built.containers(rng, int(rng.integers(1, 6)), int(rng.integers(1, 4))), "containers"
        elif inland > 7 and rng.random() < 0.2:
            body, kind = built.crane(rng), "crane"
        elif inland > 3:
            body, kind = built.lorry(rng), "lorry"
        else:
            body, kind = built.bollard(), "bollard"
        turn = bearing + float(rng.choice([0, 90, 180, 270])) + float(rng.normal(0, 3))
        site.fixtures.append(Fixture(kind, body, float(where[0]), float(where[1]), turn, quay.height_m))


def _marina(site: _Site) -> None:
    """A pontoon with boats side by side on it."""
    rng, spot = site.rng, site.spot()
    if spot is None:
        return
    bearing = float(rng.uniform(0, 360))
    a = math.radians(bearing)
    along, out = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    middle, half = np.array(spot[:2]), float(rng.uniform(15, 60))
    corners = [middle + along * x + out * y for x, y in ((half, 1.2), (half, -1.2), (-half, -1.2), (-half, 1.2))]
    site.quays.append(
        Quay("pontoon", tuple((float(c[0]), float(c[1])) for c in corners), 0.5, str(rng.choice(["wood", "concrete"])))
    )
    site.taken.append(shapely.Polygon(corners))
    for side in (-1.0, 1.0):
        at = -half + 2.0
        while at < half - 2:
            kind = str(rng.choice(MARINA))
            length = min(_size(rng, kind), 14.0)
            width = length / SIZES[kind][2] * 1.15
            where = middle + along * (at + width / 2) + out * side * (1.2 + length / 2 + 0.5)
            heading = bearing + 90.0 * side + float(rng.choice([0, 180])) + float(rng.normal(0, 2))
            if rng.random() < 0.72:
                site.place(kind, length, Still(float(where[0]), float(where[1]), heading), gap_m=0.1)
            at += width + float(rng.uniform(0.4, 1.6))


def _odds(site: _Site) -> None:
    """Buoys and, seldom, people in the water."""
    rng = site.rng
    for _ in range(int(rng.poisson(0.3))):
        spot = site.spot()
        if spot is not None:
            colour = (built.RED, built.GREEN, built.YELLOW)[int(rng.integers(3))]
            mark = footprint(spot[0], spot[1], 0.0, 3.0, 3.0)
            if not any(mark.intersects(other) for other in site.taken):
                site.taken.append(mark)
                site.fixtures.append(Fixture("buoy", built.buoy(colour), spot[0], spot[1]))
    if rng.random() < 0.10:
        for _ in range(int(rng.integers(1, 5))):
            spot = site.spot()
            if spot is not None and spot[2] < 0.07:
                site.place("swimmer", 1.1, Still(spot[0], spot[1], float(rng.uniform(0, 360))))
