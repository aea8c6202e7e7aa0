"""The Plan page's presenter at its core: the draft, the way back, and planning it anew after every change. No Qt."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from gui.plan import values
from gui.plan.draft import Draft, Foreign, Ids
from gui.plan.history import History, Version
from gui.plan.judge import Result, judged
from gui.plan.services import TASKS, Flyable, Planning
from gui.plan.values import Finding, Role, Shown
from gui.units import height_text
from gui.work import Work
from planner.formats.missions import Imported
from planner.geo.points import LatLon
from planner.model.errors import QuaywatchError
from planner.model.mission import Mission
from planner.model.plan import Pattern
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.profile import Profile

REPLAN_AFTER_MS = 120
MOST_HEIGHT_M = 120.0
"""A task that succeeds from higher still is flown no higher: the ceiling of the EU's open and specific categories."""


class PlanView(Protocol):
    """What the presenter needs of the page."""

    def show(self, shown: Shown) -> None:
        """Show a picture of the plan."""
        ...

    def show_places(self, places: list[LatLon]) -> None:
        """Move the map so that these places are in view."""
        ...

    def say(self, text: str, kind: str = "info") -> None:
        """Say a sentence."""
        ...

    def draw(self, kind: str) -> None:
        """Let the hand draw a "polygon", a "line" or a "point" on the map."""
        ...

    def ask_save_path(self, suggested: Path, chosen: Callable[[Path], None]) -> None:
        """Ask for the file to save to; `chosen` is not called if the person gives up."""
        ...

    def send(self, path: Path, name: str, mission: Mission) -> None:
        """Hand a saved plan to the Fly page."""
        ...


class SupersededError(Exception):
    """A newer draft is being planned; nobody waits for this one."""


