"""`quaywatch plan`: make a mission for an area, show it, convert it, say what is in it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.geo.points import LatLon
from planner.model.errors import BadInput
from planner.model.mission import Home
from planner.model.plan import Area, AreaKind, Pattern, Plan

if TYPE_CHECKING:
    from planner.formats.missions import Imported
    from planner.model.planned import PlannedMission

app = typer.Typer(no_args_is_help=True, help="Make a mission for an area, show it, convert it.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the output file if it exists.")]


@app.command("new")
def new(  # noqa: PLR0913 -- one parameter per option of the command
    area: Annotated[Path, typer.Argument(help="What to guard: polygons or lines, GeoJSON or KML.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The plan file to write (.plan).")],
    *,
    pattern: Annotated[
        Pattern | None, typer.Option(help="How it is flown; without it, area for polygons, corridor for lines.")
    ] = None,
    drone: Annotated[str, typer.Option(help="A known drone, or a .json file; see 'plan profiles'.")] = "practice-quad",
    camera: Annotated[str, typer.Option(help="A known camera, or a .json file.")] = "practice-1080p",
    gsd_m: Annotated[float, typer.Option("--gsd-m", "--gsd", help="Metres of water per pixel.")] = 0.05,
    swath_m: Annotated[float | None, typer.Option("--swath-m", help="Spacing of the lines at most, outright.")] = None,
    home: Annotated[str | None, typer.Option(help="Launch place: LAT,LON or LAT,LON,MSL.")] = None,
    side_overlap: Annotated[float, typer.Option(help="Overlap of neighbouring lines, 0 to 0.95.")] = 0.3,
    front_overlap: Annotated[float, typer.Option(help="Overlap of pictures along a line, 0 to 0.95.")] = 0.5,
    speed_m_s: Annotated[float | None, typer.Option("--speed-m-s", help="Default: the drone's cruise speed.")] = None,
    angle_deg: Annotated[
        float | None, typer.Option("--angle-deg", help="Bearing of the lines; default the best.")
    ] = None,
    stand_off_m: Annotated[
        float,
        typer.Option("--stand-off-m", help="Corridor: metres to the right of the line as drawn (left: negative)."),
    ] = 0.0,
    passes: Annotated[int, typer.Option(help="Corridor: how many passes side by side.")] = 1,
    seed: Annotated[int, typer.Option(help="Kept in the plan, for patterns with chance.")] = 0,
    name: Annotated[str | None, typer.Option(help="Default: the name of the output file.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make a mission for AREA and write it as a QGroundControl plan."""
    from planner.formats import profiles
    from planner.formats.areas import read_areas
    from planner.formats.missions import write_plan
    from planner.route.make import make_mission

    _must_be_writable(out, {".plan"}, force=force)
    areas = read_areas(area)
    try:
        plan = Plan(
            name=name or out.stem,
            areas=areas,
            pattern=pattern or _pattern_for(areas),
            drone=profiles.drone(drone),
            camera=profiles.camera(camera),
            gsd_m=gsd_m,
            home=None if home is None else _home(home),
            side_overlap=side_overlap,
            front_overlap=front_overlap,
            speed_m_s=speed_m_s,
            angle_deg=angle_deg,
            stand_off_m=stand_off_m,
            passes=passes,
            seed=seed,
            swath_m=swath_m,
        )
    except ValueError as error:
        raise BadInput("plan new", str(error)) from None
    planned = make_mission(plan)
    write_plan(planned, plan, out)
    for note in planned.notes:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps(_figures_json(out, planned)))
    else:
        _say_figures(out, plan, planned)


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

    _must_be_writable(out, {".html", ".htm"}, force=True)
    imported = read_mission(plan_file)
    page = mission_map(imported.mission, imported.plan, title=plan_file.stem)
    write_whole(out, page)
    _say_notes(imported)
    if as_json:
        typer.echo(json.dumps({"map": str(out), "items": len(imported.mission), "bytes": len(page.encode())}))
    else:
        typer.echo(f"{out}: map of {len(imported.mission)} items; opens without a network")


