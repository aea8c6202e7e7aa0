"""A camera at a place in the harbour: pixels of points, points of pixels.

Everything is in metres east, north, up of the harbour's origin (water at 0). The rotation and the pixel convention are
planner.geo.camera's; this module adds only the place and depths.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planner.geo.camera import Attitude, Intrinsics, camera_to_world
from planner.geo.points import Floats, LatLon, LocalFrame, destination

Field = npt.NDArray[np.float32]
"""One number per pixel."""
NEAR_M = 0.5
"""Nothing nearer than this is drawn."""
GUARD = 5.0
"""Nothing is drawn that lies more than this times its depth off the middle (79 degrees)."""
_PLANES = (
    ((0.0, 0.0, 1.0), NEAR_M),
    ((1.0, 0.0, GUARD), 0.0),
    ((-1.0, 0.0, GUARD), 0.0),
    ((0.0, 1.0, GUARD), 0.0),
    ((0.0, -1.0, GUARD), 0.0),
)


@dataclass(frozen=True)
class View:
    """A camera: what its pixels mean, where it stands (east, north, up), how it looks.

    Raises:
        ValueError: a lens with distortion (the simulator's are ideal), a camera not above the water.
    """

    camera: Intrinsics
    attitude: Attitude
    position: tuple[float, float, float]
    to_world: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.camera.distortion is not None:
            raise ValueError("the simulated camera has no distortion")
        if not (np.isfinite(self.position).all() and self.position[2] > 0):
            raise ValueError(f"the camera must be above the water, got {self.position}")
        object.__setattr__(self, "to_world", camera_to_world(self.attitude))

    @classmethod
    def at(cls, frame: LocalFrame, place: LatLon, height_m: float, attitude: Attitude, camera: Intrinsics) -> "View":
        """A camera at a place; true north there is turned to the frame's north."""
        here, north = frame.to_metres([place, destination(place, towards_deg=0.0, range_m=100.0)])
        turn = float(np.degrees(np.arctan2(north[0] - here[0], north[1] - here[1])))
        on_grid = Attitude(attitude.yaw_deg + turn, attitude.pitch_deg, attitude.roll_deg)
        return cls(camera, on_grid, (float(here[0]), float(here[1]), height_m))

    def in_camera(self, points: Floats) -> Floats:
        """Points (N, 3) in camera axes: right, down, forward."""
        return np.asarray((points - np.asarray(self.position)) @ self.to_world, dtype=float)

    def pixels(self, in_camera: Floats) -> Floats:
        """Pixels (N, 2) of points in camera axes that lie before the camera."""
        centre = [self.camera.centre_x_px, self.camera.centre_y_px]
        return np.asarray(in_camera[:, :2] / in_camera[:, 2:3] * self.camera.focal_px + centre, dtype=float)

    def directions(self, xs: npt.ArrayLike, ys: npt.ArrayLike) -> tuple[Field, Field, Field]:
        """Directions (not of unit length) through a grid of pixel columns and rows: east, north and up fields."""
        c = self.camera
        x = (np.asarray(xs, dtype=float) - c.centre_x_px) / c.focal_px
        y = (np.asarray(ys, dtype=float) - c.centre_y_px) / c.focal_px
        # rows of the rotation are world axes, columns camera axes
        fields = [np.asarray(np.add.outer(m[1] * y + m[2], m[0] * x), np.float32) for m in self.to_world]
        return fields[0], fields[1], fields[2]

    def plane(self, xs: npt.ArrayLike, ys: npt.ArrayLike, height_m: float = 0.0) -> tuple[Field, Field, Field]:
        """Where pixels see the plane at `height_m`.

        East and north from the point below the camera, and the distance along the view in units of the direction's
        length. Directions at or above the horizon are held just below it.
        """
        east, north, up = self.directions(xs, ys)
        drop = np.float32(self.position[2] - height_m)
        along = np.asarray(drop / np.maximum(-up, np.float32(2e-4)), np.float32)
        return east * along, north * along, along


def needs_clipping(ring: Floats) -> npt.NDArray[np.bool_]:
    """Which points in camera axes lie outside the pyramid that can be drawn, shape (N, 3) -> (N,)."""
    return np.asarray((ring[:, 2] < NEAR_M) | (np.abs(ring[:, :2]).max(axis=1) > GUARD * ring[:, 2]))


def clipped(ring: Floats) -> Floats:
    """A ring in camera axes, cut to what can be drawn (Sutherland-Hodgman); may come back empty."""
    if not needs_clipping(ring).any():
        return ring
    for axes, offset in _PLANES:
        if len(ring):
            ring = _cut(ring, ring @ np.array(axes) - offset)
    return ring


def _cut(ring: Floats, above: Floats) -> Floats:
    """The part of a ring where `above`, linear over it, is not negative."""
    kept: list[Floats] = []
    for i in range(len(ring)):
        if (above[i] >= 0) != (above[i - 1] >= 0):
            part = above[i - 1] / (above[i - 1] - above[i])
            kept.append(ring[i - 1] + (ring[i] - ring[i - 1]) * part)
        if above[i] >= 0:
            kept.append(ring[i])
    return np.asarray(kept, dtype=float).reshape(-1, 3)
