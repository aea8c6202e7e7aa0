"""A mission in time: which leg is flown when, how the camera hangs, and where it takes pictures.

Still air, straight legs, no time lost in turns. Jumps are not repeated. Heights are above the launch place.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.geo.points import Floats, LatLon, bearing_deg, destination, distance_m
from planner.model.flight import Flight
from planner.model.mission import Command, Frame, Mission, MissionItem
from planner.model.profiles import CameraProfile, DroneProfile

NADIR_DEG = -90.0
MOST_SHOTS = 200_000
_HOVERS = {Command.NAV_LOITER_TIME, Command.NAV_WAYPOINT}


@dataclass(frozen=True, slots=True)
class TimedLeg:
    """One straight leg: `item` is the number (from 1) of the item that it leads to, times count from take-off."""

    item: int
    start: LatLon
    end: LatLon
    start_height_m: float
    end_height_m: float
    start_s: float
    end_s: float
    length_m: float
    course_deg: float
    pitch_deg: float
    trigger_m: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The legs of a mission in flying order, its whole duration, and what was assumed (sentences)."""

    legs: tuple[TimedLeg, ...]
    duration_s: float
    notes: tuple[str, ...] = ()

    @property
    def photographed(self) -> tuple[TimedLeg, ...]:
        """The legs along which the camera is triggered; all legs where the mission triggers none (video)."""
        return tuple(leg for leg in self.legs if leg.trigger_m > 0) or self.legs


@dataclass(frozen=True, slots=True, eq=False)
class Shots:
    """Columns over pictures, in time order: seconds (of any one clock), places, heights above the water, attitudes."""

    time_s: Floats
    lat_deg: Floats
    lon_deg: Floats
    height_m: Floats
    yaw_deg: Floats
    pitch_deg: Floats
    roll_deg: Floats

    def __len__(self) -> int:
        return len(self.time_s)


def timeline(mission: Mission, drone: DroneProfile) -> Timeline:
    """The legs of `mission` as `drone` flies them.

    Where the mission sets no speed, its own or the drone's cruise speed counts; where it turns no camera, it looks
    straight down.
    """
    walk = _Walk(mission, drone)
    for number, one in enumerate(mission, start=1):
        walk.take(number, one)
    notes = []
    if walk.jumps:
        notes.append(f"{walk.jumps} jumps are flown once only in these figures")
    if not walk.turned:
        notes.append("the mission does not turn the camera; straight down is assumed")
    return Timeline(tuple(walk.legs), walk.now_s, tuple(notes))


def planned_shots(line: Timeline, camera: CameraProfile) -> Shots:
    """The pictures that a mission takes; where it triggers none, one every two seconds (video)."""
    rows: list[tuple[float, float, float, float, float, float]] = []
    for leg in line.photographed:
        rows.extend(_along(leg, camera))
        if len(rows) > MOST_SHOTS:
            raise ValueError(f"more than {MOST_SHOTS:,} pictures; ask for fewer")
    columns = np.array(rows, dtype=float).reshape(-1, 6)
    time, lat, lon, height, yaw, pitch = columns.T
    return Shots(time, lat, lon, height, yaw, pitch, np.zeros(len(columns)))


def flown_shots(flight: Flight, *, above_water_m: float = 0.0) -> Shots:
    """The pictures of a flown flight; a flight without triggers is taken as video, a picture every two seconds.

    Attitude is the gimbal's where the log has it, else straight down with the vehicle's heading. `above_water_m` is the
    launch place's height above the water.
    """
    track = flight.track
    if flight.captures:
        times = np.array([c.at_utc.timestamp() for c in flight.captures])
        lat = np.array([c.at.lat_deg for c in flight.captures])
        lon = np.array([c.at.lon_deg for c in flight.captures])
        height = np.array([c.height_m for c in flight.captures])
        yaw = np.array([c.yaw_deg for c in flight.captures])
    elif len(track) > 1:
        times = np.arange(track.time_utc_s[0], track.time_utc_s[-1], 2.0)[:MOST_SHOTS]
        lat, lon, height = (
            np.interp(times, track.time_utc_s, c) for c in (track.lat_deg, track.lon_deg, track.height_m)
        )
        yaw = _nearest(times, track.time_utc_s, track.yaw_deg)
    else:
        return Shots(*(np.zeros(0) for _ in range(7)))
    pitch = _gimbal(times, track.time_utc_s, track.gimbal_pitch_deg, NADIR_DEG)
    yaw = np.where(np.isnan(g := _gimbal(times, track.time_utc_s, track.gimbal_yaw_deg, np.nan)), yaw, g)
    roll = _gimbal(times, track.time_utc_s, track.gimbal_roll_deg, 0.0)
    order = np.argsort(times, kind="stable")
    columns = (times, lat, lon, height + above_water_m, yaw, pitch, roll)
    return Shots(*(np.asarray(column, dtype=float)[order] for column in columns))


