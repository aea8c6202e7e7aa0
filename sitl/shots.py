"""The moment a simulated camera takes a picture: what passes from the vehicle to the camera."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from planner.geo.camera import Attitude
from planner.geo.points import LatLon


@dataclass(frozen=True, slots=True)
class Shot:
    """One release of the shutter. `camera` is the camera's attitude against the earth, `vehicle` the airframe's
    (yaw, pitch nose up, roll right side down), heights in metres above the water and above home.
    """  # noqa: D205

    index: int
    at_utc: datetime
    at: LatLon
    height_m: float
    height_above_home_m: float
    camera: Attitude
    vehicle: Attitude
    speed_m_s: float = 0.0


class Shutter(Protocol):
    """Whatever takes pictures for the vehicle."""

    def take(self, shot: Shot) -> None:
        """Takes one picture; must return at once (renders in the background) and never raise."""
        ...
