"""The rules of an operation, and how bad it is to break one."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a problem is: with an error it must not be flown, a warning a person must have read."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the operation, in metres and m/s; None: no such rule. See planner/route/data/rules_easa.json."""

    name: str = "none"
    title: str = ""
    max_height_m: float | None = None
    sight_m: float | None = None
    beyond_sight: Severity = Severity.WARNING
    range_m: float | None = None
    people_m: float = 30.0
    people_one_to_one: bool = True
    max_speed_m_s: float | None = None
    night: Severity | None = None
    night_note: str = ""
    zone_margin_m: float = 30.0
    obstacle_margin_m: float = 20.0
    fairway_mast_m: float = 60.0
    least_height_m: float = 2.0
    gust_factor: float = 1.4
    source: str = ""
