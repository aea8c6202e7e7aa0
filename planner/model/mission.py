"""What a vehicle flies: mission items with fence and rally points, in MAVLink's own terms."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from planner.geo.points import LatLon


class Frame(IntEnum):
    """MAV_FRAME values that Quaywatch reads and writes (MAVLink common.xml)."""

    GLOBAL = 0
    MISSION = 2
    GLOBAL_RELATIVE_ALT = 3
    GLOBAL_INT = 5
    GLOBAL_RELATIVE_ALT_INT = 6
    GLOBAL_TERRAIN_ALT = 10
    GLOBAL_TERRAIN_ALT_INT = 11


class Command(IntEnum):
    """MAV_CMD values that Quaywatch itself writes; any other number is kept as it is."""

    NAV_WAYPOINT = 16
    NAV_LOITER_UNLIM = 17
    NAV_LOITER_TURNS = 18
    NAV_LOITER_TIME = 19
    NAV_RETURN_TO_LAUNCH = 20
    NAV_LAND = 21
    NAV_TAKEOFF = 22
    NAV_SPLINE_WAYPOINT = 82
    DO_JUMP = 177
    DO_CHANGE_SPEED = 178
    DO_SET_ROI_LOCATION = 195
    DO_SET_ROI_WPNEXT_OFFSET = 196
    DO_SET_ROI_NONE = 197
    DO_MOUNT_CONTROL = 205
    DO_SET_CAM_TRIGG_DIST = 206
    DO_GIMBAL_MANAGER_PITCHYAW = 1000


LOCATED_COMMANDS = frozenset(
    {
        16,
        17,
        18,
        19,
        21,
        22,
        23,
        31,
        33,
        80,
        81,
        82,
        84,
        85,
        94,
        179,
        189,
        195,
        201,
        5000,
        5001,
        5002,
        5003,
        5004,
        5100,
    }
)
"""Commands whose parameters 5 and 6 are latitude and longitude; for all others they are plain numbers."""

Params = tuple[float | None, float | None, float | None, float | None, float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class MissionItem:
    """One mission item: seven parameters as in MAVLink, degrees for latitude and longitude, metres for height.

    A parameter that says "no change" (NaN on the wire, null in a plan file) is None.

    Raises:
        ValueError: a parameter that is NaN or infinite, or a place that is none.
    """

    command: int
    frame: int
    params: Params
    autocontinue: bool = True

    def __post_init__(self) -> None:
        if len(self.params) != 7:
            raise ValueError(f"a mission item has 7 parameters, got {len(self.params)}")
        for number, value in enumerate(self.params, start=1):
            if value is not None and not math.isfinite(value):
                raise ValueError(f"parameter {number} must be a finite number, got {value}")
        if not 0 <= self.command <= 65535:
            raise ValueError(f"command must lie in 0..65535, got {self.command}")
        if not 0 <= self.frame <= 255:
            raise ValueError(f"frame must lie in 0..255, got {self.frame}")
        if self.is_located and self.params[4] is not None and self.params[5] is not None:
            LatLon(self.params[4], self.params[5])

    @property
    def is_located(self) -> bool:
        """Whether parameters 5 and 6 are a place, by the command."""
        return self.command in LOCATED_COMMANDS

    @property
    def at(self) -> LatLon | None:
        """The item's place; None for commands that have none, and for 0/0, which means "where the vehicle is"."""
        lat, lon = self.params[4], self.params[5]
        if not self.is_located or lat is None or lon is None or (lat == 0 and lon == 0):
            return None
        return LatLon(lat, lon)

    @property
    def height_m(self) -> float | None:
        """Parameter 7: metres in the datum of `frame`."""
        return self.params[6]


def item(
    command: int,
    *,
    at: LatLon | None = None,
    height_m: float = 0.0,
    p1: float | None = 0.0,
    p2: float | None = 0.0,
    p3: float | None = 0.0,
    p4: float | None = 0.0,
    frame: Frame = Frame.GLOBAL_RELATIVE_ALT,
) -> MissionItem:
    """An item with a place, or (without `at`) one in the mission frame without a place."""
    if at is None:
        chosen = Frame.MISSION if command not in LOCATED_COMMANDS else frame
        return MissionItem(command, chosen, (p1, p2, p3, p4, 0.0, 0.0, height_m))
    return MissionItem(command, frame, (p1, p2, p3, p4, at.lat_deg, at.lon_deg, height_m))


@dataclass(frozen=True, slots=True)
class Home:
    """Where the vehicle starts: a place and its height above mean sea level."""

    at: LatLon
    msl_m: float = 0.0


@dataclass(frozen=True, slots=True)
class FencePolygon:
    """A fence polygon of at least three places; the vehicle stays inside, or outside if not `inclusion`."""

    places: tuple[LatLon, ...]
    inclusion: bool = True

    def __post_init__(self) -> None:
        if len(self.places) < 3:
            raise ValueError(f"a fence polygon needs at least 3 places, got {len(self.places)}")


@dataclass(frozen=True, slots=True)
class FenceCircle:
    """A fence circle with a radius in metres."""

    at: LatLon
    radius_m: float
    inclusion: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.radius_m < math.inf:
            raise ValueError(f"a fence circle needs a positive radius, got {self.radius_m} m")


@dataclass(frozen=True, slots=True)
class Rally:
    """A rally point: a place to land in need, height in metres above home."""

    at: LatLon
    height_m: float


@dataclass(frozen=True, slots=True)
class Mission:
    """Items in flying order (home is not among them), with fence and rally points."""

    items: tuple[MissionItem, ...]
    home: Home | None = None
    fence_polygons: tuple[FencePolygon, ...] = ()
    fence_circles: tuple[FenceCircle, ...] = ()
    rally: tuple[Rally, ...] = ()
    cruise_speed_m_s: float | None = None
    hover_speed_m_s: float | None = None
    breach_return: Rally | None = None
    """Where a vehicle goes that has left its fence, where a file says so (ArduPilot's fence return point)."""

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[MissionItem]:
        return iter(self.items)
