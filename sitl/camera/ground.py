"""What lies on the water and on the quays: quay tops and walls, shadows, wakes and foam."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from sitl.camera.raster import Light, fill, shadow_on
from sitl.camera.view import Field, View, clipped
from sitl.camera.water import Bgr, gusts, sample
from sitl.world.motion import VesselState
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
    part = (cover.astype(np.float32) * np.float32(1 / 255))[..., None]
    image[area.rows, area.cols] += part * (colour - image[area.rows, area.cols])


def _draw_top(view: View, image: Bgr, quay: Quay, ring: Floats, light: Light, base: npt.NDArray[np.float32]) -> None:
    h, w = image.shape[:2]
    pixels = seen(view, np.column_stack([ring, np.full(len(ring), quay.height_m)]))
    if not len(pixels) or view.position[2] <= quay.height_m:
        return
    area = window(pixels, w, h)
    if area.empty:
        return
    xs, ys = np.arange(area.cols.start, area.cols.stop) + 0.5, np.arange(area.rows.start, area.rows.stop) + 0.5
    east, north, _ = view.plane(xs, ys, quay.height_m)
    grain = sample(
        _surface(quay.material),
        east + np.float32(view.position[0] % _TILE_M),
        north + np.float32(view.position[1] % _TILE_M),
        _TILE_M,
    )
    cover = np.zeros(grain.shape, np.uint8)
    fill(cover, pixels - [area.cols.start, area.rows.start])
    part = (cover.astype(np.float32) * np.float32(1 / 255))[..., None]
    base = base * np.float32(float(light.on(np.array([0.0, 0.0, 1.0]))))
    target = image[area.rows, area.cols]
    target += part * (grain[..., None] * base - target)


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
    light = 1.0 - np.float32(strength / 255) * cover.astype(np.float32)
    image[top : top + high, left : left + wide] *= light[..., None]


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


def draw_wake(
    view: View, image: Bgr, state: VesselState, length_m: float, beam_m: float, *, white: float = 1.0
) -> None:
    """The wake of a vessel under way: bow wave, churned water behind, the two arms of Kelvin's pattern.

    `white` is how bright its foam is: 1 by day.
    """
    import cv2

    speed = state.speed_m_s
    if speed < 0.8:
        return
    reach = min(140.0, 14.0 * speed + 1.5 * length_m)
    a = math.radians(state.course_deg)
    forward, starboard = np.array([math.sin(a), math.cos(a)]), np.array([math.cos(a), -math.sin(a)])
    middle = np.array([state.east_m, state.north_m])
    half = 0.40 * reach + beam_m
    corners = [
        middle + forward * x + starboard * y
        for x, y in (
            (0.6 * length_m, -half),
            (0.6 * length_m, half),
            (-reach - length_m, half),
            (-reach - length_m, -half),
        )
    ]
    pixels = seen(view, np.array([[*c, 0.0] for c in corners]))
    h, w = image.shape[:2]
    area = window(pixels, w, h) if len(pixels) else Box(slice(0, 0), slice(0, 0))
    if area.empty:
        return
    # at half the resolution: foam has no sharp edges
    xs, ys = (
        np.arange(area.cols.start + 1.0, area.cols.stop, 2.0),
        np.arange(area.rows.start + 1.0, area.rows.stop, 2.0),
    )
    if not len(xs) or not len(ys):
        return
    east, north, _ = view.plane(xs, ys)
    de = east + np.float32(view.position[0] - state.east_m)
    dn = north + np.float32(view.position[1] - state.north_m)
    x = -(de * forward[0] + dn * forward[1]).astype(np.float32) - np.float32(length_m / 2)  # behind the stern
    y = (de * starboard[0] + dn * starboard[1]).astype(np.float32)
    bend = np.clip(x + np.float32(length_m / 2), 0, None)
    y += bend * bend * np.float32(state.turn_per_m / 2)
    foam, crest = _wake_pattern(x, y, speed, length_m, beam_m)
    ragged = sample(gusts(9), de, dn, 31.0) + 0.8 * sample(gusts(8), dn, de, 7.3)
    foam = np.clip(foam * (1.0 + 0.55 * ragged) - 0.08, 0, 0.92)
    size = (area.cols.stop - area.cols.start, area.rows.stop - area.rows.start)
    whole = np.asarray(cv2.resize(cv2.merge([foam, crest]), size, interpolation=cv2.INTER_LINEAR), np.float32)
    patch = image[area.rows, area.cols]
    patch *= 1.0 + whole[..., 1:]
    patch += whole[..., :1] * (np.array([0.88, 0.90, 0.90], np.float32) * np.float32(white) - patch)


def _wake_pattern(x: Field, y: Field, speed: float, length: float, beam: float) -> tuple[Field, Field]:
    """Foam from 0 to 1 and relative brightness of crests; `x` metres behind the stern, `y` to starboard."""
    behind = np.clip(x, 0, None)
    power = min(1.0, speed / 6.0)
    age = np.exp(-behind / np.float32(4 + 7.0 * speed)) * (x > -0.1 * length)
    wide = np.float32(0.34 * beam) + behind * np.float32(0.055)
    churn = np.exp(-((y / wide) ** 2)) * age * np.float32(0.35 + 0.65 * power)
    from_bow = np.clip(x + np.float32(length * 0.97), 0, None)
    arm = np.float32(math.tan(math.radians(15.0 if speed > 5 else 18.5))) * from_bow
    thick = np.float32(0.25) + from_bow * np.float32(0.035)
    off = (np.abs(y) - arm) / thick
    arms = np.exp(-(off * off))
    near = np.exp(-from_bow / np.float32(0.5 * length + 2.2 * speed))
    arms *= np.clip(from_bow * np.float32(3.0), 0, 1)
    foam = churn + arms * near * np.float32(0.9 * power)
    fade = np.exp(-from_bow / np.float32(10 + 12 * speed))
    ripple = np.sin(from_bow * np.float32(9.81 / max(speed, 1.5) ** 2 * 1.6) + np.abs(y) * 1.2)
    inside = np.clip(1.2 - np.abs(y) / np.maximum(arm, 0.3), 0, 1)
    crest = fade * (
        arms * np.float32(0.35)
        - np.exp(-((off + 1.4) ** 2)) * np.float32(0.22)
        + ripple * inside * np.float32(0.10 * power)
    )
    return foam.astype(np.float32), crest.astype(np.float32)
