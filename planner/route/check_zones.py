"""Every leg against zones: no-fly, leave, ceilings, obstacles, people, water, land. Ways back: check_returns.py."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from planner.geo.points import Floats, LatLon
from planner.model.plan import Plan
from planner.model.zone import Datum, Zone, ZoneRule
from planner.route.check_ground import Ground, Returns
from planner.route.check_legs import FlownPath, Kind
from planner.route.check_returns import LAUNCH_M, is_ground, named, return_problems
from planner.route.check_values import Conditions, Problem, Rules, Severity
from planner.zones.index import Hit, ZoneIndex

ZONES_NEAR_M = 20_000.0
METRES_PER_DEG = 111_000.0


@dataclass(frozen=True, slots=True)
class _Pass:
    """A leg through or beside a zone: its lowest and highest point there, metres above sea and surface.

    `low_agl_m` is above the highest that the ground may be; `over_water_m` above the sea, or the surface as given.
    """

    leg: int
    share: float
    through_m: float
    distance_m: float
    low_msl_m: float
    high_msl_m: float
    low_agl_m: float
    high_agl_m: float
    over_water_m: float

    def lowest(self, datum: Datum) -> float:
        """The lowest point in a datum."""
        return self.low_agl_m if datum is Datum.GROUND else self.low_msl_m

    def highest(self, datum: Datum) -> float:
        """The highest point in a datum."""
        return self.high_agl_m if datum is Datum.GROUND else self.high_msl_m


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
    path = ground.path
    refuges = [path.home, *path.rally, *([] if path.breach_return is None else [path.breach_return])]
    places = [*(spot.at for spot in refuges), *(leg.end.at for leg in path.legs)]
    index = ZoneIndex(active, ground.frame, places)
    return [*_of_legs(ground, index, rules), *return_problems(ground, returns, index, rules)]


def zones_near(path: FlownPath, zones: Sequence[Zone]) -> int:
    """How many zones reach within ZONES_NEAR_M of the box around a flight, whatever they say and when."""
    if not zones:
        return 0
    lats = [spot.at.lat_deg for spot in (path.home, *(leg.end for leg in path.legs))]
    lons = [_lon_from(path.home.at, spot.at) for spot in (path.home, *(leg.end for leg in path.legs))]
    up = ZONES_NEAR_M / METRES_PER_DEG
    across = up / max(math.cos(math.radians(path.home.at.lat_deg)), 0.05)
    box = min(lats) - up, max(lats) + up, min(lons) - across, max(lons) + across
    return sum(_reaches(zone, box, path.home.at) for zone in zones)


def _reaches(zone: Zone, box: tuple[float, float, float, float], home: LatLon) -> bool:
    lats = [place.lat_deg for place in zone.outline]
    if max(lats) < box[0] or min(lats) > box[1]:
        return False
    lons = [_lon_from(home, place) for place in zone.outline]
    return max(lons) >= box[2] and min(lons) <= box[3]


def _lon_from(home: LatLon, place: LatLon) -> float:
    return (place.lon_deg - home.lon_deg + 180.0) % 360.0 - 180.0


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
    inside = not np.isnan(hit.first)
    first, last = (hit.first, hit.last) if inside else (0.0, 1.0)
    is_point = bool(np.all(ground.starts[hit.leg] == ground.ends[hit.leg]))
    shares = np.array([0.0, 1.0] if is_point else [first, last])

    def there(heights: Floats) -> Floats:
        return np.asarray(heights[hit.leg, 0] + shares * (heights[hit.leg, 1] - heights[hit.leg, 0]), dtype=float)

    length = float(np.hypot(*(ground.ends[hit.leg] - ground.starts[hit.leg])))
    return _Pass(
        hit.leg,
        first,
        length * (last - first) if inside else 0.0,
        0.0 if inside else hit.distance_m,
        float(there(ground.msl_m).min()),
        float(there(ground.most_msl_m).max()),
        float(there(ground.least_agl_m).min()),
        float(there(ground.agl_m).max()),
        float(there(ground.agl_m).min()),
    )


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
    if zone.lower is None or is_ground(zone.lower):
        return True
    return met.highest(zone.lower.datum) >= zone.lower.metres - below_m


def _closed(zone: Zone, met: _Pass, rules: Rules) -> _Finding | None:
    if not _overlaps(zone, met):
        return None
    leave = zone.rule is ZoneRule.AUTHORISATION
    if met.distance_m > 0:
        if met.distance_m > rules.zone_margin_m:
            return None
        kind = "zone that needs leave" if leave else "no-fly zone"
        how = f"passes {met.distance_m:.0f} m from" if met.distance_m >= 1 else "passes along the edge of"
        return _Finding("zone-near", Severity.WARNING, f"{how} {kind} {named(zone)}")
    if leave:
        text = f"enters zone {named(zone)} without leave of its authority{_for(met)}"
        return _Finding("zone-authorisation", Severity.ERROR, text)
    return _Finding("zone-no-fly", Severity.ERROR, f"enters no-fly zone {named(zone)}{_for(met)}")


def _conditional(zone: Zone, met: _Pass, _: Rules) -> _Finding | None:
    if met.distance_m > 0 or not _overlaps(zone, met):
        return None
    says = f": {zone.message}" if zone.message else ""
    return _Finding("zone-conditional", Severity.WARNING, f"enters zone {named(zone)}, open on conditions{says}")


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
    low, needed = met.over_water_m, rules.fairway_mast_m + rules.obstacle_margin_m
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


def _for(met: _Pass) -> str:
    height = met.lowest(Datum.GROUND)
    return f", {met.through_m:.0f} m of it at {height:.0f} m above the surface" if met.through_m >= 1 else ""
