"""Bytes to messages and back: with record.py the only module that knows pymavlink.

MAVLink 2 out, 1 and 2 in. Bytes that are no frame (a boot text, line noise) are passed over. A frame whose checksum is
wrong costs its first byte only, so that a frame inside it is still found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from planner.link import messages
from planner.link.messages import Address, Message, Received
from planner.link.services import SETUP_SIGNING
from planner.link.signing import Signer, SigningKey, stripped

_NAMES: dict[type, str] = {
    messages.MissionRequestInt: "MISSION_REQUEST_INT",
    messages.StatusText: "STATUSTEXT",
}


def _wire_name(kind: type) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    return "".join("_" + c if c.isupper() and n else c for n, c in enumerate(kind.__name__)).upper()


_KINDS: dict[int, type] = {getattr(dialect, f"MAVLINK_MSG_ID_{_wire_name(kind)}"): kind for kind in messages.KINDS}
_ENCODERS: dict[type, Any] = {kind: dialect.mavlink_map[number] for number, kind in _KINDS.items()}


def _empty(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - pymavlink's classes have no static types
    types = dict(zip(kind.fieldnames, kind.fieldtypes, strict=True))
    sizes = zip(kind.ordered_fieldnames, kind.array_lengths, strict=True)
    return {name: (b"" if types[name] == "char" else [0] * size) if size else 0 for name, size in sizes}


_EMPTY: dict[type, dict[str, Any]] = {one: _empty(kind) for one, kind in _ENCODERS.items()}
"""Each field's value where a message of ours has not got it."""
_LIST_IDS: dict[type, tuple[tuple[str, int], ...]] = {
    messages.MissionCount: (("opaque_id", 5),),
    messages.MissionAck: (("opaque_id", 4),),
    messages.MissionCurrent: (("mission_id", 6), ("fence_id", 10), ("rally_points_id", 14)),
}
"""Extension fields of common.xml (uint32, at these bytes of the payload) that no dialect of pymavlink 2.4.50 has."""
_MARKS = (0xFD, 0xFE)
_LONGEST_BUFFER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came: raw bytes, its sender, and the message if it is one that the link reads."""

    raw: bytes
    source: Address
    sequence: int
    received: Received | None
    checked: bool
    """False for a message number that the dialect does not know, whose checksum cannot be computed."""
    logged: bytes = b""
    """The frame as a log may hold it: without a signature; nothing where it was not believed."""


class Codec:
    """One end of one link: keeps the rest of a torn frame and the sequence number of what is sent.

    With a `signer` frames go out signed, and only those come in that it accepts; `utc_us` is the time for that.
    """

    def __init__(self, us: Address = messages.US, signer: Signer | None = None) -> None:
        self.signer = signer
        self.utc_us = 0
        self._buffer = bytearray()
        self._out = dialect.MAVLink(None, srcSystem=us.system, srcComponent=us.component)
        self._in = dialect.MAVLink(None)
        self.bad_bytes = 0
        self.signed_by: frozenset[Address] = frozenset()
        """Whose last frame was signed, with whatever key."""

    def encode(self, message: Message) -> bytes:
        """The message as a MAVLink 2 frame."""
        kind = _ENCODERS[type(message)]
        values = {f.name: getattr(message, f.name) for f in fields(message)}
        values = {name: v.encode()[:50] if isinstance(v, str) else v for name, v in values.items()}
        if isinstance(message, messages.Heartbeat):
            values["mavlink_version"] = 3
        empty = _EMPTY[type(message)]
        filled = {name: values.get(name, empty[name]) for name in kind.fieldnames}
        raw = bytes(kind(**filled).pack(self._out))
        self._out.seq = (self._out.seq + 1) % 256
        return raw if self.signer is None else self.signer.signed(raw, kind.id, self.utc_us)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Every whole frame among the bytes so far; whatever the bytes are, never an exception."""
        self._buffer += data
        buffer, at = self._buffer, 0
        while at < len(buffer):
            if buffer[at] not in _MARKS:
                at += 1
                self.bad_bytes += 1
                continue
            length = _frame_length(buffer, at)
            if length is None or at + length > len(buffer):
                break
            frame = self._frame(bytearray(buffer[at : at + length])) if length else None
            torn = at + length < len(buffer) and buffer[at + length] not in _MARKS
            if frame is None or (torn and frame.received is None and not frame.checked):
                at += 1
                self.bad_bytes += 1
                continue
            at += length
            yield frame
        del buffer[:at]
        if len(buffer) > _LONGEST_BUFFER:
            del buffer[:-_LONGEST_BUFFER]

    def _frame(self, raw: bytearray) -> Frame | None:
        if raw[0] == 0xFD:
            number, source, sequence = int.from_bytes(raw[7:10], "little"), Address(raw[5], raw[6]), raw[4]
        else:
            number, source, sequence = raw[5], Address(raw[3], raw[4]), raw[2]
        if number not in dialect.mavlink_map:
            signed = raw[0] == 0xFD and raw[2] & 1  # cannot be taken off: the checksum of what is left is not known
            believed = self.signer is None and not signed
            return Frame(bytes(raw), source, sequence, None, checked=False, logged=bytes(raw) if believed else b"")
        try:
            decoded = self._in.decode(bytearray(raw))
        except (dialect.MAVError, ValueError, TypeError, IndexError):
            return None
        whole = bytes(raw)
        if bool(whole[0] == 0xFD and whole[2] & 1) is not (source in self.signed_by):
            self.signed_by ^= {source}
        if self.signer is not None and not self.signer.accepts(whole, number, self.utc_us):
            return Frame(whole, source, sequence, None, checked=True, logged=b"")
        kind = _KINDS.get(number)
        received = None if kind is None else Received(source, _message(kind, decoded, whole))
        logged = b"" if number == SETUP_SIGNING else stripped(whole, number, crc)  # a key belongs in no log
        return Frame(whole, source, sequence, received, checked=True, logged=logged)


