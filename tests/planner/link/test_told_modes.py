"""The modes that a vehicle tells come first; without them the tables of ArduCopter, ArduPlane, ArduSub and PX4."""

from dataclasses import dataclass, field

import pytest
from typing_extensions import override

from planner.link import messages as m
from planner.link.jobs import land_job, return_job
from planner.link.messages import Message
from planner.link.stack import Stack, mode_name, modes_of
from planner.link.told import ToldMode, modes_for, name_of
from tests.planner.link.copter import Copter
from tests.planner.link.flock import Flock

TOLD = ((0, "Stabilize", 0), (3, "Auto", 6), (5, "Loiter", 0), (31, "Way Home", 5), (32, "Down", 7), (4, "Guided", 0))
"""A firmware with modes of its own: numbers 31 and 32 are in no table."""


@dataclass
class Telling(Copter):
    """It sends its list when it is asked; the first time without the modes in `loses`."""

    modes: tuple[tuple[int, str, int], ...] = TOLD
    loses: set[int] = field(default_factory=set)
    asked: list[float] = field(default_factory=list)
    says: list[Message] = field(default_factory=list)

    @override
    def command(self, one: m.CommandLong, now_s: float) -> tuple[Message, ...]:
        if (one.command, one.param1) != (512, 435.0):
            return super().command(one, now_s)
        self.asked.append(one.param2)
        wanted = range(1, len(self.modes) + 1) if one.param2 == 0 else [int(one.param2)]
        told = [self.told(index) for index in wanted if one.param2 or index not in self.loses]
        return (m.CommandAck(512, 0, 255, 190), *told)

    def told(self, index: int) -> m.AvailableModes:
        number, name, standard = self.modes[index - 1]
        return m.AvailableModes(len(self.modes), index, standard, number, 0, name)

    @override
    def tick(self, now_s: float) -> tuple[Message, ...]:
        said, self.says = self.says, []
        return (*super().tick(now_s), *said)


def asked(vehicle: Telling, *, count: int = len(TOLD)) -> Flock:
    flock = Flock({1: vehicle})
    flock.until(lambda: (s := flock.core.state) is not None and len(s.told_modes) == count, limit_s=20)
    return flock


def test_the_names_and_numbers_that_the_vehicle_tells_are_used() -> None:
    flock = asked(Telling(mode=31))
    state = flock.core.state
    assert state is not None
    assert state.mode == "Way Home"
    assert state.modes is not None
    assert (state.modes.home, state.modes.land, state.modes.mission) == (31, 32, 3)
    flock.ended(flock.begin(return_job(state), 1))
    assert flock.vehicles[1].mode == 31
    flock.ended(flock.begin(land_job(state), 1))
    assert flock.vehicles[1].mode == 32


def test_modes_that_were_lost_on_the_way_are_asked_for_by_their_index() -> None:
    vehicle = Telling(loses={2, 5})
    flock = asked(vehicle)
    assert vehicle.asked == [0.0, 2.0, 5.0]
    for _ in range(200):
        flock.step()
    assert len(vehicle.asked) == 3, "it goes on asking for what it has"


def test_a_vehicle_that_knows_no_list_is_asked_three_times_and_the_tables_count() -> None:
    flock = Flock({1: Copter(mode=6)})
    for _ in range(600):
        flock.step()
    state = flock.core.state
    assert state is not None
    assert (state.mode, state.modes) == ("RTL", modes_of(Stack.ARDUPILOT, 2))
    assert [c for c in flock.vehicles[1].commands if c == (512, 435.0)] == [(512, 435.0)] * 3


def test_a_list_that_has_changed_is_asked_for_again() -> None:
    vehicle = Telling()
    flock = asked(vehicle)
    vehicle.says = [m.AvailableModesMonitor(1)]
    for _ in range(20):
        flock.step()
    assert len(vehicle.asked) == 1
    vehicle.modes = (*TOLD, (40, "Net", 0))
    vehicle.says = [m.AvailableModesMonitor(2)]
    flock.until(lambda: (s := flock.core.state) is not None and len(s.told_modes) == 7, limit_s=10)


