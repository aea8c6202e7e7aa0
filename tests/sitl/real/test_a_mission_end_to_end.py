"""One mission over our own link: on the practice vehicle, and on a real ArduCopter where one is named."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.geo.points import destination, distance_m
from planner.link.events import Flown, NotFlown
from planner.link.station import Station
from planner.link.verdict import Stored
from planner.model.mission import Command, Mission, item
from sitl.arducopter import Launch, RealArduCopter
from sitl.server import SimulatedVehicle
from tests.sitl.vehicle.script import HOME, config


@contextlib.contextmanager
def practice() -> Iterator[str]:
    with SimulatedVehicle(config(), speedup=20) as vehicle:
        yield f"tcp:127.0.0.1:{vehicle.port}"


@contextlib.contextmanager
def real() -> Iterator[str]:
    with RealArduCopter(Launch(Path(os.environ["QUAYWATCH_ARDUCOPTER"]), HOME, 5.0, speedup=10)) as running:
        yield f"tcp:127.0.0.1:{running.port}"


def square() -> Mission:
    corners = [destination(HOME, towards_deg=bearing, range_m=60.0) for bearing in (45.0, 135.0)]
    legs = [item(Command.NAV_WAYPOINT, at=corner, height_m=25.0) for corner in corners]
    return Mission((item(Command.NAV_TAKEOFF, at=HOME, height_m=25.0), *legs, item(Command.NAV_RETURN_TO_LAUNCH)))


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "vehicle",
    [
        practice,
        pytest.param(
            real,
            marks=pytest.mark.skipif(
                "QUAYWATCH_ARDUCOPTER" not in os.environ, reason="QUAYWATCH_ARDUCOPTER names no ArduCopter SITL binary"
            ),
        ),
    ],
)
def test_a_mission_is_stored_flown_and_ends_at_home(
    vehicle: Callable[[], contextlib.AbstractContextManager[str]],
) -> None:
    with vehicle() as address, Station.connect(address, timeout_s=30) as station:
        assert isinstance(station.upload(square()), Stored)
        ends = [event for event in station.fly(square()) if isinstance(event, Flown | NotFlown)]
        state = station.snapshot()
    assert [type(end) for end in ends] == [Flown]
    assert state is not None
    assert state.at is not None
    assert distance_m(state.at, HOME) < 5