class Desk:
    """What the parts of the presenter share. Every public method is an intent of the person at the page."""

    def __init__(self, view: PlanView, planning: Planning, work: Work) -> None:
        self._view = view
        self._planning = planning
        self._work = work
        self._ids = Ids()
        self.drones: tuple[DroneProfile, ...] = planning.drones()
        """Those that can be chosen: what comes along, and what was read from files."""
        self.cameras: tuple[CameraProfile, ...] = planning.cameras()
        drones, cameras = self.drones, self.cameras
        self._blank = Draft(
            drone=next((d for d in drones if d.name == "practice-quad"), drones[0]),
            camera=next((c for c in cameras if c.name == "practice-1080p"), cameras[0]),
        )
        self._history = History(Version(self._blank))
        self._saved: dict[Path, Draft] = {}
        self._chosen_before: dict[bool, DroneProfile] = {}
        """The vehicle that was chosen before one of the other sort was needed, by whether it dives."""
        self._selected: str | None = None
        self._result: Result | None = None
        self._flyable: Flyable | None = None
        self._light: tuple[Finding, ...] = ()
        self._profile: Profile | None = None
        self._turn = 0
        self._task = (TASKS[0], values.BOAT_M, 0.9)
        self._task_height_m: float | None = None
        self._operations: dict[str | None, tuple[str, ...]] = {}
        self._next_role = Role.WATCH
        self._pick: Callable[[LatLon], None] | None = None
        self._picking = ""
        self._pointed: Finding | None = None
        self._look_up()

    # -- what is there

    @property
    def draft(self) -> Draft:
        """What is being planned."""
        return self._history.now.draft

    @property
    def path(self) -> Path | None:
        """The file it belongs to."""
        return self._history.now.path

    @property
    def selected(self) -> str | None:
        """The id of the thing that is selected."""
        return self._selected

    def unsaved(self) -> bool:
        """Whether the draft differs from its file; one in which nothing was drawn has nothing to lose."""
        if self.path is not None:
            return self._saved.get(self.path) != self.draft
        return not self.draft.is_empty

    def title(self) -> str:
        """What is open."""
        return f"Plan '{self.draft.name}'"

    def refresh(self) -> None:
        """Show everything as it is."""
        self._view.show(self._shown())

    def point_at(self, found: Finding | None) -> None:
        """Show where a problem lies, on the map."""
        self._pointed = found
        if found is not None and found.where is not None:
            self._view.show_places([found.where])
        self.refresh()

    def show_everything(self) -> None:
        """Move the map to all that is planned."""
        draft = self.draft
        places = [place for drawn in draft.areas for place in drawn.area.outline]
        if draft.parameters is not None:
            places += draft.parameters.outline()
        if draft.foreign is not None:
            places += [one.at for one in draft.foreign.mission if one.at is not None]
        if draft.home is not None:
            places.append(draft.home.at)
        if places:
            self._view.show_places(places)

    # -- the way back

    def undo(self) -> None:
        """Take the last change back."""
        if self._history.undo():
            self._after_change()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._history.redo():
            self._after_change()

    def new(self) -> None:
        """Begin with nothing; undo brings the former plan back."""
        kept = replace(self._blank, drone=self.draft.drone, camera=self.draft.camera, gsd_m=self.draft.gsd_m)
        self._selected = None
        self._history.change(Version(kept))
        self._after_change()

    # -- for the parts

    def _change(self, draft: Draft, gesture: str = "") -> None:
        before = self._history.now
        self._history.change(Version(draft, before.path), gesture)
        if self._history.now != before:
            self._after_change()

    def _after_change(self) -> None:
        if self._selected is not None and self.draft.thing(self._selected) is None:
            self._selected = None
        self._pointed = None
        self._turn += 1
        self._look_up()
        draft, turn = self.draft, self._turn
        if not (draft.is_planned or draft.foreign is not None) or values.shape_problems(draft):
            self._result, self._flyable, self._light, self._profile = None, None, (), None
        else:

            def plan() -> tuple[Result, Flyable | None]:
                return self._plan(draft, turn)

            self._work.latest("plan", plan, self._planned, self._refuse, after_ms=REPLAN_AFTER_MS)
        self.refresh()

    def _take_drone(self, drone: DroneProfile) -> None:
        self.drones = (*(d for d in self.drones if d.name != drone.name), drone)
        self._change(self.draft.with_drone(drone))

    def _take_camera(self, camera: CameraProfile) -> None:
        self.cameras = (*(c for c in self.cameras if c.name != camera.name), camera)
        self._change(replace(self.draft, camera=camera))

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, SupersededError):
            return
        if not isinstance(error, (QuaywatchError, ValueError)):
            raise error
        self._view.say(values.sentence(str(error)), "alarm")

    def _made(self, draft: Draft) -> Flyable:
        """The mission of a draft. Slow.

        Raises:
            QuaywatchError, ValueError: it cannot be made; says why.
        """
        plan = None if draft.foreign is not None else draft.plan()
        if plan is None:
            planned = self._planning.as_flown(_imported(draft), draft.drone, draft.camera)
        else:
            planned = self._planning.make(plan)
            planned = replace(planned, mission=draft.kept.on(planned.mission))
        zones = (*(d.zone for d in draft.zones), *(z for some in draft.zone_sets for z in some.zones))
        return Flyable(draft.name, planned, plan, draft.drone, draft.camera, draft.outlook, zones)

    # -- internal

    def _plan(self, draft: Draft, turn: int) -> tuple[Result, Flyable | None]:
        self._must_be_wanted(turn)
        near = tuple(self._planning.near(some.zones, _places(draft)) for some in draft.zone_sets)
        try:
            flown = self._made(draft)
            self._must_be_wanted(turn)
            checked = self._planning.check(flown)
        except (QuaywatchError, ValueError) as error:
            return Result(draft, problem=values.sentence(str(error)), near=near), None
        captures = values.captures_of(flown.planned)
        return Result(draft, flown.planned, captures, checked=checked, near=near), flown

    def _must_be_wanted(self, turn: int) -> None:
        if turn != self._turn:
            raise SupersededError

    def _planned(self, made: tuple[Result, Flyable | None]) -> None:
        result, flown = made
        if not (self.draft.is_planned or self.draft.foreign is not None):
            return  # what it was planned for is gone
        self._result, self._flyable = result, flown
        self._profile = None if flown is None else self._profile
        if flown is not None:
            self._work.latest("profile", lambda: self._planning.profile(flown), self._profiled, self._refuse)
        if flown is None or self.draft.pattern is Pattern.HULL:
            self._light = ()
        else:
            self._work.latest("light", lambda: self._planning.light(flown), self._lit, self._refuse)
        self.refresh()

    def _lit(self, light: tuple[Finding, ...]) -> None:
        self._light = light
        self.refresh()

    def _profiled(self, profile: Profile | None) -> None:
        if self._flyable is not None:  # else what it was made for is gone
            self._profile = profile
            self.refresh()

    def _shown(self) -> Shown:
        draft = self.draft
        _, length_m, _ = self._task
        shown = judged(draft, self._result, self._selected)
        return replace(
            shown,
            title=self.title(),
            unsaved=self.unsaved(),
            scale=values.scale_text(draft.gsd_m, length_m),
            task=_task_text(self._task_height_m),
            light=self._light,
            operations=self._operations.get(draft.outlook.rules_file, ()),
            picking=self._picking,
            pointed=self._pointed,
            profile=self._profile,
            can_undo=bool(self._history.past),
            can_redo=bool(self._history.future),
        )

    def _look_up(self) -> None:
        """Ask for what hangs on camera, task and rules, off the window's thread."""
        camera, (task, length_m, chance) = self.draft.camera, self._task
        rules = self.draft.outlook.rules_file

        def look() -> tuple[float, tuple[str, ...]]:
            height = self._planning.height_for(camera, task, length_m=length_m, chance=chance)
            known = self._operations.get(rules)
            return height, self._planning.operations(rules) if known is None else known

        def done(found: tuple[float, tuple[str, ...]]) -> None:
            before = (self._task_height_m, self._operations.get(rules))
            self._task_height_m, self._operations[rules] = found
            if before != found:
                self.refresh()

        self._work.latest("look up", look, done, self._refuse)


def _task_text(height_m: float | None) -> str:
    if height_m is None:
        return ""
    legal = f" ({height_text(MOST_HEIGHT_M)} is legal)" if height_m > MOST_HEIGHT_M else ""
    return f"up to {height_text(height_m)}{legal}"


def _places(draft: Draft) -> list[LatLon]:
    """About where a draft is flown."""
    if draft.foreign is not None:
        return [one.at for one in draft.foreign.mission if one.at is not None]
    given = draft.parameters
    return [*(p for d in draft.areas for p in d.area.outline), *(() if given is None else given.outline())]


def _imported(draft: Draft) -> Imported:
    """A mission made elsewhere, with the launch place of the page."""
    foreign = draft.foreign or Foreign("", Mission(()))
    mission = foreign.mission if draft.home is None else replace(foreign.mission, home=draft.home)
    return Imported(draft.kept.on(mission), notes=foreign.notes, source=Path(foreign.name))
