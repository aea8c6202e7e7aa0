"""What a mission is made from: areas, limits, drone, camera and seed."""

from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon
from planner.model.mission import Home
from planner.model.patterns import Parameters, Pattern, checked
from planner.model.profiles import CameraProfile, DroneProfile

__all__ = ["Area", "AreaKind", "Pattern", "Plan"]


class AreaKind(StrEnum):
    """The geometry of an area."""

    POLYGON = "polygon"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Area:
    """What to guard, as drawn: a polygon with holes (rings open or closed) or a line.

    Raises:
        ValueError: too few places.
    """

    name: str
    kind: AreaKind
    outline: tuple[LatLon, ...]
    holes: tuple[tuple[LatLon, ...], ...] = ()

    def __post_init__(self) -> None:
        distinct = len(set(self.outline))
        least = 3 if self.kind is AreaKind.POLYGON else 2
        if distinct < least:
            raise ValueError(f"area {self.name!r}: a {self.kind} needs {least} different places, got {distinct}")
        if self.kind is AreaKind.LINE and self.holes:
            raise ValueError(f"area {self.name!r}: a line has no holes")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a mission is made from. Overlaps are fractions of the footprint.

    `angle_deg` is the bearing of the legs, None for the best; `side_m` and `passes` are for corridors.
    """

    name: str
    areas: tuple[Area, ...]
    pattern: Pattern
    drone: DroneProfile
    camera: CameraProfile
    gsd_m: float
    home: Home | None = None
    side_overlap: float = 0.3
    front_overlap: float = 0.5
    speed_m_s: float | None = None
    angle_deg: float | None = None
    stand_off_m: float = 0.0
    passes: int = 1
    seed: int = 0
    swath_m: float | None = None
    """Greatest spacing of the legs in metres; None: from the camera's footprint and the side overlap."""
    keep_out: tuple[Area, ...] = ()
    """Polygons that the pattern stays out of: no-fly zones, land."""
    parameters: Parameters | None = None
    """What the pattern needs beside these fields, see planner/model/patterns.py; None: its defaults."""

    def __post_init__(self) -> None:
        checked(self.pattern, self.parameters)
        if not self.areas:
            raise ValueError("a plan needs at least one area")
        if any(area.kind is not AreaKind.POLYGON for area in self.keep_out):
            raise ValueError("only polygons can be kept out of, not lines")
        self._check_numbers()

    def _check_numbers(self) -> None:
        if not 0 < self.gsd_m < 100:
            raise ValueError(f"ground sampling distance must lie in (0, 100) m, got {self.gsd_m}")
        for name, value in (("side", self.side_overlap), ("front", self.front_overlap)):
            if not 0 <= value <= 0.95:
                raise ValueError(f"{name} overlap must lie in [0, 0.95], got {value}")
        if self.speed_m_s is not None and not 0 < self.speed_m_s <= self.drone.max_speed_m_s:
            raise ValueError(
                f"speed must lie in (0, {self.drone.max_speed_m_s:g}] m/s for {self.drone.name}, got {self.speed_m_s}"
            )
        if not 1 <= self.passes <= 50:
            raise ValueError(f"passes must lie in 1..50, got {self.passes}")
        if self.swath_m is not None and not 1 <= self.swath_m <= 10_000:
            raise ValueError(f"swath must lie in 1..10000 m, got {self.swath_m}")
        if self.angle_deg is not None and not -360 <= self.angle_deg <= 360:
            raise ValueError(f"angle must lie in [-360, 360] degrees, got {self.angle_deg}")
        if not -10_000 <= self.stand_off_m <= 10_000:
            raise ValueError(f"stand-off must lie in [-10000, 10000] m, got {self.stand_off_m}")

    @property
    def height_m(self) -> float:
        """Height above the water that gives the ground sampling distance."""
        return self.camera.height_for_gsd_m(self.gsd_m)
