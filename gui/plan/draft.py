"""What is being planned, as a value: everything that the Plan page can change."""

from dataclasses import dataclass, fields, replace
from typing import Any

from planner.model.mission import FenceCircle, FencePolygon, Home, Mission, Rally
from planner.model.outlook import Outlook
from planner.model.patterns import PARAMETERS, Parameters
from planner.model.plan import Area, AreaKind, Pattern, Plan, ZoneSet
from planner.model.profiles import CameraProfile, DroneProfile
from planner.model.zone import Zone

_SAME = (
    "drone", "camera", "name", "pattern", "gsd_m", "home", "side_overlap", "front_overlap", "speed_m_s", "angle_deg",
    "stand_off_m", "passes", "seed", "swath_m", "zone_sets", "outlook",
)  # fmt: skip
"""Fields that a draft and a plan have alike."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area with the id by which the map and the list know it."""

    id: str
    area: Area


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone drawn for this plan, with its id."""

    id: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class Kept:
    """Fence and rally points of an opened file: not changed here, and not lost."""

    fence_polygons: tuple[FencePolygon, ...] = ()
    fence_circles: tuple[FenceCircle, ...] = ()
    rally: tuple[Rally, ...] = ()
    breach_return: Rally | None = None

    def __len__(self) -> int:
        return len(self.fence_polygons) + len(self.fence_circles) + len(self.rally)

    def on(self, mission: Mission, *, always: bool = False) -> Mission:
        """The mission with these in place of its own; with none of its own where there are none here and `always`."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(mission, **given) if always or self != Kept() else mission


@dataclass(frozen=True, slots=True)
class Foreign:
    """A mission that was made elsewhere: flown as it is."""

    name: str
    mission: Mission
    notes: tuple[str, ...] = ()


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
    keep_out: tuple[Drawn, ...] = ()
    zones: tuple[DrawnZone, ...] = ()
    zone_sets: tuple[ZoneSet, ...] = ()
    own: tuple[Parameters, ...] = ()
    """Parameters of patterns, at most one of each class: going back to a pattern finds its own again."""
    outlook: Outlook = Outlook()  # noqa: RUF009 - frozen
    kept: Kept = Kept()
    foreign: Foreign | None = None
    """A mission made elsewhere, in place of a plan."""

    @property
    def parameters(self) -> Parameters | None:
        """The pattern's own parameters, None while none was set."""
        return next((known for known in self.own if type(known) is PARAMETERS.get(self.pattern)), None)

    @property
    def is_planned(self) -> bool:
        """Whether there is enough to plan from: an area, or a place that the pattern is flown about."""
        given = self.parameters
        return self.foreign is None and bool(self.areas or (given is not None and given.outline()))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was drawn or opened that could be lost."""
        there = self.areas or self.zones or self.zone_sets or self.keep_out or self.foreign
        return not there and not self.is_planned

    def plan(self) -> Plan:
        """The plan.

        Raises:
            ValueError: not complete, or two settings that do not go together.
        """
        given = self.parameters
        areas = tuple(drawn.area for drawn in self.areas)
        if not areas and given is not None and given.outline():
            areas = (_about(self.pattern, given),)
        same: dict[str, Any] = {name: getattr(self, name) for name in _SAME}
        keep_out = tuple(drawn.area for drawn in self.keep_out)
        zones = tuple(drawn.zone for drawn in self.zones)
        return Plan(areas=areas, keep_out=keep_out, parameters=given, zones=zones, **same)

    def thing(self, id_: str) -> Drawn | DrawnZone | None:
        """What was drawn with that id, None if there is none."""
        things: tuple[Drawn | DrawnZone, ...] = (*self.areas, *self.zones, *self.keep_out)
        return next((drawn for drawn in things if drawn.id == id_), None)

    def area(self, id_: str) -> Drawn | None:
        """The drawn area of that id, None if there is none."""
        return next((drawn for drawn in self.areas if drawn.id == id_), None)

    def with_area(self, drawn: Drawn) -> "Draft":
        """With an area added. The first one chooses a pattern that suits it."""
        pattern = self.pattern
        if not self.areas and pattern in {Pattern.AREA, Pattern.CORRIDOR}:
            pattern = Pattern.AREA if drawn.area.kind is AreaKind.POLYGON else Pattern.CORRIDOR
        return replace(self, areas=(*self.areas, drawn), pattern=pattern)

    def with_changed(self, drawn: Drawn | DrawnZone) -> "Draft":
        """With the thing of the same id changed, in its place."""
        if isinstance(drawn, DrawnZone):
            return replace(self, zones=tuple(drawn if d.id == drawn.id else d for d in self.zones))
        changed = {
            name: tuple(drawn if d.id == drawn.id else d for d in some)
            for name, some in (("areas", self.areas), ("keep_out", self.keep_out))
        }
        return replace(self, areas=changed["areas"], keep_out=changed["keep_out"])

    def without(self, id_: str) -> "Draft":
        """Without the thing of that id."""
        return replace(
            self,
            areas=tuple(d for d in self.areas if d.id != id_),
            zones=tuple(d for d in self.zones if d.id != id_),
            keep_out=tuple(d for d in self.keep_out if d.id != id_),
        )

    def with_drone(self, drone: DroneProfile) -> "Draft":
        """With another drone; a speed that it cannot fly becomes its cruise speed."""
        too_fast = self.speed_m_s is not None and self.speed_m_s > drone.max_speed_m_s
        return replace(self, drone=drone, speed_m_s=None if too_fast else self.speed_m_s)

    def with_parameters(self, given: Parameters) -> "Draft":
        """With a pattern's parameters in place of those of their class."""
        return replace(self, own=(*(p for p in self.own if type(p) is not type(given)), given))


@dataclass
class Ids:
    """Gives each drawn thing an id of its own."""

    last: int = 0

    def next(self) -> str:
        """A new id."""
        self.last += 1
        return f"area-{self.last}"


def draft_of(plan: Plan, ids: Ids) -> Draft:
    """The draft that gives `plan`."""
    given = plan.parameters
    drawn = plan.areas
    if given is not None and given.outline() and drawn == (_about(plan.pattern, given),):
        drawn = ()
    same: dict[str, Any] = {name: getattr(plan, name) for name in _SAME}
    return Draft(
        areas=tuple(Drawn(ids.next(), area) for area in drawn),
        keep_out=tuple(Drawn(ids.next(), area) for area in plan.keep_out),
        zones=tuple(DrawnZone(ids.next(), zone) for zone in plan.zones),
        own=() if given is None else (given,),
        **same,
    )


def kept_of(mission: Mission) -> Kept:
    """Fence and rally points of a mission."""
    return Kept(mission.fence_polygons, mission.fence_circles, mission.rally, mission.breach_return)


def _about(pattern: Pattern, given: Parameters) -> Area:
    """What stands for the area of a plan that needs none, as `quaywatch plan new` writes it."""
    return Area(pattern.value, AreaKind.POLYGON, given.outline())
