"""Where the bytes go: TCP, UDP, multicast and serial, by address.

Both common spellings: `tcp:127.0.0.1:5760`, `udpin:127.0.0.1:14550` (pymavlink) and `tcp://127.0.0.1:5760`,
`udpin://127.0.0.1:14550`, `serial:///dev/ttyACM0:57600` (MAVSDK). Without a host it is 127.0.0.1.
"""

import contextlib
import re
import select
import socket
import time
from dataclasses import dataclass
from typing import Any, Protocol

from typing_extensions import override

from planner.link.errors import BadAddress, NoVehicle

CONNECT_TIMEOUT_S = 3.0
_KINDS = {
    "tcp": "tcp",
    "tcpout": "tcp",
    "tcpin": "tcpin",
    "udp": "udpin",
    "udpin": "udpin",
    "udpout": "udpout",
    "mcast": "mcast",
    "serial": "serial",
}
_DEFAULT_PORT = {"tcp": 5760, "tcpin": 5760, "udpin": 14550, "udpout": 14550, "mcast": 14550}
_DEFAULT_HOST = {"mcast": "239.255.145.50"}
"""ArduPilot's and pymavlink's multicast group."""
_BAUD = 57600
MOST_PEERS = 20
"""So many vehicles may share one UDP port."""
WAITED_S = 50e-6
"""After a wait of so long there is hardly a second datagram: looking for one costs more than coming again."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address: `kind` is tcp, tcpin, udpin, udpout, mcast or serial; for serial `port` is the baud rate."""

    kind: str
    host: str
    port: int

    @override
    def __str__(self) -> str:
        return f"{self.kind}:{self.host}:{self.port}"


class Transport(Protocol):
    """A way to the vehicle. Losing it is not an error: it tries to come back by itself."""

    connections: int
    """How often it has come to be connected: another number means that the vehicle may know nothing of before."""

    def receive(self, timeout_s: float) -> bytes:
        """What has arrived, waiting up to `timeout_s`; empty if nothing."""
        ...

    def send(self, data: bytes) -> bool:
        """Sends; False if it could not be sent now."""
        ...

    def wake(self) -> None:
        """Ends a `receive` that waits, or the next one; the only method that another thread may call."""
        ...

    def close(self) -> None:
        """Lets go."""
        ...


class _Bell:
    """Waits for a line to become readable, or for another thread to ring."""

    def __init__(self) -> None:
        self._heard, self._rung = socket.socketpair()
        for end in (self._heard, self._rung):
            end.settimeout(0.0)
        self._poll = select.poll()
        self._poll.register(self._heard, select.POLLIN)
        self._line: int | None = None

    def ring(self) -> None:
        """Ends the wait."""
        with contextlib.suppress(OSError):  # it has rung already, or nobody waits any more
            self._rung.send(b"!")

    def wait(self, line: socket.socket | None, timeout_s: float) -> bool:
        """Whether there is something on the line, after `timeout_s` at the latest."""
        number = None if line is None else line.fileno()
        if number != self._line:
            self._watch(number)
        ready = self._poll.poll(max(0.0, 1000 * timeout_s))
        if len(ready) == 1 and ready[0][0] == number:
            return True
        if ready:
            with contextlib.suppress(OSError):
                self._heard.recv(64)
        return any(one == number for one, _ in ready)

    def close(self) -> None:
        """Lets go."""
        self._heard.close()
        self._rung.close()

    def _watch(self, number: int | None) -> None:
        if self._line is not None:
            self._poll.unregister(self._line)
        if number is not None:
            self._poll.register(number, select.POLLIN)
        self._line = number


