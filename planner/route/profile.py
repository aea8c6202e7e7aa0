"""A flight from the side: height along the way, times, what zones and ceilings it meets, and what the camera sees.

Heights are metres above the launch place, as in the mission. The way is that which the check judges, with the climb,
the way home and jumps carried out; times are in the wind of the conditions, still air where none is given.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from planner.geo.camera import Attitude, footprint
from planner.geo.points import Floats, LatLon, LocalFrame, bearing_deg, distance_m
from planner.model.mission import Command, Mission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.check_energy import energy_of, wind_with_gusts
from planner.route.check_ground import Ground, laid_out
from planner.route.check_legs import FlownPath
from planner.route.check_path import flown_path
from planner.route.check_values import Conditions, Rules
from planner.zones.index import ZoneIndex

LOWEST_LOOK_DEG = -2.0
"""A camera that looks higher than this sees the horizon, and no footprint is told."""
_Aim = float | LatLon
"""How the camera hangs: its pitch in degrees, or the place that it is kept on."""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the way that lies in a zone, in metres from the start; its heights above the launch place.

    Without `lower_m` the zone begins at the ground, without `upper_m` it has no end that is known.
    """

    name: str
    rule: ZoneRule
    from_m: float
    to_m: float
    lower_m: float | None
    upper_m: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """The drone at one point of the way; `item` is the one it flies to, `sees` the corners of the picture."""

    at: LatLon
    way_m: float
    time_s: float
    height_m: float
    above_surface_m: float
    item: int
    course_deg: float
    sees: tuple[LatLon, ...]


@dataclass(frozen=True, eq=False)
class Profile:
    """Columns over the corners of a flight, first the launch place; `items` is the item that leads to each.

    `surface_m` is the water, or the ground as given, against the launch place; `ceiling_m` the greatest height that
    the rules allow, None for none.
    """

    way_m: Floats
    height_m: Floats
    time_s: Floats
    items: tuple[int, ...]
    places: tuple[LatLon, ...]
    surface_m: float
    ceiling_m: float | None
    bands: tuple[Band, ...]
    camera: CameraProfile
    aims: tuple[_Aim, ...]

    @property
    def length_m(self) -> float:
        """The whole way over ground."""
        return float(self.way_m[-1])

    @property
    def duration_s(self) -> float:
        """From take-off to landing."""
        return float(self.time_s[-1])

    def corner_of(self, item: int) -> int | None:
        """The first corner that an item leads to, at its end; None where it leads nowhere."""
        found = [n for n, known in enumerate(self.items) if known == item]
        if not found:
            return None
        last = found[0]
        while last + 1 < len(self.items) and self.items[last + 1] == item:
            last += 1
        return last

    def at_way(self, way_m: float) -> Moment:
        """The drone after so many metres; before the start and after the end where it stands."""
        way = min(max(way_m, 0.0), self.length_m)
        after = min(max(bisect_right(self.way_m, way), 1), len(self.way_m) - 1)
        if way >= self.length_m:  # the first corner there, not that of the descent
            after = max(1, bisect_left(self.way_m, way))
        return self._between(after, way)

    def at_corner(self, corner: int) -> Moment:
        """The drone at a corner."""
        return self._between(max(corner, 1), float(self.way_m[corner]), share=1.0 if corner else 0.0)

    def _between(self, after: int, way_m: float, share: float | None = None) -> Moment:
        before = after - 1
        length = float(self.way_m[after] - self.way_m[before])
        part = share if share is not None else (way_m - float(self.way_m[before])) / length if length > 0 else 1.0
        start, end = self.places[before], self.places[after]
        course = bearing_deg(start, end) if length > 0.01 else 0.0
        at = _along(start, end, part)
        height, time = (float(c[before] + part * (c[after] - c[before])) for c in (self.height_m, self.time_s))
        above = height - self.surface_m
        sees = _seen(at, above, course, self.aims[after], self.camera)
        return Moment(at, way_m, time, height, above, self.items[after], course, sees)


