"""What vessels of a scenario do, one thing after the other. Times are seconds after the scenario's start."""

from dataclasses import dataclass, field
from enum import StrEnum

Place = tuple[float, float]
"""East and north of the harbour's origin, metres."""


class Doing(StrEnum):
    """The words for it in a scenario file."""

    TRANSIT = "transit"
    SPEED_RUN = "speed-run"
    LIE = "lie"
    MOORED = "moored"
    ANCHORED = "anchored"
    LOITER = "loiter"
    DRIFT = "drift"
    RENDEZVOUS = "rendezvous"
    DROP = "drop"
    PICK_UP = "pick-up"
    ENTER = "enter"


STAYS = frozenset({Doing.LIE, Doing.MOORED, Doing.ANCHORED, Doing.LOITER, Doing.DRIFT})


@dataclass(frozen=True, slots=True)
class When:
    """When an act begins (`from_s`: not before) and when its place is reached (`at_s`); None: as it comes."""

    from_s: float | None = None
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """One of `STAYS` for `for_s` seconds; None: to the end. The radius and speed are those of loitering."""

    doing: Doing
    for_s: float | None = None
    radius_m: float | None = None
    speed_m_s: float = 1.5
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True)
class Go:
    """Go straight to a place, then lie there `wait_s`; a `fast` one is a speed run."""

    to: Place
    speed_m_s: float
    wait_s: float = 0.0
    fast: bool = False
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True)
class Meet:
    """Lie alongside vessel `partner` for `for_s` (None: as long as the partner says, or two minutes).

    With a place (`at`) it goes there and waits until the partner has come and gone; without one it goes to where the
    partner lies.
    """

    partner: str
    speed_m_s: float
    for_s: float | None = None
    at: Place | None = None
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True)
class Drop:
    """Go to a place, stop for `for_s` and put a package (`item`, its length and width in metres) into the water."""

    item: str
    to: Place
    speed_m_s: float
    for_s: float = 10.0
    size_m: tuple[float, float] = (1.2, 0.8)
    why: str | None = None
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True)
class PickUp:
    """Go to where a package floats, stop beside it for `for_s` and take it on board."""

    item: str
    speed_m_s: float
    for_s: float = 20.0
    when: When = field(default_factory=When)


@dataclass(frozen=True, slots=True)
class Enter:
    """Go into a zone (to a place in it, or to its middle) and stay there for `for_s`."""

    zone: str
    speed_m_s: float
    for_s: float = 60.0
    to: Place | None = None
    when: When = field(default_factory=When)


Act = Stay | Go | Meet | Drop | PickUp | Enter
