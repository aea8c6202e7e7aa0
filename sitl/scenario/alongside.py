"""How a vessel comes alongside another, lies there and gets clear again, without the hulls ever touching."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sitl.world.course import Fix
from sitl.world.handling import Handling, Stretch, run
from sitl.world.motion import VesselState

FENDER_M = 0.5
"""Between two hulls that lie alongside."""
CLEAR_M = 3.0
"""Between a hull and the bow or stern of one that turns beside it."""
SIDEWAYS_M_S = 0.35
"""How fast a vessel comes in sideways, on average."""
STEP_S = 2.0
Track = Callable[[float], VesselState]
"""Where a vessel is at a moment."""


@dataclass(frozen=True, slots=True)
class Hull:
    """Length and beam in metres."""

    length_m: float
    beam_m: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit's fixes; when it set out, lay alongside, cast off and was clear."""

    fixes: tuple[Fix, ...]
    begin_s: float
    alongside_s: float
    cast_off_s: float
    clear_s: float


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes: the hull, how it handles, at what speed, from where (at rest), and how long it will stay."""

    hull: Hull
    handling: Handling
    speed_m_s: float
    start: Fix
    stays_s: float
    via: tuple[Stretch, ...] = ()


def visit(
    guest: Visitor, host: Track, host_hull: Hull, *, earliest_s: float, there_s: float, at_s: float | None
) -> Visit:
    """A visit that sets out at `earliest_s` or later, comes not before `there_s`, and lies alongside at `at_s`.

    Where `at_s` cannot be kept the visit begins too early: the caller compares `begin_s` with `earliest_s`.
    """
    far_m = host_hull.beam_m / 2 + guest.hull.length_m / 2 + CLEAR_M
    near_m = (host_hull.beam_m + guest.hull.beam_m) / 2 + FENDER_M
    side = 1.0 if _lateral(host(max(earliest_s, there_s)), guest.start) >= 0 else -1.0
    slide_s = (far_m - near_m) / SIDEWAYS_M_S
    begin_s, way_s, turn_s = earliest_s, 0.0, 0.0
    ways: tuple[Fix, ...] = (guest.start,)
    for _ in range(12):  # the host may drift: where it is depends on when one comes
        there = _beside(host(begin_s + way_s), side * far_m)
        ways = run(guest.start, (*guest.via, Stretch(*there, guest.speed_m_s)), guest.handling).fixes
        way_s = ways[-1].at_s - guest.start.at_s
        turn_s = abs(_to_parallel(ways[-1].heading_deg, host(begin_s + way_s).heading_deg)) / guest.handling.turns_deg_s
        begin_s = max(earliest_s, there_s - way_s) if at_s is None else at_s - way_s - turn_s - slide_s
    come_s = begin_s + way_s
    first = ways[-1].heading_deg - host(come_s).heading_deg
    by = _to_parallel(ways[-1].heading_deg, host(come_s).heading_deg)
    turned_s, alongside_s = come_s + turn_s, come_s + turn_s + slide_s
    cast_off_s = alongside_s + guest.stays_s
    clear_s = cast_off_s + slide_s

    def pose(at: float) -> Fix:
        part = 1.0 if turn_s <= 0 else min(1.0, (at - come_s) / turn_s)
        inwards = _smooth((at - turned_s) / slide_s) - _smooth((at - cast_off_s) / slide_s)
        state = host(at)
        east, north = _beside(state, side * (far_m + inwards * (near_m - far_m)))
        return Fix(at, east, north, state.heading_deg + first + part * by)

    shifted = [Fix(f.at_s - guest.start.at_s + begin_s, f.east_m, f.north_m, f.heading_deg, f.speed_m_s) for f in ways]
    beside = list(_sampled(pose, come_s, (turned_s, alongside_s, cast_off_s, clear_s)))
    return Visit((*shifted, *with_speeds(shifted[-1], beside)), begin_s, alongside_s, cast_off_s, clear_s)


def with_speeds(before: Fix, fixes: list[Fix]) -> list[Fix]:
    """The fixes with headings that do not jump by whole turns, and with the speeds that lead from one to the next."""
    found: list[Fix] = []
    last = before
    for one in fixes:
        span = one.at_s - last.at_s
        speed = math.hypot(one.east_m - last.east_m, one.north_m - last.north_m) / span if span > 0 else 0.0
        heading = last.heading_deg + math.remainder(one.heading_deg - last.heading_deg, 360.0)
        last = Fix(one.at_s, one.east_m, one.north_m, heading, speed)
        found.append(last)
    return found


def way_clear_of(
    start: Fix, to: tuple[float, float], host: VesselState, hulls: tuple[Hull, Hull]
) -> tuple[Stretch, ...]:
    """What is to be run first so that the way to `to` does not lead across the host beside which `start` lies.

    `hulls` are the guest's and the host's. Empty where the place lies on the same side.
    """
    guest, other = hulls
    here, there = _lateral(host, start), _lateral(host, Fix(0.0, to[0], to[1], 0.0))
    if here * there >= 0 and abs(there) > other.beam_m / 2 + guest.beam_m:
        return ()
    ahead = math.radians(host.heading_deg)
    along = (to[0] - host.east_m) * math.sin(ahead) + (to[1] - host.north_m) * math.cos(ahead)
    past = math.copysign(other.length_m / 2 + guest.length_m / 2 + 2 * CLEAR_M, along or 1.0)
    east, north = _beside(host, here)
    return (Stretch(east + past * math.sin(ahead), north + past * math.cos(ahead), 2.0),)


def _sampled(pose: Callable[[float], Fix], begin_s: float, ends_s: tuple[float, ...]) -> Iterator[Fix]:
    """Poses from after `begin_s`, every `STEP_S` and at each of `ends_s`."""
    last = begin_s
    for end in ends_s:
        count = math.ceil((end - last) / STEP_S)
        for k in range(1, count + 1):
            yield pose(last + (end - last) * k / count)
        last = end


def _beside(state: VesselState, lateral_m: float) -> tuple[float, float]:
    """The place abeam of a vessel's middle, so far to starboard."""
    ahead = math.radians(state.heading_deg)
    return state.east_m + lateral_m * math.cos(ahead), state.north_m - lateral_m * math.sin(ahead)


def _lateral(state: VesselState, fix: Fix) -> float:
    """How far a place lies to starboard of a vessel's middle line."""
    ahead = math.radians(state.heading_deg)
    return (fix.east_m - state.east_m) * math.cos(ahead) - (fix.north_m - state.north_m) * math.sin(ahead)


def _to_parallel(heading_deg: float, host_deg: float) -> float:
    """The turn to lie bow to bow or bow to stern, whichever is nearer."""
    return -math.remainder(heading_deg - host_deg, 180.0)


def _smooth(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3.0 - 2.0 * part)