def profile_of(
    mission: Mission,
    drone: DroneProfile,
    camera: CameraProfile,
    zones: Sequence[Zone] = (),
    conditions: Conditions | None = None,
    rules: Rules | None = None,
) -> Profile | None:
    """The flight from the side, None for a mission that flies nowhere."""
    given, law = conditions or Conditions(), rules or Rules()
    path = flown_path(mission, drone, given)
    if not path.legs:
        return None
    ground = laid_out(path)
    seconds = energy_of(ground, drone, wind_with_gusts(given.wind)).seconds
    way = np.concatenate([[0.0], np.cumsum(ground.lengths_m)])
    spots = [path.legs[0].start, *(leg.end for leg in path.legs)]
    surface = path.surface_msl_m - path.home.msl_m
    aims = _aims(mission)
    items = [leg.item for leg in path.legs]
    return Profile(
        way,
        np.array([spot.msl_m - path.home.msl_m for spot in spots]),
        np.concatenate([[0.0], np.cumsum(seconds)]),
        (items[0], *items),
        tuple(spot.at for spot in spots),
        surface,
        None if law.max_height_m is None else law.max_height_m + surface,
        _bands(path, ground, _told(zones, given, float(seconds.sum())), way),
        camera,
        tuple(aims[min(max(item - 1, 0), len(aims) - 1)] for item in (items[0], *items)),
    )


def _aims(mission: Mission) -> list[_Aim]:
    """How the camera hangs on the way to each item."""
    aims: list[_Aim] = []
    pitch, place = -90.0, None
    for one in mission:
        aims.append(pitch if place is None else place)
        match one.command:
            case Command.DO_MOUNT_CONTROL | Command.DO_GIMBAL_MANAGER_PITCHYAW:
                pitch = max(-90.0, min(30.0, one.params[0] or 0.0))
            case Command.DO_SET_ROI_LOCATION:
                place = one.at
            case Command.DO_SET_ROI_NONE:
                place = None
            case _:
                pass
    return aims or [pitch]


def _seen(at: LatLon, above_m: float, course_deg: float, aim: _Aim, camera: CameraProfile) -> tuple[LatLon, ...]:
    if above_m <= 1.0:
        return ()
    if isinstance(aim, LatLon):
        away = distance_m(at, aim)
        yaw = bearing_deg(at, aim) if away > 0.1 else course_deg
        pitch = -math.degrees(math.atan2(above_m, away))
    else:
        yaw, pitch = course_deg, aim
    half_deg = math.degrees(math.atan(camera.height_px / 2 / camera.focal_px))
    if pitch + half_deg > LOWEST_LOOK_DEG:
        return ()
    corners = footprint(camera.intrinsics, Attitude(yaw, pitch), above_m)
    return tuple(LocalFrame(at).to_places(corners)) if np.isfinite(corners).all() else ()


def _told(zones: Sequence[Zone], conditions: Conditions, seconds: float) -> list[Zone]:
    """The zones that say something about the flight while it lasts."""
    start = conditions.start_utc
    end = None if start is None else start + timedelta(seconds=min(seconds, 86_400.0))
    return [zone for zone in zones if zone.rule is not ZoneRule.INFORMATION and zone.applies(start, end)]


def _bands(path: FlownPath, ground: Ground, shown: Sequence[Zone], way: Floats) -> tuple[Band, ...]:
    """The zones that the way runs through, each stretch once."""
    if not shown:
        return ()
    index = ZoneIndex(shown, ground.frame, [path.home.at, *(leg.end.at for leg in path.legs)])
    stretches: dict[int, list[tuple[float, float]]] = {}
    for hit in index.met_by_legs(ground.starts, ground.ends):
        length = float(way[hit.leg + 1] - way[hit.leg])
        if length > 0 and hit.last > hit.first:
            start = float(way[hit.leg])
            stretches.setdefault(hit.zone, []).append((start + hit.first * length, start + hit.last * length))
    return tuple(
        Band(zone.name, zone.rule, first, last, _level(zone.lower, path), _level(zone.upper, path))
        for number, some in sorted(stretches.items())
        for zone in (index.zones[number],)
        for first, last in _joined(sorted(some))
    )


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for first, last in stretches:
        if joined and first <= joined[-1][1] + 0.5:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _level(limit: HeightLimit | None, path: FlownPath) -> float | None:
    """A limit above the launch place; one above ground counts from the lowest that the ground may be."""
    if limit is None:
        return None
    base = path.surface_msl_m if limit.datum is Datum.GROUND else 0.0
    return base + limit.metres - path.home.msl_m


def _along(start: LatLon, end: LatLon, part: float) -> LatLon:
    if part <= 0 or start == end:
        return start
    if part >= 1:
        return end
    frame = LocalFrame(start)
    east, north = (part * frame.to_metres([end])[0]).tolist()
    return frame.to_place(east, north)