class _Walk:
    """The mission item by item: where the vehicle is, and how fast, how high, and with what trigger it goes on."""

    def __init__(self, mission: Mission, drone: DroneProfile) -> None:
        self._home = mission.home
        self._drone = drone
        first = next((one.at for one in mission if one.at is not None), None)
        self._at = mission.home.at if mission.home else first
        self._height_m = 0.0
        self._speed_m_s = min(mission.cruise_speed_m_s or drone.cruise_speed_m_s, drone.max_speed_m_s)
        self._pitch_deg = NADIR_DEG
        self._trigger_m = 0.0
        self.legs: list[TimedLeg] = []
        self.now_s = 0.0
        self.jumps = 0
        self.turned = False

    def take(self, number: int, one: MissionItem) -> None:
        p = one.params
        match one.command:
            case Command.DO_CHANGE_SPEED if (p[1] or 0) > 0:
                self._speed_m_s = min(p[1] or self._speed_m_s, self._drone.max_speed_m_s)
            case Command.DO_MOUNT_CONTROL | Command.DO_GIMBAL_MANAGER_PITCHYAW:
                self._pitch_deg, self.turned = max(-90.0, min(30.0, p[0] or 0.0)), True
            case Command.DO_SET_CAM_TRIGG_DIST:
                self._trigger_m = max(p[0] or 0.0, 0.0)
            case Command.DO_JUMP:
                self.jumps += 1
            case Command.NAV_TAKEOFF:
                self._climb(self._height_of(one))
            case Command.NAV_RETURN_TO_LAUNCH if self._home is not None:
                self._go(number, self._home.at, self._height_m)
                self._climb(0.0)
            case Command.DO_SET_ROI_LOCATION:
                return
            case command if one.at is not None and command < 5000:
                self._go(number, one.at, self._height_of(one))
                self.now_s += max(p[0] or 0.0, 0.0) if command in _HOVERS else 0.0
            case _:
                return

    def _height_of(self, one: MissionItem) -> float:
        height = one.height_m if one.height_m is not None else self._height_m
        above_sea = one.frame in {Frame.GLOBAL, Frame.GLOBAL_INT}
        return height - (self._home.msl_m if self._home else 0.0) if above_sea else height

    def _climb(self, to_m: float) -> None:
        rate = self._drone.climb_m_s if to_m > self._height_m else self._drone.descent_m_s
        self.now_s += abs(to_m - self._height_m) / rate
        self._height_m = to_m

    def _go(self, number: int, to: LatLon, height_m: float) -> None:
        here = self._at or to
        length = distance_m(here, to)
        rise = height_m - self._height_m
        vertical = abs(rise) / (self._drone.climb_m_s if rise > 0 else self._drone.descent_m_s)
        end = self.now_s + max(length / self._speed_m_s, vertical)
        if length > 0.01:
            course = bearing_deg(here, to)
            self.legs.append(
                TimedLeg(
                    number,
                    here,
                    to,
                    self._height_m,
                    height_m,
                    self.now_s,
                    end,
                    length,
                    course,
                    self._pitch_deg,
                    self._trigger_m,
                )
            )
        self._at, self._height_m, self.now_s = to, height_m, end


def _along(leg: TimedLeg, camera: CameraProfile) -> Iterator[tuple[float, float, float, float, float, float]]:
    """Rows (time, latitude, longitude, height, yaw, pitch) of the pictures along a leg."""
    speed = leg.length_m / max(leg.end_s - leg.start_s, 1e-9)
    every = max(leg.trigger_m, camera.min_interval_s * speed) if leg.trigger_m > 0 else max(2.0 * speed, 0.5)
    for k in range(int(leg.length_m / every + 1e-6) + 1):
        share = k * every / leg.length_m
        at = destination(leg.start, towards_deg=leg.course_deg, range_m=k * every)
        height = leg.start_height_m + share * (leg.end_height_m - leg.start_height_m)
        time = leg.start_s + share * (leg.end_s - leg.start_s)
        yield time, at.lat_deg, at.lon_deg, height, leg.course_deg, leg.pitch_deg


def _nearest(times: Floats, known_s: Floats, column: Floats) -> Floats:
    after = np.clip(np.searchsorted(known_s, times), 1, len(known_s) - 1)
    before = after - 1
    closer = np.where(times - known_s[before] < known_s[after] - times, before, after)
    return np.asarray(column[closer], dtype=float)


def _gimbal(times: Floats, known_s: Floats, column: Floats, default: float) -> Floats:
    if len(known_s) < 2 or np.isnan(column).all():
        return np.full(len(times), default)
    found = _nearest(times, known_s, column)
    return np.where(np.isnan(found), default, found)
