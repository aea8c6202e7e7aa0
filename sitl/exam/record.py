"""What happened in an exam, line by line as it happens, so that a crash loses at most the last second.

A folder with `exam.json` (who, what, when), `scenario.yaml` (the text as it was), `timeline.jsonl` (one JSON object a
line, each with `s`, seconds of simulated time since the start, and `what`), and what else the run leaves there:
footage, the scene, the score. See docs/scenario-format.md.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from planner.model.errors import BadInput, QuaywatchError
from sitl.autopilot.core import Truth
from sitl.autopilot.messages import Received
from sitl.scenario.read import read_scenario
from sitl.scenario.values import Scenario
from sitl.shots import Shot

FORMAT = 1
UNTOLD = frozenset({"HEARTBEAT", "TIMESYNC", "PING", "SYSTEM_TIME", "REQUEST_DATA_STREAM", "TUNNEL"})
"""Messages of a ground station that say nothing about what its crew decided (parameters are noted once)."""
NUMBERS = ("command", "param1", "param2", "seq", "count", "mission_type", "custom_mode", "base_mode", "type")


@dataclass(frozen=True, slots=True)
class Header:
    """Who did what, and when (wall clock)."""

    scenario: str
    trainee: str
    started_utc: datetime
    seed: int


class Recorder:
    """Writes the timeline of an exam. Calls come from the vehicle's thread and from others; none of them raises.

    What cannot be written (a full disk) is kept as a sentence in `failure`: such an exam cannot be scored.

    Raises:
        BadInput: the folder holds an exam already, or cannot be made.
    """

    def __init__(self, folder: Path, scenario_text: str, header: Header) -> None:
        self.folder = folder
        self.failure: str | None = None
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if (folder / "exam.json").exists():
                raise BadInput(folder, "holds an exam already; name another folder with --out")
            (folder / "scenario.yaml").write_text(scenario_text, encoding="utf-8")
            self._file: TextIO = (folder / "timeline.jsonl").open("w", encoding="utf-8", buffering=1)
            write_header(folder, header)
        except OSError as error:
            raise BadInput(folder, f"cannot be written: {error.strerror or error}") from None

    def on_state(self, truth: Truth) -> None:
        """The vehicle's true state."""
        self._write(
            truth.simulated_s,
            "state",
            lat_deg=round(truth.at.lat_deg, 8),
            lon_deg=round(truth.at.lon_deg, 8),
            height_m=round(truth.height_m, 2),
            msl_m=round(truth.msl_m, 2),
            speed_m_s=round(truth.speed_m_s, 2),
            yaw_deg=round(truth.attitude.yaw_deg, 1),
            mode=truth.mode.name,
            armed=truth.armed,
            landed=truth.landed,
            item=truth.mission_item,
            battery=round(truth.battery_share, 4),
        )

    def on_heard(self, event: Received, simulated_s: float) -> None:
        """A message of a ground station that tells what its crew decided."""
        name = event.message.name
        if name in UNTOLD or name.startswith(("MISSION_ITEM", "LOG_", "FILE_")):
            return
        if name.startswith(("PARAM_REQUEST", "MISSION_REQUEST")) and (name in self._seen) and "LIST" not in name:
            return
        self._seen.add(name)
        told = {key: event.message.number(key) for key in NUMBERS if key in event.message.fields}
        param = event.message.text("param_id")
        extra = {"param_id": param, "param_value": event.message.number("param_value")} if param else {}
        self._write(simulated_s, "heard", message=name, system=event.system, **told, **extra)

    def on_shot(self, shot: Shot, simulated_s: float) -> None:
        """A picture was taken."""
        self._write(
            simulated_s,
            "shot",
            index=shot.index,
            at_utc=shot.at_utc.isoformat(),
            lat_deg=shot.at.lat_deg,
            lon_deg=shot.at.lon_deg,
            height_m=round(shot.height_m, 2),
            yaw_deg=round(shot.camera.yaw_deg, 2),
            pitch_deg=round(shot.camera.pitch_deg, 2),
            roll_deg=round(shot.camera.roll_deg, 2),
        )

    def on_fault(self, fault: str, simulated_s: float, *, active: bool) -> None:
        """A fault really began or ended."""
        self._write(simulated_s, "fault", fault=fault, active=active)

    def note(self, text: str, simulated_s: float) -> None:
        """How the exam went on, as the end of the time."""
        self._write(simulated_s, "note", text=text)

    def remark(self, text: str, simulated_s: float) -> None:
        """What the instructor says of this moment. It gives and costs no points."""
        self._write(simulated_s, "remark", text=text)

    def close(self) -> None:
        """Ends the record."""
        with self._lock:
            if not self._file.closed:
                self._file.close()

    def _write(self, simulated_s: float, what: str, **fields: object) -> None:
        line = json.dumps({"s": round(simulated_s, 2), "what": what, **fields}) + "\n"
        with self._lock:
            if self.failure is not None or self._file.closed:
                return
            try:
                self._file.write(line)
            except OSError as error:
                self.failure = f"{self.folder}: the record could not be written: {error.strerror or error}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: when, what, and its fields."""

    s: float
    what: str
    fields: Mapping[str, object]

    def number(self, key: str) -> float:
        """A field as a number; 0 where it is none."""
        value = self.fields.get(key)
        return float(value) if isinstance(value, int | float) else 0.0

    def text(self, key: str) -> str:
        """A field as a text; empty where it is none."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else ""

    def flag(self, key: str) -> bool:
        """A field as true or false."""
        return self.fields.get(key) is True


@dataclass(frozen=True, slots=True)
class Record:
    """A whole exam as it was recorded."""

    folder: Path
    header: Header
    scenario: Scenario
    lines: tuple[Line, ...]

    def of(self, what: str) -> tuple[Line, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.what == what)


def read_record(folder: Path) -> Record:
    """The exam in a folder. A last line that was cut off by a crash is left out.

    Raises:
        BadInput: no exam there, or a file that is damaged; names it.
    """
    header = read_header(folder)
    path = folder / "timeline.jsonl"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _no_exam(folder, path) from None
    except (OSError, ValueError) as error:
        raise BadInput(folder, f"its record cannot be read: {error}") from None
    return Record(folder, header, read_scenario(folder / "scenario.yaml"), _lines(path, text))


def write_header(folder: Path, header: Header) -> None:
    """Writes exam.json, whole or not at all.

    Raises:
        QuaywatchError: it cannot be written.
    """
    told = {"format": FORMAT, **asdict(header), "started_utc": header.started_utc.isoformat()}
    write_json(folder / "exam.json", told)


def read_header(folder: Path) -> Header:
    """Who sat the exam in a folder, which one, and when.

    Raises:
        BadInput: no exam there, or a file that is damaged; names it.
    """
    path = folder / "exam.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _no_exam(folder, path) from None
    except (OSError, ValueError) as error:
        raise BadInput(folder, f"its record cannot be read: {error}") from None
    try:
        if told["format"] != FORMAT:
            raise BadInput(path, f"has format {told['format']}; this version reads format {FORMAT}")
        return Header(
            str(told["scenario"]),
            str(told["trainee"]),
            datetime.fromisoformat(told["started_utc"]).astimezone(UTC),
            int(told["seed"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(path, f"is damaged: {error}") from None


def _no_exam(folder: Path, missing: Path) -> BadInput:
    return BadInput(folder, f"holds no exam ({missing.name} is missing); name the folder of `quaywatch train run`")


def _lines(path: Path, text: str) -> tuple[Line, ...]:
    rows = text.split("\n")
    found: list[Line] = []
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            told = json.loads(row)
            found.append(Line(float(told.pop("s")), str(told.pop("what")), told))
        except (ValueError, KeyError, TypeError, AttributeError):
            if number == len(rows):  # the last one has no line end: the writer died in it
                break
            raise BadInput(path, f"line {number} is damaged") from None
    return tuple(found)


def write_json(path: Path, document: object) -> None:
    """A JSON file, whole or not at all.

    Raises:
        QuaywatchError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(document, indent=1), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise QuaywatchError(f"{path}: cannot be written: {error.strerror or error}") from None
