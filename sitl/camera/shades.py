"""Shadows as outlines: of convex solids on level planes, of a body's parts on its own decks."""

import numpy as np

from planner.geo.points import Floats
from sitl.camera.raster import BACKGROUND, Light, Shade, faces_of_rings
from sitl.camera.view import View
from sitl.world.solids import Body, placed


def shadow_on(points: Floats, sun: Floats, level_m: float) -> Floats:
    """The outline of the shadow that a convex solid with these corners throws on a level plane, (N, 3)."""
    import cv2

    above = np.maximum(points[:, 2:3] - level_m, 0.0)
    flat = points[:, :2] - above * (sun[:2] / max(float(sun[2]), 0.15))
    middle = flat.mean(axis=0)
    hull = cv2.convexHull((flat - middle).astype(np.float32)).reshape(-1, 2) + middle
    return np.column_stack([hull, np.full(len(hull), level_m)])


def shades_of(
    view: View, body: Body, light: Light, *, east_m: float, north_m: float, heading_deg: float, base_m: float = 0.0
) -> list[Shade]:
    """The shadows that parts of a body throw on its own decks and roofs."""
    level_light = float(light.on(np.array([0.0, 0.0, 1.0])))
    left = light.ambient / level_light
    if left > 0.9:
        return []
    rings: list[Floats] = []
    for level in _levels(body):
        for solid in body.solids:
            if solid.casts and solid.high[:, 2].max() > level + 0.4 and solid.low[:, 2].min() > level - 0.6:
                points = np.vstack([solid.low, solid.high])
                world = placed(points, east_m=east_m, north_m=north_m, heading_deg=heading_deg, base_m=base_m)
                rings.append(shadow_on(world, light.sun, level + base_m))
    return [Shade(f.pixels, f.inverse_depth, left) for f in faces_of_rings(view, rings, BACKGROUND)]


def _levels(body: Body) -> list[float]:
    """Heights of the larger level faces of a body, at most five."""
    found: dict[float, float] = {}
    for solid in body.solids:
        ring = solid.high
        if np.ptp(ring[:, 2]) < 2.5:
            key = round(float(np.median(ring[:, 2])), 1)
            found[key] = found.get(key, 0.0) + float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1]))
    largest = sorted(found, key=lambda k: -found[k])[:5]
    heights = [float(np.median(s.high[:, 2])) for s in body.solids]
    return [min(heights, key=lambda h: abs(h - k)) for k in largest]
