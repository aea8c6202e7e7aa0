"""A vehicle that says of itself that it is not in its mission, beside what its mode says."""

from dataclasses import dataclass, replace

import pytest
from typing_extensions import override

from planner.link import messages as m
from planner.link.events import Flown, Said
from planner.link.flying import Fly, FlyOptions
from planner.link.messages import Message, Received
from planner.link.stack import Stack
from planner.link.state import VehicleState, observe
from tests.planner.link.channel import Channel
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.test_store import patrol, store
from tests.planner.link.vehicles import HERE

STATE = VehicleState(HERE, Stack.PX4, 2, armed=True, mode="MISSION", custom_mode=0, system_status=4, heard_s=0.0)


@dataclass
class Suspending(Copter):
    """Tells in MISSION_CURRENT that its mission is suspended, at those seconds of the flight; its mode says nothing."""

    suspended: tuple[tuple[float, float], ...] = ()
    state: int = 3

    @override
    def telemetry(self, now_s: float) -> tuple[Message, ...]:
        flown_s = -1.0 if self.started_s is None else now_s - self.started_s
        mode = 2 if any(first <= flown_s < last for first, last in self.suspended) else 1
        return tuple(
            replace(one, mission_mode=mode, mission_state=self.state) if isinstance(one, m.MissionCurrent) else one
            for one in super().telemetry(now_s)
        )


def flown(vehicle: Copter) -> tuple[list[str], Flown]:
    Channel(vehicle).run(store(patrol(8), vehicle))
    events = Rig(vehicle).run(Fly(FlyOptions(return_when_complete=False)))
    said = [one.text for one in events if isinstance(one, Said) and "has left its mission" in one.text]
    assert isinstance(events[-1], Flown)
    return said, events[-1]


@pytest.mark.parametrize(("told", "known"), [(0, None), (1, True), (2, False)])
def test_the_mission_mode_is_in_the_vehicles_state(told: int, known: bool | None) -> None:
    after = observe(STATE, Received(HERE, m.MissionCurrent(0, 5, 3, told)), 1.0)
    assert after.in_mission is known


def test_a_vehicle_that_says_it_left_its_mission_is_told_once_and_the_flight_is_not_as_planned() -> None:
    said, end = flown(Suspending(suspended=((4.0, 12.0),)))
    assert said == ["The vehicle says that it has left its mission (mode AUTO). 'link do resume' takes it up again."]
    assert not end.as_planned


def test_leaving_it_a_second_time_is_told_again() -> None:
    assert len(flown(Suspending(suspended=((4.0, 8.0), (12.0, 16.0))))[0]) == 2


@pytest.mark.parametrize(
    "vehicle",
    [
        Suspending(),
        Suspending(suspended=((-2.0, 0.6),)),  # told just before the start
        Suspending(suspended=((4.0, 30.0),), state=5),  # the mission is complete
        Copter(),  # does not tell
    ],
)
def test_a_vehicle_in_its_mission_or_at_its_end_is_left_in_peace(vehicle: Copter) -> None:
    said, end = flown(vehicle)
    assert said == []
    assert end.as_planned
