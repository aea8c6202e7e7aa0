"""What a scenario is. All times are seconds of simulated time; east and north are metres from the harbour's origin."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sitl.faults import Fault
from sitl.scenario.acts import Act, Drop
from sitl.world.vessels import Ais


class Role(StrEnum):
    """Who is being trained."""

    PILOT = "pilot"
    ANALYST = "analyst"


class Check(StrEnum):
    """What a careful pilot does before arming, as far as the vehicle can see it."""

    READ_BACK = "read-back"
    """Read the mission back after sending it."""
    FENCE = "fence"
    """Send a fence and enable it."""
    PARAMETERS = "parameters"
    """Read the vehicle's parameters (failsafes, fence) before arming."""
    CLEAN_ARM = "clean-arm"
    """Arm only when the vehicle is ready: no refused attempt."""


class Mark(StrEnum):
    """What points are given for; each scenario says how many."""

    COVERAGE = "coverage"
    REVISIT = "revisit"
    VESSELS = "vessels"
    MARGINS = "margins"
    RESERVE = "reserve"
    REACTION = "reaction"
    CHECKLIST = "checklist"
    LANDING = "landing"
    FOUND = "found"
    FALSE_FLAGS = "false-flags"
    REASONS = "reasons"
    SPEED = "speed"
    EVENTS = "events"


PILOT_MARKS = frozenset(
    {Mark.COVERAGE, Mark.REVISIT, Mark.VESSELS, Mark.MARGINS, Mark.RESERVE, Mark.REACTION, Mark.CHECKLIST, Mark.LANDING,
     Mark.EVENTS}
)  # fmt: skip
ANALYST_MARKS = frozenset({Mark.FOUND, Mark.FALSE_FLAGS, Mark.REASONS, Mark.SPEED, Mark.EVENTS})


class Answer(StrEnum):
    """What a crew can do about a fault, as the vehicle sees it."""

    PAUSE = "pause"
    RETURN = "return"
    LAND = "land"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Weather:
    """Wind in metres a second and the true degrees that it comes from; sea state after Douglas, 0 to 6."""

    wind_m_s: float = 3.0
    wind_from_deg: float = 240.0
    gust_m_s: float | None = None
    sea_state: int = 2
    visibility_m: float = 20_000.0
    cloud: float = 0.3
    rain_mm_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """One vessel that the scenario adds: where it starts, how it goes on, and why it is worth a look, if it is."""

    id: str
    kind: str
    length_m: float
    beam_m: float
    east_m: float
    north_m: float
    heading_deg: float
    acts: tuple[Act, ...] = ()
    """What it does, in this order; empty: it lies at its place."""
    ais: Ais | None = None
    why: str | None = None
    """What is suspicious about it; None: nothing."""
    lit: bool = True
    """Whether it shows lights in the dark."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a good crew does about a fault: one of `answers` within `within_s`, and why."""

    answers: tuple[Answer, ...]
    within_s: float
    because: str


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault that begins `after_takeoff_s` and lasts `for_s` (None: to the end)."""

    fault: Fault
    after_takeoff_s: float
    for_s: float | None = None
    expected: Expectation | None = None


@dataclass(frozen=True, slots=True)
class WatchPoint:
    """A place that must be in a picture again within `every_s`."""

    name: str
    east_m: float
    north_m: float
    every_s: float


@dataclass(frozen=True, slots=True)
class FootageFlight:
    """The flight whose pictures an analyst is given: straight lines over the task's area."""

    height_m: float = 70.0
    spacing_m: float = 80.0
    speed_m_s: float = 10.0
    every_m: float = 30.0


@dataclass(frozen=True, slots=True)
class Task:
    """What the crew is asked to do, and within which limits. Heights in metres above the water."""

    brief: str
    area: tuple[tuple[float, float], ...]
    """Outline of what is to be seen, east and north; empty: the harbour's own area."""
    watch: tuple[WatchPoint, ...] = ()
    look_for: tuple[str, ...] = ()
    """Ids of the vessels that a good crew photographs."""
    ceiling_m: float = 120.0
    no_fly: tuple[tuple[tuple[float, float], ...], ...] = ()
    keep_clear_m: float = 0.0
    reserve_share: float = 0.25
    least_px: float = 40.0
    """Pixels along its length for a vessel to count as photographed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One repeatable situation. `rubric` gives the greatest number of points for each mark; they sum to 100."""

    id: str
    title: str
    role: Role
    level: int
    summary: str
    seed: int
    start_utc: datetime
    time_limit_s: float
    task: Task
    rubric: dict[Mark, int]
    harbour: str = "practice"
    thermal: str | None = None
    """Palette of the thermal camera; None: the camera sees light."""
    weather: Weather = field(default_factory=Weather)
    leave_out: tuple[str, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    suspicious: dict[str, str] = field(default_factory=dict)
    """Vessels of the harbour itself that are worth a look: id, and why."""
    faults: tuple[PlannedFault, ...] = ()
    checklist: tuple[Check, ...] = ()
    footage: FootageFlight | None = None
    pass_share: float = 0.7
    good_crew: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        total = sum(self.rubric.values())
        if total != 100:
            raise ValueError(f"the rubric's points must sum to 100, they sum to {total}")
        marks = PILOT_MARKS if self.role is Role.PILOT else ANALYST_MARKS
        if wrong := [m.value for m in self.rubric if m not in marks]:
            raise ValueError(f"the rubric gives points for {', '.join(wrong)}, which a {self.role} is not scored by")
        if self.role is Role.ANALYST and self.footage is None:
            raise ValueError("a scenario for analysts needs 'footage': how the pictures are flown")

    def why_suspicious(self, vessel_id: str) -> str | None:
        """Why a vessel is worth a look; None if it is not."""
        if vessel_id in self.suspicious:
            return self.suspicious[vessel_id]
        told = {t.id: t.why for t in self.traffic}
        for traffic in self.traffic:
            dropped = [act for act in traffic.acts if isinstance(act, Drop)]
            told |= {act.item: act.why or f"Was put into the water by {traffic.id}." for act in dropped}
        return told.get(vessel_id)
