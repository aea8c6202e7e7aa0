"""Solids to pixels: faces with depth, several samples per pixel, an owner per sample.

A face is a flat polygon. Over a patch of the picture the faces of all bodies there are drawn into a grid of samples
(2 to 4 per pixel and axis) with a depth test; one over the depth is linear over the picture, so it is exact. From the
samples come the colours with soft edges and, per body, which pixels show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from sitl.camera.strips import flat, strips
from sitl.camera.view import View, clipped, needs_clipping
from sitl.world.solids import Body, Mesh, placed

BACKGROUND = 0
"""The owner of faces that hide others but are painted elsewhere (quays)."""
RIGGING = 1_000_000
"""Added to the owner's number for masts and the like, which are drawn but no part of what is measured."""
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

    def on(self, normals: Floats) -> Floats:
        """Brightness of faces with these unit normals, shape (N, 3) -> (N,)."""
        sky = self.ambient * (0.75 + 0.25 * normals[..., 2])
        return np.asarray(sky + self.direct * np.maximum(0.0, normals @ self.sun), dtype=float)


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
    mesh = body.mesh
    corners = placed(
        np.concatenate([mesh.quads.reshape(-1, 3), mesh.tops]),
        east_m=east_m,
        north_m=north_m,
        heading_deg=heading_deg,
        base_m=base_m,
    )
    split = 4 * len(mesh.quads)
    sides = _side_faces(view, light, corners[:split].reshape(-1, 4, 3), mesh, owner)
    return [*sides, *_top_faces(view, light, corners[split:], mesh, owner)]


def _side_faces(view: View, light: Light, quads: Floats, mesh: Mesh, owner: int) -> list[Face]:
    eye = np.asarray(view.position)
    along = quads[:, 1] - quads[:, 0]
    up = quads[:, 2] + quads[:, 3] - quads[:, 0] - quads[:, 1]
    normals = _cross(up, along)  # outward, since rings run clockwise seen from above
    sizes = np.linalg.norm(normals, axis=1)
    facing = ((normals * (eye - quads[:, 0])).sum(axis=1) > 0) & (sizes > 1e-9)
    quads, normals = quads[facing], normals[facing] / sizes[facing, None]
    shades = mesh.quad_rgb[facing][:, ::-1] * light.on(normals)[:, None]
    owners = owner + RIGGING * mesh.quad_rigging[facing]
    return _made(view, list(quads), (normals, quads.mean(axis=1)), shades, owners)


def _top_faces(view: View, light: Light, corners: Floats, mesh: Mesh, owner: int) -> list[Face]:
    starts = mesh.starts[:-1]
    counts = np.diff(mesh.starts)
    middles = np.add.reduceat(corners, starts, axis=0) / counts[:, None]
    ahead = np.roll(corners, -1, axis=0)
    ahead[mesh.starts[1:] - 1] = corners[starts]
    off = np.repeat(middles, counts, axis=0)
    normals = np.add.reduceat(_cross(corners - off, ahead - off), starts, axis=0)
    sizes = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(sizes, 1e-12)[:, None]
    normals *= np.where(normals[:, 2:] < 0, -1.0, 1.0)
    eye = np.asarray(view.position)
    shown = (((eye - middles) * normals).sum(axis=1) > 0) & (sizes > 1e-9)
    rings = [corners[mesh.starts[i] : mesh.starts[i + 1]] for i in np.flatnonzero(shown)]
    shades = mesh.top_rgb[shown][:, ::-1] * light.on(normals[shown])[:, None]
    nearer = np.where(mesh.painted[shown], 0.02, 0.0)
    owners = owner + RIGGING * mesh.top_rigging[shown]
    return _made(view, rings, (normals[shown], middles[shown]), shades, owners, nearer)


