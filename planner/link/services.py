"""Messages of the services beside missions and commands, as frozen values.

They are of the version, signing, remote identification, camera and gimbal, and ground heights.

As in `planner.link.messages`, of which they are a part: fields are named, scaled and typed as on the wire.
"""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class AutopilotVersion:
    """AUTOPILOT_VERSION (148); `capabilities` are MAV_PROTOCOL_CAPABILITY bits."""

    capabilities: int
    flight_sw_version: int


@dataclass(frozen=True, slots=True)
class SetupSigning:
    """SETUP_SIGNING (256): 32 bytes that never show in a text and are never logged; 10 us since 2015-01-01."""

    target_system: int
    target_component: int
    secret_key: tuple[int, ...] = field(repr=False)
    initial_timestamp: int


@dataclass(frozen=True, slots=True)
class CameraCaptureStatus:
    """CAMERA_CAPTURE_STATUS (262); `image_count`: how many pictures there are on the camera."""

    image_count: int


@dataclass(frozen=True, slots=True)
class CameraFovStatus:
    """CAMERA_FOV_STATUS (271): the ground point in the middle of the picture, 1e-7 degrees; INT32_MAX: there is none.

    https://mavlink.io/en/messages/common.html#CAMERA_FOV_STATUS
    """

    lat_image: int
    lon_image: int


@dataclass(frozen=True, slots=True)
class GimbalManagerInformation:
    """GIMBAL_MANAGER_INFORMATION (280): GIMBAL_MANAGER_CAP_FLAGS, the gimbal's id, limits in radians (NaN unknown)."""

    cap_flags: int
    gimbal_device_id: int
    pitch_min: float
    pitch_max: float
    yaw_min: float
    yaw_max: float


@dataclass(frozen=True, slots=True)
class OpenDroneIdArmStatus:
    """OPEN_DRONE_ID_ARM_STATUS (12918); `status` 0: good to arm, else `error` says why not."""

    status: int
    error: str


@dataclass(frozen=True, slots=True)
class OpenDroneIdSystem:
    """OPEN_DRONE_ID_SYSTEM (12904): 1e-7 degrees, metres (-1000 unknown), seconds since 2019-01-01 UTC.

    `operator_location_type`: 0 the place of take-off, 1 where the operator is now, 2 a fixed place.
    """

    target_system: int
    target_component: int
    operator_location_type: int
    operator_latitude: int
    operator_longitude: int
    operator_altitude_geo: float
    timestamp: int
    area_count: int = 1
    area_ceiling: float = -1000.0
    area_floor: float = -1000.0


@dataclass(frozen=True, slots=True)
class OpenDroneIdSystemUpdate:
    """OPEN_DRONE_ID_SYSTEM_UPDATE (12919): the operator's place alone, units as in OPEN_DRONE_ID_SYSTEM."""

    target_system: int
    target_component: int
    operator_latitude: int
    operator_longitude: int
    operator_altitude_geo: float
    timestamp: int


@dataclass(frozen=True, slots=True)
class TerrainRequest:
    """TERRAIN_REQUEST (133): south-west corner in 1e-7 degrees, metres, and a bit for each four by four heights."""

    lat: int
    lon: int
    grid_spacing: int
    mask: int


@dataclass(frozen=True, slots=True)
class TerrainData:
    """TERRAIN_DATA (134): sixteen heights above mean sea level in metres, eastward first, for bit `gridbit`."""

    lat: int
    lon: int
    grid_spacing: int
    gridbit: int
    data: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TerrainCheck:
    """TERRAIN_CHECK (135): what does the vehicle know of the ground there? 1e-7 degrees."""

    lat: int
    lon: int


@dataclass(frozen=True, slots=True)
class TerrainReport:
    """TERRAIN_REPORT (136): 1e-7 degrees, metres; `spacing` 0: the ground there is not known."""

    lat: int
    lon: int
    spacing: int
    terrain_height: float


ServiceMessage: TypeAlias = (
    AutopilotVersion
    | SetupSigning
    | CameraCaptureStatus
    | CameraFovStatus
    | GimbalManagerInformation
    | OpenDroneIdArmStatus
    | OpenDroneIdSystem
    | OpenDroneIdSystemUpdate
    | TerrainRequest
    | TerrainData
    | TerrainCheck
    | TerrainReport
)
SETUP_SIGNING = 256
