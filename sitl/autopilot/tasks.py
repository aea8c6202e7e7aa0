"""What the vehicle is doing at a moment: taking off, following a leg, circling, holding, returning, landing.

A task turns the situation into a Demand on the airframe, each step, and says when it is done. Legs are flown so
that the track keeps to the straight line between waypoints; before a corner the vehicle slows down to what it can
turn within the waypoint's radius (WPNAV_RADIUS).
"""

import math
from dataclasses import dataclass, replace
from typing import Protocol

from sitl.autopilot.messages import Severity
from sitl.autopilot.situation import Situation, Spot
from sitl.vehicle import Demand, wrap_180

_SPEED_GAIN = 2.5
"""Acceleration per metre a second of speed error."""
_LAG_S = 0.3
"""How far ahead braking looks, so that the speed does not trail behind what is allowed."""
_BRAKE_SHARE = 0.7
"""Of the acceleration limit, what a planned braking uses; the rest is for corrections."""


class Task(Protocol):
    """Something the vehicle does until it is done."""

    done: bool

    def step(self, now: Situation, dt_s: float) -> Demand:
        """What the airframe shall do now."""
        ...


def approach_m_s(error_m: float, *, gain: float, accel_m_s2: float) -> float:
    """Speed towards a goal `error_m` away: proportional near it, and braking at `accel_m_s2` from farther away."""
    near = accel_m_s2 / (gain * gain)
    size = abs(error_m)
    speed = gain * size if size <= near else math.sqrt(2 * accel_m_s2 * (size - near / 2))
    return math.copysign(speed, error_m)


def climb_to(now: Situation, up_m: float, *, feed_m_s: float = 0.0) -> float:
    """Climb that leads to `up_m`, within WPNAV_SPEED_UP, WPNAV_SPEED_DN and WPNAV_ACCEL_Z."""
    p = now.parameters
    accel = max(p["WPNAV_ACCEL_Z"], 50.0) / 100
    wanted = feed_m_s + approach_m_s(up_m - now.here.up_m, gain=1.0, accel_m_s2=accel)
    return max(-max(p["WPNAV_SPEED_DN"], 10.0) / 100, min(max(p["WPNAV_SPEED_UP"], 10.0) / 100, wanted))


def accelerate(now: Situation, east_m_s: float, north_m_s: float) -> tuple[float, float]:
    """Acceleration that brings the velocity over ground to (east, north)."""
    most = max(now.parameters["WPNAV_ACCEL"], 50.0) / 100 * 1.3
    a_east = _SPEED_GAIN * (east_m_s - now.v_east_m_s)
    a_north = _SPEED_GAIN * (north_m_s - now.v_north_m_s)
    size = math.hypot(a_east, a_north)
    if size > most:
        a_east, a_north = a_east * most / size, a_north * most / size
    return a_east, a_north


def hold_at(now: Situation, goal: Spot, climb_m_s: float, yaw_deg: float | None = None) -> Demand:
    """The demand that keeps the vehicle over `goal`."""
    accel = max(now.parameters["WPNAV_ACCEL"], 50.0) / 100 * _BRAKE_SHARE
    here = now.here
    d_east, d_north = goal.east_m - here.east_m, goal.north_m - here.north_m
    distance = math.hypot(d_east, d_north)
    speed = min(approach_m_s(distance, gain=0.8, accel_m_s2=accel), now.parameters["WPNAV_SPEED"] / 100)
    scale = speed / distance if distance > 1e-6 else 0.0
    a_east, a_north = accelerate(now, d_east * scale, d_north * scale)
    return Demand(a_east, a_north, climb_m_s, yaw_deg)


def heading_deg(start: Spot, end: Spot) -> float | None:
    """True heading from `start` to `end`; None if they are the same place."""
    east, north = end.east_m - start.east_m, end.north_m - start.north_m
    return None if math.hypot(east, north) < 0.5 else math.degrees(math.atan2(east, north)) % 360.0


