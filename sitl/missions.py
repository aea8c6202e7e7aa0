"""What the vehicle keeps of mission, fence and rally items: checked, normalised and forgotten as ArduCopter does.

Pure. Slot 0 of a mission is home. Results are MAV_MISSION_RESULT; rules were measured on ArduCopter 4.6.3.
"""

import math
import struct
from dataclasses import dataclass, replace

from sitl.autopilot.messages import Message, MissionResult, MissionType, Value

MAX_MISSION_ITEMS = 650
MAX_FENCE_ITEMS = 70
MAX_RALLY_POINTS = 46
MAX_ALTITUDE_M = 83_000.0

NAV_COMMANDS = frozenset({16, 17, 18, 19, 20, 21, 22, 82, 84, 85, 92, 93, 94})
CONDITIONS = frozenset({112, 114, 115})
LOCATED = frozenset({16, 17, 18, 19, 21, 22, 82, 84, 85, 94, 179, 189, 195, 201})
KEPT_PARAMS: dict[int, tuple[str, ...]] = {
    16: ("p1",),
    17: ("p3",),
    18: ("p1", "p3"),
    19: ("p1",),
    20: (),
    21: ("p1",),
    22: ("p1",),
    82: ("p1",),
    84: ("p1",),
    85: ("p1",),
    92: ("p1",),
    93: ("p1", "p2", "p3", "p4"),
    94: ("p1",),
    112: ("p1",),
    114: ("p1",),
    115: ("p1", "p2", "p3", "p4"),
    177: ("p1", "p2"),
    178: ("p1", "p2", "p3"),
    179: ("p1",),
    181: ("p1", "p2"),
    182: ("p1", "p2", "p3"),
    183: ("p1", "p2"),
    184: ("p1", "p2", "p3", "p4"),
    189: (),
    195: ("p1",),
    197: (),
    201: ("p1",),
    202: ("p1", "p2", "p3", "p4", "x", "y", "z"),
    203: ("p1", "p2", "p3", "p4", "x", "y", "z"),
    205: ("p1", "p2", "p3"),
    206: ("p1", "p3"),
    207: ("p1",),
    208: ("p1",),
    211: ("p1", "p2"),
    222: ("p1", "p2", "p3", "p4"),
    531: ("p1", "p2"),
    532: ("p1", "p2"),
    600: ("p1",),
    601: ("p1", "p2"),
    1000: ("p1", "p2", "p3", "p4", "x", "z"),
    2000: ("p1", "p2", "p3"),
    2001: ("p1",),
}
"""The commands that a mission may hold, with the parameters that survive storing."""
_WHOLE_PARAMS = frozenset({16, 17, 19, 21, 22, 82, 84, 85, 177})
_EIGHT_BIT_PLACES = frozenset({202, 203, 1000})
_NAN_YAW = {16: {4}, 21: {4}, 22: {4}, 84: {3, 4}, 85: {3, 4}}
_FRAMES = {0: 0, 2: 0, 5: 0, 3: 3, 6: 3, 10: 10, 11: 10}
_NO_MISSION_FRAME = {frame: to for frame, to in _FRAMES.items() if frame != 2}

