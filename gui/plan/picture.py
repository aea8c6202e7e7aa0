"""What the Plan page draws on the map, as GeoJSON."""

from itertools import groupby

from gui.map import features
from gui.map.looks import JSON, LayerStyle, Look
from gui.plan.services import Sample
from gui.plan.values import Shown
from planner.model.plan import AreaKind
from planner.model.planned import Leg, LegKind
from planner.model.zone import Zone, ZoneRule

AREAS = LayerStyle(Look.AREA, editable=True, names=True)
STILL = LayerStyle(Look.PLANNED, interactive=False)
_ZONE_LOOKS = {
    ZoneRule.NO_FLY: Look.NO_FLY,
    ZoneRule.RESTRICTED_WATER: Look.RESTRICTED_WATER,
    ZoneRule.ANCHORAGE: Look.ANCHORAGE,
}


def areas(shown: Shown) -> JSON:
    """The drawn areas and lines."""
    made = []
    for drawn, row in zip(shown.draft.areas, shown.rows, strict=True):
        area = drawn.area
        said = {"name": area.name, "tooltip": row.size, "selected": row.selected}
        if area.kind is AreaKind.LINE:
            made.append(features.line(area.outline, drawn.id, Look.LINE, **said))
        else:
            made.append(features.polygon(area.outline, drawn.id, Look.AREA, area.holes, **said))
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


def zone(of: Zone) -> JSON:
    """A zone by its rule."""
    return features.polygon(
        of.outline,
        of.name,
        _ZONE_LOOKS.get(of.rule, Look.RESTRICTED_WATER),
        of.holes,
        name=of.name,
        tooltip=of.rule.value.replace("-", " "),
    )


def quays(sample: Sample) -> JSON:
    """The quays of the practice harbour."""
    return features.collection(features.polygon(q, f"quay-{i}", Look.QUAY) for i, q in enumerate(sample.quays))


def zones(sample: Sample) -> JSON:
    """The zones of the practice harbour."""
    return features.collection(zone(z) for z in sample.zones)


def _is_transit(leg: Leg) -> bool:
    return leg.kind is LegKind.TRANSIT
