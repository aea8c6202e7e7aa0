"""Flight logs as flights; and files that are none."""

import struct
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.link import messages as m
from planner.link.events import Flown
from planner.link.flying import Fly
from planner.link.messages import Address
from planner.link.progress import progress_in
from planner.link.record import read_flight
from planner.link.tlog import TlogWriter, excerpt
from planner.link.wire import Codec
from planner.model.errors import BadInput
from tests.planner.link.copter import Rig
from tests.shared import DATA, needs_shared

HARBOUR = DATA / "flights" / "arducopter-4.6.3-harbour"


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@needs_shared
@pytest.mark.parametrize("ending", [".tlog", ".BIN"])
def test_a_real_patrol_has_a_track_attitudes_and_seventeen_captures(ending: str) -> None:
    flight = read_flight(HARBOUR.with_suffix(HARBOUR.suffix + ending))
    assert len(flight.captures) == 17
    assert [c.index for c in flight.captures] == list(range(1, 18))
    assert len(flight.track) > 700
    assert 29 < flight.track.height_m.max() < 31
    assert not np.isnan(flight.track.pitch_deg).any()
    assert flight.home is not None
    assert flight.home.lat_deg == pytest.approx(51.95, abs=1e-6)
    assert flight.vehicle.startswith("ArduCopter V4.6.3")
    for capture in flight.captures:
        point = flight.at(capture.at_utc)
        assert point is not None
        assert abs(point.at.lat_deg - capture.at.lat_deg) < 1e-5
        assert abs((point.yaw_deg - capture.yaw_deg + 180) % 360 - 180) < 5


@needs_shared
def test_telemetry_and_dataflash_of_the_same_flight_agree() -> None:
    tlog, bin_log = (read_flight(HARBOUR.with_suffix(HARBOUR.suffix + ending)) for ending in (".tlog", ".BIN"))
    for a, b in zip(tlog.captures, bin_log.captures, strict=True):
        assert abs((a.at_utc - b.at_utc).total_seconds()) < 0.1
        assert a.at == b.at
    compared = 0
    for seconds in tlog.track.time_utc_s[5:-5:20]:
        p, q = tlog.at(moment(seconds)), bin_log.at(moment(seconds))
        if p is None or q is None:
            continue
        compared += 1
        assert abs(p.at.lat_deg - q.at.lat_deg) < 1e-5
        assert abs(p.height_m - q.height_m) < 0.5
        assert abs((p.yaw_deg - q.yaw_deg + 180) % 360 - 180) < 3
    assert compared > 25


