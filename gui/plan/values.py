"""What the Plan page shows, ready to be read: texts, figures, and what can be done now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from gui.plan.draft import Draft
from planner.geo.points import LatLon, LocalFrame, centroid, distance_m
from planner.model.plan import Area, AreaKind
from planner.model.planned import PlannedMission

BOAT_M = 6.0
FIGURES = ("Height", "Way", "Flight time", "Pictures", "Line spacing", "Speed", "Area seen", "Items")


class Verdict(StrEnum):
    """May it be flown?"""

    EMPTY = "Nothing to fly yet"
    PLANNING = "Planning"
    FLY = "Fly"
    DO_NOT_FLY = "Do not fly"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One line of the list of areas."""

    id: str
    name: str
    is_line: bool
    size: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Energy:
    """What the flight takes of the battery."""

    used_fraction: float
    reserve_fraction: float
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of the Plan page. `planned` is what the map draws; `fresh` says that it belongs to `draft`."""

    draft: Draft
    title: str
    unsaved: bool
    rows: tuple[AreaRow, ...] = ()
    verdict: Verdict = Verdict.EMPTY
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    figures: dict[str, str] = field(default_factory=dict)
    energy: Energy | None = None
    scale: str = ""
    planned: PlannedMission | None = None
    captures: tuple[LatLon, ...] = ()
    fresh: bool = True
    can_undo: bool = False
    can_redo: bool = False

    @property
    def can_save(self) -> bool:
        """Whether there is a mission to write."""
        return self.verdict in (Verdict.FLY, Verdict.DO_NOT_FLY) and self.planned is not None and self.fresh

    @property
    def can_send(self) -> bool:
        """Whether the mission may go to a drone."""
        return self.verdict is Verdict.FLY


def length_text(length_m: float) -> str:
    """A distance: "850 m", "5.92 km".

    >>> length_text(849.6), length_text(5917.0)
    ('850 m', '5.92 km')
    """
    if length_m < 999.5:
        return f"{length_m:.0f} m"
    return f"{length_m / 1000:.2f} km" if length_m < 99_950 else f"{length_m / 1000:,.0f} km"


def time_text(duration_s: float) -> str:
    """A duration: "40 s", "12 min 40 s", "1 h 05 min"."""
    whole = round(duration_s)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def area_text(area_m2: float) -> str:
    """A surface: "4,200 m²", "12.5 ha", "3.41 km²"."""
    if area_m2 < 10_000:
        return f"{area_m2:,.0f} m\u00b2"
    if area_m2 < 1_000_000:
        return f"{area_m2 / 10_000:.1f} ha"
    return f"{area_m2 / 1_000_000:,.2f} km\u00b2"


def size_of(area: Area) -> str:
    """The length of a line, or the surface of a polygon without its holes."""
    if area.kind is AreaKind.LINE:
        return length_text(sum(distance_m(a, b) for a, b in zip(area.outline, area.outline[1:], strict=False)))
    frame = LocalFrame(centroid(area.outline))
    return area_text(_surface_m2(frame, area.outline) - sum(_surface_m2(frame, hole) for hole in area.holes))


def scale_text(gsd_m: float) -> str:
    """What a ground sampling distance means for a boat."""
    return f"A {BOAT_M:.0f} m boat is {BOAT_M / gsd_m:,.0f} px long"


def figures_of(planned: PlannedMission) -> dict[str, str]:
    """The figures by their names on the page."""
    f = planned.figures
    values = (
        length_text(f.height_m),
        length_text(f.flight_m),
        time_text(f.duration_s),
        f"{f.captures:,}",
        length_text(f.spacing_m) if f.spacing_m >= 10 else f"{f.spacing_m:.1f} m",
        f"{f.speed_m_s:.1f} m/s",
        f"{100 * f.covered:.0f} %",
        f"{f.items:,}",
    )
    return dict(zip(FIGURES, values, strict=True))


def energy_of(draft: Draft, planned: PlannedMission) -> Energy:
    """What the flight takes of the drone's battery."""
    battery = draft.drone.battery_wh
    needed = planned.figures.energy_wh
    reserve = draft.drone.reserve_fraction
    text = f"{needed:.0f} of {battery:.0f} Wh ({100 * needed / battery:.0f} %), {100 * reserve:.0f} % must stay"
    return Energy(needed / battery, reserve, text)


def energy_problem(draft: Draft, planned: PlannedMission) -> str | None:
    """Why the battery is not enough, None if it is."""
    drone, needed = draft.drone, planned.figures.energy_wh
    usable = drone.battery_wh * (1 - drone.reserve_fraction)
    if needed <= usable:
        return None
    return (
        f"The flight needs {needed:.0f} Wh, and {drone.name} may use {usable:.0f} of its {drone.battery_wh:.0f} Wh. "
        "Draw a smaller area, fly higher, or choose another drone."
    )


def shape_problems(draft: Draft) -> tuple[str, ...]:
    """Areas that the chosen pattern cannot fly."""
    if draft.pattern != "area":
        return ()
    return tuple(
        f"{drawn.area.name} is a line, and the area pattern needs a closed shape. Choose Corridor, or draw an area."
        for drawn in draft.areas
        if drawn.area.kind is AreaKind.LINE
    )


def sentence(text: str) -> str:
    """A message of the planner as a sentence for the page: without the command's options, with a full stop."""
    plain = re.sub(r"\s*\([^()]*--[^()]*\)", "", text).strip()
    plain = plain[:1].upper() + plain[1:]
    return plain if plain.endswith((".", "?")) else plain + "."


def captures_of(planned: PlannedMission, *, most: int = 4000) -> tuple[LatLon, ...]:
    """About where pictures are taken: every `trigger_m` along the legs with the camera on; () for more than `most`."""
    step = planned.figures.trigger_m
    if planned.figures.captures > most or step <= 0 or not planned.legs:
        return ()
    frame = LocalFrame(planned.legs[0].start)
    found: list[tuple[float, float]] = []
    legs = [leg for leg in planned.legs if leg.camera]
    ends = frame.to_metres([place for leg in legs for place in (leg.start, leg.end)])
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        along = end - start
        length = float((along**2).sum() ** 0.5)
        count = int(length / step + 1e-6)
        found += [tuple(start + along * (i * step / length)) for i in range(count + 1)] if length else []
    return tuple(frame.to_places(found)) if found else ()


def _surface_m2(frame: LocalFrame, ring: Sequence[LatLon]) -> float:
    xy = frame.to_metres(ring)
    x, y = xy[:, 0], xy[:, 1]
    return abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2)
