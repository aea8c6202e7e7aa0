"""A mission as planned: its items, the legs they fly, and the figures that a pilot decides by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from planner.geo.points import LatLon
from planner.model.mission import Mission


class LegKind(StrEnum):
    """Why a leg is flown."""

    LINE = "line"
    """A line of the pattern, photographed."""
    LINK = "link"
    """From one line to the next inside the area."""
    TRANSIT = "transit"
    """To the first line, between separate areas, and home."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight piece of the way; the camera is triggered along it or not."""

    start: LatLon
    end: LatLon
    camera: bool
    kind: LegKind


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan costs and gives.

    `length_m` and `turns` are of the pattern, from its first to its last waypoint; `flight_m` and `duration_s` are of
    the whole flight with climb, ways from and to the launch place, and descent. `covered` is the fraction of the area
    that the photographed legs see, `outside_m` the metres of the pattern flown outside the area (ways between
    separate areas not counted; 0 for a corridor, which has no outside). `energy_wh` is an estimate for still air.
    """

    items: int
    length_m: float
    flight_m: float
    duration_s: float
    captures: int
    gsd_m: float
    height_m: float
    spacing_m: float
    trigger_m: float
    speed_m_s: float
    area_m2: float
    covered: float
    outside_m: float
    turns: int
    energy_wh: float

    def as_dict(self) -> dict[str, float]:
        """The figures by name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PlannedMission:
    """A mission with the legs that it flies, its figures, and notes for the pilot (sentences)."""

    mission: Mission
    legs: tuple[Leg, ...]
    figures: Figures
    notes: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    """Figures of one pattern alone (JSON values), such as a search's probability of detection."""

    def figures_json(self) -> dict[str, object]:
        """All figures by name, for JSON: the common ones and the pattern's own."""
        return {**self.figures.as_dict(), **self.details}
