"""Whoever looks on while the practice vehicle runs: an exam's recorder, an instructor's view."""

from typing import Protocol, runtime_checkable

from sitl.autopilot.core import Truth
from sitl.autopilot.messages import Received
from sitl.shots import Shot


class Witness(Protocol):
    """Is told what happens, on the vehicle's thread: every call must return at once and never raise."""

    def on_state(self, truth: Truth) -> None:
        """The vehicle's true state, twice a second of simulated time."""
        ...

    def on_heard(self, event: Received, simulated_s: float) -> None:
        """A message from a client."""
        ...

    def on_shot(self, shot: Shot, simulated_s: float) -> None:
        """A picture was taken."""
        ...


@runtime_checkable
class Notebook(Protocol):
    """A witness that keeps an instructor's notes, and knows what the crew did last."""

    crew: str
    """What the crew asked of the vehicle last, in words, with its moment; empty: nothing yet."""

    def on_note(self, text: str, simulated_s: float) -> bool:
        """A note on this moment; False if it cannot be kept."""
        ...