def parse_address(address: str) -> Endpoint:
    """An address in either spelling.

    >>> str(parse_address("tcp://127.0.0.1:5760"))
    'tcp:127.0.0.1:5760'
    >>> str(parse_address("/dev/ttyACM0,115200"))
    'serial:/dev/ttyACM0:115200'

    Raises:
        BadAddress: it names no transport, or no port.
    """
    text = address.strip()
    if text.startswith("/dev/") or re.fullmatch(r"(?i)com\d+(,\d+)?", text):
        text = "serial:" + text.replace(",", ":")
    kind, colon, rest = text.partition(":")
    if kind.lower() not in _KINDS or not colon:
        raise BadAddress(address, "it does not start with tcp, tcpin, udp, udpin, udpout, mcast or serial")
    kind = _KINDS[kind.lower()]
    rest = rest.removeprefix("//")
    if kind == "serial":
        device, _, baud = rest.replace(",", ":").rpartition(":")
        device, baud = (device, baud) if device and baud.isdigit() else (rest, str(_BAUD))
        if not device:
            raise BadAddress(address, "it names no serial device")
        return Endpoint(kind, device, int(baud))
    host, _, port = rest.rpartition(":") if ":" in rest else (rest, "", "")
    usual = _DEFAULT_HOST.get(kind, "127.0.0.1")
    if not port:
        return Endpoint(kind, host or usual, _DEFAULT_PORT[kind])
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadAddress(address, f"{port!r} is no port number from 1 to 65535")
    return Endpoint(kind, host.strip("[]") or usual, int(port))


def open_transport(address: str) -> Transport:
    """Opens the way to an address.

    Raises:
        BadAddress: the address cannot be understood.
        NoVehicle: nobody answers there, or the port or device cannot be opened.
    """
    end = parse_address(address)
    try:
        match end.kind:
            case "tcp":
                return Tcp(end)
            case "tcpin":
                return TcpIn(end)
            case "serial":
                return Serial(end)
            case "mcast":
                return Multicast(end)
            case _:
                return Udp(end)
    except OSError as error:
        hint = "; start the vehicle or the simulator first" if end.kind == "tcp" else ""
        raise NoVehicle(address, f"cannot be opened ({error.strerror or error}){hint}") from error


