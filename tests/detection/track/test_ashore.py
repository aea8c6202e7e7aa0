import pytest

from detection.locate.sightings import Ellipse, Fix, Sighting
from detection.track.ashore import afloat
from planner.geo.points import LatLon, LocalFrame
from planner.model.zone import Zone, ZoneRule

GROUND = LocalFrame(LatLon(54.1, 7.0))
QUAY = tuple(GROUND.to_places([(-100, -60), (100, -60), (100, 0), (-100, 0)]))  # its edge lies at north 0


def boat(north_m: float, *, fix: Fix = Fix.POINT) -> Sighting:
    """A boat of 10 by 4 m with its long side along the quay."""
    corners = [(-5, north_m - 2), (5, north_m - 2), (5, north_m + 2), (-5, north_m + 2)]
    place, hull = GROUND.to_place(0, north_m), tuple(GROUND.to_places(corners))
    rest = (0.0, (80.0, 81.0), (9.0, 11.0))
    return Sighting("s", "f", None, (0, 0, 9, 9), 0.8, 0, fix, place, Ellipse(2.0, 2.0, 0), *rest, False, hull)


@pytest.mark.parametrize(
    ("north_m", "floats"),
    [(20, True), (2, True), (-1, True), (-12, False)],
    ids=["in the basin", "moored at the quay", "moored, and 3 m wrong", "a lorry on the quay"],
)
def test_what_lies_on_land_is_no_vessel(north_m: float, floats: bool) -> None:
    assert bool(afloat([boat(north_m)], [Zone("quay", ZoneRule.SHORE, QUAY)])) is floats


def test_without_land_everything_floats() -> None:
    assert afloat([boat(-12)], [Zone("berth", ZoneRule.RESTRICTED_WATER, QUAY)])


def test_a_range_that_is_not_known_puts_nothing_ashore() -> None:
    assert afloat([boat(-12, fix=Fix.WEDGE)], [Zone("quay", ZoneRule.LAND, QUAY)])
