"""HIGH_LATENCY2: the one report that a vehicle sends over a satellite or another slow link. Pure.

https://mavlink.io/en/services/high_latency.html. There are no heartbeats, no streams and no transfers on such a link.
"""

from typing import Any

from planner.geo.points import LatLon
from planner.link.messages import HighLatency2
from planner.link.stack import ARMED_BIT, Stack

STATE_ACTIVE = 4
GPS_FAILED, FENCE_FAILED, ESTIMATOR_FAILED = 0x1, 0x800, 0x1000
"""HL_FAILURE_FLAG."""


def custom_mode_of(report: HighLatency2, stack: Stack) -> int:
    """The mode as HEARTBEAT would carry it: PX4 reports the upper half of its number."""
    return report.custom_mode << 16 if stack is Stack.PX4 else report.custom_mode


def values_of(report: HighLatency2, stack: Stack, home_msl_m: float | None) -> dict[str, Any]:
    """What the report tells, by the names in VehicleState. Only ArduPilot tells whether it is armed.

    A fix is not told, only that there is none; so that the absence of a failure is None, not a fix.
    """
    told_armed = stack is Stack.ARDUPILOT
    failed = report.failure_flags
    values: dict[str, Any] = {
        "armed": bool(report.custom0 & ARMED_BIT) if told_armed else True,
        "armed_is_told": told_armed,
        "yaw_deg": report.heading * 2.0 % 360.0,
        "speed_m_s": report.groundspeed / 5.0,
        "climb_m_s": report.climb_rate / 10.0,
        "battery_percent": None if report.battery < 0 else float(report.battery),
        "gps_fix": 1 if failed & GPS_FAILED else None,
        "fence_ok": False if failed & FENCE_FAILED else None,
        "ekf_ok": not failed & ESTIMATOR_FAILED,
        "mission_item": report.wp_num + (0 if stack.has_home_slot else 1) or None,
        "msl_m": float(report.altitude),
        "height_m": None if home_msl_m is None else report.altitude - home_msl_m,
    }
    if (
        (report.latitude, report.longitude) != (0, 0)
        and abs(report.latitude) <= 90e7
        and abs(report.longitude) <= 180e7
    ):
        values["at"] = LatLon(report.latitude / 1e7, report.longitude / 1e7)
    return values