def test_current_mode_counts_like_a_heartbeat() -> None:
    vehicle = Telling(mode=0)
    flock = asked(vehicle)
    vehicle.next_s = flock.now_s + 1e9  # no heartbeat
    vehicle.says = [m.CurrentMode(7, 32, 32)]
    flock.until(lambda: (s := flock.core.state) is not None and s.mode == "Down", limit_s=5)


def test_a_mode_without_a_name_is_called_as_the_tables_do() -> None:
    assert name_of((ToldMode(6, ""),), Stack.ARDUPILOT, 2, 6) == "RTL"
    assert name_of((), Stack.ARDUPILOT, 2, 99) == "MODE 99"


def test_an_unknown_autopilot_is_steered_by_the_standard_modes_that_it_tells() -> None:
    told = (ToldMode(70, "Survey", 6), ToldMode(71, "Home", 5), ToldMode(72, "Land", 7), ToldMode(73, "Hold", 0))
    modes = modes_for(told, Stack.OTHER, 2)
    assert modes is not None
    assert (modes.mission, modes.home, modes.land, modes.hold) == (70, 71, 72, 73)
    assert modes_for(told[:3], Stack.OTHER, 2) is None


def test_a_firmware_without_the_hold_mode_of_the_tables_holds_in_another() -> None:
    told = (ToldMode(3, "Auto", 0), ToldMode(5, "Loiter", 0))
    modes = modes_for(told, Stack.ARDUPILOT, 2)
    assert modes is not None
    assert modes.hold == 5


@pytest.mark.parametrize(
    ("stack", "kind", "number", "name"),
    [
        (Stack.ARDUPILOT, 2, 3, "AUTO"), (Stack.ARDUPILOT, 2, 4, "GUIDED"), (Stack.ARDUPILOT, 2, 5, "LOITER"),
        (Stack.ARDUPILOT, 2, 6, "RTL"), (Stack.ARDUPILOT, 2, 9, "LAND"), (Stack.ARDUPILOT, 2, 17, "BRAKE"),
        (Stack.ARDUPILOT, 2, 21, "SMART_RTL"), (Stack.ARDUPILOT, 2, 27, "AUTO_RTL"),
        (Stack.ARDUPILOT, 1, 10, "AUTO"), (Stack.ARDUPILOT, 1, 11, "RTL"), (Stack.ARDUPILOT, 1, 12, "LOITER"),
        (Stack.ARDUPILOT, 1, 15, "GUIDED"), (Stack.ARDUPILOT, 1, 20, "QLAND"), (Stack.ARDUPILOT, 1, 21, "QRTL"),
        (Stack.ARDUPILOT, 12, 9, "SURFACE"), (Stack.ARDUPILOT, 12, 3, "AUTO"),
        (Stack.PX4, 2, 4 << 16 | 2 << 24, "TAKEOFF"), (Stack.PX4, 2, 4 << 16 | 3 << 24, "HOLD"),
        (Stack.PX4, 2, 4 << 16 | 4 << 24, "MISSION"), (Stack.PX4, 2, 4 << 16 | 5 << 24, "RETURN"),
        (Stack.PX4, 2, 4 << 16 | 6 << 24, "LAND"), (Stack.OTHER, 2, 3, "MODE 3"),
    ],
)  # fmt: skip
def test_the_tables(stack: Stack, kind: int, number: int, name: str) -> None:
    assert mode_name(stack, kind, number) == name


@pytest.mark.parametrize(
    ("stack", "kind", "mission", "home", "land"),
    [(Stack.ARDUPILOT, 2, 3, 6, 9), (Stack.ARDUPILOT, 1, 10, 11, 11), (Stack.ARDUPILOT, 12, 3, 9, 9),
     (Stack.PX4, 2, 4 << 16 | 4 << 24, 4 << 16 | 5 << 24, 4 << 16 | 6 << 24)],
)  # fmt: skip
def test_the_modes_of_the_tables(stack: Stack, kind: int, mission: int, home: int, land: int) -> None:
    modes = modes_for((), stack, kind)
    assert modes is not None
    assert (modes.mission, modes.home, modes.land) == (mission, home, land)
