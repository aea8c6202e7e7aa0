"""A MAVLink frame's checksum, and its payload as one struct: what the link does for every single message.

https://mavlink.io/en/guide/serialization.html. Pure and without a dialect: planner/link/wire.py takes the layouts from
pymavlink, and tests/planner/link/test_frames.py holds both to what pymavlink makes of the same bytes.
"""

from binascii import crc_hqx
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter, itemgetter
from struct import Struct
from typing import Any

from planner.link.messages import Message, StatusText

LONGEST_TEXT = 50
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ONE = tuple(bytes([byte]) for byte in range(256))


def checksum(body: bytes, extra: int) -> int:
    """CRC-16/MCRF4XX of a frame's bytes from its length on and the `extra` byte of its message.

    The standard library has the same polynomial in C for the other order of bits: they are mirrored before and after.
    """
    found = crc_hqx((body + _ONE[extra]).translate(_MIRRORED), 0xFFFF)
    return _MIRRORED[found & 0xFF] << 8 | _MIRRORED[found >> 8]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a payload, in the order of the wire: `count` values from `start` on in the unpacked struct."""

    name: str
    start: int
    count: int
    is_text: bool


def fields_of(names: Sequence[str], counts: Sequence[int], types: Sequence[str]) -> tuple[Field, ...]:
    """The fields, from names, lengths of arrays (0: none) and C types in the order of the wire."""
    found: list[Field] = []
    start = 0
    for name, count, kind in zip(names, counts, types, strict=True):
        found.append(Field(name, start, count, is_text=kind == "char" and count > 0))
        start += 1 if found[-1].is_text or not count else count
    return tuple(found)


class Layout:
    """How one kind of message lies in its payload."""

    def __init__(self, kind: type, number: int, extra: int, packer: Struct, on_wire: tuple[Field, ...]) -> None:
        self.number, self.extra = number, extra
        self._packer = packer
        self._given = _giver(kind, on_wire)
        self.message = _reader_of(kind, packer, on_wire)
        """The message in a payload; zeros that were cut off its end count, and what is longer than known does not."""

    def whole(self, message: Message) -> bytes:
        """The payload of a message, with all the zeros at its end."""
        return self._packer.pack(*self._given(message))

    def payload(self, message: Message) -> bytes:
        """The payload of a message, without the zeros at its end that MAVLink 2 leaves out (one byte stays)."""
        whole = self.whole(message)
        return whole.rstrip(b"\x00") or whole[:1]


def names_of(kind: type) -> tuple[str, ...]:
    """The names of a message's fields, in the order of its class."""
    named: tuple[str, ...] | None = getattr(kind, "_fields", None)  # of a NamedTuple
    return tuple(field.name for field in fields(kind)) if named is None else named


def _reader_of(kind: type, packer: Struct, on_wire: tuple[Field, ...]) -> Callable[[bytes], Message]:
    by_name = {one.name: one for one in on_wire}
    wanted = [by_name.get(name) for name in names_of(kind)]
    plain = [one for one in wanted if one is not None and not one.count]
    unpack, size = packer.unpack, packer.size
    if len(plain) == len(wanted) > 1:
        pick = itemgetter(*(one.start for one in plain))
        make: Any = kind
        named: Any = partial(tuple.__new__, kind)  # a NamedTuple, without the call that its class costs
        if issubclass(kind, tuple):
            return lambda payload: named(pick(unpack(payload[:size].ljust(size, b"\x00"))))
        return lambda payload: make(*pick(unpack(payload[:size].ljust(size, b"\x00"))))
    read = [_reader(one, raw=kind is StatusText) for one in wanted]

    def message(payload: bytes) -> Message:
        values = unpack(payload[:size].ljust(size, b"\x00"))
        made: Message = kind(*[one(values) for one in read])
        return made

    return message


def _reader(field: Field | None, *, raw: bool) -> Callable[[tuple[Any, ...]], Any]:
    if field is None:  # a message of a newer dialect than pymavlink's
        return lambda _: 0
    start, end = field.start, field.start + field.count
    if field.is_text:
        return (lambda values: _whole_text(values[start])) if raw else lambda values: _text(values[start])
    return (lambda values: values[start:end]) if field.count else itemgetter(start)


def _text(raw: bytes) -> str:
    return raw.split(b"\x00", 1)[0].decode("ascii", "replace")


def _whole_text(raw: bytes) -> str:
    return raw.rstrip(b"\x00").decode("utf-8", "replace")


def _giver(kind: type, on_wire: tuple[Field, ...]) -> Callable[[Message], tuple[Any, ...]]:
    ours = names_of(kind)
    if len(on_wire) > 1 and all(one.name in ours and not one.count for one in on_wire):
        if issubclass(kind, tuple):
            by_place: Any = itemgetter(*(ours.index(one.name) for one in on_wire))
            return by_place  # type: ignore[no-any-return]
        pick: Callable[[Message], tuple[Any, ...]] = attrgetter(*(one.name for one in on_wire))
        return pick

    def given(message: Message) -> tuple[Any, ...]:
        values: list[Any] = []
        for one in on_wire:
            value = getattr(message, one.name) if one.name in ours else _unsaid(one)
            if one.is_text:
                values.append(value.encode()[:LONGEST_TEXT] if isinstance(value, str) else value)
            else:
                values += value if one.count else (value,)
        return tuple(values)

    return given


def _unsaid(field: Field) -> Any:  # noqa: ANN401 - a value of the field's type
    if field.is_text:
        return b""
    if field.name == "mavlink_version":
        return 3
    return (0,) * field.count if field.count else 0
