"""The simulated vehicle takes a key from pymavlink, signs with it, and heeds what is unsigned on its first port."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from sitl.autopilot.messages import Message
from sitl.autopilot.situation import VehicleConfig
from sitl.server import SimulatedVehicle
from sitl.signing import Signatures

KEY = bytes(range(32))


class Peer:
    """pymavlink as a ground station on one port."""

    def __init__(self, port: int) -> None:
        self.mav: Any = dialect.MAVLink(None, srcSystem=255, srcComponent=190)
        self.mav.robust_parsing = True
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(3.0)
        PEERS.append(self)

    def sign(self) -> None:
        signing = self.mav.signing
        signing.secret_key, signing.sign_outgoing, signing.timestamp = KEY, True, 1
        signing.allow_unsigned_callback = None

    def send(self, message: Any) -> None:
        self.socket.sendall(bytes(message.pack(self.mav)))
        self.mav.seq = (self.mav.seq + 1) % 256

    def hear(self, wanted: str, *, most: int = 400) -> Any:
        for _ in range(most):
            for one in self.mav.parse_buffer(self.socket.recv(4096)) or ():
                if one.get_type() == wanted:
                    return one
        raise AssertionError(f"no {wanted} came")

    def ask(self) -> None:
        self.send(dialect.MAVLink_command_long_message(1, 1, 512, 0, 148, 0, 0, 0, 0, 0, 0))


@pytest.fixture
def vehicle() -> Iterator[SimulatedVehicle]:
    with SimulatedVehicle(VehicleConfig(), further_ports=(0,), speedup=5.0) as running:
        yield running
    while PEERS:
        PEERS.pop().socket.close()


PEERS: list["Peer"] = []


def set_key(vehicle: SimulatedVehicle, key: bytes = KEY, begin: int = 1) -> Peer:
    usb = Peer(vehicle.ports[0])
    usb.hear("HEARTBEAT")
    usb.send(dialect.MAVLink_setup_signing_message(1, 1, list(key), begin))
    usb.ask()
    usb.hear("COMMAND_ACK")
    return usb


def test_after_a_key_the_vehicle_signs_and_heeds_what_is_signed(vehicle: SimulatedVehicle) -> None:
    set_key(vehicle)
    radio = Peer(vehicle.ports[1])
    radio.sign()
    assert radio.hear("HEARTBEAT").get_signed()
    assert radio.mav.signing.goodsig_count > 0
    radio.mav.signing.timestamp += 10**9
    radio.ask()
    assert radio.hear("COMMAND_ACK").result == 0


def test_what_is_not_signed_is_refused_on_the_radio_and_heeded_on_the_first_port(vehicle: SimulatedVehicle) -> None:
    usb = set_key(vehicle)
    usb.ask()
    assert usb.hear("COMMAND_ACK").result == 0
    radio = Peer(vehicle.ports[1])
    radio.ask()
    with pytest.raises(AssertionError, match="no COMMAND_ACK"):
        radio.hear("COMMAND_ACK", most=10)


def test_a_key_and_a_time_of_zeros_switch_it_off(vehicle: SimulatedVehicle) -> None:
    usb = set_key(vehicle)
    usb.send(dialect.MAVLink_setup_signing_message(1, 1, [0] * 32, 0))
    radio = Peer(vehicle.ports[1])
    while radio.hear("HEARTBEAT").get_signed():
        pass
    radio.ask()
    assert radio.hear("COMMAND_ACK").result == 0


def test_a_key_is_not_passed_on_to_other_clients(vehicle: SimulatedVehicle) -> None:
    other = Peer(vehicle.ports[1])
    other.hear("HEARTBEAT")
    usb = Peer(vehicle.ports[0])
    usb.send(dialect.MAVLink_setup_signing_message(0, 0, list(KEY), 1))
    heard = b"".join(other.socket.recv(4096) for _ in range(3))
    assert heard
    assert KEY[4:20] not in heard


def test_an_armed_vehicle_takes_no_key_and_a_key_of_the_wrong_length_is_none() -> None:
    signatures = Signatures()
    said = signatures.take(Message("SETUP_SIGNING", {"secret_key": list(KEY), "initial_timestamp": 1}), armed=True)
    assert said == "ERROR: Won't setup signing when armed"
    assert signatures._key is None
    assert signatures.take(Message("SETUP_SIGNING", {"secret_key": [1, 2]}), armed=False) is None
    assert signatures._key is None
