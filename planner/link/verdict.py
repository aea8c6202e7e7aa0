"""How an upload ended: stored, not stored, or unknown; and MAV_MISSION_RESULT in words.

"Stored" is said only after reading everything back and finding it equal. Result numbers: MAVLink common.xml.
"""

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from planner.link.items import TYPE_NAMES, WireItem
from planner.link.stack import Stack

ACCEPTED, ERROR, UNSUPPORTED_FRAME, UNSUPPORTED, NO_SPACE = 0, 1, 2, 3, 4
INVALID, INVALID_SEQUENCE, DENIED, CANCELLED = 5, 13, 14, 15


@dataclass(frozen=True, slots=True)
class Figures:
    """What an upload took: items of the plan, items read back (None: could not be read), wall seconds, resends."""

    items: int
    read_back: int | None
    seconds: float
    resends: int


@dataclass(frozen=True, slots=True)
class Stored:
    """Read back, and equal to what was sent; `list_id`: what the vehicle calls it, None where it names no lists."""

    reason: str
    figures: Figures
    list_id: int | None = None
    word = "stored"


@dataclass(frozen=True, slots=True)
class NotStored:
    """The vehicle does not hold what was sent; `limit`: how many items it says that it can hold, None: not said.

    `sent`: False where it was refused before anything was sent, so that the vehicle holds what it held.
    """

    reason: str
    figures: Figures
    limit: int | None = None
    sent: bool = True
    word = "not_stored"


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be found out what the vehicle holds."""

    reason: str
    figures: Figures
    word = "unknown"


Verdict: TypeAlias = Stored | NotStored | Unknown


def may_have_changed(verdict: Verdict) -> bool:
    """Whether a failed upload may have left the vehicle with something else than it held before."""
    return not isinstance(verdict, Stored) and not (isinstance(verdict, NotStored) and not verdict.sent)


_PARAMETER_OF_RESULT = {6: 1, 7: 2, 8: 3, 9: 4, 10: 5, 11: 6, 12: 7}


def result_sentence(
    result: int, *, item: WireItem | None, stack: Stack, texts: tuple[str, ...] = (), mission_type: int = 0
) -> str:
    """A MAV_MISSION_RESULT in words, naming item, command and value; the vehicle's own texts follow."""
    what = TYPE_NAMES[mission_type]
    named = _named(item, stack, mission_type)
    if result in _PARAMETER_OF_RESULT:
        number = _PARAMETER_OF_RESULT[result]
        sentence = f"The vehicle refused parameter {number} of {named}: {_value(item, number)}."
    else:
        sentence = {
            ACCEPTED: f"The vehicle accepted the {what}.",
            ERROR: f"The vehicle refused the {what} at {named} without saying why.",
            UNSUPPORTED_FRAME: f"The vehicle does not support the frame of {named}"
            + (f" (frame {item.frame})." if item else "."),
            UNSUPPORTED: f"The vehicle does not support {named}.",
            NO_SPACE: f"The vehicle has no room for the {what}.",
            INVALID: f"The vehicle calls {named} invalid.",
            INVALID_SEQUENCE: f"The vehicle received the items out of order, at {named}.",
            DENIED: f"The vehicle takes no {what} now: another station is transferring, or it is busy.",
            CANCELLED: f"The vehicle cancelled the transfer at {named}.",
        }.get(result, f"The vehicle refused the {what} with a result that MAVLink does not define ({result}).")
    said = "; ".join(dict.fromkeys(texts))
    return f'{sentence} It said: "{said}".' if said else sentence


def together(verdicts: list[tuple[int, Verdict]]) -> Verdict:
    """One verdict for mission, fence and rally points; the last decides, because the first failure ends the row."""
    first, last = verdicts[0][1], verdicts[-1][1]
    figures = Figures(
        first.figures.items,
        first.figures.read_back,
        round(sum(v.figures.seconds for _, v in verdicts), 3),
        sum(v.figures.resends for _, v in verdicts),
    )
    if len(verdicts) == 1 or isinstance(last, Stored):
        return replace(last, reason=" ".join(v.reason for _, v in verdicts), figures=figures)
    name = TYPE_NAMES[verdicts[-1][0]].capitalize()
    return replace(last, reason=f"{first.reason} {name}: {last.reason}", figures=figures)


def _named(item: WireItem | None, stack: Stack, mission_type: int) -> str:
    if item is None:
        return "the list as a whole"
    number = item.seq if stack.has_home_slot and mission_type == 0 else item.seq + 1
    return f"item {number} (command {item.command})"


def _value(item: WireItem | None, number: int) -> str:
    if item is None:
        return "unknown value"
    value: float = (*item.params, item.x, item.y, item.z)[number - 1]
    return "not a number" if math.isnan(value) else f"{value:.9g}"
