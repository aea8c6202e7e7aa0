"""What a flight tells while it goes on, and how it ended; all frozen."""

from dataclasses import dataclass
from typing import TypeAlias

from planner.link.state import VehicleState
from planner.model.flight import Capture


@dataclass(frozen=True, slots=True)
class NotReady:
    """Waiting; `reasons` are the vehicle's own, or what is missing."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Armed:
    """The motors turn."""


@dataclass(frozen=True, slots=True)
class Started:
    """The mission runs."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the vehicle is, at most twice a second."""

    state: VehicleState


@dataclass(frozen=True, slots=True)
class ItemReached:
    """The plan's item `number` (from 1) was reached."""

    number: int


@dataclass(frozen=True, slots=True)
class Captured:
    """The vehicle took a picture."""

    capture: Capture


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """The vehicle flies in another mode."""

    mode: str


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the vehicle, or of the link itself; severity as in MAVLink, 0 worst."""

    severity: int
    text: str


@dataclass(frozen=True, slots=True)
class LinkSilent:
    """No heartbeat for so long; (0: it is back)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Flown:
    """It flew and is disarmed again; `as_planned`: it stayed in the mission until the end.

    `missing`: indices of pictures that were taken, as far as is known, and never reported.
    """

    reason: str
    seconds: float
    captures: int
    as_planned: bool
    missing: tuple[int, ...] = ()
    word = "flown"


@dataclass(frozen=True, slots=True)
class NotFlown:
    """It did not leave the ground, and why."""

    reason: str
    word = "not_flown"


@dataclass(frozen=True, slots=True)
class LostSight:
    """Nothing was heard any more; how the flight ended is not known."""

    reason: str
    seconds: float
    captures: int
    word = "lost"


Outcome: TypeAlias = Flown | NotFlown | LostSight
FlightEvent: TypeAlias = (
    NotReady
    | Armed
    | Started
    | Moved
    | ItemReached
    | Captured
    | ModeChanged
    | Said
    | LinkSilent
    | Flown
    | NotFlown
    | LostSight
)
