"""Quaternions as yaw, pitch and roll."""

import math
from collections.abc import Sequence


def euler_deg(q: Sequence[float]) -> tuple[float, float, float]:
    """Yaw in [0, 360), pitch nose up, roll right side down, in degrees, of a quaternion (w, x, y, z).

    Straight up and straight down, where yaw and roll turn about the same axis, all of it is yaw. NaN for what is no
    quaternion.

    >>> [round(angle) for angle in euler_deg((0.5, 0.5, -0.5, 0.5))]
    [90, -90, 0]
    """
    if len(q) != 4 or not all(math.isfinite(part) for part in q) or not any(q):
        return (math.nan, math.nan, math.nan)
    w, x, y, z = (part / math.hypot(*q) for part in q)
    up = max(-1.0, min(1.0, 2 * (w * y - z * x)))
    if abs(up) > 0.99999:
        return (math.copysign(2.0, -up) * math.degrees(math.atan2(x, w)) % 360.0, math.copysign(90.0, up), 0.0)
    yaw = math.degrees(math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
    roll = math.degrees(math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)))
    return (yaw % 360.0, math.degrees(math.asin(up)), roll)
