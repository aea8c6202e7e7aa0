"""The hull pattern: an underwater vehicle scans a moored hull along its sides and under its keel.

Lanes lie on a box about the hull, the stand-off away from it: to and fro on the sides (along the hull or up and down),
then lengthwise under the keel. Lanes end beyond bow and stern, or above and below, so that turns lie outside the hull;
ways between lanes stay on or outside that box. Depths are negative heights above the surface at the launch place
(frame "relative altitude"), as ArduSub asks (ArduSub/commands_logic.cpp: "target alt must be negative", frame
ABOVE_HOME only, no take-off item, NAV_LAND goes to a place and surfaces).
"""

import itertools
import math
from dataclasses import dataclass

from shapely.geometry import Polygon, box

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, MissionItem, item
from planner.model.patterns import HullLanes, HullParameters, HullSides
from planner.model.plan import Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.route.inside import Inside
from planner.route.shapes import Point

DEEPEST_M = 50.0
SHALLOW_M = 0.5
"""Depth of the ways to and from the hull, and of the uppermost lane at least."""
WATER_INDEX = 1.33
"""A flat port in water narrows the view by about this factor (refractive index of water)."""
SCAN_SPEED_M_S = 0.3
STAND_OFF_M = 1.5
FAR_M = 2000.0
MOST_ITEMS = 5000
CONDITION_YAW = 115
"""MAV_CMD_CONDITION_YAW: turn to a heading."""

Point3 = tuple[float, float, float]
"""Forward of amidships, to starboard of it, depth below the surface; metres."""


@dataclass(frozen=True, slots=True)
class HullBox:
    """The hull as a box with its stand-off: what lanes keep away from."""

    length_m: float
    beam_m: float
    draught_m: float
    stand_off_m: float

    def distance_m(self, point: Point3) -> float:
        """How far a point is from the hull; 0 inside it."""
        ahead = max(0.0, abs(point[0]) - self.length_m / 2)
        aside = max(0.0, abs(point[1]) - self.beam_m / 2)
        below = max(0.0, point[2] - self.draught_m)
        return math.sqrt(ahead**2 + aside**2 + below**2)


@dataclass(frozen=True, slots=True)
class Lane:
    """A straight pass with the camera on the hull: from where to where, heading against the bow, camera pitch."""

    start: Point3
    end: Point3
    face_deg: float
    pitch_deg: float


def hull_lanes(
    hull: HullBox, *, across_m: float, lanes: HullLanes = HullLanes.HORIZONTAL, sides: HullSides = HullSides.ALL
) -> list[Lane]:
    """All passes in order, neighbours `across_m` apart at most: one side, the keel, the other side."""
    whole = _side(hull, across_m, lanes, port=True) if sides is not HullSides.STARBOARD else []
    keel = _keel(hull, across_m)
    if sides is HullSides.PORT:
        return [*whole, *keel]
    other = _side(hull, across_m, lanes, port=False)
    if sides is HullSides.STARBOARD:
        return [*other, *(_mirrored(lane) for lane in keel)]
    return [*whole, *keel, *(Lane(lane.end, lane.start, lane.face_deg, lane.pitch_deg) for lane in reversed(other))]


def _side(hull: HullBox, across_m: float, lanes: HullLanes, *, port: bool) -> list[Lane]:
    """To and fro on one side, from the surface down (horizontal) or from stern to bow (vertical)."""
    aside = (hull.beam_m / 2 + hull.stand_off_m) * (-1 if port else 1)
    face = 90.0 if port else 270.0
    out = hull.length_m / 2 + hull.stand_off_m
    if lanes is HullLanes.HORIZONTAL:
        ends = [((-out, aside, depth), (out, aside, depth)) for depth in _depths(hull, across_m)]
    else:
        top, bottom = min(SHALLOW_M, hull.draught_m), hull.draught_m + hull.stand_off_m
        ends = [((ahead, aside, top), (ahead, aside, bottom)) for ahead in _spread(hull.length_m, across_m)]
    return [Lane(a, b, face, 0.0) if number % 2 == 0 else Lane(b, a, face, 0.0) for number, (a, b) in enumerate(ends)]


def _keel(hull: HullBox, across_m: float) -> list[Lane]:
    """Lengthwise under the bottom, from port to starboard, camera up."""
    depth, out = hull.draught_m + hull.stand_off_m, hull.length_m / 2 + hull.stand_off_m
    found = []
    for number, aside in enumerate(_spread(hull.beam_m, across_m)):
        ends = (-out, aside, depth), (out, aside, depth)
        a, b = ends if number % 2 == 0 else ends[::-1]
        found.append(Lane(a, b, 0.0, 90.0))
    return found


