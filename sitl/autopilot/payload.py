"""What the vehicle says of its camera and gimbal, message by message."""

import math
from collections.abc import Callable

from planner.geo.points import destination
from sitl.autopilot.gimbal import DEVICE_ID
from sitl.autopilot.messages import Value
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.situation import Situation
from sitl.vehicle import quaternion

PAYLOAD_IDS = {
    259: "CAMERA_INFORMATION",
    260: "CAMERA_SETTINGS",
    262: "CAMERA_CAPTURE_STATUS",
    265: "MOUNT_ORIENTATION",
    271: "CAMERA_FOV_STATUS",
    280: "GIMBAL_MANAGER_INFORMATION",
    281: "GIMBAL_MANAGER_STATUS",
    285: "GIMBAL_DEVICE_ATTITUDE_STATUS",
}
_CAPABILITIES = 1 | 2 | 4 | 16 | 32 | 128 | 256 | 512 | 1024 | 1 << 17
"""GIMBAL_MANAGER_CAP_FLAGS: retract, neutral, three axes, locks, yaw that follows, points at places."""

_NOT_KNOWN = 2**31 - 1
_LEAST_DOWN_DEG = 0.5
"""Nearer to the horizon the middle of the picture is said to be on no ground."""


class PayloadReports:
    """Makes the fields of each message as they are now."""

    def __init__(self, now: Situation, pilot: Pilot) -> None:
        self._now = now
        self._pilot = pilot
        self.makers: dict[str, Callable[[], dict[str, Value] | None]] = {
            name: getattr(self, f"_{name.lower()}") for name in PAYLOAD_IDS.values()
        }

    def _boot_ms(self) -> int:
        return int(self._now.now_s * 1000) & 0xFFFFFFFF

    def _camera_information(self) -> dict[str, Value]:
        return {
            "time_boot_ms": self._boot_ms(),
            "vendor_name": [0] * 32,
            "model_name": [0] * 32,
            "firmware_version": 0,
            "focal_length": math.nan,
            "sensor_size_h": math.nan,
            "sensor_size_v": math.nan,
            "resolution_h": 0,
            "resolution_v": 0,
            "lens_id": 0,
            "flags": 2,
            "cam_definition_version": 0,
            "cam_definition_uri": "",
        }

    def _camera_settings(self) -> dict[str, Value]:
        return {"time_boot_ms": self._boot_ms(), "mode_id": 0, "zoomLevel": math.nan, "focusLevel": math.nan}

    def _camera_capture_status(self) -> dict[str, Value]:
        camera = self._pilot.camera
        return {
            "time_boot_ms": self._boot_ms(),
            "image_status": 2 if camera.interval_s else 0,
            "video_status": 0,
            "image_interval": camera.interval_s,
            "recording_time_ms": 0,
            "available_capacity": math.nan,
            "image_count": camera.count,
        }

    def _mount_orientation(self) -> dict[str, Value]:
        camera = self._pilot.camera.attitude
        return {
            "time_boot_ms": self._boot_ms(),
            "roll": camera.roll_deg,
            "pitch": camera.pitch_deg,
            "yaw": self._now.body.camera_pan_deg,
            "yaw_absolute": camera.yaw_deg,
        }

    def _camera_fov_status(self) -> dict[str, Value] | None:
        """ArduPilot's alone. The middle of the picture lies on the water; above the horizon there is none."""
        now, view = self._now, self._pilot.camera.attitude
        if now.is_px4:
            return None
        here, at = now.here, now.place_of(now.here)
        above_m = now.msl_of(here.up_m) - now.config.water_msl_m
        seen = (_NOT_KNOWN, _NOT_KNOWN, _NOT_KNOWN)
        if view.pitch_deg < -_LEAST_DOWN_DEG and above_m > 0:
            range_m = above_m / math.tan(math.radians(-view.pitch_deg))
            place = destination(at, towards_deg=view.yaw_deg, range_m=range_m)
            seen = (round(place.lat_deg * 1e7), round(place.lon_deg * 1e7), round(now.config.water_msl_m * 1000))
        return {
            "time_boot_ms": self._boot_ms(),
            "lat_camera": round(at.lat_deg * 1e7),
            "lon_camera": round(at.lon_deg * 1e7),
            "alt_camera": round(now.msl_of(here.up_m) * 1000),
            "lat_image": seen[0],
            "lon_image": seen[1],
            "alt_image": seen[2],
            "q": list(quaternion(view.roll_deg, view.pitch_deg, view.yaw_deg)),
            "hfov": 0.0,
            "vfov": 0.0,
        }

    def _gimbal_manager_information(self) -> dict[str, Value]:
        p = self._now.parameters
        limits = {
            f"{axis}_{end}": math.radians(p[f"MNT1_{axis.upper()}_{end.upper()}"])
            for axis in ("roll", "pitch", "yaw")
            for end in ("min", "max")
        }
        return {"time_boot_ms": self._boot_ms(), "cap_flags": _CAPABILITIES, "gimbal_device_id": DEVICE_ID, **limits}

    def _gimbal_manager_status(self) -> dict[str, Value]:
        gimbal = self._pilot.gimbal
        return {
            "time_boot_ms": self._boot_ms(),
            "flags": gimbal.flags,
            "gimbal_device_id": DEVICE_ID,
            "primary_control_sysid": gimbal.primary[0],
            "primary_control_compid": gimbal.primary[1],
            "secondary_control_sysid": 0,
            "secondary_control_compid": 0,
        }

    def _gimbal_device_attitude_status(self) -> dict[str, Value]:
        body, yaw_deg = self._now.body, self._now.yaw_deg
        return {
            "target_system": 0,
            "target_component": 0,
            "time_boot_ms": self._boot_ms(),
            "flags": self._pilot.gimbal.flags | 32,  # the heading of q is against the nose
            "q": list(quaternion(0.0, body.camera_pitch_deg, body.camera_pan_deg)),
            "angular_velocity_x": 0.0,
            "angular_velocity_y": 0.0,
            "angular_velocity_z": 0.0,
            "failure_flags": 0,
            "delta_yaw": math.radians(yaw_deg if yaw_deg <= 180 else yaw_deg - 360),
            "delta_yaw_velocity": math.nan,
            "gimbal_device_id": DEVICE_ID,
        }
