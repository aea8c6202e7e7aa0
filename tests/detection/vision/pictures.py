"""Pictures that the tests draw themselves."""

import numpy as np

from detection.vision.tiles import Image


def sea(width_px: int, height_px: int, *, seed: int = 0) -> Image:
    """Grey green water with waves a few pixels long."""
    import cv2

    rng = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(rng.normal(0, 1, (height_px, width_px)).astype(np.float32), (0, 0), 1.5)
    broad = cv2.GaussianBlur(rng.normal(0, 1, (height_px, width_px)).astype(np.float32), (0, 0), 6, sigmaY=2)
    waves = 18 * fine + 40 * broad
    colour = np.array([82, 88, 62], np.float32)
    return (colour + waves[:, :, None]).clip(0, 255).astype(np.uint8)


def with_boat(image: Image, *, x: float, y: float, length_px: float, heading_deg: float) -> tuple[float, ...]:
    """Draws a white open boat with a deck, a cabin and an engine, seen from above; returns its box."""
    import cv2

    a = np.radians(heading_deg)
    forward, side = np.array([np.sin(a), -np.cos(a)]), np.array([np.cos(a), np.sin(a)])

    def outline(*points: tuple[float, float]) -> np.ndarray:
        shape = [np.array([x, y]) + length_px * (along * forward + across * side) for along, across in points]
        return np.array(shape)

    hull = outline((0.5, 0), (0.3, 0.13), (0, 0.17), (-0.5, 0.15), (-0.5, -0.15), (0, -0.17), (0.3, -0.13))
    deck = outline((0.38, 0), (0.2, 0.1), (-0.45, 0.11), (-0.45, -0.11), (0.2, -0.1))
    cabin = outline((0.15, 0.09), (-0.1, 0.09), (-0.1, -0.09), (0.15, -0.09))
    engine = outline((-0.5, 0.05), (-0.58, 0.05), (-0.58, -0.05), (-0.5, -0.05))
    shadow = hull + np.array([0.05, 0.06]) * length_px
    for shape, colour in (
        (shadow, (45, 48, 32)),
        (hull, (235, 238, 240)),
        (deck, (120, 150, 175)),
        (cabin, (245, 245, 245)),
        (engine, (30, 30, 30)),
    ):
        cv2.fillPoly(image, [np.round(shape * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    both = np.concatenate([hull, engine])
    return (*both.min(axis=0), *both.max(axis=0))
