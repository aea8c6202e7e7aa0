"""One open link of the Fly page: the station, its log's folder, and the practice drone behind it if it is that.

The decks of all vehicles on the link hold it; it closes when the last of them lets go.
"""

import contextlib
import shutil
from pathlib import Path

from gui.fly.practice import PracticeDrone
from planner.link.errors import LinkError
from planner.link.memory import Memory
from planner.link.station import Station
from planner.link.tlog import excerpt

LINK_LOG = "link.tlog"
"""Everything heard and said since connecting."""


class SharedLink:
    """A station and what belongs to its connection."""

    def __init__(self, station: Station, folder: Path, drone: PracticeDrone | None = None) -> None:
        self.station = station
        self.drone = drone
        self._folder = folder
        self._taken: set[int] = set()
        self._held = 0
        self._flown = 0

    @classmethod
    def open(
        cls, address: str, folder: Path, drone: PracticeDrone | None = None, *, memory: Memory | None = None
    ) -> "SharedLink":
        """Connects; the log of both directions begins at once. `memory`: what was stored in the vehicles earlier."""
        return cls(Station.connect(address, tlog=folder / LINK_LOG, memory=memory), folder, drone)

    def take(self, system: int) -> None:
        """A deck begins to hold it, for a vehicle."""
        self._taken.add(system)
        self._held += 1

    def newcomers(self) -> tuple[int, ...]:
        """The system ids of vehicles that are heard and for which there is no deck yet."""
        return tuple(one.system for one in self.station.vehicles() if one.system not in self._taken)

    def let_go(self) -> None:
        """A deck holds it no longer."""
        self._held -= 1
        if self._held > 0:
            return
        self.station.close()
        if self.drone is not None:
            self.drone.stop()
        if not any(self._folder.iterdir()):
            with contextlib.suppress(OSError):
                self._folder.rmdir()

    def finished_log(self, system: int) -> Path:
        """The log so far as a file of its own: the link is still being recorded, and evidence must not change.

        Where the link carries several vehicles, what the others said is left out.

        Raises:
            LinkError: it cannot be written.
        """
        self._flown += 1
        log = self._folder / ("flight.tlog" if self._flown == 1 else f"flight-{self._flown}.tlog")
        others = {one.system for one in self.station.vehicles()} - {system}
        try:
            if others:
                excerpt(self._folder / LINK_LOG, log, without=frozenset(others))
            else:
                shutil.copyfile(self._folder / LINK_LOG, log)
        except OSError as error:
            raise LinkError(f"Landed, but {log}: cannot be written ({error.strerror})") from error
        return log

    def write_scene(self, folder: Path) -> Path | None:
        """After a practice flight: the footage, with the scene beside it; None for other vehicles."""
        if self.drone is None:
            return None
        while self.drone.pictures_waiting:
            self.drone.wait_for_a_picture(timeout_s=1.0)
        footage = self.drone.footage
        self.drone.write_scene(footage.parent / folder)
        return footage
