"""`quaywatch plan coverage`: what a plan or flown flights show of the area."""

import json
import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.light import profiles_for
from planner.model.errors import BadInput
from planner.route.sight import Task

if TYPE_CHECKING:
    from planner.maps.layers import Layer
    from planner.model.plan import Area
    from planner.route.coverage import Coverage
    from planner.route.timeline import Shots

GEOJSON = {".geojson", ".json"}
COLOURS = ("#e5484d", "#f2a53a", "#9bbf3f", "#46a758")


class Show(StrEnum):
    """What the map's colours mean."""

    CHANCE = "chance"
    VISITS = "visits"
    GAP = "gap"


CLASSES = {
    Show.CHANCE: ((0.0, 0.1, 0.5, 0.9, 1.0), tuple(f"Chance {t}" for t in ("0 to 0.1", "to 0.5", "to 0.9", "to 1"))),
    Show.VISITS: ((0.0, 1.0, 2.0, 3.0, math.inf), ("Not visited", "1 visit", "2 visits", "3 visits and more")),
    Show.GAP: (
        (-math.inf, -86_400.0, -3600.0, -900.0, 0.0),
        ("Gap over a day", "Gap to a day", "Gap to an hour", "Gap to 15 minutes"),
    ),
}
"""Edges and names of the four classes, worst first; gaps are counted negative, so that greater is better."""


