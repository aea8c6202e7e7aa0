"""MAVLink messages as plain values, and the numbers of MAVLink and ArduCopter that the autopilot speaks with.

Numbers are from the MAVLink definitions common.xml and ardupilotmega.xml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

Value = int | float | str | list[int] | list[float]


@dataclass(frozen=True, slots=True)
class Message:
    """One MAVLink message: its name and its fields, in the units of the definition."""

    name: str
    fields: Mapping[str, Value]

    def number(self, field: str) -> float:
        """A field as a number; 0 where it is absent or none."""
        value = self.fields.get(field, 0)
        return float(value) if isinstance(value, int | float) else 0.0

    def whole(self, field: str) -> int:
        """A whole-number field; 0 where it is absent or none."""
        value = self.fields.get(field, 0)
        return value if isinstance(value, int) else 0

    def text(self, field: str) -> str:
        """A text field; empty where it is absent."""
        value = self.fields.get(field, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came in: over which client's connection, from which system and component."""

    client: int
    system: int
    component: int
    message: Message


@dataclass(frozen=True, slots=True)
class Send:
    """A message to send, to one client or (None) to all. `can_drop` says that a full link may lose it."""

    message: Message
    client: int | None = None
    can_drop: bool = False


class Mode(IntEnum):
    """The custom modes of ArduCopter and ArduSub that the practice vehicles have."""

    STABILIZE = 0
    ALT_HOLD = 2
    AUTO = 3
    GUIDED = 4
    LOITER = 5
    RTL = 6
    CIRCLE = 7
    LAND = 9
    POSHOLD = 16
    BRAKE = 17
    MANUAL = 19
    FOLLOW = 23


COPTER_MODES = frozenset(set(Mode) - {Mode.MANUAL})
"""The modes that the multicopter has."""


class Result(IntEnum):
    """MAV_RESULT."""

    ACCEPTED = 0
    TEMPORARILY_REJECTED = 1
    DENIED = 2
    UNSUPPORTED = 3
    FAILED = 4


class MissionResult(IntEnum):
    """MAV_MISSION_RESULT."""

    ACCEPTED = 0
    ERROR = 1
    UNSUPPORTED_FRAME = 2
    UNSUPPORTED = 3
    NO_SPACE = 4
    INVALID = 5
    INVALID_PARAM1 = 6
    INVALID_PARAM2 = 7
    INVALID_PARAM3 = 8
    INVALID_PARAM4 = 9
    INVALID_PARAM5_X = 10
    INVALID_PARAM6_Y = 11
    INVALID_PARAM7 = 12
    INVALID_SEQUENCE = 13
    DENIED = 14
    OPERATION_CANCELLED = 15


class MissionState(IntEnum):
    """MISSION_STATE."""

    NO_MISSION = 1
    NOT_STARTED = 2
    ACTIVE = 3
    PAUSED = 4
    COMPLETE = 5


class Status(IntEnum):
    """MAV_STATE."""

    BOOT = 1
    STANDBY = 3
    ACTIVE = 4
    CRITICAL = 5


class Severity(IntEnum):
    """MAV_SEVERITY."""

    CRITICAL = 2
    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6
    DEBUG = 7


class MissionType(IntEnum):
    """MAV_MISSION_TYPE."""

    MISSION = 0
    FENCE = 1
    RALLY = 2


CAPABILITIES = 64495
"""What the real 4.6.3 says it can do (MISSION_FLOAT, MISSION_INT, COMMAND_INT, FTP, FENCE, RALLY ...)."""
VERSION = 0x040603FF
