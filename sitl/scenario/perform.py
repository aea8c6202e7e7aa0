"""Works out what the vessels of a scenario do: their motions, what floats, and what happened when and where.

Each vessel does its acts one after the other; one that needs another (a rendezvous, a package that is not in the water
yet) waits until that one has come so far. Everything follows from the scenario's text: there is no chance in it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import shapely

from planner.model.errors import BadInput
from sitl.scenario.acts import Act, Doing, Drop, Enter, Go, Meet, PickUp, Place, Stay, When
from sitl.scenario.alongside import CLEAR_M, FENDER_M, Hull, Track, Visitor, visit, way_clear_of, with_speeds
from sitl.scenario.staying import staying
from sitl.scenario.values import Traffic, Weather
from sitl.world.course import Course, Fix, state_among
from sitl.world.events import Event, EventKind
from sitl.world.handling import HANDLING, Stretch, run
from sitl.world.motion import VesselState
from sitl.world.vessels import Motion, Vessel

MOST_KNOTS_ALONGSIDE = 2.0
"""Nobody comes alongside a vessel that goes faster than this."""
PACKAGE_LEEWAY = 0.015
"""Speed of something low in the water as a part of the wind's."""
KNOT_M_S = 1852.0 / 3600.0
USUAL_VISIT_S = 120.0
LATE_S = 0.5
AWAY_M_S = 1.0
"""How fast a visitor gets away, at least."""


@dataclass(frozen=True)
class Setting:
    """What vessels act in: names for errors, start (seconds since 1970), how long, weather, zones (metres), others."""

    source: str
    start_s: float
    lasts_s: float
    weather: Weather
    zones: Mapping[str, shapely.Polygon]
    others: Mapping[str, Vessel]


@dataclass(frozen=True, slots=True)
class Floating:
    """A package in the water: what, how large, from when to when (None: to the end; after the start), and its way."""

    item: str
    size_m: tuple[float, float]
    why: str | None
    by: str
    from_s: float
    fixes: tuple[Fix, ...]
    to_s: float | None = None

    def at(self, at_s: float) -> VesselState:
        """Where it floats."""
        return state_among(self.fixes, [f.at_s for f in self.fixes], at_s)


@dataclass(frozen=True, slots=True)
class Performed:
    """Motions by id of those that act, packages, and events."""

    motions: dict[str, Motion]
    floating: tuple[Floating, ...]
    events: tuple[Event, ...]


@dataclass
class _Actor:
    """A vessel while its acts are worked out: the fixes so far, the acts that are left."""

    traffic: Traffic
    fixes: list[Fix]
    left: list[Act]
    there: bool = False
    """Lies at its meeting place and waits for the partner."""
    released_s: float | None = None
    """When the partner was clear again."""
    first: Callable[[Place], tuple[Stretch, ...]] = field(default=lambda _: ())
    """What it has to run first on the way to its next place."""
    times: list[float] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.traffic.id

    @property
    def hull(self) -> Hull:
        return Hull(self.traffic.length_m, self.traffic.beam_m)

    @property
    def last(self) -> Fix:
        """Where it lies after what it has done so far."""
        f = self.fixes[-1]
        return Fix(f.at_s, f.east_m, f.north_m, f.heading_deg)

    def at(self, at_s: float) -> VesselState:
        """Where it is at a moment of what it has done so far."""
        if len(self.times) != len(self.fixes):
            self.times = [f.at_s for f in self.fixes]
        return state_among(self.fixes, self.times, at_s)


@dataclass(frozen=True, slots=True)
class _Host:
    """Who is visited: where it is, how large, since when it lies there, and how long it wants the visitor to stay."""

    track: Track
    hull: Hull
    there_s: float = 0.0
    stays_s: float | None = None


