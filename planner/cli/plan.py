"""`quaywatch plan`: make a mission for an area, show it, convert it, say what is in it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.brief import brief
from planner.cli.check import check_
from planner.cli.convert import convert
from planner.cli.coverage import coverage
from planner.cli.divert import divert_
from planner.cli.light import light
from planner.cli.measure import measure
from planner.cli.new import AsJson, must_be_writable, new
from planner.cli.places import places
from planner.cli.profiles import profiles
from planner.cli.split import split_
from planner.geo.points import LatLon

if TYPE_CHECKING:
    from planner.formats.missions import Imported

app = typer.Typer(no_args_is_help=True, help="Make a mission for an area, show it, convert it.")

app.command("new")(new)
app.command("check")(check_)
app.command("split")(split_)
app.command("divert")(divert_)


@app.command("show")
def show(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A .plan or waypoint file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The map to write (.html); an old one is overwritten.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Draw a mission on a map that opens without a network."""
    from planner.formats.files import write_whole
    from planner.formats.missions import read_mission
    from planner.maps.missions import mission_map

    must_be_writable(out, {".html", ".htm"}, force=True)
    imported = read_mission(plan_file)
    page = mission_map(imported.mission, imported.plan, title=plan_file.stem)
    write_whole(out, page)
    _say_notes(imported)
    if as_json:
        typer.echo(json.dumps({"map": str(out), "items": len(imported.mission), "bytes": len(page.encode())}))
    else:
        typer.echo(f"{out}: map of {len(imported.mission)} items; opens without a network")


app.command("convert")(convert)


@app.command("info")
def info(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A .plan or waypoint file.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say what is in a mission file."""
    from planner.formats.missions import read_mission

    imported = read_mission(plan_file)
    mission, plan = imported.mission, imported.plan
    places = [flown.at for flown in mission if flown.at is not None]
    bounds = _bounds(places)
    home = mission.home
    if as_json:
        found = {
            "plan": str(plan_file),
            "name": None if plan is None else plan.name,
            "items": len(mission),
            "home": None if home is None else [home.at.lat_deg, home.at.lon_deg, home.msl_m],
            "bounds": bounds,
            "fence_polygons": len(mission.fence_polygons),
            "fence_circles": len(mission.fence_circles),
            "rally": len(mission.rally),
            "made_by_quaywatch": plan is not None,
            "pattern": None if plan is None else plan.pattern.value,
            "notes": list(imported.notes),
        }
        typer.echo(json.dumps(found))
        return
    made = "made elsewhere" if plan is None else f"made by Quaywatch, pattern {plan.pattern.value}"
    typer.echo(f"{plan_file}: {len(mission)} items, {len(places)} places; {made}")
    if home is not None:
        typer.echo(f"  launch {home.at.lat_deg:.6f},{home.at.lon_deg:.6f}, {home.msl_m:g} m above mean sea level")
    if bounds is not None:
        typer.echo("  within {:.5f},{:.5f} to {:.5f},{:.5f}".format(*bounds))
    fence = len(mission.fence_polygons) + len(mission.fence_circles)
    typer.echo(f"  fence areas {fence}, rally points {len(mission.rally)}")
    _say_notes(imported)


app.command("profiles")(profiles)
app.command("light")(light)
# so that -33.9,18.4 is a place and no option
app.command("places", context_settings={"ignore_unknown_options": True})(places)
app.command("measure", context_settings={"ignore_unknown_options": True})(measure)
app.command("coverage")(coverage)
app.command("brief")(brief)


def _bounds(places: list[LatLon]) -> list[float] | None:
    """South, west, north, east in degrees, the shorter way round: west is the greater across 180 degrees (RFC 7946)."""
    if not places:
        return None
    lats, lons = [p.lat_deg for p in places], sorted(p.lon_deg for p in places)
    nexts = [*lons[1:], lons[0] + 360.0]
    gap = max(range(len(lons)), key=lambda n: nexts[n] - lons[n])
    west, east = (lons[0], lons[-1]) if gap == len(lons) - 1 else (lons[gap + 1], lons[gap])
    return [min(lats), west, max(lats), east]


def _say_notes(imported: "Imported") -> None:
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)
