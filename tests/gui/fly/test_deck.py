from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.fly.deck import LINK_LOG, StationDeck
from planner.geo.points import LatLon, LocalFrame
from planner.link.record import read_flight
from planner.link.verdict import Stored
from planner.model.mission import Command, Home, Mission, item

FRAME = LocalFrame(LatLon(54.10, 7.00))
QUAY, OVER_WATER = FRAME.to_place(-235.0, -192.0), FRAME.to_place(-215.0, -150.0)
HOP = Mission(
    (
        item(Command.NAV_TAKEOFF, height_m=30.0),
        item(Command.DO_SET_CAM_TRIGG_DIST, p1=25.0, p3=1.0),
        item(Command.NAV_WAYPOINT, at=OVER_WATER, height_m=30.0),
        item(Command.DO_SET_CAM_TRIGG_DIST),
        item(Command.NAV_RETURN_TO_LAUNCH),
    ),
    home=Home(QUAY, 3.0),
)


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[StationDeck]:
    made = StationDeck(tmp_path / "flights", speedup=60.0)
    made.practise(HOP)
    yield made
    made.close()


def test_two_flights_have_a_finished_log_and_pictures_each(deck: StationDeck) -> None:
    logs, pictures = [], []
    for _ in range(2):
        assert isinstance(deck.upload(HOP, lambda _: None), Stored)
        landed = deck.fly(lambda _: None)
        assert landed.tlog is not None
        assert landed.footage is not None
        logs.append(landed.tlog)
        pictures.append(len(list(landed.footage.glob("*.jpg"))))
        assert len(read_flight(landed.tlog).captures) == pictures[-1]
    assert [log.name for log in logs] == ["flight.tlog", "flight-2.tlog"]
    assert pictures[1] > pictures[0] > 0


def test_the_log_of_a_flight_no_longer_changes_while_the_link_is_still_recorded(deck: StationDeck) -> None:
    deck.upload(HOP, lambda _: None)
    log = deck.fly(lambda _: None).tlog
    assert log is not None
    before = log.read_bytes()
    deck.upload(HOP, lambda _: None)
    assert log.read_bytes() == before
    assert log.with_name(LINK_LOG).stat().st_size > len(before)
