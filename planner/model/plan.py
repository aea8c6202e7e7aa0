"""What a mission is made from: areas, limits, drone, camera and seed."""

from dataclasses import dataclass
from enum import StrEnum

from planner.geo.points import LatLon
from planner.model.mission import Home
from planner.model.outlook import Outlook
from planner.model.patterns import Parameters, Pattern, checked
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Zone, ZoneRule

__all__ = ["Area", "AreaKind", "Pattern", "Plan", "ZoneSet", "is_near"]

ZONE_HEIGHT_MARGIN_M = 50.0
"""No-fly zones that begin so much above the flying height, and height limits above it, are not kept out of."""
NEAR_DEG = 0.2
"""Zones farther from the areas than about this (20 km) cannot be met by a pattern."""


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
class ZoneSet:
    """Zones that came from one file, by the file's name."""

    name: str
    zones: tuple[Zone, ...]


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
    zones: tuple[Zone, ...] = ()
    """Zones drawn for this plan; the check and the pattern mind them."""
    zone_sets: tuple[ZoneSet, ...] = ()
    """Zones from files, minded as those drawn."""
    outlook: Outlook = Outlook()  # noqa: RUF009 - frozen
    """The conditions in which it is checked."""

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

    @property
    def all_zones(self) -> tuple[Zone, ...]:
        """The drawn zones and those from files."""
        return (*self.zones, *(zone for some in self.zone_sets for zone in some.zones))

    @property
    def out_of(self) -> tuple[Area, ...]:
        """All that the pattern stays out of: `keep_out`, and the zones near the areas that bar the flying height."""
        if not self.zones and not self.zone_sets:
            return self.keep_out
        near = [zone for zone in self.all_zones if self._bars(zone) and is_near(zone, self.areas)]
        return (*self.keep_out, *(Area(z.name, AreaKind.POLYGON, z.outline, z.holes) for z in near))

    def _bars(self, zone: Zone) -> bool:
        if zone.rule is ZoneRule.NO_FLY:
            return zone.lower is None or zone.lower.metres <= self.height_m + ZONE_HEIGHT_MARGIN_M
        if zone.rule in {ZoneRule.LAND, ZoneRule.SHORE}:
            return not self.outlook.land_allowed
        return zone.rule is ZoneRule.ALTITUDE_LIMIT and zone.upper is not None and zone.upper.metres < self.height_m


def is_near(zone: Zone, areas: tuple[Area, ...]) -> bool:
    """Whether a zone's bounds come within about 20 km of those of the areas (more to the east and west at most)."""
    places = [place for area in areas for place in area.outline]
    south, north = (f(p.lat_deg for p in places) for f in (min, max))
    west, east = (f(p.lon_deg for p in places) for f in (min, max))
    lats, lons = [p.lat_deg for p in zone.outline], [p.lon_deg for p in zone.outline]
    apart = max(south - max(lats), min(lats) - north)
    aside = max(west - max(lons), min(lons) - east)
    return apart <= NEAR_DEG and aside <= 3 * NEAR_DEG
