"""The Plan page's intents about files of plans: save, brief, split, send."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gui.plan.desk import Desk
from gui.plan.draft import Draft, Foreign, Kept, draft_of, kept_of
from gui.plan.history import Version
from gui.plan.services import Flyable, Sorties
from planner.formats.missions import Imported
from planner.model.errors import QuaywatchError
from planner.model.planned import PlannedMission

MOST_SORTIES = 6
"""More are told as a number."""


class Output(Desk):
    """Files."""

    def save(self, then: Callable[[Path, PlannedMission], None] | None = None) -> None:
        """Write the plan to its file, asking for one if it has none; `then` follows once it is written."""
        if self.path is None:
            self.save_as(then)
        else:
            self._write(self.path, then)

    def save_as(self, then: Callable[[Path, PlannedMission], None] | None = None) -> None:
        """Write the plan to another file."""
        if not self._has_mission():
            self._view.say("There is nothing to save yet: draw an area first.", "amber")
            return
        suggested = self.path or Path(f"{file_name(self.draft.name)}.plan")
        self._view.ask_save_path(suggested, lambda path: self._write(_with_suffix(path, ".plan"), then))

    def send(self) -> None:
        """Save, and hand the plan to the Fly page; an unchanged file made elsewhere stays as it is."""
        if not self._shown().can_send:
            return
        flown = self._flyable
        if self.draft.foreign is not None and self.path is not None and not self.unsaved() and flown is not None:
            self._view.send(self.path, self.draft.name, flown.planned.mission)
        else:
            self.save(lambda path, planned: self._view.send(path, self.draft.name, planned.mission))

    def brief(self) -> None:
        """Write a briefing, as PDF or HTML by the name that is asked for."""
        if not self._has_mission():
            self._view.say("There is nothing to brief on yet: draw an area first.", "amber")
            return
        suggested = Path(f"{file_name(self.draft.name)}.pdf")
        self._view.ask_save_path(suggested, lambda path: self._brief(_with_suffix(path, ".pdf")))

    def split(self, wanted: Sorties, folder: Path) -> None:
        """Write the mission as sorties for several drones and batteries into a folder."""
        draft = self.draft
        name = file_name(draft.name) if self.path is None else self.path.stem

        def done(said: tuple[str, ...]) -> None:
            more = (f"and {len(said) - MOST_SORTIES} more",) if len(said) > MOST_SORTIES else ()
            self._view.say(f"Written into {folder.name}:\n" + "\n".join((*said[:MOST_SORTIES], *more)))

        def split() -> tuple[str, ...]:
            return self._planning.split(replace(self._now(draft), name=name), wanted, folder)

        self._work.run(split, done, self._refuse)

    def restore(self, draft: Draft, path: Path | None) -> None:
        """Go on with a draft that was not saved when the program last ended."""
        for _ in (*draft.areas, *draft.zones, *draft.keep_out):
            self._ids.next()  # those are taken
        self._selected = None
        self._history.change(Version(draft, path))
        self._after_change()
        self.show_everything()

    # -- internal

    def _open_imported(self, path: Path, imported: Imported) -> None:
        """Go on with a mission that was read."""
        try:
            plan = imported.plan
        except QuaywatchError as error:
            self._refuse(error)
            return
        if plan is None and not imported.mission.items:
            self._change(replace(self.draft, kept=_joined(self.draft.kept, kept_of(imported.mission))))
            self._view.say(f"{path.name}: fence and rally points are added to the plan.")
            return
        if plan is None:
            mission = imported.mission
            draft = replace(
                self._blank,
                drone=self.draft.drone,
                camera=self.draft.camera,
                name=path.stem,
                home=mission.home,
                foreign=Foreign(path.name, Kept().on(mission, always=True), imported.notes),
                kept=kept_of(mission),
                outlook=self.draft.outlook,
                zone_sets=self.draft.zone_sets,
            )
        else:
            draft = replace(draft_of(plan, self._ids), kept=kept_of(imported.mission))
        self._saved[path] = draft
        self._selected = None
        self._history.change(Version(draft, path))
        self._after_change()
        self.show_everything()
        if plan is not None:
            self._tell_if_other(path, draft, imported)

    def _tell_if_other(self, path: Path, draft: Draft, imported: Imported) -> None:
        """Say so where a file's mission is not what its plan gives: changed elsewhere, or by an older version."""

        def done(flown: Flyable) -> None:
            if flown.planned.mission.items != imported.mission.items:
                self._view.say(
                    f"{path.name} holds a mission that differs from what its plan gives; what is shown is planned "
                    "anew. To fly the file as it is, open it on the Fly page.",
                    "amber",
                )

        self._work.run(lambda: self._made(draft), done, lambda _: None)

    def _has_mission(self) -> bool:
        return self.draft.is_planned or self.draft.foreign is not None

    def _now(self, draft: Draft) -> Flyable:
        """The mission of a draft: the one shown, if it is that draft's. Slow otherwise."""
        result, flown = self._result, self._flyable
        if flown is not None and result is not None and result.draft == draft:
            return flown
        return self._made(draft)

    def _brief(self, path: Path) -> None:
        draft = self.draft
        self._work.run(
            lambda: self._planning.brief(self._now(draft), path),
            lambda verdict: self._view.say(f"{path.name}: the briefing is written; its verdict is: {verdict}."),
            self._refuse,
        )

    def _write(self, path: Path, then: Callable[[Path, PlannedMission], None] | None) -> None:
        draft = self.draft

        def write() -> tuple[Flyable, tuple[str, ...]]:
            flown = self._now(draft)
            return flown, self._planning.write(flown, path)

        def done(written: tuple[Flyable, tuple[str, ...]]) -> None:
            flown, lost = written
            self._saved[path] = draft
            self._history.now = Version(self.draft, path)
            self.refresh()
            if lost:
                self._view.say(f"Saved as {path.name}: " + "; ".join(lost) + ".", "amber")
            if then is not None:
                then(path, flown.planned)
            elif not lost:
                self._view.say(f"Saved as {path.name}.")

        self._work.run(write, done, self._refuse)


def file_name(name: str) -> str:
    """A name as the name of a file, without an ending."""
    kept = "".join(c if c.isalnum() or c in "-_." else "-" for c in name.strip().lower())
    return kept.strip("-.") or "plan"


def _joined(one: Kept, other: Kept) -> Kept:
    return Kept(
        one.fence_polygons + other.fence_polygons,
        one.fence_circles + other.fence_circles,
        one.rally + other.rally,
        other.breach_return or one.breach_return,
    )


def _with_suffix(path: Path, suffix: str) -> Path:
    return path if path.suffix else path.with_suffix(suffix)
