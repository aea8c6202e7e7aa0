"""What is being planned, as a value, and the way back through its changes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.model.mission import Home
from planner.model.plan import Area, AreaKind, Pattern, Plan
from planner.model.profiles import CameraProfile, DroneProfile


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area with the id by which the map and the list know it."""

    id: str
    area: Area


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that the Plan page can change; a Plan that need not be complete yet."""

    drone: DroneProfile
    camera: CameraProfile
    name: str = "New plan"
    areas: tuple[Drawn, ...] = ()
    pattern: Pattern = Pattern.AREA
    gsd_m: float = 0.05
    home: Home | None = None
    side_overlap: float = 0.3
    front_overlap: float = 0.5
    speed_m_s: float | None = None
    angle_deg: float | None = None
    stand_off_m: float = 0.0
    passes: int = 1
    seed: int = 0
    swath_m: float | None = None

    def plan(self) -> Plan:
        """The plan.

        Raises:
            ValueError: not complete, or two settings that do not go together.
        """
        return Plan(
            name=self.name,
            areas=tuple(drawn.area for drawn in self.areas),
            pattern=self.pattern,
            drone=self.drone,
            camera=self.camera,
            gsd_m=self.gsd_m,
            home=self.home,
            side_overlap=self.side_overlap,
            front_overlap=self.front_overlap,
            speed_m_s=self.speed_m_s,
            angle_deg=self.angle_deg,
            stand_off_m=self.stand_off_m,
            passes=self.passes,
            seed=self.seed,
            swath_m=self.swath_m,
        )

    def area(self, id_: str) -> Drawn | None:
        """The drawn area of that id, None if there is none."""
        return next((drawn for drawn in self.areas if drawn.id == id_), None)

    def with_area(self, drawn: Drawn) -> "Draft":
        """With an area added. The first one chooses the pattern that suits it."""
        pattern = self.pattern
        if not self.areas:
            pattern = Pattern.AREA if drawn.area.kind is AreaKind.POLYGON else Pattern.CORRIDOR
        return replace(self, areas=(*self.areas, drawn), pattern=pattern)

    def with_changed(self, drawn: Drawn) -> "Draft":
        """With the area of the same id changed."""
        return replace(self, areas=tuple(drawn if d.id == drawn.id else d for d in self.areas))

    def without(self, id_: str) -> "Draft":
        """Without the area of that id."""
        return replace(self, areas=tuple(d for d in self.areas if d.id != id_))

    def with_drone(self, drone: DroneProfile) -> "Draft":
        """With another drone; a speed that it cannot fly becomes its cruise speed."""
        too_fast = self.speed_m_s is not None and self.speed_m_s > drone.max_speed_m_s
        return replace(self, drone=drone, speed_m_s=None if too_fast else self.speed_m_s)


def draft_of(plan: Plan, ids: "Ids") -> Draft:
    """The draft that gives `plan`."""
    return Draft(
        drone=plan.drone,
        camera=plan.camera,
        name=plan.name,
        areas=tuple(Drawn(ids.next(), area) for area in plan.areas),
        pattern=plan.pattern,
        gsd_m=plan.gsd_m,
        home=plan.home,
        side_overlap=plan.side_overlap,
        front_overlap=plan.front_overlap,
        speed_m_s=plan.speed_m_s,
        angle_deg=plan.angle_deg,
        stand_off_m=plan.stand_off_m,
        passes=plan.passes,
        seed=plan.seed,
        swath_m=plan.swath_m,
    )


@dataclass
class Ids:
    """Gives each drawn thing an id of its own."""

    last: int = 0

    def next(self) -> str:
        """A new id."""
        self.last += 1
        return f"area-{self.last}"


@dataclass(frozen=True, slots=True)
class Version:
    """A draft and the file it belongs to (None: not saved yet)."""

    draft: Draft
    path: Path | None = None


@dataclass
class History:
    """The versions so far, the one shown, and those taken back.

    Changes in a row that carry the same gesture (a slider that is drawn along) count as one.
    """

    now: Version
    past: list[Version] = field(default_factory=list)
    future: list[Version] = field(default_factory=list)
    _gesture: str = ""

    MOST = 200

    def change(self, version: Version, gesture: str = "") -> None:
        """Go to a new version."""
        if version == self.now:
            return
        if not gesture or gesture != self._gesture:
            self.past = [*self.past[-self.MOST :], self.now]
        self.future = []
        self.now = version
        self._gesture = gesture

    def undo(self) -> bool:
        """Take the last change back; False if there is none."""
        if not self.past:
            return False
        self.future.append(self.now)
        self.now = self.past.pop()
        self._gesture = ""
        return True

    def redo(self) -> bool:
        """Do again what was taken back last; False if there is nothing."""
        if not self.future:
            return False
        self.past.append(self.now)
        self.now = self.future.pop()
        self._gesture = ""
        return True
