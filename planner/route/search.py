"""Searches for something adrift, after the IAMSAR Manual: SS, VS, PS and CS, and what they may find.

Expanding square (SS): legs of S, S, 2S, 2S, 3S, 3S ... from the datum, each turned 90 degrees to the right, the first
into the wind. Sector (VS): three sectors of 60 degrees through the datum, all turns 120 degrees to the right, nine
radii long, the first leg down the drift. Parallel track (PS) and creeping line (CS): a rectangle in tracks S apart
along its longer or its shorter side, the first half of S from the edge. The coverage factor is C = W / S, or
W x track / area where the spacing varies. What it finds is told in planner/route/search_chance.py.

The manual itself was not at hand. Read were pages that reproduce its text: themarinestudy.com, "Sector search (VS)"
(circular area, first leg usually down-drift, turns of 120 degrees to starboard for vessels); oocities.com/mpaoral,
"Expanding square search (SS)" (starts at datum, first leg into the wind); slideserve.com, "Sector Search Pattern"
(first leg with the current). Its figure of the chances was not seen: they are computed from the two laws.
"""

import itertools
import math
from dataclasses import replace

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LatLon, LocalFrame, centroid
from planner.model.drift import Datum
from planner.model.errors import BadInput
from planner.model.patterns import Pattern, SearchParameters
from planner.model.plan import AreaKind, Plan
from planner.model.planned import PlannedMission
from planner.route.area import polygon_of
from planner.route.around import led_round, widened
from planner.route.assemble import Drawn, Settings, assembled, settings_of
from planner.route.detour import barred
from planner.route.search_chance import chances
from planner.route.shapes import Point, length_m

MOST_LEGS = 20_000


