"""The wake of a vessel under way: bow wave, churned water behind, the two arms of Kelvin's pattern."""

import math

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from sitl.camera.ground import Box, extent, seen, window
from sitl.camera.raster import fill
from sitl.camera.strips import Bgr, Grown, flat, strips
from sitl.camera.view import Field, View
from sitl.camera.waves import gusts, sample
from sitl.world.motion import VesselState

SLOWEST_M_S = 0.8
FOAM = np.array([0.88, 0.90, 0.90], np.float32)


def draw_wake(
    view: View, image: Bgr, state: VesselState, length_m: float, beam_m: float, *, white: float = 1.0
) -> None:
    """Draws what a vessel leaves on the water; `white` is how bright its foam is: 1 by day."""
    if state.speed_m_s < SLOWEST_M_S:
        return
    pixels = seen(view, _reach(state, length_m, beam_m))
    if not len(pixels):
        return
    area = window(pixels, image.shape[1], image.shape[0])
    shape = area.rows.stop - area.rows.start, area.cols.stop - area.cols.start
    half = shape[0] // 2, shape[1] // 2  # at half the resolution: foam has no sharp edges
    if area.empty or not half[0] or not half[1]:
        return
    pattern = _foam_and_crests(view, state, (length_m, beam_m), area, _covered(pixels, area, shape, half))
    grown = Grown([np.repeat(one[..., None], 3, axis=2) for one in pattern], shape)
    target = image[area.rows, area.cols]
    for rows in strips(*shape):
        if grown.greatest(0, rows) > 0 or grown.greatest(1, rows) > 0:
            foam, crest = grown.at(rows)
            _froth(target[rows], foam, crest, white)


def _reach(state: VesselState, length_m: float, beam_m: float) -> Floats:
    """The corners of the water that a wake lies on, (4, 3)."""
    reach = min(140.0, 14.0 * state.speed_m_s + 1.5 * length_m)
    a = math.radians(state.course_deg)
    forward, starboard = np.array([math.sin(a), math.cos(a), 0.0]), np.array([math.cos(a), -math.sin(a), 0.0])
    middle = np.array([state.east_m, state.north_m, 0.0])
    side, ahead, astern = 0.40 * reach + beam_m, 0.6 * length_m, -reach - length_m
    corners = ((ahead, -side), (ahead, side), (astern, side), (astern, -side))
    return np.array([middle + forward * x + starboard * y for x, y in corners])


def _covered(pixels: Floats, area: Box, shape: tuple[int, int], half: tuple[int, int]) -> npt.NDArray[np.uint8]:
    cover = np.zeros(half, np.uint8)
    scale = np.array([half[1] / shape[1], half[0] / shape[0]])
    fill(cover, (pixels - [area.cols.start, area.rows.start]) * scale)
    return cover


def _foam_and_crests(
    view: View, state: VesselState, size_m: tuple[float, float], area: Box, cover: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float32]:
    """Foam from 0 to 1 and the relative brightness of crests, (2, h, w), at the middles of the blocks of `area`."""
    high, wide = cover.shape
    found = np.zeros((2, high, wide), np.float32)
    xs = area.cols.start + (np.arange(wide) + 0.5) * (area.cols.stop - area.cols.start) / wide
    ys = area.rows.start + (np.arange(high) + 0.5) * (area.rows.stop - area.rows.start) / high
    for rows in strips(high, wide):
        cols = extent(cover[rows])
        if cols.stop > cols.start:
            east, north, _ = view.plane(xs[cols], ys[rows])
            east += np.float32(view.position[0] - state.east_m)
            north += np.float32(view.position[1] - state.north_m)
            found[:, rows, cols] = _at(east, north, state, size_m)
    return found


def _at(east: Field, north: Field, state: VesselState, size_m: tuple[float, float]) -> tuple[Field, Field]:
    """Foam and crests at places in metres from the vessel's middle."""
    length_m, beam_m = size_m
    a = math.radians(state.course_deg)
    sine, cosine = np.float32(math.sin(a)), np.float32(math.cos(a))
    x = -(east * sine + north * cosine) - np.float32(length_m / 2)  # behind the stern
    y = east * cosine - north * sine
    bend = np.maximum(x + np.float32(length_m / 2), np.float32(0))
    y += bend * bend * np.float32(state.turn_per_m / 2)
    foam, crest = _wake_pattern(x, y, state.speed_m_s, length_m, beam_m)
    ragged = sample(gusts(9), east, north, 31.0) + np.float32(0.8) * sample(gusts(8), north, east, 7.3)
    foam *= np.float32(1.0) + np.float32(0.55) * ragged
    foam -= np.float32(0.08)
    return np.clip(foam, 0, 0.92, out=foam), crest


def _froth(target: Bgr, foam: Bgr, crest: Bgr, white: float) -> None:
    patch, cover = flat(target), flat(foam)
    crest += np.float32(1.0)
    patch *= flat(crest)
    patch += cover * (np.tile(FOAM * np.float32(white), target.shape[1]) - patch)


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
