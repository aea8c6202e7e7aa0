"""Solids to pixels: faces with depth, several samples per pixel, an owner per sample.

A face is a flat polygon. Over a patch of the picture the faces of all bodies there are drawn into a grid of samples
(2 to 4 per pixel and axis) with a depth test; one over the depth is linear over the picture, so it is exact. From the
samples come the colours with soft edges and, per body, which pixels show it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from sitl.camera.view import View, clipped
from sitl.world.solids import Body, placed

BACKGROUND = 0
"""The owner of faces that hide others but are painted elsewhere (quays)."""
_SHIFT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A flat polygon in the picture.

    Its pixels (N, 2), coefficients of its inverse depth (per x, per y, at 0), its colour (blue, green, red; 1.0 is
    white) and the number of its owner.
    """

    pixels: Floats
    inverse_depth: tuple[float, float, float]
    colour: tuple[float, float, float]
    owner: int


@dataclass(frozen=True, slots=True)
class Light:
    """Direction to the sun (east, north, up) and how strongly it and the sky shine."""

    sun: Floats
    direct: float
    ambient: float

    def on(self, normal: Floats) -> float:
        """Brightness of a face with this unit normal."""
        return self.ambient * (0.75 + 0.25 * float(normal[2])) + self.direct * max(0.0, float(normal @ self.sun))


def face_of(view: View, ring: Floats, colour: Sequence[float], owner: int, *, bias_m: float = 0.0) -> Face | None:
    """The face of a ring in world coordinates, None where the camera does not see it. `bias_m` pulls it nearer."""
    seen = clipped(view.in_camera(ring))
    if len(seen) < 3:
        return None
    normal = _newell(seen)
    size = float(np.linalg.norm(normal))
    if size < 1e-9:
        return None
    normal = normal / size
    offset = float(normal @ seen.mean(axis=0))
    if abs(offset) < 1e-6:
        return None
    pixels = np.clip(view.pixels(seen), -30000, 30000)
    c = view.camera
    # plane n . (X, Y, Z) = offset, X = (x - cx) / f Z  =>  1/Z = (n_x (x - cx) / f + n_y (y - cy) / f + n_z) / offset
    a, b = normal[0] / c.focal_px / offset, normal[1] / c.focal_px / offset
    at0 = normal[2] / offset - a * c.centre_x_px - b * c.centre_y_px
    nearer = 1.0 + bias_m / max(1.0, float(seen[:, 2].mean()))
    return Face(pixels, (a * nearer, b * nearer, at0 * nearer), (colour[0], colour[1], colour[2]), owner)


def _newell(ring: Floats) -> Floats:
    ahead = np.roll(ring, -1, axis=0)
    return np.asarray(np.cross(ring, ahead).sum(axis=0), dtype=float)


def faces_of(
    view: View,
    body: Body,
    light: Light,
    owner: int,
    *,
    east_m: float,
    north_m: float,
    heading_deg: float,
    base_m: float = 0.0,
) -> list[Face]:
    """The faces of a body that look at the camera."""
    eye = np.asarray(view.position)
    found: list[Face] = []
    for solid in body.solids:
        low = placed(solid.low, east_m=east_m, north_m=north_m, heading_deg=heading_deg, base_m=base_m)
        high = placed(solid.high, east_m=east_m, north_m=north_m, heading_deg=heading_deg, base_m=base_m)
        if solid.sides:
            found += _side_faces(view, light, low, high, (solid.side, owner), eye)
        if eye[2] > high[:, 2].min():
            normal = _up(high)
            face = face_of(view, high, _lit(solid.top, light.on(normal)), owner, bias_m=0.0 if solid.sides else 0.02)
            if face is not None:
                found.append(face)
    return found


def _side_faces(
    view: View, light: Light, low: Floats, high: Floats, skin: tuple[tuple[float, float, float], int], eye: Floats
) -> Iterable[Face]:
    low_next, high_next = np.roll(low, -1, axis=0), np.roll(high, -1, axis=0)
    normals = np.cross((high + high_next) - (low + low_next), low_next - low)  # outward: up x along, clockwise rings
    sizes = np.linalg.norm(normals, axis=1)
    facing = np.einsum("ij,ij->i", normals, eye - low)
    for i in np.flatnonzero((facing > 0) & (sizes > 1e-9)):
        quad = np.array([low[i], low_next[i], high_next[i], high[i]])
        face = face_of(view, quad, _lit(skin[0], light.on(normals[i] / sizes[i])), skin[1])
        if face is not None:
            yield face


