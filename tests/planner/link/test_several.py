"""Several vehicles on one link: each is followed for itself, and none changes anything for another."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from planner.link import messages as m
from planner.link.core import Running
from planner.link.errors import LinkBusy, NoVehicle, SeveralVehicles
from planner.link.flying import Fly
from planner.link.give_key import give_key
from planner.link.held import Held
from planner.link.items import MISSION, mission_to_wire
from planner.link.jobs import StoreJob, StreamsJob, land_job, pause_job, return_job
from planner.link.keys import Signing, Times
from planner.link.memory import Memory
from planner.link.messages import Address, Message
from planner.link.signing import SigningKey
from planner.link.stack import Stack
from planner.link.station import Station
from planner.link.store import Store
from planner.link.verdict import NotStored, Stored, Unknown
from planner.link.wire import Codec
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.planner.link.copter import Copter
from tests.planner.link.flock import Flock, told
from tests.planner.link.test_station import TcpVehicle, _free_port
from tests.planner.link.test_store import patrol

ITEMS = mission_to_wire(patrol(8), Stack.ARDUPILOT)


def store(system: int) -> StoreJob:
    return StoreJob(Store(ITEMS, Address(system, 1), Stack.ARDUPILOT))


def test_each_vehicle_on_a_link_has_its_own_state_streams_and_orders() -> None:
    flock = Flock({1: Copter(mode=4), 2: Copter(mode=6, vehicle_type=1), 7: Copter(autopilot=12)})
    flock.until(lambda: len(flock.core.crafts) == 3 and all(one.streams for one in flock.vehicles.values()))
    states = [flock.core.state_of(system) for system in (1, 2, 7)]
    assert [(s.address.system, s.stack, s.mode) for s in states if s] == [
        (1, Stack.ARDUPILOT, "GUIDED"),
        (2, Stack.ARDUPILOT, "FBWB"),
        (7, Stack.PX4, "MODE 0"),
    ]
    state = flock.core.state_of(2)
    assert state is not None
    flock.ended(flock.begin(return_job(state), 2))
    given_to = {s: [c.command for _, c in to if isinstance(c, m.CommandLong)] for s, to in flock.to.items()}
    assert 176 in given_to[2]
    assert 176 not in given_to[1] + given_to[7]


def test_gimbals_cameras_and_ground_stations_are_no_vehicles() -> None:
    flock = Flock({1: Copter()})
    others = [(Address(1, 154), 26, 8), (Address(254, 190), 6, 8), (Address(3, 100), 30, 8), (Address(0, 1), 2, 3)]
    for source, kind, autopilot in others:
        flock.to_us += Codec(source).encode(m.Heartbeat(kind, autopilot, 128, 5, 4))
    flock.until(lambda: 1 in flock.core.crafts)
    assert list(flock.core.crafts) == [1]
    state = flock.core.state
    assert state is not None
    assert (state.armed, state.custom_mode) == (False, 0)


def test_what_other_components_of_a_vehicle_say_is_not_its_own() -> None:
    flock = Flock({1: Copter()})
    flock.until(lambda: (s := flock.core.state) is not None and s.at is not None)
    companion = Codec(Address(1, 191))
    flock.to_us += companion.encode(m.Heartbeat(2, 3, 128, 5, 4))
    flock.to_us += companion.encode(m.GlobalPositionInt(99, 10_000_000, 20_000_000, 0, 90_000, 0, 0, 0, 0))
    flock.step()
    state = flock.core.state
    assert state is not None
    assert (state.armed, state.custom_mode, state.height_m) == (False, 0, 0.0)


def test_two_vehicles_are_sent_to_at_once() -> None:
    flock = Flock({1: Copter(), 2: Copter()})
    flock.until(lambda: len(flock.core.crafts) == 2)
    first, second = flock.begin(store(1), 1), flock.begin(store(2), 2)
    ends = [events[-1] for events in flock.ended(first, second)]
    assert all(isinstance(end, Stored) for end in ends)
    assert [len(flock.vehicles[s].stored[0]) for s in (1, 2)] == [len(ITEMS), len(ITEMS)]
    begun = [
        flock.to[s][next(n for n, (_, x) in enumerate(flock.to[s]) if isinstance(x, m.MissionCount))][0] for s in (1, 2)
    ]
    ended = [max(at for at, x in flock.to[s] if isinstance(x, m.MissionItemInt)) for s in (1, 2)]
    assert max(begun) < min(ended), "they went one after the other"


@dataclass(frozen=True)
class Trouble:
    """What happens to the other vehicle, and when."""

    what: str
    at_s: float


TROUBLES = st.lists(
    st.builds(
        Trouble, st.sampled_from(["reboot", "lost", "found", "refuses", "deaf", "upload", "fly"]), st.floats(0, 6)
    ),
    max_size=5,
)


def flown(troubles: list[Trouble], *, alone: bool) -> tuple[list[tuple[float, Message]], list[str]]:
    """What vehicle 1 is sent, and how its upload and its flight end, whatever vehicle 2 does."""
    one, two = Copter(flight_s=6.0), Copter(flight_s=3.0)
    flock = Flock({1: one} if alone else {1: one, 2: two})
    flock.until(lambda: 1 in flock.core.crafts)
    running: Running | None = flock.begin(store(1), 1)
    begun_s, waiting = flock.now_s, sorted(troubles, key=lambda t: t.at_s)
    ends: list[str] = []
    for _ in range(600):
        while waiting and flock.now_s >= begun_s + waiting[0].at_s:
            trouble = waiting.pop(0).what
            if not alone:
                _suffer(flock, two, trouble)
        flock.step()
        if running is not None and running not in flock.core.running:
            ends.append(type(told(running)[-1]).__name__)
            running = flock.begin(Fly(), 1) if len(ends) == 1 else None
        if running is None:
            break
    return flock.to[1], ends


def _suffer(flock: Flock, two: Copter, what: str) -> None:
    match what:
        case "reboot":
            two.boot_s, two.streams, two.armed, two.mode = flock.now_s, False, False, 0
        case "lost":
            flock.silent.add(2)
        case "found":
            flock.silent.discard(2)
        case "refuses":
            two.refuse = {3: 3}
        case "deaf":
            two.deaf = True
        case "upload":
            flock.begin(store(2), 2) if 2 in flock.core.crafts else None
        case _:
            flock.begin(Fly(), 2) if 2 in flock.core.crafts else None


@given(troubles=TROUBLES)
@settings(max_examples=25, deadline=None)
def test_whatever_another_vehicle_does_this_one_is_sent_the_same_at_the_same_time(troubles: list[Trouble]) -> None:
    assert flown(troubles, alone=False) == flown(troubles, alone=True)


def test_what_that_compares_is_a_whole_upload_and_flight() -> None:
    sent, ends = flown([], alone=True)
    assert ends == ["Stored", "Flown"]
    assert len(sent) > 30


def test_a_vehicle_that_restarts_is_asked_for_its_telemetry_again_and_the_other_is_not() -> None:
    flock = Flock({1: Copter(), 2: Copter()})
    flock.until(lambda: all((s := flock.core.state_of(n)) is not None and s.boot_ms for n in (1, 2)))
    flock.until(lambda: not any(isinstance(one.job, StreamsJob) for one in flock.core.running))
    for _ in range(120):
        flock.step()
    before = {system: len(to) for system, to in flock.to.items()}
    flock.vehicles[2].boot_s = flock.now_s
    for _ in range(60):
        flock.step()
    assert len(flock.to[2]) > before[2] + 5
    assert len(flock.to[1]) == before[1]


def test_an_upload_that_one_vehicle_refuses_leaves_the_other_ones_alone() -> None:
    flock = Flock({1: Copter(refuse={3: 3}), 2: Copter()})
    flock.until(lambda: len(flock.core.crafts) == 2)
    (first, second) = flock.ended(flock.begin(store(1), 1), flock.begin(store(2), 2))
    assert isinstance(first[-1], NotStored)
    assert isinstance(second[-1], Stored)


class TcpFlock(TcpVehicle):
    """Two copters behind one TCP port, as behind a router."""

    def __init__(self, vehicles: dict[int, Copter]) -> None:
        self.copters = vehicles
        self.codecs = {system: Codec(Address(system, 1)) for system in vehicles}
        super().__init__(Copter())

    @override
    def answers(self, data: bytes, now_s: float) -> bytes:
        said = {system: list(one.tick(now_s)) for system, one in self.copters.items()}
        for frame in self.codec.feed(data):
            if frame.received is not None:
                target = int(getattr(frame.received.message, "target_system", 0))
                for system in [s for s in self.copters if target in {0, s}]:
                    said[system] += self.copters[system].hear(frame.received.message, now_s)
        return b"".join(self.codecs[system].encode(one) for system, out in said.items() for one in out)


@pytest.fixture
def pair() -> Iterator[TcpFlock]:
    served = TcpFlock({system: Copter(boot_s=time.monotonic()) for system in (4, 9)})
    yield served
    served.close()


def test_the_station_shows_all_its_vehicles_and_acts_on_the_one_meant(pair: TcpFlock) -> None:
    with Station.connect(f"tcp:127.0.0.1:{pair.port}", vehicle=9) as station:
        assert [one.system for one in station.listen_for_others(0.8)] == [4, 9]
        assert isinstance(station.upload(patrol(3)), Stored)
        assert [len(pair.copters[s].stored[0]) for s in (4, 9)] == [0, 6]
        station.vehicle(4).return_home()
        assert [pair.copters[s].mode for s in (4, 9)] == [6, 0]
        with pytest.raises(NoVehicle, match="no vehicle has been heard"):
            station.vehicle(5).land()


def test_one_transfer_at_a_time_for_a_vehicle_and_two_for_two(pair: TcpFlock) -> None:
    with Station.connect(f"tcp:127.0.0.1:{pair.port}", vehicle=9) as station:
        other = station.vehicle(4)
        ends: list[object] = []

        def meanwhile(_progress: object) -> None:
            if not ends:
                ends.append(None)
                ends.append(other.upload(patrol(4)))
                with pytest.raises(LinkBusy):
                    station.download()

        assert isinstance(station.upload(patrol(300), meanwhile), Stored)
        assert isinstance(ends[1], Stored)


def test_what_was_stored_in_each_vehicle_is_remembered_for_it_alone(pair: TcpFlock, tmp_path: Path) -> None:
    to, memory = f"tcp:127.0.0.1:{pair.port}", Memory(tmp_path / "stored.json")
    with Station.connect(to, vehicle=9, memory=memory) as station:
        station.listen_for_others(0.8)
        assert isinstance(station.upload(patrol(3)), Stored)
        assert isinstance(station.vehicle(4).upload(patrol(5)), Stored)
    pair.copters[4].stored[0] = list(ITEMS)  # by another station
    with Station.connect(to, vehicle=9, memory=memory) as station:
        station.vehicle(4).listen(mission=True)
        station.listen(mission=True)
        own, others = station.snapshot(), station.vehicle(4).snapshot()
    assert own is not None
    assert others is not None
    assert (own.held, own.mission_changed) == (Held(5), "")
    assert "instead of 7" in others.mission_changed


def test_one_vehicle_is_cleared_and_the_other_keeps_what_it_holds(pair: TcpFlock) -> None:
    with Station.connect(f"tcp:127.0.0.1:{pair.port}", vehicle=9) as station:
        other = station.vehicle(4)
        station.listen_for_others(0.8)
        assert all(isinstance(one.upload(patrol(3)), Stored) for one in (station, other))
        assert [end.word for end in station.clear((MISSION,))] == ["cleared"]
        assert (len(station.download()), len(other.download())) == (0, 5)


def test_a_key_is_not_sent_where_two_vehicles_are_heard(pair: TcpFlock, tmp_path: Path) -> None:
    key = Signing(SigningKey.of("harbour at dawn"), Times(tmp_path / "last"))
    with pytest.raises(SeveralVehicles, match="--vehicle 4"):
        give_key(f"tcp:127.0.0.1:{pair.port}", key, old=None, timeout_s=5.0)


def test_a_cancelled_upload_leaves_the_other_vehicles_alone(pair: TcpFlock) -> None:
    with Station.connect(f"tcp:127.0.0.1:{pair.port}", vehicle=9) as station:
        other = station.vehicle(4)
        ends: list[object] = []
        sending = threading.Thread(target=lambda: ends.append(other.upload(patrol(300))))
        sending.start()
        verdict = station.upload(patrol(600), lambda p: station.cancel() if p.done > 20 else None)
        sending.join()
    assert isinstance(verdict, Unknown)
    assert isinstance(ends[0], Stored)


def test_a_vehicle_that_is_not_there_is_named_with_those_that_are(pair: TcpFlock) -> None:
    with pytest.raises(NoVehicle, match=r"vehicle 5 was not heard within 1.5 s; heard were the vehicles 4 \(ArduPilot"):
        Station.connect(f"tcp:127.0.0.1:{pair.port}", vehicle=5, timeout_s=1.5)


def test_two_practice_drones_on_one_udp_port_are_both_sent_to() -> None:
    port = _free_port()
    drones = [SimulatedVehicle(VehicleConfig(system_id=n), port=0, udp_to=("127.0.0.1", port)) for n in (1, 2)]
    for drone in drones:
        drone.start()
    try:
        with Station.connect(f"udpin:127.0.0.1:{port}", vehicle=2) as station:
            assert [one.system for one in station.listen_for_others(1.5)] == [1, 2]
            missions = {1: patrol(3), 2: patrol(5)}
            for system, mission in missions.items():
                assert isinstance(station.vehicle(system).upload(mission), Stored)
            assert [len(station.vehicle(system).download()) for system in (1, 2)] == [
                len(missions[1]),
                len(missions[2]),
            ]
    finally:
        for drone in drones:
            drone.stop()


@given(orders=st.lists(st.sampled_from(["upload", "return", "land", "pause"]), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_what_is_sent_to_a_vehicle_on_one_link_never_reaches_one_on_another(orders: list[str]) -> None:
    meant, other = Flock({1: Copter()}), Flock({1: Copter()})  # the same system id, as fresh drones have
    for flock in (meant, other):
        for _ in range(300):
            flock.step()
    before = len(other.to[1])
    for order in orders:
        state = meant.core.state
        assert state is not None
        makes = {"return": return_job, "land": land_job, "pause": pause_job}
        running = meant.begin(store(1) if order == "upload" else makes[order](state), 1)
        while running in meant.core.running:
            meant.step()
            other.step()
    assert len(meant.to[1]) > before
    assert len(other.to[1]) == before
    assert (other.vehicles[1].mode, other.vehicles[1].stored[0]) == (0, [])
