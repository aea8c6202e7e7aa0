"""The rest of a mission that was broken off, from the exact point where that happened. Pure.

Jumps are unrolled, so that rounds that were flown are not flown again. What lasted (speed, gimbal, aim, camera) is
brought about anew; what was done at the stops before is not done twice.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Mission, MissionItem
from planner.model.words import counted
from planner.route.split import bare, between
from planner.route.split_cost import Piece
from planner.route.split_read import Route, Stop, route_of

NEAR_M = 1.0
"""Nearer to a waypoint than this, the leg counts as not begun."""
FAR_M = 200.0
"""Farther from the leg than this, the drone was not on its mission."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The mission to send: take-off, then the rest. `reached`: the item of the old one (from 1) reached last;
    `share` of the leg behind it that is flown already; `at`: where the rest begins.
    """  # noqa: D205

    mission: Mission
    reached: int
    share: float
    at: LatLon
    off_m: float
    """How far from the leg the drone was when it was broken off."""


def resumed(mission: Mission, reached: Sequence[int], at: LatLon | None, *, name: str) -> Resumed:
    """What is left after the items `reached` (from 1, in the order in which the vehicle told them) and being at `at`.

    Raises:
        BadInput: nothing is left, nothing was reached yet, or the mission cannot be cut; says which.
    """
    own = replace(mission, items=tuple(replace(one) for one in mission.items))  # each item is an object of its own
    number = {id(one): n for n, one in enumerate(own.items, start=1)}
    route = route_of(own, name)
    stops = [number[id(stop.made)] for stop in route.stops]
    last = _last(stops, reached)
    if last is None:
        raise BadInput(name, "was broken off before its first waypoint; fly it from the start")
    if last == len(stops) - 1:
        raise BadInput(name, "was flown to its last waypoint; nothing is left to resume")
    leg = Piece(route.stops[last], route.stops[last + 1], route.stops[last].after, counts=True)
    place, share, off = _on(leg, at)
    if off > FAR_M:
        raise BadInput(name, f"was left {off:.0f} m beside the leg behind item {stops[last]}; is this its flight log?")
    start = leg.start if share == 0 else between(leg, place, share)
    items = _items(route, last, start)
    return Resumed(replace(mission, items=tuple(items)), stops[last], round(share, 4), start.at, round(off, 1))


def _last(stops: Sequence[int], reached: Sequence[int]) -> int | None:
    """The stop that was reached last, with rounds of jumps told apart by the order of what was reached."""
    at: int | None = None
    for told in reached:
        later = (n for n in range(0 if at is None else at + 1, len(stops)) if stops[n] == told)
        at = next(later, at)
    return at


def _on(leg: Piece, at: LatLon | None) -> tuple[LatLon, float, float]:
    """The point of the leg that is nearest to `at`, its share of the leg, and how far `at` is from it."""
    if at is None:
        return leg.start.at, 0.0, 0.0
    frame = LocalFrame(leg.start.at)
    (bx, by), (x, y) = ((float(e), float(n)) for e, n in frame.to_metres([leg.end.at, at]))
    length = math.hypot(bx, by)
    share = 0.0 if length == 0 else min(1.0, max(0.0, (x * bx + y * by) / length**2))
    if share * length < NEAR_M:
        share = 0.0
    return frame.to_place(bx * share, by * share), share, math.hypot(x - bx * share, y - by * share)


def _items(route: Route, last: int, start: Stop) -> list[MissionItem]:
    state = route.stops[last].after
    rise = max(route.takeoff.params[6] or 0.0, round(start.height_m, 2))
    takeoff = replace(route.takeoff, params=(*route.takeoff.params[:6], rise))
    items = [takeoff, *state.restored(camera=False), bare(start), *state.restored(camera=True)]
    for stop in route.stops[last + 1 :]:
        items += [stop.made, *stop.deeds]
    return [*items, route.ending]


def words(done: Resumed) -> str:
    """What is flown, in one sentence."""
    way = "at it" if done.share == 0 else f"{done.share:.0%} along the leg behind it"
    return f"Item {done.reached} was reached; the mission goes on {way}, with {counted(len(done.mission), 'item')}."
