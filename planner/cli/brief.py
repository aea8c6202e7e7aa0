"""`quaywatch plan brief`: one or two pages that a pilot takes along."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.light import daylight_line, moment, profiles_for, wind_of
from planner.model.errors import BadInput
from planner.model.plan import Pattern

if TYPE_CHECKING:
    from planner.formats.missions import Imported
    from planner.geo.glint import Wind
    from planner.geo.points import LatLon
    from planner.maps.brief import Brief, LegRow
    from planner.maps.brief import Verdict as Shown
    from planner.maps.chart import Chart
    from planner.model.outlook import Outlook
    from planner.model.profiles import CameraProfile, DroneProfile
    from planner.model.zone import Zone
    from planner.route.check_values import Verdict
    from planner.route.light import Light
    from planner.route.timeline import TimedLeg, Timeline

MOST_LEGS = 40
"""More legs than this are told in a sentence, so that the briefing stays on two pages."""
MOST_FINDINGS = 9
MOST_ZONES = 40
NEAR_M = 500.0
"""Zones closer than this to the way are on the map and in the list."""
CHART_MM = (116.0, 100.0)
STANDING_CONTACTS = ("Pilot", "Observer", "Harbour control (VHF)", "Air traffic service", "Coastguard")
KINDS = {
    Pattern.AREA: "Area patrol",
    Pattern.CORRIDOR: "Corridor patrol",
    Pattern.PERIMETER: "Perimeter patrol",
    Pattern.PATROL: "Randomised patrol",
    Pattern.EXPANDING_SQUARE: "Expanding square search",
    Pattern.SECTOR: "Sector search",
    Pattern.PARALLEL: "Parallel track search",
    Pattern.CREEPING: "Creeping line search",
    Pattern.ORBIT: "Look round a vessel",
    Pattern.HULL: "Scan of a hull under water",
}
"""What a pilot calls a flight of each pattern."""
CHECKLIST = (
    (
        "Before leaving",
        (
            "NOTAM and airspace of the day read",
            "Permission of port and landowner at hand",
            "Weather and wind within the drone's limits",
            "Batteries charged, memory card empty",
            "Registration and insurance at hand",
        ),
    ),
    (
        "At the launch place",
        (
            "People and vessels clear of the way",
            "Propellers, arms and battery lock checked",
            "Lens clean, camera moves freely",
            "Position fix good, home set here",
            "Return height above all cranes and masts",
        ),
    ),
    (
        "Before arming",
        (
            "Mission stored and read back equal",
            "Failsafes for link and battery set",
            "Fence and rally points stored",
            "Observer briefed, radio checked",
            "Contacts informed of the take-off",
        ),
    ),
)


def brief(  # noqa: PLR0913 -- one parameter per option of the command
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A mission file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The briefing to write: .pdf or .html.")],
    *,
    at: Annotated[
        str | None, typer.Option("--at", help="Take-off, such as 2026-06-01T09:30+02:00 (no zone: UTC); default now.")
    ] = None,
    wind: Annotated[str | None, typer.Option("--wind", help="SPEED@FROM, m/s and degrees, such as 6@270.")] = None,
    zones: Annotated[
        list[Path] | None, typer.Option("--zones", help="Zones, as for 'plan check'; may be repeated.")
    ] = None,
    contact: Annotated[list[str] | None, typer.Option("--contact", help="NAME: how to reach; may be repeated.")] = None,
    camera: Annotated[str | None, typer.Option(help="Camera, for missions made elsewhere.")] = None,
    drone: Annotated[str | None, typer.Option(help="Drone, for missions made elsewhere.")] = None,
    operation: Annotated[str | None, typer.Option(help="Which operation of EASA's rules, such as open.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Write a briefing: map, figures, energy, checks, zones, light, legs, contacts and a list to tick."""
    from planner.cli.new import must_be_writable
    from planner.formats.files import write_whole, write_whole_bytes
    from planner.formats.missions import read_mission
    from planner.maps.brief import brief_html
    from planner.maps.brief_pdf import brief_pdf
    from planner.model.outlook import Outlook
    from planner.route.check_zones import zones_of
    from planner.zones.read import read_zones

    must_be_writable(out, {".pdf", ".html", ".htm"}, force=force)
    imported = read_mission(plan_file)
    outlook = Outlook() if imported.plan is None else imported.plan.outlook
    take_off = outlook.start_utc if at is None and outlook.start_utc is not None else moment(at)
    blowing = _plan_wind(outlook) if wind is None else wind_of(wind)
    contacts = contacts_of(contact or outlook.contacts)
    flown_with, seen_with = profiles_for(imported, drone, camera)
    known = tuple(zone for path in zones or () for zone in read_zones(path))
    if not zones and imported.plan is not None:
        known = zones_of(imported.plan)
    made = briefing(
        imported,
        flown_with,
        seen_with,
        take_off_utc=take_off,
        wind=blowing,
        zones=known,
        contacts=contacts,
        outlook=replace(outlook, operation=operation or outlook.operation),
    )
    if out.suffix.lower() == ".pdf":
        data = brief_pdf(made)
        write_whole_bytes(out, data)
    else:
        text = brief_html(made)
        data = text.encode()
        write_whole(out, text)
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps({"brief": str(out), "verdict": made.verdict.value, "bytes": len(data)}))
    else:
        typer.echo(f"{out}: briefing for {take_off.astimezone(UTC):%Y-%m-%d %H:%M} UTC; {made.verdict.value}")


