"""Signatures, against pymavlink's own as the independent peer."""

import stat
import time
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError
from pymavlink.dialects.v20 import ardupilotmega as dialect
from typing_extensions import override

from planner.link import keys
from planner.link.core import Core
from planner.link.keys import Signing, Times
from planner.link.messages import Heartbeat
from planner.link.signing import SigningKey, ticks
from planner.link.tlog import TlogWriter
from planner.link.wire import Codec, signer_of
from planner.model.errors import BadInput
from tests.planner.link.vehicles import HERE

KEY = SigningKey.of("harbour at dawn")
OTHER = SigningKey.of("harbour at dusk")
NOW_US = 1_780_000_000_000_000
BEAT = Heartbeat(2, 3, 0, 4 << 16, 3)


def pymavlink(key: SigningKey, *, at: int = ticks(NOW_US)) -> dialect.MAVLink:
    peer = dialect.MAVLink(None, srcSystem=1, srcComponent=1)
    peer.signing.secret_key, peer.signing.timestamp = key.secret, at
    peer.signing.sign_outgoing = True
    return peer


def peers_beat(peer: dialect.MAVLink) -> bytes:
    return bytes(dialect.MAVLink_heartbeat_message(2, 3, 0, 4 << 16, 3, 3).pack(peer))


def codec(key: SigningKey = KEY, *, last: int = 0) -> Codec:
    made = Codec(signer=signer_of(key, last))
    made.utc_us = NOW_US
    return made


def believed(one: Codec, raw: bytes) -> bool:
    return any(frame.received is not None for frame in one.feed(raw))


def test_pymavlink_accepts_what_we_sign() -> None:
    peer = pymavlink(KEY)
    decoded = peer.decode(bytearray(codec().encode(BEAT)))
    assert decoded.get_type() == "HEARTBEAT"
    assert peer.signing.goodsig_count == 1


def test_we_accept_what_pymavlink_signs_with_our_key_and_nothing_else() -> None:
    assert believed(codec(), peers_beat(pymavlink(KEY)))
    assert not believed(codec(), peers_beat(pymavlink(OTHER)))
    assert not believed(codec(), Codec(HERE).encode(BEAT))


def test_a_forged_radio_status_is_refused_and_an_unsigned_one_accepted() -> None:
    forged = bytes(dialect.MAVLink_radio_status_message(1, 1, 1, 1, 1, 1, 1).pack(pymavlink(OTHER)))
    plain = bytes(dialect.MAVLink_radio_status_message(1, 1, 1, 1, 1, 1, 1).pack(dialect.MAVLink(None, 1, 1)))
    one = codec()
    frames = list(one.feed(forged + plain))
    assert [bool(frame.logged) for frame in frames] == [False, True]


def test_a_frame_heard_again_is_refused() -> None:
    one, raw = codec(), peers_beat(pymavlink(KEY))
    assert believed(one, raw)
    assert not believed(one, raw)


def test_a_forged_later_time_does_not_lock_the_vehicle_out() -> None:
    one = codec()
    assert believed(one, peers_beat(pymavlink(KEY)))
    assert not believed(one, peers_beat(pymavlink(OTHER, at=ticks(NOW_US) + 10**9)))
    assert believed(one, peers_beat(pymavlink(KEY, at=ticks(NOW_US) + 5)))


@pytest.mark.parametrize(("late_s", "accepted"), [(59, True), (61, False)])
def test_a_new_stream_may_be_a_minute_late_and_no_more(late_s: int, *, accepted: bool) -> None:
    assert believed(codec(), peers_beat(pymavlink(KEY, at=ticks(NOW_US) - late_s * 100_000))) == accepted


@given(st.integers(0, 60), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, by: int) -> None:
    raw = bytearray(peers_beat(pymavlink(KEY)))
    raw[at % len(raw)] ^= by
    assert not believed(codec(), bytes(raw))


def test_times_go_on_where_they_ended_even_if_the_clock_went_back(tmp_path: Path) -> None:
    signing = Signing(KEY, Times(tmp_path / "times.json"))
    signer = signing.signer()
    Codec(signer=signer).encode(BEAT)
    first = codec(last=ticks(NOW_US) + 50)
    assert first.signer is not None
    first.encode(BEAT)
    signing.ended(first.signer)
    again = signing.signer()
    assert again.last == ticks(NOW_US) + 51
    signing.ended(signer)
    assert signing.signer().last == ticks(NOW_US) + 51


def test_the_log_holds_no_signature_and_nothing_that_was_refused(tmp_path: Path) -> None:
    log = TlogWriter(tmp_path / "f.tlog")
    core = Core(log, signer_of(KEY, 0))
    core.turn(peers_beat(pymavlink(KEY)) + peers_beat(pymavlink(OTHER)), time.monotonic(), NOW_US)
    log.close()
    reader = dialect.MAVLink(None)
    records = (tmp_path / "f.tlog").read_bytes()
    found, at = [], 0
    while at < len(records):
        frame = records[at + 8 : at + 8 + 12 + records[at + 9]]
        assert frame[2] == 0
        found.append(reader.decode(bytearray(frame)).get_srcSystem())
        at += 8 + len(frame)
    assert found.count(1) == 1
    assert 255 in found
    assert KEY.secret not in records


def test_a_key_never_shows_in_a_text() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(Signing(KEY))


class InMemory(KeyringBackend):
    """A keyring for tests."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Absent(InMemory):
    """What a machine without a desktop has."""

    @override
    def get_password(self, service: str, username: str) -> str | None:
        raise NoKeyringError("No recommended backend was available")


def test_a_key_is_kept_used_and_dropped() -> None:
    keyring.set_keyring(InMemory())
    keys.keep_key("north", "harbour at dawn\n")
    assert keys.kept_key("north") == KEY
    keys.drop_key("north")
    with pytest.raises(BadInput, match="there is no key 'north'"):
        keys.kept_key("north")


def test_without_a_keyring_one_sentence_says_what_to_do() -> None:
    keyring.set_keyring(Absent())
    with pytest.raises(BadInput, match="--sign-file"):
        keys.kept_key("north")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY.secret.hex())
    path.chmod(stat.S_IRUSR | stat.S_IRGRP)
    with pytest.raises(BadInput, match="chmod 600"):
        keys.key_in(path)
    path.chmod(stat.S_IRUSR)
    assert keys.key_in(path) == KEY


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_key_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is empty"):
        SigningKey.of(text)
