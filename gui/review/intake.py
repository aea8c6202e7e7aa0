"""What dropped files are, before anything runs."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from detection.case.database import FILE_NAME as CASE_FILE
from planner.model.words import counted

STILLS = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}
LOGS = {".tlog", ".bin"}
_DATAFLASH = (b"\xa3\x95", b"FMT,")
"""How a dataflash log begins, binary or as text: also named .log, as an AIS log may be."""
AIS = {".ais", ".nmea", ".csv"}
SCENE_FILE = "scene.json"
"""What the practice harbour says of itself: which files hold AIS and zones, and how high the quay is."""
_AIS_LINE = re.compile(rb"[!\\](?:AIVDM|AIVDO|BSVDM|ABVDM|s:|g:|c:)")


@dataclass(frozen=True, slots=True)
class Intake:
    """Dropped paths by what they are; `unknown` was not understood."""

    footage: tuple[Path, ...] = ()
    flight: Path | None = None
    ais: Path | None = None
    zones: tuple[Path, ...] = ()
    case: Path | None = None
    unknown: tuple[Path, ...] = ()
    stills: int = 0
    takeoff_height_m: float | None = None

    def lines(self) -> tuple[str, ...]:
        """What was understood, one sentence a line."""
        said = [f"Footage: {counted(self.stills, 'still')} in {_names(self.footage)}"] if self.footage else []
        if self.flight:
            said.append(f"Flight log: {self.flight.name}")
        if self.ais:
            said.append(f"AIS: {self.ais.name}")
        if self.zones:
            said.append(f"Zones: {_names(self.zones)}")
        if self.case:
            said.append(f"Case: {self.case.name}")
        said += [f"Not understood: {path.name}" for path in self.unknown]
        return tuple(said)

    def default_case(self) -> Path | None:
        """Where the case goes if nobody says: beside the footage."""
        if self.case is not None:
            return self.case
        if not self.footage:
            return None
        first = self.footage[0] if self.footage[0].is_dir() else self.footage[0].parent
        return first.parent / f"{first.name}-case"


def understand(paths: Iterable[Path], before: Intake | None = None) -> Intake:
    """Sorts paths by name and first bytes; adds to what was dropped before, newer files replacing older of a kind."""
    old = before or Intake()
    footage, zones, unknown = list(old.footage), list(old.zones), []
    flight, ais, case, height = old.flight, old.ais, old.case, old.takeoff_height_m
    for path in paths:
        ending = path.suffix.lower()
        if path.is_dir() and (path / CASE_FILE).is_file():
            case = path
        elif (path.is_dir() and _count_stills(path)) or (path.is_file() and ending in STILLS):
            footage += [path] if path not in footage else []
        elif ending in LOGS or (ending == ".log" and _head(path, 4).startswith(_DATAFLASH)):
            flight = path
        elif path.name == SCENE_FILE:
            scene = _scene(path)
            height, ais, zones = scene.takeoff_height_m, scene.ais or ais, [*zones, *scene.zones]
        elif ending in {".geojson", ".json"}:
            zones += [path] if path not in zones else []
        elif ending in AIS or _looks_like_ais(path):
            ais = path
        else:
            unknown.append(path)
    stills = sum(_count_stills(p) if p.is_dir() else 1 for p in footage)
    return Intake(tuple(footage), flight, ais, tuple(zones), case, tuple(unknown), stills, height)


def scene_beside(footage: Path) -> tuple[Path, ...]:
    """The scene file that the practice drone leaves beside its footage or in it, if there is one."""
    places = (footage / "harbour" / SCENE_FILE, footage.parent / "harbour" / SCENE_FILE)
    return tuple(path for path in places if path.is_file())[:1]


def _scene(path: Path) -> Intake:
    try:
        scene = json.loads(path.read_text())
        zones = tuple(path.parent / str(scene[key]) for key in ("zones", "land") if key in scene)
        ais, height_m = path.parent / str(scene["ais"]), float(scene["takeoff_height_m"])
        return Intake(ais=ais, zones=zones, takeoff_height_m=height_m)
    except (OSError, ValueError, KeyError, TypeError):
        return Intake(unknown=(path,))


def _count_stills(folder: Path) -> int:
    try:
        return sum(1 for p in folder.rglob("*") if p.suffix.lower() in STILLS and p.is_file())
    except OSError:
        return 0


def _looks_like_ais(path: Path) -> bool:
    return path.suffix.lower() == ".gz" or _AIS_LINE.search(_head(path, 4096)) is not None


def _head(path: Path, size: int) -> bytes:
    """The first bytes of a file; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _names(paths: Iterable[Path]) -> str:
    return ", ".join(path.name for path in paths)
