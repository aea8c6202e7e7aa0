"""What lies on the water and on the quays: quay tops and walls, shadows."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from sitl.camera.raster import Light, fill
from sitl.camera.shades import shadow_on
from sitl.camera.strips import Bgr, blend, darken, flat, strips
from sitl.camera.view import Field, View, clipped
from sitl.camera.waves import gusts, sample
from sitl.world.quays import Quay
from sitl.world.solids import Body, placed

Cover = npt.NDArray[np.uint8]
_BASE_BGR: dict[str, tuple[float, float, float]] = {
    "concrete": (0.56, 0.60, 0.62),
    "asphalt": (0.30, 0.30, 0.30),
    "grass": (0.16, 0.34, 0.27),
    "wood": (0.32, 0.42, 0.50),
    "rubble": (0.40, 0.43, 0.45),
}
_TILE_M = 40.0


@dataclass(frozen=True, slots=True)
class Box:
    """A window of the picture as slices."""

    rows: slice
    cols: slice

    @property
    def empty(self) -> bool:
        """Whether there is no pixel in it."""
        return bool(self.rows.stop <= self.rows.start or self.cols.stop <= self.cols.start)


def window(pixels: Floats, width: int, height: int, margin: int = 2) -> Box:
    """The part of the picture around some pixels."""
    low, high = np.clip(pixels.min(axis=0), -1e6, 1e6), np.clip(pixels.max(axis=0), -1e6, 1e6)
    x0, y0 = max(0, int(low[0]) - margin), max(0, int(low[1]) - margin)
    x1, y1 = min(width, int(high[0]) + margin + 1), min(height, int(high[1]) + margin + 1)
    return Box(slice(y0, max(y0, y1)), slice(x0, max(x0, x1)))


def seen(view: View, ring: Floats) -> Floats:
    """Pixels of a world ring, cut at the near plane; may be empty."""
    inside = clipped(view.in_camera(ring))
    return view.pixels(inside) if len(inside) >= 3 else np.zeros((0, 2))


@lru_cache(maxsize=8)
def _surface(material: str) -> npt.NDArray[np.float32]:
    """Brightness of a quay's top around 1, a repeating tile of 40 m at 5 cm."""
    import cv2

    rng = np.random.default_rng(sum(material.encode()))
    n = 800
    fine = cv2.GaussianBlur(rng.normal(size=(n, n)).astype(np.float32), (0, 0), 0.8) * 0.16
    blobs = cv2.resize(gusts(3), (n, n), interpolation=cv2.INTER_CUBIC) * 0.07
    tile = 1.0 + fine + blobs
    if material == "rubble":
        stones = cv2.resize(rng.normal(size=(40, 40)).astype(np.float32), (n, n), interpolation=cv2.INTER_NEAREST)
        tile += 0.22 * cv2.GaussianBlur(stones, (0, 0), 4.5) + 1.5 * fine
    elif material == "grass":
        tile += cv2.GaussianBlur(rng.normal(size=(n, n)).astype(np.float32), (0, 0), 4) * 1.4
    elif material == "wood":
        tile[:, ::4] *= 0.72
        tile *= 1 + 0.1 * rng.normal(size=(n, 1)).astype(np.float32)
    else:
        for at in range(0, n, 100):
            tile[at : at + 2, :] *= 0.78
            tile[:, at : at + 2] *= 0.78
        for _ in range(10):
            x, y = rng.integers(0, n, 2)
            cv2.ellipse(
                tile,
                (int(x), int(y)),
                (int(rng.integers(4, 40)), int(rng.integers(3, 14))),
                int(rng.integers(180)),
                0,
                360,
                float(rng.uniform(0.7, 0.95)),
                -1,
            )
        for _ in range(6):
            a, b = rng.integers(0, n, 2)
            cv2.line(tile, (int(a), 0), (int(b), n), 0.88, 2, cv2.LINE_AA)
    return np.ascontiguousarray(np.clip(tile, 0.3, 1.7), dtype=np.float32)


def draw_quays(view: View, image: Bgr, quays: Iterable[Quay], light: Light, warmth: float | None = None) -> None:
    """Walls, then tops, the farther quays first; with `warmth` all of them so grey, as a thermal camera sees them."""
    eye = np.asarray(view.position)
    ordered = sorted(quays, key=lambda q: -min(math.hypot(x - eye[0], y - eye[1]) for x, y in _dense(q)))
    for quay in ordered:
        ring = np.asarray(quay.outline, dtype=float)
        if _area(ring) > 0:  # anticlockwise in (east, north): turn, so that rings are clockwise seen from above
            ring = ring[::-1]
        base = np.asarray(_BASE_BGR[quay.material] if warmth is None else (warmth,) * 3, dtype=np.float32)
        _draw_walls(view, image, quay, ring, light, base)
        _draw_top(view, image, quay, ring, light, base)


def _dense(quay: Quay) -> Floats:
    ring = np.asarray(quay.outline, dtype=float)
    return np.concatenate([ring + t * (np.roll(ring, -1, axis=0) - ring) for t in (0.0, 0.25, 0.5, 0.75)])


def _area(ring: Floats) -> float:
    return float(np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - np.roll(ring[:, 0], -1) * ring[:, 1]))


def _draw_walls(view: View, image: Bgr, quay: Quay, ring: Floats, light: Light, base: npt.NDArray[np.float32]) -> None:
    h, w = image.shape[:2]
    eye = np.asarray(view.position)
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        along = b - a
        normal = np.array([-along[1], along[0], 0.0]) / np.linalg.norm(along)
        if normal[:2] @ (eye[:2] - a) <= 0:
            continue
        for low, high, shade in ((0.0, 0.3, 0.35), (0.3, 1.0, 0.75)):
            quad = np.array(
                [
                    [*a, low * quay.height_m],
                    [*b, low * quay.height_m],
                    [*b, high * quay.height_m],
                    [*a, high * quay.height_m],
                ]
            )
            pixels = seen(view, quad)
            if len(pixels):
                _blend(image, pixels, base * np.float32(shade * float(light.on(normal))), (w, h))


