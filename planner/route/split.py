"""Missions for several drones and several batteries: cut into sorties that together fly each camera leg exactly once.

A sortie takes off, brings about what was on where it begins (speed, gimbal, camera), flies its part, switches the
camera off and returns to launch. Cuts lie at waypoints, or inside long legs. Sorties are as even in energy as the cuts
allow; each drone flies neighbouring ones, on its own height to and from them, and starts when it stays clear of the
others.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Command, Mission, MissionItem, item
from planner.model.planned import Leg, LegKind
from planner.model.profiles import DroneProfile
from planner.route.intercept import STILL
from planner.route.shapes import Point
from planner.route.split_cost import Cost, Piece
from planner.route.split_read import Route, Stop, route_of
from planner.route.split_time import Clearance, Track, starts_of

LEAST_CUT_M = 20.0
"""Legs are not cut shorter than this."""
CUTS = 8
"""A leg longer than this part of a sortie's share may be cut."""
MOST_SORTIES = 500
USUAL_CEILING_M = 120.0
LOWEST_TRANSIT_M = 20.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a mission is split: drones, time to swap a battery, separation, wind (where the air goes, m/s)."""

    drones: int = 1
    swap_s: float = 300.0
    clear: Clearance = field(default_factory=Clearance)
    wind: Point = STILL

    def __post_init__(self) -> None:
        if not 1 <= self.drones <= 50:
            raise ValueError(f"drones must lie in 1..50, got {self.drones}")
        if not 0 <= self.swap_s <= 86_400:
            raise ValueError(f"a battery swap must last 0..86400 s, got {self.swap_s}")


@dataclass(frozen=True, slots=True)
class Sortie:
    """One flight of one drone: numbers from 1, seconds from the first take-off of all."""

    drone: int
    number: int
    mission: Mission
    legs: tuple[Leg, ...]
    track: Track
    starts_s: float
    energy_wh: float
    transit_m: float

    @property
    def lasts_s(self) -> float:
        """From take-off to landing."""
        return self.track.lasts_s


@dataclass(frozen=True, slots=True)
class Split:
    """All sorties, by drone and in order, with notes for the pilot."""

    sorties: tuple[Sortie, ...]
    notes: tuple[str, ...]


def split(mission: Mission, drone: DroneProfile, wanted: Wanted, *, name: str = "mission") -> Split:
    """The sorties that fly `mission` with batteries of `drone`.

    Raises:
        BadInput: something that cannot be cut, or a place too far for one battery; says which.
    """
    route = route_of(mission, name)
    heights, notes = _transit_heights(route, wanted)
    cost = Cost(route.home, drone, wind=wanted.wind, speed_m_s=mission.cruise_speed_m_s, heights_m=heights, name=name)
    pieces = _cut_long(_pieces(route), cost, wanted.drones)
    cuts = _even_cuts(pieces, cost, wanted.drones)
    each = math.ceil(len(cuts) / wanted.drones)
    flown = []
    for index, (first, last) in enumerate(cuts):
        who, number = index // each, index % each
        flown.append(_sortie(route, pieces[first:last], cost, mission, (who, number, heights[who])))
    starts, clear = starts_of([sortie.track for sortie in flown], wanted.clear, swap_s=wanted.swap_s)
    if not clear:
        notes += ("the drones come nearer to each other than asked, whenever they start: fly them one after another",)
    used = len({sortie.drone for sortie in flown})
    if used < wanted.drones:
        notes += (f"{used} of {wanted.drones} drones are enough: the mission has no more parts",)
    if route.ending.command != Command.NAV_RETURN_TO_LAUNCH:
        notes += ("the last sortie lands as the mission does, all others return to launch",)
    return Split(tuple(replace(s, starts_s=start) for s, start in zip(flown, starts, strict=True)), notes)


def _pieces(route: Route) -> list[Piece]:
    on = [stop.after.camera_on for stop in route.stops[:-1]]
    return [
        Piece(a, b, a.after, counts=camera or not any(on), opens=number == 0)
        for number, ((a, b), camera) in enumerate(zip(itertools.pairwise(route.stops), on, strict=True))
    ]


def _transit_heights(route: Route, wanted: Wanted) -> tuple[list[float], tuple[str, ...]]:
    """The height to and from the work for each drone: the work's own, and steps above it, or below it near 120 m."""
    base = max(stop.height_m for stop in route.stops)
    step, others = wanted.clear.height_step_m, wanted.drones - 1
    up, down = base + others * step, base - others * step
    if up > USUAL_CEILING_M >= base and down >= LOWEST_TRANSIT_M:
        return [base - n * step for n in range(wanted.drones)], ()
    high = f"drone {wanted.drones} flies to and from its part at {up:.0f} m, above {USUAL_CEILING_M:.0f} m"
    return [base + n * step for n in range(wanted.drones)], (high,) if others and up > USUAL_CEILING_M else ()


