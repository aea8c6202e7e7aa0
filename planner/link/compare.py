"""Whether a vehicle holds what was sent to it, allowing for what each stack is known to change.

What ArduPilot keeps of an item is its conversion AP_Mission::mavlink_int_to_mission_cmd and back, and what was measured
of ArduCopter 4.6.3: item 0 is its own home, unused parameters read 0, heights are whole centimetres, holds are whole
seconds, autocontinue reads 1, frames are normalised. PX4: mavlink_mission.cpp parse/format_mavlink_mission_item.
Everything else must be equal: places to 1e-7 degrees, heights to 0.01 m, numbers to the precision of a float32.
"""

import math
import struct
from dataclasses import dataclass

from typing_extensions import override

from planner.link.items import FENCE, MISSION, RALLY, WireItem, frame_on_wire
from planner.link.stack import Stack
from planner.model.mission import LOCATED_COMMANDS

HEIGHT_TOLERANCE_M = 0.01
_WIRE = struct.Struct("<5f2i2H?")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the vehicle holds otherwise; `number` counts the plan's items from 1, 0 is the list itself."""

    number: int
    field: str
    sent: float
    got: float

    @override
    def __str__(self) -> str:
        if self.number == 0:
            return f"the vehicle holds {self.got:g} items instead of {self.sent:g}"
        return f"item {self.number}: {self.field} is {self.got:.9g} instead of {self.sent:.9g}"


# which of parameters 1 to 4 ArduPilot keeps; commands that are not listed keep all four
_ARDUPILOT_KEEPS: dict[int, str] = {
    16: "1", 17: "3", 18: "13", 19: "1", 20: "", 21: "1", 22: "1", 30: "1", 31: "2", 82: "1", 83: "123", 84: "", 85: "",
    92: "1", 93: "1234", 94: "1", 112: "1", 114: "1", 115: "1234", 176: "1", 177: "12", 178: "123", 179: "1",
    181: "12", 182: "123", 183: "12", 184: "1234", 189: "", 191: "", 194: "12", 195: "", 197: "", 201: "1",
    205: "123", 206: "1", 207: "1", 208: "1", 210: "1", 211: "12", 212: "1", 213: "123", 222: "1234", 223: "123",
    1000: "123", 5000: "", 5001: "1", 5002: "1", 5003: "1", 5004: "1", 5100: "",
}  # fmt: skip
# and PX4
_PX4_KEEPS: dict[int, str] = {
    16: "124", 17: "34", 19: "134", 20: "", 21: "124", 22: "14", 31: "1234", 84: "124", 85: "124", 177: "12", 189: "",
    197: "", 5000: "", 5001: "1", 5002: "1", 5003: "1", 5004: "1", 5100: "",
}  # fmt: skip
_PX4_YAW = frozenset({16, 17, 19, 21, 22, 31, 84, 85})  # parameter 4 is an angle, kept in radians
_WHOLE_PARAM_1 = frozenset({16, 18, 19, 21, 22, 82})  # ArduPilot cuts it to an integer
_WHOLE_PARAM_3 = frozenset({17, 18})
# x, y or z that are numbers (not a place) and that ArduPilot keeps; of other commands without a place it keeps none
_ARDUPILOT_KEEPS_XYZ: dict[int, str] = {202: "xyz", 203: "xy", 1000: "xz"}


def compare(
    sent: tuple[WireItem, ...], read_back: tuple[WireItem, ...], stack: Stack, mission_type: int = MISSION
) -> tuple[Difference, ...]:
    """Every real difference, in item order; empty if the vehicle holds what was sent."""
    first = 1 if stack.has_home_slot and mission_type == MISSION else 0
    ours, theirs = sent[first:], read_back[first:]
    found: list[Difference] = []
    if len(ours) != len(theirs):
        found.append(Difference(0, "count", len(ours), len(theirs)))
    for number, (a, b) in enumerate(zip(ours, theirs, strict=False), start=1):
        if not _same_bytes(a, b):
            found += [Difference(number, *one) for one in _of_item(a, b, stack, mission_type)]
    return tuple(found)


