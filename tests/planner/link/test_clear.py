"""Clearing is believed only when it was read back; what was there is kept and can be put back."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.link import app
from planner.formats.missions import read_mission, write_mission
from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.before import held_now, put_back
from planner.link.clear import ClearEnd, ClearJob, why_not_clear
from planner.link.items import FENCE, MISSION, RALLY, mission_to_wire
from planner.link.messages import Message
from planner.link.stack import Stack
from planner.link.state import VehicleState
from planner.link.station import Station
from planner.link.verdict import Stored
from planner.model.mission import FencePolygon, Rally
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from tests.planner.link.copter import Copter, Lose, Rig
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol
from tests.planner.link.vehicles import HERE

CORNERS = (LatLon(51.94, 4.04), LatLon(51.96, 4.04), LatLon(51.96, 4.06), LatLon(51.94, 4.06))
WHOLE = replace(patrol(4), fence_polygons=(FencePolygon(CORNERS),), rally=(Rally(CORNERS[0], 25.0),))
FLYING = VehicleState(HERE, Stack.ARDUPILOT, 2, armed=True, mode="AUTO", custom_mode=3, system_status=4, heard_s=0.0)


def holding(lose: Lose = lambda _way, _message: False) -> Rig:
    rig = Rig(Copter(), lose=lose)
    rig.vehicle.stored[0] = list(mission_to_wire(patrol(4), Stack.ARDUPILOT))
    return rig


def ended(rig: Rig, kind: int = MISSION) -> ClearEnd:
    (end,) = rig.run(ClearJob(kind))
    assert isinstance(end, ClearEnd)
    return end


def test_a_list_that_reads_back_empty_is_cleared() -> None:
    rig = holding()
    assert ended(rig) == ClearEnd(MISSION, "cleared", "Read back: the vehicle holds no mission any more.", 0)
    assert rig.vehicle.stored[0] == []
    assert {one.mission_type for _, one in rig.sent if isinstance(one, m.MissionClearAll)} == {MISSION}


def test_an_ardupilot_that_counts_its_home_slot_holds_no_mission() -> None:
    rig = holding()
    keeps_home = list(rig.vehicle.stored[0][:1])

    def clears_but_home(kind: int, now_s: float) -> tuple[Message, ...]:
        rig.vehicle.stored[kind] = keeps_home
        return (rig.vehicle.ack(0, kind),)

    rig.vehicle.on_clear = clears_but_home  # type: ignore[method-assign]  # a fake with a habit
    assert ended(rig).word == "cleared"
    assert len(rig.vehicle.stored[0]) == 1


def test_an_acknowledgement_without_the_deed_is_found_out() -> None:
    rig = holding()
    rig.vehicle.on_clear = lambda kind, _: (rig.vehicle.ack(0, kind),)  # type: ignore[method-assign, assignment]
    end = ended(rig)
    assert (end.word, end.left) == ("not_cleared", 6)
    assert "still holds its mission, 6 items" in end.reason


def test_a_lost_acknowledgement_is_settled_by_reading_back() -> None:
    rig = holding(lambda way, message: way == "down" and isinstance(message, m.MissionAck))
    assert ended(rig).word == "cleared"


def test_a_refusal_is_said_with_the_vehicles_own_words() -> None:
    rig = holding()
    rig.vehicle.refuse_clear = 3
    end = ended(rig)
    assert end.word == "not_cleared"
    assert 'does not support it. It said: "no"' in end.reason


def test_a_busy_vehicle_is_asked_again() -> None:
    rig = holding()
    rig.vehicle.busy_until_s = rig.now_s + 4.0
    assert ended(rig).word == "cleared"


def test_a_vehicle_that_falls_silent_is_unknown_and_says_so() -> None:
    rig = holding(lambda _way, message: isinstance(message, m.MissionClearAll | m.MissionCount))
    end = ended(rig)
    assert end.word == "unknown"
    assert "is not known" in end.reason


def test_loss_does_not_keep_a_list_from_being_cleared() -> None:
    dice = random.Random(3)  # noqa: S311 - loss, not secrets

    def some(_way: str, message: Message) -> bool:
        return not isinstance(message, m.Heartbeat) and dice.random() < 0.4

    rig = holding(some)
    assert ended(rig).word == "cleared"


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({}, MISSION, "flies its mission, in AUTO; ArduPilot refuses it as well"),
        ({"stack": Stack.PX4, "custom_mode": 4 << 16 | 4 << 24, "mode": "MISSION"}, MISSION, "in MISSION. Land first"),
        ({"custom_mode": 5}, MISSION, "its mission must stay"),
        ({}, FENCE, "its fence must stay"),
        ({}, RALLY, "its rally points must stay"),
        ({"armed": False}, MISSION, ""),
    ],
)
def test_an_armed_vehicle_keeps_what_it_flies_by(change: dict[str, object], kind: int, says: str) -> None:
    why_not = why_not_clear(replace(FLYING, **change), kind)  # type: ignore[arg-type]  # a table of fields
    assert says in why_not
    assert bool(why_not) == bool(says)


def test_nothing_is_sent_to_an_armed_vehicle() -> None:
    rig = holding()
    rig.vehicle.armed, rig.vehicle.armed_s, rig.vehicle.started_s = True, rig.now_s, rig.now_s
    end = ended(rig)
    assert end.word == "not_cleared"
    assert "Nothing was cleared" in end.reason
    assert not any(isinstance(one, m.MissionClearAll) for _, one in rig.sent)


@pytest.fixture(params=["ardupilot", "px4"])
def simulated(request: pytest.FixtureRequest) -> Iterator[str]:
    config = VehicleConfig(autopilot=request.param, home=LatLon(51.95, 4.05))
    with SimulatedVehicle(config, speedup=10.0) as vehicle:
        yield f"tcp:127.0.0.1:{vehicle.port}"


def run(*arguments: str | Path) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


def test_the_command_clears_all_three_lists_and_keeps_what_was_there(simulated: str, tmp_path: Path) -> None:
    write_mission(WHOLE, tmp_path / "p.plan")
    assert run("upload", tmp_path / "p.plan", "--to", simulated, "--json")[0] == 0
    keep = tmp_path / "kept.plan"
    code, told = run("clear", "--to", simulated, "--keep", keep, "--json")
    assert (code, told["verdict"], told["kept"]) == (0, "cleared", str(keep))
    assert told["lists"] == [
        {"list": name, "verdict": "cleared", "reason": f"Read back: the vehicle holds no {name} any more.", "left": 0}
        for name in ("mission", "fence", "rally points")
    ]
    with Station.connect(simulated) as station:
        left = held_now(station, any_stack=True)
        assert left is not None
        assert (len(left), left.fence_polygons, left.rally) == (0, (), ())
    assert run("upload", keep, "--to", simulated, "--json")[0] == 0
    was, again = read_mission(tmp_path / "p.plan").mission, read_mission(keep).mission
    assert (len(was), len(was.fence_polygons), len(was.rally)) == (
        len(again), len(again.fence_polygons), len(again.rally),
    )  # fmt: skip


def test_one_list_can_be_cleared_and_the_others_stay(simulated: str, tmp_path: Path) -> None:
    write_mission(WHOLE, tmp_path / "p.plan")
    run("upload", tmp_path / "p.plan", "--to", simulated, "--json")
    code, told = run("clear", "--fence", "--to", simulated, "--keep", tmp_path / "kept.plan", "--json")
    assert (code, told["verdict"]) == (0, "cleared")
    with Station.connect(simulated) as station:
        left = station.download()
    assert (len(left), left.fence_polygons, len(left.rally)) == (6, (), 1)


@pytest.fixture
def vehicle() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Copter(boot_s=time.monotonic()))
    yield served
    served.close()


def test_the_command_leaves_an_armed_vehicle_alone_with_exit_code_one(vehicle: TcpVehicle, tmp_path: Path) -> None:
    copter = vehicle.vehicle
    copter.stored[0] = list(mission_to_wire(patrol(4), Stack.ARDUPILOT))
    copter.armed, copter.started_s, copter.lands = True, time.monotonic(), False
    code, told = run("clear", "--to", f"tcp:127.0.0.1:{vehicle.port}", "--keep", tmp_path / "kept.plan", "--json")
    assert (code, told["verdict"]) == (1, "not_cleared")
    assert "armed" in str(told["reason"])
    assert len(copter.stored[0]) == 7  # with the home slot
    assert not (tmp_path / "kept.plan").exists()


def test_what_was_held_is_put_back_and_lists_that_were_not_there_go_away(simulated: str) -> None:
    with Station.connect(simulated) as station:
        station.upload(patrol(3))
        before = held_now(station, any_stack=True)
        assert before is not None
        assert isinstance(station.upload(replace(WHOLE, items=patrol(6, shift=0.01).items)), Stored)
        assert isinstance(put_back(station, before, (MISSION, FENCE, RALLY)), Stored)
        left = station.download()
    assert (len(left), left.fence_polygons, left.rally) == (5, (), ())


def test_where_nothing_was_held_putting_back_makes_the_vehicle_empty(simulated: str) -> None:
    with Station.connect(simulated) as station:
        station.listen(10.0)  # until it has started
        before = held_now(station, any_stack=True)
        assert before is not None
        station.upload(patrol(3))
        assert isinstance(put_back(station, before, (MISSION,)), Stored)
        assert len(station.download()) == 0
