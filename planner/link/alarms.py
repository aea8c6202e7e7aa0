"""What needs the pilot now, from what the vehicle says: for the Fly page and for `link watch` alike. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from planner.link.settings import Setting
from planner.link.state import VehicleState

LOW_BATTERY_PERCENT = 25.0


class Severity(StrEnum):
    """How urgent: act now, or know it."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One reason: `code` for programs, `message` for the pilot, the values behind it with their units in the name."""

    code: str
    severity: Severity
    message: str
    values: tuple[tuple[str, float | str], ...] = ()


def alarms_of(
    state: VehicleState | None,
    *,
    in_flight: bool,
    home_percent: float | None = None,
    reserve_percent: float = 0.0,
    settings: tuple[Setting, ...] = (),
) -> tuple[Alarm, ...]:
    """All reasons, the most urgent first.

    `home_percent`: what the way home needs from here, in percent of a full battery; None where it is not known.
    `settings`: those read from the vehicle; each with a problem is a reason.
    """
    if state is None:
        return ()
    found = [*_twins(state), *_link(state), *(_flight(state, home_percent, reserve_percent) if in_flight else ())]
    found += _mission(state, in_flight=in_flight)
    if state.log_problem:
        said = f"The flight log is not being written: {state.log_problem}"
        found.append(Alarm("log_stopped", Severity.WARNING, said))
    found += [
        Alarm("setting", Severity.WARNING, one.problem, (("setting", one.name),)) for one in settings if one.problem
    ]
    return tuple(found)


def _twins(state: VehicleState) -> tuple[Alarm, ...]:
    system = state.address.system
    values = (("system_id", system),)
    return (Alarm("two_vehicles", Severity.CRITICAL, twins_sentence(system), values),) if state.is_two else ()


def twins_sentence(system: int) -> str:
    """What it means that two vehicles answer to one system id, and what to do."""
    return (
        f"Two vehicles answer to system id {system}: what is sent to one reaches both, and their places are mixed. "
        "Give one another id (ArduPilot SYSID_THISMAV, PX4 MAV_SYS_ID), or switch it off."
    )


def _link(state: VehicleState) -> tuple[Alarm, ...]:
    if state.link_age_s <= state.lost_after_s:
        return ()
    values = (("silent_s", round(state.link_age_s, 1)),)
    if state.frames_s:
        said = (
            f"No heartbeat from the drone for {state.link_age_s:.0f} s, though other messages still come: it "
            "may hang, or a router keeps the heartbeats back. Make it return; if it does not, take over by hand."
        )
        return (Alarm("no_heartbeat", Severity.CRITICAL, said, values),)
    said = (
        f"Nothing heard from the drone for {state.link_age_s:.0f} s. It follows its own failsafe; "
        "keep the antenna up and watch where you last saw it."
    )
    return (Alarm("link_lost", Severity.CRITICAL, said, values),)


def _flight(state: VehicleState, home_percent: float | None, reserve_percent: float) -> tuple[Alarm, ...]:
    found = [] if state.battery_percent is None else _battery(state.battery_percent, home_percent, reserve_percent)
    if state.gps_fix is not None and state.gps_fix < 3:
        said = "The drone has lost its position fix. Take over by hand or land."
        found.append(Alarm("position_lost", Severity.CRITICAL, said, (("gps_fix", state.gps_fix),)))
    if state.fence_ok is False:
        said = "The drone is outside its fence and acts by FENCE_ACTION. Make it return if it does not."
        found.append(Alarm("outside_fence", Severity.CRITICAL, said))
    return tuple(found)


def _mission(state: VehicleState, *, in_flight: bool) -> tuple[Alarm, ...]:
    """What was stored on this connection and is not there any more; of earlier ones the list before the start tells."""
    if not state.mission_changed or state.held is None or state.held.since_s <= 0:
        return ()
    in_the_air = " Watch it, and make it return if in doubt." if in_flight else ""
    return (Alarm("mission_changed", Severity.CRITICAL, f"{state.mission_changed}{in_the_air}"),)


def _battery(percent: float, home_percent: float | None, reserve_percent: float) -> list[Alarm]:
    values: tuple[tuple[str, float | str], ...] = (("battery_percent", percent),)
    if home_percent is not None:
        values = (*values, ("way_home_percent", round(home_percent, 1)), ("reserve_percent", reserve_percent))
        if percent < home_percent:
            needs = f"the way home needs {home_percent:.0f} %. Land where it is safe, now."
            return [Alarm("battery_too_low", Severity.CRITICAL, f"Battery at {percent:.0f} %, and {needs}", values)]
        if percent < home_percent + reserve_percent:
            needs = f"the way home needs {home_percent:.0f} %, and {reserve_percent:.0f} % are the reserve"
            said = f"Battery at {percent:.0f} %: {needs}. Return now."
            return [Alarm("battery_return", Severity.CRITICAL, said, values)]
    if percent < LOW_BATTERY_PERCENT:
        return [Alarm("battery_return", Severity.CRITICAL, f"Battery at {percent:.0f} %. Return now.", values)]
    return []
