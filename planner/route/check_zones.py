"""Every leg and every way home against zones: no-fly, leave, ceilings, obstacles, people, water, land."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from planner.geo.points import LatLon
from planner.model.plan import Plan
from planner.model.zone import Datum, HeightLimit, Zone, ZoneRule
from planner.route.check_ground import Ground, Returns
from planner.route.check_path import Kind
from planner.route.check_values import Conditions, Problem, Rules, Severity
from planner.zones.index import Hit, ZoneIndex

LAUNCH_M = 150.0
"""So far from the launch place, land under the way is no problem."""
CLOSED = frozenset({ZoneRule.NO_FLY, ZoneRule.AUTHORISATION, ZoneRule.OBSTACLE, ZoneRule.ALTITUDE_LIMIT})
"""Zones that a way home must not cross, an altitude limit not above it."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """A leg through or beside a zone: its lowest and highest point there, metres above sea and surface."""

    leg: int
    share: float
    through_m: float
    distance_m: float
    low_msl_m: float
    high_msl_m: float
    surface_msl_m: float

    def lowest(self, datum: Datum) -> float:
        """The lowest point in a datum."""
        return self.low_msl_m - (self.surface_msl_m if datum is Datum.GROUND else 0.0)

    def highest(self, datum: Datum) -> float:
        """The highest point in a datum."""
        return self.high_msl_m - (self.surface_msl_m if datum is Datum.GROUND else 0.0)


@dataclass(frozen=True, slots=True)
class _Finding:
    code: str
    severity: Severity
    says: str


Judge = Callable[[Zone, _Pass, Rules], _Finding | None]


def zones_of(plan: Plan) -> tuple[Zone, ...]:
    """The zones that a plan is checked against: its own, and what it keeps out of as conditions to read."""
    said = "the plan keeps out of it"
    kept = (Zone(a.name, ZoneRule.CONDITIONAL, a.outline, a.holes, message=said) for a in plan.keep_out)
    return (*plan.all_zones, *kept)


def zone_problems(
    ground: Ground,
    returns: Sequence[Returns],
    zones: Sequence[Zone],
    conditions: Conditions,
    rules: Rules,
    end_utc: datetime | None,
) -> list[Problem]:
    """Problems with zones that apply at the time of the flight; one for each zone and code, at its first item."""
    start = conditions.start_utc
    active = [zone for zone in zones if zone.rule in _JUDGES and zone.applies(start, end_utc)]
    active = [zone for zone in active if not _is_leave_given(zone, conditions)]
    if conditions.land_allowed:
        active = [zone for zone in active if zone.rule not in {ZoneRule.LAND, ZoneRule.SHORE}]
    if not active or not len(ground.starts):
        return []
    places = [ground.path.home.at, *(leg.end.at for leg in ground.path.legs), *(r.at for r in ground.path.rally)]
    index = ZoneIndex(active, ground.frame, places)
    problems = _of_legs(ground, index, rules)
    problems += _of_returns(ground, returns, index, rules)
    return problems


def _is_leave_given(zone: Zone, conditions: Conditions) -> bool:
    return zone.rule is ZoneRule.AUTHORISATION and bool({zone.identifier, zone.name} & conditions.authorised)


def _of_legs(ground: Ground, index: ZoneIndex, rules: Rules) -> list[Problem]:
    found: dict[tuple[int, str], list[tuple[_Pass, _Finding]]] = {}
    for hit in index.met_by_legs(ground.starts, ground.ends, margin_m=_margin(ground, index.zones, rules)):
        zone = index.zones[hit.zone]
        met = _pass(ground, hit)
        if zone.rule in {ZoneRule.LAND, ZoneRule.SHORE} and _at_launch(ground, hit):
            continue
        finding = _JUDGES[zone.rule](zone, met, rules)
        if finding is not None:
            found.setdefault((hit.zone, finding.code), []).append((met, finding))
    entered = {zone for zone, code in found if not code.startswith("zone-near")}
    return [
        _told(ground, rows) for (zone, code), rows in found.items() if not (code == "zone-near" and zone in entered)
    ]


def _margin(ground: Ground, zones: Iterable[Zone], rules: Rules) -> float:
    margin = max(rules.zone_margin_m, rules.obstacle_margin_m)
    if any(zone.rule is ZoneRule.PEOPLE for zone in zones):
        margin = max(margin, rules.people_m, float(ground.agl_m.max()) if rules.people_one_to_one else 0.0)
    return margin


def _pass(ground: Ground, hit: Hit) -> _Pass:
    low, high = ground.msl_m[hit.leg]
    inside = not np.isnan(hit.first)
    first, last = (hit.first, hit.last) if inside else (0.0, 1.0)
    is_point = bool(np.all(ground.starts[hit.leg] == ground.ends[hit.leg]))
    shares = (0.0, 1.0) if is_point else (first, last)
    heights = [low + share * (high - low) for share in shares]
    length = float(np.hypot(*(ground.ends[hit.leg] - ground.starts[hit.leg])))
    through = length * (last - first) if inside else 0.0
    distance = 0.0 if inside else hit.distance_m
    return _Pass(hit.leg, first, through, distance, min(heights), max(heights), ground.path.surface_msl_m)


def _at_launch(ground: Ground, hit: Hit) -> bool:
    """Whether all of the way over the land lies close to the launch place."""
    home = ground.frame.to_metres([ground.path.home.at])[0]
    first, last = (0.0, 1.0) if np.isnan(hit.first) else (hit.first, hit.last)
    along = ground.ends[hit.leg] - ground.starts[hit.leg]
    return all(float(np.linalg.norm(ground.starts[hit.leg] + s * along - home)) <= LAUNCH_M for s in (first, last))


def _overlaps(zone: Zone, met: _Pass, *, below_m: float = 0.0, above_m: float = 0.0) -> bool:
    """Whether the heights meet those of the zone, widened by margins."""
    if zone.upper is not None and met.lowest(zone.upper.datum) > zone.upper.metres + above_m:
        return False
    if zone.lower is None or _is_ground(zone.lower):
        return True
    return met.highest(zone.lower.datum) >= zone.lower.metres - below_m


def _is_ground(limit: HeightLimit) -> bool:
    return limit.datum is Datum.GROUND and limit.metres <= 0


def _closed(zone: Zone, met: _Pass, rules: Rules) -> _Finding | None:
    if not _overlaps(zone, met):
        return None
    leave = zone.rule is ZoneRule.AUTHORISATION
    if met.distance_m > 0:
        if met.distance_m > rules.zone_margin_m:
            return None
        kind = "zone that needs leave" if leave else "no-fly zone"
        return _Finding("zone-near", Severity.WARNING, f"passes {met.distance_m:.0f} m from {kind} {_named(zone)}")
    if leave:
        text = f"enters zone {_named(zone)} without leave of its authority{_for(met)}"
        return _Finding("zone-authorisation", Severity.ERROR, text)
    return _Finding("zone-no-fly", Severity.ERROR, f"enters no-fly zone {_named(zone)}{_for(met)}")


def _conditional(zone: Zone, met: _Pass, _: Rules) -> _Finding | None:
    if met.distance_m > 0 or not _overlaps(zone, met):
        return None
    says = f": {zone.message}" if zone.message else ""
    return _Finding("zone-conditional", Severity.WARNING, f"enters zone {_named(zone)}, open on conditions{says}")


def _ceiling(zone: Zone, met: _Pass, _: Rules) -> _Finding | None:
    if met.distance_m > 0 or zone.upper is None or met.highest(zone.upper.datum) <= zone.upper.metres:
        return None
    over = met.highest(zone.upper.datum)
    text = f"is {over:.0f} m {zone.upper.datum} high in zone {zone.name!r}, where {zone.upper} is the limit"
    return _Finding("zone-ceiling", Severity.ERROR, text)


def _obstacle(zone: Zone, met: _Pass, rules: Rules) -> _Finding | None:
    margin = rules.obstacle_margin_m
    if met.distance_m > margin or (zone.upper is not None and not _overlaps(zone, met, above_m=margin)):
        return None
    if zone.upper is not None:
        text = f"passes obstacle {zone.name!r}, {zone.upper} high, with less than {margin:.0f} m above it"
        return _Finding("obstacle", Severity.ERROR, text)
    if zone.lower is None:
        text = f"passes over obstacle {zone.name!r}, whose height is not charted"
        return _Finding("obstacle-height-unknown", Severity.WARNING, text)
    if met.lowest(zone.lower.datum) <= zone.lower.metres + margin:
        text = f"passes under or through {zone.name!r}, which begins {zone.lower} up"
        return _Finding("obstacle", Severity.ERROR, text)
    text = f"passes over {zone.name!r}, which begins {zone.lower} up and whose top is not charted"
    return _Finding("obstacle-height-unknown", Severity.WARNING, text)


def _people(zone: Zone, met: _Pass, rules: Rules) -> _Finding | None:
    height = met.highest(Datum.GROUND) if rules.people_one_to_one else 0.0
    needed = max(rules.people_m, height)
    if met.distance_m >= needed:
        return None
    text = f"comes within {met.distance_m:.0f} m of people at {zone.name!r}; {needed:.0f} m are needed"
    return _Finding("people-near", Severity.ERROR, text)


def _water(zone: Zone, met: _Pass, _: Rules) -> _Finding | None:
    if met.distance_m > 0 or not _overlaps(zone, met):
        return None
    says = f" ({zone.message})" if zone.message else ""
    return _Finding("restricted-water", Severity.WARNING, f"goes over restricted water {zone.name!r}{says}")


def _privacy(zone: Zone, met: _Pass, _: Rules) -> _Finding | None:
    if met.distance_m > 0 or not _overlaps(zone, met):
        return None
    return _Finding("privacy", Severity.WARNING, f"goes over {zone.name!r}, where people's privacy is to be kept")


def _fairway(zone: Zone, met: _Pass, rules: Rules) -> _Finding | None:
    low, needed = met.lowest(Datum.GROUND), rules.fairway_mast_m + rules.obstacle_margin_m
    if met.distance_m > 0 or low >= needed:
        return None
    text = f"crosses fairway {zone.name!r} at {low:.0f} m; ships' masts reach {rules.fairway_mast_m:.0f} m"
    return _Finding("fairway-low", Severity.WARNING, text)


def _land(zone: Zone, met: _Pass, _: Rules) -> _Finding | None:
    if met.distance_m > 0:
        return None
    return _Finding("over-land", Severity.ERROR, f"goes over land {zone.name!r}{_for(met)}; only water is allowed")


_JUDGES: dict[ZoneRule, Judge] = {
    ZoneRule.NO_FLY: _closed,
    ZoneRule.AUTHORISATION: _closed,
    ZoneRule.CONDITIONAL: _conditional,
    ZoneRule.ALTITUDE_LIMIT: _ceiling,
    ZoneRule.OBSTACLE: _obstacle,
    ZoneRule.PEOPLE: _people,
    ZoneRule.RESTRICTED_WATER: _water,
    ZoneRule.PRIVACY: _privacy,
    ZoneRule.FAIRWAY: _fairway,
    ZoneRule.LAND: _land,
    ZoneRule.SHORE: _land,
}


def _of_returns(ground: Ground, returns: Sequence[Returns], index: ZoneIndex, rules: Rules) -> list[Problem]:
    problems = []
    for number, zone in enumerate(index.zones):
        shape = index.shapes[number]
        if shape is None or zone.rule not in CLOSED:
            continue
        wanted = _return_heights(ground, zone, rules)
        for back in returns:
            leg = back.first_met(shape, wanted) if wanted.any() else None
            if leg is not None:
                problems.append(_return_problem(ground, zone, back.name, leg))
    return problems


def _return_heights(ground: Ground, zone: Zone, rules: Rules) -> npt.NDArray[np.bool_]:
    """From which legs the way home is in the zone's heights."""
    lowest, highest = ground.return_msl_m.T
    wanted = np.ones(len(lowest), dtype=bool)
    margin = rules.obstacle_margin_m if zone.rule is ZoneRule.OBSTACLE else 0.0
    surface = ground.path.surface_msl_m
    if zone.rule is ZoneRule.ALTITUDE_LIMIT:
        if zone.upper is None:
            return np.zeros_like(wanted)
        top = zone.upper.metres + (surface if zone.upper.datum is Datum.GROUND else 0.0)
        return np.asarray(highest > top)
    if zone.rule is ZoneRule.OBSTACLE and zone.upper is None:
        if zone.lower is None:
            return np.zeros_like(wanted)
        top = zone.lower.metres + (surface if zone.lower.datum is Datum.GROUND else 0.0)
        return np.asarray(lowest <= top + margin)
    if zone.upper is not None:
        top = zone.upper.metres + (surface if zone.upper.datum is Datum.GROUND else 0.0)
        wanted &= lowest <= top + margin
    if zone.lower is not None and not _is_ground(zone.lower):
        bottom = zone.lower.metres + (surface if zone.lower.datum is Datum.GROUND else 0.0)
        wanted &= highest >= bottom
    return wanted


