"""Rule `restricted-zone`: a vessel inside restricted water."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from detection.locate.sightings import Ellipse
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from detection.triage.scene import Scene, flag_id
from detection.triage.thresholds import Thresholds
from planner.geo.points import Floats, LatLon, LocalFrame
from planner.model.zone import Zone, ZoneRule

RULE = "restricted-zone"
SAMPLES = 512


@dataclass(frozen=True, slots=True)
class _Inside:
    probability: float
    metres: float
    """Metres from the edge, positive inside."""
    sigma_m: float
    frame_ids: tuple[str, ...]


def restricted_zone(scene: Scene, limits: Thresholds) -> Iterator[Flag]:
    """Flags contacts that are more likely inside a zone of restricted water than outside.

    A vessel at rest is judged by its joint position; one that moves also by each sighting alone, for it may have been
    inside for a part of the time only. The probability is the part of the error ellipse that lies in the zone.
    """
    waters = [zone for zone in scene.zones if zone.rule is ZoneRule.RESTRICTED_WATER]
    for zone in waters:
        frame = LocalFrame(zone.outline[0])
        shape = _shape(zone, frame)
        for contact in scene.contacts:
            inside = _judged(scene, contact, shape, frame, limits)
            if inside is not None:
                yield _flag(contact, zone, inside, limits)


def _judged(
    scene: Scene, contact: Contact, shape: shapely.Polygon, frame: LocalFrame, limits: Thresholds
) -> _Inside | None:
    best: _Inside | None = None
    if contact.at is not None:
        joint = _inside(contact.at, contact.ellipse, shape, frame, scene.frames_of(contact))
        if joint.probability >= limits.zone_probability:
            best = joint
    if _moves(contact, limits):
        for sighting in scene.placed(contact):
            if sighting.at is None:
                continue
            alone = _inside(sighting.at, sighting.ellipse, shape, frame, (sighting.frame_id,))
            enough = alone.probability >= limits.zone_moving_probability
            if enough and (best is None or alone.probability > best.probability):
                rest = best.frame_ids if best else ()
                frames = tuple(dict.fromkeys((sighting.frame_id, *rest)))
                best = _Inside(alone.probability, alone.metres, alone.sigma_m, frames)
    return best


def _moves(contact: Contact, limits: Thresholds) -> bool:
    speed, sigma = contact.speed_m_s, contact.speed_sigma_m_s
    return speed is not None and speed - 2 * (sigma or 0.0) > limits.moving_m_s


def _shape(zone: Zone, frame: LocalFrame) -> shapely.Polygon:
    rings = [frame.to_metres(ring) for ring in (zone.outline, *zone.holes)]
    polygon = shapely.Polygon(rings[0], rings[1:])
    return polygon if polygon.is_valid else polygon.buffer(0)


def _inside(
    at: LatLon, ellipse: Ellipse | None, shape: shapely.Polygon, frame: LocalFrame, frame_ids: tuple[str, ...]
) -> _Inside:
    centre = frame.to_metres([at])[0]
    point = shapely.Point(centre)
    from_edge = float(shape.boundary.distance(point))
    within = bool(shape.contains(point))
    sigma_m = 0.0 if ellipse is None else ellipse.major_m
    if from_edge > 4 * sigma_m:
        probability = 1.0 if within else 0.0
    else:
        cloud = centre + spread(ellipse)
        probability = float(shapely.contains_xy(shape, cloud[:, 0], cloud[:, 1]).mean())
    return _Inside(probability, from_edge if within else -from_edge, sigma_m, frame_ids)


def spread(ellipse: Ellipse | None, samples: int = SAMPLES) -> Floats:
    """Offsets (east, north) in metres that stand for an error ellipse: equal shares of its probability, no chance.

    A sunflower whose radii are the quantiles of the two-dimensional normal distribution.
    """
    if ellipse is None:
        return np.zeros((1, 2))
    n = np.arange(samples)
    radius = np.sqrt(-2.0 * np.log(1.0 - (n + 0.5) / samples))
    turn = n * math.pi * (3.0 - math.sqrt(5.0))
    along, across = radius * np.cos(turn) * ellipse.major_m, radius * np.sin(turn) * ellipse.minor_m
    bearing = math.radians(ellipse.bearing_deg)
    east = along * math.sin(bearing) + across * math.cos(bearing)
    north = along * math.cos(bearing) - across * math.sin(bearing)
    return np.column_stack([east, north])


def _flag(contact: Contact, zone: Zone, inside: _Inside, limits: Thresholds) -> Flag:
    where = f"{inside.metres:.0f} m inside" if inside.metres >= 0 else f"{-inside.metres:.0f} m outside the edge of"
    reason = (
        f"The vessel was {where} the restricted water '{zone.name}', with a probability of "
        f"{inside.probability:.0%} at a position error of {inside.sigma_m:.0f} m (one sigma)."
    )
    return Flag(
        flag_id=flag_id(RULE, contact.contact_id, zone.name),
        contact_id=contact.contact_id,
        rule=RULE,
        score=round(inside.probability, 3),
        reason=reason,
        values={
            "zone": zone.name,
            "probability_inside": round(inside.probability, 3),
            "metres_inside": round(inside.metres, 1),
            "sigma_m": round(inside.sigma_m, 1),
            "threshold_probability": limits.zone_probability,
        },
        frame_ids=inside.frame_ids,
    )
