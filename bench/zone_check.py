"""100,000 zone vertices against 10,000 legs, and a whole verdict: `python -m bench.zone_check`.

Zones: twenty wavy coasts of 5,000 corners each, spread over 20 by 20 km. Legs: random ones among them, and a mission
of 10,000 waypoints back and forth beside them, judged with all its ways home.
"""

import math
import time

import numpy as np
import shapely

from planner.formats.profiles import drone
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.mission import Command, Home, Mission, item
from planner.model.zone import Zone, ZoneRule
from planner.route.check import check
from planner.zones.index import ZoneIndex

ZONES, CORNERS, LEGS = 20, 5_000, 10_000
EXTENT_M = 10_000.0


def main() -> None:
    rng = np.random.default_rng(1)
    frame = LocalFrame(LatLon(52.0, 4.0))
    rings = [_coast(rng) for _ in range(ZONES)]
    zones = [Zone(f"zone {n}", ZoneRule.NO_FLY, tuple(frame.to_places(ring))) for n, ring in enumerate(rings)]
    starts = rng.uniform(-EXTENT_M, EXTENT_M, (LEGS, 2))
    ends = starts + rng.normal(0, 300, (LEGS, 2))
    places = [*frame.to_places(starts), *frame.to_places(ends)]
    began, cpu = time.perf_counter(), time.process_time()
    index = ZoneIndex(zones, frame, places)
    built = time.perf_counter()
    hits = index.met_by_legs(starts, ends)
    done, cpu = time.perf_counter(), time.process_time() - cpu
    print(f"{ZONES * CORNERS:,} zone vertices, {LEGS:,} legs: index {built - began:.2f} s, legs {done - built:.2f} s,")
    print(f"together {done - began:.2f} s, {cpu:.2f} s of one processor (bar: 1 s); {len(hits):,} entries found")
    print(f"missed against shapely on every pair: {_missed(rings, starts, ends, {(h.leg, h.zone) for h in hits})}")
    _verdict(zones, frame)


def _verdict(zones: list[Zone], frame: LocalFrame) -> None:
    """A sweep of 10,000 waypoints west of all zones, which no leg and no way home enters."""
    home = frame.to_place(-EXTENT_M - 3000, 0.0)
    rows = [(-EXTENT_M - 2900 + 600 * ((n // 2 + n) % 2), -2500 + 0.5 * n) for n in range(LEGS)]
    flown = [item(Command.NAV_WAYPOINT, at=at, height_m=60.0) for at in frame.to_places(rows)]
    items = (item(Command.NAV_TAKEOFF, at=home, height_m=60.0), *flown, item(Command.NAV_RETURN_TO_LAUNCH))
    began = time.perf_counter()
    verdict = check(Mission(items, home=Home(home)), drone("practice-quad"), zones)
    took = time.perf_counter() - began
    codes = sorted({problem.code for problem in verdict.problems})
    print(f"whole verdict on {len(items):,} items with energy and all ways home: {took:.2f} s ({', '.join(codes)})")


def _coast(rng: np.random.Generator) -> Floats:
    angles = np.linspace(0, 2 * math.pi, CORNERS, endpoint=False)
    rough = rng.standard_normal(CORNERS).cumsum() / 1500
    radius = 1500 * (1 + 0.3 * np.sin(7 * angles) + rough - np.linspace(0, float(rough[-1]), CORNERS))
    middle = rng.uniform(-EXTENT_M, EXTENT_M, 2)
    return np.asarray(middle + radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)]))


def _missed(rings: list[Floats], starts: Floats, ends: Floats, found: set[tuple[int, int]]) -> int:
    """Pairs on which one of the two sees an entry and the other does not."""
    lines = shapely.linestrings(np.stack([starts, ends], axis=1))
    wrong = 0
    for number, ring in enumerate(rings):
        polygon = shapely.make_valid(shapely.Polygon(ring))
        shapely.prepare(polygon)
        true = set(np.flatnonzero(shapely.intersects(polygon, lines)).tolist())
        wrong += len(true ^ {leg for leg, zone in found if zone == number})
    return wrong


if __name__ == "__main__":
    main()
