"""One client of the practice vehicle: its socket, what waits to be sent to it, and what a bad link does to both."""

import contextlib
import socket
from collections import deque
from dataclasses import dataclass, field

from sitl.line import Line
from sitl.wire import Incoming, Wire

FULL_BYTES = 256_000
"""From here on a client that does not read loses telemetry."""
_LOST_BYTES = 8_000_000
"""From here on a client that does not read is dropped."""
_KNOWN_S = 0.5
"""Who has said nothing for so long is a ground station that listens, no trainer."""


@dataclass
class Client:
    """A connection. `lost` says that it is to be dropped; times are the clock's."""

    number: int
    socket: socket.socket
    wire: Wire
    since_s: float
    out: deque[bytes] = field(default_factory=deque)
    waiting_bytes: int = 0
    systems: set[int] = field(default_factory=set)
    late: deque[tuple[float, bytes]] = field(default_factory=deque)
    late_in: deque[tuple[float, Incoming]] = field(default_factory=deque)
    trainer: bytearray | None = None
    heard: bool = False
    lost: bool = False
    trusted: bool = False
    """Whether it came by the first port, the one that a board has as USB."""

    @property
    def is_datagram(self) -> bool:
        """Whether it is reached by UDP."""
        return self.socket.type == socket.SOCK_DGRAM

    @property
    def is_full(self) -> bool:
        """Whether so much waits for it that telemetry is left out."""
        return self.waiting_bytes > FULL_BYTES

    def receive(self) -> bytes:
        """What has come; empty if nothing has."""
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return b""
        except OSError:
            self.lost = not self.is_datagram  # over UDP nobody listens there yet
            return b""
        self.lost = not data and not self.is_datagram
        return data

    def queue(self, data: bytes) -> None:
        """Sends as soon as may be."""
        self.out.append(data)
        self.waiting_bytes += len(data)
        if self.waiting_bytes > _LOST_BYTES:
            self.lost = True

    def post(self, data: bytes, line: Line, now_s: float) -> None:
        """Sends as the link's faults let it pass."""
        if line.is_clear:
            self.queue(data)
            return
        known = self.heard or now_s - self.since_s > _KNOWN_S
        for _ in range(line.copies(counted=known)):
            if line.delay_s:
                self.late.append((now_s + line.delay_s, data))
            else:
                self.queue(data)

    def read(self, data: bytes, line: Line, now_s: float) -> list[Incoming]:
        """The messages in `data` that pass now; a slow link keeps the others for `passed`."""
        self.heard = True
        now = []
        for incoming in self.wire.read(data):
            for _ in range(line.copies()):
                if line.delay_s:
                    self.late_in.append((now_s + line.delay_s, incoming))
                else:
                    now.append(incoming)
        return now

    def passed(self, now_s: float) -> list[Incoming]:
        """What a slow link has held back long enough; what goes the other way is queued."""
        while self.late and self.late[0][0] <= now_s:
            self.queue(self.late.popleft()[1])
        come = []
        while self.late_in and self.late_in[0][0] <= now_s:
            come.append(self.late_in.popleft()[1])
        return come

    def lines(self, data: bytes) -> list[bytes]:
        """The whole lines of a trainer; what is left waits for the next call."""
        self.trainer = (self.trainer or bytearray()) + data
        if len(self.trainer) > FULL_BYTES:
            self.lost = True
            return []
        *lines, rest = bytes(self.trainer).split(b"\n")
        self.trainer = bytearray(rest)
        return lines

    def flush(self) -> None:
        """Hands what waits to the socket."""
        if not self.out:
            return
        if self.is_datagram:
            self._flush_datagrams()
            return
        data = b"".join(self.out)
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.lost = True
            return
        self.out.clear()
        if sent < len(data):
            self.out.append(data[sent:])
        self.waiting_bytes = len(data) - sent

    def _flush_datagrams(self) -> None:
        """One message each; what cannot go now is lost, as on a radio."""
        while self.out:
            with contextlib.suppress(OSError):
                self.socket.send(self.out.popleft())
        self.waiting_bytes = 0
