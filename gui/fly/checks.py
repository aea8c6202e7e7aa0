"""The pre-flight list and the alarms, from what the vehicle says and what a person ticked."""

from dataclasses import dataclass

from planner.geo.points import distance_m
from planner.link.state import VehicleState
from planner.model.mission import Command, Mission

LINK_LOST_S = 3.5
"""QGroundControl's limit for a lost link (VehicleLinkManager)."""
LEAST_BATTERY_PERCENT = 30.0
LOW_BATTERY_PERCENT = 25.0
FARTHEST_FIRST_WAYPOINT_M = 2000.0
FIX_WORDS = {0: "no GPS", 1: "no fix", 2: "2D fix", 3: "3D fix", 4: "DGPS fix", 5: "RTK float", 6: "RTK fixed"}
"""GPS_FIX_TYPE of MAVLink common.xml."""
BY_HAND = (
    ("airspace", "Airspace and the ground below are clear, permission is at hand"),
    ("airframe", "Propellers, battery lock and camera lens are checked"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. `by_hand`: a person must tick it; `detail` says what was found."""

    check_id: str
    text: str
    ok: bool
    by_hand: bool
    detail: str = ""


def checks_of(
    state: VehicleState | None, mission: Mission | None, *, ticked: frozenset[str], stored: bool
) -> tuple[Check, ...]:
    """The list in the order in which a pilot goes through it."""
    by_hand = tuple(Check(name, text, name in ticked, by_hand=True) for name, text in BY_HAND)
    return (
        _link(state),
        _position(state),
        _battery(state),
        _arming(state),
        _distance(state, mission),
        Check("stored", "The drone holds this mission", stored, by_hand=False, detail="read back" if stored else ""),
        *by_hand,
    )


def alarms_of(state: VehicleState | None, *, in_flight: bool) -> tuple[str, ...]:
    """What needs the pilot, most urgent first, each with what it means."""
    if state is None:
        return ()
    found = []
    if state.link_age_s > LINK_LOST_S:
        found.append(
            f"Nothing heard from the drone for {state.link_age_s:.0f} s. It follows its own failsafe; "
            "keep the antenna up and watch where you last saw it."
        )
    if in_flight and state.battery_percent is not None and state.battery_percent < LOW_BATTERY_PERCENT:
        found.append(f"Battery at {state.battery_percent:.0f} %. Return now.")
    if in_flight and state.gps_fix is not None and state.gps_fix < 3:
        found.append("The drone has lost its position fix. Take over by hand or land.")
    if state.log_problem:
        found.append(f"The flight log is not being written: {state.log_problem}")
    return tuple(found)


def _link(state: VehicleState | None) -> Check:
    if state is None:
        return Check("link", "Link to the drone", ok=False, by_hand=False, detail="not connected")
    fresh = state.link_age_s <= LINK_LOST_S
    return Check("link", "Link to the drone", fresh, by_hand=False, detail=f"heard {state.link_age_s:.1f} s ago")


def _position(state: VehicleState | None) -> Check:
    text = "Position fix"
    if state is None or state.gps_fix is None:
        return Check("position", text, ok=False, by_hand=False, detail="nothing heard yet")
    satellites = "" if state.satellites in {None, 255} else f", {state.satellites} satellites"
    good = state.gps_fix >= 3 and state.ekf_ok is not False
    waiting = "; the drone is still settling" if state.gps_fix >= 3 and not good else ""
    words = FIX_WORDS.get(state.gps_fix, f"fix type {state.gps_fix}")
    return Check("position", text, good, by_hand=False, detail=f"{words}{satellites}{waiting}")


def _battery(state: VehicleState | None) -> Check:
    if state is None or state.battery_percent is None:
        return Check("battery", "Battery", ok=False, by_hand=False, detail="nothing heard yet")
    enough = state.battery_percent >= LEAST_BATTERY_PERCENT
    return Check("battery", "Battery", enough, by_hand=False, detail=f"{state.battery_percent:.0f} %")


def _arming(state: VehicleState | None) -> Check:
    text = "The drone's own arming checks"
    if state is None:
        return Check("arming", text, ok=False, by_hand=False, detail="nothing heard yet")
    said = next((t.text for t in reversed(state.texts) if t.text.startswith(("PreArm:", "Arm:"))), "")
    if state.prearm_ok is None:
        return Check("arming", text, ok=not said, by_hand=False, detail=said or "not reported; shown when arming")
    return Check("arming", text, state.prearm_ok, by_hand=False, detail="passed" if state.prearm_ok else said)


def _distance(state: VehicleState | None, mission: Mission | None) -> Check:
    text = "The drone stands near the plan"
    places = (i.at for i in mission or () if i.command == Command.NAV_WAYPOINT)
    first = next((at for at in places if at is not None), None)
    if state is None or state.at is None or first is None:
        return Check("distance", text, ok=False, by_hand=False, detail="position or plan not known yet")
    away = distance_m(state.at, first)
    near = away <= FARTHEST_FIRST_WAYPOINT_M
    return Check("distance", text, near, by_hand=False, detail=f"{away:,.0f} m to the first waypoint")
