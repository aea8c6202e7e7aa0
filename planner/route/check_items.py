"""What is wrong with the items themselves: what the autopilot would refuse, or fly as nobody meant."""

from collections.abc import Iterator

from planner.model.mission import LOCATED_COMMANDS, Command, Mission, MissionItem
from planner.model.profiles import DroneProfile
from planner.route.check_path import FLOWN_TO, LANDINGS, RELATIVE, TAKEOFFS, TERRAIN, is_height, is_speed
from planner.route.check_values import Problem, error, warning

ITEM_LIMITS = {"ardupilot": 650, "px4": 2000}
"""ArduCopter 4.6.3 as measured in its simulator ("Only 650 items are supported", some boards store 718); PX4 with an
SD card (NUM_MISSIONS_SUPPORTED; boards without one store 500)."""
FRAMES = {"ardupilot": frozenset({0, 2, 3, 5, 6, 10, 11}), "px4": frozenset({0, 2, 3, 5, 6})}
"""Frames that each autopilot takes: ArduCopter measured, PX4 from mavlink_mission.cpp."""
_BOTH = {16, 17, 19, 20, 21, 22, 31, 84, 85, 93, 112, 114, 177, 178, 179, 183, 189, 195, 196, 197, 200, 201, 203, 205}
_BOTH |= {206, 211, 1000, 2000, 2001, 2500, 2501, 3000, 42600}
COMMANDS = {
    "ardupilot": frozenset(
        _BOTH
        | {18, 30, 82, 83, 92, 94, 115, 181, 182, 184, 185, 188, 191, 194, 202, 207, 208, 210, 212, 215, 216, 217, 218}
        | {222, 223, 531, 532, 534, 600, 601, 42007, 42702, 42703, 42704}
    ),
    "px4": frozenset(_BOTH | {80, 187, 204, 214, 260, 301, 302, 530, 531, 532, 1001, 2003, 4501}),
}
"""Commands that each takes in a mission: AP_Mission.cpp (mavlink_int_to_mission_cmd), ArduCopter as measured, and PX4's
mavlink_mission.cpp (parse_mavlink_mission_item)."""
FENCE_LIMITS = {"ardupilot": 69, "px4": 63}
RALLY_LIMITS = {"ardupilot": 46, "px4": 7}
"""Corners and circles of a fence, and rally points: ArduCopter 4.6.3 as measured in its simulator, PX4 from its store
of mission data (GEOFENCE_MAX_VERTICES 64, DM_KEY_SAFE_POINTS_MAX 8, the first of each for itself). Boards with more
memory may store more, so more than these is a warning."""
STACKS = {"ardupilot": "ArduPilot", "px4": "PX4"}
NO_CHANGE = frozenset({-1.0, -2.0})
"""Speeds that mean "as it is" and "as set in the vehicle" (MAVLink common.xml, DO_CHANGE_SPEED)."""
LATEST_SEEN = 5
"""At most so many problems of one code are told one by one."""


def is_dive(mission: Mission) -> bool:
    """Whether it is a mission under water: every height counts from home, none lies above it, some below."""
    flown = [item for item in mission if item.command in FLOWN_TO]
    heights = [item.height_m or 0.0 for item in flown]
    return all(item.frame in RELATIVE for item in flown) and max(heights, default=0.0) <= 0 > min(heights, default=0.0)


def item_problems(mission: Mission, drone: DroneProfile) -> Iterator[Problem]:
    """Problems of the items, each with its number counted from 1."""
    if not len(mission):
        yield error("empty", "The mission has no items: there is nothing to fly.")
        return
    yield from too_large(mission, drone)
    if is_dive(mission):
        text = (
            "The mission goes under water: items, lengths, fence and battery were judged, but neither currents, nor "
            "zones, nor the rules of the air."
        )
        yield warning("under-water", text)
    yield from take_off_missing(mission)
    yield from _frames(mission)
    yield from _not_finite(mission)
    counts: dict[str, int] = {}
    for number, item in enumerate(mission, start=1):
        for problem in _of_item(number, item, mission, drone):
            counts[problem.code] = counts.get(problem.code, 0) + 1
            if counts[problem.code] <= LATEST_SEEN:
                yield problem
    for code, count in counts.items():
        if count > LATEST_SEEN:
            yield error(code, f"The same is wrong with {count - LATEST_SEEN} more items.")


def too_large(mission: Mission, drone: DroneProfile) -> Iterator[Problem]:
    """Lists that are longer than the autopilot usually stores."""
    limit = ITEM_LIMITS[drone.autopilot]
    if len(mission) > limit:
        stack = STACKS[drone.autopilot]
        text = f"{len(mission)} items are more than {stack} stores ({limit}): the upload would be refused; split it."
        yield error("too-many-items", text, limit + 1)
    corners = sum(len(area.places) for area in mission.fence_polygons) + len(mission.fence_circles)
    for code, what, count, most in (
        ("fence-too-large", "corners and circles of the fence", corners, FENCE_LIMITS[drone.autopilot]),
        ("too-many-rally", "rally points", len(mission.rally), RALLY_LIMITS[drone.autopilot]),
    ):
        if count > most:
            stack = STACKS[drone.autopilot]
            text = f"{count} {what} are more than {stack} stores on most boards ({most}): the upload may be refused."
            yield warning(code, text)


