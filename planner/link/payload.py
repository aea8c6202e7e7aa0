"""What the vehicle tells of its gimbal and of where its camera looks. Pure."""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from planner.link.messages import Address
from planner.link.services import CameraFovStatus, GimbalManagerInformation

INFINITE_YAW = 2048
"""Of GIMBAL_MANAGER_CAP_FLAGS."""
SLACK_DEG = 0.1
"""Limits come in radians and rounded."""
SEEN_FOR_S = 5.0
"""So long the point that the camera looks at counts after it was told last."""
_UNKNOWN = 2**31 - 1

Limits = tuple[float, float] | None
"""Degrees from and to; None: not told, or without end."""


@dataclass(frozen=True, slots=True)
class Gimbal:
    """One gimbal: who manages it, the id by which it is commanded, and how far it turns."""

    manager: Address
    device: int
    pitch_deg: Limits = None
    yaw_deg: Limits = None

    def why_not(self, pitch_deg: float, yaw_deg: float) -> str:
        """What it cannot do of that, in words; "" where nothing is known against it."""
        for name, asked, limits in (("pitch", pitch_deg, self.pitch_deg), ("yaw", yaw_deg, self.yaw_deg)):
            if limits is not None and not limits[0] - SLACK_DEG <= asked <= limits[1] + SLACK_DEG:
                return f"turns in {name} from {limits[0]:.0f} to {limits[1]:.0f} degrees, and {asked:g} was asked for"
        return ""


def gimbal_of(told: GimbalManagerInformation, manager: Address) -> Gimbal:
    """The gimbal that a manager tells of."""
    turns_for_ever = bool(told.cap_flags & INFINITE_YAW)
    yaw = None if turns_for_ever else _limits(told.yaw_min, told.yaw_max)
    return Gimbal(manager, told.gimbal_device_id, _limits(told.pitch_min, told.pitch_max), yaw)


def looked_at(told: CameraFovStatus) -> LatLon | None:
    """The ground point in the middle of the picture; None where there is none, as above the horizon."""
    if _UNKNOWN in {told.lat_image, told.lon_image} or (told.lat_image, told.lon_image) == (0, 0):
        return None
    try:
        return LatLon(told.lat_image / 1e7, told.lon_image / 1e7)
    except ValueError:
        return None


def _limits(least: float, most: float) -> Limits:
    if not (math.isfinite(least) and math.isfinite(most) and least < most):
        return None
    return math.degrees(least), math.degrees(most)
