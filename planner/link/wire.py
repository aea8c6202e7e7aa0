"""Bytes to messages and back: with record.py the only module that knows pymavlink.

MAVLink 2 out, and 1 for vehicles that know no other; 1 and 2 in. Bytes that are no frame (a boot text, line noise) are
passed over. A frame whose checksum is wrong costs its first byte only, so that a frame inside it is still found. Of
pymavlink only the dialect's tables are used: its own objects cost more time per message than everything else that the
link does with it.
"""

from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from pymavlink.dialects.v20 import all as dialect

from planner.link import messages
from planner.link.frames import Layout, checksum, fields_of
from planner.link.messages import Address, Message, Received
from planner.link.services import SETUP_SIGNING
from planner.link.signing import Signer, SigningKey, stripped

_NAMES: dict[type, str] = {
    messages.MissionRequestInt: "MISSION_REQUEST_INT",
    messages.StatusText: "STATUSTEXT",
    messages.HighLatency2: "HIGH_LATENCY2",
}


def _wire_name(kind: type) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    return "".join("_" + c if c.isupper() and n else c for n, c in enumerate(kind.__name__)).upper()


_LIST_IDS: dict[type, tuple[str, ...]] = {
    messages.MissionCount: ("opaque_id",),
    messages.MissionAck: ("opaque_id",),
    messages.MissionCurrent: ("mission_id", "fence_id", "rally_points_id"),
}
"""Extension fields of common.xml (uint32, the last of the payload) that no dialect of pymavlink 2.4.50 has."""


def _layout(kind: type) -> Layout:
    number = getattr(dialect, f"MAVLINK_MSG_ID_{_wire_name(kind)}")
    theirs = dialect.mavlink_map[number]
    types = [theirs.fieldtypes[theirs.fieldnames.index(name)] for name in theirs.ordered_fieldnames]
    more = [name for name in _LIST_IDS.get(kind, ()) if name not in theirs.fieldnames]
    names, counts = [*theirs.ordered_fieldnames, *more], [*theirs.array_lengths, *[0] * len(more)]
    on_wire = fields_of(names, counts, [*types, *["uint32_t"] * len(more)])
    packer = Struct(theirs.unpacker.format + "I" * len(more))
    return Layout(kind, number, theirs.crc_extra, packer, on_wire)


_EXTRAS: dict[int, int] = {number: kind.crc_extra for number, kind in dialect.mavlink_map.items()}
_OUT: dict[type, Layout] = {kind: _layout(kind) for kind in messages.KINDS}
_IN: dict[int, Layout] = {layout.number: layout for layout in _OUT.values()}
_MARKS = (0xFD, 0xFE)
_LONGEST_BUFFER = 64 * 1024
_address = lru_cache(maxsize=1024)(Address)
_new = tuple.__new__
"""A NamedTuple from its values, without the call that its class costs: for what is made for every frame."""


class Frame(NamedTuple):
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
        self.bad_bytes = 0
        self.signed_by: frozenset[Address] = frozenset()
        """Whose last frame was signed, with whatever key."""
        self._us = us
        self._rest = b""
        self._sequence = 0

    def encode(self, message: Message) -> bytes:
        """The message as a MAVLink 2 frame."""
        layout = _OUT[type(message)]
        payload = layout.payload(message)
        number, us = layout.number, self._us
        ids = (self._sequence, us.system, us.component, number & 0xFF, number >> 8 & 0xFF, number >> 16)
        body = bytes((len(payload), 0, 0, *ids)) + payload
        self._sequence = (self._sequence + 1) % 256
        raw = b"\xfd" + body + checksum(body, layout.extra).to_bytes(2, "little")
        return raw if self.signer is None else self.signer.signed(raw, number, self.utc_us)

    def encode_old(self, message: Message) -> bytes:
        """The message as a MAVLink 1 frame, without the fields that came with MAVLink 2. It cannot be signed."""
        from pymavlink.dialects.v10 import ardupilotmega as old

        layout, us = _OUT[type(message)], self._us
        payload = layout.whole(message)[: old.mavlink_map[layout.number].unpacker.size]
        body = bytes((len(payload), self._sequence, us.system, us.component, layout.number)) + payload
        self._sequence = (self._sequence + 1) % 256
        return b"\xfe" + body + checksum(body, layout.extra).to_bytes(2, "little")

    def feed(self, data: bytes) -> list[Frame]:
        """Every whole frame among the bytes so far; whatever the bytes are, never an exception."""
        if len(data) > 11 and not self._rest and data[0] == 0xFD and not data[2] and len(data) == data[1] + 12:
            frame = self._frame(data)  # a packet that is one frame, as nearly all are
            if frame is not None:
                return [frame]
        buffer, at, found = self._rest + data, 0, []
        while at < len(buffer):
            if buffer[at] not in _MARKS:
                at += 1
                self.bad_bytes += 1
                continue
            length = _frame_length(buffer, at)
            if length is None or at + length > len(buffer):
                break
            frame = self._frame(buffer[at : at + length]) if length else None
            torn = at + length < len(buffer) and buffer[at + length] not in _MARKS
            if frame is None or (torn and frame.received is None and not frame.checked):
                at += 1
                self.bad_bytes += 1
                continue
            at += length
            found.append(frame)
        self._rest = buffer[at:][-_LONGEST_BUFFER:]
        return found

    def _frame(self, raw: bytes) -> Frame | None:
        if raw[0] == 0xFD:
            number, source, sequence, start = raw[7] | raw[8] << 8 | raw[9] << 16, _address(raw[5], raw[6]), raw[4], 10
            signed = raw[2] & 1
        else:
            number, source, sequence, start = raw[5], _address(raw[3], raw[4]), raw[2], 6
            signed = 0
        extra = _EXTRAS.get(number)
        if extra is None:  # a signature cannot be taken off: the checksum of what is left is not known
            believed = self.signer is None and not signed
            return Frame(raw, source, sequence, None, checked=False, logged=raw if believed else b"")
        end = start + raw[1]
        if checksum(raw[1:end], extra) != raw[end] | raw[end + 1] << 8:
            return None
        if bool(signed) is not (source in self.signed_by):
            self.signed_by ^= {source}
        if self.signer is not None and not self.signer.accepts(raw, number, self.utc_us):
            return Frame(raw, source, sequence, None, checked=True, logged=b"")
        layout = _IN.get(number)
        received = None if layout is None else _new(Received, (source, layout.message(raw[start:end])))
        logged = stripped(raw, number, crc) if signed else raw
        if number == SETUP_SIGNING:  # a key belongs in no log
            logged = b""
        return _new(Frame, (raw, source, sequence, received, True, logged))


def crc(body: bytes, number: int) -> int:
    """The checksum of a frame's bytes from its length on, with the seed of its message.

    Raises:
        KeyError: a message that the dialect does not know.
    """
    return checksum(body, _EXTRAS[number])


def signer_of(key: SigningKey, last: int) -> Signer:
    """A signer for this dialect."""
    return Signer(key, last=last, crc=crc)


def number_of(raw: bytes) -> int:
    """The message number of a frame."""
    return int.from_bytes(raw[7:10], "little") if raw[0] == 0xFD else raw[5]


def _frame_length(buffer: bytes, at: int) -> int | None:
    """Bytes of the frame at `at`; None: cannot be known yet; 0: no frame, an undefined incompatibility flag."""
    if len(buffer) - at < 3:
        return None
    if buffer[at] == 0xFE:
        return buffer[at + 1] + 8
    if buffer[at + 2] & ~1:
        return 0
    return buffer[at + 1] + 12 + (13 if buffer[at + 2] & 1 else 0)
