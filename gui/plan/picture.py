"""What the Plan page draws on the map, as GeoJSON."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from gui.map import features
from gui.map.looks import JSON, LayerStyle, Look
from gui.plan.draft import Draft, Kept
from gui.plan.services import Sample
from gui.plan.values import Role, Shown
from planner.geo.points import LatLon, destination, distance_m
from planner.model.patterns import HullParameters, OrbitParameters, PatrolParameters, SearchParameters, WatchPlace
from planner.model.plan import AreaKind
from planner.model.planned import Leg, LegKind
from planner.model.zone import Zone, ZoneRule
from planner.route.profile import Moment

AREAS = LayerStyle(Look.AREA, editable=True, names=True)
STILL = LayerStyle(Look.PLANNED, interactive=False)
MARKS = LayerStyle(Look.WAYPOINT)
GHOST = LayerStyle(Look.DRONE, interactive=False)
MOST_NAMES = 12
"""More zones than this are named only under the pointer."""
MOST_CORNERS = 40_000
"""Zones of files are drawn up to so many corners, the nearest to the plan first."""
_ZONE_LOOKS = {
    ZoneRule.NO_FLY: Look.NO_FLY,
    ZoneRule.OBSTACLE: Look.NO_FLY,
    ZoneRule.AUTHORISATION: Look.FENCE,
    ZoneRule.CONDITIONAL: Look.FENCE,
    ZoneRule.ALTITUDE_LIMIT: Look.FENCE,
    ZoneRule.PEOPLE: Look.FENCE,
    ZoneRule.PRIVACY: Look.FENCE,
    ZoneRule.LAND: Look.QUAY,
    ZoneRule.SHORE: Look.QUAY,
    ZoneRule.ANCHORAGE: Look.ANCHORAGE,
    ZoneRule.FAIRWAY: Look.ANCHORAGE,
    ZoneRule.INFORMATION: Look.ANCHORAGE,
}
"""How a rule looks; restricted water has its own magenta dashes."""


def areas(shown: Shown) -> JSON:
    """The drawn things, each in the look of its role."""
    made = []
    for row in shown.rows:
        thing = shown.draft.thing(row.id)
        if thing is None:
            continue
        said = {"name": row.name, "tooltip": row.size, "selected": row.selected}
        if row.zone is not None:
            zone = row.zone
            made.append(features.polygon(zone.outline, row.id, look_of(zone), zone.holes, **said))
            continue
        area = shown.draft.area(row.id)
        kept = area or next(d for d in shown.draft.keep_out if d.id == row.id)
        look = Look.QUAY if row.role is Role.KEEP_OUT else Look.AREA
        if kept.area.kind is AreaKind.LINE:
            made.append(features.line(kept.area.outline, row.id, Look.LINE, **said))
        else:
            made.append(features.polygon(kept.area.outline, row.id, look, kept.area.holes, **said))
    return features.collection(made)


def way(shown: Shown) -> JSON:
    """The legs, joined where they follow each other, and the launch place; faded while a new plan is made."""
    made = []
    faded = not shown.fresh
    legs = shown.planned.legs if shown.planned is not None else ()
    for number, (transit, run) in enumerate(groupby(legs, key=_is_transit)):
        some = list(run)
        places = [some[0].start, *(leg.end for leg in some)]
        made.append(features.line(places, f"leg-{number}", Look.TRANSIT if transit else Look.PLANNED, faded=faded))
    return features.collection(made)


def captures(shown: Shown) -> JSON:
    """Where pictures are taken."""
    return features.collection(
        features.point(at, f"capture-{i}", Look.CAPTURE, faded=not shown.fresh) for i, at in enumerate(shown.captures)
    )


def home(shown: Shown) -> JSON:
    """The launch place, as set or as the planner chose it."""
    given = shown.draft.home or (shown.planned.mission.home if shown.planned is not None else None)
    made = [features.point(given.at, "home", Look.HOME, tooltip="Launch and landing")] if given is not None else []
    return features.collection(made)


def marks(shown: Shown) -> JSON:
    """What a pattern is flown about, where the pilot stands, and the problem that was chosen."""
    made = [*_fence(shown.draft.kept), *_about(shown)]
    pilot, pointed = shown.draft.outlook.pilot, shown.pointed
    if pilot is not None:
        made.append(features.point(pilot, "pilot", Look.WAYPOINT, label="Pilot"))
    if pointed is not None and pointed.where is not None:
        label = "" if pointed.item is None else f"item {pointed.item}"
        made.append(
            features.point(pointed.where, "pointed", Look.CONTACT, selected=True, label=label, tooltip=pointed.text)
        )
    return features.collection(made)


def ghost(now: Moment | None) -> JSON:
    """The drone at a moment of the flight that is not flown yet, with what its camera sees; nothing for None."""
    if now is None:
        return features.collection(())
    made = [features.polygon(now.sees, "sees", Look.FOOTPRINT)] if now.sees else []
    drone = features.point(now.at, "ghost", Look.DRONE, heading_deg=now.course_deg, label=f"item {now.item}")
    return features.collection([*made, drone])


def look_of(zone: Zone) -> Look:
    """The look of a zone by its rule."""
    return _ZONE_LOOKS.get(zone.rule, Look.RESTRICTED_WATER)


def other_zones(before: Draft, now: Draft) -> bool:
    """Whether other zones of files are to be drawn than before: others are there, or others are near."""
    if before.zone_sets is not now.zone_sets:
        return True
    return bool(now.zone_sets) and _middle_of(before) != _middle_of(now)


def file_zones(draft: Draft) -> JSON:
    """The zones of files, the nearest to the plan first where they are too many to be drawn."""
    known = [zone for some in draft.zone_sets for zone in some.zones]
    if sum(len(zone.outline) for zone in known) > MOST_CORNERS:
        middle = _middle_of(draft)
        if middle is not None:
            known.sort(key=lambda zone: distance_m(zone.outline[0], middle))
        known = list(_up_to(known, MOST_CORNERS))
    return features.collection(_zone(zone, f"zone-{number}") for number, zone in enumerate(known))


def zone_style(zones: JSON) -> LayerStyle:
    """Names on the map only where they are few."""
    return LayerStyle(Look.RESTRICTED_WATER, names=len(zones["features"]) <= MOST_NAMES)


def quays(sample: Sample) -> JSON:
    """The quays of the practice harbour."""
    return features.collection(features.polygon(q, f"quay-{i}", Look.QUAY) for i, q in enumerate(sample.quays))


def _fence(kept: Kept) -> Iterator[JSON]:
    """Fence and rally points of an opened file."""
    for number, polygon in enumerate(kept.fence_polygons):
        tooltip = "Fence: stay inside" if polygon.inclusion else "Fence: stay outside"
        yield features.polygon(polygon.places, f"fence-{number}", Look.FENCE, tooltip=tooltip)
    for number, circle in enumerate(kept.fence_circles):
        ring = [destination(circle.at, towards_deg=7.5 * k, range_m=circle.radius_m) for k in range(48)]
        tooltip = "Fence: stay inside" if circle.inclusion else "Fence: stay outside"
        yield features.polygon(ring, f"circle-{number}", Look.FENCE, tooltip=tooltip)
    for number, rally in enumerate(kept.rally):
        yield features.point(rally.at, f"rally-{number}", Look.WAYPOINT, label="rally")


def _zone(zone: Zone, id_: str) -> JSON:
    heights = f"{zone.lower or 'ground'} to {zone.upper or 'no end'}"
    lines = [zone.name, zone.rule.value.replace("-", " "), heights, zone.message[:200]]
    tooltip = "\n".join(line for line in lines if line)
    return features.polygon(zone.outline, id_, look_of(zone), zone.holes, name=zone.name, tooltip=tooltip)


def _middle_of(draft: Draft) -> LatLon | None:
    """A place of the plan, for what is near it."""
    return draft.areas[0].area.outline[0] if draft.areas else draft.home.at if draft.home is not None else None


def _up_to(zones: Sequence[Zone], most: int) -> Iterator[Zone]:
    left = most
    for zone in zones:
        left -= len(zone.outline)
        if left < 0:
            return
        yield zone


def _about(shown: Shown) -> Iterator[JSON]:
    if shown.draft.foreign is not None:
        return
    match shown.draft.parameters:
        case PatrolParameters(watches=watches):
            yield from (_watch(watch, f"watch-{number}") for number, watch in enumerate(watches))
        case OrbitParameters(at=LatLon() as at, course_deg=course):
            yield features.point(at, "vessel", Look.VESSEL, heading_deg=course, label="vessel")
        case HullParameters(at=LatLon() as at, heading_deg=heading):
            yield features.point(at, "vessel", Look.VESSEL, heading_deg=heading, label="hull")
        case SearchParameters(datum=LatLon() as at):
            yield features.point(at, "last known", Look.WAYPOINT, label="last known")
            yield from _datum(shown)
        case _:
            return


def _datum(shown: Shown) -> Iterator[JSON]:
    """Where it has drifted to, with the circle of its error."""
    given = shown.planned.details if shown.planned is not None else {}
    at, error = given.get("datum"), given.get("error_m")
    if isinstance(at, list) and len(at) == 2 and isinstance(error, int | float) and error > 0:
        place = LatLon(float(at[0]), float(at[1]))
        yield features.ellipse(place, "datum", semi_major_m=error, semi_minor_m=error, bearing_deg=0, tooltip="Datum")


def _watch(watch: WatchPlace, id_: str) -> JSON:
    tooltip = f"{watch.name}: a miss costs {watch.value:g}"
    if len(watch.places) == 1:
        return features.point(watch.places[0], id_, Look.WAYPOINT, label=watch.name, tooltip=tooltip)
    return features.line(watch.places, id_, Look.LINE, tooltip=tooltip)


def _is_transit(leg: Leg) -> bool:
    return leg.kind is LegKind.TRANSIT
