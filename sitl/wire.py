"""MAVLink 2 bytes to messages and back, for one client; the only module of the simulator that knows pymavlink."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from sitl.autopilot.messages import Message, Received, Value

_CLASSES: dict[str, Any] = {cls.msgname: cls for cls in dialect.mavlink_map.values()}
_ADDED: dict[str, tuple[str, ...]] = {
    "MISSION_ACK": ("opaque_id",),
    "MISSION_COUNT": ("opaque_id",),
    "MISSION_CURRENT": ("mission_id", "fence_id", "rally_points_id"),
}
"""Extension fields of common.xml that pymavlink 2.4.50 has not; they follow the others on the wire."""
_BAD = {"BAD_DATA"}
_NOT_ROUTED = {"RADIO", "RADIO_STATUS", "SETUP_SIGNING"}
_RADIO_STATUS = 109
BANNERS = {
    "copter": b"\n\nInit ArduCopter V4.6.3 (practice vehicle)\n\nFree RAM: 131072\n",
    "sub": b"\n\nInit ArduSub V4.5.3 (practice vehicle)\n\nFree RAM: 131072\n",
}
"""What a serial port says before MAVLink starts: readers must find their way past it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message with the bytes that it came in. `routed` says whether other clients may see them."""

    event: Received
    raw: bytes
    target_system: int
    routed: bool


class Wire:
    """Reads what one client sends and writes what it is sent, with that link's own sequence numbers."""

    def __init__(self, client: int, system_id: int) -> None:
        self._client = client
        self._mav: Any = dialect.MAVLink(None, srcSystem=system_id, srcComponent=1)
        self._mav.robust_parsing = True

    def sign(self, key: bytes | None, begin: int, *, trusted: bool) -> None:
        """Signs from now on, with times after `begin`, and accepts what is signed; None: no longer.

        A trusted connection accepts everything else too, others of it only a radio's own reports.
        """
        signing = self._mav.signing
        signing.secret_key, signing.timestamp = key, max(signing.timestamp, begin)
        signing.link_id, signing.sign_outgoing = self._client & 0xFF, key is not None
        signing.allow_unsigned_callback = lambda _, number: trusted or number == _RADIO_STATUS

    def read(self, data: bytes) -> Iterator[Incoming]:
        """The messages in `data`, whatever else is in it; parts of messages are kept for the next call."""
        for message in self._parse(data):
            name = message.get_type()
            if name in _BAD or name.startswith("UNKNOWN"):
                continue
            fields: dict[str, Value] = {}
            for field in message.fieldnames:
                value = getattr(message, field)
                fields[field] = value.decode("ascii", "replace") if isinstance(value, bytes) else value
            event = Received(self._client, message.get_srcSystem(), message.get_srcComponent(), Message(name, fields))
            target = int(getattr(message, "target_system", 0) or 0)
            yield Incoming(event, bytes(message.get_msgbuf()), target, name not in _NOT_ROUTED)

    def write(self, message: Message) -> bytes:
        """The bytes of `message`, MAVLink 2."""
        cls = _CLASSES[message.name]
        fields = {k: v.encode() if isinstance(v, str) else v for k, v in message.fields.items()}
        added = b"".join(struct.pack("<I", fields.pop(name, 0)) for name in _ADDED.get(message.name, ()))
        packed: bytes
        if any(added):
            one = cls(**fields)
            payload = cls.unpacker.pack(*(getattr(one, name) for name in cls.ordered_fieldnames)) + added
            packed = one._pack(self._mav, cls.crc_extra, payload)
        else:
            packed = cls(**fields).pack(self._mav)
        self._mav.seq = (self._mav.seq + 1) % 256
        return packed

    def _parse(self, data: bytes) -> list[Any]:
        try:
            return self._mav.parse_buffer(data) or []
        except (dialect.MAVError, struct.error, ValueError, IndexError):
            self._mav.buf = bytearray()  # what pymavlink itself cannot get past
            self._mav.buf_index = 0
            return []
