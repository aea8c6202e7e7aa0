from shapely.geometry import LineString, Polygon

from planner.route.polish import polished
from planner.route.shapes import Strip, length_m

STRIP = Strip(spacing=80.0, width=80.0, reach=0.0)
ROOM = Polygon([(0, 0), (1000, 0), (1000, 80), (0, 80)])


def test_a_crooked_way_becomes_straight_and_misses_no_more_than_it_may() -> None:
    crooked = [(2.0, 36.0), (500.0, 44.0), (998.0, 35.0)]
    way = polished(crooked, ROOM, ROOM, STRIP, may_miss=0.005)
    assert ROOM.difference(LineString(way).buffer(40, cap_style="flat")).area <= 0.006 * ROOM.area
    assert length_m(way) <= 1000


def test_a_way_is_lengthened_where_it_misses_too_much_and_stays_inside() -> None:
    way = polished([(100.0, 40.0), (900.0, 40.0)], ROOM, ROOM, STRIP, may_miss=0.001)
    assert length_m(way) >= 995
    assert ROOM.buffer(2e-3).covers(LineString(way))
