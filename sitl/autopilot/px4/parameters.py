"""PX4's parameter names over the ones that the vehicle heeds; whole numbers travel as the bytes of the float."""

import math
import struct
from dataclasses import dataclass

from sitl.autopilot.parameters import Parameters, single
from sitl.autopilot.px4.readings import readings
from sitl.autopilot.readings import INT32, REAL32

_S32 = 6
_F32 = 9


@dataclass(frozen=True, slots=True)
class _Linked:
    """A parameter that stands for one of the vehicle's own, times `scale`, or through a table of choices."""

    name: str
    scale: float = 1.0
    choices: tuple[tuple[int, int], ...] = ()

    def shown(self, value: float) -> float:
        if self.choices:
            return float(next((px4 for px4, own in self.choices if own == int(value)), 0))
        return value / self.scale

    def kept(self, value: float) -> float:
        return float(dict(self.choices).get(int(value), 0)) if self.choices else value * self.scale


_LINKED: dict[str, tuple[_Linked, int]] = {
    "MAV_SYS_ID": (_Linked("SYSID_THISMAV"), INT32),
    "MPC_XY_CRUISE": (_Linked("WPNAV_SPEED", 100), REAL32),
    "MPC_ACC_HOR": (_Linked("WPNAV_ACCEL", 100), REAL32),
    "MPC_Z_VEL_MAX_UP": (_Linked("WPNAV_SPEED_UP", 100), REAL32),
    "MPC_Z_VEL_MAX_DN": (_Linked("WPNAV_SPEED_DN", 100), REAL32),
    "MPC_LAND_SPEED": (_Linked("LAND_SPEED", 100), REAL32),
    "MIS_TAKEOFF_ALT": (_Linked("PILOT_TKOFF_ALT", 100), REAL32),
    "NAV_ACC_RAD": (_Linked("WPNAV_RADIUS", 100), REAL32),
    "RTL_RETURN_ALT": (_Linked("RTL_ALT", 100), REAL32),
    "RTL_LAND_DELAY": (_Linked("RTL_LOIT_TIME", 1000), REAL32),
    "COM_DISARM_PRFLT": (_Linked("DISARM_DELAY"), REAL32),
    "COM_DL_LOSS_T": (_Linked("FS_GCS_TIMEOUT"), INT32),
    "NAV_DLL_ACT": (_Linked("FS_GCS_ENABLE", choices=((0, 0), (2, 1), (3, 5))), INT32),
    "COM_LOW_BAT_ACT": (_Linked("BATT_FS_LOW_ACT", choices=((0, 0), (2, 1), (3, 2))), INT32),
    "GF_ACTION": (_Linked("FENCE_ACTION", choices=((1, 0), (2, 4), (3, 1), (5, 2))), INT32),
    "BAT1_CAPACITY": (_Linked("BATT_CAPACITY"), REAL32),
    "FLW_TGT_DST": (_Linked("FOLL_OFS_X", -1), REAL32),
    "FLW_TGT_HT": (_Linked("FOLL_OFS_Z", -1), REAL32),
    "SYS_FAILURE_EN": (_Linked("SYS_FAILURE_EN"), INT32),
    "SIM_WIND_SPD": (_Linked("SIM_WIND_SPD"), REAL32),
    "SIM_WIND_DIR": (_Linked("SIM_WIND_DIR"), REAL32),
}
_LIMITS: dict[str, tuple[str, int]] = {"GF_MAX_HOR_DIST": ("FENCE_RADIUS", 2), "GF_MAX_VER_DIST": ("FENCE_ALT_MAX", 1)}
"""Limits that 0 turns off: the vehicle's own parameter, and the bit of FENCE_TYPE that turns it on."""
_CHARGE = "BAT_CRIT_THR"
"""The share of the capacity at which COM_LOW_BAT_ACT is done: BATT_LOW_MAH."""


PX4_DEFAULTS: tuple[tuple[str, float], ...] = (
    ("FENCE_ENABLE", 1),
    ("FENCE_TYPE", 4),
    ("FENCE_ACTION", 4),
    ("WPNAV_SPEED", 500),
    ("RTL_ALT", 3000),
    ("PILOT_TKOFF_ALT", 250),
    ("FS_GCS_TIMEOUT", 10),
    ("CAM1_INTRVAL_MIN", 0),
    ("FOLL_ENABLE", 1),
    ("FOLL_OFS_TYPE", 1),
    ("FOLL_OFS_X", -8),
    ("FOLL_OFS_Z", -8),
    ("FOLL_DIST_MAX", 0),
)
"""The vehicle's own parameters that start otherwise under PX4's manners: a stored fence holds at once."""


class Px4Parameters:
    """What PARAM messages show: PX4's names, each with an effect on the vehicle where it has one."""

    def __init__(self, vehicle: Parameters) -> None:
        self._vehicle = vehicle
        own = readings()
        self._own = {name: single(value) for name, value, _ in own}
        self._types = {name: kind for name, _, kind in own} | {name: kind for name, (_, kind) in _LINKED.items()}
        self._types |= dict.fromkeys((*_LIMITS, _CHARGE), REAL32)
        self.keep(_CHARGE, 0.07)
        self.names = tuple(sorted(self._types))

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def __getitem__(self, name: str) -> float:
        if name in _LINKED:
            linked = _LINKED[name][0]
            return linked.shown(self._vehicle[linked.name])
        if name in _LIMITS:
            own, bit = _LIMITS[name]
            return self._vehicle[own] if int(self._vehicle["FENCE_TYPE"]) & bit else 0.0
        if name == _CHARGE:
            return single(self._vehicle["BATT_LOW_MAH"] / max(self._vehicle["BATT_CAPACITY"], 1.0))
        return self._own[name]

    def type_of(self, name: str) -> int:
        """MAV_PARAM_TYPE."""
        return self._types[name]

    def keep(self, name: str, value: float) -> None:
        """Sets a parameter; what is no number changes nothing."""
        if not math.isfinite(value):
            return
        if name in _LINKED:
            linked = _LINKED[name][0]
            self._vehicle.keep(linked.name, linked.kept(value))
        elif name in _LIMITS:
            self._limit(name, value)
        elif name == _CHARGE:
            self._vehicle.keep("BATT_LOW_MAH", value * self._vehicle["BATT_CAPACITY"])
        else:
            self._own[name] = single(float(round(value)) if self._types[name] == _S32 else value)

    def _limit(self, name: str, metres: float) -> None:
        own, bit = _LIMITS[name]
        kinds = int(self._vehicle["FENCE_TYPE"])
        self._vehicle.keep("FENCE_TYPE", kinds | bit if metres > 0 else kinds & ~bit)
        if metres > 0:
            self._vehicle.keep(own, metres)

    def encoded(self, name: str) -> float:
        """The float that PARAM_VALUE carries."""
        if self._types[name] == _S32:
            return float(struct.unpack("<f", struct.pack("<i", round(self[name])))[0])
        return self[name]

    def decoded(self, name: str, value: float) -> float:
        """The value in a PARAM_SET's float."""
        if self._types[name] == _S32:
            return float(struct.unpack("<i", struct.pack("<f", value))[0])
        return value

    def vehicles_name(self, name: str) -> str:
        """The vehicle's own parameter behind it, or `name`."""
        if name in _LIMITS:
            return _LIMITS[name][0]
        return _LINKED[name][0].name if name in _LINKED else name