def briefing(
    imported: "Imported",
    drone: "DroneProfile",
    camera: "CameraProfile",
    *,
    take_off_utc: datetime,
    wind: "Wind | None",
    zones: "Sequence[Zone]" = (),
    contacts: Sequence[tuple[str, str]] = (),
    outlook: "Outlook | None" = None,
) -> "Brief":
    """The briefing of a mission that takes off at a moment, ready to be written as HTML or PDF.

    `outlook` is for what wind and time do not say; without it, that of the mission's plan.

    Raises:
        BadInput: a mission without legs, or an operation that the rules do not know.
    """
    from planner.formats.rules import EASA, read_rules
    from planner.geo.glint import Wind
    from planner.maps.brief import Brief, Finding
    from planner.model.outlook import Outlook
    from planner.route.check import check
    from planner.route.check_values import Severity, conditions_of
    from planner.route.check_values import Wind as CheckWind
    from planner.route.light import light_of
    from planner.route.timeline import timeline

    mission, plan = imported.mission, imported.plan
    line = timeline(mission, drone)
    if not line.legs:
        raise BadInput(imported.source, "has no legs: fewer than two different places")
    take_off = take_off_utc.astimezone(UTC)
    light = light_of(line, camera, line.legs[0].start, take_off_utc=take_off, wind=wind or Wind(5.0, 270.0))
    outlook = outlook or (Outlook() if plan is None else plan.outlook)
    aloft = None if wind is None else CheckWind(wind.speed_m_s, wind.from_deg)
    if wind == _plan_wind(outlook):
        aloft = conditions_of(outlook).wind  # with its gusts
    law = read_rules(outlook.rules_file or EASA, outlook.operation)
    verdict = check(mission, drone, zones, replace(conditions_of(outlook), wind=aloft, start_utc=take_off), law)
    touched = _near(zones, line)
    errors_first = sorted(verdict.problems, key=lambda p: p.severity is not Severity.ERROR)
    findings = [Finding(p.severity is Severity.ERROR, p.message) for p in errors_first[:MOST_FINDINGS]]
    if len(errors_first) > MOST_FINDINGS:
        more = len(errors_first) - MOST_FINDINGS
        findings.append(Finding(severe=False, text=f"{more} more; see 'quaywatch plan check'"))
    rows = [_leg_row(k, leg, light) for k, leg in enumerate(line.legs, start=1)]
    name = plan.name if plan is not None else imported.source.stem
    kind = KINDS[plan.pattern] if plan is not None else "Mission made elsewhere"
    return Brief(
        title=name,
        subtitle=f"{kind} with {drone.name} and {camera.name}; take-off {take_off:%a %d %b %Y %H:%M} UTC",
        verdict=_verdict(verdict),
        made_utc=datetime.now(UTC).replace(microsecond=0),
        chart=_chart(imported, touched, line),
        facts=_facts(imported, line, verdict, take_off),
        energy=_energy(verdict, drone, wind),
        findings=tuple(findings),
        zones=_zone_lines(touched, asked=bool(zones)),
        light=light_lines(light, wind) if lowest_m(line) >= 0 else ("Under water: not judged.",),
        legs=tuple(rows[:MOST_LEGS]),
        legs_note=_legs_note(line, rows),
        contacts=_contact_rows(contacts),
        checklist=CHECKLIST,
        notes=_notes(imported, line, verdict),
    )


def lowest_m(line: "Timeline") -> float:
    """The lowest height above the launch place, below 0 under water; heights a vehicle cannot tell from 0 are 0."""
    lowest = min(min(leg.start_height_m, leg.end_height_m) for leg in line.legs)
    return lowest if lowest < -0.5 else 0.0


