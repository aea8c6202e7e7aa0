"""Signing as ArduPilot does it: a key that SETUP_SIGNING brings, signed messages out, unsigned ones refused.

https://mavlink.io/en/guide/message_signing.html and ArduPilot's GCS_Signing.cpp: a key and a time of zeros switch it
off, an armed vehicle takes no key, and the first port (a board's USB) always accepts what is not signed.
"""

import time

from sitl.autopilot.messages import Message
from sitl.wire import Wire

NAME = "SETUP_SIGNING"
_KEY_BYTES = 32
_EPOCH_S = 1_420_070_400
"""2015-01-01 00:00 UTC."""


class Signatures:
    """The vehicle's key, and what it does to the clients' connections."""

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._begin = 0

    def take(self, message: Message, *, armed: bool) -> str | None:
        """A key has come; what the vehicle says about it, None for nothing."""
        if armed:
            return "ERROR: Won't setup signing when armed"
        numbers = message.fields.get("secret_key")
        key = bytes(int(number) for number in numbers) if isinstance(numbers, list) else b""
        if len(key) != _KEY_BYTES:
            return None
        self._begin = message.whole("initial_timestamp")
        self._key = key if any(key) or self._begin else None
        return None

    def apply(self, wire: Wire, *, trusted: bool) -> None:
        """Makes a connection follow the key; a trusted one still accepts what is not signed."""
        ticks = (time.time_ns() // 1000 - _EPOCH_S * 1_000_000) // 10
        wire.sign(self._key, max(ticks, self._begin), trusted=trusted)