NAMES = {
    16: "WP", 17: "LoitUnlim", 18: "LoitTurns", 19: "LoitTime", 20: "RTL", 21: "Land", 22: "Takeoff", 82: "SplineWP",
    84: "VTOLTakeoff", 85: "VTOLLand", 92: "NavGuidedEnable", 93: "Delay", 94: "PayloadPlace", 112: "CondDelay",
    114: "CondDist", 115: "CondYaw", 177: "Jump", 178: "ChangeSpeed", 179: "SetHome", 181: "SetRelay",
    182: "RepeatRelay", 183: "SetServo", 184: "RepeatServo", 189: "DoLandStart", 195: "SetROI", 197: "ROINone",
    201: "SetROI", 202: "DigiCamCfg", 203: "DigiCamCtrl", 205: "MountControl", 206: "SetCamTrigDst",
    207: "FenceEnable", 208: "Parachute", 211: "Gripper", 222: "GuidedLimits", 531: "SetCameraZoom",
    532: "SetCameraFocus", 600: "Tag", 601: "JumpToTag", 1000: "GimbalPitchYaw", 2000: "ImageStartCapture",
    2001: "ImageStopCapture",
}  # fmt: skip
"""What ArduCopter calls the commands in its "Mission: 3 WP" texts."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item as on the wire: x and y are degrees times 1e7 where the command has a place."""

    command: int
    frame: int = 0
    p1: float = 0.0
    p2: float = 0.0
    p3: float = 0.0
    p4: float = 0.0
    x: int = 0
    y: int = 0
    z: float = 0.0

    @property
    def is_nav(self) -> bool:
        """Whether the vehicle flies it (and does not only do it on the way)."""
        return self.command in NAV_COMMANDS

    @property
    def has_place(self) -> bool:
        """Whether it names a place; 0/0 means "here"."""
        return self.command in LOCATED and (self.x != 0 or self.y != 0)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an item or a list was not kept, and what the vehicle says about it (may be empty)."""

    result: MissionResult
    text: str = ""


def item_of(message: Message) -> Item:
    """The item in a MISSION_ITEM_INT or (older, degrees as float) MISSION_ITEM."""
    in_degrees = message.name == "MISSION_ITEM"
    command = message.whole("command")
    # the older message carries degrees for commands with a place, plain numbers for all others
    scale = 1e7 if in_degrees and (command in LOCATED or 5000 <= command <= 5100) else 1.0
    return Item(
        command=command,
        frame=message.whole("frame"),
        p1=message.number("param1"),
        p2=message.number("param2"),
        p3=message.number("param3"),
        p4=message.number("param4"),
        x=_whole(message.number("x") * scale),
        y=_whole(message.number("y") * scale),
        z=message.number("z"),
    )


def item_fields(item: Item, *, sequence: int, mission_type: int, current: bool) -> dict[str, Value]:
    """The fields of the MISSION_ITEM_INT that gives `item` back, less the addressee."""
    return {
        "seq": sequence,
        "frame": item.frame,
        "command": item.command,
        "current": int(current),
        "autocontinue": 0 if mission_type == MissionType.FENCE else 1,
        "param1": item.p1,
        "param2": item.p2,
        "param3": item.p3,
        "param4": item.p4,
        "x": item.x,
        "y": item.y,
        "z": item.z,
        "mission_type": mission_type,
    }


def mission_item(item: Item, *, count: int) -> Item | Refused:
    """The mission item as it will be kept, or why it is refused; `count` is the length of the list."""
    refused = _bad_number(item)
    if refused is not None:
        return refused
    if item.command == 0:
        return Refused(MissionResult.INVALID)
    if item.command not in KEPT_PARAMS:
        return Refused(MissionResult.UNSUPPORTED)
    if item.command == 177 and not 0 < int(item.p1) < count:
        return Refused(MissionResult.ERROR)
    if item.command in LOCATED:
        if item.frame not in _FRAMES:
            return Refused(MissionResult.UNSUPPORTED_FRAME)
        refused = _bad_place(item)
        if refused is not None:
            return refused
    return _kept(item)


def fence_item(item: Item) -> Item | Refused:
    """The fence item as it will be kept, or why not; whether the list makes sense is `fence_problem`'s."""
    if item.command not in {5000, 5001, 5002, 5003, 5004}:
        return Refused(MissionResult.UNSUPPORTED)
    if item.frame not in _NO_MISSION_FRAME:
        return Refused(MissionResult.UNSUPPORTED_FRAME)
    if not math.isfinite(item.p1):
        return Refused(MissionResult.INVALID_PARAM1)
    p1 = 0.0 if item.command == 5000 else item.p1
    return Item(command=item.command, frame=0, p1=p1, x=item.x, y=item.y)


