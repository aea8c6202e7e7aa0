"""`quaywatch plan check`: may it be flown, and every reason against it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.geo.points import LatLon
from planner.model.errors import BadInput

if TYPE_CHECKING:
    from planner.formats.missions import Imported
    from planner.model.outlook import Outlook
    from planner.model.profiles import DroneProfile
    from planner.model.zone import Zone
    from planner.route.check_values import Conditions, Problem, Verdict, Wind

SHOWN = 3
"""So many problems of one code are printed; --json has them all."""


def check_(  # noqa: PLR0913 -- one parameter per option of the command
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A .plan or waypoint file.")],
    *,
    zones: Annotated[
        list[Path] | None,
        typer.Option("--zones", help="Zones: ED-269, ED-318, GeoJSON, KML, KMZ, S-57 (.000); may be repeated."),
    ] = None,
    wind: Annotated[str | None, typer.Option(help="Wind at flying height, m/s and from where: 8@270.")] = None,
    gust: Annotated[float | None, typer.Option(help="Speed in gusts, m/s.")] = None,
    at: Annotated[str | None, typer.Option(help="Take-off time with its zone, 2026-08-05T12:00Z, or 'now'.")] = None,
    drone: Annotated[str | None, typer.Option(help="A known drone or a .json file; default the plan's own.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Rules of the operation (.json); default EASA's.")] = None,
    operation: Annotated[str | None, typer.Option(help="Which operation of the rules, such as open.")] = None,
    pilot: Annotated[str | None, typer.Option(help="Where the pilot stands: LAT,LON; default the launch.")] = None,
    home: Annotated[
        str | None, typer.Option(help="Launch place LAT,LON or LAT,LON,HEIGHT (m above the sea), if not the file's.")
    ] = None,
    surface: Annotated[
        float | None, typer.Option(help="Height of the ground flown over, m above the sea; default the sea.")
    ] = None,
    return_height: Annotated[
        float | None, typer.Option(help="Least height of a return above home; default the autopilot's.")
    ] = None,
    radio_range: Annotated[float | None, typer.Option(help="Range of the radio link, m.")] = None,
    no_land: Annotated[bool, typer.Option("--no-land", help="Land and shore must not be flown over.")] = False,
    authorised: Annotated[
        list[str] | None, typer.Option("--authorised", help="A zone (identifier or name) that leave was given for.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say whether PLAN may be flown, with every reason against it; exit 1 if it must not.

    What no option says is taken from the plan, where it was made on the Plan page: zones, wind, time and rules.
    """
    from planner.formats.missions import read_mission
    from planner.formats.rules import EASA, read_rules
    from planner.model.outlook import Outlook
    from planner.route.check import check

    imported = read_mission(plan_file)
    outlook = Outlook() if imported.plan is None else imported.plan.outlook
    try:
        conditions = _conditions(
            outlook,
            wind=_wind(wind, gust),
            start_utc=_moment(at),
            pilot=_place("--pilot", pilot),
            home=_home(home),
            home_msl_m=_home_height(home),
            surface_msl_m=_height("--surface", surface),
            return_height_m=_height("--return-height", return_height),
            radio_range_m=_distance("--radio-range", radio_range),
            land_allowed=False if no_land else None,
            authorised=frozenset(authorised) if authorised else None,
        )
    except ValueError as error:
        raise BadInput("plan check", str(error)) from None
    law = read_rules(rules or outlook.rules_file or EASA, operation or (None if rules else outlook.operation))
    known, notes = _zones(imported, zones)
    verdict = check(imported.mission, _drone(imported, drone), known, conditions, law)
    for note in (*imported.notes, *notes):
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps(verdict.as_dict()))
    else:
        _say(plan_file, verdict, conditions)
    if not verdict.flyable:
        raise typer.Exit(1)


def _drone(imported: "Imported", name: str | None) -> "DroneProfile":
    from planner.formats import profiles

    if name is not None:
        return profiles.drone(name)
    plan = imported.plan
    if plan is None:
        raise BadInput(imported.source, "does not say which drone flies it; name it with --drone (see 'plan profiles')")
    return plan.drone


def _zones(imported: "Imported", files: list[Path] | None) -> "tuple[tuple[Zone, ...], list[str]]":
    """The plan's own zones and what it keeps out of, with those of the files; what both hold counts once. And notes."""
    from planner.model.zone import ZoneRule
    from planner.route.check_zones import zones_of
    from planner.zones.read import read_zone_file

    read = [read_zone_file(path) for path in files or ()]
    given = dict.fromkeys(zone for one in read for zone in one.zones)
    drawn = {(zone.name, zone.outline) for zone in given}
    own = () if imported.plan is None else zones_of(imported.plan)
    more = [zone for zone in own if zone.rule is not ZoneRule.CONDITIONAL or (zone.name, zone.outline) not in drawn]
    return tuple(dict.fromkeys([*more, *given])), [note for one in read for note in one.notes]


