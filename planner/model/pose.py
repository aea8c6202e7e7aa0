"""Where a camera was and how it looked when a frame was taken."""

from dataclasses import dataclass, field

from planner.geo.camera import Attitude
from planner.geo.points import LatLon


@dataclass(frozen=True, slots=True)
class PoseSigma:
    """One standard deviation of each part of a pose; all positive."""

    position_m: float = 2.0
    height_m: float = 2.0
    yaw_deg: float = 2.0
    pitch_deg: float = 0.5
    roll_deg: float = 0.5

    def __post_init__(self) -> None:
        for name in ("position_m", "height_m", "yaw_deg", "pitch_deg", "roll_deg"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"sigma of {name} must not be negative, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Pose:
    """A camera's place, its height above the water in metres, and its attitude against the earth."""

    at: LatLon
    height_m: float
    attitude: Attitude
    source: str
    """Where it was read: "xmp", "exif", "tlog", "simulator"."""
    sigma: PoseSigma = field(default_factory=PoseSigma)
