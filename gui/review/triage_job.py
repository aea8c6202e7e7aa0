"""Triage and report for the Review page; runs in the background, can be stopped between two frames."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detection.case import Case
from gui.review.intake import Intake


@dataclass(frozen=True, slots=True)
class TriageStep:
    """How far triage is, in words and as a fraction."""

    text: str
    fraction: float


class TriageJob:
    """Looks for vessels in dropped footage. What is found is in the case after each frame."""

    def __init__(self, intake: Intake, case_folder: Path) -> None:
        self._intake = intake
        self._folder = case_folder
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stops after the frame in hand."""
        self._stop.set()

    def run(self, report: Callable[[TriageStep], None]) -> Path:
        """Does the work; returns the case's folder.

        Raises:
            QuaywatchError: a file that cannot be used; says which.
        """
        from detection.cli.triage import Options, make_job
        from detection.pipeline import FrameDetected, FrameRead, Joined, triage
        from planner.link.record import read_flight

        intake = self._intake
        options = Options(
            footage=list(intake.footage),
            case=self._folder,
            flight=intake.flight,
            ais=intake.ais,
            zones=list(intake.zones),
            takeoff_height_m=intake.takeoff_height_m,
        )
        job = make_job(options, read_flight)
        with Case.create_or_open(self._folder) as case:
            for event in triage(case, job):
                match event:
                    case FrameRead() | FrameDetected():
                        report(TriageStep(f"Frame {event.number} of {event.total}", event.number / event.total))
                    case Joined():
                        report(TriageStep("Joining sightings into vessels", 1.0))
                    case _:
                        pass
                if self.cancelled and isinstance(event, FrameDetected):
                    break
        return self._folder


def write_report(case: Case, path: Path) -> None:
    """Writes the report page of a case."""
    from detection.report import write_report as write

    write(case, path)
