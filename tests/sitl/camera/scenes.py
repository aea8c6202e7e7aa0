"""Small scenes for the camera's tests."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from planner.geo.camera import Attitude, Intrinsics
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.plan import Area, AreaKind
from planner.model.pose import Pose
from sitl.shots import Shot
from sitl.world.harbour import Harbour
from sitl.world.looks import Look
from sitl.world.motion import Motion
from sitl.world.quays import Quay
from sitl.world.vessels import Vessel

NOW = datetime(2026, 11, 23, 14, 0, 0, 250_000, tzinfo=UTC)
ORIGIN = LatLon(54.1, 7.0)
FRAME = LocalFrame(ORIGIN)
SMALL = Intrinsics.centred(width_px=640, height_px=400, focal_px=500.0)
CALM = replace(
    Look.practice(np.random.default_rng(0)),
    roughness=0.3,
    grain=0.0,
    soft_px=0.0,
    sun_strength=0.0,
    sun_elevation_deg=80.0,
)


def water_with(*vessels: Vessel, quays: tuple[Quay, ...] = (), look: Look = CALM) -> Harbour:
    """Open water with some vessels, without sun, so that nothing throws a shadow."""
    area = Area("water", AreaKind.POLYGON, tuple(FRAME.to_places([(-50, -50), (50, -50), (0, 50)])))
    return Harbour("water", ORIGIN, ORIGIN, 3.0, quays, (), vessels, (), area, look)


def vessel(kind: str, length_m: float, beam_m: float, motion: Motion, name: str = "it") -> Vessel:
    """A silent vessel."""
    return Vessel(name, kind, length_m, beam_m, motion, None, 5)


def pose(east_m: float, north_m: float, height_m: float, attitude: Attitude) -> Pose:
    """A camera over the scene."""
    return Pose(FRAME.to_place(east_m, north_m), height_m, attitude, "simulator")


def changed(first: np.ndarray, second: np.ndarray, least: int = 6) -> Floats:
    """The box (left, top, right, bottom) of the pixels that differ."""
    differ = np.abs(first.astype(int) - second.astype(int)).max(axis=2) >= least
    xs, ys = np.flatnonzero(differ.any(axis=0)), np.flatnonzero(differ.any(axis=1))
    return np.array([xs[0], ys[0], xs[-1] + 1, ys[-1] + 1], dtype=float)


def shot(index: int = 1, height_m: float = 68.6, **changes: float) -> Shot:
    """A shot straight down over the practice harbour."""
    at = FRAME.to_place(changes.get("east_m", -95.0), changes.get("north_m", 80.0))
    camera = Attitude(changes.get("yaw_deg", 271.2345), -90.0, 0.0)
    return Shot(index, NOW, at, height_m, height_m - 3.0, camera, Attitude(271.2345, -3.25, 1.5), 8.0)
