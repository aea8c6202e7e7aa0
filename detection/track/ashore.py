"""Sightings that are no vessels because they lie on land: cars, sheds, the head of a jetty."""

from collections.abc import Iterable, Sequence

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from detection.locate.sightings import Fix, Sighting
from planner.geo.points import LocalFrame
from planner.model.zone import Zone, ZoneRule

DRY = frozenset({ZoneRule.LAND, ZoneRule.SHORE})
LEAST_ON_LAND = 0.5
"""What lies on land with this share of its box, the land taken smaller by one sigma of the position, is no vessel. A
boat moored at a quay lies beside it, and a position error of two sigma does not put it ashore."""


def afloat(sightings: Iterable[Sighting], zones: Sequence[Zone]) -> tuple[Sighting, ...]:
    """The sightings that may be vessels, by the zones of the rules land and shore (none given: all)."""
    land = [zone for zone in zones if zone.rule in DRY]
    return tuple(s for s in sightings if not any(_on(s, zone) for zone in land))


def _on(sighting: Sighting, zone: Zone) -> bool:
    if sighting.fix is not Fix.POINT or sighting.at is None or sighting.ellipse is None or len(sighting.hull) < 3:
        return False
    local = LocalFrame(sighting.at)
    box: BaseGeometry = Polygon(local.to_metres(sighting.hull)).buffer(0)
    land = Polygon(local.to_metres(zone.outline), [local.to_metres(hole) for hole in zone.holes]).buffer(0)
    if box.area == 0 or not land.intersects(box):
        return False
    return bool(land.buffer(-sighting.ellipse.major_m).intersection(box).area >= LEAST_ON_LAND * box.area)