def _conditions(outlook: "Outlook", **said: object) -> "Conditions":
    """The plan's own conditions, but for what options say."""
    from planner.route.check_values import conditions_of

    given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    return replace(conditions_of(outlook), **given)


def _wind(text: str | None, gust: float | None) -> "Wind | None":
    from planner.route.check_values import Wind

    if text is None:
        if gust is not None:
            raise BadInput("--gust", "needs --wind, such as --wind 8@270")
        return None
    speed, at, direction = text.partition("@")
    try:
        return Wind(float(speed), float(direction) if at else 0.0, gust)
    except ValueError as error:
        reason = f" ({error})" if "could not convert" not in str(error) else ""
        raise BadInput("--wind", f"{text!r} is not SPEED@FROM in m/s and degrees, such as 8@270{reason}") from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    if text.strip().lower() == "now":
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("--at", f"{text!r} is not a time such as 2026-08-05T12:00Z") from None
    if moment.tzinfo is None:
        raise BadInput("--at", f"{text!r} has no time zone; write {text}Z for UTC or add an offset such as +02:00")
    if not 1970 <= moment.year <= 2200:
        raise BadInput("--at", f"{text!r} is not a time at which anybody flies; give a year such as 2026")
    return moment.astimezone(UTC)


def _place(option: str, text: str | None) -> LatLon | None:
    if text is None:
        return None
    try:
        lat, lon = (float(part) for part in text.split(","))
        return LatLon(lat, lon)
    except ValueError as error:
        raise BadInput(option, f"{text!r} is not LAT,LON ({error})") from None


def _home(text: str | None) -> LatLon | None:
    return None if text is None else _place("--home", ",".join(text.split(",")[:2]))


def _home_height(text: str | None) -> float | None:
    parts = (text or "").split(",")
    if len(parts) < 3:
        return None
    try:
        (height,) = (float(part) for part in parts[2:])
    except ValueError:
        raise BadInput("--home", f"{text!r} is not LAT,LON or LAT,LON,HEIGHT") from None
    return _height("--home", height)


def _height(option: str, value: float | None) -> float | None:
    if value is not None and not -500 <= value <= 1_000_000:
        raise BadInput(option, f"{value:g} m is no height or distance that can be meant")
    return value


def _distance(option: str, value: float | None) -> float | None:
    if value is not None and not 0 < value <= 1_000_000:
        raise BadInput(option, f"{value:g} m is no distance that can be meant")
    return value


def _say(plan_file: Path, verdict: "Verdict", conditions: "Conditions") -> None:
    errors = sum(problem.severity == "error" for problem in verdict.problems)
    warnings = len(verdict.problems) - errors
    word = "Fly" if verdict.flyable else "Do not fly"
    counted = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    typer.echo(f"{word}: {plan_file} ({counted})")
    for head, rows in _grouped(verdict.problems).items():
        typer.echo(f"\n{head}")
        for line in _lines(rows):
            typer.echo(f"  {line}")
    f = verdict.figures
    typer.echo("")
    if "energy_wh" in f:
        minutes, seconds = divmod(round(float(f["duration_s"] or 0)), 60)
        still = ", still water" if "deepest_m" in f else "" if conditions.wind is not None else ", still air"
        typer.echo(
            f"{f['items']} items, {float(f['flight_m'] or 0) / 1000:.2f} km, {minutes} min {seconds:02d} s; "
            f"{f['energy_wh']} of {f['usable_wh']} Wh above the reserve{still}"
        )
        if "deepest_m" in f:
            typer.echo(f"Down to {-float(f['deepest_m'] or 0):.1f} m below the surface")
        if "highest_m" in f:
            typer.echo(f"Up to {f['highest_m']} m above the surface, {f['farthest_m']} m away")
    if f.get("unchecked"):
        typer.echo(f"Not checked: {f['unchecked']}")


def _grouped(problems: "tuple[Problem, ...]") -> "dict[str, list[Problem]]":
    """Problems under their heads: heads with errors first, each in order of danger."""
    from planner.route.check_codes import HEADS

    groups: dict[str, list[Problem]] = {}
    for problem in problems:  # errors come first, so their heads do
        groups.setdefault(HEADS[problem.code], []).append(problem)
    return groups


def _lines(problems: "list[Problem]") -> Iterator[str]:
    """A line for each problem; many of one code are cut short."""
    by_code: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        by_code.setdefault((problem.code, problem.severity), []).append(problem)
    for (code, severity), rows in by_code.items():
        for problem in rows[:SHOWN]:
            yield f"{severity:7}  {problem.message}  [{code}]"
        if len(rows) > SHOWN:
            items = sorted({p.item for p in rows[SHOWN:] if p.item is not None})
            where = (
                f" from item {items[0]} to {items[-1]}" if len(items) > 1 else f" at item {items[0]}" if items else ""
            )
            yield f"{severity:7}  and {len(rows) - SHOWN} more of this kind{where} (--json lists all)  [{code}]"
