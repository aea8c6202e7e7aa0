"""ArduSub's parameters, where they differ from ArduCopter's: names of its own, and other starting values."""

from sitl.autopilot.readings import INT8, INT16, REAL32, Row
from sitl.vehicle import AirframeModel

SUB_ROWS: tuple[Row, ...] = (
    ("SURFACE_DEPTH", -10.0, REAL32),
    ("SURFACE_MAX_THR", 0.1, REAL32),
    ("FRAME_CONFIG", 1, INT8),
    ("FS_LEAK_ENABLE", 1, INT8),
    ("FS_PRESS_ENABLE", 0, INT8),
    ("FS_PRESS_MAX", 105000, REAL32),
    ("FS_TEMP_ENABLE", 0, INT8),
    ("FS_PILOT_INPUT", 2, INT8),
    ("JS_GAIN_DEFAULT", 0.5, REAL32),
    ("JS_GAIN_MAX", 1.0, REAL32),
    ("JS_GAIN_MIN", 0.25, REAL32),
    ("JS_GAIN_STEPS", 4, INT8),
    ("JS_LIGHTS_STEPS", 8, INT8),
    ("BARO_SPEC_GRAV", 1.024, REAL32),
    ("SYS_NUM_RESETS", 1, INT16),
)
"""Of these SURFACE_DEPTH (centimetres) is heeded; the others are kept."""
SUB_DEFAULTS: tuple[tuple[str, float], ...] = (
    ("WPNAV_SPEED", 50),
    ("WPNAV_SPEED_UP", 40),
    ("WPNAV_SPEED_DN", 40),
    ("WPNAV_ACCEL", 50),
    ("WPNAV_ACCEL_Z", 50),
    ("WPNAV_RADIUS", 40),
    ("MNT1_PITCH_MAX", 90),
    ("FENCE_TYPE", 4),
    ("DISARM_DELAY", 0),
    ("BATT_LOW_VOLT", 20.5),
)
"""Starting values for slow flight near a hull; the camera can look up at a keel."""


def submersible(battery_mah: float = 18_000.0) -> AirframeModel:
    """The figures of the practice submersible that it shares with aircraft."""
    return AirframeModel(
        max_turn_rate_deg_s=45.0,
        max_speed_m_s=1.2,
        max_climb_m_s=0.6,
        max_sink_m_s=0.6,
        battery_mah=battery_mah,
        gimbal_rate_deg_s=45.0,
    )