def _made(
    view: View,
    rings: list[Floats],
    planes: tuple[Floats, Floats],
    bgr: Floats,
    owners: npt.NDArray[np.int64],
    nearer_m: Floats | None = None,
) -> list[Face]:
    """Faces from world rings, planes (normals, points on them), colours, owners, and how far each is pulled nearer."""
    if not rings:
        return []
    c = view.camera
    normals, points = planes[0] @ view.to_world, view.in_camera(planes[1])
    offsets = (normals * points).sum(axis=1)
    offsets = np.where(np.abs(offsets) < 1e-6, 1e-6, offsets)
    # plane n . (X, Y, Z) = offset, X = (x - cx) / f Z  =>  1/Z = (n_x (x - cx) / f + n_y (y - cy) / f + n_z) / offset
    a, b = normals[:, 0] / c.focal_px / offsets, normals[:, 1] / c.focal_px / offsets
    at0 = normals[:, 2] / offsets - a * c.centre_x_px - b * c.centre_y_px
    scale = np.ones(len(rings)) if nearer_m is None else 1.0 + nearer_m / np.maximum(points[:, 2], 1.0)
    inverse = np.column_stack([a, b, at0]) * scale[:, None]
    stops = np.cumsum([len(r) for r in rings])
    seen = view.in_camera(np.concatenate(rings))
    safe = ~needs_clipping(seen)
    pixels = view.pixels(np.where(safe[:, None], seen, 1.0))
    found = []
    for i, (start, stop) in enumerate(zip([0, *stops[:-1]], stops, strict=True)):
        ring = pixels[start:stop]
        if not safe[start:stop].all():
            cut = clipped(seen[start:stop])
            if len(cut) < 3:
                continue
            ring = view.pixels(cut)
        plane, colour = inverse[i], bgr[i]
        found.append(Face(ring, (plane[0], plane[1], plane[2]), (colour[0], colour[1], colour[2]), int(owners[i])))
    return found


def faces_of_rings(view: View, rings: list[Floats], owner: int) -> list[Face]:
    """Plain faces of world rings (N, 3) of any orientation, black."""
    middles = np.array([r.mean(axis=0) for r in rings]).reshape(-1, 3)
    normals = np.array(
        [_cross(r - m, np.roll(r, -1, axis=0) - m).sum(axis=0) for r, m in zip(rings, middles, strict=True)]
    )
    normals = normals.reshape(-1, 3)
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return _made(view, rings, (normals, middles), np.zeros((len(rings), 3)), np.full(len(rings), owner))


