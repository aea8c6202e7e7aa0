"""Which autopilot software a vehicle runs, and what its modes are called.

ArduPilot: ArduCopter/mode.h, ArduPlane/mode.h, ArduSub/mode.h.
PX4: px4_custom_mode.h (main mode << 16 | sub mode << 24).
"""

from dataclasses import dataclass
from enum import StrEnum

AUTOPILOT_ARDUPILOT = 3
AUTOPILOT_PX4 = 12
AUTOPILOT_INVALID = 8
STATE_BOOT = 1
ARMED_BIT = 128

_COPTER_TYPES = frozenset({2, 3, 4, 13, 14, 15, 29, 35})
_SUB_TYPE = 12
_PLANE_TYPES = frozenset({1, 16, 19, 20, 21, 22, 23, 24, 25})


class Stack(StrEnum):
    """The autopilot software, as far as the link must know."""

    ARDUPILOT = "ardupilot"
    PX4 = "px4"
    OTHER = "other"

    @property
    def has_home_slot(self) -> bool:
        """Whether item 0 of a stored mission is the home position and the plan's items start at 1."""
        return self is Stack.ARDUPILOT

    @property
    def label(self) -> str:
        """The name in a sentence."""
        return {"ardupilot": "ArduPilot", "px4": "PX4", "other": "the vehicle"}[self.value]


def stack_of(autopilot: int) -> Stack:
    """The stack by HEARTBEAT.autopilot."""
    return {AUTOPILOT_ARDUPILOT: Stack.ARDUPILOT, AUTOPILOT_PX4: Stack.PX4}.get(autopilot, Stack.OTHER)


@dataclass(frozen=True, slots=True)
class Modes:
    """The custom modes that the link switches to."""

    mission: int
    hold: int
    home: int
    land: int
    guided: int | None = None


def _px4(main: int, sub: int = 0) -> int:
    return main << 16 | sub << 24


PX4_TAKEOFF = _px4(4, 2)
_COPTER = Modes(mission=3, hold=17, home=6, land=9, guided=4)
_PLANE = Modes(mission=10, hold=12, home=11, land=11, guided=15)
_ROVER = Modes(mission=10, hold=4, home=11, land=4, guided=15)
_SUB = Modes(mission=3, hold=16, home=9, land=9, guided=4)
"""A submarine comes up where an aircraft returns or lands."""
_PX4 = Modes(mission=_px4(4, 4), hold=_px4(4, 3), home=_px4(4, 5), land=_px4(4, 6))

_COPTER_NAMES = {
    0: "STABILIZE",
    1: "ACRO",
    2: "ALT_HOLD",
    3: "AUTO",
    4: "GUIDED",
    5: "LOITER",
    6: "RTL",
    7: "CIRCLE",
    9: "LAND",
    11: "DRIFT",
    13: "SPORT",
    15: "AUTOTUNE",
    16: "POSHOLD",
    17: "BRAKE",
    18: "THROW",
    20: "GUIDED_NOGPS",
    21: "SMART_RTL",
    27: "AUTO_RTL",
}
_PLANE_NAMES = {
    0: "MANUAL",
    1: "CIRCLE",
    2: "STABILIZE",
    5: "FBWA",
    6: "FBWB",
    7: "CRUISE",
    10: "AUTO",
    11: "RTL",
    12: "LOITER",
    13: "TAKEOFF",
    15: "GUIDED",
    17: "QSTABILIZE",
    18: "QHOVER",
    19: "QLOITER",
    20: "QLAND",
    21: "QRTL",
}
_ROVER_NAMES = {0: "MANUAL", 1: "ACRO", 3: "STEERING", 4: "HOLD", 5: "LOITER", 10: "AUTO", 11: "RTL", 15: "GUIDED"}
_SUB_NAMES = {
    0: "STABILIZE",
    1: "ACRO",
    2: "ALT_HOLD",
    3: "AUTO",
    4: "GUIDED",
    7: "CIRCLE",
    9: "SURFACE",
    16: "POSHOLD",
    19: "MANUAL",
    20: "MOTOR_DETECT",
    21: "SURFTRAK",
}
_PX4_NAMES = {
    _px4(1): "MANUAL",
    _px4(2): "ALTITUDE",
    _px4(3): "POSITION",
    _px4(4, 2): "TAKEOFF",
    _px4(4, 3): "HOLD",
    _px4(4, 4): "MISSION",
    _px4(4, 5): "RETURN",
    _px4(4, 6): "LAND",
    _px4(5): "ACRO",
    _px4(6): "OFFBOARD",
    _px4(7): "STABILIZED",
}


def is_copter(vehicle_type: int) -> bool:
    """Whether a MAV_TYPE is a multirotor or helicopter."""
    return vehicle_type in _COPTER_TYPES


def kind_word(vehicle_type: int) -> str:
    """What a MAV_TYPE is, in a word."""
    if is_copter(vehicle_type):
        return "copter"
    if is_sub(vehicle_type):
        return "submersible"
    return "plane" if vehicle_type in _PLANE_TYPES else {10: "rover", 11: "boat"}.get(vehicle_type, "vehicle")


def is_sub(vehicle_type: int) -> bool:
    """Whether a MAV_TYPE is a submersible."""
    return vehicle_type == _SUB_TYPE


def modes_of(stack: Stack, vehicle_type: int) -> Modes | None:
    """The modes of a vehicle; None where the stack is not known."""
    if stack is Stack.PX4:
        return _PX4
    if stack is Stack.ARDUPILOT:
        if is_copter(vehicle_type):
            return _COPTER
        if vehicle_type == _SUB_TYPE:
            return _SUB
        return _PLANE if vehicle_type in _PLANE_TYPES else _ROVER
    return None


def mode_name(stack: Stack, vehicle_type: int, custom_mode: int) -> str:
    """The mode's name as the stack's own documents write it; "MODE n" where it is not known."""
    names: dict[int, str] = {}
    if stack is Stack.PX4:
        names = _PX4_NAMES
    elif stack is Stack.ARDUPILOT:
        names = _ardupilot_names(vehicle_type)
    return names.get(custom_mode, f"MODE {custom_mode}")


def _ardupilot_names(vehicle_type: int) -> dict[int, str]:
    if is_copter(vehicle_type):
        return _COPTER_NAMES
    if vehicle_type == _SUB_TYPE:
        return _SUB_NAMES
    return _PLANE_NAMES if vehicle_type in _PLANE_TYPES else _ROVER_NAMES
