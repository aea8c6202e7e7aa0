"""A look at a vessel in the middle of a mission: away from where the drone is, round the vessel, and on with the rest.

The mission up to and with the item that was reached stays as it is, so item numbers hold. Behind it come the way round
the vessel and the best way on: of all points of the remaining legs from which the battery lasts, those that leave out
least of what is still to be seen or done, and of these the one that is quickest.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Mission, MissionItem, item
from planner.model.patterns import OrbitParameters
from planner.model.plan import Area
from planner.model.profiles import CameraProfile, DroneProfile
from planner.route.detour import barred
from planner.route.intercept import NotReached, velocity, wind_to
from planner.route.look import (
    Look,
    Vessel,
    look_items,
    look_round,
    not_whole,
    shows_whole,
    speed_item,
    trigger_m,
    whole_from,
)
from planner.route.orbit import must_stay, ring_speed_m_s
from planner.route.split import bare, between
from planner.route.split_cost import Cost, Piece
from planner.route.split_read import STOPS, Route, State, Stop, route_of

SHARES = tuple(i / 8 for i in range(8))
"""Where on a leg the drone may come back."""
DEED_S = 1.0
"""What is done at a stop counts like a second of camera leg at least."""
LOOK_M = 60.0
"""How far from the hull the drone stays where no other distance is asked for or needed."""
LEAST_PICTURE_S = 1.0
NOT_ALL = "the battery does not last for all that is left: some of it is left out"
NO_WAY_ON = "the battery does not last to go on after the look: the drone returns"


@dataclass(frozen=True, slots=True)
class Sky:
    """What the look minds beside the mission: polygons to keep out of, and the camera that looks, if known."""

    keep_out: tuple[Area, ...] = ()
    camera: CameraProfile | None = None


OPEN = Sky()


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
    ends_after_s: float
    """When the look is over."""
    ends_at: LatLon
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
    mission: Mission,
    drone: DroneProfile,
    given: OrbitParameters,
    *,
    after: int,
    stand_off_m: float | None = None,
    name: str,
    sky: Sky = OPEN,
) -> Diverted:
    """The mission with a look at the vessel, which is at `given.at` when the drone is at item `after` (from 1).

    `stand_off_m` from its hull; None: LOOK_M, or as far as the camera needs to have the whole hull in the picture.

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
    look, vessel, told = _look(cost, here, given, stand_off_m, sky.camera)
    free = _free(mission, cost, sky)
    free.must_allow([cost.point(here.at), *look.points])
    far = max(math.hypot(*point) for point in look.points)
    if given.range_m is not None and far > given.range_m:
        raise NotReached(f"the way round the vessel leads {far:.0f} m away, beyond the range of {given.range_m:.0f} m")
    anywhere = not any(stop.after.camera_on for stop in route.stops[:-1])
    pieces = [
        Piece(a, b, a.after, counts=a.after.camera_on or anywhere, opens=n == 0)
        for n, (a, b) in enumerate(zip(route.stops, route.stops[1:], strict=False))
    ]
    back = _best(cost, look, pieces, now, free)
    least_s = LEAST_PICTURE_S if sky.camera is None else sky.camera.min_interval_s
    trigger = trigger_m(look, vessel, given.turns, least_s=least_s)
    items = [*mission.items[:split_at], *_look_items(cost, look, here, trigger)]
    looks_from = split_at + 1
    rejoins = None
    if back.leg is None:
        items.append(item(Command.NAV_RETURN_TO_LAUNCH))
    else:
        on = _resumed(cost, pieces[back.leg], back, now)
        rejoins = len(items) + 1 + next(n for n, made in enumerate(on) if made.command in STOPS)
        items += [*on, *_rest(mission, route, back.leg)]
    short = (NO_WAY_ON,) if back.leg is None else (NOT_ALL,) if back.missed_s > 0 else ()
    plain = _onward_s(cost, pieces, now)
    return Diverted(
        replace(mission, items=tuple(items)),
        looks_from,
        rejoins,
        round(back.missed_m, 1),
        round(look.at_s[-1] + back.seconds - plain, 1),
        round(look.at_s[0], 1),
        round(look.at_s[-1], 1),
        cost.frame.to_place(*look.points[-1]),
        told + short,
    )


