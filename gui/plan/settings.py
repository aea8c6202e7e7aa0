"""Which fields the panel shows for what: derived from the dataclasses, with words, units and limits from one table.

A field that a parameter class gets tomorrow appears in the window without more code; `WORDS` only makes it read well.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, Union, get_args, get_origin, get_type_hints

from gui.plan.draft import Draft
from planner.geo.points import LatLon
from planner.model.drift import Flow
from planner.model.outlook import Outlook
from planner.model.patterns import PARAMETERS, OrbitParameters, Pattern, WatchPlace


class Kind(Enum):
    """What a field is filled in with."""

    NUMBER = auto()
    WHOLE = auto()
    FLAG = auto()
    CHOICE = auto()
    FLOW = auto()
    PLACE = auto()
    MOMENT = auto()
    TEXT = auto()
    TEXTS = auto()
    WATCHES = auto()


@dataclass(frozen=True, slots=True)
class Words:
    """How a number or a text is shown: `unit` behind it, shown as value times `scale`; `none` says what None means."""

    word: str
    unit: str = ""
    least: float = 0.0
    most: float = 100_000.0
    decimals: int = 0
    none: str = ""
    tip: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of the panel: the name of a dataclass's field, and how it is filled in."""

    name: str
    kind: Kind
    words: Words
    optional: bool = False
    choices: tuple[str, ...] = ()
    enum: type[StrEnum] | None = None
    """What a choice is a value of."""


WORDS: Mapping[str, Words] = {
    "side_overlap": Words("Side overlap", " %", 0, 95, tip="Of neighbouring lines", scale=100),
    "front_overlap": Words("Front overlap", " %", 0, 95, tip="Of pictures along a line", scale=100),
    "angle_deg": Words("Bearing", "°", 0, 359, none="best", tip="True bearing of the lines"),
    "speed_m_s": Words("Speed", " m/s", 0.1, 40, 1, none="cruise", tip="Along the lines"),
    "stand_off_m": Words("Stand-off", " m", -10_000, 10_000),
    "passes": Words("Passes", "", 1, 50, tip="How many lines beside each other"),
    "seed": Words("Seed", "", 0, 2**31 - 1, tip="The same seed gives the same patrol"),
    "swath_m": Words("Line spacing", " m", 1, 10_000, 1, none="by overlap", tip="At most, outright"),
    "tighten": Words("Look for a shorter way", tip="Takes up to a minute; for areas of few corners"),
    "angle_by": Words("Bearing by", tip="What the best bearing is to suit: wind and take-off are set under Conditions"),
    "side": Words("Side", tip="On which side of the line; the stand-off then is its size"),
    "laps": Words("Laps", "", 1, 50),
    "camera_pitch_deg": Words(
        "Camera pitch", "°", -90, 0, none="at the outline", tip="From the horizon, down negative"
    ),
    "watches": Words("Watched places", tip="Without any, the areas' lines and outlines are watched"),
    "patrol_min": Words("Patrol", " min", 0.1, 1440, 1, none="as the battery lasts"),
    "visit_min": Words("Visitor's stay", " min", 0.1, 1440, 1, none="by the tour", tip="Who is not to go unseen"),
    "hover_s": Words("Hover", " s", 0, 3600, tip="At each watched point"),
    "regularity": Words("Regularity", " %", 0, 100, tip="0: hardest to foretell; more: shorter gaps", scale=100),
    "at": Words("Vessel at", tip="Where it was seen"),
    "course_deg": Words("Course", "°", -360, 360, tip="True, also of its bow"),
    "vessel_speed_m_s": Words("Vessel's speed", " m/s", 0, 50, 1),
    "length_m": Words("Length", " m", 0.5, 500, 1),
    "turns": Words("Turns", "", 1, 20, tip="How many times round"),
    "wind": Words("Wind", tip="Speed, and where it comes from"),
    "current": Words("Current", tip="Speed, and where it sets to"),
    "elapsed_min": Words("Seen", " min ago", 0, 10_080, tip="Before take-off"),
    "range_m": Words("Range", " m", 10, 200_000, none="battery", tip="Greatest distance from the launch place"),
    "heading_deg": Words("Heading", "°", -360, 360, tip="Where the bow points, true"),
    "beam_m": Words("Beam", " m", 0.5, 100, 1),
    "draught_m": Words("Draught", " m", 0.3, 50, 1),
    "lanes": Words("Lanes", tip="Which way the lanes on the sides run"),
    "water_m": Words("Water depth", " m", 0.5, 11_000, 1, none="not known", tip="At the hull; the lanes clear the bed"),
    "sides": Words("Sides", tip="A side at a quay cannot be scanned"),
    "datum": Words("Last known at", tip="Without it, the middle of the area"),
    "adrift": Words("Adrift", tip="What is searched for, for its leeway"),
    "sweep_width_m": Words("Sweep width", " m", 1, 20_000, none="a picture's", tip="IAMSAR's W"),
    "spacing_m": Words("Track spacing", " m", 1, 20_000, none="sweep width", tip="IAMSAR's S"),
    "position_error_m": Words("Position error", " m", 0, 100_000, tip="Probable error of the last known position"),
    "craft_error_m": Words("Drone's error", " m", 0, 10_000, tip="Probable error of the drone's own position"),
    "radius_m": Words("Radius", " m", 1, 100_000, none="by the errors", tip="How far from the datum is searched"),
    "gust_m_s": Words("Gusts", " m/s", 0, 200, 1, none="not known"),
    "start_utc": Words("Take-off UTC", tip="The check then minds daylight and the hours of zones"),
    "pilot": Words("Pilot at", tip="For sight; without it, the launch place"),
    "surface_msl_m": Words(
        "Ground", " m", -500, 9000, none="the sea", tip="Height of the ground flown over, above the sea"
    ),
    "return_height_m": Words(
        "Return height", " m", 0, 500, none="autopilot's", tip="Least height of a return above home"
    ),
    "radio_range_m": Words("Radio range", " m", 0, 100_000, none="not known"),
    "land_allowed": Words("May fly over land"),
    "authorised": Words("Leave given for", tip="Zones, by identifier or name, with ; between"),
    "operation": Words("Operation", tip="Of the rules"),
    "rules_file": Words("Rules", tip="A file of rules; without it EASA's"),
    "contacts": Words("Contacts", tip="For the briefing: name: how to reach; with ; between"),
}
SPECIAL: Mapping[tuple[type, str], Words] = {
    (OrbitParameters, "elapsed_min"): Words("Seen", " min ago", 0, 1440, tip="Before take-off"),
    (Outlook, "current"): Words("Current", tip="For searches: speed, and where it sets to"),
}
"""Where one class means or allows something else than the table."""
STAND_OFFS: Mapping[Pattern, str] = {
    Pattern.CORRIDOR: "Metres to the right of the line; less than 0: to the left",
    Pattern.PERIMETER: "Metres outside the outline; less than 0: inside",
    Pattern.ORBIT: "Metres from the vessel's hull; 0: as height and camera ask",
    Pattern.HULL: "Metres from the hull",
}
SEARCHES = (Pattern.EXPANDING_SQUARE, Pattern.SECTOR, Pattern.PARALLEL, Pattern.CREEPING)
_SEARCH = ("angle_deg", "front_overlap", "speed_m_s")
PLAN_FIELDS: Mapping[Pattern, tuple[str, ...]] = {
    Pattern.AREA: ("side_overlap", "front_overlap", "angle_deg", "speed_m_s", "swath_m"),
    Pattern.CORRIDOR: ("passes", "stand_off_m", "side_overlap", "front_overlap", "speed_m_s", "swath_m"),
    Pattern.PERIMETER: ("stand_off_m", "front_overlap", "speed_m_s"),
    Pattern.PATROL: ("seed", "front_overlap", "speed_m_s"),
    Pattern.ORBIT: ("stand_off_m", "front_overlap", "speed_m_s"),
    Pattern.HULL: ("stand_off_m", "side_overlap", "front_overlap", "speed_m_s", "swath_m"),
    **dict.fromkeys(SEARCHES, _SEARCH),
}
"""Which of the plan's common fields a pattern minds."""
OFFERED = ("operation",)
"""Texts that are chosen from what a file offers."""
DAY = ("wind", "gust_m_s", "current", "start_utc")
"""Of the outlook, what is always in view; the rest unfolds."""


