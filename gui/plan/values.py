"""What the Plan page shows, ready to be read: texts, figures, and what can be done now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from gui.plan.draft import Draft
from gui.units import height_text, length_text, speed_text
from planner.geo.points import LatLon, LocalFrame, centroid, distance_m
from planner.model.patterns import Pattern
from planner.model.plan import Area, AreaKind
from planner.model.planned import PlannedMission
from planner.model.zone import Zone, ZoneRule
from planner.route.check_values import Verdict as Checked
from planner.route.profile import Profile

BOAT_M = 6.0
NEEDS_SHAPE = frozenset({Pattern.AREA, Pattern.PERIMETER, Pattern.PARALLEL, Pattern.CREEPING})
"""Patterns that cannot be flown along a line."""


class Verdict(StrEnum):
    """May it be flown?"""

    EMPTY = "Nothing to fly yet"
    PLANNING = "Planning"
    FLY = "Fly"
    DO_NOT_FLY = "Do not fly"


class Role(StrEnum):
    """What a drawn thing is for."""

    WATCH = "Watch"
    NO_FLY = "No-fly zone"
    LIMIT = "Height limit"
    OTHER_ZONE = "Zone"
    KEEP_OUT = "Keep out"


ROLES = (Role.WATCH, Role.NO_FLY, Role.LIMIT, Role.KEEP_OUT)
"""The roles that can be chosen."""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One line of the list of drawn things."""

    id: str
    name: str
    is_line: bool
    size: str
    selected: bool
    role: Role = Role.WATCH
    zone: Zone | None = None
    """The zone itself, for its limits."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line for many things that are not edited one by one: zones of a file, fence and rally, another's mission."""

    key: str
    name: str
    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class Energy:
    """What the flight takes of the battery; `home_fraction` is the dearest way home of all."""

    used_fraction: float
    reserve_fraction: float
    text: str
    home_fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason against the flight, or one thing to know; `where` it is on the map if it has a place."""

    text: str
    is_problem: bool
    where: LatLon | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of the Plan page. `planned` is what the map draws; `fresh` says that it belongs to `draft`."""

    draft: Draft
    title: str
    unsaved: bool
    rows: tuple[AreaRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    verdict: Verdict = Verdict.EMPTY
    findings: tuple[Finding, ...] = ()
    figures: dict[str, str] = field(default_factory=dict)
    details: tuple[tuple[str, str], ...] = ()
    """The pattern's own figures: words and values."""
    energy: Energy | None = None
    scale: str = ""
    task: str = ""
    """From how high the chosen task succeeds, in words."""
    light: tuple[Finding, ...] = ()
    """Daylight, glint and the best take-off, in sentences; the legs with most glint have a place."""
    operations: tuple[str, ...] = ()
    picking: str = ""
    """What the next click on the map sets, in words; empty for nothing."""
    pointed: Finding | None = None
    profile: Profile | None = None
    """The flight from the side, for the strip under the map."""
    planned: PlannedMission | None = None
    captures: tuple[LatLon, ...] = ()
    fresh: bool = True
    can_undo: bool = False
    can_redo: bool = False

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it must not be flown, the most dangerous first."""
        return tuple(found.text for found in self.findings if found.is_problem)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know before it is flown."""
        return tuple(found.text for found in self.findings if not found.is_problem)

    @property
    def can_save(self) -> bool:
        """Whether there is a mission to write."""
        return self.verdict in (Verdict.FLY, Verdict.DO_NOT_FLY) and self.planned is not None and self.fresh

    @property
    def can_send(self) -> bool:
        """Whether the mission may go to a drone."""
        return self.verdict is Verdict.FLY


def above_text(height_m: float) -> str:
    """A height above the water, or a depth: "69 m high", "12 m deep"."""
    return f"{height_text(abs(height_m))} {'deep' if height_m < 0 else 'high'}"


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


def size_of(area: Area | Zone) -> str:
    """The length of a line, or the surface of a polygon without its holes."""
    if isinstance(area, Area) and area.kind is AreaKind.LINE:
        return length_text(sum(distance_m(a, b) for a, b in zip(area.outline, area.outline[1:], strict=False)))
    frame = LocalFrame(centroid(area.outline))
    return area_text(_surface_m2(frame, area.outline) - sum(_surface_m2(frame, hole) for hole in area.holes))


def scale_text(gsd_m: float, length_m: float = BOAT_M) -> str:
    """What a ground sampling distance means for a boat."""
    return f"A {length_m:g} m boat is {length_m / gsd_m:,.0f} px long"


def role_of(zone: Zone) -> Role:
    """The role of a drawn zone."""
    return {ZoneRule.NO_FLY: Role.NO_FLY, ZoneRule.ALTITUDE_LIMIT: Role.LIMIT}.get(zone.rule, Role.OTHER_ZONE)


def figures_of(draft: Draft, planned: PlannedMission, checked: Checked | None) -> dict[str, str]:
    """The figures by their names on the page; way and time in the wind, if it is known."""
    f, found = planned.figures, checked.figures if checked is not None else {}
    if draft.foreign is None:
        way, duration = (found.get("flight_m") or f.flight_m), (found.get("duration_s") or f.duration_s)
    else:
        way, duration = f.flight_m, f.duration_s
    told = {
        "Height": above_text(f.height_m),
        "Way": length_text(float(way)),
        "Flight time": time_text(float(duration)),
        "Pictures": f"{f.captures:,}",
        "Line spacing": length_text(f.spacing_m) if f.spacing_m >= 10 else f"{f.spacing_m:.1f} m",
        "Speed": speed_text(f.speed_m_s),
        "Area seen": f"{100 * f.covered:.0f} %",
        "Items": f"{f.items:,}",
    }
    if f.spacing_m <= 0:  # no lines beside each other, or a mission made elsewhere that does not tell
        del told["Line spacing"]
    if f.area_m2 <= 0:
        del told["Area seen"]
    return told


def energy_of(draft: Draft, planned: PlannedMission, checked: Checked | None) -> Energy:
    """What the flight takes of the drone's battery, in the wind if it is known."""
    battery = draft.drone.battery_wh
    figures = checked.figures if checked is not None else {}
    needed = float(figures.get("energy_wh") or planned.figures.energy_wh)
    home = figures.get("home_needs_wh")
    reserve = draft.drone.reserve_fraction
    text = f"{needed:.0f} of {battery:.0f} Wh, {100 * reserve:.0f} % stays"
    if home is not None:
        text += f", home needs {float(home):.0f} Wh"
    return Energy(needed / battery, reserve, text, None if home is None else float(home) / battery)


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
    if draft.pattern not in NEEDS_SHAPE or draft.foreign is not None:
        return ()
    return tuple(
        f"{drawn.area.name} is a line, and this pattern needs a closed shape. Choose Corridor, or draw an area."
        for drawn in draft.areas
        if drawn.area.kind is AreaKind.LINE
    )


def sentence(text: str) -> str:
    """A message of the planner as a sentence for the page: without the command's options, with a full stop."""
    plain = re.sub(r"\s*\([^()]*--[^()]*\)", "", text).strip()
    first = plain.split(" ", 1)[0].rstrip(":")
    if "." not in first and "/" not in first:  # the name of a file stays as it is
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
