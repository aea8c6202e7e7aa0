"""A vehicle that speaks MAVLink 1 only is spoken to in MAVLink 1; one that can change over is led to MAVLink 2."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymavlink.dialects.v10 import ardupilotmega as old
from typer.testing import CliRunner
from typing_extensions import override

from planner.cli.link import app
from planner.formats.missions import write_mission
from planner.geo.points import LatLon
from planner.link import messages as m
from planner.link.errors import LinkTooPoor
from planner.link.frames import names_of
from planner.link.items import FENCE, MISSION
from planner.link.messages import Message
from planner.link.station import Station
from planner.link.verdict import Stored
from planner.link.wire import Codec
from planner.model.errors import BadInput
from planner.model.mission import FencePolygon, Mission, Rally
from tests.planner.link.copter import Copter
from tests.planner.link.flock import Flock
from tests.planner.link.test_station import TcpVehicle
from tests.planner.link.test_store import patrol

V1, V2 = 0xFE, 0xFD


@dataclass
class Old(TcpVehicle):
    """A copter that sends MAVLink 1 and hears nothing else; `learns`: our first MAVLink 2 makes it change over."""

    def __init__(self, *, learns: bool = False) -> None:
        self.learns = learns
        self.marks: list[tuple[int, str]] = []
        """First byte and name of all that reached it."""
        self.version = 1
        super().__init__(Copter(boot_s=time.monotonic()))

    @override
    def answers(self, data: bytes, now_s: float) -> bytes:
        out: list[Message] = list(self.vehicle.tick(now_s))
        for frame in self.codec.feed(data):
            if frame.received is None:
                continue
            message = frame.received.message
            self.marks.append((frame.raw[0], type(message).__name__))
            if frame.raw[0] == V2 and self.learns:
                self.version = 2
            if frame.raw[0] == V1 or self.version == 2:
                out += self.vehicle.hear(message, now_s)
        encode = self.codec.encode if self.version == 2 else self.codec.encode_old
        return b"".join(encode(one) for one in out)


@pytest.fixture
def line() -> Iterator[Old]:
    served = Old()
    yield served
    served.close()


FENCED = Mission(
    patrol(3).items,
    fence_polygons=(FencePolygon((LatLon(51.9, 4.0), LatLon(52.0, 4.0), LatLon(52.0, 4.1))),),
    rally=(Rally(LatLon(51.9, 4.0), 25.0),),
)


@pytest.mark.parametrize(
    "message",
    [
        m.Heartbeat(6, 8, 0, 0, 4),
        m.MissionCount(1, 1, 7, 0),
        m.MissionItemInt(1, 1, 3, 3, 16, 0, 1, 1.0, 2.0, 3.0, 4.0, 519500000, -40500000, 30.5, 0),
        m.CommandLong(1, 1, 400, 0, 1.0),
        m.ParamRequestRead(1, 1, "RTL_ALT"),
    ],
)
def test_what_we_send_is_mavlink_1_as_another_program_reads_it(message: Message) -> None:
    codec = Codec()
    codec.encode(message)
    raw = codec.encode_old(message)
    (read,) = old.MAVLink(None).parse_buffer(bytearray(raw)) or [None]
    assert read is not None
    kind = old.mavlink_map[read.get_msgId()]
    assert (raw[0], raw[1]) == (V1, kind.unpacker.size), "fields that came later are left out"
    assert (read.get_srcSystem(), read.get_srcComponent(), read.get_seq()) == (255, 190, 1)
    for name in set(kind.fieldnames) & set(names_of(type(message))):
        told = getattr(read, name)
        assert (told.decode() if isinstance(told, bytes) else told) == getattr(message, name), name


def test_a_mission_is_stored_in_a_vehicle_that_knows_mavlink_1_only(line: Old) -> None:
    with Station.connect(f"tcp:127.0.0.1:{line.port}") as station:
        assert isinstance(station.upload(patrol(20)), Stored)
        assert len(station.download()) == 22
        station.listen_for_others(1.2)
        state = station.snapshot()
    assert state is not None
    assert state.mavlink == 1
    assert {mark for mark, name in line.marks if name != "Heartbeat"} == {V1}
    assert {mark for mark, name in line.marks if name == "Heartbeat"} == {V1, V2}
    assert "MissionRequestList" in {name for _, name in line.marks}


def test_a_vehicle_that_changes_over_is_spoken_to_in_mavlink_2() -> None:
    served = Old(learns=True)
    try:
        with Station.connect(f"tcp:127.0.0.1:{served.port}") as station:
            station.listen_for_others(1.5)
            assert isinstance(station.upload(patrol(3)), Stored)
            state = station.snapshot()
        assert state is not None
        assert state.mavlink == 2
        assert {mark for mark, name in served.marks if name.startswith("MissionItem")} == {V2}
    finally:
        served.close()


def test_fence_and_rally_points_are_refused_before_anything_is_sent(line: Old) -> None:
    says = pytest.raises(LinkTooPoor, match=r"MAVLink 1, and the plan's .*fence.* and rally.*Nothing was sent")
    with Station.connect(f"tcp:127.0.0.1:{line.port}") as station, says:
        station.upload(FENCED)
    assert not [name for _, name in line.marks if name.startswith("Mission")]


def test_the_fence_is_not_asked_for_over_mavlink_1_which_would_be_the_mission_again(line: Old) -> None:
    with Station.connect(f"tcp:127.0.0.1:{line.port}") as station:
        station.upload(patrol(3))
        back = station.download()
    assert (back.fence_polygons, back.rally) == ((), ())
    assert [name for _, name in line.marks].count("MissionRequestList") == 2, "to compare, and to download"


def test_the_option_says_which_is_spoken() -> None:
    served = Old(learns=True)
    try:
        with Station.connect(f"tcp:127.0.0.1:{served.port}", mavlink=1) as station:
            station.listen_for_others(1.5)
            station.upload(patrol(3))
        assert {mark for mark, _ in served.marks} == {V1}
    finally:
        served.close()


def test_with_mavlink_2_asked_for_an_old_vehicle_gets_nothing_that_it_understands(line: Old) -> None:
    with Station.connect(f"tcp:127.0.0.1:{line.port}", mavlink=2) as station:
        station.listen_for_others(1.5)
    assert {mark for mark, _ in line.marks} == {V2}


def test_only_the_mission_is_cleared_because_mavlink_1_would_take_a_fence_for_it(line: Old) -> None:
    with Station.connect(f"tcp:127.0.0.1:{line.port}") as station:
        assert isinstance(station.upload(patrol(3)), Stored)
        with pytest.raises(LinkTooPoor, match="Nothing was cleared"):
            station.clear((FENCE,))
        assert len(station.download()) == 5
        assert [end.word for end in station.clear((MISSION,))] == ["cleared"]
        assert len(station.download()) == 0


def test_two_vehicles_on_one_link_are_each_spoken_to_in_their_own_version() -> None:
    flock = Flock({1: Copter(), 2: Copter()})
    flock.theirs[1].encode = flock.theirs[1].encode_old  # type: ignore[method-assign]  # an old one
    marks: dict[int, set[int]] = {1: set(), 2: set()}
    feed = flock.ours.feed

    def seen(data: bytes) -> Iterator[object]:
        for frame in feed(data):
            if frame.received is not None and hasattr(frame.received.message, "target_system"):
                marks[frame.received.message.target_system].add(frame.raw[0])
            yield frame

    flock.ours.feed = seen  # type: ignore[method-assign, assignment]
    flock.until(lambda: len(flock.core.crafts) == 2 and all(one.streams for one in flock.vehicles.values()))
    for _ in range(200):
        flock.step()
    assert marks == {1: {V1}, 2: {V2}}


def test_the_command_takes_the_version_and_refuses_to_sign_mavlink_1(line: Old, tmp_path: Path) -> None:
    plan = tmp_path / "p.plan"
    write_mission(FENCED, plan)
    to = f"tcp:127.0.0.1:{line.port}"
    result = CliRunner().invoke(app, ["upload", str(plan), "--to", to, "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verdict"]) == (1, "not_stored")
    assert "MAVLink 2" in told["reason"]
    key = tmp_path / "key"
    key.write_text("secret")
    key.chmod(0o600)
    result = CliRunner().invoke(
        app, ["upload", str(plan), "--to", to, "--mavlink", "1", "--sign-file", str(key), "--json"]
    )
    assert isinstance(result.exception, BadInput)
