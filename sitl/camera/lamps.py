"""Lights in the dark: what vessels show, after the Collision Regulations, lamps on quays and decks, buoys.

COLREG 1972, rules 20 to 31 and annex I: masthead light over 225 degrees, sidelights over 112.5 degrees each from right
ahead, sternlight over 135 degrees; at anchor all-round white; trawlers green over white, pilot boats white over red.
Angles are those of the horizontal plane; what is on deck does not hide a lamp.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.geo.points import Floats
from sitl.camera.strips import Bgr, Grown, flat, strips
from sitl.camera.view import View
from sitl.world.harbour import Harbour
from sitl.world.motion import Anchored, VesselState
from sitl.world.quays import Quay
from sitl.world.solids import Rgb, placed
from sitl.world.vessels import Vessel

WHITE: Rgb = (1.0, 0.95, 0.85)
RED: Rgb = (1.0, 0.12, 0.08)
GREEN: Rgb = (0.10, 1.0, 0.35)
YELLOW: Rgb = (1.0, 0.8, 0.15)
WARM: Rgb = (1.0, 0.72, 0.38)
ALL_ROUND = (0.0, 360.0)
MASTHEAD, STARBOARD, PORT, STERN = (-112.5, 112.5), (0.0, 112.5), (-112.5, 0.0), (112.5, 247.5)
QUAY_STEP_M, QUAY_LAMP_M = 45.0, 11.0
UNDER_WAY_M_S = 0.5
DARK_KINDS = frozenset({"low-profile craft", "swimmer", "package"})
_FLASH_S = 4.0
_COARSE = 4
_FAINTEST = 1.0005
"""Less light than this times what is there already is left out."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp in a vessel's own frame (forward, starboard, up; metres).

    `sector` is the arc that it shines over, in degrees from right ahead to starboard; `power` is relative to a
    masthead light; with `lights_m` it lights what lies that far around it.
    """

    at: tuple[float, float, float]
    colour: Rgb
    sector: tuple[float, float]
    power: float = 1.0
    lights_m: float = 0.0

    def shows(self, bearing_deg: float) -> bool:
        """Whether it is seen from a bearing in degrees relative to right ahead."""
        first, last = self.sector
        return (bearing_deg - first) % 360.0 <= last - first


def vessel_lamps(vessel: Vessel, state: VesselState) -> tuple[Lamp, ...]:
    """What a vessel shows in the dark, from its kind, length and what it does."""
    if not vessel.lit or vessel.kind in DARK_KINDS:
        return ()
    length, top = vessel.length_m, _top_m(vessel)
    if vessel.kind in {"kayak", "skiff"}:
        return (Lamp((0.0, 0.0, 1.2), WHITE, ALL_ROUND, 0.3),)
    at_anchor = isinstance(vessel.motion, Anchored) or (vessel.ais is not None and vessel.ais.nav_status == 1)
    if at_anchor and state.speed_m_s < UNDER_WAY_M_S:
        fore = Lamp((0.42 * length, 0.0, 0.8 * top), WHITE, ALL_ROUND)
        return (
            (fore, Lamp((-0.42 * length, 0.0, 0.6 * top), WHITE, ALL_ROUND), *_deck(vessel))
            if length >= 50
            else (fore,)
        )
    moored = vessel.ais is not None and vessel.ais.nav_status == 5
    if moored or (state.speed_m_s < UNDER_WAY_M_S and vessel.ais is not None):
        return _deck(vessel)
    return tuple(_under_way(vessel, top, making_way=state.speed_m_s >= UNDER_WAY_M_S))


def _under_way(vessel: Vessel, top: float, *, making_way: bool) -> Iterator[Lamp]:
    length, side = vessel.length_m, vessel.beam_m / 2
    if vessel.kind == "trawler":
        yield Lamp((0.0, 0.0, top), GREEN, ALL_ROUND)
        yield Lamp((0.0, 0.0, 0.85 * top), WHITE, ALL_ROUND)
    elif vessel.kind == "pilot boat":
        yield Lamp((0.0, 0.0, top), WHITE, ALL_ROUND)
        yield Lamp((0.0, 0.0, 0.85 * top), RED, ALL_ROUND)
    elif vessel.kind != "sailing yacht":
        yield Lamp((0.15 * length, 0.0, top if length < 50 else 0.75 * top), WHITE, MASTHEAD)
        if length >= 50:
            yield Lamp((-0.3 * length, 0.0, top), WHITE, MASTHEAD)
    if making_way:  # rules 26 and 29: fishing and pilot vessels show these only then
        yield Lamp((0.15 * length, side, 0.5 * top), GREEN, STARBOARD, 0.7)
        yield Lamp((0.15 * length, -side, 0.5 * top), RED, PORT, 0.7)
        yield Lamp((-0.48 * length, 0.0, 0.4 * top), WHITE, STERN, 0.7)


def _deck(vessel: Vessel) -> tuple[Lamp, ...]:
    """Work lights of a vessel that lies at a berth or at anchor."""
    if vessel.length_m < 9:
        return ()
    top, count = _top_m(vessel), max(1, round(vessel.length_m / 25))
    places = np.linspace(-0.35, 0.35, count) if count > 1 else [-0.15]
    return tuple(Lamp((float(x) * vessel.length_m, 0.0, 0.75 * top), WARM, ALL_ROUND, 0.8, 9.0) for x in places)


def _top_m(vessel: Vessel) -> float:
    """How high its lights hang: the height of its superstructure."""
    return max(1.6, *(float(s.high[:, 2].max()) for s in vessel.body.solids if not s.rigging))


@dataclass(frozen=True, slots=True)
class Source:
    """A lamp in the world: where (east, north, up), its colour, power, and how far it lights things."""

    at: tuple[float, float, float]
    colour: Rgb
    power: float
    lights_m: float


def sources(harbour: Harbour, states: list[tuple[Vessel, VesselState]], view: View, unix_s: float) -> list[Source]:
    """All lamps that shine towards the camera at an instant."""
    found = [s for quay in harbour.quays for s in _quay_lamps(quay)]
    for vessel, state in states:
        where = {"east_m": state.east_m, "north_m": state.north_m, "heading_deg": state.heading_deg}
        lamps = vessel_lamps(vessel, state)
        places = placed(np.array([lamp.at for lamp in lamps]).reshape(-1, 3), **where)
        for lamp, at in zip(lamps, places, strict=True):
            bearing = math.degrees(math.atan2(view.position[0] - at[0], view.position[1] - at[1]))
            if lamp.shows(bearing - state.heading_deg):
                found.append(Source((at[0], at[1], at[2]), lamp.colour, lamp.power, lamp.lights_m))
    for number, fixture in enumerate(harbour.fixtures):
        if fixture.kind in {"buoy", "beacon"} and (unix_s + 1.3 * number) % _FLASH_S < _FLASH_S / 2:
            colour = max((_nearness(fixture.body.solids[-2].side, c), c) for c in (RED, GREEN, YELLOW))[1]
            found.append(Source((fixture.east_m, fixture.north_m, fixture.base_m + 3.9), colour, 0.8, 0.0))
    return found


def draw_lamps(view: View, image: Bgr, lamps: list[Source], strength: float) -> None:
    """Lights the ground around the lamps, then draws the lamps themselves with their glare."""
    near = [lamp for lamp in lamps if _depth(view, lamp) > 1.0]
    _light_ground(view, image, [lamp for lamp in near if lamp.lights_m > 0], strength)
    for lamp in near:
        _glare(view, image, lamp, strength)


def _quay_lamps(quay: Quay) -> Iterator[Source]:
    """Lamps along the edge of quays; moles of rubble and green land have none."""
    import shapely

    if quay.material in {"rubble", "grass"}:
        return
    height = QUAY_LAMP_M if quay.height_m > 1.0 else 2.5
    for part in shapely.get_parts(shapely.Polygon(quay.outline).buffer(-min(3.0, 0.2 * quay.height_m + 0.4))):
        for along in np.arange(QUAY_STEP_M / 2, part.exterior.length, QUAY_STEP_M):
            at = part.exterior.interpolate(float(along))
            yield Source((at.x, at.y, quay.height_m + height), WARM, 1.2 * height / QUAY_LAMP_M, 1.4 * height)


def _nearness(colour: Rgb, other: Rgb) -> float:
    a, b = np.asarray(colour), np.asarray(other)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))


def _depth(view: View, lamp: Source) -> float:
    return float(view.in_camera(np.array([lamp.at]))[0, 2])


def _light_ground(view: View, image: Bgr, lamps: list[Source], strength: float) -> None:
    """Brightens what lies under lamps: as much as a lamp at their height lights a level surface."""
    h, w = image.shape[:2]
    rows, cols = max(2, h // _COARSE), max(2, w // _COARSE)
    east, north, along = view.plane((np.arange(cols) + 0.5) * w / cols, (np.arange(rows) + 0.5) * h / rows, 0.0)
    east, north = east + np.float32(view.position[0]), north + np.float32(view.position[1])
    gain = np.zeros((rows, cols, 3), np.float32)
    for lamp in lamps:
        reach = 5.0 * lamp.lights_m
        pixel = _pixel(view, (lamp.at[0], lamp.at[1], 0.0))
        if pixel is None:
            continue
        span = reach * view.camera.focal_px / max(1.0, float(along.min())) / _COARSE + 2
        x0, x1 = int(max(0, pixel[0] / _COARSE - span)), int(min(cols, pixel[0] / _COARSE + span))
        y0, y1 = int(max(0, pixel[1] / _COARSE - span)), int(min(rows, pixel[1] / _COARSE + span))
        if x1 <= x0 or y1 <= y0:
            continue
        far = (east[y0:y1, x0:x1] - lamp.at[0]) ** 2 + (north[y0:y1, x0:x1] - lamp.at[1]) ** 2
        lit = (1.0 + far / np.float32(lamp.lights_m**2)) ** -1.5 * np.float32(lamp.power)
        for channel, tone in enumerate(lamp.colour[::-1]):
            gain[y0:y1, x0:x1, channel] += lit * np.float32(tone)
    _brighten(image, 1.0 + gain * np.float32(strength))


def _brighten(image: Bgr, gain: npt.NDArray[np.float32]) -> None:
    shape = image.shape[0], image.shape[1]
    grown = Grown([gain], shape)
    for rows in strips(*shape):
        if grown.greatest(0, rows) > _FAINTEST:
            part = flat(image[rows])
            part *= flat(grown.at(rows)[0])


def _pixel(view: View, at: tuple[float, float, float]) -> Floats | None:
    seen = view.in_camera(np.array([at]))
    if seen[0, 2] <= 1.0:
        return None
    return np.asarray(view.pixels(seen)[0])


def _glare(view: View, image: Bgr, lamp: Source, strength: float) -> None:
    """A bright spot with a halo; nearer lamps are larger and brighter."""
    pixel = _pixel(view, lamp.at)
    h, w = image.shape[:2]
    if pixel is None or not (-20 <= pixel[0] < w + 20 and -20 <= pixel[1] < h + 20):
        return
    scale = view.camera.focal_px / _depth(view, lamp)
    core, halo = max(0.9, 0.14 * scale), max(2.5, 0.7 * scale)
    bright = lamp.power * min(2.2, 0.5 + 0.06 * scale) * min(1.0, strength / 4.0)
    size = int(4 * halo) + 1
    x0, x1 = max(0, int(pixel[0]) - size), min(w, int(pixel[0]) + size + 1)
    y0, y1 = max(0, int(pixel[1]) - size), min(h, int(pixel[1]) + size + 1)
    if x1 <= x0 or y1 <= y0:
        return
    far = np.add.outer((np.arange(y0, y1) + 0.5 - pixel[1]) ** 2, (np.arange(x0, x1) + 0.5 - pixel[0]) ** 2)
    spot = bright * (np.exp(-far / (2 * core**2)) + 0.12 * np.exp(-far / (2 * halo**2)))
    image[y0:y1, x0:x1] += (spot[..., None] * np.array(lamp.colour[::-1])).astype(np.float32)