def _cut_long(pieces: list[Piece], cost: Cost, drones: int) -> list[Piece]:
    """Long legs in parts, so that each fits a battery with its way there and back, and loads can be even."""
    whole = sum(cost.piece_j(piece) for piece in pieces if piece.must)
    share = max(whole, 1.0) / max(drones, math.ceil(whole / cost.usable_j)) / CUTS
    done: list[Piece] = []
    for piece in pieces:
        length = math.dist(cost.point(piece.start.at), cost.point(piece.end.at))
        count = min(math.ceil(cost.piece_s(piece) * cost.power_w / share), math.floor(length / LEAST_CUT_M))
        parts = _parts(piece, max(count, 1) if piece.counts else 1, cost)
        for part in parts:
            if part.must and cost.sortie_j([part]) > cost.usable_j:
                raise _too_far(part, cost)
        done += parts
    return done


def _too_far(piece: Piece, cost: Cost) -> BadInput:
    far = max(math.hypot(*cost.point(stop.at)) for stop in (piece.start, piece.end))
    return BadInput(
        cost.name,
        f"{cost.drone.name} cannot fly to a place {far / 1000:.1f} km from the launch place, work there and come back "
        "on one battery; launch nearer to it",
    )


def _parts(piece: Piece, count: int, cost: Cost) -> list[Piece]:
    """A leg in equal parts; the stops between are plain waypoints on the straight line."""
    if count <= 1:
        return [piece]
    a, b = cost.point(piece.start.at), cost.point(piece.end.at)
    shares = [n / count for n in range(1, count)]
    places = cost.frame.to_places([(a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s) for s in shares])
    stops = [piece.start, *(between(piece, *cut) for cut in zip(places, shares, strict=True)), piece.end]
    return [
        replace(piece, start=c, end=d, ends_leg=n == count - 1, opens=piece.opens and n == 0)
        for n, (c, d) in enumerate(itertools.pairwise(stops))
    ]


def between(piece: Piece, place: LatLon, share: float) -> Stop:
    """A stop on a leg, in the frame of its end, with what is on along the leg."""
    lat, lon = round(place.lat_deg, 7), round(place.lon_deg, 7)
    made = piece.end.made
    height = piece.start.height_m + (piece.end.height_m - piece.start.height_m) * share
    written = round((made.height_m or 0.0) + height - piece.end.height_m, 3)
    params = (0.0, 0.0, 0.0, made.params[3], lat, lon, written)
    return Stop(MissionItem(Command.NAV_WAYPOINT, made.frame, params), LatLon(lat, lon), height, (), piece.state)


def _even_cuts(pieces: list[Piece], cost: Cost, drones: int) -> list[tuple[int, int]]:
    """Where sorties begin and end: as many as the batteries ask for, the same number for each drone, evenly loaded."""
    tables = _Tables(pieces, cost)
    best = tables.cuts(cost.usable_j)
    if len(best) > MOST_SORTIES:
        raise BadInput(cost.name, f"takes {len(best)} batteries of {cost.drone.name}; use a drone that flies longer")
    asked = math.ceil(len(best) / drones) * drones
    least, most = tables.least_j, cost.usable_j
    for _ in range(30):
        middle = (least + most) / 2
        found = tables.cuts(middle)
        if len(found) <= asked:
            best, most = found, middle
        else:
            least = middle
    return best


