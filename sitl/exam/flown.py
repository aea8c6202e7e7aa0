"""A recorded flight as columns: what the marks of a pilot are worked out from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.camera import Attitude, footprint
from planner.geo.points import Floats, LatLon, LocalFrame
from sitl.camera.lens import PRACTICE_LENS
from sitl.exam.record import Line, Record
from sitl.world.harbour import Harbour

LIFTED_M = 0.5


@dataclass(frozen=True)
class Flown:
    """States of the vehicle by simulated second. Heights in metres: `height_m` above the water, `up_m` above home."""

    s: Floats
    east_north_m: Floats
    height_m: Floats
    up_m: Floats
    battery: Floats
    armed: npt.NDArray[np.bool_]
    mode: tuple[str, ...]

    @property
    def takeoff_s(self) -> float | None:
        """When it first left the ground; None: never."""
        up = np.flatnonzero(self.armed & (self.up_m > LIFTED_M))
        return float(self.s[up[0]]) if up.size else None

    @property
    def landed_s(self) -> float | None:
        """When the motors stopped for the last time after a flight; None: still flying at the end, or never flown."""
        if self.takeoff_s is None or not self.armed.any() or self.armed[-1]:
            return None
        return float(self.s[np.flatnonzero(self.armed)[-1]])

    def mode_at(self, at_s: float) -> str:
        """The mode at a moment."""
        index = int(np.searchsorted(self.s, at_s, side="right")) - 1
        return self.mode[max(0, index)] if self.mode else ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that was taken: when, and the water that it shows, in metres of the harbour."""

    index: int
    at_s: float
    east_m: float
    north_m: float
    height_m: float
    attitude: Attitude
    ground: BaseGeometry


def flown_of(record: Record, harbour: Harbour) -> Flown:
    """The columns of a record."""
    lines = record.of("state")
    places = [LatLon(line.number("lat_deg"), line.number("lon_deg")) for line in lines]
    return Flown(
        s=np.array([line.s for line in lines], dtype=float),
        east_north_m=harbour.frame.to_metres(places) if places else np.empty((0, 2)),
        height_m=np.array([line.number("msl_m") for line in lines], dtype=float),
        up_m=np.array([line.number("height_m") for line in lines], dtype=float),
        battery=np.array([line.number("battery") for line in lines], dtype=float),
        armed=np.array([line.flag("armed") for line in lines], dtype=bool),
        mode=tuple(line.text("mode") for line in lines),
    )


def photos_of(record: Record, frame: LocalFrame) -> tuple[Photo, ...]:
    """The pictures of a record."""
    return tuple(_photo(line, frame) for line in record.of("shot"))


def _photo(line: Line, frame: LocalFrame) -> Photo:
    at = frame.to_metres([LatLon(line.number("lat_deg"), line.number("lon_deg"))])[0]
    attitude = Attitude(line.number("yaw_deg"), line.number("pitch_deg"), line.number("roll_deg"))
    height = line.number("height_m")
    corners = footprint(PRACTICE_LENS.intrinsics, attitude, height) if height > 0 else np.full((4, 2), np.nan)
    ground: BaseGeometry = Polygon()
    if np.isfinite(corners).all():  # a picture with the horizon in it shows no surface that could be counted
        ground = MultiPoint(corners + at).convex_hull
    return Photo(int(line.number("index")), line.s, float(at[0]), float(at[1]), height, attitude, ground)


def seen_together(photos: tuple[Photo, ...]) -> BaseGeometry:
    """All water in any of the pictures."""
    return shapely.union_all([p.ground for p in photos]) if photos else Polygon()
