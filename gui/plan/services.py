"""What the Plan page needs of the planner, in one place, so that tests can give it something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gui.plan.values import Finding
from planner.formats.missions import Imported
from planner.geo.points import LatLon
from planner.model.mission import Home
from planner.model.outlook import Outlook
from planner.model.patterns import WatchPlace
from planner.model.plan import Area, Plan
from planner.model.planned import PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Zone
from planner.route.check_values import Verdict
from planner.route.profile import Profile

TASKS = ("detect", "recognise", "identify")
"""What can be asked of a picture (planner.route.sight.Task)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A port to begin with."""

    name: str
    areas: tuple[Area, ...]
    home: Home
    zones: tuple[Zone, ...]
    quays: tuple[tuple[LatLon, ...], ...]


Understood = Imported | tuple[Area, ...] | tuple[Zone, ...] | DroneProfile | CameraProfile
"""What a dropped file turned out to be."""


@dataclass(frozen=True, slots=True)
class Sorties:
    """How a mission is split, by the options of `quaywatch plan split`."""

    drones: int = 1
    swap_min: float = 5.0
    apart_m: float = 50.0
    above_m: float = 10.0
    height_step_m: float = 15.0
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Flyable:
    """A mission with all that is needed to judge it, brief on it or split it; `plan` is None for one made elsewhere."""

    name: str
    planned: PlannedMission
    plan: Plan | None
    drone: DroneProfile
    camera: CameraProfile
    outlook: Outlook
    zones: tuple[Zone, ...]


class Planning(Protocol):
    """Profiles, planning, files. What is slow says so: call it off the window's thread."""

    def drones(self) -> tuple[DroneProfile, ...]:
        """The drones that can be chosen, by name."""
        ...

    def cameras(self) -> tuple[CameraProfile, ...]:
        """The cameras that can be chosen, by name."""
        ...

    def make(self, plan: Plan) -> PlannedMission:
        """The mission of a plan. Slow."""
        ...

    def as_flown(self, imported: Imported, drone: DroneProfile, camera: CameraProfile) -> PlannedMission:
        """A mission made elsewhere, with the legs that it flies. Slow."""
        ...

    def check(self, flown: Flyable) -> Verdict:
        """Whether it may be flown, with every reason against it. Slow."""
        ...

    def light(self, flown: Flyable) -> tuple[Finding, ...]:
        """Daylight, glint and the best take-off of the day, in sentences; legs with much glint with a place. Slow."""
        ...

    def profile(self, flown: Flyable) -> Profile | None:
        """The flight from the side, None for one that flies nowhere. Slow."""
        ...

    def height_for(self, camera: CameraProfile, task: str, *, length_m: float, chance: float) -> float:
        """The greatest height in metres from which a task succeeds on a vessel of that length.

        Raises:
            ValueError: a length or a chance that cannot be.
        """
        ...

    def operations(self, rules_file: str | None) -> tuple[str, ...]:
        """The operations that the rules know."""
        ...

    def near(self, zones: Sequence[Zone], places: Sequence[LatLon]) -> int:
        """How many of the zones come within a kilometre of the box about some places."""
        ...

    def read(self, path: Path, *, height_m: float) -> Understood:
        """What is in a file: a mission, areas, zones, or a profile; places without heights are flown at `height_m`."""
        ...

    def read_areas(self, path: Path) -> tuple[Area, ...]:
        """The areas in a GeoJSON, KML or KMZ file."""
        ...

    def read_zones(self, path: Path) -> tuple[Zone, ...]:
        """The zones in an ED-269, ED-318, GeoJSON, KML, KMZ or S-57 file."""
        ...

    def read_watches(self, path: Path) -> tuple[WatchPlace, ...]:
        """The watched places in a GeoJSON or KML file."""
        ...

    def read_drone(self, path: Path) -> DroneProfile:
        """A drone of the user's own."""
        ...

    def read_camera(self, path: Path) -> CameraProfile:
        """A camera of the user's own."""
        ...

    def write(self, flown: Flyable, path: Path) -> tuple[str, ...]:
        """Write the mission in the format of the path's ending, whole or not at all; what was lost, in sentences."""
        ...

    def brief(self, flown: Flyable, path: Path) -> str:
        """Write a briefing (.pdf, .html); its verdict."""
        ...

    def split(self, flown: Flyable, wanted: Sorties, folder: Path) -> tuple[str, ...]:
        """Write one plan for each sortie into a folder; a sentence for each."""
        ...

    def sample(self) -> Sample:
        """The practice harbour."""
        ...
