"""Bytes in and out: nothing that arrives may stop the link."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from planner.link import messages as m
from planner.link.core import Core
from planner.link.messages import Address
from planner.link.wire import Codec

HERE = Address(1, 1)
BEAT = m.Heartbeat(2, 3, 0, 4, 4)
ITEM = m.MissionItemInt(1, 1, 7, 3, 16, 0, 1, 2.5, 0.0, 0.0, float("inf"), 519500001, -40500003, 30.0, 0)


def heard(codec: Codec, data: bytes) -> list[m.Message]:
    return [f.received.message for f in codec.feed(data) if f.received]


@pytest.mark.parametrize("message", [BEAT, ITEM, m.StatusText(6, "Schön", 0, 0), m.CommandLong(1, 1, 400, 1, 1.0)])
def test_a_message_comes_back_as_it_was_sent(message: m.Message) -> None:
    assert heard(Codec(), Codec(HERE).encode(message)) == [message]


def test_text_before_the_first_frame_is_passed_over() -> None:
    assert heard(Codec(), b"\n\nInit ArduCopter V4.6.3\n\nFree RAM: 4096\n" + Codec(HERE).encode(BEAT)) == [BEAT]


def test_mavlink_1_is_understood() -> None:
    old = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    raw = dialect.MAVLink_heartbeat_message(2, 3, 0, 4, 4, 3).pack(old, force_mavlink1=True)
    assert heard(Codec(), bytes(raw)) == [BEAT]


def test_a_damaged_frame_costs_only_itself() -> None:
    codec = Codec(HERE)
    bad, good = bytearray(codec.encode(ITEM)), codec.encode(BEAT)
    bad[20] ^= 0xFF
    assert heard(Codec(), bytes(bad) + good) == [BEAT]


@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_frames_may_be_torn_anywhere(cuts: list[int]) -> None:
    codec, stream = Codec(HERE), b""
    for _ in range(4):
        stream += codec.encode(ITEM) + codec.encode(BEAT)
    receiver, got = Codec(), []
    places = [0, *sorted(c % len(stream) for c in cuts), len(stream)]
    for start, end in pairwise(places):
        got += heard(receiver, stream[start:end])
    assert got == [ITEM, BEAT] * 4


@settings(max_examples=200)
@given(junk=st.lists(st.binary(max_size=60), max_size=6))
def test_garbage_never_raises_and_the_link_recovers(junk: list[bytes]) -> None:
    codec, stream = Codec(HERE), b""
    for one in junk:
        stream += one + codec.encode(BEAT)
    stream += b"".join(codec.encode(BEAT) for _ in range(30))
    got = heard(Codec(), stream)
    assert got[-1] == BEAT
    assert len([one for one in got if one == BEAT]) >= 15


@settings(max_examples=100)
@given(data=st.binary(max_size=400), marks=st.lists(st.tuples(st.integers(0, 399), st.sampled_from([0xFD, 0xFE]))))
def test_the_core_survives_any_bytes(data: bytes, marks: list[tuple[int, int]]) -> None:
    core, noisy = Core(), bytearray(data)
    for at, mark in marks:
        if at < len(noisy):
            noisy[at] = mark
    for turn in range(3):
        core.turn(bytes(noisy), 100.0 + turn, 1_000_000)


def test_any_valid_message_with_any_payload_is_survived() -> None:
    dice = random.Random(4)  # noqa: S311 - test data
    link = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    core = Core()
    core.turn(bytes(dialect.MAVLink_heartbeat_message(2, 3, 0, 4, 4, 3).pack(link)), 100.0, 1)
    for number, kind in dialect.mavlink_map.items():
        for _ in range(2):
            payload = dice.randbytes(kind.unpacker.size)
            raw = dialect.MAVLink_message(number, kind.msgname)._pack(link, kind.crc_extra, payload)
            core.turn(bytes(raw), 101.0, 1)
    assert core.state is not None