@dataclass
class Hold:
    """Stays over a place (by default where the vehicle comes to rest), for some time or for ever."""

    goal: Spot | None = None
    for_s: float | None = None
    yaw_deg: float | None = None
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:
        """Brakes, then holds."""
        if self.goal is None:
            a_east, a_north = accelerate(now, 0.0, 0.0)
            if now.speed_m_s < 0.3 and abs(now.body.v_up_m_s) < 0.2:
                self.goal = now.here
            return Demand(a_east, a_north, 0.0)
        if self.for_s is not None:
            self.for_s -= dt_s
            self.done = self.for_s <= 0
        return hold_at(now, self.goal, climb_to(now, self.goal.up_m), self.yaw_deg)


@dataclass
class Idle:
    """Stands on the ground, motors at rest or turning; a vehicle in the air without anyone at the sticks sinks."""

    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """No thrust."""
        return Demand(climb_m_s=-4.0 if not now.landed else 0.0)


@dataclass
class Level:
    """Keeps its height and hangs level, sticks in the middle: it goes where the wind takes it."""

    up_m: float | None = None
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """No tilt: the air's drag is all that moves it."""
        self.up_m = now.here.up_m if self.up_m is None else self.up_m
        air, body = now.airframe, now.body
        east = air.drag_per_s * (air.wind_east_m_s - body.v_east_m_s)
        north = air.drag_per_s * (air.wind_north_m_s - body.v_north_m_s)
        return Demand(east, north, climb_to(now, self.up_m))


@dataclass
class Takeoff:
    """Climbs straight up to a height above the launch ground."""

    up_m: float
    start: Spot | None = None
    done: bool = False

    @property
    def end(self) -> Spot | None:
        """Where the climb ends; None before it has begun."""
        return None if self.start is None else replace_up(self.start, self.up_m)

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """Climbs once the motors are up to speed."""
        self.start = self.start or now.here
        if now.body.spool < 1.0:
            return Demand()
        self.done = self.done or abs(self.up_m - now.here.up_m) < 0.3
        return hold_at(now, self.start, max(climb_to(now, self.up_m), 0.1 if now.body.on_ground else -9.0))


