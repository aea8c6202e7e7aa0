import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from planner.model.zone import ZoneRule, zones_from_geojson
from sitl.world.fleet import INTRUDER, RENDEZVOUS
from sitl.world.harbour import Harbour, practice_harbour
from sitl.world.hulls import SIZES, body_of
from sitl.world.motion import Arc, Round, Still
from sitl.world.vessels import Vessel

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def harbour() -> Harbour:
    return practice_harbour()


def polygon(harbour: Harbour, vessel: Vessel, t_utc: datetime = NOW) -> shapely.Polygon:
    state = vessel.state_at(t_utc)
    a = math.radians(state.heading_deg)
    forward, right = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    ring = vessel.body.waterline
    return shapely.Polygon(ring[:, :1] * forward + ring[:, 1:] * right + [state.east_m, state.north_m])


def test_the_fleet_has_eight_kinds_over_five_metres_and_vessels_with_and_without_ais(harbour: Harbour) -> None:
    large = [v for v in harbour.vessels if v.length_m > 5]
    assert 14 <= len(large) <= 20
    assert len({v.kind for v in large}) >= 8
    assert {v.ais.ais_class.value if v.ais else "" for v in harbour.vessels} == {"A", "B", ""}


def test_no_two_vessels_and_no_vessel_and_quay_overlap_during_an_hour(harbour: Harbour) -> None:
    quays = shapely.union_all([shapely.Polygon(q.outline) for q in harbour.quays])
    for minute in range(0, 60, 2):
        hulls = [polygon(harbour, v, NOW + timedelta(minutes=minute)) for v in harbour.vessels]
        assert not any(h.intersects(quays) for h in hulls)
        assert not any(a.intersects(b) for i, a in enumerate(hulls) for b in hulls[:i])


def test_one_vessel_lies_in_the_restricted_zone_and_no_other_enters_it(harbour: Harbour) -> None:
    zone = shapely.Polygon(harbour.frame.to_metres(harbour.zones[0].outline))
    for minute in range(0, 30, 2):
        inside = [
            v.vessel_id
            for v in harbour.vessels
            if polygon(harbour, v, NOW + timedelta(minutes=minute)).intersects(zone)
        ]
        assert inside == [INTRUDER]


def test_the_pair_in_open_water_lies_less_than_two_metres_apart(harbour: Harbour) -> None:
    a, b = (polygon(harbour, harbour.vessel(name)) for name in RENDEZVOUS)
    assert 0 < a.distance(b) < 2


def test_the_area_is_concave_water_and_holds_every_vessel(harbour: Harbour) -> None:
    area = shapely.Polygon(harbour.frame.to_metres(harbour.area.outline))
    assert area.area < area.convex_hull.area - 1000
    assert not any(
        area.intersects(shapely.Polygon(q.outline)) for q in harbour.quays if q.name in {"Jetty", "South quay"}
    )
    assert all(
        area.contains(shapely.Point(*harbour.frame.to_metres([harbour.place_of(v, NOW)])[0])) for v in harbour.vessels
    )


def test_the_launch_place_is_on_a_quay_of_the_stated_height(harbour: Harbour) -> None:
    spot = shapely.Point(*harbour.frame.to_metres([harbour.launch])[0])
    under = [q for q in harbour.quays if shapely.Polygon(q.outline).contains(spot)]
    assert [q.height_m for q in under] == [harbour.takeoff_height_m]


def test_the_zones_read_back_as_restricted_water(harbour: Harbour) -> None:
    (zone,) = zones_from_geojson(harbour.zones_geojson(), "zones.geojson")
    assert zone.rule is ZoneRule.RESTRICTED_WATER
    assert zone.outline == harbour.zones[0].outline


@pytest.mark.parametrize(
    "motion",
    [
        Round(((0, 0), (100, 0), (100, 80), (0, 80)), 5.0),
        Arc(3, 4, 70, 5.0, 0.01),
        Arc(3, 4, 70, 5.0),
    ],
)
def test_what_is_under_way_moves_at_its_speed_along_its_course(motion: Round | Arc) -> None:
    for t in np.linspace(1000.0, 1090.0, 37):
        before, now, after = (motion.state_at(float(t) + d) for d in (-0.2, 0.0, 0.2))
        east, north = after.east_m - before.east_m, after.north_m - before.north_m
        assert math.hypot(east, north) / 0.4 == pytest.approx(5.0, rel=0.02)
        off = math.degrees(math.atan2(east, north)) - now.course_deg
        assert abs(math.remainder(off, 360)) < 4


def test_the_same_instant_gives_the_same_state() -> None:
    first, second = practice_harbour(3), practice_harbour(3)
    assert [s for _, s in first.states_at(NOW)] == [s for _, s in second.states_at(NOW)]


@pytest.mark.parametrize("kind", SIZES)
def test_a_hull_has_the_length_and_beam_asked_for(kind: str) -> None:
    least, most, slender = SIZES[kind]
    length = (least + most) / 2
    body = body_of(kind, length_m=length, beam_m=length / slender, rng=np.random.default_rng(1))
    if kind == "swimmer":
        return
    hull = body.solids[1].high
    assert np.ptp(hull[:, 0]) == pytest.approx(length)
    assert np.ptp(hull[:, 1]) == pytest.approx(length / slender, rel=1e-6)


def test_an_unknown_kind_of_vessel_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 'submarine'"):
        Vessel("x", "submarine", 10, 3, Still(0, 0, 0))
