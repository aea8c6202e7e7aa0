"""A dataflash .BIN log of a practice flight, as ArduPilot writes them and pymavlink's DFReader reads them.

https://ardupilot.org/copter/docs/logmessages.html; the messages FMT, MSG, PARM, MODE, CMD, GPS, ATT, POS, BAT and CAM.
All parameters stand at the start, and each again when it changes; all mission items when the list changes, and each
when it is begun. Attitude and position come with each state, GPS with every second one, the battery with every tenth.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.model.errors import QuaywatchError
from sitl.autopilot.core import Truth
from sitl.missions import Item
from sitl.shots import Shot

_HEAD = b"\xa3\x95"
_FMT = 128
_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_LEAP = timedelta(seconds=18)
_STRUCT = {
    "Q": "Q",
    "B": "B",
    "M": "B",
    "H": "H",
    "I": "I",
    "L": "i",
    "e": "i",
    "c": "h",
    "f": "f",
    "N": "16s",
    "Z": "64s",
}
_MESSAGES: dict[str, tuple[int, str, str]] = {
    "MSG": (129, "QZ", "TimeUS,Message"),
    "MODE": (130, "QMBB", "TimeUS,Mode,ModeNum,Rsn"),
    "GPS": (131, "QBBIHBcLLeff", "TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,VZ"),
    "ATT": (132, "Qfff", "TimeUS,Roll,Pitch,Yaw"),
    "POS": (133, "QLLff", "TimeUS,Lat,Lng,Alt,RelHomeAlt"),
    "BAT": (134, "QBfffB", "TimeUS,Inst,Volt,Curr,CurrTot,RemPct"),
    "CAM": (135, "QBHIHLLeeefff", "TimeUS,I,Img,GPSTime,GPSWeek,Lat,Lng,Alt,RelAlt,GPSAlt,R,P,Y"),
    "PARM": (136, "QNff", "TimeUS,Name,Value,Default"),
    "CMD": (137, "QHHHffffLLfB", "TimeUS,CTot,CNum,CId,Prm1,Prm2,Prm3,Prm4,Lat,Lng,Alt,Frame"),
}
_FMT_FORMAT, _FMT_LABELS = "BBnNZ", "Type,Length,Name,Format,Columns"
_GPS_EVERY, _BATTERY_EVERY = 2, 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What the log holds besides the truth: parameters, the mission with its home slot, and the battery."""

    parameters: Mapping[str, float]
    mission: tuple[Item, ...]
    volts: float
    amps: float
    used_mah: float


class DataflashLog:
    """Writes what happens into a file; close it at the end. Times are simulated; states should come ten a second.

    Raises:
        QuaywatchError: on making it: the file cannot be written. Later trouble is in `problem`.
    """

    def __init__(self, path: Path, *, water_msl_m: float = 0.0, firmware: str = "ArduCopter V4.6.3") -> None:
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise QuaywatchError(f"{path}: cannot write the log: {error.strerror or error}") from None
        self._water_msl_m = water_msl_m
        self._mode: int | None = None
        self.problem: str | None = None
        self._put(_fmt(_FMT, 89, "FMT", _FMT_FORMAT, _FMT_LABELS))
        for name, (number, form, labels) in _MESSAGES.items():
            self._put(_fmt(number, 3 + struct.calcsize(_packing(form)), name, form, labels))
        self._states = 0
        self._parameters: dict[str, float] = {}
        self._mission: tuple[Item, ...] = ()
        self._item = 0
        self._write("MSG", 0, f"{firmware} (practice vehicle)".encode())

    def on_state(self, truth: Truth, facts: Facts) -> None:
        """Parameters, mission and mode where they changed; attitude, position, GPS and battery."""
        us = round(truth.simulated_s * 1e6)
        self._note_parameters(us, facts.parameters)
        self._note_mission(us, facts.mission, truth.mission_item)
        if truth.mode != self._mode:
            self._mode = int(truth.mode)
            self._write("MODE", us, self._mode, self._mode, 2)
        week, ms = _gps_time(truth.at_utc)
        lat, lon = round(truth.at.lat_deg * 1e7), round(truth.at.lon_deg * 1e7)
        cm = round(truth.msl_m * 100)
        self._write("ATT", us, truth.attitude.roll_deg, truth.attitude.pitch_deg, truth.attitude.yaw_deg)
        self._write("POS", us, lat, lon, truth.msl_m, truth.height_m)
        if self._states % _GPS_EVERY == 0:
            self._write("GPS", us, 0, 6, ms, week, 10, 121, lat, lon, cm, truth.speed_m_s, -truth.climb_m_s)
        if self._states % _BATTERY_EVERY == 0:
            self._write("BAT", us, 0, facts.volts, facts.amps, facts.used_mah, round(100 * truth.battery_share))
        self._states += 1

    def on_shot(self, shot: Shot, simulated_s: float) -> None:
        """A CAM message for each picture."""
        week, ms = _gps_time(shot.at_utc)
        cm, above_cm = round((shot.height_m + self._water_msl_m) * 100), round(shot.height_above_home_m * 100)
        lat, lon = round(shot.at.lat_deg * 1e7), round(shot.at.lon_deg * 1e7)
        angles = (shot.vehicle.roll_deg, shot.vehicle.pitch_deg, shot.vehicle.yaw_deg)
        us = round(simulated_s * 1e6)
        self._write("CAM", us, 0, shot.index & 0xFFFF, ms, week, lat, lon, cm, above_cm, cm, *angles)

    def _note_parameters(self, us: int, parameters: Mapping[str, float]) -> None:
        if parameters == self._parameters:
            return
        first = not self._parameters
        for name, value in parameters.items():
            if first or self._parameters.get(name) != value:
                self._write("PARM", us, name.encode(), value, math.nan)
        self._parameters = dict(parameters)

    def _note_mission(self, us: int, mission: tuple[Item, ...], item: int) -> None:
        if mission != self._mission:
            self._mission = mission
            for number in range(len(mission)):
                self._command(us, number)
        if item != self._item:
            self._item = item
            if 0 < item < len(mission):
                self._command(us, item)

    def _command(self, us: int, number: int) -> None:
        i = self._mission[number]
        place = (i.x, i.y) if i.has_place else (0, 0)
        count = len(self._mission)
        self._write("CMD", us, count, number, i.command, i.p1, i.p2, i.p3, i.p4, *place, i.z, i.frame)

    def close(self) -> None:
        """Ends the file."""
        self._file.close()

    def _write(self, name: str, *values: float | bytes) -> None:
        number, form, _ = _MESSAGES[name]
        self._put(_HEAD + bytes([number]) + struct.pack(_packing(form), *values))

    def _put(self, data: bytes) -> None:
        if self.problem is None:
            try:
                self._file.write(data)
            except OSError as error:
                self.problem = f"the log stopped: {error.strerror or error}"


def _packing(form: str) -> str:
    return "<" + "".join(_STRUCT[letter] for letter in form)


def _fmt(number: int, length: int, name: str, form: str, labels: str) -> bytes:
    packed = struct.pack("<BB4s16s64s", number, length, name.encode(), form.encode(), labels.encode())
    return _HEAD + bytes([_FMT]) + packed


def _gps_time(at_utc: datetime) -> tuple[int, int]:
    """GPS week and milliseconds in it."""
    week, rest = divmod(at_utc + _LEAP - _GPS_EPOCH, timedelta(weeks=1))
    return week, rest // timedelta(milliseconds=1)
