"""What a drone and a camera can do. Values come from data files, see planner/formats/profiles.py."""

from dataclasses import dataclass

from planner.geo.camera import Intrinsics

GREATEST = 1e6
"""No figure of a drone or a camera is as great as this; far greater ones cannot be reckoned with."""


def _must_be_positive(owner: str, **values: float) -> None:
    for name, value in values.items():
        if not 0 < value < float("inf"):
            raise ValueError(f"{owner}: {name} must be a positive number, got {value}")
        if value > GREATEST:
            raise ValueError(f"{owner}: {name} must be at most {GREATEST:,.0f}, got {value:g}")


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """A camera: sensor and focal length in millimetres, image in pixels.

    `width_px` is across the flight direction when the camera looks down.
    """

    name: str
    sensor_width_mm: float
    sensor_height_mm: float
    focal_mm: float
    width_px: int
    height_px: int
    min_interval_s: float = 0.7
    source: str = ""

    def __post_init__(self) -> None:
        _must_be_positive(
            f"camera {self.name!r}",
            sensor_width_mm=self.sensor_width_mm,
            sensor_height_mm=self.sensor_height_mm,
            focal_mm=self.focal_mm,
            width_px=self.width_px,
            height_px=self.height_px,
            min_interval_s=self.min_interval_s,
        )

    @property
    def focal_px(self) -> float:
        """Focal length in pixels of the image width."""
        return self.focal_mm * self.width_px / self.sensor_width_mm

    @property
    def intrinsics(self) -> Intrinsics:
        """The pinhole camera with its principal point in the middle."""
        return Intrinsics.centred(width_px=self.width_px, height_px=self.height_px, focal_px=self.focal_px)

    def height_for_gsd_m(self, gsd_m: float) -> float:
        """Height above the water at which a pixel straight below covers `gsd_m` metres."""
        return gsd_m * self.focal_px

    def gsd_at_height_m(self, height_m: float) -> float:
        """Metres of water per pixel straight below, from `height_m` above it."""
        return height_m / self.focal_px


@dataclass(frozen=True, slots=True)
class DroneProfile:
    """A drone: speeds in metres per second, energy in watt-hours, power in watts, still air.

    `vehicle` is "copter", or "sub" for one that dives (ArduSub).
    """

    name: str
    cruise_speed_m_s: float
    max_speed_m_s: float
    climb_m_s: float
    descent_m_s: float
    battery_wh: float
    hover_power_w: float
    cruise_power_w: float
    max_wind_m_s: float
    reserve_fraction: float = 0.25
    autopilot: str = "ardupilot"
    source: str = ""
    vehicle: str = "copter"

    def __post_init__(self) -> None:
        _must_be_positive(
            f"drone {self.name!r}",
            cruise_speed_m_s=self.cruise_speed_m_s,
            max_speed_m_s=self.max_speed_m_s,
            climb_m_s=self.climb_m_s,
            descent_m_s=self.descent_m_s,
            battery_wh=self.battery_wh,
            hover_power_w=self.hover_power_w,
            cruise_power_w=self.cruise_power_w,
            max_wind_m_s=self.max_wind_m_s,
        )
        if not 0 <= self.reserve_fraction < 1:
            raise ValueError(f"drone {self.name!r}: reserve_fraction must lie in [0, 1), got {self.reserve_fraction}")
        if self.autopilot not in {"ardupilot", "px4"}:
            raise ValueError(f"drone {self.name!r}: autopilot must be 'ardupilot' or 'px4', got {self.autopilot!r}")
        if self.vehicle not in {"copter", "sub"}:
            raise ValueError(f"drone {self.name!r}: vehicle must be 'copter' or 'sub', got {self.vehicle!r}")
        if self.dives and self.autopilot != "ardupilot":
            raise ValueError(f"drone {self.name!r}: a sub needs the autopilot 'ardupilot' (ArduSub)")

    @property
    def dives(self) -> bool:
        """Whether it works under water."""
        return self.vehicle == "sub"
