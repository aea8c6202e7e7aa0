"""The Fly page's decks with two practice drones on one UDP port: two missions, two flights, two logs."""

from pathlib import Path

from gui.fly.deck import StationDeck
from planner.link.record import read_flight
from planner.link.verdict import Stored
from planner.model.mission import Mission
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.gui.fly.test_deck import HOP, QUAY
from tests.planner.link.test_station import _free_port


def test_two_drones_on_one_link_fly_their_own_missions_and_leave_their_own_logs(tmp_path: Path) -> None:
    port = _free_port()
    drones = [
        SimulatedVehicle(
            VehicleConfig(home=QUAY, system_id=n, armable_s=1.0, seed=n), speedup=60.0, udp_to=("127.0.0.1", port)
        )
        for n in (1, 2)
    ]
    for drone in drones:
        drone.start()
    first = StationDeck(tmp_path / "flights")
    decks = [first]
    try:
        first.connect(f"udpin:127.0.0.1:{port}")
        found: tuple[StationDeck, ...] = ()
        while not found:
            found = first.newcomers()
        decks += found
        second = decks[1]
        systems = [state.address.system for one in (first, second) if (state := one.state()) is not None]
        assert sorted(systems) == [1, 2]
        longer = Mission((*HOP.items[:3], *HOP.items[2:]), home=HOP.home)
        assert isinstance(first.upload(HOP, lambda _: None), Stored)
        assert isinstance(second.upload(longer, lambda _: None), Stored)
        landed = [one.fly(lambda _: None) for one in (second, first)]
        logs = [one.tlog for one in landed]
        assert all(log is not None for log in logs)
        heard = [_systems(log) for log in logs if log is not None]
        assert heard == [{255, systems[1]}, {255, systems[0]}]
        assert all(len(read_flight(log).captures) > 0 for log in logs if log is not None)
        first.close()
        state = second.state()
        assert state is not None
        assert state.link_age_s < 3.5
    finally:
        for deck in decks:
            deck.close()
        for drone in drones:
            drone.stop()


def _systems(log: Path) -> set[int]:
    data, at, found = log.read_bytes(), 0, set()
    while at + 16 < len(data):
        assert data[at + 8] == 0xFD
        found.add(data[at + 13])
        at += 8 + data[at + 9] + 12
    return found
