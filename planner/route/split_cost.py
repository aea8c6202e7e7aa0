"""Seconds and joules of the pieces of a split mission, counted as in a plan's figures, with wind."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.profiles import DroneProfile
from planner.route.intercept import ground_speed_m_s
from planner.route.shapes import Point
from planner.route.split_read import State, Stop

TURN_S = 3.0
CLIMB_POWER = 1.2
"""Power while climbing, over that of hovering."""

Row = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """A leg or a part of one, with what is on along it.

    `counts`: it must be flown, since the camera is on (or is on nowhere in the mission).
    """

    start: Stop
    end: Stop
    state: State
    counts: bool
    ends_leg: bool = True
    opens: bool = False
    """Whether the mission begins here, so that what is done at its start is done too."""

    @property
    def must(self) -> bool:
        """Whether it has to be flown for itself, or for what is done at its end."""
        return self.counts or self.end.is_busy or (self.opens and self.start.is_busy)


class Cost:
    """What flying takes for one drone, from one launch place, with heights to and from the work."""

    def __init__(
        self, home: LatLon, drone: DroneProfile, *, wind: Point, speed_m_s: float | None, heights_m: Sequence[float],
        name: str,
    ) -> None:  # fmt: skip
        self.drone, self.wind, self.name, self.home = drone, wind, name, home
        self.heights_m = tuple(heights_m)
        self.frame = LocalFrame(home)
        self.power_w = max(drone.cruise_power_w, drone.hover_power_w)
        self.speed_m_s = speed_m_s or drone.cruise_speed_m_s
        self._known: dict[LatLon, Point] = {}

    @property
    def usable_j(self) -> float:
        """The energy of one battery above the reserve."""
        return self.drone.battery_wh * (1 - self.drone.reserve_fraction) * 3600

    def point(self, place: LatLon) -> Point:
        """A place in metres from the launch place."""
        if place not in self._known:
            east, north = self.frame.to_metres([place])[0]
            self._known[place] = float(east), float(north)
        return self._known[place]

    def seconds(self, a: LatLon, b: LatLon, state: State, climb_m: float = 0.0) -> float:
        """From place to place at the speed over ground that is set, slower where the wind is too strong for it."""
        start, end = self.point(a), self.point(b)
        asked = min(state.speed_m_s or self.speed_m_s, self.drone.max_speed_m_s)
        made = ground_speed_m_s((end[0] - start[0], end[1] - start[1]), self.drone.max_speed_m_s, self.wind)
        if made is None:
            raise BadInput(
                self.name, f"cannot be flown in this wind: {self.drone.name} makes {self.drone.max_speed_m_s:g} m/s"
            )
        rate = self.drone.climb_m_s if climb_m > 0 else self.drone.descent_m_s
        return max(math.dist(start, end) / min(made, asked), abs(climb_m) / rate)

    def piece_s(self, piece: Piece) -> float:
        """Flying a piece, with the turn at its end."""
        climb = piece.end.height_m - piece.start.height_m
        flown = self.seconds(piece.start.at, piece.end.at, piece.state, climb)
        return flown + (TURN_S if piece.ends_leg else 0.0)

    def piece_j(self, piece: Piece) -> float:
        """Flying a piece and what is done at its end."""
        return self.piece_s(piece) * self.power_w + piece.end.hold_s * self.drone.hover_power_w

    def there_j(self, piece: Piece) -> float:
        """Take-off and the way to where a piece begins, at the dearest of the heights."""
        hover = self.drone.hover_power_w
        flown = (self.seconds(self.home, piece.start.at, piece.state) + TURN_S) * self.power_w
        climb = max(h + abs(h - piece.start.height_m) for h in self.heights_m) / self.drone.climb_m_s
        return flown + climb * CLIMB_POWER * hover + (piece.start.hold_s * hover if piece.opens else 0.0)

    def back_j(self, piece: Piece) -> float:
        """The way home from where a piece ends, and landing, at the dearest of the heights."""
        hover = self.drone.hover_power_w
        flown = (self.seconds(piece.end.at, self.home, piece.state) + TURN_S) * self.power_w
        level = max(abs(h - piece.end.height_m) for h in self.heights_m) / self.drone.climb_m_s
        return flown + level * CLIMB_POWER * hover + max(self.heights_m) / self.drone.descent_m_s * hover

    def sortie_j(self, pieces: Sequence[Piece]) -> float:
        """A whole sortie."""
        return self.there_j(pieces[0]) + sum(map(self.piece_j, pieces)) + self.back_j(pieces[-1])

    def rows(self, pieces: Sequence[Piece], transit_m: float) -> tuple[Row, ...]:
        """When a sortie is where: rows (second, east, north, height)."""
        first, last = pieces[0], pieces[-1]
        rows: list[Row] = [(0.0, 0.0, 0.0, 0.0)]

        def go(seconds: float, place: LatLon, height_m: float) -> None:
            rows.append((rows[-1][0] + seconds, *self.point(place), height_m))

        climb = self.drone.climb_m_s
        go(transit_m / climb, self.home, transit_m)
        go(self.seconds(self.home, first.start.at, first.state) + TURN_S, first.start.at, transit_m)
        go(abs(transit_m - first.start.height_m) / climb, first.start.at, first.start.height_m)
        go(first.start.hold_s if first.opens else 0.0, first.start.at, first.start.height_m)
        for piece in pieces:
            go(self.piece_s(piece), piece.end.at, piece.end.height_m)
            go(piece.end.hold_s, piece.end.at, piece.end.height_m)
        go(abs(transit_m - last.end.height_m) / climb, last.end.at, transit_m)
        go(self.seconds(last.end.at, self.home, last.state) + TURN_S, self.home, transit_m)
        go(transit_m / self.drone.descent_m_s, self.home, 0.0)
        return tuple(rows)
