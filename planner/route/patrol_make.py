"""The patrol pattern: a randomised tour of watched places, with its scores beside those of simpler patrols."""

import math
from dataclasses import asdict, dataclass, replace

import shapely
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from planner.geo.points import LocalFrame
from planner.model.errors import BadInput
from planner.model.mission import Command, Home, MissionItem, item
from planner.model.patterns import PatrolParameters, WatchPlace
from planner.model.plan import AreaKind, Plan
from planner.model.planned import PlannedMission
from planner.route.assemble import TURN_S, Drawn, Settings, assembled, frame_of, home_in, settings_of
from planner.route.detour import barred
from planner.route.inside import Inside
from planner.route.patrol import MOST_WATCHES, Ground, Patrol, Watch, draw_patrol, draw_patrols, fixed_patrol, naive
from planner.route.patrol_score import Scores, gaps_of
from planner.route.patrol_tune import SEED, score_of, tuned
from planner.route.shapes import Point, Way, polygons_in

SCORED = 120
"""Patrols drawn to measure a strategy."""
ROOM_M = 2000.0
"""How far round the watched places detours may lead."""
KEEP_CLEAR_M = 10.0
"""Distance that ways keep from what is to be kept out of."""


def patrol_mission(plan: Plan) -> PlannedMission:
    """A patrol of the plan's watched places, drawn by its seed.

    Raises:
        BadInput: too many places, one of them in a no-fly zone, or a patrol too short to visit any.
    """
    given = plan.parameters if isinstance(plan.parameters, PatrolParameters) else PatrolParameters()
    flown, frame = settings_of(plan), frame_of(plan)
    watches = _watches(plan, given, frame)
    plan, unlaunched = _launched(plan, frame, watches)
    base = home_in(plan, frame) or watches[0].points[0]
    inside = _room(plan, frame, watches, base)
    try:
        ground = Ground(watches, base=base, speed_m_s=flown.speed_m_s, stay_s=given.hover_s + TURN_S, inside=inside)
    except ValueError as error:
        raise BadInput(plan.name, str(error)) from None
    duration = _duration_s(plan, given, flown)
    stay = min(given.visit_min * 60 if given.visit_min else 0.6 * ground.lap_s, 0.9 * duration)
    if len(fixed_patrol(ground, duration_s=duration)) < 1:
        raise BadInput(
            plan.name,
            f"{duration / 60:.0f} min are too short to reach a watched place and come back; "
            "launch nearer (--home) or allow more time (--patrol-min)",
        )
    strategy = tuned(ground, duration_s=duration, stay_s=stay, regularity=given.regularity)
    patrol = draw_patrol(ground, strategy, duration_s=duration, seed=plan.seed)
    made = _assembled(plan, flown, given, _Flown(frame, ground, patrol, inside))
    series = {
        "scores": draw_patrols(ground, strategy, duration_s=duration, seed=SEED + 1, count=SCORED),
        "naive_random": draw_patrols(ground, naive(ground), duration_s=duration, seed=SEED + 1, count=SCORED),
        "fixed_tour": (fixed_patrol(ground, duration_s=duration),) * 10,
    }
    details: dict[str, object] = {
        "seed": plan.seed,
        "patrol_s": round(duration, 1),
        "visit_s": round(stay, 1),
        "visits": len(patrol),
    }
    scored = {name: score_of(ground, patrols, duration_s=duration, stay_s=stay) for name, patrols in series.items()}
    details["watches"] = _watch_rows(ground, patrol, duration, scored["scores"])
    for name, scores in scored.items():
        told = {key: value for key, value in asdict(scores).items() if isinstance(value, float)}
        details[name] = {key: round(value, 4) for key, value in told.items()}
    return replace(made, details=details, notes=unlaunched + made.notes + _left_out(ground, patrol))


@dataclass(frozen=True, slots=True)
class _Flown:
    frame: LocalFrame
    ground: Ground
    patrol: Patrol
    inside: Inside | None


def _watches(plan: Plan, given: PatrolParameters, frame: LocalFrame) -> list[Watch]:
    places = given.watches or tuple(
        WatchPlace(area.name, (*area.outline, area.outline[0]) if area.kind is AreaKind.POLYGON else area.outline)
        for area in plan.areas
    )
    if len(places) > MOST_WATCHES:
        raise BadInput(plan.name, f"{len(places)} watched places are too many for one patrol; at most {MOST_WATCHES}")
    return [
        Watch(
            place.name or f"watch {number}",
            tuple((float(east), float(north)) for east, north in frame.to_metres(place.places)),
            place.value,
        )
        for number, place in enumerate(places, start=1)
    ]


def _launched(plan: Plan, frame: LocalFrame, watches: list[Watch]) -> tuple[Plan, tuple[str, ...]]:
    """The plan with a launch place: at its first watch if none is given, and a note that says so."""
    if plan.home is not None:
        return plan, ()
    at = frame.to_place(*watches[0].points[0])
    note = (
        f"no launch place given: launching at {watches[0].name!r}, {at.lat_deg:.6f},{at.lon_deg:.6f} "
        "(set it with --home LAT,LON)"
    )
    return replace(plan, home=Home(at)), (note,)