def _mirrored(lane: Lane) -> Lane:
    (a, b, c), (d, e, f) = lane.start, lane.end
    return Lane((a, -b, c), (d, -e, f), lane.face_deg, lane.pitch_deg)


def _depths(hull: HullBox, across_m: float) -> list[float]:
    """Depths of lanes that see all from the surface to the keel, none above SHALLOW_M."""
    count = math.ceil(hull.draught_m / across_m - 1e-9)
    step = hull.draught_m / count
    return sorted({max(SHALLOW_M, (i + 0.5) * step) for i in range(count)})


def _spread(width_m: float, across_m: float) -> list[float]:
    """Places of lanes that see all of a width, about its middle."""
    count = math.ceil(width_m / across_m - 1e-9)
    return [((i + 0.5) / count - 0.5) * width_m for i in range(count)]


def hull_way(hull: HullBox, lanes: list[Lane], launch: Point) -> list[tuple[Point3, Lane | None]]:
    """All points in order, each with the lane that ends there (None for ways), from the launch place and back to it."""
    keep = Inside(_water(hull, launch))
    way: list[tuple[Point3, Lane | None]] = [((*launch, SHALLOW_M), None)]
    for number, lane in enumerate(lanes):
        if number == 0:
            way += [((*p, SHALLOW_M), None) for p in keep.way(launch, lane.start[:2])[1:]]
            way += [(lane.start, None)]
        else:
            way += [(point, None) for point in _between(hull, lanes[number - 1].end, lane.start)]
        way.append((lane.end, lane))
    way += [(point, None) for point in _up(hull, lanes[-1].end)]
    at = way[-1][0]
    way += [((*p, SHALLOW_M), None) for p in keep.way(at[:2], launch)[1:]]
    return [step for n, step in enumerate(way) if n == 0 or math.dist(step[0], way[n - 1][0]) > 1e-6]


def _between(hull: HullBox, start: Point3, end: Point3) -> list[Point3]:
    """From lane to lane: along one plane if both lie in it, else beyond bow or stern, and down or up there."""
    deep, out = hull.draught_m + hull.stand_off_m, hull.length_m / 2 + hull.stand_off_m
    if start[1] == end[1] or (start[2] >= deep and end[2] >= deep):
        return [end]
    beyond = out if (start[0] + end[0]) >= 0 else -out
    if abs(start[0]) >= out - 1e-9:
        beyond = start[0]
    first: Point3 = (beyond, start[1], start[2])
    second: Point3 = (beyond, start[1], max(start[2], end[2]))
    third: Point3 = (beyond, end[1], second[2])
    fourth: Point3 = (beyond, end[1], end[2])
    return [first, second, third, fourth, end]


def _up(hull: HullBox, at: Point3) -> list[Point3]:
    """To the shallow depth, beyond bow or stern where the point lies below the keel."""
    if abs(at[1]) >= hull.beam_m / 2 + hull.stand_off_m - 1e-9:
        return [(at[0], at[1], SHALLOW_M)]
    beyond = math.copysign(hull.length_m / 2 + hull.stand_off_m, at[0])
    return [(beyond, at[1], at[2]), (beyond, at[1], SHALLOW_M)]


def _water(hull: HullBox, launch: Point) -> Polygon:
    """The water round the hull at its stand-off (a hair less, so that lane ends count as outside it)."""
    x, y = hull.length_m / 2 + 0.99 * hull.stand_off_m, hull.beam_m / 2 + 0.99 * hull.stand_off_m
    far = FAR_M + max(map(abs, launch))
    return Polygon(box(-far, -far, far, far).exterior, [box(-x, -y, x, y).exterior])