def _where(mission: Mission, route: Route, after: int, name: str) -> tuple[int, int]:
    """The stop of item `after`, and how many items come before what the mission does next."""
    if any(made.command == Command.DO_JUMP for made in mission):
        raise BadInput(name, "has jumps, so that its items do not tell where the drone is; split it first")
    if not 1 <= after <= len(mission.items) or mission.items[after - 1].command not in STOPS:
        raise BadInput(name, f"item {after} is no waypoint; name the waypoint that the drone has reached (--after)")
    now = sum(made.command in STOPS for made in mission.items[:after]) - 1
    return now, after + len(route.stops[now].deeds)


def _look(
    cost: Cost, here: Stop, given: OrbitParameters, stand_off_m: float | None, camera: CameraProfile | None
) -> tuple[Look, Vessel, tuple[str, ...]]:
    """The way round, the vessel, and a note where its hull is longer than the picture."""
    if given.at is None:
        raise BadInput(cost.name, "say where the vessel is: --at LAT,LON")
    moving = velocity(given.vessel_speed_m_s, given.course_deg)
    east, north = cost.point(given.at)
    waited = given.elapsed_min * 60
    vessel = Vessel((east + moving[0] * waited, north + moving[1] * waited), moving, given.length_m, given.course_deg)
    wind = math.hypot(*cost.wind)
    speed = ring_speed_m_s(cost.drone, cost.drone.cruise_speed_m_s, given.vessel_speed_m_s, wind)

    def look(stand_off: float) -> Look:
        return look_round(
            cost.point(here.at), vessel, stand_off_m=stand_off, turns=given.turns,
            airspeed_m_s=cost.drone.cruise_speed_m_s, speed_m_s=speed, wind=cost.wind,
        )  # fmt: skip

    wanted = stand_off_m or LOOK_M
    if camera is None:
        return look(wanted), vessel, ()
    whole = whole_from(wanted, lambda m: shows_whole(look(m), vessel, camera, here.height_m))
    if whole == wanted or (whole is not None and stand_off_m is None):
        return look(whole), vessel, ()
    return look(wanted), vessel, (not_whole(given.length_m, wanted, whole),)


@dataclass(frozen=True, slots=True)
class _Free:
    """Where the drone may fly: inside the fence, if there is one, and outside what is barred, by name."""

    fence: BaseGeometry | None
    barred: tuple[tuple[str, BaseGeometry], ...]

    def must_allow(self, points: list[tuple[float, float]]) -> None:
        """NotReached if a way may not be flown."""
        must_stay(LineString(points), self.fence, list(self.barred))

    def allows(self, a: tuple[float, float], b: tuple[float, float]) -> bool:
        """Whether a straight way may be flown."""
        try:
            self.must_allow([a, b])
        except NotReached:
            return False
        return True


def _free(mission: Mission, cost: Cost, sky: Sky) -> _Free:
    """The mission's own fence, and what is to be kept out of."""
    inside: list[BaseGeometry] = []
    out = [(area.name, barred(area, cost.frame)) for area in sky.keep_out]
    shapes = [(p.inclusion, Polygon([cost.point(q) for q in p.places])) for p in mission.fence_polygons]
    shapes += [(c.inclusion, Point(cost.point(c.at)).buffer(c.radius_m)) for c in mission.fence_circles]
    for inclusion, shape in shapes:
        if inclusion:
            inside.append(shape)
        else:
            out.append(("a part of the fence", shape))
    return _Free(shapely.union_all(inside) if inside else None, tuple(out))


