"""What a vehicle cannot hold is said before anything is sent; what is not known is tried."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link import orders
from planner.link.errors import NotDone
from planner.link.fitting import VersionJob, unfit
from planner.link.items import FENCE, MISSION, RALLY
from planner.link.messages import Message
from planner.link.stack import Stack
from planner.link.state import VehicleState
from planner.link.station import Station
from planner.link.verdict import NotStored, Stored
from planner.model.mission import FenceCircle, FencePolygon, Mission, Rally
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol
from tests.planner.link.vehicles import HERE

ALL = 64495
CORNERS = (LatLon(51.9, 4.0), LatLon(52.0, 4.0), LatLon(52.0, 4.1))
FENCED = Mission(
    patrol(3).items, fence_polygons=(FencePolygon(CORNERS),), fence_circles=(FenceCircle(CORNERS[0], 9.0),)
)
RALLIED = Mission(patrol(3).items, rally=(Rally(CORNERS[0], 25.0),))
STATE = VehicleState(
    HERE, Stack.ARDUPILOT, 2, armed=False, mode="GUIDED", custom_mode=4, system_status=3, heard_s=0.0, capabilities=ALL
)


@pytest.fixture
def vehicle() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Copter(boot_s=time.monotonic()))
    yield served
    served.close()


@pytest.mark.parametrize(
    ("mission", "capabilities", "says"),
    [
        (FENCED, ALL, ""),
        (FENCED, ALL & ~16384, "keeps no fence"),
        (FENCED, ALL & ~32768, ""),
        (FENCED, None, ""),
        (RALLIED, ALL & ~32768, "keeps no rally points"),
        (RALLIED, ALL & ~16384, ""),
        (patrol(3), ALL & ~(16384 | 32768), ""),
        (patrol(3), ALL & ~4, "MISSION_INT"),
        (patrol(3), 0, "MISSION_INT"),
    ],
)
def test_a_list_that_the_vehicle_says_it_does_not_keep_is_named(
    mission: Mission, capabilities: int | None, says: str
) -> None:
    why_not = unfit(mission, replace(STATE, capabilities=capabilities), {})
    assert says in why_not
    assert bool(why_not) == bool(says)
    assert not why_not or why_not.startswith("Nothing was sent: ")


@pytest.mark.parametrize(
    ("stack", "limits", "says"),
    [
        (Stack.ARDUPILOT, {MISSION: 6}, ""),  # five items and the home slot
        (Stack.ARDUPILOT, {MISSION: 5}, "the mission has 5 items and the vehicle takes 4"),
        (Stack.PX4, {MISSION: 5}, ""),
        (Stack.PX4, {MISSION: 4}, "the mission has 5 items and the vehicle takes 4"),
        (Stack.PX4, {FENCE: 3}, "the fence has 4 items and the vehicle takes 3"),
        (Stack.PX4, {RALLY: 0}, ""),
    ],
)
def test_more_items_than_the_vehicle_takes_are_counted_as_the_plan_counts(
    stack: Stack, limits: dict[int, int], says: str
) -> None:
    why_not = unfit(FENCED, replace(STATE, stack=stack), limits)
    assert says in why_not
    assert bool(why_not) == bool(says)


def sends_of_lists(vehicle: Copter) -> list[Message]:
    """Makes a scripted vehicle note the announcements that it hears."""
    noted: list[Message] = []
    hear = vehicle.hear

    def noting(message: Message, now_s: float) -> tuple[Message, ...]:
        if isinstance(message, m.MissionCount | m.MissionItemInt):
            noted.append(message)
        return hear(message, now_s)

    vehicle.hear = noting  # type: ignore[method-assign]  # a fake that listens
    return noted


def test_a_mission_with_a_fence_for_a_vehicle_without_fences_is_refused_before_anything_is_sent(
    vehicle: TcpVehicle,
) -> None:
    vehicle.vehicle.capabilities = ALL & ~16384
    sent = sends_of_lists(vehicle.vehicle)
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        verdict = station.upload(FENCED)
        assert isinstance(verdict, NotStored)
        assert "keeps no fence" in verdict.reason
        assert sent == []
        assert isinstance(station.upload(patrol(3)), Stored)


def test_a_vehicle_that_tells_no_version_is_tried(vehicle: TcpVehicle) -> None:
    vehicle.vehicle.capabilities = None
    vehicle.vehicle.keep = lambda one: one  # type: ignore[method-assign]  # this fake changes mission items only
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        assert isinstance(station.upload(FENCED), Stored)


def test_a_limit_that_the_vehicle_has_told_is_known_the_next_time(vehicle: TcpVehicle) -> None:
    sent = sends_of_lists(vehicle.vehicle)
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        first = station.upload(patrol(700))
        assert isinstance(first, NotStored)
        assert first.limit == 650
        sent.clear()
        second = station.upload(patrol(700))
        assert isinstance(second, NotStored)
        assert "has 702 items and the vehicle takes 649" in second.reason
        assert sent == []
        assert isinstance(station.upload(patrol(3)), Stored)


def test_the_version_is_asked_for_when_it_was_lost_and_in_the_older_way_where_the_newer_is_not_known() -> None:
    told: list[Message] = []

    def lose(_way: str, message: Message) -> bool:
        told.append(message)
        asks = isinstance(message, m.CommandLong) and message.command == 512
        return asks or isinstance(message, m.CommandAck)

    rig = Rig(Copter(), lose=lose)
    rig.run(VersionJob())
    assert rig.core.state is not None
    assert rig.core.state.capabilities == ALL
    assert any(isinstance(one, m.CommandLong) and one.command == 520 for one in told)


def test_a_vehicle_that_refuses_both_ways_is_not_asked_for_ever() -> None:
    rig = Rig(Copter(capabilities=None, refuses=True))
    rig.until(lambda: rig.core.state is not None)
    before_s = rig.now_s
    rig.run(VersionJob())
    assert rig.now_s - before_s < 1.5


def test_orders_with_a_place_are_not_given_to_a_vehicle_that_takes_none() -> None:
    state = replace(STATE, armed=True, height_m=20.0, at=CORNERS[0], capabilities=ALL & ~8)
    with pytest.raises(NotDone, match="COMMAND_INT"):
        orders.go_to(state, CORNERS[1])
    orders.go_to(replace(state, capabilities=None), CORNERS[1])
