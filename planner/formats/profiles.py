"""Profiles of drones and cameras: those that come along (data/*.json, each with its source), and the user's own.

A name is looked up without regard to case; a path to a JSON file reads the user's own profile, in the same form.
"""

import difflib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TypeVar

from planner.formats.fields import Fields
from planner.formats.files import parse_json, read_text
from planner.model.errors import BadInput
from planner.model.profiles import CameraProfile, DroneProfile

_Profile = TypeVar("_Profile")
_DATA = Path(__file__).parent / "data"


def drone(name: str) -> DroneProfile:
    """The drone of that name, or of the profile file at that path.

    Raises:
        BadInput: unknown; lists the known names and says which is closest.
    """
    if _is_path(name):
        return drone_from(parse_json(read_text(Path(name)), Path(name)), Path(name))
    return _found("drone", name, {d.name: d for d in drones()})


def camera(name: str) -> CameraProfile:
    """The camera of that name, or of the profile file at that path.

    Raises:
        BadInput: unknown; lists the known names and says which is closest.
    """
    if _is_path(name):
        return camera_from(parse_json(read_text(Path(name)), Path(name)), Path(name))
    return _found("camera", name, {c.name: c for c in cameras()})


@cache
def drones() -> tuple[DroneProfile, ...]:
    """All drones that come along, by name."""
    path = _DATA / "drones.json"
    rows = Fields(parse_json(read_text(path), path), path, "drones").rows("drones", most=1000)
    return tuple(sorted((drone_from(row, path) for row in rows), key=lambda d: d.name))


@cache
def cameras() -> tuple[CameraProfile, ...]:
    """All cameras that come along, by name."""
    path = _DATA / "cameras.json"
    rows = Fields(parse_json(read_text(path), path), path, "cameras").rows("cameras", most=1000)
    return tuple(sorted((camera_from(row, path) for row in rows), key=lambda c: c.name))


def drone_from(value: object, source: Path) -> DroneProfile:
    """A drone profile from its JSON object.

    Raises:
        BadInput: a field missing, of the wrong type, or impossible.
    """
    given = Fields(value, source, "the drone profile")
    named = Fields(value, source, f"drone {given.text('name')!r}")
    try:
        return DroneProfile(
            name=named.text("name"),
            cruise_speed_m_s=named.number("cruise_speed_m_s"),
            max_speed_m_s=named.number("max_speed_m_s"),
            climb_m_s=named.number("climb_m_s"),
            descent_m_s=named.number("descent_m_s"),
            battery_wh=named.number("battery_wh"),
            hover_power_w=named.number("hover_power_w"),
            cruise_power_w=named.number("cruise_power_w"),
            max_wind_m_s=named.number("max_wind_m_s"),
            reserve_fraction=named.number("reserve_fraction", 0.25),
            autopilot=named.text("autopilot", "ardupilot"),
            source=named.text("source", ""),
            vehicle=named.text("vehicle", "copter"),
        )
    except ValueError as error:
        raise BadInput(source, str(error)) from None


def camera_from(value: object, source: Path) -> CameraProfile:
    """A camera profile from its JSON object.

    Raises:
        BadInput: a field missing, of the wrong type, or impossible.
    """
    given = Fields(value, source, "the camera profile")
    named = Fields(value, source, f"camera {given.text('name')!r}")
    try:
        return CameraProfile(
            name=named.text("name"),
            sensor_width_mm=named.number("sensor_width_mm"),
            sensor_height_mm=named.number("sensor_height_mm"),
            focal_mm=named.number("focal_mm"),
            width_px=named.whole("width_px"),
            height_px=named.whole("height_px"),
            min_interval_s=named.number("min_interval_s", 0.7),
            source=named.text("source", ""),
        )
    except ValueError as error:
        raise BadInput(source, str(error)) from None


def profile_json(profile: DroneProfile | CameraProfile) -> dict[str, object]:
    """A profile as its JSON object."""
    return {field.name: getattr(profile, field.name) for field in fields(profile)}


def _is_path(name: str) -> bool:
    return name.lower().endswith(".json") or "/" in name


def _found(kind: str, name: str, known: dict[str, _Profile]) -> _Profile:
    by_folded = {known_name.casefold(): profile for known_name, profile in known.items()}
    folded = name.strip().casefold()
    if folded in by_folded:
        return by_folded[folded]
    close = difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.4)
    hint = f"did you mean {close[0]}? " if close else ""
    raise BadInput(
        f"{kind} {name!r}",
        f"is not known; {hint}Known are {', '.join(known)}; a path to a .json file gives your own profile",
    )
