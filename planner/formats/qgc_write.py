"""QGroundControl's plan files (.plan, version 1) out, with all keys that it requires."""

import json
from collections.abc import Mapping

from planner.model.mission import Frame, Mission, MissionItem

FIRMWARE = {"ardupilot": 3, "px4": 12}
"""MAV_AUTOPILOT_ARDUPILOTMEGA and MAV_AUTOPILOT_PX4."""
MAV_TYPE_QUADROTOR = 2
CRUISE_M_S, HOVER_M_S = 15, 5
"""QGroundControl's own default speeds, of fixed wings and of multicopters."""
MAV_TYPE_SUBMARINE = 12
ALTITUDE_MODES = {
    Frame.GLOBAL_RELATIVE_ALT: 1,
    Frame.GLOBAL_RELATIVE_ALT_INT: 1,
    Frame.GLOBAL: 2,
    Frame.GLOBAL_INT: 2,
    Frame.GLOBAL_TERRAIN_ALT: 4,
    Frame.GLOBAL_TERRAIN_ALT_INT: 4,
}
"""QGroundControl's AltitudeMode: 1 relative to launch, 2 mean sea level, 4 terrain frame."""

_MODE_OF = {int(frame): mode for frame, mode in ALTITUDE_MODES.items()}
RELATIVE = frozenset({Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT})
READABLE_ITEMS = 2000


def plan_text(mission: Mission, *, autopilot: str, own: Mapping[str, object] | None) -> str:
    """The text of a plan file; `own` goes under the key "quaywatch"."""
    home = mission.home
    if home is not None:
        launch = [home.at.lat_deg, home.at.lon_deg, home.msl_m]
    else:
        first = next((found.at for found in mission if found.at is not None), None)
        launch = [first.lat_deg, first.lon_deg, 0.0] if first is not None else [0.0, 0.0, 0.0]
    fence: dict[str, object] = {
        "version": 2,
        "polygons": [
            {"version": 1, "inclusion": p.inclusion, "polygon": [[q.lat_deg, q.lon_deg] for q in p.places]}
            for p in mission.fence_polygons
        ],
        "circles": [
            {
                "version": 1,
                "inclusion": c.inclusion,
                "circle": {"center": [c.at.lat_deg, c.at.lon_deg], "radius": c.radius_m},
            }
            for c in mission.fence_circles
        ],
    }
    document: dict[str, object] = {
        "fileType": "Plan",
        "version": 1,
        "groundStation": "QGroundControl",
        "mission": {
            "version": 2,
            "firmwareType": FIRMWARE[autopilot],
            "vehicleType": MAV_TYPE_SUBMARINE if _dives(mission) else MAV_TYPE_QUADROTOR,
            "globalPlanAltitudeMode": 1,
            "cruiseSpeed": mission.cruise_speed_m_s if mission.cruise_speed_m_s is not None else CRUISE_M_S,
            "hoverSpeed": mission.hover_speed_m_s if mission.hover_speed_m_s is not None else HOVER_M_S,
            "plannedHomePosition": launch,
            "items": [_item_json(number, flown) for number, flown in enumerate(mission, start=1)],
        },
        "geoFence": fence,
        "rallyPoints": {
            "version": 2,
            "points": [[r.at.lat_deg, r.at.lon_deg, r.height_m] for r in mission.rally],
        },
    }
    if mission.breach_return is not None:
        back = mission.breach_return
        fence["breachReturn"] = [back.at.lat_deg, back.at.lon_deg, back.height_m]
    if own is not None:
        document["quaywatch"] = dict(own)
    # large missions on one line: Python's indenting encoder would take seconds for them
    indent = 2 if len(mission) <= READABLE_ITEMS else None
    return json.dumps(document, indent=indent, allow_nan=False, ensure_ascii=False) + "\n"


def plan_notes(mission: Mission) -> tuple[str, ...]:
    """What a plan file has to say that the mission does not: QGroundControl asks for a launch place and for speeds."""
    notes = []
    if mission.home is None:
        where = "the first item's place" if any(one.at is not None for one in mission) else "0, 0"
        notes.append(f"the mission names no launch place; QGroundControl needs one, so {where} was written")
    unsaid = [
        f"{speed:g} m/s {name}"
        for name, speed, given in (
            ("in cruise", CRUISE_M_S, mission.cruise_speed_m_s),
            ("hovering about", HOVER_M_S, mission.hover_speed_m_s),
        )
        if given is None
    ]
    if unsaid:
        notes.append(f"the mission names no default speed; QGroundControl's own were written: {' and '.join(unsaid)}")
    return tuple(notes)


def _item_json(number: int, flown: MissionItem) -> dict[str, object]:
    written: dict[str, object] = {
        "type": "SimpleItem",
        "command": flown.command,
        "frame": flown.frame,
        "params": list(flown.params),
        "autoContinue": flown.autocontinue,
        "doJumpId": number,
    }
    mode = _MODE_OF.get(int(flown.frame))
    if flown.is_located and mode is not None:
        written |= {"Altitude": flown.params[6], "AltitudeMode": mode, "AMSLAltAboveTerrain": None}
    return written


def _dives(mission: Mission) -> bool:
    """Whether every place lies below the launch place, counted from there: an underwater vehicle's mission."""
    placed = False
    for made in mission:
        if made.at is not None:
            placed = made.frame in RELATIVE and (made.height_m or 0.0) < 0
            if not placed:
                return False
    return placed
