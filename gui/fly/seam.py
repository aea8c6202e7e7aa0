"""What the Fly page's presenter works with: the steps of a flight, the vehicle behind it and the page before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from gui.fly.checks import Check
from planner.geo.points import LatLon
from planner.link.settings import Setting
from planner.link.state import VehicleState
from planner.link.traffic import Traffic
from planner.link.verdict import Verdict
from planner.model.mission import Mission
from planner.model.patterns import OrbitParameters
from planner.model.profiles import DroneProfile
from planner.route.divert import Sky
from planner.route.look_now import Now


class Step(StrEnum):
    """Where the pilot is."""

    CONNECT = "connect"
    CONNECTING = "connecting"
    READY = "ready"
    UPLOADING = "uploading"
    STORED = "stored"
    STARTING = "starting"
    FLYING = "flying"
    LANDED = "landed"


class Order(StrEnum):
    """What the pilot can tell a flying vehicle."""

    PAUSE = "pause"
    RESUME = "resume"
    RETURN = "return"
    LAND = "land"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is: `done` of `total` items, and what is happening."""

    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Landed:
    """How a flight ended: the sentence, the pictures that the vehicle reported, and where log and footage lie."""

    text: str
    captures: int
    tlog: Path | None
    footage: Path | None


@dataclass(frozen=True, slots=True)
class Looking:
    """A vessel to look at, from where the drone is in its mission now."""

    mission: Mission
    drone: DroneProfile
    vessel: OrbitParameters
    now: Now
    sky: Sky


@dataclass(frozen=True, slots=True)
class Looked:
    """What the drone does now, and the mission that it holds for that."""

    text: str
    mission: Mission


@dataclass(frozen=True, slots=True)
class Cleared:
    """How clearing the vehicle ended: "cleared", "not_cleared" or "unknown", and why."""

    word: str
    reason: str


class Deck(Protocol):
    """The vehicle, as this page needs it. Calls may take long: the page runs them in the background."""

    @property
    def is_practice(self) -> bool:
        """Whether it is the embedded practice drone."""
        ...

    @property
    def address(self) -> str:
        """Of the link that is open; empty without one."""
        ...

    def blank(self) -> "Deck":
        """Another one, without a vehicle."""
        ...

    def newcomers(self) -> "Sequence[Deck]":
        """A deck for each vehicle that is heard on the same link and has none yet; quick."""
        ...

    def connect(self, address: str) -> None:
        """Connects, or raises a LinkError with the reason."""
        ...

    def practise(self, mission: Mission | None) -> str:
        """Starts the practice drone at the plan's home and connects; returns its address."""
        ...

    def state(self) -> VehicleState | None:
        """The vehicle as last heard; quick."""
        ...

    def upload(self, mission: Mission, progress: Callable[[Progress], None]) -> Verdict:
        """Uploads, reads back and compares."""
        ...

    @property
    def before(self) -> str | None:
        """What the vehicle held before it was changed last, in words; None: not known, or it still holds it."""
        ...

    def restore(self, progress: Callable[[Progress], None]) -> Verdict:
        """Makes the vehicle hold again what it held before; "stored" says that it does."""
        ...

    def clear(self) -> Cleared:
        """Takes mission, fence and rally points out of the vehicle; `before` then says what was there."""
        ...

    def cancel_upload(self) -> None:
        """Ends a running upload; it then gives the verdict that this leaves."""
        ...

    def fly(self, say: Callable[[str], None]) -> Landed:
        """Flies the stored mission: arms, starts and follows until the vehicle disarms."""
        ...

    def order(self, order: Order) -> None:
        """Tells the flying vehicle; raises a LinkError if it refuses."""
        ...

    def settings(self, mission: Mission) -> tuple[Setting, ...]:
        """Failsafe, fence and battery settings of the vehicle, with what does not fit the plan."""
        ...

    def look(self, looking: Looking) -> Looked:
        """Sends the flying drone round a vessel; what it does now, or raises with the reason."""
        ...

    def close(self) -> None:
        """Lets go of the vehicle and of the practice drone."""
        ...


@dataclass(frozen=True, slots=True)
class Controls:
    """What may be pressed; for each that may not, why (None: it may)."""

    why_not_upload: str | None
    why_not_start: str | None
    why_not_order: str | None
    paused: bool
    why_not_clear: str | None = None
    restore: str = ""
    """What can be put back into the vehicle, in words; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Instruments:
    """Figures of the strip, in words with units; "—" where nothing is known."""

    height: str
    speed: str
    battery: str
    link: str
    distance: str
    progress: str
    pictures: str
    mode: str
    link_is_stale: bool


class FlyView(Protocol):
    """What the page can show."""

    def show_step(self, step: Step, controls: Controls) -> None:
        """The cards that belong to a step."""
        ...

    def show_vehicle(self, name: str) -> None:
        """What is connected; empty for nothing."""
        ...

    def show_plan(self, name: str, mission: Mission | None) -> None:
        """The plan to fly."""
        ...

    def show_checks(self, checks: Sequence[Check]) -> None:
        """The pre-flight list."""
        ...

    def show_progress(self, progress: Progress) -> None:
        """The upload's bar."""
        ...

    def show_verdict(self, word: str, reason: str) -> None:
        """How the upload ended."""
        ...

    def show_instruments(self, instruments: Instruments) -> None:
        """The strip."""
        ...

    def show_drone(self, at: LatLon | None, heading_deg: float | None, flown: Sequence[LatLon]) -> None:
        """The drone and its way on the map."""
        ...

    def show_camera(self, drone: LatLon | None, looks_at: LatLon | None) -> None:
        """Where the camera looks, from the drone; None: not told, and nothing is shown."""
        ...

    def show_traffic(self, traffic: Sequence[Traffic]) -> None:
        """Ships and aircraft that the drone's receivers hear."""
        ...

    def show_alarms(self, alarms: Sequence[str]) -> None:
        """What needs the pilot now, most urgent first."""
        ...

    def show_done(self, text: str) -> None:
        """What just happened, in one sentence."""
        ...

    def show_problem(self, text: str) -> None:
        """What went wrong and what to do."""
        ...

    def show_landed(self, landed: Landed) -> None:
        """The end of a flight, with the way to its footage."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of vehicles: its name, and where it is if it is known."""

    name: str
    at: LatLon | None
    heading_deg: float | None


class FleetView(FlyView, Protocol):
    """The page, for several vehicles: it shows one, and the others on the map."""

    def show_vehicles(self, rows: Sequence[Row], shown: int) -> None:
        """The list of vehicles, and which of them the page shows."""
        ...
