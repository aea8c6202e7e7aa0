"""A mission is sent whole or not at all, and what ArduPilot needs at its beginning is said before it is sent."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymavlink.dialects.v20 import common as theirs
from typer.testing import CliRunner
from typing_extensions import override

from planner.cli.link import app
from planner.formats.missions import write_mission
from planner.link import wire
from planner.link.retask import retask
from planner.link.station import Station
from planner.model.mission import Mission
from tests.planner.link.copter import Copter
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol

PARTIAL = theirs.MAVLINK_MSG_ID_MISSION_WRITE_PARTIAL_LIST
ITEM, COUNT = theirs.MAVLINK_MSG_ID_MISSION_ITEM_INT, theirs.MAVLINK_MSG_ID_MISSION_COUNT


class Witness(TcpVehicle):
    """Keeps every byte that came from the ground station."""

    raw = b""

    @override
    def answers(self, data: bytes, now_s: float) -> bytes:
        self.raw += data
        return super().answers(data, now_s)

    def numbers(self) -> list[int]:
        """The message numbers in them, as pymavlink reads them."""
        parser = theirs.MAVLink(None)
        parser.robust_parsing = True
        return [one.get_msgId() for one in parser.parse_buffer(bytearray(self.raw)) or []]


@pytest.fixture
def vehicle() -> Iterator[Witness]:
    served = Witness(Copter(boot_s=time.monotonic(), flight_s=60.0, shots=0))
    yield served
    served.close()


def written(path: Path, mission: Mission) -> str:
    write_mission(mission, path)
    return str(path)


def test_an_upload_a_change_of_one_item_a_restore_and_another_mission_in_flight_are_never_sent_in_part(
    vehicle: Witness, tmp_path: Path
) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    first = patrol(6)
    changed = Mission((*first.items[:3], patrol(6, shift=0.01).items[3], *first.items[4:]), home=first.home)
    for name, mission in (("first.plan", first), ("changed.plan", changed)):
        assert CliRunner().invoke(app, ["upload", written(tmp_path / name, mission), "--to", to]).exit_code == 0
    vehicle.vehicle.refuse_once = {3: 10}
    again = CliRunner().invoke(app, ["upload", str(tmp_path / "first.plan"), "--to", to, "--restore"])
    assert "restored: stored" in again.stdout
    with Station.connect(to) as station:
        for event in station.fly():
            if type(event).__name__ == "Started":
                break
        assert retask(station, first, 4, back=(changed, 3)).done
    numbers = vehicle.numbers()
    assert PARTIAL not in numbers
    assert numbers.count(COUNT) >= 5
    assert numbers.count(ITEM) >= 4 * len(first)  # the one changed item is no reason to send less than all


def test_the_link_has_no_word_for_a_partial_list() -> None:
    assert {ITEM, COUNT} <= set(wire._IN)
    assert PARTIAL not in wire._IN


def test_a_mission_without_take_off_is_told_before_it_is_sent_to_an_ardupilot(vehicle: Witness, tmp_path: Path) -> None:
    to = f"tcp:127.0.0.1:{vehicle.port}"
    whole = patrol(3)
    bare = written(tmp_path / "bare.plan", Mission(whole.items[1:], home=whole.home))
    told = CliRunner().invoke(app, ["upload", bare, "--to", to])
    assert "note: The take-off is missing: the first item that flies is item 1, command 16." in told.stderr
    told = CliRunner().invoke(app, ["upload", written(tmp_path / "whole.plan", whole), "--to", to])
    assert "take-off" not in told.stderr


def test_a_px4_is_told_nothing_of_a_missing_take_off(vehicle: Witness, tmp_path: Path) -> None:
    vehicle.vehicle.autopilot = 12
    whole = patrol(3)
    bare = written(tmp_path / "bare.plan", Mission(whole.items[1:], home=whole.home))
    told = CliRunner().invoke(app, ["upload", bare, "--to", f"tcp:127.0.0.1:{vehicle.port}"])
    assert "take-off" not in told.stderr
