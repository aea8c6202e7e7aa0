"""What a ground station or a companion computer asks of a vehicle in GUIDED, besides places: velocities and headings.

Messages and masks are those of https://ardupilot.org/dev/docs/copter-commands-in-guided-mode.html.
"""

import math
from dataclasses import dataclass

from planner.geo.points import LatLon
from sitl.autopilot.messages import Message, Mode, Result
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.situation import Situation, Spot
from sitl.autopilot.tasks import Velocity

NO_POSITION, NO_VELOCITY, NO_YAW, NO_YAW_RATE = 0b111, 0b111000, 1 << 10, 1 << 11
"""POSITION_TARGET_TYPEMASK."""
_GLOBAL_FRAMES = frozenset({0, 3, 5, 6, 10, 11})
LOCAL_NED, LOCAL_OFFSET_NED, BODY_NED, BODY_OFFSET_NED = 1, 7, 8, 9
_LOCAL_FRAMES = frozenset({LOCAL_NED, LOCAL_OFFSET_NED, BODY_NED, BODY_OFFSET_NED})


@dataclass(frozen=True, slots=True)
class Wish:
    """Velocity to the east, north and up in m/s."""

    east_m_s: float
    north_m_s: float
    up_m_s: float


class Guided:
    """Takes the messages that have no answer, and the turn to a heading."""

    def __init__(self, now: Situation, pilot: Pilot) -> None:
        self._now = now
        self._pilot = pilot

    def take(self, message: Message) -> None:
        """SET_POSITION_TARGET_GLOBAL_INT or SET_POSITION_TARGET_LOCAL_NED; only in GUIDED, in the air."""
        now = self._now
        if now.mode is not Mode.GUIDED or not now.armed or now.landed:
            return
        mask, frame = message.whole("type_mask"), message.whole("coordinate_frame")
        is_local = message.name == "SET_POSITION_TARGET_LOCAL_NED"
        if frame not in (_LOCAL_FRAMES if is_local else _GLOBAL_FRAMES):
            return
        if not mask & NO_POSITION:
            self._go(message, frame, is_local=is_local)
        elif not mask & NO_VELOCITY:
            self._move(message, frame)
        else:
            return
        if not mask & NO_YAW and math.isfinite(message.number("yaw")):
            turned = self._now.yaw_deg if frame in {BODY_NED, BODY_OFFSET_NED} else 0.0
            self._pilot.face(turned + math.degrees(message.number("yaw")))

    def turn(self, angle_deg: float, direction: float, *, relative: float) -> Result:
        """CONDITION_YAW: to a heading, or by an angle from the present one."""
        if not 0 <= angle_deg <= 360 or relative not in {0, 1}:
            return Result.FAILED
        if relative == 1:
            angle_deg = self._now.yaw_deg + (-angle_deg if direction < 0 else angle_deg)
        self._pilot.face(angle_deg)
        return Result.ACCEPTED

    def _go(self, message: Message, frame: int, *, is_local: bool) -> None:
        now = self._now
        if not is_local:
            height = message.number("alt")
            try:
                at = LatLon(message.whole("lat_int") / 1e7, message.whole("lon_int") / 1e7)
            except ValueError:
                return
            if math.isfinite(height):
                self._pilot.go_to(at, height_m=height, frame=0 if frame in {0, 5} else 3)
            return
        north, east, down = (message.number(axis) for axis in ("x", "y", "z"))
        if not all(math.isfinite(v) and abs(v) < 1e6 for v in (north, east, down)):
            return
        if frame in {BODY_NED, BODY_OFFSET_NED}:
            east, north = _turned(east, north, now.yaw_deg)
        base = Spot(0.0, 0.0, 0.0) if frame == LOCAL_NED else now.here
        self._pilot.go_to_spot(Spot(base.east_m + east, base.north_m + north, base.up_m - down))

    def _move(self, message: Message, frame: int) -> None:
        north, east, down = (message.number(axis) for axis in ("vx", "vy", "vz"))
        if not all(math.isfinite(v) for v in (north, east, down)):
            return
        if frame in {BODY_NED, BODY_OFFSET_NED}:
            east, north = _turned(east, north, self._now.yaw_deg)
        most = self._now.config.airframe.max_speed_m_s
        fast = math.hypot(east, north)
        share = most / fast if fast > most else 1.0
        until_s = self._now.link_s + max(self._now.parameters["GUID_TIMEOUT"], 0.1)
        self._pilot.task = Velocity(east * share, north * share, -down, until_s)


def _turned(right: float, forward: float, yaw_deg: float) -> tuple[float, float]:
    """East and north of something given to the right and forward of the nose."""
    yaw = math.radians(yaw_deg)
    return forward * math.sin(yaw) + right * math.cos(yaw), forward * math.cos(yaw) - right * math.sin(yaw)
