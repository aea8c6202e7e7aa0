"""The index of zones against shapely on every pair, and its laying out of degrees in metres."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geo.points import Floats, LatLon, LocalFrame, destination, distance_m
from planner.model.zone import Zone, ZoneRule
from planner.route.check_ground import laid_out, ways_home
from planner.route.check_path import flown_path
from planner.route.check_values import Conditions
from planner.zones.index import PIECE_VERTICES, ZoneIndex
from planner.zones.shapes import circle
from tests.planner.checking import QUAD, at, codes, mission, verdict, waypoint

FRAME = LocalFrame(LatLon(52.0, 4.0))
metres = st.floats(-4000, 4000).map(lambda value: round(value, 1))
spots = st.tuples(metres, metres)


def star(seed: int, corners: int) -> Floats:
    """A star-shaped polygon, concave, with many corners, east and north in metres."""
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = rng.uniform(100, 2500, corners)
    middle = rng.uniform(-3000, 3000, 2)
    return np.asarray(middle + radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)]))


def zone_of(ring: Floats) -> Zone:
    return Zone("z", ZoneRule.NO_FLY, tuple(FRAME.to_places(ring)))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(spots, spots), min_size=1, max_size=30), st.integers(0, 10_000), st.integers(3, 900))
def test_legs_and_zones_meet_as_shapely_says(
    legs: list[tuple[tuple[float, float], ...]], seed: int, corners: int
) -> None:
    ring = star(seed, corners)
    starts, ends = np.array([leg[0] for leg in legs]), np.array([leg[1] for leg in legs])
    index = ZoneIndex([zone_of(ring)], FRAME, FRAME.to_places(np.vstack([starts, ends])))
    found = {hit.leg for hit in index.met_by_legs(starts, ends)}
    polygon = shapely.make_valid(shapely.Polygon(ring))
    distances = np.array([shapely.LineString(leg).distance(polygon) for leg in legs])
    inside = np.array([shapely.LineString(leg).intersection(polygon).length for leg in legs])
    assert found >= set(np.flatnonzero(inside > 0.01).tolist()), "a leg that crosses a zone is always found"
    assert not found & set(np.flatnonzero(distances > 0.01).tolist()), "and none that stays out"


@settings(max_examples=25, deadline=None)
@given(spots, spots, st.integers(0, 10_000), st.floats(1, 500))
def test_legs_near_a_zone_are_found_with_their_distance(
    start: tuple[float, float], end: tuple[float, float], seed: int, margin: float
) -> None:
    ring = star(seed, 300)
    rows = np.array([start]), np.array([end])
    index = ZoneIndex([zone_of(ring)], FRAME, FRAME.to_places(np.vstack(rows)))
    hits = index.met_by_legs(*rows, margin_m=margin)
    true = shapely.LineString([start, end]).distance(shapely.make_valid(shapely.Polygon(ring)))
    if abs(true - margin) > 0.05:
        assert bool(hits) == (true < margin)
    if hits:
        assert hits[0].distance_m == pytest.approx(true, abs=0.05)


@settings(max_examples=30, deadline=None)
@given(st.lists(spots, min_size=1, max_size=6), st.integers(0, 10_000))
def test_a_mission_through_a_zone_is_never_flyable(places: list[tuple[float, float]], seed: int) -> None:
    ring = star(seed, 60)
    flown = mission(*[waypoint(*place) for place in places])
    way = shapely.LineString([(0, 0), *places, (0, 0)])
    told = codes(verdict(flown, zone_of(ring))) & {"zone-no-fly", "return-no-fly"}
    if way.intersection(shapely.make_valid(shapely.Polygon(ring))).length > 0.5:
        assert "zone-no-fly" in told


@settings(max_examples=30, deadline=None)
@given(st.lists(spots, min_size=1, max_size=6), st.lists(st.floats(0, 1), min_size=8, max_size=8), st.integers(0, 9999))
def test_a_straight_way_home_through_a_zone_is_always_found(
    places: list[tuple[float, float]], shares: list[float], seed: int
) -> None:
    ring = star(seed, 40)
    polygon = shapely.make_valid(shapely.Polygon(ring))
    flown = mission(*[waypoint(*place) for place in places])
    told = codes(verdict(flown, zone_of(ring)))
    legs = list(zip([(0.0, 0.0), *places], places, strict=False))
    for share, (a, b) in zip(shares, legs * 8, strict=False):
        point = np.array(a) + share * (np.array(b) - np.array(a))
        if shapely.LineString([tuple(point), (0, 0)]).intersection(polygon).length > 0.5:
            assert "return-no-fly" in told


def test_a_zone_wholly_between_the_ways_home_is_found() -> None:
    path = flown_path(mission(waypoint(-500, 1000), waypoint(500, 1000)), QUAD, Conditions())
    ground = laid_out(path)
    (home,) = ways_home(ground)
    small = shapely.Point(*ground.frame.to_metres([at(0, 700)])[0]).buffer(20)
    shapely.prepare(small)
    assert home.first_met(small, np.ones(len(path.legs), dtype=bool)) is not None


def test_zones_of_another_continent_are_left_out() -> None:
    far = Zone("far", ZoneRule.NO_FLY, circle(LatLon(-30.0, 100.0), 500.0))
    assert len(ZoneIndex([far], FRAME, [LatLon(52.0, 4.0)])) == 0


def test_a_zone_across_longitude_180_is_met() -> None:
    frame = LocalFrame(LatLon(-17.0, 179.999))
    ring = tuple(
        LatLon(lat, lon) for lat, lon in ((-17.01, 179.99), (-17.01, -179.99), (-16.99, -179.99), (-16.99, 179.99))
    )
    index = ZoneIndex([Zone("z", ZoneRule.NO_FLY, ring)], frame, [frame.origin])
    starts = frame.to_metres([LatLon(-17.0, -179.995)])
    assert [hit.zone for hit in index.met_by_legs(starts, starts)] == [0]


def test_long_edges_are_straight_between_degrees() -> None:
    """A zone north of latitude 52 over 2 degrees of longitude: its southern edge follows the parallel."""
    ring = (LatLon(52.0, 3.0), LatLon(52.0, 5.0), LatLon(52.5, 5.0), LatLon(52.5, 3.0))
    index = ZoneIndex([Zone("z", ZoneRule.NO_FLY, ring)], FRAME, [FRAME.origin])
    for offset, met in ((5.0, True), (-5.0, False)):
        spot = FRAME.to_metres([destination(LatLon(52.0, 4.0), towards_deg=0.0, range_m=offset)])
        assert bool(index.met_by_legs(spot, spot)) is met


def test_many_corners_are_split_and_no_area_is_lost() -> None:
    ring = star(7, 5000)
    index = ZoneIndex([zone_of(ring)], FRAME, [FRAME.origin, FRAME.to_place(3000, 3000), FRAME.to_place(-3000, -3000)])
    pieces = index._pieces
    assert max(shapely.get_num_coordinates(pieces)) <= PIECE_VERTICES
    shape = index.shapes[0]
    assert shape is not None
    assert float(shapely.area(pieces).sum()) == pytest.approx(shape.area, rel=1e-9)


def test_a_circle_reaches_at_least_its_radius() -> None:
    ring = circle(LatLon(60.0, 24.0), 5000.0)
    middles = [
        LatLon((a.lat_deg + b.lat_deg) / 2, (a.lon_deg + b.lon_deg) / 2)
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    assert min(distance_m(LatLon(60.0, 24.0), place) for place in middles) >= 4999.5