def rally_item(item: Item) -> Item | Refused:
    """The rally point as it will be kept (whole metres of height), or why not."""
    if item.command != 5100:
        return Refused(MissionResult.UNSUPPORTED)
    if item.frame not in _NO_MISSION_FRAME:
        return Refused(MissionResult.UNSUPPORTED_FRAME)
    refused = _bad_place(item)
    if refused is not None:
        return refused
    return Item(command=5100, frame=_FRAMES[item.frame], x=item.x, y=item.y, z=float(int(item.z)))


def fence_problem(items: tuple[Item, ...]) -> str | None:
    """What is wrong with a complete fence; None if it can be kept."""
    if sum(i.command == 5000 for i in items) > 1:
        return "Multiple return points"
    if len(items) >= MAX_FENCE_ITEMS:
        return "Fence exceeds storage size"
    at = 0
    while at < len(items):
        item = items[at]
        if _bad_place(replace(item, z=0.0)) is not None:
            return f"Bad lat/lon in fence item {at}"
        if item.command in {5003, 5004} and item.p1 <= 0:
            return f"Bad fence radius in item {at}"
        if item.command in {5001, 5002}:
            count = int(item.p1)
            run = items[at : at + count]
            if count < 3:
                return f"Too few vertices in fence item {at}"
            if len(run) < count or any(v.command != item.command or v.p1 != item.p1 for v in run):
                return f"Wrong vertex count in fence item {at}"
            if any(_bad_place(replace(v, z=0.0)) is not None for v in run):
                return f"Bad lat/lon in fence item {at}"
            at += count
            continue
        at += 1
    return None


def _bad_number(item: Item) -> Refused | None:
    may_be_nan = _NAN_YAW.get(item.command, set())
    for number, value in enumerate((item.p1, item.p2, item.p3, item.p4), start=1):
        if not math.isfinite(value) and number not in may_be_nan:
            return Refused(MissionResult(MissionResult.INVALID_PARAM1 + number - 1))
    return None


def _bad_place(item: Item) -> Refused | None:
    if abs(item.x) > 900_000_000:
        return Refused(MissionResult.INVALID_PARAM5_X)
    if abs(item.y) > 1_800_000_000:
        return Refused(MissionResult.INVALID_PARAM6_Y)
    if not math.isfinite(item.z) or abs(item.z) >= MAX_ALTITUDE_M:
        return Refused(MissionResult.INVALID_PARAM7)
    return None


def _kept(item: Item) -> Item:
    keep = KEPT_PARAMS[item.command]
    p1, p2, p3, p4 = (
        value if name in keep else 0.0
        for name, value in (("p1", item.p1), ("p2", item.p2), ("p3", item.p3), ("p4", item.p4))
    )
    if item.command in _WHOLE_PARAMS:
        p1, p3 = float(math.trunc(p1)), float(math.trunc(p3))
    if item.command == 19:
        p3 = 1.0
    if item.command in {21, 85}:
        p4 = 1.0
    if item.command in LOCATED:
        metres = math.trunc(_float32(item.z * 100.0)) / 100.0
        return Item(item.command, _FRAMES[item.frame], p1, p2, p3, p4, item.x, item.y, metres)
    x = item.x if "x" in keep else 0
    y = item.y if "y" in keep else 0
    if item.command in _EIGHT_BIT_PLACES:
        x, y = x & 0xFF, y & 0xFF
    z = item.z if "z" in keep and math.isfinite(item.z) else 0.0
    return Item(item.command, 0, p1, p2, p3, p4, x, y, z)


def _float32(value: float) -> float:
    """`value` as the autopilot's single precision has it."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _whole(value: float) -> int:
    if not math.isfinite(value):
        return 0
    return max(-(2**31), min(2**31 - 1, round(value)))
