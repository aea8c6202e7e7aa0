"""A planner for tests that needs no files and says what it was asked, and a page that only remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from gui.files import FileChooser
from gui.plan.presenter import PlanPresenter
from gui.plan.services import Sample
from gui.plan.values import Shown
from gui.work import AtOnce
from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, item
from planner.model.plan import Area, AreaKind, Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.check_values import Problem, Verdict

FRAME = LocalFrame(LatLon(54.1, 7.0))
SQUARE = FRAME.to_places([(-100, -100), (100, -100), (100, 100), (-100, 100)])
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
    made: list[Plan] = field(default_factory=list)
    files: dict[Path, Plan] = field(default_factory=dict)

    def drones(self) -> tuple[DroneProfile, ...]:
        return (drone(), drone("slow", max_speed_m_s=5.0), drone("tiny", battery_wh=20.0))

    def cameras(self) -> tuple[CameraProfile, ...]:
        return (camera(), camera("other"))

    def make(self, plan: Plan) -> PlannedMission:
        if self.refusal:
            raise BadInput(plan.name, self.refusal)
        self.made.append(plan)
        return planned(plan, energy_wh=self.energy_wh)

    def check(self, planned: PlannedMission, plan: Plan) -> Verdict:
        return Verdict(self.problems)

    def read_areas(self, path: Path) -> tuple[Area, ...]:
        if path.stem == "broken":
            raise BadInput(path, "is not valid JSON")
        return (Area("Basin", AreaKind.POLYGON, tuple(SQUARE)),)

    def read_plan(self, path: Path) -> Plan:
        return self.files[path]

    def write(self, planned: PlannedMission, plan: Plan, path: Path) -> None:
        self.files[path] = plan

    def sample(self) -> Sample:
        area = Area("Harbour", AreaKind.POLYGON, tuple(SQUARE))
        return Sample("Harbour", (area,), Home(SQUARE[0], 3.0), (), ())


@dataclass
class FakePage:
    """Remembers what it was told."""

    shown: list[Shown] = field(default_factory=list)
    places: list[LatLon] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    sent: list[tuple[Path, str]] = field(default_factory=list)
    save_to: Path | None = None

    def now(self) -> Shown:
        return self.shown[-1]

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)

    def show_places(self, places: list[LatLon]) -> None:
        self.places = places

    def say(self, text: str, kind: str = "info") -> None:
        self.said.append(text)

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


def presenter(planning: FakePlanning | None = None) -> tuple[PlanPresenter, FakePage, FakePlanning]:
    planning = planning or FakePlanning()
    page = FakePage()
    return PlanPresenter(page, planning, AtOnce()), page, planning
