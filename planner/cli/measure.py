"""`quaywatch plan measure`: distances, true bearings and the surface between places."""

import json
from typing import Annotated

import typer

from planner.geo.measure import area_said, bearing_said, length_said, measured
from planner.model.errors import BadInput


def measure(
    places: Annotated[list[str], typer.Argument(help="Two or more: positions, MGRS squares, ports; quote each.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Measure the way from place to place, and the surface inside three or more."""
    from planner.formats.ports import find_place

    if len(places) < 2:
        raise BadInput("plan measure", "needs two places or more, each in quotes")
    found = measured([find_place(text).at for text in places])
    if as_json:
        typer.echo(json.dumps(found.as_json()))
        return
    for length, bearing in zip(found.lengths_m, found.bearings_deg, strict=True):
        typer.echo(f"{bearing_said(bearing)}  {length_said(length)}")
    if len(places) > 2:
        typer.echo(f"all {length_said(found.length_m)}; {area_said(found.area_m2)} inside")
