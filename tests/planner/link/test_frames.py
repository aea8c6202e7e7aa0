"""Our own reading and writing of frames, held to what pymavlink makes of the same bytes."""

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import all as dialect

from planner.link import messages as m
from planner.link.frames import checksum, names_of
from planner.link.messages import Address, Message
from planner.link.signing import SigningKey
from planner.link.wire import Codec, signer_of
from tests.planner.link.vehicles import HERE

KINDS: dict[str, type] = {kind.__name__: kind for kind in Message.__args__}
KEY = SigningKey.of("two witnesses")
NAMES = {
    "MissionRequestInt": "MISSION_REQUEST_INT",
    "StatusText": "STATUSTEXT",
    "HighLatency2": "HIGH_LATENCY2",
}
WITH_LIST_IDS = {"MissionCount", "MissionAck", "MissionCurrent"}
"""They have fields that pymavlink does not know: what follows those that it knows is no matter of its."""
kinds = st.sampled_from(sorted(KINDS))
payloads = st.one_of(st.binary(max_size=255), st.lists(st.sampled_from([0, 0, 0, 1, 255]), max_size=255).map(bytes))


def theirs(name: str) -> Any:
    plain = "".join("_" + c if c.isupper() and n else c for n, c in enumerate(name)).upper()
    return dialect.mavlink_map[getattr(dialect, f"MAVLINK_MSG_ID_{NAMES.get(name, plain)}")]


def read_by_pymavlink(raw: bytes, kind: type) -> Message | None:
    try:
        decoded = dialect.MAVLink(None).decode(bytearray(raw))
    except dialect.MAVError:
        return None
    values = {name: getattr(decoded, name, 0) for name in names_of(kind)}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if kind is m.StatusText:
        values["text"] = bytes(decoded._text_raw).rstrip(b"\x00").decode("utf-8", "replace")
    made: Message = kind(**values)
    return made


def ours(raw: bytes, codec: Codec | None = None) -> Message | None:
    frames = [frame for frame in (codec or Codec()).feed(raw) if frame.raw == raw and frame.received is not None]
    return frames[0].received.message if frames and frames[0].received else None


def framed(name: str, payload: bytes, *, old: bool = False, peer: Any = None) -> bytes:
    kind = theirs(name)
    payload = payload[: kind.unpacker.size] if name in WITH_LIST_IDS else payload
    link = peer or dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    message = dialect.MAVLink_message(kind.id, kind.msgname)
    return bytes(message._pack(link, kind.crc_extra, payload or b"\x00", force_mavlink1=old))


def same(one: Message | None, other: Message | None) -> bool:
    if one is None or other is None or type(one) is not type(other):
        return one is other
    return all(_same(getattr(one, name), getattr(other, name)) for name in names_of(type(one)))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, float) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    return type(a) is type(b) and a == b


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 255))
def test_the_checksum_is_that_of_pymavlink(body: bytes, extra: int) -> None:
    assert checksum(body, extra) == dialect.x25crc(body + bytes([extra])).crc


@settings(max_examples=1000, deadline=None)
@given(kinds, payloads, st.booleans())
def test_every_message_is_read_as_pymavlink_reads_it(name: str, payload: bytes, old: bool) -> None:
    old = old and theirs(name).id < 256
    raw = framed(name, payload, old=old)
    read = ours(raw)
    assert read is not None
    assert same(read, read_by_pymavlink(raw, KINDS[name]))


@settings(max_examples=500, deadline=None)
@given(kinds, payloads, st.booleans(), st.integers(0, 279), st.integers(1, 255))
def test_a_damaged_frame_is_read_only_if_pymavlink_reads_the_same_in_it(
    name: str, payload: bytes, old: bool, at: int, by: int
) -> None:
    raw = bytearray(framed(name, payload, old=old and theirs(name).id < 256))
    raw[1 + at % (len(raw) - 1)] ^= by
    read = ours(bytes(raw))
    assert read is None or same(read, read_by_pymavlink(bytes(raw), type(read)))


@settings(max_examples=500, deadline=None)
@given(kinds, payloads)
def test_a_signed_message_is_read_as_pymavlink_reads_it(name: str, payload: bytes) -> None:
    peer = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    peer.signing.secret_key, peer.signing.timestamp, peer.signing.sign_outgoing = KEY.secret, 1, True
    raw = framed(name, payload, peer=peer)
    codec = Codec(signer=signer_of(KEY, 0))
    read = ours(raw, codec)
    assert read is not None
    assert same(read, read_by_pymavlink(raw, KINDS[name]))
    assert ours(raw[:-1] + bytes([raw[-1] ^ 1]), Codec(signer=signer_of(KEY, 0))) is None


@settings(max_examples=500, deadline=None)
@given(kinds, payloads, st.integers(0, 3))
def test_every_message_is_sent_as_pymavlink_sends_it(name: str, payload: bytes, before: int) -> None:
    message = ours(framed(name, payload))
    assert message is not None
    codec, peer = Codec(HERE), dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    for _ in range(before):
        codec.encode(m.MissionItemReached(1))
    peer.seq = before
    kind = theirs(name)
    values = {field: getattr(message, field) for field in names_of(KINDS[name])}
    values = {key: v.encode()[:50] if isinstance(v, str) else v for key, v in values.items()}
    empty = {one: _empty(kind, one) for one in kind.fieldnames} | {"mavlink_version": 3}
    sent = bytes(kind(**{one: values.get(one, empty.get(one)) for one in kind.fieldnames}).pack(peer))
    assert codec.encode(message) == sent


def _empty(kind: Any, name: str) -> Any:
    if kind.fieldtypes[kind.fieldnames.index(name)] == "char":
        return b""
    count = kind.array_lengths[kind.ordered_fieldnames.index(name)]
    return (0,) * count if count else 0


def test_the_sender_and_the_number_of_a_frame_are_told() -> None:
    raw = Codec(Address(9, 25)).encode(m.MissionItemReached(4))
    frame = next(iter(Codec().feed(raw)))
    assert (frame.source, frame.sequence, frame.raw) == (Address(9, 25), 0, raw)


@given(ids=st.tuples(*[st.integers(0, 2**32 - 1)] * 3))
def test_the_names_of_lists_which_pymavlink_does_not_know_are_sent_after_all_else_and_read(
    ids: tuple[int, int, int],
) -> None:
    for message, size in (
        (m.MissionCount(255, 190, 7, 1, ids[0]), 5),
        (m.MissionAck(255, 190, 0, 2, ids[0]), 4),
        (m.MissionCurrent(2, 7, 3, 1, *ids), 6),
    ):
        raw = Codec().encode(message)
        assert ours(raw) == message
        told = raw[10:-2].ljust(size + 12, b"\x00")[size:]
        assert int.from_bytes(told[:4], "little") == ids[0]
        assert read_by_pymavlink(raw, type(message)) is not None
