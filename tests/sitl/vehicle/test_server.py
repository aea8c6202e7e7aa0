import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink import mavutil

from planner.model.errors import BadInput
from sitl.autopilot.messages import Message
from sitl.server import SimulatedVehicle
from sitl.shots import Shot
from sitl.wire import Wire
from tests.sitl.vehicle.script import HOME, config

PATIENCE_S = 20


@pytest.fixture
def vehicle() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(config(), speedup=50) as running:
        yield running


def connect(vehicle: SimulatedVehicle, system: int = 255) -> Any:
    os.environ["MAVLINK20"] = "1"
    link = mavutil.mavlink_connection(
        f"tcp:127.0.0.1:{vehicle.port}", source_system=system, source_component=190, dialect="ardupilotmega"
    )
    assert link.wait_heartbeat(timeout=PATIENCE_S) is not None
    return link


def hear(link: Any, *names: str, condition: str | None = None) -> Any:
    found = link.recv_match(type=list(names), condition=condition, blocking=True, timeout=PATIENCE_S)
    assert found is not None, f"no {names}"
    return found


def command(link: Any, number: int, *params: float) -> int:
    link.mav.command_long_send(1, 1, number, 0, *params, *[0.0] * (7 - len(params)))
    return int(hear(link, "COMMAND_ACK", condition=f"COMMAND_ACK.command=={number}").result)


def upload(link: Any, *items: tuple[int, float, float, float]) -> int:
    link.mav.mission_count_send(1, 1, len(items), 0)
    while (message := hear(link, "MISSION_REQUEST", "MISSION_ACK")).get_type() == "MISSION_REQUEST":
        number, north_m, z, p1 = items[message.seq]
        lat = round((HOME.lat_deg + north_m / 111_250) * 1e7) if number == 16 else 0
        lon = round(HOME.lon_deg * 1e7) if number == 16 else 0
        link.mav.mission_item_int_send(1, 1, message.seq, 3, number, 0, 1, p1, 0, 0, 0, lat, lon, z, 0)
    return int(message.type)


class Album:
    def __init__(self) -> None:
        self.shots: list[Shot] = []

    def take(self, shot: Shot) -> None:
        self.shots.append(shot)


def test_pymavlink_uploads_flies_and_sees_it_land() -> None:
    album = Album()
    with SimulatedVehicle(config(), speedup=80, shutter=album) as vehicle:
        link = connect(vehicle)
        hear(link, "HEARTBEAT", condition="HEARTBEAT.system_status==3")
        items = [
            (16, 0.0, 0.0, 0.0),
            (22, 0.0, 15.0, 0.0),
            (206, 0.0, 0.0, 10.0),
            (16, 50.0, 15.0, 0.0),
            (20, 0.0, 0.0, 0.0),
        ]
        assert upload(link, *items) == 0
        assert command(link, 511, 33, 1e6) == 0
        assert command(link, 176, 1, 4) == 0
        while command(link, 400, 1) != 0:
            hear(link, "HEARTBEAT")
        assert command(link, 300) == 0
        hear(link, "MISSION_ITEM_REACHED", condition="MISSION_ITEM_REACHED.seq==3")
        hear(link, "HEARTBEAT", condition="HEARTBEAT.base_mode<128")
        link.close()
    assert len(album.shots) >= 5
    assert [s.index for s in album.shots] == list(range(1, len(album.shots) + 1))


def test_several_clients_see_the_vehicle_and_each_other(vehicle: SimulatedVehicle) -> None:
    first, second = connect(vehicle), connect(vehicle, system=254)
    second.mav.heartbeat_send(6, 8, 0, 0, 4)
    second.mav.statustext_send(6, b"from the other one")
    text = hear(first, "STATUSTEXT", condition="STATUSTEXT.text=='from the other one'")
    assert text.get_srcSystem() == 254
    first.close()
    hear(second, "HEARTBEAT")
    second.close()