@app.command("convert")
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A .plan or waypoint file.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A .plan, .waypoints or .txt file.")],
    *,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a mission in another format."""
    from planner.formats.missions import read_mission, write_mission

    _must_be_writable(target, {".plan", ".waypoints", ".txt"}, force=force)
    imported = read_mission(source)
    plan = imported.plan
    autopilot = plan.drone.autopilot if plan is not None else "ardupilot"
    write_mission(imported.mission, target, autopilot=autopilot, plan_data=imported.plan_data)
    _say_notes(imported)
    lost = _lost(imported, target)
    for note in lost:
        typer.echo(f"note: {note}", err=True)
    if as_json:
        typer.echo(json.dumps({"out": str(target), "items": len(imported.mission), "notes": [*imported.notes, *lost]}))
    else:
        typer.echo(f"{target}: {len(imported.mission)} items")


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


@app.command("profiles")
def profiles_(*, as_json: AsJson = False) -> None:
    """List the known drones and cameras."""
    from planner.formats import profiles

    drones, cameras = profiles.drones(), profiles.cameras()
    if as_json:
        listed = {
            "drones": [profiles.profile_json(d) for d in drones],
            "cameras": [profiles.profile_json(c) for c in cameras],
        }
        typer.echo(json.dumps(listed))
        return
    typer.echo("Drones")
    for d in drones:
        typer.echo(
            f"  {d.name:20} {d.cruise_speed_m_s:5g} m/s of {d.max_speed_m_s:g}, {d.battery_wh:g} Wh, {d.autopilot}"
        )
    typer.echo("Cameras")
    for c in cameras:
        height = c.height_for_gsd_m(0.05)
        typer.echo(f"  {c.name:20} {c.width_px} x {c.height_px}, 0.05 m per pixel from {height:.0f} m")


def _figures_json(out: Path, planned: "PlannedMission") -> dict[str, object]:
    figures = planned.figures.as_dict()
    return {"plan": str(out), **figures, "notes": list(planned.notes)}


def _say_figures(out: Path, plan: Plan, planned: "PlannedMission") -> None:
    f = planned.figures
    minutes, seconds = divmod(round(f.duration_s), 60)
    share = f.energy_wh / plan.drone.battery_wh
    typer.echo(f"{out}: {f.items} items for {plan.drone.name} with {plan.camera.name}")
    typer.echo(f"  height {f.height_m:.1f} m, {f.gsd_m:g} m per pixel, lines {f.spacing_m:.1f} m apart at most")
    typer.echo(
        f"  pattern {f.length_m / 1000:.2f} km, {f.turns} turns; flight {f.flight_m / 1000:.2f} km, "
        f"{minutes} min {seconds:02d} s"
    )
    typer.echo(
        f"  {f.captures} pictures; {f.covered * 100:.2f} % of {f.area_m2 / 1e6:.3f} km2 seen; "
        f"{f.outside_m:.0f} m flown outside"
    )
    typer.echo(f"  energy about {f.energy_wh:.0f} Wh, {share * 100:.0f} % of the battery (still air)")


def _must_be_writable(path: Path, endings: set[str], *, force: bool) -> None:
    if path.suffix.lower() not in endings:
        raise BadInput(path, f"must end in {' or '.join(sorted(endings))}")
    if path.exists() and not force:
        raise BadInput(path, "exists already; --force overwrites it")
    if not path.parent.is_dir():
        raise BadInput(path, f"cannot be written: the folder {path.parent} does not exist")


def _pattern_for(areas: tuple[Area, ...]) -> Pattern:
    lines = any(area.kind is AreaKind.LINE for area in areas)
    return Pattern.CORRIDOR if lines else Pattern.AREA


def _home(text: str) -> Home:
    parts = text.split(",")
    if len(parts) not in {2, 3}:
        raise BadInput("--home", f"{text!r} is not LAT,LON or LAT,LON,MSL")
    try:
        numbers = [float(part) for part in parts]
        at = LatLon(numbers[0], numbers[1])
    except ValueError as error:
        raise BadInput("--home", f"{text!r} is not LAT,LON or LAT,LON,MSL ({error})") from None
    msl = numbers[2] if len(numbers) == 3 else 0.0
    if not -500 <= msl <= 9000:
        raise BadInput("--home", f"a height of {msl:g} m above mean sea level is not on land or water")
    return Home(at, msl)


def _bounds(places: list[LatLon]) -> list[float] | None:
    """South, west, north, east in degrees."""
    if not places:
        return None
    lats, lons = [p.lat_deg for p in places], [p.lon_deg for p in places]
    return [min(lats), min(lons), max(lats), max(lons)]


def _lost(imported: "Imported", target: Path) -> list[str]:
    """What the target format cannot hold."""
    if target.suffix.lower() == ".plan":
        return []
    mission = imported.mission
    lost = []
    if mission.fence_polygons or mission.fence_circles or mission.rally:
        lost.append("fence and rally points are not part of a waypoint file and were left out")
    if imported.plan_data is not None:
        lost.append("areas and profiles are not part of a waypoint file and were left out")
    return lost


def _say_notes(imported: "Imported") -> None:
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)
