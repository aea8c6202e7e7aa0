"""What a PX4 vehicle says of itself, where it differs from ArduCopter, and how often without being asked."""

from typing_extensions import override

from sitl.autopilot.messages import MissionType, Mode, Value
from sitl.autopilot.pilot import Pilot
from sitl.autopilot.px4.modes import custom_mode
from sitl.autopilot.px4.transfers import Px4Transfers
from sitl.autopilot.reports import Reports
from sitl.autopilot.situation import Situation

STREAM_HZ: dict[str, float] = {
    "ATTITUDE": 15,
    "ATTITUDE_QUATERNION": 10,
    "GLOBAL_POSITION_INT": 5,
    "VFR_HUD": 4,
    "LOCAL_POSITION_NED": 1,
    "GPS_RAW_INT": 1,
    "SYS_STATUS": 1,
    "SYSTEM_TIME": 1,
    "EXTENDED_SYS_STATE": 1,
    "MISSION_CURRENT": 1,
    "HOME_POSITION": 0.5,
    "BATTERY_STATUS": 0.5,
    "GIMBAL_MANAGER_STATUS": 0.5,
    "GIMBAL_DEVICE_ATTITUDE_STATUS": 1,
}
"""PX4's streams of a normal link (mavlink_main.cpp, MAVLINK_MODE_NORMAL), as far as this vehicle has them."""
CAPABILITIES = 1 | 4 | 8 | 16 | 128 | 8192 | 16384 | 32768
VERSION = 0x010F02FF


class Px4Reports(Reports):
    """Reports in PX4's words."""

    def __init__(self, now: Situation, pilot: Pilot, transfers: Px4Transfers) -> None:
        super().__init__(now, pilot)
        self._transfers = transfers

    @override
    def heartbeat(self) -> dict[str, Value]:
        fields = super().heartbeat()
        base = 1 | (128 if self._now.armed else 0) | 4 | 8 | 16
        return fields | {
            "autopilot": 12,
            "base_mode": base,
            "custom_mode": custom_mode(self._now.mode, self._pilot.task),
        }

    @override
    def _mission_current(self) -> dict[str, Value]:
        runner, count = self._pilot.runner, max(len(self._pilot.stores.mission) - 1, 0)
        return {
            "seq": max(runner.index - 1, 0),
            "total": count,
            "mission_state": int(runner.shown_state),
            "mission_mode": 1 if self._now.mode is Mode.AUTO else 2,
            "mission_id": self._transfers.id_of(MissionType.MISSION),
            "fence_id": self._transfers.id_of(MissionType.FENCE),
            "rally_points_id": self._transfers.id_of(MissionType.RALLY),
        }

    @override
    def _autopilot_version(self) -> dict[str, Value]:
        return super()._autopilot_version() | {"capabilities": CAPABILITIES, "flight_sw_version": VERSION}
