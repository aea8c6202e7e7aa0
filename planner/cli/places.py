"""`quaywatch plan places`: where a port or a position is."""

import json
from typing import Annotated

import typer

from planner.formats.written import to_mgrs, written_dm


def places(
    query: Annotated[list[str], typer.Argument(help="A port's name, a UN/LOCODE, coordinates, or an MGRS square.")],
    *,
    most: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Find a place by name, code or coordinates; exit code 1 where none is known."""
    from planner.formats.ports import find_place, find_places

    asked = " ".join(query)
    found = find_places(asked, most=most)
    if as_json:
        rows = [{**place.as_json(), "mgrs": to_mgrs(place.at)} for place in found]
        typer.echo(json.dumps({"query": asked, "places": rows}))
    for place in found if not as_json else ():
        typer.echo(f"{place.name:28} {written_dm(place.at)}   {to_mgrs(place.at)}   {place.detail}")
    if not found:
        if any(c.isdigit() for c in asked):
            find_place(asked)  # coordinates that are none: says why, as wrong use
        if not as_json:
            typer.echo(f"no place is known as {asked!r}", err=True)
        raise typer.Exit(1)
