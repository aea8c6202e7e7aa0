"""A look at a vessel in the middle of a mission: away from where the drone is, round the vessel, and on with the rest.

The mission up to and with the item that was reached stays as it is, so item numbers hold. Behind it come the way round
the vessel and the best way on: of all points of the remaining legs, the one that costs least in flying and in camera
legs left out, of those that the battery allows.
"""

import math
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Mission, MissionItem, item
from planner.model.patterns import OrbitParameters
from planner.model.profiles import DroneProfile
from planner.route.intercept import NotReached, velocity, wind_to
from planner.route.orbit import Look, Vessel, look_items, look_round, must_stay, ring_speed_m_s, trigger_m
from planner.route.split import bare, between
from planner.route.split_cost import Cost, Piece
from planner.route.split_read import STOPS, Route, State, Stop, route_of

MISSED = 3.0
"""A second of camera leg left out counts as this many seconds of flying."""
SHARES = (0.0, 0.25, 0.5, 0.75)
"""Where on a leg the drone may come back."""
LEAST_PICTURE_S = 1.0


@dataclass(frozen=True, slots=True)
class Diverted:
    """The mission with the look in it. `missed_m` of camera legs are left out; `rejoins_item` of the new mission."""

    mission: Mission
    looks_from_item: int
    rejoins_item: int | None
    """None: the drone returns to launch after the look."""
    missed_m: float
    adds_s: float
    meets_after_s: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Back:
    """A way on: at `share` of the leg that begins at stop `leg`; None for straight home."""

    leg: int | None
    share: float
    seconds: float
    missed_s: float
    missed_m: float
    joules: float


def divert(
    mission: Mission, drone: DroneProfile, given: OrbitParameters, *, after: int, stand_off_m: float, name: str
) -> Diverted:
    """The mission with a look at the vessel, which is at `given.at` when the drone is at item `after` (from 1).

    Raises:
        BadInput: no such waypoint, or a mission that cannot be taken up again (jumps, curves).
        NotReached: the vessel is too fast, too far, or beyond the fence; says why.
    """
    if given.at is None:
        raise BadInput(name, "say where the vessel is: --at LAT,LON")
    route = route_of(mission, name)
    now, split_at = _where(mission, route, after, name)
    here = route.stops[now]
    cost = Cost(
        route.home, drone, wind=wind_to(given.wind.speed_m_s, given.wind.direction_deg),
        speed_m_s=mission.cruise_speed_m_s, heights_m=[here.height_m], name=name,
    )  # fmt: skip
    look = _look(cost, here, given, stand_off_m)
    _must_be_free(mission, cost, look, here)
    pieces = [
        Piece(a, b, a.after, counts=a.after.camera_on, opens=n == 0)
        for n, (a, b) in enumerate(zip(route.stops, route.stops[1:], strict=False))
    ]
    back = _best(cost, look, pieces, now, here)
    items = [*mission.items[:split_at], *_look_items(cost, look, here, given)]
    looks_from = split_at + 1
    rejoins = None
    if back.leg is None:
        items.append(item(Command.NAV_RETURN_TO_LAUNCH))
    else:
        on = _resumed(cost, pieces[back.leg], back, now)
        rejoins = len(items) + 1 + next(n for n, made in enumerate(on) if made.command in STOPS)
        items += [*on, *_rest(mission, route, back.leg)]
    notes = () if back.leg is not None else ("the battery does not last to go on after the look: the drone returns",)
    plain = _onward_s(cost, pieces, now)
    return Diverted(
        replace(mission, items=tuple(items)),
        looks_from,
        rejoins,
        round(back.missed_m, 1),
        round(look.at_s[-1] + back.seconds - plain, 1),
        round(look.at_s[0], 1),
        notes,
    )


def _where(mission: Mission, route: Route, after: int, name: str) -> tuple[int, int]:
    """The stop of item `after`, and how many items come before what the mission does next."""
    if any(made.command == Command.DO_JUMP for made in mission):
        raise BadInput(name, "has jumps, so that its items do not tell where the drone is; split it first")
    if not 1 <= after <= len(mission.items) or mission.items[after - 1].command not in STOPS:
        raise BadInput(name, f"item {after} is no waypoint; name the waypoint that the drone has reached (--after)")
    now = sum(made.command in STOPS for made in mission.items[:after]) - 1
    return now, after + len(route.stops[now].deeds)


def _look(cost: Cost, here: Stop, given: OrbitParameters, stand_off_m: float) -> Look:
    if given.at is None:
        raise BadInput(cost.name, "say where the vessel is: --at LAT,LON")
    moving = velocity(given.vessel_speed_m_s, given.course_deg)
    east, north = cost.point(given.at)
    waited = given.elapsed_min * 60
    vessel = Vessel((east + moving[0] * waited, north + moving[1] * waited), moving, given.length_m, given.course_deg)
    wind = math.hypot(*cost.wind)
    speed = ring_speed_m_s(cost.drone, cost.drone.cruise_speed_m_s, given.vessel_speed_m_s, wind)
    return look_round(
        cost.point(here.at), vessel, stand_off_m=stand_off_m, turns=given.turns,
        airspeed_m_s=cost.drone.cruise_speed_m_s, speed_m_s=speed, wind=cost.wind,
    )  # fmt: skip


