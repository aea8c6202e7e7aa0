"""Ships and aircraft as receivers tell them: old and new ways to say "not known", and their age."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.link import messages as m
from planner.link.messages import Address
from planner.link.traffic import traffic_of, with_report
from planner.link.wire import Codec
from tests.planner.link.copter import Rig

SHIP = m.AisVessel(244660000, 519500000, 40500000, 9000, 8800, 515, 60, 20, "NOORDZEE@@@", 4, 2 | 4 | 64)
PLANE = m.AdsbVehicle(0x4840D6, 519600000, 40600000, 900_000, 27000, 6000, "KLM1023 ", 1, 1 | 4 | 8)


def test_a_ship_is_told_with_name_course_speed_length_and_the_time_of_its_own_report() -> None:
    ship = traffic_of(SHIP, 100.0)
    assert ship is not None
    assert (ship.id, ship.name, ship.is_ship) == ("ais:244660000", "NOORDZEE", True)
    assert (ship.course_deg, ship.pointing_deg, ship.speed_m_s, ship.length_m) == (90.0, 88.0, 5.15, 80.0)
    assert (ship.last_s, ship.age_s(110.0)) == (96.0, 14.0)


@pytest.mark.parametrize("heading", [0, 51100, 65535, 36000])
def test_a_heading_that_is_not_known_is_never_drawn_as_655_degrees(heading: int) -> None:
    ship = traffic_of(replace(SHIP, heading=heading), 0.0)
    assert ship is not None
    assert ship.pointing_deg == ship.course_deg == 90.0


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (2147483647, 2147483647), (910000000, 0)])
def test_a_report_without_a_place_is_none(lat: int, lon: int) -> None:
    assert traffic_of(replace(SHIP, lat=lat, lon=lon), 0.0) is None


def test_what_the_flags_do_not_vouch_for_is_not_known() -> None:
    ship = traffic_of(replace(SHIP, flags=0), 0.0)
    assert ship is not None
    assert (ship.course_deg, ship.speed_m_s, ship.length_m) == (None, None, None)
    fast = traffic_of(replace(SHIP, velocity=65535), 0.0)
    assert fast is not None
    assert fast.speed_m_s is None


def test_ships_are_kept_for_seven_minutes_and_aircraft_for_one() -> None:
    seen = with_report(with_report((), SHIP, 100.0), PLANE, 100.0)
    assert len(seen) == 2
    later = with_report(seen, replace(SHIP, MMSI=1), 170.0)
    assert [one.id for one in later] == ["ais:244660000", "ais:1"]
    assert [one.id for one in with_report(later, replace(SHIP, MMSI=1), 600.0)] == ["ais:1"]


def test_an_older_report_that_comes_late_does_not_move_a_ship_back() -> None:
    new = with_report((), replace(SHIP, tslc=0), 100.0)
    late = with_report(new, replace(SHIP, tslc=30, lat=519000000), 101.0)
    assert late[0].at == new[0].at


def test_reports_arrive_over_the_wire_also_from_a_receiver_with_an_id_of_its_own() -> None:
    rig = Rig()
    rig.until(lambda: rig.core.state is not None)
    receiver = Codec(Address(77, 156))
    rig.to_us += receiver.encode(SHIP) + receiver.encode(PLANE)
    rig.step()
    assert rig.core.state is not None
    assert [one.name for one in rig.core.state.traffic] == ["NOORDZEE", "KLM1023"]


@given(
    st.builds(
        m.AisVessel, st.integers(0, 2**32 - 1), *[st.integers(-(2**31), 2**31 - 1)] * 2, *[st.integers(0, 65535)] * 5,
        st.text(max_size=20), st.integers(0, 65535), st.integers(0, 65535),
    )
)  # fmt: skip
def test_whatever_a_receiver_says_a_shown_ship_has_figures_that_make_sense(report: m.AisVessel) -> None:
    ship = traffic_of(report, 0.0)
    if ship is not None:
        assert ship.pointing_deg is None or 0 <= ship.pointing_deg < 360
        assert ship.speed_m_s is None or 0 <= ship.speed_m_s < 52.63
        assert ship.length_m is None or ship.length_m > 0
