"""PX4's modes as HEARTBEAT.custom_mode carries them: main mode << 16 | sub mode << 24."""

from sitl.autopilot.messages import Mode
from sitl.autopilot.tasks import Takeoff, Task

AUTO_TAKEOFF = (4, 2)
WANTED: dict[tuple[int, int], Mode] = {
    (3, 0): Mode.LOITER,
    (4, 3): Mode.LOITER,
    (4, 4): Mode.AUTO,
    (4, 5): Mode.RTL,
    (4, 6): Mode.LAND,
    (4, 8): Mode.FOLLOW,
}
"""What a ground station may ask for, and what this vehicle then does."""
_SHOWN: dict[Mode, tuple[int, int]] = {
    Mode.STABILIZE: (7, 0),
    Mode.AUTO: (4, 4),
    Mode.GUIDED: (4, 3),
    Mode.LOITER: (4, 3),
    Mode.RTL: (4, 5),
    Mode.CIRCLE: (3, 1),
    Mode.LAND: (4, 6),
    Mode.BRAKE: (4, 3),
    Mode.FOLLOW: (4, 8),
}


def custom_mode(mode: Mode, task: Task) -> int:
    """The number in the heartbeat."""
    main, sub = AUTO_TAKEOFF if mode is Mode.GUIDED and isinstance(task, Takeoff) else _SHOWN[mode]
    return main << 16 | sub << 24


def split(custom: int) -> tuple[int, int]:
    """Main and sub mode of a custom mode."""
    return custom >> 16 & 0xFF, custom >> 24 & 0xFF
