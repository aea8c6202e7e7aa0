"""Whether the mission on the vehicle is still the one that was stored, by the ids that vehicles give their lists."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect
from typing_extensions import override

from planner.link import messages as m
from planner.link.events import NotFlown
from planner.link.flying import Fly
from planner.link.held import Held, as_stored, change
from planner.link.items import mission_to_wire
from planner.link.memory import MOST, Memory
from planner.link.messages import Address
from planner.link.progress import frames_in
from planner.link.stack import Stack
from planner.link.state import VehicleState, observe, vehicle_of
from planner.link.station import Station
from planner.link.verdict import Stored
from planner.link.wire import Codec
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.planner.link.channel import Channel
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.test_store import patrol, store
from tests.planner.link.vehicles import ACK_TO, HERE, Px4Like
from tests.shared import DATA, needs_shared

IDS = st.integers(0, 2**32 - 1)
TOLD = VehicleState(
    HERE, Stack.PX4, 2, armed=False, mode="HOLD", custom_mode=0, system_status=3, heard_s=0.0, lists_told_s=10.0
)
OURS = Held(7, (11, 12, None), since_s=5.0)


def packed(number: int, payload: bytes) -> bytes:
    """A frame with bytes after the fields that pymavlink knows, its zeros at the end cut off as MAVLink 2 does."""
    kind = dialect.mavlink_map[number]
    link = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    return bytes(dialect.MAVLink_message(number, kind.msgname)._pack(link, kind.crc_extra, payload))


def heard(raw: bytes) -> m.Message:
    (frame,) = Codec().feed(raw)
    assert frame.received is not None
    return frame.received.message


@given(IDS)
def test_the_id_in_an_acknowledgement_and_in_a_count_is_read_from_the_bytes(number: int) -> None:
    ack = heard(packed(47, struct.pack("<BBBBI", 255, 190, 0, 1, number)))
    count = heard(packed(44, struct.pack("<HBBBI", 300, 255, 190, 2, number)))
    assert ack == m.MissionAck(255, 190, 0, 1, opaque_id=number)
    assert count == m.MissionCount(255, 190, 300, 2, opaque_id=number)


@given(IDS, IDS, IDS)
def test_the_three_ids_of_mission_current_are_read_from_the_bytes(mission: int, fence: int, rally: int) -> None:
    told = heard(packed(42, struct.pack("<HHBBIII", 3, 9, 3, 1, mission, fence, rally)))
    assert told == m.MissionCurrent(3, 9, 3, 1, mission, fence, rally)


def test_mavlink_1_and_short_messages_carry_no_id() -> None:
    link = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    old = bytes(dialect.MAVLink_mission_ack_message(255, 190, 0, 0).pack(link, force_mavlink1=True))
    assert heard(old) == m.MissionAck(255, 190, 0, 0, opaque_id=0)
    assert heard(Codec(HERE).encode(m.MissionCurrent(1, 5, 3))) == m.MissionCurrent(1, 5, 3)


class Naming(Px4Like):
    """Names its lists in MISSION_COUNT and, unless `mute`, in MISSION_ACK."""

    mute = False

    @override
    def ack(self, result: int, kind: int = 0) -> m.MissionAck:
        return m.MissionAck(*ACK_TO, result, kind, 0 if self.mute or result else 77)

    @override
    def hear(self, message: m.Message, now_s: float) -> tuple[m.Message, ...]:
        out = super().hear(message, now_s)
        return tuple(
            replace(one, opaque_id=0 if self.mute else 77) if isinstance(one, m.MissionCount) else one for one in out
        )


def test_a_stored_list_has_the_vehicles_name_for_it_and_none_from_a_vehicle_that_gives_none() -> None:
    for vehicle, name in ((Naming(), 77), (Px4Like(), None)):
        verdict = Channel(vehicle).run(store(patrol(4), vehicle)).verdict
        assert isinstance(verdict, Stored)
        assert verdict.list_id == name


def test_an_id_that_is_the_same_does_not_take_the_place_of_reading_back() -> None:
    class Forgetful(Naming):
        @override
        def on_item(self, message: m.MissionItemInt, now_s: float) -> tuple[m.Message, ...]:
            out = super().on_item(message, now_s)
            if self.receiving is None and self.stored[0]:
                self.stored[0].pop(1)
            return out

    vehicle = Forgetful()
    assert not isinstance(Channel(vehicle).run(store(patrol(4), vehicle)).verdict, Stored)


@pytest.mark.parametrize(
    ("held", "told", "says", "known"),
    [
        (OURS, {"list_ids": (11, 12, 9)}, "", True),
        (OURS, {"list_ids": (13, 12, 9)}, "The mission on the vehicle is no longer", False),
        (OURS, {"list_ids": (11, 0, 0)}, "The fence on the vehicle is no longer", False),
        (OURS, {"list_ids": (13, 14, 0)}, "The mission and fence on the vehicle are no longer", False),
        (OURS, {"list_ids": (0, 0, 0)}, "", None),  # names none: 0 is never "same", and no proof of a change
        (OURS, {"list_ids": (0, 0, 0), "mission_state": 1}, "holds no mission any more", False),
        (OURS, {"list_ids": (13, 12, 9), "lists_told_s": 4.0}, "", None),  # told before it was read back
        (OURS, {"list_ids": (13, 12, 9), "lists_told_s": None}, "", None),
        (None, {"list_ids": (13, 12, 9)}, "", None),
        (Held(7), {"stack": Stack.ARDUPILOT, "mission_total": 7}, "", None),  # as many items are not the same items
        (Held(7), {"stack": Stack.ARDUPILOT, "mission_total": 9}, "now holds 9 items instead of 7", False),
        (Held(7), {"stack": Stack.OTHER, "mission_total": 9}, "", None),
    ],
)
def test_what_is_known_of_the_mission_on_the_vehicle(
    held: Held | None, told: dict[str, object], says: str, *, known: bool | None
) -> None:
    state = replace(TOLD, held=held, **told)  # type: ignore[arg-type]  # a table of fields
    assert says in change(state)
    assert bool(change(state)) == bool(says)
    assert as_stored(state) is known


def test_mission_current_tells_the_ids_and_when() -> None:
    after = observe(TOLD, m.Received(HERE, m.MissionCurrent(2, 7, 3, 1, 11, 12, 13)), 20.0)
    assert (after.list_ids, after.lists_told_s, after.mission_item) == ((11, 12, 13), 20.0, 3)


def test_a_mission_that_was_changed_while_the_start_waited_is_not_flown() -> None:
    rig = Rig(Copter(ready_s=60.0))
    rig.until(lambda: rig.core.state is not None and rig.core.state.at is not None)
    rig.core.crafts[HERE.system].held = Held(7, since_s=rig.now_s)
    rig.vehicle.stored[0] = list(mission_to_wire(patrol(1), Stack.ARDUPILOT))
    outcome = rig.run(Fly())[-1]
    assert isinstance(outcome, NotFlown)
    assert "instead of 7" in outcome.reason
    assert not rig.vehicle.armed
    assert 400 not in {number for number, _ in rig.vehicle.commands}


@pytest.fixture(params=["px4", "ardupilot"])
def simulated(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    with SimulatedVehicle(VehicleConfig(autopilot=request.param), speedup=10.0) as vehicle:
        yield request.param, f"tcp:127.0.0.1:{vehicle.port}"


def test_another_station_that_changes_the_mission_is_noticed_and_the_start_refused(
    simulated: tuple[str, str], tmp_path: Path
) -> None:
    autopilot, address = simulated
    memory = Memory(tmp_path / "stored.json")
    with Station.connect(address, memory=memory) as ours:
        assert isinstance(ours.upload(patrol(5)), Stored)
        _until(ours, lambda state: state.lists_told_s is not None and state.lists_told_s > _since(state))
        state = ours.snapshot()
        assert state is not None
        assert state.as_stored is (True if autopilot == "px4" else None)
        with Station.connect(address) as theirs:
            assert isinstance(theirs.upload(patrol(6 if autopilot == "ardupilot" else 5, shift=0.01)), Stored)
        _until(ours, lambda state: state.mission_changed != "")
        (outcome,) = ours.fly()
        assert isinstance(outcome, NotFlown)
        assert "changed since" in outcome.reason
    with Station.connect(address, memory=memory) as again:  # another run of the program
        _until(again, lambda state: state.as_stored is False)
        assert isinstance(again.upload(patrol(5)), Stored)
        _until(again, lambda state: state.mission_changed == "")


def _since(state: VehicleState) -> float:
    return 1e12 if state.held is None else state.held.since_s


def _until(station: Station, condition: object) -> None:
    import time

    give_up_s = time.monotonic() + 20.0
    while time.monotonic() < give_up_s:
        state = station.snapshot()
        if state is not None and condition(state):  # type: ignore[operator]  # a predicate
            return
        station.listen(0.05)
    raise AssertionError("it did not come true in time")


def test_what_was_stored_is_remembered_for_each_vehicle_and_forgotten_when_it_is_not_known(tmp_path: Path) -> None:
    memory, held = Memory(tmp_path / "deep" / "stored.json"), Held(7, (11, None, None))
    memory.keep("tcp:a:1", HERE, held)
    memory.keep("tcp:a:1", Address(2, 1), Held(3))
    assert memory.held("tcp:a:1", HERE) == held
    assert memory.held("tcp:b:1", HERE) is None
    memory.keep("tcp:a:1", HERE, None)
    assert memory.held("tcp:a:1", HERE) is None
    for number in range(MOST + 5):
        memory.keep(f"tcp:c:{number}", HERE, held)
    assert memory.held("tcp:a:1", Address(2, 1)) is None
    assert memory.held(f"tcp:c:{MOST}", HERE) == held


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"tcp:a:1 1.1": {"items": "x"}}', '{"tcp:a:1 1.1": {"items": 1, "ids": [1]}}']
)
def test_a_memory_that_is_damaged_counts_as_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stored.json"
    path.write_text(text)
    memory = Memory(path)
    assert memory.held("tcp:a:1", HERE) is None
    memory.keep("tcp:a:1", HERE, Held(7))
    assert memory.held("tcp:a:1", HERE) == Held(7)


@needs_shared
def test_in_a_real_flight_of_arducopter_nothing_is_taken_for_a_change() -> None:
    log = DATA / "flights" / "arducopter-4.6.3-harbour.tlog"
    state: VehicleState | None = None
    told = 0
    for frame in frames_in(log.read_bytes()):
        if frame.received is None:
            continue
        if state is None:
            state = vehicle_of(frame.received, 1.0)
            continue
        state = replace(observe(state, frame.received, 2.0), held=Held(11, since_s=1.0))
        told += isinstance(frame.received.message, m.MissionCurrent)
        assert change(state) == ""
        assert as_stored(state) is None  # it names no lists
    assert told > 600
