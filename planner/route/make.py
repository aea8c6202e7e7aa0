"""From a plan to a mission, by the plan's pattern."""

from collections.abc import Callable, Mapping

from planner.model.errors import BadInput
from planner.model.patterns import Pattern
from planner.model.plan import Plan
from planner.model.planned import PlannedMission
from planner.route.area import area_mission
from planner.route.corridor import corridor_mission
from planner.route.hull import hull_mission
from planner.route.orbit import orbit_mission
from planner.route.patrol_make import patrol_mission
from planner.route.perimeter import perimeter_mission
from planner.route.search import search_mission

MAKERS: Mapping[Pattern, Callable[[Plan], PlannedMission]] = {
    Pattern.AREA: area_mission,
    Pattern.CORRIDOR: corridor_mission,
    Pattern.PERIMETER: perimeter_mission,
    Pattern.EXPANDING_SQUARE: search_mission,
    Pattern.SECTOR: search_mission,
    Pattern.PARALLEL: search_mission,
    Pattern.CREEPING: search_mission,
    Pattern.PATROL: patrol_mission,
    Pattern.ORBIT: orbit_mission,
    Pattern.HULL: hull_mission,
}
"""What makes the mission of each pattern."""


def make_mission(plan: Plan) -> PlannedMission:
    """The mission that flies `plan`, with legs, figures, and notes for the pilot.

    Raises:
        BadInput: what cannot be flown or photographed; says what to change.
    """
    maker = MAKERS.get(plan.pattern)
    if maker is None:
        known = ", ".join(MAKERS)
        raise BadInput(plan.name, f"pattern {plan.pattern} is not made by this version; use one of {known}")
    if plan.drone.dives and plan.pattern is not Pattern.HULL:
        raise BadInput(plan.name, f"{plan.drone.name} dives: it cannot fly pattern {plan.pattern}; choose a drone")
    return maker(plan)
