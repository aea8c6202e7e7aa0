"""The vehicle's parameters: ArduCopter's names, types and (but for climb and battery) defaults for what it heeds.

Units are ArduCopter's (cm, cm/s, centidegrees where the name is old). Types are MAV_PARAM_TYPE.
"""

import math
import struct
from collections.abc import Iterable

from sitl.autopilot.readings import INT8, INT16, INT32, REAL32, Row, readings

_BOUNDS = {INT8: (-128, 127), INT16: (-32768, 32767), INT32: (-(2**31), 2**31 - 1)}

HEEDED: tuple[tuple[str, float, int], ...] = (
    ("FORMAT_VERSION", 120, INT16),
    ("SYSID_THISMAV", 1, INT16),
    ("SYSID_MYGCS", 255, INT16),
    ("PILOT_TKOFF_ALT", 0, REAL32),
    ("RTL_ALT", 1500, INT32),
    ("RTL_CONE_SLOPE", 3.0, REAL32),
    ("RTL_SPEED", 0, INT16),
    ("RTL_ALT_FINAL", 0, INT16),
    ("RTL_CLIMB_MIN", 0, INT16),
    ("RTL_LOIT_TIME", 5000, INT32),
    ("FS_GCS_ENABLE", 0, INT8),
    ("WP_YAW_BEHAVIOR", 2, INT8),
    ("LAND_SPEED", 50, INT16),
    ("LAND_SPEED_HIGH", 0, INT16),
    ("FRAME_TYPE", 0, INT8),
    ("ARMING_CHECK", 1, INT32),
    ("DISARM_DELAY", 10, INT8),
    ("ANGLE_MAX", 3000, INT16),
    ("CAM1_TYPE", 1, INT8),
    ("CAM1_TRIGG_DIST", 0, REAL32),
    ("CAM1_INTRVAL_MIN", 0, REAL32),
    ("CIRCLE_RADIUS", 1000, REAL32),
    ("CIRCLE_RATE", 20, REAL32),
    ("SYS_FAILURE_EN", 0, INT8),
    ("SIM_WIND_SPD", 0, REAL32),
    ("SIM_WIND_DIR", 180, REAL32),
    ("SIM_WIND_TURB", 0, REAL32),
    ("SIM_GPS1_ENABLE", 1, INT8),
    ("SIM_ENGINE_FAIL", 0, INT32),
    ("SIM_ENGINE_MUL", 1, REAL32),
    ("SIM_BATT_VOLTAGE", 25.2, REAL32),
    ("SIM_UART_LOSS", 0, INT32),
    ("WPNAV_SPEED", 1000, REAL32),
    ("WPNAV_RADIUS", 200, REAL32),
    ("WPNAV_SPEED_UP", 300, REAL32),
    ("WPNAV_SPEED_DN", 200, REAL32),
    ("WPNAV_ACCEL", 250, REAL32),
    ("WPNAV_ACCEL_Z", 100, REAL32),
    ("BATT_MONITOR", 4, INT8),
    ("BATT_CAPACITY", 8000, INT32),
    ("BATT_LOW_TIMER", 10, INT8),
    ("BATT_LOW_VOLT", 21.0, REAL32),
    ("BATT_LOW_MAH", 0, REAL32),
    ("BATT_CRT_VOLT", 0, REAL32),
    ("BATT_CRT_MAH", 0, REAL32),
    ("BATT_FS_LOW_ACT", 0, INT8),
    ("BATT_FS_CRT_ACT", 0, INT8),
    ("BATT_ARM_VOLT", 0, REAL32),
    ("RALLY_TOTAL", 0, INT8),
    ("RALLY_LIMIT_KM", 0.3, REAL32),
    ("RALLY_INCL_HOME", 1, INT8),
    ("MIS_TOTAL", 0, INT16),
    ("MIS_RESTART", 0, INT8),
    ("MIS_OPTIONS", 0, INT16),
    ("FRAME_CLASS", 1, INT8),
    ("LAND_ALT_LOW", 1000, INT16),
    ("FS_OPTIONS", 16, INT32),
    ("AUTO_OPTIONS", 0, INT32),
    ("FS_GCS_TIMEOUT", 5.0, REAL32),
    ("FENCE_ENABLE", 0, INT8),
    ("FENCE_TYPE", 7, INT8),
    ("FENCE_ACTION", 1, INT8),
    ("FENCE_ALT_MAX", 100.0, REAL32),
    ("FENCE_RADIUS", 150.0, REAL32),
    ("FENCE_MARGIN", 2.0, REAL32),
    ("FENCE_TOTAL", 0, INT8),
    ("FENCE_ALT_MIN", -10.0, REAL32),
    ("FENCE_AUTOENABLE", 0, INT8),
    ("FENCE_OPTIONS", 0, INT16),
    ("STAT_BOOTCNT", 1, INT16),
    ("GUID_TIMEOUT", 3, REAL32),
    ("FOLL_ENABLE", 0, INT8),
    ("FOLL_SYSID", 0, INT16),
    ("FOLL_DIST_MAX", 100, REAL32),
    ("FOLL_OFS_TYPE", 0, INT8),
    ("FOLL_OFS_X", 0, REAL32),
    ("FOLL_OFS_Y", 0, REAL32),
    ("FOLL_OFS_Z", 0, REAL32),
    ("FOLL_YAW_BEHAVE", 1, INT8),
    ("MNT1_TYPE", 6, INT8),
    ("MNT1_PITCH_MIN", -90, REAL32),
    ("MNT1_PITCH_MAX", 20, REAL32),
)
DEFAULTS = (*HEEDED, *readings())
"""What it heeds first, then what it only keeps."""
READ_ONLY = frozenset({"RALLY_TOTAL", "MIS_TOTAL", "FENCE_TOTAL", "FORMAT_VERSION", "STAT_BOOTCNT"})


def single(value: float) -> float:
    """`value` in the single precision of a PARAM_VALUE."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


class Parameters:
    """The parameters with their values; names are case-sensitive, as in ArduPilot."""

    def __init__(self, changes: Iterable[tuple[str, float]] = (), *, further: Iterable[Row] = ()) -> None:
        rows = (*DEFAULTS, *further)
        self._values = {name: single(value) for name, value, _ in rows}
        self._types = {name: kind for name, _, kind in rows}
        self.names = tuple(self._values)
        for name, value in changes:
            if name not in self._values:
                raise ValueError(f"the practice vehicle has no parameter {name!r}")
            self.keep(name, value)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def type_of(self, name: str) -> int:
        """MAV_PARAM_TYPE of `name`."""
        return self._types[name]

    def encoded(self, name: str) -> float:
        """The float that PARAM_VALUE carries."""
        return self[name]

    def decoded(self, name: str, value: float) -> float:  # noqa: ARG002 -- as PX4's parameters have it
        """The value in a PARAM_SET's float."""
        return value

    def vehicles_name(self, name: str) -> str:
        """The vehicle's own name of it."""
        return name

    def keep(self, name: str, value: float) -> None:
        """Sets `name`, rounded and bounded as its type asks. NaN and infinity change nothing."""
        if not math.isfinite(value):
            return
        kind = self._types[name]
        if kind in _BOUNDS:
            least, most = _BOUNDS[kind]
            value = float(max(least, min(most, round(value))))
        elif abs(value) > 3e38:
            return
        self._values[name] = single(value)
