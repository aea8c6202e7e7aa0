"""Messages that vehicles tell of themselves where they know them: their modes, and the report of a slow link."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AvailableModes:
    """AVAILABLE_MODES (435): one of `number_modes`, counted from 1; `standard_mode` is a MAV_STANDARD_MODE."""

    number_modes: int
    mode_index: int
    standard_mode: int
    custom_mode: int
    properties: int
    mode_name: str


@dataclass(frozen=True, slots=True)
class AvailableModesMonitor:
    """AVAILABLE_MODES_MONITOR (437): another `seq` means that the list has changed."""

    seq: int


@dataclass(frozen=True, slots=True)
class CurrentMode:
    """CURRENT_MODE (436)."""

    standard_mode: int
    custom_mode: int
    intended_custom_mode: int


@dataclass(frozen=True, slots=True)
class HighLatency2:
    """HIGH_LATENCY2 (235): 1e-7 degrees, metres above sea level, 2 degrees, 0.2 m/s, 0.1 m/s, percent (-1 unknown).

    `custom_mode` is 16 bits: for PX4 the upper half of HEARTBEAT's; `custom0` is ArduPilot's base mode.
    """

    type: int
    autopilot: int
    custom_mode: int
    latitude: int
    longitude: int
    altitude: int
    heading: int
    groundspeed: int
    climb_rate: int
    battery: int
    wp_num: int
    failure_flags: int
    custom0: int
