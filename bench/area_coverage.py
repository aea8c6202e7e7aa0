"""Our row of the area coverage table: length, turns, water seen, metres flown outside, against the peers' figures.

Run: python -m bench.area_coverage
"""

import itertools
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame
from planner.model.patterns import AreaParameters
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.make import make_mission

SWATH_M = 80.0
ORIGIN = LatLon(51.95, 4.05)
POLYGONS: dict[str, list[tuple[float, float]]] = {
    "rectangle": [(0, 0), (2000, 0), (2000, 600), (0, 600)],
    "L": [(0, 0), (1800, 0), (1800, 500), (700, 500), (700, 1500), (0, 1500)],
    "coast": [(0, 0), (3000, 200), (3000, 520), (2200, 380), (1500, 700), (900, 350), (0, 420)],
    "U": [(0, 0), (1500, 0), (1500, 1200), (1100, 1200), (1100, 400), (400, 400), (400, 1200), (0, 1200)],
}
PEERS = {  # length m, turns, covered, metres outside: best-angle sweep; opencoverage 0.2.0 optimal_sweep
    "rectangle": ((15_493, 16, 0.962, 0), (16_560, 14, 1.000, 0)),
    "L": ((21_340, 36, 0.980, 0), (22_363, 35, 0.978, 537)),
    "coast": ((16_287, 15, 0.971, 1_182), (15_754, 13, 0.996, 1_109)),
    "U": ((17_764, 35, 0.993, 290), (25_200, 30, 1.000, 6_980)),
}
DRONE = DroneProfile("bench", 10.0, 15.0, 3.0, 2.0, 100.0, 300.0, 300.0, 12.0)
CAMERA = CameraProfile("bench", 6.4, 3.6, 4.57, 1600, 900, 0.5)


def plan_for(name: str) -> Plan:
    frame = LocalFrame(ORIGIN)
    area = Area(name, AreaKind.POLYGON, tuple(frame.to_places(POLYGONS[name])))
    return Plan(
        name, (area,), Pattern.AREA, DRONE, CAMERA, gsd_m=0.05, swath_m=SWATH_M, parameters=AreaParameters(tighten=True)
    )


def measured(name: str, planned: PlannedMission) -> tuple[float, int, float, float, float]:
    """Length, turns, seen by the legs (half a swath to each side, flat ends), seen by the pictures, metres outside."""
    frame, polygon = LocalFrame(ORIGIN), Polygon(POLYGONS[name])
    legs = [leg for leg in planned.legs if leg.kind is not LegKind.TRANSIT]
    points = [tuple(p) for p in frame.to_metres([legs[0].start, *(leg.end for leg in legs)])]
    way = LineString(points)
    turns = 0
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        first, second = (math.atan2(q[1] - p[1], q[0] - p[0]) for p, q in ((a, b), (b, c)))
        turns += abs(math.remainder(second - first, 2 * math.pi)) > math.radians(1)
    strips = [LineString(leg).buffer(SWATH_M / 2, cap_style="flat") for leg in itertools.pairwise(points)]
    seen = polygon.intersection(shapely.union_all(strips)).area / polygon.area
    return way.length, turns, seen, planned.figures.covered, way.difference(shapely.buffer(polygon, 1e-3)).length


def row(name: str, by: str, length: float, turns: int, *rest: float) -> str:
    ideal = Polygon(POLYGONS[name]).area / SWATH_M
    figures = " ".join(f"{value:9.4f}" if i < 2 else f"{value:9.1f}" for i, value in enumerate(rest))
    return f"{name:10} {by:13} {length:8.0f} {length / ideal:8.3f} {turns:6} {figures}"


def coastline(length_m: float, doublings: int) -> list[tuple[float, float]]:
    """A ragged line made by displacing midpoints, of a given length."""
    rng = np.random.default_rng(1)
    points = np.array([[0.0, 0.0], [1.0, 0.0]])
    for _ in range(doublings):
        along = np.diff(points, axis=0)
        middle = (points[:-1] + points[1:]) / 2
        middle += np.column_stack([-along[:, 1], along[:, 0]]) * rng.normal(0, 0.25, (len(along), 1))
        doubled = np.empty((2 * len(points) - 1, 2))
        doubled[::2], doubled[1::2] = points, middle
        points = doubled
    points *= length_m / np.hypot(*np.diff(points, axis=0).T).sum()
    return [(float(x), float(y)) for x, y in points]


