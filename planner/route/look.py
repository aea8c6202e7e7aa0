"""A way round a vessel under way or at rest, with the camera on it.

The way round is a ring at the stand-off from the hull, which moves along with the vessel: the drone keeps a speed over
ground, and each point of the ring is met where the vessel will have carried it (planner/route/intercept.py).
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.geo.points import LatLon
from planner.model.mission import Command, MissionItem, item
from planner.model.profiles import CameraProfile
from planner.route.framed import hull_corners, is_framed, moments
from planner.route.intercept import NotReached, meeting, not_met
from planner.route.shapes import Point

LENGTH_TO_BEAM = 5.0
"""A hull's length over its beam, where only the length is known."""
QUARTERS = 3
"""Pieces to a quarter of a turn at least."""
MOST_TO_A_QUARTER = 12
AIM_SHARE = 0.25
"""The camera looks at where the vessel is half way along a piece; so much of the stand-off it may move meanwhile."""
FARTHEST_M = 1000.0
"""How far from a hull a camera is sent at most to have all of it in the picture."""
FARTHER = 1.08
PICTURES = 36
"""Pictures to a turn at least, camera permitting."""


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel in local metres at second 0, its velocity (east, north), its length, and where its bow points."""

    at: Point
    velocity: Point
    length_m: float
    heading_deg: float = 0.0

    def after(self, seconds: float) -> Point:
        """Where it will be."""
        return self.at[0] + self.velocity[0] * seconds, self.at[1] + self.velocity[1] * seconds

    @property
    def beam_m(self) -> float:
        """Its beam, estimated from its length."""
        return self.length_m / LENGTH_TO_BEAM


@dataclass(frozen=True, slots=True)
class Look:
    """A way round a vessel: points with the second at each, and what the camera looks at from each on."""

    points: tuple[Point, ...]
    at_s: tuple[float, ...]
    aims: tuple[Point, ...]
    speed_m_s: float
    way_speed_m_s: float
    """Speed over ground on the way to the first point."""


def ring(vessel: Vessel, stand_off_m: float, pieces: int, *, longest_m: float = math.inf) -> list[Point]:
    """Offsets from the vessel's middle, clockwise from ahead: nowhere nearer to the hull than the stand-off.

    `pieces` to a quarter turn; those along the sides are no longer than `longest_m`, nor than the ring's radius.
    """
    half = vessel.length_m / 2
    radius = (stand_off_m + vessel.beam_m / 2) / math.cos(math.pi / 4 / pieces)
    bow = math.radians(vessel.heading_deg)
    forward, aside = (math.sin(bow), math.cos(bow)), (math.cos(bow), -math.sin(bow))
    offsets = []
    for end in (1.0, -1.0):
        for step in range(2 * pieces + 1):
            angle = math.pi / 2 * (step / pieces - 1)
            x, y = end * (half + radius * math.cos(angle)), end * radius * math.sin(angle)
            offsets.append((x * forward[0] + y * aside[0], x * forward[1] + y * aside[1]))
    turned = offsets[pieces:] + offsets[:pieces]
    return _with_sides_cut(turned, min(radius, longest_m))


def _with_sides_cut(offsets: list[Point], longest_m: float) -> list[Point]:
    """The ring with no piece much longer than its radius."""
    cut: list[Point] = []
    for a, b in zip(offsets, offsets[1:] + offsets[:1], strict=True):
        count = max(1, math.ceil(math.dist(a, b) / longest_m - 1e-9))
        if math.dist(a, b) < 1e-6:
            continue
        cut += [(a[0] + (b[0] - a[0]) * i / count, a[1] + (b[1] - a[1]) * i / count) for i in range(count)]
    return cut


def look_round(
    start: Point,
    vessel: Vessel,
    *,
    stand_off_m: float,
    turns: int,
    airspeed_m_s: float,
    speed_m_s: float,
    wind: Point = (0.0, 0.0),
) -> Look:
    """The quickest way to the ring and all round it, either way about; seconds count from `start`.

    `airspeed_m_s` on the way there, `speed_m_s` over ground on the ring.

    Raises:
        NotReached: no point of the ring can be met.
    """
    longest = _longest_m(vessel, stand_off_m, speed_m_s)
    offsets = ring(vessel, stand_off_m, _pieces(stand_off_m, longest), longest_m=longest)
    met = [
        (found, number)
        for number, (x, y) in enumerate(offsets)
        if (found := meeting(start, airspeed_m_s, (vessel.at[0] + x, vessel.at[1] + y), vessel.velocity, wind))
    ]
    if not met:
        raise not_met(vessel.velocity, airspeed_m_s, wind)
    found, first = min(met, key=lambda m: (m[0].after_s, m[1]))
    looks = []
    for step in (1, -1):
        order = [offsets[(first + step * i) % len(offsets)] for i in range(turns * len(offsets) + 1)]
        times = _times(order, vessel.velocity, speed_m_s, found.after_s)
        points = [(vessel.after(t)[0] + x, vessel.after(t)[1] + y) for t, (x, y) in zip(times, order, strict=True)]
        middles = [(a + b) / 2 for a, b in itertools.pairwise(times)]
        aims = [vessel.after(t) for t in [*middles, times[-1]]]
        looks.append(Look(tuple(points), tuple(times), tuple(aims), speed_m_s, found.ground_speed_m_s or airspeed_m_s))
    return min(looks, key=lambda look: look.at_s[-1])


def _times(order: list[Point], drift: Point, speed_m_s: float, begins_s: float) -> list[float]:
    """When each offset is reached by a drone of that speed over ground while all of them drift."""
    times = [begins_s]
    for a, b in itertools.pairwise(order):
        found = meeting(a, speed_m_s, b, drift)
        if found is None:
            raise NotReached("the vessel is too fast to be flown round")
        times.append(times[-1] + found.after_s)
    return times


def _longest_m(vessel: Vessel, stand_off_m: float, speed_m_s: float) -> float:
    """How long pieces may be so that the vessel goes on by AIM_SHARE of the stand-off at most along each."""
    vessel_m_s = math.hypot(*vessel.velocity)
    if vessel_m_s == 0:
        return math.inf
    return AIM_SHARE * stand_off_m / vessel_m_s * max(speed_m_s - vessel_m_s, 0.5)


def _pieces(stand_off_m: float, longest_m: float) -> int:
    """Pieces to a quarter turn."""
    return min(MOST_TO_A_QUARTER, max(QUARTERS, math.ceil(math.pi / 2 * stand_off_m / longest_m)))


def shows_whole(look: Look, vessel: Vessel, camera: CameraProfile, height_m: float) -> bool:
    """Whether the whole hull is in every picture of a way round it."""
    hull = hull_corners(vessel.length_m, vessel.beam_m, vessel.heading_deg)
    return all(
        is_framed(camera, (*place, height_m), aim, hull + np.array((*vessel.after(second), 0.0)))
        for second, place, aim in moments(look.points, look.at_s, look.aims)
    )


def whole_from(stand_off_m: float, shows: Callable[[float], bool]) -> float | None:
    """The least stand-off from `stand_off_m` on at which `shows` says that the whole hull is seen; None: too far."""
    while stand_off_m <= FARTHEST_M:
        if shows(stand_off_m):
            return stand_off_m
        stand_off_m = round(stand_off_m * FARTHER, 2)
    return None


def not_whole(length_m: float, stand_off_m: float, whole_from_m: float | None) -> str:
    """A sentence for the pilot: the hull is longer than the picture."""
    enough = "no stand-off up to 1 km is enough" if whole_from_m is None else f"{math.ceil(whole_from_m)} m are enough"
    return f"a hull of {length_m:g} m does not fit in the picture from {stand_off_m:g} m: {enough} (--stand-off-m)"


def look_items(
    look: Look, places: list[LatLon], aims: list[LatLon], *, height_m: float, trigger: float, yaw: float | None
) -> list[MissionItem]:
    """To the ring, round it with the camera on the vessel, and the camera off again."""
    items = [item(Command.DO_SET_ROI_LOCATION, at=aims[0])]
    for number, place in enumerate(places):
        items.append(item(Command.NAV_WAYPOINT, at=place, height_m=height_m, p4=yaw))
        if number == 0:
            items += [speed_item(look.speed_m_s), item(Command.DO_SET_CAM_TRIGG_DIST, p1=trigger, p3=1.0)]
        if number < len(places) - 1 and aims[number] != aims[max(number - 1, 0)]:
            items.append(item(Command.DO_SET_ROI_LOCATION, at=aims[number]))
    return [*items, item(Command.DO_SET_CAM_TRIGG_DIST), item(Command.DO_SET_ROI_NONE)]


def trigger_m(look: Look, vessel: Vessel, turns: int, *, least_s: float) -> float:
    """Metres from picture to picture: PICTURES to a turn, or as often as the camera can (`least_s` seconds).

    Beside a vessel that moves, metres flown are no measure of the way round it: where the drone flies against its
    course they are the most dense.
    """
    flown, passed = [], []
    for (a, b), (start, end) in zip(itertools.pairwise(look.points), itertools.pairwise(look.at_s), strict=True):
        there = vessel.after(end - start)
        moved = there[0] - vessel.at[0], there[1] - vessel.at[1]
        flown.append(math.dist(a, b))
        passed.append(math.hypot(b[0] - a[0] - moved[0], b[1] - a[1] - moved[1]))
    step = sum(passed) / turns / PICTURES
    dense = min(step * way / past for way, past in zip(flown, passed, strict=True) if past > 0)
    return round(max(dense, look.speed_m_s * least_s, 0.5), 2)


def speed_item(speed_m_s: float) -> MissionItem:
    """Fly so fast over ground from here on; to the millimetre a second, as a moving vessel is met in time only so."""
    return item(Command.DO_CHANGE_SPEED, p1=1.0, p2=round(speed_m_s, 3), p3=-1.0)
