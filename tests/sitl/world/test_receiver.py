from collections import Counter
from dataclasses import replace

from planner.geo.points import destination
from sitl.autopilot.situation import VehicleConfig
from sitl.control import call
from sitl.faults import Fault, FaultKind
from sitl.server import SimulatedVehicle
from sitl.world.ais import reporting_interval_s
from sitl.world.harbour import practice_harbour
from sitl.world.receiver import AisReceiver
from sitl.world.vessels import Alias
from tests.sitl.camera.scenes import NOW

HARBOUR = practice_harbour(0)
BEGAN_S = NOW.timestamp()


def test_each_transponder_is_heard_at_its_own_interval_and_vessels_without_one_never() -> None:
    heard = AisReceiver(HARBOUR).heard(BEGAN_S, BEGAN_S + 360, HARBOUR.origin)
    counts = Counter(m.whole("MMSI") for m in heard)
    assert set(counts) == {v.ais.mmsi for v in HARBOUR.vessels if v.ais}
    moored = HARBOUR.vessel("coaster")
    assert moored.ais
    assert counts[moored.ais.mmsi] == 360 / reporting_interval_s(moored.ais, moored.state_at(NOW)) == 2


def test_spans_that_follow_each_other_lose_no_report_and_tell_none_twice() -> None:
    radio = AisReceiver(HARBOUR)
    whole = radio.heard(BEGAN_S, BEGAN_S + 60, HARBOUR.origin)
    parts = [m for s in range(60) for m in radio.heard(BEGAN_S + s, BEGAN_S + s + 1, HARBOUR.origin)]
    assert parts == whole


def test_a_lying_vessel_lies_here_too_a_silent_one_is_silent_and_far_ones_are_not_heard() -> None:
    ship = HARBOUR.vessel("patrol")
    assert ship.ais
    lying = replace(HARBOUR, vessels=(replace(ship, ais=replace(ship.ais, shift_north_m=5000.0)),))
    there, said = (
        AisReceiver(h).heard(BEGAN_S, BEGAN_S + 30, h.origin)[0] for h in (replace(HARBOUR, vessels=(ship,)), lying)
    )
    assert 440_000 < said.number("lat") - there.number("lat") < 460_000
    span = (BEGAN_S - 1, BEGAN_S + 100)
    silent = replace(HARBOUR, vessels=(replace(ship, ais=replace(ship.ais, silent_s=(span,))),))
    assert AisReceiver(silent).heard(BEGAN_S, BEGAN_S + 60, HARBOUR.origin) == []
    far = destination(HARBOUR.origin, towards_deg=0.0, range_m=30_000)
    assert AisReceiver(HARBOUR).heard(BEGAN_S, BEGAN_S + 60, far) == []


def test_a_ship_that_changes_its_name_on_the_way_does_so_here_too() -> None:
    ship = HARBOUR.vessel("patrol")
    assert ship.ais
    alias = Alias(BEGAN_S + 60, 200_009_999, "PRACTICE OTHER")
    changed = replace(HARBOUR, vessels=(replace(ship, ais=replace(ship.ais, aliases=(alias,))),))
    told = [
        (m.whole("MMSI"), m.text("name")) for m in AisReceiver(changed).heard(BEGAN_S, BEGAN_S + 120, HARBOUR.origin)
    ]
    assert set(told) == {(ship.ais.mmsi, ship.ais.name), (200_009_999, "PRACTICE OTHER")}
    assert told == sorted(told, key=lambda t: t[0] == 200_009_999)


def practice() -> SimulatedVehicle:
    config = VehicleConfig(home=HARBOUR.launch, home_msl_m=3.0, start_utc=NOW)
    made = SimulatedVehicle(config, speedup=50)
    made.carry(AisReceiver(HARBOUR))
    return made


def test_a_silent_receiver_tells_nobody_anything_and_counts_what_it_missed() -> None:
    from pymavlink import mavutil

    with practice() as vehicle:
        vehicle.begin_fault(Fault.usual(FaultKind.AIS_SILENCE))
        link = mavutil.mavlink_connection(f"tcp:127.0.0.1:{vehicle.port}")
        while vehicle.truth().simulated_s < 90:
            assert link.recv_match(type="AIS_VESSEL", blocking=True, timeout=0.1) is None
        told = call("127.0.0.1", vehicle.port, {"do": "list"})
        assert vehicle.end_fault(FaultKind.AIS_SILENCE)
        assert link.recv_match(type="AIS_VESSEL", blocking=True, timeout=10) is not None
        link.close()
    faults = told["faults"]
    assert isinstance(faults, list)
    assert faults[0]["active"]
    assert faults[0]["measured"] > 10


def test_a_ground_station_gets_them_over_the_link() -> None:
    from pymavlink import mavutil

    with practice() as vehicle:
        link = mavutil.mavlink_connection(f"tcp:127.0.0.1:{vehicle.port}")
        got = link.recv_match(type="AIS_VESSEL", blocking=True, timeout=10)
        link.close()
    assert got is not None
    vessel = next(v for v in HARBOUR.vessels if v.ais and v.ais.mmsi == got.MMSI)
    assert vessel.ais
    assert got.name == vessel.ais.name
    assert got.dimension_bow + got.dimension_stern == round(vessel.length_m)