def test_streams_go_only_to_the_one_who_asked(vehicle: SimulatedVehicle) -> None:
    first, second = connect(vehicle), connect(vehicle, system=254)
    assert command(first, 511, 30, 100_000) == 0
    hear(first, "ATTITUDE")
    for _ in range(3):
        hear(second, "HEARTBEAT")
    assert "ATTITUDE" not in second.messages
    first.close()
    second.close()


def test_the_first_bytes_are_text_that_readers_must_get_past(vehicle: SimulatedVehicle) -> None:
    with socket.create_connection(("127.0.0.1", vehicle.port), timeout=PATIENCE_S) as raw:
        assert raw.recv(8).startswith(b"\n\nInit")


def test_garbage_and_vanishing_clients_harm_nobody(vehicle: SimulatedVehicle) -> None:
    link = connect(vehicle)
    for garbage in (os.urandom(100_000), b"\xfd" * 5000, b"\xfe" * 5000, b"GET / HTTP/1.1\r\n\r\n", b""):
        raw = socket.create_connection(("127.0.0.1", vehicle.port), timeout=PATIENCE_S)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raw.sendall(garbage)
        raw.close()
    assert command(link, 512, 148) == 0
    link.close()


def test_a_mavlink_1_client_is_understood_and_hears_mavlink_2(vehicle: SimulatedVehicle) -> None:
    from pymavlink.dialects.v10 import ardupilotmega as old

    packed = old.MAVLink(None, srcSystem=9).command_long_encode(1, 1, 512, 0, 148, 0, 0, 0, 0, 0, 0)
    with socket.create_connection(("127.0.0.1", vehicle.port), timeout=PATIENCE_S) as raw:
        raw.sendall(packed.pack(old.MAVLink(None, srcSystem=9)))
        reader, heard = Wire(1, 1), list[str]()
        while "COMMAND_ACK" not in heard:
            data = raw.recv(4096)
            assert data[:1] != b"\xfe"
            heard += [i.event.message.name for i in reader.read(data)]


def test_a_port_in_use_is_said_plainly(vehicle: SimulatedVehicle) -> None:
    with pytest.raises(BadInput, match="in use by another program"):
        SimulatedVehicle(config(), port=vehicle.port).start()


@pytest.mark.parametrize("speedup", [0.0, -1.0, float("nan"), float("inf"), 1e6])
def test_an_impossible_speed_is_refused(speedup: float) -> None:
    with pytest.raises(BadInput, match="speedup"):
        SimulatedVehicle(config(), speedup=speedup)


def test_a_stopped_vehicle_is_quiet_and_its_port_free_again() -> None:
    vehicle = SimulatedVehicle(config())
    port = vehicle.start()
    vehicle.stop()
    vehicle.stop()
    assert vehicle.wait(1.0)
    again = SimulatedVehicle(config(), port=port)
    assert again.start() == port
    again.stop()


def test_truth_can_be_asked_for_from_any_thread(vehicle: SimulatedVehicle) -> None:
    seen: list[float] = []
    asking = threading.Thread(target=lambda: seen.append(vehicle.truth().height_m))
    asking.start()
    asking.join()
    assert seen == [0.0]


def test_simulated_time_runs_faster_than_the_clock() -> None:
    with SimulatedVehicle(config(), speedup=100) as vehicle:
        link = connect(vehicle)
        for _ in range(20):
            hear(link, "HEARTBEAT")
        assert vehicle.truth().simulated_s >= 20.0
        link.close()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_no_bytes_break_the_wire(pieces: list[bytes]) -> None:
    wire = Wire(1, 1)
    for piece in pieces:
        list(wire.read(piece))


@settings(max_examples=50, deadline=None)
@given(noise=st.binary(max_size=60).filter(lambda b: not {0xFD, 0xFE, 0x55} & set(b)), cut=st.integers(0, 20))
def test_messages_are_found_behind_noise_and_in_pieces(noise: bytes, cut: int) -> None:
    packed = Wire(1, 7).write(Message("MISSION_COUNT", {"target_system": 1, "target_component": 1, "count": 12}))
    reader = Wire(1, 1)
    found = [*reader.read(noise + packed[:cut]), *reader.read(packed[cut:])]
    assert [(f.event.system, f.event.message.whole("count")) for f in found] == [(7, 12)]
