"""The camera and its gimbal: when the shutter is released, what is reported, and where the camera looks.

Only CAMERA_FEEDBACK is reported, once for each picture, as ArduCopter does; it carries the vehicle's attitude. The
gimbal is stabilised: its pitch is against the horizon, its roll zero, its heading the nose's plus the pan.
"""

import math

from planner.geo.camera import Attitude
from planner.geo.points import LatLon
from sitl.autopilot.messages import Message, Send, Value
from sitl.autopilot.situation import Situation, Spot
from sitl.faults import FaultKind
from sitl.shots import Shot
from sitl.vehicle import quaternion, wrap_180

SHORTEST_GAP_S = 0.1


class Camera:
    """Releases by command, by distance and by time; keeps the gimbal's goal."""

    def __init__(self, now: Situation) -> None:
        self._now = now
        self.count = 0
        self.refused = 0
        self._broken_since_s = -1.0
        self.every_m = 0.0
        self.pitch_deg = -90.0
        self.pan_deg = 0.0
        self.look_at: Spot | None = None
        self._locked_deg: float | None = None
        self._rates_deg_s = (0.0, 0.0)
        self._turned_s = 0.0
        self.shots: list[Shot] = []
        self.captured: dict[int, dict[str, Value]] = {}
        self._last: Spot | None = None
        self._last_s = -math.inf
        self._tried_s = -math.inf
        self._every_s = 0.0
        self._left = 0

    def by_distance(self, every_m: float, *, at_once: bool) -> None:
        """Takes a picture each `every_m` metres over ground from now on; 0 stops."""
        self.every_m = every_m if every_m > 0 and math.isfinite(every_m) else 0.0
        self._last = self._now.here
        if self.every_m and at_once:
            self.release()

    def by_time(self, *, every_s: float, pictures: int) -> bool:
        """Takes `pictures` (0: for ever) pictures `every_s` apart, the first now; False if the camera is busy."""
        if not self.release():
            return False
        self._every_s = every_s if every_s > 0 and math.isfinite(every_s) and pictures != 1 else 0.0
        self._left = pictures - 1 if pictures > 1 else -1
        return True

    def stop(self) -> None:
        """Ends a series."""
        self._every_s = 0.0

    def step(self) -> None:
        """Turns the gimbal's goal, and releases the shutter where distance or time ask for it."""
        self._follow_rates()
        if self.every_m and self._last is not None:
            here = self._now.here
            moved = math.hypot(here.east_m - self._last.east_m, here.north_m - self._last.north_m)
            if moved >= self.every_m:
                self.release()
        if self._every_s and self._now.now_s - self._tried_s >= self._every_s and self.release() and self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._every_s = 0.0

    def goal_deg(self) -> tuple[float, float]:
        """Pitch and pan that the gimbal is to reach."""
        if self.look_at is None:
            if self._locked_deg is not None:
                return self.pitch_deg, wrap_180(self._locked_deg - self._now.yaw_deg)
            return self.pitch_deg, self.pan_deg
        here = self._now.here
        flat = math.hypot(self.look_at.east_m - here.east_m, self.look_at.north_m - here.north_m)
        pitch = math.degrees(math.atan2(self.look_at.up_m - here.up_m, flat)) if flat > 0.1 else -90.0
        return self._within(pitch), 0.0

    def off_goal_deg(self) -> float:
        """How far the gimbal is from where it was told to look: the greater of pitch and pan."""
        pitch, pan = self.goal_deg()
        body = self._now.body
        return max(abs(pitch - body.camera_pitch_deg), abs(pan - body.camera_pan_deg))

    def point(self, pitch_deg: float, pan_deg: float, *, yaw_locked: bool = False) -> None:
        """Points the camera: pitch against the horizon, pan against the nose, or against north if it is locked.

        NaN leaves an angle as it is.
        """
        self.look_at, self._rates_deg_s = None, (0.0, 0.0)
        if math.isfinite(pitch_deg):
            self.pitch_deg = self._within(pitch_deg)
        if math.isfinite(pan_deg):
            self._locked_deg = pan_deg % 360.0 if yaw_locked else None
            self.pan_deg = max(-180.0, min(180.0, pan_deg))

    def turn(self, pitch_deg_s: float, pan_deg_s: float, *, yaw_locked: bool) -> None:
        """Turns the camera from where it looks now, until it is told otherwise."""
        pitch, pan = self.goal_deg()
        self.point(pitch, (self._now.yaw_deg + pan) if yaw_locked else pan, yaw_locked=yaw_locked)
        self._rates_deg_s = (max(-360.0, min(360.0, pitch_deg_s)), max(-360.0, min(360.0, pan_deg_s)))

    @property
    def is_yaw_locked(self) -> bool:
        """Whether its heading is kept against north."""
        return self._locked_deg is not None and self.look_at is None

    @property
    def interval_s(self) -> float:
        """Time between the pictures of a running series; 0 for none."""
        return self._every_s

    def _within(self, pitch_deg: float) -> float:
        p = self._now.parameters
        return max(p["MNT1_PITCH_MIN"], min(p["MNT1_PITCH_MAX"], pitch_deg))

    def _follow_rates(self) -> None:
        dt_s, self._turned_s = self._now.now_s - self._turned_s, self._now.now_s
        pitch_deg_s, pan_deg_s = self._rates_deg_s
        if pitch_deg_s or pan_deg_s:
            self.pitch_deg = self._within(self.pitch_deg + pitch_deg_s * dt_s)
            if self._locked_deg is not None:
                self._locked_deg = (self._locked_deg + pan_deg_s * dt_s) % 360.0
            else:
                self.pan_deg = max(-180.0, min(180.0, self.pan_deg + pan_deg_s * dt_s))

    @property
    def attitude(self) -> Attitude:
        """Where the camera looks now, against the earth."""
        body = self._now.body
        return Attitude((body.yaw_deg + body.camera_pan_deg) % 360.0, body.camera_pitch_deg, 0.0)

    def release(self) -> bool:
        """Takes a picture; False within 0.1 s of the one before, or with the shutter broken."""
        now = self._now
        if FaultKind.CAMERA in now.faults:
            return self._refuse()
        if now.now_s - self._last_s < max(SHORTEST_GAP_S, now.parameters["CAM1_INTRVAL_MIN"]):
            return False
        self.count += 1
        self._last, self._last_s, self._tried_s = now.here, now.now_s, now.now_s
        self._report(now)
        body = now.body
        true = Spot(body.east_m, body.north_m, body.up_m)
        self.shots.append(
            Shot(
                index=self.count,
                at_utc=now.utc,
                at=now.place_of(true),
                height_m=now.msl_of(true.up_m) - now.config.water_msl_m,
                height_above_home_m=true.up_m - now.home_or_launch.up_m,
                camera=self.attitude,
                vehicle=Attitude(body.yaw_deg, body.pitch_deg, body.roll_deg),
                speed_m_s=body.speed_m_s,
            )
        )
        return True

    def refused_since(self, since_s: float) -> int:
        """How many pictures a shutter broken since then has refused."""
        return self.refused if self._broken_since_s == since_s else 0

    def _refuse(self) -> bool:
        """A picture that the broken shutter does not take; one of a series counts once."""
        now = self._now
        since_s = now.faults.active[FaultKind.CAMERA].since_s
        if since_s != self._broken_since_s:
            self.refused, self._broken_since_s = 0, since_s
        self.refused += 1
        self._last, self._tried_s = now.here, now.now_s
        return False

    def _report(self, now: Situation) -> None:
        here, body = now.here, now.body
        at = now.place_of(here)
        if now.is_px4:
            self._report_captured(now, at)
            return
        now.send(
            "CAMERA_FEEDBACK",
            time_usec=round(now.utc.timestamp() * 1e6),
            target_system=0,
            cam_idx=0,
            img_idx=self.count,
            lat=round(at.lat_deg * 1e7),
            lng=round(at.lon_deg * 1e7),
            alt_msl=now.msl_of(here.up_m),
            alt_rel=here.up_m - now.home_or_launch.up_m,
            roll=body.roll_deg,
            pitch=body.pitch_deg,
            yaw=now.yaw_deg,
            foc_len=0.0,
            flags=0,
            completed_captures=0,
        )

    def _report_captured(self, now: Situation, at: LatLon) -> None:
        """CAMERA_IMAGE_CAPTURED, kept so that it can be asked for again."""
        view, up_m = self.attitude, now.here.up_m
        fields: dict[str, Value] = {
            "time_boot_ms": int(now.now_s * 1000),
            "time_utc": round(now.utc.timestamp() * 1e6),
            "camera_id": 1,
            "lat": round(at.lat_deg * 1e7),
            "lon": round(at.lon_deg * 1e7),
            "alt": round(now.msl_of(up_m) * 1000),
            "relative_alt": round((up_m - now.home_or_launch.up_m) * 1000),
            "q": list(quaternion(view.roll_deg, view.pitch_deg, view.yaw_deg)),
            "image_index": self.count,
            "capture_result": 1,
            "file_url": "",
        }
        self.captured[self.count] = fields
        now.outbox.append(Send(Message("CAMERA_IMAGE_CAPTURED", fields)))
