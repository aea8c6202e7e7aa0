"""The check against an oracle that knows nothing of it: every way sampled densely, every point held against every zone.

The oracle walks the mission in plain degrees scaled to metres, with its own reckoning of heights. What it finds at
least `SURE_M` inside a zone must be told; what is told must lie within `LOOSE_M` of what it finds.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import Floats, LatLon
from planner.model.mission import Command, Frame, Home, Mission, Rally, item
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.check_values import Conditions, Verdict
from tests.planner.checking import RETURN, verdict

LAT, LON = 52.0, 4.0
NORTH_M = 111_267.0
EAST_M = 111_320.0 * math.cos(math.radians(LAT)) * 1.00208
"""Metres per degree at 52 north, to a few parts in ten thousand: within a metre over the 4 km used here."""
SURE_M, LOOSE_M = 3.0, 25.0
SURE_UP_M = 0.5
STEP_M = 10.0


@dataclass(frozen=True)
class Stop:
    east_m: float
    north_m: float
    height_m: float
    frame: Frame


@dataclass(frozen=True)
class World:
    """A mission as numbers: what the check is given as a Mission, and the oracle as it is."""

    stops: tuple[Stop, ...]
    home_msl_m: float
    surface_msl_m: float
    return_m: float
    rally: tuple[tuple[float, float, float], ...]

    def msl(self, height_m: float, frame: Frame) -> float:
        base = {Frame.GLOBAL: 0.0, Frame.GLOBAL_RELATIVE_ALT: self.home_msl_m}.get(frame, self.surface_msl_m)
        return base + height_m

    @property
    def points(self) -> list[tuple[float, float, float]]:
        """Every corner of the flight: ground, climb, stops, return at its height, ground."""
        top = self.msl(50.0, Frame.GLOBAL_RELATIVE_ALT)
        way = [(0.0, 0.0, self.home_msl_m), (0.0, 0.0, top)]
        way += [(s.east_m, s.north_m, self.msl(s.height_m, s.frame)) for s in self.stops]
        last = way[-1]
        east, north, up = self.refuge(last)
        level = max(last[2], self.home_msl_m + self.return_m, up)
        down = self.home_msl_m if (east, north) == (0.0, 0.0) else self.surface_msl_m
        return [*way, (last[0], last[1], level), (east, north, level), (east, north, down)]

    def refuge(self, point: tuple[float, float, float]) -> tuple[float, float, float]:
        """The nearest of home and the rally points, with the height that it asks for."""
        return self.refuges(point, within_m=0.0)[0]

    def refuges(self, point: tuple[float, float, float], *, within_m: float) -> list[tuple[float, float, float]]:
        """The nearest refuge, and others that are hardly farther."""
        spots = [(0.0, 0.0, self.home_msl_m), *((e, n, self.home_msl_m + h) for e, n, h in self.rally)]
        away = {spot: math.hypot(spot[0] - point[0], spot[1] - point[1]) for spot in spots}
        return sorted((s for s in away if away[s] <= min(away.values()) + within_m), key=lambda s: away[s])


def place(east_m: float, north_m: float) -> LatLon:
    return LatLon(LAT + north_m / NORTH_M, LON + east_m / EAST_M)


def mission_of(world: World) -> Mission:
    flown = [
        item(Command.NAV_WAYPOINT, at=place(s.east_m, s.north_m), height_m=s.height_m, frame=s.frame)
        for s in world.stops
    ]
    items = (item(Command.NAV_TAKEOFF, at=place(0, 0), height_m=50.0), *flown, RETURN)
    rally = tuple(Rally(place(e, n), h) for e, n, h in world.rally)
    return Mission(items, Home(place(0, 0), world.home_msl_m), rally=rally)


def sampled(a: tuple[float, float, float], b: tuple[float, float, float], step_m: float) -> Floats:
    count = max(2, math.ceil(math.dist(a, b) / step_m) + 1)
    return np.linspace((*a, a[2]), (*b, b[2]), count)


def legs(world: World) -> Iterator[Floats]:
    for a, b in itertools.pairwise(world.points):
        yield sampled(a, b, 2.0)


def ways_back(world: World, *, loose: bool) -> Iterator[Floats]:
    """From points along the way: up to the height of return, across, and down at a rally point.

    Rows of east, north, lowest and highest height. Loose: as high and as low as the leg flies, and to each refuge
    that is within 30 m of being the nearest.
    """
    for a, b in itertools.pairwise(world.points[1:-1]):
        for point in sampled(a, b, STEP_M * 3):
            east, north, up, _ = (float(value) for value in point)
            heights = (min(a[2], b[2]), max(a[2], b[2])) if loose else (up, up)
            for spot in world.refuges((east, north, up), within_m=30.0 if loose else 0.0):
                least = max(world.home_msl_m + world.return_m, spot[2])
                low, high = (max(height, least) for height in heights)
                yield np.array([[east, north, heights[0], high]])
                across = sampled((east, north, low), (spot[0], spot[1], low), STEP_M)
                across[:, 3] = high
                yield across
                if spot[:2] != (0.0, 0.0):
                    yield np.array([[spot[0], spot[1], world.surface_msl_m, high]])


def scaled(zone: Zone) -> shapely.Polygon:
    def ring(places: tuple[LatLon, ...]) -> list[tuple[float, float]]:
        return [((p.lon_deg - LON) * EAST_M, (p.lat_deg - LAT) * NORTH_M) for p in places]

    return shapely.Polygon(ring(zone.outline), [ring(hole) for hole in zone.holes])


def meets(zone: Zone, ways: Iterator[Floats], world: World, *, grow_m: float, grow_up_m: float) -> bool:
    """Whether a sampled point lies in a zone grown by so much."""
    margin = 20.0 if zone.rule is ZoneRule.OBSTACLE else 0.0
    shape = shapely.buffer(scaled(zone), margin + grow_m)
    low, high = (
        None if edge is None else edge.metres + (world.surface_msl_m if edge.datum is Datum.GROUND else 0.0)
        for edge in (zone.lower, zone.upper)
    )
    if zone.rule is ZoneRule.ALTITUDE_LIMIT:
        low, high = high, None
    if zone.rule is ZoneRule.OBSTACLE and high is not None:
        low, high = None, high + 20.0
    rows = np.vstack(list(ways))
    inside = shapely.contains_xy(shape, rows[:, 0], rows[:, 1])
    if low is not None:
        inside &= rows[:, 3] > low - grow_up_m
    if high is not None:
        inside &= rows[:, 2] < high + grow_up_m
    return bool(inside.any())


def told(judged: Verdict, codes: set[str], zone: Zone) -> bool:
    return any(p.code in codes and repr(zone.name) in p.message for p in judged.problems)


FLOWN = {ZoneRule.NO_FLY: "zone-no-fly", ZoneRule.ALTITUDE_LIMIT: "zone-ceiling", ZoneRule.OBSTACLE: "obstacle"}
BACK = {
    ZoneRule.NO_FLY: "return-no-fly",
    ZoneRule.ALTITUDE_LIMIT: "return-ceiling",
    ZoneRule.OBSTACLE: "return-obstacle",
}
metres = st.integers(-2000, 2000).map(float)
frames = st.sampled_from([Frame.GLOBAL, Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_TERRAIN_ALT])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    home = draw(st.sampled_from([0.0, 5.0, 40.0]))
    stops = draw(
        st.lists(st.builds(Stop, metres, metres, st.floats(60, 110), frames), min_size=1, max_size=5).map(tuple)
    )
    rally = draw(st.lists(st.tuples(metres, metres, st.sampled_from([20.0, 90.0])), max_size=2).map(tuple))
    surface = draw(st.sampled_from([0.0, home]))
    return World(stops, home, surface, draw(st.sampled_from([15.0, 60.0, 100.0])), rally)


@st.composite
def zones(draw: st.DrawFn) -> Zone:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    corners = draw(st.integers(3, 40))
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + rng.uniform(0, 0.1)
    size = draw(st.sampled_from([60.0, 300.0, 900.0]))
    middle = rng.uniform(-2000, 2000, 2)
    radius = size * rng.uniform(0.5, 1.0, corners)
    ring = middle + radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    hole = middle + 0.2 * (ring - middle)
    rule = draw(st.sampled_from(list(FLOWN)))
    datum = draw(st.sampled_from(list(Datum)))
    lower, upper = sorted(draw(st.tuples(st.integers(0, 150), st.integers(0, 150))))
    has_lower, has_upper = draw(st.booleans()), draw(st.booleans())
    return Zone(
        "A",
        rule,
        tuple(place(*row) for row in ring),
        (tuple(place(*row) for row in hole),) if draw(st.booleans()) and corners > 5 else (),
        HeightLimit(float(lower), datum) if has_lower and rule is ZoneRule.NO_FLY else None,
        HeightLimit(float(upper), datum) if has_upper or rule is not ZoneRule.NO_FLY else None,
    )


@settings(max_examples=120, deadline=None)
@given(worlds(), st.lists(zones(), min_size=1, max_size=3))
def test_what_is_crossed_is_told_and_nothing_else(world: World, drawn: list[Zone]) -> None:
    named = [replace(zone, name=f"Z{n}") for n, zone in enumerate(drawn)]
    given_ = Conditions(surface_msl_m=world.surface_msl_m, return_height_m=world.return_m)
    judged = verdict(mission_of(world), *named, conditions=given_)
    for zone in named:
        flown, back = FLOWN[zone.rule], BACK[zone.rule]
        if meets(zone, legs(world), world, grow_m=-SURE_M, grow_up_m=-SURE_UP_M):
            assert told(judged, {flown}, zone)
        if meets(zone, ways_back(world, loose=False), world, grow_m=-SURE_M, grow_up_m=-SURE_UP_M):
            assert told(judged, {flown, back}, zone)
        if told(judged, {flown}, zone):
            assert meets(zone, legs(world), world, grow_m=SURE_M, grow_up_m=2.0)
        if told(judged, {back}, zone):
            assert meets(zone, ways_back(world, loose=True), world, grow_m=LOOSE_M, grow_up_m=1.0)