def coverage(  # noqa: PLR0913 -- one parameter per option of the command
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A mission file.")],
    *,
    flight: Annotated[
        list[Path] | None, typer.Option("--flight", help="A flown flight's log, instead of the plan; may be repeated.")
    ] = None,
    length_m: Annotated[float, typer.Option("--length-m", help="Length of the vessel that is looked for.")] = 6.0,
    task: Annotated[Task, typer.Option(help="What is to be told from the pictures.")] = Task.DETECT,
    show: Annotated[Show, typer.Option(help="What the map's colours mean.")] = Show.CHANCE,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The map to write: .html, or .geojson with a feature per cell.")
    ] = None,
    cell_m: Annotated[float | None, typer.Option("--cell-m", help="Size of a cell; default 1/150 of the area.")] = None,
    camera: Annotated[str | None, typer.Option(help="Camera, for missions made elsewhere.")] = None,
    drone: Annotated[str | None, typer.Option(help="Drone, for missions made elsewhere.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the map if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Say how likely a vessel was seen where, how often each place was visited, and the longest gap."""
    from planner.cli.new import must_be_writable
    from planner.formats.files import write_whole
    from planner.formats.missions import read_mission
    from planner.route.coverage import coverage as coverage_of
    from planner.route.coverage import grid_of
    from planner.route.timeline import planned_shots, timeline

    if not 0.3 <= length_m <= 500:
        raise BadInput("--length-m", f"must lie in [0.3, 500] m, got {length_m:g}")
    if cell_m is not None and not 0.5 <= cell_m <= 10_000:
        raise BadInput("--cell-m", f"must lie in [0.5, 10000] m, got {cell_m:g}")
    if out is not None:
        must_be_writable(out, {".html", ".htm", *GEOJSON}, force=force)
    imported = read_mission(plan_file)
    flown_with, seen_with = profiles_for(imported, drone, camera)
    areas = imported.plan.areas if imported.plan is not None else ()
    notes: list[str] = []
    if flight:
        shots = _flown(flight, notes)
    else:
        line = timeline(imported.mission, flown_with)
        shots = planned_shots(line, seen_with)
        notes.extend(line.notes)
    grid = grid_of(areas, shots, seen_with, cell_m=cell_m)
    found = coverage_of(grid, shots, seen_with, length_m=length_m, task=task)
    if flight and not found.visits.any():
        notes.append("no picture of these flights shows the plan's area; is it the plan that was flown?")
    if out is not None:
        write_whole(out, _map_text(out, found, coverage_layers(found, areas, shots, show), f"{plan_file.stem}: {show}"))
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    figures = found.figures
    if as_json:
        asked = {"plan": str(plan_file), "map": None if out is None else str(out), "task": task.value}
        typer.echo(json.dumps({**asked, "length_m": length_m, "pictures": len(shots), **figures, "notes": notes}))
        return
    typer.echo(f"{plan_file}: {len(shots)} pictures, {task} a vessel of {length_m:g} m")
    typer.echo(
        f"  mean chance {figures['mean_chance']}, 0.9 or better on "
        f"{figures['share_above_nine_tenths'] or 0:.1%} of {figures['cells']} cells of {grid.cell_m:g} m"
    )
    gap = figures["worst_gap_s"]
    typer.echo(
        f"  {figures['share_never_in_view'] or 0:.1%} never in view; visits {figures['visits_mean']} in the mean; "
        + ("no place visited twice" if gap is None else f"longest gap {gap:.0f} s")
    )
    if out is not None:
        typer.echo(
            f"{out}: " + ("a feature per cell" if out.suffix.lower() in GEOJSON else "map; opens without a network")
        )


def coverage_layers(
    found: "Coverage", areas: "tuple[Area, ...]", shots: "Shots", show: Show = Show.CHANCE
) -> "list[Layer]":
    """The layers of a coverage map: cells joined by class, the areas, and where pictures were taken."""
    from planner.geo.points import LatLon
    from planner.maps.layers import Colour, Line, Marker, PolygonLayer, Shape
    from planner.model.plan import AreaKind
    from planner.route.coverage import classes

    layers: list[Layer] = []
    edges, names = CLASSES[show]
    values = {Show.CHANCE: found.seen, Show.VISITS: found.visits.astype(float), Show.GAP: -found.worst_gap_s}[show]
    for patches, name, colour in zip(classes(found.grid, values, edges), names, COLOURS, strict=True):
        for outline, holes in patches:
            layers.append(PolygonLayer(outline, holes, "", name, colour, name.lower(), fill_opacity=0.45))
    for area in areas:
        if area.kind is AreaKind.POLYGON:
            layers.append(PolygonLayer(area.outline, area.holes, area.name, "Areas", Colour.ACCENT, fill_opacity=0.0))
        else:
            layers.append(Line(area.outline, area.name, "Areas", Colour.ACCENT))
    step = max(1, len(shots) // 3000)
    layers.extend(
        Marker(LatLon(float(lat), float(lon)), Shape.DOT, "", "Pictures", Colour.FLOWN)
        for lat, lon in zip(shots.lat_deg[::step], shots.lon_deg[::step], strict=True)
    )
    return layers


def _map_text(out: Path, found: "Coverage", layers: "list[Layer]", title: str) -> str:
    from planner.maps.offline import offline_map

    return coverage_geojson(found) if out.suffix.lower() in GEOJSON else offline_map(layers, title=title)


def coverage_geojson(found: "Coverage") -> str:
    """A GeoJSON (RFC 7946) of all cells: squares with `chance`, `visits` and `worst_gap_s` (null: under two visits)."""
    import numpy as np

    grid = found.grid
    rows, columns = np.nonzero(grid.inside)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    at = np.stack([columns, rows], axis=1)[:, None, :] + corners
    metres = at * grid.cell_m + [grid.west_m, grid.south_m]
    degrees = [[[round(p.lon_deg, 7), round(p.lat_deg, 7)] for p in grid.frame.to_places(ring)] for ring in metres]
    features = [
        {
            "type": "Feature",
            "properties": {
                "chance": round(float(found.seen[row, column]), 4),
                "visits": int(found.visits[row, column]),
                "worst_gap_s": None if np.isnan(gap := found.worst_gap_s[row, column]) else round(float(gap), 1),
            },
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for row, column, ring in zip(rows, columns, degrees, strict=True)
    ]
    return (
        json.dumps({"type": "FeatureCollection", "coverage": found.figures, "features": features}, allow_nan=False)
        + "\n"
    )


def _flown(logs: list[Path], notes: list[str]) -> "Shots":
    """The pictures of several logs, in time order."""
    import numpy as np

    from planner.link.record import read_flight
    from planner.route.timeline import Shots, flown_shots

    each = []
    for log in logs:
        flown = read_flight(log)
        shots = flown_shots(flown)
        if not flown.captures:
            notes.append(f"{log}: no camera triggers in the log; taken as video, a picture every 2 s")
        if np.isnan(flown.track.gimbal_pitch_deg).all():
            notes.append(f"{log}: no camera attitude in the log; straight down is assumed")
        each.append(shots)
    columns = [np.concatenate([getattr(s, name) for s in each]) for name in Shots.__slots__]
    order = np.argsort(columns[0], kind="stable")
    time, lat, lon, height, yaw, pitch, roll = (column[order] for column in columns)
    return Shots(time, lat, lon, height, yaw, pitch, roll)
