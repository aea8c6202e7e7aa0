"""A picture of a harbour and the truth about it.

`render` gives the same picture for the same harbour, instant, pose and lens: the grain is seeded from them.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from planner.geo.camera import Attitude, Intrinsics
from planner.geo.points import Floats, LatLon
from planner.model.pose import Pose
from planner.model.profiles import CameraProfile
from sitl.camera.air import Air
from sitl.camera.ground import draw_quays, draw_shadows, quay_shadows, shadow_rings, top_cover
from sitl.camera.lamps import draw_lamps, sources
from sitl.camera.lens import PRACTICE_LENS
from sitl.camera.optics import develop
from sitl.camera.raster import (
    BACKGROUND,
    Face,
    Light,
    Patch,
    Samples,
    Shade,
    draw,
    faces_of,
    faces_of_rings,
    patch_of,
)
from sitl.camera.shades import shades_of
from sitl.camera.strips import Bgr, flat, lay
from sitl.camera.truth import VesselTruth, truth_of
from sitl.camera.view import View
from sitl.camera.wake import draw_wake
from sitl.camera.warmth import EVEN, QUAY, THERMAL_GRAIN, shown, warm_harbour, warm_vessel
from sitl.camera.water import draw_sea
from sitl.shots import Shot
from sitl.world.harbour import Harbour
from sitl.world.looks import Look
from sitl.world.motion import VesselState
from sitl.world.quays import Fixture
from sitl.world.vessels import Vessel


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An image, shape (H, W, 3), blue first, and every vessel that is in it at least partly."""

    image_bgr: npt.NDArray[np.uint8]
    truth: tuple[VesselTruth, ...]


@dataclass(frozen=True, slots=True)
class _Actor:
    """A vessel in front of the camera: its number in the samples, its faces, the patch of the picture around them."""

    vessel: Vessel
    state: VesselState
    number: int
    faces: list[Face]
    patch: Patch


def render(
    harbour: Harbour,
    t_utc: datetime,
    pose: Pose | Shot,
    lens: CameraProfile | Intrinsics = PRACTICE_LENS,
    *,
    wakes: bool = True,
    seed: int = 0,
) -> Picture:
    """What a camera at `pose` (or at a shot) sees at an instant, with the truth.

    `wakes` off leaves wakes out; `seed` changes the grain.

    Raises:
        ValueError: a camera that is not above the water, or a lens with distortion.
    """
    camera = lens.intrinsics if isinstance(lens, CameraProfile) else lens
    attitude = pose.camera if isinstance(pose, Shot) else pose.attitude
    return Scene(harbour, t_utc, pose.at, pose.height_m, attitude, camera).picture(wakes=wakes, seed=seed)


