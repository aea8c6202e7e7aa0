"""KLV metadata of a video frame: a UAS Datalink Local Set after MISB ST 0601 (version 19), for transport streams.

https://nsgreg.nga.mil/misb.jsp (ST 0601, ST 0107 for the packets, ST 1402 for the stream). Of a packet: the set's
universal key, the length of its value (BER), then each item as tag, length and value; the time stamp is first, the
checksum last. A number is spread evenly over a range of whole numbers, most significant byte first.

The camera looks where the platform's heading, pitch and roll (items 5 to 7) and then the sensor's azimuth, elevation
and roll against the platform (18 to 20) turn it, each pair about the axes that the one before has turned.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from planner.geo.camera import Attitude, camera_to_world, rays, sea_points
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.profiles import CameraProfile
from sitl.shots import Shot

KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
VERSION = 19
PLATFORM = "Quaywatch practice drone"
DATUM = "Geodetic WGS84"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SHORT_PITCH_DEG, _MOST_SHORT_ROLL_DEG = 20.0, 50.0


@dataclass(frozen=True, slots=True)
class Span:
    """How an item spreads the numbers from `low` to `high` over so many bytes; signed ones keep a value for "none".

    That value, the most negative one, means for places that the line of sight does not meet the earth.
    """

    low: float
    high: float
    size: int
    signed: bool = False

    def packed(self, value: float | None) -> bytes:
        """The bytes of a number; outside the span its nearest end, None "none" (signed ones only)."""
        steps: int = 256**self.size - 1
        if self.signed:
            if value is None:
                return (-(steps // 2) - 1).to_bytes(self.size, "big", signed=True)
            half = max(-1.0, min(1.0, value / self.high)) * (steps // 2)
            return round(half).to_bytes(self.size, "big", signed=True)
        if value is None:
            raise ValueError("this item has no value for none")
        part = (max(self.low, min(self.high, value)) - self.low) / (self.high - self.low)
        return round(part * steps).to_bytes(self.size, "big")


SPANS: dict[int, Span] = {
    5: Span(0, 360, 2),  # platform heading
    6: Span(-20, 20, 2, signed=True),  # platform pitch
    7: Span(-50, 50, 2, signed=True),  # platform roll
    13: Span(-90, 90, 4, signed=True),  # sensor latitude
    14: Span(-180, 180, 4, signed=True),
    15: Span(-900, 19_000, 2),  # sensor true altitude, above mean sea level
    16: Span(0, 180, 2),  # horizontal field of view
    17: Span(0, 180, 2),
    18: Span(0, 360, 4),  # sensor relative azimuth
    19: Span(-180, 180, 4, signed=True),  # elevation
    20: Span(0, 360, 4),  # roll
    21: Span(0, 5_000_000, 4),  # slant range
    22: Span(0, 10_000, 2),  # target width
    23: Span(-90, 90, 4, signed=True),  # frame centre latitude
    24: Span(-180, 180, 4, signed=True),
    25: Span(-900, 19_000, 2),  # frame centre elevation
    56: Span(0, 255, 1),  # platform ground speed
    82: Span(-90, 90, 4, signed=True),  # corners, latitude and longitude in turns
    83: Span(-180, 180, 4, signed=True),
    84: Span(-90, 90, 4, signed=True),
    85: Span(-180, 180, 4, signed=True),
    86: Span(-90, 90, 4, signed=True),
    87: Span(-180, 180, 4, signed=True),
    88: Span(-90, 90, 4, signed=True),
    89: Span(-180, 180, 4, signed=True),
    90: Span(-90, 90, 4, signed=True),  # platform pitch where item 6 does not reach
    91: Span(-90, 90, 4, signed=True),  # platform roll where item 7 does not reach
}
"""The numbers among the items, by their tags."""


def klv_packet(shot: Shot, lens: CameraProfile, *, sensor: str = "EO") -> bytes:
    """The packet of one frame; heights are above the water, which is at mean sea level."""
    microseconds = (shot.at_utc - _EPOCH) // timedelta(microseconds=1)
    texts = {10: PLATFORM, 11: sensor, 12: DATUM}
    items = [(2, microseconds.to_bytes(8, "big"))]
    numbers = _numbers(shot, lens)
    for tag in sorted({*texts, *numbers, 65}):
        if tag == 65:
            items.append((tag, bytes([VERSION])))
        else:
            items.append((tag, texts[tag].encode() if tag in texts else SPANS[tag].packed(numbers[tag])))
    value = b"".join(_item(tag, content) for tag, content in items)
    begun = KEY + _length(len(value) + 4) + value + b"\x01\x02"
    return begun + checksum(begun).to_bytes(2, "big")


def checksum(begun: bytes) -> int:
    """The sum of a packet up to and with the length of its checksum, as 16 bit words, modulo 65,536."""
    return sum(byte << (0 if place % 2 else 8) for place, byte in enumerate(begun)) & 0xFFFF


def _item(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + _length(len(content)) + content


def _length(size: int) -> bytes:
    """A length as BER: one byte up to 127, else the number of bytes and these."""
    if size < 128:
        return bytes([size])
    content = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(content)]) + content


def _numbers(shot: Shot, lens: CameraProfile) -> dict[int, float | None]:
    camera = lens.intrinsics
    wide, high = (2 * math.degrees(math.atan(n / 2 / lens.focal_px)) for n in (lens.width_px, lens.height_px))
    azimuth, elevation, roll = relative_angles(shot.vehicle, shot.camera)
    found: dict[int, float | None] = {
        5: shot.vehicle.yaw_deg % 360.0, 13: shot.at.lat_deg, 14: shot.at.lon_deg, 15: shot.height_m,
        16: wide, 17: high, 18: azimuth, 19: elevation, 20: roll, 56: shot.speed_m_s,
    }  # fmt: skip
    found[6 if abs(shot.vehicle.pitch_deg) <= _MOST_SHORT_PITCH_DEG else 90] = shot.vehicle.pitch_deg
    found[7 if abs(shot.vehicle.roll_deg) <= _MOST_SHORT_ROLL_DEG else 91] = shot.vehicle.roll_deg
    w, h = lens.width_px, lens.height_px
    looked_at = [(camera.centre_x_px, camera.centre_y_px), (0, 0), (w, 0), (w, h), (0, h)]
    points = sea_points(rays(camera, shot.camera, looked_at), shot.height_m)
    for (lat, lon), point in zip(((23, 24), (82, 83), (84, 85), (86, 87), (88, 89)), points, strict=True):
        place = _place(shot.at, point)
        found[lat], found[lon] = (None, None) if place is None else (place.lat_deg, place.lon_deg)
    if found[23] is not None:
        slant = math.hypot(*points[0], shot.height_m)
        found[21], found[22], found[25] = slant, 2 * slant * math.tan(math.radians(wide / 2)), 0.0
    return found


def _place(below: LatLon, point: Floats) -> LatLon | None:
    if not np.isfinite(point).all():
        return None
    return LocalFrame(below).to_place(float(point[0]), float(point[1]))


def relative_angles(vehicle: Attitude, camera: Attitude) -> tuple[float, float, float]:
    """Azimuth (0 to 360), elevation and roll (0 to 360) of a camera against the airframe, degrees.

    Straight along the airframe's own up or down the azimuth is that of the top of the picture (or of its bottom,
    looking up), and the roll 0.

    >>> [round(a, 6) for a in relative_angles(Attitude(90.0, 0.0), Attitude(120.0, -30.0))]
    [30.0, -30.0, 0.0]
    """
    right, down, forward = camera_to_world(camera).T
    body_right, body_down, body_forward = camera_to_world(vehicle).T
    body = np.array([body_forward, body_right, body_down])
    ahead, side, below = body @ forward
    elevation = math.degrees(math.asin(max(-1.0, min(1.0, -below))))
    if math.hypot(ahead, side) < 1e-6:
        top = body @ (down if elevation > 0 else -down)
        return math.degrees(math.atan2(top[1], top[0])) % 360.0, elevation, 0.0
    azimuth = math.atan2(side, ahead)
    level = np.array([-math.sin(azimuth), math.cos(azimuth), 0.0])  # the right side of a camera without roll
    lower = np.cross(body @ forward, level)
    rolled = body @ right
    return math.degrees(azimuth) % 360.0, elevation, math.degrees(math.atan2(rolled @ lower, rolled @ level)) % 360.0
