"""The hull pattern: an underwater vehicle scans a moored hull along its sides and under its keel.

Where it goes is told in planner/route/hull_lanes.py. Depths are negative heights above the surface at the launch place
(frame "relative altitude"), as ArduSub asks (ArduSub/commands_logic.cpp, read in 2026: heights above home must not be
positive, no take-off among its commands, NAV_LAND goes to a place at the depth of the moment and surfaces there).

ArduSub's start_command reads every item as if it held a place: frame bits from the first byte of what it holds, height
from the fifth to the eighth (AP_Common/Location.h). Headings and camera angles are therefore sent as the nearest single
precision number whose last byte reads "above home", else it would refuse them ("Bad alt frame") and go on without.
"""

import itertools
import math
import struct
from dataclasses import dataclass

from planner.geo.points import LatLon, LocalFrame, distance_m
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, Mission, MissionItem, item
from planner.model.patterns import HullLanes, HullParameters, HullSides
from planner.model.plan import Plan
from planner.model.planned import Figures, Leg, LegKind, PlannedMission
from planner.route.hull_lanes import FAR_M, QUAY_M, SHALLOW_M, HullBox, Lane, Point3, hull_lanes, hull_way
from planner.route.shapes import Point

DEEPEST_M = 50.0
WATER_INDEX = 1.33
"""A flat port in water narrows the view by about this factor (refractive index of water)."""
SCAN_SPEED_M_S = 0.3
STAND_OFF_M = 1.5
MOST_ITEMS = 5000
BED_CLEAR_M = 0.5
"""What stays between the vehicle and the sea bed at least."""
CONDITION_YAW = 115
"""MAV_CMD_CONDITION_YAW: turn to a heading."""


def _at_quay(hull: HullBox, launch: Point, sides: HullSides) -> bool:
    """Whether a launch place lies beside the hull on the side that is not scanned."""
    if sides is HullSides.ALL or abs(launch[0]) > hull.length_m / 2 + hull.stand_off_m:
        return False
    return 0 < (launch[1] if sides is HullSides.PORT else -launch[1]) < hull.beam_m / 2 + hull.stand_off_m + QUAY_M