class _Tables:
    """Energies of all pieces as running sums, so that cuts are tried in one pass."""

    def __init__(self, pieces: list[Piece], cost: Cost) -> None:
        self.must = [piece.must for piece in pieces]
        self.sums = np.concatenate([[0.0], np.cumsum([cost.piece_j(piece) for piece in pieces])])
        self.there = [cost.there_j(piece) for piece in pieces]
        self.back = [cost.back_j(piece) for piece in pieces]
        self.least_j = max((self.energy_j(n, n + 1) for n, must in enumerate(self.must) if must), default=0.0)

    def energy_j(self, first: int, last: int) -> float:
        """Of a sortie that flies the pieces from `first` up to but not with `last`."""
        return float(self.there[first] + self.sums[last] - self.sums[first] + self.back[last - 1])

    def cuts(self, most_j: float) -> list[tuple[int, int]]:
        """Each sortie as long as `most_j` allows; pieces that need not be flown are left out at its ends."""
        found = []
        first, count = 0, len(self.must)
        while (first := next((n for n in range(first, count) if self.must[n]), count)) < count:
            kept = first + 1
            for last in range(first + 2, count + 1):
                if self.there[first] + self.sums[last] - self.sums[first] > most_j:
                    break
                if self.must[last - 1] and self.energy_j(first, last) <= most_j:
                    kept = last
            found.append((first, kept))
            first = kept
        return found


def _sortie(route: Route, pieces: Sequence[Piece], cost: Cost, mission: Mission, own: tuple[int, int, float]) -> Sortie:
    """One sortie as a mission of its own."""
    drone, number, transit = own
    track = Track(drone + 1, number + 1, cost.rows(pieces, transit))
    flown = replace(mission, items=tuple(_items(route, pieces, transit)))
    energy = round(cost.sortie_j(pieces) / 3600, 2)
    return Sortie(drone + 1, number + 1, flown, _legs(route, pieces), track, 0.0, energy, round(transit, 2))


def _items(route: Route, pieces: Sequence[Piece], transit_m: float) -> list[MissionItem]:
    first, last = pieces[0], pieces[-1]
    yaw = first.start.made.params[3]
    items = [
        replace(route.takeoff, params=(*route.takeoff.params[:6], round(transit_m, 2))),
        *first.state.restored(camera=False),
    ]
    if abs(transit_m - first.start.height_m) > 0.5:
        items.append(item(Command.NAV_WAYPOINT, at=first.start.at, height_m=round(transit_m, 2), p4=yaw))
    items += [first.start.made, *first.start.once()] if first.opens else [bare(first.start)]
    items += first.state.restored(camera=True)
    for piece in pieces[:-1]:
        if piece.ends_leg:
            items += [piece.end.made, *piece.end.deeds]
    items += [last.end.made, *last.end.once(), *last.state.switched_off()]
    if abs(transit_m - last.end.height_m) > 0.5:
        items.append(item(Command.NAV_WAYPOINT, at=last.end.at, height_m=round(transit_m, 2), p4=yaw))
    if last.end is route.stops[-1]:
        return [*items, route.ending]
    return [*items, item(Command.NAV_RETURN_TO_LAUNCH)]


def bare(stop: Stop) -> MissionItem:
    """The stop as a plain waypoint: what is done there was done by the sortie before."""
    _, _, _, yaw, lat, lon, height = stop.made.params
    return MissionItem(Command.NAV_WAYPOINT, stop.made.frame, (0.0, 0.0, 0.0, yaw, lat, lon, height))


def _legs(route: Route, pieces: Sequence[Piece]) -> tuple[Leg, ...]:
    """The legs of a sortie, parts of one leg made one again."""
    legs = [Leg(route.home, pieces[0].start.at, camera=False, kind=LegKind.TRANSIT)]
    start = pieces[0].start.at
    for number, piece in enumerate(pieces):
        if piece.ends_leg or number == len(pieces) - 1:
            on = piece.state.camera_on
            legs.append(Leg(start, piece.end.at, camera=on, kind=LegKind.LINE if on else LegKind.LINK))
            start = piece.end.at
    return (*legs, Leg(pieces[-1].end.at, route.home, camera=False, kind=LegKind.TRANSIT))