class Scene:
    """One picture in the making."""

    def __init__(
        self, harbour: Harbour, t_utc: datetime, at: LatLon, height_m: float, attitude: Attitude, camera: Intrinsics
    ) -> None:
        self.thermal = harbour.look.thermal
        self.harbour = warm_harbour(harbour) if self.thermal else harbour
        self.t_utc, self.look = t_utc, harbour.look
        self.view = View.at(harbour.frame, at, height_m, attitude, camera)
        self.light = EVEN if self.thermal else light_of(self.look)
        self.width, self.height = camera.width_px, camera.height_px

    def picture(self, *, wakes: bool = True, seed: int = 0) -> Picture:
        """Draws everything, the far below the near."""
        unix_s = self.t_utc.timestamp()
        image = draw_sea(self.view, self.look, unix_s)
        actors = self._actors()
        if wakes and not self.thermal:
            for vessel, state in self.harbour.states_at(self.t_utc):
                draw_wake(self.view, image, state, vessel.length_m, vessel.beam_m, white=self.look.skylight)
        fixtures = self._fixtures(len(self.harbour.vessels) + 1)
        if not self.thermal:
            self._shade_water(image, actors, fixtures)
        draw_quays(self.view, image, self.harbour.quays, self.light, QUAY if self.thermal else None)
        if not self.thermal:
            self._shade_quays(image, fixtures)
        drawn = self._draw_bodies(image, actors, fixtures)
        truth = tuple(
            t
            for a in actors
            if (t := truth_of(self.view, self.harbour.frame, (a.vessel, a.state, a.number), a.faces, drawn)) is not None
        )
        east, north, _ = self.view.position
        grain = [seed, int(unix_s * 1000) % 2**32, self.width, int(abs(east) * 100), int(abs(north) * 100)]
        return Picture(self._developed(image, grain, unix_s), truth)

    def _developed(self, image: Bgr, grain: list[int], unix_s: float) -> npt.NDArray[np.uint8]:
        """Lamps, air, exposure."""
        if self.thermal:
            warm = replace(self.look, exposure=1.0, grain=min(self.look.grain, THERMAL_GRAIN))
            return shown(develop(image, warm, grain), self.thermal)
        if self.look.tint != (1.0, 1.0, 1.0):
            light = flat(image)
            light *= np.tile(np.array(self.look.tint[::-1], np.float32), self.width)
        if self.look.lamps > 0:
            lamps = sources(self.harbour, self.harbour.states_at(self.t_utc), self.view, unix_s)
            draw_lamps(self.view, image, lamps, self.look.lamps)
        return develop(image, self.look, grain, Air(self.view, self.look, grain))

    def _actors(self) -> list[_Actor]:
        found = []
        for number, (vessel, state) in enumerate(self.harbour.states_at(self.t_utc), start=1):
            if not self._near(state.east_m, state.north_m, vessel.body.reach_m):
                continue
            body = warm_vessel(vessel, state) if self.thermal else vessel.body
            faces = faces_of(self.view, body, self.light, number, **_where(state))
            patch = patch_of(faces, self.width, self.height)
            if patch is not None:
                found.append(_Actor(vessel, state, number, faces, patch))
        return found

    def _near(self, east_m: float, north_m: float, radius_m: float) -> bool:
        """Whether a ball about a place may be in the picture."""
        c = self.view.camera
        x, y, z = self.view.in_camera(np.array([[east_m, north_m, 0.0]]))[0]
        if z < -radius_m:
            return False
        reach = (
            np.array([max(c.centre_x_px, c.width_px - c.centre_x_px), max(c.centre_y_px, c.height_px - c.centre_y_px)])
            / c.focal_px
        )
        return bool(
            abs(x) < reach[0] * (z + radius_m) + 2 * radius_m and abs(y) < reach[1] * (z + radius_m) + 2 * radius_m
        )

    def _fixtures(self, first_number: int) -> list[tuple[Fixture, list[Face], Patch]]:
        found = []
        for number, fixture in enumerate(self.harbour.fixtures, start=first_number):
            if not self._near(fixture.east_m, fixture.north_m, fixture.body.reach_m + fixture.base_m):
                continue
            faces = faces_of(self.view, fixture.body, self.light, number, **_stand(fixture), base_m=fixture.base_m)
            patch = patch_of(faces, self.width, self.height)
            if patch is not None:
                found.append((fixture, faces, patch))
        return found

    def _shade_water(self, image: Bgr, actors: list[_Actor], fixtures: list[tuple[Fixture, list[Face], Patch]]) -> None:
        deep = 0.42 * min(1.0, self.look.sun_strength)
        for actor in actors:
            draw_shadows(
                self.view, image, shadow_rings(actor.vessel.body, self.light.sun, 0.0, **_where(actor.state)), deep
            )
        rings = [r for q in self.harbour.quays for r in quay_shadows(q, self.light.sun)]
        for fixture, _, _ in fixtures:
            rings += shadow_rings(fixture.body, self.light.sun, 0.0, **_stand(fixture), base_m=fixture.base_m)
        draw_shadows(self.view, image, rings, deep)

    def _shade_quays(self, image: Bgr, fixtures: list[tuple[Fixture, list[Face], Patch]]) -> None:
        deep = 0.55 * min(1.0, self.look.sun_strength)
        for quay in self.harbour.quays:
            rings = [
                ring
                for fixture, _, _ in fixtures
                if fixture.base_m == quay.height_m
                for ring in shadow_rings(
                    fixture.body, self.light.sun, quay.height_m, **_stand(fixture), base_m=fixture.base_m
                )
            ]
            if rings:
                draw_shadows(self.view, image, rings, deep, top_cover(self.view, quay))

    def _draw_bodies(
        self, image: Bgr, actors: list[_Actor], fixtures: list[tuple[Fixture, list[Face], Patch]]
    ) -> list[Samples]:
        quays = self._quay_faces()
        shades = [(s, a.patch) for a in actors for s in self._shades(a)]
        groups = grouped([(a.faces, a.patch) for a in actors] + [(f, p) for _, f, p in fixtures])
        drawn = []
        for faces, patch in groups:
            samples = draw([*quays, *faces], [s for s, around in shades if around.touches(patch)], patch)
            target = image[patch.top : patch.bottom, patch.left : patch.right]
            lay(target, samples.colour, samples.cover)
            drawn.append(samples)
        return drawn

    def _shades(self, actor: _Actor) -> list[Shade]:
        """Shadows on a vessel's own decks, where it is large enough in the picture to show them."""
        if actor.patch.area < 900 or self.thermal:
            return []
        return shades_of(self.view, actor.vessel.body, self.light, **_where(actor.state))

    def _quay_faces(self) -> list[Face]:
        rings = []
        for quay in self.harbour.quays:
            ring = np.asarray(quay.outline, dtype=float)
            low, high = (np.column_stack([ring, np.full(len(ring), z)]) for z in (0.0, quay.height_m))
            rings.append(high)
            rings += [np.array([low[i - 1], low[i], high[i], high[i - 1]]) for i in range(len(ring))]
        return faces_of_rings(self.view, rings, BACKGROUND) if rings else []


def light_of(look: Look) -> Light:
    """Sun and sky of a look."""
    az, el = math.radians(look.sun_azimuth_deg), math.radians(look.sun_elevation_deg)
    sun: Floats = np.array([math.sin(az) * math.cos(el), math.cos(az) * math.cos(el), math.sin(el)])
    return Light(sun, 0.72 * look.sun_strength, look.skylight * (0.88 - 0.40 * min(1.0, look.sun_strength)))


def grouped(parts: list[tuple[list[Face], Patch]]) -> list[tuple[list[Face], Patch]]:
    """Bodies whose patches touch, put together."""
    groups: list[tuple[list[Face], Patch]] = []
    for faces, patch in parts:
        mine, area = list(faces), patch
        while True:
            near = [g for g in groups if g[1].touches(area)]
            if not near:
                break
            groups = [g for g in groups if not g[1].touches(area)]
            for other_faces, other in near:
                mine, area = mine + other_faces, area.joined(other)
        groups.append((mine, area))
    return groups


def _where(state: VesselState) -> dict[str, float]:
    return {"east_m": state.east_m, "north_m": state.north_m, "heading_deg": state.heading_deg}


def _stand(fixture: Fixture) -> dict[str, float]:
    return {"east_m": fixture.east_m, "north_m": fixture.north_m, "heading_deg": fixture.heading_deg}
