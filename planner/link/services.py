"""Messages of the services beside missions and commands, as frozen values: version, signing, remote identification.

As in `planner.link.messages`, of which they are a part: fields are named, scaled and typed as on the wire.
"""

from dataclasses import dataclass, field


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


SETUP_SIGNING = 256