def _verdict(verdict: "Verdict") -> "Shown":
    from planner.maps.brief import Verdict as Shown

    if not verdict.flyable:
        return Shown.NO
    return Shown.READ if verdict.problems else Shown.FLY


def _facts(
    imported: "Imported", line: "Timeline", verdict: "Verdict", take_off: datetime
) -> tuple[tuple[str, str], ...]:
    figures, home = verdict.figures, imported.mission.home
    seconds = float(figures.get("duration_s") or line.duration_s)
    metres = float(figures.get("flight_m") or sum(leg.length_m for leg in line.legs))
    highest = max(max(leg.start_height_m, leg.end_height_m) for leg in line.legs)
    lowest = lowest_m(line)
    launch = "not in the file" if home is None else f"{home.at.lat_deg:.5f}, {home.at.lon_deg:.5f}"
    rows = [
        ("Take-off", f"{take_off:%H:%M} UTC"),
        ("Landing", f"{take_off + timedelta(seconds=seconds):%H:%M} UTC"),
        ("In the air", _minutes(seconds)),
        ("Way", f"{metres / 1000:.2f} km"),
        ("Height", f"{highest:z.0f} m above launch") if lowest >= 0 else ("Depth", f"down to {-lowest:.0f} m"),
        ("Launch", launch),
        ("Items", f"{len(imported.mission)}"),
    ]
    farthest = figures.get("farthest_m")
    if farthest is not None:
        rows.append(("Farthest", f"{float(farthest):.0f} m from launch"))
    pictures = imported.plan_data.get("figures") if imported.plan_data is not None else None
    if isinstance(pictures, dict) and isinstance(pictures.get("captures"), int | float):
        rows.append(("Pictures", f"{pictures['captures']:.0f}"))
    return tuple(rows)


def _energy(verdict: "Verdict", drone: "DroneProfile", wind: "Wind | None") -> tuple[tuple[str, str], ...]:
    f = verdict.figures
    air = "still air: no wind was given" if wind is None else f"{wind.speed_m_s:g} m/s from {wind.from_deg:.0f}"
    rows = [("Wind", air), ("Drone's limit", f"{drone.max_wind_m_s:g} m/s")]
    needed, usable = f.get("energy_wh"), f.get("usable_wh")
    if needed is not None and usable is not None:
        rows.append(("Needed", f"{float(needed):.0f} of {float(usable):.0f} Wh"))
        rows.append(("Reserve", f"{percent(drone.reserve_fraction)} of {drone.battery_wh:g} Wh kept"))
    item = f.get("no_return_item")
    rows.append(("No return", "not on this way" if item is None else f"on the way to item {item}"))
    return tuple(rows)


def _leg_row(number: int, leg: "TimedLeg", light: "Light") -> "LegRow":
    from planner.maps.brief import LegRow

    glint = {(seen.item, seen.at_utc): seen.in_glint for seen in light.legs}
    share = glint.get((leg.item, light.take_off_utc + timedelta(seconds=(leg.start_s + leg.end_s) / 2)))
    level = abs(leg.end_height_m - leg.start_height_m) < 0.5
    height = f"{leg.end_height_m:z.0f} m" if level else f"{leg.start_height_m:z.0f} to {leg.end_height_m:z.0f} m"
    minutes, seconds = divmod(round(leg.start_s), 60)
    return LegRow(
        number=str(number),
        to_item=str(leg.item),
        course=f"{leg.course_deg % 360:03.0f}\u00b0",
        length=f"{leg.length_m:.0f} m",
        height=height,
        at=f"{minutes}:{seconds:02d}",
        camera=f"every {leg.trigger_m:.0f} m" if leg.trigger_m > 0 else "off",
        glint="" if share is None or leg.trigger_m <= 0 else percent(share),
    )


def _legs_note(line: "Timeline", rows: "Sequence[LegRow]") -> str:
    said = "T+ in minutes from take-off in still air; glint: share of the picture."
    left = line.legs[MOST_LEGS:]
    if not left:
        return said
    metres, seen = sum(leg.length_m for leg in left), sum(leg.trigger_m > 0 for leg in left)
    return (
        f"{len(rows) - MOST_LEGS} more legs follow, {metres / 1000:.2f} km, {seen} of them with the camera on. {said}"
    )