def hull_mission(plan: Plan) -> PlannedMission:
    """The scan of the plan's hull as items that ArduSub accepts.

    Raises:
        BadInput: no place for the hull, deeper than 50 m, or a launch place at or too far from the hull.
    """
    given = plan.parameters if isinstance(plan.parameters, HullParameters) else HullParameters()
    if given.at is None:
        raise BadInput(plan.name, "say where the hull lies, amidships: --at LAT,LON")
    hull = HullBox(given.length_m, given.beam_m, given.draught_m, abs(plan.stand_off_m) or STAND_OFF_M)
    if hull.draught_m + hull.stand_off_m > DEEPEST_M:
        raise BadInput(
            plan.name,
            f"a draught of {hull.draught_m:g} m with a stand-off of {hull.stand_off_m:g} m means diving to "
            f"{hull.draught_m + hull.stand_off_m:g} m; {DEEPEST_M:g} m is the limit",
        )
    frame = LocalFrame(given.at)
    home = plan.home or Home(_place(frame, given, (-(hull.length_m / 2 + hull.stand_off_m + 10.0), 0.0)))
    launch = _in_hull(frame, given, home.at)
    if math.hypot(*launch) > FAR_M:
        raise BadInput(plan.name, f"the launch place is {math.hypot(*launch):.0f} m from the hull; launch nearer to it")
    if hull.distance_m((*launch, 0.0)) < hull.stand_off_m:
        raise BadInput(
            plan.name, f"the launch place is less than the stand-off of {hull.stand_off_m:g} m from the hull"
        )
    across = max(0.05, _seen_m(plan, hull, given.lanes) * (1 - plan.side_overlap))
    lanes = hull_lanes(hull, across_m=across, lanes=given.lanes, sides=given.sides)
    if 3 * len(lanes) > MOST_ITEMS:
        raise BadInput(plan.name, f"{len(lanes)} lanes {across:.2f} m apart are too many; use a wider swath")
    way = hull_way(hull, lanes, launch)
    return _planned(plan, given, home, _Scan(hull, frame, way, across, len(lanes)))


@dataclass(frozen=True, slots=True)
class _Scan:
    hull: HullBox
    frame: LocalFrame
    way: list[tuple[Point3, Lane | None]]
    across_m: float
    lanes: int


def _seen_m(plan: Plan, hull: HullBox, lanes: HullLanes) -> float:
    """What a lane sees across its way: the swath, or the picture's side at the stand-off."""
    camera = plan.camera
    sensor_mm = camera.sensor_height_mm if lanes is HullLanes.HORIZONTAL else camera.sensor_width_mm
    return plan.swath_m or hull.stand_off_m * sensor_mm / camera.focal_mm / WATER_INDEX


def _covered(plan: Plan, given: HullParameters, scan: _Scan) -> float:
    """The share of the sides and the bottom to be scanned that the lanes see."""
    hull, camera = scan.hull, plan.camera
    sides = [lane for _, lane in scan.way if lane is not None and lane.pitch_deg == 0]
    keel = [lane for _, lane in scan.way if lane is not None and lane.pitch_deg != 0]
    half = _seen_m(plan, hull, given.lanes) / 2
    if given.lanes is HullLanes.HORIZONTAL:
        side = _share([(lane.start[2] - half, lane.start[2] + half) for lane in sides], 0.0, hull.draught_m)
    else:
        above = hull.stand_off_m * camera.sensor_height_mm / camera.focal_mm / WATER_INDEX / 2
        top = min(lane.start[2] for lane in sides[:1])
        along = [(lane.start[0] - half, lane.start[0] + half) for lane in sides]
        side = _share(along, -hull.length_m / 2, hull.length_m / 2)
        side *= _share([(top - above, hull.draught_m)], 0.0, hull.draught_m)
    bottom = _share([(lane.start[1] - half, lane.start[1] + half) for lane in keel], -hull.beam_m / 2, hull.beam_m / 2)
    both = (2 if given.sides is HullSides.ALL else 1) * hull.draught_m
    return round((side * both + bottom * hull.beam_m) / (both + hull.beam_m), 5)


def _share(seen: list[tuple[float, float]], least: float, most: float) -> float:
    """How much of an interval some others cover."""
    covered, upto = 0.0, least
    for start, end in sorted(seen):
        first, last = max(start, upto), min(end, most)
        if last > first:
            covered, upto = covered + last - first, last
    return covered / (most - least)