def crc(body: bytes, number: int) -> int:
    """The checksum of a frame's bytes from its length on, with the seed of its message.

    Raises:
        KeyError: a message that the dialect does not know.
    """
    found = dialect.x25crc(bytearray(body) + bytes([dialect.mavlink_map[number].crc_extra]))
    return int(found.crc)


def signer_of(key: SigningKey, last: int) -> Signer:
    """A signer for this dialect."""
    return Signer(key, last=last, crc=crc)


def number_of(raw: bytes) -> int:
    """The message number of a frame."""
    return int.from_bytes(raw[7:10], "little") if raw[0] == 0xFD else raw[5]


def _frame_length(buffer: bytearray, at: int) -> int | None:
    """Bytes of the frame at `at`; None: cannot be known yet; 0: no frame, an undefined incompatibility flag."""
    if len(buffer) - at < 3:
        return None
    if buffer[at] == 0xFE:
        return buffer[at + 1] + 8
    if buffer[at + 2] & ~1:
        return 0
    return buffer[at + 1] + 12 + (13 if buffer[at + 2] & 1 else 0)


def _message(kind: type, decoded: Any, raw: bytes) -> Message:  # noqa: ANN401 - pymavlink's messages have no static types
    values: dict[str, Any] = {}
    for field in fields(kind):
        value = getattr(decoded, field.name, 0)
        if isinstance(value, list):
            value = tuple(value)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        values[field.name] = value
    if kind is messages.StatusText:
        raw = bytes(getattr(decoded, "_text_raw", b""))
        values["text"] = raw.rstrip(b"\x00").decode("utf-8", "replace")
    for name, at in _LIST_IDS.get(kind, ()):
        values[name] = _whole_number(raw, at)
    made: Message = kind(**values)
    return made


def _whole_number(raw: bytes, at: int) -> int:
    """The uint32 at a byte of a frame's payload; 0 where it ends before: zeros at its end are not sent."""
    payload = raw[10 : 10 + raw[1]] if raw[0] == 0xFD else b""
    return int.from_bytes(payload[at : at + 4], "little")
