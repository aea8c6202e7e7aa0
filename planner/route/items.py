"""Mission items from a way: take-off, speed, camera straight down, lines with the trigger, return."""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from planner.model.mission import Command, Home, Mission, MissionItem, item
from planner.model.plan import Plan

MAVLINK_TARGETING = 2.0
"""MAV_MOUNT_MODE_MAVLINK_TARGETING, parameter 7 of DO_MOUNT_CONTROL."""
LATE_M = 3.0
"""A line's last picture is due this far before its end, so that turning early does not lose it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A waypoint of the pattern, the trigger distance from there on (0: off, None: as before), and what to do there."""

    at: LatLon
    trigger_m: float | None
    actions: tuple[MissionItem, ...] = ()


def mission_of(plan: Plan, stops: list[Stop], home: Home, *, height_m: float, speed_m_s: float) -> Mission:
    """Take-off over the launch place, the stops in order, return to launch."""
    yaw = None if plan.drone.autopilot == "px4" else 0.0  # PX4: None keeps the heading; ArduPilot has no such field
    items: list[MissionItem] = [
        item(Command.NAV_TAKEOFF, at=home.at, height_m=height_m, p4=yaw),
        item(Command.DO_CHANGE_SPEED, p1=1.0, p2=round(speed_m_s, 2), p3=-1.0),
        item(Command.DO_MOUNT_CONTROL, p1=-90.0, height_m=MAVLINK_TARGETING),
    ]
    for stop in stops:
        items.append(item(Command.NAV_WAYPOINT, at=stop.at, height_m=height_m, p4=yaw))
        items.extend(stop.actions)
        if stop.trigger_m is not None:
            at_once = 1.0 if stop.trigger_m > 0 else 0.0
            items.append(item(Command.DO_SET_CAM_TRIGG_DIST, p1=stop.trigger_m, p3=at_once))
    items.append(item(Command.NAV_RETURN_TO_LAUNCH))
    return Mission(tuple(items), home=home, cruise_speed_m_s=speed_m_s, hover_speed_m_s=speed_m_s)


def fitted_trigger_m(length_m: float, greatest_m: float) -> float:
    """The trigger distance, at most `greatest_m`, whose last picture falls just before the end of a line.

    Never less than half of `greatest_m`: a line shorter than that is seen in its first picture.
    """
    usable = length_m - min(LATE_M, length_m / 2)
    if usable < greatest_m / 2:
        return math.floor(greatest_m * 100) / 100
    return math.floor(usable / math.ceil(usable / greatest_m) * 100) / 100


def captures_along(length_m: float, trigger_m: float, *, at_start: bool) -> int:
    """Pictures along a photographed piece, one of them at its start if the trigger is set there."""
    return int(at_start) + math.floor(max(0.0, length_m - 1e-6) / trigger_m)