def by_command(geometry: Mapping[str, object], *options: str) -> tuple[float, dict[str, float]]:
    """Seconds that `plan new` takes from start to end, and its figures."""
    with tempfile.TemporaryDirectory() as folder:
        area = Path(folder) / "area.geojson"
        area.write_text(json.dumps(geometry))
        words = [sys.executable, "quaywatch.py", "plan", "new", str(area), "-o", f"{folder}/p.plan", "--json", *options]
        start = time.perf_counter()
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        return time.perf_counter() - start, json.loads(done.stdout)


def large_ones() -> None:
    """Times of the command for 10,000 waypoints and for 500 km of coast."""
    frame = LocalFrame(ORIGIN)

    def lon_lat(points: Sequence[tuple[float, float]]) -> list[list[float]]:
        return [[p.lon_deg, p.lat_deg] for p in frame.to_places(points)]

    wide = [(0, 0), (2000, 0), (2100, 50_000), (2000, 99_000), (0, 99_000), (-60, 40_000), (0, 0)]
    took, found = by_command(
        {"type": "Polygon", "coordinates": [lon_lat(wide)]}, "--swath-m", "20", "--angle-deg", "90"
    )
    print(f"plan new, area of {found['turns'] + 2:.0f} waypoints: {took:.2f} s, covered {found['covered']:.4f}")
    line = {"type": "LineString", "coordinates": lon_lat(coastline(499_000, 14))}
    for passes in ("1", "2"):
        took, found = by_command(line, "--stand-off-m", "150", "--swath-m", "80", "--passes", passes)
        what = f"corridor along 500 km of ragged coast (16,385 points), passes {passes}"
        print(f"plan new, {what}: {took:.2f} s, {found['items']:.0f} items")


def _ring(rng: np.random.Generator, corners: int, least_m: float, most_m: float) -> list[tuple[float, float]]:
    """A star: corners at random distances in turn round a middle."""
    angles = (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) * 2 * math.pi / corners
    radii = rng.uniform(least_m, most_m, corners)
    return [(float(r * math.cos(a)), float(r * math.sin(a))) for r, a in zip(radii, angles, strict=True)]


def _comb(teeth: int, wide_m: float, deep_m: float) -> list[tuple[float, float]]:
    top = []
    for k in range(teeth):
        x = 2 * k * wide_m
        top += [(x, 200.0 + deep_m), (x + wide_m, 200.0 + deep_m), (x + wide_m, 200.0), (x + 2 * wide_m, 200.0)]
    top = top[:-2]
    return [(0.0, 0.0), (top[-1][0], 0.0), *reversed(top)]


def many_shapes() -> dict[str, tuple[list[Polygon], list[Polygon]]]:
    """Shapes of all sorts, by a fixed chance: what is to be seen, and what is to be kept out of."""
    rng = np.random.default_rng(11)
    stars: dict[str, tuple[list[Polygon], list[Polygon]]] = {
        f"star {n}": ([Polygon(_ring(rng, n, 250.0, 1000.0))], []) for n in (5, 7, 9, 12)
    }
    holed = Polygon(_ring(rng, 8, 700.0, 1100.0), [_ring(rng, 5, 150.0, 350.0)])
    two_holes = Polygon(
        [(0, 0), (2200, 150), (2000, 1100), (200, 900)],
        [[(400, 300), (700, 350), (600, 600)], [(1200, 400), (1600, 420), (1650, 700), (1300, 650)]],
    )
    sliver = Polygon([(0, 0), (3000, 350), (3020, 430), (1500, 330), (0, 70)])
    thin = Polygon([(0, 0), (900, 500), (1900, 550), (1900, 610), (880, 570), (-30, 55)])
    pier = Polygon([(0, 0), (1500, 0), (1500, 500), (900, 500), (900, 1300), (820, 1300), (820, 500), (0, 500)])
    basins = [
        Polygon([(0, 0), (900, 60), (850, 500), (40, 420)]),
        Polygon([(1300, 100), (2300, 300), (2100, 800), (1250, 600)]),
    ]
    bay = Polygon([(0, 0), (2400, 100), (2300, 900), (1400, 500), (900, 1000), (100, 800)])
    zone = Polygon([(800, 200), (1100, 150), (1200, 420), (850, 480)])
    across = Polygon([(1000, -50), (1150, -50), (1300, 700), (1120, 750)])
    return {
        **stars,
        "star with a hole": ([holed], []),
        "two holes": ([two_holes], []),
        "sliver": ([sliver], []),
        "bent and thin": ([thin], []),
        "comb": ([Polygon(_comb(4, 250.0, 600.0))], []),
        "pier": ([pier], []),
        "two basins": (basins, []),
        "bay with a zone": ([bay], [zone]),
        "bay cut by a zone": ([bay], [across]),
    }


