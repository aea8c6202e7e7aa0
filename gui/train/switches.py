"""The instructor's switches: what each fault is asked to do, and what the drone confirms of it. Knows no Qt.

It speaks to the drone as `quaywatch sim fault` and `quaywatch train note` do, so that a drone of another program on
this computer can be instructed as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gui.work import Work
from planner.model.errors import BadInput, QuaywatchError
from sitl.cli.places import address_of
from sitl.control import call
from sitl.faults import SPECS, FaultKind

Ask = Callable[[str, Mapping[str, object]], Mapping[str, object]]
"""Asks a drone at an address for something; its answer. Slow."""
WORDS = {
    FaultKind.WIND: "Wind", FaultKind.GUSTS: "Gusts", FaultKind.GPS_LOSS: "No satellites",
    FaultKind.GPS_DRIFT: "Position drifts", FaultKind.COMPASS: "Compass error", FaultKind.MOTOR: "Weak motor",
    FaultKind.BATTERY_SAG: "Battery sags", FaultKind.LINK_LOSS: "Link lost", FaultKind.LINK_DELAY: "Link late",
    FaultKind.LINK_DUPLICATE: "Messages twice", FaultKind.LINK_DROP: "Messages lost", FaultKind.CAMERA: "Camera fails",
    FaultKind.GIMBAL_STUCK: "Gimbal stuck", FaultKind.AIS_SILENCE: "AIS silent",
}  # fmt: skip


class Lamp(StrEnum):
    """What a lamp says of a fault."""

    OFF = "off"
    BEGUN = "no effect yet"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A fault as the drone itself reports it: its lamp, what is measured, and the value it was given."""

    kind: FaultKind
    lamp: Lamp
    measured: str = ""
    value: float | None = None
    direction_deg: float | None = None


@dataclass(frozen=True, slots=True)
class DroneNow:
    """The state of the trainee's drone in words."""

    mode: str
    motors: str
    height: str
    speed: str
    battery: str
    item: str
    pictures: str
    crew: str


class SwitchView(Protocol):
    """What the instructor's part of the page can show."""

    def show_faults(self, faults: Sequence[Confirmed]) -> None:
        """The lamps."""
        ...

    def show_drone(self, drone: DroneNow | None) -> None:
        """The trainee's drone; None while none answers."""
        ...

    def show_instructor_problem(self, text: str) -> None:
        """What went wrong and what to do; empty: nothing."""
        ...

    def show_noted(self, text: str) -> None:
        """A note was taken."""
        ...


def ask(address: str, request: Mapping[str, object]) -> Mapping[str, object]:
    """Asks the practice drone at an address.

    Raises:
        BadInput: no address, nobody there, no practice drone, or it refuses.
    """
    return call(*address_of(address, "address"), request)


class Switches:
    """Begins and ends faults, takes notes, and shows what the drone says."""

    def __init__(self, view: SwitchView, work: Work, ask_drone: Ask = ask) -> None:
        self._view, self._work, self._ask = view, work, ask_drone
        self.address = ""

    def set_address(self, address: str) -> None:
        """Another drone; empty for none."""
        self.address = address.strip()
        self.look()

    def look(self) -> None:
        """Asks the drone how it is; called once a second while the switches are shown."""
        if self.address:
            self._send({"do": "list"}, key="train/look")
        else:
            self._view.show_faults(tuple(Confirmed(kind, Lamp.OFF) for kind in FaultKind))
            self._view.show_drone(None)

    def switch(
        self, kind: FaultKind, *, on: bool, value: float | None = None, direction_deg: float | None = None
    ) -> None:
        """Begins a fault, or ends it."""
        if not on:
            self._send({"do": "end", "kind": kind.value})
            return
        spec = SPECS[kind]
        request = {"do": "begin", "kind": kind.value, "value": value if spec.unit else None}
        self._send({**request, "direction_deg": direction_deg if spec.directed else None})

    def end_all(self) -> None:
        """Ends every fault."""
        self._send({"do": "end all"})

    def note(self, text: str) -> None:
        """Notes something on the exam's time line."""
        self._send({"do": "note", "text": text}, done=lambda: self._view.show_noted(" ".join(text.split())))

    def _send(self, request: Mapping[str, object], key: str = "", done: Callable[[], None] | None = None) -> None:
        address = self.address
        if not address:
            self._view.show_instructor_problem("No drone: start an exam, or enter the address of a practice drone.")
            return

        def answered(reply: Mapping[str, object]) -> None:
            if address != self.address:
                return
            if not key:
                self._view.show_instructor_problem("")
            self._view.show_faults(confirmed(reply))
            self._view.show_drone(drone_of(reply))
            if done is not None:
                done()

        def failed(error: Exception) -> None:
            if address == self.address:
                text = error.problem if isinstance(error, BadInput) else str(error)
                self._view.show_instructor_problem(text if isinstance(error, QuaywatchError) else f"{error}")
                if key:
                    self._view.show_drone(None)

        if key:
            self._work.latest(key, lambda: self._ask(address, request), answered, failed)
        else:
            self._work.run(lambda: self._ask(address, request), answered, failed)


def confirmed(reply: Mapping[str, object]) -> tuple[Confirmed, ...]:
    """Every fault, with what a drone's answer confirms of it."""
    rows = reply.get("faults")
    active = {str(row["kind"]): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    found = []
    for kind in FaultKind:
        row = active.get(kind.value)
        if row is None:
            found.append(Confirmed(kind, Lamp.OFF))
            continue
        measured = f"{_number(row, 'measured'):g} {row.get('measured_words', '')}"
        lamp = Lamp.ACTIVE if row.get("active") is True else Lamp.BEGUN
        found.append(Confirmed(kind, lamp, measured, _number(row, "value"), _number(row, "direction_deg")))
    return tuple(found)


def drone_of(reply: Mapping[str, object]) -> DroneNow | None:
    """The drone in words; None where the answer does not tell."""
    drone = reply.get("drone")
    if not isinstance(drone, dict):
        return None
    return DroneNow(
        mode=str(drone.get("mode", "")),
        motors="on" if drone.get("armed") is True else "off",
        height=f"{round(_number(drone, 'height_m')) + 0} m",
        speed=f"{_number(drone, 'speed_m_s'):.1f} m/s",
        battery=f"{100 * _number(drone, 'battery_share'):.0f} %",
        item=f"{int(_number(drone, 'item'))}",
        pictures=f"{int(_number(drone, 'pictures')):,}",
        crew=str(drone.get("crew") or "nothing yet"),
    )


def _number(row: Mapping[str, object], key: str) -> float:
    value = row.get(key)
    return float(value) if isinstance(value, int | float) else 0.0
