"""Every way back against zones: from any point of the flight to home, rally points and the fence's return point.

A vehicle that breaks off climbs where it is to the height of return, flies straight and level, and comes down. The
level ways from a leg are a triangle; zones are met by it, by the climb over the leg, and by the descent at a refuge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.check_curves import bow_m
from planner.route.check_ground import Ground, Heights, Returns
from planner.route.check_values import Problem, Rules, Severity
from planner.zones.index import ZoneIndex

LAUNCH_M = 150.0
"""So far from the launch place or a rally point, land under the way is no problem."""
LEAST_BOW_M = 2.0
"""From here on zones are widened by what autopilots' long straight lines differ by; reached at 10 km, 52 degrees."""
Wanted = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Way:
    """What is told of a way back that meets a zone of some rule."""

    code: str
    severity: Severity
    kind: str = "zone"


_WAYS = {
    ZoneRule.NO_FLY: _Way("return-no-fly", Severity.ERROR),
    ZoneRule.AUTHORISATION: _Way("return-authorisation", Severity.ERROR),
    ZoneRule.OBSTACLE: _Way("return-obstacle", Severity.ERROR, "obstacle"),
    ZoneRule.ALTITUDE_LIMIT: _Way("return-ceiling", Severity.ERROR),
    ZoneRule.LAND: _Way("return-over-land", Severity.ERROR, "land"),
    ZoneRule.SHORE: _Way("return-over-land", Severity.ERROR, "land"),
    ZoneRule.CONDITIONAL: _Way("return-conditional", Severity.WARNING),
    ZoneRule.PEOPLE: _Way("return-people", Severity.WARNING, "people at"),
}
_UNKNOWN_TOP = _Way("return-height-unknown", Severity.WARNING, "obstacle of unknown height")
_CLIMBED_INTO = frozenset({ZoneRule.NO_FLY, ZoneRule.AUTHORISATION, ZoneRule.CONDITIONAL})
"""Zones that a climb may enter from below; what is solid is met by the leg itself."""


def return_problems(ground: Ground, returns: Sequence[Returns], index: ZoneIndex, rules: Rules) -> Iterator[Problem]:
    """Problems of the ways back, one for each zone and refuge, at the first leg from which it is met."""
    bow = bow_m(_longest(ground, returns), ground.frame.origin.lat_deg)
    for number, zone in enumerate(index.zones):
        shape = index.shapes[number]
        if shape is None or zone.rule not in _WAYS:
            continue
        kept = _kept_clear(zone, shape, returns, rules)
        if bow > LEAST_BOW_M:
            kept = shapely.buffer(kept, bow, quad_segs=4)
        if kept.is_empty:
            continue
        shapely.prepare(kept)
        for back in returns:
            yield from _of_zone(ground, zone, kept, back, rules)


def _longest(ground: Ground, returns: Sequence[Returns]) -> float:
    """The longest straight way back."""
    return max(
        (float(np.linalg.norm(ground.ends[back.legs] - back.refuge, axis=1).max()) for back in returns), default=0.0
    )


def is_ground(limit: HeightLimit) -> bool:
    """Whether a lower limit means the ground."""
    return limit.datum is Datum.GROUND and limit.metres <= 0


def named(zone: Zone) -> str:
    """Name and heights of a zone."""
    lower = "the ground" if zone.lower is None or is_ground(zone.lower) else str(zone.lower)
    upper = "any height" if zone.upper is None else str(zone.upper)
    ident = f" ({zone.identifier})" if zone.identifier and zone.identifier != zone.name else ""
    return f"{zone.name!r}{ident} from {lower} to {upper}"


def _kept_clear(zone: Zone, shape: BaseGeometry, returns: Sequence[Returns], rules: Rules) -> BaseGeometry:
    """Where a way back must not lead: obstacles and people with their margins, land away from the refuges."""
    if zone.rule is ZoneRule.OBSTACLE:
        return shapely.buffer(shape, rules.obstacle_margin_m, quad_segs=4)
    if zone.rule is ZoneRule.PEOPLE:
        return shapely.buffer(shape, rules.people_m, quad_segs=4)
    if zone.rule in {ZoneRule.LAND, ZoneRule.SHORE}:
        near = shapely.union_all([shapely.Point(*back.refuge).buffer(LAUNCH_M) for back in returns])
        return shapely.difference(shape, near) if shape.intersects(near) else shape
    return shape


