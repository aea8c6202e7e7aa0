"""Quaywatch's own data inside a plan file (the key "quaywatch"): the Plan, so that reading it back gives the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from planner.formats.fields import Fields, as_place
from planner.formats.parameters import value_from, value_json
from planner.formats.profiles import camera_from, drone_from, profile_json
from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Home
from planner.model.outlook import Outlook
from planner.model.patterns import PARAMETERS, Parameters
from planner.model.plan import Area, AreaKind, Pattern, Plan, ZoneSet
from planner.model.zone import Zone

VERSION = 1
MOST_ZONES = 100_000
MOST_PLACES = 200_000
_Value = TypeVar("_Value")


def plan_json(plan: Plan, figures: Mapping[str, object] | None = None) -> dict[str, object]:
    """The plan as the JSON object under "quaywatch"; `figures` are for readers that do not plan."""
    home = plan.home
    return {
        "version": VERSION,
        "name": plan.name,
        "pattern": plan.pattern.value,
        "areas": [_area_json(area) for area in plan.areas],
        "drone": profile_json(plan.drone),
        "camera": profile_json(plan.camera),
        "gsd_m": plan.gsd_m,
        "home": None if home is None else [home.at.lat_deg, home.at.lon_deg, home.msl_m],
        "side_overlap": plan.side_overlap,
        "front_overlap": plan.front_overlap,
        "speed_m_s": plan.speed_m_s,
        "angle_deg": plan.angle_deg,
        "stand_off_m": plan.stand_off_m,
        "passes": plan.passes,
        "swath_m": plan.swath_m,
        "seed": plan.seed,
        "keep_out": [_area_json(area) for area in plan.keep_out],
        "parameters": value_json(plan.parameters),
        "zones": value_json(plan.zones),
        "zone_sets": value_json(plan.zone_sets),
        "outlook": value_json(plan.outlook),
        "figures": dict(figures or {}),
    }


def plan_from(value: object, source: Path) -> Plan:
    """The Plan of a plan file's "quaywatch" object.

    Raises:
        BadInput: another version, or a field missing or wrong.
    """
    given = Fields(value, source, "quaywatch")
    version = given.whole("version")
    if version != VERSION:
        raise given.refuse(f"version {version} is not read by this Quaywatch, which knows version {VERSION}")
    areas = tuple(_area_from(row, source, number) for number, row in enumerate(given.rows("areas", most=1000), start=1))
    keep_out = given.rows("keep_out", most=100_000) if "keep_out" in given else []
    pattern = _pattern(given)
    home = given.raw("home")
    try:
        return Plan(
            name=given.text("name"),
            areas=areas,
            pattern=pattern,
            drone=drone_from(given.raw("drone"), source),
            camera=camera_from(given.raw("camera"), source),
            gsd_m=given.number("gsd_m"),
            home=None if home is None else _home_from(home, source),
            side_overlap=given.number("side_overlap", 0.3),
            front_overlap=given.number("front_overlap", 0.5),
            speed_m_s=given.maybe_number("speed_m_s"),
            angle_deg=given.maybe_number("angle_deg"),
            stand_off_m=given.number("stand_off_m", 0.0),
            passes=given.whole("passes", 1),
            swath_m=given.maybe_number("swath_m"),
            seed=_seed(given),
            keep_out=tuple(_area_from(row, source, number) for number, row in enumerate(keep_out, start=1)),
            parameters=_parameters(given, pattern),
            zones=_values(given, "zones", Zone),
            zone_sets=_values(given, "zone_sets", ZoneSet),
            outlook=value_from(Outlook, given.raw("outlook") or {}, source, "quaywatch, outlook"),
        )
    except ValueError as error:
        raise BadInput(source, f"quaywatch: {error}") from None


def _parameters(given: Fields, pattern: Pattern) -> Parameters | None:
    value = given.raw("parameters")
    if value is None:
        return None
    wanted = PARAMETERS.get(pattern)
    if wanted is None:
        raise given.refuse(f"'parameters' are given, but pattern {pattern} takes none")
    return value_from(wanted, value, given.source, f"{given.where}, parameters")


def _values(given: Fields, key: str, wanted: type[_Value]) -> tuple[_Value, ...]:
    rows = given.rows(key, most=MOST_ZONES) if key in given else []
    where = f"{given.where}, {key}"
    return tuple(value_from(wanted, row, given.source, f"{where} {n}") for n, row in enumerate(rows, start=1))


def _seed(given: Fields) -> int:
    value = given.raw("seed")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise given.refuse("'seed' must be a whole number")
    return value


def _pattern(given: Fields) -> Pattern:
    text = given.text("pattern")
    try:
        return Pattern(text)
    except ValueError:
        known = ", ".join(p.value for p in Pattern)
        raise given.refuse(f"'pattern' is {text!r}; known are {known}") from None


def _home_from(value: object, source: Path) -> Home:
    at = as_place(value, source, "quaywatch: 'home'")
    msl = value[2] if isinstance(value, list) and len(value) > 2 else 0.0
    if isinstance(msl, bool) or not isinstance(msl, int | float):
        raise BadInput(source, "quaywatch: 'home' has no height in metres as its third number")
    return Home(at, float(msl))


def _area_json(area: Area) -> dict[str, object]:
    return {
        "name": area.name,
        "kind": area.kind.value,
        "outline": [[p.lat_deg, p.lon_deg] for p in area.outline],
        "holes": [[[p.lat_deg, p.lon_deg] for p in hole] for hole in area.holes],
    }


def _area_from(value: object, source: Path, number: int) -> Area:
    given = Fields(value, source, f"quaywatch, area {number}")
    kind = given.text("kind")
    if kind not in set(AreaKind):
        raise given.refuse(f"'kind' is {kind!r}; known are polygon, line")
    holes = given.rows("holes", most=10_000) if "holes" in given else []
    try:
        return Area(
            given.text("name"),
            AreaKind(kind),
            _places(given.rows("outline", most=MOST_PLACES), source, given.where),
            tuple(_places(hole, source, f"{given.where}, hole {i}") for i, hole in enumerate(holes, start=1)),
        )
    except ValueError as error:
        raise BadInput(source, f"{given.where}: {error}") from None


def _places(rows: object, source: Path, where: str) -> tuple[LatLon, ...]:
    if not isinstance(rows, list):
        raise BadInput(source, f"{where} is not a list of places")
    return tuple(as_place(row, source, f"{where}, place {i}") for i, row in enumerate(rows, start=1))
