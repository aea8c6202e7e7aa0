"""Ground heights: 0 m where it is said to be nothing but sea, else silence; and asked about before a take-off."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typing_extensions import override

from planner.cli.link import app
from planner.cli.link_options import sea_in
from planner.formats.missions import write_mission
from planner.geo.points import LatLon, LocalFrame
from planner.link.messages import CommandLong, Message, Received
from planner.link.preflight import ground_unknown
from planner.link.progress import frames_in
from planner.link.services import TerrainCheck, TerrainData, TerrainReport, TerrainRequest
from planner.link.state import VehicleState
from planner.link.station import Station
from planner.link.terrain import MOST_AT_ONCE, SeaJob, TerrainChecked, TerrainCheckJob
from planner.model.errors import BadInput
from planner.model.mission import Command, Frame, Home, Mission, item
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.gui.fly.test_presenter import HEALTHY
from tests.planner.link.copter import Copter, Rig
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.vehicles import HERE
from tests.shared import DATA, needs_shared

PLACE = LatLon(51.95, 4.05)
ALL = (1 << 56) - 1
ASKED = TerrainRequest(519500000, 40500000, 100, ALL)


def answers(job: SeaJob, asked: TerrainRequest) -> list[TerrainData]:
    _, out = job.on_received(Received(HERE, asked), HEALTHY, 1.0)
    return [one for one in out if isinstance(one, TerrainData)]


def test_over_the_sea_the_height_is_zero_and_not_silence() -> None:
    job, told, missing = SeaJob(lambda *_: True), [], ALL
    for _ in range(8):
        sent = answers(job, TerrainRequest(519500000, 40500000, 100, missing))
        assert len(sent) <= MOST_AT_ONCE
        for one in sent:
            missing &= ~(1 << one.gridbit)
        told += sent
    assert missing == 0
    assert {(one.lat, one.lon, one.grid_spacing, one.data) for one in told} == {(519500000, 40500000, 100, (0,) * 16)}


def test_where_it_is_not_all_sea_nothing_is_said() -> None:
    assert answers(SeaJob(lambda *_: False), ASKED) == []


def test_only_the_squares_that_were_asked_for_are_answered() -> None:
    mask = 1 << 3 | 1 << 17 | 1 << 55
    assert [one.gridbit for one in answers(SeaJob(lambda *_: True), TerrainRequest(0, 0, 100, mask))] == [3, 17, 55]


def test_a_square_is_counted_eastward_first_and_asked_about_whole() -> None:
    asked: list[tuple[LatLon, LatLon]] = []

    def is_sea(south_west: LatLon, north_east: LatLon) -> bool:
        asked.append((south_west, north_east))
        return False

    answers(SeaJob(is_sea), TerrainRequest(519500000, 40500000, 100, 1 << 10))  # one up, two to the east
    frame = LocalFrame(PLACE)
    ((south_west, north_east),) = asked
    assert frame.to_metres([south_west])[0] == pytest.approx((800.0, 400.0), abs=0.5)
    assert frame.to_metres([north_east])[0] == pytest.approx((1200.0, 800.0), abs=0.5)


@pytest.mark.parametrize("asked", [TerrainRequest(2**31 - 1, 2**31 - 1, 65535, ALL), TerrainRequest(0, 0, 0, 0)])
def test_senseless_questions_are_not_answered(asked: TerrainRequest) -> None:
    assert answers(SeaJob(lambda *_: True), asked) == []


def square(lat: float, lon: float, side: float) -> list[list[float]]:
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def geojson(path: Path, *rings: list[list[float]]) -> Path:
    path.write_text(json.dumps({"type": "Polygon", "coordinates": list(rings)}))
    return path


def test_the_sea_of_a_file_is_what_lies_wholly_in_its_polygons(tmp_path: Path) -> None:
    is_sea = sea_in(geojson(tmp_path / "sea.geojson", square(51.9, 4.0, 0.1), square(51.94, 4.04, 0.01)))
    assert is_sea(LatLon(51.91, 4.01), LatLon(51.92, 4.02))
    assert not is_sea(LatLon(51.945, 4.045), LatLon(51.946, 4.046))  # the island
    assert not is_sea(LatLon(51.93, 4.03), LatLon(51.96, 4.06))  # part of it
    assert not is_sea(LatLon(51.99, 4.09), LatLon(52.01, 4.11))  # beyond the edge


def test_a_file_without_polygons_is_wrong_use(tmp_path: Path) -> None:
    path = tmp_path / "line.geojson"
    path.write_text(json.dumps({"type": "LineString", "coordinates": [[4.0, 51.9], [4.1, 51.9]]}))
    with pytest.raises(BadInput, match="holds no polygon"):
        sea_in(path)


@dataclass
class Knowing(Copter):
    """Knows the ground at some places, from a time on."""

    known: set[tuple[int, int]] = field(default_factory=set)
    from_s: float = 0.0
    mute: bool = False

    @override
    def hear(self, message: Message, now_s: float) -> tuple[Message, ...]:
        if isinstance(message, TerrainCheck) and not self.mute:
            there = (message.lat, message.lon)
            spacing = 100 if there in self.known and now_s - self.boot_s >= self.from_s else 0
            return (TerrainReport(*there, spacing, 0.0),)
        return super().hear(message, now_s)


PLACES = tuple(LatLon(51.95 + n * 0.001, 4.05) for n in range(25))
WIRE = {(round(at.lat_deg * 1e7), round(at.lon_deg * 1e7)) for at in PLACES}


def checked(vehicle: Knowing) -> tuple[TerrainChecked, Rig]:
    rig = Rig(vehicle)
    (end,) = rig.run(TerrainCheckJob(PLACES))
    assert isinstance(end, TerrainChecked)
    return end, rig


def test_ground_that_is_known_everywhere_is_no_problem() -> None:
    assert checked(Knowing(known=WIRE))[0] == TerrainChecked((), answered=True)


def test_ground_that_is_still_being_fetched_is_waited_for() -> None:
    end, rig = checked(Knowing(known=WIRE, from_s=6.0))
    assert end.unknown == ()
    assert rig.now_s - rig.vehicle.boot_s >= 6.0


def test_the_places_whose_ground_is_not_known_are_named() -> None:
    end, _ = checked(Knowing(known=WIRE - {(519520000, 40500000)}))
    assert end == TerrainChecked((PLACES[2],), answered=True)


def test_a_vehicle_that_does_not_answer_is_not_waited_for_long() -> None:
    end, rig = checked(Knowing(mute=True))
    assert (end.answered, len(end.unknown)) == (False, 25)
    assert rig.now_s - rig.vehicle.boot_s < 12.0


@pytest.fixture
def simulated() -> Iterator[str]:
    with SimulatedVehicle(VehicleConfig(home=PLACE, armable_s=2.0), speedup=15.0) as vehicle:
        yield f"tcp:127.0.0.1:{vehicle.port}"


def over_ground() -> Mission:
    at, ground = LatLon(51.951, 4.051), Frame.GLOBAL_TERRAIN_ALT
    return Mission(
        (
            item(Command.NAV_TAKEOFF, at=PLACE, height_m=30.0),
            item(Command.NAV_WAYPOINT, at=at, height_m=30.0, frame=ground),
            item(Command.NAV_RETURN_TO_LAUNCH),
        ),
        home=Home(PLACE, 5.0),
    )


def test_a_plan_over_the_ground_starts_where_the_sea_was_named_and_not_where_nothing_is_known(
    simulated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mission(over_ground(), tmp_path / "p.plan")
    arguments = ["fly", str(tmp_path / "p.plan"), "--to", simulated, "--tlog", str(tmp_path / "f.tlog"), "--json"]
    with monkeypatch.context() as patch:
        patch.setattr("planner.link.terrain.AT_MOST_S", 1.5)
        told = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert (told["verdict"], told["outcome"]) == ("stored", "not_flown")
    assert "does not know the ground at item 2" in told["reason"]
    sea = geojson(tmp_path / "sea.geojson", square(51.8, 3.9, 0.3))
    result = CliRunner().invoke(app, [*arguments, "--sea", str(sea)])
    assert json.loads(result.stdout)["outcome"] == "flown", result.output


def test_a_plan_over_home_asks_nothing_about_the_ground(simulated: str) -> None:
    plain = Mission((item(Command.NAV_WAYPOINT, at=PLACE, height_m=30.0),), home=Home(PLACE))
    with Station.connect(simulated) as station:
        station.run = lambda _: pytest.fail("it asked")  # type: ignore[method-assign, assignment]
        assert ground_unknown(station, plain) == ""


def test_a_vehicle_that_does_not_answer_is_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.link.terrain.AT_MOST_S", 1.5)
    served = TcpVehicle(Knowing(mute=True, boot_s=time.monotonic()))
    with Station.connect(f"tcp:127.0.0.1:{served.port}") as station:
        assert ground_unknown(station, over_ground()) == ""
        served.vehicle.mute = False  # type: ignore[attr-defined]  # it is a Knowing
        assert "item 2" in ground_unknown(station, over_ground())
    served.close()


def test_an_ardupilot_is_asked_for_its_questions() -> None:
    state: VehicleState = HEALTHY
    _, out = SeaJob(lambda *_: True).begin(state, 1.0)
    (one,) = out
    assert isinstance(one, CommandLong)
    assert (one.command, one.param1, one.param2) == (511, 133.0, 1e6)


@needs_shared
def test_what_a_real_arducopter_asked_is_answered() -> None:
    log = DATA / "flights" / "arducopter-4.6.3-harbour.tlog"
    asked = {
        frame.received.message
        for frame in frames_in(log.read_bytes())
        if frame.received is not None and isinstance(frame.received.message, TerrainRequest)
    }
    assert asked
    for one in asked:
        assert [answer.gridbit for answer in answers(SeaJob(lambda *_: True), one)] == list(range(MOST_AT_ONCE))
