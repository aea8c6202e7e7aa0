"""`quaywatch plan convert`: a mission from one format into another."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from planner.model.errors import BadInput
from planner.model.words import counted


def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A .plan, waypoint, KML, KMZ, GeoJSON, GPX, WPML, fence or rally file.")
    ],
    target: Annotated[
        Path,
        typer.Argument(metavar="OUT", help=".plan .waypoints .txt .kml .kmz .geojson .gpx .fence .rally"),
    ],
    *,
    dji: Annotated[bool, typer.Option("--dji", help="Write a .kmz as DJI WPML, for DJI Pilot 2.")] = False,
    height_m: Annotated[
        float | None, typer.Option("--height-m", help="Height above the launch place, for lines without heights.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Write a mission in another format; what the new format cannot hold is said."""
    from planner.formats.missions import ENDINGS, read_mission, write_mission

    if target.suffix.lower() not in ENDINGS:
        raise BadInput(target, f"must end in {' or '.join(sorted(ENDINGS))}")
    if target.exists() and not force:
        raise BadInput(target, "exists already; --force overwrites it")
    if height_m is not None and not 0 < height_m <= 10_000:
        raise BadInput("--height-m", f"must lie in (0, 10000], got {height_m:g}")
    imported = read_mission(source, height_m=height_m)
    plan = imported.plan
    lost = write_mission(
        imported.mission,
        target,
        autopilot="ardupilot" if plan is None else plan.drone.autopilot,
        plan_data=imported.plan_data,
        dji=dji,
        drone="" if plan is None else plan.drone.name,
        now_ms=int(datetime.now(UTC).timestamp() * 1000),
    )
    for note in (*imported.notes, *lost):
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps({"out": str(target), "items": len(imported.mission), "notes": [*imported.notes, *lost]}))
    else:
        typer.echo(f"{target}: {counted(len(imported.mission), 'item')}")