def light_lines(light: "Light", wind: "Wind | None") -> tuple[str, ...]:
    """Daylight, sun, glint and the best take-off, in sentences."""
    sun = light.legs[0].sun if light.legs else None
    day = daylight_line(light.day)
    lines = [day[0].upper() + day[1:] + ("." if day.endswith("UTC") or "not" in day else " UTC.")]
    if not light.in_daylight:
        lines.append("Not all of the flight is in daylight.")
    if sun is not None:
        lines.append(f"Sun at {sun.azimuth_deg:.0f}\u00b0, {sun.elevation_deg:.0f}\u00b0 high on the first leg.")
    assumed = "" if wind is not None else " (for 5 m/s of wind from 270\u00b0, as none was given)"
    lines.append(f"{percent(light.in_glint)} of the pictures is in sun glint{assumed}.")
    if light.window is None:
        lines.append("No take-off today ends in daylight.")
    elif light.in_glint > light.window.in_glint + 0.02:
        lines.append(
            f"Least glint today: take off {light.window.start_utc:%H:%M} to {light.window.end_utc:%H:%M} UTC "
            f"({percent(light.window.in_glint)})."
        )
    return tuple(lines)


def _near(zones: "Sequence[Zone]", line: "Timeline") -> "list[tuple[Zone, float]]":
    """The zones within NEAR_M of the way, nearest first, with their distance in metres."""
    import shapely
    from shapely.geometry import LineString, Polygon

    from planner.geo.points import LocalFrame

    frame = LocalFrame(line.legs[0].start)
    way = shapely.union_all([LineString(frame.to_metres([leg.start, leg.end])) for leg in line.legs])
    found = []
    for zone in zones:
        if abs(zone.outline[0].lat_deg - frame.origin.lat_deg) > 3:
            continue
        shape = shapely.make_valid(Polygon(frame.to_metres(zone.outline), [frame.to_metres(h) for h in zone.holes]))
        distance = float(shape.distance(way))
        if distance <= NEAR_M:
            found.append((zone, distance))
    return sorted(found, key=lambda pair: pair[1])[:MOST_ZONES]


def _zone_lines(touched: "list[tuple[Zone, float]]", *, asked: bool) -> tuple[str, ...]:
    if not asked:
        return ("Not checked: no zones were given (--zones).",)
    if not touched:
        return (f"None within {NEAR_M:.0f} m of the way.",)
    said = [
        f"{zone.name[:60]} ({zone.rule.value}): " + ("on the way" if distance == 0 else f"{distance:.0f} m off")
        for zone, distance in touched[:8]
    ]
    return (*said, f"and {len(touched) - 8} more") if len(touched) > 8 else tuple(said)


def _chart(imported: "Imported", touched: "list[tuple[Zone, float]]", line: "Timeline") -> "Chart":
    from planner.maps.chart import chart_of
    from planner.maps.layers import Colour, PolygonLayer
    from planner.maps.missions import mission_layers

    labels: list[tuple[LatLon, str]] = [(leg.end, str(leg.item)) for leg in line.legs[:-1]]
    layers = mission_layers(imported.mission, imported.plan)
    width, height = CHART_MM
    drawn = [PolygonLayer(z.outline, z.holes, z.name, "Zones", Colour.NO_FLY, fill_opacity=0.1) for z, _ in touched]
    return chart_of(layers, width_mm=width, height_mm=height, labels=labels, under=drawn)


def _plan_wind(outlook: "Outlook") -> "Wind | None":
    from planner.geo.glint import Wind

    blowing = outlook.wind
    return None if blowing is None else Wind(min(blowing.speed_m_s, 60.0), blowing.direction_deg)


def contacts_of(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Names and how to reach them, from "NAME: how to reach".

    Raises:
        BadInput: one without a colon.
    """
    pairs = []
    for text in given:
        name, colon, how = text.partition(":")
        if not colon or not name.strip() or len(text) > 200:
            raise BadInput("--contact", f"{text[:40]!r} is not NAME: how to reach")
        pairs.append((name.strip(), how.strip()))
    return tuple(pairs)


def _contact_rows(given: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    named = {name.casefold() for name, _ in given}
    blank = [(name, "") for name in STANDING_CONTACTS if name.casefold() not in named]
    return (*given, *blank, ("Emergency", "112 (EU)")) if "emergency" not in named else (*given, *blank)


def _notes(imported: "Imported", line: "Timeline", verdict: "Verdict") -> tuple[str, ...]:
    unchecked = verdict.figures.get("unchecked")
    notes = [*imported.notes, *line.notes]
    if unchecked:
        notes.append(f"Not checked: {unchecked}.")
    return tuple(note[0].upper() + note[1:] for note in notes)


def percent(share: float) -> str:
    """A share in [0, 1] as whole per cent."""
    return f"{share * 100:.0f} %"


def _minutes(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02d} s"