class Tcp:
    """A TCP client that connects again when the other end went away."""

    def __init__(self, end: Endpoint) -> None:
        self._end = end
        self._socket: socket.socket | None = self._connect(CONNECT_TIMEOUT_S)
        self.connections = 1
        self._bell = _Bell()

    def receive(self, timeout_s: float) -> bytes:
        """What has arrived; reconnects if the connection is lost."""
        if self._socket is None:
            self._reconnect(timeout_s)
            return b""
        return self._read(self._socket, timeout_s)

    def send(self, data: bytes) -> bool:
        """Sends all, or gives the connection up."""
        if self._socket is None:
            return False
        try:
            self._socket.sendall(data)
        except OSError:
            self._drop()
            return False
        return True

    def wake(self) -> None:
        """Ends the wait for something to arrive."""
        self._bell.ring()

    def close(self) -> None:
        """Closes the connection."""
        self._drop()
        self._bell.close()

    def _read(self, connection: socket.socket, timeout_s: float) -> bytes:
        try:
            if not self._bell.wait(connection, timeout_s):
                return b""
            data = connection.recv(65536)
        except (OSError, ValueError):
            data = b""
        if not data:
            self._drop()
        return data

    def _connect(self, timeout_s: float) -> socket.socket:
        connection = socket.create_connection((self._end.host, self._end.port), timeout_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(2.0)
        return connection

    def _reconnect(self, timeout_s: float) -> None:
        self._bell.wait(None, max(0.02, timeout_s))
        with contextlib.suppress(OSError):
            self._socket = self._connect(0.5)
            self.connections += 1

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class TcpIn(Tcp):
    """A TCP server for one vehicle at a time."""

    def __init__(self, end: Endpoint) -> None:
        self._listener = socket.create_server((end.host, end.port))
        self._end = end
        self._socket = None
        self.connections = 0
        self._bell = _Bell()

    @override
    def close(self) -> None:
        """Closes connection and listener."""
        super().close()
        self._listener.close()

    @override
    def _reconnect(self, timeout_s: float) -> None:
        if self._bell.wait(self._listener, timeout_s):
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(2.0)
            self._socket = connection
            self.connections += 1


class Udp:
    """UDP; `udpin` listens and answers all that spoke, the latest few; `udpout` speaks first, to one.

    Several vehicles may send to one port. Each gets what is sent, as on a radio, and heeds what is addressed to it.
    """

    def __init__(self, end: Endpoint) -> None:
        family, _, _, _, place = socket.getaddrinfo(end.host, end.port, type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self.connections = 1
        self._peers: dict[Any, None] = {}
        """Who spoke, the latest last."""
        self._fixed = end.kind == "udpout"
        if self._fixed:
            self._peers[place] = None
        else:
            try:
                self._socket.bind(place)
            except OSError:
                self._socket.close()
                raise
        self._bell = _Bell()

    def receive(self, timeout_s: float) -> bytes:
        """The datagrams that have arrived; one, if it had to be waited for."""
        asked_s = time.monotonic()
        if not self._bell.wait(self._socket, timeout_s):
            return b""
        data, most = b"", 1 if time.monotonic() - asked_s > WAITED_S else 256
        for _ in range(most):
            if data and not self._bell.wait(self._socket, 0.0):
                break
            try:
                part, sender = self._socket.recvfrom(65536, socket.MSG_DONTWAIT)
            except OSError:  # a datagram that was damaged, or the peer's port is closed
                break
            data += part
            if not self._fixed:
                self._remember(sender)
        return data

    def _remember(self, sender: Any) -> None:  # noqa: ANN401 - an address of its family
        self._peers.pop(sender, None)
        self._peers[sender] = None
        if len(self._peers) > MOST_PEERS:
            del self._peers[next(iter(self._peers))]

    def send(self, data: bytes) -> bool:
        """Sends one datagram to each peer; True if one of them could be sent to."""
        sent = False
        for peer in tuple(self._peers):
            with contextlib.suppress(OSError):
                self._socket.sendto(data, peer)
                sent = True
        return sent

    def wake(self) -> None:
        """Ends the wait for something to arrive."""
        self._bell.ring()

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()
        self._bell.close()


class Multicast:
    """A UDP multicast group, in which several vehicles and stations hear each other (ArduPilot SITL: `mcast:`)."""

    def __init__(self, end: Endpoint) -> None:
        self._group = (end.host, end.port)
        self.connections = 1
        self._bell = _Bell()
        self._in = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._in.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._in.bind(self._group)
            self._join()
            self._out.bind(("", 0))
        except OSError:
            self.close()
            raise

    def _join(self) -> None:
        """On the interface that leads there; without any, among the programs of this computer."""
        group = socket.inet_aton(self._group[0])
        try:
            self._in.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + bytes(4))
        except OSError:
            here = socket.inet_aton("127.0.0.1")
            self._in.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + here)
            self._out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)

    def receive(self, timeout_s: float) -> bytes:
        """All datagrams of others that have arrived; what is sent comes back too and is left out."""
        if not self._bell.wait(self._in, timeout_s):
            return b""
        data, own = bytearray(), self._out.getsockname()[1]
        with contextlib.suppress(OSError):  # nothing more
            for _ in range(256):
                part, sender = self._in.recvfrom(65536, socket.MSG_DONTWAIT)
                data += part if sender[1] != own else b""
        return bytes(data)

    def send(self, data: bytes) -> bool:
        """Sends one datagram to the group."""
        try:
            self._out.sendto(data, self._group)
        except OSError:
            return False
        return True

    def wake(self) -> None:
        """Ends the wait for something to arrive."""
        self._bell.ring()

    def close(self) -> None:
        """Leaves the group."""
        self._in.close()
        self._out.close()
        self._bell.close()


class Serial:
    """A serial line through pyserial."""

    def __init__(self, end: Endpoint) -> None:
        import serial

        self._end = end
        self._errors: tuple[type[Exception], ...] = (serial.SerialException, OSError)
        self._port: Any = serial.Serial(end.host, end.port, timeout=0, write_timeout=1)
        self.connections = 1

    def receive(self, timeout_s: float) -> bytes:
        """What has arrived; opens the device again if it was pulled out."""
        try:
            if self._port is None:
                import serial

                select.select([], [], [], max(0.05, timeout_s))
                self._port = serial.Serial(self._end.host, self._end.port, timeout=0, write_timeout=1)
                self.connections += 1
            self._port.timeout = max(0.0, timeout_s)
            first = self._port.read(1)
            return bytes(first + self._port.read(self._port.in_waiting)) if first else b""
        except self._errors:
            self._port = None
            return b""

    def send(self, data: bytes) -> bool:
        """Writes."""
        if self._port is None:
            return False
        try:
            self._port.write(data)
        except self._errors:
            self._port = None
            return False
        return True

    def wake(self) -> None:
        """Ends the wait for something to arrive."""
        port = self._port
        if port is not None:
            with contextlib.suppress(*self._errors):
                port.cancel_read()

    def close(self) -> None:
        """Closes the device."""
        if self._port is not None:
            self._port.close()