@dataclass
class Leg:
    """Flies the straight line from `start` to `end`, then stays there `hold_s`, or flies on if `then` is given.

    `then` is the waypoint after `end`: the vehicle passes `end` at the speed at which it can turn towards it.
    """

    start: Spot
    end: Spot
    speed_m_s: float
    then: Spot | None = None
    hold_s: float = 0.0
    turn_nose: bool = True
    arrived: bool = False
    done: bool = False
    passed_at_corner: bool = False

    def __post_init__(self) -> None:
        east, north = self.end.east_m - self.start.east_m, self.end.north_m - self.start.north_m
        self.length_m = math.hypot(east, north)
        self._east, self._north = (east / self.length_m, north / self.length_m) if self.length_m > 0.1 else (0.0, 0.0)
        self._yaw = heading_deg(self.start, self.end) if self.length_m > 2.0 else None

    def step(self, now: Situation, dt_s: float) -> Demand:
        """One step along the line."""
        here, p = now.here, now.parameters
        east, north = here.east_m - self.start.east_m, here.north_m - self.start.north_m
        along = east * self._east + north * self._north
        across = -east * self._north + north * self._east  # positive to the left of the leg
        left = self.length_m - along
        radius = max(p["WPNAV_RADIUS"] / 100, 0.3)
        self._arrive(now, left, across, radius, dt_s)
        soon = left - _LAG_S * now.speed_m_s if left > 2.0 else left
        speed = self._speed(p["WPNAV_ACCEL"] / 100, p["WPNAV_SPEED_UP"] / 100, p["WPNAV_SPEED_DN"] / 100, soon, radius)
        if self.length_m <= 0.1:
            demand = hold_at(now, self.end, climb_to(now, self.end.up_m))
        else:
            brake = max(p["WPNAV_ACCEL"], 50.0) / 100 * _BRAKE_SHARE
            sideways = -approach_m_s(across, gain=0.9, accel_m_s2=brake)
            sideways = max(-3.0, min(3.0, sideways))
            a_east, a_north = accelerate(
                now, self._east * speed - self._north * sideways, self._north * speed + self._east * sideways
            )
            demand = Demand(a_east, a_north, self._climb(now, along))
        return replace(demand, yaw_deg=self._yaw if self.turn_nose else None)

    def _speed(self, accel: float, up_m_s: float, down_m_s: float, left_m: float, radius_m: float) -> float:
        if left_m <= 0:
            return max(-1.0, left_m)
        brake = max(accel, 0.5) * _BRAKE_SHARE
        corner = self._corner_m_s(max(accel, 0.5), radius_m)
        if corner > 0:
            speed = math.sqrt(corner * corner + 2 * brake * max(left_m - 0.5 * radius_m, 0.0))
        else:
            speed = approach_m_s(left_m, gain=0.8, accel_m_s2=brake)
        rise = self.end.up_m - self.start.up_m
        if abs(rise) > 0.5:
            limit = up_m_s if rise > 0 else down_m_s
            speed = min(speed, max(limit * self.length_m / abs(rise), 0.3))
        return min(speed, self.speed_m_s)

    def _corner_m_s(self, accel: float, radius_m: float) -> float:
        """Speed at which the turn towards `then` fits inside the waypoint's radius; 0 to stop."""
        if self.then is None or self.hold_s > 0:
            return 0.0
        now_deg, next_deg = heading_deg(self.start, self.end), heading_deg(self.end, self.then)
        if now_deg is None or next_deg is None:
            return 0.0
        half = math.radians(abs(wrap_180(next_deg - now_deg)) / 2)
        if half > math.radians(75):
            return 0.0
        turn_m = 0.5 * radius_m / math.tan(half) if half > 1e-3 else 1e6
        return min(math.sqrt(accel * turn_m), self.speed_m_s)

    def _climb(self, now: Situation, along_m: float) -> float:
        share = max(0.0, min(1.0, along_m / self.length_m)) if self.length_m > 2.0 else 1.0
        slope = (self.end.up_m - self.start.up_m) / self.length_m if 0.0 < share < 1.0 else 0.0
        v_along = now.v_east_m_s * self._east + now.v_north_m_s * self._north
        goal = self.start.up_m + share * (self.end.up_m - self.start.up_m)
        return climb_to(now, goal, feed_m_s=slope * v_along)

    def _arrive(self, now: Situation, left_m: float, across_m: float, radius_m: float, dt_s: float) -> None:
        if not self.arrived:
            level = abs(self.end.up_m - now.here.up_m) < min(1.0, radius_m / 2)
            distance = math.hypot(left_m, across_m)
            corner = self._corner_m_s(max(now.parameters["WPNAV_ACCEL"] / 100, 0.5), radius_m)
            if corner > 0:
                self.arrived = level and (left_m <= 0.5 * radius_m)
                self.passed_at_corner = self.arrived
            else:
                self.arrived = level and distance < min(radius_m, 1.0) and now.speed_m_s < 0.7
        if self.arrived and not self.done:
            self.done = self.hold_s <= 0
            self.hold_s -= dt_s


@dataclass
class Velocity:
    """Moves at a velocity over ground (m/s) until `until_s` of the link's time; then it stops, as GUID_TIMEOUT says."""

    east_m_s: float
    north_m_s: float
    climb_m_s: float
    until_s: float
    goal: Spot | None = None
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """One step of it."""
        if now.link_s > self.until_s:
            self.goal = self.goal or (now.here if now.speed_m_s < 0.5 else None)
            if self.goal is not None:
                return hold_at(now, self.goal, climb_to(now, self.goal.up_m))
            return Demand(*accelerate(now, 0.0, 0.0))
        p = now.parameters
        climb = max(-p["WPNAV_SPEED_DN"] / 100, min(p["WPNAV_SPEED_UP"] / 100, self.climb_m_s))
        return Demand(*accelerate(now, self.east_m_s, self.north_m_s), climb)


