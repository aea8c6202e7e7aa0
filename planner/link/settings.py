"""Failsafe, fence and battery settings of a vehicle, and which do not fit a plan. Pure.

Meanings from the parameter lists of ArduCopter 4.6 (ArduCopter/Parameters.cpp, AC_Fence, AP_BattMonitor) and PX4 1.15
(commander, navigator, geofence).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from planner.geo.points import distance_m
from planner.link.stack import Stack, is_copter
from planner.model.mission import Frame, Mission

BEYOND_SIGHT_M = 500.0
"""From here on a person does not see a small drone any more: then the drone itself must know what to do."""
FENCE_MARGIN_M = 2.0
_COPTER = (
    "FS_GCS_ENABLE", "FS_GCS_TIMEOUT", "FS_OPTIONS", "FENCE_ENABLE", "FENCE_TYPE", "FENCE_ACTION", "FENCE_ALT_MAX",
    "FENCE_ALT_MIN", "FENCE_RADIUS", "FENCE_TOTAL", "FENCE_MARGIN", "RTL_ALT", "BATT_MONITOR", "BATT_FS_LOW_ACT",
    "BATT_FS_CRT_ACT", "BATT_LOW_VOLT", "BATT_LOW_MAH",
)  # fmt: skip
_PLANE = (
    "FS_GCS_ENABL", "FS_LONG_ACTN", "FS_LONG_TIMEOUT", "FENCE_ENABLE", "FENCE_TYPE", "FENCE_ACTION", "FENCE_ALT_MAX",
    "FENCE_ALT_MIN", "FENCE_RADIUS", "FENCE_TOTAL", "FENCE_MARGIN", "BATT_MONITOR", "BATT_FS_LOW_ACT",
    "BATT_FS_CRT_ACT", "BATT_LOW_VOLT", "BATT_LOW_MAH",
)  # fmt: skip
_PX4 = (
    "COM_DL_LOSS_T", "NAV_DLL_ACT", "COM_LOW_BAT_ACT", "GF_ACTION", "GF_MAX_HOR_DIST", "GF_MAX_VER_DIST",
    "RTL_RETURN_ALT",
)  # fmt: skip
_MEANS: dict[str, dict[int, str]] = {
    "FS_GCS_ENABLE": {
        0: "off", 1: "return", 2: "go on with the mission", 3: "smart return or return", 4: "smart return or land",
        5: "land", 6: "go to the landing sequence or return", 7: "brake or land",
    },
    "FS_GCS_ENABL": {0: "off", 1: "on", 2: "on, with the radio's own signal", 3: "on, in AUTO"},
    "NAV_DLL_ACT": {0: "off", 1: "hold", 2: "return", 3: "land", 5: "terminate", 6: "disarm"},
    "BATT_FS_LOW_ACT": {0: "off", 1: "land", 2: "return", 3: "smart return or return", 4: "smart return or land"},
    "BATT_FS_CRT_ACT": {0: "off", 1: "land", 2: "return", 3: "smart return or return", 4: "smart return or land"},
    "COM_LOW_BAT_ACT": {0: "warn only", 2: "land", 3: "return, then land"},
    "GF_ACTION": {0: "off", 1: "warn only", 2: "hold", 3: "return", 4: "terminate", 5: "land"},
    "FENCE_ENABLE": {0: "off", 1: "on"},
    "FENCE_ACTION": {0: "report only", 1: "return or land", 2: "land", 3: "smart return", 4: "brake or land"},
}  # fmt: skip
_UNITS = {
    "FS_GCS_TIMEOUT": "s", "FS_LONG_TIMEOUT": "s", "COM_DL_LOSS_T": "s", "FENCE_ALT_MAX": "m", "FENCE_ALT_MIN": "m",
    "FENCE_RADIUS": "m", "FENCE_MARGIN": "m", "GF_MAX_HOR_DIST": "m", "GF_MAX_VER_DIST": "m", "RTL_ALT": "cm",
    "RTL_RETURN_ALT": "m", "BATT_LOW_VOLT": "V", "BATT_LOW_MAH": "mAh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a plan goes: metres from home and above it, and whether it brings a fence.

    `obstacle_m`: the tallest thing that stands on a way home, above home; None: not known.
    """

    farthest_m: float = 0.0
    highest_m: float = 0.0
    lowest_m: float | None = None
    has_fence: bool = False
    obstacle_m: float | None = None

    @property
    def beyond_sight(self) -> bool:
        """Whether it leads farther than a person sees the drone."""
        return self.farthest_m > BEYOND_SIGHT_M


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter as the vehicle holds it (None: not told), in words, and why it does not fit ("": it fits)."""

    name: str
    value: float | None
    words: str
    problem: str = ""


def names_for(stack: Stack, vehicle_type: int) -> tuple[str, ...]:
    """The parameters to read before a take-off."""
    match stack:
        case Stack.PX4:
            return _PX4
        case Stack.ARDUPILOT:
            return _COPTER if is_copter(vehicle_type) else _PLANE
        case Stack.OTHER:
            return ()


def reach_of(mission: Mission, *, obstacle_m: float | None = None) -> Reach:
    """How far and how high a mission leads from its home, or from its first place where it has no home."""
    made = [one for one in mission if one.at is not None and one.command != _AIM]
    places = [one.at for one in made if one.at is not None]
    home = mission.home.at if mission.home is not None else next(iter(places), None)
    msl_m = 0.0 if mission.home is None else mission.home.msl_m
    heights = [
        (one.height_m or 0.0) - (msl_m if one.frame in {Frame.GLOBAL, Frame.GLOBAL_INT} else 0.0)
        for one in mission
        if one.is_located and one.command not in {_AIM, 20, 21} and one.frame not in _OVER_GROUND
    ]
    return Reach(
        farthest_m=max((distance_m(home, at) for at in places), default=0.0) if home is not None else 0.0,
        highest_m=max(heights, default=0.0),
        lowest_m=min(heights, default=None),
        has_fence=bool(mission.fence_polygons or mission.fence_circles),
        obstacle_m=obstacle_m,
    )


_AIM = 195
_OVER_GROUND = {Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT}


def settings_of(names: tuple[str, ...], values: Mapping[str, float], reach: Reach | None) -> tuple[Setting, ...]:
    """Each of the settings in words; with `reach`, what does not fit the plan is said."""
    problems = {} if reach is None else _problems(values, reach)
    return tuple(
        Setting(name, values.get(name), _words(name, values.get(name)), problems.get(name, "")) for name in names
    )


def _words(name: str, value: float | None) -> str:
    if value is None:
        return "not told by the drone"
    if name in _MEANS:
        return _MEANS[name].get(int(value), f"{value:g}")
    if name == "FENCE_TYPE":
        parts = ("greatest height", "circle round home", "drawn fence", "least height")
        return " + ".join(part for bit, part in enumerate(parts) if int(value) >> bit & 1) or "none"
    if name == "FS_OPTIONS":
        return "goes on in AUTO without the link" if int(value) & 2 else "does not go on in AUTO without the link"
    return f"{value:g} {_UNITS[name]}" if name in _UNITS else f"{value:g}"


def _problems(values: Mapping[str, float], reach: Reach) -> dict[str, str]:
    found = {**_link(values, reach), **_battery(values), **_height(values, reach)}
    if "GF_ACTION" in values:
        return found | _px4_fence(values, reach)
    return found | _fence(values, reach)


def _link(values: Mapping[str, float], reach: Reach) -> dict[str, str]:
    if not reach.beyond_sight:
        return {}
    far = f"The plan leads {reach.farthest_m:,.0f} m away"
    found = {
        name: f"{far}, and the drone does nothing when it loses the link; set {name} to return."
        for name in ("FS_GCS_ENABLE", "FS_GCS_ENABL", "NAV_DLL_ACT")
        if values.get(name) == 0
    }
    if values.get("FS_GCS_ENABLE", 0) != 0 and int(values.get("FS_OPTIONS", 0)) & 2:
        found["FS_OPTIONS"] = f"{far}, and the drone goes on with it without a link; take 2 off FS_OPTIONS."
    return found


def _battery(values: Mapping[str, float]) -> dict[str, str]:
    found: dict[str, str] = {}
    if values.get("BATT_MONITOR") == 0:
        found["BATT_MONITOR"] = "The drone does not measure its battery; set BATT_MONITOR."
    if values.get("BATT_FS_LOW_ACT") == 0 and values.get("BATT_FS_CRT_ACT", 0) == 0:
        found["BATT_FS_LOW_ACT"] = "The drone does nothing when its battery is low; set BATT_FS_LOW_ACT to return."
    elif values.get("BATT_FS_LOW_ACT", 0) != 0 and values.get("BATT_LOW_VOLT") == 0 and values.get("BATT_LOW_MAH") == 0:
        found["BATT_LOW_VOLT"] = "No limit is set at which the battery counts as low; set BATT_LOW_VOLT."
    if values.get("COM_LOW_BAT_ACT") == 0:
        found["COM_LOW_BAT_ACT"] = "The drone only warns when its battery is low; set COM_LOW_BAT_ACT to return (3)."
    return found


def _height(values: Mapping[str, float], reach: Reach) -> dict[str, str]:
    if reach.obstacle_m is None:
        return {}
    for name, scale in (("RTL_ALT", 0.01), ("RTL_RETURN_ALT", 1.0)):
        if name in values and values[name] * scale < reach.obstacle_m:
            returns = f"the drone returns at {values[name] * scale:.0f} m"
            why = f"Obstacles stand {reach.obstacle_m:.0f} m high, and {returns}"
            return {name: f"{why} where it flies lower than that; raise {name}."}
    return {}


def _fence(values: Mapping[str, float], reach: Reach) -> dict[str, str]:
    if values.get("FENCE_ENABLE", 0) == 0:
        return {"FENCE_ENABLE": "The plan has a fence, and the drone's is off."} if reach.has_fence else {}
    kind = int(values.get("FENCE_TYPE", 0))
    margin = values.get("FENCE_MARGIN", FENCE_MARGIN_M)
    found: dict[str, str] = {}
    if kind & 1 and reach.highest_m > values.get("FENCE_ALT_MAX", float("inf")) - margin:
        found["FENCE_ALT_MAX"] = f"The plan climbs to {reach.highest_m:.0f} m: the drone would break off."
    if kind & 2 and reach.farthest_m > values.get("FENCE_RADIUS", float("inf")) - margin:
        found["FENCE_RADIUS"] = f"The plan leads {reach.farthest_m:,.0f} m from home: the drone would break off."
    if kind & 8 and reach.lowest_m is not None and reach.lowest_m < values.get("FENCE_ALT_MIN", float("-inf")) + margin:
        found["FENCE_ALT_MIN"] = f"The plan flies as low as {reach.lowest_m:.0f} m: the drone would break off."
    if reach.has_fence and not kind & 4:
        found["FENCE_TYPE"] = "The plan has a fence, and the drone does not heed drawn ones; set FENCE_TYPE to 4."
    return found


def _px4_fence(values: Mapping[str, float], reach: Reach) -> dict[str, str]:
    found: dict[str, str] = {}
    if values.get("GF_ACTION", 0) <= 1 and reach.has_fence:
        found["GF_ACTION"] = "The plan has a fence, and the drone would not turn back at it; set GF_ACTION to return."
    if 0 < values.get("GF_MAX_HOR_DIST", 0) < reach.farthest_m:
        found["GF_MAX_HOR_DIST"] = f"The plan leads {reach.farthest_m:,.0f} m from home: the drone would break off."
    if 0 < values.get("GF_MAX_VER_DIST", 0) < reach.highest_m:
        found["GF_MAX_VER_DIST"] = f"The plan climbs to {reach.highest_m:.0f} m: the drone would break off."
    return found