def hull_mission(plan: Plan) -> PlannedMission:
    """The scan of the plan's hull as items that ArduSub accepts.

    Raises:
        BadInput: no vehicle that dives, no place for the hull, deeper than 50 m or than the water, or a launch place at
            or too far from the hull.
    """
    if not plan.drone.dives:
        raise BadInput(
            plan.name,
            f"{plan.drone.name} flies; a hull is scanned by a vehicle that dives, such as bluerov2, or one of your own "
            'with "vehicle": "sub" in its file',
        )
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
    lowest = hull.draught_m + hull.stand_off_m
    if given.water_m is not None and lowest + BED_CLEAR_M > given.water_m:
        raise BadInput(
            plan.name,
            f"the keel lanes lie {lowest:g} m deep, but the water is {given.water_m:g} m: {BED_CLEAR_M:g} m must stay "
            "above the sea bed; come nearer to the hull (--stand-off-m) or wait for the tide",
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
    if _at_quay(hull, launch, given.sides):
        raise BadInput(
            plan.name,
            f"the launch place lies on the side of the hull that is not scanned (--sides {given.sides}); launch ahead "
            "of the bow, astern, or on the open side",
        )
    across = max(0.05, _seen_m(plan, hull, given.lanes) * (1 - plan.side_overlap))
    lanes = hull_lanes(hull, across_m=across, lanes=given.lanes, sides=given.sides)
    if 3 * len(lanes) > MOST_ITEMS:
        raise BadInput(plan.name, f"{len(lanes)} lanes {across:.2f} m apart are too many; use a wider swath")
    way = hull_way(hull, lanes, launch, given.sides)
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
    return plan.swath_m or _picture_m(plan, hull, sensor_mm)


def _covered(plan: Plan, given: HullParameters, scan: _Scan) -> float:
    """The share of the sides and the bottom to be scanned that the lanes see."""
    hull = scan.hull
    sides = [lane for _, lane in scan.way if lane is not None and lane.pitch_deg == 0]
    keel = [lane for _, lane in scan.way if lane is not None and lane.pitch_deg != 0]
    half = _seen_m(plan, hull, given.lanes) / 2
    if given.lanes is HullLanes.HORIZONTAL:
        side = _share([(lane.start[2] - half, lane.start[2] + half) for lane in sides], 0.0, hull.draught_m)
    else:
        above = _picture_m(plan, hull, plan.camera.sensor_height_mm) / 2
        top = min(lane.start[2] for lane in sides[:1])
        along = [(lane.start[0] - half, lane.start[0] + half) for lane in sides]
        side = _share(along, -hull.length_m / 2, hull.length_m / 2)
        side *= _share([(top - above, hull.draught_m)], 0.0, hull.draught_m)
    bottom = _share([(lane.start[1] - half, lane.start[1] + half) for lane in keel], -hull.beam_m / 2, hull.beam_m / 2)
    both = (2 if given.sides is HullSides.ALL else 1) * hull.draught_m
    return round((side * both + bottom * hull.beam_m) / (both + hull.beam_m), 5)


def _unseen_m(plan: Plan, given: HullParameters, scan: _Scan) -> float:
    """How far down from the surface the sides are not seen."""
    sides = [lane for _, lane in scan.way if lane is not None and lane.pitch_deg == 0]
    top = min(min(lane.start[2], lane.end[2]) for lane in sides)
    if given.lanes is HullLanes.HORIZONTAL:
        return top - _seen_m(plan, scan.hull, given.lanes) / 2
    return top - _picture_m(plan, scan.hull, plan.camera.sensor_height_mm) / 2


def _picture_m(plan: Plan, hull: HullBox, sensor_mm: float) -> float:
    """What a side of the picture covers of the hull, under water."""
    return hull.stand_off_m * sensor_mm / plan.camera.focal_mm / WATER_INDEX


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
    unseen = _unseen_m(plan, given, scan)
    return PlannedMission(mission, legs, figures, _notes(plan, given, home, unseen), details)


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
            items.append(item(CONDITION_YAW, p1=as_above_home(heading)))
            items.append(item(Command.DO_MOUNT_CONTROL, p1=as_above_home(following.pitch_deg), height_m=2.0))
    items.append(item(Command.NAV_LAND, at=_as_sent(home.at), height_m=-SHALLOW_M))
    return tuple(items)


def as_above_home(angle_deg: float) -> float:
    """An angle, less than 0.001 degrees off, whose last byte in single precision ArduSub reads as "above home".

    >>> as_above_home(90.0)
    90.00000762939453
    """
    least = max(angle_deg, 1e-4)
    (bits,) = struct.unpack("<I", struct.pack("<f", least))
    (passing,) = struct.unpack("<f", struct.pack("<I", bits & ~0x0F | 0x01))
    return float(passing)


def _notes(plan: Plan, given: HullParameters, home: Home, unseen_m: float) -> tuple[str, ...]:
    notes = [
        "set home at the surface: depths count from it",
        "under water the vehicle needs a position of its own (DVL or USBL): satellites do not reach it",
    ]
    if plan.home is None:
        at = f"{home.at.lat_deg:.6f},{home.at.lon_deg:.6f}"
        notes.append(f"no launch place given: launching 10 m astern, {at} (set it with --home LAT,LON)")
    if given.sides is not HullSides.ALL:
        notes.append(f"only the {given.sides} side and the keel are scanned")
    if unseen_m > 0.02:
        notes.append(f"a strip of {unseen_m:.1f} m below the surface is not seen: stand off farther (--stand-off-m)")
    notes.append("bow and stern are seen from the side only, as far as they are within the length")
    if given.water_m is None:
        notes.append("the depth of the water was not given (--water-m): see that the keel lanes clear the sea bed")
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