@dataclass
class Circle:
    """Flies `turns` turns about a place, clockwise for a positive radius."""

    centre: Spot
    radius_m: float
    turns: float
    speed_m_s: float
    turned_deg: float = 0.0
    done: bool = False
    last_deg: float | None = None

    def step(self, now: Situation, dt_s: float) -> Demand:  # noqa: ARG002 -- a task's signature
        """Round and round."""
        here = now.here
        east, north = here.east_m - self.centre.east_m, here.north_m - self.centre.north_m
        distance = math.hypot(east, north)
        radius = abs(self.radius_m) or 10.0
        clockwise = self.radius_m >= 0
        bearing = math.degrees(math.atan2(east, north))
        if abs(distance - radius) < 3.0:
            if self.last_deg is not None:
                turned = wrap_180(bearing - self.last_deg)
                self.turned_deg += turned if clockwise else -turned
            self.last_deg = bearing
        self.done = self.turned_deg >= 360.0 * self.turns
        out_e, out_n = (east / distance, north / distance) if distance > 0.1 else (0.0, 1.0)
        along_e, along_n = (out_n, -out_e) if clockwise else (-out_n, out_e)
        accel = max(now.parameters["WPNAV_ACCEL"], 50.0) / 100
        speed = min(self.speed_m_s, math.sqrt(0.6 * accel * radius))
        outward = max(-speed, min(speed, approach_m_s(radius - distance, gain=0.8, accel_m_s2=0.5 * accel)))
        a_east, a_north = accelerate(now, along_e * speed + out_e * outward, along_n * speed + out_n * outward)
        pull = speed * speed / radius if abs(distance - radius) < 3.0 else 0.0
        return Demand(
            a_east - out_e * pull, a_north - out_n * pull, climb_to(now, self.centre.up_m), (bearing + 180.0) % 360.0
        )


@dataclass
class Land:
    """Sinks straight down until the skids touch and the vehicle rests; done then."""

    goal: Spot | None = None
    done: bool = False
    rest_s: float = 0.0

    def step(self, now: Situation, dt_s: float) -> Demand:
        """Down, slower near the ground (LAND_ALT_LOW, LAND_SPEED)."""
        if self.goal is None:
            self.goal = now.here
        if now.body.on_ground:
            self.rest_s += dt_s
            if self.rest_s >= 1.0:
                now.landed = True
            self.done = self.rest_s >= 2.0
            return Demand(climb_m_s=-0.3)
        p = now.parameters
        fast = (p["LAND_SPEED_HIGH"] or p["WPNAV_SPEED_DN"]) / 100
        slow = max(p["LAND_SPEED"] / 100, 0.3)
        low = p["LAND_ALT_LOW"] / 100
        above = now.here.up_m - now.home_or_launch.up_m
        speed = max(slow, min(fast, slow + (above - low) * 0.5)) if above > low else slow
        return hold_at(now, self.goal, -speed)


@dataclass
class Return:
    """Return to launch: climb, fly to the nearest of home and the rally points, wait, land."""

    goal: Spot
    stage: Task | None = None
    number: int = 0
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:
        """One step of the present stage."""
        if self.stage is None:
            self.stage = self._start(now)
        demand = self.stage.step(now, dt_s)
        if self.stage.done:
            self.number += 1
            if self.number > 3:
                self.done = True
            else:
                self.stage = self._next(now)
        return demand

    def _start(self, now: Situation) -> Task:
        here, p = now.here, now.parameters
        distance = math.hypot(self.goal.east_m - here.east_m, self.goal.north_m - here.north_m)
        height = max(p["RTL_ALT"] / 100, 2.0)
        if p["RTL_CONE_SLOPE"] > 0:
            height = min(height, max(distance * p["RTL_CONE_SLOPE"], 2.0))
        self._up_m = max(here.up_m + p["RTL_CLIMB_MIN"] / 100, self.goal.up_m + height)
        if now.landed:
            now.say(Severity.INFO, "RTL: landed already")
            self.number = 3
            return Land()
        return Takeoff(self._up_m)

    def _next(self, now: Situation) -> Task:
        p = now.parameters
        there = replace_up(self.goal, self._up_m)
        if self.number == 1:
            speed = (p["RTL_SPEED"] or p["WPNAV_SPEED"]) / 100
            return Leg(now.here, there, speed, turn_nose=p["WP_YAW_BEHAVIOR"] == 1)
        if self.number == 2:
            return Hold(there, for_s=p["RTL_LOIT_TIME"] / 1000)
        return Land(there)


def replace_up(spot: Spot, up_m: float) -> Spot:
    """`spot` at another height."""
    return Spot(spot.east_m, spot.north_m, up_m)


@dataclass
class Steps:
    """Several tasks, one after the other."""

    tasks: list[Task]
    done: bool = False

    def step(self, now: Situation, dt_s: float) -> Demand:
        """One step of the first task that is not done."""
        demand = self.tasks[0].step(now, dt_s)
        if self.tasks[0].done:
            if len(self.tasks) == 1:
                self.done = True
            else:
                self.tasks.pop(0)
        return demand