def _up(ring: Floats) -> Floats:
    normal = _newell(ring - ring[0])
    size = float(np.linalg.norm(normal))
    if size < 1e-9:
        return np.array([0.0, 0.0, 1.0])
    return normal / size if normal[2] > 0 else -normal / size


def _lit(rgb: tuple[float, float, float], light: float) -> tuple[float, float, float]:
    return rgb[2] * light, rgb[1] * light, rgb[0] * light


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of the picture in whole pixels, `right` and `bottom` not included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """Pixels in it."""
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def touches(self, other: "Patch") -> bool:
        """Whether the two overlap or touch."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def joined(self, other: "Patch") -> "Patch":
        """The smallest rectangle around both."""
        return Patch(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def patch_of(faces: Sequence[Face], width: int, height: int) -> Patch | None:
    """The rectangle that faces cover in the picture, None if they lie outside it."""
    if not faces:
        return None
    points = np.concatenate([f.pixels for f in faces])
    low, high = np.floor(points.min(axis=0)) - 1, np.ceil(points.max(axis=0)) + 1
    patch = Patch(int(max(0, low[0])), int(max(0, low[1])), int(min(width, high[0])), int(min(height, high[1])))
    return patch if patch.right > patch.left and patch.bottom > patch.top else None


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A patch drawn: per pixel colour times cover (h, w, 3) and cover (h, w), owner per sample, samples per axis."""

    patch: Patch
    colour: npt.NDArray[np.float32]
    cover: npt.NDArray[np.float32]
    owner: npt.NDArray[np.int32]
    per_axis: int


def draw(faces: Sequence[Face], patch: Patch) -> Samples:
    """Draws faces, nearest first wins, over one patch."""
    import cv2

    per_axis = 4 if patch.area < 60_000 else 3 if patch.area < 250_000 else 2
    w, h = (patch.right - patch.left) * per_axis, (patch.bottom - patch.top) * per_axis
    depth = np.zeros((h, w), np.float32)
    owner = np.full((h, w), -1, np.int32)
    colour = np.zeros((h, w, 3), np.float32)
    for face in faces:
        _draw_face(face, patch, per_axis, (depth, owner, colour))
    shown = owner > BACKGROUND
    size = (patch.right - patch.left, patch.bottom - patch.top)
    colour *= shown[..., None]
    small = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(shown.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return Samples(patch, np.asarray(small, np.float32), np.asarray(cover, np.float32), owner, per_axis)


_Buffers = tuple[npt.NDArray[np.float32], npt.NDArray[np.int32], npt.NDArray[np.float32]]


def _draw_face(face: Face, patch: Patch, per_axis: int, buffers: _Buffers) -> None:
    import cv2

    depth, owner, colour = buffers
    h, w = depth.shape
    points = (face.pixels - [patch.left, patch.top]) * per_axis - 0.5  # OpenCV's pixel centres are whole numbers
    x0, y0 = max(0, int(np.floor(points[:, 0].min()))), max(0, int(np.floor(points[:, 1].min())))
    x1, y1 = min(w, int(np.ceil(points[:, 0].max())) + 1), min(h, int(np.ceil(points[:, 1].max())) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    corners = np.round((points - [x0, y0]) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, _SHIFT)
    a, b, c = face.inverse_depth
    xs = patch.left + (np.arange(x0, x1) + 0.5) / per_axis
    ys = patch.top + (np.arange(y0, y1) + 0.5) / per_axis
    inverse = np.add.outer((b * ys + c).astype(np.float32), (a * xs).astype(np.float32))
    window = depth[y0:y1, x0:x1]
    nearer = (inverse > window) & (mask > 0)
    np.copyto(window, inverse, where=nearer)
    owner[y0:y1, x0:x1][nearer] = face.owner
    if face.owner != BACKGROUND:
        colour[y0:y1, x0:x1][nearer] = face.colour


def fill(mask: npt.NDArray[np.uint8], pixels: Floats, value: int = 255) -> None:
    """Fills a polygon in a picture of 8 bit cover, edges soft."""
    import cv2

    corners = np.round((np.clip(pixels, -30000, 30000) - 0.5) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], value, cv2.LINE_AA, _SHIFT)