def _same_bytes(a: WireItem, b: WireItem) -> bool:
    """Whether both are the same on the wire: nearly all items are, and this is the quick way to see it."""
    frames = frame_on_wire(a.frame), frame_on_wire(b.frame)
    try:
        sent = _WIRE.pack(*a.params, a.z, a.x, a.y, a.command, frames[0], a.autocontinue)
        got = _WIRE.pack(*b.params, b.z, b.x, b.y, b.command, frames[1], b.autocontinue)
    except (struct.error, OverflowError):  # numbers that do not fit: the long way finds out what they are
        return False
    return sent == got


def _of_item(a: WireItem, b: WireItem, stack: Stack, mission_type: int) -> list[tuple[str, float, float]]:
    if a.command != b.command:
        return [("command", a.command, b.command)]
    found: list[tuple[str, float, float]] = []
    keeps = {Stack.ARDUPILOT: _ARDUPILOT_KEEPS, Stack.PX4: _PX4_KEEPS, Stack.OTHER: {}}[stack].get(a.command, "1234")
    for number, (p, q) in enumerate(zip(a.params, b.params, strict=True), start=1):
        if str(number) in keeps and not _same_param(a.command, number, p, q, stack):
            found.append((f"parameter {number}", p, q))
    if a.autocontinue != b.autocontinue and stack is not Stack.ARDUPILOT and mission_type == MISSION:
        found.append(("autocontinue", a.autocontinue, b.autocontinue))
    if a.command in LOCATED_COMMANDS:
        return found + _of_place(a, b, stack, mission_type)
    return found + _of_numbers(a, b, stack)


def _of_place(a: WireItem, b: WireItem, stack: Stack, mission_type: int) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = []
    if abs(a.x - b.x) > 1:
        found.append(("latitude", a.x / 1e7, b.x / 1e7))
    if abs(a.y - b.y) > 1:
        found.append(("longitude", a.y / 1e7, b.y / 1e7))
    if mission_type == FENCE:  # a fence has neither height nor frame
        return found
    frames = [0 if f == 2 and stack is Stack.ARDUPILOT else frame_on_wire(f) for f in (a.frame, b.frame)]
    if frames[0] != frames[1]:
        found.append(("frame", a.frame, b.frame))
    whole = mission_type == RALLY and stack is Stack.ARDUPILOT  # rally heights are whole metres there
    sent_z = math.trunc(a.z) if whole and math.isfinite(a.z) else a.z
    if not _close(sent_z, b.z, HEIGHT_TOLERANCE_M + abs(a.z) * 1e-7 + 1e-6):
        found.append(("height", a.z, b.z))
    return found


def _of_numbers(a: WireItem, b: WireItem, stack: Stack) -> list[tuple[str, float, float]]:
    keeps = _ARDUPILOT_KEEPS_XYZ.get(a.command, "") if stack is Stack.ARDUPILOT else "xyz"
    pairs = {"x": ("parameter 5", a.x, b.x), "y": ("parameter 6", a.y, b.y), "z": ("parameter 7", a.z, b.z)}
    return [pairs[axis] for axis in keeps if not _close(pairs[axis][1], pairs[axis][2], _float32(pairs[axis][1]))]


def _same_param(command: int, number: int, sent: float, got: float, stack: Stack) -> bool:
    if stack is Stack.ARDUPILOT and math.isfinite(sent) and _is_whole(command, number):
        return got == math.trunc(sent) or _close(sent, got, _float32(sent))
    if stack is Stack.PX4 and number == 4 and command in _PX4_YAW and math.isfinite(sent) and math.isfinite(got):
        return abs((sent - got + 180.0) % 360.0 - 180.0) < 0.01
    return _close(sent, got, _float32(sent))


def _is_whole(command: int, number: int) -> bool:
    if command == 1000:  # whole degrees and degrees per second
        return True
    return (number == 1 and command in _WHOLE_PARAM_1) or (number == 3 and command in _WHOLE_PARAM_3)


def _float32(value: float) -> float:
    return abs(value) * 2e-7 + 1e-9 if math.isfinite(value) else 0.0


def _close(a: float, b: float, tolerance: float) -> bool:
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or abs(a - b) <= tolerance