def take_off_missing(mission: Mission) -> Iterator[Problem]:
    """Whether another item flies before any take-off: an autopilot on the ground then stays there, or refuses."""
    if is_dive(mission):
        return
    moving = FLOWN_TO | LANDINGS | TAKEOFFS | {int(Command.NAV_RETURN_TO_LAUNCH)}
    first = next(((n, item) for n, item in enumerate(mission, start=1) if item.command in moving), None)
    if first is not None and first[1].command not in TAKEOFFS:
        text = f"The take-off is missing: the first item that flies is item {first[0]}, command {first[1].command}."
        yield error("takeoff-missing", text, first[0], first[1].at)


def _frames(mission: Mission) -> Iterator[Problem]:
    """Items whose heights count from something else than those before them."""
    before: tuple[int, str] | None = None
    mixed = 0
    for number, item in enumerate(mission, start=1):
        if item.command not in FLOWN_TO | TAKEOFFS:
            continue
        kind = "home" if item.frame in RELATIVE else "the ground" if item.frame in TERRAIN else "mean sea level"
        if before is not None and before[1] != kind:
            mixed += 1
            if mixed == 1:
                text = (
                    f"Item {number} counts its height from {kind}, item {before[0]} from {before[1]}; "
                    "see that this is meant."
                )
                yield warning("frames-mixed", text, number, item.at)
        before = (number, kind)
    terrain = [n for n, item in enumerate(mission, start=1) if item.frame in TERRAIN and item.command in FLOWN_TO]
    if terrain:
        text = (
            f"{len(terrain)} items from item {terrain[0]} on keep a height above the terrain: the vehicle needs its "
            "data there; over the sea they are 0, not missing."
        )
        yield warning("terrain-needed", text, terrain[0])


def _not_finite(mission: Mission) -> Iterator[Problem]:
    """Figures beside the items that are no numbers (the items refuse theirs themselves)."""
    home = mission.home
    if home is not None and not is_height(home.msl_m):
        yield error("not-finite", f"The height of home is {home.msl_m}, which is no height.", None, home.at)
    for number, rally in enumerate(mission.rally, start=1):
        if not is_height(rally.height_m):
            text = f"The height of rally point {number} is {rally.height_m}, which is no height."
            yield error("not-finite", text, None, rally.at)
    for name, speed in (("cruise", mission.cruise_speed_m_s), ("hover", mission.hover_speed_m_s)):
        if speed is not None and not is_speed(speed):
            yield error("not-finite", f"The {name} speed of the mission is {speed} m/s, which is no speed.")


def _of_item(number: int, item: MissionItem, mission: Mission, drone: DroneProfile) -> Iterator[Problem]:
    stack = STACKS[drone.autopilot]
    if item.command not in COMMANDS[drone.autopilot]:
        yield error("command-unknown", f"Item {number}: {stack} takes no command {item.command} in a mission.", number)
    if item.command in LOCATED_COMMANDS and item.frame not in FRAMES[drone.autopilot]:
        text = f"Item {number}: {stack} takes no frame of altitude {item.frame}."
        yield error("frame-unknown", text, number, item.at)
    if item.command in {16, 82}:
        yield from _place(number, item)
    if item.command in FLOWN_TO | TAKEOFFS and item.height_m is None:
        yield error("parameter-missing", f"Item {number} has no height (parameter 7).", number, item.at)
    elif item.command in FLOWN_TO | TAKEOFFS and item.height_m is not None and not is_height(item.height_m):
        yield error("not-finite", f"Item {number} has height {item.height_m:g} m, which is no height.", number, item.at)
    if item.command == Command.DO_JUMP:
        yield from _jump(number, item, len(mission))
    if item.command == Command.DO_CHANGE_SPEED:
        yield from _speed(number, item, drone)


def _place(number: int, item: MissionItem) -> Iterator[Problem]:
    lat, lon = item.params[4], item.params[5]
    if lat is None or lon is None:
        yield error("parameter-missing", f"Item {number} is a waypoint without a place (parameters 5 and 6).", number)
    elif lat == 0 and lon == 0:
        text = f"Item {number} is a waypoint at 0/0, which the autopilot takes as where it is, or as off Africa."
        yield error("place-zero", text, number)


def _jump(number: int, item: MissionItem, items: int) -> Iterator[Problem]:
    target = item.params[0]
    if target is None or target != int(target) or not 1 <= target <= items:
        shown = "no item" if target is None else f"item {target:g}"
        text = f"Item {number} jumps to {shown}; the mission has items 1 to {items}."
        yield error("jump-nowhere", text, number)
    elif int(target) == number:
        yield error("jump-nowhere", f"Item {number} jumps to itself.", number)


def _speed(number: int, item: MissionItem, drone: DroneProfile) -> Iterator[Problem]:
    speed = item.params[1]
    if speed is not None and speed > drone.max_speed_m_s and item.params[0] in {0.0, 1.0, None}:
        text = f"Item {number} asks for {speed:g} m/s; {drone.name} flies {drone.max_speed_m_s:g} m/s at most."
        yield error("speed-too-high", text, number)
    elif speed is not None and not is_speed(speed) and speed not in NO_CHANGE and item.params[0] in {0.0, 1.0, None}:
        text = (
            f"Item {number} asks for {speed:g} m/s, which nothing flies: the autopilot passes over it or stops; "
            "give a speed above 0, or -1 for no change."
        )
        yield error("speed-zero", text, number)
