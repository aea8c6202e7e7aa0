"""Commands that are done at once, whether they come over the link or stand in a mission."""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from sitl.autopilot.camera import Camera
from sitl.autopilot.gimbal import YAW_LOCK
from sitl.autopilot.messages import Result, Severity
from sitl.autopilot.situation import Situation, Spot
from sitl.missions import Item


@dataclass
class Speeds:
    """Speeds over ground and vertical that a DO_CHANGE_SPEED set; None: the parameters'."""

    ground_m_s: float | None = None


class Actions:
    """What ArduCopter calls DO commands. Parameters are an Item's; `height_frame` 0 is above the sea."""

    def __init__(self, now: Situation, camera: Camera) -> None:
        self._now = now
        self._camera = camera
        self.speeds = Speeds()

    def perform(self, item: Item) -> Result:
        """Does it, or says why not."""
        table = {
            178: self._speed,
            179: self._set_home,
            195: self._look_at,
            197: self._look_ahead,
            201: self._look_at,
            203: self._digicam,
            205: self._mount,
            206: self._trigger_distance,
            207: self._fence,
            1000: self._gimbal,
            2000: self._capture,
            2001: self._stop_capture,
        }
        do = table.get(item.command)
        return Result.UNSUPPORTED if do is None else do(item)

    def cruise_m_s(self) -> float:
        """The speed for legs."""
        wanted = self.speeds.ground_m_s or max(self._now.parameters["WPNAV_SPEED"] / 100, 0.2)
        return min(wanted, self._now.config.airframe.max_speed_m_s)

    def _speed(self, item: Item) -> Result:
        if not math.isfinite(item.p2) or item.p2 <= 0:
            return Result.FAILED
        match _whole(item.p1):
            case 0 | 1:
                self.speeds.ground_m_s = min(item.p2, 35.0)
            case 2:
                self._now.parameters.keep("WPNAV_SPEED_UP", min(item.p2, 10.0) * 100)
            case 3:
                self._now.parameters.keep("WPNAV_SPEED_DN", min(item.p2, 5.0) * 100)
            case _:
                return Result.FAILED
        return Result.ACCEPTED

    def _set_home(self, item: Item) -> Result:
        now = self._now
        if not now.has_position:
            return Result.FAILED
        if _whole(item.p1) == 1:
            now.home = now.here
        elif item.has_place and math.isfinite(item.z):
            spot = self._spot(item)
            if spot is None:
                return Result.DENIED
            now.home = Spot(spot.east_m, spot.north_m, item.z - now.config.home_msl_m)
        else:
            return Result.DENIED
        return Result.ACCEPTED

    def _look_at(self, item: Item) -> Result:
        if not item.has_place:
            return self._look_ahead(item)
        if not math.isfinite(item.z):
            return Result.DENIED
        self._camera.look_at = self._spot(item)
        return Result.ACCEPTED if self._camera.look_at is not None else Result.DENIED

    def _look_ahead(self, item: Item) -> Result:  # noqa: ARG002 -- an action's signature
        self._camera.look_at = None
        return Result.ACCEPTED

    def _digicam(self, item: Item) -> Result:
        if item.x == 1 and not self._camera.release():
            return Result.FAILED
        return Result.ACCEPTED

    def _mount(self, item: Item) -> Result:
        self._camera.point(item.p1, item.p3)
        return Result.ACCEPTED

    def _gimbal(self, item: Item) -> Result:
        self._camera.point(item.p1, item.p2, yaw_locked=bool(item.x & YAW_LOCK))
        return Result.ACCEPTED

    def _trigger_distance(self, item: Item) -> Result:
        self._camera.by_distance(item.p1, at_once=_whole(item.p3) == 1)
        return Result.ACCEPTED

    def _capture(self, item: Item) -> Result:
        if item.p3 < 0 or not math.isfinite(item.p3):
            return Result.DENIED
        taken = self._camera.by_time(every_s=item.p2, pictures=_whole(item.p3))
        return Result.ACCEPTED if taken else Result.FAILED

    def _stop_capture(self, item: Item) -> Result:  # noqa: ARG002 -- an action's signature
        self._camera.stop()
        return Result.ACCEPTED

    def _fence(self, item: Item) -> Result:
        if _whole(item.p1) not in {0, 1}:
            return Result.FAILED
        self._now.parameters.keep("FENCE_ENABLE", _whole(item.p1))
        self._now.say(Severity.INFO, "Fence enabled" if _whole(item.p1) else "Fence disabled")
        return Result.ACCEPTED

    def _spot(self, item: Item) -> Spot | None:
        return spot_of(self._now, item, default_up_m=0.0)


def _whole(value: float) -> int:
    """`value` cut to a whole number; -1 for what is none."""
    return int(value) if math.isfinite(value) else -1


def spot_of(now: Situation, item: Item, *, default_up_m: float) -> Spot | None:
    """Where an item is, in the vehicle's metres; where the vehicle is for 0/0; None for no place on earth."""
    up_m = now.up_of(item.z, item.frame) if item.z != 0 else default_up_m
    if item.x == 0 and item.y == 0:
        here = now.here
        return Spot(here.east_m, here.north_m, up_m)
    try:
        return now.spot_of(LatLon(item.x / 1e7, item.y / 1e7), up_m)
    except ValueError:
        return None