def expanding_square(spacing_m: float, reach_m: float, first_deg: float) -> list[Point]:
    """SS about (0, 0): legs until the square reaches `reach_m` from the datum on all sides."""
    legs = max(2, 4 * math.ceil(reach_m / spacing_m - 0.5 - 1e-9) + 1)
    points = [(0.0, 0.0)]
    for number in range(legs):
        length = spacing_m * (number // 2 + 1) if number < legs - 1 else spacing_m * (number // 2)
        points.append(_on(points[-1], first_deg + 90 * number, length or spacing_m))
    return points


def sector(radius_m: float, first_deg: float) -> list[Point]:
    """VS about (0, 0)."""
    points = [(0.0, 0.0)]
    for number, radii in enumerate((1, 1, 2, 1, 2, 1, 1)):
        points.append(_on(points[-1], first_deg + 120 * number, radii * radius_m))
    return points


def tracks(polygon: BaseGeometry, spacing_m: float, along_deg: float) -> list[Point]:
    """PS or CS: to and fro over `polygon` along a bearing, tracks `spacing_m` apart, ends half of that inside."""
    ux, uy = math.sin(math.radians(along_deg)), math.cos(math.radians(along_deg))
    xy = shapely.get_coordinates(polygon)
    across = xy @ (uy, -ux)
    low, high = float(across.min()), float(across.max())
    count = max(1, math.ceil((high - low) / spacing_m - 1e-6))
    if count > MOST_LEGS:
        raise ValueError(f"{count:,} tracks are too many; search a smaller area or with a greater spacing")
    start = (low + high) / 2 - (count - 1) / 2 * spacing_m
    size = float(abs(xy).max()) * 4 + spacing_m
    points: list[Point] = []
    for number in range(count):
        offset = min(max(start + number * spacing_m, low + 1e-3), high - 1e-3)
        ends = [(offset * uy + s * size * ux, -offset * ux + s * size * uy) for s in (-1, 1)]
        hit = shapely.get_coordinates(shapely.linestrings(ends).intersection(polygon))
        if len(hit) < 2:
            continue
        at = hit @ (ux, uy)
        first, last = float(at.min()), float(at.max())
        cut = min(spacing_m / 2, (last - first) / 2 - 0.5)
        track = [(offset * uy + a * ux, -offset * ux + a * uy) for a in (first + max(cut, 0), last - max(cut, 0))]
        points.extend(track if number % 2 == 0 else track[::-1])
    return points


def search_mission(plan: Plan) -> PlannedMission:
    """The mission that searches about the plan's datum, or the plan's areas by tracks.

    Raises:
        BadInput: a line instead of an area, or nothing left to search outside what is kept out of.
    """
    given = plan.parameters if isinstance(plan.parameters, SearchParameters) else SearchParameters()
    flown = settings_of(plan)
    start = given.datum or centroid(place for area in plan.areas for place in area.outline)
    datum = given.drift_from(start)
    frame = LocalFrame(datum.at)
    width = given.sweep_width_m or flown.strip.width
    spacing = given.spacing_m or plan.swath_m or width
    try:
        drawn = _points(plan, given, datum, frame, spacing)
    except ValueError as error:
        raise BadInput(plan.name, str(error)) from None
    region = _region(plan, drawn, spacing)
    flown = _spaced(flown, spacing, width)
    forbidden = widened(shapely.union_all([barred(area, frame) for area in plan.out_of]))
    way = led_round(drawn, forbidden).way()
    if len(way.points) < 2:
        raise BadInput(plan.name, "all of the search lies in what is to be kept out of")
    found = _details(plan, given, datum, start, width=width, spacing=spacing, points=drawn, region=region)
    likely = chances(
        way.points,
        region.difference(forbidden),
        width_m=width,
        apart_m=width if plan.pattern is Pattern.SECTOR else max(width, spacing),
        datums=_datums(given, datum, frame),
        error_m=datum.error_m,
    )
    found |= {
        "pod": round(likely.found, 4),
        "pod_ideal": round(likely.found_ideal, 4),
        "pos": round(likely.success, 4),
    }
    there = ""
    if likely.contained is not None:
        found["poc"] = round(likely.contained, 4)
        there = f"; it is there with a chance of {likely.contained:.0%}, so found at all with {likely.success:.0%}"
    chance = (
        f"coverage factor {found['coverage_factor']:.2f}: if it is in the water searched, this search finds it with a "
        f"chance of {likely.found:.0%} under normal conditions, {likely.found_ideal:.0%} under ideal ones{there}"
    )
    led = not forbidden.is_empty and way.points != tuple(drawn)
    notes = (chance, "tracks lead round what is kept out of") if led else (chance,)
    goal = region.difference(forbidden)
    return assembled(plan, flown, Drawn(frame, (way,), goal, notes=notes, details=dict(found)))


def _points(plan: Plan, given: SearchParameters, datum: Datum, frame: LocalFrame, spacing: float) -> list[Point]:
    reach = given.radius_m or datum.radius_m
    first = plan.angle_deg if plan.angle_deg is not None else _first_deg(plan.pattern, given, datum)
    if plan.pattern is Pattern.EXPANDING_SQUARE:
        if reach / spacing > math.sqrt(MOST_LEGS):
            raise ValueError(f"{reach:.0f} m in tracks {spacing:.0f} m apart is too far; use a greater spacing")
        return expanding_square(spacing, max(reach, spacing), first)
    if plan.pattern is Pattern.SECTOR:
        return sector(max(reach, spacing), first)
    if any(area.kind is not AreaKind.POLYGON for area in plan.areas):
        raise ValueError("tracks need a polygon to search, or a --datum without AREA")
    whole = shapely.union_all([polygon_of(area, frame) for area in plan.areas]).convex_hull
    if plan.angle_deg is not None:
        return tracks(whole, spacing, plan.angle_deg)
    longer = _longer_side_deg(whole)
    return tracks(whole, spacing, longer if plan.pattern is Pattern.PARALLEL else longer + 90)


def _first_deg(pattern: Pattern, given: SearchParameters, datum: Datum) -> float:
    """Bearing of the first leg: a square's into the wind, a sector's down the drift; north where there is none."""
    if pattern is Pattern.SECTOR:
        return datum.drift_deg
    # that leg, and so the start of all others, then suffers least from a drift not allowed for
    return given.wind.direction_deg if given.wind.speed_m_s else 0.0


def _datums(given: SearchParameters, datum: Datum, frame: LocalFrame) -> tuple[Point, ...]:
    """Both datums in local metres; none where no last known position was given: then it is anywhere in the area."""
    if given.datum is None:
        return ()
    return tuple((float(east), float(north)) for east, north in frame.to_metres([datum.left, datum.right]))


def _region(plan: Plan, points: list[Point], spacing: float) -> Polygon:
    """The water that the search is for: a disc, or the square or polygon that the tracks fill."""
    if plan.pattern is Pattern.SECTOR:
        return shapely.Point(0, 0).buffer(math.dist(points[0], points[1]), quad_segs=32)
    hull = shapely.MultiPoint(points).convex_hull
    return hull.buffer(spacing / 2, cap_style="square", join_style="mitre")


def _details(
    plan: Plan,
    given: SearchParameters,
    datum: Datum,
    start: LatLon,
    *,
    width: float,
    spacing: float,
    points: list[Point],
    region: Polygon,
) -> dict[str, float | list[float]]:
    coverage = width / spacing
    if plan.pattern is Pattern.SECTOR:
        coverage = width * length_m(points) / float(region.area)
    return {
        "datum": _pair(datum.at),
        "datum_left": _pair(datum.left),
        "datum_right": _pair(datum.right),
        "last_known": _pair(start),
        "drift_m": round(datum.drift_m, 1),
        "drift_deg": round(datum.drift_deg, 1),
        "error_m": round(datum.error_m, 1),
        "radius_m": round(given.radius_m or datum.radius_m, 1),
        "sweep_width_m": round(width, 2),
        "track_spacing_m": round(spacing, 2),
        "search_area_m2": round(float(region.area), 1),
        "coverage_factor": round(coverage, 4),
    }


def _spaced(flown: Settings, spacing: float, width: float) -> Settings:
    """The settings of a search: spacing and width of detection instead of the camera's."""
    return replace(flown, strip=replace(flown.strip, spacing=spacing, width=width))


def _longer_side_deg(polygon: BaseGeometry) -> float:
    """Bearing of the longer side of the least rectangle about `polygon`."""
    corners = shapely.get_coordinates(polygon.minimum_rotated_rectangle)
    a, b = max(itertools.pairwise(corners[:3]), key=lambda side: math.dist(*side))
    return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1])) % 180.0


def _on(at: Point, bearing_deg: float, range_m: float) -> Point:
    turned = math.radians(bearing_deg)
    return at[0] + range_m * math.sin(turned), at[1] + range_m * math.cos(turned)


def _pair(place: LatLon) -> list[float]:
    return [round(place.lat_deg, 7), round(place.lon_deg, 7)]
