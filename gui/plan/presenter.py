"""What the Plan page decides: what is drawn, what is planned, what is saved. Knows no Qt."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from gui.plan import values
from gui.plan.draft import Draft, Drawn, History, Ids, Version, draft_of
from gui.plan.judge import Result, judged
from gui.plan.services import Planning, Sample
from gui.plan.values import Shown
from gui.work import Work
from planner.geo.points import LatLon
from planner.model.errors import QuaywatchError
from planner.model.mission import Home, Mission
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.planned import PlannedMission

REPLAN_AFTER_MS = 120
AREA_FILES = {".geojson", ".json", ".kml", ".kmz"}
PLAN_FILES = {".plan", ".waypoints"}


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

    def ask_save_path(self, suggested: Path, chosen: Callable[[Path], None]) -> None:
        """Ask for the file to save to; `chosen` is not called if the person gives up."""
        ...

    def send(self, path: Path, name: str, mission: Mission) -> None:
        """Hand a saved plan to the Fly page."""
        ...


class PlanPresenter:
    """The Plan page without its widgets. Every method is an intent of the person at the page."""

    def __init__(self, view: PlanView, planning: Planning, work: Work) -> None:
        self._view = view
        self._planning = planning
        self._work = work
        self._ids = Ids()
        drones, cameras = planning.drones(), planning.cameras()
        self._blank = Draft(
            drone=next((d for d in drones if d.name == "practice-quad"), drones[0]),
            camera=next((c for c in cameras if c.name == "practice-1080p"), cameras[0]),
        )
        self._history = History(Version(self._blank))
        self._saved: dict[Path, Draft] = {}
        self._selected: str | None = None
        self._result: Result | None = None

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
        """The id of the area that is selected."""
        return self._selected

    def unsaved(self) -> bool:
        """Whether the draft differs from its file; one without areas has nothing to lose."""
        if self.path is not None:
            return self._saved.get(self.path) != self.draft
        return bool(self.draft.areas)

    def title(self) -> str:
        """What is open."""
        return f"Plan '{self.draft.name}'"

    def refresh(self) -> None:
        """Show everything as it is."""
        self._view.show(self._shown())

    # -- areas

    def add_drawn(self, kind: str, places: list[LatLon]) -> None:
        """A polygon, line or point was drawn on the map."""
        if kind == "point":
            self.set_home(places[0])
            return
        area_kind = AreaKind.POLYGON if kind == "polygon" else AreaKind.LINE
        word = "Area" if area_kind is AreaKind.POLYGON else "Line"
        number = 1 + sum(d.area.kind is area_kind for d in self.draft.areas)
        try:
            area = Area(f"{word} {number}", area_kind, tuple(places))
        except ValueError:
            least = 3 if area_kind is AreaKind.POLYGON else 2
            self._view.say(f"That {word.lower()} has too few different points; it needs {least}.", "amber")
            return
        drawn = Drawn(self._ids.next(), area)
        self._selected = drawn.id
        self._change(self.draft.with_area(drawn))

    def change_area(self, id_: str, rings: list[list[LatLon]]) -> None:
        """The points of an area were moved, added or removed: outline, then holes."""
        drawn = self.draft.area(id_)
        if drawn is None:
            return
        try:
            area = replace(drawn.area, outline=tuple(rings[0]), holes=tuple(tuple(r) for r in rings[1:]))
        except ValueError as error:
            self._view.say(values.sentence(str(error)), "amber")
            self.refresh()
            return
        self._change(self.draft.with_changed(Drawn(id_, area)))

    def rename_area(self, id_: str, name: str) -> None:
        """Another name for an area."""
        drawn = self.draft.area(id_)
        if drawn is not None and name.strip():
            self._change(self.draft.with_changed(Drawn(id_, replace(drawn.area, name=name.strip()[:80]))))

    def delete_area(self, id_: str | None = None) -> None:
        """Take an area away, the selected one if none is named."""
        gone = id_ or self._selected
        if gone is None or self.draft.area(gone) is None:
            return
        if self._selected == gone:
            self._selected = None
        self._change(self.draft.without(gone))

    def select(self, id_: str | None) -> None:
        """Select an area, or none."""
        if id_ != self._selected:
            self._selected = id_ if id_ is not None and self.draft.area(id_) else None
            self.refresh()

    def too_few_points(self, least: int) -> None:
        """A point was to be removed that is needed."""
        self._view.say(f"This shape needs {least} points; delete the whole shape in the list if it should go.", "amber")

    def import_areas(self, path: Path) -> None:
        """Add the areas of a GeoJSON or KML file."""

        def done(areas: tuple[Area, ...]) -> None:
            draft = self.draft
            for area in areas:
                draft = draft.with_area(Drawn(self._ids.next(), area))
            if not self.draft.areas:
                draft = replace(draft, name=path.stem)
            self._selected = None
            self._change(draft)
            self.show_everything()
            self._view.say(f"{path.name}: {_count(len(areas), 'area')} added.")

        self._work.run(lambda: self._planning.read_areas(path), done, self._refuse)

    def open_dropped(self, paths: list[Path]) -> None:
        """Files were dropped on the page: areas are added, a plan is opened."""
        for path in paths:
            if path.suffix.lower() in AREA_FILES:
                self.import_areas(path)
            elif path.suffix.lower() in PLAN_FILES:
                self.open(path)
            else:
                known = ", ".join(sorted(AREA_FILES | PLAN_FILES))
                self._view.say(f"{path.name} is no area and no plan; files that can be dropped here: {known}.", "amber")

    def open_sample(self) -> None:
        """The practice harbour, as the beginning of a plan."""

        def done(sample: Sample) -> None:
            areas = tuple(Drawn(self._ids.next(), area) for area in sample.areas)
            self._selected = None
            draft = replace(self.draft, name=sample.name, areas=areas, home=sample.home, pattern=Pattern.AREA)
            self._history.change(Version(draft))
            self._after_change()
            self.show_everything()

        self._work.run(self._planning.sample, done, self._refuse)

    # -- settings

    def set_pattern(self, pattern: Pattern) -> None:
        """How the areas are flown."""
        self._change(replace(self.draft, pattern=pattern))

    def set_drone(self, name: str) -> None:
        """Another drone."""
        for drone in self._planning.drones():
            if drone.name == name:
                self._change(self.draft.with_drone(drone))

    def set_camera(self, name: str) -> None:
        """Another camera; the ground sampling distance stays, the height follows."""
        for camera in self._planning.cameras():
            if camera.name == name:
                self._change(replace(self.draft, camera=camera))

    def set_gsd_m(self, gsd_m: float) -> None:
        """Metres per pixel; the height follows."""
        if gsd_m > 0:
            self._change(replace(self.draft, gsd_m=round(gsd_m, 5)), "gsd")

    def set_height_m(self, height_m: float) -> None:
        """Height above the water; the ground sampling distance follows."""
        if height_m > 0:
            self._change(replace(self.draft, gsd_m=round(self.draft.camera.gsd_at_height_m(height_m), 5)), "gsd")

    def set_overlap(self, *, side: float | None = None, front: float | None = None) -> None:
        """Overlaps as fractions of the picture."""
        draft = self.draft
        if side is not None:
            draft = replace(draft, side_overlap=side)
        if front is not None:
            draft = replace(draft, front_overlap=front)
        self._change(draft, "overlap")

    def set_speed_m_s(self, speed_m_s: float | None) -> None:
        """Speed along the lines, None for the drone's cruise speed."""
        self._change(replace(self.draft, speed_m_s=speed_m_s), "speed")

    def set_angle_deg(self, angle_deg: float | None) -> None:
        """Bearing of the lines, None for the one that gives the shortest flight."""
        self._change(replace(self.draft, angle_deg=angle_deg), "angle")

    def set_corridor(self, *, passes: int | None = None, stand_off_m: float | None = None) -> None:
        """How often, and how far beside the line, a corridor is flown."""
        draft = self.draft
        if passes is not None:
            draft = replace(draft, passes=passes)
        if stand_off_m is not None:
            draft = replace(draft, stand_off_m=stand_off_m)
        self._change(draft, "corridor")

    def set_home(self, at: LatLon | None) -> None:
        """Where the drone starts, None for a place that the planner chooses."""
        height = self.draft.home.msl_m if self.draft.home is not None else 0.0
        self._change(replace(self.draft, home=None if at is None else Home(at, height)))

    def rename(self, name: str) -> None:
        """Another name for the plan."""
        if name.strip():
            self._change(replace(self.draft, name=name.strip()[:80]))

    # -- the way back

    def undo(self) -> None:
        """Take the last change back."""
        if self._history.undo():
            self._after_change()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._history.redo():
            self._after_change()

    # -- files

    def new(self) -> None:
        """Begin with nothing; undo brings the former plan back."""
        kept = replace(self._blank, drone=self.draft.drone, camera=self.draft.camera, gsd_m=self.draft.gsd_m)
        self._selected = None
        self._history.change(Version(kept))
        self._after_change()

    def open(self, path: Path) -> None:
        """Open a plan file that Quaywatch wrote."""

        def done(plan: Plan) -> None:
            draft = draft_of(plan, self._ids)
            self._saved[path] = draft
            self._selected = None
            self._history.change(Version(draft, path))
            self._after_change()
            self.show_everything()

        self._work.run(lambda: self._planning.read_plan(path), done, self._refuse)

    def save(self, then: Callable[[Path, PlannedMission], None] | None = None) -> None:
        """Write the plan to its file, asking for one if it has none; `then` follows once it is written."""
        if self.path is None:
            self.save_as(then)
        else:
            self._write(self.path, then)

    def save_as(self, then: Callable[[Path, PlannedMission], None] | None = None) -> None:
        """Write the plan to another file."""
        if not self.draft.areas:
            self._view.say("There is nothing to save yet: draw an area first.", "amber")
            return
        suggested = self.path or Path(f"{_file_name(self.draft.name)}.plan")
        self._view.ask_save_path(suggested, lambda path: self._write(_with_suffix(path), then))

    def send(self) -> None:
        """Save, and hand the plan to the Fly page."""
        if self._shown().can_send:
            self.save(lambda path, planned: self._view.send(path, self.draft.name, planned.mission))

    def show_everything(self) -> None:
        """Move the map to all that is planned."""
        places = [place for drawn in self.draft.areas for place in drawn.area.outline]
        if self.draft.home is not None:
            places.append(self.draft.home.at)
        if places:
            self._view.show_places(places)

    # -- internal

    def _write(self, path: Path, then: Callable[[Path, PlannedMission], None] | None) -> None:
        draft = self.draft

        def write() -> PlannedMission:
            plan = draft.plan()
            planned = self._planning.make(plan)
            self._planning.write(planned, plan, path)
            return planned

        def done(planned: PlannedMission) -> None:
            self._saved[path] = draft
            self._history.now = Version(self.draft, path)
            self.refresh()
            if then is not None:
                then(path, planned)
            else:
                self._view.say(f"Saved as {path.name}.")

        self._work.run(write, done, self._refuse)

    def _change(self, draft: Draft, gesture: str = "") -> None:
        before = self._history.now
        self._history.change(Version(draft, before.path), gesture)
        if self._history.now != before:
            self._after_change()

    def _after_change(self) -> None:
        if self._selected is not None and self.draft.area(self._selected) is None:
            self._selected = None
        draft = self.draft
        if not draft.areas or values.shape_problems(draft):
            self._result = None
        else:
            self._work.latest("plan", lambda: self._plan(draft), self._planned, self._refuse, after_ms=REPLAN_AFTER_MS)
        self.refresh()

    def _plan(self, draft: Draft) -> Result:
        try:
            plan = draft.plan()
            planned = self._planning.make(plan)
            checked = self._planning.check(planned, plan)
        except (QuaywatchError, ValueError) as error:
            return Result(draft, problem=values.sentence(str(error)))
        return Result(draft, planned, values.captures_of(planned), checked=checked)

    def _planned(self, result: Result) -> None:
        self._result = result
        self.refresh()

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, (QuaywatchError, ValueError)):
            raise error
        self._view.say(values.sentence(str(error)), "alarm")

    def _shown(self) -> Shown:
        shown = judged(self.draft, self._result, self._selected)
        return replace(
            shown,
            title=self.title(),
            unsaved=self.unsaved(),
            can_undo=bool(self._history.past),
            can_redo=bool(self._history.future),
        )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _file_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_." else "-" for c in name.strip().lower())
    return kept.strip("-.") or "plan"


def _with_suffix(path: Path) -> Path:
    return path if path.suffix else path.with_suffix(".plan")
