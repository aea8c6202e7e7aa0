"""The station on real sockets, with a vehicle in another thread; addresses in every spelling."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymavlink import mavutil

from planner.geo.points import LatLon
from planner.link.errors import BadAddress, LinkBusy, NotDone, NoVehicle
from planner.link.events import NotFlown
from planner.link.messages import Message
from planner.link.stack import Stack
from planner.link.station import Station
from planner.link.store import UploadProgress
from planner.link.transports import Tcp, open_transport, parse_address
from planner.link.verdict import NotStored, Stored, Unknown
from planner.link.wire import Codec
from planner.model.mission import FencePolygon, Mission, Rally
from tests.planner.link.copter import Copter
from tests.planner.link.test_store import patrol
from tests.planner.link.vehicles import HERE


class TcpVehicle:
    """A copter behind a TCP port; takes one client after the other."""

    def __init__(self, vehicle: Copter, port: int = 0) -> None:
        self.vehicle = vehicle
        self.codec = Codec(HERE)
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.stop = threading.Event()
        self.hang_up = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        self.listener.settimeout(0.05)
        while not self.stop.is_set():
            try:
                client, _ = self.listener.accept()
            except TimeoutError:
                continue
            with client:
                self.serve(client)

    def serve(self, client: socket.socket) -> None:
        client.settimeout(0.01)
        client.sendall(b"Init Gyro...\r\n")
        while not self.stop.is_set() and not self.hang_up.is_set():
            try:
                data = client.recv(4096)
                if not data:
                    return
            except TimeoutError:
                data = b""
            except OSError:
                return
            try:
                client.sendall(self.answers(data, time.monotonic()))
            except OSError:
                return
        self.hang_up.clear()

    def answers(self, data: bytes, now_s: float) -> bytes:
        out: list[Message] = list(self.vehicle.tick(now_s))
        for frame in self.codec.feed(data):
            if frame.received:
                out += self.vehicle.hear(frame.received.message, now_s)
        return b"".join(self.codec.encode(one) for one in out)

    def close(self) -> None:
        self.stop.set()
        self.thread.join(5)
        self.listener.close()


@pytest.fixture
def vehicle() -> Iterator[TcpVehicle]:
    served = TcpVehicle(Copter(boot_s=time.monotonic()))
    yield served
    served.close()


def test_upload_download_and_snapshot_over_tcp(vehicle: TcpVehicle, tmp_path: Path) -> None:
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}", tlog=tmp_path / "a.tlog") as station:
        seen: list[UploadProgress] = []
        verdict = station.upload(patrol(30), seen.append)
        assert isinstance(verdict, Stored)
        assert {p.phase for p in seen} == {"sending", "reading back"}
        assert len(station.download()) == 32
        state = station.snapshot()
        assert state is not None
        assert state.stack is Stack.ARDUPILOT
        assert state.link_age_s < 3
    assert (tmp_path / "a.tlog").stat().st_size > 1000


def test_fence_and_rally_are_stored_with_the_mission(vehicle: TcpVehicle) -> None:
    corners = (LatLon(51.9, 4.0), LatLon(52.0, 4.0), LatLon(52.0, 4.1))
    mission = Mission(patrol(3).items, fence_polygons=(FencePolygon(corners),), rally=(Rally(corners[0], 25.0),))
    vehicle.vehicle.keep = lambda one: one  # type: ignore[method-assign]  # this fake changes mission items only
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        verdict = station.upload(mission)
    assert isinstance(verdict, Stored), verdict.reason
    assert "fence" in verdict.reason
    assert [len(vehicle.vehicle.stored[kind]) for kind in (0, 1, 2)] == [6, 3, 1]


def test_a_lost_connection_comes_back(vehicle: TcpVehicle) -> None:
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        vehicle.hang_up.set()
        assert isinstance(station.upload(patrol(30)), Stored)


def test_two_transfers_at_once_are_refused(vehicle: TcpVehicle) -> None:
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        errors: list[LinkBusy] = []

        def second(_progress: object) -> None:
            if not errors:
                try:
                    station.download()
                except LinkBusy as error:
                    errors.append(error)

        station.upload(patrol(20), second)
        assert len(errors) == 1


def test_an_upload_can_be_cancelled(vehicle: TcpVehicle) -> None:
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        verdict = station.upload(patrol(600), lambda p: station.cancel() if p.done > 20 else None)
    assert isinstance(verdict, Unknown)
    assert "mixture" in verdict.reason


def test_a_vehicle_that_is_silent_is_said_to_be_and_the_upload_can_be_cancelled_there(vehicle: TcpVehicle) -> None:
    vehicle.vehicle.deaf = True
    said: list[str] = []

    def stop_when_said(progress: UploadProgress) -> None:
        said.append(progress.words)
        if progress.silent_s >= 1:
            station.cancel()

    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        verdict = station.upload(patrol(5), stop_when_said)
    assert said[-1] == "sending, no answer for 1 s"
    assert isinstance(verdict, Unknown)
    assert verdict.figures.seconds < 5


def test_flying_a_mission_stores_it_first_and_does_not_fly_what_is_refused(vehicle: TcpVehicle) -> None:
    vehicle.vehicle.refuse = {2: 3}
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station:
        verdict, outcome = list(station.fly(patrol(5)))
    assert isinstance(verdict, NotStored)
    assert isinstance(outcome, NotFlown)
    assert 400 not in {number for number, _ in vehicle.vehicle.commands}


def test_closing_ends_a_waiting_upload(vehicle: TcpVehicle) -> None:
    station = Station.connect(f"tcp:127.0.0.1:{vehicle.port}")
    vehicle.vehicle.booting = True
    vehicle.vehicle.deaf = True
    threading.Timer(0.3, station.close).start()
    verdict = station.upload(patrol(3))
    assert "closed" in verdict.reason


def test_a_command_that_is_not_confirmed_is_an_error(vehicle: TcpVehicle) -> None:
    vehicle.vehicle.refuses = True
    with Station.connect(f"tcp:127.0.0.1:{vehicle.port}") as station, pytest.raises(NotDone, match="could not do it"):
        station.return_home()


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(NoVehicle, match="start the vehicle or the simulator first"):
        Station.connect("tcp:127.0.0.1:9", timeout_s=0.3)
    with pytest.raises(NoVehicle, match="no autopilot's heartbeat within"):
        Station.connect(f"udpin:127.0.0.1:{_free_port()}", timeout_s=0.2)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("spelling", "meaning"),
    [
        ("tcp:127.0.0.1:5760", "tcp:127.0.0.1:5760"),
        ("tcp://127.0.0.1:5760", "tcp:127.0.0.1:5760"),
        ("tcpout://10.0.0.2:5762", "tcp:10.0.0.2:5762"),
        ("tcpin://0.0.0.0:5760", "tcpin:0.0.0.0:5760"),
        ("udp:127.0.0.1:14550", "udpin:127.0.0.1:14550"),
        ("udpin://:14540", "udpin:127.0.0.1:14540"),
        ("udpout:localhost:14550", "udpout:localhost:14550"),
        ("mcast:", "mcast:239.255.145.50:14550"),
        ("mcast:239.0.0.7:14600", "mcast:239.0.0.7:14600"),
        ("tcp", "!"),
        ("tcp:", "tcp:127.0.0.1:5760"),
        ("serial:///dev/ttyACM0:115200", "serial:/dev/ttyACM0:115200"),
        ("serial:/dev/ttyUSB0", "serial:/dev/ttyUSB0:57600"),
        ("/dev/ttyUSB0,921600", "serial:/dev/ttyUSB0:921600"),
        ("COM5", "serial:COM5:57600"),
        ("http://x", "!"),
        ("tcp:host:0", "!"),
        ("tcp:host:abc", "!"),
        ("", "!"),
    ],
)
def test_addresses_in_both_spellings(spelling: str, meaning: str) -> None:
    if meaning == "!":
        with pytest.raises(BadAddress, match="write for example"):
            parse_address(spelling)
    else:
        assert str(parse_address(spelling)) == meaning


def test_a_tcp_line_that_nobody_reads_does_not_raise() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = Tcp(parse_address(f"tcp:127.0.0.1:{listener.getsockname()[1]}"))
        listener.accept()[0].close()
        line.receive(0.05)
        for _ in range(3):
            line.send(b"x")
        line.close()


def test_udp_and_tcp_lines_meet() -> None:
    port = _free_port()
    listener, caller = (open_transport(f"{kind}://127.0.0.1:{port}") for kind in ("udpin", "udpout"))
    assert not listener.send(b"nobody has called yet")
    assert caller.send(b"here")
    assert listener.receive(1.0) == b"here"
    assert listener.send(b"there")
    assert caller.receive(1.0) == b"there"
    server = open_transport(f"tcpin:127.0.0.1:{port}")
    client = open_transport(f"tcp:127.0.0.1:{port}")
    assert server.receive(1.0) == b""
    assert client.send(b"here")
    assert server.receive(1.0) == b"here"
    for line in (listener, caller, server, client):
        line.close()


def test_all_in_a_multicast_group_hear_each_other_and_not_themselves() -> None:
    address = f"mcast:239.255.145.50:{_free_port()}"
    one, other = open_transport(address), open_transport(address)
    assert one.send(b"here")
    assert other.receive(1.0) == b"here"
    assert one.receive(0.05) == b""
    for line in (one, other):
        line.close()


def test_pymavlink_is_heard_in_a_multicast_group() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.255.145.50") + bytes(4))
        except OSError as error:
            pytest.skip(f"this computer has no interface for multicast: {error}")
    address = f"mcast:239.255.145.50:{_free_port()}"
    peer = mavutil.mavlink_connection(address, source_system=7)
    one = open_transport(address)
    peer.mav.heartbeat_send(2, 3, 0, 0, 4)
    raw = one.receive(1.0)
    (frame,) = Codec().feed(raw)
    assert frame.source.system == 7
    for line in (one, peer):
        line.close()


@pytest.mark.parametrize("end", ["udpin:127.0.0.1", "udpout:127.0.0.1", "tcpin:127.0.0.1", "mcast:239.255.145.50"])
def test_another_thread_ends_a_wait_at_once(end: str) -> None:
    line = open_transport(f"{end}:{_free_port()}")
    line.wake()
    began_s = time.monotonic()
    assert line.receive(30.0) == b""
    line.wake()
    line.wake()
    assert line.receive(30.0) == b""
    assert time.monotonic() - began_s < 20.0
    line.close()


def test_what_has_arrived_is_read_also_where_somebody_rang() -> None:
    port = _free_port()
    listener, caller = (open_transport(f"{kind}://127.0.0.1:{port}") for kind in ("udpin", "udpout"))
    assert caller.send(b"here")
    listener.wake()
    assert listener.receive(5.0) == b"here"
    for line in (listener, caller):
        line.close()


def test_a_serial_device_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(NoVehicle, match="cannot be opened"):
        open_transport("serial:/dev/no-such-device:57600")


def test_a_vehicle_that_starts_a_moment_later_is_waited_for() -> None:
    port = _free_port()
    late: list[TcpVehicle] = []
    starting = threading.Timer(0.5, lambda: late.append(TcpVehicle(Copter(), port)))
    starting.start()
    with Station.connect(f"tcp:127.0.0.1:{port}") as station:
        assert station.snapshot() is not None
    starting.join()
    late[0].close()
