"""From a layout to a harbour: what stands on the quays, who lies there, what is to be patrolled."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.plan import Area, AreaKind
from sitl.world.harbour import Harbour
from sitl.world.layout import Layout, polygons, ring_of
from sitl.world.looks import Look
from sitl.world.port_fleet import fleet_of
from sitl.world.quays import Fixture, Quay, beacon, bollard, buoy, containers, crane, lorry, shed, tree

PATROL_M = (320.0, 220.0)
"""Half the sides of what is patrolled where the layout names nothing."""
BOLLARD_STEP_M, MOST_BOLLARDS = 25.0, 60
ROOMY_M2 = 1_200.0


def port(layout: Layout, seed: int = 0) -> Harbour:
    """The harbour of a layout; `seed` chooses vessels, paint, cargo and light, the same seed always the same.

    Raises:
        BadInput: no water, so nothing to patrol.
    """
    rng = np.random.default_rng([seed, 2])
    frame = LocalFrame(layout.origin)
    outline = layout.area_en_m or _patrolled(layout)
    return Harbour(
        name=layout.name,
        origin=layout.origin,
        launch=frame.to_place(*layout.launch_en_m),
        takeoff_height_m=layout.takeoff_height_m,
        quays=layout.quays,
        fixtures=(*_fittings(layout, rng), *_buoys(layout)),
        vessels=fleet_of(layout, seed),
        zones=layout.zones,
        area=Area(layout.name, AreaKind.POLYGON, tuple(frame.to_places(outline))),
        look=Look.practice(rng),
    )


def _buoys(layout: Layout) -> list[Fixture]:
    return [
        Fixture("beacon" if m.on_pile else "buoy", (beacon if m.on_pile else buoy)(m.colour), m.east_m, m.north_m)
        for m in layout.marks
    ]


def _patrolled(layout: Layout) -> tuple[tuple[float, float], ...]:
    """The outline of the water near the quays, about the origin."""
    wide, high = PATROL_M
    middle = layout.water.intersection(shapely.Point(0, 0).buffer(900.0)).representative_point()
    around = shapely.Point(0, 0) if shapely.distance(shapely.Point(0, 0), layout.water) < high else middle
    found = polygons(_box(around, wide, high).intersection(layout.water))
    if not found:
        raise BadInput(layout.name, "has no water within 900 m of its middle: nothing to patrol")
    smooth = polygons(shapely.make_valid(shapely.Polygon(found[0].exterior).simplify(6.0)))
    return ring_of(shapely.Polygon((smooth or found)[0].exterior))


def _box(at: shapely.Point, wide: float, high: float) -> shapely.Polygon:
    return shapely.box(at.x - wide, at.y - high, at.x + wide, at.y + high)


def _fittings(layout: Layout, rng: np.random.Generator) -> list[Fixture]:
    launch = shapely.Point(*layout.launch_en_m).buffer(15.0)
    found: list[Fixture] = []
    for quay in layout.quays:
        if quay.material in {"wood", "rubble"}:
            continue
        free = shapely.Polygon(quay.outline).buffer(-4.0).difference(launch)
        if free.area > ROOMY_M2 / 2:
            found += _standing(quay, free, rng)
    bollards = [f for quay in layout.berths if quay.material != "rubble" for f in _bollards(quay, layout.water)]
    keep = max(1, -(-len(bollards) // MOST_BOLLARDS))
    return [*found, *bollards[::keep]]


def _standing(quay: Quay, free: BaseGeometry, rng: np.random.Generator) -> list[Fixture]:
    """Sheds, cargo, cranes, lorries, trees with room around each."""
    found: list[Fixture] = []
    green = quay.material == "grass"
    heading = _longest_way_deg(quay)
    wanted = min(30, int(free.area / 1200.0) + 2)
    for _ in range(8 * wanted):
        if len(found) >= wanted:
            break
        kind = "tree" if green else ("shed", "containers", "crane", "lorry", "lorry", "lorry")[int(rng.integers(6))]
        radius = {"tree": 4.0, "shed": 17.0, "containers": 20.0, "crane": 12.0, "lorry": 7.5}[kind]
        west, south, east, north = free.bounds
        x, y = float(rng.uniform(west, east)), float(rng.uniform(south, north))
        spot = shapely.Point(x, y).buffer(radius, 8)
        if not free.contains(spot):
            continue
        free = free.difference(spot)
        body = {
            "tree": lambda: tree(rng),
            "shed": lambda: shed(rng, float(rng.uniform(18, 28)), float(rng.uniform(9, 14))),
            "containers": lambda: containers(rng, int(rng.integers(2, 4)), int(rng.integers(2, 5))),
            "crane": lambda: crane(rng),
            "lorry": lambda: lorry(rng),
        }[kind]()
        turned = float(rng.uniform(0, 360)) if kind in {"lorry", "tree"} else heading
        found.append(Fixture(kind, body, x, y, turned, quay.height_m))
    return found


def _longest_way_deg(quay: Quay) -> float:
    ring = np.asarray(quay.outline)
    sides = np.roll(ring, -1, axis=0) - ring
    side = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    return float(np.degrees(np.arctan2(side[0], side[1]))) % 360.0


def _bollards(quay: Quay, water: BaseGeometry) -> list[Fixture]:
    inner = shapely.Polygon(quay.outline).buffer(-0.8)
    found = []
    for part in polygons(inner):
        for at in np.arange(BOLLARD_STEP_M / 2, part.exterior.length, BOLLARD_STEP_M):
            place = part.exterior.interpolate(float(at))
            if place.buffer(2.5).intersects(water):
                found.append(Fixture("bollard", bollard(), place.x, place.y, 0.0, quay.height_m))
    return found
