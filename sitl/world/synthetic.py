"""Ports made by code: quays, jetties, a basin, moles, an anchorage and a buoyed fairway, other ones for each seed.

All lie in the open North Sea, so that nobody takes one for a real port. A port is drawn with its coast along the first
axis and the sea towards the second, then turned.
"""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame
from planner.model.zone import Zone, ZoneRule
from sitl.world.layout import Layout, Mark, frame_box, quays_of, ring_of
from sitl.world.quays import GREEN, RED, YELLOW, Quay

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The figures of one port, metres: half its width, how far out the moles reach, half the entrance, where it is."""

    half_m: float
    depth_m: float
    gap_m: float
    entrance_m: float
    turn_deg: float


def synthetic_layout(seed: int) -> Layout:
    """The port of a seed: always the same one."""
    rng = np.random.default_rng([seed, 4])
    half = float(rng.uniform(300, 480))
    plan = _Plan(
        half_m=half,
        depth_m=float(rng.uniform(280, 420)),
        gap_m=float(rng.uniform(55, 80)),
        entrance_m=float(rng.uniform(-0.45, 0.45)) * half,
        turn_deg=float(rng.uniform(0, 360)),
    )
    origin = LatLon(54.0 + float(rng.uniform(0, 0.3)), 6.3 + float(rng.uniform(0, 0.6)))
    quays = _quays(plan, rng)
    turned = [_turned(quay, plan) for quay in quays]
    basin = _shape(_rect((-plan.half_m, 0), (plan.half_m, plan.depth_m)), plan)
    restricted = _shape(_restricted(plan, rng), plan)
    anchorage = _shape(
        _rect((plan.entrance_m + 160, plan.depth_m + 190), (plan.entrance_m + 700, plan.depth_m + 560)), plan
    )
    frame = LocalFrame(origin)
    zones = (
        Zone("Naval berth", ZoneRule.RESTRICTED_WATER, tuple(frame.to_places(ring_of(restricted)))),
        Zone("Anchorage", ZoneRule.ANCHORAGE, tuple(frame.to_places(ring_of(anchorage)))),
    )
    land = shapely.union_all([shapely.Polygon(q.outline) for q in turned])
    # the coast goes on beyond the picture: behind the quays is no water
    behind = _shape(_rect((-4000, -4000), (4000, 0)), plan)
    water = frame_box().difference(land).difference(behind).difference(restricted)
    area = max(shapely.get_parts(basin.difference(land).difference(land.buffer(1.0))), key=lambda p: p.area)
    launch = _point((-plan.half_m + 40.0, -30.0), plan)
    return Layout(
        name=f"Synthetic port {seed}",
        origin=origin,
        quays=tuple(turned),
        water=water,
        launch_en_m=launch,
        takeoff_height_m=turned[0].height_m,
        berths=tuple(q for q in turned if "mole" not in q.name and q.name != "Land"),
        anchorages=(anchorage,),
        marks=tuple(_marks(plan, restricted)),
        zones=zones,
        area_en_m=ring_of(shapely.Polygon(area.exterior.simplify(1.0))),
    )


def _rect(low: tuple[float, float], high: tuple[float, float]) -> Ring:
    return [low, (high[0], low[1]), high, (low[0], high[1])]


def _shape(ring: Ring, plan: _Plan) -> shapely.Polygon:
    return affinity.rotate(
        affinity.translate(shapely.Polygon(ring), 0, -plan.depth_m / 2), plan.turn_deg, origin=(0, 0)
    )


def _point(at: tuple[float, float], plan: _Plan) -> tuple[float, float]:
    moved = affinity.rotate(shapely.Point(at[0], at[1] - plan.depth_m / 2), plan.turn_deg, origin=(0, 0))
    return float(moved.x), float(moved.y)


def _turned(quay: Quay, plan: _Plan) -> Quay:
    return Quay(quay.name, ring_of(_shape(list(quay.outline), plan)), quay.height_m, quay.material)


def _quays(plan: _Plan, rng: np.random.Generator) -> list[Quay]:
    """Apron, land behind it, two moles, jetties and a pontoon, none over another."""
    w, d, height = plan.half_m, plan.depth_m, round(float(rng.uniform(2.2, 3.6)), 1)
    apron: BaseGeometry = shapely.Polygon(_rect((-w, -70), (w, 0)))
    left, right = plan.entrance_m - plan.gap_m, plan.entrance_m + plan.gap_m
    found = [Quay("West mole", tuple(_mole(-w, left, d)), height + 0.5, "rubble"),
             Quay("East mole", tuple(_mole(w, right, d)), height + 0.5, "asphalt")]  # fmt: skip
    places = np.linspace(-w + 110, w - 110, int(rng.integers(3, 6)))
    kinds = ["basin", "pontoon", *["jetty"] * (len(places) - 2)]
    rng.shuffle(kinds)
    for number, (x, kind) in enumerate(zip(places, kinds, strict=True), start=1):
        middle, length = float(x), float(rng.uniform(0.3, 0.5)) * d
        if kind == "basin":
            apron = apron.difference(shapely.Polygon(_rect((middle - 45, -48), (middle + 45, 1))))
        elif kind == "jetty":
            half = float(rng.uniform(5, 12))
            found.append(Quay(f"Jetty {number}", tuple(_rect((middle - half, 0), (middle + half, length))), height))
        else:
            found.append(
                Quay("Yacht pontoon", tuple(_rect((middle - 1.5, 0), (middle + 1.5, 0.6 * length))), 0.6, "wood")
            )
    ground = quays_of("Land", shapely.Polygon(_rect((-w - 900, -900), (w + 900, -70))), height, "grass")
    return [*quays_of("Main quay", apron, height, "concrete"), *found, *ground]


def _mole(x: float, tip: float, depth: float) -> Ring:
    """From the quay's end out to sea, then along to the entrance, 20 m wide."""
    inner = x + math.copysign(20.0, -x)
    return [(x, 0), (x, depth), (tip, depth), (tip, depth - 20), (inner, depth - 20), (inner, 0)]


def _restricted(plan: _Plan, rng: np.random.Generator) -> Ring:
    """A corner of the basin away from the entrance."""
    side = -1.0 if plan.entrance_m > 0 else 1.0
    wide, deep = float(rng.uniform(70, 110)), float(rng.uniform(60, 90))
    x0, x1 = sorted((side * (plan.half_m - 22), side * (plan.half_m - 22 - wide)))
    return _rect((x0, plan.depth_m - 24 - deep), (x1, plan.depth_m - 24))


def _marks(plan: _Plan, restricted: shapely.Polygon) -> list[Mark]:
    """Red and green in pairs out from the entrance (green to starboard for who comes in), yellow around the zone."""
    found = []
    for out in (60.0, 240.0, 420.0):
        for side, colour in ((-1.0, GREEN), (1.0, RED)):
            east, north = _point((plan.entrance_m + side * (plan.gap_m + 10), plan.depth_m + out), plan)
            found.append(Mark(east, north, colour))
    return [
        *found,
        *(Mark(x, y, YELLOW) for x, y in ring_of(shapely.Polygon(restricted.buffer(-4, join_style="mitre")))),
    ]