def _best(cost: Cost, look: Look, pieces: list[Piece], now: int, free: _Free) -> _Back:
    """The way on that leaves out least, and then is quickest, of those that the battery and the fence allow.

    Raises:
        NotReached: the battery does not even last for the look and the way home.
    """
    here = pieces[now].start if now < len(pieces) else pieces[-1].end
    used = cost.there_j(pieces[0]) + sum(map(cost.piece_j, pieces[:now])) + look.at_s[-1] * cost.power_w
    end = cost.frame.to_place(*look.points[-1])
    landing = here.height_m / cost.drone.descent_m_s * cost.drone.hover_power_w
    home_s = cost.seconds(end, cost.home, here.after)
    left = sum(_missed_s(cost, p) + _deed_s(p.end) for p in pieces[now:])
    home = _Back(None, 0.0, home_s, left, _metres(cost, pieces[now:]), used + home_s * cost.power_w + landing)
    if home.joules > cost.usable_j:
        raise NotReached(
            f"the battery does not last for a look at the vessel and the way home: {home.joules / 3600:.0f} Wh of "
            f"{cost.usable_j / 3600:.0f} Wh above the reserve"
        )
    fit = [
        offer
        for offer in _offers(cost, end, pieces, now, used + landing)
        if offer.joules <= cost.usable_j and free.allows(look.points[-1], _rejoins(cost, pieces, offer))
    ]
    return min(fit, key=lambda offer: (round(offer.missed_s, 3), offer.seconds, offer.leg), default=home)


def _offers(cost: Cost, end: LatLon, pieces: list[Piece], now: int, spent_j: float) -> Iterator[_Back]:
    """All ways on from the end of the look, with what each costs and leaves out."""
    missed_s = missed_m = 0.0
    for leg in range(now, len(pieces)):
        piece, later = pieces[leg], pieces[leg + 1 :]
        rest = _onward_s(cost, later, 0) if later else cost.seconds(piece.end.at, cost.home, piece.state)
        hold_s = piece.end.hold_s + (piece.start.hold_s if leg > now else 0.0)
        for share in SHARES if piece.counts else SHARES[:1]:
            there = cost.seconds(end, _on(cost, piece, share), piece.state)
            seconds = there + (1 - share) * cost.piece_s(piece) + rest + (hold_s if share == 0 else piece.end.hold_s)
            skipped_s = share * _missed_s(cost, piece)
            if share > 0 and leg > now:
                skipped_s += _deed_s(piece.start)
            skipped_m = share * _metres(cost, [piece])
            joules = spent_j + seconds * cost.power_w
            yield _Back(leg, share, seconds, missed_s + skipped_s, missed_m + skipped_m, joules)
        missed_s += _missed_s(cost, piece) + (_deed_s(piece.start) if leg > now else 0.0)
        missed_m += _metres(cost, [piece])


def _missed_s(cost: Cost, piece: Piece) -> float:
    """Seconds of camera leg that are lost with a piece."""
    return cost.piece_s(piece) if piece.counts else 0.0


def _deed_s(stop: Stop) -> float:
    """What is lost with what is done at a stop, as seconds of camera leg."""
    return max(stop.hold_s, DEED_S) if stop.is_busy else 0.0


def _rejoins(cost: Cost, pieces: list[Piece], back: _Back) -> tuple[float, float]:
    """Where the mission is joined again."""
    return (0.0, 0.0) if back.leg is None else cost.point(_on(cost, pieces[back.leg], back.share))


def _onward_s(cost: Cost, pieces: list[Piece], now: int) -> float:
    """Seconds for the legs from `now` on, with what is waited for, and home."""
    rest = pieces[now:]
    if not rest:
        return 0.0
    return sum(cost.piece_s(p) + p.end.hold_s for p in rest) + cost.seconds(rest[-1].end.at, cost.home, rest[-1].state)


def _metres(cost: Cost, pieces: list[Piece]) -> float:
    """Metres of camera leg."""
    return sum(math.dist(cost.point(p.start.at), cost.point(p.end.at)) for p in pieces if p.counts)


def _on(cost: Cost, piece: Piece, share: float) -> LatLon:
    if share == 0:
        return piece.start.at
    a, b = cost.point(piece.start.at), cost.point(piece.end.at)
    return cost.frame.to_place(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def _look_items(cost: Cost, look: Look, here: Stop, trigger: float) -> list[MissionItem]:
    frame: LocalFrame = cost.frame
    yaw = here.made.params[3]
    camera_off = State(tuple(row for row in here.after.by_kind if row[0] != "aim")).switched_off()
    return [
        *camera_off,
        speed_item(look.way_speed_m_s),
        *look_items(
            look, _sent(frame.to_places(look.points)), _sent(frame.to_places(look.aims)),
            height_m=round(here.height_m, 2), trigger=trigger, yaw=yaw,
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
