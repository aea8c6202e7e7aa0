"""Chances of searches, held to closed forms and to steps along the tracks."""

import math

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from planner.route.search import expanding_square, sector, tracks
from planner.route.search_chance import chances

Spot = tuple[float, float]


def stepped(way: list[Spot], places: list[Spot], width: float, blur: float) -> tuple[float, float]:
    """Mean chance over places, by adding up a metre of track at a time."""
    line = LineString(way)
    spots = np.array([line.interpolate(m + 0.5).coords[0] for m in range(int(line.length))])
    normal, ideal = [], []
    for place in places:
        far2 = ((spots - np.array(place)) ** 2).sum(axis=1)
        normal.append(1 - math.exp(-float((width * np.exp(-far2 / 2 / blur**2) / (2 * math.pi * blur**2)).sum())))
        ideal.append(1 - math.exp(-float((width**2 / (8 * math.pi) / np.maximum(far2, 1e-6) ** 1.5).sum())))
    return float(np.mean(normal)), float(np.mean(ideal))


@pytest.mark.parametrize("coverage", [0.5, 1.0, 2.0])
def test_over_long_even_tracks_the_chances_are_those_of_the_two_laws(coverage: float) -> None:
    water = box(0, 0, 8000, 8000)
    way = tracks(water, 100.0, 0.0)
    found = chances(way, box(1000, 1000, 7000, 7000), width_m=100 * coverage, apart_m=100.0)
    assert found.contained is None
    assert found.found == pytest.approx(1 - math.exp(-coverage), abs=0.005)
    assert found.found_ideal == pytest.approx(math.erf(coverage * math.sqrt(math.pi) / 2), abs=0.01)


def test_half_of_a_datum_lies_within_its_probable_error() -> None:
    found = chances([(0, 0), (1, 0)], Point(0, 0).buffer(100.0), width_m=10, apart_m=10, datums=[(0, 0)], error_m=100)
    assert found.contained == pytest.approx(0.5, abs=0.005)
    wide = chances([(0, 0), (1, 0)], Point(0, 0).buffer(110.0), width_m=10, apart_m=10, datums=[(0, 0)], error_m=100)
    assert wide.contained == pytest.approx(1 - math.exp(-((1.1 * 1.1774) ** 2) / 2), abs=0.005)


@pytest.mark.parametrize("points", [sector(400.0, 20.0), expanding_square(120.0, 400.0, 70.0)])
def test_the_chance_is_that_of_adding_up_the_track_metre_by_metre(points: list[Spot]) -> None:
    rng = np.random.default_rng(4)
    spots = rng.normal(scale=300 / 1.1774, size=(700, 2))
    places = [(float(x), float(y)) for x, y in spots if math.hypot(x, y) < 400]
    disc = Point(0, 0).buffer(400.0)
    found = chances(points, disc, width_m=120.0, apart_m=120.0, datums=[(0, 0)], error_m=300.0)
    normal, ideal = stepped(points, places, 120.0, 60.0)
    assert found.found == pytest.approx(normal, abs=0.03)
    assert found.found_ideal == pytest.approx(ideal, abs=0.03)


def test_a_sector_search_finds_more_the_surer_the_datum_is() -> None:
    disc = Point(0, 0).buffer(600.0)
    sure = chances(sector(600.0, 0.0), disc, width_m=60.0, apart_m=60.0, datums=[(0, 0)], error_m=50.0)
    unsure = chances(sector(600.0, 0.0), disc, width_m=60.0, apart_m=60.0, datums=[(0, 0)], error_m=500.0)
    mean_coverage = 60.0 * 9 * 600 / disc.area
    assert sure.found > 1.5 * unsure.found
    assert unsure.found < 1 - math.exp(-mean_coverage), "most of the disc's rim lies between the spokes"
    assert sure.success == pytest.approx((sure.contained or 0) * sure.found)


def test_two_datums_are_each_as_likely() -> None:
    found = chances(
        [(-500, 0), (500, 0)], Point(-300, 0).buffer(100), width_m=10, apart_m=10, datums=[(-300, 0), (300, 0)],
        error_m=20,
    )  # fmt: skip
    assert found.contained == pytest.approx(0.5, abs=0.01)
