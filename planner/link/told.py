"""The modes as the vehicle itself tells them (AVAILABLE_MODES), preferred to the tables in planner/link/stack.py. Pure.

https://mavlink.io/en/services/standard_modes.html. A standard mode says what a mode does, whatever it is called.
"""

from dataclasses import dataclass, replace

from planner.link.stack import Modes, Stack, mode_name, modes_of

SAFE_RECOVERY, MISSION, LAND = 5, 6, 7
"""MAV_STANDARD_MODE. POSITION_HOLD (1) is not the mode to wait in: it is flown by hand."""
HOLD_NAMES = ("HOLD", "LOITER", "BRAKE", "POSHOLD")
GUIDED_NAMES = ("GUIDED",)


@dataclass(frozen=True, slots=True)
class ToldMode:
    """One AVAILABLE_MODES: the number that HEARTBEAT carries, its name, and MAV_STANDARD_MODE (0: none)."""

    custom_mode: int
    name: str
    standard_mode: int = 0


def with_mode(told: tuple[ToldMode, ...], one: ToldMode) -> tuple[ToldMode, ...]:
    """The list after one more, or after a new name for one that was there."""
    return (*(mode for mode in told if mode.custom_mode != one.custom_mode), one)


def name_of(told: tuple[ToldMode, ...], stack: Stack, vehicle_type: int, custom_mode: int) -> str:
    """The name that the vehicle tells, else the one in the tables."""
    named = next((one.name for one in told if one.custom_mode == custom_mode and one.name), None)
    return named or mode_name(stack, vehicle_type, custom_mode)


def modes_for(told: tuple[ToldMode, ...], stack: Stack, vehicle_type: int) -> Modes | None:
    """The modes to switch to: those told, where they say what they are for, else those of the tables."""
    table = modes_of(stack, vehicle_type)
    standard = {one.standard_mode: one.custom_mode for one in told}
    mission, home, land = (standard.get(number) for number in (MISSION, SAFE_RECOVERY, LAND))
    if table is None:
        hold = _named(told, HOLD_NAMES)
        if mission is None or home is None or land is None or hold is None:
            return None
        return Modes(mission, hold, home, land, _named(told, GUIDED_NAMES))
    known = {one.custom_mode for one in told}
    hold = table.hold if not known or table.hold in known else _named(told, HOLD_NAMES)
    return replace(
        table,
        mission=table.mission if mission is None else mission,
        home=table.home if home is None else home,
        land=table.land if land is None else land,
        hold=table.hold if hold is None else hold,
    )


def _named(told: tuple[ToldMode, ...], names: tuple[str, ...]) -> int | None:
    numbers = {one.name.upper(): one.custom_mode for one in told}
    return next((numbers[name] for name in names if name in numbers), None)
