"""`quaywatch plan brief`: one or two pages that a pilot takes along."""

import json
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.brief_rows import contacts_of
from planner.cli.briefing import briefing, plan_wind
from planner.cli.light import moment, profiles_for, wind_of


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
    vessels: Annotated[
        Path | None,
        typer.Option("--vessels", help="Vessels to look at: what 'quaywatch case list CASE --json' printed."),
    ] = None,
    camera: Annotated[str | None, typer.Option(help="Camera, for missions made elsewhere.")] = None,
    drone: Annotated[str | None, typer.Option(help="Drone, for missions made elsewhere.")] = None,
    operation: Annotated[str | None, typer.Option(help="Which operation of EASA's rules, such as open.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Write a briefing: map, figures, energy, checks, zones, light, legs, contacts and a list to tick."""
    from planner.cli.new import must_be_writable
    from planner.formats.contacts import read_vessels
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
    blowing = plan_wind(outlook) if wind is None else wind_of(wind)
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
        vessels=() if vessels is None else read_vessels(vessels),
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
