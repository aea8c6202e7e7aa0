"""The gimbal manager of gimbal protocol v2: who has claimed the gimbal, and where it is told to look.

https://mavlink.io/en/services/gimbal_v2.html. ArduPilot's AP_Mount notes and tells a claim, but obeys everybody; PX4
refuses whoever is not in control.
"""

import math

from sitl.autopilot.camera import Camera
from sitl.autopilot.messages import Received, Result
from sitl.autopilot.situation import Situation

RETRACT, NEUTRAL, ROLL_LOCK, PITCH_LOCK, YAW_LOCK = 1, 2, 4, 8, 16
"""GIMBAL_MANAGER_FLAGS."""
DEVICE_ID = 1
_UNCHANGED, _MYSELF, _RELEASE = -1, -2, -3


class Gimbal:
    """Takes claims and orders. `primary` is system and component of whoever is in control, 0 and 0 for nobody."""

    def __init__(self, now: Situation, camera: Camera) -> None:
        self._now = now
        self._camera = camera
        self.primary = (0, 0)

    @property
    def flags(self) -> int:
        """GIMBAL_MANAGER_FLAGS now: roll and pitch against the horizon, the heading too while it is locked."""
        return ROLL_LOCK | PITCH_LOCK | (YAW_LOCK if self._camera.is_yaw_locked else 0)

    def configure(self, event: Received, system: float, component: float, device: float) -> tuple[Result, bool]:
        """DO_GIMBAL_MANAGER_CONFIGURE: the result, and whether control has changed hands."""
        if not all(math.isfinite(n) and _RELEASE <= n <= 255 for n in (system, component)) or not _is_ours(device):
            return Result.FAILED, False
        before, sender = self.primary, (event.system, event.component)
        match int(system):
            case -1:
                pass
            case -2:
                self.primary = sender
            case -3:
                self.primary = (0, 0) if self.primary == sender else self.primary
            case number:
                self.primary = (number, max(int(component), 0))
        return Result.ACCEPTED, self.primary != before

    def order(
        self,
        event: Received,
        *,
        pitch_deg: float,
        yaw_deg: float,
        pitch_deg_s: float,
        yaw_deg_s: float,
        flags: int,
        device: float,
    ) -> Result:
        """Angles or, where those are NaN, rates; yaw against north with YAW_LOCK, else against the nose."""
        if not _is_ours(device):
            return Result.FAILED
        if self._now.is_px4 and self.primary != (event.system, event.component):
            return Result.DENIED
        locked = bool(flags & YAW_LOCK)
        if flags & (RETRACT | NEUTRAL):
            p = self._now.parameters
            self._camera.point(p["MNT1_NEUTRAL_Y"], p["MNT1_NEUTRAL_Z"])
        elif math.isfinite(pitch_deg) and math.isfinite(yaw_deg):
            self._camera.point(pitch_deg, yaw_deg, yaw_locked=locked)
        elif math.isfinite(pitch_deg_s) and math.isfinite(yaw_deg_s):
            self._camera.turn(pitch_deg_s, yaw_deg_s, yaw_locked=locked)
        else:
            return Result.FAILED
        return Result.ACCEPTED


def _is_ours(device: float) -> bool:
    """Whether a gimbal device id means the one gimbal: 0 is all or the first."""
    return device in {0, DEVICE_ID}


def angles_deg(q: list[float]) -> tuple[float, float]:
    """Pitch and yaw of a quaternion (w, x, y, z); NaN for what is none."""
    size = math.sqrt(sum(c * c for c in q)) if len(q) == 4 else math.nan
    if not math.isfinite(size) or size < 1e-6:
        return math.nan, math.nan
    w, x, y, z = (c / size for c in q)
    pitch = math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
    yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return math.degrees(pitch), math.degrees(yaw)