def for_plan(pattern: Pattern) -> tuple[Setting, ...]:
    """The common fields of a plan that a pattern minds."""
    known = {one.name: one for one in _settings(Draft, only=PLAN_FIELDS[pattern])}
    return tuple(known[name] for name in PLAN_FIELDS[pattern])


def for_pattern(pattern: Pattern) -> tuple[Setting, ...]:
    """The fields of a pattern's own parameters, all of them."""
    wanted = PARAMETERS.get(pattern)
    return () if wanted is None else _settings(wanted)


def for_day() -> tuple[Setting, ...]:
    """The fields of the outlook, all of them."""
    return _settings(Outlook)


def said(choice: str) -> str:
    """A choice in words: "Raft shallow ballast" for "raft-shallow-ballast"."""
    return choice.replace("-", " ").capitalize()


def _settings(of: type, only: Sequence[str] | None = None) -> tuple[Setting, ...]:
    assert is_dataclass(of)  # noqa: S101 - for the type checker
    hints = get_type_hints(of)
    names = [field.name for field in fields(of)]
    return tuple(_setting(of, name, hints[name]) for name in names if only is None or name in only)


def _setting(of: type, name: str, hint: Any) -> Setting:  # noqa: ANN401 - a type hint has no type
    optional = get_origin(hint) in {Union, types.UnionType}
    if optional:
        hint = next(part for part in get_args(hint) if part is not type(None))
    words = SPECIAL.get((of, name)) or WORDS.get(name) or _plain_words(name)
    enum: type[StrEnum] | None = hint if isinstance(hint, type) and issubclass(hint, StrEnum) else None
    kind = Kind.CHOICE if name in OFFERED else _kind(hint)
    return Setting(name, kind, words, optional, tuple(one.value for one in enum) if enum else (), enum)


def _kind(hint: Any) -> Kind:  # noqa: ANN401 - a type hint has no type
    if get_origin(hint) is tuple:
        return Kind.WATCHES if get_args(hint)[0] is WatchPlace else Kind.TEXTS
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Kind.CHOICE
    kinds: dict[Any, Kind] = {
        float: Kind.NUMBER,
        int: Kind.WHOLE,
        bool: Kind.FLAG,
        str: Kind.TEXT,
        LatLon: Kind.PLACE,
        Flow: Kind.FLOW,
        datetime: Kind.MOMENT,
    }
    return kinds[hint]


def _plain_words(name: str) -> Words:
    """Words for a field that the table does not know, from its name and the unit at its end."""
    for end, unit in (("_m_s", " m/s"), ("_deg", "°"), ("_min", " min"), ("_m2", " m²"), ("_m", " m"), ("_s", " s")):
        if name.endswith(end):
            return Words(said(name.removesuffix(end).replace("_", "-")), unit, -100_000, 100_000, 1, none="not set")
    return Words(said(name.replace("_", "-")), "", -100_000, 100_000, 2, none="not set")
