"""A dataflash .BIN log of a practice flight, as ArduPilot writes them and pymavlink's DFReader reads them.

https://ardupilot.org/copter/docs/logmessages.html; the messages FMT, MSG, MODE, GPS, ATT, POS, BAT and CAM.
"""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.model.errors import QuaywatchError
from sitl.autopilot.core import Truth
from sitl.autopilot.messages import Received
from sitl.shots import Shot

_HEAD = b"\xa3\x95"
_FMT = 128
_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_LEAP = timedelta(seconds=18)
_STRUCT = {"Q": "Q", "B": "B", "M": "B", "H": "H", "I": "I", "L": "i", "e": "i", "c": "h", "f": "f", "Z": "64s"}
_MESSAGES: dict[str, tuple[int, str, str]] = {
    "MSG": (129, "QZ", "TimeUS,Message"),
    "MODE": (130, "QMBB", "TimeUS,Mode,ModeNum,Rsn"),
    "GPS": (131, "QBBIHBcLLeff", "TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,VZ"),
    "ATT": (132, "Qfff", "TimeUS,Roll,Pitch,Yaw"),
    "POS": (133, "QLLff", "TimeUS,Lat,Lng,Alt,RelHomeAlt"),
    "BAT": (134, "QBB", "TimeUS,Inst,RemPct"),
    "CAM": (135, "QBHIHLLeeefff", "TimeUS,I,Img,GPSTime,GPSWeek,Lat,Lng,Alt,RelAlt,GPSAlt,R,P,Y"),
}
_FMT_FORMAT, _FMT_LABELS = "BBnNZ", "Type,Length,Name,Format,Columns"


class DataflashLog:
    """Writes what happens into a file, as a witness of a vehicle; close it at the end. Times are simulated.

    Raises:
        QuaywatchError: on making it: the file cannot be written. Later trouble is in `problem`.
    """

    def __init__(self, path: Path, *, water_msl_m: float = 0.0) -> None:
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
        self._write("MSG", 0, b"ArduCopter V4.6.3 (practice vehicle)")

    def on_state(self, truth: Truth) -> None:
        """Mode, GPS, attitude, position and battery."""
        us = round(truth.simulated_s * 1e6)
        if truth.mode != self._mode:
            self._mode = int(truth.mode)
            self._write("MODE", us, self._mode, self._mode, 2)
        week, ms = _gps_time(truth.at_utc)
        lat, lon = round(truth.at.lat_deg * 1e7), round(truth.at.lon_deg * 1e7)
        cm = round(truth.msl_m * 100)
        self._write("GPS", us, 0, 6, ms, week, 10, 121, lat, lon, cm, truth.speed_m_s, -truth.climb_m_s)
        self._write("ATT", us, truth.attitude.roll_deg, truth.attitude.pitch_deg, truth.attitude.yaw_deg)
        self._write("POS", us, lat, lon, truth.msl_m, truth.height_m)
        self._write("BAT", us, 0, round(100 * truth.battery_share))

    def on_heard(self, event: Received, simulated_s: float) -> None:
        """Nothing: a dataflash log holds no link messages."""

    def on_shot(self, shot: Shot, simulated_s: float) -> None:
        """A CAM message for each picture."""
        week, ms = _gps_time(shot.at_utc)
        cm, above_cm = round((shot.height_m + self._water_msl_m) * 100), round(shot.height_above_home_m * 100)
        lat, lon = round(shot.at.lat_deg * 1e7), round(shot.at.lon_deg * 1e7)
        angles = (shot.vehicle.roll_deg, shot.vehicle.pitch_deg, shot.vehicle.yaw_deg)
        us = round(simulated_s * 1e6)
        self._write("CAM", us, 0, shot.index & 0xFFFF, ms, week, lat, lon, cm, above_cm, cm, *angles)

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