def shape_plan(polygons: Sequence[Polygon], zones: Sequence[Polygon], *, tighten: bool) -> Plan:
    frame = LocalFrame(ORIGIN)

    def area(name: str, polygon: Polygon) -> Area:
        holes = tuple(tuple(frame.to_places(hole.coords[:-1])) for hole in polygon.interiors)
        return Area(name, AreaKind.POLYGON, tuple(frame.to_places(polygon.exterior.coords[:-1])), holes)

    areas = tuple(area(f"part {n}", polygon) for n, polygon in enumerate(polygons))
    out = tuple(area(f"zone {n}", zone) for n, zone in enumerate(zones))
    given = AreaParameters(tighten=tighten)
    return Plan("shape", areas, Pattern.AREA, DRONE, CAMERA, 0.05, swath_m=SWATH_M, keep_out=out, parameters=given)


def seen_and_outside(planned: PlannedMission, goal: BaseGeometry) -> tuple[float, float]:
    """The share of `goal` that the flown legs see (half a swath to each side, flat), and metres flown outside it."""
    frame = LocalFrame(ORIGIN)
    legs = [leg for leg in planned.legs if leg.kind is not LegKind.TRANSIT]
    lines = [LineString(frame.to_metres([leg.start, leg.end])) for leg in legs]
    strips = shapely.union_all([line.buffer(SWATH_M / 2, cap_style="flat") for line in lines])
    return goal.intersection(strips).area / goal.area, float(
        shapely.union_all(lines).difference(goal.buffer(1e-3)).length
    )


def all_sorts() -> None:
    """Many shapes: the tightened way against the plain sweep's."""
    print("shape              x ideal (plain)   turns (plain)   covered   outside       s")
    rows = []
    for name, (polygons, zones) in many_shapes().items():
        goal = shapely.union_all(polygons).difference(shapely.union_all(zones))
        ideal = goal.area / SWATH_M
        plain = make_mission(shape_plan(polygons, zones, tighten=False)).figures
        start = time.process_time()
        tight = make_mission(shape_plan(polygons, zones, tighten=True))
        took = time.process_time() - start
        seen, outside = seen_and_outside(tight, goal)
        f = tight.figures
        rows.append((f.length_m / ideal, plain.length_m / ideal, f.turns / plain.turns, seen, outside))
        print(
            f"{name:18} {f.length_m / ideal:7.3f} ({plain.length_m / ideal:.3f})   {f.turns:5} ({plain.turns:3})"
            f"   {seen:9.4f} {outside:9.1f} {took:7.1f}"
        )
    length, before, turns, seen, outside = np.array(rows).T
    print(f"length x ideal: mean {length.mean():.3f}, max {length.max():.3f}")
    print(f"of the plain sweep: mean {before.mean():.3f}, max {before.max():.3f}")
    print(f"turns to the plain sweep's: mean {turns.mean():.2f}, max {turns.max():.2f}")
    print(f"covered at least {seen.min():.4f}; outside at most {outside.max():.1f} m")


def main() -> None:
    print("polygon    by              length  x ideal  turns   covered  pictures   outside        ms")
    for name, peers in PEERS.items():
        plan = plan_for(name)
        start = time.process_time()
        planned = make_mission(plan)
        took_ms = (time.process_time() - start) * 1000
        print(row(name, "quaywatch", *measured(name, planned), took_ms))
        for by, (length, turns, seen, outside) in zip(("sweep", "opencoverage"), peers, strict=True):
            print(row(name, by, length, turns, seen, math.nan, outside))
    all_sorts()
    large_ones()


if __name__ == "__main__":
    main()
