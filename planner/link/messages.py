"""The messages that the machines speak, as frozen values without a MAVLink library.

Fields are named, scaled and typed as on the wire (MAVLink common.xml, ardupilotmega.xml); `planner.link.wire` turns
them into bytes and back, field by field. The class name is the message name.
"""

# ruff: noqa: PLC0414 - the further messages are part of this vocabulary

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from planner.link.messages_told import AvailableModes as AvailableModes
from planner.link.messages_told import AvailableModesMonitor as AvailableModesMonitor
from planner.link.messages_told import CurrentMode as CurrentMode
from planner.link.messages_told import HighLatency2 as HighLatency2
from planner.link.services import ServiceMessage

GCS_SYSTEM = 255
GCS_COMPONENT = 190


@dataclass(frozen=True, slots=True)
class Address:
    """Who sends or is meant: system and component; 0 means everybody."""

    system: int
    component: int

    def means(self, other: "Address") -> bool:
        """Whether something addressed to this is for `other`."""
        return self.system in {0, other.system} and self.component in {0, other.component}


US = Address(GCS_SYSTEM, GCS_COMPONENT)
OUR_SYSTEMS, OUR_COMPONENTS = frozenset({0, GCS_SYSTEM}), frozenset({0, GCS_COMPONENT})
"""What something is addressed to that is for us."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """HEARTBEAT (0)."""

    type: int
    autopilot: int
    base_mode: int
    custom_mode: int
    system_status: int


@dataclass(frozen=True, slots=True)
class MissionCount:
    """MISSION_COUNT (44); `opaque_id` names the list as the vehicle holds it, 0 where it names none."""

    target_system: int
    target_component: int
    count: int
    mission_type: int
    opaque_id: int = 0


@dataclass(frozen=True, slots=True)
class MissionRequest:
    """MISSION_REQUEST (40), which ArduPilot sends."""

    target_system: int
    target_component: int
    seq: int
    mission_type: int


@dataclass(frozen=True, slots=True)
class MissionRequestInt:
    """MISSION_REQUEST_INT (51)."""

    target_system: int
    target_component: int
    seq: int
    mission_type: int


@dataclass(frozen=True, slots=True)
class MissionRequestList:
    """MISSION_REQUEST_LIST (43)."""

    target_system: int
    target_component: int
    mission_type: int


class MissionItemInt(NamedTuple):
    """MISSION_ITEM_INT (73): x and y are degrees times 1e7 where the command has a place, else plain numbers."""

    target_system: int
    target_component: int
    seq: int
    frame: int
    command: int
    current: int
    autocontinue: int
    param1: float
    param2: float
    param3: float
    param4: float
    x: int
    y: int
    z: float
    mission_type: int


@dataclass(frozen=True, slots=True)
class MissionAck:
    """MISSION_ACK (47); `type` is a MAV_MISSION_RESULT, `opaque_id` names the list now held, 0 where it names none."""

    target_system: int
    target_component: int
    type: int
    mission_type: int
    opaque_id: int = 0


@dataclass(frozen=True, slots=True)
class MissionClearAll:
    """MISSION_CLEAR_ALL (45)."""

    target_system: int
    target_component: int
    mission_type: int


@dataclass(frozen=True, slots=True)
class MissionCurrent:
    """MISSION_CURRENT (42); all but `seq` are 0 where an old vehicle does not send them. Ids: 0 for none."""

    seq: int
    total: int
    mission_state: int
    mission_mode: int = 0
    mission_id: int = 0
    fence_id: int = 0
    rally_points_id: int = 0


@dataclass(frozen=True, slots=True)
class MissionItemReached:
    """MISSION_ITEM_REACHED (46)."""

    seq: int


@dataclass(frozen=True, slots=True)
class CommandLong:
    """COMMAND_LONG (76)."""

    target_system: int
    target_component: int
    command: int
    confirmation: int
    param1: float = 0.0
    param2: float = 0.0
    param3: float = 0.0
    param4: float = 0.0
    param5: float = 0.0
    param6: float = 0.0
    param7: float = 0.0


@dataclass(frozen=True, slots=True)
class CommandInt:
    """COMMAND_INT (75)."""

    target_system: int
    target_component: int
    frame: int
    command: int
    current: int
    autocontinue: int
    param1: float
    param2: float
    param3: float
    param4: float
    x: int
    y: int
    z: float


@dataclass(frozen=True, slots=True)
class CommandAck:
    """COMMAND_ACK (77); `result` is a MAV_RESULT."""

    command: int
    result: int
    target_system: int
    target_component: int


@dataclass(frozen=True, slots=True)
class RequestDataStream:
    """REQUEST_DATA_STREAM (66), for vehicles without SET_MESSAGE_INTERVAL."""

    target_system: int
    target_component: int
    req_stream_id: int
    req_message_rate: int
    start_stop: int


@dataclass(frozen=True, slots=True)
class StatusText:
    """STATUSTEXT (253); long texts come in chunks with a common `id`."""

    severity: int
    text: str
    id: int
    chunk_seq: int


@dataclass(frozen=True, slots=True)
class GlobalPositionInt:
    """GLOBAL_POSITION_INT (33): 1e-7 degrees, millimetres, cm/s, centidegrees (65535 unknown)."""

    time_boot_ms: int
    lat: int
    lon: int
    alt: int
    relative_alt: int
    vx: int
    vy: int
    vz: int
    hdg: int


@dataclass(frozen=True, slots=True)
class Attitude:
    """ATTITUDE (30): radians."""

    time_boot_ms: int
    roll: float
    pitch: float
    yaw: float


@dataclass(frozen=True, slots=True)
class SysStatus:
    """SYS_STATUS (1): sensor bits, millivolts (65535 unknown), percent (-1 unknown)."""

    onboard_control_sensors_present: int
    onboard_control_sensors_enabled: int
    onboard_control_sensors_health: int
    voltage_battery: int
    battery_remaining: int


@dataclass(frozen=True, slots=True)
class GpsRawInt:
    """GPS_RAW_INT (24)."""

    fix_type: int
    satellites_visible: int


@dataclass(frozen=True, slots=True)
class EkfStatusReport:
    """EKF_STATUS_REPORT (193, ArduPilot)."""

    flags: int


@dataclass(frozen=True, slots=True)
class VfrHud:
    """VFR_HUD (74): m/s."""

    airspeed: float
    groundspeed: float
    climb: float


@dataclass(frozen=True, slots=True)
class HomePosition:
    """HOME_POSITION (242): 1e-7 degrees, millimetres above mean sea level."""

    latitude: int
    longitude: int
    altitude: int


@dataclass(frozen=True, slots=True)
class SystemTime:
    """SYSTEM_TIME (2)."""

    time_unix_usec: int
    time_boot_ms: int


@dataclass(frozen=True, slots=True)
class CameraFeedback:
    """CAMERA_FEEDBACK (180, ArduPilot): 1e-7 degrees, metres, degrees; UTC microseconds."""

    time_usec: int
    img_idx: int
    lat: int
    lng: int
    alt_msl: float
    alt_rel: float
    roll: float
    pitch: float
    yaw: float


@dataclass(frozen=True, slots=True)
class CameraImageCaptured:
    """CAMERA_IMAGE_CAPTURED (263): 1e-7 degrees, millimetres; `q` is the camera's attitude; UTC microseconds."""

    time_utc: int
    lat: int
    lon: int
    alt: int
    relative_alt: int
    q: tuple[float, ...]
    image_index: int
    capture_result: int


