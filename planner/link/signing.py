"""MAVLink 2 signatures: made, checked and taken off. Pure: the time comes in, bytes go out.

https://mavlink.io/en/guide/message_signing.html. A signed frame ends in 13 bytes: link id, a time of 48 bits (10 us
since 2015-01-01 UTC), and the first 48 bits of SHA-256 over key, frame, link id and time. Accepted are frames with a
right signature and a time later than the last one of that system, component and link; the first one of such a stream
may be a minute old. Of unsigned frames RADIO_STATUS alone is accepted: radios cannot sign.

pymavlink's own check is not used: it asks its callback for unsigned frames about badly signed ones too, and moves a
stream's time on before it has looked at the signature, so that a forger could lock the vehicle out.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from planner.model.errors import BadInput

KEY_BYTES = 32
BLOCK_BYTES = 13
RADIO_STATUS = 109
EPOCH_US = 1_420_070_400_000_000
"""2015-01-01 00:00 UTC in microseconds since 1970."""
MINUTE_TICKS = 6_000_000
LINK_ID = 0
Crc = Callable[[bytes, int], int]
"""Checksum of a frame's bytes and its message number."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret of 32 bytes. It never shows in a text: not in repr, not in a log.

    Raises:
        BadInput: not 32 bytes.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise BadInput("signing key", f"must have {KEY_BYTES} bytes, got {len(self.secret)}")

    @classmethod
    def of(cls, text: str) -> "SigningKey":
        """The key in a text: 64 hexadecimal digits, or a pass phrase (its SHA-256, as ground stations do).

        Raises:
            BadInput: an empty text.
        """
        plain = text.strip()
        if not plain:
            raise BadInput("signing key", "is empty; give 64 hexadecimal digits or a pass phrase")
        if len(plain) == 2 * KEY_BYTES and all(c in "0123456789abcdefABCDEF" for c in plain):
            return cls(bytes.fromhex(plain))
        return cls(hashlib.sha256(plain.encode()).digest())


def ticks(utc_us: int) -> int:
    """Microseconds since 1970 as signing time."""
    return max(0, utc_us - EPOCH_US) // 10


class Signer:
    """Signs what goes out and judges what comes in. `last` is the time signed with last, to be kept between runs."""

    def __init__(self, key: SigningKey, *, last: int, crc: Crc) -> None:
        self._key, self._crc = key, crc
        self.last = last
        self.refused = 0
        self._streams: dict[tuple[int, int, int], int] = {}

    def signed(self, frame: bytes, number: int, utc_us: int) -> bytes:
        """The frame with a signature. `frame` is MAVLink 2 without one, `number` its message number."""
        self.last = max(self.last + 1, ticks(utc_us))
        body = bytearray(frame[:-2])
        body[2] |= 1
        body += self._crc(bytes(body[1:]), number).to_bytes(2, "little")
        body += bytes([LINK_ID]) + self.last.to_bytes(6, "little")
        return bytes(body) + self._digest(bytes(body))

    def accepts(self, frame: bytes, number: int, utc_us: int) -> bool:
        """Whether a whole frame, its checksum right, may be believed."""
        if frame[0] != 0xFD or not frame[2] & 1:
            return self._told(number == RADIO_STATUS)
        stream = (frame[5], frame[6], frame[-BLOCK_BYTES])
        at = int.from_bytes(frame[-12:-6], "little")
        least = self._streams.get(stream, max(self.last, ticks(utc_us)) - MINUTE_TICKS - 1)
        right = hmac.compare_digest(self._digest(frame[:-6]), frame[-6:]) and at > least
        if right:
            self._streams[stream] = at
        return self._told(right)

    def _told(self, accepted: bool) -> bool:  # noqa: FBT001 -- counts and passes on
        self.refused += not accepted
        return accepted

    def _digest(self, frame: bytes) -> bytes:
        return hashlib.sha256(self._key.secret + frame).digest()[:6]


def stripped(frame: bytes, number: int, crc: Crc) -> bytes:
    """A frame without its signature, as it may be written to a log; others as they are."""
    if frame[0] != 0xFD or not frame[2] & 1:
        return frame
    body = bytearray(frame[: -BLOCK_BYTES - 2])
    body[2] &= ~1 & 0xFF
    return bytes(body) + crc(bytes(body[1:]), number).to_bytes(2, "little")