def _room(plan: Plan, frame: LocalFrame, watches: list[Watch], base: Point) -> Inside | None:
    """Where ways may lead; None where nothing is to be kept out of."""
    if not plan.out_of:
        return None
    places = [base, *(point for watch in watches for point in watch.points)]
    around = box(*shapely.MultiPoint(places).bounds).buffer(ROOM_M, join_style="mitre")
    closed = shapely.union_all([barred(area, frame) for area in plan.out_of])
    for watch in watches:
        if LineString(watch.points * 2 if len(watch.points) == 1 else watch.points).intersects(closed):
            raise BadInput(plan.name, f"{watch.name!r} lies in what is to be kept out of; move it or take it out")
    rooms = polygons_in(around.difference(closed.buffer(KEEP_CLEAR_M)))
    room = next((part for part in rooms if all(part.distance(shapely.Point(p)) <= KEEP_CLEAR_M for p in places)), None)
    if room is None:
        raise BadInput(plan.name, "the watched places cannot all be reached round what is to be kept out of")
    return Inside(room)


def _duration_s(plan: Plan, given: PatrolParameters, flown: Settings) -> float:
    """How long the patrol lasts from above the launch place and back to it."""
    if given.patrol_min is not None:
        return given.patrol_min * 60
    drone = plan.drone
    climb_s, descent_s = flown.height_m / drone.climb_m_s, flown.height_m / drone.descent_m_s
    usable = drone.battery_wh * (1 - drone.reserve_fraction) * 3600
    left = usable - (1.2 * climb_s + descent_s) * drone.hover_power_w
    power = max(drone.cruise_power_w, drone.hover_power_w)
    if left / power < 60:
        raise BadInput(plan.name, f"the battery of {drone.name} does not last for a patrol at {flown.height_m:.0f} m")
    return left / power


def _assembled(plan: Plan, flown: Settings, given: PatrolParameters, drawn: _Flown) -> PlannedMission:
    points: list[Point] = []
    is_line: list[bool] = []
    actions: dict[tuple[int, int], tuple[MissionItem, ...]] = {}
    for visit in drawn.patrol:
        for number, point in enumerate(_approach(points, visit.points, drawn.inside)):
            points.append(point)
            is_line.append(number > 0 and point in visit.points[1:])
        if given.hover_s > 0 and len(visit.points) == 1:
            at = drawn.frame.to_place(*visit.points[0])
            wait = item(Command.NAV_LOITER_TIME, at=at, height_m=flown.height_m, p1=given.hover_s)
            actions[0, len(points) - 1] = (wait,)
    if len(points) == 1:
        points.append((points[0][0] + 1.0, points[0][1]))
        is_line.append(False)
    way = Way(tuple(points), (True,) * (len(points) - 1), tuple(is_line[1:]))
    goal = _goal(drawn.ground, flown)
    made = assembled(plan, flown, Drawn(drawn.frame, (way,), goal, actions=actions))
    hovered = given.hover_s * len(actions)
    figures = replace(
        made.figures,
        duration_s=round(made.figures.duration_s + hovered, 1),
        energy_wh=round(made.figures.energy_wh + hovered * plan.drone.hover_power_w / 3600, 1),
    )
    return replace(made, figures=figures)


def _approach(points: list[Point], visit: tuple[Point, ...], inside: Inside | None) -> list[Point]:
    """The points of a visit, with the way round obstacles before them."""
    if not points:
        return list(visit)
    between = [] if inside is None else inside.way(points[-1], visit[0])[1:-1]
    start = [] if math.dist(points[-1], visit[0]) < 0.01 else [visit[0]]
    return [*between, *start, *visit[1:]]


def _goal(ground: Ground, flown: Settings) -> BaseGeometry:
    """The water at the watched places, half a picture about them."""
    half = flown.strip.width / 4
    return shapely.union_all(
        [
            shapely.Point(watch.points[0]).buffer(half)
            if len(watch.points) == 1
            else LineString(watch.points).buffer(half, cap_style="flat")
            for watch in ground.watches
        ]
    )


def _watch_rows(ground: Ground, patrol: Patrol, duration_s: float, scores: Scores) -> list[dict[str, object]]:
    """Each watch with its visits and its longest gap in this patrol, and the mean and longest one in all its like."""
    return [
        {
            "name": watch.name,
            "value": watch.value,
            "visits": sum(visit.watch == number for visit in patrol),
            "worst_gap_s": round(max(end - start for start, end in gaps_of(patrol, number, duration_s)), 1),
            "mean_worst_gap_s": round(scores.gaps_s[number], 1),
            "longest_gap_s": round(scores.longest_gaps_s[number], 1),
        }
        for number, watch in enumerate(ground.watches)
    ]


def _left_out(ground: Ground, patrol: Patrol) -> tuple[str, ...]:
    seen = {visit.watch for visit in patrol}
    missed = [watch.name for number, watch in enumerate(ground.watches) if number not in seen]
    if not missed:
        return ()
    more = f" and {len(missed) - 5} more" if len(missed) > 5 else ""
    return (f"this patrol does not come by {', '.join(missed[:5])}{more}; another seed does",)
