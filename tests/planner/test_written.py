import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.formats.written import parse_place, to_mgrs, written_dm
from planner.geo.points import LatLon, distance_m
from planner.model.errors import BadInput

PLACES = st.builds(
    LatLon, st.floats(-79, 83, allow_nan=False), st.floats(-179.9, 179.9, allow_nan=False)
)  # where MGRS is UTM


@pytest.mark.parametrize(
    "written",
    [
        "51.95, 4.05",
        "51.95 4.05",
        "51.95,4.05",
        "51,95 4,05",
        "51,95; 4,05",
        "51.95N 4.05E",
        "51.95N, 4.05E",
        "4.05E 51.95N",
        "N51.95 E4.05",
        "51\u00b057.0'N 4\u00b003.0'E",
        "51\u00b0 57.0' N, 004\u00b0 03.0' E",
        "51\u00b057'00\"N 4\u00b003'00\"E",
        "51 57 0 N, 4 3 0 E",
        "51 57 4 3",
        "51 57 0 4 3 0",
        "51-57.0N 004-03.0E",
        "51\u201157.0N 004\u201103.0E",
        "5157N 00403E",
        "515700N 0040300E",
        "515700.00N0040300.00E",
        "geo:51.95,4.05",
        "Lat 51.95 Lon 4.05",
        "latitude: 51.95, longitude: 4.05",
        "31UET7216255997",
        "31U ET 72162 55997",
        "31u et 72162 55997",
    ],
)
def test_places_are_read_as_people_write_them(written: str) -> None:
    assert distance_m(parse_place(written), LatLon(51.95, 4.05)) < 1.0


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("-33.9, 18.4", LatLon(-33.9, 18.4)),
        ("-33,9 -18,4", LatLon(-33.9, -18.4)),
        ("33.9S 18.4W", LatLon(-33.9, -18.4)),
        ("-0 30, 10", LatLon(-0.5, 10)),
        ("0-30S 010-00W", LatLon(-0.5, -10.0)),
        ("\u221233.9, 18.4", LatLon(-33.9, 18.4)),
    ],
)
def test_south_and_west_are_negative(written: str, at: LatLon) -> None:
    assert distance_m(parse_place(written), at) < 0.1


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "Rotterdam", "91, 4", "51.95", "1 2 3", "51 60 N 4 E", "nan, 4", "51N 52N 4E", "-51N 4E", "51N 4N",
        "4E 5E", "51.5 30 N 4 E", "31UZZ1234512345", "31UET123", "31UET123456123456", "61UET1212", "1e1, 2",
        "inf, 4", "51..9, 4", "51, 4, 5", "--51, 4", "51N", "N, E",
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused_in_one_sentence(written: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_place(written)
    assert "\n" not in str(refused.value)


@given(PLACES)
def test_a_place_in_degrees_and_minutes_is_read_back(at: LatLon) -> None:
    assert distance_m(parse_place(written_dm(at)), at) < 2.0


@given(PLACES)
def test_an_mgrs_square_is_read_back_to_its_metre(at: LatLon) -> None:
    assert distance_m(parse_place(to_mgrs(at)), at) < 1.6


def test_a_large_mgrs_square_means_its_middle() -> None:
    assert to_mgrs(parse_place("31U ET 7 5"), digits=2) == "31U ET 75 55"


@given(st.text(max_size=40))
def test_any_text_is_a_place_or_is_refused(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert isinstance(parse_place(text), LatLon)