def _of_zone(ground: Ground, zone: Zone, shape: BaseGeometry, back: Returns, rules: Rules) -> Iterator[Problem]:
    for way, level in _levels(zone, back.levels, rules):
        leg = back.first_met(shape, level) if level.any() else None
        if leg is not None:
            yield _problem(ground, zone, back, way, leg, "crosses")
            return
    way = _WAYS[zone.rule]
    leg = _climbs_into(ground, zone, shape, back) if zone.rule in _CLIMBED_INTO else None
    if leg is not None:
        yield _problem(ground, zone, back, way, leg, "climbs into")
    elif back.name != "home" and _comes_down_in(zone, shape, back):
        text = f"The descent {back.name} enters {way.kind} {named(zone)}; move that point."
        yield Problem(way.code, way.severity, text, None, ground.frame.to_place(*back.refuge))


def _levels(zone: Zone, heights: Heights, rules: Rules) -> Iterator[tuple[_Way, Wanted]]:
    """What is told, and from which legs, if the level way back lies in the zone's heights; the worst first."""
    way = _WAYS[zone.rule]
    every = np.ones(len(heights.low_msl_m), dtype=bool)
    match zone.rule:
        case ZoneRule.ALTITUDE_LIMIT:
            if zone.upper is not None:
                yield way, heights.high(zone.upper.datum) > zone.upper.metres
        case ZoneRule.OBSTACLE if zone.upper is None:
            if zone.lower is not None:
                yield way, heights.low(zone.lower.datum) <= zone.lower.metres + rules.obstacle_margin_m
            yield _UNKNOWN_TOP, every
        case ZoneRule.OBSTACLE:
            yield way, _overlap(zone, heights, above_m=rules.obstacle_margin_m)
        case ZoneRule.LAND | ZoneRule.SHORE | ZoneRule.PEOPLE:
            yield way, every
        case _:
            yield way, _overlap(zone, heights)


def _overlap(zone: Zone, heights: Heights, *, above_m: float = 0.0) -> Wanted:
    wanted = np.ones(len(heights.low_msl_m), dtype=bool)
    if zone.upper is not None:
        wanted &= heights.low(zone.upper.datum) <= zone.upper.metres + above_m
    if zone.lower is not None and not is_ground(zone.lower):
        wanted &= heights.high(zone.lower.datum) >= zone.lower.metres
    return wanted


def _climbs_into(ground: Ground, zone: Zone, shape: BaseGeometry, back: Returns) -> int | None:
    wanted = back.legs[_overlap(zone, back.climbs)[back.legs]]
    met = wanted[shapely.intersects(shape, ground.lines[wanted])]
    return int(met[0]) if len(met) else None


def _comes_down_in(zone: Zone, shape: BaseGeometry, back: Returns) -> bool:
    """Whether a refuge lies in a zone that its descent, down to the ground, comes through.

    Land and ceilings cannot be met so, solid things are met by the level way or stand beside it.
    """
    if zone.rule not in _CLIMBED_INTO | {ZoneRule.OBSTACLE} or not shape.intersects(shapely.Point(*back.refuge)):
        return False
    if zone.lower is None or is_ground(zone.lower):
        return True
    return bool((back.levels.high(zone.lower.datum)[back.legs] >= zone.lower.metres).any())


def _problem(ground: Ground, zone: Zone, back: Returns, way: _Way, leg: int, does: str) -> Problem:
    item = ground.path.legs[leg].item
    height = _from_to(float(back.levels.low_msl_m[leg]), float(back.levels.high_msl_m[leg]))
    text = (
        f"A straight way {back.name} from near item {item}, at {height} m AMSL, {does} {way.kind} {named(zone)}; "
        "another launch place, a rally point or another height of return may avoid it."
    )
    return Problem(way.code, way.severity, text, item, ground.place(leg, 0.5))


def _from_to(low: float, high: float) -> str:
    return f"{high:.0f}" if high - low < 1 else f"{low:.0f} to {high:.0f}"
