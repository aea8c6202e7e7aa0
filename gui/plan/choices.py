"""The Plan page's intents about settings: pattern and its parameters, drone, camera, height, conditions."""

import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from gui.plan import settings, values
from gui.plan.desk import MOST_HEIGHT_M, Desk
from gui.plan.draft import Draft
from planner.geo.points import LatLon
from planner.model.drift import CALM, Flow
from planner.model.patterns import (
    PARAMETERS,
    OrbitParameters,
    Parameters,
    PatrolParameters,
    SearchParameters,
    WatchPlace,
)
from planner.model.plan import Pattern

SEEDS = 1_000_000
AT = {Pattern.ORBIT: "at", Pattern.HULL: "at", **dict.fromkeys(settings.SEARCHES, "datum")}
"""The place that a pattern is flown about."""


class Choices(Desk):
    """Settings."""

    def set_pattern(self, pattern: Pattern) -> None:
        """How the areas are flown; a pattern about a place takes wind and current from the conditions at first.

        A hull is dived and all else is flown: where the vehicle cannot, the one that was chosen before for what it
        is to do now is taken, else the first one that can.
        """
        draft = replace(self.draft, pattern=pattern)
        dives = pattern is Pattern.HULL
        first = next((drone for drone in self.drones if drone.dives == dives), None)
        fit = self._chosen_before.get(dives, first)
        if draft.drone.dives != dives and fit is not None:
            self._chosen_before[draft.drone.dives] = draft.drone
            draft = draft.with_drone(fit)
        if draft.parameters is None:
            wanted, day = PARAMETERS[pattern](), draft.outlook
            if isinstance(wanted, OrbitParameters):
                draft = draft.with_parameters(replace(wanted, wind=day.wind or CALM))
            elif isinstance(wanted, SearchParameters):
                draft = draft.with_parameters(replace(wanted, wind=day.wind or CALM, current=day.current or CALM))
        self._change(draft)

    def set_plan(self, name: str, value: object) -> None:
        """One of the common fields of a plan, by its name."""
        given: dict[str, Any] = {name: value}
        self._change(replace(self.draft, **given), name)

    def set_parameter(self, name: str, value: object) -> None:
        """One of the pattern's own parameters, by its name; what its class refuses is said and not taken."""
        try:
            changed = _with(self._parameters(), name, value)
        except ValueError as error:
            self._view.say(values.sentence(str(error)), "amber")
            self.refresh()
            return
        self._change(self.draft.with_parameters(changed), name)

    def set_outlook(self, name: str, value: object) -> None:
        """One of the conditions, by its name. Parameters that went with a wind or current go on with it."""
        before = self.draft.outlook
        given: dict[str, Any] = {name: value}
        if name == "wind" and not _holds(before.gust_m_s, value):
            given["gust_m_s"] = None
        try:
            after = replace(before, **given)
        except ValueError as error:
            self._view.say(values.sentence(str(error)), "amber")
            self.refresh()
            return
        draft = replace(self.draft, outlook=after)
        if name in {"wind", "current"}:
            draft = _blown(draft, name, getattr(before, name) or CALM, getattr(after, name) or CALM)
        self._change(draft, f"outlook {name}")

    def another_seed(self) -> None:
        """Another patrol of the same places."""
        self.set_plan("seed", random.randrange(SEEDS))  # noqa: S311 - a number that the pilot sees, no secret

    # -- watched places

    def add_watch(self) -> None:
        """Let the hand click a place to be watched."""
        self._pick_place("the place to be watched", self._add_watch)

    def change_watch(self, number: int, *, name: str | None = None, value: float | None = None) -> None:
        """Another name, or another cost of a miss, for a watched place."""
        watches = list(self._watches())
        if not 0 <= number < len(watches):
            return
        kept = watches[number]
        watches[number] = replace(
            kept, name=kept.name if name is None else name.strip()[:80], value=kept.value if value is None else value
        )
        self.set_parameter("watches", tuple(watches))

    def remove_watch(self, number: int) -> None:
        """A place that is not to be watched."""
        self.set_parameter("watches", tuple(w for i, w in enumerate(self._watches()) if i != number))

    def import_watches(self, path: Path) -> None:
        """Add the watched places of a file."""

        def done(watches: tuple[WatchPlace, ...]) -> None:
            self.set_parameter("watches", (*self._watches(), *watches))
            self._view.say(f"{path.name}: {len(watches):,} places to watch.")

        self._work.run(lambda: self._planning.read_watches(path), done, self._refuse)

    # -- places on the map

    def pick_parameter(self, name: str) -> None:
        """Let the hand click the place of a parameter."""
        what = {"datum": "the last known position", "at": "where the vessel is"}.get(name, name.replace("_", " "))
        self._pick_place(what, partial(self.set_parameter, name))

    def pick_outlook(self, name: str) -> None:
        """Let the hand click a place of the conditions."""
        self._pick_place("where the pilot stands", partial(self.set_outlook, name))

    # -- drone, camera, height

    def set_drone(self, name: str) -> None:
        """Another drone."""
        for drone in self.drones:
            if drone.name == name:
                self._change(self.draft.with_drone(drone))

    def set_camera(self, name: str) -> None:
        """Another camera; the ground sampling distance stays, the height follows."""
        for camera in self.cameras:
            if camera.name == name:
                self._change(replace(self.draft, camera=camera))

    def read_drone(self, path: Path) -> None:
        """A drone of the user's own."""
        self._work.run(lambda: self._planning.read_drone(path), self._take_drone, self._refuse)

    def read_camera(self, path: Path) -> None:
        """A camera of the user's own."""
        self._work.run(lambda: self._planning.read_camera(path), self._take_camera, self._refuse)

    def set_gsd_m(self, gsd_m: float) -> None:
        """Metres per pixel; the height follows."""
        if gsd_m > 0:
            self._change(replace(self.draft, gsd_m=round(gsd_m, 5)), "gsd")

    def set_height_m(self, height_m: float) -> None:
        """Height above the water; the ground sampling distance follows."""
        if height_m > 0:
            self._change(replace(self.draft, gsd_m=round(self.draft.camera.gsd_at_height_m(height_m), 5)), "gsd")

    def set_task(self, *, task: str | None = None, length_m: float | None = None, chance: float | None = None) -> None:
        """What the pictures are for: the task, the vessel's length, how sure it is to be."""
        before = self._task
        self._task = (task or before[0], length_m or before[1], chance or before[2])
        self._look_up()
        self.refresh()

    def use_task_height(self) -> None:
        """Fly as high as the task and the law allow."""
        if self._task_height_m is not None:
            self.set_height_m(min(self._task_height_m, MOST_HEIGHT_M))

    def rename(self, name: str) -> None:
        """Another name for the plan."""
        if name.strip():
            self._change(replace(self.draft, name=name.strip()[:80]))

    # -- internal

    def _parameters(self) -> Parameters:
        return self.draft.parameters or PARAMETERS[self.draft.pattern]()

    def _watches(self) -> tuple[WatchPlace, ...]:
        given = self._parameters()
        return given.watches if isinstance(given, PatrolParameters) else ()

    def _add_watch(self, at: LatLon) -> None:
        watches = self._watches()
        self.set_parameter("watches", (*watches, WatchPlace(f"Watch {len(watches) + 1}", (at,))))

    def _pick_place(self, what: str, chosen: Any) -> None:  # noqa: ANN401 - takes a place
        self._pick, self._picking = chosen, what
        self._view.draw("point")
        self._view.say(f"Click {what} on the map; Esc gives it up.")
        self.refresh()


def _with(given: Parameters, name: str, value: object) -> Parameters:
    changed: dict[str, Any] = {name: value}
    return replace(given, **changed)


def _holds(gust_m_s: float | None, wind: object) -> bool:
    """Whether gusts can be in a wind."""
    return gust_m_s is None or (isinstance(wind, Flow) and gust_m_s >= wind.speed_m_s)


def _blown(draft: Draft, name: str, before: Flow, after: Flow) -> Draft:
    for given in draft.own:
        if getattr(given, name, None) == before:
            draft = draft.with_parameters(_with(given, name, after))
    return draft