def _must_be_free(mission: Mission, cost: Cost, look: Look, here: Stop) -> None:
    """The mission's own fence holds for the way to the vessel and round it."""
    inside: list[BaseGeometry] = []
    barred: list[tuple[str, BaseGeometry]] = []
    shapes = [(p.inclusion, Polygon([cost.point(q) for q in p.places])) for p in mission.fence_polygons]
    shapes += [(c.inclusion, Point(cost.point(c.at)).buffer(c.radius_m)) for c in mission.fence_circles]
    for inclusion, shape in shapes:
        if inclusion:
            inside.append(shape)
        else:
            barred.append(("a part of the fence", shape))
    way = LineString([cost.point(here.at), *look.points])
    must_stay(way, shapely.union_all(inside) if inside else None, barred)


def _best(cost: Cost, look: Look, pieces: list[Piece], now: int, here: Stop) -> _Back:
    """The way on that costs least of those that the battery allows.

    Raises:
        NotReached: the battery does not even last for the look and the way home.
    """
    used = cost.there_j(pieces[0]) + sum(map(cost.piece_j, pieces[:now])) + look.at_s[-1] * cost.power_w
    end = cost.frame.to_place(*look.points[-1])
    state = here.after
    home_s = cost.seconds(end, cost.home, state)
    landing = here.height_m / cost.drone.descent_m_s * cost.drone.hover_power_w
    left = sum(cost.piece_s(p) for p in pieces[now:] if p.counts)
    home = _Back(None, 0.0, home_s, left, _metres(cost, [p for p in pieces[now:] if p.counts]),
                 used + home_s * cost.power_w + landing)  # fmt: skip
    if home.joules > cost.usable_j:
        raise NotReached(
            f"the battery does not last for a look at the vessel and the way home: {home.joules / 3600:.0f} Wh of "
            f"{cost.usable_j / 3600:.0f} Wh above the reserve"
        )
    offers = []
    missed_s = missed_m = 0.0
    for leg in range(now, len(pieces)):
        piece = pieces[leg]
        for share in SHARES if piece.counts else SHARES[:1]:
            place = _on(cost, piece, share)
            seconds = cost.seconds(end, place, state) + (1 - share) * cost.piece_s(piece)
            later = pieces[leg + 1 :]
            seconds += _onward_s(cost, later, 0) if later else cost.seconds(piece.end.at, cost.home, state)
            skipped = share if piece.counts else 0.0
            offer_s = missed_s + skipped * cost.piece_s(piece)
            joules = used + seconds * cost.power_w + landing
            offers.append(_Back(leg, share, seconds, offer_s, missed_m + skipped * _metres(cost, [piece]), joules))
        if piece.counts:
            missed_s += cost.piece_s(piece)
            missed_m += _metres(cost, [piece])
    fit = [offer for offer in offers if offer.joules <= cost.usable_j]
    return min(fit, key=lambda offer: (offer.seconds + MISSED * offer.missed_s, offer.leg), default=home)


def _onward_s(cost: Cost, pieces: list[Piece], now: int) -> float:
    """Seconds for the legs from `now` on, with what is waited for, and home."""
    rest = pieces[now:]
    if not rest:
        return 0.0
    return sum(cost.piece_s(p) + p.end.hold_s for p in rest) + cost.seconds(rest[-1].end.at, cost.home, rest[-1].state)


def _metres(cost: Cost, pieces: list[Piece]) -> float:
    return sum(math.dist(cost.point(p.start.at), cost.point(p.end.at)) for p in pieces)


def _on(cost: Cost, piece: Piece, share: float) -> LatLon:
    if share == 0:
        return piece.start.at
    a, b = cost.point(piece.start.at), cost.point(piece.end.at)
    return cost.frame.to_place(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def _look_items(cost: Cost, look: Look, here: Stop, given: OrbitParameters) -> list[MissionItem]:
    frame: LocalFrame = cost.frame
    yaw = here.made.params[3]
    camera_off = State(tuple(row for row in here.after.by_kind if row[0] != "aim")).switched_off()
    return [
        *camera_off,
        item(Command.DO_CHANGE_SPEED, p1=1.0, p2=round(look.way_speed_m_s, 2), p3=-1.0),
        *look_items(
            look, _sent(frame.to_places(look.points)), _sent(frame.to_places(look.aims)),
            height_m=round(here.height_m, 2), trigger=trigger_m(look, given.turns, least_s=LEAST_PICTURE_S), yaw=yaw,
        ),
    ]  # fmt: skip


def _resumed(cost: Cost, piece: Piece, back: _Back, now: int) -> list[MissionItem]:
    """What was on, and the place where the mission goes on; what is done there is done unless it was already."""
    state = piece.state
    speed = () if state.speed_m_s else (item(Command.DO_CHANGE_SPEED, p1=1.0, p2=cost.speed_m_s, p3=-1.0),)
    before = [*speed, *state.restored(camera=False)]
    if back.share > 0:
        stop = between(piece, _on(cost, piece, back.share), back.share)
        return [*before, stop.made, *state.restored(camera=True)]
    if back.leg == now:
        return [*before, bare(piece.start), *state.restored(camera=True)]
    return [*before, piece.start.made, *piece.start.once(), *state.restored(camera=True)]


def _rest(mission: Mission, route: Route, leg: int) -> tuple[MissionItem, ...]:
    """The items behind a stop and what is done there."""
    seen = -1
    for number, made in enumerate(mission.items):
        seen += made.command in STOPS
        if seen == leg and made.command in STOPS:
            return mission.items[number + 1 + len(route.stops[leg].deeds) :]
    return ()


def _sent(places: list[LatLon]) -> list[LatLon]:
    return [LatLon(round(p.lat_deg, 7), round(p.lon_deg, 7)) for p in places]