@needs_shared
def test_a_flight_of_2018_covers_its_six_stills_though_its_clock_is_wrong() -> None:
    flight = read_flight(DATA / "stills" / "with-tlog" / "flight.tlog")
    assert any("clock is wrong" in note for note in flight.notes)
    stills = sorted((DATA / "stills" / "with-tlog").glob("*.jpg"))
    assert len(stills) == 6
    for still in stills:
        at = datetime.strptime(still.stem[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        point = flight.at(at.replace(microsecond=int(still.stem[14:16]) * 10_000))
        assert point is not None
        assert 70 < point.height_m < 90


def test_a_log_of_our_own_is_read_back(tmp_path: Path) -> None:
    log = TlogWriter(tmp_path / "own.tlog")
    outcome = Rig(log=log).run(Fly())[-1]
    log.close()
    flight = read_flight(tmp_path / "own.tlog")
    assert isinstance(outcome, Flown)
    assert len(flight.captures) == outcome.captures == 3
    assert flight.track.height_m.max() == 30.0
    assert flight.vehicle == "ArduPilot 4.6.3 quadrotor"


def frames(messages: list[m.Message], start_s: float = 1_600_000_000.0) -> bytes:
    codec = Codec(Address(1, 1))
    return b"".join(
        struct.pack(">Q", round((start_s + n * 0.1) * 1e6)) + codec.encode(one) for n, one in enumerate(messages)
    )


def flight_messages(count: int) -> list[m.Message]:
    out: list[m.Message] = [m.Heartbeat(2, 3, 0, 0, 4)]
    for n in range(count):
        out.append(m.GlobalPositionInt(1000 + n * 200, 519500000 + n, 40500000, 5000, 1000 * n, 0, 0, 0, 0))
        out.append(m.Attitude(1000 + n * 200, 0.0, 0.1, 0.5))
    return out


def test_without_a_vehicle_clock_the_computers_is_used_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.tlog"
    path.write_bytes(frames(flight_messages(20)))
    flight = read_flight(path)
    assert len(flight.track) == 20
    assert "told no time" in flight.notes[0]
    assert abs(flight.track.time_utc_s[0] - 1_600_000_000.1) < 0.2


def test_garbage_between_the_frames_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.tlog"
    half = frames(flight_messages(10))
    path.write_bytes(half + b"\xfd\xfe noise \x00" * 7 + frames(flight_messages(40)[21:], 1_600_000_100.0) + half[:30])
    assert len(read_flight(path).track) == 40


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello, this is no log at all" * 50, "no heartbeat"),
        (b"\xff\xd8\xff\xe0 JFIF" + bytes(5000), "no heartbeat"),
        (b"\xa3\x95\x80\x80" + bytes(100), "log"),
        (b"\xa3\x95\x80" + b"garbage" * 1000, "log"),
        (b"FMT, 1, 2, nonsense\n" * 10, "log"),
        (frames([m.Heartbeat(2, 3, 0, 0, 4)] * 30), "no position"),
    ],
)
def test_what_is_no_flight_is_refused_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.tlog"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=words) as caught:
        read_flight(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_flight(tmp_path / "none.tlog")


@needs_shared
@pytest.mark.parametrize("ending", [".tlog", ".BIN"])
def test_a_truncated_log_gives_what_it_holds(tmp_path: Path, ending: str) -> None:
    data = HARBOUR.with_suffix(HARBOUR.suffix + ending).read_bytes()
    path = tmp_path / f"half{ending}"
    path.write_bytes(data[: len(data) * 2 // 3 + 7])
    assert 100 < len(read_flight(path).track) < 1500


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    start=st.sampled_from([b"", b"\xa3\x95\x80\x59", b"FMT, 128, 89, FMT, BBnNZ, Type\n"]), data=st.binary(max_size=300)
)
@example(start=b"", data=bytes(8) + b"\xfd" + bytes(8))
def test_any_bytes_are_a_flight_or_one_sentence(tmp_path: Path, start: bytes, data: bytes) -> None:
    path = tmp_path / "any.log"
    path.write_bytes(start + data)
    with pytest.raises(BadInput):
        read_flight(path)


def test_a_large_log_is_read_quickly(tmp_path: Path) -> None:
    path = tmp_path / "large.tlog"
    noise = [m.VfrHud(1.0, 2.0, 0.0)] * 18
    one_second: list[m.Message] = [*flight_messages(1), *noise]
    path.write_bytes(frames(one_second) * 3000)
    began = time.perf_counter()
    read_flight(path)
    assert time.perf_counter() - began < 5.0


def test_a_log_of_two_vehicles_says_whose_flight_is_read(tmp_path: Path) -> None:
    path = tmp_path / "two.tlog"
    log = TlogWriter(path)
    codecs = {system: Codec(Address(system, 1)) for system in (4, 9)}
    for n in range(30):
        for system, codec in codecs.items():
            if system == 9 or n % 2:
                log.write(codec.encode(m.Heartbeat(2, 3, 128, 3, 4)), (1_700_000_000 + n) * 1_000_000)
                place = m.GlobalPositionInt(1000 * n, 519500000 + system, 40500000, 5000, 30_000, 0, 0, 0, 0)
                log.write(codec.encode(place), (1_700_000_000 + n) * 1_000_000)
    log.close()
    flight = read_flight(path)
    assert any("vehicles 4, 9; this is the flight of vehicle 9" in note for note in flight.notes)
    assert len(flight.track) == 30
    excerpt(path, tmp_path / "one.tlog", without=frozenset({9}))
    alone = read_flight(tmp_path / "one.tlog")
    assert (len(alone.track), [note for note in alone.notes if "vehicles" in note]) == (15, [])


def test_a_flight_to_go_on_with_is_the_one_of_the_vehicle_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "two.tlog"
    log = TlogWriter(path)
    for system, item in ((4, 2), (9, 5)):
        codec = Codec(Address(system, 1))
        for message in (m.Heartbeat(2, 3, 0, 3, 4), m.Heartbeat(2, 3, 128, 3, 4), m.MissionItemReached(item)):
            log.write(codec.encode(message), 1_700_000_000_000_000)
    log.close()
    assert (progress_in(path, 4).reached, progress_in(path, 9).reached) == ((2,), (5,))
    with pytest.raises(BadInput, match=r"holds the vehicles 4, 9; choose .* with --vehicle"):
        progress_in(path)
    with pytest.raises(BadInput, match="no heartbeat of vehicle 7"):
        progress_in(path, 7)
