"""Two drones that answer to one system id: found out by their clocks or their places, and nothing is sent to both."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from typing_extensions import override

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.alarms import alarms_of
from planner.link.errors import NotDone
from planner.link.messages import Message
from planner.link.station import Station
from planner.link.twins import Twins
from tests.planner.link.copter import Copter
from tests.planner.link.flock import Flock
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol


@dataclass
class Pair(Copter):
    """A copter and another one of the same id, which was started `later_s` after it and stands `north_deg` of it."""

    later_s: float = 60.0
    north_deg: float = 0.0

    @override
    def telemetry(self, now_s: float) -> tuple[Message, ...]:
        mine = super().telemetry(now_s)
        place = mine[0]
        assert isinstance(place, m.GlobalPositionInt)
        boot_ms = place.time_boot_ms - round(1000 * self.later_s)
        lat = place.lat + round(self.north_deg * 1e7)
        other = m.GlobalPositionInt(max(0, boot_ms), lat, place.lon, place.alt, 0, 0, 0, 0, 0)
        return (*mine, other)


def seen(vehicle: Copter, seconds: float = 10.0) -> Flock:
    flock = Flock({1: vehicle})
    for _ in range(round(20 * seconds)):
        flock.step()
    return flock


@pytest.mark.parametrize(("later_s", "north_deg"), [(60.0, 0.0), (0.0, 0.01)])
def test_two_clocks_or_two_places_are_two_vehicles(later_s: float, north_deg: float) -> None:
    state = seen(Pair(boot_s=0.0, later_s=later_s, north_deg=north_deg)).core.state
    assert state is not None
    assert state.is_two
    assert alarms_of(state, in_flight=False)[0].code == "two_vehicles"


def test_two_vehicles_are_not_asked_for_their_telemetry_over_and_over() -> None:
    flock = seen(Pair(boot_s=0.0), 5.0)
    before = len(flock.to[1])
    for _ in range(400):
        flock.step()
    assert len(flock.to[1]) - before < 5


def test_one_vehicle_that_restarts_is_one_vehicle() -> None:
    vehicle = Copter(boot_s=0.0)
    flock = seen(vehicle, 5.0)
    for _ in range(2):
        vehicle.boot_s = flock.now_s
        for _ in range(150):
            flock.step()
    state = flock.core.state
    assert state is not None
    assert not state.is_two


def test_one_leap_of_the_position_fix_is_no_second_vehicle() -> None:
    here, there = LatLon(51.95, 4.05), LatLon(51.96, 4.05)
    twins = Twins()
    for n in range(200):
        twins = twins.on_place(there if 50 <= n < 60 else here, 200 * n, n * 0.2)
    assert not twins.are_two(40.0)
    fast = Twins()
    for n in range(200):  # 110 m/s, as seen at 60 times real time
        fast = fast.on_place(LatLon(51.95 + n * 2e-4, 4.05), 200 * n, n * 0.2 / 60)
    assert not fast.are_two(1.0)


def test_when_one_of_the_two_is_gone_the_other_is_one_vehicle_again() -> None:
    vehicle = Pair(boot_s=0.0)
    flock = seen(vehicle, 5.0)
    vehicle.later_s = 0.0
    flock.until(lambda: (s := flock.core.state) is not None and not s.is_two, limit_s=40.0)


@pytest.fixture
def line() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Pair(boot_s=time.monotonic() - 1000.0))
    yield served
    served.close()


def test_nothing_is_sent_to_both_but_in_the_air_they_can_be_called_home(line: TcpVehicle) -> None:
    with Station.connect(f"tcp:127.0.0.1:{line.port}") as station:
        while not (state := station.snapshot()) or not state.is_two:
            station.listen_for_others(0.05)
        for refused in (lambda: station.upload(patrol(3)), station.land, lambda: list(station.fly())):
            with pytest.raises(NotDone, match=r"Two vehicles answer to system id 1.*Nothing was sent"):
                refused()
        assert line.vehicle.stored[0] == []
        line.vehicle.armed, line.vehicle.started_s = True, time.monotonic()
        while not (state := station.snapshot()) or not state.armed:
            station.listen_for_others(0.05)
        station.return_home()
    assert line.vehicle.mode == 6