def _planned(plan: Plan, given: HullParameters, home: Home, scan: _Scan) -> PlannedMission:
    speed = plan.speed_m_s or min(SCAN_SPEED_M_S, plan.drone.cruise_speed_m_s)
    places = [_as_sent(_place(scan.frame, given, point[:2])) for point, _ in scan.way]
    items = _items(given, scan, places, home, speed)
    legs = tuple(
        Leg(a, b, camera=lane is not None, kind=_kind(lane, number, len(places)))
        for number, ((a, b), (_, lane)) in enumerate(zip(itertools.pairwise(places), scan.way[1:], strict=True), 1)
    )
    length = sum(math.dist(a[0], b[0]) for a, b in itertools.pairwise(scan.way))
    deepest = max(point[2] for point, _ in scan.way)
    seen = sum(math.dist(lane.start, lane.end) for _, lane in scan.way if lane is not None)
    duration = length / speed
    figures = Figures(
        items=len(items),
        length_m=round(length, 1),
        flight_m=round(length, 1),
        duration_s=round(duration, 1),
        captures=0,
        gsd_m=round(plan.camera.gsd_at_height_m(scan.hull.stand_off_m) / WATER_INDEX, 5),
        height_m=-deepest,
        spacing_m=round(scan.across_m, 3),
        trigger_m=0.0,
        speed_m_s=speed,
        area_m2=round(_surface_m2(scan.hull, given.sides), 1),
        covered=_covered(plan, given, scan),
        outside_m=0.0,
        turns=2 * scan.lanes,
        energy_wh=round(duration * plan.drone.cruise_power_w / 3600, 1),
    )
    mission = Mission(items, home=home, cruise_speed_m_s=speed, hover_speed_m_s=speed)
    details = {"lanes": scan.lanes, "deepest_m": round(deepest, 2), "scanned_m": round(seen, 1)}
    return PlannedMission(mission, legs, figures, _notes(plan, given, home), details)


def _items(
    given: HullParameters, scan: _Scan, places: list[LatLon], home: Home, speed_m_s: float
) -> tuple[MissionItem, ...]:
    items = [item(Command.DO_CHANGE_SPEED, p1=1.0, p2=round(speed_m_s, 2), p3=-1.0)]
    facing: tuple[float, float] | None = None
    coming = [lane for _, lane in scan.way[1:]] + [None]
    for (point, _), place, following in zip(scan.way, places, coming, strict=True):
        items.append(item(Command.NAV_WAYPOINT, at=place, height_m=-round(point[2], 3)))
        if following is not None and (following.face_deg, following.pitch_deg) != facing:
            facing = following.face_deg, following.pitch_deg
            heading = (given.heading_deg + following.face_deg) % 360.0
            items.append(item(CONDITION_YAW, p1=round(heading, 1)))
            items.append(item(Command.DO_MOUNT_CONTROL, p1=following.pitch_deg, height_m=2.0))
    items.append(item(Command.NAV_LAND, at=_as_sent(home.at), height_m=-SHALLOW_M))
    return tuple(items)


def _notes(plan: Plan, given: HullParameters, home: Home) -> tuple[str, ...]:
    notes = [
        "set home at the surface: depths count from it",
        "under water the vehicle needs a position of its own (DVL or USBL): satellites do not reach it",
    ]
    if plan.home is None:
        at = f"{home.at.lat_deg:.6f},{home.at.lon_deg:.6f}"
        notes.append(f"no launch place given: launching 10 m astern, {at} (set it with --home LAT,LON)")
    if given.sides is not HullSides.ALL:
        notes.append(f"only the {given.sides} side and the keel are scanned")
    if plan.drone.autopilot != "ardupilot":
        notes.append(f"{plan.drone.name} is no ArduSub vehicle: PX4 does not fly depths")
    return tuple(notes)


def _surface_m2(hull: HullBox, sides: HullSides) -> float:
    count = 2 if sides is HullSides.ALL else 1
    return hull.length_m * (count * hull.draught_m + hull.beam_m)


def _kind(lane: Lane | None, number: int, count: int) -> LegKind:
    if lane is not None:
        return LegKind.LINE
    return LegKind.TRANSIT if number in {1, count - 1} else LegKind.LINK


def _place(frame: LocalFrame, given: HullParameters, point: Point) -> LatLon:
    """A point forward and to starboard of amidships as a place."""
    bow = math.radians(given.heading_deg)
    east = point[0] * math.sin(bow) + point[1] * math.cos(bow)
    north = point[0] * math.cos(bow) - point[1] * math.sin(bow)
    return frame.to_place(east, north)


def _in_hull(frame: LocalFrame, given: HullParameters, place: LatLon) -> Point:
    """A place as metres forward and to starboard of amidships."""
    if given.at is None or distance_m(given.at, place) > 1e6:
        return (1e6, 1e6)
    bow = math.radians(given.heading_deg)
    east, north = (float(v) for v in frame.to_metres([place])[0])
    return (east * math.sin(bow) + north * math.cos(bow), east * math.cos(bow) - north * math.sin(bow))


def _as_sent(place: LatLon) -> LatLon:
    return LatLon(round(place.lat_deg, 7), round(place.lon_deg, 7))
