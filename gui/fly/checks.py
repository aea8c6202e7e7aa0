"""The pre-flight list, from what the vehicle says and what a person ticked."""

from dataclasses import dataclass

from gui.units import length_text
from planner.geo.points import distance_m
from planner.link.alarms import twins_sentence
from planner.link.settings import Setting
from planner.link.state import VehicleState
from planner.link.texts import ARMING
from planner.model.mission import Command, Mission
from planner.model.words import counted
from planner.route.check_items import take_off_missing

LEAST_BATTERY_PERCENT = 30.0
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
    state: VehicleState | None,
    mission: Mission | None,
    *,
    ticked: frozenset[str],
    stored: bool,
    settings: tuple[Setting, ...] | None = None,
) -> tuple[Check, ...]:
    """The list in the order in which a pilot goes through it."""
    by_hand = tuple(Check(name, text, name in ticked, by_hand=True) for name, text in BY_HAND)
    return (
        _link(state),
        _position(state),
        _battery(state),
        _arming(state),
        _distance(state, mission),
        _settings(settings, ticked),
        _stored(state, mission, stored=stored),
        *by_hand,
    )


def _settings(settings: tuple[Setting, ...] | None, ticked: frozenset[str]) -> Check:
    text = "Failsafe, fence and battery settings fit the plan"
    if settings is None:
        return Check("settings", text, ok=False, by_hand=False, detail="read when the plan is sent")
    problems = [one.problem for one in settings if one.problem]
    if not problems:
        told = sum(one.value is not None for one in settings)
        return Check("settings", text, ok=True, by_hand=False, detail=f"{counted(told, 'setting')} read")
    text = "Settings of the drone do not fit the plan; I fly all the same"
    return Check("settings-accepted", text, "settings-accepted" in ticked, by_hand=True, detail=" ".join(problems))


def _stored(state: VehicleState | None, mission: Mission | None, *, stored: bool) -> Check:
    changed = "" if state is None else state.mission_changed
    known = "; it still names the list so" if state is not None and state.as_stored else ""
    needs = state is not None and state.needs_take_off and mission is not None
    missing = next((one.message for one in take_off_missing(mission)), "") if needs and mission else ""
    detail = changed or " ".join(part for part in (f"read back{known}" if stored else "", missing) if part)
    return Check("stored", "The drone holds this mission", stored and not changed, by_hand=False, detail=detail)


def _link(state: VehicleState | None) -> Check:
    if state is None:
        return Check("link", "Link to the drone", ok=False, by_hand=False, detail="not connected")
    if state.is_two:
        return Check("link", "Link to the drone", ok=False, by_hand=False, detail=twins_sentence(state.address.system))
    fresh = state.link_age_s <= state.lost_after_s
    if state.high_latency:
        slow = (
            f"a high-latency link, heard {state.link_age_s:.0f} s ago, each {state.report_every_s:.0f} s: orders only"
        )
        return Check("link", "Link to the drone", ok=False, by_hand=False, detail=slow)
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
    if state.remote_id:
        return Check("arming", text, ok=False, by_hand=False, detail=f"Remote identification: {state.remote_id}")
    said = next((t.text for t in reversed(state.texts) if t.text.startswith(ARMING)), "")
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
    return Check("distance", text, near, by_hand=False, detail=f"{length_text(away)} to the first waypoint")
