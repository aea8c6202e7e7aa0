"""A pinhole camera over the sea: pixels to rays to places, and back.

Frames and signs, once for the whole project:

* pixels: x to the right, y down, the centre of the top left pixel at (0.5, 0.5) (continuous image coordinates,
  as OpenCV's with half a pixel added);
* camera: x right, y down, z along the view;
* world: east, north, up in metres, local to the point on the sea below the camera;
* attitude: of the camera against the earth. `yaw_deg` from true north clockwise, `pitch_deg` 0 at the horizon and
  -90 straight down, `roll_deg` positive when the camera's right side goes down. This is DJI's gimbal convention.

Distortion is Brown-Conrady (k1, k2, p1, p2, k3), as in OpenCV.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats

EARTH_RADIUS_M = 6_371_008.8
REFRACTION_RADIUS_M = EARTH_RADIUS_M * 7 / 6
"""Radius of the sea that a straight ray sees, standard refraction taken into account."""


@dataclass(frozen=True, slots=True)
class Attitude:
    """Attitude of a camera against the earth; see the module's text for the signs."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        if not np.isfinite([self.yaw_deg, self.pitch_deg, self.roll_deg]).all():
            raise ValueError(
                f"attitude must be finite, got yaw {self.yaw_deg}, pitch {self.pitch_deg}, roll {self.roll_deg}"
            )


@dataclass(frozen=True, slots=True)
class Distortion:
    """Brown-Conrady lens distortion, OpenCV's order of terms."""

    k1: float = 0.0
    k2: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    k3: float = 0.0


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """What a pixel means: focal length and principal point in pixels.

    Raises:
        ValueError: a size or a focal length that is not positive.
    """

    width_px: int
    height_px: int
    focal_px: float
    centre_x_px: float
    centre_y_px: float
    distortion: Distortion | None = None

    def __post_init__(self) -> None:
        if self.width_px <= 0 or self.height_px <= 0:
            raise ValueError(f"an image must have pixels, got {self.width_px} x {self.height_px}")
        if not self.focal_px > 0 or not np.isfinite(self.focal_px):
            raise ValueError(f"focal length must be positive, got {self.focal_px} pixels")

    @classmethod
    def centred(
        cls, *, width_px: int, height_px: int, focal_px: float, distortion: Distortion | None = None
    ) -> "Intrinsics":
        """A camera whose principal point is the middle of the image."""
        return cls(width_px, height_px, focal_px, width_px / 2, height_px / 2, distortion)


def camera_to_world(attitude: Attitude) -> Floats:
    """Rotation, shape (3, 3), that turns camera axes (right, down, forward) into east, north, up."""
    yaw, pitch, roll = np.radians([attitude.yaw_deg, attitude.pitch_deg, attitude.roll_deg])
    level = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])  # facing north, level
    about_view = np.array([[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]])
    about_east = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(pitch), -np.sin(pitch)], [0.0, np.sin(pitch), np.cos(pitch)]])
    about_up = np.array([[np.cos(yaw), np.sin(yaw), 0.0], [-np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(about_up @ about_east @ level @ about_view, dtype=float)


def rays(camera: Intrinsics, attitude: Attitude, pixels: npt.ArrayLike) -> Floats:
    """Unit rays in east, north, up through `pixels`, shape (N, 2) -> (N, 3)."""
    xy = np.asarray(pixels, dtype=float).reshape(-1, 2)
    plane = (xy - [camera.centre_x_px, camera.centre_y_px]) / camera.focal_px
    if camera.distortion is not None:
        plane = _undistorted(plane, camera.distortion)
    along = np.column_stack([plane, np.ones(len(plane))])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return np.asarray(along @ camera_to_world(attitude).T, dtype=float)


def pixels_of(camera: Intrinsics, attitude: Attitude, offsets_m: npt.ArrayLike) -> Floats:
    """Where points are seen: offsets (east, north, up) from the camera, shape (N, 3) -> pixels (N, 2).

    Points behind the camera give NaN; points outside the image give their continued coordinates.
    """
    offsets = np.asarray(offsets_m, dtype=float).reshape(-1, 3)
    in_camera = offsets @ camera_to_world(attitude)
    depth = in_camera[:, 2:3]
    with np.errstate(divide="ignore", invalid="ignore"):
        plane = np.where(depth > 1e-9, in_camera[:, :2] / depth, np.nan)
    if camera.distortion is not None:
        plane = _distorted(plane, camera.distortion)
    return np.asarray(plane * camera.focal_px + [camera.centre_x_px, camera.centre_y_px], dtype=float)


def sea_points(rays_enu: npt.ArrayLike, height_m: float) -> Floats:
    """Where rays meet the sea: east and north in metres from the point below the camera, (N, 3) -> (N, 2).

    `height_m` is the camera's height above the water. The sea is a sphere whose radius allows for refraction
    (7/6 of the earth's). A ray that passes above the horizon gives NaN.
    """
    directions = np.asarray(rays_enu, dtype=float).reshape(-1, 3)
    up = directions[:, 2]
    radius = REFRACTION_RADIUS_M
    # |(0, 0, R + h) + t d| = R  =>  t^2 + 2 t (R + h) u + 2 R h + h^2 = 0
    half_b = (radius + height_m) * up
    c = 2 * radius * height_m + height_m * height_m
    root = half_b * half_b - c
    seen = (root >= 0) & (up < 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # the nearer of the two crossings, in the form that does not lose digits for steep rays
        t = np.where(seen, c / (-half_b + np.sqrt(np.maximum(root, 0.0))), np.nan)
    flat = directions[:, :2] * t[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        chord = np.linalg.norm(flat, axis=1)
        # distance along the sea for that horizontal offset from the vertical through the camera
        arc = radius * np.arcsin(np.clip(chord / radius, -1.0, 1.0))
        scale = np.where(chord > 1e-9, arc / np.where(chord > 1e-9, chord, 1.0), 1.0)
    return np.asarray(flat * scale[:, None], dtype=float)


def footprint(camera: Intrinsics, attitude: Attitude, height_m: float) -> Floats:
    """The four corners of the image on the sea (top left, top right, bottom right, bottom left), shape (4, 2).

    East and north metres from the point below the camera; NaN where a corner looks above the horizon.
    """
    w, h = camera.width_px, camera.height_px
    return sea_points(rays(camera, attitude, [(0, 0), (w, 0), (w, h), (0, h)]), height_m)


def _distorted(plane: Floats, d: Distortion) -> Floats:
    x, y = plane[:, 0], plane[:, 1]
    r2 = x * x + y * y
    radial = 1 + r2 * (d.k1 + r2 * (d.k2 + r2 * d.k3))
    return np.column_stack(
        [
            x * radial + 2 * d.p1 * x * y + d.p2 * (r2 + 2 * x * x),
            y * radial + d.p1 * (r2 + 2 * y * y) + 2 * d.p2 * x * y,
        ]
    )


def _undistorted(plane: Floats, d: Distortion) -> Floats:
    guess = plane.copy()
    for _ in range(20):
        guess = guess + (plane - _distorted(guess, d))
    return guess