def _from_to(low: float, high: float) -> str:
    return f"{high:.0f}" if high - low < 1 else f"{low:.0f} to {high:.0f}"


_RETURN_CODES = {
    ZoneRule.NO_FLY: "return-no-fly",
    ZoneRule.AUTHORISATION: "return-authorisation",
    ZoneRule.OBSTACLE: "return-obstacle",
    ZoneRule.ALTITUDE_LIMIT: "return-ceiling",
}


def _return_problem(ground: Ground, zone: Zone, goal: str, leg: int) -> Problem:
    code = _RETURN_CODES[zone.rule]
    kind = "obstacle" if zone.rule is ZoneRule.OBSTACLE else "zone"
    item = ground.path.legs[leg].item
    where = _where(ground, leg, 0.5)
    text = (
        f"A straight way {goal} from near item {item}, at {_from_to(*ground.return_msl_m[leg])} m AMSL, crosses {kind} "
        f"{_named(zone)}; another launch place, a rally point or another height of return may avoid it."
    )
    return Problem(code, Severity.ERROR, text, item, where)


def _told(ground: Ground, rows: list[tuple[_Pass, _Finding]]) -> Problem:
    """One problem of all legs that meet a zone in the same way, told of the first."""
    met, finding = rows[0]
    leg = ground.path.legs[met.leg]
    more = _numbers({ground.path.legs[m.leg].item for m, _ in rows} - {leg.item})
    text = f"{_leg_name(ground, met.leg)} {finding.says}{more}."
    return Problem(finding.code, finding.severity, text, leg.item, _where(ground, met.leg, met.share))


