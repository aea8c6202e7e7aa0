import itertools
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from planner.route.anneal import Cooling, Found, Grid, cooled
from planner.route.anneal_loop import TURN_M

BAY = Polygon(
    [(0, 0), (1400, 60), (1350, 500), (800, 300), (500, 600), (60, 480)], [[(300, 150), (420, 160), (380, 260)]]
)
START = np.array([[30.0, 30.0], [1300, 90], [1300, 180], [40, 120], [60, 400], [450, 500], [470, 300]])
COOLING = Cooling(
    steps=20_000,
    hot_m=100.0,
    cold_m=3.0,
    light_m=0.1,
    heavy_m=0.75,
    half_m=40.0,
    reach_m=60.0,
    most_turns=9,
    may_miss_m2=0.0,
)


def run(*, seed: int = 1, cooling: Cooling = COOLING, factors: bool = False) -> tuple[Found, Grid]:
    rng = np.random.default_rng(seed)
    grid = Grid(BAY, 8.0, rng)
    by_angle = 1.0 + np.arange(180) / 180 if factors else None
    return cooled(START, grid, BAY, cooling, by_angle, rng), grid


@pytest.mark.parametrize("factors", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_a_cooled_way_is_said_to_cost_is_what_it_costs_when_reckoned_anew(seed: int, *, factors: bool) -> None:
    found, grid = run(seed=seed, factors=factors)
    by_angle = 1.0 + np.arange(180) / 180 if factors else None
    anew = cooled(found.points, grid, BAY, replace(COOLING, steps=0), by_angle, np.random.default_rng(0))
    assert anew.cost_m == pytest.approx(found.cost_m)
    assert np.array_equal(anew.points, found.points)


def test_a_cooled_way_costs_less_and_stays_inside() -> None:
    found, grid = run()
    before = cooled(START, grid, BAY, replace(COOLING, steps=0), None, np.random.default_rng(0))
    assert found.cost_m < before.cost_m
    assert BAY.buffer(1e-6).covers(LineString(found.points))
    assert len(found.points) - 2 <= COOLING.most_turns


def test_the_same_seed_gives_the_same_way() -> None:
    assert np.array_equal(run(seed=5)[0].points, run(seed=5)[0].points)
    assert not np.array_equal(run(seed=5)[0].points, run(seed=6)[0].points)


spots = st.tuples(st.floats(0, 1400), st.floats(0, 600))


@settings(max_examples=60, deadline=None)
@given(st.lists(spots, min_size=2, max_size=6))
def test_what_is_left_unseen_agrees_with_polygons_to_the_cells_of_the_edges(spots: list[tuple[float, float]]) -> None:
    cell_m = 4.0
    grid = Grid(BAY, cell_m, np.random.default_rng(3))
    one_m2 = replace(COOLING, steps=0, heavy_m=1.0)
    found = cooled(np.array(spots), grid, BAY, one_m2, None, np.random.default_rng(0))
    legs = [LineString(leg) for leg in itertools.pairwise(spots) if LineString(leg).length >= 0.5]
    seen = shapely.union_all([leg.buffer(40.0, cap_style="flat") for leg in legs])
    unseen_m2 = found.cost_m - LineString(spots).length - TURN_M * (len(spots) - 2)
    edges_m = seen.length + BAY.length
    assert unseen_m2 == pytest.approx(BAY.difference(seen).area, abs=1.5 * edges_m + 4 * cell_m**2)


def test_a_leg_without_length_sees_nothing() -> None:
    grid = Grid(BAY, 8.0, np.random.default_rng(1))
    points = np.array([[200.0, 150.0], [200.0, 150.0 + 1e-8], [200.0, 150.1]])
    cost_m = cooled(points, grid, BAY, replace(COOLING, steps=0, heavy_m=1.0), None, np.random.default_rng(0)).cost_m
    assert cost_m == pytest.approx(BAY.area + TURN_M, abs=1.0)
