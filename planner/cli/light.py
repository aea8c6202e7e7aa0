"""`quaywatch plan light`: sun, glint and daylight for a mission."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.formats.missions import Imported
    from planner.geo.glint import Wind
    from planner.geo.sun import Daylight
    from planner.model.profiles import CameraProfile, DroneProfile
    from planner.route.light import Light

MOST_GLINT = 0.1
"""Legs with more of the picture in glint than this are named."""


def light(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A mission file.")],
    *,
    at: Annotated[
        str | None, typer.Option("--at", help="Take-off, such as 2026-06-01T09:30+02:00 (no zone: UTC); default now.")
    ] = None,
    wind: Annotated[str, typer.Option("--wind", help="SPEED@FROM in m/s and degrees true, such as 6@270.")] = "5@270",
    camera: Annotated[str | None, typer.Option(help="Camera, for missions made elsewhere.")] = None,
    drone: Annotated[str | None, typer.Option(help="Drone, for missions made elsewhere.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say which legs look into sun glint, when to take off instead, and when it is light."""
    from planner.formats.missions import read_mission
    from planner.route.light import light_of
    from planner.route.timeline import timeline

    take_off = moment(at)
    blowing = wind_of(wind)
    imported = read_mission(plan_file)
    flown_with, seen_with = profiles_for(imported, drone, camera)
    line = timeline(imported.mission, flown_with)
    if not line.legs:
        raise BadInput(plan_file, "has no legs: fewer than two different places")
    found = light_of(line, seen_with, line.legs[0].start, take_off_utc=take_off, wind=blowing)
    for note in (*imported.notes, *line.notes):
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps({"plan": str(plan_file), **light_json(found), "notes": list(line.notes)}))
    else:
        _say(found)


def moment(text: str | None, option: str = "--at") -> datetime:
    """The moment in ISO 8601; without a zone UTC, without a text now.

    Raises:
        BadInput: not a moment.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(option, f"{text[:40]!r} is not a time such as 2026-06-01T09:30+02:00") from None
    if not 1900 <= when.year <= 2100:
        raise BadInput(option, f"the year {when.year} is outside 1900 to 2100")
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def wind_of(text: str) -> "Wind":
    """The wind in SPEED@FROM.

    Raises:
        BadInput: not in that form, or impossible.
    """
    from planner.geo.glint import Wind

    form = re.fullmatch(r"\s*([0-9.]{1,10})\s*@\s*([0-9.]{1,10})\s*", text)
    try:
        if form is None:
            raise ValueError("no @")  # noqa: TRY301 -- the same sentence for both
        return Wind(float(form[1]), float(form[2]))
    except ValueError:
        raise BadInput("--wind", f"{text[:40]!r} is not SPEED@FROM in m/s (to 60) and degrees, such as 6@270") from None


def profiles_for(imported: "Imported", drone: str | None, camera: str | None) -> tuple["DroneProfile", "CameraProfile"]:
    """Drone and camera of a mission: as named, else as in its plan.

    Raises:
        BadInput: neither named nor in the file, or not known.
    """
    from planner.formats import profiles

    plan = imported.plan
    if camera is not None:
        seen_with = profiles.camera(camera)
    elif plan is not None:
        seen_with = plan.camera
    else:
        raise BadInput(imported.source, "was not made by Quaywatch; name its camera with --camera ('plan profiles')")
    if drone is not None:
        return profiles.drone(drone), seen_with
    return (profiles.drone("ardupilot-quad") if plan is None else plan.drone), seen_with


def light_json(found: "Light") -> dict[str, object]:
    """The light of a mission as JSON values; times are ISO 8601 in UTC, shares lie in [0, 1]."""
    window = found.window
    return {
        "take_off_utc": found.take_off_utc.isoformat(timespec="seconds"),
        "glint": round(found.in_glint, 4),
        "in_daylight": found.in_daylight,
        "day": _day_json(found.day),
        "best": None
        if window is None
        else {
            "take_off_utc": window.best_utc.isoformat(),
            "from_utc": window.start_utc.isoformat(),
            "to_utc": window.end_utc.isoformat(),
            "glint": round(window.in_glint, 4),
        },
        "legs": [
            {
                "item": leg.item,
                "course_deg": round(leg.course_deg, 1),
                "at_utc": leg.at_utc.isoformat(timespec="seconds"),
                "sun_azimuth_deg": round(leg.sun.azimuth_deg, 2),
                "sun_elevation_deg": round(leg.sun.elevation_deg, 2),
                "glint": round(leg.in_glint, 4),
                "peak_chance": round(leg.peak_chance, 7),
            }
            for leg in found.legs
        ],
        "by_take_off": [[start.isoformat(), round(share, 4)] for start, share in found.by_take_off],
    }


def _day_json(day: "Daylight") -> dict[str, object]:
    times = {
        "dawn_utc": day.dawn_utc,
        "sunrise_utc": day.sunrise_utc,
        "noon_utc": day.noon_utc,
        "sunset_utc": day.sunset_utc,
        "dusk_utc": day.dusk_utc,
    }
    written = {name: None if t is None else t.isoformat(timespec="seconds") for name, t in times.items()}
    return {**written, "always_up": day.always_up}


def daylight_line(day: "Daylight") -> str:
    """One line on the day's light, in UTC."""
    if day.sunrise_utc is None or day.sunset_utc is None:
        return "the sun does not set" if day.always_up else "the sun does not rise"
    rise, fall = f"{day.sunrise_utc:%H:%M}", f"{day.sunset_utc:%H:%M} UTC"
    if day.dawn_utc is None or day.dusk_utc is None:
        return f"sunrise {rise}, sunset {fall}; twilight all night"
    return f"first light {day.dawn_utc:%H:%M}, sunrise {rise}, sunset {fall}, last light {day.dusk_utc:%H:%M}"


def _say(found: "Light") -> None:
    sun = found.legs[0].sun
    typer.echo(f"take-off {found.take_off_utc:%Y-%m-%d %H:%M} UTC: {daylight_line(found.day)}")
    if not found.in_daylight:
        typer.echo("  not all of the flight is in daylight")
    typer.echo(f"  sun at {sun.azimuth_deg:.0f} degrees, {sun.elevation_deg:.0f} degrees high")
    typer.echo(f"  {found.in_glint * 100:.0f} % of the pictures' area is in sun glint")
    worst = sorted((leg for leg in found.legs if leg.in_glint > MOST_GLINT), key=lambda leg: -leg.in_glint)
    for leg in worst[:10]:
        typer.echo(
            f"  to item {leg.item}: {leg.in_glint * 100:.0f} % of the picture in glint (course {leg.course_deg:.0f})"
        )
    if len(worst) > 10:
        typer.echo(f"  and {len(worst) - 10} more legs with over {MOST_GLINT * 100:.0f} %")
    window = found.window
    if window is None:
        typer.echo("  no take-off today ends in daylight")
    else:
        typer.echo(
            f"  least glint today: take off {window.start_utc:%H:%M} to {window.end_utc:%H:%M} UTC, "
            f"best {window.best_utc:%H:%M} with {window.in_glint * 100:.0f} %"
        )
