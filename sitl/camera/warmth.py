"""What a thermal camera sees: cold water, warm hulls, hot engines, people; one channel, shown through a palette.

Levels from 0 to 1 over a span of some 30 degrees around the scene's mean; nothing here is a measured temperature.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sitl.camera.raster import Light
from sitl.camera.view import Field
from sitl.world.harbour import Harbour
from sitl.world.motion import VesselState
from sitl.world.quays import Fixture
from sitl.world.solids import Body, Rgb, Solid
from sitl.world.vessels import Vessel

WATER, QUAY, HULL, HOUSE, ENGINE, PERSON = 0.16, 0.40, 0.46, 0.55, 0.85, 0.97
SKY_LOW, SKY_HIGH = 0.13, 0.03
WAVES = 0.20
"""Change of level with the slope of the water."""
THERMAL_GRAIN = 2.5
"""Noise of a thermal camera, 8 bit counts: it is the same by day and by night."""
NO_ENGINE = frozenset({"kayak", "swimmer", "barge", "sailing yacht", "package"})
EVEN = Light(np.array([0.0, 0.0, 1.0]), 0.0, 1.0)
"""Warmth has no sun; faces to the sky differ a little from sides."""


def warm_vessel(vessel: Vessel, state: VesselState) -> Body:
    """The body of a vessel coloured by warmth: engines are hot under way, warm at rest."""
    return _warm(vessel, state.speed_m_s > 0.5)


@lru_cache(maxsize=256)
def _warm(vessel: Vessel, under_way: bool) -> Body:  # noqa: FBT001 -- lru_cache keys
    return Body(
        tuple(replace(s, side=_grey(level), top=_grey(level)) for s in vessel.body.solids
              for level in [_level(vessel, s, under_way=under_way)]),
        vessel.body.waterline,
    )  # fmt: skip


def _level(vessel: Vessel, solid: Solid, *, under_way: bool) -> float:
    if solid.person:
        return PERSON
    middle = np.concatenate([solid.low, solid.high]).mean(axis=0)
    low_m, high_m = float(solid.low[:, 2].min()), float(solid.high[:, 2].max())
    if vessel.kind not in NO_ENGINE and middle[0] < -0.12 * vessel.length_m and low_m > 0.2 and not solid.rigging:
        small = np.ptp(solid.high[:, 0]) < 0.45 * vessel.length_m
        if small and high_m > low_m:
            return ENGINE if under_way else 0.5 * (ENGINE + HULL)
    return HOUSE if low_m > 0.2 and high_m - low_m > 1.2 else HULL


def warm_fixture(fixture: Fixture) -> Body:
    """A thing on a quay, a little cooler than the quay."""
    return Body(
        tuple(replace(s, side=_grey(0.36), top=_grey(0.33)) for s in fixture.body.solids), fixture.body.waterline
    )


def warm_harbour(harbour: Harbour) -> Harbour:
    """The harbour with its fixtures in their warmth."""
    return replace(harbour, fixtures=tuple(replace(f, body=warm_fixture(f)) for f in harbour.fixtures))


def warm_sea(mirror: Field, tilt: Field) -> npt.NDArray[np.float32]:
    """The sea as a thermal camera sees it: cold, with a trace of its waves, and mirroring the colder sky far off.

    `mirror` is the mirrored share of the light, `tilt` the slope along the wind; gives three equal planes.
    """
    level = mirror * np.float32(SKY_LOW - WATER)
    level += np.float32(WATER)
    level += np.clip(tilt * np.float32(WAVES), -0.036, 0.036)
    return np.repeat(level[None], 3, axis=0)


def warm_sky(up: Field) -> npt.NDArray[np.float32]:
    """The sky, colder with its height above the horizon (`up` from 0 to 1)."""
    level = np.float32(SKY_LOW) + up * np.float32(SKY_HIGH - SKY_LOW)
    return np.repeat(level[None], 3, axis=0)


def shown(grey_bgr: npt.NDArray[np.uint8], palette: str) -> npt.NDArray[np.uint8]:
    """A picture of warmth through a palette, as a blue, green, red image."""
    import cv2

    level = np.asarray(cv2.cvtColor(grey_bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    if palette == "iron":
        return np.asarray(cv2.applyColorMap(level, cv2.COLORMAP_INFERNO), np.uint8)
    return np.repeat((255 - level if palette == "black-hot" else level)[..., None], 3, axis=2)


def _grey(level: float) -> Rgb:
    return (level, level, level)
