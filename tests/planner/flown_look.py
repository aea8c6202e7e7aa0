"""A drone that flies the items of a look on paper, and a vessel that goes on: what each picture shows.

Written apart from the planner: plain trigonometry, straight legs at the speed that the items set.
"""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.geo.points import LatLon, LocalFrame
from planner.model.mission import Command, MissionItem
from planner.model.profiles import CameraProfile, DroneProfile

Spot = tuple[float, float]


@dataclass(frozen=True)
class Ship:
    """A vessel at `at` (east, north) at second 0."""

    at: Spot
    course_deg: float
    speed_m_s: float
    length_m: float

    def middle(self, second: float) -> Spot:
        way, bow = self.speed_m_s * second, math.radians(self.course_deg)
        return self.at[0] + way * math.sin(bow), self.at[1] + way * math.cos(bow)

    def in_hull(self, spot: Spot, second: float) -> Spot:
        """Metres ahead of its middle and to starboard."""
        x, y = (a - b for a, b in zip(spot, self.middle(second), strict=True))
        bow = math.radians(self.course_deg)
        return x * math.sin(bow) + y * math.cos(bow), x * math.cos(bow) - y * math.sin(bow)

    def corners(self, second: float) -> list[tuple[float, float, float]]:
        """Its box: a fifth as wide and a tenth as high as long."""
        bow = math.radians(self.course_deg)
        found = []
        for ahead, aside, up in itertools.product((-0.5, 0.5), (-0.1, 0.1), (0.0, 0.1)):
            a, b = ahead * self.length_m, aside * self.length_m
            x, y = self.middle(second)
            east = x + a * math.sin(bow) + b * math.cos(bow)
            north = y + a * math.cos(bow) - b * math.sin(bow)
            found.append((east, north, up * self.length_m))
        return found


@dataclass(frozen=True)
class Picture:
    """Taken at a second, from a place and height, looking at a spot on the water."""

    second: float
    eye: Spot
    height_m: float
    aim: Spot

    def shows(self, point: tuple[float, float, float], camera: CameraProfile) -> bool:
        """Whether a point is in it: angles to the right of and below the view, against half the picture."""
        look = (self.aim[0] - self.eye[0], self.aim[1] - self.eye[1], -self.height_m)
        to = (point[0] - self.eye[0], point[1] - self.eye[1], point[2] - self.height_m)
        length = math.sqrt(sum(v * v for v in look))
        flat = math.hypot(look[0], look[1])
        right = (look[1] / flat, -look[0] / flat)
        depth = sum(a * b for a, b in zip(look, to, strict=True)) / length
        across = right[0] * to[0] + right[1] * to[1]
        square = sum(v * v for v in to) - depth**2 - across**2
        half_w, half_h = (s / 2 / camera.focal_mm for s in (camera.sensor_width_mm, camera.sensor_height_mm))
        return depth > 0 and abs(across) / depth <= half_w and math.sqrt(max(square, 0.0)) / depth <= half_h


@dataclass(frozen=True)
class Flight:
    """What was flown: pictures, places with their seconds, and the greatest airspeed that it took."""

    pictures: tuple[Picture, ...]
    places: tuple[tuple[float, Spot], ...]
    most_airspeed_m_s: float


@dataclass
class _Aloft:
    """Where a drone is and what is on."""

    at: Spot
    speed_m_s: float
    second: float = 0.0
    height_m: float = 0.0
    each_m: float = 0.0
    since_m: float = 0.0
    aim: Spot | None = None

    def leg(self, to: Spot) -> Iterator[Picture]:
        """A straight leg, with its pictures."""
        far, start, began = math.dist(self.at, to), self.at, self.second
        gone = 0.0
        while self.each_m and self.since_m + far - gone >= self.each_m:
            gone += self.each_m - self.since_m
            self.since_m = 0.0
            there = start[0] + (to[0] - start[0]) * gone / far, start[1] + (to[1] - start[1]) * gone / far
            if self.aim:
                yield Picture(began + gone / self.speed_m_s, there, self.height_m, self.aim)
        self.since_m += far - gone
        self.second, self.at = began + far / self.speed_m_s, to

    def trigger(self, metres: float, *, at_once: bool) -> Iterator[Picture]:
        """Pictures each so many metres from here on; 0 stops them."""
        self.each_m, self.since_m = metres, 0.0
        if metres and at_once and self.aim:
            yield Picture(self.second, self.at, self.height_m, self.aim)

    def airspeed(self, to: Spot, wind: Spot) -> float:
        """What a leg takes through the air."""
        far = math.dist(self.at, to)
        return math.dist([self.speed_m_s * (b - a) / far for a, b in zip(self.at, to, strict=True)], wind) if far else 0


def fly(items: Iterable[MissionItem], drone: DroneProfile, frame: LocalFrame, start: LatLon, wind: Spot) -> Flight:
    """Flies items from the ground at `start`: straight legs, speeds over ground as set."""
    now = _Aloft(_spot(frame, start), drone.cruise_speed_m_s)
    pictures: list[Picture] = []
    places, most = [(0.0, now.at)], 0.0
    for made in items:
        to = None if made.at is None else _spot(frame, made.at)
        match made.command, to:
            case Command.NAV_TAKEOFF, _:
                now.height_m = made.height_m or 0.0
                now.second += now.height_m / drone.climb_m_s
            case Command.DO_CHANGE_SPEED, _:
                now.speed_m_s = made.params[1] or now.speed_m_s
            case ((Command.DO_SET_ROI_LOCATION | Command.DO_SET_ROI_NONE), _):
                now.aim = to
            case Command.DO_SET_CAM_TRIGG_DIST, _:
                pictures += now.trigger(made.params[0] or 0.0, at_once=bool(made.params[2]))
            case Command.NAV_WAYPOINT, (_, _) as spot:
                now.height_m = made.height_m or 0.0
                most = max(most, now.airspeed(spot, wind))
                pictures += now.leg(spot)
                places.append((now.second, now.at))
            case _:
                pass
    return Flight(tuple(pictures), tuple(places), most)


def _spot(frame: LocalFrame, place: LatLon) -> Spot:
    east, north = frame.to_metres([place])[0]
    return float(east), float(north)
