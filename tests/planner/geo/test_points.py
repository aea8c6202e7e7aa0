import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo.points import LatLon, LocalFrame, bearing_deg, centroid, destination, distance_m

places = st.builds(LatLon, st.floats(-70, 70), st.floats(-179.9, 179.9))
offsets = st.floats(-20_000, 20_000)


@pytest.mark.parametrize(("lat", "lon"), [(90.1, 0), (-91, 0), (0, 180.5), (math.nan, 0), (0, math.inf)])
def test_a_place_off_the_globe_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        LatLon(lat, lon)


@given(places, offsets, offsets)
def test_local_metres_round_trip_to_a_millimetre(origin: LatLon, east: float, north: float) -> None:
    frame = LocalFrame(origin)
    back = frame.to_metres([frame.to_place(east, north)])[0]
    assert back == pytest.approx([east, north], abs=1e-3)  # PROJ takes what is within 0.64 mm of the origin for it


@given(places, offsets, offsets, offsets, offsets)
def test_lengths_within_20_km_are_those_of_the_geodesic(
    origin: LatLon, e1: float, n1: float, e2: float, n2: float
) -> None:
    frame = LocalFrame(origin)
    a, b = frame.to_places([(e1, n1), (e2, n2)])
    assert math.hypot(e2 - e1, n2 - n1) == pytest.approx(distance_m(a, b), rel=1e-5, abs=1e-3)


@given(places, st.floats(0, 359.9), st.floats(1, 50_000))
def test_a_destination_lies_at_the_asked_range_and_bearing(start: LatLon, towards: float, range_m: float) -> None:
    there = destination(start, towards_deg=towards, range_m=range_m)
    assert distance_m(start, there) == pytest.approx(range_m, abs=1e-3)
    turn = (bearing_deg(start, there) - towards + 180) % 360 - 180
    assert abs(turn) < 1e-3


def test_a_centroid_across_the_date_line_stays_there() -> None:
    middle = centroid([LatLon(10, 179.9), LatLon(12, -179.9)])
    assert middle.lat_deg == pytest.approx(11)
    assert abs(middle.lon_deg) == pytest.approx(180)


def test_a_centroid_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one place"):
        centroid([])


def test_columns_of_degrees_give_rows_of_metres() -> None:
    frame = LocalFrame(LatLon(52, 4))
    rows = frame.degrees_to_metres(np.array([52.0, 52.01]), np.array([4.0, 4.0]))
    assert rows.shape == (2, 2)
    assert rows[1, 1] == pytest.approx(1112.6, abs=0.5)  # a degree of latitude at 52 N is 111.26 km
