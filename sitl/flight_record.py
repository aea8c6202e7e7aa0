"""The record of a practice flight: ten times a second where the drone really was, and where it said that it was.

One JSON object a line, written as it happens. The first says which harbour it was flown over, so that the flight can be
looked at again: {"format": 1, "harbour": "practice", "seed": 0, ...}. Each other holds `at_utc`, and under `true` and
`told` place, heights above the water and above home (metres), attitudes of airframe and camera (degrees, as in
planner.geo.camera) and speed. Only while the motors run is anything written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from planner.geo.camera import Attitude
from planner.geo.points import LatLon
from planner.model.errors import BadInput, QuaywatchError
from sitl.autopilot.core import Truth
from sitl.shots import Shot

FORMAT = 1
NAME = "flight.jsonl"
_PLACES = ("", "harbour", "footage/harbour")
_LOGS = frozenset({".tlog", ".bin"})


@dataclass(frozen=True, slots=True)
class Scenery:
    """Over what a flight was flown: a harbour's name and seed, its weather, or the scenario file of an exam."""

    harbour: str = "practice"
    seed: int = 0
    weather: str | None = None
    thermal: str | None = None
    wind: str | None = None
    start_utc: str | None = None
    scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """The drone at one time: as it was, and as it said."""

    true: Shot
    told: Shot


@dataclass(frozen=True, slots=True)
class FlownFlight:
    """A record as read."""

    scenery: Scenery
    moments: tuple[Moment, ...]
    path: Path


class FlightRecord:
    """Writes a record; close it at the end. States should come ten a second.

    Raises:
        QuaywatchError: on making it: the file cannot be written. Later trouble is in `problem`.
    """

    def __init__(self, path: Path, scenery: Scenery, *, water_msl_m: float = 0.0) -> None:
        self._water_msl_m = water_msl_m
        self.problem: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise QuaywatchError(f"{path}: cannot write the record: {error.strerror or error}") from None
        names = (name for name in Scenery.__slots__ if getattr(scenery, name) is not None)
        if not self._put({"format": FORMAT, **{name: getattr(scenery, name) for name in names}}):
            self.close()
            raise QuaywatchError(f"{path}: {self.problem}")

    def on_state(self, true: Truth, told: Truth) -> None:
        """The drone as it is, and as it says; nothing is kept while its motors stand still."""
        if true.armed and self.problem is None:
            self._put({"at_utc": true.at_utc.isoformat(), "true": self._side(true), "told": self._side(told)})

    def close(self) -> None:
        """Ends the file."""
        try:
            self._file.close()
        except OSError as error:
            self.problem = self.problem or _stopped(error)

    def _side(self, truth: Truth) -> dict[str, float]:
        camera, vehicle = truth.camera, truth.attitude
        return {
            "lat_deg": round(truth.at.lat_deg, 9), "lon_deg": round(truth.at.lon_deg, 9),
            "height_m": round(truth.msl_m - self._water_msl_m, 3), "above_home_m": round(truth.height_m, 3),
            "yaw_deg": round(vehicle.yaw_deg, 3), "pitch_deg": round(vehicle.pitch_deg, 3),
            "roll_deg": round(vehicle.roll_deg, 3), "camera_yaw_deg": round(camera.yaw_deg, 3),
            "camera_pitch_deg": round(camera.pitch_deg, 3), "camera_roll_deg": round(camera.roll_deg, 3),
            "speed_m_s": round(truth.speed_m_s, 3),
        }  # fmt: skip

    def _put(self, line: Mapping[str, object]) -> bool:
        """Whether it could be written."""
        try:
            self._file.write(json.dumps(line) + "\n")
        except (OSError, ValueError) as error:
            self.problem = _stopped(error)
            return False
        return True


def _stopped(error: OSError | ValueError) -> str:
    return f"the flight's record stopped: {getattr(error, 'strerror', None) or error}"


def find_record(path: Path) -> Path:
    """The record that a path means: the file itself, or that of a practice flight's, demo's or exam's folder.

    A telemetry log stands for the folder that it lies in: it holds what the drone told, but not where it was.

    Raises:
        BadInput: there is none.
    """
    is_log = path.is_file() and path.suffix.lower() in _LOGS
    if path.is_file() and not is_log:
        return path
    folder = path.parent if is_log else path
    for place in _PLACES:
        if (folder / place / NAME).is_file():
            return folder / place / NAME
    if is_log:
        raise BadInput(path, f"tells not where the drone really was, and beside it is no {NAME} of a practice flight")
    if not path.exists():
        raise BadInput(path, "there is no such file or folder; give the folder of a practice flight")
    raise BadInput(path, f"holds no {NAME}; give the folder of a flight with the practice drone and its camera")


def read_record(path: Path) -> FlownFlight:
    """Reads a record; a last line that was cut off by a crash is left out.

    Raises:
        BadInput: it is none, or holds no flight.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(path, f"cannot be read as a flight's record: {error}") from None
    if not lines:
        raise BadInput(path, f"is empty; give the {NAME} of a practice flight")
    scenery = _scenery(path, lines[0])
    moments = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            moments.append(_moment(json.loads(line), number - 1))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                break
            raise BadInput(path, f"line {number} is no state of a flight: {_words(error)}") from None
    if not moments:
        raise BadInput(path, "holds no flight: the motors never ran")
    return FlownFlight(scenery, tuple(moments), path)


def _scenery(path: Path, line: str) -> Scenery:
    wrong = BadInput(path, f"is no record of a practice flight; give its {NAME}, or the flight's folder")
    try:
        header = json.loads(line)
    except ValueError:
        raise wrong from None
    if not isinstance(header, dict) or "format" not in header:
        raise wrong
    if header["format"] != FORMAT:
        raise BadInput(path, f"has format {header['format']!r}; this version reads {FORMAT}")
    fields = {name: header[name] for name in Scenery.__slots__ if name in header}
    for name, value in fields.items():
        if not isinstance(value, int if name == "seed" else str):
            raise BadInput(path, f"line 1: {name} is {value!r}")
    return Scenery(**fields)


def _moment(line: Mapping[str, Any], index: int) -> Moment:
    at_utc = datetime.fromisoformat(line["at_utc"])
    if at_utc.tzinfo is None:
        raise ValueError(f"at_utc has no time zone: {line['at_utc']}")
    return Moment(_shot(line["true"], at_utc, index), _shot(line["told"], at_utc, index))


def _shot(side: Mapping[str, float], at_utc: datetime, index: int) -> Shot:
    return Shot(
        index=index,
        at_utc=at_utc,
        at=LatLon(side["lat_deg"], side["lon_deg"]),
        height_m=float(side["height_m"]),
        height_above_home_m=float(side["above_home_m"]),
        camera=Attitude(side["camera_yaw_deg"], side["camera_pitch_deg"], side["camera_roll_deg"]),
        vehicle=Attitude(side["yaw_deg"], side["pitch_deg"], side["roll_deg"]),
        speed_m_s=float(side["speed_m_s"]),
    )


def _words(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
