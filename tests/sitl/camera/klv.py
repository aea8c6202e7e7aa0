"""A decoder of MISB ST 0601 local sets from the standard's formulas; it shares no code with the encoder."""

import math
from typing import Any

import numpy as np


def items_of(packet: bytes) -> dict[int, bytes]:
    """The items of a packet by tag, in their order."""
    assert packet[:16].hex() == "060e2b34020b01010e01030101000000"
    size, at = _ber(packet, 16)
    end = at + size
    assert end == len(packet)
    found: dict[int, bytes] = {}
    while at < end:
        tag, at = packet[at], at + 1
        while tag & 0x80 and packet[at - 1] & 0x80:
            tag, at = (tag & 0x7F) << 7 | packet[at], at + 1
        size, at = _ber(packet, at)
        found[tag] = packet[at : at + size]
        at += size
    return found


def decoded(packet: bytes) -> dict[str, Any]:
    """What a packet says: places, angles, and the camera's axes (forward, right, down) as east, north, up."""
    items = items_of(packet)

    def u(tag: int, scale: float, offset: float = 0.0) -> float:
        return int.from_bytes(items[tag], "big") * scale + offset

    def s(tag: int, scale: float) -> float:
        return int.from_bytes(items[tag], "big", signed=True) * scale

    def tilt(short: int, full: int, scale: float) -> float:
        return s(short, scale) if short in items else s(full, 180.0 / 4294967294)

    def turned(heading: float, pitch: float, roll: float, frame: np.ndarray) -> np.ndarray:
        """Forward, right, down turned in this order about their own axes."""
        h, p, r = np.radians([heading, pitch, roll])
        f, rt, d = frame
        f, rt = f * math.cos(h) + rt * math.sin(h), rt * math.cos(h) - f * math.sin(h)
        f, d = f * math.cos(p) - d * math.sin(p), d * math.cos(p) + f * math.sin(p)
        rt, d = rt * math.cos(r) + d * math.sin(r), d * math.cos(r) - rt * math.sin(r)
        return np.array([f, rt, d])

    north_east_down = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    platform = turned(u(5, 360 / 65535), tilt(6, 90, 40 / 65534), tilt(7, 91, 100 / 65534), north_east_down)
    axes = turned(u(18, 360 / 4294967295), s(19, 360 / 4294967294), u(20, 360 / 4294967295), platform)
    return {
        "sensor": (s(13, 180 / 4294967294), s(14, 360 / 4294967294)),
        "altitude": u(15, 19900 / 65535, -900),
        "fov": (u(16, 180 / 65535), u(17, 180 / 65535)),
        "slant": u(21, 5_000_000 / 4294967295) if 21 in items else None,
        "centre": (s(23, 180 / 4294967294), s(24, 360 / 4294967294)),
        "axes": axes,
        "texts": {tag: items[tag].decode() for tag in (10, 11, 12) if tag in items},
    }


def _ber(data: bytes, at: int) -> tuple[int, int]:
    size, at = data[at], at + 1
    if size & 0x80:
        count = size & 0x7F
        return int.from_bytes(data[at : at + count], "big"), at + count
    return size, at