@dataclass(frozen=True, slots=True)
class MissionSetCurrent:
    """MISSION_SET_CURRENT (41), for vehicles without DO_SET_MISSION_CURRENT."""

    target_system: int
    target_component: int
    seq: int


@dataclass(frozen=True, slots=True)
class ParamRequestRead:
    """PARAM_REQUEST_READ (20); `param_index` -1: by name."""

    target_system: int
    target_component: int
    param_id: str
    param_index: int = -1


@dataclass(frozen=True, slots=True)
class ParamSet:
    """PARAM_SET (23); `param_value` as on the wire: PX4 puts the bits of whole numbers into it."""

    target_system: int
    target_component: int
    param_id: str
    param_value: float
    param_type: int


@dataclass(frozen=True, slots=True)
class ParamValue:
    """PARAM_VALUE (22); `param_type` is a MAV_PARAM_TYPE."""

    param_id: str
    param_value: float
    param_type: int


@dataclass(frozen=True, slots=True)
class AisVessel:
    """AIS_VESSEL (301): 1e-7 degrees, centidegrees, cm/s, metres; `tslc` seconds since the vessel was heard."""

    MMSI: int
    lat: int
    lon: int
    COG: int
    heading: int
    velocity: int
    dimension_bow: int
    dimension_stern: int
    name: str
    tslc: int
    flags: int
    callsign: str = ""


@dataclass(frozen=True, slots=True)
class AdsbVehicle:
    """ADSB_VEHICLE (246): 1e-7 degrees, millimetres, centidegrees, cm/s; `tslc` seconds since it was heard."""

    ICAO_address: int
    lat: int
    lon: int
    altitude: int
    heading: int
    hor_velocity: int
    callsign: str
    tslc: int
    flags: int


Message: TypeAlias = (
    Heartbeat
    | AvailableModes
    | AvailableModesMonitor
    | CurrentMode
    | HighLatency2
    | MissionCount
    | MissionRequest
    | MissionRequestInt
    | MissionRequestList
    | MissionItemInt
    | MissionAck
    | MissionClearAll
    | MissionCurrent
    | MissionItemReached
    | CommandLong
    | CommandInt
    | CommandAck
    | RequestDataStream
    | StatusText
    | GlobalPositionInt
    | Attitude
    | SysStatus
    | GpsRawInt
    | EkfStatusReport
    | VfrHud
    | HomePosition
    | SystemTime
    | CameraFeedback
    | CameraImageCaptured
    | MissionSetCurrent
    | ParamRequestRead
    | ParamSet
    | ParamValue
    | AisVessel
    | AdsbVehicle
    | ServiceMessage
)
KINDS: tuple[type, ...] = Message.__args__
"""The classes of all messages."""


class Received(NamedTuple):
    """A message and who sent it."""

    source: Address
    message: Message
