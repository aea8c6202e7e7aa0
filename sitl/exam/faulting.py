"""Brings a scenario's faults about at their moments, and notes when they really begin and end."""

from collections.abc import Sequence
from typing import Protocol

from sitl.autopilot.core import Truth
from sitl.autopilot.messages import Received
from sitl.exam.points import clock
from sitl.exam.record import Recorder
from sitl.exam.words import decision
from sitl.faults import Fault
from sitl.scenario.values import PlannedFault
from sitl.shots import Shot

LIFTED_M = 0.5


class Faulty(Protocol):
    """A vehicle that faults can be given to."""

    def begin_fault(self, fault: Fault, *, for_s: float | None = None) -> None:
        """Starts a fault."""
        ...


class Director:
    """The exam's witness: records all that happens, and lets the faults begin.

    Calls come on the vehicle's thread. A fault counts as begun and ended when the vehicle's own truth says so.
    """

    def __init__(self, recorder: Recorder, planned: Sequence[PlannedFault]) -> None:
        self._recorder = recorder
        self._planned = tuple(planned)
        self._vehicle: Faulty | None = None
        self._takeoff_s: float | None = None
        self._begun: set[int] = set()
        self._told: frozenset[str] = frozenset()
        self.latest: Truth | None = None
        self.crew = ""
        self.flown = False

    def direct(self, vehicle: Faulty) -> None:
        """Takes over the vehicle's faults."""
        self._vehicle = vehicle

    def on_state(self, truth: Truth) -> None:
        """Records the state, and lets what is due happen."""
        self.latest = truth
        if self._takeoff_s is None and truth.armed and truth.height_m > LIFTED_M:
            self._takeoff_s = truth.simulated_s
            self.flown = True
        self._recorder.on_state(truth)
        self._note_faults(truth)
        if self._vehicle is not None and self._takeoff_s is not None:
            self._begin_what_is_due(self._vehicle, truth.simulated_s - self._takeoff_s)

    def on_heard(self, event: Received, simulated_s: float) -> None:
        """Records what the crew said."""
        self._recorder.on_heard(event, simulated_s)
        command = event.message.number("command") if "command" in event.message.fields else 0
        if (text := decision(event.message.name, command)) is not None:
            self.crew = f"{clock(simulated_s)} {text}"

    def on_note(self, text: str, simulated_s: float) -> bool:
        """Records what the instructor remarks."""
        self._recorder.remark(text, simulated_s)
        return True

    def on_shot(self, shot: Shot, simulated_s: float) -> None:
        """Records a picture."""
        self._recorder.on_shot(shot, simulated_s)

    @property
    def is_over(self) -> bool:
        """Whether the vehicle has flown, and its motors are off again."""
        return self.flown and self.latest is not None and not self.latest.armed

    def _begin_what_is_due(self, vehicle: Faulty, flown_s: float) -> None:
        for number, planned in enumerate(self._planned):
            if number not in self._begun and flown_s >= planned.after_takeoff_s:
                self._begun.add(number)
                vehicle.begin_fault(planned.fault, for_s=planned.for_s)

    def _note_faults(self, truth: Truth) -> None:
        active = frozenset(truth.faults)
        for name in sorted(active - self._told):
            self._recorder.on_fault(name, truth.simulated_s, active=True)
        for name in sorted(self._told - active):
            self._recorder.on_fault(name, truth.simulated_s, active=False)
        self._told = active
