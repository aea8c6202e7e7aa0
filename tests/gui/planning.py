"""A planner for tests that needs no files and says what it was asked, and a page that only remembers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from gui.files import FileChooser
from gui.plan.presenter import PlanPresenter
from gui.plan.services import Flyable, Sample, Sorties, Understood
from gui.plan.values import Finding, Shown
from gui.work import AtOnce
from planner.formats.missions import Imported
from planner.formats.plan_data import plan_json
from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, item
from planner.model.patterns import WatchPlace
from planner.model.plan import Area, AreaKind, Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Zone, ZoneRule
from planner.route.check_values import Figure, Problem, Verdict
from planner.route.profile import Profile, profile_of

FRAME = LocalFrame(LatLon(54.1, 7.0))
SQUARE = FRAME.to_places([(-100, -100), (100, -100), (100, 100), (-100, 100)])
NAVAL = Zone("Naval berth", ZoneRule.RESTRICTED_WATER, tuple(FRAME.to_places([(0, 0), (50, 0), (50, 50)])))
SHORE = FRAME.to_places([(-100, 0), (0, 20), (100, 0)])


def drone(name: str = "practice-quad", *, battery_wh: float = 100.0, max_speed_m_s: float = 15.0) -> DroneProfile:
    return DroneProfile(name, 10, max_speed_m_s, 3, 2, battery_wh, 300, 280, 10)


def camera(name: str = "practice-1080p") -> CameraProfile:
    return CameraProfile(name, 6.4, 3.6, 4.57, 1920, 1080)


def planned(plan: Plan, *, energy_wh: float = 30.0) -> PlannedMission:
    """A mission of one leg along the first two places."""
    start, end = plan.areas[0].outline[:2]
    figures = Figures(3, 200, 400, 61, 6, plan.gsd_m, plan.height_m, 40, 40, 10, 40_000, 1, 0, 0, energy_wh)
    mission = Mission((item(Command.NAV_WAYPOINT, at=end, height_m=plan.height_m),), home=plan.home or Home(start))
    return PlannedMission(mission, (Leg(start, end, camera=True, kind=LegKind.LINE),), figures)


@dataclass
class FakePlanning:
    """Plans at once; `files` holds what was written."""

    energy_wh: float = 30.0
    refusal: str = ""
    problems: tuple[Problem, ...] = ()
    figures: dict[str, Figure] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    made: list[Plan] = field(default_factory=list)
    checked: list[Flyable] = field(default_factory=list)
    files: dict[Path, Imported] = field(default_factory=dict)
    briefed: list[Path] = field(default_factory=list)
    split_over: list[Sorties] = field(default_factory=list)

    def drones(self) -> tuple[DroneProfile, ...]:
        return (
            drone(),
            drone("slow", max_speed_m_s=5.0),
            drone("tiny", battery_wh=20.0),
            replace(drone("sub"), vehicle="sub"),
        )

    def cameras(self) -> tuple[CameraProfile, ...]:
        return (camera(), camera("other"))

    def make(self, plan: Plan) -> PlannedMission:
        if self.refusal:
            raise BadInput(plan.name, self.refusal)
        self.made.append(plan)
        return planned(plan, energy_wh=self.energy_wh)

    def as_flown(self, imported: Imported, drone: DroneProfile, camera: CameraProfile) -> PlannedMission:
        places = [one.at for one in imported.mission if one.at is not None]
        figures = Figures(len(imported.mission), 200, 400, 61, 0, 1, 30, 0, 0, 10, 0, 0, 0, 0, self.energy_wh)
        leg = Leg(places[0], places[-1], camera=False, kind=LegKind.TRANSIT)
        return PlannedMission(imported.mission, (leg,), figures, imported.notes)

    def check(self, flown: Flyable) -> Verdict:
        self.checked.append(flown)
        return Verdict(self.problems, self.figures)

    def light(self, flown: Flyable) -> tuple[Finding, ...]:
        glint = Finding("Item 1: on the way to it 40 % of a picture lies in glint", False, SQUARE[1], 1)
        return (Finding("Sunrise 04:00, sunset 20:00 UTC.", is_problem=False), glint)

    def profile(self, flown: Flyable) -> Profile | None:
        return profile_of(flown.planned.mission, flown.drone, flown.camera)

    def height_for(self, camera: CameraProfile, task: str, *, length_m: float, chance: float) -> float:
        return 10 * length_m

    def operations(self, rules_file: str | None) -> tuple[str, ...]:
        return ("open", "specific")

    def near(self, zones: Sequence[Zone], places: Sequence[LatLon]) -> int:
        return len(zones) if places else 0

    def read(self, path: Path, *, height_m: float) -> Understood:
        if path in self.files:
            return self.files[path]
        if path.suffix == ".jpg":
            raise BadInput(path, "is neither GeoJSON nor KML")
        return self.read_zones(path) if "zones" in path.stem else self.read_areas(path)

    def read_zones(self, path: Path) -> tuple[Zone, ...]:
        return (NAVAL, Zone("Tower", ZoneRule.NO_FLY, tuple(SQUARE)))

    def read_watches(self, path: Path) -> tuple[WatchPlace, ...]:
        return (WatchPlace("Steps", (SQUARE[0],), 2.0), WatchPlace("Quay", tuple(SHORE)))

    def read_drone(self, path: Path) -> DroneProfile:
        return drone("my own")

    def read_camera(self, path: Path) -> CameraProfile:
        return camera("my own")

    def read_areas(self, path: Path) -> tuple[Area, ...]:
        if path.stem == "broken":
            raise BadInput(path, "is not valid JSON")
        return (Area("Basin", AreaKind.POLYGON, tuple(SQUARE)),)

    def write(self, flown: Flyable, path: Path) -> tuple[str, ...]:
        data = None if flown.plan is None else plan_json(flown.plan)
        self.files[path] = Imported(flown.planned.mission, data, source=path)
        return self.lost

    def brief(self, flown: Flyable, path: Path) -> str:
        self.briefed.append(path)
        return "Fly"

    def split(self, flown: Flyable, wanted: Sorties, folder: Path) -> tuple[str, ...]:
        self.split_over.append(wanted)
        return ("harbour-drone1-sortie1.plan: drone 1",)

    def sample(self) -> Sample:
        area = Area("Harbour", AreaKind.POLYGON, tuple(SQUARE))
        return Sample("Harbour", (area,), Home(SQUARE[0], 3.0), (NAVAL,), ())


@dataclass
class FakePage:
    """Remembers what it was told."""

    shown: list[Shown] = field(default_factory=list)
    places: list[LatLon] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    sent: list[tuple[Path, str]] = field(default_factory=list)
    drawing: list[str] = field(default_factory=list)
    save_to: Path | None = None

    def now(self) -> Shown:
        return self.shown[-1]

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)

    def show_places(self, places: list[LatLon]) -> None:
        self.places = places

    def say(self, text: str, kind: str = "info") -> None:
        self.said.append(text)

    def draw(self, kind: str) -> None:
        self.drawing.append(kind)

    def ask_save_path(self, suggested: Path, chosen: Callable[[Path], None]) -> None:
        if self.save_to is not None:
            chosen(self.save_to)

    def send(self, path: Path, name: str, mission: Mission) -> None:
        self.sent.append((path, name))


class Chooser(FileChooser):
    """Answers every file dialog at once with the same path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @override
    def save_file(
        self, parent: QWidget, title: str, suggested: Path, kinds: str, chosen: Callable[[Path], None]
    ) -> None:
        chosen(self.path)

    @override
    def open_files(self, parent: QWidget, title: str, kinds: str, chosen: Callable[[list[Path]], None]) -> None:
        chosen([self.path])

    @override
    def open_folder(self, parent: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
        chosen(self.path.parent)


def presenter(planning: FakePlanning | None = None) -> tuple[PlanPresenter, FakePage, FakePlanning]:
    planning = planning or FakePlanning()
    page = FakePage()
    return PlanPresenter(page, planning, AtOnce()), page, planning
