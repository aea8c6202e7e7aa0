from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from planner.geo.points import LatLon
from planner.geo.sun import _equatorial, daylight, sun_angles, sun_at

GOLDEN = LatLon(39.742476, -105.1786)
SPA = datetime(2003, 10, 17, 12, 30, 30, tzinfo=timezone(timedelta(hours=-7)))


def test_the_worked_example_of_nrels_algorithm_comes_out() -> None:
    # Reda and Andreas, NREL/TP-560-34302, table A5: zenith 50.11162, azimuth 194.34024
    sun = sun_at(GOLDEN, SPA)
    assert sun.azimuth_deg == pytest.approx(194.34024, abs=0.02)
    assert 90 - sun.elevation_deg == pytest.approx(50.11162, abs=0.02)


def _golden(day: str, *times: str) -> tuple[datetime, ...]:
    """Moments of mountain standard time."""
    return tuple(datetime.fromisoformat(f"{day}T{time}-07:00") for time in times)


@pytest.mark.parametrize(
    ("rise", "noon", "fall", "sunset_of"),
    [
        (*_golden("2015-01-02", "07:21:55", "12:04:45", "16:47:43"), date(2015, 1, 2)),
        # after 00:00 UTC that calculator gives the sunset of the UTC day before (Aug 1), 64 s later
        (*_golden("2015-08-02", "05:00:27", "12:06:58", "19:13:58"), date(2015, 8, 1)),
    ],
)
def test_sunrise_noon_and_sunset_are_those_of_nrels_calculator(
    rise: datetime, noon: datetime, fall: datetime, sunset_of: date
) -> None:
    # Golden, Colorado; the calculator's figures as quoted in the tests of pvlib
    light = daylight(GOLDEN, rise.date())
    sunset = daylight(GOLDEN, sunset_of).sunset_utc
    assert light.sunrise_utc is not None
    assert sunset is not None
    assert abs(light.sunrise_utc - rise) < timedelta(seconds=6)
    assert abs(light.noon_utc - noon) < timedelta(seconds=15)
    off = abs(sunset - fall)
    assert min(off, abs(off - timedelta(days=1))) < timedelta(seconds=6)


def test_meeus_own_example_comes_out() -> None:
    # Astronomical Algorithms, example 25.a: 1992 October 13.0 TD, right ascension 198.38083, declination -7.78507
    days = (datetime(1992, 10, 13, tzinfo=UTC).timestamp() - 69.2) / 86_400 - 10_957.5
    right_ascension, declination = _equatorial(np.array([days]))
    assert np.degrees(right_ascension[0]) % 360 == pytest.approx(198.38083, abs=0.002)
    assert np.degrees(declination[0]) == pytest.approx(-7.78507, abs=0.002)


def test_at_an_equinox_noon_the_sun_stands_overhead_at_the_equator() -> None:
    light = daylight(LatLon(0, 0), date(2026, 3, 20))
    assert sun_at(LatLon(0, 0), light.noon_utc).elevation_deg > 89.5


def test_beyond_the_polar_circle_days_have_no_sunset_or_no_sunrise() -> None:
    summer, winter = daylight(LatLon(71, 25), date(2026, 6, 21)), daylight(LatLon(71, 25), date(2026, 12, 21))
    assert summer.sunrise_utc is None
    assert summer.always_up
    assert winter.sunset_utc is None
    assert not winter.always_up
    assert winter.dawn_utc is not None


def test_a_day_east_of_the_date_line_is_that_places_day() -> None:
    light = daylight(LatLon(-36.8, 174.8), date(2026, 1, 15))
    assert light.sunrise_utc is not None
    assert light.sunset_utc is not None
    assert light.sunrise_utc.date() == date(2026, 1, 14)
    assert timedelta(hours=14) < light.sunset_utc - light.sunrise_utc < timedelta(hours=15)


def test_the_azimuth_goes_round_by_east_in_the_north_and_by_north_in_the_south() -> None:
    times = datetime(2026, 6, 1, 6, tzinfo=UTC).timestamp() + np.arange(0, 12 * 3600, 600)
    north, _ = sun_angles(LatLon(52, 0), times)
    south, _ = sun_angles(LatLon(-35, 0), times)
    assert (np.diff(north) > 0).all()
    assert (south[36] < 30) or (south[36] > 330)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sun_at(GOLDEN, datetime(2026, 1, 1))  # noqa: DTZ001 -- that is what is tested
