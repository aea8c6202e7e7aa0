"""The area under many rectangles at once, held to unions on a grid."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from planner.route.shapes import Strip, Way, seen_area, seen_boxes
from planner.route.under import area_under

Spots = list[tuple[float, float]]
LATTICE = st.tuples(st.integers(-6, 6), st.integers(-6, 6)).map(lambda p: (p[0] * 40.0, p[1] * 40.0))
ANYWHERE = st.tuples(st.floats(-400, 400), st.floats(-400, 400)).map(lambda p: (round(p[0], 2), round(p[1], 2)))
HOLED = box(-300, -300, 300, 300).difference(shapely.Point(20, 30).buffer(70)).difference(box(-40, -40, 0, 40))


def turned(points: Spots, angle: float) -> Spots:
    c, s = math.cos(angle), math.sin(angle)
    return [(c * x - s * y, s * x + c * y) for x, y in points]


def flown(
    points: Spots, *, width_m: float = 40.0, reach_m: float = 0.0, dark: frozenset[int] = frozenset()
) -> list[Polygon]:
    shown = tuple(n not in dark for n in range(len(points) - 1))
    return seen_boxes(Way(tuple(points), shown, shown), Strip(40.0, width_m, reach_m))


def corners_of(boxes: list[Polygon]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(shapely.get_coordinates(boxes).reshape(-1, 5, 2)[:, :4])


def united(goal: BaseGeometry, boxes: list[Polygon]) -> float:
    return float(shapely.intersection(goal, shapely.union_all(boxes, grid_size=1e-6), grid_size=1e-6).area)


@settings(max_examples=150, deadline=None)
@given(
    points=st.lists(LATTICE, min_size=2, max_size=25) | st.lists(ANYWHERE, min_size=2, max_size=25),
    angle=st.sampled_from([0.0, 0.3, math.pi / 4, 1.1]),
    width=st.sampled_from([30.0, 40.0, 80.0]),
    reach=st.sampled_from([0.0, 10.0, 20.0]),
    dark=st.frozensets(st.integers(0, 24), max_size=4),
    goal=st.sampled_from(["square", "strip", "round", "under", "holed"]),
)
def test_the_area_under_rectangles_is_that_of_their_union(
    points: Spots, angle: float, width: float, reach: float, dark: frozenset[int], goal: str
) -> None:
    points = turned(points, angle)
    boxes = flown(points, width_m=width, reach_m=reach, dark=dark)
    if not boxes:
        return
    wanted = {
        "square": box(-120, -200, 160, 40),
        "strip": LineString(points).buffer(20, cap_style="flat", join_style="mitre"),
        "round": LineString(points).buffer(33),
        "under": shapely.union_all(boxes[::2], grid_size=1e-6),
        "holed": HOLED,
    }[goal]
    found = area_under(wanted, corners_of(boxes))
    if found is not None:  # else it said itself that its edge did not close
        assert found == pytest.approx(united(wanted, boxes), rel=1e-6, abs=0.02)
    assert seen_area(wanted, boxes) == pytest.approx(united(wanted, boxes), rel=1e-6, abs=0.02)


def test_rectangles_end_to_end_at_any_angle_are_all_counted() -> None:
    for angle in np.linspace(0.0, 3.0, 60).tolist():
        points = turned([(0.0, 20.0 * k) for k in range(22)], angle)
        boxes = flown(points, dark=frozenset({6, 13}))  # a plain union of GEOS 3.14 loses two of them at some angles
        assert seen_area(box(-1000, -1000, 1000, 1000), boxes) == pytest.approx(19 * 800.0)


def test_a_thousand_crossing_rectangles_are_counted_once() -> None:
    chance = np.random.default_rng(5)
    points = np.cumsum(chance.normal((20, 0), 30, (1000, 2)), axis=0)
    boxes = flown([(float(x), float(y)) for x, y in points], width_m=80.0, reach_m=18.0)
    goal = LineString(points).buffer(40)
    assert area_under(goal, corners_of(boxes)) == pytest.approx(united(goal, boxes), rel=1e-7)


def test_rectangles_heaped_up_are_united_in_place_of_compared_in_pairs() -> None:
    boxes = [box(0, 0, 100, 100 + k) for k in range(300)]
    boxes = [shapely.geometry.polygon.orient(one) for one in boxes]
    assert area_under(box(50, 0, 200, 1000), corners_of(boxes)) is None
    assert seen_area(box(50, 0, 200, 1000), boxes) == pytest.approx(50 * 399.0)


def test_nothing_lies_under_rectangles_elsewhere_or_in_water_without_area() -> None:
    boxes = flown([(0.0, 0.0), (100.0, 0.0)])
    assert area_under(box(500, 500, 600, 600), corners_of(boxes)) == pytest.approx(0.0)
    assert seen_area(shapely.union_all([LineString([(0, 0), (50, 0)])]), boxes) == 0.0
    assert seen_area(Polygon(), boxes) == 0.0