def _blend(image: Bgr, pixels: Floats, colour: npt.NDArray[np.float32], size: tuple[int, int]) -> None:
    area = window(pixels, *size)
    if area.empty:
        return
    cover = np.zeros((area.rows.stop - area.rows.start, area.cols.stop - area.cols.start), np.uint8)
    fill(cover, pixels - [area.cols.start, area.rows.start])
    blend(image[area.rows, area.cols], cover.astype(np.float32) * np.float32(1 / 255), colour)


def _draw_top(view: View, image: Bgr, quay: Quay, ring: Floats, light: Light, base: npt.NDArray[np.float32]) -> None:
    h, w = image.shape[:2]
    pixels = seen(view, np.column_stack([ring, np.full(len(ring), quay.height_m)]))
    if not len(pixels) or view.position[2] <= quay.height_m:
        return
    area = window(pixels, w, h)
    if area.empty:
        return
    cover = np.zeros((area.rows.stop - area.rows.start, area.cols.stop - area.cols.start), np.uint8)
    fill(cover, pixels - [area.cols.start, area.rows.start])
    base = base * np.float32(float(light.on(np.array([0.0, 0.0, 1.0]))))
    target = image[area.rows, area.cols]
    for rows in strips(*cover.shape):
        cols = extent(cover[rows])
        if cols.stop > cols.start:
            where = slice(area.rows.start + rows.start, area.rows.start + rows.stop)
            grain = _grain(view, quay, where, slice(area.cols.start + cols.start, area.cols.start + cols.stop))
            _paint(target[rows, cols], cover[rows, cols], grain, base)


def extent(cover: Cover) -> slice:
    """The columns from the first to the last in which there is anything."""
    columns = np.flatnonzero(cover.any(axis=0))
    return slice(int(columns[0]), int(columns[-1]) + 1) if columns.size else slice(0, 0)


def _grain(view: View, quay: Quay, rows: slice, cols: slice) -> Field:
    """How bright a quay's top is against its colour, over a window of the picture."""
    xs, ys = np.arange(cols.start, cols.stop) + 0.5, np.arange(rows.start, rows.stop) + 0.5
    east, north, _ = view.plane(xs, ys, quay.height_m)
    east += np.float32(view.position[0] % _TILE_M)
    north += np.float32(view.position[1] % _TILE_M)
    return sample(_surface(quay.material), east, north, _TILE_M)


def _paint(target: Bgr, cover: Cover, grain: Field, base: npt.NDArray[np.float32]) -> None:
    import cv2

    part = cover.astype(np.float32) * np.float32(1 / 255)
    seen, left = flat(target), flat(np.asarray(cv2.merge([part] * 3), np.float32))
    tones = flat(np.asarray(cv2.merge([grain * tone for tone in base]), np.float32))
    tones -= seen
    tones *= left
    seen += tones


def shadow_rings(body: Body, sun: Floats, ground_m: float, **where: float) -> list[Floats]:
    """The outlines of a body's shadow on a level plane, as world rings (N, 3)."""
    rings = []
    for solid in body.solids:
        if solid.casts:
            points = placed(np.vstack([solid.low, solid.high]), **where)
            rings.append(shadow_on(points, sun, ground_m))
    return rings


def draw_shadows(view: View, image: Bgr, rings: Iterable[Floats], strength: float, inside: Cover | None = None) -> None:
    """Darkens the picture under shadows, softly; `inside` limits them (a quay's top)."""
    import cv2

    h, w = image.shape[:2]
    pixels = [p for p in (seen(view, r) for r in rings) if len(p)]
    if not pixels or strength <= 0:
        return
    area = window(np.concatenate(pixels), w, h, 4)
    if area.empty:
        return
    cover = np.zeros((area.rows.stop - area.rows.start, area.cols.stop - area.cols.start), np.uint8)
    for ring in pixels:
        fill(cover, ring - [area.cols.start, area.rows.start])
    if inside is not None:
        cover = np.minimum(cover, inside[area.rows, area.cols])
    x, y, wide, high = cv2.boundingRect(cover)
    if not wide or not high:
        return
    cover = np.asarray(cv2.blur(cover[y : y + high, x : x + wide], (3, 3)), dtype=np.uint8)
    left, top = area.cols.start + x, area.rows.start + y
    darken(image[top : top + high, left : left + wide], 1.0 - np.float32(strength / 255) * cover.astype(np.float32))


def quay_shadows(quay: Quay, sun: Floats) -> list[Floats]:
    """The shadow of a quay on the water."""
    ring = np.asarray(quay.outline, dtype=float)
    moved = ring - sun[:2] / max(float(sun[2]), 0.15) * quay.height_m
    quads = [np.array([ring[i - 1], ring[i], moved[i], moved[i - 1]]) for i in range(len(ring))]
    return [np.column_stack([q, np.zeros(len(q))]) for q in (*quads, moved)]


def top_cover(view: View, quay: Quay) -> Cover:
    """The part of the picture that a quay's top covers."""
    cover = np.zeros((view.camera.height_px, view.camera.width_px), np.uint8)
    ring = np.asarray(quay.outline, dtype=float)
    pixels = seen(view, np.column_stack([ring, np.full(len(ring), quay.height_m)]))
    if len(pixels):
        fill(cover, pixels)
    return cover
