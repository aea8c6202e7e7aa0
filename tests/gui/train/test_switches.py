import time
from collections.abc import Mapping, Sequence

import pytest

from gui.train.switches import WORDS, Confirmed, DroneNow, Lamp, Switches, ask
from gui.work import AtOnce
from planner.model.errors import BadInput
from sitl.faults import FaultKind
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import config


class Seen:
    """What the instructor sees."""

    def __init__(self) -> None:
        self.faults: dict[FaultKind, Confirmed] = {}
        self.drone: DroneNow | None = None
        self.problem = self.noted = ""

    def show_faults(self, faults: Sequence[Confirmed]) -> None:
        self.faults = {one.kind: one for one in faults}

    def show_drone(self, drone: DroneNow | None) -> None:
        self.drone = drone

    def show_instructor_problem(self, text: str) -> None:
        self.problem = text

    def show_noted(self, text: str) -> None:
        self.noted = text


def switches_at(address: str) -> tuple[Seen, Switches]:
    seen = Seen()
    made = Switches(seen, AtOnce(), ask)
    made.set_address(address)
    return seen, made


def test_every_fault_has_a_name() -> None:
    assert set(WORDS) == set(FaultKind)


def test_a_switch_begins_a_fault_and_the_drone_confirms_it() -> None:
    with SimulatedVehicle(config(), speedup=10) as vehicle:
        seen, switches = switches_at(f"tcp:127.0.0.1:{vehicle.port}")
        assert {one.lamp for one in seen.faults.values()} == {Lamp.OFF}
        assert seen.drone is not None
        assert (seen.drone.motors, seen.drone.battery, seen.drone.height) == ("off", "100 %", "0 m")
        switches.switch(FaultKind.CAMERA, on=True)
        switches.switch(FaultKind.WIND, on=True, value=8, direction_deg=270)
        assert set(vehicle.truth().faults) == {"camera", "wind"}
        end_s = time.monotonic() + 10
        while seen.faults[FaultKind.WIND].lamp is not Lamp.ACTIVE and time.monotonic() < end_s:
            switches.look()
        assert seen.faults[FaultKind.WIND].measured == "8 m/s of wind"
        assert (seen.faults[FaultKind.WIND].value, seen.faults[FaultKind.WIND].direction_deg) == (8, 270)
        switches.switch(FaultKind.CAMERA, on=False)
        assert seen.faults[FaultKind.CAMERA].lamp is Lamp.OFF
        switches.end_all()
        assert vehicle.truth().faults == ()


def test_a_link_fault_without_a_station_is_begun_and_not_active() -> None:
    with SimulatedVehicle(config()) as vehicle:
        seen, switches = switches_at(f"tcp:127.0.0.1:{vehicle.port}")
        switches.switch(FaultKind.LINK_LOSS, on=True)
        assert seen.faults[FaultKind.LINK_LOSS].lamp is Lamp.BEGUN


def test_a_note_without_an_exam_is_refused_in_a_sentence() -> None:
    with SimulatedVehicle(config()) as vehicle:
        seen, switches = switches_at(f"tcp:127.0.0.1:{vehicle.port}")
        switches.note("Well done.")
        assert (seen.problem, seen.noted) == ("no exam is held on this drone, so nobody keeps notes", "")


def test_without_a_drone_the_switches_say_what_to_do() -> None:
    seen, switches = switches_at("")
    switches.switch(FaultKind.CAMERA, on=True)
    assert seen.problem == "No drone: start an exam, or enter the address of a practice drone."


@pytest.mark.parametrize("address", ["nowhere", "tcp:127.0.0.1:1"])
def test_an_address_without_a_drone_shows_none(address: str) -> None:
    seen, _ = switches_at(address)
    assert (seen.drone, bool(seen.problem)) == (None, True)


def test_an_answer_that_comes_after_the_drone_was_changed_is_not_shown() -> None:
    seen = Seen()

    def slow(address: str, request: Mapping[str, object]) -> Mapping[str, object]:
        switches.address = "tcp:127.0.0.1:2"
        raise BadInput("--to", "too late")

    switches = Switches(seen, AtOnce(), slow)
    switches.set_address("tcp:127.0.0.1:1")
    assert seen.problem == ""
