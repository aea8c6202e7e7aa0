"""Ground heights: the vehicle asks for them, and is asked what it knows. Machines without I/O.

https://mavlink.io/en/services/terrain.html. A block is 8 by 7 squares (eastward first) of four by four heights. Of the
ground this program knows one thing: where its user has said that there is sea, the height is 0 m. A square that is not
all sea is left to others to answer: a wrong height is worse than none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from planner.geo.points import LatLon, LocalFrame
from planner.link.commands import Command
from planner.link.messages import Received
from planner.link.services import TerrainCheck, TerrainData, TerrainReport, TerrainRequest
from planner.link.state import VehicleState

SET_MESSAGE_INTERVAL, TERRAIN_REQUEST = 511, 133
MOST_AT_ONCE = 14
"""Squares answered to one question: what is missing is asked for again."""
SQUARE = 4
WIDE, HIGH = 8, 7
ASK_AGAIN_S, AT_MOST_S = 1.0, 12.0
AT_ONCE = 10

Out: TypeAlias = tuple[Any, ...]
IsSea: TypeAlias = Callable[[LatLon, LatLon], bool]
"""Whether all is sea between a south-west and a north-east corner."""


@dataclass(frozen=True, slots=True)
class SeaJob:
    """Answers TERRAIN_REQUEST for as long as the link."""

    is_sea: IsSea
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["SeaJob", Out]:
        """Asks to be asked: without this an ArduPilot does not send its questions here."""
        _, out = Command(state.address, SET_MESSAGE_INTERVAL, (float(TERRAIN_REQUEST), 1e6)).begin(now_s)
        return self, out

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["SeaJob", Out]:  # noqa: ARG002
        """Heights of 0 m for the squares that are asked for and are all sea."""
        message = received.message
        if not isinstance(message, TerrainRequest) or received.source.system != state.address.system:
            return self, ()
        wanted = [bit for bit in range(WIDE * HIGH) if message.mask >> bit & 1]
        sea = [bit for bit in wanted if self._is_sea(message, bit)]
        corner = (message.lat, message.lon, message.grid_spacing)
        return self, tuple(TerrainData(*corner, bit, (0,) * SQUARE**2) for bit in sea[:MOST_AT_ONCE])

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["SeaJob", Out]:  # noqa: ARG002 - one shape for all
        """Waits to be asked."""
        return self, ()

    def cancel(self, state: VehicleState, now_s: float) -> tuple["SeaJob", Out]:  # noqa: ARG002 - one shape for all
        """Answers no more."""
        return replace(self, done=True), ()

    def _is_sea(self, asked: TerrainRequest, bit: int) -> bool:
        side_m = float(asked.grid_spacing * SQUARE)
        north, east = divmod(bit, WIDE)
        try:
            frame = LocalFrame(LatLon(asked.lat / 1e7, asked.lon / 1e7))
            south_west = frame.to_place(east * side_m, north * side_m)
            return self.is_sea(south_west, frame.to_place((east + 1) * side_m, (north + 1) * side_m))
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class TerrainChecked:
    """The places of which the vehicle does not know the ground; `answered`: whether it said anything at all."""

    unknown: tuple[LatLon, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class TerrainCheckJob:
    """Asks what the vehicle knows of places, and again while it may still be fetching; tells one TerrainChecked."""

    places: tuple[LatLon, ...]
    known: frozenset[LatLon] = field(default_factory=frozenset)
    answered: bool = False
    begun_s: float = 0.0
    deadline_s: float = 0.0
    done: bool = False

    def begin(self, state: VehicleState, now_s: float) -> tuple["TerrainCheckJob", Out]:
        """Asks for the first ones."""
        return replace(self, begun_s=now_s).on_tick(state, now_s)

    def on_received(self, received: Received, state: VehicleState, now_s: float) -> tuple["TerrainCheckJob", Out]:
        """Takes a report."""
        message = received.message
        if self.done or not isinstance(message, TerrainReport) or received.source != state.address:
            return self, ()
        meant = {at for at in self.places if (round(at.lat_deg * 1e7), round(at.lon_deg * 1e7)) == _place(message)}
        if not meant:
            return self, ()
        after = replace(self, answered=True, known=self.known | meant if message.spacing else self.known)
        return after.on_tick(state, now_s) if not after._left() else (after, ())  # noqa: SLF001 - its own successor

    def on_tick(self, state: VehicleState, now_s: float) -> tuple["TerrainCheckJob", Out]:  # noqa: ARG002 - one shape
        """Asks again, or tells."""
        left = self._left()
        if self.done or (left and now_s < self.deadline_s):
            return self, ()
        silent = not self.answered and now_s - self.begun_s > AT_MOST_S / 3
        if not left or silent or now_s - self.begun_s > AT_MOST_S:
            return replace(self, done=True), (TerrainChecked(left, self.answered),)
        out = tuple(TerrainCheck(round(at.lat_deg * 1e7), round(at.lon_deg * 1e7)) for at in left[:AT_ONCE])
        return replace(self, deadline_s=now_s + ASK_AGAIN_S), out

    def cancel(self, state: VehicleState, now_s: float) -> tuple["TerrainCheckJob", Out]:  # noqa: ARG002 - one shape
        """Tells what there is."""
        return replace(self, done=True), (TerrainChecked(self._left(), self.answered),)

    def _left(self) -> tuple[LatLon, ...]:
        return tuple(at for at in dict.fromkeys(self.places) if at not in self.known)


def _place(report: TerrainReport) -> tuple[int, int]:
    return report.lat, report.lon
