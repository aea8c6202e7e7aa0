"""The map of a report: footprints, zones, vessels with their errors, AIS without a vessel."""

from collections.abc import Sequence

import shapely

from detection.case.view import CaseView
from detection.footage.frames import Frame
from detection.report import words
from detection.report.content import Content, Vessel
from planner.geo.camera import footprint
from planner.geo.points import LatLon, LocalFrame, bearing_deg, distance_m
from planner.maps.layers import Colour, EllipseMark, Layer, Line, Marker, PolygonLayer, Shape
from planner.maps.offline import map_fragment
from planner.model.words import counted
from planner.model.zone import ZoneRule

MARKS = {
    "suspicious": (Shape.DIAMOND, Colour.SUSPICIOUS, False),
    "unsure": (Shape.TRIANGLE, Colour.UNSURE, False),
    "cleared": (Shape.CIRCLE, Colour.CLEARED, False),
    "not reviewed": (Shape.DIAMOND, Colour.SUSPICIOUS, True),
}
ZONES = {
    ZoneRule.RESTRICTED_WATER: Colour.RESTRICTED,
    ZoneRule.NO_FLY: Colour.NO_FLY,
    ZoneRule.ANCHORAGE: Colour.QUIET,
}
FARTHEST_M = 5000.0
"""Footprints that reach farther from the camera are not drawn: they would hide everything else."""


def map_of(content: Content, case: CaseView) -> str:
    """The map as HTML to stand in the page."""
    return map_fragment(layers_of(content, case), title=f"Case {content.name}", theme="light", height_px=560)


def layers_of(content: Content, case: CaseView) -> list[Layer]:
    """What is drawn, from the bottom up."""
    layers: list[Layer] = []
    layers += _photographed(content.frames)
    for zone in content.zones:
        colour, dashed = ZONES.get(zone.rule, Colour.QUIET), zone.rule is ZoneRule.RESTRICTED_WATER
        tip = f"{zone.name} ({zone.rule.value})"
        layers.append(PolygonLayer(zone.outline, zone.holes, zone.name, "Zones", colour, tip, dashed))
    layers += _flown(content)
    layers += _ais_tracks(case, content)
    for vessel in (*content.others, *reversed(content.flagged)):
        layers += _vessel(vessel)
    for lost in content.unseen:
        text = f"AIS {lost.mmsi:09d} {lost.name}\nreported here, no vessel seen"
        layers.append(
            Marker(lost.at, Shape.SQUARE, lost.name, "AIS without a vessel", Colour.AIS, text, text, hollow=True)
        )
    return layers


def _photographed(frames: Sequence[Frame]) -> list[Layer]:
    """The water that the frames show, as one shape."""
    prints = [corners for frame in frames if (corners := _footprint(frame)) is not None]
    if not prints:
        return []
    local = LocalFrame(prints[0][0])
    shapes = [shapely.Polygon(local.to_metres(corners)).buffer(0.1) for corners in prints]
    water = shapely.unary_union(shapes).simplify(0.3)
    text = f"Photographed: {water.area / 1e6:.3f} km2 in {counted(len(prints), 'frame')}"
    layers: list[Layer] = []
    for part in shapely.get_parts(water):
        rings = [tuple(local.to_places(ring.coords[:-1])) for ring in (part.exterior, *part.interiors)]
        layers.append(
            PolygonLayer(rings[0], tuple(rings[1:]), text, "Photographed", Colour.QUIET, text, fill_opacity=0.1)
        )
    return layers


def _footprint(frame: Frame) -> tuple[LatLon, ...] | None:
    if frame.pose is None or frame.intrinsics is None or frame.pose.height_m <= 0:
        return None
    corners = footprint(frame.intrinsics, frame.pose.attitude, frame.pose.height_m)
    if not (abs(corners) < FARTHEST_M).all():  # also false for NaN: a corner above the horizon
        return None
    return tuple(LocalFrame(frame.pose.at).to_places(corners))


def _flown(content: Content) -> list[Layer]:
    places: list[LatLon] = []
    for frame in content.frames:
        if frame.pose is not None and (not places or frame.pose.at != places[-1]):
            places.append(frame.pose.at)
    return (
        [Line(tuple(places), "Camera", "Camera", Colour.ACCENT, "From frame to frame", dashed=True)]
        if len(places) > 1
        else []
    )


def _ais_tracks(case: CaseView, content: Content) -> list[Layer]:
    """The AIS reports around the photographed time, of vessels that matter here."""
    tracks = case.ais() if content.ais_given else None
    if tracks is None or content.span is None:
        return []
    near = [frame.pose.at for frame in content.frames if frame.pose is not None]
    layers: list[Layer] = []
    for track in tracks.by_mmsi.values():
        places = [LatLon(float(y), float(x)) for y, x in zip(track.lat_deg, track.lon_deg, strict=True)]
        if len(places) < 2 or not near or min(distance_m(near[0], p) for p in places) > FARTHEST_M:
            continue
        tip = f"AIS {track.mmsi:09d} {track.static.name}"
        layers.append(Line(tuple(places), tip, "AIS tracks", Colour.AIS, tip, width_px=1.5))
        arrow = bearing_deg(places[-2], places[-1])
        layers.append(Marker(places[-1], Shape.ARROW, tip, "AIS tracks", Colour.AIS, tip, tip, "", arrow, hollow=True))
    return layers


def _vessel(vessel: Vessel) -> list[Layer]:
    contact = vessel.contact
    if contact.at is None:
        return []
    flagged = bool(vessel.flags) or vessel.verdict != "not reviewed"
    shape, colour, hollow = MARKS[vessel.verdict] if flagged else (Shape.DOT, Colour.QUIET, False)
    group = f"Vessels: {vessel.verdict}" if flagged else "Vessels without a flag"
    reasons = "\n".join(flag.reason for flag in vessel.flags)
    head = f"Vessel {vessel.number}, {vessel.verdict}"
    text = "\n".join((head, words.place(contact.at), words.length(contact.length_m), reasons))
    found: list[Layer] = []
    ellipse = contact.ellipse
    if ellipse is not None and ellipse.minor_m > 0:
        axes = (2.146 * ellipse.major_m, 2.146 * ellipse.minor_m, ellipse.bearing_deg)
        found.append(EllipseMark(contact.at, *axes, "", "Errors (about 90 %)", colour))
    name = f"Vessel {vessel.number}"
    label = str(vessel.number) if flagged else ""
    found.append(Marker(contact.at, shape, name, group, colour, name, text.strip(), label, hollow=hollow))
    return found