class Performance:
    """The acts of all vessels of a scenario, worked out by `worked_out`."""

    def __init__(self, traffic: Sequence[Traffic], setting: Setting) -> None:
        self._setting = setting
        self._actors = {t.id: _actor(t) for t in traffic}
        self._floating: dict[str, Floating] = {}
        self._events: list[Event] = []

    def worked_out(self) -> Performed:
        """What follows from the acts.

        Raises:
            BadInput: something that cannot be, as a time that cannot be kept; names the vessel and what to do.
        """
        while waiting := [a for a in self._actors.values() if a.left]:
            if not [a for a in waiting if self._goes_on(a)]:
                names = " and ".join(sorted(a.id for a in waiting))
                verb = "is" if len(waiting) == 1 else "are"
                raise self._refuse(waiting[0], f"waits for another that never comes ({names} {verb} left)")
        start = self._setting.start_s
        motions: dict[str, Motion] = {a.id: Course(start, tuple(a.fixes)) for a in self._actors.values()}
        return Performed(motions, tuple(self._floating.values()), tuple(sorted(self._events, key=lambda e: e.begin_s)))

    # -- one act

    def _goes_on(self, actor: _Actor) -> bool:
        """Does the next act; False if it has to wait for another vessel first."""
        act = actor.left[0]
        if isinstance(act, Meet) and act.partner == actor.id:
            raise self._refuse(actor, "'with': a vessel cannot meet itself")
        match act:
            case Stay():
                return self._stay(actor, act)
            case Go():
                return self._go(actor)
            case Meet() if act.at is not None:
                return self._host(actor, act, act.at)
            case Meet():
                return self._visit(actor, act)
            case Drop():
                return self._drop(actor, act)
            case PickUp():
                return self._pick_up(actor, act)
            case Enter():
                return self._enter(actor, act)

    def _stay(self, actor: _Actor, act: Stay) -> bool:
        begin = max(actor.last.at_s, act.when.from_s or 0.0)
        self._wait(actor, begin)
        until = self._setting.lasts_s if act.for_s is None else begin + act.for_s
        if until > begin:
            found = staying(actor.last, act, until, self._setting.weather, HANDLING[actor.traffic.kind], actor.hull)
            actor.fixes += with_speeds(actor.last, found) if act.doing is not Doing.LOITER else found
        return _done(actor)

    def _go(self, actor: _Actor) -> bool:
        """This act, and those that follow it without a stop."""
        acts: list[Go] = []
        for act in actor.left:
            if not isinstance(act, Go) or (acts and (acts[-1].wait_s > 0 or act.when != When())):
                break
            acts.append(act)
        ends = self._run(actor, [Stretch(*a.to, a.speed_m_s) for a in acts], acts[0].when)
        for n, act in enumerate(acts):
            if act.fast:
                self._tell(EventKind.SPEED_RUN, (actor.id,), ends[n], ends[n + 1], f"{act.speed_m_s / KNOT_M_S:.0f} kn")
        self._wait(actor, ends[-1] + acts[-1].wait_s)
        del actor.left[: len(acts)]
        return True

    def _host(self, actor: _Actor, act: Meet, at: Place) -> bool:
        if act.partner not in self._actors:
            raise self._refuse(actor, f"'with': {act.partner!r} is no vessel of 'traffic'")
        if not actor.there:
            self._run(actor, [Stretch(*at, act.speed_m_s)], act.when)
            actor.there = True
            return True
        if actor.released_s is None:
            return False
        self._wait(actor, actor.released_s)
        actor.there, actor.released_s = False, None
        return _done(actor)

    def _visit(self, actor: _Actor, act: Meet) -> bool:
        found = self._host_of(actor, act)
        if found is None:
            return False
        earliest = max(actor.last.at_s, act.when.from_s or 0.0)
        place = found.track(max(earliest, found.there_s))
        guest = Visitor(
            actor.hull,
            HANDLING[actor.traffic.kind],
            act.speed_m_s,
            actor.last,
            act.for_s or found.stays_s or USUAL_VISIT_S,
            actor.first((place.east_m, place.north_m)),
        )
        made = visit(guest, found.track, found.hull, earliest_s=earliest, there_s=found.there_s, at_s=act.when.at_s)
        self._check_in_time(actor, act.when, made.begin_s, earliest, made.alongside_s - made.begin_s)
        visited_s = np.linspace(made.alongside_s, made.clear_s, 60)
        if max(found.track(float(s)).speed_m_s for s in visited_s) > MOST_KNOTS_ALONGSIDE * KNOT_M_S:
            raise self._refuse(
                actor, f"cannot lie alongside {act.partner}, which is under way then; give it a place to wait"
            )
        self._wait(actor, made.begin_s)
        actor.fixes += made.fixes[1:]
        self._tell(EventKind.RENDEZVOUS, (actor.id, act.partner), made.alongside_s, made.cast_off_s)
        hulls = (actor.hull, found.hull)
        actor.first = partial(way_clear_of, actor.last, host=found.track(made.clear_s), hulls=hulls)
        host = self._actors.get(act.partner)
        if host is not None and host.there:  # it lets the other get away, and leaves straight ahead itself
            lengths = hulls[0].length_m + hulls[1].length_m
            host.released_s = made.clear_s + 180.0 / guest.handling.turns_deg_s + lengths / AWAY_M_S
            host.first = partial(_ahead, host.last, lengths / 2 + CLEAR_M, host.left[0].speed_m_s)
        return _done(actor)

    def _host_of(self, actor: _Actor, act: Meet) -> "_Host | None":
        """Whom a visit goes to; None while that one is not yet at its place."""
        host = self._actors.get(act.partner)
        if host is None:
            vessel = self._setting.others.get(act.partner)
            if vessel is None:
                raise self._refuse(actor, f"'with': {act.partner!r} is no vessel of this scenario")
            motion, start = vessel.motion, self._setting.start_s
            return _Host(lambda s: motion.state_at(start + s), Hull(vessel.length_m, vessel.beam_m))
        waits = host.left[0] if host.left else None
        if waits is None:
            return _Host(host.at, host.hull)
        if host.there and isinstance(waits, Meet) and waits.partner == actor.id:
            return _Host(host.at, host.hull, host.last.at_s, waits.for_s)
        return None

    def _drop(self, actor: _Actor, act: Drop) -> bool:
        if act.item in self._floating or act.item in self._actors or act.item in self._setting.others:
            raise self._refuse(actor, f"'object': there is something with the id {act.item!r} already")
        arrived = self._run(actor, [Stretch(*act.to, act.speed_m_s)], act.when)[-1]
        self._wait(actor, arrived + act.for_s)
        heading, drift_deg = math.radians(actor.last.heading_deg), self._setting.weather.wind_from_deg + 180.0
        lee = 1.0 if math.sin(math.radians(drift_deg) - heading) >= 0 else -1.0  # so that it drifts away from the hull
        beside = lee * (actor.hull.beam_m / 2 + math.hypot(*act.size_m) / 2 + FENDER_M)
        east, north = actor.last.east_m + beside * math.cos(heading), actor.last.north_m - beside * math.sin(heading)
        begin, speed = arrived + act.for_s / 2, PACKAGE_LEEWAY * self._setting.weather.wind_m_s
        end = max(self._setting.lasts_s, begin) + 3600.0
        gone = speed * (end - begin)
        away = (gone * math.sin(math.radians(drift_deg)), gone * math.cos(math.radians(drift_deg)))
        fixes = (
            Fix(begin, east, north, drift_deg + 90.0, speed),
            Fix(end, east + away[0], north + away[1], drift_deg + 90.0, speed),
        )
        self._floating[act.item] = Floating(act.item, act.size_m, act.why, actor.id, begin, fixes)
        self._tell(EventKind.DROP, (actor.id, act.item), arrived, arrived + act.for_s)
        # it leaves straight ahead, so that its stern does not sweep over what it dropped
        actor.first = partial(_ahead, actor.last, actor.hull.length_m, act.speed_m_s)
        return _done(actor)

    def _pick_up(self, actor: _Actor, act: PickUp) -> bool:
        item = self._floating.get(act.item)
        if item is None:
            known = any(
                isinstance(a, Drop) and a.item == act.item for other in self._actors.values() for a in other.left
            )
            if not known:
                raise self._refuse(actor, f"'object': nobody drops {act.item!r}")
            return False
        if item.to_s is not None:
            raise self._refuse(actor, f"'object': {act.item!r} was picked up already")
        earliest = max(actor.last.at_s, act.when.from_s or 0.0)
        beside = actor.hull.beam_m / 2 + math.hypot(*item.size_m) / 2 + FENDER_M
        begin, way_s, course = earliest, 0.0, 0.0
        stretches: list[Stretch] = []
        towards = math.radians(self._setting.weather.wind_from_deg + 180.0)
        for _ in range(12):  # it drifts, and comes to lie on the windward side, so that it nears the hull from outside
            there = item.at(max(begin + way_s, item.from_s))
            side = -1.0 if math.sin(towards - course) > 0 else 1.0
            off_m = side * beside
            to = (there.east_m - off_m * math.cos(course), there.north_m + off_m * math.sin(course))
            stretches = [*actor.first(to), Stretch(*to, act.speed_m_s)]
            made = run(actor.last, stretches, HANDLING[actor.traffic.kind])
            way_s, course = made.fixes[-1].at_s - actor.last.at_s, math.radians(made.fixes[-1].heading_deg)
            begin = max(earliest, item.from_s - way_s) if act.when.at_s is None else act.when.at_s - way_s
        if act.when.at_s is not None and act.when.at_s < item.from_s:
            raise self._refuse(actor, f"'at_s': {act.item} is in the water from {item.from_s:.0f} s on only")
        self._check_in_time(actor, act.when, begin, earliest, way_s)
        actor.first = lambda _: ()
        arrived = self._run(actor, stretches, When(begin))[-1]
        here, end = item.at(arrived), arrived + act.for_s
        off = (actor.last.east_m - here.east_m, actor.last.north_m - here.north_m)
        heading, held = actor.last.heading_deg, []
        for at in np.linspace(arrived, end, 2 + math.ceil(act.for_s / 5))[1:]:
            there = item.at(float(at))
            held.append(Fix(float(at), there.east_m + off[0], there.north_m + off[1], heading))
        actor.fixes += with_speeds(actor.last, held)
        self._floating[act.item] = Floating(item.item, item.size_m, item.why, item.by, item.from_s, item.fixes, end)
        self._tell(EventKind.PICK_UP, (actor.id, act.item), arrived, end)
        return _done(actor)

    def _enter(self, actor: _Actor, act: Enter) -> bool:
        zone = self._setting.zones.get(act.zone)
        if zone is None:
            known = ", ".join(sorted(self._setting.zones)) or "none"
            raise self._refuse(actor, f"'zone': {act.zone!r} is no zone here; there are: {known}")
        middle = zone.representative_point()
        to = act.to or (middle.x, middle.y)
        if not zone.covers(shapely.Point(to)):
            raise self._refuse(actor, f"'to': {list(to)} does not lie in {act.zone}")
        arrived = self._run(actor, [Stretch(*to, act.speed_m_s)], act.when)[-1]
        self._wait(actor, arrived + act.for_s)
        return _done(actor)

    # -- what acts are made of

    def _run(self, actor: _Actor, stretches: list[Stretch], when: When) -> list[float]:
        """Runs along the stretches; when it set out, and when it came to the end of each."""
        first = actor.first((stretches[0].east_m, stretches[0].north_m))
        actor.first = lambda _: ()
        made = run(actor.last, [*first, *stretches], HANDLING[actor.traffic.kind])
        reached = [t - actor.last.at_s for t in made.reached_s[len(first) :]]
        earliest = max(actor.last.at_s, when.from_s or 0.0)
        begin = earliest if when.at_s is None else when.at_s - reached[0]
        self._check_in_time(actor, when, begin, earliest, reached[0])
        begin = max(begin, earliest)
        shift = begin - actor.last.at_s
        self._wait(actor, begin)
        actor.fixes += [Fix(f.at_s + shift, f.east_m, f.north_m, f.heading_deg, f.speed_m_s) for f in made.fixes[1:]]
        return [begin, *(begin + t for t in reached)]

    def _wait(self, actor: _Actor, until_s: float) -> None:
        """Lies where it is."""
        here = actor.last
        if until_s > here.at_s:
            actor.fixes.append(Fix(until_s, here.east_m, here.north_m, here.heading_deg))

    def _check_in_time(self, actor: _Actor, when: When, begin: float, earliest: float, takes_s: float) -> None:
        if when.at_s is not None and begin < earliest - LATE_S:
            raise self._refuse(
                actor,
                f"'at_s': cannot be there at {when.at_s:g} s: it is free at {earliest:.0f} s and needs {takes_s:.0f} s",
            )

    def _tell(self, kind: EventKind, who: tuple[str, ...], begin: float, end: float, note: str = "") -> None:
        start, state = self._setting.start_s, self._actors[who[0]].at(begin)
        self._events.append(Event(kind, who, start + begin, start + end, state.east_m, state.north_m, note))

    def _refuse(self, actor: _Actor, problem: str) -> BadInput:
        return BadInput(self._setting.source, f"traffic, {actor.id}: {problem}")


def _ahead(here: Fix, by_m: float, speed_m_s: float, _to: Place) -> tuple[Stretch, ...]:
    """Straight ahead, wherever it goes then."""
    heading = math.radians(here.heading_deg)
    return (Stretch(here.east_m + by_m * math.sin(heading), here.north_m + by_m * math.cos(heading), speed_m_s),)


def _actor(traffic: Traffic) -> _Actor:
    return _Actor(traffic, [Fix(0.0, traffic.east_m, traffic.north_m, traffic.heading_deg)], list(traffic.acts))


def _done(actor: _Actor) -> bool:
    del actor.left[0]
    return True