def _where(ground: Ground, leg: int, share: float) -> LatLon:
    return ground.place(leg, share)


def _leg_name(ground: Ground, leg: int) -> str:
    flown = ground.path.legs[leg]
    match flown.kind:
        case Kind.CLIMB:
            return f"The climb of item {flown.item}"
        case Kind.DESCENT:
            return "The descent at the end"
        case Kind.HOME:
            return f"The way home after item {flown.item}"
        case Kind.WAY:
            before = ground.path.legs[leg - 1].kind if leg else Kind.CLIMB
            return f"The way {'from the launch place ' if before is Kind.CLIMB and leg < 3 else ''}to item {flown.item}"


def _numbers(items: Iterable[int]) -> str:
    """Further items in words, neighbours drawn together: ", also items 5 to 9, 12 and 3 more"."""
    runs: list[list[int]] = []
    for item in sorted(items):
        if runs and item == runs[-1][1] + 1:
            runs[-1][1] = item
        else:
            runs.append([item, item])
    if not runs:
        return ""
    said = [f"{a} to {b}" if b > a else str(a) for a, b in runs[:3]]
    rest = sum(b - a + 1 for a, b in runs[3:])
    return f", also to item{'s' if len(runs) > 1 or runs[0][1] > runs[0][0] else ''} {', '.join(said)}" + (
        f" and {rest} more" if rest else ""
    )


def _named(zone: Zone) -> str:
    """Name and heights of a zone."""
    lower = "the ground" if zone.lower is None or _is_ground(zone.lower) else str(zone.lower)
    upper = "any height" if zone.upper is None else str(zone.upper)
    ident = f" ({zone.identifier})" if zone.identifier and zone.identifier != zone.name else ""
    return f"{zone.name!r}{ident} from {lower} to {upper}"


def _for(met: _Pass) -> str:
    height = met.lowest(Datum.GROUND)
    return f", {met.through_m:.0f} m of it at {height:.0f} m above the surface" if met.through_m >= 1 else ""


def iter_active(zones: Iterable[Zone], start: datetime | None, end: datetime | None) -> Iterator[Zone]:
    """The zones that apply at some moment of a flight."""
    return (zone for zone in zones if zone.applies(start, end))