def _cross(a: Floats, b: Floats) -> Floats:
    x = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
    y = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
    return np.stack([x, y, a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """A shadow on a level plane: it darkens by `left` (the part of the light that stays) what lies in that plane."""

    pixels: Floats
    inverse_depth: tuple[float, float, float]
    left: float


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
    """A patch drawn: per pixel colour times cover (h, w, 3) and cover (h, w), face per sample, samples per axis.

    `owners` are those of the faces, by their numbers; the first is that of samples without a face.
    """

    patch: Patch
    colour: npt.NDArray[np.float32]
    cover: npt.NDArray[np.float32]
    face: npt.NDArray[np.uint16] | npt.NDArray[np.int32]
    owners: npt.NDArray[np.int32]
    per_axis: int

    def of(self, owner: int, rows: slice, cols: slice) -> npt.NDArray[np.bool_]:
        """Which samples of a window show an owner."""
        return np.asarray(np.take(self.owners == owner, self.face[rows, cols], mode="clip"), np.bool_)


def draw(faces: Sequence[Face], shades: Sequence[Shade], patch: Patch) -> Samples:
    """Draws faces, nearest first wins, and the shadows on them, over one patch."""
    per_axis = 4 if patch.area < 40_000 else 3 if patch.area < 120_000 else 2
    w, h = (patch.right - patch.left) * per_axis, (patch.bottom - patch.top) * per_axis
    depth = np.zeros((h, w), np.float32)
    which = np.zeros((h, w), np.uint16 if len(faces) < 2**16 else np.int32)
    for number, face in enumerate(faces, start=1):
        _draw_face(face, patch, per_axis, (depth, which), number)
    owners = np.array([-1, *(f.owner for f in faces)], np.int32)
    colours = np.array([(0, 0, 0), *(f.colour for f in faces)], np.float32)
    shown = (owners > BACKGROUND).astype(np.float32)
    table = np.ascontiguousarray(np.column_stack([colours * shown[:, None], shown]))
    dark = None
    if shades:
        dark = np.zeros((h, w), np.bool_)
        for shade in shades:
            _draw_shade(shade, patch, per_axis, depth, dark)
    colour, cover = _painted(table, which, dark, shades[0].left if shades else 1.0, patch)
    return Samples(patch, colour, cover, which, owners, per_axis)


def _painted(
    table: npt.NDArray[np.float32],
    which: npt.NDArray[np.uint16] | npt.NDArray[np.int32],
    dark: npt.NDArray[np.bool_] | None,
    left: float,
    patch: Patch,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Colour times cover and cover per pixel of samples that show the faces of a table."""
    import cv2

    w, h = patch.right - patch.left, patch.bottom - patch.top
    per_axis = which.shape[1] // w
    colour, cover = np.empty((h, w, 3), np.float32), np.empty((h, w), np.float32)
    for rows in strips(h, w * per_axis * per_axis):
        fine = slice(rows.start * per_axis, rows.stop * per_axis)
        values = np.take(table, which[fine], axis=0, mode="clip")
        if dark is not None:
            values[..., :3][dark[fine]] *= np.float32(left)
        small = np.asarray(cv2.resize(values, (w, rows.stop - rows.start), interpolation=cv2.INTER_AREA), np.float32)
        cover[rows] = small[..., 3]
        wear = _wear(Patch(patch.left, patch.top + rows.start, patch.right, patch.top + rows.stop))
        np.multiply(small[..., :3].reshape(len(small), -1), np.repeat(wear, 3, axis=1), out=flat(colour[rows]))
    return colour, cover


@lru_cache(maxsize=1)
def _wear_tile() -> npt.NDArray[np.float32]:
    """Brightness around 1 of painted things: dirt, seams, small parts; 512 x 512."""
    import cv2

    rng = np.random.default_rng(21)
    tile = np.ones((512, 512), np.float32)
    for sigma, strength in ((0.7, 0.045), (2.5, 0.035), (9.0, 0.04), (30.0, 0.04)):
        noise = np.asarray(cv2.GaussianBlur(rng.normal(size=(512, 512)).astype(np.float32), (0, 0), sigma))
        tile += noise * np.float32(strength / float(noise.std()))
    return tile


def _wear(patch: Patch) -> npt.NDArray[np.float32]:
    rows, cols = np.arange(patch.top, patch.bottom) % 512, np.arange(patch.left, patch.right) % 512
    return np.asarray(_wear_tile()[rows[:, None], cols[None, :]], np.float32)


def _grid(
    pixels: Floats, patch: Patch, per_axis: int, shape: tuple[int, int]
) -> tuple[slice, slice, npt.NDArray[np.uint8]] | None:
    """The window of a patch's samples that a polygon touches, and the samples in it that it covers."""
    import cv2

    h, w = shape
    points = (pixels - [patch.left, patch.top]) * per_axis - 0.5  # OpenCV's pixel centres are whole numbers
    low, high = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    x0, y0, x1, y1 = max(0, int(low[0])), max(0, int(low[1])), min(w, int(high[0]) + 1), min(h, int(high[1]) + 1)
    if x1 <= x0 or y1 <= y0:
        return None
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    corners = np.round((points - [x0, y0]) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, cv2.LINE_8, _SHIFT)
    return slice(y0, y1), slice(x0, x1), mask


def _inverse(
    plane: tuple[float, float, float], rows: slice, cols: slice, patch: Patch, per_axis: int
) -> npt.NDArray[np.float32]:
    a, b, c = plane
    xs = patch.left + (np.arange(cols.start, cols.stop) + 0.5) / per_axis
    ys = patch.top + (np.arange(rows.start, rows.stop) + 0.5) / per_axis
    return np.asarray(np.add.outer((b * ys + c).astype(np.float32), (a * xs).astype(np.float32)), np.float32)


def _draw_face(
    face: Face,
    patch: Patch,
    per_axis: int,
    buffers: tuple[npt.NDArray[np.float32], npt.NDArray[np.uint16] | npt.NDArray[np.int32]],
    number: int,
) -> None:
    depth, which = buffers
    found = _grid(face.pixels, patch, per_axis, (depth.shape[0], depth.shape[1]))
    if found is None:
        return
    rows, cols, mask = found
    inverse = _inverse(face.inverse_depth, rows, cols, patch, per_axis)
    window = depth[rows, cols]
    nearer = inverse > window
    nearer &= mask.view(np.bool_)
    np.copyto(window, inverse, where=nearer)
    np.copyto(which[rows, cols], number, where=nearer)


def _draw_shade(
    shade: Shade, patch: Patch, per_axis: int, depth: npt.NDArray[np.float32], dark: npt.NDArray[np.bool_]
) -> None:
    found = _grid(shade.pixels, patch, per_axis, (depth.shape[0], depth.shape[1]))
    if found is None:
        return
    rows, cols, mask = found
    inverse = _inverse(shade.inverse_depth, rows, cols, patch, per_axis)
    window = depth[rows, cols]
    dark[rows, cols] |= (np.abs(inverse - window) < window * np.float32(0.0015)) & mask.view(np.bool_)


def fill(mask: npt.NDArray[np.uint8], pixels: Floats, value: int = 255) -> None:
    """Fills a polygon in a picture of 8 bit cover, edges soft."""
    import cv2

    corners = np.round((pixels - 0.5) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], value, cv2.LINE_AA, _SHIFT)
