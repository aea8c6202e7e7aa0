"""What GUIDED takes besides places, and FOLLOW, without a network."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitl.autopilot.core import Autopilot
from sitl.autopilot.messages import Mode, Result
from tests.sitl.vehicle.script import HOME, Station, config

NED, OFFSET, BODY, BODY_OFFSET = 1, 7, 8, 9
PLACE, VELOCITY, YAW = 0b110111111000, 0b110111000111, 0b100111111000


def local(station: Station, frame: int, mask: int, **wish: float) -> None:
    zero = dict.fromkeys(("x", "y", "z", "vx", "vy", "vz", "afx", "afy", "afz", "yaw", "yaw_rate"), 0.0)
    fields: dict[str, Any] = {"coordinate_frame": frame, "type_mask": mask, **zero, **wish}
    assert not station.send("SET_POSITION_TARGET_LOCAL_NED", **fields)


def place(station: Station) -> tuple[float, float, float]:
    body = station.autopilot.truth()
    north = (body.at.lat_deg - HOME.lat_deg) * 111_250
    return north, (body.at.lon_deg - HOME.lon_deg) * 68_730, body.height_m


@pytest.mark.parametrize(("frame", "there"), [(NED, (30, 10)), (OFFSET, (35, 10)), (BODY_OFFSET, (-5, 30))])
def test_a_place_counts_from_the_origin_from_here_or_from_the_nose(frame: int, there: tuple[float, float]) -> None:
    station = Station(Autopilot(config(heading_deg=90.0))).airborne()
    local(station, NED, PLACE, x=5, z=-20)
    station.wait(15)
    assert station.command(115, 90, 0, 0, 0) is Result.ACCEPTED
    station.wait(5)
    local(station, frame, PLACE, x=30, y=10, z=0 if frame != NED else -20)
    station.wait(25)
    assert place(station) == pytest.approx((*there, 20), abs=0.7)


def test_a_velocity_is_held_while_it_is_repeated_and_no_longer() -> None:
    station = Station().airborne()
    for _ in range(4):
        local(station, NED, VELOCITY, vx=3, vy=-4, vz=-1)
        station.wait(2)
    body = station.autopilot.now.body
    assert (body.v_north_m_s, body.v_east_m_s, body.v_up_m_s) == pytest.approx((3, -4, 1), abs=0.15)
    station.wait(8)
    assert station.autopilot.truth().speed_m_s < 0.2
    here = place(station)
    station.wait(20)
    assert place(station) == pytest.approx(here, abs=0.5)


def test_a_velocity_by_the_nose_turns_with_it_and_is_no_faster_than_the_drone_can() -> None:
    station = Station().airborne()
    assert station.command(115, 90, 20, 1, 0) is Result.ACCEPTED
    station.wait(6)
    local(station, BODY_OFFSET, VELOCITY, vx=500)
    station.wait(2.9)
    body = station.autopilot.now.body
    assert body.v_east_m_s > 4
    assert abs(body.v_north_m_s) < 0.3
    assert body.v_east_m_s <= station.autopilot.now.config.airframe.max_speed_m_s


def test_a_turn_by_an_angle_goes_its_way_round_and_a_senseless_one_fails() -> None:
    station = Station().airborne()
    for direction, heading in ((-1, 300.0), (1, 0.0)):
        assert station.command(115, 60, 20, direction, 1) is Result.ACCEPTED
        station.wait(6)
        off = math.remainder(station.autopilot.truth().attitude.yaw_deg - heading, 360)
        assert abs(off) < 1
    assert station.command(115, -5) is Result.FAILED
    assert station.command(115, math.nan) is Result.FAILED
    assert station.command(115, 90, 0, 0, 7) is Result.FAILED


def test_nothing_of_it_works_on_the_ground_or_in_another_mode() -> None:
    station = Station().ready()
    local(station, NED, VELOCITY, vx=5)
    station.wait(2)
    assert station.autopilot.truth().landed
    station = Station().airborne()
    assert station.command(176, 1, 5) is Result.ACCEPTED
    local(station, NED, VELOCITY, vx=5)
    station.wait(2)
    assert station.autopilot.truth().speed_m_s < 0.3


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["SET_POSITION_TARGET_LOCAL_NED", "SET_POSITION_TARGET_GLOBAL_INT", "FOLLOW_TARGET"]),
    st.integers(0, 12),
    st.integers(0, 65535),
    st.lists(st.floats(width=32), min_size=11, max_size=11),
)
def test_no_numbers_break_it(name: str, frame: int, mask: int, numbers: list[float]) -> None:
    station = FLYING
    keys = ("x", "y", "z", "vx", "vy", "vz", "alt", "yaw", "yaw_rate", "lat_int", "lon_int")
    fields: dict[str, Any] = dict(zip(keys, numbers, strict=True))
    fields |= {"lat": 10**9, "lon": -(2**31), "vel": numbers[:3], "est_capabilities": mask}
    fields |= {"lat_int": 2**31 - 1 if mask % 2 else 519500000, "lon_int": 40500000}
    station.send(name, coordinate_frame=frame, type_mask=mask, **fields)
    station.wait(0.2)
    assert math.isfinite(station.autopilot.truth().height_m)


FLYING = Station().airborne()


def lead(station: Station, north_m: float, *, system: int = 42, vn: float = 0.0) -> None:
    other = Station(station.autopilot, system=system, component=1, client=2, link_s=station.link_s)
    lat = round((HOME.lat_deg + north_m / 111_250) * 1e7)
    fields = {"alt": 5000, "vx": round(100 * vn), "vy": 0}
    other.send("GLOBAL_POSITION_INT", lat=lat, lon=round(HOME.lon_deg * 1e7), target_system=0, **fields)


def following(**parameters: float) -> Station:
    told = tuple({"FOLL_ENABLE": 1.0, **parameters}.items())
    station = Station(Autopilot(config(parameters=told))).airborne()
    lead(station, 20)
    assert station.command(176, 1, Mode.FOLLOW) is Result.ACCEPTED
    return station


def test_following_has_to_be_enabled_first() -> None:
    station = Station().airborne()
    assert station.command(176, 1, Mode.FOLLOW) is Result.FAILED
    assert station.texts()[-1] == "Set FOLL_ENABLE = 1"


def test_it_keeps_its_place_beside_one_that_moves_and_looks_at_it() -> None:
    station = following(FOLL_OFS_Y=15.0, FOLL_OFS_Z=-20.0)
    north = 20.0
    for _ in range(200):
        north += 0.6
        lead(station, north, vn=3.0)
        station.wait(0.2)
    assert place(station) == pytest.approx((north, 15, 20), abs=1.5)
    assert station.autopilot.truth().attitude.yaw_deg == pytest.approx(270, abs=6)


def test_without_an_offset_it_keeps_the_distance_that_it_had() -> None:
    station = following()
    station.wait(0.2)
    for _ in range(60):
        lead(station, 40)
        station.wait(0.5)
    assert place(station) == pytest.approx((20, 0, 20), abs=0.7)


def test_it_stops_when_the_other_falls_silent_or_is_too_far_away() -> None:
    station = following(FOLL_OFS_X=-5.0, FOLL_OFS_Z=-20.0)
    lead(station, 90)
    station.wait(2)
    assert station.autopilot.truth().speed_m_s > 3
    station.wait(8)
    assert station.autopilot.truth().speed_m_s < 0.3
    for _ in range(10):
        lead(station, 400)
        station.wait(0.5)
    assert station.autopilot.truth().speed_m_s < 0.3


def test_it_follows_the_first_that_it_hears_or_the_one_that_it_is_told() -> None:
    station = following(FOLL_SYSID=42.0, FOLL_OFS_X=-1.0, FOLL_OFS_Z=-20.0)
    for _ in range(60):
        lead(station, 30)
        lead(station, -60, system=43)
        station.wait(0.5)
    assert place(station)[0] == pytest.approx(29, abs=0.7)
